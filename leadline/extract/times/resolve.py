"""From what an expression says to days on the calendar, given a document date or a time mentioned before.

No date known, no interval: what cannot be placed keeps an underspecified TIMEX3 value ("XXXX-05") and no days. Where
the publication date itself is an interval, an expression is resolved from both ends; it is placed where both agree or
where it merely moves along with the date ("yesterday"), and left unplaced where the answer would be a guess.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Literal, NamedTuple

from leadline.extract.numerals import lexicon
from leadline.extract.times import calendar as cal
from leadline.extract.times.calendar import Stretch
from leadline.extract.times.meaning import Length, Loose, Meaning, Point, Repeat
from leadline.extract.times.values import duration_value, unplaced_value

Anchor = Literal["document", "absolute", "mentioned"]
_FAR = 10**6
Direction = Literal[-1, 0, 1]  # what the governing verb says: past, nothing, future


class Resolved(NamedTuple):
    """A TIMEX3 value, and the days it covers where they are known."""

    value: str
    kind: Literal["DATE", "TIME", "DURATION", "SET"]
    first: date | None = None
    last: date | None = None
    granularity: str | None = None
    anchor: Anchor | None = None


class Memory:
    """What a text has named so far: the last stretch, and the last of each unit.

    "A year earlier" is no new point to count from; "the following day" is.
    """

    def __init__(self) -> None:
        self.last: Stretch | None = None
        self.by_unit: dict[str, Stretch] = {}

    def note(self, meaning: Meaning, resolved: Resolved) -> None:
        """Remember what an expression named."""
        if (
            not isinstance(meaning, Point)
            or resolved.first is None
            or resolved.last is None
            or resolved.granularity is None
        ):
            return
        looks_back = resolved.anchor == "mentioned" and meaning.shift is not None and meaning.shift[1] < 0
        if meaning.recall is not None or looks_back:
            return
        self.last = Stretch(resolved.first, resolved.last, resolved.granularity, resolved.value)
        self.by_unit[resolved.granularity] = self.last


def resolve(meaning: Meaning, *, document: tuple[date, date] | None, memory: Memory, direction: Direction) -> Resolved:
    """The value and the days of one meaning.

    `document` is the interval of the publication date; `memory` what the text named before; `direction` the
    tense around the expression.
    """
    if isinstance(meaning, Repeat):
        return Resolved(meaning.value, "SET")
    if isinstance(meaning, Loose):
        return Resolved(meaning.value, "DATE")
    if isinstance(meaning, Length):
        return _length(meaning, document)
    assert isinstance(meaning, Point)
    return _point(meaning, document, memory, direction)


def _length(x: Length, document: tuple[date, date] | None) -> Resolved:
    n = x.low if x.exact or (x.low is not None and x.low == x.high) else None
    value = duration_value(x.unit, n)
    if x.toward is None or document is None:
        return Resolved(value, "DURATION", granularity=x.unit)
    reach = lexicon("vague")["reach"]
    far = x.high if x.high is not None else reach.get(x.word, reach[""])
    if x.toward < 0:
        first, last = cal.add(document[0], x.unit, -far), document[1]
    else:
        first, last = document[0], cal.add(document[1], x.unit, far)
    return Resolved(value, "DURATION", first, last, x.unit, "document")


def _point(x: Point, document: tuple[date, date] | None, memory: Memory, direction: Direction) -> Resolved:
    kind: Literal["DATE", "TIME"] = "TIME" if x.clock or x.part else "DATE"
    if _is_absolute(x):
        found = _place(x, date(x.year or 1, 1, 1), direction)
        return _finish(x, found, kind, "absolute") if found else Resolved(unplaced_value(x), kind)
    if x.recall is not None and x.quarter is None and (named := memory.by_unit.get(x.recall)) is not None:
        assert x.shift is not None
        if x.shift[0] == "year":
            named = cal.around(cal.add(named.first, *x.shift), x.recall)
        return _finish(x, named, kind, "mentioned")
    if x.basis == "mentioned" and memory.last is not None:
        found = _place(x, memory.last.first, direction)
        return _finish(x, found, kind, "mentioned") if found else Resolved(unplaced_value(x), kind)
    if document is None or (x.basis == "mentioned" and memory.last is None and x.recall is None):
        return Resolved(unplaced_value(x), kind)
    ends = [_place(x, d, direction) for d in document]
    one, two = ends
    if one is None or two is None:
        return Resolved(unplaced_value(x), kind)
    if one == two:
        return _finish(x, one, kind, "document")
    if x.shift is None and x.weekday is None:  # names that recur every year: two answers a year apart are no interval
        return Resolved(unplaced_value(x), kind)
    both = Stretch(min(one.first, two.first), max(one.last, two.last), one.granularity, "")
    own = max((one.last - one.first).days, (two.last - two.first).days)
    if (both.last - both.first).days <= own + (document[1] - document[0]).days:
        return Resolved(unplaced_value(x), kind, both.first, both.last, "interval", "document")
    return Resolved(unplaced_value(x), kind)


def _is_absolute(x: Point) -> bool:
    return x.year is not None or x.decade is not None or x.century is not None


def _finish(x: Point, found: Stretch, kind: Literal["DATE", "TIME"], anchor: Anchor) -> Resolved:
    value, last = found.value, found.last
    if x.clock is not None and found.granularity == "day":
        value += f"T{x.clock[0]:02d}:{x.clock[1]:02d}"
    elif x.part is not None and found.granularity == "day":
        value += f"T{x.part}"
        if x.part == "NI":  # a night runs into the next morning
            last += timedelta(days=1)
    granularity = "time" if x.clock else ("part of day" if x.part else found.granularity)
    return Resolved(value, kind, found.first, last, granularity, anchor)


def _place(x: Point, anchor: date, direction: Direction) -> Stretch | None:
    """The stretch that a point means when spoken on `anchor`."""
    try:
        whole = _whole(x, anchor, direction)
        if whole is None:
            return None
        if x.before:
            whole = cal.of_day(whole.first - timedelta(days=x.before))
        if x.stretch is not None:
            whole = inside(whole, *x.stretch)
        if x.edge in ("earlier", "later"):
            return _around_anchor(whole, x.edge, anchor)
        return cal.third(whole, x.edge) if x.edge else whole
    except (ValueError, OverflowError):  # a day that the calendar does not have, or beyond its end
        return None


def _around_anchor(whole: Stretch, edge: str, anchor: date) -> Stretch:
    """Let "earlier this year" end, "later this week" begin on the day of speaking."""
    if whole.first <= anchor <= whole.last:
        return whole._replace(last=anchor) if edge == "earlier" else whole._replace(first=anchor)
    return whole


def _whole(x: Point, anchor: date, direction: Direction) -> Stretch | None:
    if x.century is not None:
        return cal.of_century(x.century)
    if x.decade is not None:
        return cal.of_decade(x.decade)
    if x.year is not None:
        return _in_year(x, x.year)
    if x.shift is not None:
        return _shifted(x, anchor, direction)
    if x.feast is not None or (x.month is not None and x.day is not None):
        return _nearest(x, anchor, direction)
    if x.month is not None or x.season is not None or x.quarter is not None or x.half is not None:
        return _nearest(x, anchor, direction)
    if x.weekday is not None:
        return _weekday(x.weekday, anchor, direction, x.toward)
    if x.clock is not None:
        return cal.of_day(anchor)
    return None


def _in_year(x: Point, year: int) -> Stretch | None:
    if x.feast is not None:
        at = lexicon("times")["feasts"][x.feast]
        return cal.of_day(
            date(year, *at)
            if len(at) == 2
            else cal.easter(year, julian=x.feast.startswith("orthodox")) + timedelta(days=at[0])
        )
    if x.month is not None and x.day is not None:
        if x.day > cal.days_in(year, x.month):
            return None
        first = cal.of_day(date(year, x.month, x.day))
        if x.day_to is None:
            return first
        last = date(year, x.month, min(x.day_to, cal.days_in(year, x.month)))
        return Stretch(first.first, last, "days", f"{first.value}/{last.isoformat()}")
    if x.month is not None:
        return cal.of_month(year, x.month)
    if x.season is not None:
        return cal.of_season(year, x.season)
    if x.quarter is not None:
        return cal.of_quarter(year, x.quarter)
    if x.half is not None:
        return cal.of_half(year, x.half)
    if x.year_to is not None:
        return Stretch(date(year, 1, 1), date(x.year_to, 12, 31), "years", f"{year:04d}/{x.year_to:04d}")
    return cal.of_year(year)


def _nearest(x: Point, anchor: date, direction: Direction) -> Stretch | None:
    """The occurrence meant by a name that recurs every year.

    Where neither the words nor the verb point anywhere it is the nearest one, with a preference for the past.
    """
    toward = x.toward
    choices = [s for y in range(anchor.year - 6, anchor.year + 7) if (s := _in_year(x, y)) is not None]
    if not choices:
        return None
    if x.weekday is not None and x.day is not None:  # the weekday tells the year
        choices = [s for s in choices if s.first.weekday() == x.weekday] or choices
    before = [s for s in choices if s.last < anchor]
    begun = [s for s in choices if s.first <= anchor]
    ahead = [s for s in choices if s.last >= anchor]
    after = [s for s in choices if s.first > anchor]
    if toward == -1:
        return before[-1] if before else None
    if toward == 1:
        return after[0] if after else None
    if toward == 0:
        same = [s for s in choices if s.first.year == anchor.year or s.first <= anchor <= s.last]
        return same[-1] if same else None
    back = (anchor - begun[-1].last).days if begun else _FAR
    forth = (ahead[0].first - anchor).days if ahead else _FAR
    if x.quarter is not None or direction < 0 or back <= 0:
        looks_ahead = forth * 10 < back and x.month is not None
    elif direction > 0:
        looks_ahead = forth < 3 * back
    else:
        looks_ahead = forth * (3 if x.day is None and x.feast is None else 1.5) < back
    chosen = ahead if looks_ahead else begun[::-1]
    return chosen[0] if chosen else None


def _weekday(weekday: int, anchor: date, direction: Direction, toward: int | None) -> Stretch:
    back = (anchor.weekday() - weekday) % 7
    ahead = (weekday - anchor.weekday()) % 7
    if toward == -1:
        return cal.of_day(anchor - timedelta(days=back or 7))
    if toward == 1:
        return cal.of_day(anchor + timedelta(days=ahead or 7))
    if toward == 0:  # "this Friday": the one of this week
        return cal.of_day(anchor - timedelta(days=anchor.weekday()) + timedelta(days=weekday))
    if direction > 0:
        return cal.of_day(anchor + timedelta(days=ahead))
    return cal.of_day(anchor - timedelta(days=back))


def _shifted(x: Point, anchor: date, direction: Direction) -> Stretch | None:
    assert x.shift is not None
    unit, n = x.shift
    if x.weekend or unit == "weekend":
        week = cal.of_weekend(cal.add(anchor, "week", n))
        is_past = anchor.weekday() < 2 or (direction < 0 and anchor.weekday() < 5)
        if n == 0 and is_past:  # on Monday or Tuesday, or under a past verb, "the weekend" is the one that has passed
            return cal.of_weekend(anchor - timedelta(days=7))
        return week
    base = cal.around(cal.add(anchor, unit, n), unit)
    if unit in cal.CLOCK_UNITS:
        return cal.of_day(cal.add(anchor, unit, n))
    if unit == "year" and (x.month or x.season or x.quarter or x.half):
        return _in_year(x, base.first.year)
    if unit == "week" and x.weekday is not None:
        return cal.of_day(base.first + timedelta(days=x.weekday))
    if x.shift_to is not None:
        other = cal.around(cal.add(anchor, unit, x.shift_to), unit)
        return Stretch(min(base.first, other.first), max(base.last, other.last), unit, base.value)
    return base


def inside(whole: Stretch, unit: str, first: int, last: int) -> Stretch:
    """The nth to mth unit of a stretch, counted from its end where negative: "the first week of March".

    0 is the unit that holds the stretch ("the week of October 10"); halves are those of a month.
    """
    if first == 0:
        return cal.around(whole.first, unit)
    if unit == "half":
        middle = whole.first + timedelta(days=15)
        return whole._replace(last=middle - timedelta(days=1)) if first == 1 else whole._replace(first=middle)
    if first > 0:
        start = cal.add(whole.first, unit, first - 1)
        end = cal.add(whole.first, unit, last) - timedelta(days=1)
    else:
        start = cal.add(whole.last + timedelta(days=1), unit, first)
        end = cal.add(whole.last + timedelta(days=1), unit, last + 1) - timedelta(days=1)
    start, end = max(start, whole.first), min(end, whole.last)
    if start > end:
        raise ValueError("no such part")
    named = cal.around(start, unit)
    return Stretch(start, end, unit, named.value if unit == "month" and first == last else whole.value)
