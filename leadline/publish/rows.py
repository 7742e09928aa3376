"""Export rows: the contract of design.md section 3, made from the tables.

Each function yields plain dictionaries in the order of the table they come from. Joins add what later stages found: a
claim's origin and incident, a document's carrier kind.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import msgspec

from leadline import schema
from leadline.engine import Engine

Row = dict[str, Any]


def documents(engine: Engine) -> Iterator[Row]:
    """One row a document, without its text."""
    carriers = {c.document: c for c in engine.records(schema.CARRIERS, schema.Carrier)}
    for d in engine.records(schema.DOCUMENTS, schema.Document):
        row = msgspec.to_builtins(d)
        row.pop("text")
        carrier = carriers.get(d.document)
        row["carrier_kind"] = carrier.carrier_kind if carrier else "unknown"
        row["carrier_evidence"] = msgspec.to_builtins(carrier.carrier_evidence) if carrier else []
        yield row


def claims(engine: Engine) -> Iterator[Row]:
    """One row a claim, with its origin and incident; `place` is null, an object, or a list where several are named."""
    origin = {r.claim_id: r.origin_id for r in engine.records(schema.CLAIM_ORIGINS, schema.ClaimOrigin)}
    incident = {c: i.incident_id for i in engine.records(schema.INCIDENTS, schema.Incident) for c in i.claims}
    for claim in engine.records(schema.CLAIMS, schema.Claim):
        row = msgspec.to_builtins(claim)
        places = row.pop("places")
        row["place"] = None if not places else places[0] if len(places) == 1 else places
        row["origin_id"], row["incident_id"] = origin.get(claim.claim_id), incident.get(claim.claim_id)
        yield row


def _plain(table: schema.Table) -> Callable[[Engine], Iterator[Row]]:
    def rows(engine: Engine) -> Iterator[Row]:
        for record in engine.records(table, table.record):
            yield msgspec.to_builtins(record)

    return rows


EXPORTS: dict[str, Callable[[Engine], Iterator[Row]]] = {
    "documents": documents,
    "refusals": _plain(schema.REFUSALS),
    "unread": _plain(schema.UNREAD),
    "attributions": _plain(schema.ATTRIBUTIONS),
    "claims": claims,
    "times": _plain(schema.TIMES),
    "places": _plain(schema.PLACES),
    "relations": _plain(schema.RELATIONS),
    "origins": _plain(schema.ORIGINS),
    "origin_ties": _plain(schema.ORIGIN_TIES),
    "source_edges": _plain(schema.SOURCE_EDGES),
    "incidents": _plain(schema.INCIDENTS),
    "claim_support": _plain(schema.CLAIM_SUPPORT),
    "pairs": _plain(schema.PAIRS),
    "capture_histories": _plain(schema.CAPTURE_HISTORIES),
    "estimates": _plain(schema.ESTIMATES),
}

# Columns that the joins add to or take from the record of the table: (export, column) -> type, description.
JOINED: dict[str, list[tuple[str, str, str]]] = {
    "documents": [
        ("carrier_kind", "text", "original, copy, excerpt, translation, rewrite, aggregate or unknown"),
        ("carrier_evidence", "list of Evidence", "what shows it"),
    ],
    "claims": [
        ("place", "Place, list of Place or null", "where the event was; a list where the claim names several"),
        ("origin_id", "text or null", "the origin the claim goes back to; null where its lineage is unnamed"),
        ("incident_id", "text or null", "the incident the claim is about"),
    ],
}
LEFT_OUT: dict[str, set[str]] = {"documents": {"text"}, "claims": {"places"}}


def columns(name: str) -> list[tuple[str, str, str]]:
    """Name, type and description of every column of an export.

    >>> [c[0] for c in columns("origin_ties")]
    ['origin_l', 'origin_r', 'reason', 'evidence', 'through']
    """
    own = [c for c in schema.describe(schema.table(name).record) if c[0] not in LEFT_OUT.get(name, set())]
    return own + JOINED.get(name, [])
