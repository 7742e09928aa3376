"""All candidate pairs of a heap compared: relations, and the claims that travel with the text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import reverse_cuthill_mckee

from leadline.progress import Progress
from leadline.schema import Claim, Relation
from leadline.trace import reuse
from leadline.trace.carried import passages
from leadline.trace.heap import Orphan, Passage
from leadline.trace.kinds import Nature, may_be_related, relate
from leadline.trace.spool import Spool

Pair = tuple[str, str]


def compare(
    sketches: Sequence[reuse.Sketch],
    spool: Spool,
    natures: Mapping[str, Nature],
    claims: Mapping[str, Sequence[Claim]],
    progress: Progress,
) -> tuple[list[Relation], list[Passage], list[Orphan]]:
    """Compare all candidate pairs; a text that stands many times is compared once and its copies with it."""
    groups = reuse.exact_groups(sketches)
    doubles = {d for group in groups.values() for d in group[1:]}
    pairs = reuse.candidates([s for s in sketches if s.document not in doubles])
    pairs |= {(first, other): 1.0 for first, group in sorted(groups.items()) for other in group[1:]}
    progress.begin("Comparing documents", len(pairs))
    relations: list[Relation] = []
    carried: list[Passage] = []
    orphans: list[Orphan] = []
    for left, right in neighbours(pairs):
        across = natures[left].language != natures[right].language
        one, this, text = spool.prepared(left, across_languages=across)
        other, that, _ = spool.prepared(right, across_languages=across)
        both = natures[left], natures[right]
        if not spool.are_twins(left, right) and not may_be_related(this, that, both, pairs[left, right]):
            progress.advance()
            continue
        a = spool.alignment(left, right, across_languages=across)
        r = relate(one, other, text, a, both, pairs[left, right])
        if r is not None:
            relations.append(r)
            told = (claims.get(left, ()), claims.get(right, ()))
            joined, lost = passages(r, a.partners, (one, other), told)
            carried += joined
            orphans += lost
        progress.advance()
    return relations, carried, orphans


def neighbours(pairs: Iterable[Pair]) -> list[Pair]:
    """The pairs in an order in which documents that are compared with each other come close together.

    >>> [left for left, _ in neighbours([("a", "z"), ("b", "y"), ("a", "c")])]
    ['a', 'a', 'b']
    """
    listed = sorted(pairs)
    if not listed:
        return []
    names = sorted({d for pair in listed for d in pair})
    number = {d: i for i, d in enumerate(names)}
    i, j = np.array([(number[a], number[b]) for a, b in listed]).T
    graph = coo_matrix((np.ones(len(i), np.int8), (i, j)), shape=(len(names), len(names)))
    rank = np.empty(len(names), np.int64)
    rank[reverse_cuthill_mckee((graph + graph.T).tocsr(), symmetric_mode=True)] = np.arange(len(names))
    order = np.lexsort((np.minimum(rank[i], rank[j]), np.maximum(rank[i], rank[j])))
    return [listed[k] for k in order.tolist()]
