"""What of a crowd is in doubt.

Draws move only sets that the rest of their cluster does not hold beyond doubt, in parts that are drawn by themselves, given the cores that
stay.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import minimum_spanning_tree

from leadline.link.crowds import ENOUGH, Sets, connected, nested, wanted_pairs
from leadline.link.graph import BOUND, FAINTEST, Graph

HELD = 12.0
"""Log odds, in the target of the draws, from which on a set stays with the rest of its cluster."""
TOGETHER = 200
"""Sets in doubt that are drawn together; where more hang together, the weakest ties between them are left out. Those that a judgement
keeps apart and entries of one list that might join one core are drawn together however many they are."""


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
        n, sets.left[near], sets.right[near], total[near], connected(n, sets.left[apart], sets.right[apart])
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
        label = connected(len(names), left, right)[part]
