"""What a run changed against the state of the case before it: printed at its end, and on no page.

A page depends on the heap alone, so that the same heap gives the same bytes; what is new depends on when it was read.
Incidents are compared through their claims' words, since an id may change when a claim joins.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import msgspec

from leadline import schema
from leadline.errors import LeadlineError

if TYPE_CHECKING:
    from leadline.engine.duckdb import DuckDBEngine

Place = tuple[str, int, int]  # document, start, end
Incidents = tuple[tuple[frozenset[Place], int], ...]


class Snapshot(msgspec.Struct, frozen=True, kw_only=True):
    """What of a case's state is compared."""

    documents: frozenset[tuple[str, str]]
    claims: frozenset[Place]
    incidents: Incidents
    """single incidents: the words of their claims, their independent lines"""
    estimates: tuple[tuple[str, bool, float | None, float | None], ...]


class News(msgspec.Struct, frozen=True, kw_only=True):
    """How many of each are new, are gone, or changed."""

    documents: int = 0
    documents_gone: int = 0
    claims: int = 0
    claims_gone: int = 0
    incidents: int = 0
    incidents_gone: int = 0
    incidents_joined: int = 0
    """incidents of before that are now part of another one"""
    incidents_split: int = 0
    """incidents of now that were part of another one"""
    better_supported: int = 0
    less_supported: int = 0
    estimate_changed: bool = False


def snapshot(engine: DuckDBEngine) -> Snapshot | None:
    """The case as it stands; None where it holds no documents yet, or tables that are damaged and will be computed again."""
    try:
        return _snapshot(engine)
    except (OSError, ValueError, LeadlineError):
        return None


def _snapshot(engine: DuckDBEngine) -> Snapshot | None:
    rows = engine.read(schema.DOCUMENTS, ["document", "sha256"]).to_pylist()
    if not rows:
        return None
    spans = {
        c["claim_id"]: (c["document"], c["start"], c["end"])
        for c in engine.read(schema.CLAIMS, ["claim_id", "document", "start", "end"]).to_pylist()
    }
    standing = set(spans)
    if schema.CLAIM_ORIGINS.stage in engine.committed:  # what was traced: without claims that a person rejected
        standing &= {r.claim_id for r in engine.records(schema.CLAIM_ORIGINS, schema.ClaimOrigin)}
    incidents = [
        (frozenset(spans[c] for c in i.claims if c in spans), i.n_independent)
        for i in engine.records(schema.INCIDENTS, schema.Incident)
        if i.is_single_event and not i.historical
    ]
    return Snapshot(
        documents=frozenset((r["document"], r["sha256"]) for r in rows),
        claims=frozenset(spans[c] for c in standing),
        incidents=tuple(incidents),
        estimates=tuple(
            (e.stratum, e.estimable, e.range.lower if e.range else None, e.range.upper if e.range else None)
            for e in engine.records(schema.ESTIMATES, schema.Estimate)
        ),
    )


def compare(before: Snapshot, after: Snapshot) -> News:
    """What is new, gone or changed.

    >>> a = ("a", 0, 1); b = ("b", 0, 1)
    >>> old = Snapshot(documents=frozenset({("a", "1")}), claims=frozenset({a}), incidents=((frozenset({a}), 1),), estimates=())
    >>> new = Snapshot(documents=frozenset({("a", "1"), ("b", "2")}), claims=frozenset({a, b}),
    ...     incidents=((frozenset({a, b}), 2),), estimates=())
    >>> found = compare(old, new)
    >>> found.documents, found.claims, found.incidents, found.better_supported
    (1, 1, 0, 1)
    """
    heirs = _heirs(before.incidents, after.incidents)
    support = Counter[str]()
    for old, new in heirs.items():
        change = after.incidents[new][1] - before.incidents[old][1]
        support["better" if change > 0 else "less" if change < 0 else "same"] += 1
    left = [places for k, (places, _) in enumerate(before.incidents) if k not in heirs]
    come = [places for k, (places, _) in enumerate(after.incidents) if k not in set(heirs.values())]
    joined = sum(_lives_on(places, before.incidents, after.incidents) for places in left)
    split = sum(_lives_on(places, after.incidents, before.incidents) for places in come)
    return News(
        documents=len(after.documents - before.documents),
        documents_gone=len(before.documents - after.documents),
        claims=len(after.claims - before.claims),
        claims_gone=len(before.claims - after.claims),
        incidents=len(come) - split,
        incidents_gone=len(left) - joined,
        incidents_joined=joined,
        incidents_split=split,
        better_supported=support["better"],
        less_supported=support["less"],
        estimate_changed=before.estimates != after.estimates,
    )


def _heirs(before: Incidents, after: Incidents) -> dict[int, int]:
    """For every incident the one that it has become, one to one: those that share most words first."""
    holders: dict[Place, list[int]] = {}
    for k, (places, _) in enumerate(after):
        for p in places:
            holders.setdefault(p, []).append(k)
    shared = Counter((k, new) for k, (places, _) in enumerate(before) for p in places for new in holders.get(p, ()))
    found: dict[int, int] = {}
    taken: set[int] = set()
    for (old, new), _ in sorted(shared.items(), key=lambda x: (-x[1], x[0])):
        if old not in found and new not in taken:
            found[old] = new
            taken.add(new)
    return found


def _lives_on(places: frozenset[Place], here: Incidents, there: Incidents) -> bool:
    """Whether what no other incident of its time holds stands in an incident of the other time."""
    held = Counter(p for other, _ in here for p in other & places)
    own = {p for p in places if held[p] == 1} or places
    return any(own & other for other, _ in there)


def told(news: News) -> list[str]:
    """The news as lines for people; one line where nothing changed.

    >>> told(News())
    ['nothing']
    >>> told(News(documents=1, incidents=2))
    ['1 document new', '2 incidents new']
    """
    counted = (
        (news.documents, "document", "new"),
        (news.documents_gone, "document", "gone or replaced"),
        (news.claims, "claim", "new"),
        (news.claims_gone, "claim", "gone"),
        (news.incidents, "incident", "new"),
        (news.incidents_gone, "incident", "gone"),
        (news.incidents_joined, "incident", "now part of another"),
        (news.incidents_split, "incident", "split off another"),
        (news.better_supported, "incident", "with more independent lines than before"),
        (news.less_supported, "incident", "with fewer independent lines than before"),
    )
    lines = [f"{n:,} {noun}{'' if n == 1 else 's'} {what}" for n, noun, what in counted if n]
    if news.estimate_changed:
        lines.append("another estimate, or another reason against one")
    return lines or ["nothing"]
