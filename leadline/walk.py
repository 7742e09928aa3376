"""`leadline why`: from any number, incident, origin, claim or document down to the exact words.

What is shown passes through the masks of the pages: persons outside the register by role, protected places no finer than a
district, nothing of texts in which nobody looked for persons. An id that holds a name is shown masked, and found by that too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sized

import msgspec

from leadline import schema
from leadline.engine import Engine
from leadline.errors import InputError
from leadline.estimate.words import NO_ESTIMATE
from leadline.ingest.withdrawn import withdrawal_of
from leadline.judgements import judgements_that_apply
from leadline.judgements.claims import with_judgements
from leadline.judgements.naming import near
from leadline.ledger import Entry, Ledger
from leadline.publish import protected_events
from leadline.publish.highlight import segments
from leadline.publish.view import bounds, interval
from leadline.publish.view.masks import Masks
from leadline.publish.view.phrases import place, telling
from leadline.publish.view.tables import Tables
from leadline.register import load_register
from leadline.settings import Settings


class Node(msgspec.Struct, frozen=True, kw_only=True):
    """One step of the walk: what is asserted, what it rests on, and the words where there are any."""

    title: str
    details: tuple[str, ...] = ()
    quote: str = ""
    place: str = ""
    children: tuple[Node, ...] = ()


class _Tables(Tables):
    """The tables of the pages, with rejected claims too, and what masks names in them."""

    def __init__(self, engine: Engine, settings: Settings, *, names: bool) -> None:
        register = load_register(settings.registers, shipped=settings.shipped_register)
        super().__init__(engine, register, {}, protected_events(settings))
        self.judged: dict[str, list[schema.Judgement]] = {}
        applying = judgements_that_apply(engine)
        for j in applying:
            for c in (*j.left, *j.right):
                self.judged.setdefault(c, []).append(j)
        corrections = [j for j in applying if j.decision == "correct"]
        claims = with_judgements(engine.records(schema.CLAIMS, schema.Claim), corrections)
        # `rejected` stays what people rejected; here such claims are shown, and say so
        self.claims = {c.claim_id: c for c in claims}
        self.incident_of_id = {i.incident_id: i for i in self.incidents}
        self.estimates = list(engine.records(schema.ESTIMATES, schema.Estimate))
        self.masks = Masks(self, show=names)

    def words(self, c: schema.Claim) -> str:
        """A claim's own words, as the pages show them."""
        if c.document in self.masks.withheld:
            return "[withheld: nobody looked for persons in this text]"
        # The names are known by their offsets in the document, of which only the quote is at hand.
        pieces = segments(" " * c.start + c.quote, (), self.masks.names(c.document), start=c.start, end=c.end)
        return "".join(piece.text for piece in pieces)

    def where(self, document: str | None, start: int | None, end: int | None) -> str:
        """The place of words, by the name that the document has on the pages."""
        name = self.masks.file_name(document) if document else ""
        return f"{name}:{start}-{end}" if name and start is not None else name


NUMBERS = ("documents", "refusals", "unread", "claims", "origins", "incidents", "estimate")


def why(
    engine: Engine,
    what: str,
    settings: Settings | None = None,
    *,
    names: bool | None = None,
    ledger: Ledger | None = None,
) -> Node:
    """What an id or one of the summary's numbers rests on.

    `what` is the id of a claim, origin, incident or document, or one of `NUMBERS`. `settings` give the register, the codebook
    and whether pages print names; `names` overrules that. With the `ledger`, what was withdrawn is said to be. An unknown id
    is an `InputError` that lists similar ones.

    >>> from leadline.engine.duckdb import DuckDBEngine
    >>> from pathlib import Path
    >>> why(DuckDBEngine(Path("nowhere"), {}), "incidents").title
    '0 incidents'
    """
    settings = settings or Settings()
    t = _Tables(engine, settings, names=settings.names if names is None else names)
    if what in NUMBERS:
        return _number(t, what)
    documents = engine.read(schema.DOCUMENTS, ["document"]).column("document").to_pylist()
    kinds: tuple[tuple[Iterable[str], Callable[[str], str], Callable[[_Tables, str], Node]], ...] = (
        (t.claims, t.masks.claim_name, _claim),
        (t.incident_of_id, str, _incident),
        (t.origins, str, _origin),
        (documents, t.masks.document_id, _document),
        (documents, t.masks.file_name, _document),
    )
    for ids, _, describe in kinds:
        if what in ids:
            return describe(t, what)
    meant = [(describe, x) for ids, shown, describe in kinds for x in ids if shown(x) == what]
    if len(meant) == 1:
        describe, known = meant[0]
        return describe(t, known)
    if ledger is not None and (gone := withdrawal_of(ledger, what)) is not None:
        return _withdrawn(t, gone)
    if meant:
        raise InputError(
            f"{len(meant)} ids look like {what!r} where names are masked",
            expected="one of them",
            todo="`--names` shows them as they are (internal use only)",
        )
    every = sorted({shown(x) for ids, shown, _ in kinds for x in ids})
    similar = near(what, every)
    raise InputError(
        f"nothing in the case is called {what!r}",
        expected="the id of a claim, origin, incident or document, or one of " + ", ".join(NUMBERS),
        todo="did you mean " + ", ".join(similar)
        if similar
        else "`leadline why CASE incidents` (or claims, documents) lists the ids",
    )


