"""Readers of expressions made of expressions: "the past few days", "the end of 2022", "10 p.m. Wednesday"."""

from __future__ import annotations

import msgspec

from leadline.extract.cascade import Groups
from leadline.extract.times.calendar import CLOCK_UNITS
from leadline.extract.times.meaning import Basis, Loose, Meaning, Point
from leadline.extract.times.readers import length_of, number, point_of, reader, unit_of, values, word

_replace = msgspec.structs.replace


@reader
def rolling(groups: Groups) -> Meaning | None:
    """Read "the past few days", "recent years"; "the first nine months" points nowhere by itself."""
    way, x = groups["toward"].text, length_of(groups)
    if way in ("coming", "past") and x.low is None:
        return Loose(value="FUTURE_REF" if way == "coming" else "PAST_REF")
    toward = -1 if way in ("recent", "latest") else values("toward").get(way)
    return _replace(x, toward=toward, word=way if way in ("first", "last", "final") else x.word)


@reader
def ago(groups: Groups) -> Meaning | None:
    """Read "two weeks ago", "three days later": counted in the unit's own calendar stretches."""
    x, way = length_of(groups), groups["way"].text
    sign = 1 if way in ("later", "hence") else -1
    basis: Basis = "mentioned" if way in ("later", "earlier") else "document"
    if x.low is None or (not x.exact and x.low != x.high):
        return Loose(value="FUTURE_REF" if sign > 0 else "PAST_REF")
    if x.unit == "year" and x.low == 1 and sign < 0:  # the same stretch of the year before
        return Point(shift=("year", -1), basis=basis, recall="quarter", counted=True)
    if x.unit == "year" and x.low != int(x.low):  # "half a year ago": in months, not the year in which that was
        months = 12 * x.low
        return Point(shift=("month", sign * months), basis=basis, counted=True)
    near, far = sign * x.low, sign * (x.high if x.high is not None else x.low)
    return Point(shift=(x.unit, near), shift_to=None if far == near else far, basis=basis, counted=True)


@reader
def edge(groups: Groups) -> Meaning | None:
    """Read "early February", "the end of 2022"."""
    x = point_of(groups)
    name = word(groups, "edge", "edgeword") or word(groups, "edge", "edgenoun")
    if x.clock is not None:
        return None
    return x if name == "whole" else _replace(x, edge=name)


@reader
def stretch(groups: Groups) -> Meaning | None:
    """Read "the first week of March"."""
    n = -1 if "last" in groups else int(number(groups) or 0)
    unit = unit_of(groups)
    if unit in CLOCK_UNITS or n == 0:
        return None
    return _replace(point_of(groups), stretch=(unit, n, n))


@reader
def last_stretch(groups: Groups) -> Meaning | None:
    """Read "the last week of May": the last in May, not the one before the document."""
    unit = point_of(groups, "u").shift
    assert unit is not None
    return _replace(point_of(groups), stretch=(unit[0], -1, -1))


@reader
def night_into(groups: Groups) -> Meaning | None:
    """Read "overnight into Monday": the night that ends on that day."""
    x = point_of(groups)
    return _replace(x, part="NI", before=1)


@reader
def hours_of_day(groups: Groups) -> Meaning | None:
    """Read "the early hours of Monday", "late hours of June 5"."""
    if length_of(groups, "n").unit != "hour":
        return None
    return _replace(point_of(groups), part="NI" if groups["which"].text == "late" else "MO")


@reader
def clock_of_date(groups: Groups) -> Meaning | None:
    """Read "3:40 p.m. on Friday, June 9"."""
    return _replace(point_of(groups), weekday=point_of(groups, "w").weekday, clock=point_of(groups, "c").clock)


@reader
def stretch_of_length(groups: Groups) -> Meaning | None:
    """Read "the last days of August"; "the first two weeks of March" stays two expressions, joined as a phrase."""
    x = length_of(groups)
    if x.unit in CLOCK_UNITS or x.low is not None:
        return None
    return _replace(
        point_of(groups, "y"), edge="end" if "last" in groups else word(groups, "early", "edgeword") or "start"
    )


@reader
def part_of_day(groups: Groups) -> Meaning | None:
    """Read "Monday night", "the morning of June 5"."""
    part = point_of(groups, "p").part if "p" in groups else word(groups, "part")
    return _replace(point_of(groups), part=part)


@reader
def clock_of_day(groups: Groups) -> Meaning | None:
    """Read "10 p.m. Wednesday"."""
    return _replace(point_of(groups), clock=point_of(groups, "c").clock)


@reader
def weekday_date(groups: Groups) -> Meaning | None:
    """Read "Thursday, May 5": the weekday helps to find the year."""
    if groups["w"].meaning is None:
        return _replace(point_of(groups), weekday=values("weekdayabbr")[groups["w"].text])
    w = point_of(groups, "w")
    return _replace(point_of(groups), weekday=w.weekday, toward=w.toward)


@reader
def half_of_month(groups: Groups) -> Meaning | None:
    """Read "the first half of October"."""
    half = point_of(groups, "h").half
    return None if half is None else _replace(point_of(groups), stretch=("half", half, half))


@reader
def week_of_day(groups: Groups) -> Meaning | None:
    """Read "the week of October 10", "the weekend of June 5": the one that holds the day."""
    unit = point_of(groups, "w").shift
    assert unit is not None
    return _replace(point_of(groups), stretch=(unit[0], 0, 0))


@reader
def within_year(groups: Groups) -> Meaning | None:
    """Read "the third quarter of 1990", "last year's summer"."""
    y = point_of(groups, "y")
    return _replace(point_of(groups), year=y.year, shift=y.shift, basis=y.basis)


@reader
def approximately(groups: Groups) -> Meaning | None:
    """Read "about two years", "at least 30 days"."""
    x = groups["x"].meaning
    return _replace(x, rough=True) if isinstance(x, Point) else _replace(length_of(groups), exact=False)


@reader
def phrase(_: Groups) -> Meaning | None:
    """Read nothing: prepositions join or open intervals of what is read already (`phrases.py`)."""
    return None
