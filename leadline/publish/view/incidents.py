"""Incidents: their lines of evidence with the reason of every merge, their disagreements, and what they may be called."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from leadline import schema
from leadline.publish.view.disputes import dispute
from leadline.publish.view.documents import took_from
from leadline.publish.view.masks import Masks
from leadline.publish.view.phrases import (
    all_denied,
    bounds,
    interval,
    page_name,
    place,
    place_short,
    shortened,
    telling,
    unquoted,
)
from leadline.publish.view.records import Carried, ClaimView, IncidentView, LineView, OriginView, ReasonView
from leadline.publish.view.tables import Tables
from leadline.publish.words import code, say

MANY = 150  # claims of one incident from which its page shows the first ones of each origin and the rest stand on pages of their own
FEW = 3  # claims of an origin that are shown then
PAIRS = 50
WEAK = 0.8  # a posterior probability below which the link that holds an incident together is called weak
REASONS = 40
LINES = 150


def incident_view(
    t: Tables, m: Masks, i: schema.Incident, claims: Mapping[str, ClaimView], publishers: Mapping[str, str]
) -> IncidentView:
    """One incident; `claims` holds every claim's view, `publishers` every document's publisher as pages name it."""
    few = FEW if len(i.claims) > MANY else None
    lines = tuple(_line(t, m, line, set(i.claims), claims, few) for line in i.lines[:LINES])
    counted = {c for o in i.lines for x in o.origins if x in t.origins for c in t.origins[x].claims}
    mine = tuple(claims[c] for c in i.claims if c in claims)
    unnamed = tuple(c for c in mine if c.claim_id not in counted)
    pairs = sorted(t.pairs.get(i.incident_id, []), key=lambda p: (-p.probability, p.claim_l, p.claim_r))
    protected = i.event in t.protected
    fine = not t.protection.covers(i.event, i.place)
    resolved = i.place is not None and i.place.gazetteer_id is not None
    reviewed = sum(c in t.reviews for c in i.claims)
    touched = reviewed or any(c in t.paired for c in i.claims)
    weakest = _weakest_link(i.claims, pairs)
    return IncidentView(
        incident=i,
        page=page_name("incidents", i.incident_id),
        label=t.label(i.event),
        words=_words(mine),
        where=m.all.mask_place(place(i.place, protect=not fine), resolved=resolved)
        if i.place
        else say("place.unknown"),
        when=interval(i.time.start, i.time.end) if i.time else say("time.unknown"),
        counted=m.all.mask(bounds(i.number)).strip() if i.number else "",
        lines=lines,
        unnamed=unnamed[:few] if few else unnamed,
        conflicts=tuple(dispute(c, mine, m.all.mask) for c in i.conflicts),
        pairs=tuple(pairs[:PAIRS]),
        n_pairs=len(pairs),
        n_denying=sum(_denies(t, line, set(i.claims)) for line in i.lines),
        only_denied=all_denied(t.claims[c].realis for c in i.claims if c in t.claims),
        where_short=m.all.mask_place(place_short(i.place, protect=not fine), resolved=resolved)
        if i.place
        else say("place.unknown"),
        place_name=m.all.mask_place(i.place.name, resolved=resolved) if i.place else "",
        sides=tuple(sorted({c.side for c in mine if c.side})),
        units=() if protected else tuple(sorted({c.unit for c in mine if c.unit})),
        protected=protected,
        coarse_place=i.place is not None and not fine,
        review="accepted" if reviewed == len(i.claims) else "partly" if touched else "unreviewed",
        carriers=tuple(_carried(t, m, d, publishers) for d in i.documents),
        taken=tuple(_taken(t, i.documents)),
        weakest_link=weakest,
        decisions=tuple(_decisions(t, m, i.claims)),
        weak=weakest is not None and weakest < WEAK,
        n_further=len(i.claims) if few else 0,
    )


def _decisions(t: Tables, m: Masks, claims: Sequence[str]) -> list[str]:
    """What people decided about claims of an incident, in the order of the ledger."""
    found = {j.seq: j for c in claims for j in t.decided.get(c, ())}
    return [
        say(
            "incident.decision",
            decision=code("decision", j.decision),
            about=code("judged", j.about),
            by=m.all.mask(j.by),
            day=j.time[:10],
            why=m.all.mask(j.why),
        )
        for _, j in sorted(found.items())
    ]


def _denies(t: Tables, line: schema.EvidenceLine, here: set[str]) -> bool:
    told = {c for o in line.origins if o in t.origins for c in t.origins[o].claims} & here
    return all_denied(t.claims[c].realis for c in told if c in t.claims)


def _line(
    t: Tables, m: Masks, line: schema.EvidenceLine, here: set[str], claims: Mapping[str, ClaimView], few: int | None
) -> LineView:
    members = set(line.origins)
    ties = [tie for o in line.origins for tie in t.ties_of.get(o, ()) if tie.origin_r in members]
    reasons = [
        r
        for tie in ties[:REASONS]
        for r in (
            ReasonView(
                note=say(
                    "line.tie",
                    reason=code("tie", tie.reason),
                    left=origin_title(t, m, tie.origin_l),
                    right=origin_title(t, m, tie.origin_r),
                ),
                quote="",
                document="",
            ),
            *m.reasons(tie.evidence),
        )
    ]
    return LineView(
        reason="" if line.reason == "alone" else m.all.mask_file(line.reason),
        ties=tuple(dict.fromkeys(reasons)),
        origins=tuple(_origin(t, m, t.origins[o], here, claims, few) for o in line.origins if o in t.origins),
        denies=_denies(t, line, here),
    )


def origin_title(t: Tables, m: Masks, origin_id: str) -> str:
    """What an origin is called: its kind, who speaks in it, who released it, when."""
    o = t.origins.get(origin_id)
    if o is None:
        return origin_id
    kind = code("origin_kind", o.kind)
    title = say("origin.of", kind=kind, speaker=o.speaker) if o.speaker else kind
    if o.released_by and o.released_by != o.speaker:
        title = say("origin.released", title=title, by=o.released_by)
    if o.date:
        start, _, end = o.date.partition("/")
        title = say("origin.dated", title=title, date=interval(start or None, (end or start) or None))
    return m.all.mask(title)


def _origin(
    t: Tables, m: Masks, o: schema.Origin, here: set[str], claims: Mapping[str, ClaimView], few: int | None
) -> OriginView:
    mine = tuple(claims[c] for c in o.claims if c in here and c in claims)
    people = [x for x in dict.fromkeys((o.speaker, o.released_by)) if x]
    return OriginView(
        origin_id=o.origin_id,
        title=origin_title(t, m, o.origin_id),
        documents=tuple(m.file_name(d) for d in o.documents),
        reasons=m.reasons(o.evidence[:REASONS]),
        claims=mine[:few] if few else mine,
        kind=code("origin_kind", o.kind),
        speaker=m.source(o.speaker) if o.speaker else "",
        released_by=m.source(o.released_by) if o.released_by else "",
        grades=tuple((m.source(x), grade(t, x)) for x in people),
        carriers=tuple(dict.fromkeys(t.claims[c].document for c in o.claims if c in here and c in t.claims)),
        more=max(0, len(mine) - few) if few else 0,
    )


def grade(t: Tables, name: str) -> str:
    """A source's reliability as somebody graded it; never computed."""
    entry = t.register.resolve(name)
    if entry is None or entry.reliability is None:
        return say("grade.none")
    r = entry.reliability
    return say("grade.given", grade=r.grade, meaning=code("reliability", r.grade), by=r.by, date=r.date)


