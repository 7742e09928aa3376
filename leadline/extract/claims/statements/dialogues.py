"""Dialogues set with dashes: whose turn each line is.

A release of intercepted calls, an interview or a court report introduces who speaks and ends on a colon; then come lines that begin
with a dash, one a turn. The one introduced has the first turn and every other after it, who is spoken to the rest.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from leadline.extract.claims.recordings.recordings import Recording
from leadline.extract.claims.sources.kinds import SPEAKERS_KINDS
from leadline.extract.claims.sources.naming import Naming
from leadline.extract.claims.sources.who import FIRST_PERSON, Who, phrase_of
from leadline.extract.claims.statements.heard import Voice
from leadline.extract.claims.statements.voices import Voices
from leadline.extract.claims.words import tokens_between
from leadline.schema import Span

TURN = re.compile(r"[-–—―] ?(?=[^\W\d_“\"'‘«])")
FEWEST = 2
"""Turns; a single line with a dash is an aside."""
ADDRESSED = frozenset({"you", "your"})
ON_THE_LINE = 400
"""Tokens between a recording that is spoken of and the first turn that may be heard on it."""


@dataclass(frozen=True)
class Dialogue:
    """The paragraph that introduces a dialogue and its turns."""

    introduction: Span
    turns: tuple[Span, ...]


def dialogues(text: str, paragraphs: Sequence[Span]) -> list[Dialogue]:
    r"""The dialogues of a text; what is set with dashes and nobody asks, answers or says `I` in is a list.

    >>> text = "A gunner calls home:\n- Are you well?\n- We are not."
    >>> dialogues(text, [(0, 20), (21, 36), (37, 50)])
    [Dialogue(introduction=(0, 20), turns=((21, 36), (37, 50)))]
    >>> dialogues("Key points:\n- Bread\n- Water", [(0, 11), (12, 19), (20, 27)])
    []
    """
    found: list[Dialogue] = []
    k = 0
    while k < len(paragraphs):
        end = k + 1
        while end < len(paragraphs) and TURN.match(text, paragraphs[end][0]):
            end += 1
        turns = tuple(paragraphs[k + 1 : end])
        introduces = text[slice(*paragraphs[k])].rstrip().endswith(":")
        if introduces and len(turns) >= FEWEST and _is_talk(text[turns[0][0] : turns[-1][1]]):
            found.append(Dialogue(paragraphs[k], turns))
        k = end
    return found


def _is_talk(text: str) -> bool:
    words = set(re.findall(r"[a-z]+", text.lower()))
    return "?" in text or not words.isdisjoint(FIRST_PERSON | ADDRESSED)


def turns_of(voices: Voices, naming: Naming) -> list[tuple[frozenset[int], Voice]]:
    """The turns of every dialogue as token indices with their voices; none where nobody is introduced."""
    found: list[tuple[frozenset[int], Voice]] = []
    for dialogue in dialogues(voices.text, voices.paragraphs):
        speakers = _speakers(dialogue, voices, naming)
        if not speakers:
            continue
        recording = _recording(dialogue, voices, speakers[0])
        for k, (start, end) in enumerate(dialogue.turns):
            tokens = [t for t in tokens_between(voices.doc, start, end) if not t.is_space]
            if tokens:
                who = speakers[k % len(speakers)]
                cue = voices.doc[who.at] if who.at >= 0 else tokens[0]
                voice = Voice(None, who.elsewhere(), "", cue, frozenset(), recording)
                found.append((frozenset(t.i for t in tokens), voice))
    return found


def _speakers(dialogue: Dialogue, voices: Voices, naming: Naming) -> list[Who]:
    """Who has the first turn and who the second, from the introduction; only the former where nobody is said to be spoken to."""
    start, end = dialogue.introduction
    heard = [w for at, w in voices.seen_at if start <= voices.doc[at].idx < end and w.kind in SPEAKERS_KINDS]
    if not heard:
        return []
    first = replace(heard[0], at=heard[0].at)
    for t in tokens_between(voices.doc, start, end):
        to = t.dep_ == "pobj" and t.head.lower_ in {"to", "with"}
        if (
            t.i > first.at
            and (to or t.dep_ in {"dobj", "dative"})
            and naming.words.kind(t.lemma_.lower()) in SPEAKERS_KINDS
        ):
            other = naming.who(phrase_of(t, 6), remember=False)
            if other is not None:
                return [first, other]
    return [first, Who("interlocutor", "interlocutor", "person")]


def _recording(dialogue: Dialogue, voices: Voices, speaker: Who) -> Recording | None:
    """The recording on which a dialogue is heard: one of those that the text spoke of before it."""
    first = next(iter(tokens_between(voices.doc, *dialogue.introduction)), None)
    last = next(iter(tokens_between(voices.doc, *dialogue.turns[0])), None)
    latest = voices.recordings.latest(last.i) if last is not None else None
    if first is None or last is None or latest is None or last.i - latest.mentions[-1] > ON_THE_LINE:
        return None
    own = Recording(latest.medium, first.i, list(latest.released_by), None, [first.i], is_one=True)
    own.speaker = voices.recordings.on_the_line(own, speaker)
    voices.recordings.all.append(own)
    return own
