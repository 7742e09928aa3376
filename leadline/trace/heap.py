"""What resolving origins works on: the heap's claims, who carried them, and the sets they are joined into."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from leadline.register import Register
from leadline.schema import Claim, ClaimOrigin, Evidence, Origin, Relation
from leadline.trace.kinds import Nature
from leadline.trace.local import Local


class Passage(msgspec.Struct, frozen=True):
    """Two claims in sentences that two related documents share."""

    taker: str
    giver: str
    known: bool
    """whether the direction is known"""
    shown: bool
    """whether the texts themselves show it (a credit, damage) and not dates alone, which a collector may have wrong"""
    verbatim: bool
    """whether both claims are in the same words: then a difference in their coding is the reader's, not the text's"""
    reason: Evidence
    documents: tuple[str, str] = ("", "")
    """the two documents, as the relation names them"""


class Orphan(msgspec.Struct, frozen=True):
    """A claim in a taken passage whose counterpart nobody found in the document it was taken from."""

    claim: str
    giver: str


class Heap(msgspec.Struct):
    """Everything that resolving origins looks at."""

    claims: Mapping[str, Claim]
    by_document: Mapping[str, Sequence[Claim]]
    locals_: Mapping[str, Sequence[Local]]
    natures: Mapping[str, Nature]
    register: Register


class Resolved(msgspec.Struct, frozen=True):
    """Origins, the origin of every claim, and the citations found on the way."""

    origins: tuple[Origin, ...]
    claim_origins: tuple[ClaimOrigin, ...]
    citations: tuple[Relation, ...]
    rests_on: tuple[tuple[str, str, Evidence], ...]
    collectors: Mapping[str, tuple[str, ...]]
    """for what a document tells by itself: every publisher that may have been the first"""


class Nodes:
    """Union-find over claims, with the reason of every join; the smallest claim id leads."""

    def __init__(self, claims: Iterable[str]) -> None:
        self.parent = {c: c for c in claims}
        self.reasons: dict[str, list[Evidence]] = {}

    def find(self, c: str) -> str:
        """The leader of a claim's set."""
        while self.parent[c] != c:
            self.parent[c] = self.parent[self.parent[c]]
            c = self.parent[c]
        return c

    def join(self, a: str, b: str, reason: Evidence | None = None) -> None:
        """Put two claims in one set."""
        x, y = sorted((self.find(a), self.find(b)))
        if x == y:
            return
        self.parent[y] = x
        fewer, kept = sorted((self.reasons.pop(x, []), self.reasons.pop(y, [])), key=len)
        kept.extend(fewer)  # into the longer: a text that stands a million times has a million reasons
        if reason is not None:
            kept.append(reason)
        if kept:
            self.reasons[x] = kept
