"""Parts too large for a matrix: many rows that tell of few well-covered events.

Of a crowd not all pairs are compared, by intent: a row is compared with some of those it shares something with. So pairs left out tell
against two sets of rows being one only until `ENOUGH` comparisons were made for each row of the smaller set: up to that number a pair
that was not compared has the odds `uncompared`, beyond it says nothing. Of sets of up to `ENOUGH` rows all pairs count, as in
`partitions.py`. Nor are pairs compared because they share something a sample of those left out: of two large sets these have the odds of
the pairs that chance drew. Everything here is sums over compared pairs: cost grows with their number.

Clusters are those of average linkage, by rounds of reciprocal nearest neighbours (Murtagh 1983, doi:10.1093/comjnl/26.4.354). Draws move
only what is in doubt: sets that the rest of their cluster does not hold beyond doubt are drawn, given the cores that stay.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components, minimum_spanning_tree

from leadline.link.graph import BOUND, FAINTEST, Graph

ENOUGH = 10
"""Comparisons of a row with a set of others beyond which those left out say nothing."""
FAIRLY = 100
"""Comparisons drawn from all that two sets could have of which the average counts as much for those left out as that of what was compared."""
HELD = 12.0
"""Log odds, in the target of the draws, from which on a set stays with the rest of its cluster."""
SLACK = 0.25
"""Log odds by which a pair of sets may be less than the likeliest of either and still be joined in one round with it."""
SATELLITE = 8
"""A set that has this many times the rows of another takes it in together with others."""
TOGETHER = 200
"""Sets in doubt that are drawn together; where more hang together, the weakest ties between them are left out. Those that a judgement
keeps apart and entries of one list that might join one core are drawn together however many they are."""


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
        label = _connected(graph.n, graph.left[bound], graph.right[bound])
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
    return _connected(n, np.concatenate([paired, small]), np.concatenate([partner[paired], others[takes][first]]))


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


class Doubt(msgspec.Struct, frozen=True):
    """What of a crowd moves in the draws: sets of rows with their odds, in parts that are drawn by themselves."""

    of_row: np.ndarray
    """the set of each row"""
    parts: list[tuple[np.ndarray, np.ndarray]]
    """sets and the matrix of log odds between them, cores that stay first; a set that stays is in any number of parts"""


def in_doubt(graph: Graph, cut: float, power: float) -> Doubt:
    """The sets that move in the draws, and their odds in the target.

    A set found on the way to a cluster that the rest of it does not hold (`HELD`) moves; what is left of the cluster is its core. Two
    cores are apart in every draw unless their odds leave it open. A pair that was not compared says nothing between sets of one
    cluster of more than `ENOUGH` rows: each has its comparisons with the others.
    """
    levels = list(nested(graph, cut))
    whole = levels[-1]
    loose = np.full(graph.n, -1)
    for k, label in enumerate(levels[:-1]):
        found = (_ties(graph, label, whole) * power < HELD)[label] & (loose < 0)
        loose[found] = k * graph.n + label[found]
    of_row = np.unique(np.where(loose < 0, len(levels) * graph.n + whole, loose), return_inverse=True)[1]
    base, first = Sets.of(graph)
    of_first = np.empty(len(base.size), dtype=np.int64)
    of_first[first] = of_row
    sets = base.joined(of_first)
    moves = np.zeros(len(sets.size), dtype=bool)
    moves[of_row] = loose >= 0
    cluster = np.empty(len(sets.size), dtype=np.int64)
    cluster[of_row] = whole
    held = np.bincount(whole)[cluster] > ENOUGH
    one = (cluster[sets.left] == cluster[sets.right]) & held[sets.left]
    total, _ = sets.weighed()
    total = np.where(one & moves[sets.left] & moves[sets.right] & (total > -BOUND / 2), sets.total, total)
    # of two cores that may be one the smaller moves
    open_ = (total * power > -HELD) & ~one & ~moves[sets.left] & ~moves[sets.right]
    smaller = np.where(sets.size[sets.left] <= sets.size[sets.right], sets.left, sets.right)
    moves[smaller[open_]] = True
    return Doubt(of_row, list(_parts(sets, total, moves, cluster, held)))


def _ties(graph: Graph, label: np.ndarray, whole: np.ndarray) -> np.ndarray:
    """For each set the log odds that hold it to the rest of its cluster; of a cluster that is one set, none let go."""
    n = int(label.max()) + 1
    a, b = label[graph.left], label[graph.right]
    out = (a != b) & (whole[graph.left] == whole[graph.right])
    total = np.bincount(a[out], graph.odds[out], n) + np.bincount(b[out], graph.odds[out], n)
    count = np.bincount(a[out], minlength=n) + np.bincount(b[out], minlength=n)
    size = np.bincount(label, minlength=n)
    cluster = np.empty(n, dtype=np.int64)
    cluster[label] = whole
    rest = np.bincount(whole)[cluster] - size
    tie = total + graph.uncompared * np.maximum(0, wanted_pairs(size, rest) - count)
    return np.where(rest > 0, tie, np.inf)


def _parts(
    sets: Sets, total: np.ndarray, moves: np.ndarray, cluster: np.ndarray, held: np.ndarray
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Sets that move and hang together, behind the cores that any of them may join."""
    n = len(moves)
    to_core = (moves[sets.left] != moves[sets.right]) & (total > FAINTEST)
    ends = np.where(moves[sets.left], sets.left, sets.right)[to_core]
    cores = np.where(moves[sets.left], sets.right, sets.left)[to_core]
    apart = sets.apart & moves[sets.left] & moves[sets.right]  # whatever their odds, both might join one core
    near = moves[sets.left] & moves[sets.right] & (total > FAINTEST)
    label = _together(
        n, sets.left[near], sets.right[near], total[near], _connected(n, sets.left[apart], sets.right[apart])
    )
    label = _with_rivals(sets, moves, label, ends, cores)
    moving = np.flatnonzero(moves)
    order = moving[np.argsort(label[moving], kind="stable")]
    by_end = np.argsort(ends, kind="stable")
    cores, starts = cores[by_end], np.searchsorted(ends[by_end], np.arange(n + 1))
    code = sets.left * n + sets.right
    for together in np.split(order, np.flatnonzero(np.diff(label[order])) + 1) if len(order) else ():
        joined = [cores[starts[k] : starts[k + 1]] for k in together.tolist()]
        nodes = np.concatenate([np.unique(np.concatenate(joined)), together])
        if len(nodes) < 2:
            continue
        a, b = np.triu_indices(len(nodes), 1)
        low, high = np.minimum(nodes[a], nodes[b]), np.maximum(nodes[a], nodes[b])
        at = np.minimum(np.searchsorted(code, low * n + high), len(code) - 1)
        known = code[at] == low * n + high
        one = (cluster[low] == cluster[high]) & held[low] & moves[low] & moves[high]
        barred = (sets.lists[low] & sets.lists[high]).any(axis=1) | ~(moves[low] | moves[high])
        missing = np.where(one, 0.0, sets.uncompared * wanted_pairs(sets.size[low], sets.size[high]))
        w = np.zeros((len(nodes), len(nodes)))
        w[a, b] = w[b, a] = np.where(barred, -BOUND, np.where(known, total[at], missing))
        yield nodes, w


