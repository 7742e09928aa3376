"""What each rule of the grammar means: captured items in, a `Meaning` out, or None where the words say something else."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import msgspec

from leadline.extract.cascade import Groups
from leadline.extract.numerals import Item, lexicon
from leadline.extract.times.calendar import CLOCK_UNITS, UNIT_LETTERS
from leadline.extract.times.meaning import NOTHING, Basis, Length, Loose, Meaning, Point, Repeat

# Words that point from the time last mentioned rather than from the document's date.
_NARRATIVE = frozenset(
    {"previous", "preceding", "prior", "following", "subsequent", "ensuing", "that", "same", "later", "earlier"}
)


@cache
def values(name: str) -> dict[str, Any]:
    """The words of one class with their values."""
    return dict(lexicon("times")["values"][name])


def _word(groups: Groups, name: str, table: str | None = None) -> Any:
    item = groups.get(name)
    return None if item is None else values(table or name).get(item.text)


def _number(groups: Groups, name: str = "n") -> float | None:
    item = groups.get(name)
    return None if item is None else item.value


def _unit(groups: Groups) -> str:
    return str(_word(groups, "unit") or _word(groups, "units"))


def _toward(groups: Groups) -> int | None:
    word = _word(groups, "toward")
    return None if word is None else int(word)


def _basis(groups: Groups) -> Basis:
    item = groups.get("toward") or groups.get("way")
    return "mentioned" if item is not None and item.text in _NARRATIVE else "document"


def figures(groups: Groups) -> Meaning | None:
    """2022-11-04, 04.11.2022; 11/04/2022 only where the order of day and month cannot be mistaken."""
    text = groups["date"].text
    if "-" in text:
        year, month, day = (int(x) for x in text.split("-"))
    elif "." in text:
        day, month, year = (int(x) for x in text.split("."))
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


def calendar(groups: Groups) -> Meaning | None:
    """Any plain combination of year, month, day, weekday and season, with "last" or "next" before it."""
    month = _word(groups, "month") or _word(groups, "abbr", "monthabbr")
    year, day, day_to = _number(groups, "year"), _number(groups, "day"), _number(groups, "day_to")
    return _valid(
        Point(
            year=None if year is None else int(year),
            month=month,
            day=None if day is None else int(day),
            day_to=None if day_to is None else int(day_to),
            weekday=_word(groups, "weekday"),
            season=_word(groups, "season"),
            toward=_toward(groups),
            basis=_basis(groups),
        )
    )


def month_of_year(groups: Groups) -> Meaning | None:
    return Point(
        month=_word(groups, "month") or _word(groups, "abbr", "monthabbr"),
        shift=("year", _toward(groups) or 0),
        basis=_basis(groups),
    )


def weekday_of_week(groups: Groups) -> Meaning | None:
    return Point(weekday=_word(groups, "weekday"), shift=("week", _toward(groups) or 0), basis=_basis(groups))


def decade(groups: Groups) -> Meaning | None:
    first = _word(groups, "decadeword")
    if first is None:
        figures_ = int(groups["decade"].text[:-1])
        first = figures_ if figures_ > 99 else 1900 + figures_
    return Point(decade=first // 10 * 10)


def century(groups: Groups) -> Meaning | None:
    n = int(_number(groups) or 0)
    return Point(century=n) if 1 <= n <= 30 else None


def day_word(groups: Groups) -> Meaning | None:
    item = groups["dayword"]
    n = values("dayword")[item.text]
    if "way" in groups:
        n += -1 if groups["way"].text == "before" else 1
    return Point(shift=("day", n), part="NI" if item.text == "tonight" else None)


def overnight(_: Groups) -> Meaning | None:
    return Point(shift=("day", -1), part="NI", rough=True)


def unit_toward(groups: Groups) -> Meaning | None:
    unit, toward = _unit(groups), _toward(groups)
    if "toward" in groups and toward is None:
        return None
    if unit in CLOCK_UNITS or (unit == "night" and toward is None):
        return None
    item = groups.get("toward")
    if unit == "night":
        return Point(shift=("day", toward or 0), part="NI", basis=_basis(groups))
    if item is not None and item.text in ("past",) and unit != "weekend":  # "the past year" is the twelve months behind
        return Length(unit=unit, low=1, high=1, toward=-1)
    return Point(shift=(unit, toward or 0), weekend=unit == "weekend", basis=_basis(groups))


def the_unit(groups: Groups) -> Meaning | None:
    """Read "the quarter", "the weekend": the one last spoken of, else the one that the document's day is in."""
    unit = _unit(groups) if "unit" in groups else "period"
    if unit in ("quarter", "period"):  # a quarter is reported on when it is over
        return Point(shift=("quarter", -1), recall="quarter", rough=True)
    if unit in ("year", "week", "weekend", "month"):
        return Point(shift=(unit, 0), weekend=unit == "weekend", rough=True)
    return None


