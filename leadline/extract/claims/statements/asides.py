"""Sources that the grammar of a sentence names beside what they say, with no verb of saying over it.

`As the court established, …`; `by the count of the project`; `the police registered 900 cases`; `were compiled by volunteers of the fund`.
"""

from __future__ import annotations

from collections.abc import Iterator

from spacy.tokens import Token

from leadline.extract.claims.coded.grammar import subjects
from leadline.extract.claims.lexicon import Lexicon, rule_words

PARTS = rule_words("asides.parts")
PRESCRIBING = rule_words("asides.prescribing")
COMPLEMENTS = frozenset({"ccomp", "xcomp"})


def as_told(head: Token, words: Lexicon) -> tuple[Token, Token] | None:
    """`As the court established, S`; `S, as the mayor told the paper`: the verb and its subject, for a clause in S."""
    telling = words.stating | words.finding | words.reporting | words.contacting
    for verb in (head, *head.ancestors):
        for c in verb.children:
            if c.dep_ != "advcl" or c.lemma_.lower() not in telling or head.i in {t.i for t in c.subtree}:
                continue
            first = next(iter(c.children), None)
            if first is None or first.lower_ != "as" or any(g.dep_ in COMPLEMENTS for g in c.children):
                continue  # `as the mayor said that …`: at that time
            subject = next((s for s in subjects(c) if s.i < c.i or c.i == first.i + 1), None)
            objects = [g for g in c.children if g.dep_ in {"dobj", "dative"}]
            if subject is not None and (not objects or c.lemma_.lower() in {"tell", "inform"}):
                return c, subject
    return None


def reckoned(head: Token, words: Lexicon) -> tuple[Token, Token] | None:
    """`By the count of the project, …`, `by her reckoning`, `in his account`: the noun and whose it is."""
    for verb in (head, *head.ancestors):
        for prep in verb.children:
            if prep.dep_ != "prep" or prep.lower_ not in {"by", "in", "on"}:
                continue
            for noun in prep.children:
                if noun.dep_ != "pobj" or noun.lemma_.lower() not in words.reckonings:
                    continue
                if (whose := _owner(noun)) is not None and head.i not in {t.i for t in noun.subtree}:
                    return noun, whose
    return None


def recorded(head: Token, words: Lexicon) -> tuple[Token, Token] | None:
    """`The office registered 900 cases`, `the unit lists him as absent`, `the names of 40 men were collected by volunteers`: the verb and who kept the record."""
    for verb in (head, *head.ancestors):
        if verb.pos_ != "VERB" or verb.lemma_.lower() not in words.registering:
            continue
        if any(
            c.dep_ == "neg" or (c.dep_ == "aux" and c.lower_ in {"to", "would", "could", "can"}) for c in verb.children
        ):
            continue
        passive = any(c.dep_ == "auxpass" for c in verb.children)
        keepers = (
            [g for c in verb.children if c.dep_ == "agent" for g in c.children if g.dep_ == "pobj"]
            if passive
            else _subjects(verb)
        )
        kept = [c for c in verb.children if c.dep_ == ("nsubjpass" if passive else "dobj")]
        keeper = next(iter(keepers), None)
        if any(t.lower_ == "we" and t.dep_ == "nsubj" and t.head.lemma_.lower() in words.finding for t in verb.sent):
            return None  # `the courts registered 900 cases, we counted`
        stated = any(map(_counts, kept)) or any(c.dep_ == "prep" and c.lower_ == "as" for c in verb.children)
        if keeper is not None and kept and stated and head.i not in {t.i for t in keeper.subtree}:
            return verb, keeper
    return None


def prescribed(head: Token, words: Lexicon) -> tuple[Token, Token] | None:
    """`The sheet tells commanders to shoot`, `Point 7 allows them to keep men`: the verb and the writing, or the part of one."""
    for verb in (head, *head.ancestors):
        if verb.pos_ != "VERB" or verb.lemma_.lower() not in PRESCRIBING or any(c.dep_ == "neg" for c in verb.children):
            continue
        subject = next((s for s in subjects(verb) if s.i < verb.i), None)
        if subject is None or head.i in {t.i for t in subject.subtree}:
            continue
        if subject.lemma_.lower() in words.writings or is_part(subject):
            return verb, subject
    return None


def is_part(noun: Token) -> bool:
    """`Point 7`, `the second paragraph`: a part of a writing that was named before."""
    numbered = any(t.like_num for t in noun.children) or (noun.i + 1 < len(noun.doc) and noun.nbor(1).like_num)
    return noun.lemma_.lower() in PARTS and numbered and not any(c.lower_ == "of" for c in noun.children)


def _subjects(verb: Token) -> list[Token]:
    """The subjects of a verb; a subject that the parse hangs on its auxiliary (`has, however, counted`) too."""
    return subjects(verb) or [s for c in verb.children if c.dep_ == "aux" for s in subjects(c)]


def _owner(noun: Token) -> Token | None:
    """Whose a count is: the possessor, or the name behind `of`."""
    return next(_owners(noun), None)


def _owners(noun: Token) -> Iterator[Token]:
    for c in noun.children:
        if c.dep_ == "poss":
            yield c
        elif c.dep_ == "prep" and c.lower_ in {"of", "by", "from"}:
            yield from (g for g in c.children if g.dep_ == "pobj")


def _counts(noun: Token) -> bool:
    """Whether a noun phrase gives a number."""
    return any(t.like_num or t.lower_ in {"dozens", "hundreds", "thousands", "scores", "several"} for t in noun.subtree)
