"""Which of a text's doubts and denials can bear on a claim: those on its recording, its source, its paragraph, its words.

A long report says hundreds of times that something could not be checked. Each claim is asked of the few that may cover it, in their order,
not of all.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from spacy.tokens import Token

from leadline.extract.claims.judged.coverage import BEFORE, BESIDE, Doubt
from leadline.extract.claims.ordered import Ordered
from leadline.extract.claims.recordings.recordings import Recording, Recordings
from leadline.extract.claims.sources.who import Who, key_of
from leadline.extract.claims.statements.lineage import Lineage
from leadline.extract.parse import LONGEST_SENTENCE

Denial = tuple[Recording | Who, Token, int]
FURTHEST = 4 * LONGEST_SENTENCE
"""Tokens between a denial and what it denies of a source: it reaches into the sentence before its own at most."""


class Doubts:
    """The doubts of a text, in the order in which they weigh, by what they cover."""

    def __init__(self, doubts: Sequence[Doubt], recordings: Recordings) -> None:
        self.doubts, self.recordings = doubts, recordings
        self.inside: dict[int, list[int]] = {}
        self.by_recording: dict[int, int] = {}
        self.by_paragraph: dict[int, list[int]] = {}
        self.by_name: dict[str, int] = {}
        self.of_all: list[int] = []
        nearby: list[int] = []
        for n, d in enumerate(doubts):
            if d.inside:
                for i in d.inside:
                    self.inside.setdefault(i, []).append(n)
            elif d.recording is not None:
                self.by_recording.setdefault(id(d.recording), n)
            elif d.paragraph >= 0:
                self.by_paragraph.setdefault(d.paragraph, []).append(n)
            elif d.all_tellers:
                self.of_all = self.of_all or [n]  # what the first of them does not cover no other does
            elif d.everywhere:
                for name in d.names:
                    self.by_name.setdefault(name, n)
            else:
                nearby.append(n)
        self.nearby = Ordered(nearby, key=lambda n: doubts[n].cue.sent.start)

    def near(self, lineage: Lineage, head: Token, paragraph: int) -> Iterable[Doubt]:
        """Those that may cover a claim with this source, at this word."""
        found = {*self.inside.get(head.i, ()), *self.by_paragraph.get(paragraph, ()), *self.of_all}
        found.update(self.nearby.within(head.i + 1, head.i + BEFORE))
        recordings = {id(lineage.recording)}
        if lineage.recording is None:
            recordings = {id(r) for _, r in self.recordings.mentions().within(head.i - BESIDE, head.i + BESIDE)}
        found.update(n for r in recordings if (n := self.by_recording.get(r)) is not None)
        if lineage.whos and (n := self.by_name.get(key_of(lineage.whos[-1]))) is not None:
            found.add(n)
        return (self.doubts[n] for n in sorted(found))


class Denials:
    """The denials of a text, by the recording or the source that they are about."""

    def __init__(self, denials: Sequence[Denial]) -> None:
        self.denials = denials
        self.by_recording: dict[int, int] = {}
        for n, (target, _, _) in enumerate(denials):
            if isinstance(target, Recording):
                self.by_recording.setdefault(id(target), n)
        whos = (n for n, (target, _, _) in enumerate(denials) if isinstance(target, Who))
        self.of_sources = Ordered(whos, key=lambda n: denials[n][1].i)

    def near(self, lineage: Lineage, head: Token) -> Iterable[Denial]:
        """Those that may be of a claim with this source, at this word."""
        found = set(self.of_sources.within(head.i + 1, head.i + FURTHEST)) if lineage.whos else set()
        if lineage.recording is not None and (n := self.by_recording.get(id(lineage.recording))) is not None:
            found.add(n)
        return (self.denials[n] for n in sorted(found))
