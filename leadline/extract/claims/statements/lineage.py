"""What a chain of attribution comes to: the hops, the sources behind them and the recording they stand on."""

from __future__ import annotations

from dataclasses import dataclass

from spacy.tokens import Token

from leadline.extract.claims.recordings.recordings import Recording
from leadline.extract.claims.sources.kinds import SUPERIORS
from leadline.extract.claims.sources.naming import Naming
from leadline.extract.claims.sources.who import BODY_NOUNS, Who
from leadline.schema import Attribution, Hop

TELLING = frozenset({"tell", "warn", "threaten", "promise", "inform", "assure"})
INFORMING = frozenset({"tell", "inform"})
"""Of these an office's to families are its answers: it does not threaten."""
ADDRESSED = frozenset({"him", "her", "them", "us", "me", "he", "she", "they", "everyone", "everybody"})

ANSWERING = frozenset(
    {"answer", "respond", "reply", "comment", "react", "say", "disclose", "speak", "talk", "discuss", "elaborate"}
)
DECLINING = frozenset({"decline", "refuse"})
NOBODY = frozenset({"neither", "nobody", "none"})
ANSWERS = frozenset({"comment", "statement", "answer", "reply", "response", "remark"})


@dataclass(frozen=True)
class Lineage:
    """Who says a stretch of text: the hops, the sources behind them, and the recording it stands on.

    `stated` is true where the grammar of its own sentence leaves no choice (`by the count of the project, …`).
    """

    hops: tuple[Hop, ...] = ()
    whos: tuple[Who, ...] = ()
    recording: Recording | None = None
    attribution: Attribution | None = None
    cue: Token | None = None
    found_out: bool = False
    stated: bool = False


def tells_those_concerned(who: Who, cue: Token, naming: Naming) -> bool:
    """Whether a nameless superior tells, warns or threatens soldiers or families: a part of the story."""
    if who.kind not in SUPERIORS or who.source is not None or cue.lemma_.lower() not in TELLING:
        return False
    noun = naming.doc[who.at]
    if naming.people.is_named(noun) or (noun.lemma_.lower() in BODY_NOUNS and cue.lemma_.lower() in INFORMING):
        return False
    addressed = [c for c in cue.children if c.dep_ in {"dobj", "dative", "nsubjpass"}]
    return any(
        a.lower_ in ADDRESSED or naming.words.kind(a.lemma_.lower()) in {"soldier", "relative"} for a in addressed
    )


def keeps_silent(head: Token) -> bool:
    """`Did not answer a letter`, `has said nothing`, `would not say how many had died`: that nobody answered is the reporter's to tell."""
    for verb in (head, *head.ancestors):
        if verb.lemma_.lower() in ANSWERING and verb.pos_ == "VERB":
            return is_silent(verb)
        if verb.i != head.i and verb.dep_ in {"conj", "ROOT"}:
            return False
    return False


def is_silent(cue: Token) -> bool:
    """Whether a verb says that nothing was answered: `did not reply`, `said nothing`, `declined to comment`, `made no statement`."""
    lemma, objects = cue.lemma_.lower(), [c for c in cue.children if c.dep_ == "dobj"]
    if lemma in ANSWERING and cue.pos_ == "VERB":
        nobody = any(t.lower_ in NOBODY for c in cue.children if c.dep_ == "nsubj" for t in (c, *c.children))
        return nobody or any(c.dep_ == "neg" for c in cue.children) or any(o.lower_ == "nothing" for o in objects)
    if lemma in DECLINING:
        return any(c.dep_ == "xcomp" and c.lemma_.lower() in ANSWERING for c in cue.children)
    return any(o.lemma_.lower() in ANSWERS and any(c.lower_ == "no" for c in o.children) for o in objects)
