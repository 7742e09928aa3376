"""The network that scores cue candidates and tokens beside a cue: plain NumPy, no training code.

Each item sums the vectors of its hashed features, sees its neighbours twice (in the text and in the parse), and gets one
score for each class. The weights are trained by `scripts/train_attribution.py`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from leadline.extract.algebra import OPS
from leadline.extract.attribution.columns import Ints

Floats = NDArray[np.float32]
NAMES = ("table", "bias0", "weights1", "bias1", "weights2", "bias2", "weights3", "bias3")


@dataclass(frozen=True)
class Network:
    """Weights of one network; `table` has one row for each hashed feature, in bytes that count in `scale`.

    Bytes keep the table in the processor's cache; 16-bit sums of up to 250 of them cannot overflow.
    """

    table: NDArray[np.int8] | Floats
    bias0: Floats
    weights1: Floats
    bias1: Floats
    weights2: Floats
    bias2: Floats
    weights3: Floats
    bias3: Floats
    scale: float = 1.0

    @classmethod
    def read(cls, arrays: Mapping[str, NDArray[np.generic]], prefix: str) -> Network:
        """The network stored under `prefix` in an archive; the table is kept as bytes with one scale for all."""
        parts = {name: np.asarray(arrays[f"{prefix}_{name}"], dtype=np.float32) for name in NAMES[1:]}
        return cls(table=np.asarray(arrays[f"{prefix}_table"]), scale=float(arrays[f"{prefix}_scale"]), **parts)

    @property
    def rows(self) -> int:
        """Number of rows that features are hashed to."""
        return len(self.table)

    def scores(self, rows: Ints, neighbours: Sequence[Ints]) -> Floats:
        """Scores `(items, classes)` from feature rows `(items, features)` and the items' neighbours (-1 for none)."""
        return self.beyond(summed(self.table, rows), np.stack(neighbours, axis=1))

    def beyond(self, total: NDArray[np.int16] | Floats, neighbours: Ints) -> Floats:
        """The scores of items whose rows of the table are summed; `neighbours` is `(items, neighbours)`."""
        first = np.maximum(total * np.float32(self.scale) + self.bias0, 0)
        second = np.maximum(product(gathered(first, neighbours), self.weights1) + self.bias1, 0)
        third = np.maximum(product(gathered(second, neighbours), self.weights2) + self.bias2, 0)
        return product(np.hstack([first, second, third]), self.weights3) + self.bias3


class Ensemble:
    """Networks that share their features; their scores are averaged.

    Their tables lie side by side, so that a feature is looked up once for all.
    """

    def __init__(self, members: Sequence[Network]) -> None:
        self.table = np.ascontiguousarray(np.hstack([m.table for m in members]))
        self.bounds = np.cumsum([0] + [m.table.shape[1] for m in members]).tolist()
        self.members = [
            replace(m, table=self.table[:, a:b]) for m, (a, b) in zip(members, pairwise(self.bounds), strict=True)
        ]

    @property
    def rows(self) -> int:
        """Number of rows that features are hashed to."""
        return len(self.table)

    def scores(self, rows: Ints, neighbours: Sequence[Ints]) -> Floats:
        """The mean of the networks' scores."""
        total = summed(self.table, rows)
        beside = np.stack(neighbours, axis=1)
        parts = zip(self.members, pairwise(self.bounds), strict=True)
        return np.asarray(np.mean([m.beyond(total[:, a:b], beside) for m, (a, b) in parts], axis=0), dtype=np.float32)


def summed(table: NDArray[np.int8] | Floats, rows: Ints) -> NDArray[np.int16] | Floats:
    """For each item the sum of its rows of the table."""
    total = np.zeros((len(rows), table.shape[1]), dtype=np.result_type(table, np.int16))
    for k in range(rows.shape[1]):
        total += table[rows[:, k]]
    return total


def product(left: Floats, right: Floats) -> Floats:
    """Matrix product by the routine of the parser."""
    return np.asarray(OPS.gemm(left, right), dtype=np.float32)


def gathered(values: Floats, neighbours: Ints) -> Floats:
    """The values of all neighbours `(items, neighbours)` side by side, zeros where there is none."""
    padded = np.vstack([values, np.zeros((1, values.shape[1]), dtype=np.float32)])
    return padded[neighbours].reshape(len(neighbours), -1)
