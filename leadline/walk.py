"""`leadline why`: from any number, incident, origin, claim or document down to the exact words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sized

import msgspec

from leadline import schema
from leadline.engine import Engine
from leadline.errors import InputError
from leadline.judgements import judgements_that_apply
from leadline.judgements.claims import with_judgements
from leadline.publish.view import bounds, interval


class Node(msgspec.Struct, frozen=True, kw_only=True):
    """One step of the walk: what is asserted, what it rests on, and the words where there are any."""

    title: str
    details: tuple[str, ...] = ()
    quote: str = ""
    place: str = ""
    children: tuple[Node, ...] = ()


class _Tables:
    """The tables of a case that a walk looks things up in."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.judgements: dict[str, list[schema.Judgement]] = {}
        applying = judgements_that_apply(engine)
        for j in applying:
            for c in (*j.left, *j.right):
                self.judgements.setdefault(c, []).append(j)
        self.rejected = {c for j in applying if j.decision == "reject" for c in j.left}
        corrections = [j for j in applying if j.decision == "correct"]
        claims = with_judgements(engine.records(schema.CLAIMS, schema.Claim), corrections)
        self.claims = {c.claim_id: c for c in claims}
        self.origins = {o.origin_id: o for o in engine.records(schema.ORIGINS, schema.Origin)}
        self.incidents = {i.incident_id: i for i in engine.records(schema.INCIDENTS, schema.Incident)}
        self.estimates = list(engine.records(schema.ESTIMATES, schema.Estimate))
        self.origin_of = {r.claim_id: r.origin_id for r in engine.records(schema.CLAIM_ORIGINS, schema.ClaimOrigin)}
        self.incidents_of: dict[str, list[str]] = {}
        for i in self.incidents.values():
            for c in i.claims:
                self.incidents_of.setdefault(c, []).append(i.incident_id)
        self.carriers = {c.document: c for c in engine.records(schema.CARRIERS, schema.Carrier)}
        self.ties = list(engine.records(schema.ORIGIN_TIES, schema.OriginTie))


NUMBERS = ("documents", "refusals", "unread", "claims", "origins", "incidents", "estimate")


def why(engine: Engine, what: str) -> Node:
    """What an id or one of the summary's numbers rests on.

    `what` is the id of a claim, origin, incident or document, or one of `NUMBERS`. An unknown id is an `InputError` that
    lists similar ones.

    >>> from leadline.engine.duckdb import DuckDBEngine
    >>> from pathlib import Path
    >>> why(DuckDBEngine(Path("nowhere"), {}), "incidents").title
    '0 incidents'
    """
    t = _Tables(engine)
    if what in NUMBERS:
        return _number(t, what)
    kinds: tuple[tuple[Iterable[str], Callable[[_Tables, str], Node]], ...] = (
        (t.claims, _claim),
        (t.incidents, _incident),
        (t.origins, _origin),
        (engine.read(schema.DOCUMENTS, ["document"]).column("document").to_pylist(), _document),
    )
    for ids, describe in kinds:
        if what in ids:
            return describe(t, what)
    known = sorted(str(x) for ids, _ in kinds for x in ids)
    similar = [x for x in known if what.casefold() in x.casefold()][:8]
    raise InputError(
        f"nothing in the case is called {what!r}",
        expected="the id of a claim, origin, incident or document, or one of " + ", ".join(NUMBERS),
        todo="did you mean " + ", ".join(similar) if similar else "`leadline why CASE incidents` lists the ids",
    )


def _number(t: _Tables, what: str) -> Node:
    if what == "estimate":
        return Node(title="How much was not heard", children=tuple(_estimate(e) for e in t.estimates))
    if what == "documents":
        names = t.engine.read(schema.DOCUMENTS, ["document"]).column("document").to_pylist()
        return Node(title=_count(names, "document"), children=tuple(_carrier(t, n) for n in names))
    if what == "refusals":
        refused = list(t.engine.records(schema.REFUSALS, schema.Refusal))
        return Node(
            title=_count(refused, "item") + " refused",
            children=tuple(Node(title=r.document, details=(r.reason,)) for r in refused),
        )
    if what == "unread":
        unread = list(t.engine.records(schema.UNREAD, schema.Unread))
        return Node(
            title=_count(unread, "document") + " kept but not read",
            children=tuple(Node(title=u.document, details=(u.reason,)) for u in unread),
        )
    if what == "claims":
        standing = [c for c in t.claims if c not in t.rejected]
        rejected = f", {len(t.rejected)} rejected" if t.rejected else ""
        return Node(title=_count(standing, "claim") + rejected, children=tuple(_claim_line(t, c) for c in t.claims))
    if what == "origins":
        return Node(title=_count(t.origins, "origin"), children=tuple(_origin_line(o) for o in t.origins.values()))
    single = [i for i in t.incidents.values() if i.is_single_event]
    return Node(title=_count(single, "incident"), children=tuple(_incident_line(t, i) for i in single))


