"""Readers of durations, of what repeats and of loose references: "three days", "every Monday", "now"."""

from __future__ import annotations

from leadline.extract.cascade import Groups
from leadline.extract.numerals import lexicon
from leadline.extract.times.meaning import NOTHING, Length, Loose, Meaning, Repeat
from leadline.extract.times.readers import number, reader, unit_of, values, word
from leadline.extract.times.values import duration_value


def _amount(groups: Groups) -> tuple[float | None, float | None, bool]:
    """Bounds of a quantity, and whether they were stated."""
    n, high = number(groups), number(groups, "high")
    if n is not None:
        return n, high if high is not None else n, True
    if "vague" in groups:
        low, top = _published(groups["vague"].text)
        return low, top, False
    return 1, 1, True


def _published(quantity: str) -> tuple[float | None, float | None]:
    """The published interval of a vague quantity word."""
    entry = lexicon("vague")["quantity"].get(quantity, {})
    return entry.get("low"), entry.get("high")


@reader
def length(groups: Groups) -> Meaning | None:
    """Read "two weeks", "several months", "two to three weeks", "a year or two"."""
    low, high, exact = _amount(groups)
    unit = unit_of(groups)
    if unit == "quarter" and (low in (None, 1, 3) or not exact) and "units" not in groups:
        return NOTHING  # "a quarter of"
    if unit == "second" and "n" not in groups:
        return NOTHING
    if low is not None and "unit" in groups and low >= 1000 and unit in ("quarter", "second"):
        return NOTHING
    if low is not None and high is not None and high < low:
        return None
    kind = groups["vague"].text if "vague" in groups else "" if "n" in groups else "article"
    return Length(unit=unit_of(groups), low=low, high=high, exact=exact, word=kind)


@reader
def long(groups: Groups) -> Meaning | None:
    """Read "a week-long", "decades-long"."""
    return Length(unit=unit_of(groups), low=1 if "unit" in groups else None, high=1 if "unit" in groups else None)


@reader
def nothing(_: Groups) -> Meaning | None:
    """Read words that say no time, so that nothing else in them is read."""
    return NOTHING


@reader
def age(_: Groups) -> Meaning | None:
    """An age is no time: read, so that "27-year" in it is not, and thrown away."""
    return NOTHING


@reader
def length_and_half(groups: Groups) -> Meaning | None:
    """Read "two and a half years", "a year and a half"."""
    n = (number(groups) or 1) + 0.5
    return Length(unit=unit_of(groups), low=n, high=n)


@reader
def half_unit(groups: Groups) -> Meaning | None:
    """Read "half an hour"."""
    return Length(unit=unit_of(groups), low=0.5, high=0.5)


@reader
def couple(groups: Groups) -> Meaning | None:
    """Read "a couple of years"."""
    return Length(unit=unit_of(groups), low=2, high=2)


@reader
def bare_units(groups: Groups) -> Meaning | None:
    """Read "years": a duration without a number, which stands only in other expressions."""
    return Length(unit=unit_of(groups), low=None, high=None, exact=False, word="bare")


@reader
def every(groups: Groups) -> Meaning | None:
    """Read "every Monday", "every two weeks", "Monday nights"."""
    n = number(groups)
    if "weekdays" in groups:
        return Repeat(value=f"XXXX-WXX-{values('weekdays')[groups['weekdays'].text] + 1}")
    if "times" in groups or "other" in groups or "vague" in groups:
        n = 1 if "times" in groups else 2 if "other" in groups else None
        return Repeat(value=duration_value(unit_of(groups), n))
    if "weekday" in groups:
        day = f"XXXX-WXX-{word(groups, 'weekday') + 1}"
        return Repeat(value=day + (f"T{word(groups, 'parts')}" if "parts" in groups else ""))
    if "month" in groups:
        return Repeat(value=f"XXXX-{word(groups, 'month'):02d}")
    if "season" in groups:
        return Repeat(value=f"XXXX-{word(groups, 'season')}")
    if "part" in groups:
        return Repeat(value=f"XXXX-XX-XXT{word(groups, 'part')}")
    return Repeat(value=duration_value(unit_of(groups), n or 1))


@reader
def every_word(groups: Groups) -> Meaning | None:
    """Read "daily"."""
    return Repeat(value=word(groups, "everyword"))


@reader
def loose(groups: Groups) -> Meaning | None:
    """Read "now", "recently", "soon"."""
    return Loose(value=values("loose")[groups["loose"].text])


@reader
def present(_: Groups) -> Meaning | None:
    """Read "these days"."""
    return Loose(value="PRESENT_REF")


@reader
def past(_: Groups) -> Meaning | None:
    """Read "the past"."""
    return Loose(value="PAST_REF")


@reader
def future(_: Groups) -> Meaning | None:
    """Read "the future"."""
    return Loose(value="FUTURE_REF")
