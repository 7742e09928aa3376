"""Parts too large for a matrix: many rows that tell of few well-covered events.

Of a crowd not all pairs are compared, by intent: a row is compared with some of those it shares something with. So pairs left out tell
against two sets of rows being one only until `ENOUGH` comparisons were made for each row of the smaller set: up to that number a pair
that was not compared has the odds `uncompared`, beyond it says nothing. Of sets of up to `ENOUGH` rows all pairs count, as in
`partitions.py`. Nor are pairs compared because they share something a sample of those left out: of two large sets these have the odds of
the pairs that chance drew. Everything here is sums over compared pairs: cost grows with their number.

Clusters are those of average linkage, by rounds of reciprocal nearest neighbours (Murtagh 1983, doi:10.1093/comjnl/26.4.354). What of
them is in doubt, `doubt.py` says.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from leadline.link.graph import BOUND, Graph

ENOUGH = 10
"""Comparisons of a row with a set of others beyond which those left out say nothing."""
FAIRLY = 100
"""Comparisons drawn from all that two sets could have of which the average counts as much for those left out as that of what was compared."""
SLACK = 0.25
"""Log odds by which a pair of sets may be less than the likeliest of either and still be joined in one round with it."""
SATELLITE = 8
"""A set that has this many times the rows of another takes it in together with others."""


class Sets(msgspec.Struct, frozen=True):
    """Disjoint sets of rows, and of the pairs compared between two of them the sum of log odds and the number."""

    size: np.ndarray
    left: np.ndarray
    right: np.ndarray
    total: np.ndarray
    count: np.ndarray
    fair: np.ndarray
    """of those drawn from all pairs there are, whatever the two share, the sum of log odds"""
    fair_count: np.ndarray
    apart: np.ndarray
    """whether a judgement or a list keeps the two apart"""
    lists: np.ndarray
    """sets x lists: whether a set has an entry of a list"""
    uncompared: float

    @classmethod
    def of(cls, graph: Graph) -> tuple[Sets, np.ndarray]:
        """The rows of a graph as sets, those that people put together as one, and the set of each row."""
        bound = graph.odds > BOUND / 2
        label = connected(graph.n, graph.left[bound], graph.right[bound])
        own = np.full(graph.n, -1) if graph.lists is None else graph.lists
        held = np.zeros((graph.n, max(0, int(own.max(initial=-1)) + 1)), dtype=bool)
        held[np.flatnonzero(own >= 0), own[own >= 0]] = True
        fair = np.zeros(len(graph.odds), dtype=bool) if graph.fair is None else graph.fair
        rows = cls(
            np.ones(graph.n, dtype=np.int64), graph.left.astype(np.int64), graph.right.astype(np.int64), graph.odds,
            np.ones(len(graph.odds), dtype=np.int64), np.where(fair, graph.odds, 0.0), fair.astype(np.int64),
            graph.odds < -BOUND / 2, held, graph.uncompared,
        )  # fmt: skip
        return rows.joined(label), label

    def joined(self, label: np.ndarray) -> Sets:
        """The unions of sets with one label (labels 0, 1, …)."""
        n = int(label.max(initial=-1)) + 1
        a, b = label[self.left], label[self.right]
        low, high = np.minimum(a, b), np.maximum(a, b)
        code = np.where(low == high, -1, low * n + high)
        order = np.argsort(code, kind="stable")
        order = order[np.searchsorted(code[order], 0) :]
        starts = np.flatnonzero(np.diff(code[order], prepend=-1))
        held = np.zeros((n, self.lists.shape[1]), dtype=bool)
        np.logical_or.at(held, label, self.lists)

        def summed(x: np.ndarray) -> np.ndarray:
            return np.asarray(np.add.reduceat(x[order], starts)) if len(starts) else np.zeros(0, x.dtype)

        first = order[starts]
        apart = np.logical_or.reduceat(self.apart[order], starts) if len(starts) else self.apart[:0]
        size = np.bincount(label, weights=self.size, minlength=n).astype(np.int64)
        return Sets(
            size, low[first], high[first], summed(self.total), summed(self.count), summed(self.fair), summed(self.fair_count),
            apart, held, self.uncompared,
        )  # fmt: skip

    def weighed(self) -> tuple[np.ndarray, np.ndarray]:
        """For each pair of sets the summed log odds, and the average."""
        one, other = self.size[self.left], self.size[self.right]
        wanted = np.maximum(wanted_pairs(one, other), self.count)
        average = (self.total + self.uncompared * (wanted - self.count)) / wanted
        unbiased = self.fair / np.maximum(1, self.fair_count)
        average += (
            (unbiased - average) * self.fair_count / (self.fair_count + FAIRLY) * (1 - self.count / (one * other))
        )
        barred = self.apart | (self.lists[self.left] & self.lists[self.right]).any(axis=1)
        return np.where(barred, -BOUND, average * wanted), np.where(barred, -BOUND, average)


def wanted_pairs(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """How many pairs of two sets of these sizes are to be compared.

    >>> wanted_pairs(np.array([1, 3, 400]), np.array([4, 500, 500])).tolist()
    [4, 30, 4000]
    """
    return np.asarray(np.minimum(one * other, ENOUGH * np.minimum(one, other)))


def nested(graph: Graph, cut: float) -> Iterator[np.ndarray]:
    """The set of each row (0, 1, …), from single rows to the clusters whose average log odds reach the cut, each within the next."""
    sets, label = Sets.of(graph)
    yield label
    while len(sets.left):
        joins = _joins(sets, cut)
        if joins is None:
            return
        sets, label = sets.joined(joins), joins[label]
        yield label


def _joins(sets: Sets, cut: float) -> np.ndarray | None:
    """A label for each set: pairs that are about each other's likeliest are one, and small ones join a large one that is theirs."""
    n = len(sets.size)
    _, average = sets.weighed()
    good = average >= cut
    if not good.any():
        return None
    a, b, value = sets.left[good], sets.right[good], average[good]
    best = np.full(n, -np.inf)
    np.maximum.at(best, a, value)
    np.maximum.at(best, b, value)
    near = value >= np.maximum(best[a], best[b]) - SLACK
    partner = _matched(n, a[near], b[near])
    free = np.asarray(np.logical_not(np.any(sets.lists, axis=1)))
    free[np.concatenate([sets.left[sets.apart], sets.right[sets.apart]])] = False
    ends, others, value = np.concatenate([a, b]), np.concatenate([b, a]), np.tile(value, 2)
    calm = (partner < 0) | (sets.size >= SATELLITE * sets.size[partner])
    takes = (value == best[ends]) & (sets.size[others] >= SATELLITE * sets.size[ends])
    takes &= (partner[ends] < 0) & calm[others] & free[ends] & free[others]
    small, first = np.unique(ends[takes], return_index=True)
    paired = np.flatnonzero(partner >= 0)
    return connected(n, np.concatenate([paired, small]), np.concatenate([partner[paired], others[takes][first]]))


