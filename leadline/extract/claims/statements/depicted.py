"""Clauses that rest on a recording without a cue: what it shows, what is done in it, and who speaks where nobody is named."""

from __future__ import annotations

from spacy.tokens import Token

from leadline.extract.claims.lexicon import load_lexicon, rule_words
from leadline.extract.claims.recordings.recordings import Recording, Recordings
from leadline.extract.claims.recordings.spoken import SILENT_SENSE
from leadline.extract.claims.sources.naming import Naming
from leadline.extract.claims.sources.who import Who, equal

SHOWING = rule_words("depicted.showing")
SHOWN = 60
"""Tokens after a recording was spoken of within which `can be seen` means what it shows."""
ACTING = 300
"""Tokens after which what is told in the present tense is no longer done in a recording."""


def only_depicts(cue: Token, recording: Recording) -> bool:
    """`The drone video shows men running`: the text says what is to be seen, and nobody says it on the recording."""
    silent = recording.is_one or cue.doc[recording.at].lemma_.lower() in SILENT_SENSE
    return cue.lemma_.lower() in SHOWING and recording.speaker is None and silent


def depicted(head: Token, recordings: Recordings) -> Recording | None:
    """`Two men can be seen falling`: what is told stands on the recording that was spoken of just before."""
    seen = any(
        a.lemma_.lower() in {"see", "show"}
        and any(c.dep_ == "auxpass" for c in a.children)
        and any(c.lower_ in {"can", "could", "is", "are"} for c in a.children)
        for a in (head, *head.ancestors)
    )
    latest = recordings.latest(head.i) if seen else None
    return latest if latest is not None and head.i - latest.mentions[-1] < SHOWN else None


def acts_in(head: Token, recordings: Recordings, naming: Naming) -> Recording | None:
    """`The group asks the president …`: what those who speak on a recording do in it, told in the present tense."""
    verb = next((a for a in (head, *head.ancestors) if a.pos_ == "VERB"), head)
    latest = recordings.latest(head.i)
    subject = next((c for c in verb.children if c.dep_ == "nsubj" and c.pos_ == "NOUN"), None)
    if latest is None or latest.speaker is None or subject is None or verb.tag_ not in {"VBZ", "VBP"}:
        return None
    if head.i - latest.mentions[-1] > ACTING:
        return None
    who = naming.who(list(subject.subtree), remember=False)
    return latest if who is not None and equal(who, latest.speaker) else None


def tells_of(head: Token) -> bool:
    """Whether a clause tells what a recording shows, rather than that there is one."""
    words = load_lexicon()
    return head.sent.root.lemma_.lower() not in words.releasing | words.recording


def speakers_of(recording: Recording, naming: Naming) -> Who:
    """Nobody is named in a recording that is itself the source: the soldiers of the side the text is about."""
    side = naming.sides.main
    adjective = naming.sides.adjectives.get(side or "", "")
    canonical = f"{adjective} soldiers".strip() if adjective else "unnamed speakers"
    token = naming.doc[recording.at]
    return Who(token.text, canonical, "soldier", side=side, start=token.idx, end=token.idx + len(token), plural=True)
