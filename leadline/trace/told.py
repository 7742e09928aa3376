"""What the documents of a heap tell, on disk: the claims of each and the origins it shows, read by document or by claim.

A heap tells some kilobytes a document. Pages of a document are appended in one pass and read in any order; those read last are at hand.
"""

from __future__ import annotations

import itertools
import os
import tempfile
import weakref
from array import array
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Generic, TypeVar, overload

import msgspec

from leadline.schema import Attribution, Claim
from leadline.trace.local import Local

T = TypeVar("T")
S = TypeVar("S", Claim, Attribution)
PAGES = 20_000
"""Documents whose claims and origins are at hand, some ten kilobytes each."""


class Pile(Generic[T]):
    """Values on disk, appended once and read by number.

    >>> p = Pile(tuple[int, str])
    >>> p.add((1, "a")), p.add((2, "b")), p[0]
    (0, 1, (1, 'a'))
    """

    def __init__(self, kind: type[T]) -> None:
        self._encode, self._decode = msgspec.msgpack.Encoder().encode, msgspec.msgpack.Decoder(kind).decode
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 - closed when the pile goes
        weakref.finalize(self, self._file.close)
        self._ends = array("q", [0])
        self._written = 0

    def __len__(self) -> int:
        return len(self._ends) - 1

    def add(self, value: T) -> int:
        """Append a value; its number."""
        data = self._encode(value)
        self._file.write(data)
        self._ends.append(self._ends[-1] + len(data))
        return len(self) - 1

    def __getitem__(self, number: int) -> T:
        start, end = self._ends[number], self._ends[number + 1]
        if end > self._written:
            self._file.flush()
            self._written = self._ends[-1]
        return self._decode(os.pread(self._file.fileno(), end - start, start))


class Grouped(Generic[S]):
    """Claims or attributions by document, in whatever order they come."""

    def __init__(self, kind: type[list[S]]) -> None:
        self._pile: Pile[list[S]] = Pile(kind)
        self._last: dict[str, int] = {}
        self._before = array("q")

    def extend(self, records: Iterable[S]) -> None:
        """Append records; those of one document that come together are kept together."""
        for document, some in itertools.groupby(records, key=lambda r: r.document):
            self._before.append(self._last.get(document, -1))
            self._last[document] = self._pile.add(list(some))

    def of(self, document: str) -> list[S]:
        """All records of a document, in the order in which they came."""
        parts, at = [], self._last.get(document, -1)
        while at >= 0:
            parts.append(self._pile[at])
            at = self._before[at]
        return [x for part in reversed(parts) for x in part]


class Page(msgspec.Struct, frozen=True):
    """What one document tells."""

    claims: Sequence[Claim]
    locals_: Sequence[Local]
    by_id: Mapping[str, Claim]
    local_of: Mapping[str, Local]


class Told:
    """The pages of a heap, one a document."""

    def __init__(self) -> None:
        # a claim of an origin is written again only where it was read otherwise there (a name put right)
        self._pile: Pile[tuple[list[Claim], list[Local], list[list[int | Claim]]]] = Pile(
            tuple[list[Claim], list[Local], list[list[int | Claim]]]
        )
        self._read: OrderedDict[int, Page] = OrderedDict()
        self.documents: list[str] = []
        self.page_of: dict[str, int] = {}
        """of each document"""
        self.page_of_claim: dict[str, int] = {}

    def add(self, document: str, claims: Sequence[Claim], locals_: Sequence[Local]) -> None:
        """Keep what a document tells."""
        at = {c.claim_id: k for k, c in enumerate(claims)}
        of: list[list[int | Claim]] = [
            [at[c.claim_id] if claims[at[c.claim_id]] == c else c for c in x.claims] for x in locals_
        ]
        bare = [msgspec.structs.replace(x, claims=[]) for x in locals_]
        n = self._pile.add((list(claims), bare, of))
        self.documents.append(document)
        self.page_of[document] = n
        self.page_of_claim.update(dict.fromkeys(at, n))

    def page(self, number: int) -> Page:
        """The page of a document by its number."""
        if (known := self._read.get(number)) is not None:
            self._read.move_to_end(number)
            return known
        claims, locals_, of = self._pile[number]
        for x, held in zip(locals_, of, strict=True):
            x.claims = [claims[c] if isinstance(c, int) else c for c in held]
        local_of = {c.claim_id: x for x in locals_ for c in x.claims}
        page = Page(claims, locals_, {c.claim_id: c for c in claims}, local_of)
        self._read[number] = page
        if len(self._read) > PAGES:
            self._read.popitem(last=False)
        return page

    @cached_property
    def names(self) -> list[str]:
        """Ids of all claims, sorted; asked for when all documents are there."""
        return sorted(self.page_of_claim)

    @cached_property
    def number(self) -> dict[str, int]:
        """Of each claim, where its id stands among all."""
        return {c: k for k, c in enumerate(self.names)}

    def document_of(self, claim_id: str) -> str:
        """The document in which a claim stands."""
        return self.documents[self.page_of_claim[claim_id]]


class _OfDocuments(Mapping[str, Sequence[T]]):
    def __init__(self, told: Told) -> None:
        self.told = told

    def __len__(self) -> int:
        return len(self.told.documents)

    def __iter__(self) -> Iterator[str]:
        return iter(self.told.documents)


class ClaimsOf(_OfDocuments[Claim]):
    """Document to its claims."""

    def __getitem__(self, document: str) -> Sequence[Claim]:
        return self.told.page(self.told.page_of[document]).claims


class LocalsOf(_OfDocuments[Local]):
    """Document to its origins."""

    def __getitem__(self, document: str) -> Sequence[Local]:
        return self.told.page(self.told.page_of[document]).locals_


class _OfClaims(Mapping[str, T]):
    def __init__(self, told: Told) -> None:
        self.told = told

    def __len__(self) -> int:
        return len(self.told.page_of_claim)

    def __iter__(self) -> Iterator[str]:
        return iter(self.told.page_of_claim)


class ClaimById(_OfClaims[Claim]):
    """Id to claim."""

    def __getitem__(self, claim_id: str) -> Claim:
        return self.told.page(self.told.page_of_claim[claim_id]).by_id[claim_id]


class LocalOf(_OfClaims[Local]):
    """Id of a claim to the origin of its document that it goes back to; claims in a document's own voice have none."""

    def __getitem__(self, claim_id: str) -> Local:
        return self.told.page(self.told.page_of_claim[claim_id]).local_of[claim_id]


class Selected(Sequence[Local]):
    """Some of the origins of a heap, read when asked for."""

    def __init__(self, told: Told) -> None:
        self.told = told
        self._pages, self._places = array("q"), array("q")

    def add(self, page: int, place: int) -> None:
        """Append the origin that stands at a place of a page."""
        self._pages.append(page)
        self._places.append(place)

    def __len__(self) -> int:
        return len(self._pages)

    @overload
    def __getitem__(self, at: int) -> Local: ...

    @overload
    def __getitem__(self, at: slice) -> Sequence[Local]: ...

    def __getitem__(self, at: int | slice) -> Local | Sequence[Local]:
        if isinstance(at, slice):
            return [self[k] for k in range(len(self))[at]]
        return self.told.page(self._pages[at]).locals_[self._places[at]]
