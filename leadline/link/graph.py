"""Scored pairs as a graph whose parts can be treated one by one: what partitions and draws work on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import msgspec
import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

BOUND = 1e6
"""Log odds of a pair that somebody judged: beyond anything that evidence adds up to, and finite, so that sums stay numbers."""
LARGEST = 400
"""Rows of a part that has a matrix; memory is quadratic in it. What is larger is a crowd (`crowds.py`)."""
FAINTEST = -4.0
"""Log odds below which a pair connects nothing."""


class Graph(msgspec.Struct, frozen=True):
    """Nodes 0 to `n` - 1 and the natural log odds of compared pairs; every other pair has `uncompared`."""

    n: int
    left: np.ndarray
    right: np.ndarray
    odds: np.ndarray
    uncompared: float
    lists: np.ndarray | None = None
    """for each node the list it is an entry of, -1 for none: entries of one list are different incidents"""
    fair: np.ndarray | None = None
    """for each pair whether it was drawn from all pairs there are, whatever the two share"""

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
            None if self.fair is None else np.concatenate([self.fair[keep], np.zeros(len(pairs), dtype=bool)]),
        )

    def without_odds(self, left: np.ndarray, right: np.ndarray, fair: np.ndarray) -> Graph:
        """The graph in which these pairs (some of them fair) count as compared with the odds of those that were not, unless they have their own."""
        pairs = left.astype(np.int64) * self.n + right
        new = ~np.isin(pairs, self.left.astype(np.int64) * self.n + self.right)
        return Graph(
            self.n,
            np.concatenate([self.left, left[new]]),
            np.concatenate([self.right, right[new]]),
            np.concatenate([self.odds, np.full(int(new.sum()), self.uncompared)]),
            self.uncompared,
            self.lists,
            np.concatenate([np.zeros(len(self.left), dtype=bool) if self.fair is None else self.fair, fair[new]]),
        )

    def parts(self) -> Iterator[tuple[np.ndarray, np.ndarray | Graph]]:
        """Parts that no plausible pair connects, in order of their first node: the nodes and their matrix of log odds.

        The diagonal is not meant to be read. A part of more than `LARGEST` nodes is a graph of its own.
        """
        label = self._labels()
        inside = label[self.left] == label[self.right]
        order = np.argsort(label[self.left[inside]], kind="stable")
        left, right, odds = (x[inside][order] for x in (self.left, self.right, self.odds))
        fair = None if self.fair is None else self.fair[inside][order]
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
            part = nodes[start:end]
            a, b = at[left[first:last]], at[right[first:last]]
            lists = None if self.lists is None else self.lists[part]
            if len(part) > LARGEST:
                yield (
                    part,
                    Graph(
                        len(part),
                        a,
                        b,
                        odds[first:last],
                        self.uncompared,
                        lists,
                        None if fair is None else fair[first:last],
                    ),
                )
                continue
            w = np.full((len(part), len(part)), self.uncompared)
            w[a, b] = w[b, a] = odds[first:last]
            if lists is not None:
                w[(lists[:, None] == lists[None, :]) & (lists >= 0) & (np.abs(w) < BOUND / 2)] = -BOUND
            yield part, w

    def crowds(self) -> np.ndarray:
        """For each node the first node of its part where this is a crowd, else -1."""
        label = self._labels()
        return np.where(np.bincount(label, minlength=self.n)[label] > LARGEST, label, -1)

    def _labels(self) -> np.ndarray:
        """For each node the first node of its part."""
        use = self.odds > max(self.uncompared, FAINTEST)
        links = coo_matrix((np.ones(int(use.sum())), (self.left[use], self.right[use])), shape=(self.n, self.n))
        _, component = connected_components(links, directed=False)
        _, first, inverse = np.unique(component, return_index=True, return_inverse=True)
        return np.asarray(first[inverse])


def closure(w: np.ndarray, above: float = 0.0) -> np.ndarray:
    """Labels 0, 1, … of the sets that pairs above some odds connect."""
    _, label = connected_components(w > above, directed=False)
    return np.asarray(label, dtype=np.int64)
