"""Quantities: the words of a number and of its bounds, read by the grammar of `data/numbers.toml`."""

from __future__ import annotations

from functools import cache
from typing import Any, Literal

import msgspec

from leadline.extract.cascade import Cascade, Groups, Rule
from leadline.extract.numerals import Item, lexicon

Kind = Literal["count", "percentage", "share", "rate", "duration", "measure", "money"]


class Quantity(msgspec.Struct, frozen=True, kw_only=True):
    """What the number words say, before the noun.

    `text` is the bare numeral as written, empty for composed ones; `bounded` says that a bounding word has been read;
    `from_to` that the range was written "from X to Y", which after "rose" is no range.
    """

    low: float | None
    high: float | None
    approximate: bool = False
    kind: Kind = "count"
    unit: str = ""
    text: str = ""
    bounded: bool = False
    from_to: bool = False


_replace = msgspec.structs.replace


def _quantity(groups: Groups) -> Quantity:
    meaning = groups["x"].meaning
    assert isinstance(meaning, Quantity)
    return meaning


def exactly(groups: Groups) -> Quantity:
    """Read "600", "600+"."""
    n = groups["n"]
    return Quantity(low=n.value, high=None if "plus" in groups else n.value, text=n.text, bounded="plus" in groups)


def dozens(groups: Groups) -> Quantity:
    """Read "Two dozen", "a dozen", "half a dozen"."""
    n = groups["n"].value or 0.0 if "n" in groups else (0.5 if "half" in groups else 1.0)
    return Quantity(low=n * 12, high=n * 12, approximate=True)


def fraction(groups: Groups) -> Quantity | None:
    """Read "two-thirds of", "a third of", "half of": a share."""
    n = 1.0 if "n" not in groups else groups["n"].value or 0.0
    share = n / lexicon("numbers")["fractions"][groups["part"].text]
    return Quantity(low=share, high=share, kind="share") if share <= 1 else None


def _published(word: str) -> tuple[float, float | None]:
    entry = lexicon("vague")["quantity"][word]
    return float(entry["low"]), None if entry.get("high") is None else float(entry["high"])


def vague_scale(groups: Groups) -> Quantity:
    """Read "Several hundred", "a few dozen"."""
    low, high = _published(groups["vague"].text)
    scale = {**lexicon("numerals")["scales"], "dozen": 12}[groups["scale"].text]
    return Quantity(low=low * scale, high=None if high is None else high * scale, approximate=True)


def vague_word(groups: Groups) -> Quantity:
    """Read "Several", "a pair of"."""
    low, high = _published(groups["vague"].text)
    return Quantity(low=low, high=high, approximate=True, text=groups["vague"].text)


def plural_word(groups: Groups) -> Quantity:
    """Read "Dozens", "hundreds"; "tens of thousands" is the least number times the scale."""
    low, _ = _published(groups["plural"].text)
    if "of" in groups:
        low *= _published(groups["of"].text)[0] / 2
    return Quantity(low=low, high=None, approximate=True)


def span(groups: Groups) -> Quantity | None:
    """Read "400 to 2,000", "2-3 million", "70 to 80,000"."""
    x, y = groups["x"].meaning, groups["y"].meaning
    if x.low is None or y.high is None or x.bounded:
        return None
    low = x.low
    scale = lexicon("numerals")["scales"].get(y.text.rsplit(" ", 1)[-1], 1) if " " in y.text else 1
    if "," in y.text and y.high % 1000 == 0 and low < 1000:  # "70 to 80,000"
        scale = 1000
    if scale > 1 and low < scale and low * scale < y.high:
        low *= scale
    if low >= y.high:
        return None
    return Quantity(low=low, high=y.high, approximate=x.approximate or y.approximate, from_to="from" in groups)


def out_of(groups: Groups) -> Quantity | None:
    """Read "Nine out of ten", "one in five": a share."""
    x, y = groups["x"].meaning, groups["y"].meaning
    if not y.low or x.low is None or x.high is None or x.high > y.low or y.low != y.high:
        return None
    return Quantity(low=x.low / y.low, high=x.high / y.low, kind="share")


def percentage(groups: Groups) -> Quantity:
    """Read "30 percent"."""
    return _replace(_quantity(groups), kind="percentage", unit="percent")


def money(groups: Groups) -> Quantity:
    """Read "$5 million", "5 million rubles"."""
    x = _quantity(groups)
    if "scale" in groups:
        scale = lexicon("numbers")["short_scales"][groups["scale"].text]
        x = _replace(x, low=None if x.low is None else x.low * scale, high=None if x.high is None else x.high * scale)
    return _replace(x, kind="money", unit=groups["currency"].text)


def compared(groups: Groups) -> Quantity | None:
    """Read "More than", "at least", "up to", "no more than", "or so": which side stays open."""
    x = _quantity(groups)
    if x.bounded:
        return None
    side = lexicon("numbers")["bounds"][groups["word"].text]
    if "not" in groups:
        side = {"low": "high", "high": "low"}[side]
    match side:
        case "low":
            return _replace(x, high=None, bounded=True)
        case "high":
            return _replace(x, low=None, high=x.high if x.high is not None else x.low, bounded=True)
    return _replace(x, approximate=True, bounded=True)


def roughly(groups: Groups) -> Quantity:
    """Read "about 600"."""
    return _replace(_quantity(groups), approximate=True)


def _numeral_classes(item: Item) -> frozenset[str]:
    return frozenset({"num"}) if item.form in ("digits", "words") and item.value is not None else frozenset()


def _meaning_classes(_: Any) -> frozenset[str]:
    return frozenset({"quantity"})


@cache
def grammar() -> Cascade:
    """The grammar, compiled once a process."""
    data = lexicon("numbers")
    readers = (
        exactly,
        fraction,
        dozens,
        vague_scale,
        vague_word,
        plural_word,
        span,
        out_of,
        percentage,
        money,
        compared,
        roughly,
    )
    return Cascade(
        words={**data["words"], **data["bound_words"]},
        passes=[[msgspec.convert(r, Rule) for r in p["rule"]] for p in data["pass"]],
        readers={f.__name__: f for f in readers},
        numeral_classes=_numeral_classes,
        meaning_classes=_meaning_classes,
        families=(("num",), ("quantity",)),
        place="leadline/extract/data/numbers.toml",
    )
