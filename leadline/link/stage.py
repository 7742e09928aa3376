"""The stage: claims and their origins in, scored pairs, posterior partitions and incidents out."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence

import msgspec
import numpy as np
import pyarrow as pa

from leadline.engine import Engine
from leadline.judgements import judged_claims, judgements_that_apply
from leadline.link.bonds import Bonds, with_judgement
from leadline.link.documents import compare_documents
from leadline.link.graph import BOUND, Graph
from leadline.link.history import one_time
from leadline.link.incidents import incident
from leadline.link.learned import learned, of_documents, share_within
from leadline.link.lines import Ties
from leadline.link.parameters import load_parameters
from leadline.link.partitions import best_partition, draw_partitions
from leadline.link.rows import Row, make_rows
from leadline.link.scores import Explainer, Scores, weigh
from leadline.link.several import Facets
from leadline.link.splink_model import compare_pairs
from leadline.link.support import Lineage, support
from leadline.link.weighed import weighed_with_documents
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
    PLACES,
    Claim,
    ClaimOrigin,
    ClaimSupport,
    Document,
    Judgement,
    Origin,
    OriginTie,
    Pair,
    PlaceMention,
    Published,
)
from leadline.settings import Settings

FAINT = 0.0001
ONE_EVENT = 0.5
"""Where two claims of a document are as likely as this of one event, documents are compared as wholes."""
MANY = 200_000
"""Where more pairs than this are compared, those less probable than `FAINT` are counted with and not written down."""


def link_incidents(engine: Engine, settings: Settings, progress: Progress) -> None:
    """Link claims into incidents.

    Reads claims, their origins and ties, dates and series of documents, and texts and their places where each tells of one event; writes scored pairs, posterior draws of the
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
    columns = engine.read(DOCUMENTS, ["document", "series", "publisher", "published"]).to_pylist()
    series = {row["document"]: row["series"] for row in columns}
    published = {
        row["document"]: msgspec.convert(row["published"], Published) if row["published"] else None for row in columns
    }
    progress.begin("Comparing claims", 4)

    rows = make_rows(list(claims.values()), origin_of, published, parameters, bonds)
    scores = compare_pairs(engine.connection(), rows, parameters)
    parameters = learned(
        scores,
        parameters,
        {k: (j.decision == "same", part) for k, (j, part) in _judged(rows, scores, bonds).items()},
        unjudged=len(scores.left) >= settings.min_pairs_for_em,
    )
    documents = None
    if share_within(moved := of_documents(scores, parameters)) >= ONE_EVENT:
        texts = ((d.document, d.text) for d in engine.records(DOCUMENTS, Document))
        mentions = engine.records(PLACES, PlaceMention)
        documents = compare_documents(engine.connection(), rows, texts, parameters, mentions)
        scores = compare_pairs(engine.connection(), documents.bring_together(rows), parameters, spread=False)
        scores, parameters = weighed_with_documents(scores, rows, parameters, documents)
    else:
        parameters = moved
        scores = weigh(scores.left, scores.right, scores.levels, parameters)
    judged = {k: j for k, (j, _) in _judged(rows, scores, bonds).items()}
    row_of = {c: r.unique_id for r in reversed(rows) for c in r.claims}
    names = [r.unique_id for r in rows]
    at = {n: k for k, n in enumerate(names)}
    _write_pairs(engine, Explainer(scores, rows, parameters), judged)
    progress.advance()
    graph = Graph(
        len(rows), scores.left, scores.right, scores.weight * math.log(2), parameters.uncompared * math.log(2),
        fair=None if documents is None else documents.drawn_fairly(rows, scores.left, scores.right),
    )  # fmt: skip
    if settings.incident_lists:
        named = {name: k for k, name in enumerate(settings.incident_lists)}
        graph = msgspec.structs.replace(
            graph, lists=np.array([named.get(series.get(r.document, ""), -1) for r in rows])
        )
    del scores  # as large as the graph
    facets = Facets.of(rows)
    graph = graph.bound(dict.fromkeys(facets.apart(), -BOUND))
    graph = graph.bound({(at[a], at[b]): w for (a, b), w in bonds.edges(row_of).items()})
    if documents is not None:
        graph = graph.without_odds(*documents.told_apart(rows, graph.crowds()))
    first = facets.settle(best_partition(graph, settings.link_threshold))
    clusters = _clusters(first, rows, facets, claims)
    progress.advance()
    drawn = draw_partitions(graph, names, power=parameters.power, draws=settings.partition_draws, seed=settings.seed)
    _write_draws(engine, drawn, rows, facets)
    progress.advance()
    carriers = dict(zip(*engine.read(CARRIERS, ["document", "carrier_kind"]).to_pydict().values(), strict=True))
    outlets = {row["document"]: row["series"] for row in columns if row["publisher"]}
    lineage = Lineage(outlets, carriers, origin_of, origins, Ties(engine.records(ORIGIN_TIES, OriginTie)))
    found = [incident(told, lineage, parameters, lead) for lead, told in clusters.items()]
    found.sort(key=lambda i: i.incident_id)
    engine.write(INCIDENTS, found)
    behind: dict[str, ClaimSupport] = {}
    for told in (s for i in found for s in support(i, claims, lineage, parameters)):
        one = behind.setdefault(
            told.claim_id, told
        )  # of several incidents that a claim tells of the least supported one
        behind[told.claim_id] = min(one, told, key=lambda s: (s.n_independent, s.incident_id))
    engine.write(CLAIM_SUPPORT, (behind[c] for c in sorted(behind)))
    progress.advance()


