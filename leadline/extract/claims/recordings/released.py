"""Who made a recording public: `a video posted by X`, `X shared a clip`, `the ministry's intercept`."""

from __future__ import annotations

from collections.abc import Iterator

from spacy.tokens import Token

from leadline.extract.claims.coded.grammar import subjects
from leadline.extract.claims.lexicon import Lexicon, rule_words
from leadline.extract.claims.recordings.recorded import makes_public
from leadline.extract.claims.sources.kinds import ORGANISATIONS
from leadline.extract.claims.sources.naming import Naming
from leadline.extract.claims.sources.who import Who, phrase_of

NAMING = rule_words("released.naming")
STEPS = 4
"""Words up from a recording's noun in which the verb that makes it public stands."""


def releasers(recording: Token, naming: Naming) -> list[Who]:
    """The outlets and bodies that one mention of a recording says made it public."""
    named = (_source(word, naming) for word in [*_beside(recording, naming.words), *_above(recording, naming.words)])
    return [w for w in named if w is not None and _may_release(w, naming)]


def _beside(recording: Token, words: Lexicon) -> Iterator[Token]:
    """Those whom the noun phrase names: `the clip released by X`, `X's call`, `a video from X`."""
    for c in recording.children:
        if c.dep_ in {"acl", "relcl"} and makes_public(c, words):
            for by in c.children:
                if by.dep_ == "agent" or (by.dep_ == "prep" and by.lower_ == "by"):
                    yield from _objects(by)
                if by.dep_ == "nsubj":
                    yield by
        if c.dep_ == "poss" and c.ent_type_ != "PERSON":
            yield c
        if c.dep_ == "prep" and c.lower_ in {"by", "from"}:
            yield from _objects(c)


def _above(recording: Token, words: Lexicon) -> Iterator[Token]:
    """Those whom the verbs above name: `was posted by X`, `X shared the clip`, `X broadcast what it presents as a call`, `X claimed, with soundtrack`."""
    if recording.dep_ == "nsubjpass" and makes_public(recording.head, words):
        for by in (c for c in recording.head.children if c.dep_ == "agent"):
            yield from _objects(by)
    verb = recording
    for _ in range(STEPS):
        if verb.head.i == verb.i:
            return
        verb = verb.head
        if verb.pos_ != "VERB":
            continue
        doers = [s for s in subjects(verb) if s.dep_ != "csubj"]
        if not doers and verb.tag_ == "VBG" and verb.dep_ in {"advcl", "acl"}:
            doers = [s for s in subjects(verb.head) if s.i < verb.i]  # `X said so, releasing a call`
        with_it = recording.dep_ == "pobj" and recording.head.lower_ == "with"
        if with_it or makes_public(verb, words):
            yield from doers
        said_of_it = any(t.lower_ == "what" and t.i < verb.i for t in verb.subtree)  # `what it said was a call`
        if doers and verb.lemma_.lower() not in NAMING and not said_of_it:
            return


def _objects(preposition: Token) -> Iterator[Token]:
    return (g for g in preposition.children if g.dep_ == "pobj")


def _source(word: Token, naming: Naming) -> Who | None:
    who = naming.who(phrase_of(word))
    return who if who is not None and not naming.is_own(who) else None


def _may_release(who: Who, naming: Naming) -> bool:
    """Whether a source is one that makes recordings public: a body, an outlet, or a person whose posts are relays."""
    return who.kind in ORGANISATIONS or (who.source is not None and who.source.relays) or naming.is_office(who)