def _matched(n: int, left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """For each of n sets the one that it is paired with, -1 for none: pairs in no order of merit, none that could be left."""
    partner = np.full(n, -1)
    rank = np.random.default_rng(n).permutation(len(left))
    while len(left):
        top = np.full(n, -1)
        np.maximum.at(top, left, rank)
        np.maximum.at(top, right, rank)
        chosen = (top[left] == rank) & (top[right] == rank)
        partner[left[chosen]], partner[right[chosen]] = right[chosen], left[chosen]
        open_ = (partner[left] < 0) & (partner[right] < 0)
        left, right, rank = left[open_], right[open_], rank[open_]
    return partner


def clusters(graph: Graph, cut: float) -> np.ndarray:
    """The cluster of each row, numbered.

    >>> clusters(Graph.of("abc", {("a", "b"): 4.0, ("b", "c"): -6.0}, -5.0), 0.0).tolist()
    [0, 0, 1]
    """
    *_, label = nested(graph, cut)
    return label


def connected(n: int, left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Labels 0, 1, … of what pairs connect, in order of the first member."""
    links = coo_matrix((np.ones(len(left), dtype=bool), (left, right)), shape=(n, n))
    _, label = connected_components(links, directed=False)
    _, first, inverse = np.unique(label, return_index=True, return_inverse=True)
    return np.asarray(np.argsort(np.argsort(first))[inverse], dtype=np.int64)
