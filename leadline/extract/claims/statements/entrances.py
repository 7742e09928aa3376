"""Where somebody enters a text who is no source of an attribution: the subject of a verb of saying, `a man who …`, a byline."""

from __future__ import annotations

from spacy.tokens import Token

from leadline.extract.claims.lexicon import Lexicon, rule_words
from leadline.extract.claims.sources.kinds import WITNESSES
from leadline.extract.claims.sources.naming import Naming
from leadline.extract.claims.sources.who import Who

TALKING = rule_words("entrances.talking")
ENTERING = WITNESSES | {"commander"}
INTERVIEWING = rule_words("entrances.interviewing")


def enters(word: Token, naming: Naming) -> bool:
    """Whether somebody comes up at a word whom a later `he` or `the agency` may mean."""
    return _speaks(word, naming) or _is_introduced(word, naming.words)


def _speaks(subject: Token, naming: Naming) -> bool:
    """Whether a word is the subject of a verb of saying, finding or publishing, or of a sentence about one person."""
    if subject.dep_ not in {"nsubj", "nsubjpass"} or subject.head.pos_ not in {"VERB", "AUX"}:
        return False
    verb = subject.head
    lemma = subject.lemma_.lower()
    if (
        lemma in naming.words.carriers - naming.words.single_findings
        and subject.tag_ == "NN"
        and not naming.words.kind(lemma)
        and any(c.lower_ == "the" for c in subject.children)
    ):
        return True  # `The report devotes a chapter to …`: what `it` says next
    if naming.people.is_named(subject) and not naming.in_quotation(subject):
        return True
    if (
        verb.lemma_.lower()
        in naming.words.finding | naming.words.releasing | naming.words.reporting | naming.words.answering
    ):
        return True
    nouns = (subject, *(c for c in subject.children if c.dep_ == "appos"))
    kinds = {naming.words.kind(t.lemma_.lower()) for t in nouns}
    one = subject.tag_ in {"NN", "CD"}
    return (
        verb.dep_ in {"ROOT", "ccomp"}
        and one
        and not kinds.isdisjoint({"relative"} if verb.dep_ == "ccomp" else ENTERING)
    )


def _is_introduced(noun: Token, words: Lexicon) -> bool:
    """`A man who …`, `Two officers agreed to talk to us`: somebody enters the text."""
    if noun.tag_ == "NNS" and words.kind(noun.lemma_.lower()) in ENTERING:
        several = any(c.dep_ == "nummod" or c.lower_ in {"several", "some"} for c in noun.children)
        if noun.dep_ == "nsubj":
            verbs = (noun.head, *(c for c in noun.head.children if c.dep_ == "xcomp"))
            return several and any(v.lemma_.lower() in TALKING for v in verbs)
        spoken_to = (
            noun.dep_ == "pobj" and noun.head.lower_ in {"to", "with"} and noun.head.head.lemma_.lower() in TALKING
        )
        return several and (spoken_to or (noun.dep_ == "dobj" and noun.head.lemma_.lower() in INTERVIEWING))
    return (
        noun.tag_ == "NN"
        and words.kind(noun.lemma_.lower()) in {"soldier", "witness"}
        and any(c.lower_ in {"a", "an"} for c in noun.children)
        and any(c.dep_ == "relcl" for c in noun.children)
    )


def is_byline(who: Who, cue: Token) -> bool:
    """`Nora Hall reports`, `writes Nora Hall`: the document's own reporter, who is no source."""
    return (
        who.kind == "person"
        and who.source is None
        and (" " in who.name or who.name == who.canonical)  # whom a text knows already it calls by the surname
        and cue.lemma_.lower() in {"report", "write"}
        and cue.tag_ in {"VBZ", "VBP"}
    )
