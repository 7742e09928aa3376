"""Which claims of one document are from one recording, and when another one, or another witness, is brought in."""

from __future__ import annotations

import re
from collections.abc import Sequence

from leadline.schema import Claim, Span
from leadline.trace.facts import facts_of
from leadline.trace.local import RECORDINGS, Local
from leadline.trace.roles import compatible

LEADS_TO = 400
"""Characters after which what a document says of a recording no longer introduces the one that speaks next."""
NEAR = 250
"""Characters within which "a second video" opens the recording that the next claim is from."""
ANOTHER = re.compile(
    r"(?i)\b(?:another|an? (?:earlier|previous|older)|(?:the|its) (?:earlier|previous|second|third|other|new|latest)|not the|a (?:second|third|separate|different|new|further|later|more recent)|(?:the|two) other|yet another)"
    r"(?: [\w’'-]+){0,4}? (?:videos?|clips?|recordings?|calls?|conversations?|audios?|footage|posts?|intercepts?|messages?|appeals?)\b"
)


ANOTHER_PERSON = re.compile(r"(?i)\b(?:another|(?:an?|the) (?:other|second|third|fourth|fifth|further)|yet another)\b")
BROUGHT_IN = re.compile(
    r"(?i)\b(?:an?|one|two|three|four|five|several|some|many|various)(?: [\w’'-]+){0,4}? (?:calls?|conversations?|recordings?|intercepts?|audios?|videos?|clips?|appeals?)\b"
    r"|\b(?:calls|conversations|recordings|intercepts|videos|clips|appeals)\b"
)
SENTENCE_END = re.compile(r"[.!?…][\"'”’»)]*(?=\s|$)|\n")


def cues_of(text: str, speech: Sequence[Span]) -> list[int]:
    """Where the text, quoted speech aside, brings in another recording."""
    return [m.start() for m in ANOTHER.finditer(text) if not any(a <= m.start() < b for a, b in speech)]


def heard_in(text: str, found: Sequence[Local], new: Local, speech: Sequence[Span]) -> Local | None:
    """The recording that the claim is from whoever is heard: one quotation, or one paragraph on what a channel passed on.

    Two people may speak in one recording, and one may tell what another said.
    """
    c = new.claims[0]
    around = next(((a, b) for a, b in speech if a <= c.start and c.end <= b), None)
    for x in reversed(found):
        if x.family not in RECORDINGS.values():
            continue
        last = x.claims[-1]
        if around is not None and around[0] <= last.start and last.end <= around[1]:
            return x
        inside = x.family == new.family and last.start <= c.start < c.end <= last.end
        if inside and not (x.speaker_named and new.speaker_named):
            return x  # two events of one clause
        same = x.family == new.family and x.relay is not None and x.relay == new.relay and x.body == new.body
        apart = (x.via and new.via and x.via != new.via) or facts_of(x.claims).contradict(facts_of(new.claims))
        between = text[_sentence_end(text, last.end) : _sentence_end(text, c.end)]
        one_place = "\n" not in text[last.end : c.start] and not BROUGHT_IN.search(between)
        if same and not apart and not (x.speaker_named and new.speaker_named) and one_place:
            return x
    return None


def goes_on(text: str, found: Sequence[Local], new: Local) -> Local | None:
    """The recording that one body or channel passed on, whoever is heard on it, where no other one is brought in between.

    Both who speak on a line are on one recording, and all who stand before one camera; "in another call", "in a video"
    and "calls" bring in more. Two people whom a text names are on two videos. What is quoted on without the body that
    made the recording public is from the last one.
    """
    c = new.claims[0]
    if new.family not in RECORDINGS.values():
        return None
    for x in reversed(found):
        sound = {x.family, new.family} <= {"call", "audio"}
        if not (x.family == new.family or sound) or (x.via and new.via and x.via != new.via):
            continue
        source = (x.body, x.relay) == (new.body, new.relay) and (x.body or x.relay)
        goes_on = (
            new.body is None and new.relay is None and any(compatible(v, new.speaker) for v in (x.speaker, *x.heard))
        )
        if not (source or goes_on) or (not sound and x.speaker_named and new.speaker_named):
            continue
        between = text[_sentence_end(text, x.claims[-1].end) : _sentence_end(text, c.end)]
        if not BROUGHT_IN.search(between) and not facts_of(x.claims).contradict(facts_of([c])):
            return x
        return None
    return None


def _sentence_end(text: str, at: int) -> int:
    """Where the sentence ends that `at` is in, or whose last character stands before it."""
    match = SENTENCE_END.search(text, max(0, at - 1))
    return match.end() if match else len(text)


def introduce(found: Sequence[Local], c: Claim, cues: Sequence[int]) -> None:
    """Give what a document says of a recording by itself ("One of the appeals came from …") to the recording it leads to."""
    for x in found:
        start = x.claims[0].start
        near = x.medium == c.medium and c.end <= start <= c.end + LEADS_TO
        if near and not any(c.end <= cue < start for cue in cues) and not facts_of(x.claims).contradict(facts_of([c])):
            x.claims.append(c)
            return


def is_opened(text: str, cues: Sequence[int], seen: int, new: Local) -> bool:
    """Whether "another …" stands in the claim's sentence, or for a recording shortly before it, and was not yet used."""
    c = new.claims[0]
    if new.family == "testimony" and new.speaker and not new.speaker_named and _another_person(text, c):
        return True
    sentence = max(text.rfind(". ", 0, c.start), text.rfind("\n", 0, c.start)) + 1
    reach = c.start - NEAR if new.family in RECORDINGS.values() else sentence
    return any(cue > seen and reach <= cue <= c.end for cue in cues)


def _another_person(text: str, c: Claim) -> bool:
    """Whether the speaker is brought in as one beside those before: `another prisoner`, `the second officer`, `the other`."""
    hop = c.chain[-1] if c.chain else None
    return (
        hop is not None
        and hop.start is not None
        and ANOTHER_PERSON.search(text[max(0, hop.start - 12) : hop.end]) is not None
    )


def hear(home: Local, new: Local) -> None:
    """Note who else is heard on a recording, whose speaker stays the one it was first told of."""
    if new.speaker is not None:
        home.heard = (*home.heard, new.speaker)
        new.speaker = None
