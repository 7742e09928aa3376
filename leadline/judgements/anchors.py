"""Where a judged claim stands: in which bytes, read as which text, at which span, coded how.

An anchor is free of content: digests, offsets and codes. `coding` is so short a checksum (16 bits) that it shows a change of
what was accepted and yet confirms nobody's guess of what a withdrawn text said.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from leadline.schema import Claim

OVERLAP = 0.5
"""A claim at another span is the same one where the two share this much of what they cover together."""


class Anchor(msgspec.Struct, frozen=True, kw_only=True):
    """One claim as it was when somebody judged it."""

    sha256: str
    """digest of the original bytes"""
    text: str
    """digest of the text they were read as: in another text the offsets mean other words"""
    start: int
    end: int
    event: str
    realis: str
    coding: str


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """Digests of one document's bytes and text."""

    sha256: str
    text: str


def exact_digest(text: str) -> str:
    """SHA-256 of a text, character by character.

    >>> exact_digest("a")[:8]
    'ca978112'
    """
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def coding(claim: Claim) -> str:
    """Four hexadecimal digits that change with anything a reader of the claim is shown, but for its id and confidence."""
    shown = msgspec.to_builtins(claim)
    for name in ("claim_id", "document", "attribution_id", "confidence", "spans"):
        shown.pop(name)
    return hashlib.sha256(msgspec.json.encode(shown, order="deterministic")).hexdigest()[:4]


def anchor(claim: Claim, place: Place) -> Anchor:
    """The anchor of a claim in a document with these digests."""
    return Anchor(
        sha256=place.sha256, text=place.text, start=claim.start, end=claim.end,
        event=claim.event, realis=claim.realis, coding=coding(claim),
    )  # fmt: skip


class Finder:
    """Finds anchors again among the claims as they are now."""

    def __init__(self, claims: Iterable[Claim], places: Mapping[str, Place]) -> None:
        self.read_as: dict[str, set[str]] = {}
        self.at: dict[Place, list[Claim]] = {}
        for p in places.values():
            self.read_as.setdefault(p.sha256, set()).add(p.text)
        for c in claims:
            if c.document in places:
                self.at.setdefault(places[c.document], []).append(c)

    def find(self, a: Anchor) -> tuple[Sequence[Claim], str]:
        """The claims meant (one in each document of these bytes), or none and why.

        The same span, event and realis first; else the claim of that event and realis that overlaps it most.
        """
        if a.sha256 not in self.read_as:
            return (), "its document is no longer in the case"
        if a.text not in self.read_as[a.sha256]:
            return (), "its document is read as another text now"
        here = self.at.get(Place(sha256=a.sha256, text=a.text), [])
        alike = [c for c in here if (c.event, c.realis) == (a.event, a.realis)]
        exact = [c for c in alike if (c.start, c.end) == (a.start, a.end)]
        if exact:
            return exact, ""
        best = max((_overlap(c, a) for c in alike), default=0.0)
        if best >= OVERLAP:
            return [c for c in alike if _overlap(c, a) == best], ""
        if any(_overlap(c, a) >= OVERLAP for c in here):
            return (), "the words are coded as another event or realis now"
        return (), "no claim is found at these words now"


def _overlap(c: Claim, a: Anchor) -> float:
    shared = min(c.end, a.end) - max(c.start, a.start)
    return max(shared, 0) / max(max(c.end, a.end) - min(c.start, a.start), 1)
