"""Negation: whether a clause says that its event did not happen."""

from __future__ import annotations

from spacy.tokens import Token

from leadline.extract.claims.coded.grammar import NOUN_SUBJECTS
from leadline.extract.claims.modality.governed import stands_as_fact

NOBODY = frozenset({"nobody", "none", "neither", "no-one"})
COMPARED = frozenset({"fewer", "less", "more", "later", "longer", "sooner"})
BEING = frozenset({"be", "have", "exist", "use", "deploy", "form"})


def negated(head: Token, within: frozenset[int] | None = None) -> Token | None:
    """The negation of a word or of the verb it belongs to."""
    verb: Token | None = head
    steps = 0
    while verb is not None and steps < 3:
        no = next(
            (
                c
                for c in verb.children
                if (c.dep_ == "neg" and (c.i < verb.i or verb.pos_ == "AUX"))  # `12 were killed, not 34`
                or ((c.lower_ in {"never", "none"} or is_no(c)) and c.dep_ in {"det", "advmod"})
            ),
            None,
        )
        if no is not None and (within is None or no.i in within):
            return no
        up = verb.head
        if (
            up.i == verb.i
            or verb.dep_ not in {"xcomp", "dobj", "attr", "acomp", "pobj", "prep", "aux"}
            or (within is not None and up.i not in within)
        ):
            return None
        verb, steps = up, steps + 1
    return None


def is_no(token: Token) -> bool:
    """Whether a word is a `no` that leaves nothing: `no fewer than forty men` were some."""
    return token.lower_ == "no" and not (token.i + 1 < len(token.doc) and token.nbor().lower_ in COMPARED)


def denies(cue: Token, head: Token) -> bool:
    """Whether a verb of denying reaches an event's word: not its own, nor what is only told of somebody (`dismissed a colonel who had …`)."""
    between = [head]
    while between[-1].head.i not in {cue.i, between[-1].i}:
        between.append(between[-1].head)
    return head.i != cue.i and not any(stands_as_fact(t) for t in between)


def none_of(head: Token) -> Token | None:
    """`No order was given`, `there are no such units`: the event's own noun is negated."""
    if head.pos_ not in {"NOUN", "PROPN"}:
        return None
    no = next((c for c in head.children if is_no(c) and c.dep_ == "det"), None)
    return no if no is not None and head.dep_ in {"nsubj", "nsubjpass", "attr", "dobj", "ROOT"} else None


def of_nobody(head: Token) -> Token | None:
    """`No soldier has been executed`, `none of the conscripts was beaten`: the event's verb has nobody for its subject."""
    verb = head if head.pos_ == "VERB" or head.dep_ not in {"pobj", "dobj"} else _bearer(head)
    verb = verb if verb.pos_ == "VERB" else head.head
    if verb.pos_ != "VERB" or (verb.i != head.i and head.dep_ not in {"conj", "xcomp", "pobj", "dobj"}):
        return None
    while verb.dep_ == "conj" and verb.head.pos_ == "VERB" and not any(c.dep_ in NOUN_SUBJECTS for c in verb.children):
        verb = verb.head
    for subject in (c for c in verb.children if c.dep_ in NOUN_SUBJECTS):
        if subject.lower_ in NOBODY:
            return subject
        no = next((c for c in subject.children if is_no(c) and c.dep_ == "det"), None)
        counted = next((c for c in subject.children if c.dep_ == "nummod" and c.i < subject.i), subject)
        if no is not None or (counted.lower_ in {"one", "single"} and counted.i and counted.nbor(-1).lower_ == "not"):
            return no or counted
    return None


def _bearer(noun: Token) -> Token:
    """The verb of which a noun is an object, also behind a preposition (`subjected to force`)."""
    over = noun.head.head if noun.dep_ == "pobj" else noun.head
    return over if over.pos_ == "VERB" else noun


def lacking(head: Token) -> Token | None:
    """`There was never any blocking detachment`, `we have no such units`: what is said not to be there."""
    if head.pos_ not in {"NOUN", "PROPN"}:
        return None
    no = next((c for c in head.children if is_no(c) and c.dep_ == "det"), None)
    verb = head.head
    if head.dep_ not in {"attr", "dobj", "nsubj"} or verb.lemma_.lower() not in BEING:
        return None
    return no or next((c for c in verb.children if c.dep_ == "neg"), None)


def plain_negation(head: Token) -> Token | None:
    """`do not refuse`: a negation of the verb itself."""
    return next((c for c in head.children if c.dep_ == "neg"), None)
