"""The classes that numerals and expressions earn, by which the patterns of the grammar know them."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

from leadline.extract.numerals import Item
from leadline.extract.times.meaning import Length, Point

_LENGTH, _BARE, _NONE = frozenset({"length"}), frozenset({"length", "bare"}), frozenset[str]()


@cache
def meaning_classes(meaning: Any) -> frozenset[str]:
    """The classes that later passes know an expression by."""
    if isinstance(meaning, Point):
        return frozenset(_of_point(meaning))
    if not isinstance(meaning, Length):
        return _NONE
    if meaning.word in ("first", "last", "final"):
        return frozenset({"lengthof"})
    if meaning.toward is not None:
        return _NONE
    return _BARE if meaning.word == "bare" else _LENGTH


def _of_point(x: Point) -> Iterator[str]:
    if x.clock is not None and x == Point(clock=x.clock):
        yield "clock"
        return
    if x.part is not None and x.rough:
        yield "nightpoint" if x.part == "NI" else "partpoint"
        return
    yield "point"
    if x.clock is not None or x.part is not None or x.edge is not None or x.stretch is not None:
        return
    unit = None if x.shift is None else x.shift[0]
    if x.day_to is None and (x.day is not None or x.weekday is not None or x.feast is not None or unit == "day"):
        yield "oneday"
    if x.day is not None and x.month is not None and x.weekday is None:
        yield "monthday"
    if x.weekday is not None and x.day is None:
        yield "weekdaypoint"
    if x.month is not None and x.day is None:
        yield "monthpoint"
    divided = x.quarter is not None or x.half is not None or x.season is not None
    if (x.year is not None or unit == "year") and x.month is None and x.weekday is None and not divided:
        yield "yearpoint"
    if divided and x.year is None and x.shift is None:
        yield "partofyear"
    if unit in ("week", "weekend") and x.weekday is None:
        yield "weekpoint"
    if x.counted:
        yield "agopoint"
    elif x.shift is not None and x.shift[1] == -1 and x.basis == "document" and unit != "year":
        yield "lastunit"


def numeral_classes(item: Item) -> frozenset[str]:
    """What a numeral can be in a time expression: a day, a year, an hour, a plain number."""
    if item.form == "date":
        return frozenset({"fulldate"})
    if item.form == "decade":
        return frozenset({"decade"})
    if item.form == "amount":
        is_clock = len(item.text) == 4 and int(item.text[:2]) < 24 and int(item.text[2:]) < 60
        return frozenset({"num", "hhmm"}) if is_clock else frozenset({"num"})
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
    if digits and len(item.text) == 2:
        out.add("twofigures")
    if digits and len(item.text) == 4 and 1000 <= n <= 2100:
        out.add("year")
    if not digits and item.form == "words" and 1800 <= n <= 2100 and "hundred" not in item.text:
        out.add("year")
    return frozenset(out)


# Every set that the two functions above return is a subset of one of these.
FAMILIES = (
    ("num", "hhmm"),
    ("num", "day", "hour", "twofigures", "year"),
    ("ord", "dayord"),
    ("fulldate",),
    ("decade",),
    ("length", "bare"),
    ("lengthof",),
    ("partpoint", "nightpoint"),
    ("clock",),
    (
        "point",
        "oneday",
        "monthday",
        "weekdaypoint",
        "yearpoint",
        "monthpoint",
        "partofyear",
        "agopoint",
        "lastunit",
        "weekpoint",
    ),
)
