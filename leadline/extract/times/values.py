"""TIMEX3 values: of durations, and of points that cannot be placed."""

from __future__ import annotations

from leadline.extract.times.calendar import CLOCK_UNITS, UNIT_LETTERS
from leadline.extract.times.meaning import Point


def duration_value(unit: str, n: float | None) -> str:
    """TIMEX3 value of a duration.

    >>> duration_value("year", 2), duration_value("hour", None), duration_value("year", 2.5)
    ('P2Y', 'PTXH', 'P2Y6M')
    """
    letter = UNIT_LETTERS[unit]
    t = "T" if unit in CLOCK_UNITS else ""
    if n is None:
        return f"P{t}X{letter}"
    if unit == "decade":
        return f"P{_plain(n * 10)}Y"
    if unit == "fortnight":
        n *= 2
    smaller = {"year": ("M", 12), "hour": ("M", 60), "minute": ("S", 60), "day": ("TH", 24)}
    whole = int(n)
    if n != whole and unit in smaller:
        sub, per = smaller[unit]
        rest = f"{_plain((n - whole) * per)}{sub[-1]}"
        lead = f"{whole}{letter}" if whole else ""
        joint = "T" if sub[0] == "T" else ""
        return f"P{t}{lead}{joint}{rest}"
    return f"P{t}{_plain(n)}{letter}"


def _plain(n: float) -> str:
    return str(int(n)) if n == int(n) else f"{n:.4g}"


def unplaced_value(x: Point) -> str:
    """TIMEX3 value with X for what is not known."""
    year = f"{x.year:04d}" if x.year is not None else "XXXX"
    if x.month is not None and x.day is not None:
        value = f"{year}-{x.month:02d}-{x.day:02d}"
    elif x.month is not None:
        value = f"{year}-{x.month:02d}"
    elif x.weekday is not None:
        value = f"{year}-WXX-{x.weekday + 1}"
    elif x.season is not None:
        value = f"{year}-{x.season}"
    elif x.quarter is not None:
        value = f"{year}-Q{x.quarter}"
    elif x.half is not None:
        value = f"{year}-H{x.half}"
    elif x.shift is not None:
        unit = x.shift[0]
        value = {
            "year": "XXXX",
            "month": "XXXX-XX",
            "week": "XXXX-WXX",
            "weekend": "XXXX-WXX-WE",
            "quarter": "XXXX-QX",
            "decade": "XXX",
            "century": "XX",
        }.get(unit, "XXXX-XX-XX")
    else:
        value = "XXXX-XX-XX"
    if x.clock is not None:
        return f"{value}T{x.clock[0]:02d}:{x.clock[1]:02d}"
    return value + (f"T{x.part}" if x.part else "")
