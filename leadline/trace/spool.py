"""Views on disk while a heap is compared: more of them than memory holds, each read back when its turn comes."""

from __future__ import annotations

import tempfile
from collections import OrderedDict
from types import TracebackType
from typing import Self

import msgspec

from leadline.trace.alignment import Alignment, Prepared, align, prepare
from leadline.trace.text import View

KEPT = 2000
"""Prepared documents held in memory, some hundred kilobytes each; pairs come so that neighbours share theirs."""


class Spool:
    """Views and their texts, appended in one pass and read in any order; a context manager, gone when it ends.

    >>> with Spool() as spool:
    ...     spool.add(View("a", "en", ("we", "go"), (0, 3), (2, 5), ((0, 2),), (), frozenset()), "We go")
    ...     spool.again("b", "a")
    ...     spool.prepared("b", across_languages=False)[0].document, spool.are_twins("a", "b")
    ('b', True)
    """

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 - closed when the context ends
        self._at: dict[str, tuple[int, int]] = {}
        self._end = 0
        self._prepared: OrderedDict[tuple[int, bool], tuple[Prepared, str]] = OrderedDict()
        self._itself: OrderedDict[int, Alignment] = OrderedDict()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._file.close()

    def add(self, v: View, text: str) -> None:
        """Keep a view and the text it was made from."""
        data = msgspec.msgpack.encode((v, text))
        self._file.seek(self._end)
        self._file.write(data)
        self._at[v.document] = (self._end, len(data))
        self._end += len(data)

    def again(self, document: str, first: str) -> None:
        """Another document has the very text of one already kept."""
        self._at[document] = self._at[first]

    def are_twins(self, one: str, other: str) -> bool:
        """Whether two documents have the very same text."""
        return self._at[one] == self._at[other]

    def prepared(self, document: str, *, across_languages: bool) -> tuple[View, Prepared, str]:
        """A document's view, what comparisons of it need, and its text; those used last are at hand."""
        start, length = self._at[document]
        key = (start, across_languages)
        if key not in self._prepared:
            self._file.seek(start)
            v, text = msgspec.msgpack.decode(self._file.read(length), type=tuple[View, str])
            self._prepared[key] = prepare(v, across_languages=across_languages), text
            if len(self._prepared) > KEPT:
                self._prepared.popitem(last=False)
        self._prepared.move_to_end(key)
        found, text = self._prepared[key]
        v = found.view
        return v if v.document == document else msgspec.structs.replace(v, document=document), found, text

    def alignment(self, left: str, right: str, *, across_languages: bool) -> Alignment:
        """Two documents side by side; a text that stands very often is laid beside itself once."""
        twins = self.are_twins(left, right)
        start = self._at[left][0]
        if twins and start in self._itself:
            return self._itself[start]
        one, other = (self.prepared(d, across_languages=across_languages)[1] for d in (left, right))
        found = align(one, other)
        if twins:
            self._itself[start] = found
            if len(self._itself) > KEPT:
                self._itself.popitem(last=False)
        return found
