"""Places in a text: found by the gazetteer, judged by what stands around them, resolved together.

    doc ── mentions ── judge ── roles
                │
                └── groups ── resolve ── PlaceReading

`find_places` reads a spaCy `Doc` and a `Gazetteer` and nothing else.
"""

from __future__ import annotations

from typing import Any

from leadline.extract.places.gazetteer import Gazetteer, Place
from leadline.extract.places.groups import Group, group
from leadline.extract.places.judge import describe, probability, weights
from leadline.extract.places.mentions import Mention, find_mentions, mentions_at
from leadline.extract.places.resolve import resolve
from leadline.extract.places.roles import Role, role_of
from leadline.schema import Record, Spans

__all__ = ["Gazetteer", "Place", "PlaceReading", "find_places", "read_spans"]


class PlaceReading(Record, frozen=True, kw_only=True):
    """One place name in a text and the place that is meant.

    `lat`, `lon` and `precision_m` are null where the name is not resolved, and within names of persons. Within the name
    of an organisation, and for a people, they are those of the place that the name is made from.
    `confidence` is the probability that the name is a place name and that this place is meant.
    """

    start: int
    end: int
    name: str
    gazetteer_id: str | None
    lat: float | None
    lon: float | None
    precision_m: float | None
    kind: str | None
    country: str | None
    admin1: str | None
    confidence: float
    role: Role


def find_places(doc: Any, gazetteer: Gazetteer, *, boilerplate: Spans = ()) -> tuple[PlaceReading, ...]:
    """The place names of a parsed text, in its order.

    Offsets are code points of `doc.text`. Names within `boilerplate` are not read. Roles: `location`; `metonym` (the
    name speaks for a government or army); `demonym` (a people or an adjective); `origin` (where people come from);
    `organisation` and `person` (part of such a name). Without entities in `doc` the rules do with the words around.
    """
    entities = bool(doc.has_annotation("ENT_IOB"))
    text = doc.text  # spaCy puts it together anew each time
    mentions = find_mentions(doc, text, gazetteer, boilerplate)
    describe(doc, mentions)
    least = weights()["thresholds"]
    chances = [probability(m, entities=entities) for m in mentions]
    bar = least["mention" if entities else "mention_plain"]
    surest: dict[str, float] = {}
    for m, chance in zip(mentions, chances, strict=True):
        surest[m.folded] = max(chance, surest.get(m.folded, 0.0))
    kept: list[tuple[Mention, float, Role]] = []
    for m, chance in zip(mentions, chances, strict=True):
        # a name that is surely a place once in the text is more readily read as one again
        if chance >= (bar if surest[m.folded] < bar else least["again"]):
            kept.append((m, chance, role_of(doc, m)))
    groups = group(text, [m for m, _, _ in kept], [c for _, c, _ in kept])
    resolve(text, groups, least["resolve"])
    sense = {id(m): g for g in groups for m in g.mentions}
    return tuple(_reading(m, chance, role, sense[id(m)]) for m, chance, role in kept)


def _reading(m: Mention, chance: float, role: Role, g: Group) -> PlaceReading:
    best = g.best if role != "person" else None
    if best is not None and best.quality == "demonym" and role == "organisation":
        best = None  # "American Red Cross" names no place
    if best is not None and best.quality == "demonym" and role in {"location", "metonym"}:
        role = "demonym"
    radius = None
    if best is not None and best.precision_m is not None:
        radius = max(best.precision_m, m.around_m)
    return PlaceReading(
        start=m.start,
        end=m.end,
        name=m.name,
        gazetteer_id=best.id if best else None,
        lat=best.lat if best else None,
        lon=best.lon if best else None,
        precision_m=radius,
        kind=best.kind if best else None,
        country=best.country if best else None,
        admin1=best.admin1 if best else None,
        confidence=round(chance * (g.confidence if best else 1.0), 4),
        role=role,
    )


def read_spans(doc: Any, gazetteer: Gazetteer, spans: Spans) -> tuple[PlaceReading, ...]:
    """Resolve names whose place in the text is given: what `find_places` does after it found them.

    Names that the gazetteer does not know are left out, and so are spans within another one.
    """
    text = doc.text
    mentions = mentions_at(doc, text, gazetteer, spans)
    groups = group(text, mentions, [1.0] * len(mentions))
    resolve(text, groups, weights()["thresholds"]["resolve"])
    sense = {id(m): g for g in groups for m in g.mentions}
    return tuple(_reading(m, 1.0, "location", sense[id(m)]) for m in mentions)
