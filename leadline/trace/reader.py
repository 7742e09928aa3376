"""Documents read for comparison: sketches, natures and views, a batch at a time; a text already read is not read again."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Iterator, Sequence

import msgspec

from leadline.schema import Document, Record
from leadline.trace.credits import Publishers, find_credits
from leadline.trace.kinds import Nature, nature
from leadline.trace.shelf import Shelf
from leadline.trace.signs import Sign, spun_signs, translation_signs
from leadline.trace.sketch import sketches
from leadline.trace.spool import Spool
from leadline.trace.text import blank, view

REMEMBERED = 10_000
"""Texts whose reading is kept for the next document with the very same text."""


class _Read(msgspec.Struct, frozen=True):
    document: str
    row: int
    spun: list[Sign]
    translated: list[Sign]


class Reader:
    """Reads documents into a shelf of sketches and a spool of views."""

    def __init__(self, publishers: Publishers, spool: Spool, shelf: Shelf) -> None:
        self.publishers, self.spool, self.shelf = publishers, spool, shelf
        self._known: OrderedDict[bytes, _Read] = OrderedDict()

    def read(self, batch: Sequence[Record]) -> Iterator[tuple[Document, Nature]]:
        """Read a batch; yields its documents with what they show of themselves."""
        documents = [d for d in batch if isinstance(d, Document)]
        texts = [blank(d.text, d.boilerplate) for d in documents]
        keys = [_key(d) for d in documents]
        fresh: dict[bytes, int] = {}
        for i, k in enumerate(keys):
            if k not in self._known:
                fresh.setdefault(k, i)
        views = [view(documents[i]) for i in fresh.values()]
        for (k, i), v, s in zip(fresh.items(), views, sketches(views), strict=True):
            self.spool.add(v, documents[i].text)
            self._known[k] = _Read(documents[i].document, self.shelf.add(s), *signs(documents[i], texts[i]))
        for d, k in zip(documents, keys, strict=True):
            known = self._known[k]
            self._known.move_to_end(k)
            if known.document != d.document:
                self.spool.again(d.document, known.document)
            self.shelf.put(d.document, d.language, known.row)
            yield d, _nature(d, known.spun, known.translated, self.publishers)
        while len(self._known) > REMEMBERED:
            self._known.popitem(last=False)


def _key(d: Document) -> bytes:
    """The same for documents in which every offset means the same."""
    return hashlib.blake2b(msgspec.msgpack.encode((d.language, d.text, d.boilerplate))).digest()


def describe(d: Document, publishers: Publishers) -> Nature:
    """What one document shows of itself."""
    return _nature(d, *signs(d, blank(d.text, d.boilerplate)), publishers)


def signs(d: Document, text: str) -> tuple[list[Sign], list[Sign]]:
    """Signs of machine spinning and of translation in a text, which are known for English."""
    return (spun_signs(text), translation_signs(text)) if d.language in (None, "en") else ([], [])


def _nature(d: Document, spun: list[Sign], translated: list[Sign], publishers: Publishers) -> Nature:
    return nature(d, publishers.key(d.publisher), spun, translated, find_credits(d, publishers))
