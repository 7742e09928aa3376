"""What a claim leaves unsaid because its document has said it: place, time and unit of its neighbours."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from leadline.link.parameters import Parameters
from leadline.link.sorts import sort_of
from leadline.link.words import cut, stems
from leadline.schema import Claim, Place


def with_context(claims: Sequence[Claim], origin_of: Mapping[str, str], parameters: Parameters) -> list[Claim]:
    """Claims that name no place, time or unit take it from their neighbours, where these agree on one.

    Neighbours are the claims of the same document, origin, kind of event and sort: a text says once where it was and goes
    on telling. Only the rows that are compared are filled in, never the claims themselves.
    """
    groups: dict[tuple[str, ...], list[Claim]] = {}
    for c in claims:
        key = (c.document, origin_of.get(c.claim_id, c.claim_id), c.event, sort_of(c, parameters))
        groups.setdefault(key, []).append(c)
    filled = []
    introduced = _introduced(claims, parameters)
    for group in groups.values():
        places = {tuple(sorted(p.gazetteer_id or p.name for p in c.places)): c.places for c in group if c.places}
        times = {(c.time.start, c.time.end): c.time for c in group if c.time}
        units = {c.unit for c in group if c.unit}
        for c in group:
            new: dict[str, Any] = {}
            if not c.places and len(places) == 1:
                new["places"] = next(iter(places.values()))
            elif not c.places and not places and (there := _meant(c, introduced)):
                new["places"] = there
            if c.time is None and len(times) == 1:
                new["time"] = next(iter(times.values()))
            if c.unit is None and len(units) == 1:
                new["unit"] = next(iter(units))
            filled.append(msgspec.structs.replace(c, **new) if new else c)
    return sorted(filled, key=lambda c: c.claim_id)


def _introduced(claims: Sequence[Claim], parameters: Parameters) -> dict[tuple[str, str], list[Claim]]:
    """Claims with a place, by document and kind of event; only of documents that name one place for that kind."""
    found: dict[tuple[str, str], list[Claim]] = {}
    for c in claims:
        if c.places and sort_of(c, parameters) != "historical":
            found.setdefault((c.document, c.event), []).append(c)
    one = {k: {tuple(sorted(p.gazetteer_id or p.name for p in c.places)) for c in group} for k, group in found.items()}
    return {k: group for k, group in found.items() if len(one[k]) == 1}


def _meant(c: Claim, introduced: Mapping[tuple[str, str], Sequence[Claim]]) -> tuple[Place, ...]:
    """The place of what a claim mentions as known ("the cellar") and another claim of the document has introduced."""
    if c.historical:
        return ()
    known = {cut(n) for n in re.findall(r"(?<!\w)(?:the|this|that) (\w{4,})", c.quote.casefold())}
    donors = [d for d in introduced.get((c.document, c.event), ()) if known & set(stems(d.quote))]
    return donors[0].places if donors else ()
