"""What an incident and an origin rest on: lines of evidence, claims, ties, and where sources disagree."""

from __future__ import annotations

from collections.abc import Iterable

from leadline import schema
from leadline.publish.view import interval
from leadline.publish.view.phrases import telling
from leadline.walk.claims import claim_line, decided, evidence, of_claim
from leadline.walk.node import Node, WalkTables, count


def of_incident(t: WalkTables, incident_id: str) -> Node:
    """An incident: its lines of evidence, the claims that count as none, conflicts and decisions."""
    i, here = t.incident_of_id[incident_id], frozenset(t.incident_of_id[incident_id].claims)
    lines = tuple(
        Node(
            title=f"line {n}{' only denies it' if _denies(t, i, line.origins) else ''}: {t.masks.all.mask_file(line.reason)}",
            children=tuple(of_origin(t, o, here) for o in line.origins if o in t.origins),
        )
        for n, line in enumerate(i.lines, 1)
    )
    judged = decided(t, i.claims, "incident")
    conflicts = tuple(Node(title=f"sources disagree about {c.field}", details=_values(t, i, c)) for c in i.conflicts)
    counted = {c for line in i.lines for o in line.origins if o in t.origins for c in t.origins[o].claims}
    rest = tuple(of_claim(t, c) for c in i.claims if c not in counted)
    without = "claims that count as no line of evidence (lineage unnamed, or a voice not shown to be first-hand)"
    uncounted = (Node(title=without, children=rest),) if rest else ()
    return Node(
        title=f"{i.event} ({i.incident_id})",
        details=(_counts(t, i), *_facts(t, i)),
        children=(*lines, *uncounted, *conflicts, *judged),
    )


def incident_line(t: WalkTables, i: schema.Incident) -> Node:
    """An incident with the words of the claim that tells most, as the dossier shows it."""
    claims = [t.claims[c] for c in i.claims if c in t.claims]
    best = max(claims, key=_telling, default=None)
    return Node(
        title=f"{i.incident_id}  {i.event}",
        details=(_counts(t, i), *_facts(t, i)),
        quote=t.words(best) if best else "",
        place=t.where(best.document, best.start, best.end) if best else "",
    )


def _telling(c: schema.Claim) -> tuple[object, ...]:
    facts = (c.number, c.time, c.unit, c.actor, c.estimative, *c.places)
    return telling(c.quote, c.realis, sum(f is not None for f in facts) + c.historical, c.confidence), c.claim_id


def _facts(t: WalkTables, i: schema.Incident) -> tuple[str, ...]:
    where = (
        (f"place: {t.masks.all.mask_place(i.place.name, resolved=i.place.gazetteer_id is not None)}",)
        if i.place is not None
        else ()
    )
    if i.time is None:
        return where
    return (*where, f"time: {interval(i.time.start, i.time.end)} ({t.masks.all.mask(i.time.phrase)})")


def _counts(t: WalkTables, i: schema.Incident) -> str:
    denying = sum(_denies(t, i, line.origins) for line in i.lines)
    unknown = f", publishers of {i.n_no_publisher} unknown" if i.n_no_publisher else ""
    counts = f"documents: {i.n_documents}{unknown}, outlets: {i.n_series}, origins: {i.n_origins}, independent: {i.n_independent}"
    return counts + (f" (beside them, only denying it: {denying})" if denying else "")


def _denies(t: WalkTables, i: schema.Incident, origins: Iterable[str]) -> bool:
    """Whether all that a line says of the incident is that there was none."""
    said = {c for o in origins if o in t.origins for c in t.origins[o].claims} & set(i.claims)
    return {t.claims[c].realis for c in said if c in t.claims} == {"denied"}


def _values(t: WalkTables, i: schema.Incident, c: schema.Conflict) -> tuple[str, ...]:
    """The values that sources give; who denies it and who tells it, by name."""
    if c.field != "realis":
        return tuple(t.masks.all.mask(v) for v in c.values)
    who: dict[str, dict[str, None]] = {}
    for claim in (t.claims[x] for x in i.claims if x in t.claims):
        name = claim.chain[0].canonical or claim.chain[0].name if claim.chain else t.masks.file_name(claim.document)
        who.setdefault("denied" if claim.realis == "denied" else "told", {})[t.masks.all.mask(name)] = None
    return tuple(f"{v} by {', '.join(who.get(v, {}))}" for v in c.values)


def of_origin(t: WalkTables, origin_id: str, here: frozenset[str] | None = None) -> Node:
    """An origin with its claims; beside one incident, those that are not `here` stand apart and say so."""
    o = t.origins[origin_id]
    ties = tuple(
        Node(
            title=f"not independent of {tie.origin_r if tie.origin_l == origin_id else tie.origin_l}: {tie.reason}",
            children=evidence(t, tie.evidence),
        )
        for tie in t.ties
        if origin_id in {tie.origin_l, tie.origin_r}
    )
    claims = [c for c in o.claims if c in t.claims]
    others = [c for c in claims if here is not None and c not in here]
    elsewhere = Node(
        title=f"not about this incident: {count(others, 'claim')} of the same origin, shown for what else it says",
        children=tuple(claim_line(t, c) for c in others),
    )
    return Node(
        title=f"{_origin_name(t, o)} ({origin_id})",
        details=(f"carried by {', '.join(t.masks.file_name(d) for d in o.documents)}",),
        children=(
            *evidence(t, o.evidence),
            *ties,
            *decided(t, o.claims, "line"),
            *(of_claim(t, c) for c in claims if here is None or c in here),
            *((elsewhere,) if others else ()),
        ),
    )


def origin_line(t: WalkTables, o: schema.Origin) -> Node:
    """An origin in one line."""
    return Node(
        title=f"{o.origin_id}  {_origin_name(t, o)}",
        details=(f"claims: {len(o.claims)}, documents: {len(o.documents)}",),
    )


def _origin_name(t: WalkTables, o: schema.Origin) -> str:
    released = f", released by {t.masks.source(o.released_by)}" if o.released_by else ""
    return f"{o.kind} of {t.masks.source(o.speaker) if o.speaker else 'an unnamed source'}{released}"
