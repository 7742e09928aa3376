"""The record of one time expression."""

from __future__ import annotations

from typing import Literal

import msgspec

from leadline.extract.times.resolve import Anchor
from leadline.schema import TimeInterval


class TimeReading(msgspec.Struct, frozen=True, kw_only=True):
    """One time expression.

    `start` and `end` bound the expression as TIMEX3 does, without a preposition; `phrase_start` and `phrase_end` take in
    the preposition and the other end of a range ("since early February", "between 1941 and 1944"). `value` and `kind`
    are those of TIMEX3. `first` and `last` are the days of the whole phrase, both included; null where nothing is known
    or the phrase leaves that side open. `open_start` and `open_end` say that the words themselves leave a side open:
    "since February" then ends on the document's day, where that is known. `granularity` is the unit named. `anchor` says
    what the days rest on: the expression alone (absolute), the document's date, or a time mentioned before.
    `is_relative` marks a duration counted from the document's time ("the past few days"); `is_historical` a time well
    before the document's own period; `is_comparison` one that an event is only measured against ("the largest since the
    Cold War", "for the first time since 2015").
    """

    start: int
    end: int
    phrase_start: int
    phrase_end: int
    value: str
    kind: Literal["DATE", "TIME", "DURATION", "SET"]
    first: str | None = None
    last: str | None = None
    open_start: bool = False
    open_end: bool = False
    granularity: str | None = None
    anchor: Anchor | None = None
    is_historical: bool = False
    is_relative: bool = False
    is_comparison: bool = False


def time_interval(reading: TimeReading, text: str) -> TimeInterval | None:
    """The interval of a claim's time, or None where no day is known.

    >>> r = TimeReading(start=3, end=7, phrase_start=0, phrase_end=7, value="2031", kind="DATE", first="2031-01-01", last="2031-12-31")
    >>> time_interval(r, "in 2031").start
    '2031-01-01'
    """
    if reading.first is None and reading.last is None:
        return None
    return TimeInterval(start=reading.first, end=reading.last, phrase=text[reading.phrase_start : reading.phrase_end])
