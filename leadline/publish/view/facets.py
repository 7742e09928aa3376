"""What lists can be filtered by: the values that stand in the case, with how many rows have each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

import msgspec

from leadline.publish.view.records import DocumentView, IncidentView, SourceView
from leadline.publish.words import code, say

T = TypeVar("T")
Options = tuple[tuple[str, str, int | None], ...]


class IncidentFacets(msgspec.Struct, frozen=True, kw_only=True):
    """Options of the list of incidents. Units are those of events that put nobody at risk: no list leads from a unit to people."""

    groups: Options
    events: Options
    sides: Options
    units: Options
    lines: Options
    conflict: Options
    denied: Options
    review: Options
    placed: Options
    timed: Options
    link: Options


class DocumentFacets(msgspec.Struct, frozen=True, kw_only=True):
    """Options of the list of documents."""

    carriers: Options
    languages: Options
    dated: Options


class SourceFacets(msgspec.Struct, frozen=True, kw_only=True):
    """Options of the list of sources."""

    kinds: Options
    rings: Options
    graded: Options


def keyed(incidents: Sequence[IncidentView]) -> list[IncidentView]:
    """The incidents with short keys for their sides and units, which rows and options share."""
    sides = {s: f"s{n}" for n, s in enumerate(sorted({s for i in incidents for s in i.sides}))}
    units = {u: f"u{n}" for n, u in enumerate(sorted({u for i in incidents for u in i.units}))}
    return [
        msgspec.structs.replace(
            i, side_keys=tuple(sides[s] for s in i.sides), unit_keys=tuple(units[u] for u in i.units)
        )
        for i in incidents
    ]


def incident_facets(incidents: Sequence[IncidentView]) -> IncidentFacets:
    """Options for incidents that `keyed` returned."""
    lines = Counter(min(i.incident.n_independent, 2) for i in incidents)
    return IncidentFacets(
        groups=_options(incidents, lambda i: [(i.group, say(f"filter.group_{i.group}"))]),
        events=_options(incidents, lambda i: [(i.incident.event, i.label)]),
        sides=_options(incidents, lambda i: zip(i.side_keys, i.sides, strict=True)),
        units=_options(incidents, lambda i: zip(i.unit_keys, i.units, strict=True)),
        lines=tuple((k, say(f"filter.lines_{n}"), lines[n]) for n, k in enumerate(("0", "1", "2+"))),
        conflict=_yes_no(incidents, "conflict", lambda i: bool(i.conflicts)),
        denied=_yes_no(incidents, "denied", lambda i: i.n_denying > 0),
        review=_options(incidents, lambda i: [(i.review, code("review", i.review))]),
        placed=_yes_no(
            incidents, "placed", lambda i: i.incident.place is not None and i.incident.place.lat is not None
        ),
        timed=_yes_no(incidents, "timed", lambda i: i.incident.time is not None),
        link=_options(incidents, lambda i: [("weak", say("filter.weak")) if i.weak else ("firm", say("filter.firm"))]),
    )


def document_facets(documents: Sequence[DocumentView]) -> DocumentFacets:
    """Options for documents."""
    return DocumentFacets(
        carriers=_options(documents, lambda d: [(d.carrier_kind, code("carrier", d.carrier_kind))]),
        languages=_options(
            documents, lambda d: [(d.document.language or "unknown", d.document.language or say("document.unknown"))]
        ),
        dated=_options(
            documents,
            lambda d: [(d.document.published.basis if d.document.published else "unknown",) * 2],
            lambda basis: code("basis", basis),
        ),
    )


def source_facets(sources: Sequence[SourceView]) -> SourceFacets:
    """Options for sources."""
    return SourceFacets(
        kinds=_options(sources, lambda s: [(s.kind_key, s.kind)]),
        rings=_yes_no(sources, "ring", lambda s: bool(s.circle)),
        graded=_yes_no(sources, "graded", lambda s: s.graded),
    )


def _options(
    rows: Sequence[T], values: Callable[[T], Iterable[tuple[str, str]]], label: Callable[[str], str] = str
) -> Options:
    counts = Counter(pair for row in rows for pair in values(row))
    return tuple(
        (key, label(name), n) for (key, name), n in sorted(counts.items(), key=lambda x: (label(x[0][1]), x[0][0]))
    )


def _yes_no(rows: Sequence[T], key: str, holds: Callable[[T], bool]) -> Options:
    n = sum(holds(row) for row in rows)
    return ("yes", say(f"filter.{key}_yes"), n), ("no", say(f"filter.{key}_no"), len(rows) - n)
