"""Arithmetic on days: the stretches of the Gregorian calendar that words name, and their TIMEX3 values."""

from __future__ import annotations

import math
from datetime import date, timedelta
from typing import NamedTuple

# Meteorological seasons of the northern hemisphere: first month, number of months. Winter bears the year it begins in.
SEASONS = {"SP": 3, "SU": 6, "FA": 9, "WI": 12}
UNIT_LETTERS = {
    "second": "S", "minute": "M", "hour": "H", "day": "D", "night": "D", "week": "W", "weekend": "W", "fortnight": "W", "month": "M",
    "quarter": "Q", "season": "M", "year": "Y", "decade": "E", "century": "C", "millennium": "L",
}  # fmt: skip
CLOCK_UNITS = frozenset({"second", "minute", "hour"})


class Stretch(NamedTuple):
    """Days from `first` to `last`, both included, with their granularity and TIMEX3 value."""

    first: date
    last: date
    granularity: str
    value: str


def add_months(day: date, n: int) -> date:
    """The same day `n` months on, or the month's last day where it has none.

    >>> add_months(date(2024, 1, 31), 1)
    datetime.date(2024, 2, 29)
    """
    index = day.year * 12 + day.month - 1 + n
    year, month = divmod(index, 12)
    year = min(max(year, date.min.year), date.max.year - 1)
    return date(year, month + 1, min(day.day, days_in(year, month + 1)))


def days_in(year: int, month: int) -> int:
    """Number of days in a month.

    >>> days_in(2024, 2)
    29
    """
    return 31 if month == 12 else (date(year, month + 1, 1) - date(year, month, 1)).days


def add(day: date, unit: str, n: float) -> date:
    """A day moved by `n` units; parts of units count in days. Stays inside the calendar.

    >>> add(date(2023, 3, 10), "week", -2)
    datetime.date(2023, 2, 24)
    """
    months = {"month": 1, "quarter": 3, "season": 3, "year": 12, "decade": 120, "century": 1200, "millennium": 12000}
    try:
        if unit in months:
            whole = int(n * months[unit])
            return add_months(day, whole)
        if unit in CLOCK_UNITS:  # whole days, so that "the last 24 hours" reach into the day before
            whole = math.ceil(abs(n) / {"hour": 24, "minute": 1440, "second": 86400}[unit])
            return day + timedelta(days=whole if n > 0 else -whole)
        days = {"week": 7, "weekend": 7, "fortnight": 14}.get(unit, 1)
        return day + timedelta(days=int(n * days))
    except (OverflowError, ValueError):
        return date.min if n < 0 else date(9998, 12, 31)


def of_day(day: date) -> Stretch:
    """One day."""
    return Stretch(day, day, "day", day.isoformat())


def of_week(day: date) -> Stretch:
    """The ISO week around a day.

    >>> of_week(date(2022, 10, 28)).value
    '2022-W43'
    """
    first = day - timedelta(days=day.weekday())
    year, week, _ = day.isocalendar()
    return Stretch(first, first + timedelta(days=6), "week", f"{year:04d}-W{week:02d}")


def of_weekend(day: date) -> Stretch:
    """The weekend of the week around a day."""
    week = of_week(day)
    return Stretch(week.first + timedelta(days=5), week.last, "weekend", week.value + "-WE")


def of_month(year: int, month: int) -> Stretch:
    """A month."""
    return Stretch(date(year, month, 1), date(year, month, days_in(year, month)), "month", f"{year:04d}-{month:02d}")


def of_quarter(year: int, quarter: int) -> Stretch:
    """A quarter of a year, 1 to 4."""
    month = 3 * quarter - 2
    return Stretch(
        date(year, month, 1), date(year, month + 2, days_in(year, month + 2)), "quarter", f"{year:04d}-Q{quarter}"
    )


def of_half(year: int, half: int) -> Stretch:
    """A half of a year, 1 or 2."""
    first, last = (date(year, 1, 1), date(year, 6, 30)) if half == 1 else (date(year, 7, 1), date(year, 12, 31))
    return Stretch(first, last, "half", f"{year:04d}-H{half}")


def of_season(year: int, season: str) -> Stretch:
    """A season, named by the year that it begins in."""
    first = date(year, SEASONS[season], 1)
    return Stretch(first, add_months(first, 3) - timedelta(days=1), "season", f"{year:04d}-{season}")


def of_year(year: int) -> Stretch:
    """A year."""
    return Stretch(date(year, 1, 1), date(year, 12, 31), "year", f"{year:04d}")


def of_decade(first_year: int) -> Stretch:
    """The ten years from a year that ends in 0."""
    return Stretch(date(first_year, 1, 1), date(first_year + 9, 12, 31), "decade", f"{first_year // 10:03d}")


def of_century(n: int) -> Stretch:
    """The nth century, as TIMEX3 writes it: the years that begin with the same two digits.

    >>> of_century(20).value, of_century(20).first.year
    ('19', 1900)
    """
    first_year = max(1, (n - 1) * 100)
    return Stretch(date(first_year, 1, 1), date((n - 1) * 100 + 99, 12, 31), "century", f"{n - 1:02d}")


def around(day: date, unit: str) -> Stretch:
    """The stretch of that unit around a day.

    >>> around(date(2023, 6, 20), "quarter").value
    '2023-Q2'
    """
    match unit:
        case "week" | "fortnight":
            return of_week(day)
        case "weekend":
            return of_weekend(day)
        case "month":
            return of_month(day.year, day.month)
        case "quarter":
            return of_quarter(day.year, (day.month + 2) // 3)
        case "year":
            return of_year(day.year)
        case "decade":
            return of_decade(day.year // 10 * 10)
        case "century":
            return of_century(day.year // 100 + 1)
    return of_day(day)


def third(stretch: Stretch, edge: str) -> Stretch:
    """The first, middle or last third of a stretch, in whole days: "early", "mid", "late".

    >>> third(of_month(2023, 2), "start").last
    datetime.date(2023, 2, 10)
    """
    length = (stretch.last - stretch.first).days + 1
    if length < 3:
        return stretch
    size = -(-length // 3)
    match edge:
        case "start":
            first, last = stretch.first, stretch.first + timedelta(days=size - 1)
        case "mid":
            first, last = stretch.first + timedelta(days=length // 3), stretch.last - timedelta(days=length // 3)
        case _:
            first, last = stretch.last - timedelta(days=size - 1), stretch.last
    return stretch._replace(first=first, last=last)


def easter(year: int, *, julian: bool = False) -> date:
    """Easter Sunday, western or (julian) Orthodox, as a Gregorian date (Meeus, Astronomical Algorithms, ch. 8).

    >>> easter(2022), easter(2022, julian=True)
    (datetime.date(2022, 4, 17), datetime.date(2022, 4, 24))
    """
    if julian:
        a, b, c = year % 4, year % 7, year % 19
        d = (19 * c + 15) % 30
        e = (2 * a + 4 * b - d + 34) % 7
        month, day = divmod(d + e + 114, 31)
        return date(year, month, day + 1) + timedelta(days=year // 100 - year // 400 - 2)
    a, b, c = year % 19, year // 100, year % 100
    d, e = divmod(b, 4)
    f = (b + 8) // 25
    g = (b - f + 1) // 3
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    ell = (32 + 2 * e + 2 * i - h - k) % 7
    m = (a + 11 * h + 22 * ell) // 451
    month, day = divmod(h + ell - 7 * m + 114, 31)
    return date(year, month, day + 1)
