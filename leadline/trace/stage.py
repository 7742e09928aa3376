"""The stage: documents and claims in, carriers, relations, origins and ties out."""

from __future__ import annotations

from leadline.engine import Engine
from leadline.judgements import judgements_that_apply
from leadline.judgements.claims import with_judgements
from leadline.progress import Progress
from leadline.register import load_register
from leadline.schema import (
    ATTRIBUTIONS,
    CARRIERS,
    CLAIM_ORIGINS,
    CLAIMS,
    DOCUMENTS,
    ORIGIN_TIES,
    ORIGINS,
    PLACES,
    RELATIONS,
    SOURCE_EDGES,
    Attribution,
    Claim,
    Document,
    Relation,
)
from leadline.settings import Settings
from leadline.trace.artefacts import local_origins
from leadline.trace.carriers import carrier
from leadline.trace.compare import compare
from leadline.trace.credits import Publishers
from leadline.trace.graph import SourceGraph
from leadline.trace.headline import under_headline
from leadline.trace.heap import Heap
from leadline.trace.independence import ties
from leadline.trace.judged import as_judged, untied
from leadline.trace.kinds import Nature
from leadline.trace.origins import resolve
from leadline.trace.reader import Reader
from leadline.trace.roles import with_publishers
from leadline.trace.shelf import Shelf
from leadline.trace.spool import Spool
from leadline.trace.told import ClaimsOf, Grouped, Told


def trace_origins(engine: Engine, settings: Settings, progress: Progress) -> None:
    """Find who took from whom and what every claim goes back to.

    Reads documents, claims, attributions, names of places and the source register; writes carriers, relations, origins, the origin of
    every claim, and the ties that make origins dependent. Raises `CodebookError` where a register is wrong.
    """
    register = load_register(settings.registers, shipped=settings.shipped_register)
    judgements = judgements_that_apply(engine)
    claims, attributions = Grouped(list[Claim]), Grouped(list[Attribution])
    for batch in engine.batches(CLAIMS):
        claims.extend(with_judgements((c for c in batch if isinstance(c, Claim)), judgements))
    for batch in engine.batches(ATTRIBUTIONS):
        attributions.extend([a for a in batch if isinstance(a, Attribution)])
    progress.begin("Reading documents", engine.count(DOCUMENTS))
    names = engine.read(DOCUMENTS, ["publisher"]).column("publisher").unique().to_pylist()
    register = with_publishers(register, names)
    publishers = Publishers(register, names, engine.read(PLACES, ["name"]).column("name").unique().to_pylist())
    natures: dict[str, Nature] = {}
    told = Told()
    graph = SourceGraph(register, publishers)
    with Spool() as spool:
        shelf = Shelf()
        reader = Reader(publishers, spool, shelf)
        for batch in engine.batches(DOCUMENTS):
            for d, n in reader.read(batch):
                own = sorted(claims.of(d.document), key=lambda c: (c.start, c.end, c.claim_id))
                said = {a.attribution_id: a for a in attributions.of(d.document)}
                natures[d.document] = n
                told.add(d.document, own, under_headline(d, own, local_origins(d, own, said, register, n.spun)))
                graph.document(d, own, said)
                progress.advance()
        relations, carried, orphans = compare(shelf, spool, natures, ClaimsOf(told), progress)
    del reader, shelf, spool, claims, attributions
    heap = Heap(told, natures, register)
    found = as_judged(resolve(heap, carried, orphans), judgements, heap.claims)
    cites = {(r.document, r.other) for r in found.citations}
    relations = [r for r in relations if r.kind != "passage" or (r.document, r.other) not in cites]
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
            out.write([carrier(natures[d.document], d.text, around, heap.by_document[d.document], register, natures)])
            progress.advance()
    engine.write(ORIGINS, found.origins)
    engine.write(CLAIM_ORIGINS, found.claim_origins)
    origin_of = {x.claim_id: x.origin_id for x in found.claim_origins}
    tied = ties(found.origins, found.rests_on, register, found.collectors)
    engine.write(ORIGIN_TIES, untied(tied, judgements, origin_of))
    rings = [heap.claims[c] for o in found.origins if any(e.rule == "circular" for e in o.evidence) for c in o.claims]
    engine.write(SOURCE_EDGES, graph.edges(relations, carried, rings))
