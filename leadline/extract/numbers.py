"""Numbers: how many of what, with the bounds that the words give.

    items of the text → quantities → ranges, percentages, money → bounds ("more than", "up to") → what is counted

What only looks like a count is left out: dates and clock times, unit numbers, ordinals, ages, designations ("order
number 227", "T-72", "Article 337"), addresses, telephone numbers. See docs/numbers-and-units.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any, Literal

import msgspec
from spacy.tokens import Doc, Token

from leadline.extract.cascade import Cascade, Groups, Rule
from leadline.extract.numerals import Item, is_dash, items, lexicon
from leadline.extract.times import TimeReading, find_times
from leadline.extract.units import UnitReading, find_units
from leadline.schema import Number

Kind = Literal["count", "percentage", "share", "rate", "duration", "measure", "money"]


class NumberReading(msgspec.Struct, frozen=True, kw_only=True):
    """One count: `start` to `end` bound figure and bounding words, `counted_start` to `counted_end` what is counted.

    `low` and `high` are the bounds, null on the side the words leave open; a share is a number between 0 and 1, a
    percentage one between 0 and 100. `unit` is the head noun as written, in small letters, with the rate ("men per
    day"), the measure ("km2") or the currency; empty where the words leave it to the reader ("12 were killed").
    `is_restatement` marks the same measure said again in another unit, in brackets.
    """

    start: int
    end: int
    low: float | None
    high: float | None
    unit: str
    approximate: bool = False
    kind: Kind = "count"
    counted_start: int | None = None
    counted_end: int | None = None
    is_restatement: bool = False


class Quantity(msgspec.Struct, frozen=True, kw_only=True):
    """What the number words say, before the noun."""

    low: float | None
    high: float | None
    approximate: bool = False
    kind: Kind = "count"
    unit: str = ""
    text: str = ""
    bounded: bool = False


def find_numbers(
    doc: Doc, *, times: Sequence[TimeReading] | None = None, units: Sequence[UnitReading] | None = None
) -> tuple[NumberReading, ...]:
    """Counts of a document, in order of their place.

    `times` and `units` are the readings of `find_times` and `find_units` where they are at hand; they are found
    otherwise. The nouns are read from part-of-speech tags; without tags `unit` is the next word.

    >>> import spacy
    >>> doc = spacy.blank("en")("More than 300 soldiers left.")
    >>> [(n.low, n.high, n.unit) for n in find_numbers(doc)]
    [(300.0, None, 'soldiers')]
    """
    times = find_times(doc, None) if times is None else times
    units = find_units(doc) if units is None else units
    lexed = _masked(doc.text, times, units)
    found = [i for i in _grammar().run(lexed) if isinstance(i.meaning, Quantity)]
    ends = {i.end: n for n, i in enumerate(lexed)}
    at = {t.idx: t.i for t in doc}
    out: list[NumberReading] = []
    for item in found:
        reading = _reading(doc, item, lexed, ends[item.end], at)
        if reading is not None:
            out.append(_restated(reading, out, doc.text))
    return tuple(out)


def as_number(reading: NumberReading) -> Number:
    """The reading as a claim's number.

    >>> as_number(NumberReading(start=0, end=2, low=12, high=12, unit="men")).unit
    'men'
    """
    return Number(low=reading.low, high=reading.high, unit=reading.unit)


# -- the grammar ------------------------------------------------------------------------------------------------------


def _exactly(groups: Groups) -> Quantity | None:
    n = groups["n"]
    top = None if "plus" in groups else n.value
    return Quantity(low=n.value, high=top, text=n.text, bounded="plus" in groups)


def _dozens(groups: Groups) -> Quantity:
    n = groups["n"].value or 0.0 if "n" in groups else (0.5 if "half" in groups else 1.0)
    return Quantity(low=n * 12, high=n * 12, approximate=True)


def _vague_scale(groups: Groups) -> Quantity:
    entry = lexicon("vague")["quantity"][groups["vague"].text]
    scale = {**lexicon("numerals")["scales"], "dozen": 12}[groups["scale"].text]
    high = entry.get("high")
    return Quantity(low=float(entry["low"] * scale), high=None if high is None else float(high * scale), approximate=True)


def _vague_word(groups: Groups) -> Quantity:
    entry = lexicon("vague")["quantity"][groups["vague"].text]
    high = entry.get("high")
    return Quantity(low=float(entry["low"]), high=None if high is None else float(high), approximate=True, text=groups["vague"].text)


def _plural_word(groups: Groups) -> Quantity:
    table = lexicon("vague")["quantity"]
    low = float(table[groups["plural"].text]["low"])
    if "of" in groups:  # tens of thousands: the product of the least number and the scale
        low *= table[groups["of"].text]["low"] / 2
    return Quantity(low=low, high=None, approximate=True)


def _span(groups: Groups) -> Quantity | None:
    x, y = groups["x"].meaning, groups["y"].meaning
    if x.low is None or y.high is None or x.bounded:
        return None
    low, scales = x.low, lexicon("numerals")["scales"]
    scale = scales.get(y.text.rsplit(" ", 1)[-1], 1) if " " in y.text else 1
    if scale > 1 and low < scale and low * scale < y.high:  # "2-3 million"
        low *= scale
    return Quantity(low=low, high=y.high, approximate=x.approximate or y.approximate) if low < y.high else None


def _out_of(groups: Groups) -> Quantity | None:
    x, y = groups["x"].meaning, groups["y"].meaning
    if not y.low or x.low is None or x.high is None or x.high > y.low or y.low != y.high:
        return None
    return Quantity(low=x.low / y.low, high=x.high / y.low, kind="share")


def _percentage(groups: Groups) -> Quantity:
    return msgspec.structs.replace(groups["x"].meaning, kind="percentage", unit="percent")


def _money(groups: Groups) -> Quantity:
    return msgspec.structs.replace(groups["x"].meaning, kind="money", unit=groups["currency"].text)


def _compared(groups: Groups) -> Quantity | None:
    x: Quantity = groups["x"].meaning
    word = groups["word"].text
    side = lexicon("numbers")["bounds"][word]
    if "not" in groups:
        side = {"low": "high", "high": "low"}[side]
    if x.bounded:
        return None
    if side == "about":
        return msgspec.structs.replace(x, approximate=True, bounded=True)
    if side == "low":
        return msgspec.structs.replace(x, high=None, bounded=True)
    return msgspec.structs.replace(x, low=None, high=x.high if x.high is not None else x.low, bounded=True)


def _roughly(groups: Groups) -> Quantity:
    return msgspec.structs.replace(groups["x"].meaning, approximate=True)


def _numeral_classes(item: Item) -> frozenset[str]:
    return frozenset({"num"}) if item.form in ("digits", "words") else frozenset()


def _meaning_classes(meaning: Any) -> frozenset[str]:
    return frozenset({"quantity"})


@cache
def _grammar() -> Cascade:
    data = lexicon("numbers")
    return Cascade(
        words={**data["words"], **data["bound_words"]},
        passes=[[msgspec.convert(r, Rule) for r in p["rule"]] for p in data["pass"]],
        readers={
            "exactly": _exactly,
            "dozens": _dozens,
            "vague_scale": _vague_scale,
            "vague_word": _vague_word,
            "plural_word": _plural_word,
            "span": _span,
            "out_of": _out_of,
            "percentage": _percentage,
            "money": _money,
            "compared": _compared,
            "roughly": _roughly,
        },
        numeral_classes=_numeral_classes,
        meaning_classes=_meaning_classes,
        families=(("num",), ("quantity",)),
        macros=data["macros"],
        place="leadline/extract/data/numbers.toml",
    )


# -- what is no count -------------------------------------------------------------------------------------------------


def _masked(text: str, times: Sequence[TimeReading], units: Sequence[UnitReading]) -> list[Item]:
    """Items of the text with everything blanked that a number can stand in without counting."""
    covered = sorted([(t.start, t.end) for t in times if t.kind != "DURATION"] + [(u.start, u.end) for u in units])
    found = list(items(text))
    n = 0
    for k, item in enumerate(found):
        while n < len(covered) and covered[n][1] <= item.start:
            n += 1
        if n < len(covered) and covered[n][0] < item.end:
            found[k] = _blank(item)
        elif item.value is not None and item.form != "ordinal" and _names_something(text, found, k):
            found[k] = _blank(item)
    return found


def _blank(item: Item) -> Item:
    return Item(item.start, item.end, "\0")


def _names_something(text: str, found: Sequence[Item], k: int) -> bool:
    """Whether a figure belongs to a name, an age, an address, a telephone number or a ratio."""
    lists = lexicon("numbers")["not_counts"]
    item = found[k]
    before = found[k - 1] if k else None
    after = found[k + 1] if k + 1 < len(found) else None
    spelled = item.form == "words"
    if before is not None:
        touching = before.end == item.start
        if touching and (before.text.isalpha() or before.text in ("#", "№", "/", ":", ".", "+", "°", "@", "_")):
            return not (before.text == "." and not text[item.start].isdigit())
        if touching and is_dash(before.text) and k >= 2 and found[k - 2].end == before.start and found[k - 2].value is None:
            return True  # T-72
        if before.text in lists["designators"] and not spelled:
            return True
        if before.text == "." and k >= 2 and found[k - 2].text in ("no", "nos", "art", "vol", "pp"):
            return True
    if after is not None:
        touching = after.start == item.end
        if touching and (after.text in ("°", "/", "_", "@", ":") or (after.text.isalpha() and not spelled and after.text not in lexicon("numbers")["measures"])):
            return True
        if _is_age(found, k):
            return True
        if k + 2 < len(found) and not spelled and found[k + 2].text in lists["streets"] and text[after.start].isupper():
            return True
    if _in_row(found, k):  # a telephone number
        return True
    digits = sum(c.isdigit() for c in item.text)
    return digits >= 9 and "," not in item.text and item.form == "digits"


def _in_row(found: list[Item], k: int) -> bool:
    """Whether a figure is one of at least three that follow each other with nothing but dashes between them."""
    row = 1
    for step in (1, -1):
        j = k + step
        while 0 <= j < len(found) and row < 3 and (found[j].form == "digits" or is_dash(found[j].text) or found[j].text in ("+", "(", ")", "\0")):
            row += found[j].form == "digits" or (found[j].text == "\0" and step < 0)
            j += step
    return row >= 3


def _is_age(found: Sequence[Item], k: int) -> bool:
    """ "27-year-old", "27 years old", "Name, 27," """
    rest = [i.text for i in found[k + 1 : k + 6] if not is_dash(i.text)]
    if len(rest) >= 2 and rest[0] in ("year", "years", "month", "months") and (rest[1] in ("old", "olds") or rest[1:3] == ["of", "age"]):
        return True
    is_small = found[k].form == "digits" and 1 <= (found[k].value or 0) <= 110
    closed = k >= 2 and found[k - 1].text == "," and bool(rest) and rest[0] in (",", ".", ")")
    return is_small and closed and found[k - 2].value is None and found[k - 2].text.isalpha()


# -- what is counted --------------------------------------------------------------------------------------------------


def _reading(doc: Doc, item: Item, lexed: list[Item], last: int, at: dict[int, int]) -> NumberReading | None:
    q: Quantity = item.meaning
    if q.kind in ("percentage", "money"):
        return NumberReading(start=item.start, end=item.end, low=q.low, high=q.high, unit=q.unit, approximate=q.approximate, kind=q.kind)
    data = lexicon("numbers")
    follow = lexed[last + 1 : last + 4]
    if follow and is_dash(follow[0].text) and len(follow) > 1:
        follow = follow[1:]
    words = [f.text for f in follow]
    for n in (2, 1):
        measure = data["measures"].get(" ".join(words[:n]))
        if measure is not None and len(words) >= n:
            rate = _rate(lexed, last + n + 1)
            return NumberReading(
                start=item.start, end=item.end, low=q.low, high=q.high, unit=measure + rate, approximate=q.approximate,
                kind="measure", counted_start=follow[0].start, counted_end=follow[n - 1].end,
            )  # fmt: skip
    times = lexicon("times")["values"]
    unit_word = next((w for w in words[:1] if w in times["unit"] or w in times["units"]), None)
    if unit_word is not None:
        if q.text == "one" or unit_word in ("second", "quarter", "night"):
            return None
        return NumberReading(
            start=item.start, end=item.end, low=q.low, high=q.high, unit=unit_word, approximate=q.approximate,
            kind="duration", counted_start=follow[0].start, counted_end=follow[0].end,
        )  # fmt: skip
    noun = _noun(doc, item.end, at, lexed, last)
    if q.text == "one" and (noun is None or noun.lower_ in data["not_counts"]["one_is_no_count"] or not _is_next(doc, item.end, noun)):
        return None
    if q.text in ("few", "many", "several", "multiple", "numerous", "countless") and noun is None:
        return None
    if noun is None:
        if words and words[0] in data["not_counts"]["people"]:
            return NumberReading(
                start=item.start, end=item.end, low=q.low, high=q.high, unit=words[0], approximate=q.approximate,
                kind=q.kind, counted_start=follow[0].start, counted_end=follow[0].end,
            )  # fmt: skip
        return NumberReading(start=item.start, end=item.end, low=q.low, high=q.high, unit="", approximate=q.approximate, kind=q.kind)
    end = noun.idx + len(noun.text)
    after = next((n for n in range(last + 1, min(last + 14, len(lexed))) if lexed[n].start >= end), len(lexed))
    rate = _rate(lexed, after)
    return NumberReading(
        start=item.start, end=item.end, low=q.low, high=q.high, unit=noun.lower_ + rate, approximate=q.approximate,
        kind="rate" if rate and q.kind == "count" else q.kind, counted_start=noun.idx, counted_end=end,
    )  # fmt: skip


def _rate(lexed: list[Item], n: int) -> str:
    """ " per day" where the words at item `n` say so."""
    words = [i.text for i in lexed[n : n + 2]]
    units = lexicon("times")["values"]["unit"]
    if len(words) == 2 and words[0] in ("a", "an", "per", "each", "every") and words[1] in units and words[1] not in ("second", "quarter"):
        return f" per {words[1]}"
    daily = {"daily": "day", "weekly": "week", "monthly": "month", "annually": "year", "yearly": "year", "hourly": "hour"}
    return f" per {daily[words[0]]}" if words and words[0] in daily else ""


_INSIDE = frozenset({"JJ", "JJR", "JJS", "NN", "NNP", "NNPS", "NNS", "VBN", "VBG", "CD", "HYPH", "POS", "RB", "RBR", "FW"})
_NOUNS = frozenset({"NN", "NNS", "NNP", "NNPS"})


def _noun(doc: Doc, end: int, at: dict[int, int], lexed: list[Item], last: int) -> Token | None:
    """Head noun of the phrase that follows a quantity: adjectives, names and "of the" are passed over."""
    start = lexed[last + 1].start if last + 1 < len(lexed) else len(doc.text)
    i = at.get(start)
    if i is None:
        return None
    if not doc.has_annotation("TAG"):
        return doc[i] if doc[i].is_alpha else None
    tokens = doc[i : i + 10]
    n = 0
    while n < len(tokens) and (tokens[n].lower_ in ("of", "more", "other", "additional", "such", "further") or tokens[n].tag_ in ("DT", "PRP$", "PDT") or is_dash(tokens[n].text)):
        if tokens[n].lower_ in ("a", "an", "this", "that", "no"):
            return None
        n += 1
    best: Token | None = None
    for token in tokens[n:]:
        if token.tag_ in _NOUNS:
            best = token
            if token.tag_ in ("NNS", "NNPS") and token.dep_ != "compound" and token.tag_ == "NNS":
                break
        elif token.tag_ not in _INSIDE and not (best is None and token.text in (",", "and", "-", "“", '"', "‘")):
            break
        elif best is not None and token.tag_ not in ("HYPH", "POS", "CD"):
            break
    return best


def _is_next(doc: Doc, end: int, noun: Token) -> bool:
    """Whether nothing but adjectives stands between a quantity and its noun."""
    return " of " not in doc.text[end : noun.idx] and noun.tag_ != "NNS"


def _restated(reading: NumberReading, before: list[NumberReading], text: str) -> NumberReading:
    """Mark "(60 square miles)" after "160 square kilometers"."""
    if reading.kind != "measure" or not before or before[-1].kind != "measure":
        return reading
    between = text[before[-1].counted_end or before[-1].end : reading.start].strip()
    return msgspec.structs.replace(reading, is_restatement=True) if between in ("(", "[", ", or", "or") else reading
