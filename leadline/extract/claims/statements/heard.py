"""On which recording a statement is heard: the one that its sentence speaks of, or the one in which its source spoke before."""

from __future__ import annotations

from bisect import bisect_right, insort
from dataclasses import dataclass

from spacy.tokens import Doc, Token

from leadline.extract.claims.lexicon import Lexicon
from leadline.extract.claims.recordings.recordings import Recording, Recordings
from leadline.extract.claims.sources.kinds import SPEAKERS_KINDS, TROOPS
from leadline.extract.claims.sources.who import Who, equal, key_of, may_be_same
from leadline.schema import Attribution, Span

FAR = 250
"""Tokens after which `it is noted` no longer goes on with the body that reported last."""
NEAR = 60
"""Tokens within which what follows a recording's mention still belongs to it."""


@dataclass(frozen=True)
class Voice:
    """One attribution that reports: whose words they are, and on which recording."""

    attribution: Attribution | None
    who: Who | None
    cue: str
    cue_token: Token
    content: frozenset[int]
    recording: Recording | None = None
    own_recording: bool = False

    @property
    def size(self) -> int:
        """Number of tokens of the content."""
        return len(self.content)


class Hearing:
    """The voices of one text so far, and the recordings on which they may be heard."""

    doc: Doc
    words: Lexicon
    recordings: Recordings
    paragraphs: tuple[Span, ...]
    all: list[Voice]
    counted: int
    heard_of: dict[tuple[str, int], list[int]]

    def linked(self, who: Who | None, cue: Token, content: frozenset[int]) -> tuple[Recording | None, Recording | None]:
        """The recording in which a statement is made, and the one mentioned last before it."""
        sentence = cue.sent
        latest = self.recordings.latest(cue.i)
        if any(t.lower_ == "interview" and t.dep_ == "pobj" for t in cue.subtree):
            return None, None
        beside = [
            m
            for m in range(sentence.start, sentence.end)
            if m in self.recordings.by_token and (m not in content or self.is_beside(m))
        ]
        if beside:
            recording = self.recordings.by_token[beside[-1]]
            if who is None or who.kind in SPEAKERS_KINDS or any(equal(who, w) for w in recording.released_by):
                return recording, latest
        if who is not None and who.kind in SPEAKERS_KINDS:
            before = [
                r
                for r in self.recordings.before(cue.i)
                if r.speaker is not None and may_be_same(who, r.speaker) and not self._speaks_elsewhere(who, cue, r)
            ]
            exact = [r for r in before if r.speaker is not None and equal(who, r.speaker)]
            if not exact and before and self._spoke_since(who, before[-1], cue):
                return None, latest
            if exact or before:
                return (exact or before)[-1], latest
            if latest is not None and latest.medium == "intercepted-call" and self._is_interlocutor(who, latest):
                return latest, latest
            if (
                latest is not None
                and latest.is_one
                and latest.speaker is None
                and who.kind in TROOPS
                and who.source is None
                and cue.i - latest.mentions[-1] < NEAR
                and not self._heard(who, None)
            ):
                latest.speaker = who  # `the man says` right after a recording whose speaker is not named
                return latest, latest
        return None, latest

    def _is_interlocutor(self, who: Who, call: Recording) -> bool:
        """`The second man answers`: whoever else is on the line, soon after the call was spoken of."""
        noun = self.doc[who.at]
        heard = bool(self._heard(who, call))
        if heard and who.source is None:
            return bool(noun.i - call.mentions[-1] < FAR)
        numbered = (
            any(c.lower_ in {"second", "other", "first"} for c in noun.children) and noun.lower_ in self.words.unclear
        )
        return bool(numbered and noun.i - call.mentions[-1] < FAR and who.source is None)

    def _spoke_since(self, who: Who, recording: Recording, cue: Token) -> bool:
        """Whether a source has been heard outside of a recording since that was spoken of last (`said in an interview … He also claimed`)."""
        last = max((m for m in recording.mentions if m < cue.i), default=recording.at)
        cues = self._heard(who, None)
        k = bisect_right(cues, last)
        return k < len(cues) and cues[k] < cue.i

    def _heard(self, who: Who, recording: Recording | None) -> list[int]:
        """The cues of all that was heard so far of a source in a recording, or outside of any."""
        for v in self.all[self.counted :]:
            if v.who is not None:
                key = (key_of(v.who), id(v.recording) if v.recording is not None else 0)
                insort(self.heard_of.setdefault(key, []), v.cue_token.i)
        self.counted = len(self.all)
        return self.heard_of.get((key_of(who), id(recording) if recording is not None else 0), [])

    def _speaks_elsewhere(self, who: Who, cue: Token, recording: Recording) -> bool:
        """A public person says much: only what is told right after a recording was made in it."""
        if who.source is None and who.kind != "official":
            return False
        last = max((m for m in recording.mentions if m < cue.i), default=recording.at)
        apart = self.paragraph_of(cue.idx) - self.paragraph_of(self.doc[last].idx)
        moved_on = any(c.lower_ in {"later", "earlier", "separately", "previously", "also"} for c in cue.children)
        return apart > 1 or (apart == 1 and moved_on)

    def is_beside(self, i: int) -> bool:
        """`In a video`, `according to the clip`: the recording stands beside what is said, not in it."""
        token = self.doc[i]
        return (
            token.dep_ == "pobj"
            and token.head.lower_ in {"in", "on", "to", "via", "from"}
            and token.head.dep_ == "prep"
        )

    def paragraph_of(self, offset: int) -> int:
        """Index of the paragraph that holds an offset, -1 before the first."""
        return bisect_right(self.paragraphs, offset, key=lambda p: p[0]) - 1
