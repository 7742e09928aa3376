"""Words, marks and numerals of a text: the lexical ground under times, numbers and units.

`items` cuts a text once, from left to right, into words, digit groups and single marks, and joins what together writes
one number ("two hundred and ten", "1,217", "2 1/2", "nineteen ninety-six", "3.5 million"). It reads the text, not the
parser's tokens: those differ between "1,217th", "400-2,000" and "mid-March".
"""

from __future__ import annotations

import re
import tomllib
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any, Literal, NamedTuple

from spacy.tokens import Doc

Form = Literal["", "digits", "words", "ordinal", "date", "decade", "amount"]

_WORD = re.compile(
    r"""
    [0-9]{4}-[0-9]{2}-[0-9]{2}(?![0-9])          # 2022-11-04
  | [0-9]{1,2}\.[0-9]{1,2}\.(?:[0-9]{4}|[0-9]{2})(?![0-9]|\.[0-9])  # 04.11.2022  04.11.22
  | [0-9]{1,2}/[0-9]{1,2}/[0-9]{4}(?![0-9])      # 11/04/2022
  | [0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?(?![0-9])  # 1,217  50,000.5
  | [0-9]{1,3}(?:[\u00a0\u2009\u202f][0-9]{3})+(?![0-9])  # 1 439 with a space that does not break
  | [0-9]{2}(?:[0-9]0)?s\b                        # 1990s  80s
  | [0-9]+(?:\.[0-9]+)?
  | [ap]\.\s?m\b\.?
  | (?<=[0-9])(?:st|nd|rd|th)                    # also in "9thregiment", where a space is lost
  | [^\W\d_]+
  | \S
    """,
    re.VERBOSE | re.IGNORECASE,
)
# No count is higher; scale words beyond it ("million million million") are not read into one number.
_HIGHEST = 1e15
_SPACES = re.compile("[,\u00a0\u2009\u202f]")
_ORDINAL_ENDINGS = frozenset({"st", "nd", "rd", "th"})
_DASHES = frozenset("-‐‑‒–—−")


class Item(NamedTuple):
    """A word, a mark or a whole numeral, with its place in the text.

    `text` is lower-case; `value` is set for numerals; `form` says how the number is written.
    """

    start: int
    end: int
    text: str
    value: float | None = None
    form: Form = ""
    meaning: Any = None


@cache
def lexicon(name: str) -> dict[str, Any]:
    """One lexicon file of `leadline/extract/data`.

    >>> lexicon("numerals")["cardinals"]["seven"]
    7
    """
    return tomllib.loads(files("leadline.extract").joinpath("data", f"{name}.toml").read_text(encoding="utf-8"))


@lru_cache(maxsize=2)
def text_of(doc: Doc) -> str:
    """The text of a document; spaCy puts it together anew at every call."""
    return str(doc.text)


@lru_cache(maxsize=2)
def tokens_at(doc: Doc) -> dict[int, int]:
    """Number of the token that begins at an offset.

    >>> import spacy
    >>> tokens_at(spacy.blank("en")("so be it"))
    {0: 0, 3: 1, 6: 2}
    """
    return {start: n for n, start in enumerate(doc.to_array("IDX").tolist())} if len(doc) else {}


@cache
def _words() -> tuple[dict[str, int], dict[str, int], dict[str, int]]:
    data = lexicon("numerals")
    return data["cardinals"], data["ordinals"], data["scales"]


def is_dash(text: str) -> bool:
    """Whether a mark is a hyphen or a dash.

    >>> is_dash("–"), is_dash("/")
    (True, False)
    """
    return text in _DASHES


@lru_cache(maxsize=2)  # times, numbers and units of one document read the same text one after the other
def items(text: str) -> tuple[Item, ...]:
    """Words, marks and numerals of a text in order.

    >>> [(i.text, i.value) for i in items("Two hundred and ten men of the 1,217th")]
    [('two hundred and ten', 210.0), ('men', None), ('of', None), ('the', None), ('1,217th', 1217.0)]
    >>> [i.value for i in items("nineteen ninety-six")]
    [1996.0]
    """
    raw = [Item(m.start(), m.end(), m[0].lower()) for m in _WORD.finditer(text)]
    cardinals, ordinals, _ = _words()
    out: list[Item] = []
    i = 0
    while i < len(raw):
        word = raw[i].text
        if word[0] in "0123456789":
            item, i = _digits(raw, i)
        elif word in cardinals or word in ordinals or word in ("a", "an"):
            item, i = _spelled(raw, i)
        else:
            item, i = raw[i], i + 1
        if item.value is not None and item.form in ("digits", "words"):
            item, i = _and_a_half(raw, item, i)
        out.append(item)
    return tuple(out)


def _and_a_half(raw: list[Item], item: Item, i: int) -> tuple[Item, int]:
    """`Six and a half`, `two-and-a-half thousand`: half of one more, before a scale."""
    j = i
    words: list[str] = []
    while j < len(raw) and len(words) < 3 and j < i + 6:
        if not is_dash(raw[j].text):
            words.append(raw[j].text)
        j += 1
    if words != ["and", "a", "half"] or item.value is None:
        return item, i
    value = item.value + 0.5
    _, _, scales = _words()
    if j < len(raw) and raw[j].text in scales:
        value, j = value * scales[raw[j].text], j + 1
    return Item(item.start, raw[j - 1].end, f"{item.text} and a half", value, item.form), j


