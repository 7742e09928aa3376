"""Incidents: what a cluster of claims says together, with its counts, its lines of evidence and its disagreements."""

from __future__ import annotations

import hashlib
import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from leadline.link.distance import kilometres
from leadline.link.parameters import Parameters
from leadline.link.sorts import sort_of
from leadline.link.support import Lineage, backing, ceiling_of, counted
from leadline.link.words import words
from leadline.schema import Claim, Conflict, EvidenceLine, Incident, Number, Place, TimeInterval

COUNTRY_M = 250_000.0
"""A place meant less precisely than this is a country or half of one."""
PARTICULAR = frozenset({"intercepted-call", "video", "audio", "testimony", "social-post", "document"})


def incident(claims: Sequence[Claim], lineage: Lineage, parameters: Parameters, lead: str = "") -> Incident:
    """The incident that these claims (at least one) are about; its id follows from `lead`, a claim that is in no other incident."""
    ordered = sorted(claims, key=lambda c: c.claim_id)
    lead = lead or ordered[0].claim_id
    behind = backing(ordered, lineage)
    telling = telling_lines(ordered, behind.lines, lineage.origin_of)
    ceiling, why = ceiling_of(telling)
    event = Counter(c.event for c in ordered)
    return Incident(
        incident_id="incident-" + hashlib.sha256(lead.encode()).hexdigest()[:12],
        event=min(event, key=lambda e: (-event[e], e)),
        claims=tuple(c.claim_id for c in ordered),
        documents=behind.documents,
        origins=behind.origins,
        n_documents=len(behind.documents),
        n_series=behind.n_series,
        n_no_publisher=behind.n_no_publisher,
        n_origins=len(behind.origins),
        n_independent=len(telling),
        lines=behind.lines,
        carriers=behind.carriers,
        releasers=behind.releasers,
        credibility_ceiling=ceiling,
        ceiling_reason=why,
        place=_place(ordered),
        time=_time(ordered),
        number=_number(ordered, parameters),
        conflicts=(
            *_number_conflicts(ordered, parameters),
            *_place_conflicts(ordered),
            *_time_conflicts(ordered),
            *_telling_conflicts(ordered),
        ),
        historical=all(c.historical for c in ordered),
        is_single_event=_is_single(ordered, lineage.origin_of, parameters),
    )


def telling_lines(
    claims: Sequence[Claim], lines: Sequence[EvidenceLine], origin_of: Mapping[str, str]
) -> tuple[EvidenceLine, ...]:
    """The lines that say it happened: who denies it, threatens it or holds it possible confirms nothing.

    Where it is only threatened, or only held possible, these lines are counted; where it is only denied, there is none.
    """
    firmness = {"denied": 0, "possible": 1, "threatened": 2}
    firm = {c.claim_id: firmness.get(c.realis, 3) for c in claims}
    least = max(1, *firm.values())
    tellers = {o for c, f in firm.items() if f == least and (o := origin_of.get(c))}
    return tuple(line for line in lines if not tellers.isdisjoint(line.origins))


def _is_single(claims: Sequence[Claim], origin_of: Mapping[str, str], parameters: Parameters) -> bool:
    """Whether something that is told, with all its copies, is one event; a copy may lack what shows that it is none."""
    told: dict[tuple[str, ...], list[Claim]] = {}
    for c in claims:
        if c.event not in parameters.reactions:
            told.setdefault((origin_of.get(c.claim_id, c.claim_id), *words(c.quote)), []).append(c)
    return any(
        all(sort_of(c, parameters) == "single" for c in copies) and any(is_identified(c) for c in copies)
        for copies in told.values()
    )


def is_identified(c: Claim) -> bool:
    """Whether a claim says enough for one event to be told from others like it.

    A named place below the size of a country, a day, a unit or a count do; so does a recording, a witness or a paper,
    which is about something in particular. What an outlet or an analyst says of an army at large is no incident.

    >>> c = Claim(claim_id="1", document="d", start=0, end=1, quote="Soldiers refuse.", event="refusal", realis="actual",
    ...           medium="analysis", verification="not-stated")
    >>> import msgspec
    >>> is_identified(c), is_identified(msgspec.structs.replace(c, unit="4th company"))
    (False, True)
    """
    if c.unit or c.number is not None or (c.time is not None and c.time.start and c.time.end):
        return True
    if any(p.precision_m is not None and p.precision_m <= COUNTRY_M for p in c.places):
        return True
    return bool(c.chain) and c.medium in PARTICULAR


def _place(claims: Sequence[Claim]) -> Place | None:
    """The most precise place; among equals the most frequent."""
    places = [p for c in claims for p in c.places]
    often = Counter(p.name for p in places)
    return min(
        places,
        key=lambda p: (p.lat is None, p.precision_m is None, p.precision_m or 0.0, -often[p.name], p.name),
        default=None,
    )


