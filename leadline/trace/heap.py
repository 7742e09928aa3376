"""What resolving origins works on: the heap's claims, who carried them, and the sets they are joined into."""

from __future__ import annotations

from array import array
from collections.abc import Mapping, Sequence

import msgspec

from leadline.register import Register
from leadline.schema import ClaimOrigin, Evidence, Origin, Relation
from leadline.trace.kinds import Nature
from leadline.trace.told import ClaimById, ClaimsOf, LocalOf, LocalsOf, Told


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


class Heap:
    """Everything that resolving origins looks at."""

    def __init__(self, told: Told, natures: Mapping[str, Nature], register: Register) -> None:
        self.told, self.natures, self.register = told, natures, register
        self.claims, self.by_document = ClaimById(told), ClaimsOf(told)
        self.locals_, self.local_of = LocalsOf(told), LocalOf(told)

    def nature_of(self, claim_id: str) -> Nature:
        """What is known of the document in which a claim stands."""
        return self.natures[self.told.document_of(claim_id)]


class Resolved(msgspec.Struct, frozen=True):
    """Origins, the origin of every claim, and the citations found on the way."""

    origins: tuple[Origin, ...]
    claim_origins: tuple[ClaimOrigin, ...]
    citations: tuple[Relation, ...]
    rests_on: tuple[tuple[str, str, Evidence], ...]
    collectors: Mapping[str, tuple[str, ...]]
    """for what a document tells by itself: every publisher that may have been the first"""


class Nodes:
    """Union-find over claims, with the reason of every join; the smallest claim id leads.

    `names` are the ids of all claims, sorted, and `number` says where each stands.
    """

    def __init__(self, names: Sequence[str], number: Mapping[str, int]) -> None:
        self.names, self.number = names, number
        self.parent = array("q", range(len(names)))
        self._reasons: dict[int, list[Evidence]] = {}

    def leader(self, k: int) -> int:
        """The leader of the set of a claim, both by number."""
        parent = self.parent
        while (up := parent[k]) != k:
            parent[k] = k = parent[up]
        return k

    def find(self, c: str) -> str:
        """The leader of a claim's set."""
        return self.names[self.leader(self.number[c])]

    def reasons(self, c: str) -> Sequence[Evidence]:
        """Why the claims of this claim's set were joined."""
        return self._reasons.get(self.leader(self.number[c]), ())

    def join(self, a: str, b: str, reason: Evidence | None = None) -> None:
        """Put two claims in one set."""
        x, y = sorted((self.leader(self.number[a]), self.leader(self.number[b])))
        if x == y:
            return
        self.parent[y] = x
        fewer, kept = sorted((self._reasons.pop(x, []), self._reasons.pop(y, [])), key=len)
        kept.extend(fewer)  # into the longer: a text that stands a million times has a million reasons
        if reason is not None:
            kept.append(reason)
        if kept:
            self._reasons[x] = kept
