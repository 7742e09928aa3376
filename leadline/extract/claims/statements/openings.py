"""Where an account begins without a voice: with one who is said to tell it, a report that was issued, papers that were gone through."""

from __future__ import annotations

from dataclasses import dataclass

from spacy.tokens import Token

from leadline.extract.claims.lexicon import load_lexicon, rule_words
from leadline.extract.claims.recordings.recordings import Recording
from leadline.extract.claims.sources.kinds import OUTLET_KINDS
from leadline.extract.claims.sources.naming import Naming
from leadline.extract.claims.sources.who import Who, phrase_of
from leadline.extract.claims.statements.lineage import is_teller

ISSUING = rule_words("openings.issuing")
DEPICTING = rule_words("openings.depicting")
SEARCHING = rule_words("openings.searching")


@dataclass(frozen=True)
class Account:
    """Whose story is told: the teller, who passes it on, the recording in which it is told, and the cue that opened it."""

    who: Who
    outer: tuple[Who, ...] = ()
    recording: Recording | None = None
    cue: Token | None = None
    found_out: bool = False


def told_by(root: Token, naming: Naming) -> Account | None:
    """`What happened next is told by a sergeant.`"""
    if root.lemma_.lower() not in naming.words.reporting:
        return None
    for by in (c for c in root.children if c.dep_ == "agent"):
        for g in (g for g in by.children if g.dep_ == "pobj"):
            who = naming.who(phrase_of(g))
            if is_teller(who) and who is not None:
                return Account(who.elsewhere(), (), None, root)
    return None


def of_a_carrier(root: Token, subject: Token, naming: Naming) -> Account | None:
    """`A report by X paints a grim picture.`, `X published its bulletin on Friday.`: what follows stands in it."""
    if any(c.dep_ == "ccomp" for c in root.children):
        return None
    carriers = naming.words.carriers
    written = {subject.lemma_.lower(), subject.lower_} & (carriers | naming.words.writings)
    if written and root.lemma_.lower() in DEPICTING:
        tokens = phrase_of(subject, 12)
    elif root.lemma_.lower() in ISSUING and any(
        c.dep_ == "dobj" and c.lemma_.lower() in carriers for c in root.children
    ):
        tokens = phrase_of(subject)
    else:
        return None
    who = naming.who(tokens, remember=False)
    if who is None or not who.kind or naming.is_own(who):
        return None
    return Account(who.elsewhere(), (), None, root)


def of_a_search(root: Token, who: Who) -> Account | None:
    """`X has gone through 3,000 court files.`: what follows is what X found."""
    if who.kind not in OUTLET_KINDS | {"international"} or root.lemma_.lower() not in SEARCHING:
        return None
    objects = [t for t in root.subtree if t.dep_ in {"dobj", "pobj"} and t.lemma_.lower() in load_lexicon().carriers]
    return Account(who.elsewhere(), (), None, root, found_out=True) if objects else None
