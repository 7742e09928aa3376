"""Documents: their text with its marks, what kind of carrier they are, and what they have to do with other documents."""

from __future__ import annotations

from collections.abc import Iterator

from leadline import schema
from leadline.publish.highlight import Mark, segments
from leadline.publish.redact import Names
from leadline.publish.view.claims import claim_view, published
from leadline.publish.view.masks import Masks
from leadline.publish.view.phrases import anchor, page_name, part_name
from leadline.publish.view.records import ClaimView, DocumentView, RelationView
from leadline.publish.view.tables import Tables
from leadline.publish.words import code, say

PART_CHARACTERS = 120_000  # of text on one page: with marks and escapes, far below 2 MB
PART_CLAIMS = 200  # claims on one page


def document_views(t: Tables, m: Masks, seen: dict[str, ClaimView]) -> Iterator[tuple[DocumentView, ...]]:
    """A document's view, in as many parts as its length needs, for each document in order; fills `seen` with claims."""
    for d in t.engine.records(schema.DOCUMENTS, schema.Document):
        claims = sorted(t.by_document.get(d.document, []), key=lambda c: (c.start, c.end, c.claim_id))
        page = page_name("documents", d.document)
        borders = part_borders(d.text, [c.start for c in claims])
        views = []
        for number, (start, end) in enumerate(borders):
            here = [c for c in claims if start <= c.start < end or (c.start >= end and number == len(borders) - 1)]
            for c in here:
                seen[c.claim_id] = claim_view(t, m, c, d, part_name(page, number))
            views.append(_part(t, m, d, (start, end), part_name(page, number), claims, here, seen))
        yield tuple(views)


def part_borders(text: str, starts: list[int]) -> list[tuple[int, int]]:
    """Where a text is cut into pages: at the end of a line, else of a word, else anywhere (a word of a million letters).

    >>> part_borders("short", [])
    [(0, 5)]
    """
    borders, start = [], 0
    while True:
        end = min(len(text), start + PART_CHARACTERS)
        within = [s for s in starts if start <= s < end]
        if len(within) > PART_CLAIMS and within[PART_CLAIMS] > start:
            end = within[PART_CLAIMS]
        if end < len(text):
            for mark in ("\n", " "):
                cut = text.rfind(mark, start + (end - start) // 2, end)
                if cut != -1 and not (within and any(cut < s < end for s in within[PART_CLAIMS:])):
                    end = cut + 1
                    break
        borders.append((start, end))
        if end >= len(text):
            return borders
        start = end


def _part(
    t: Tables,
    m: Masks,
    d: schema.Document,
    span: tuple[int, int],
    page: str,
    claims: list[schema.Claim],
    here: list[schema.Claim],
    seen: dict[str, ClaimView],
) -> DocumentView:
    names = m.names(d.document)
    marks = [Mark(start=a, end=b, kind="boilerplate", label=say("document.furniture")) for a, b in own_furniture(d)]
    marks += [Mark(start=a, end=b, kind="foreign", label=say("document.foreign")) for a, b in d.foreign]
    marks += [
        Mark(
            start=c.start,
            end=c.end,
            kind="claim",
            anchor=anchor(c.claim_id) if span[0] <= c.start < span[1] else "",
            label=say("claim.label", event=t.label(c.event), realis=code("realis", c.realis)),
        )
        for c in claims
    ]
    carrier = t.carriers.get(d.document)
    withheld = d.document in m.withheld
    return DocumentView(
        document=d,
        name=m.file_name(d.document),
        title=names.mask(d.title) if d.title and not withheld else m.file_name(d.document),
        publisher=m.publisher(d.publisher, names),
        credits=m.publisher(d.origin_publisher, names),
        page=page,
        withheld=withheld,
        published=published(d),
        heading=() if withheld else _heading(d, names),
        carrier_kind=carrier.carrier_kind if carrier else "unknown",
        reasons=m.reasons(carrier.carrier_evidence if carrier else ()),
        relations=tuple(_relation(m, r, d.document) for r in t.relations.get(d.document, [])),
        text=() if withheld else tuple(segments(d.text, marks, names, start=span[0], end=span[1])),
        claims=tuple(seen[c.claim_id] for c in here),
        n_boilerplate=sum(b - a for a, b in d.boilerplate),
        n_foreign=sum(b - a for a, b in d.foreign),
        n_characters=len(d.text),
        rejected=() if withheld else tuple(_rejected(t, m, d, span)),
    )


def _heading(d: schema.Document, names: Names) -> tuple[tuple[str, str], ...]:
    """What the lines above the article were read as; its author is in the text, and is not named again."""
    return tuple((f.field, names.mask(f.quote)) for f in d.heading if f.field != "author")


def _rejected(t: Tables, m: Masks, d: schema.Document, span: tuple[int, int]) -> Iterator[tuple[str, str, str]]:
    """Claims of a part of a document that a person rejected: they are on no other page."""
    for c in t.rejected_in.get(d.document, ()):
        if span[0] <= c.start < span[1]:
            j = next(j for j in t.decided[c.claim_id] if j.decision == "reject")
            words = "".join(s.text for s in segments(d.text, (), m.names(d.document), start=c.start, end=c.end))
            by = say("incident.rejected_by", by=m.all.mask(j.by), day=j.time[:10], why=m.all.mask(j.why))
            yield m.document_id(d.document) + c.claim_id.removeprefix(d.document), words, by


def own_furniture(d: schema.Document) -> list[tuple[int, int]]:
    """The boilerplate without the words of other articles, which are marked in their own way.

    >>> own_furniture(schema.Document(document="a", sha256="", text="", series="a", boilerplate=((2, 9), (12, 14)), foreign=((4, 6),)))
    [(2, 4), (6, 9), (12, 14)]
    """
    left = []
    for start, end in d.boilerplate:
        for a, b in d.foreign:
            if start <= a < end:
                left.append((start, a))
                start = b
        left.append((start, end))
    return [(a, b) for a, b in left if a < b]


def took_from(r: schema.Relation) -> str | None:
    """The document that took from the other one; None where nothing shows which."""
    return {"from": r.document, "to": r.other}.get(r.direction)


def _relation(m: Masks, r: schema.Relation, document: str) -> RelationView:
    other = r.other if r.document == document else r.document
    taker = took_from(r)
    way = "no_direction" if taker is None else "took_from" if taker == document else "was_taken"
    share = f"{r.share:.0%}"
    return RelationView(
        what=say(f"relation.{way}", kind=code("relation_kind", r.kind), share=share, score=f"{r.score:.2f}"),
        other=m.file_name(other),
        page=page_name("documents", other),
        reasons=m.reasons(r.evidence),
        taken_from=taker == document,
    )
