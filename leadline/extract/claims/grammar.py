"""Grammar that a small parser gets wrong often enough to be mended: who does what a verb says."""

from __future__ import annotations

from spacy.tokens import Token

SUBJECT = frozenset({"nsubj", "csubj"})


def subjects(verb: Token) -> list[Token]:
    """The words that do what an active verb says.

    A participle that takes an object of its own (`The service released a call`) is a finite verb that was parsed as a
    modifier: its noun is the subject.
    """
    found = [c for c in verb.children if c.dep_ in SUBJECT]
    if found:
        return found
    noun = verb.head
    is_modifier = verb.dep_ in {"acl", "relcl"} and verb.tag_ in {"VBN", "VBD"} and noun.pos_ in {"NOUN", "PROPN"}
    if is_modifier and noun.dep_ == "ROOT" and any(c.dep_ in {"dobj", "ccomp"} for c in verb.children):
        return [noun]
    return []
