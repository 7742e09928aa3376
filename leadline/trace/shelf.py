"""What finds a document's candidates, for many documents: one array of each kind a text, on disk until it is asked for.

A text that stands many times has one row. A heap's sketches take some kilobytes a text; of these only what one net needs is in
memory at a time.
"""

from __future__ import annotations

import os
import tempfile
import weakref
from array import array
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from leadline.trace.sketch import Sketch

Rows = npt.NDArray[np.int64]
COLUMNS: dict[str, Any] = {
    "bands": np.uint64,
    "shingles": np.uint64,
    "sequence": np.uint64,
    "terms": np.uint64,
    "term_weights": np.float32,
    "cognates": np.uint64,
    "cognate_weights": np.float32,
    "anchors": np.uint64,
    "spoken": np.uint8,
    "lengths": np.uint32,
    "features": np.uint64,
    "sentences": np.uint32,
}


class Column:
    """One array for each of many rows, appended once and read by rows in any order.

    >>> c = Column(np.uint64)
    >>> for row in ([1, 2], [], [3]): c.add(np.array(row, np.uint64))
    >>> [x.tolist() for x in c.read([2, 0])]
    [[3, 1, 2], [0, 1, 3]]
    """

    def __init__(self, dtype: Any) -> None:
        self.dtype = np.dtype(dtype)
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 - closed when the column goes
        weakref.finalize(self, self._file.close)
        self._ends = array("q", [0])

    def add(self, values: npt.NDArray[Any]) -> None:
        """Append a row."""
        self._file.write(np.ascontiguousarray(values, self.dtype).tobytes())
        self._ends.append(self._ends[-1] + len(values))

    def read(self, rows: Sequence[int] | Rows) -> tuple[npt.NDArray[Any], Rows]:
        """The values of some rows in one array, and where each row's begin (one more than rows)."""
        self._file.flush()
        ends = np.frombuffer(self._ends, np.int64)
        at = np.asarray(rows, np.int64)
        starts = np.concatenate([[0], np.cumsum(ends[at + 1] - ends[at])])
        values = np.empty(starts[-1], self.dtype)
        room, size, file = values.view(np.uint8).data, self.dtype.itemsize, self._file.fileno()
        # neighbouring rows come in one read
        breaks = np.flatnonzero(np.diff(at) != 1) + 1
        for a, b in zip([0, *breaks.tolist()], [*breaks.tolist(), len(at)], strict=True):
            to, end, come = int(starts[a]) * size, int(starts[b]) * size, int(ends[at[a]]) * size if b > a else 0
            while to < end:
                n = os.preadv(file, [room[to:end]], come)
                to, come = to + n, come + n
        return values, starts


class Shelf:
    """The sketches of a heap."""

    def __init__(self, sketches: Iterable[Sketch] = ()) -> None:
        self.columns = {name: Column(dtype) for name, dtype in COLUMNS.items()}
        self.documents: list[str] = []
        self.languages: list[str | None] = []
        self.row = array("q")
        """of each document, that of its words"""
        self.n_words = array("q")
        """of each row"""
        self.odd = array("b")
        self._rows: dict[bytes, int] = {}
        for s in sketches:
            self.put(s.document, s.language, self.add(s))

    def add(self, s: Sketch) -> int:
        """The row of a sketch; one with the same words is not kept again."""
        row = self._rows.setdefault(s.content, len(self.n_words))
        if row == len(self.n_words):
            self.n_words.append(s.n_words)
            self.odd.append(s.odd)
            arrays: tuple[npt.NDArray[Any], ...] = (
                *(s.bands, s.shingles, s.sequence, *s.terms, *s.cognates, s.anchors),
                *(s.spoken, s.lengths, *s.features),
            )
            for column, values in zip(self.columns.values(), arrays, strict=True):
                column.add(values)
        return row

    def put(self, document: str, language: str | None, row: int) -> None:
        """Say that a document has the words of this row."""
        self.documents.append(document)
        self.languages.append(language)
        self.row.append(row)

    def read(self, name: str, rows: Sequence[int] | Rows) -> tuple[npt.NDArray[Any], Rows]:
        """One column of some rows, as in `Column.read`."""
        return self.columns[name].read(rows)

    def groups(self) -> list[list[int]]:
        """Documents, by number, with the same words, in order of their names; ordered by the first name; none without words."""
        found: dict[int, list[int]] = {}
        for k in sorted(range(len(self.documents)), key=self.documents.__getitem__):
            if self.n_words[self.row[k]]:
                found.setdefault(self.row[k], []).append(k)
        return list(found.values())


def ranges(start: Rows, size: Rows) -> Rows:
    """The numbers from each start on, as many as each size, one after the other.

    >>> ranges(np.array([5, 0]), np.array([2, 3])).tolist()
    [5, 6, 0, 1, 2]
    """
    return np.repeat(start - (np.cumsum(size) - size), size) + np.arange(size.sum())
