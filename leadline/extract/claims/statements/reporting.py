"""Whether an attribution makes its source the maker of a statement, rather than of an order, a wish or a thought."""

from __future__ import annotations

from collections.abc import Callable

from spacy.tokens import Token

from leadline.extract.claims.lexicon import load_lexicon, rule_words
from leadline.extract.claims.words import tokens_between
from leadline.schema import Attribution

HEARD = rule_words("reporting.heard")
NAME = 3
"""Words at the front of a source among which its name or its noun stands."""


def reports(a: Attribution, cue: Token, is_named: Callable[[Token], bool]) -> bool:
    """Whether a cue makes its source the maker of a statement, rather than of an order, a wish or a thought."""
    doc, lexicon = cue.doc, load_lexicon()
    lemma = cue.lemma_.lower()
    words = {t.lemma_.lower() for s, e in a.cue for t in tokens_between(doc, s, e)} | {cue.lower_, lemma}
    if cue.pos_ in {"VERB", "AUX"} and not words & lexicon.reporting:
        return False
    if cue.pos_ == "NOUN" and a.attribution_id and lemma not in lexicon.saying_nouns and cue.lower_ != "said":
        return False
    if lemma not in HEARD and any(c.dep_ == "auxpass" for c in cue.children):
        told = next((c.i for c in cue.children if c.dep_ == "nsubjpass"), -1)
        if any(s <= doc[told].idx < e for s, e in a.source if told >= 0):
            return False  # `the families were told that …`, `since the draft was announced, …`
    if cue.dep_ == "relcl" and cue.head.dep_ in {"nsubj", "nsubjpass"}:
        told = cue.head.head.idx
        if any(s <= told < e for s, e in a.content):
            return False  # `those who complain "ought to be jailed"`: what is said of them
    source = [t for s, e in a.source for t in tokens_between(doc, s, e)]
    if lemma == "condemn" and any(t.lemma_.lower() in {"court", "tribunal"} for t in source):
        return False  # a sentence passed, in other English
    if lemma == "find" and any(t.lower_ in {"guilty", "innocent"} for t in cue.subtree):
        return False  # a court's finding is a sentence passed
    if lemma in {"post", "tweet", "cite"} and a.kind == "indirect" and not any(c.dep_ == "ccomp" for c in cue.children):
        return False
    if lemma in lexicon.not_with_infinitive and a.content:
        first = next((t for t in tokens_between(doc, *a.content[0]) if not t.is_punct and not t.is_space), None)
        if first is not None and (first.lower_ == "to" or (first.lower_ == "not" and first.nbor().lower_ == "to")):
            return False
        if (
            lemma == "tell"
            and a.kind == "indirect"
            and any(
                c.dep_ == "xcomp" and any(g.dep_ == "aux" and g.lower_ == "to" for g in c.children)
                for c in cue.children
            )
        ):
            return False
    if lemma in lexicon.thinking:
        named = any(
            t.ent_type_ in {"PERSON", "ORG", "NORP"}
            or is_named(t)
            or lexicon.kind(t.lemma_.lower()) in {"official", "analyst", "outlet", "monitor"}
            for t in source[:NAME]
        )
        return named or a.kind != "indirect"
    return True
