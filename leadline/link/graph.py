"""Scored pairs as a graph whose parts can be treated one by one: what partitions and draws work on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import msgspec
import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

BOUND = 1e6
"""Log odds of a pair that somebody judged: beyond anything that evidence adds up to, and finite, so that sums stay numbers."""
LARGEST = 1500
"""Parts above this size are cut at higher odds until they are smaller; memory is quadratic in it."""
FAINTEST = -4.0
"""Log odds below which a pair connects nothing."""
SUREST = 12.0
"""Log odds up to which a part is cut."""


class Graph(msgspec.Struct, frozen=True):
    """Nodes 0 to `n` - 1 and the natural log odds of compared pairs; every other pair has `uncompared`."""

    n: int
    left: np.ndarray
    right: np.ndarray
    odds: np.ndarray
    uncompared: float
    lists: np.ndarray | None = None
    """for each node the list it is an entry of, -1 for none: entries of one list are different incidents"""

    @classmethod
    def of(cls, nodes: Sequence[str], edges: Mapping[tuple[str, str], float], uncompared: float) -> Graph:
        """A graph from named pairs; nodes are numbered in the given order.

        >>> Graph.of("ab", {("a", "b"): 2.0}, -5.0).odds.tolist()
        [2.0]
        """
        at = {n: i for i, n in enumerate(nodes)}
        ends = np.array([(at[a], at[b]) for a, b in edges], dtype=np.int64).reshape(len(edges), 2)
        return cls(len(nodes), ends[:, 0], ends[:, 1], np.array(list(edges.values()), dtype=np.float64), uncompared)

    def bound(self, pairs: Mapping[tuple[int, int], float]) -> Graph:
        """The graph with other odds for some pairs, compared or not."""
        if not pairs:
            return self
        keys = np.array([a * self.n + b for a, b in pairs], dtype=np.int64)
        keep = ~np.isin(self.left.astype(np.int64) * self.n + self.right, keys)
        ends = np.array(list(pairs), dtype=np.int64).reshape(len(pairs), 2)
        return Graph(
            self.n,
            np.concatenate([self.left[keep], ends[:, 0]]),
            np.concatenate([self.right[keep], ends[:, 1]]),
            np.concatenate([self.odds[keep], np.array(list(pairs.values()))]),
            self.uncompared,
            self.lists,
        )

    def parts(self) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """Parts that no plausible pair connects, in order of their first node: the nodes and their matrix of log odds.

        The diagonal is not meant to be read. A part of more than `LARGEST` nodes that near-certain pairs hold together has an
        empty matrix: it is one cluster.
        """
        label, vast = self._labels()
        inside = label[self.left] == label[self.right]
        order = np.argsort(label[self.left[inside]], kind="stable")
        left, right, odds = (x[inside][order] for x in (self.left, self.right, self.odds))
        nodes = np.argsort(label, kind="stable")
        starts = np.flatnonzero(np.diff(label[nodes], prepend=-1))
        ends = np.append(starts, self.n)[1:]
        edge_starts = np.searchsorted(label[left], label[nodes[starts]], "left")
        edge_ends = np.searchsorted(label[left], label[nodes[starts]], "right")
        at = np.empty(self.n, dtype=np.int64)
        at[nodes] = np.arange(self.n) - np.repeat(starts, ends - starts)
        for start, end, first, last in zip(
            starts.tolist(), ends.tolist(), edge_starts.tolist(), edge_ends.tolist(), strict=True
        ):
            if nodes[start] in vast:
                yield nodes[start:end], np.empty((0, 0))
                continue
            w = np.full((end - start, end - start), self.uncompared)
            a, b = at[left[first:last]], at[right[first:last]]
            w[a, b] = w[b, a] = odds[first:last]
            if self.lists is not None:
                entry_of = self.lists[nodes[start:end]]
                w[(entry_of[:, None] == entry_of[None, :]) & (entry_of >= 0) & (np.abs(w) < BOUND / 2)] = -BOUND
            yield nodes[start:end], w

    def _labels(self) -> tuple[np.ndarray, frozenset[int]]:
        """For each node the first node of its part, and the first nodes of parts that stay too large."""
        label = np.zeros(self.n, dtype=np.int64)
        floor = max(self.uncompared, FAINTEST)
        open_ = np.ones(self.n, dtype=bool)
        while open_.any() and floor <= SUREST:
            use = open_[self.left] & open_[self.right] & (self.odds > floor)
            links = coo_matrix((np.ones(int(use.sum())), (self.left[use], self.right[use])), shape=(self.n, self.n))
            _, component = connected_components(links, directed=False)
            _, first, inverse, size = np.unique(component, return_index=True, return_inverse=True, return_counts=True)
            label[open_] = first[inverse][open_]
            open_ &= size[inverse] > LARGEST
            floor += 2.0
        return label, frozenset(np.unique(label[open_]).tolist())


def closure(w: np.ndarray, above: float = 0.0) -> np.ndarray:
    """Labels 0, 1, … of the sets that pairs above some odds connect."""
    _, label = connected_components(w > above, directed=False)
    return np.asarray(label, dtype=np.int64)