def _count(things: Sized, noun: str) -> str:
    return f"{len(things):,} {noun}{'' if len(things) == 1 else 's'}"


def _estimate(e: schema.Estimate) -> Node:
    head = f"between {e.range.lower:,.0f} and {e.range.upper:,.0f}" if e.estimable and e.range else "not estimable"
    lists = ", ".join(e.lists) or "none"
    models = tuple(Node(title=f"{m.name}: {_figure(m)}", details=(m.assumption,)) for m in e.models)
    return Node(
        title=f"{head} (stratum {e.stratum})",
        details=(f"observed: {e.observed}", f"lists: {lists}", *e.reasons),
        children=models,
    )


def _figure(m: schema.ModelEstimate) -> str:
    if m.n_hat is None:
        return "does not exist"
    upper = "unbounded" if m.upper is None else f"{m.upper:,.0f}"
    return f"{m.n_hat:,.0f} ({'unknown' if m.lower is None else f'{m.lower:,.0f}'} to {upper})"


def _incident_line(t: _Tables, i: schema.Incident) -> Node:
    """An incident with the words of the claim that the coding is surest of, as the dossier shows it."""
    claims = [t.claims[c] for c in i.claims if c in t.claims]
    best = max(claims, key=lambda c: (c.realis != "denied", c.confidence, c.claim_id), default=None)
    return Node(
        title=f"{i.incident_id}  {i.event}",
        details=(_counts(t, i), *_facts(i)),
        quote=best.quote if best else "",
        place=_where(best.document, best.start, best.end) if best else "",
    )


def _facts(i: schema.Incident) -> tuple[str, ...]:
    place = (f"place: {i.place.name}",) if i.place is not None else ()
    if i.time is None:
        return place
    return (*place, f"time: {interval(i.time.start, i.time.end)} ({i.time.phrase})")


def _counts(t: _Tables, i: schema.Incident) -> str:
    denying = sum(_denies(t, i, line.origins) for line in i.lines)
    counts = (
        f"documents: {i.n_documents}, outlets: {i.n_series}, origins: {i.n_origins}, independent: {i.n_independent}"
    )
    return counts + (f" (of these only denying it: {denying})" if denying else "")


def _denies(t: _Tables, i: schema.Incident, origins: Iterable[str]) -> bool:
    """Whether all that a line says of the incident is that there was none."""
    said = {c for o in origins if o in t.origins for c in t.origins[o].claims} & set(i.claims)
    return {t.claims[c].realis for c in said if c in t.claims} == {"denied"}


def _incident(t: _Tables, incident_id: str) -> Node:
    i = t.incidents[incident_id]
    lines = tuple(
        Node(
            title=f"line {n}{' only denies it' if _denies(t, i, line.origins) else ''}: {line.reason}",
            children=tuple(_origin(t, o) for o in line.origins if o in t.origins),
        )
        for n, line in enumerate(i.lines, 1)
    )
    judged = _judged(t, i.claims, "incident")
    conflicts = tuple(Node(title=f"sources disagree about {c.field}", details=c.values) for c in i.conflicts)
    counted = {c for line in i.lines for o in line.origins if o in t.origins for c in t.origins[o].claims}
    rest = tuple(_claim(t, c) for c in i.claims if c not in counted)
    without = "claims that count as no line of evidence (lineage unnamed, or a voice not shown to be first-hand)"
    uncounted = (Node(title=without, children=rest),) if rest else ()
    return Node(
        title=f"{i.event} ({i.incident_id})",
        details=(_counts(t, i), *_facts(i)),
        children=(*lines, *uncounted, *conflicts, *judged),
    )


def _origin_line(o: schema.Origin) -> Node:
    return Node(
        title=f"{o.origin_id}  {_origin_name(o)}", details=(f"claims: {len(o.claims)}, documents: {len(o.documents)}",)
    )


def _origin_name(o: schema.Origin) -> str:
    released = f", released by {o.released_by}" if o.released_by else ""
    return f"{o.kind} of {o.speaker or 'an unnamed source'}{released}"


def _origin(t: _Tables, origin_id: str) -> Node:
    o = t.origins[origin_id]
    ties = tuple(
        Node(
            title=f"not independent of {tie.origin_r if tie.origin_l == origin_id else tie.origin_l}: {tie.reason}",
            children=_evidence(tie.evidence),
        )
        for tie in t.ties
        if origin_id in {tie.origin_l, tie.origin_r}
    )
    return Node(
        title=f"{_origin_name(o)} ({origin_id})",
        details=(f"carried by {', '.join(o.documents)}",),
        children=(
            *_evidence(o.evidence),
            *ties,
            *_judged(t, o.claims, "line"),
            *(_claim(t, c) for c in o.claims if c in t.claims),
        ),
    )


