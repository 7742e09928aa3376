"""What a claim and a document say and rest on."""

from __future__ import annotations

from collections.abc import Iterable

from leadline import schema
from leadline.publish.view import bounds, interval
from leadline.publish.view.phrases import place
from leadline.walk.node import Node, WalkTables

DONE = {"accept": "accepted", "correct": "corrected", "reject": "rejected"}


def of_claim(t: WalkTables, claim_id: str) -> Node:
    """A claim: its fields, its chain and its words."""
    c = t.claims[claim_id]
    names = t.masks.names(c.document)
    hops = tuple(
        Node(
            title=f"according to {names.mask(h.canonical)}"
            + (f" (named “{names.mask(h.name)}”)" if h.name != h.canonical else ""),
            details=(f"cue: {names.mask(h.cue)}",) if h.cue else (),
            place=t.where(c.document, h.start, h.end),
        )
        for h in c.chain
    )
    own = () if hops else (Node(title="in the document's own voice"),)
    details = [f"medium: {c.medium}", f"verification: {c.verification}"]
    if c.number is not None:
        details.append(f"number: {names.mask(bounds(c.number))}")
    for p in c.places:
        shown = place(p, protect=t.protection.covers(c.event, p))
        details.append(f"place: {names.mask_place(shown, resolved=p.gazetteer_id is not None)}")
    if c.time is not None:
        details.append(f"time: {interval(c.time.start, c.time.end)}, from “{names.mask(c.time.phrase)}”")
    if c.estimative is not None:
        scale = (
            f": {c.estimative.low:.0%} to {c.estimative.high:.0%} on the scale {c.estimative.scale}"
            if c.estimative.scale and c.estimative.low is not None and c.estimative.high is not None
            else ", on no published scale"
        )
        details.append(f"estimative language: “{names.mask(c.estimative.phrase)}”{scale}")
    incidents = ", ".join(t.incidents_of.get(claim_id, ["none"]))
    details.append(f"origin: {t.origin_of.get(claim_id, 'unnamed')}; incident: {incidents}")
    return Node(
        title=f"{c.event}, {c.realis} ({t.masks.claim_name(claim_id)})",
        details=(*details, *_review(t, claim_id)),
        quote=t.words(c),
        place=t.where(c.document, c.start, c.end),
        children=(*hops, *own),
    )


def claim_line(t: WalkTables, claim_id: str) -> Node:
    """A claim in one line, with its words."""
    c = t.claims[claim_id]
    return Node(
        title=f"{t.masks.claim_name(claim_id)}  {c.event}, {c.realis}",
        details=_review(t, claim_id),
        quote=t.words(c),
        place=t.where(c.document, c.start, c.end),
    )


def _review(t: WalkTables, claim_id: str) -> tuple[str, ...]:
    """What people decided about a claim, and who: without it nobody has looked at what the machine read."""
    return tuple(
        t.masks.all.mask(
            f"{DONE[j.decision]} by {j.by} (entry {j.seq}): {f'{j.field}={j.value}, ' if j.field else ''}{j.why}"
        )
        for j in t.judged.get(claim_id, ())
        if j.about == "claim"
    )


def decided(t: WalkTables, claims: Iterable[str], about: str) -> tuple[Node, ...]:
    """People's decisions about what some of these claims belong to."""
    found = {j.seq: j for c in claims for j in t.judged.get(c, ()) if j.about == about}
    told = {"incident": "one incident", "line": "one line of evidence"}[about]
    return tuple(
        Node(
            title=t.masks.all.mask(
                f"judged {'' if j.decision == 'same' else 'not '}to be {told} by {j.by} (entry {j.seq}): {j.why}"
            ),
            details=tuple(", ".join(t.masks.claim_name(c) for c in side) for side in (j.left, j.right)),
        )
        for _, j in sorted(found.items())
    )


def of_document(t: WalkTables, name: str) -> Node:
    """A document: its publication, its relations and its claims."""
    d = next(x for x in t.engine.records(schema.DOCUMENTS, schema.Document) if x.document == name)
    published = (
        f"published {d.published.start} to {d.published.end} ({d.published.basis}: {t.masks.names(name).mask(d.published.evidence)})"
        if d.published
        else "publication date unknown"
    )
    related = tuple(
        Node(
            title=f"{r.kind} ({r.direction}) {t.masks.file_name(r.other if r.document == name else r.document)}",
            details=(f"share {r.share:.0%}, score {r.score:.2f}",),
            children=evidence(t, r.evidence),
        )
        for r in t.engine.records(schema.RELATIONS, schema.Relation)
        if name in {r.document, r.other}
    )
    claims = tuple(claim_line(t, c.claim_id) for c in t.claims.values() if c.document == name)
    shown = t.masks.file_name(name)
    return Node(
        title=shown,
        details=(
            *((f"id: {t.masks.document_id(name)}",) if shown != name else ()),
            f"SHA-256 {d.sha256}",
            published,
            f"publisher: {t.masks.publisher(d.publisher, t.masks.names(name)) or 'unknown'}",
        ),
        children=(carrier(t, name), *related, *claims),
    )


def carrier(t: WalkTables, name: str) -> Node:
    """What kind of carrier a document is, and what shows it."""
    carrier, shown = t.carriers.get(name), t.masks.file_name(name)
    return Node(
        title=f"{shown}: {carrier.carrier_kind if carrier else 'unknown'}",
        details=(f"id: {t.masks.document_id(name)}",) if shown != name else (),
        children=evidence(t, carrier.carrier_evidence if carrier else ()),
    )


def evidence(t: WalkTables, evidence: tuple[schema.Evidence, ...]) -> tuple[Node, ...]:
    """The reasons of a statement, with the words that show it."""
    shown = zip(evidence, (t.masks.reasons((e,))[0] for e in evidence), strict=True)
    return tuple(Node(title=r.note, quote=r.quote, place=t.where(e.document, e.start, e.end)) for e, r in shown)