def _carried(t: Tables, m: Masks, document: str, publishers: Mapping[str, str]) -> Carried:
    carrier = t.carriers.get(document)
    return Carried(
        document=document,
        name=m.file_name(document),
        publisher=publishers.get(document) or say("document.no_publisher"),
        kind=code("carrier", carrier.carrier_kind if carrier else "unknown"),
        page=page_name("documents", document),
    )


def _taken(t: Tables, documents: Sequence[str]) -> list[tuple[str, str, str]]:
    here, found = set(documents), set()
    for d in documents:
        for r in t.relations.get(d, ()):
            if r.document in here and r.other in here and r.kind not in ("quotes", "cites"):
                taker = took_from(r) or r.other
                found.add((taker, r.other if taker == r.document else r.document, r.kind))
    return sorted(found)


def _weakest_link(claims: Sequence[str], pairs: Sequence[schema.Pair]) -> float | None:
    """The probability of the weakest pair that is needed to hold the claims together; None where no pair was compared.

    Pairs are taken from the likeliest on until all claims hang together: the last one taken is the weakest that is needed.
    """
    parent = {c: c for c in claims}

    def find(x: str) -> str:
        while parent[x] != x:
            parent[x] = parent[parent[x]]
            x = parent[x]
        return x

    weakest = None
    for p in pairs:
        if p.claim_l in parent and p.claim_r in parent and find(p.claim_l) != find(p.claim_r):
            parent[find(p.claim_l)] = find(p.claim_r)
            weakest = p.probability
    return weakest


def _words(claims: Sequence[ClaimView]) -> str:
    """The words of the claim that tells most (`telling`), a denial's only where nobody tells it; one line, masked."""
    if not claims:
        return ""

    def words(c: ClaimView) -> str:
        return " ".join("".join(s.text for s in c.context if "claim" in s.kinds).split())

    best = max(claims, key=lambda c: (telling(words(c), c.realis, len(c.facts), c.confidence), c.claim_id))
    return shortened(unquoted(words(best).lstrip("·•▪–—-* ")), 150)
