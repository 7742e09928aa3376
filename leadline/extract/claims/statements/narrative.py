"""Whether a sentence goes on with the account before it: it opens on the teller, counts on, or tells what happened."""

from __future__ import annotations

from spacy.tokens import Span as TokenSpan
from spacy.tokens import Token

from leadline.extract.claims.coded.grammar import subjects
from leadline.extract.claims.sources.naming import Naming
from leadline.extract.claims.sources.who import BODY_KINDS, FIRST_PERSON, OUTLET_KINDS, Who, equal

OWN_STORY = frozenset({"he", "she", "him", "her", "his", "they", "them", "their"})
HEAD = 12
"""Words at the front of a sentence among which it says whom it is about."""
PAST = frozenset({"VBD"})


def takes_up(sentence: TokenSpan, teller: Who, naming: Naming) -> bool:
    """Whether a new paragraph goes on with the account of the one before: it opens on its teller."""
    meant = {w.lower() for w in teller.canonical.split()} - {"of", "the", "a"}
    other = naming.people.next_from(sentence.start, len(sentence.doc))
    for t in sentence.doc[sentence.start : min(sentence.end, sentence.start + HEAD)]:
        if t.lower_ in meant and t.pos_ in {"NOUN", "PROPN"}:
            return True
        if t.i >= other:
            return False
        theirs = OWN_STORY - {"they", "them", "their"} if not teller.plural and t.sent.start < t.i - 3 else OWN_STORY
        if t.lower_ in theirs and not naming.in_quotation(t):
            return True
    return False


def counts_on(sentence: TokenSpan, naming: Naming) -> bool:
    """`Two of them have been killed since.`, `Many were sent ahead.`: goes on about those just spoken of, in any tense."""
    subject = next((c for c in sentence.root.children if c.dep_ in {"nsubj", "nsubjpass"}), None)
    if subject is None or any(t.lower_ in FIRST_PERSON for t in sentence):
        return False
    of_them = any(
        c.lower_ == "of" and any(g.lower_ in {"them", "these", "those"} for g in c.children) for c in subject.children
    )
    bare = subject.lower_ in {"many", "most", "some", "others", "several", "few", "both"} and not list(subject.children)
    whoever = subject.lower_ in {"those", "anyone", "whoever"} and any(c.dep_ == "relcl" for c in subject.children)
    return (of_them or bare or whoever) and not naming.in_quotation(subject)


def narrates(sentence: TokenSpan, who: Who, naming: Naming, *, is_witness: bool) -> bool:
    """Whether a sentence tells what happened, rather than what its reporter says of today or of the text.

    In the account of a witness armies act; elsewhere a body that is named speaks for itself.
    """
    root = sentence.root
    outside = [t for t in sentence if not naming.in_quotation(t)]
    if any(t.lower_ in FIRST_PERSON for t in outside):
        return False
    subject = next(iter(subjects(root)), None)
    if subject is not None:
        near = naming.named.within(sentence.start, subject.i + 1)
        named = next((n for n in near if subject.i < n.end), None)
        if (
            named is not None
            and named.source.kind in OUTLET_KINDS | BODY_KINDS
            and not equal(naming.from_register(named), who)
        ):
            return named.source.kind == "armed-force" and is_witness and _is_past(root)
    return _is_past(root)


def _is_past(root: Token) -> bool:
    """Whether a sentence stands in the past tense, or has no finite verb at all."""
    finite = [t for t in (root, *root.children) if t.tag_ in {"VBD", "VBZ", "VBP", "MD"}]
    return not finite or any(t.tag_ in PAST for t in finite)
