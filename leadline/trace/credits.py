"""Which publishers of the heap a text credits, and whether it shows itself to be first-hand.

A credit is a publisher's name beside words that say "I have this from there". The same name where the publisher acts
in the text ("told the Harbour Times") is a credit when another document carries it, and a sign of first-hand work when
the publisher's own document does.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

import msgspec

from leadline.register import Register, fold
from leadline.schema import Document, Evidence
from leadline.trace.text import blank

BEFORE = r"(?:according to|as reported by|reported by|told|informed|via|source|sources?:|by|from|citing|cites?|quoting|courtesy of|republished from|originally published (?:by|in|on)|first (?:published|reported) (?:by|in|on)|writes?|read more (?:at|on)|reach(?:ed)? out to|in an interview with|in a statement to|shared by|obtained by|seen by|on (?:the )?(?:channel|site|portal|blog))"
AFTER = r"(?:h(?:as|ad) (?=the |an? )|carrie[sd]|ran|tells|reports?|reported|writes?|wrote|says?|said|claims?|claimed|found|revealed|published|citing|has learned|understands|could not|couldn['’]t|cannot|was (?:not )?able to|reach(?:ed)? out|contacted|asked|approached|spoke|interviewed|visited|saw|quoted|added|noted|located|identified|verified|confirmed|counted|obtained|reviewed|examined|geolocated|analysed|analyzed)"
WHENCE = re.compile(r"(?i)(?:from|by|sources?)\b")
"""What is said before a place as well as before a publisher."""
WORDS = re.compile(r"[\w’'ʼ.-]+")
WITNESS = re.compile(
    r"\b(?:(?:told|showed) (?:us|this (?:newspaper|reporter|correspondent)|our (?:reporter|correspondent)s?)"
    r"|(?:[Oo]ur (?:reporter|correspondent)s?|(?:[Aa]|[Oo]ne|[Tt]wo) (?:reporter|correspondent)s? (?:of|for|from) this (?:newspaper|paper|outlet|site))"
    r" (?:saw|visited|spoke|met|counted|watched|was|were)"
    r"|(?:we|I) (?:spoke|talked) (?:to|with) (?:the |two |three |several |a )?[a-z]+"
    r"|in an interview with (?:us|this newspaper|our correspondent))\b"
)


class Publishers:
    """The publishers of a heap under all names that the register gives them; `places` are the heap's names of places.

    >>> from leadline.register import Source
    >>> r = Register([Source(id="ht", name="Harbour Times", kind="outlet", aliases=("HT Online",))])
    >>> p = Publishers(r, ["HT Online", "Ferry Post"])
    >>> sorted(p.keys), p.key("the Harbour Times")
    (['ferry post', 'ht'], 'ht')
    """

    def __init__(self, register: Register, publishers: Iterable[str | None], places: Iterable[str | None] = ()) -> None:
        self.register = register
        self.places = frozenset(fold(p) for p in places if p)
        self.names: dict[str, str] = {}
        for name in sorted({p for p in publishers if p}):
            source = register.resolve(name)
            if source is None:
                self.names.setdefault(fold(name), fold(name))
            else:
                for alias in (source.name, *source.aliases):
                    self.names.setdefault(fold(alias), source.id)
        self.names = {n: k for n, k in self.names.items() if len(n) > 2}
        self.keys = frozenset(self.names.values())
        self._begins = {first for n in self.names for first in n.split()[:1]} | {"the", "a", "an"}
        self._may_begin = lru_cache(maxsize=100_000)(self._begins_a_name)
        self._last: tuple[str, list[tuple[int, int, str]]] = ("", [])
        self.longest = max((len(n.split()) for n in self.names), default=0)

    def key(self, name: str | None) -> str | None:
        """The key of a publisher's name, None where it is none of the heap's."""
        return self.names.get(fold(name)) if name else None

    def _begins_a_name(self, word: str) -> bool:
        return fold(word).partition(" ")[0] in self._begins

    def mentions(self, text: str) -> list[tuple[int, int, str]]:
        """Start, end and key of every mention of a publisher, longest names first."""
        if not self.names:
            return []
        if text == self._last[0]:  # heaps hold the same text many times over
            return self._last[1]
        words = list(WORDS.finditer(text))
        found, i = [], 0
        while i < len(words):
            a = words[i].start()
            upper = text[a].isupper() or not text[a].isascii()
            for n in range(min(self.longest, len(words) - i) if upper and self._may_begin(words[i][0]) else 0, 0, -1):
                b = words[i + n - 1].end()
                key = self.names.get(fold(text[a:b]))
                if key is not None:
                    found.append((a, b, key))
                    i += n - 1
                    break
            i += 1
        self._last = text, found
        return found


class Credits(msgspec.Struct, frozen=True):
    """What a document says about where it has its content from."""

    credited: Mapping[str, Evidence]
    """publisher key to the words that credit it"""
    first_hand: Evidence | None
    """words that show the document's own reporting"""


def find_credits(document: Document, publishers: Publishers) -> Credits:
    """Credits and signs of own reporting in one document."""
    text = blank(document.text, document.boilerplate)
    own = publishers.key(document.publisher)
    credited: dict[str, Evidence] = {}
    first_hand: Evidence | None = None
    for start, end, key in publishers.mentions(text):
        before, after = text[max(0, start - 40) : start], text[end : end + 30]
        beside = re.search(
            rf"(?i)\b{BEFORE}[\s:]+(?:the |an? |our colleagues from |outlet |channel |portal |site )*$", before
        )
        acts = re.match(rf"(?i)(?:['’]s)?[\s,]+(?:has |had |have |also |later |first )*{AFTER}\b", after)
        if beside and WHENCE.match(beside[0]) and fold(text[start:end]) in publishers.places:
            beside = None  # "men from Ostrel", where an outlet is called Ostrel
        if not beside and not acts:
            continue
        a, b = start - (len(before) - beside.start() if beside else 0), end + (acts.end() if acts else 0)
        if key != own:
            credited.setdefault(key, _evidence(document, "credit", "the text credits another publisher", a, b))
        elif first_hand is None and _own_work(text[a:b]):
            first_hand = _evidence(document, "first-hand", "the publisher acts in its own text", a, b)
    if (stated := publishers.key(document.origin_publisher)) and stated != own:
        credited.setdefault(
            stated,
            Evidence(
                rule="credit",
                note=f"the text credits {document.origin_publisher} as its original",
                document=document.document,
            ),
        )
    if first_hand is None and (m := WITNESS.search(text)):
        quotes = text[: m.start()].count("“") - text[: m.start()].count("”")
        if quotes <= 0:
            first_hand = _evidence(document, "first-hand", "the text tells of its own reporting", *m.span())
    return Credits(credited, first_hand)


def _own_work(words: str) -> bool:
    return (
        re.search(
            r"(?i)\b(?:told|interview|seen by|obtained by|could not|couldn|cannot|able to|reach(?:ed)? out|contacted|asked|approached|spoke|interviewed|visited|saw|located|identified|verified|counted|obtained|reviewed|examined|geolocated|analysed|analyzed)\b",
            words,
        )
        is not None
    )


def _evidence(document: Document, rule: str, note: str, start: int, end: int) -> Evidence:
    return Evidence(
        rule=rule, note=note, document=document.document, start=start, end=end, quote=document.text[start:end]
    )
