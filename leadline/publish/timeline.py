"""The timeline: one row an incident, its interval as a bar on a shared axis, open ends left open."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable
from datetime import date

import msgspec

from leadline.publish.view.records import IncidentView

WIDTH = 400.0
LETTER = 6.5  # pixels: a label that would run into the next or out of the axis is left out
GAP = 2 * LETTER  # between two labels
SMALLEST = 3.0  # pixels: a single day stays visible on an axis of years


class Bar(msgspec.Struct, frozen=True, kw_only=True):
    """One incident on the axis."""

    view: IncidentView
    x: float
    width: float
    open_start: bool
    open_end: bool
    fade: float = 0.0  # length of the pale arrow's shaft where an end is open


class Axis(msgspec.Struct, frozen=True, kw_only=True):
    """Bars that share an axis, in order of their first day, and the axis' ticks (position, label)."""

    bars: tuple[Bar, ...]
    ticks: tuple[tuple[float, str], ...]
    width: float


def axis(incidents: Iterable[IncidentView]) -> Axis | None:
    """Bars of the incidents that have a time; None where none has.

    Bars start at the first known day; where only the end is known they begin at the left edge, and the page says that
    the beginning is open.
    """
    timed = [
        (i, _day(i.incident.time.start), _day(i.incident.time.end))
        for i in incidents
        if i.incident.time and (i.incident.time.start or i.incident.time.end)
    ]
    days = [d for _, a, b in timed for d in (a, b) if d is not None]
    if not days:
        return None
    first, last = min(days).replace(day=1), _month_end(max(days))  # whole months: a day is never as wide as the axis
    total = max(1, (last - first).days + 1)

    def at(day: date) -> float:
        return (day - first).days / total * WIDTH

    bars = []
    for i, start, end in sorted(timed, key=lambda t: (t[1] or first, t[2] or last, t[0].incident.incident_id)):
        a, b = start or first, end or last
        x = at(a)
        bars.append(
            Bar(
                view=i,
                x=round(min(x, WIDTH - SMALLEST), 1),
                width=round(max(SMALLEST, at(b) + WIDTH / total - x), 1),
                open_start=start is None,
                open_end=end is None,
                fade=round(max(0.0, min(at(b) + WIDTH / total, WIDTH) - x - 9), 1),
            )
        )
    return Axis(bars=tuple(bars), ticks=tuple(_ticks(first, last, at)), width=WIDTH)


def _day(text: str | None) -> date | None:
    """A day of the proleptic calendar; None for text that is no full ISO date."""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None


def _month_end(day: date) -> date:
    """The last day of a day's month.

    >>> _month_end(date(2020, 2, 3)), _month_end(date(9999, 12, 1))
    (datetime.date(2020, 2, 29), datetime.date(9999, 12, 31))
    """
    return day.replace(day=monthrange(day.year, day.month)[1])


def _ticks(first: date, last: date, at: object) -> Iterable[tuple[float, str]]:
    """Ticks at the beginnings of years or months, at most ten; a label that would meet the one before it is left out."""
    assert callable(at)
    months = [
        date(y, m, 1) for y in range(first.year, last.year + 1) for m in range(1, 13) if first <= date(y, m, 1) <= last
    ]
    years = [d for d in months if d.month == 1]
    marks = months if len(months) <= 24 else years
    step = -(-len(marks) // 10) if marks else 1
    free = 0.0
    for d in marks[::step] or [first]:
        x, label = round(at(d), 1), d.strftime("%Y-%m") if marks is months else str(d.year)
        room = LETTER * len(label)
        yield x, label if free <= x <= WIDTH - room else ""
        if free <= x <= WIDTH - room:
            free = x + room + GAP
