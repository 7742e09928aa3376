"""Sentences that attribute what stands before them: `This was reported by X.`, `That is according to X.`"""

from __future__ import annotations

from spacy.tokens import Span as TokenSpan
from spacy.tokens import Token

from leadline.extract.claims.coded.grammar import subject_of
from leadline.extract.claims.lexicon import load_lexicon
from leadline.extract.claims.sources.who import phrase_of

REPORTING = frozenset({"report", "write", "say"})


def points_back(sentence: TokenSpan) -> tuple[Token, tuple[Token, ...]] | None:
    """The cue and the source of a sentence whose content is `this`, `that`, `it` or `the information`; None for other sentences."""
    root = sentence.root
    if root.lemma_.lower() in REPORTING:  # `That is according to the minister's page, the agency reports.`
        root = next(
            (c for c in root.children if c.dep_ == "ccomp" and (c.lemma_ == "be" or c.lower_ == "according")), root
        )
    subject = subject_of(root)
    pointing = subject is not None and (
        subject.lower_ in {"this", "that", "it"}
        or (subject.lower_ == "information" and not any(c.dep_ == "prep" for c in subject.children))
    )
    if pointing and (root.lemma_ == "be" or root.lower_ == "according"):
        according = next((t for t in sentence if t.lower_ == "according"), None)
        if according is not None and according.i + 1 < sentence.end:
            return according, tuple(t for t in sentence.doc[according.i + 2 : sentence.end] if not t.is_punct)[:10]
    if root.lemma_.lower() not in load_lexicon().reporting:
        return None
    if pointing and subject is not None and subject.dep_ == "nsubjpass":
        for by in (c for c in root.children if c.dep_ == "agent"):
            return root, tuple(t for t in by.subtree if t.i > by.i)[:10]
    told = [c for c in root.children if c.dep_ == "dobj" and c.lower_ in {"this", "it", "that"}]
    told += [g for c in root.children if c.lower_ == "about" for g in c.children if g.lower_ in {"this", "it", "that"}]
    if told and subject is not None and not any(c.dep_ == "ccomp" for c in root.children):
        return root, tuple(phrase_of(subject))
    return None
