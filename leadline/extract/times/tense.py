"""Whether the verb around a time expression looks back or ahead."""

from __future__ import annotations

from spacy.tokens import Doc, Token

from leadline.extract.numerals import lexicon
from leadline.extract.times.resolve import Direction

# Steps up the parse from the expression to its verb; longer ways lead to another clause's verb.
_LONGEST_WAY = 12
_SHALL = frozenset({"will", "'ll", "’ll", "shall", "wo", "would"})
_HAD = frozenset({"was", "were", "had", "has", "have", "'ve", "’ve"})


def direction(doc: Doc, start: int, end: int) -> Direction:
    """-1 where the governing verb is past, 1 where it is future, 0 where neither can be told."""
    span = doc.char_span(start, end, alignment_mode="expand")
    if span is None or not span.root.dep:  # no parse
        return 0
    verb = _verb(span.root)
    if verb is None:
        return 0
    auxiliaries = {c.lower_ for c in verb.children if c.dep_ in ("aux", "auxpass")}
    if verb.tag_ == "VBD" or (verb.tag_ == "VBN" and auxiliaries & _HAD and not auxiliaries & _SHALL):
        return -1
    return 1 if _has_future(verb) or (verb.tag_ == "VB" and "to" in auxiliaries and _looks_ahead(verb.head)) else 0


def _verb(token: Token) -> Token | None:
    for _ in range(_LONGEST_WAY):
        if token.pos_ in ("VERB", "AUX"):
            return token
        if token.head is token:
            return None
        token = token.head
    return None


def _has_future(verb: Token) -> bool:
    """Whether the verb, or one it depends on as complement, is in the future."""
    for _ in range(4):
        if any(c.lower_ in _SHALL and c.dep_ == "aux" for c in verb.children):
            return True
        if verb.dep_ not in ("xcomp", "ccomp", "conj", "advcl") or verb.head is verb:
            return False
        verb = verb.head
    return False


def _looks_ahead(head: Token) -> bool:
    """Whether an infinitive under this verb lies ahead: "is scheduled to", "plans to", but not "agreed to", "was due to"."""
    was = {c.lower_ for c in head.children} & {"was", "were", "had", "been"}
    if head.tag_ == "VBD" or was:
        return False
    return head.tag_ != "VBN" or head.lemma_ in lexicon("times")["tense"]["ahead"]
