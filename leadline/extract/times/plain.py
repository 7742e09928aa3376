"""Readers of calendar expressions that stand by themselves: dates, weekdays, seasons, "last week", clock times."""

from __future__ import annotations

from leadline.extract.cascade import Groups
from leadline.extract.numerals import lexicon
from leadline.extract.times.calendar import CLOCK_UNITS
from leadline.extract.times.meaning import Length, Meaning, Point
from leadline.extract.times.readers import (
    basis_of,
    number,
    reader,
    toward_of,
    unit_of,
    values,
    whole_number,
    word,
)


@reader
def figures(groups: Groups) -> Meaning | None:
    """2022-11-04, 04.11.2022; 11/04/2022 only where the order of day and month cannot be mistaken."""
    text = groups["date"].text
    if "-" in text:
        year, month, day = (int(x) for x in text.split("-"))
    elif "." in text:
        day, month, year = (int(x) for x in text.split("."))
        year += 0 if year > 99 else 2000 if year < 50 else 1900
    else:
        first, second, year = (int(x) for x in text.split("/"))
        if first > 12 or first == second:
            day, month = first, second
        elif second > 12:
            month, day = first, second
        else:
            return None
    return _valid(Point(year=year, month=month, day=day))


def _valid(point: Point) -> Point | None:
    longest = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
    if point.month is not None and not 1 <= point.month <= 12:
        return None
    for day in (point.day, point.day_to):
        if day is not None and not (point.month and 1 <= day <= longest[point.month - 1]):
            return None
    if point.day_to is not None and point.day is not None and point.day_to <= point.day:
        return None
    return point


@reader
def calendar(groups: Groups) -> Meaning | None:
    """Any plain combination of year, month, day, weekday and season, with "last" or "next" before it."""
    month = word(groups, "month") or word(groups, "abbr", "monthabbr")
    return _valid(
        Point(
            year=whole_number(groups, "year"),
            month=month,
            day=whole_number(groups, "day"),
            day_to=whole_number(groups, "day_to"),
            weekday=word(groups, "weekday"),
            season=word(groups, "season"),
            toward=toward_of(groups),
            basis=basis_of(groups),
        )
    )


@reader
def years(groups: Groups) -> Meaning | None:
    """Read "2031-32", "2031/32"; "the winter of 2031-32" is the one that begins in the first year."""
    year, end = int(number(groups, "year") or 0), int(number(groups, "end") or 0)
    year_to = year // 100 * 100 + end
    if not year < year_to <= year + 20:
        return None
    season = word(groups, "season")
    return Point(year=year, season=season, year_to=None if season else year_to)


@reader
def month_of_year(groups: Groups) -> Meaning | None:
    """Read "November of last year"."""
    return Point(
        month=word(groups, "month") or word(groups, "abbr", "monthabbr"),
        day=whole_number(groups, "day"),
        shift=("year", toward_of(groups) or 0),
        basis=basis_of(groups),
    )


@reader
def weekday_of_week(groups: Groups) -> Meaning | None:
    """Read "Monday of last week"."""
    return Point(weekday=word(groups, "weekday"), shift=("week", toward_of(groups) or 0), basis=basis_of(groups))