def _withdrawn(t: _Tables, entry: Entry) -> Node:
    originals = [f"SHA-256 {sha256}" for sha256 in entry.payload["originals"]]
    return Node(
        title="withdrawn from this case",
        details=(
            f"when: {entry.time}",
            f"reason: {t.masks.all.mask(entry.payload['reason'])}",
            f"ledger entry: {entry.seq}",
            *originals,
        ),
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
            children=tuple(
                Node(title=t.masks.file_name(r.document), details=(t.masks.all.mask_file(r.reason),)) for r in refused
            ),
        )
    if what == "unread":
        unread = list(t.engine.records(schema.UNREAD, schema.Unread))
        return Node(
            title=_count(unread, "document") + " kept but not read",
            children=tuple(Node(title=t.masks.file_name(u.document), details=(u.reason,)) for u in unread),
        )
    if what == "claims":
        standing = [c for c in t.claims if c not in t.rejected]
        rejected = f", {len(t.rejected)} rejected" if t.rejected else ""
        return Node(title=_count(standing, "claim") + rejected, children=tuple(_claim_line(t, c) for c in t.claims))
    if what == "origins":
        return Node(title=_count(t.origins, "origin"), children=tuple(_origin_line(t, o) for o in t.origins.values()))
    single = [i for i in t.incidents if i.is_single_event]
    return Node(title=_count(single, "incident"), children=tuple(_incident_line(t, i) for i in single))


def _count(things: Sized, noun: str) -> str:
    return f"{len(things):,} {noun}{'' if len(things) == 1 else 's'}"


def _estimate(e: schema.Estimate) -> Node:
    head = f"between {e.range.lower:,.0f} and {e.range.upper:,.0f}" if e.estimable and e.range else "not estimable"
    lists = ", ".join(e.lists) or "none"
    refused = "" if e.estimable else "not an estimate: "
    models = tuple(Node(title=f"{refused}{m.name}: {_figure(m)}", details=(m.assumption,)) for m in e.models)
    if models and refused:
        models = (Node(title=f"what each model would give; {NO_ESTIMATE}", children=models),)
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


def _facts(t: _Tables, i: schema.Incident) -> tuple[str, ...]:
    where = (
        (f"place: {t.masks.all.mask_place(i.place.name, resolved=i.place.gazetteer_id is not None)}",)
        if i.place is not None
        else ()
    )
    if i.time is None:
        return where
    return (*where, f"time: {interval(i.time.start, i.time.end)} ({t.masks.all.mask(i.time.phrase)})")


def _counts(t: _Tables, i: schema.Incident) -> str:
    denying = sum(_denies(t, i, line.origins) for line in i.lines)
    unknown = f", publishers of {i.n_no_publisher} unknown" if i.n_no_publisher else ""
    counts = f"documents: {i.n_documents}{unknown}, outlets: {i.n_series}, origins: {i.n_origins}, independent: {i.n_independent}"
    return counts + (f" (beside them, only denying it: {denying})" if denying else "")


def _denies(t: _Tables, i: schema.Incident, origins: Iterable[str]) -> bool:
    """Whether all that a line says of the incident is that there was none."""
    said = {c for o in origins if o in t.origins for c in t.origins[o].claims} & set(i.claims)
    return {t.claims[c].realis for c in said if c in t.claims} == {"denied"}


def _incident(t: _Tables, incident_id: str) -> Node:
    i, here = t.incident_of_id[incident_id], frozenset(t.incident_of_id[incident_id].claims)
    lines = tuple(
        Node(
            title=f"line {n}{' only denies it' if _denies(t, i, line.origins) else ''}: {t.masks.all.mask_file(line.reason)}",
            children=tuple(_origin(t, o, here) for o in line.origins if o in t.origins),
        )
        for n, line in enumerate(i.lines, 1)
    )
    judged = _judged(t, i.claims, "incident")
    conflicts = tuple(Node(title=f"sources disagree about {c.field}", details=_values(t, i, c)) for c in i.conflicts)
    counted = {c for line in i.lines for o in line.origins if o in t.origins for c in t.origins[o].claims}
    rest = tuple(_claim(t, c) for c in i.claims if c not in counted)
    without = "claims that count as no line of evidence (lineage unnamed, or a voice not shown to be first-hand)"
    uncounted = (Node(title=without, children=rest),) if rest else ()
    return Node(
        title=f"{i.event} ({i.incident_id})",
        details=(_counts(t, i), *_facts(t, i)),
        children=(*lines, *uncounted, *conflicts, *judged),
    )