def year_earlier(groups: Groups) -> Meaning | None:
    n = _number(groups)
    return Point(shift=("year", -1), quarter=None if n is None else int(n), recall="quarter")


def year_end(_: Groups) -> Meaning | None:
    return Point(shift=("year", 0), edge="end")


def bare_part(groups: Groups) -> Meaning | None:
    return Point(shift=("day", 0), part=_word(groups, "part"), rough=True)


def part_toward(groups: Groups) -> Meaning | None:
    toward = _toward(groups) or 0
    return Point(shift=("day", toward), part=_word(groups, "part"), basis=_basis(groups))


def quarter(groups: Groups) -> Meaning | None:
    n, year = _number(groups), _number(groups, "year")
    if n is None:
        return Point(year=int(year or 0))
    return Point(quarter=int(n), year=None if year is None else int(year)) if 1 <= n <= 4 else None


def half(groups: Groups) -> Meaning | None:
    n = 2 if "last" in groups else int(_number(groups) or 0)
    return Point(half=n) if 1 <= n <= 2 else None


def feast(groups: Groups) -> Meaning | None:
    key = " ".join(groups[n].text for n in ("a", "year_word") if n in groups) + (" 's" if "s" in groups else "")
    key += f" {groups['b'].text}" if "b" in groups else ""
    return Point(feast=key) if key in lexicon("times")["feasts"] else None


def bare_season(groups: Groups) -> Meaning | None:
    return Point(season=_word(groups, "season"))


def clock(groups: Groups) -> Meaning | None:
    if "clockword" in groups:
        hour, minute = values("clockword")[groups["clockword"].text]
        return Point(clock=(hour, minute))
    hour, minute = int(_number(groups, "hour") or 0), int(_number(groups, "minute") or 0)
    if "ampm" in groups:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if groups["ampm"].text.startswith("p") else 0)
    return Point(clock=(hour, minute))


def _amount(groups: Groups) -> tuple[float | None, float | None, bool]:
    """Bounds of a quantity, and whether they were stated."""
    n, high = _number(groups), _number(groups, "high")
    if n is not None:
        return n, high if high is not None else n, True
    if "vague" in groups:
        low, top = vague_bounds(groups["vague"].text)
        return low, top, False
    return 1, 1, True


def vague_bounds(word: str) -> tuple[float | None, float | None]:
    """The published interval of a vague quantity word."""
    entry = lexicon("vague")["quantity"].get(word, {})
    return entry.get("low"), entry.get("high")


def length(groups: Groups) -> Meaning | None:
    low, high, exact = _amount(groups)
    unit = _unit(groups)
    if unit == "quarter" and (low in (None, 1, 3) or not exact) and "units" not in groups:
        return NOTHING  # "a quarter of"
    if unit == "second" and "n" not in groups:
        return NOTHING
    if low is not None and "unit" in groups and low >= 1000 and unit in ("quarter", "second"):
        return NOTHING
    if low is not None and high is not None and high < low:
        return None
    word = groups["vague"].text if "vague" in groups else "" if "n" in groups else "article"
    return Length(unit=_unit(groups), low=low, high=high, exact=exact, word=word)


def nothing(_: Groups) -> Meaning | None:
    return NOTHING


def age(_: Groups) -> Meaning | None:
    """An age is no time: read, so that "27-year" in it is not, and thrown away."""
    return NOTHING


def length_and_half(groups: Groups) -> Meaning | None:
    n = (_number(groups) or 1) + 0.5
    return Length(unit=_unit(groups), low=n, high=n)


def half_unit(groups: Groups) -> Meaning | None:
    return Length(unit=_unit(groups), low=0.5, high=0.5)


def couple(groups: Groups) -> Meaning | None:
    return Length(unit=_unit(groups), low=2, high=2)


def bare_units(groups: Groups) -> Meaning | None:
    return Length(unit=_unit(groups), low=None, high=None, exact=False, word="bare")


