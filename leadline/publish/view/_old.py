"""What the pages show, as typed records, made from the tables: no page looks anything up by itself.

Everything that a person's name could stand in passes through `Names` here, before a template sees it.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence

import msgspec

from leadline import schema
from leadline.engine import Engine
from leadline.publish.highlight import Mark, Segment, around, segments
from leadline.publish.redact import Names, coarse
from leadline.register import Register

DISPUTED = {"realis": "whether it is so", "number": "count"}  # fields of conflicts, for people


class HopView(msgspec.Struct, frozen=True, kw_only=True):
    """One step of a chain, speaker first."""

    name: str
    as_named: str
    cue: str


class ClaimView(msgspec.Struct, frozen=True, kw_only=True):
    """One claim beside its words; `shown_id` is its id as pages may print it."""

    claim_id: str
    shown_id: str
    anchor: str
    document: str
    document_page: str
    publisher: str
    published: str
    context: tuple[Segment, ...]
    event: str
    realis: str
    medium: str
    verification: str
    hops: tuple[HopView, ...]
    facts: tuple[tuple[str, str], ...]
    has_named_lineage: bool
    incident_page: str | None
    confidence: float


class ReasonView(msgspec.Struct, frozen=True, kw_only=True):
    """Why something is asserted, with the words."""

    note: str
    quote: str
    document: str


class OriginView(msgspec.Struct, frozen=True, kw_only=True):
    """One origin and the claims of one incident that rest on it."""

    origin_id: str
    title: str
    documents: tuple[str, ...]
    reasons: tuple[ReasonView, ...]
    claims: tuple[ClaimView, ...]


class LineView(msgspec.Struct, frozen=True, kw_only=True):
    """One independent line of evidence; `denies` where all that it says of the incident is that there was none."""

    reason: str
    ties: tuple[ReasonView, ...]
    origins: tuple[OriginView, ...]
    denies: bool


class IncidentView(msgspec.Struct, frozen=True, kw_only=True):
    """One incident with all that its page says; `only_denied` where nobody tells it and somebody denies it."""

    incident: schema.Incident
    page: str
    label: str
    words: str
    where: str
    when: str
    counted: str
    lines: tuple[LineView, ...]
    unnamed: tuple[ClaimView, ...]
    conflicts: tuple[tuple[str, tuple[str, ...]], ...]
    pairs: tuple[schema.Pair, ...]
    n_denying: int = 0
    only_denied: bool = False


class DocumentView(msgspec.Struct, frozen=True, kw_only=True):
    """One document with its marked text; no text where it is `withheld` (persons in it are not known to be hidden)."""

    document: schema.Document
    name: str
    title: str
    publisher: str
    credits: str
    page: str
    withheld: bool
    published: str
    carrier_kind: str
    reasons: tuple[ReasonView, ...]
    relations: tuple[tuple[str, str, str, tuple[ReasonView, ...]], ...]
    text: tuple[Segment, ...]
    claims: tuple[ClaimView, ...]
    n_boilerplate: int


class SourceView(msgspec.Struct, frozen=True, kw_only=True):
    """One source to whom claims are attributed."""

    name: str
    kind: str
    grade: str
    n_claims: int
    n_documents: int
    n_origins: int


def page_name(folder: str, record_id: str) -> str:
    """File of a record's page: a digest, so that no name gets into an address.

    >>> page_name("incidents", "i1")
    'incidents/4cd9b7672d7f.html'
    """
    return f"{folder}/{hashlib.sha256(record_id.encode()).hexdigest()[:12]}.html"


def anchor(claim_id: str) -> str:
    """Address of a claim within a page."""
    return "c" + hashlib.sha256(claim_id.encode()).hexdigest()[:10]


def interval(start: str | None, end: str | None) -> str:
    """An interval for people.

    >>> interval("2022-09-01", "2022-09-30"), interval("2022-02-01", None), interval(None, None)
    ('2022-09-01 to 2022-09-30', 'from 2022-02-01 on', 'time unknown')
    """
    if start and end:
        return start if start == end else f"{start} to {end}"
    if start:
        return f"from {start} on"
    return f"until {end}" if end else "time unknown"


def bounds(n: schema.Number) -> str:
    """A count for people.

    >>> bounds(schema.Number(low=50000, high=None, unit="soldiers"))
    'at least 50,000 soldiers'
    """
    low, high = (None if x is None else f"{x:,.0f}" if float(x).is_integer() else f"{x:,}" for x in (n.low, n.high))
    if low is None:
        return f"at most {high} {n.unit}"
    if high is None:
        return f"at least {low} {n.unit}"
    return f"{low} {n.unit}" if low == high else f"{low} to {high} {n.unit}"


def unquoted(words: str) -> str:
    """Words that will stand in quotation marks, without marks at their ends that enclose them all or have no partner.

    >>> unquoted("“We refused"), unquoted("“We refused”"), unquoted("he said “no”"), unquoted('"We refused.')
    ('We refused', 'We refused', 'he said “no”', 'We refused.')
    """
    for opening, closing in ("“”", "«»", '""'):
        first, last = words.startswith(opening), words.endswith(closing)
        inner = words[first : len(words) - last]
        if first and last and opening not in inner and closing not in inner:
            return inner
        odd = words.count(opening) % 2 if opening == closing else words.count(opening) - words.count(closing)
        if first and odd > 0:
            return words[1:]
        if last and (odd < 0 or (odd and opening == closing)):
            return words[:-1]
    return words


def all_denied(realis: Iterable[str]) -> bool:
    """Whether there are claims and each is a denial.

    >>> all_denied(["denied"]), all_denied(["denied", "actual"]), all_denied([])
    (True, False, False)
    """
    return set(realis) == {"denied"}


class Views:
    """All views of a case; documents are streamed, since their texts are the large part."""

    def __init__(
        self, engine: Engine, register: Register, labels: dict[str, str], protected: frozenset[str], *, names: bool
    ) -> None:
        self.engine, self.register, self.labels, self.protected = engine, register, labels, protected
        self.claims = {c.claim_id: c for c in engine.records(schema.CLAIMS, schema.Claim)}
        self.origins = {o.origin_id: o for o in engine.records(schema.ORIGINS, schema.Origin)}
        self.incidents = list(engine.records(schema.INCIDENTS, schema.Incident))
        self.origin_of = {r.claim_id: r.origin_id for r in engine.records(schema.CLAIM_ORIGINS, schema.ClaimOrigin)}
        self.incident_of = {c: i.incident_id for i in self.incidents for c in i.claims}
        self.carriers = {c.document: c for c in engine.records(schema.CARRIERS, schema.Carrier)}
        self.ties = list(engine.records(schema.ORIGIN_TIES, schema.OriginTie))
        self.relations: dict[str, list[schema.Relation]] = defaultdict(list)
        for r in engine.records(schema.RELATIONS, schema.Relation):
            self.relations[r.document].append(r)
            self.relations[r.other].append(r)
        people = list(engine.records(schema.PERSONS, schema.PersonMention))
        by_document: dict[str, list[schema.PersonMention]] = defaultdict(list)
        for p in people:
            by_document[p.document].append(p)
        everyone = Names((p for p in people if len(p.name.split()) > 1), show=names, last_names=False)
        self.names = {d: Names(ms, show=names, others=everyone) for d, ms in by_document.items()}
        self.all_names = Names(people, show=names)
        self.nobody = Names((), show=names, others=everyone)
        # Nobody looked for persons in a text that was not read: it is not shown, lest it name one.
        unread = {u.document for u in engine.records(schema.UNREAD, schema.Unread)}
        languages = engine.read(schema.DOCUMENTS, ["document", "language"]).to_pylist()
        unread |= {d["document"] for d in languages if d["language"] not in (None, "en")}
        self.withheld = frozenset[str]() if names else frozenset(unread)
        self.claim_views: dict[str, ClaimView] = {}
        self.by_document: dict[str, list[schema.Claim]] = defaultdict(list)
        for c in self.claims.values():
            self.by_document[c.document].append(c)
        self.pairs: dict[str, list[schema.Pair]] = defaultdict(list)
        for pair in engine.records(schema.PAIRS, schema.Pair):
            home = self.incident_of.get(pair.claim_l)
            if home is not None and home == self.incident_of.get(pair.claim_r):
                self.pairs[home].append(pair)

    def label(self, event: str) -> str:
        """An event code for people."""
        return self.labels.get(event, event.replace("-", " "))

    # -- documents ---------------------------------------------------------------------------------------------------

    def documents(self) -> Iterator[DocumentView]:
        """A view of each document, in the table's order; fills `claim_views` on the way."""
        for d in self.engine.records(schema.DOCUMENTS, schema.Document):
            names = self.names.get(d.document, self.nobody)
            claims = sorted(self.by_document.get(d.document, []), key=lambda c: (c.start, c.end, c.claim_id))
            marks = [
                Mark(start=a, end=b, kind="boilerplate", label="page furniture: feeds no claim")
                for a, b in d.boilerplate
            ]
            marks += [
                Mark(
                    start=c.start,
                    end=c.end,
                    kind="claim",
                    anchor=anchor(c.claim_id),
                    label=f"{self.label(c.event)}, {c.realis}",
                )
                for c in claims
            ]
            for c in claims:
                self.claim_views[c.claim_id] = self._claim(c, d, names)
            carrier = self.carriers.get(d.document)
            withheld = d.document in self.withheld
            yield DocumentView(
                document=d,
                name=self.file_name(d.document),
                title=names.mask(d.title) if d.title and not withheld else self.file_name(d.document),
                publisher=self._publisher(d.publisher, names),
                credits=self._publisher(d.origin_publisher, names),
                page=page_name("documents", d.document),
                withheld=withheld,
                published=self._published(d),
                carrier_kind=carrier.carrier_kind if carrier else "unknown",
                reasons=self._reasons(carrier.carrier_evidence if carrier else ()),
                relations=tuple(self._relation(r, d.document) for r in self.relations.get(d.document, [])),
                text=() if withheld else tuple(segments(d.text, marks, names)),
                claims=tuple(self.claim_views[c.claim_id] for c in claims),
                n_boilerplate=sum(b - a for a, b in d.boilerplate),
            )

    def file_name(self, document: str) -> str:
        """A document's name without names of persons; where the document was not read, by the persons of all others."""
        return self.names.get(document, self.all_names).mask_file(document)

    def claim_name(self, claim_id: str) -> str:
        """A claim's id, which begins with its document's name, as pages may print it."""
        claim = self.claims.get(claim_id)
        return claim_id if claim is None else self.names.get(claim.document, self.all_names).mask_file(claim_id)

    def _publisher(self, publisher: str | None, names: Names) -> str:
        if publisher is None:
            return ""
        return publisher if self.register.resolve(publisher) else names.mask(publisher)

    @staticmethod
    def _published(d: schema.Document) -> str:
        if d.published is None:
            return "publication date unknown"
        return f"{interval(d.published.start, d.published.end)} ({d.published.basis})"

    def _relation(self, r: schema.Relation, document: str) -> tuple[str, str, str, tuple[ReasonView, ...]]:
        other = r.other if r.document == document else r.document
        taken = {"from": r.document, "to": r.other}.get(r.direction)
        way = "direction unknown" if taken is None else "took from it" if taken == document else "was taken from"
        return (
            f"{r.kind}, {way}, share {r.share:.0%}, score {r.score:.2f}",
            self.file_name(other),
            page_name("documents", other),
            self._reasons(r.evidence),
        )

    def _reasons(self, evidence: Iterable[schema.Evidence]) -> tuple[ReasonView, ...]:
        out = []
        for e in evidence:
            names = self.names.get(e.document, self.nobody) if e.document else self.all_names
            out.append(
                ReasonView(
                    note=self.all_names.mask_file(e.note),  # notes name documents
                    quote="" if e.document in self.withheld else names.mask(e.quote or ""),
                    document=self.file_name(e.document) if e.document else "",
                )
            )
        return tuple(out)

    # -- claims ------------------------------------------------------------------------------------------------------

    def _claim(self, c: schema.Claim, d: schema.Document, names: Names) -> ClaimView:
        left, right = around(d.text, c.start, c.end)
        context = segments(d.text, [Mark(start=c.start, end=c.end, kind="claim")], names, start=left, end=right)
        incident = self.incident_of.get(c.claim_id)
        return ClaimView(
            claim_id=c.claim_id,
            shown_id=self.claim_name(c.claim_id),
            anchor=anchor(c.claim_id),
            document=self.file_name(d.document),
            document_page=page_name("documents", d.document),
            publisher=self._publisher(d.publisher, names) or "publisher unknown",
            published=self._published(d),
            context=tuple(context),
            event=self.label(c.event),
            realis=c.realis,
            medium=c.medium,
            verification=c.verification,
            hops=tuple(
                HopView(
                    name=names.mask(h.canonical),
                    as_named=names.mask(h.name) if h.name != h.canonical else "",
                    cue=names.mask(h.cue),
                )
                for h in reversed(c.chain)
            ),
            facts=tuple(self._facts(c, names)),
            has_named_lineage=self._named(c.claim_id),
            incident_page=page_name("incidents", incident) if incident else None,
            confidence=c.confidence,
        )

    def _named(self, claim_id: str) -> bool:
        origin = self.origins.get(self.origin_of.get(claim_id, ""))
        return origin is not None and origin.kind not in schema.UNNAMED_KINDS

    def _facts(self, c: schema.Claim, names: Names) -> Iterator[tuple[str, str]]:
        if c.number is not None:
            yield "count", names.mask(bounds(c.number))
        for p in c.places:
            yield "place", self.place(p, protect=c.event in self.protected)
        if c.time is not None:
            yield "time", f"{interval(c.time.start, c.time.end)}, from “{names.mask(c.time.phrase)}”"
        if c.historical:
            yield "period", "historical: outside the document's own time"
        if c.unit is not None:
            yield "unit", names.mask(c.unit)
        if c.actor is not None:
            yield "whose conduct", c.actor
        if c.estimative is not None:
            e = c.estimative
            scaled = e.scale and e.low is not None and e.high is not None
            yield (
                "estimative language",
                f"“{e.phrase}”: {e.low:.0%} to {e.high:.0%} on the scale {e.scale}"
                if scaled
                else f"“{e.phrase}”, on no published scale",
            )

    @staticmethod
    def place(p: schema.Place, *, protect: bool) -> str:
        """A place for people, no finer than it may be drawn."""
        drawn = coarse(p, protect=protect)
        if drawn.lat is None or drawn.lon is None:
            return f"{p.name} (position unknown)"
        radius = f"within {drawn.precision_m / 1000:,.0f} km of " if drawn.precision_m else "near "
        return f"{p.name} ({radius}{abs(drawn.lat):.2f}° {'N' if drawn.lat >= 0 else 'S'}, {abs(drawn.lon):.2f}° {'E' if drawn.lon >= 0 else 'W'})"

    # -- incidents ---------------------------------------------------------------------------------------------------

    def incident_views(self) -> list[IncidentView]:
        """A view of each incident; call after `documents` was exhausted."""
        return [self._incident(i) for i in self.incidents]

    def _incident(self, i: schema.Incident) -> IncidentView:
        here = set(i.claims)
        lines = []
        for line in i.lines:
            members = set(line.origins)
            ties = [t for t in self.ties if t.origin_l in members and t.origin_r in members]
            reasons = tuple(
                r
                for t in ties
                for r in (
                    ReasonView(
                        note=f"{t.reason.replace('-', ' ')}: {self._origin_title(t.origin_l)} and {self._origin_title(t.origin_r)}",
                        quote="",
                        document="",
                    ),
                    *self._reasons(t.evidence),
                )
            )
            origins = tuple(self._origin(o, here) for o in line.origins if o in self.origins)
            lines.append(
                LineView(
                    reason=self.all_names.mask_file(line.reason),
                    ties=reasons,
                    origins=origins,
                    denies=all_denied(c.realis for o in origins for c in o.claims),
                )
            )
        in_lines = {c for o in i.lines for x in o.origins if x in self.origins for c in self.origins[x].claims}
        return IncidentView(
            incident=i,
            page=page_name("incidents", i.incident_id),
            label=self.label(i.event),
            words=self._words(i),
            where=self.place(i.place, protect=i.event in self.protected) if i.place else "place unknown",
            when=interval(i.time.start, i.time.end) if i.time else "time unknown",
            counted=self.all_names.mask(bounds(i.number)) if i.number else "",
            lines=tuple(lines),
            unnamed=tuple(self.claim_views[c] for c in i.claims if c not in in_lines and c in self.claim_views),
            conflicts=tuple(
                (DISPUTED.get(c.field, c.field), tuple(self.all_names.mask(v) for v in c.values)) for c in i.conflicts
            ),
            pairs=tuple(
                sorted(self.pairs.get(i.incident_id, []), key=lambda p: (-p.probability, p.claim_l, p.claim_r))[:50]
            ),
            n_denying=sum(line.denies for line in lines),
            only_denied=all_denied(self.claims[c].realis for c in i.claims if c in self.claims),
        )

    def _words(self, i: schema.Incident) -> str:
        """The words of the claim that a machine is surest of, a denial's only where nobody tells it; one line, masked."""
        best = max(
            (self.claim_views[c] for c in i.claims if c in self.claim_views),
            key=lambda c: (c.realis != "denied", c.confidence, c.claim_id),
            default=None,
        )
        if best is None:
            return ""
        words = unquoted(" ".join("".join(s.text for s in best.context if "claim" in s.kinds).split()))
        return words if len(words) <= 150 else words[:150].rsplit(" ", 1)[0] + " …"

    def _origin_title(self, origin_id: str) -> str:
        o = self.origins.get(origin_id)
        if o is None:
            return origin_id
        speaker = f" of {o.speaker}" if o.speaker else ""
        released = f", released by {o.released_by}" if o.released_by and o.released_by != o.speaker else ""
        return self.all_names.mask(f"{o.kind}{speaker}{released}" + (f", {o.date}" if o.date else ""))

    def _origin(self, origin_id: str, here: set[str]) -> OriginView:
        o = self.origins[origin_id]
        return OriginView(
            origin_id=origin_id,
            title=self._origin_title(origin_id),
            documents=tuple(self.file_name(d) for d in o.documents),
            reasons=self._reasons(o.evidence),
            claims=tuple(self.claim_views[c] for c in o.claims if c in here and c in self.claim_views),
        )

    # -- sources and totals ------------------------------------------------------------------------------------------

    def sources(self) -> list[SourceView]:
        """Sources by number of claims; a grade stands only where somebody gave one."""
        claims: Counter[str] = Counter()
        documents: dict[str, set[str]] = defaultdict(set)
        origins: dict[str, set[str]] = defaultdict(set)
        for c in self.claims.values():
            for name in {h.canonical for h in c.chain}:
                claims[name] += 1
                documents[name].add(c.document)
                if c.claim_id in self.origin_of:
                    origins[name].add(self.origin_of[c.claim_id])
        return [
            self._source(n, k, len(documents[n]), len(origins[n]))
            for n, k in sorted(claims.items(), key=lambda x: (-x[1], x[0]))
        ]

    def _source(self, name: str, n_claims: int, n_documents: int, n_origins: int) -> SourceView:
        entry = self.register.resolve(name)
        grade = (
            f"{entry.reliability.grade}, by {entry.reliability.by} on {entry.reliability.date}"
            if entry and entry.reliability
            else "not graded"
        )
        kind = entry.kind if entry else "not in the register"
        return SourceView(
            name=name if entry else self.all_names.mask(name),
            kind=kind,
            grade=grade,
            n_claims=n_claims,
            n_documents=n_documents,
            n_origins=n_origins,
        )

    def independent_lines(self) -> int:
        """Lines of evidence in the whole case, see `lines_in_all`."""
        return lines_in_all(self.incidents, self.ties)


def lines_in_all(incidents: Sequence[schema.Incident], ties: Iterable[schema.OriginTie]) -> int:
    """Lines of evidence behind all incidents: origins that count anywhere, joined by every tie, in whichever incidents.

    A line that is behind several incidents counts once, so the figures of the incidents do not add up to this one.

    >>> line = schema.EvidenceLine(origins=("o1",), reason="alone")
    >>> one = schema.Incident(incident_id="i1", event="refusal", claims=(), documents=(), origins=("o1",), n_documents=1,
    ...     n_series=1, n_origins=1, n_independent=1, lines=(line,))
    >>> lines_in_all([one, msgspec.structs.replace(one, incident_id="i2")], ())
    1
    """
    parent: dict[str, str] = {}

    def root(x: str) -> str:
        while parent.setdefault(x, x) != x:
            parent[x] = parent[parent[x]]
            x = parent[x]
        return x

    for tie in ties:
        parent[root(tie.origin_l)] = root(tie.origin_r)
    for line in (line for i in incidents for line in i.lines):
        for o in line.origins:
            parent[root(o)] = root(line.origins[0])
    return len({root(o) for i in incidents for line in i.lines for o in line.origins})
