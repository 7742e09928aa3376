"""Capture-history tables: what every method works on, and the checks that a table must pass.

A table is a set of lists, the distinct patterns of list membership that occur and how many records have each. It is
kept sparse, so that forty lists cost no more than the patterns that were seen. The all-zero pattern is what is
estimated and is never in it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from leadline.errors import InputError

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bits = npt.NDArray[np.uint8]

DENSE = 12  # lists up to which all 2^J cells are held at once


@dataclass(frozen=True)
class ListTable:
    """Counts of records by pattern of list membership.

    `patterns` has one row for each distinct pattern (J columns of 0 and 1), `counts` how many records have it; both
    are sorted by pattern, patterns without records are dropped.

    >>> t = ListTable.of(("A", "B"), {(1, 0): 5, (0, 1): 3, (1, 1): 2})
    >>> t.n, t.sizes.tolist(), t.full().tolist()
    (10, [7, 5], [0.0, 5.0, 3.0, 2.0])
    """

    lists: tuple[str, ...]
    patterns: Bits
    counts: Ints

    @classmethod
    def of(cls, lists: Sequence[str], cells: Mapping[tuple[int, ...], int]) -> ListTable:
        """A table from a mapping of pattern to count."""
        kept = sorted((p for p, c in cells.items() if c), reverse=True)
        patterns = np.array(kept, dtype=np.uint8).reshape(len(kept), len(lists))
        return cls(tuple(lists), patterns, np.array([cells[p] for p in kept], dtype=np.int64))

    @classmethod
    def from_memberships(cls, members: Iterable[Iterable[str]], lists: Sequence[str] | None = None) -> ListTable:
        """A table from the lists that each record is on; records on none of `lists` are left out.

        >>> ListTable.from_memberships([["A"], ["B", "A"], ["A"]]).counts.tolist()
        [1, 2]
        """
        held = [frozenset(m) for m in members]
        names = tuple(lists) if lists is not None else tuple(sorted(frozenset().union(*held)))
        cells: dict[tuple[int, ...], int] = {}
        for m in held:
            pattern = tuple(int(name in m) for name in names)
            if any(pattern):
                cells[pattern] = cells.get(pattern, 0) + 1
        return cls.of(names, cells)

    @property
    def n(self) -> int:
        """Number of records on at least one list."""
        return int(self.counts.sum())

    @property
    def n_lists(self) -> int:
        """Number of lists."""
        return len(self.lists)

    @cached_property
    def sizes(self) -> Ints:
        """Records on each list."""
        return self.counts @ self.patterns.astype(np.int64)

    @cached_property
    def overlaps(self) -> Ints:
        """Records that each pair of lists shares; the diagonal holds the sizes."""
        p = self.patterns.astype(np.int64)
        return p.T @ (p * self.counts[:, None])

    @cached_property
    def captures(self) -> Ints:
        """Records on exactly 1, 2, ... J lists (length J)."""
        times = self.patterns.sum(axis=1, dtype=np.int64)
        return np.bincount(times, weights=self.counts, minlength=self.n_lists + 1)[1:].astype(np.int64)

    @cached_property
    def codes(self) -> Ints:
        """Each pattern as an integer, list j worth 2**j."""
        return self.patterns.astype(np.int64) @ (1 << np.arange(self.n_lists, dtype=np.int64))

    def full(self) -> Floats:
        """Counts of all 2^J cells in the order of `codes`; the unseen cell 0 holds 0."""
        if self.n_lists > DENSE:
            raise InputError(
                f"{self.n_lists} lists have {2**self.n_lists} cells",
                expected=f"at most {DENSE} lists for a method that needs every cell",
                todo="merge or choose lists with --lists, or use the latent-class model",
            )
        cells = np.zeros(1 << self.n_lists)
        cells[self.codes] = self.counts
        return cells

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the lists, patterns and counts; the same for every order of rows in the input."""
        text = ",".join(self.lists) + "\n"
        for p, c in zip(self.patterns, self.counts, strict=True):
            text += "".join(map(str, p)) + f" {c}\n"
        return hashlib.sha256(text.encode()).hexdigest()

    def select(self, lists: Sequence[str]) -> ListTable:
        """The table over some of the lists; records on none of them drop out.

        >>> t = ListTable.of(("A", "B", "C"), {(1, 0, 0): 5, (0, 1, 0): 3, (1, 1, 1): 2})
        >>> t.select(["B", "C"]).counts.tolist()
        [2, 3]
        """
        unknown = [name for name in lists if name not in self.lists]
        if unknown:
            raise InputError(
                f"no list is called {unknown[0]!r}", expected="one of " + ", ".join(self.lists), todo="check --lists"
            )
        columns = [self.lists.index(name) for name in lists]
        return aggregate(tuple(lists), self.patterns[:, columns], self.counts)

    def members(self, capture_list: str) -> ListTable:
        """The members of one list as seen by the other lists: a population whose size is known.

        The result counts those members that are on at least one other list; the known total is the list's size.
        """
        j = self.lists.index(capture_list)
        rest = tuple(name for name in self.lists if name != capture_list)
        inside = self.patterns[:, j] == 1
        return aggregate(rest, np.delete(self.patterns[inside], j, axis=1), self.counts[inside])

    def with_counts(self, counts: Ints) -> ListTable:
        """The same patterns with other counts (a resampled table)."""
        keep = counts > 0
        return ListTable(self.lists, self.patterns[keep], np.asarray(counts[keep], dtype=np.int64))


def aggregate(lists: tuple[str, ...], patterns: Bits, counts: Ints) -> ListTable:
    """A table from rows that may repeat a pattern; all-zero rows drop out."""
    cells: dict[tuple[int, ...], int] = {}
    for p, c in zip(patterns.tolist(), counts.tolist(), strict=True):
        if any(p):
            cells[tuple(p)] = cells.get(tuple(p), 0) + c
    return ListTable.of(lists, cells)


@dataclass(frozen=True)
class FrequencyTable:
    """Numbers of units caught once, twice, ...: enough for the bounds, not for list models.

    `units[i]` units were caught `i + 1` times, of `occasions` occasions (None where unbounded).
    """

    units: Ints
    occasions: int | None

    @property
    def n(self) -> int:
        """Number of units caught at least once."""
        return int(self.units.sum())

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the frequencies."""
        return hashlib.sha256(f"{self.occasions} {self.units.tolist()}".encode()).hexdigest()
