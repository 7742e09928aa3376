"""Speech: whose words each quotation of a text is, also where no cue stands beside it.

A quotation without a cue goes on with the speaker before it, is the speech of a recording just introduced, or is what the
source named before its colon says.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from itertools import takewhile

from spacy.tokens import Token

from leadline.extract.claims.sources.kinds import ORGANISATIONS, SPEAKERS_KINDS
from leadline.extract.claims.sources.who import FIRST_PERSON, may_be_same
from leadline.extract.claims.statements.heard import NEAR, Voice
from leadline.extract.claims.statements.voices import Voices
from leadline.extract.claims.words import tokens_between
from leadline.schema import Span

SHORTEST_SPEECH = 3
"""Quotations of fewer words are terms, not statements."""


class Speech:
    """The quotations of one text with their voices, as pairs of token indices and voice."""

    def __init__(self, voices: Voices, quotations: Iterable[Span]) -> None:
        self.voices, self.doc = voices, voices.doc
        self.quotes = self._quotes(quotations)

    def _quotes(self, quotations: Iterable[Span]) -> list[tuple[frozenset[int], Voice | None]]:
        """The voice of every quotation that is speech."""
        found: list[tuple[frozenset[int], Voice | None]] = []
        previous: Voice | None = None
        last_paragraph = -2
        for start, end in quotations:
            tokens = [t for t in tokens_between(self.doc, start, end) if not t.is_space]
            n = sum(t.is_alpha for t in tokens)
            inside = frozenset(t.i for t in tokens)
            if n < SHORTEST_SPEECH or (n < 6 and not any(t.pos_ == "VERB" for t in tokens)):
                if n >= SHORTEST_SPEECH and (told := self._voice_of(inside)) is not None:
                    previous, last_paragraph = (
                        told,
                        self.voices.paragraph_of(start),
                    )  # `decried “…”. These included “…”`
                continue
            voice = self._voice_of(inside) or self._on_the_line(tokens)
            paragraph = self.voices.paragraph_of(start)
            opens = (
                not self.voices.text[self.voices.paragraphs[paragraph][0] : start].strip() if paragraph >= 0 else False
            )
            if voice is None and (paragraph == last_paragraph or (opens and paragraph <= last_paragraph + 1)):
                voice = previous
            if voice is None and (opens or self.voices.text[max(0, start - 3) : start].rstrip().endswith(":")):
                voice = self._introduced(tokens[0])
            found.append((inside, voice))
            if voice is not None:
                previous, last_paragraph = voice, paragraph
        return found

    def _on_the_line(self, tokens: list[Token]) -> Voice | None:
        """First-person speech right after a recording was introduced is its speaker's."""
        latest = self.voices.recordings.latest(tokens[0].i)
        if latest is None or latest.speaker is None or tokens[0].i - latest.mentions[-1] > NEAR:
            return None
        if not any(t.lower_ in FIRST_PERSON for t in tokens) or self._introduced(tokens[0]) is None:
            return None
        since = [
            w
            for _, w in self.voices.seen_at.within(latest.mentions[-1] + 1, tokens[0].i)
            if w.kind in SPEAKERS_KINDS and not may_be_same(w, latest.speaker)
        ]
        if since:
            return None
        at = self.doc[latest.mentions[-1]]
        return Voice(None, latest.speaker.elsewhere(), at.text, at, frozenset(), latest)

    def _voice_of(self, inside: frozenset[int]) -> Voice | None:
        """The voice whose content is (part of) the quotation and whose cue stands outside it; the nearest of several."""
        numbers = {k for i in inside for k in self.voices.around.get(i, ())}
        found = [
            v
            for v in (self.voices.all[k] for k in sorted(numbers))
            if v.cue_token.i not in inside
            and len(v.content & inside) >= min(3, len(inside))
            and (v.who is not None or v.recording is not None)
        ]
        if not found:  # `…, he says.` without marks around it: the cue stands inside
            found = [
                v
                for v in self.voices.between(min(inside), max(inside) + 1)
                if v.cue_token.i in inside
                and v.who is not None
                and v.content <= inside
                and max(v.content) < v.cue_token.i
                and v.cue_token.i not in self.voices.around
            ]
        if not found:
            return None
        lo, hi = min(inside), max(inside)
        return min(found, key=lambda v: (min(abs(v.cue_token.i - lo), abs(v.cue_token.i - hi)), v.size))

    def _introduced(self, first: Token) -> Voice | None:
        """A quotation after a colon, or one that fills its paragraph: the source last named before it."""
        paragraph = self.voices.paragraph_of(first.idx)
        heard = self.voices.seen_at.back_from(first.i)
        near = takewhile(lambda x: self.voices.paragraph_of(self.doc[x[0]].idx) >= paragraph - 2, heard)
        before = list(near)[::-1]
        bodies = [(at, w) for at, w in before if w.kind in ORGANISATIONS]
        chosen = (bodies or before)[-1:] if not before or before[-1][1].kind not in SPEAKERS_KINDS else before[-1:]
        if not chosen:
            return None
        at, who = chosen[0]
        who = replace(who, start=None, end=None, carrier="")
        return Voice(None, who, self.doc[at].text, self.doc[at], frozenset(), None)