def every(groups: Groups) -> Meaning | None:
    n = _number(groups)
    if "weekdays" in groups:
        return Repeat(value=f"XXXX-WXX-{values('weekdays')[groups['weekdays'].text] + 1}")
    if "weekday" in groups:
        day = f"XXXX-WXX-{_word(groups, 'weekday') + 1}"
        return Repeat(value=day + (f"T{_word(groups, 'parts')}" if "parts" in groups else ""))
    if "month" in groups:
        return Repeat(value=f"XXXX-{_word(groups, 'month'):02d}")
    if "season" in groups:
        return Repeat(value=f"XXXX-{_word(groups, 'season')}")
    if "part" in groups:
        return Repeat(value=f"XXXX-XX-XXT{_word(groups, 'part')}")
    return Repeat(value=duration_value(_unit(groups), n or 1))


def every_word(groups: Groups) -> Meaning | None:
    return Repeat(value=_word(groups, "everyword"))


def loose(groups: Groups) -> Meaning | None:
    return Loose(value=values("loose")[groups["loose"].text])


def present(_: Groups) -> Meaning | None:
    return Loose(value="PRESENT_REF")


def past(_: Groups) -> Meaning | None:
    return Loose(value="PAST_REF")


def future(_: Groups) -> Meaning | None:
    return Loose(value="FUTURE_REF")


# -- pass 2 and 3: expressions made of expressions --------------------------------------------------------------------


_replace = msgspec.structs.replace


def _point(groups: Groups, name: str = "x") -> Point:
    meaning = groups[name].meaning
    assert isinstance(meaning, Point)
    return meaning


def _length(groups: Groups, name: str = "x") -> Length:
    meaning = groups[name].meaning
    assert isinstance(meaning, Length)
    return meaning


def rolling(groups: Groups) -> Meaning | None:
    """Read "The past few days", "recent years"; "the first nine months" points nowhere by itself."""
    word, x = groups["toward"].text, _length(groups)
    if word in ("coming", "past") and x.low is None:
        return Loose(value="FUTURE_REF" if word == "coming" else "PAST_REF")
    toward = -1 if word in ("recent", "latest") else values("toward").get(word)
    return _replace(x, toward=toward, word=word if word in ("first", "last", "final") else x.word)


def ago(groups: Groups) -> Meaning | None:
    """Read "Two weeks ago", "three days later": counted in the unit's own calendar stretches."""
    x, way = _length(groups), groups["way"].text
    sign = 1 if way in ("later", "hence") else -1
    basis: Basis = "mentioned" if way in ("later", "earlier") else "document"
    if x.low is None or (not x.exact and x.low != x.high):
        return Loose(value="FUTURE_REF" if sign > 0 else "PAST_REF")
    if x.unit == "year" and x.low == 1 and sign < 0:  # the same stretch of the year before
        return Point(shift=("year", -1), basis=basis, recall="quarter")
    near, far = sign * x.low, sign * (x.high if x.high is not None else x.low)
    return Point(shift=(x.unit, near), shift_to=None if far == near else far, basis=basis)


def edge(groups: Groups) -> Meaning | None:
    """Read "Early February", "the end of 2022"."""
    x = _point(groups)
    name = _word(groups, "edge", "edgeword") or _word(groups, "edge", "edgenoun")
    if x.clock is not None:
        return None
    return x if name == "whole" else _replace(x, edge=name)


def stretch(groups: Groups) -> Meaning | None:
    """Read "The first week of March"."""
    n = -1 if "last" in groups else int(_number(groups) or 0)
    unit = _unit(groups)
    if unit in CLOCK_UNITS or n == 0:
        return None
    return _replace(_point(groups), stretch=(unit, n, n))


def stretch_of_length(groups: Groups) -> Meaning | None:
    """Read "The last days of August"; "the first two weeks of March" stays two expressions, joined as a phrase."""
    x = _length(groups)
    if x.unit in CLOCK_UNITS or x.low is not None:
        return None
    return _replace(
        _point(groups, "y"), edge="end" if "last" in groups else _word(groups, "early", "edgeword") or "start"
    )


def part_of_day(groups: Groups) -> Meaning | None:
    """Read "Monday night", "the morning of June 5"."""
    part = _point(groups, "p").part if "p" in groups else _word(groups, "part")
    return _replace(_point(groups), part=part)


def clock_of_day(groups: Groups) -> Meaning | None:
    """Read "10 p.m. Wednesday"."""
    return _replace(_point(groups), clock=_point(groups, "c").clock)


def weekday_date(groups: Groups) -> Meaning | None:
    """Read "Friday, November 4": the weekday helps to find the year."""
    if groups["w"].meaning is None:
        return _replace(_point(groups), weekday=values("weekdayabbr")[groups["w"].text])
    w = _point(groups, "w")
    return _replace(_point(groups), weekday=w.weekday, toward=w.toward)


def within_year(groups: Groups) -> Meaning | None:
    """Read "The third quarter of 1990", "last year's summer"."""
    y = _point(groups, "y")
    return _replace(_point(groups), year=y.year, shift=y.shift, basis=y.basis)


