"""The grammar of full dates: how day, month and year are written, in words, in figures and as ISO 8601."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from collections.abc import Iterator
from functools import cache
from itertools import product
from pathlib import Path

import msgspec

DATA = Path(__file__).parent / "data" / "months.toml"
WINDOW = 40  # longer than any written date
ISO_DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?(?:[T ]\d{2}:?\d{2}.*)?$")


class Found(msgspec.Struct, frozen=True):
    """A full date in the text."""

    start: int
    end: int
    day: dt.date


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


def full_dates(text: str) -> Iterator[Found]:
    """Dates with day, month and year in their usual written forms, in order; ambiguous figures (`03/04/2022`) are none.

    >>> [str(f.day) for f in full_dates("on 4 November 2022, Nov. 5, 2022 and 2022-11-06; 13.02.2023, 03/04/2022")]
    ['2022-11-04', '2022-11-05', '2022-11-06', '2023-02-13']
    """
    found: list[Found] = []
    windows: list[tuple[int, int]] = []  # around every year: the grammar need not look elsewhere
    for mark in re.finditer(r"(?:19|20)\d\d", text):
        start, end = max(0, mark.start() - WINDOW), mark.end() + WINDOW
        if windows and start <= windows[-1][1]:
            windows[-1] = (windows[-1][0], end)
        else:
            windows.append((start, end))
    for pattern, (low, high) in product(patterns().full, windows):
        for match in pattern.finditer(text, low, high):
            month = match["month"]
            number = int(month) if month.isdigit() else number_of(month, 1)
            if day := day_of(int(match["year"]), number, int(match["day"])):
                found.append(Found(match.start(), match.end(), day))
    for match in re.finditer(r"(?<!\d)(\d{1,2})/(\d{1,2})/(\d{4})(?!\d)", text):
        a, b, year = (int(g) for g in match.groups())
        day = day_of(year, b, a) if a > 12 or a == b else day_of(year, a, b) if b > 12 else None
        if day:
            found.append(Found(match.start(), match.end(), day))
    yield from sorted(found, key=lambda f: (f.start, f.end))


TIME = re.compile(
    r"\b\d{1,2}[:.h]\d{2}(?::\d{2})?\b|\b(?:am|pm|a\.m\.|p\.m\.|gmt|utc|bst|est|edt|cet|cest|eest|eet)\b|(?<=\s)[+-]\d{4}\b",
    re.I,
)


def weekdays_and_times(text: str) -> str:
    """The text with weekdays and times of day blanked out, so that places in it stay.

    >>> weekdays_and_times("Tuesday, 10:30 GMT, Oster")
    '                  , Oster'
    """
    for pattern in (TIME, patterns().weekday):
        text = pattern.sub(lambda m: " " * len(m[0]), text)
    return text


class Patterns(msgspec.Struct, frozen=True):
    """The grammar, compiled from `data/months.toml`."""

    full: tuple[re.Pattern[str], ...]
    weekday_day: tuple[re.Pattern[str], ...]
    weekday: re.Pattern[str]
    numbers: tuple[dict[str, int], dict[str, int]]


@cache
def patterns() -> Patterns:
    """The grammar of `data/months.toml`, compiled once."""
    data = msgspec.toml.decode(DATA.read_bytes())
    weekdays = {name: i for i, names in enumerate(data["weekdays"]) for name in names}
    months = {name: i for i, names in enumerate(data["months"], 1) for name in names}
    month = rf"(?P<month>{_alternatives(months)})\.?"
    weekday = rf"(?P<weekday>{_alternatives(weekdays)})\.?"
    day, year = r"(?P<day>\d{1,2})(?:st|nd|rd|th|er|го|\.)?", r"(?P<year>(?:19|20)\d\d)"
    flags = re.I
    return Patterns(
        full=(
            re.compile(rf"(?<![\w-]){day}(?:\s+of|\s+de)?[\s-]+{month},?[\s-]+(?:de\s+)?{year}(?!\d)", flags),
            re.compile(rf"(?<![\w-]){month}\s+{day},?\s+{year}(?!\d)", flags),
            re.compile(r"(?<![\d-])(?P<year>(?:19|20)\d\d)-(?P<month>\d{2})-(?P<day>\d{2})(?![\d-])"),
            re.compile(r"(?<![\d.])(?P<day>\d{1,2})\.(?P<month>\d{1,2})\.(?P<year>(?:19|20)\d\d)(?!\d)"),
        ),
        weekday_day=(
            re.compile(rf"\b{weekday},?\s+(?:the\s+)?{month}\s+{day}(?!\d|,?\s+\d{{4}})", flags),
            re.compile(rf"\b{weekday},?\s+(?:the\s+)?{day}(?:\s+of)?\s+{month}(?!,?\s+\d{{4}})", flags),
        ),
        weekday=re.compile(rf"\b(?:{_alternatives(weekdays)})\b\.?,?", flags),
        numbers=(weekdays, months),
    )


def _alternatives(names: dict[str, int]) -> str:
    return "|".join(sorted(names, key=len, reverse=True))


def number_of(name: str, kind: int) -> int:
    """The number of a weekday (kind 0, from Monday, 0) or of a month (kind 1, from January, 1)."""
    return patterns().numbers[kind][name.casefold()]


def day_of(year: int, month: int, day: int) -> dt.date | None:
    """That day, None where the calendar has none."""
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None


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
