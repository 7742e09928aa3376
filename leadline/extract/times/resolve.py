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
from leadline.extract.times.readings import duration_value

Anchor = Literal["document", "absolute", "mentioned"]
Direction = Literal[-1, 0, 1]  # what the governing verb says: past, nothing, future


class Resolved(NamedTuple):
    """A TIMEX3 value, and the days it covers where they are known."""

    value: str
    kind: Literal["DATE", "TIME", "DURATION", "SET"]
    first: date | None = None
    last: date | None = None
    granularity: str | None = None
    anchor: Anchor | None = None


def resolve(meaning: Meaning, *, document: tuple[date, date] | None, mentioned: Stretch | None, direction: Direction) -> Resolved:
    """The value and the days of one meaning.

    `document` is the interval of the publication date; `mentioned` the stretch last named in the text; `direction` the
    tense around the expression.
    """
    if isinstance(meaning, Repeat):
        return Resolved(meaning.value, "SET")
    if isinstance(meaning, Loose):
        return Resolved(meaning.value, "DATE")
    if isinstance(meaning, Length):
        return _length(meaning, document)
    return _point(meaning, document, mentioned, direction)


def _length(x: Length, document: tuple[date, date] | None) -> Resolved:
    n = x.low if x.exact or (x.low is not None and x.low == x.high) else None
    value = duration_value(x.unit, n)
    if x.toward is None or document is None or x.unit in cal.CLOCK_UNITS:
        return Resolved(value, "DURATION", granularity=x.unit)
    far = x.high if x.high is not None else lexicon("vague")["reach"].get(x.word, lexicon("vague")["reach"][""])
    if x.toward < 0:
        first, last = cal.add(document[0], x.unit, -far), document[1]
    else:
        first, last = document[0], cal.add(document[1], x.unit, far)
    return Resolved(value, "DURATION", first, last, x.unit, "document")


def _point(x: Point, document: tuple[date, date] | None, mentioned: Stretch | None, direction: Direction) -> Resolved:
    kind: Literal["DATE", "TIME"] = "TIME" if x.clock or x.part else "DATE"
    if _is_absolute(x):
        found = _place(x, date(x.year or 1, 1, 1), direction)
        return _finish(x, found, kind, "absolute") if found else Resolved(_unplaced(x), kind)
    if x.basis == "mentioned" and mentioned is not None:
        found = _place(x, mentioned.first, direction, narrative=True)
        return _finish(x, found, kind, "mentioned") if found else Resolved(_unplaced(x), kind)
    if document is None:
        return Resolved(_unplaced(x), kind)
    ends = [_place(x, d, direction) for d in document]
    one, two = ends
    if one is None or two is None:
        return Resolved(_unplaced(x), kind)
    if one == two:
        return _finish(x, one, kind, "document")
    both = Stretch(min(one.first, two.first), max(one.last, two.last), one.granularity, "")
    own = max((one.last - one.first).days, (two.last - two.first).days)
    if (both.last - both.first).days <= own + (document[1] - document[0]).days:
        return Resolved(_unplaced(x), kind, both.first, both.last, "interval", "document")
    return Resolved(_unplaced(x), kind)


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


def _place(x: Point, anchor: date, direction: Direction, *, narrative: bool = False) -> Stretch | None:
    """The stretch that a point means when spoken on `anchor`."""
    try:
        whole = _whole(x, anchor, direction, narrative=narrative)
        if whole is None:
            return None
        if x.stretch is not None:
            whole = _inside(whole, *x.stretch)
        if x.edge in ("earlier", "later"):
            return _around_anchor(whole, x.edge, anchor)
        return cal.third(whole, x.edge) if x.edge else whole
    except (ValueError, OverflowError):  # a day that the calendar does not have, or beyond its end
        return None


def _around_anchor(whole: Stretch, edge: str, anchor: date) -> Stretch:
    """ "Earlier this year" ends, "later this week" begins on the day of speaking."""
    if whole.first <= anchor <= whole.last:
        return whole._replace(last=anchor) if edge == "earlier" else whole._replace(first=anchor)
    return whole


def _whole(x: Point, anchor: date, direction: Direction, *, narrative: bool) -> Stretch | None:
    if x.century is not None:
        return cal.of_century(x.century)
    if x.decade is not None:
        return cal.of_decade(x.decade)
    if x.year is not None:
        return _in_year(x, x.year)
    if x.shift is not None:
        return _shifted(x, anchor)
    toward = x.toward
    if x.month is not None and x.day is not None:
        return _nearest(lambda y: _in_year(x, y), anchor, direction, toward)
    if x.month is not None or x.season is not None or x.quarter is not None or x.half is not None:
        return _nearest(lambda y: _in_year(x, y), anchor, direction, toward)
    if x.weekday is not None:
        return _weekday(x.weekday, anchor, direction, toward)
    if x.clock is not None:
        return cal.of_day(anchor)
    return None


def _in_year(x: Point, year: int) -> Stretch | None:
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
    return cal.of_year(year)


def _nearest(at: object, anchor: date, direction: Direction, toward: int | None) -> Stretch | None:
    """The occurrence meant by a name that recurs every year: the past one, unless the words or the verb look ahead."""
    choices = [s for y in (anchor.year - 2, anchor.year - 1, anchor.year, anchor.year + 1, anchor.year + 2) if (s := at(y)) is not None]  # type: ignore[operator]
    if not choices:
        return None
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
    if direction > 0:
        return ahead[0] if ahead else None
    return begun[-1] if begun else None


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


def _shifted(x: Point, anchor: date) -> Stretch | None:
    assert x.shift is not None
    unit, n = x.shift
    if x.weekend or unit == "weekend":
        week = cal.of_weekend(cal.add(anchor, "week", n))
        if n == 0 and anchor.weekday() < 2:  # on Monday or Tuesday "the weekend" is the one that has passed
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


def _inside(whole: Stretch, unit: str, first: int, last: int) -> Stretch:
    """The nth to mth unit of a stretch, counted from its end where negative: "the first week of March"."""
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


def _unplaced(x: Point) -> str:
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
        value = {"year": "XXXX", "month": "XXXX-XX", "week": "XXXX-WXX", "weekend": "XXXX-WXX-WE", "quarter": "XXXX-QX", "decade": "XXX", "century": "XX"}.get(
            unit, "XXXX-XX-XX"
        )
    else:
        value = "XXXX-XX-XX"
    if x.clock is not None:
        return f"{value}T{x.clock[0]:02d}:{x.clock[1]:02d}"
    return value + (f"T{x.part}" if x.part else "")

