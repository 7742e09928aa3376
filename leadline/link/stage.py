"""The stage: claims and their origins in, scored pairs, posterior partitions and incidents out."""

from __future__ import annotations

import math
from collections.abc import Iterator

import msgspec

from leadline.engine import Engine
from leadline.judgements import judged_claims, judgements_that_apply
from leadline.link.bonds import Bonds, with_judgements
from leadline.link.history import one_time
from leadline.link.incidents import incident
from leadline.link.lines import Ties
from leadline.link.parameters import load_parameters
from leadline.link.partitions import best_partition, draw_partitions
from leadline.link.rows import make_rows
from leadline.link.splink_model import score_pairs
from leadline.link.support import Lineage, support
from leadline.progress import Progress
from leadline.schema import (
    CARRIERS,
    CLAIM_ORIGINS,
    CLAIM_SUPPORT,
    DOCUMENTS,
    INCIDENTS,
    ORIGIN_TIES,
    ORIGINS,
    PAIRS,
    PARTITIONS,
    ClaimOrigin,
    Origin,
    OriginTie,
    PartitionDraw,
    Published,
)
from leadline.settings import Settings


def link_incidents(engine: Engine, settings: Settings, progress: Progress) -> None:
    """Link claims into incidents.

    Reads claims, their origins and ties, and dates and series of documents; writes scored pairs, posterior draws of the
    partition, incidents and what stands behind each claim. What people judged binds: rejected claims take no part, and what
    was judged the same or different is so in the incidents and in every draw. No claims, one claim or no pair give empty
    tables or incidents of one claim. Raises `CodebookError` where the link parameters are wrong.
    """
    parameters = load_parameters(settings.link_parameters)
    bonds = Bonds(judgements_that_apply(engine))
    claims = {c.claim_id: c for c in sorted(judged_claims(engine), key=lambda c: c.claim_id)}
    origin_of = {x.claim_id: x.origin_id for x in engine.records(CLAIM_ORIGINS, ClaimOrigin)}
    claims = {c.claim_id: c for c in one_time(list(claims.values()), origin_of)}
    origins = {o.origin_id: o for o in engine.records(ORIGINS, Origin)}
    columns = engine.read(DOCUMENTS, ["document", "series", "published"]).to_pylist()
    series = {row["document"]: row["series"] for row in columns}
    published = {
        row["document"]: msgspec.convert(row["published"], Published) if row["published"] else None for row in columns
    }
    progress.begin("Comparing claims", 4)
    rows = make_rows(list(claims.values()), origin_of, published, parameters, bonds)
    pairs = score_pairs(
        engine.connection(), rows, parameters, seed=settings.seed, min_pairs_for_em=settings.min_pairs_for_em
    )
    row_of = {c: r.unique_id for r in rows for c in r.claims}
    engine.write(PAIRS, with_judgements(pairs, bonds.pairs(row_of)))
    progress.advance()
    nodes = [r.unique_id for r in rows]
    members = {r.unique_id: r.claims for r in rows}
    edges = {(p.claim_l, p.claim_r): p.weight * math.log(2) for p in pairs} | bonds.edges(row_of)
    uncompared = parameters.uncompared * math.log(2)
    clusters = best_partition(nodes, edges, uncompared=uncompared, threshold=settings.link_threshold)
    progress.advance()
    draws = draw_partitions(
        nodes,
        edges,
        uncompared=uncompared,
        power=parameters.power,
        draws=settings.partition_draws,
        seed=settings.seed,
    )
    with engine.writer(PARTITIONS) as out:
        for batch in _batches(draws, members):
            out.write(batch)
    progress.advance()
    carriers = dict(zip(*engine.read(CARRIERS, ["document", "carrier_kind"]).to_pydict().values(), strict=True))
    lineage = Lineage(series, carriers, origin_of, origins, Ties(engine.records(ORIGIN_TIES, OriginTie)))
    found = [incident([claims[c] for n in cluster for c in members[n]], lineage, parameters) for cluster in clusters]
    found.sort(key=lambda i: i.incident_id)
    engine.write(INCIDENTS, found)
    behind = {s.claim_id: s for i in found for s in support(i, claims, lineage, parameters)}
    engine.write(CLAIM_SUPPORT, (behind[c] for c in sorted(behind)))
    progress.advance()


def _batches(
    draws: Iterator[tuple[int, str, str]], members: dict[str, tuple[str, ...]], size: int = 50_000
) -> Iterator[list[PartitionDraw]]:
    """Draws of rows as draws of claims, in batches; a cluster is named by its smallest claim."""
    batch: list[PartitionDraw] = []
    for draw, node, cluster in draws:
        batch += [PartitionDraw(draw=draw, claim_id=c, cluster=cluster) for c in members[node]]
        if len(batch) >= size:
            yield batch
            batch = []
    yield batch