def _evidence(evidence: tuple[schema.Evidence, ...]) -> tuple[Node, ...]:
    return tuple(Node(title=e.note, quote=e.quote or "", place=_where(e.document, e.start, e.end)) for e in evidence)


DONE = {"accept": "accepted", "correct": "corrected", "reject": "rejected"}


def _review(t: _Tables, claim_id: str) -> tuple[str, ...]:
    """What people decided about a claim, and who: without it nobody has looked at what the machine read."""
    return tuple(
        f"{DONE[j.decision]} by {j.by} (entry {j.seq}): {f'{j.field}={j.value}, ' if j.field else ''}{j.why}"
        for j in t.judgements.get(claim_id, ())
        if j.about == "claim"
    )


def _judged(t: _Tables, claims: Iterable[str], about: str) -> tuple[Node, ...]:
    """People's decisions about what some of these claims belong to."""
    found = {j.seq: j for c in claims for j in t.judgements.get(c, ()) if j.about == about}
    told = {"incident": "one incident", "line": "one line of evidence"}[about]
    return tuple(
        Node(
            title=f"judged {'' if j.decision == 'same' else 'not '}to be {told} by {j.by} (entry {j.seq}): {j.why}",
            details=(", ".join(j.left), ", ".join(j.right)),
        )
        for _, j in sorted(found.items())
    )


def _where(document: str | None, start: int | None, end: int | None) -> str:
    return f"{document}:{start}-{end}" if document is not None and start is not None else document or ""


def _claim_line(t: _Tables, claim_id: str) -> Node:
    c = t.claims[claim_id]
    return Node(
        title=f"{claim_id}  {c.event}, {c.realis}",
        details=_review(t, claim_id),
        quote=c.quote,
        place=_where(c.document, c.start, c.end),
    )


def _claim(t: _Tables, claim_id: str) -> Node:
    c = t.claims[claim_id]
    hops = tuple(
        Node(
            title=f"according to {h.canonical}" + (f" (named “{h.name}”)" if h.name != h.canonical else ""),
            details=(f"cue: {h.cue}",) if h.cue else (),
            place=_where(c.document, h.start, h.end),
        )
        for h in c.chain
    )
    own = () if hops else (Node(title="in the document's own voice"),)
    details = [f"medium: {c.medium}", f"verification: {c.verification}"]
    if c.number is not None:
        details.append(f"number: {bounds(c.number)}")
    details.extend(f"place: {_place(p)}" for p in c.places)
    if c.time is not None:
        details.append(f"time: {interval(c.time.start, c.time.end)}, from “{c.time.phrase}”")
    if c.estimative is not None:
        scale = (
            f": {c.estimative.low:.0%} to {c.estimative.high:.0%} on the scale {c.estimative.scale}"
            if c.estimative.scale and c.estimative.low is not None and c.estimative.high is not None
            else ", on no published scale"
        )
        details.append(f"estimative language: “{c.estimative.phrase}”{scale}")
    incidents = ", ".join(t.incidents_of.get(claim_id, ["none"]))
    details.append(f"origin: {t.origin_of.get(claim_id, 'unnamed')}; incident: {incidents}")
    return Node(
        title=f"{c.event}, {c.realis} ({claim_id})",
        details=(*details, *_review(t, claim_id)),
        quote=c.quote,
        place=_where(c.document, c.start, c.end),
        children=(*hops, *own),
    )


def _place(p: schema.Place) -> str:
    if p.lat is None or p.lon is None or p.precision_m is None:
        return f"{p.name}, position unknown"
    return f"{p.name}, within {p.precision_m / 1000:,.0f} km of {p.lat:.2f}, {p.lon:.2f}"


def _carrier(t: _Tables, name: str) -> Node:
    carrier = t.carriers.get(name)
    return Node(
        title=f"{name}: {carrier.carrier_kind if carrier else 'unknown'}",
        children=_evidence(carrier.carrier_evidence if carrier else ()),
    )


def _document(t: _Tables, name: str) -> Node:
    d = next(x for x in t.engine.records(schema.DOCUMENTS, schema.Document) if x.document == name)
    published = (
        f"published {d.published.start} to {d.published.end} ({d.published.basis}: {d.published.evidence})"
        if d.published
        else "publication date unknown"
    )
    related = tuple(
        Node(
            title=f"{r.kind} ({r.direction}) {r.other if r.document == name else r.document}",
            details=(f"share {r.share:.0%}, score {r.score:.2f}",),
            children=_evidence(r.evidence),
        )
        for r in t.engine.records(schema.RELATIONS, schema.Relation)
        if name in {r.document, r.other}
    )
    claims = tuple(_claim_line(t, c.claim_id) for c in t.claims.values() if c.document == name)
    return Node(
        title=name,
        details=(f"SHA-256 {d.sha256}", published, f"publisher: {d.publisher or 'unknown'}"),
        children=(_carrier(t, name), *related, *claims),
    )