def _time(claims: Sequence[Claim]) -> TimeInterval | None:
    """The interval that all dated claims share, else their hull."""
    times = [c.time for c in claims if c.time is not None and (c.time.start or c.time.end)]
    if not times:
        return None
    starts = [t.start for t in times if t.start]
    ends = [t.end for t in times if t.end]
    first, last = max(starts, default=None), min(ends, default=None)
    if first is not None and last is not None and first > last:
        first, last = (min(starts), max(ends)) if len(starts) == len(ends) == len(times) else (None, None)
        if first is None:
            first, last = min(starts), max(ends)
    return TimeInterval(start=first, end=last, phrase="; ".join(sorted({t.phrase for t in times})))


def _number(claims: Sequence[Claim], parameters: Parameters) -> Number | None:
    """What the counts of whatever is counted most often share, else their hull: two men, and at least two, are two."""
    numbers = [c.number for c in claims if c.number is not None]
    if not numbers:
        return None
    kinds = Counter(counted(n, parameters) for n in numbers)
    best = min(kinds, key=lambda k: (-kinds[k], k))
    same = [n for n in numbers if counted(n, parameters) == best]
    lows, highs = [_low(n) for n in same], [_high(n) for n in same]
    low, high = max(lows), min(highs)
    if not _agree(zip(lows, highs, strict=True)):
        low, high = min(lows), max(highs)
    unit = Counter(n.unit for n in same)
    return Number(
        low=None if low == -math.inf else low,
        high=None if high == math.inf else high,
        unit=min(unit, key=lambda u: (-unit[u], u)),
    )


def _agree(counts: Iterable[tuple[float, float]]) -> bool:
    """Whether one count can be what all mean: "at least two" and "three" are, "at least 12" and "at least 15" leave it open.

    >>> _agree([(2, math.inf), (3, 3)]), _agree([(12, math.inf), (15, math.inf)]), _agree([(2, 2), (3, 3)])
    (True, False, False)
    """
    listed = set(counts)
    low, high = max(x for x, _ in listed), min(x for _, x in listed)
    return len(listed) == 1 or (low <= high and math.isfinite(low) and math.isfinite(high))


def _low(n: Number) -> float:
    return -math.inf if n.low is None else n.low


def _high(n: Number) -> float:
    return math.inf if n.high is None else n.high


def _number_conflicts(claims: Sequence[Claim], parameters: Parameters) -> list[Conflict]:
    """Counts of things of one class that cannot all be true, each with a claim; "at least two" and "three" can."""
    by_class: dict[str, dict[tuple[float, float], tuple[str, str]]] = {}
    for c in claims:
        if c.number is not None:
            values = by_class.setdefault(counted(c.number, parameters), {})
            values.setdefault((_low(c.number), _high(c.number)), (_shown(c.number), c.claim_id))
    return [
        _conflict("number", dict(values.values()))
        for _, values in sorted(by_class.items())
        if len(values) > 1 and not _agree(values)
    ]


def _place_conflicts(claims: Sequence[Claim]) -> list[Conflict]:
    """Claims all of whose places are further apart than they are meant to reach; one claim may name several places."""
    found: dict[tuple[str, ...], Claim] = {}
    for c in claims:
        if c.places:
            found.setdefault(tuple(sorted(p.name for p in c.places)), c)
    apart: dict[str, str] = {}
    listed = sorted(found)
    for i, a in enumerate(listed):
        for b in listed[i + 1 :]:
            if all(_apart(p, q) for p in found[a].places for q in found[b].places):
                apart |= {", ".join(names): found[names].claim_id for names in (a, b)}
    return [_conflict("place", apart)] if apart else []


def _apart(left: Place, right: Place) -> bool:
    km = kilometres(left, right)
    return km is not None and km > ((left.precision_m or 0.0) + (right.precision_m or 0.0)) / 1000 + 1


def _time_conflicts(claims: Sequence[Claim]) -> list[Conflict]:
    times: dict[str, str] = {}
    for c in claims:
        if c.time is not None and c.time.start and c.time.end:
            times.setdefault(f"{c.time.start}/{c.time.end}", c.claim_id)
    if len(times) > 1 and max(t.split("/")[0] for t in times) > min(t.split("/")[1] for t in times):
        return [_conflict("time", times)]
    return []


def _telling_conflicts(claims: Sequence[Claim]) -> list[Conflict]:
    """Somebody denies what somebody else tells."""
    told: dict[str, str] = {}
    for c in claims:
        told.setdefault("denied" if c.realis == "denied" else "told", c.claim_id)
    return [_conflict("realis", told)] if len(told) > 1 else []


def _conflict(field: str, values: Mapping[str, str]) -> Conflict:
    ordered = sorted(values)
    return Conflict(field=field, values=tuple(ordered), claims=tuple(values[v] for v in ordered))


def _shown(n: Number) -> str:
    if n.low is not None and n.low == n.high:
        return f"{n.low:g} {n.unit}"
    if n.high is None and n.low is not None:
        return f"at least {n.low:g} {n.unit}"
    if n.low is None and n.high is not None:
        return f"at most {n.high:g} {n.unit}"
    return f"{n.low:g} to {n.high:g} {n.unit}"