def approximately(groups: Groups) -> Meaning | None:
    """Read "About two years", "at least 30 days"."""
    x = groups["x"].meaning
    return _replace(x, rough=True) if isinstance(x, Point) else _replace(_length(groups), exact=False)


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


def signal(_: Groups) -> Any:
    """Prepositions join or open intervals; they are read by `intervals`, not here."""
    return None


READERS: dict[str, Callable[[Groups], Any]] = {
    f.__name__: f
    for f in (
        figures, calendar, month_of_year, weekday_of_week, decade, century, day_word, overnight, unit_toward, the_unit, part_toward,
        year_earlier, year_end, bare_part, age, nothing, feast, quarter, half, bare_season, clock, length, length_and_half, half_unit, couple, bare_units, every, every_word, loose,
        present, past, future, rolling, ago, edge, stretch, stretch_of_length, part_of_day, clock_of_day, weekday_date,
        within_year, approximately,
    )
} | dict.fromkeys(("since", "between", "until", "after", "part"), signal)  # fmt: skip


def meaning_classes(meaning: Any) -> frozenset[str]:
    """The classes that later passes know an expression by."""
    return _classes(meaning)


@cache
def _classes(meaning: Any) -> frozenset[str]:
    if isinstance(meaning, Length):
        return frozenset(
            {"lengthof"}
            if meaning.word in ("first", "last", "final")
            else ()
            if meaning.toward is not None
            else {"length", "bare"}
            if meaning.word == "bare"
            else {"length"}
        )
    if not isinstance(meaning, Point):
        return frozenset()
    if meaning.clock is not None and meaning == Point(clock=meaning.clock):
        return frozenset({"clock"})
    if meaning.part is not None and meaning.rough and meaning.shift == ("day", 0):
        return frozenset({"partpoint"})
    out = {"point"}
    if meaning.clock is None and meaning.part is None and meaning.edge is None and meaning.stretch is None:
        is_day = (
            meaning.day is not None
            or meaning.feast is not None
            or (meaning.weekday is not None)
            or (meaning.shift is not None and meaning.shift[0] == "day")
        )
        if is_day and meaning.day_to is None:
            out.add("oneday")
        if meaning.day is not None and meaning.month is not None and meaning.weekday is None:
            out.add("monthday")
        if meaning.weekday is not None and meaning.day is None:
            out.add("weekdaypoint")
        bare = (
            meaning.month is None
            and meaning.weekday is None
            and meaning.quarter is None
            and meaning.half is None
            and meaning.season is None
        )
        if bare and (meaning.year is not None or (meaning.shift is not None and meaning.shift[0] == "year")):
            out.add("yearpoint")
        if meaning.month is not None and meaning.day is None:
            out.add("monthpoint")
        if meaning.year is None and meaning.shift is None and (meaning.quarter or meaning.half or meaning.season):
            out.add("partofyear")
        if meaning.shift is not None and abs(meaning.shift[1]) > 1:
            out.add("agopoint")
    return frozenset(out)


def numeral_classes(item: Item) -> frozenset[str]:
    """What a numeral can be in a time expression: a day, a year, an hour, a plain number."""
    if item.form == "date":
        return frozenset({"fulldate"})
    if item.form == "decade":
        return frozenset({"decade"})
    value = item.value or 0.0
    if value != int(value):
        return frozenset({"num"})
    n, digits = int(value), item.text.isdigit()
    out = set()
    if item.form == "ordinal":
        out.add("ord")
        if 1 <= n <= 31:
            out.add("dayord")
        return frozenset(out)
    out.add("num")
    if digits and 1 <= n <= 31 and len(item.text) <= 2:
        out.add("day")
    if digits and n <= 24 and len(item.text) <= 2:
        out.add("hour")
    if digits and len(item.text) == 2 and n <= 59:
        out.add("minute")
    if digits and len(item.text) == 4 and 1000 <= n <= 2100:
        out.add("year")
    if not digits and item.form == "words" and 1800 <= n <= 2100 and "hundred" not in item.text:
        out.add("year")
    return frozenset(out)


# Every set that the two functions above return is a subset of one of these.
FAMILIES = (
    ("num", "day", "hour", "minute", "year"),
    ("ord", "dayord"),
    ("fulldate",),
    ("decade",),
    ("length", "bare"),
    ("lengthof",),
    ("partpoint",),
    ("clock",),
    ("point", "oneday", "monthday", "weekdaypoint", "yearpoint", "monthpoint", "partofyear", "agopoint"),
)
