"""Scored pairs as arrays: which rows, which agreement level of each comparison, what weight; explained on request."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator, Sequence

import msgspec
import numpy as np
import pyarrow as pa

from leadline.link.parameters import FIELDS, Parameters
from leadline.link.rows import Row

BLOCK = 1 << 22
"""Pairs whose probabilities are worked out at once: of all together they would take as much room as the scores."""


class Scores(msgspec.Struct, frozen=True):
    """Compared pairs of rows, sorted by (left, right), left before right.

    `levels` has a column for each comparison: the position of the level reached, best first, -1 where there is nothing to compare.
    """

    left: np.ndarray
    right: np.ndarray
    levels: np.ndarray
    weight: np.ndarray
    """total match weight, log2"""

    def number_of(self, left: int, right: int) -> int:
        """The number of a compared pair."""
        first, last = np.searchsorted(self.left, (left, left + 1))
        return int(first + np.searchsorted(self.right[first:last], right))

    @property
    def probability(self) -> np.ndarray:
        """Posterior probability of every pair."""
        return probability(self.weight)


def probability(weight: np.ndarray) -> np.ndarray:
    """Posterior probability of pairs with these total weights."""
    return np.asarray(1 / (1 + np.exp2(-np.clip(weight, -200, 200))))


def weigh(left: np.ndarray, right: np.ndarray, levels: np.ndarray, parameters: Parameters) -> Scores:
    """Pairs with the weights of these parameters: the prior's log odds plus the weight of every level reached."""
    total = np.full(len(left), math.log2(parameters.prior / (1 - parameters.prior)))
    for k, name in enumerate(FIELDS):
        total += weights(levels[:, k], parameters, name)
    return Scores(left, right, levels, total)


def weights(levels: np.ndarray, parameters: Parameters, name: str) -> np.ndarray:
    """The weights of these levels of a comparison, zero where there is nothing to compare."""
    table = np.array([*(x.weight for x in parameters.comparisons[name].levels), 0.0])
    return np.asarray(table[levels])  # -1 is the last entry: nothing


class Explainer:
    """Writes pairs out as the table `pairs`, each with what every comparison contributed.

    The value of every field of every row, every label and every weight is made once; a pair is a choice among them.
    """

    def __init__(self, scores: Scores, rows: Sequence[Row], parameters: Parameters) -> None:
        self.scores, self.n = scores, len(rows)
        self.ids = pa.array([r.claims[0] for r in rows], pa.string())
        self.claim = (
            np.unique([r.claims[0] for r in rows], return_inverse=True)[1] if rows else np.empty(0, dtype=np.int64)
        )
        self.several = any(r.facet for r in rows)
        self.values = pa.array([_shown(r, f) for f in FIELDS for r in rows], pa.string())
        levels = [x for f in FIELDS for x in parameters.comparisons[f].levels]
        counts = [len(parameters.comparisons[f].levels) for f in FIELDS]
        self.first_level = np.cumsum([0, *counts[:-1]])
        self.labels = pa.array([x.label for x in levels], pa.string())
        self.weights = np.array([round(x.weight, 4) for x in levels])

    def table(self, chosen: np.ndarray) -> pa.Table:
        """These pairs (by number) as columns."""
        s = self.scores
        pair, field = np.nonzero(s.levels[chosen] >= 0)
        level = self.first_level[field] + s.levels[chosen][pair, field]
        features = pa.StructArray.from_arrays(
            [
                pa.array(np.array(FIELDS)[field], pa.string()),
                self.values.take(pa.array(field * self.n + s.left[chosen][pair])),
                self.values.take(pa.array(field * self.n + s.right[chosen][pair])),
                self.labels.take(pa.array(level)),
                pa.array(self.weights[level], pa.float64()),
            ],
            names=["field", "left", "right", "level", "weight"],
        )
        offsets = np.searchsorted(pair, np.arange(len(chosen) + 1)).astype(np.int32)
        return pa.table(
            {
                "claim_l": self.ids.take(pa.array(s.left[chosen])),
                "claim_r": self.ids.take(pa.array(s.right[chosen])),
                "probability": pa.array(np.round(probability(s.weight[chosen]), 6)),
                "weight": pa.array(np.round(s.weight[chosen], 4)),
                "features": pa.ListArray.from_arrays(pa.array(offsets), features),
            }
        )

    def tables(
        self, at_least: float, always: Sequence[int] = (), size: int = 1 << 16
    ) -> Iterator[tuple[np.ndarray, pa.Table]]:
        """Numbers and columns of the pairs of at least this probability and those in `always`, in order; each of these alone."""
        # a claim of several places has several rows: of its pairs with another claim the likeliest is shown
        wanted = self._at_least(at_least)
        if always:
            wanted = np.union1d(wanted, np.array(sorted(always), dtype=np.int64))
        if self.several:
            wanted = self._likeliest(wanted)
        edges = np.searchsorted(wanted, np.array(sorted(always), dtype=np.int64))
        for part in np.split(wanted, sorted({*edges.tolist(), *(edges + 1).tolist()})):
            for k in range(0, len(part), size):
                yield part[k : k + size], self.table(part[k : k + size])

    def _at_least(self, least: float) -> np.ndarray:
        """Numbers of the pairs of at least this probability."""
        weight = self.scores.weight
        parts = (k + np.flatnonzero(probability(weight[k : k + BLOCK]) >= least) for k in range(0, len(weight), BLOCK))
        return np.concatenate([np.empty(0, dtype=np.int64), *parts])

    def _likeliest(self, pairs: np.ndarray) -> np.ndarray:
        left, right = self.claim[self.scores.left[pairs]], self.claim[self.scores.right[pairs]]
        order = np.lexsort((pairs, -probability(self.scores.weight[pairs]), right, left))
        order = order[left[order] != right[order]]
        first = np.ones(len(order), dtype=bool)
        first[1:] = (np.diff(left[order]) != 0) | (np.diff(right[order]) != 0)
        return np.asarray(pairs[order[first]])


def _shown(row: Row, field: str) -> str:
    """The value of a field as a reader should see it."""

    def iso(value: int | None) -> str:
        return "…" if value is None else (dt.date(1970, 1, 1) + dt.timedelta(value)).isoformat()

    match field:
        case "time":
            return f"{iso(row.start_day)}/{iso(row.end_day)}"
        case "reported":
            return f"{iso(row.reported_start)}/{iso(row.reported_end)}"
        case "place":
            return row.place or row.region or ""
        case "number":
            return f"{'…' if row.low is None else f'{row.low:g}'}-{'…' if row.high is None else f'{row.high:g}'} {row.counted}"
        case "wording":
            return " ".join(row.stems[:12])
    return str(getattr(row, field) or "")
