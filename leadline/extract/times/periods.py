"""Wars and eras as time expressions: "during the Second World War", "since the start of the full-scale invasion of …"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from functools import cache
from typing import NamedTuple

from leadline.extract.numerals import lexicon
from leadline.extract.times.reading import TimeReading


class Period(NamedTuple):
    """A named stretch of history; `last` is None while it lasts. A common noun means it only in a text `told_of` that name."""

    first: date
    last: date | None
    told_of: str


@cache
def _listed() -> tuple[re.Pattern[str], dict[str, Period]]:
    by_name = {
        n: Period(p["first"], p.get("last"), p.get("told_of", ""))
        for p in lexicon("periods")["period"]
        for n in p["names"]
    }
    names = "|".join(re.escape(n) for n in sorted(by_name, key=lambda n: (-len(n), n)))
    before = r"\b(?P<sign>during|in|throughout|since|before|until|after|from|of)\s+(?:the\s+)?"
    edge = r"(?:(?P<edge>start|beginning|outbreak|launch|onset|end)\s+of\s+(?:the\s+)?)?"
    return re.compile(
        rf"{before}{edge}(?P<name>{names})(?!\w)(?P<of>\s+of\b)?(?P<began>\s+(?:began|started))?", re.IGNORECASE
    ), {n.casefold(): p for n, p in by_name.items()}


def find_periods(text: str, document: tuple[date, date] | None) -> Iterator[TimeReading]:
    """Periods that a preposition makes a time; the reading's span is the name.

    >>> [(r.value, r.first, r.is_historical) for r in find_periods("Men fought in the Winter War.", None)]
    [('1939/1940', '1939-11-30', False)]
    """
    pattern, by_name = _listed()
    for m in pattern.finditer(text):
        name = m["name"]
        period = by_name[name.casefold()]
        if not (_is_meant(m, period, text) if period.told_of else any(c.isupper() for c in name)):
            continue
        if document and document[1] < period.first:  # spoken of as possible, before it came
            continue
        sign, edge = m["sign"].lower(), (m["edge"] or ("start" if m["began"] else "")).lower()
        if sign == "of" and not edge:  # "a veteran of the Second World War" dates nothing
            continue
        first, last = _bounds(period, sign, edge, document)
        end = period.last or period.first
        yield TimeReading(
            start=m.start("name"),
            end=m.end("name"),
            phrase_start=m.start(),
            phrase_end=m.end(),
            value=f"{period.first.year}/{end.year}" if end.year != period.first.year else f"{period.first.year}",
            kind="DATE",
            first=first.isoformat() if first else None,
            last=last.isoformat() if last else None,
            open_start=sign in ("before", "until"),
            open_end=sign in ("since", "after", "from"),
            granularity="period",
            anchor="absolute",
        )


def _is_meant(m: re.Match[str], period: Period, text: str) -> bool:
    """Whether a common noun stands for the period: `since the invasion began`, not `during an invasion` nor `since the invasion of an island`."""
    return m["sign"].lower() in {"since", "before", "until", "after"} and not m["of"] and period.told_of in text


def _bounds(
    period: Period, sign: str, edge: str, document: tuple[date, date] | None
) -> tuple[date | None, date | None]:
    """First and last day of the phrase. "Since a war" counts from its end, where it has one, "since its start" from there."""
    begins = edge in ("start", "beginning", "outbreak", "launch", "onset")
    point = period.first if begins or period.last is None else period.last
    today = document[1] if document else None
    match sign:
        case "since":
            return point, today if today and today >= point else None
        case "after" | "from":
            return point, None
        case "before" | "until":
            return None, period.last if edge == "end" else period.first
    if edge:
        return point, point
    return period.first, period.last or (today if today and today >= period.first else None)
