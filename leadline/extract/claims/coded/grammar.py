"""Who does what a verb says and to whom it is done, also where a small parser gets it wrong."""

from __future__ import annotations

from spacy.tokens import Token

from leadline.extract.claims.coded.segments import SUBJECTS

NOUN_SUBJECTS = frozenset({"nsubj", "nsubjpass"})
ACTIVE = frozenset({"nsubj", "csubj"})
OBJECTS = frozenset({"dobj", "nsubjpass", "dative"})
SHARED = 6
"""Words within which coordinate verbs share an object that stands after the last of them."""


def subject_of(verb: Token) -> Token | None:
    """The noun that is the subject of a verb, also of one in the passive; None where it has none of its own."""
    return next((c for c in verb.children if c.dep_ in NOUN_SUBJECTS), None)


def active_subject(verb: Token) -> Token | None:
    """The noun that does what a verb says; None where it has no such subject of its own."""
    return next((c for c in verb.children if c.dep_ == "nsubj"), None)


def subjects(verb: Token) -> list[Token]:
    """The words that do what an active verb says.

    A participle that takes an object of its own (`The service released a call`) is a finite verb that was parsed as a
    modifier: its noun is the subject.
    """
    found = [c for c in verb.children if c.dep_ in ACTIVE]
    if found:
        return found
    noun = verb.head
    is_modifier = verb.dep_ in {"acl", "relcl"} and verb.tag_ in {"VBN", "VBD"} and noun.pos_ in {"NOUN", "PROPN"}
    if is_modifier and noun.dep_ == "ROOT" and any(c.dep_ in {"dobj", "ccomp"} for c in verb.children):
        return [noun]
    return []


def agents(verb: Token) -> list[Token]:
    """Heads of the noun phrases that do what a verb says."""
    found = [c for c in verb.children if c.dep_ in ACTIVE]
    for by in (c for c in verb.children if c.dep_ == "agent"):
        found += [c for c in by.children if c.dep_ == "pobj"]
    if found or any(c.dep_ == "nsubjpass" for c in verb.children):
        return found
    if verb.pos_ not in {"VERB", "AUX"}:
        return [c for c in verb.children if c.dep_ == "poss"] + [
            g
            for c in verb.children
            if c.dep_ == "prep" and c.lower_ in {"by", "of"}
            for g in c.children
            if g.dep_ == "pobj"
        ]
    if verb.dep_ in {"acl", "relcl"} and verb.head.pos_ in {"NOUN", "PROPN", "PRON"}:
        return [verb.head] if verb.tag_ != "VBN" else []
    if verb.dep_ in {"conj", "xcomp", "advcl", "pcomp"} and verb.head.pos_ in {"VERB", "AUX"} and verb.head.i != verb.i:
        if verb.dep_ == "xcomp":  # ordered HIM to go: the object does it
            objects = [c for c in verb.head.children if c.dep_ in {"dobj", "nsubjpass"}]
            if objects or any(c.dep_ == "auxpass" for c in verb.head.children):
                return objects  # `before being ordered by the staff to go`: who goes is not told here
        return agents(verb.head)
    return []


def patients(verb: Token, tokens: tuple[Token, ...]) -> list[Token]:
    """Heads of the noun phrases to which something is done."""
    inside = {t.i for t in tokens}
    found = [c for c in verb.children if c.dep_ in OBJECTS]
    if found and all(c.i in inside and c.pos_ == "NOUN" for c in found):  # `opened fire on them`: fire is no victim
        goals = [
            g
            for v in (verb, *found)
            for c in v.children
            if c.dep_ == "prep" and c.lower_ in {"at", "on", "upon", "against"}
            for g in c.children
            if g.dep_ == "pobj"
        ]
        found = goals or found
    if verb.tag_ == "VBN" and verb.dep_ in {"acl", "relcl", "amod"} and not found:
        found = [verb.head]
    if not found and verb.dep_ == "ccomp":  # small clause: `forced them back`
        found = [c for c in verb.children if c.dep_ == "nsubj"]
    if not found:
        found = [
            g
            for c in verb.children
            if c.dep_ == "prep" and c.lower_ in {"at", "on", "upon", "of", "against"}
            for g in c.children
            if g.dep_ == "pobj"
        ]
    for other in verb.conjuncts if not found and verb.pos_ == "VERB" else ():
        if other.i > verb.i and not any(c.dep_ in SUBJECTS for c in other.children):  # `killed or wounded 40 men`
            found = [c for c in other.children if c.dep_ == "dobj" and other.i - verb.i <= SHARED]
            if found:
                break
    if (
        not found
        and verb.dep_ == "conj"
        and verb.head.pos_ == "VERB"
        and not any(c.dep_ in SUBJECTS for c in verb.children)
    ):
        found = [c for c in verb.head.children if c.dep_ == "nsubjpass"]
    return [f for f in found if f.i not in inside or len(inside) > 1]


def is_passive(verb: Token) -> bool:
    """Whether a verb tells what was done to its subject."""
    return any(c.dep_ in {"nsubjpass", "auxpass"} for c in verb.children)


def top(tokens: tuple[Token, ...]) -> Token:
    """The token nearest the root; the first of several."""
    return min(tokens, key=lambda t: (sum(1 for _ in t.ancestors), t.i))
