"""When a document was published: as stated, as given, or as far as its own words allow."""

from __future__ import annotations

import calendar
import datetime as dt
import re

ISO_DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?(?:[T ]\d{2}:?\d{2}.*)?$")


def iso_interval(text: str) -> tuple[str, str] | None:
    """First and last day of an ISO day, month, year, date-time or interval; None where it is none.

    >>> iso_interval("2023-02"), iso_interval("2022-12-30T09:00Z"), iso_interval("Unknown")
    (('2023-02-01', '2023-02-28'), ('2022-12-30', '2022-12-30'), None)
    """
    first, slash, last = text.strip().partition("/")
    start, end = _iso_days(first), _iso_days(last if slash else first)
    if start is None or end is None or start[0] > end[1]:
        return None
    return start[0].isoformat(), end[1].isoformat()


def _iso_days(text: str) -> tuple[dt.date, dt.date] | None:
    match = ISO_DATE.match(text.strip())
    if not match:
        return None
    year, month, day = int(match[1]), match[2] and int(match[2]), match[3] and int(match[3])
    try:
        if not month:
            return dt.date(year, 1, 1), dt.date(year, 12, 31)
        if not day:
            return dt.date(year, month, 1), dt.date(year, month, calendar.monthrange(year, month)[1])
        return dt.date(year, month, day), dt.date(year, month, day)
    except ValueError:
        return None
