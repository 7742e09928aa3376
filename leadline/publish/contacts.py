"""Phone numbers, e-mail addresses, street addresses and accounts in a text: what leads to a person even where no name is printed.

They are found by their general form, in English and in Ukrainian or Russian in either script. What is unsure is hidden, but
for dates, which are no numbers to call. Every repetition is bounded or possessive, so that time is linear in the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_CAPITAL = "A-ZÀ-ÖØ-ÞА-ЯЁІЇЄҐ"
_SEPARATORS = r"[\s()./\u2010-\u2015-]{0,3}"
_HOUSE = r"\d{1,5}(?:[^\W\d_]|[ /-]\d{1,4}[^\W\d_]?|[/-][^\W\d_])?"
_STREET = (
    r"(?i:streets?|st|avenue|ave|av|road|rd|lane|boulevard|blvd|square|sq|drive|alley|embankment|highway|terrace|crescent|way|"
    r"prospekt|prospect|vulytsia|vulytsya|ulitsa|provulok|pereulok|bulvar|shose)"
)
_STREET_BEFORE = (
    r"(?i:(?:vul|ul|prosp|prov|per|bul|bulv|вул|ул|просп|пров|пер|бул|бульв|пл|наб)\.|pr-t|просп-т|пр-т|"
    r"vulytsia|vulytsya|vulitsa|ulitsa|prospekt|provulok|pereulok|bulvar|вулиц[яіюею]|улиц[аеуыей]|проспект\w?|провул\w{1,4}|"
    r"переул\w{1,4}|бульвар\w?|площ\w{1,3}|шос[се]\w?|набережн\w{1,3})"
)
_HOUSE_WORD = r"(?i:(?:no|nr|house|building|bldg|bud|budynok|dom|d|буд|будинок|дом|д|№)\.?)"
_NETWORK = (
    r"t\.me|telegram\.me|telegram\.dog|vk\.com|vkontakte\.ru|ok\.ru|odnoklassniki\.ru|facebook\.com|fb\.com|instagram\.com|"
    r"tiktok\.com|twitter\.com|x\.com|youtube\.com|linkedin\.com|threads\.net|threads\.com|bsky\.app"
)
_SHELF = "s|c|u|p|in|i|user|channel|groups|people|pages|profile|public|joinchat|stories|reel"
_ROOM = r"(?i:apartment|apt|flat|room|kv|kvartyra|kvartira|кв|квартира)\.?"


def _pattern(word: str, gap: str, inside: str) -> re.Pattern[str]:
    """The forms with `word` for one word of a street's name, `gap` between words and no character of `inside` around."""
    name = rf"(?:{word}{gap}){{1,4}}"
    date = r"(?:(?:19|20)\d\d[-_./]\d\d?[-_./]\d\d?|\d\d?[./-]\d\d?[./-](?:19|20)\d\d|(?:19|20)\d\d[01]\d[0-3]\d)(?!\d)"
    email = r"(?<![\w.+%-])[\w.+%-]++(?:@|\s?[\[(]at[\])]\s?)[^\W_][\w-]*+(?:\.[\w-]++)++"
    phone = "|".join(
        (
            rf"(?:\+|(?<!{inside})00){_SEPARATORS}[1-9](?:{_SEPARATORS}\d){{7,14}}",
            rf"(?<!{inside})(?<![.,])\(?0\d(?:{_SEPARATORS}\d){{7,9}}",
            rf"(?<!{inside})(?<![.,])8{_SEPARATORS}[3-9]\d\d(?:{_SEPARATORS}\d){{7}}",
            rf"(?<!{inside})(?:380\d{{9}}|375\d{{9}}|7[3-9]\d{{9}})",
            r"\(\d{3}\)\s?\d{3}[\s.-]?\d{4}",
            rf"(?<!{inside})\d{{3}}[.-]\d{{3}}[.-]\d{{4}}",
            (
                rf"(?<!{inside})(?i:tel|telephone|phone|whatsapp|viber|тел|телефон)[.:]{{0,2}}\s{{0,2}}(?i:number|no\.?|номер)?:?\s{{0,2}}"
                rf"\+?\d(?:{_SEPARATORS}\d){{5,14}}"
            ),
        )
    )
    room = rf"(?:,?{gap}{_ROOM}{gap}\d{{1,5}})?"
    follows = r"(?=\W{0,2}(?:[^\w\s]|$|\s(?:in|and|or|near|at|on|where|with|to|from|of|is|was|by|for|as|since|until|after|before)\b))"
    address = "|".join(
        (
            rf"(?<!{inside})(?:{_ROOM}{gap}\d{{1,5}},?{gap})?{_HOUSE},?{gap}{name}{_STREET}(?!{inside}){room}",
            rf"(?<!{inside}){name}{_STREET}\.?,?{gap}(?:{_HOUSE_WORD}{gap}?)?{_HOUSE}{follows}{room}",
            rf"(?<!{inside}){_STREET_BEFORE}{gap}?(?:{word}{gap}){{0,3}}{word},?{gap}(?:{_HOUSE_WORD}{gap}?)?{_HOUSE}(?!{inside}){room}",
        )
    )
    account = (
        rf"(?<![\w@.])@(?=[\w.]{{0,31}}[^\W\d_])\w[\w.]{{1,30}}\w(?![\w@])|"
        rf"(?<!{inside})(?i:https?://)?(?i:www\.|m\.)?(?i:{_NETWORK})/(?:s/)?[@+]?\w[\w.-]{{0,62}}(?:/[\w.-]{{1,62}}){{0,3}}"
        r"(?:/?\?[\w.=&%-]{1,99})?"
    )
    return re.compile(
        rf"(?P<date>{date})|(?P<email>{email})|(?P<account>{account})|(?P<phone>(?:{phone})(?!{inside}))|(?P<address>{address})"
    )