def _judged(rows: Sequence[Row], scores: Scores, bonds: Bonds) -> dict[int, tuple[Judgement, float]]:
    """For each judged pair, by number, the judgement and the share of it that the pair stands for."""
    row_of = {c: r.unique_id for r in reversed(rows) for c in r.claims}
    at = {r.unique_id: k for k, r in enumerate(rows)}
    found = {scores.number_of(at[a], at[b]): j for (a, b), j in bonds.pairs(row_of).items()}
    share = Counter(j.seq for j in found.values())
    return {k: (j, 1 / share[j.seq]) for k, j in found.items()}


def _write_pairs(engine: Engine, made: Explainer, of: Mapping[int, Judgement]) -> None:
    """The pairs in order, with the judgements on those that people judged."""
    with engine.writer(PAIRS) as out:
        for numbers, table in made.tables(FAINT if len(made.scores.left) > MANY else 0.0, tuple(of)):
            if numbers[0] in of:
                out.write([with_judgement(msgspec.convert(table.to_pylist()[0], Pair), of[numbers[0]])])
            else:
                out.write_arrow(table)


def _clusters(
    label: np.ndarray, rows: Sequence[Row], facets: Facets, claims: Mapping[str, Claim]
) -> dict[str, list[Claim]]:
    """Claims by the claim that stands for their cluster; one that tells of several incidents stands in each with its place alone.

    Its count is of all of them together and belongs to none.
    """
    partly = facets.told_elsewhere(label)
    found: dict[str, list[Claim]] = {}
    for k, (row, cluster) in enumerate(zip(rows, label.tolist(), strict=True)):
        if cluster >= 0:
            told = [claims[c] for c in row.claims]
            if k in partly:
                told = [
                    msgspec.structs.replace(c, number=None, places=tuple(p for p in c.places if p.name == row.facet))
                    for c in told
                ]
            found.setdefault(rows[cluster].claims[0], []).extend(told)
    return found


def _write_draws(engine: Engine, drawn: np.ndarray, rows: Sequence[Row], facets: Facets) -> None:
    """Draws of rows as draws of claims; a cluster is named by a claim that is in no other."""
    claims = sorted((c, k) for k, r in enumerate(rows) for c in r.claims)
    ids = pa.array([c for c, _ in claims], pa.string())
    at = np.array([k for _, k in claims], dtype=np.int64)
    names = pa.array([r.claims[0] for r in rows], pa.string())
    with engine.writer(PARTITIONS) as out:
        for d, label in enumerate(drawn):
            cluster = facets.settle(label)[at]
            kept = np.flatnonzero(cluster >= 0)
            number = pa.array(np.full(len(kept), d), pa.int64())
            columns = {
                "draw": number,
                "claim_id": ids.take(pa.array(kept)),
                "cluster": names.take(pa.array(cluster[kept])),
            }
            out.write_arrow(pa.table(columns))
