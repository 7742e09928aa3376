"""Who speaks in a recording: `a call from a soldier`, `a clip in which a gunner says …`, `men recorded a video`."""

from __future__ import annotations

from collections.abc import Iterator

from spacy.tokens import Token

from leadline.extract.claims.lexicon import Lexicon, rule_words
from leadline.extract.claims.sources.kinds import SPEAKERS_KINDS
from leadline.extract.claims.sources.naming import Naming
from leadline.extract.claims.sources.who import Who, person_kind, phrase_of

SILENT_SENSE = rule_words("spoken.silent_sense")
SHOWING = frozenset({"showing", "featuring"})
CAPTURING = rule_words("spoken.capturing")
SENDING = rule_words("spoken.sending")


def speaker_in(recording: Token, naming: Naming, *, remember: bool = True) -> Who | None:
    """The person whom one mention of a recording says speaks in it; `remember` as in `Naming.who`."""
    persons = (_person(word, naming, remember) for word in _candidates(recording, naming.words))
    return next((who for who in persons if who is not None), None)


def _candidates(recording: Token, words: Lexicon) -> Iterator[Token]:
    """The words that may name who speaks in a recording, the surest first."""
    for c in recording.children:
        if c.dep_ == "prep" and c.lower_ in {"from", "of", "by", "with", "featuring", "between"}:
            yield from (g for g in c.children if g.dep_ == "pobj")
        if c.dep_ in {"relcl", "acl"}:
            yield from _in_clause(c, words)
        if c.dep_ == "poss":
            yield c
    yield from _beside_verb(recording, words)


def _in_clause(clause: Token, words: Lexicon) -> Iterator[Token]:
    """`In which a gunner says …`, `showing two men`, `recorded by soldiers`."""
    subjects = [g for g in clause.children if g.dep_ == "nsubj" and g.lower_ not in {"that", "which", "it"}]
    if clause.dep_ == "relcl" or clause.lower_ in SHOWING:
        yield from subjects[:1]
    if clause.lower_ in SHOWING:
        yield from (g for g in clause.children if g.dep_ in {"dobj", "nsubj"})
    if clause.lemma_.lower() in words.recording | words.releasing:
        for by in (by for by in clause.children if by.dep_ == "agent"):
            yield from (g for g in by.children if g.dep_ == "pobj")


def _beside_verb(recording: Token, words: Lexicon) -> Iterator[Token]:
    """`Two gunners recorded a video`, `in the clip a man says`, `the tape captures an officer shouting`."""
    verb = recording.head
    for _ in range(3):
        if verb.pos_ == "VERB" or verb.head.i == verb.i:
            break
        verb = verb.head
    inside = recording.dep_ == "pobj" and (
        recording.head.lower_ in {"in", "on"}
        or (recording.head.lower_ == "to" and recording.head.head.lower_ in {"according", "accordance", "in"})
    )
    if inside:  # the nearest verb above that has a subject
        while verb.head.i != verb.i and not any(c.dep_ == "nsubj" for c in verb.children):
            verb = verb.head
    if verb.pos_ != "VERB":
        return
    made = recording.dep_ == "dobj" and verb.lemma_.lower() in words.recording | SENDING
    if made or inside:
        yield from (c for c in verb.children if c.dep_ == "nsubj")
    captures = recording.dep_ == "nsubj" and verb.lemma_.lower() in CAPTURING
    if captures and recording.lemma_.lower() not in SILENT_SENSE:
        yield from (g for g in verb.subtree if g.dep_ in {"nsubj", "dobj"} and g.i > verb.i)


def _person(token: Token, naming: Naming, remember: bool) -> Who | None:
    if person_kind(token, naming.words) not in SPEAKERS_KINDS and token.ent_type_ != "PERSON":
        return None
    who = naming.who(phrase_of(token, 6), remember=remember)
    if who is None or (who.source is not None and who.source.kind != "person"):
        return None
    return who if who.kind in SPEAKERS_KINDS else None
