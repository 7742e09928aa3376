"""The stage: documents and claims in, carriers, relations, origins and ties out."""

from __future__ import annotations

from collections.abc import Sequence

from leadline.engine import Engine
from leadline.judgements import judged_claims, judgements_that_apply
from leadline.progress import Progress
from leadline.register import load_register
from leadline.schema import (
    ATTRIBUTIONS,
    CARRIERS,
    CLAIM_ORIGINS,
    DOCUMENTS,
    ORIGIN_TIES,
    ORIGINS,
    RELATIONS,
    SOURCE_EDGES,
    Attribution,
    Claim,
    Document,
    Relation,
)
from leadline.settings import Settings
from leadline.trace import reuse
from leadline.trace.alignment import Prepared, align, prepare
from leadline.trace.artefacts import Local, local_origins
from leadline.trace.carried import passages
from leadline.trace.carriers import carrier
from leadline.trace.credits import Publishers, find_credits
from leadline.trace.graph import SourceGraph
from leadline.trace.heap import Heap, Orphan, Passage
from leadline.trace.independence import ties
from leadline.trace.judged import as_judged, untied
from leadline.trace.kinds import Nature, nature, relate
from leadline.trace.origins import resolve
from leadline.trace.signs import spun_signs, translation_signs
from leadline.trace.text import View, blank, view


def trace_origins(engine: Engine, settings: Settings, progress: Progress) -> None:
    """Find who took from whom and what every claim goes back to.

    Reads documents, claims, attributions and the source register; writes carriers, relations, origins, the origin of
    every claim, and the ties that make origins dependent. Raises `CodebookError` where a register is wrong.
    """
    register = load_register(settings.registers, shipped=settings.shipped_register)
    claims: dict[str, list[Claim]] = {}
    for c in judged_claims(engine):
        claims.setdefault(c.document, []).append(c)
    for group in claims.values():
        group.sort(key=lambda c: (c.start, c.end, c.claim_id))
    attributions: dict[str, dict[str, Attribution]] = {}
    for a in engine.records(ATTRIBUTIONS, Attribution):
        attributions.setdefault(a.document, {})[a.attribution_id] = a
    progress.begin("Reading documents", engine.count(DOCUMENTS))
    publishers = Publishers(register, engine.read(DOCUMENTS, ["publisher"]).column("publisher").to_pylist())
    sketches: list[reuse.Sketch] = []
    natures: dict[str, Nature] = {}
    locals_: dict[str, list[Local]] = {}
    graph = SourceGraph(register, publishers)
    for d in engine.records(DOCUMENTS, Document):
        sketches.append(reuse.sketch(view(d)))
        natures[d.document] = describe(d, publishers)
        own = claims.get(d.document, ())
        locals_[d.document] = local_origins(
            d, own, attributions.get(d.document, {}), register, natures[d.document].spun
        )
        graph.document(d, own, attributions.get(d.document, {}))
        progress.advance()
    relations, carried, orphans = _relations(engine, sketches, natures, claims, progress)
    flat = {c.claim_id: c for group in claims.values() for c in group}
    heap = Heap(flat, claims, locals_, natures, register)
    judgements = judgements_that_apply(engine)
    found = as_judged(resolve(heap, carried, orphans), judgements, flat)
    related = {(r.document, r.other) for r in relations}
    relations += [r for r in found.citations if (r.document, r.other) not in related]
    relations.sort(key=lambda r: (r.document, r.other, r.kind))
    engine.write(RELATIONS, relations)
    of_document: dict[str, list[Relation]] = {}
    for relation in relations:
        of_document.setdefault(relation.document, []).append(relation)
        of_document.setdefault(relation.other, []).append(relation)
    progress.begin("Carriers", engine.count(DOCUMENTS))
    with engine.writer(CARRIERS) as out:
        for d in engine.records(DOCUMENTS, Document):
            around = sorted(of_document.get(d.document, ()), key=lambda r: (r.document, r.other, r.kind))
            out.write([carrier(natures[d.document], d.text, around, claims.get(d.document, ()), register, natures)])
            progress.advance()
    engine.write(ORIGINS, found.origins)
    engine.write(CLAIM_ORIGINS, found.claim_origins)
    origin_of = {x.claim_id: x.origin_id for x in found.claim_origins}
    tied = ties(found.origins, found.rests_on, register, found.collectors)
    engine.write(ORIGIN_TIES, untied(tied, judgements, origin_of))
    rings = [flat[c] for o in found.origins if any(e.rule == "circular" for e in o.evidence) for c in o.claims]
    engine.write(SOURCE_EDGES, graph.edges(relations, carried, rings))


def describe(d: Document, publishers: Publishers) -> Nature:
    """What one document shows of itself."""
    text = blank(d.text, d.boilerplate)
    english = d.language in (None, "en")
    spun = spun_signs(text) if english else []
    translated = translation_signs(text) if english else []
    return nature(d, publishers.key(d.publisher), spun, translated, find_credits(d, publishers))


def _relations(
    engine: Engine,
    sketches: Sequence[reuse.Sketch],
    natures: dict[str, Nature],
    claims: dict[str, list[Claim]],
    progress: Progress,
) -> tuple[list[Relation], list[Passage], list[Orphan]]:
    """Compare all candidate pairs; a text that stands many times is compared once and its copies with it."""
    groups = reuse.exact_groups(sketches)
    doubles = {d for group in groups.values() for d in group[1:]}
    pairs = reuse.candidates([s for s in sketches if s.document not in doubles])
    pairs |= {(first, other): 1.0 for first, group in sorted(groups.items()) for other in group[1:]}
    wanted = {d for pair in pairs for d in pair}
    views: dict[str, View] = {}
    texts: dict[str, str] = {}
    for d in engine.records(DOCUMENTS, Document):
        if d.document in wanted:
            views[d.document], texts[d.document] = view(d), d.text
    prepared: dict[tuple[str, bool], Prepared] = {}
    progress.begin("Comparing documents", len(pairs))
    relations: list[Relation] = []
    carried: list[Passage] = []
    orphans: list[Orphan] = []
    for (left, right), cosine in sorted(pairs.items()):
        across = natures[left].language != natures[right].language
        one, other = (_prepared(prepared, views[d], across) for d in (left, right))
        a = align(one, other)
        r = relate(views[left], views[right], texts, a, (natures[left], natures[right]), cosine)
        if r is not None:
            relations.append(r)
            told = (claims.get(left, ()), claims.get(right, ()))
            joined, lost = passages(r, a.partners, (views[left], views[right]), told)
            carried += joined
            orphans += lost
        progress.advance()
    return relations, carried, orphans


def _prepared(cache: dict[tuple[str, bool], Prepared], v: View, across: bool) -> Prepared:
    if (v.document, across) not in cache:
        cache[v.document, across] = prepare(v, across_languages=across)
    return cache[v.document, across]
