"""One claim beside its words."""

from __future__ import annotations

from collections.abc import Iterator

from leadline import schema
from leadline.publish.highlight import Mark, around, segments
from leadline.publish.redact import Names
from leadline.publish.view.masks import Masks
from leadline.publish.view.phrases import anchor, bounds, interval, page_name, place
from leadline.publish.view.records import ClaimView, HopView
from leadline.publish.view.tables import Tables
from leadline.publish.words import code, say

LONGEST = 1_500  # characters of a claim's own words that a context shows; the rest stands on the document's page


def claim_view(t: Tables, m: Masks, c: schema.Claim, d: schema.Document, page: str) -> ClaimView:
    """A claim of the document `d` with its context, masked; `page` is the part of the document's page it stands on."""
    names = m.names(d.document)
    stop = min(c.end, c.start + LONGEST)
    left, right = around(d.text, c.start, stop)
    mark = Mark(start=c.start, end=c.end, kind="claim")
    return ClaimView(
        claim_id=c.claim_id,
        shown_id=m.claim_name(c.claim_id),
        anchor=anchor(c.claim_id),
        document=m.file_name(d.document),
        document_page=page,
        publisher=m.publisher(d.publisher, names) or say("document.no_publisher"),
        published=published(d),
        context=tuple(segments(d.text, [mark], names, start=left, end=right)),
        event=t.label(c.event),
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
        facts=tuple(_facts(t, c, names)),
        has_named_lineage=t.has_named_lineage(c.claim_id),
        incident_pages=tuple(page_name("incidents", i) for i in t.incidents_of.get(c.claim_id, ())),
        confidence=c.confidence,
        reviewed="; ".join(review(m, j) for j in t.reviews.get(c.claim_id, ())),
        side=names.mask(c.actor) if c.actor else "",
        unit=names.mask(c.unit) if c.unit else "",
        support=t.support.get(c.claim_id),
        number=c.number,
        time=c.time,
    )


def review(m: Masks, j: schema.Judgement) -> str:
    """What a person decided about a claim, with who, when and why."""
    said = {"by": m.all.mask(j.by), "day": j.time[:10], "why": m.all.mask(j.why)}
    if j.decision == "correct":
        return say("claim.corrected", field=j.field, value=m.all.mask(str(j.value)), **said)
    return say("claim.accepted", **said)


def published(d: schema.Document) -> str:
    """When a document was published, with how that is known."""
    if d.published is None:
        return say("document.no_date")
    basis = code("basis", d.published.basis)
    return say("document.dated", when=interval(d.published.start, d.published.end), basis=basis)


def _facts(t: Tables, c: schema.Claim, names: Names) -> Iterator[tuple[str, str]]:
    if c.number is not None:
        yield say("fact.count"), names.mask(bounds(c.number))
    for p in c.places:
        yield (
            say("fact.place"),
            names.mask_place(place(p, protect=t.protection.covers(c.event, p)), resolved=p.gazetteer_id is not None),
        )
    if c.time is not None:
        when = interval(c.time.start, c.time.end)
        yield say("fact.time"), say("fact.time_from", when=when, phrase=names.mask(c.time.phrase))
    if c.historical:
        yield say("fact.period"), say("fact.historical")
    if c.unit is not None:
        yield say("fact.unit"), names.mask(c.unit)
    if c.actor is not None:
        yield say("fact.actor"), names.mask(c.actor)
    if c.estimative is not None:
        e = c.estimative
        phrase = names.mask(e.phrase)
        if e.scale and e.low is not None and e.high is not None:
            yield (
                say("fact.estimative"),
                say("fact.on_scale", phrase=phrase, low=f"{e.low:.0%}", high=f"{e.high:.0%}", scale=e.scale),
            )
        else:
            yield say("fact.estimative"), say("fact.no_scale", phrase=phrase)
