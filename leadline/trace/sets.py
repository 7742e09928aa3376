"""Sets of small numbers, one for each of very many rows, and which pairs of rows share something."""

from __future__ import annotations

from array import array
from collections.abc import Hashable, Iterable

import numpy as np
import numpy.typing as npt

from leadline.trace.shelf import Rows

Mask = npt.NDArray[np.bool_]


class Sets:
    """A set of small numbers for each of many rows.

    >>> s = Sets()
    >>> s.add("ab"); s.add(""); s.add("bc")
    >>> s.meet(np.array([0, 0]), np.array([1, 2])).tolist()
    [False, True]
    """

    def __init__(self) -> None:
        self.numbers: dict[Hashable, int] = {}
        self.values, self.ends = array("i"), array("q", [0])

    def add(self, found: Iterable[Hashable]) -> None:
        """Append a row."""
        self.values.extend(self.numbers.setdefault(x, len(self.numbers)) for x in found)
        self.ends.append(len(self.values))

    def sizes(self, rows: Rows) -> Rows:
        """How many each row holds."""
        ends = np.frombuffer(self.ends, np.int64)
        return ends[rows + 1] - ends[rows]

    def crossed(self, one: Rows, other: Rows) -> tuple[Rows, Rows, Rows]:
        """All values of a row beside all of another: number of the pair, and where both values stand."""
        ends, n, m = np.frombuffer(self.ends, np.int64), self.sizes(one), self.sizes(other)
        size = n * m
        pair = np.repeat(np.arange(len(one)), size)
        at = np.arange(len(pair)) - np.repeat(np.cumsum(size) - size, size)
        return pair, ends[one][pair] + at // m[pair], ends[other][pair] + at % m[pair]

    def meet(self, one: Rows, other: Rows) -> Mask:
        """Of pairs of rows, whether they share a value."""
        pair, i, j = self.crossed(one, other)
        values = np.frombuffer(self.values, np.int32) if self.values else np.zeros(0, np.int32)
        met = np.zeros(len(one), bool)
        met[pair[values[i] == values[j]]] = True
        return met
