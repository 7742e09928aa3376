"""One claim in several incidents: a claim that sums up or denies what happened in several places.

Such a claim is compared once for every place it names, without its count, which is of all of them together. It belongs to every
incident that another claim tells of at one of these places. No incident is made of such claims' places alone: what only they
tell stays one incident, so that a sentence that lists four villages does not become four events.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec
import numpy as np

from leadline.link.rows import Row


class Facets(msgspec.Struct, frozen=True):
    """Rows that stand for one place of a claim that names several, and how clusters of them are settled."""

    rows: np.ndarray
    """numbers of these rows"""
    whole: np.ndarray
    """for each, the number of the first row of the same claims"""

    @classmethod
    def of(cls, rows: Sequence[Row]) -> Facets:
        """The facets among rows."""
        first: dict[tuple[str, ...], int] = {}
        held = [k for k, r in enumerate(rows) if r.facet]
        whole = [first.setdefault(rows[k].claims, k) for k in held]
        return cls(np.array(held, dtype=np.int64), np.array(whole, dtype=np.int64))

    def apart(self) -> Iterator[tuple[int, int]]:
        """Pairs of rows of the same claims: one claim is not twice in one incident."""
        for whole in np.unique(self.whole).tolist():
            same = self.rows[self.whole == whole].tolist()
            yield from ((a, b) for i, a in enumerate(same) for b in same[i + 1 :])

    def settle(self, label: np.ndarray) -> np.ndarray:
        """For each row the row that stands for its cluster, given the first row of each cluster; -1 for a facet that counts nowhere.

        What only facets tell is put together as one, by claims that share a cluster. A cluster is named by a row whose claims are in
        no other: its first that is no facet, else its first.
        """
        if not len(self.rows):
            return label
        label, n = label.copy(), len(label)
        facet = np.zeros(n, dtype=bool)
        facet[self.rows] = True
        company = np.zeros(n, dtype=bool)
        company[label[~facet]] = True
        told = list(zip(self.rows.tolist(), self.whole.tolist(), strict=True))
        placed = {w for r, w in told if company[label[r]]}
        joined: dict[int, int] = {}

        def root(k: int) -> int:
            while (up := joined.get(k, k)) != k:
                k = up
            return k

        alone = [(r, w) for r, w in told if not company[label[r]]]
        for r, w in alone:
            if w not in placed:
                a, b = sorted((root(int(label[r])), root(w)))
                joined[b] = a
        for r, w in alone:
            label[r] = root(w) if w not in placed and r == w else -1
        kept = np.flatnonzero(label >= 0)
        stands = np.full(n, 2 * n)
        np.minimum.at(stands, label[kept], kept + n * facet[kept])
        label[kept] = stands[label[kept]] % n
        return label

    def told_elsewhere(self, label: np.ndarray) -> set[int]:
        """The facets that stand in a cluster beside other claims, given settled labels: their claims may be in other clusters too."""
        facets = set(self.rows.tolist())
        return {r for r in facets if label[r] >= 0 and int(label[r]) not in facets}