_WORDS = _pattern(rf"(?:[{_CAPITAL}]|\d{{1,2}}-)[\w’'.-]{{0,30}}", r"[\s\u00a0]{1,3}", r"\w")
_IN_FILES = _pattern(r"[^\W\d_][^\W_]{0,30}", r"(?:%20|[\W_]){1,3}", r"[^\W_]")
SHOWN = {"email": "e-mail address", "phone": "phone number", "address": "address", "account": "account"}
_MAY_LEAD = re.compile(r"\d|@|[\[(]at[\])]|\w\.\w{2,3}/")


def handle(account: str) -> str:
    """The account's name alone, as it is compared.

    >>> handle("https://t.me/s/Front_Words/4411"), handle("@Front_Words")
    ('front_words', 'front_words')
    >>> handle("youtube.com/channel/UC7"), handle("facebook.com/profile.php?id=100")  # not the shelf that all stand on
    ('uc7', '100')
    """
    inside = re.sub(rf"(?i)^(?:https?://)?[^/@]*/(?:(?:{_SHELF})/)*(?:profile\.php\?id=)?", "", account)
    return re.split(r"[/?]", inside.lstrip("@"))[0].casefold()


def find_contacts(
    text: str, *, file_name: bool = False, known: frozenset[str] = frozenset()
) -> Iterator[tuple[int, int, str]]:
    """Start, end and kind of each contact, in order; in names of files words stand in any letter case, between any marks.

    `known` are handles of sources, which are no secret.

    >>> list(find_contacts("She hides at 14 Heron Street in Kesten; call +380 67 123 4567 after 2022-09-01."))
    [(13, 28, 'address'), (45, 61, 'phone number')]
    >>> [kind for _, _, kind in find_contacts("@front_words on @ivo.karan", known=frozenset({"front_words"}))]
    ['account']
    """
    if _MAY_LEAD.search(text) is None:
        return
    for m in (_IN_FILES if file_name else _WORDS).finditer(text):
        if m.lastgroup in SHOWN and not (m.lastgroup == "account" and handle(m[0]) in known):
            yield *m.span(), SHOWN[m.lastgroup]


def mask_contacts(text: str, *, file_name: bool = False, known: frozenset[str] = frozenset()) -> str:
    """The text with `[phone number]`, `[e-mail address]`, `[address]` and `[account]` in place of each.

    >>> mask_contacts("Write to ivo.karan@example.org or to вул. Садова, буд. 5, кв. 12.")
    'Write to [e-mail address] or to [address].'
    >>> mask_contacts("2022-09-01_call-380671234567.txt", file_name=True)
    '2022-09-01_call-[phone number].txt'
    """
    out, at = [], 0
    for start, end, kind in find_contacts(text, file_name=file_name, known=known):
        out += [text[at:start], f"[{kind}]"]
        at = end
    return "".join([*out, text[at:]]) if out else text