def _together(n: int, left: np.ndarray, right: np.ndarray, total: np.ndarray, label: np.ndarray) -> np.ndarray:
    """Parts of up to `TOGETHER` sets that pairs connect, the strongest first; sets of one label are in one part however many they are."""
    cost = float(total.max(initial=0.0)) + 1 - total
    tree = minimum_spanning_tree(coo_matrix((cost, (left, right)), shape=(n, n)).tocsr()).tocoo()
    order = np.lexsort((tree.col, tree.row, tree.data))
    parent, size = np.arange(int(label.max(initial=-1)) + 1).tolist(), np.bincount(label).tolist()

    def root(k: int) -> int:
        while parent[k] != k:
            parent[k] = k = parent[parent[k]]
        return k

    for a, b in zip(label[tree.row[order]].tolist(), label[tree.col[order]].tolist(), strict=True):
        x, y = root(a), root(b)
        if x != y and size[x] + size[y] <= TOGETHER:
            parent[y] = x
            size[x] += size[y]
    return np.asarray(np.array([root(k) for k in range(len(parent))], dtype=np.int64)[label])


def _with_rivals(sets: Sets, moves: np.ndarray, label: np.ndarray, ends: np.ndarray, cores: np.ndarray) -> np.ndarray:
    """Parts as one where sets of both have entries of one list and might join one core (`ends` may join `cores`)."""
    while True:
        names, part = np.unique(label, return_inverse=True)
        held = np.zeros((len(names), sets.lists.shape[1]), dtype=bool)
        np.logical_or.at(held, part[moves], sets.lists[moves])
        told, which = np.nonzero(held[part[ends]])
        order = np.lexsort((which, cores[told]))
        told, which = told[order], which[order]
        same = (np.diff(cores[told]) == 0) & (np.diff(which) == 0)
        left, right = part[ends[told[:-1][same]]], part[ends[told[1:][same]]]
        if (left == right).all():
            return part
        label = _connected(len(names), left, right)[part]


def _connected(n: int, left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Labels 0, 1, … of what pairs connect, in order of the first member."""
    links = coo_matrix((np.ones(len(left), dtype=bool), (left, right)), shape=(n, n))
    _, label = connected_components(links, directed=False)
    _, first, inverse = np.unique(label, return_index=True, return_inverse=True)
    return np.asarray(np.argsort(np.argsort(first))[inverse], dtype=np.int64)