def _join(raw: list[Item], i: int, j: int, value: float | None, form: Form) -> Item:
    text = raw[i].text if j == i + 1 else " ".join(r.text for r in raw[i:j])
    return Item(raw[i].start, raw[j - 1].end, text, value, form)


def _touch(raw: list[Item], i: int) -> bool:
    """Whether item `i` follows item `i - 1` without a space."""
    return i < len(raw) and raw[i - 1].end == raw[i].start


def _digits(raw: list[Item], i: int) -> tuple[Item, int]:
    word = raw[i].text
    if word.endswith("s"):
        return raw[i]._replace(form="decade"), i + 1
    if len(word) > 18:  # no count; also keeps `float` finite
        return raw[i], i + 1
    try:
        value = float(_SPACES.sub("", word))
    except ValueError:
        return raw[i]._replace(form="date"), i + 1
    j = i + 1
    if _touch(raw, j) and raw[j].text in _ORDINAL_ENDINGS:
        return Item(raw[i].start, raw[j].end, word + raw[j].text, value, "ordinal"), j + 1
    if (
        j + 2 < len(raw)
        and raw[j + 1].text == "/"
        and raw[j].text.isdigit()
        and raw[j + 2].text.isdigit()
        and _touch(raw, j + 1)
        and _touch(raw, j + 2)
    ):
        below = float(raw[j + 2].text)
        if below and float(raw[j].text) < below and below <= 10:  # 2 1/2
            return _join(raw, i, j + 3, value + float(raw[j].text) / below, "digits"), j + 3
    j, value = _spaced(raw, i, j, value)
    _, _, scales = _words()
    while j < len(raw) and raw[j].text in scales and value < _HIGHEST:
        value *= scales[raw[j].text]
        j += 1
    return _join(raw, i, j, value, "digits"), j


def _spaced(raw: list[Item], i: int, j: int, value: float) -> tuple[int, float]:
    """Groups of three digits after single spaces ("473 400"), where the word before cannot make the first a name or a day."""
    before = raw[i - 1].text if i else ""
    if (
        not (raw[i].text.isdigit() and len(raw[i].text) <= 3 and raw[i].text[0] != "0")
        or before in lexicon("numerals")["no_group"]["before"]
        or (before[:1].isdigit())
    ):
        return j, value
    while j < len(raw) and len(raw[j].text) == 3 and raw[j].text.isdigit() and raw[j].start == raw[j - 1].end + 1:
        value, j = value * 1000 + float(raw[j].text), j + 1
    return j, value


def _spelled(raw: list[Item], i: int) -> tuple[Item, int]:
    """Read a number in words from item `i`; an article counts only before a scale ("a hundred")."""
    cardinals, ordinals, scales = _words()
    total = current = 0.0
    j, end, form = i, i, "words"
    if raw[i].text in ("a", "an"):
        if i + 1 >= len(raw) or raw[i + 1].text not in scales:
            return raw[i], i + 1
        current, j = 1.0, i + 1
    place = 1000.0  # what the next word must stay below to belong to the same number
    while j < len(raw):
        word = raw[j].text
        dash = (
            is_dash(word)
            and j > i
            and _touch(raw, j)
            and _touch(raw, j + 1)
            and place > 9
            and current % 100 >= 20
            and current % 10 == 0
        )
        joining = dash or (word == "and" and j > i and place >= 100)
        k = j + 1 if joining else j
        if k >= len(raw):
            break
        word = raw[k].text
        if word in scales and (k == j) and 0 < current < _HIGHEST:
            scale = scales[word]
            if scale == 100:
                current, place = current * 100, 100.0
            else:
                total, current, place = total + current * scale, 0.0, 1000.0
            j = end = k + 1
            continue
        value = cardinals.get(word)
        is_ordinal = value is None and word in ordinals
        if is_ordinal:
            value = ordinals[word]
        if value is None or (joining and not dash and value == 0):
            break
        if value >= 100 and is_ordinal and current:  # "two hundredth"
            current, form, j = current * value, "ordinal", k + 1
            end = j
            break
        if current == 0 or (place == 100.0 and value < 100) or (place == 10.0 and value < 10 and value > 0):
            if (current == 0 and joining and total == 0) or (joining and not dash and not total and current < 100):
                break
            current += value
            place = 10.0 if value >= 20 and value % 10 == 0 else 0.0
        elif (
            10 <= current <= 20 and value >= 10 and not total and not is_ordinal and not joining
        ):  # "nineteen ninety-six"
            current = current * 100 + value
            place = 10.0 if value >= 20 and value % 10 == 0 else 0.0
        else:
            break
        j = end = k + 1
        if is_ordinal:
            form = "ordinal"
            break
    if end == i:
        return raw[i], i + 1
    return _join(raw, i, end, total + current, "ordinal" if form == "ordinal" else "words"), end
