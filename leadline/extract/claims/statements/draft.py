"""A chain of attribution while it is put together."""

from __future__ import annotations

from spacy.tokens import Token

from leadline.extract.claims.recordings.recordings import Recording
from leadline.extract.claims.sources.who import Who, equal
from leadline.extract.claims.statements.lineage import Lineage
from leadline.schema import Attribution, Hop


class Draft:
    """The sources so far, outermost first, each with its hop, and the recording they stand on."""

    def __init__(self) -> None:
        self.whos: list[Who] = []
        self.hops: list[Hop] = []
        self.recording: Recording | None = None

    def has(self, who: Who) -> bool:
        """Whether a source is in the chain."""
        return any(equal(who, w) for w in self.whos)

    def put(self, at: int, who: Who, cue: str) -> None:
        """Put a source in a place of the chain, by these words."""
        self.whos.insert(at, who)
        self.hops.insert(at, who.hop(cue))

    def drop_last(self) -> None:
        """Take the innermost source out."""
        self.whos.pop()
        self.hops.pop()

    def go_on(self, who: Who, cue: str) -> None:
        """Put a source inside of all others, where it is not in the chain."""
        if not self.has(who):
            self.put(len(self.whos), who, cue)

    def pass_on(self, who: Who | None, cue: str) -> None:
        """Put one through whom the innermost source is known right outside of it, where there is one and it is not in the chain."""
        if who is not None and not self.has(who):
            self.put(max(0, len(self.whos) - 1), who, cue)

    def lineage(self, attribution: Attribution | None = None, cue: Token | None = None) -> Lineage:
        """The chain as it stands."""
        return Lineage(tuple(self.hops), tuple(self.whos), self.recording, attribution, cue)