def _values(t: _Tables, i: schema.Incident, c: schema.Conflict) -> tuple[str, ...]:
    """The values that sources give; who denies it and who tells it, by name."""
    if c.field != "realis":
        return tuple(t.masks.all.mask(v) for v in c.values)
    who: dict[str, dict[str, None]] = {}
    for claim in (t.claims[x] for x in i.claims if x in t.claims):
        name = claim.chain[0].canonical or claim.chain[0].name if claim.chain else t.masks.file_name(claim.document)
        who.setdefault("denied" if claim.realis == "denied" else "told", {})[t.masks.all.mask(name)] = None
    return tuple(f"{v} by {', '.join(who.get(v, {}))}" for v in c.values)


def _origin_line(t: _Tables, o: schema.Origin) -> Node:
    return Node(
        title=f"{o.origin_id}  {_origin_name(t, o)}",
        details=(f"claims: {len(o.claims)}, documents: {len(o.documents)}",),
    )


def _origin_name(t: _Tables, o: schema.Origin) -> str:
    released = f", released by {t.masks.source(o.released_by)}" if o.released_by else ""
    return f"{o.kind} of {t.masks.source(o.speaker) if o.speaker else 'an unnamed source'}{released}"


def _origin(t: _Tables, origin_id: str, here: frozenset[str] | None = None) -> Node:
    """An origin with its claims; beside one incident, those that are not `here` stand apart and say so."""
    o = t.origins[origin_id]
    ties = tuple(
        Node(
            title=f"not independent of {tie.origin_r if tie.origin_l == origin_id else tie.origin_l}: {tie.reason}",
            children=_evidence(t, tie.evidence),
        )
        for tie in t.ties
        if origin_id in {tie.origin_l, tie.origin_r}
    )
    claims = [c for c in o.claims if c in t.claims]
    others = [c for c in claims if here is not None and c not in here]
    elsewhere = Node(
        title=f"not about this incident: {_count(others, 'claim')} of the same origin, shown for what else it says",
        children=tuple(_claim_line(t, c) for c in others),
    )
    return Node(
        title=f"{_origin_name(t, o)} ({origin_id})",
        details=(f"carried by {', '.join(t.masks.file_name(d) for d in o.documents)}",),
        children=(
            *_evidence(t, o.evidence),
            *ties,
            *_judged(t, o.claims, "line"),
            *(_claim(t, c) for c in claims if here is None or c in here),
            *((elsewhere,) if others else ()),
        ),
    )


def _evidence(t: _Tables, evidence: tuple[schema.Evidence, ...]) -> tuple[Node, ...]:
    shown = zip(evidence, (t.masks.reasons((e,))[0] for e in evidence), strict=True)
    return tuple(Node(title=r.note, quote=r.quote, place=t.where(e.document, e.start, e.end)) for e, r in shown)


DONE = {"accept": "accepted", "correct": "corrected", "reject": "rejected"}


def _review(t: _Tables, claim_id: str) -> tuple[str, ...]:
    """What people decided about a claim, and who: without it nobody has looked at what the machine read."""
    return tuple(
        t.masks.all.mask(
            f"{DONE[j.decision]} by {j.by} (entry {j.seq}): {f'{j.field}={j.value}, ' if j.field else ''}{j.why}"
        )
        for j in t.judged.get(claim_id, ())
        if j.about == "claim"
    )


def _judged(t: _Tables, claims: Iterable[str], about: str) -> tuple[Node, ...]:
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


def _claim_line(t: _Tables, claim_id: str) -> Node:
    c = t.claims[claim_id]
    return Node(
        title=f"{t.masks.claim_name(claim_id)}  {c.event}, {c.realis}",
        details=_review(t, claim_id),
        quote=t.words(c),
        place=t.where(c.document, c.start, c.end),
    )


def _claim(t: _Tables, claim_id: str) -> Node:
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


def _carrier(t: _Tables, name: str) -> Node:
    carrier, shown = t.carriers.get(name), t.masks.file_name(name)
    return Node(
        title=f"{shown}: {carrier.carrier_kind if carrier else 'unknown'}",
        details=(f"id: {t.masks.document_id(name)}",) if shown != name else (),
        children=_evidence(t, carrier.carrier_evidence if carrier else ()),
    )


def _document(t: _Tables, name: str) -> Node:
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
            children=_evidence(t, r.evidence),
        )
        for r in t.engine.records(schema.RELATIONS, schema.Relation)
        if name in {r.document, r.other}
    )
    claims = tuple(_claim_line(t, c.claim_id) for c in t.claims.values() if c.document == name)
    shown = t.masks.file_name(name)
    return Node(
        title=shown,
        details=(
            *((f"id: {t.masks.document_id(name)}",) if shown != name else ()),
            f"SHA-256 {d.sha256}",
            published,
            f"publisher: {t.masks.publisher(d.publisher, t.masks.names(name)) or 'unknown'}",
        ),
        children=(_carrier(t, name), *related, *claims),
    )
