"""Boosted decision trees as arrays: the sum of what each tree gives, as a chance (Friedman 2001, doi:10.1214/aos/1013203451)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from leadline.extract.archives import Arrays
from leadline.extract.claims.coded.encoder import Floats


@dataclass(frozen=True)
class Trees:
    """The nodes of all trees: `at` or below `threshold` of a number one goes `left`, above it `right`; a leaf leads to itself and has a value."""

    names: tuple[str, ...]
    number: NDArray[np.int64]
    threshold: Floats
    left: NDArray[np.int64]
    right: NDArray[np.int64]
    value: Floats
    roots: NDArray[np.int64]
    bias: float
    depth: int

    @classmethod
    def read(cls, arrays: Arrays, name: str) -> Trees:
        """The trees stored under a name in an archive; raises `KeyError` where a part is missing."""

        def whole(part: str) -> NDArray[np.int64]:
            return np.asarray(arrays[f"{name}.{part}"], dtype=np.int64)

        return cls(
            names=tuple(str(arrays[f"{name}.names"]).split("\n")),
            number=whole("number"),
            threshold=np.asarray(arrays[f"{name}.threshold"], dtype=np.float32),
            left=whole("left"),
            right=whole("right"),
            value=np.asarray(arrays[f"{name}.value"], dtype=np.float32),
            roots=whole("roots"),
            bias=float(arrays[f"{name}.bias"]),
            depth=int(arrays[f"{name}.depth"]),
        )

    def chances(self, rows: Floats) -> Floats:
        """The chance of each row of `rows`, `(rows, names)`, whose numbers stand in the order of `names`."""
        return np.asarray(1 / (1 + np.exp(-self.scores(rows))), dtype=np.float32)

    def scores(self, rows: Floats) -> Floats:
        """The sum of each row, whose numbers stand in the order of `names`: the logarithm of its odds, or of its weight among several classes."""
        node = np.tile(self.roots, (len(rows), 1))
        line = np.arange(len(rows))[:, None]
        for _ in range(self.depth):
            below = rows[line, self.number[node]] <= self.threshold[node]
            node = np.where(below, self.left[node], self.right[node])
        return np.asarray(self.value[node].sum(axis=1) + np.float32(self.bias), dtype=np.float32)