@reader
def decade(groups: Groups) -> Meaning | None:
    """Read "the 1990s", "the nineties"."""
    first = word(groups, "decadeword")
    if first is None:
        figures_ = int(groups["decade"].text[:-1])
        first = figures_ if figures_ > 99 else 1900 + figures_
    return Point(decade=first // 10 * 10)


@reader
def century(groups: Groups) -> Meaning | None:
    """Read "the 20th century"."""
    n = int(number(groups) or 0)
    return Point(century=n) if 1 <= n <= 30 else None


@reader
def day_word(groups: Groups) -> Meaning | None:
    """Read "yesterday", "the day before yesterday"."""
    item = groups["dayword"]
    n = values("dayword")[item.text]
    if "way" in groups:
        n += -1 if groups["way"].text == "before" else 1
    return Point(shift=("day", n), part="NI" if item.text == "tonight" else None)


@reader
def overnight(_: Groups) -> Meaning | None:
    """Read "overnight": the night that led to the day of speaking."""
    return Point(shift=("day", -1), part="NI", rough=True)


@reader
def unit_toward(groups: Groups) -> Meaning | None:
    """Read "last week", "the following month"; "the past year" is the twelve months behind."""
    unit, toward = unit_of(groups), toward_of(groups)
    if "toward" in groups and toward is None:
        return None
    if unit in CLOCK_UNITS or (unit == "night" and toward is None):
        return None
    item = groups.get("toward")
    if unit == "night":
        return Point(shift=("day", toward or 0), part="NI", basis=basis_of(groups))
    if item is not None and item.text in ("past",) and unit != "weekend":  # "the past year" is the twelve months behind
        return Length(unit=unit, low=1, high=1, toward=-1)
    return Point(shift=(unit, toward or 0), weekend=unit == "weekend", basis=basis_of(groups))


@reader
def the_unit(groups: Groups) -> Meaning | None:
    """Read "the quarter", "the weekend": the one last spoken of, else the one that the document's day is in."""
    unit = unit_of(groups) if "unit" in groups else "period"
    if unit in ("quarter", "period"):  # a quarter is reported on when it is over
        return Point(shift=("quarter", -1), recall="quarter", rough=True)
    if unit in ("year", "week", "weekend", "month"):
        return Point(shift=(unit, 0), weekend=unit == "weekend", rough=True)
    return None


@reader
def year_earlier(groups: Groups) -> Meaning | None:
    """Read "the year-earlier quarter"."""
    return Point(shift=("year", -1), quarter=whole_number(groups, "n"), recall="quarter")


@reader
def year_end(_: Groups) -> Meaning | None:
    """Read "year-end": the end of the year spoken in."""
    return Point(shift=("year", 0), edge="end")


@reader
def bare_part(groups: Groups) -> Meaning | None:
    """Read "mid-afternoon", of a day that the words around it name."""
    return Point(shift=("day", 0), part=word(groups, "part"), rough=True)


@reader
def part_toward(groups: Groups) -> Meaning | None:
    """Read "last night", "this morning"."""
    toward = toward_of(groups) or 0
    return Point(shift=("day", toward), part=word(groups, "part"), basis=basis_of(groups))


@reader
def quarter(groups: Groups) -> Meaning | None:
    """Read "the third quarter", "the 2031 third quarter"."""
    n, year = number(groups), number(groups, "year")
    if n is None:
        return Point(year=int(year or 0))
    return Point(quarter=int(n), year=None if year is None else int(year)) if 1 <= n <= 4 else None


@reader
def half(groups: Groups) -> Meaning | None:
    """Read "the first half"."""
    n = 2 if "last" in groups else int(number(groups) or 0)
    return Point(half=n) if 1 <= n <= 2 else None


@reader
def feast(groups: Groups) -> Meaning | None:
    """Read "Christmas Eve", "Victory Day"."""
    key = " ".join(groups[n].text for n in ("orthodox", "a", "year_word") if n in groups) + (
        " 's" if "s" in groups else ""
    )
    key += f" {groups['b'].text}" if "b" in groups else ""
    return Point(feast=key) if key in lexicon("times")["feasts"] else None


@reader
def bare_season(groups: Groups) -> Meaning | None:
    """Read "in summer"."""
    return Point(season=word(groups, "season"))


@reader
def clock(groups: Groups) -> Meaning | None:
    """Read "10:30 p.m.", "22:30", "noon"."""
    if "clockword" in groups:
        hour, minute = values("clockword")[groups["clockword"].text]
        return Point(clock=(hour, minute))
    if "hhmm" in groups:
        return Point(clock=(int(groups["hhmm"].text[:2]), int(groups["hhmm"].text[2:])))
    hour, minute = int(number(groups, "hour") or 0), int(number(groups, "minute") or 0)
    if minute > 59:
        return None
    if "ampm" in groups:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if groups["ampm"].text.startswith("p") else 0)
    return Point(clock=(hour, minute))
