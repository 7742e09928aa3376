"""Whether a sentence goes on with the account before it: it opens on the teller, counts on, or tells what happened."""

from __future__ import annotations

from spacy.tokens import Span as TokenSpan
from spacy.tokens import Token

from leadline.extract.claims.coded.grammar import subject_of, subjects
from leadline.extract.claims.lexicon import rule_words
from leadline.extract.claims.sources.kinds import ORGANISATIONS
from leadline.extract.claims.sources.naming import Naming
from leadline.extract.claims.sources.who import FIRST_PERSON, Who, equal

OWN_STORY = frozenset({"he", "she", "him", "her", "his", "they", "them", "their"})
HEAD = 12
"""Words at the front of a sentence among which it says whom it is about."""
PAST = frozenset({"VBD"})
PARTS = frozenset(
    {
        "many",
        "most",
        "some",
        "others",
        "several",
        "few",
        "both",
        "half",
        "another",
        "none",
        "all",
        "third",
        "quarter",
        "majority",
        "one",
    }
)
"""Words for a part of those who were counted."""
PUBLIC = rule_words("narrative.public")
CASES = rule_words("narrative.cases")


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
    """`Two of them have been killed since.`, `Many were sent ahead.`, `In 40 cases …`: goes on about those just spoken of, in any tense."""
    if any(t.lower_ in FIRST_PERSON for t in sentence):
        return False
    subject = subject_of(sentence.root)
    if subject is not None and subject.left_edge.i > sentence.start + HEAD:
        subject = None
    front = [g for c in sentence.root.children if c.dep_ == "prep" and c.i == sentence.start for g in c.children]
    counted = [g for g in front if g.dep_ == "pobj"] + ([subject] if subject is not None else [])
    return any(_is_part(t) and not naming.in_quotation(t) for t in counted)


def _is_part(noun: Token) -> bool:
    """Whether a noun phrase means some of those who were just counted: `50 of these`, `another 61`, `most`, `the others`, `those who …`."""
    below = [c for c in noun.children if not c.is_punct and not c.is_space]
    words = {c.lower_ for c in below}
    lemma = noun.lemma_.lower()
    for c in below:
        if c.lower_ == "of" and c.dep_ == "prep":
            inside = [g for g in c.children if g.dep_ == "pobj"]
            if any(_is_those(g) for g in inside):
                return noun.like_num or noun.lower_ in PARTS or bool(words & PARTS)
    if _is_those(noun) and noun.dep_ == "pobj" and noun.head.lower_ in {"of", "among"}:
        return True  # `Of the six, two …`
    if noun.lower_ in {"those", "anyone", "whoever"}:
        return any(c.dep_ in {"relcl", "acl"} for c in below)
    if lemma in CASES and noun.dep_ == "pobj":
        return any(c.like_num for c in below)
    if noun.like_num or (noun.lower_ in PARTS and noun.dep_ != "pobj"):
        return noun.lower_ != "one" and not any(
            c.dep_ in {"prep", "relcl", "acl", "appos", "amod", "compound"} for c in below
        )
    return noun.lower_ in {"rest", "remainder", "others"} and words <= {"the"}


def _is_those(noun: Token) -> bool:
    """`Of them`, `of these`, `of those 19`, `of the six`: the ones just spoken of."""
    if noun.lower_ in {"them", "these", "those"}:
        return not any(c.dep_ in {"relcl", "acl"} for c in noun.children)
    words = [c for c in noun.children if c.dep_ in {"det", "nummod"}]
    pointed = any(c.lower_ in {"these", "those"} for c in words)
    return pointed or (noun.like_num and any(c.lower_ == "the" for c in words))


def goes_on(sentence: TokenSpan, who: Who, naming: Naming) -> bool:
    """Whether a sentence goes on with what was said in the one before, whoever said it: it counts on, or tells what befell those meant."""
    if any(t.lower_ in {"those", "anyone", "whoever"} for t in sentence[:1]) and not _is_past(sentence.root):
        return False  # what befalls `those who …` by law
    return counts_on(sentence, naming) or _befell(sentence, who, naming)


def _befell(sentence: TokenSpan, who: Who, naming: Naming) -> bool:
    """`They handed in their rifles at the post.`, `He was given a suspended sentence.`: in the past tense, of those just spoken of."""
    root, subject = sentence.root, subject_of(sentence.root)
    if subject is None or subject.lower_ not in {"he", "she", "they"} or naming.in_quotation(root):
        return False
    if subject.lower_ == "they" and who.plural and not who.kind:
        return False  # `some of its members say …`: what they do themselves
    if {root.lemma_.lower(), *(c.lemma_.lower() for c in root.children if c.dep_ == "conj")} & PUBLIC:
        return False  # what is done for all to see needs nobody to tell of it
    return _is_past(root) and subject.i < sentence.start + HEAD


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
        if named is not None and named.source.kind in ORGANISATIONS and not equal(naming.from_register(named), who):
            return named.source.kind == "armed-force" and is_witness and _is_past(root)
    return _is_past(root)


def _is_past(root: Token) -> bool:
    """Whether a sentence stands in the past tense, or has no finite verb at all."""
    finite = [t for t in (root, *root.children) if t.tag_ in {"VBD", "VBZ", "VBP", "MD"}]
    return not finite or any(t.tag_ in PAST for t in finite)
