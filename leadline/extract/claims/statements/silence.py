"""That nobody answered: what a text tells of its own questions, and no statement of those who were asked."""

from __future__ import annotations

from spacy.tokens import Token

from leadline.extract.claims.lexicon import rule_words
from leadline.extract.claims.words import Line

REPLYING = rule_words("silence.replying")
UNANSWERED = rule_words("silence.unanswered")
ANSWERING = REPLYING | rule_words("silence.answering")
DECLINING = rule_words("silence.declining")
NOBODY = frozenset({"neither", "nobody", "none"})
ANSWERS = rule_words("silence.answers")


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


def is_silence(clause: Line) -> bool:
    """`The ministry did not reply`, `left our questions unanswered`: nothing was said by any means.

    >>> is_silence(Line((), ()))
    False
    """
    for t in clause.tokens:
        if t.lower_ in UNANSWERED or (t.lemma_.lower() == "hang" and any(c.lower_ == "up" for c in t.children)):
            return True
        if t.lemma_.lower() in REPLYING and (
            any(c.dep_ == "neg" or c.lower_ in {"no", "never"} for c in (*t.children, *t.head.children))
        ):
            return True
    return False
