"""A source as a text names it, and what makes two mentions one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from spacy.tokens import Span as TokenSpan
from spacy.tokens import Token

from leadline.extract.claims.lexicon import Lexicon, rule_words
from leadline.register import Source
from leadline.schema import Hop

LONGEST_NAME = 8
REACH = 8
"""Words behind a noun or name that still belong to its phrase."""
PERSONAL = frozenset(
    {"he", "she", "they", "him", "her", "them", "it", "who", "which", "that", "his", "their", "its", "himself"}
)
SPEAKERS = frozenset({"i", "we", "us", "me", "you"})
SPOKES = rule_words("who.spokes")
RUMOURS = rule_words("who.rumours")
COLLEAGUES = rule_words("who.colleagues")
BODY_NOUNS = rule_words("who.body_nouns")
PARTS = frozenset({"prep", "acl", "relcl", "cc", "punct"})
"""What begins a further part of a noun phrase."""
THOSE = frozenset({"those"})
FIRST_PERSON = frozenset({"i", "we", "us", "our", "my", "me"})


@dataclass(frozen=True)
class Who:
    """A source in a text: its hop, what kind of source it is, and its entry in the register if it has one.

    `kind` is the register's kind, or `soldier`, `commander`, `relative`, `analyst`, `official`, `witness`, `outlet`,
    `monitor`, `reports`, `person`, or empty. `stated` is true where the text gives the side beside the name, `noun` is what an
    unnamed person is called without it, `role` what a person of the register is in this text.
    """

    name: str
    canonical: str
    kind: str
    source: Source | None = None
    side: str | None = None
    at: int = -1
    start: int | None = None
    end: int | None = None
    carrier: str = ""
    plural: bool = False
    owner_kind: str = ""
    stated: bool = False
    noun: str = ""
    role: str = ""

    def hop(self, cue: str) -> Hop:
        """The source as a hop of a chain, with the words that attribute to it."""
        return Hop(name=self.name, canonical=self.canonical, cue=cue, start=self.start, end=self.end)

    def elsewhere(self) -> Who:
        """The same source where it is meant and not named: no words there are its name."""
        return replace(self, start=None, end=None)


def by_words(span: TokenSpan, kind: str, side: str | None) -> Who:
    """A source that is called by the very words that name it."""
    return Who(span.text, span.text, kind, None, side, start=span.start_char, end=span.end_char)


def unnamed_reports(noun: Token) -> Who:
    """The source of `reports emerged that …`: nobody."""
    return Who(noun.text, "unnamed reports", "reports", start=noun.idx, end=noun.idx + len(noun))


COLLECTIVE = rule_words("who.collective")


def members_of(noun: Token) -> Token:
    """Those whom a collective stands for (`a group of reservists`), else the noun itself."""
    if noun.lemma_.lower() in COLLECTIVE:
        for g in (g for c in noun.children if c.dep_ == "prep" and c.lower_ == "of" for g in c.children):
            if g.dep_ == "pobj" and g.tag_ == "NNS":
                return g
    return noun


def speaks_for(noun: Token) -> bool:
    """Whether a noun means one who speaks for a body: a spokesman, its press service, but no secret service."""
    if noun.lower_ != "service":
        return noun.lower_ in SPOKES
    return any(c.dep_ in {"compound", "amod"} and c.lower_ in {"press", "media", "information"} for c in noun.children)


def person_kind(noun: Token, words: Lexicon) -> str:
    """The kind of person or body that a noun means; `a group of reservists` means the reservists."""
    lemma = noun.lemma_.lower()
    if lemma in COLLECTIVE:
        for g in (g for c in noun.children if c.dep_ == "prep" and c.lower_ == "of" for g in c.children):
            if g.dep_ == "pobj" and (kind := words.kind(g.lemma_.lower())):
                return kind
    if lemma == "old" and noun.i >= 2 and "year" in noun.doc[noun.i - 2 : noun.i].text:
        return "person"  # `a 26-year-old from the coast`
    aged = any(c.lower_ == "old" and c.i >= 2 and "year" in c.doc[c.i - 2 : c.i].text for c in noun.children)
    aged = aged or any("year-old" in c.lower_ for c in noun.children)
    if aged and noun.tag_ == "NN" and not words.kind(lemma):
        return "person"
    return words.kind(lemma) or words.kind(noun.lower_)


def key_of(who: Who) -> str:
    """What two mentions of one source share."""
    return who.canonical.casefold()


def equal(left: Who, right: Who) -> bool:
    """Whether two mentions have the same canonical name."""
    return key_of(left) == key_of(right)


def same_speaker(left: Who | None, right: Who | None) -> bool:
    """Whether two clauses have one speaker, or both none."""
    return (left is None and right is None) or (left is not None and right is not None and equal(left, right))


def may_be_same(left: Who, right: Who) -> bool:
    """Whether two mentions may be one speaker: the same name, or the same kind of unnamed person."""
    if equal(left, right):
        return True
    if left.plural != right.plural and not (left.noun and right.noun) and left.kind == "commander":
        return False  # an officer with a name is none of several
    return (
        left.kind == right.kind
        and left.kind in {"soldier", "relative", "commander"}
        and left.source is None
        and right.source is None
    )


def phrase_of(noun: Token, behind: int = REACH) -> list[Token]:
    """What hangs on a noun, up to so many words behind it."""
    return [t for t in noun.subtree if t.i <= noun.i + behind]


def phrase_tokens(head: Token, *, owned: bool = True) -> list[Token]:
    """A noun phrase cut down to what names somebody: no article, no clause, at most one `of` or `in` phrase.

    `owned` keeps a possessor (`the ministry's envoy`).
    """
    kinds = {"amod", "compound", "nummod", "nmod"} | ({"poss"} if owned else set())
    kept = [
        t for t in head.lefts if t.dep_ in kinds and t.lower_ not in {"masked", "alleged", "same", "other", "recent"}
    ]
    kept = [x for t in kept for x in t.subtree if not x.is_space and x.dep_ not in {"det"}]
    kept.append(head)
    if head.lower_ == "old":  # `26-year-old`
        kept += [
            t
            for t in head.doc[max(0, head.i - 4) : head.i]
            if t.like_num or t.lower_ in {"year", "-", "–"} or "year" in t.lower_
        ]
    kept += _hyphenated(head)
    for c in head.rights:
        if c.dep_ in {"cc", "conj"} and len(kept) < LONGEST_NAME - 1:
            kept += [x for x in c.subtree if not x.is_space]
        named = head.pos_ == "PROPN" and c.lower_ in {"on", "for"}  # `the Commission on the River War`
        dated = any(g.ent_type_ in {"DATE", "TIME"} for g in c.children)  # `the bulletin of 12 June`
        if (
            c.dep_ == "prep"
            and not dated
            and (named or c.lower_ in {"of", "in", "from", "at"})
            and len(kept) < LONGEST_NAME - 2
        ):
            kept += _before_clauses(c)
    return _whole_phrases(sorted({t.i: t for t in kept}.values(), key=lambda t: t.i), head)


def _hyphenated(head: Token) -> list[Token]:
    """What is tied to a noun by hyphens: `-in-law` of `father-in-law`."""
    doc, last = head.doc, head.i
    while last + 2 < len(doc) and doc[last + 1].text == "-" and not doc[last].whitespace_ + doc[last + 1].whitespace_:
        last += 2
    return list(doc[head.i + 1 : last + 1])


def _whole_phrases(kept: list[Token], head: Token) -> list[Token]:
    """The words of a phrase; where they are too many, without the phrase that would be cut in two."""
    if len(kept) <= LONGEST_NAME:
        return kept
    begins = [k for k in range(1, LONGEST_NAME + 1) if kept[k].dep_ in PARTS and kept[k].i > head.i]
    kept = kept[: begins[-1] if begins else LONGEST_NAME]
    while kept[-1].i > head.i and kept[-1].dep_ in PARTS:
        kept.pop()
    return kept


def _before_clauses(prep: Token) -> list[Token]:
    """The words of a prepositional phrase up to a clause or an apposition in it; `of those` says nothing without its clause."""
    kept: list[Token] = []
    for t in prep.subtree:
        clause = t.dep_ in {"relcl", "acl"} and t.head.lower_ not in THOSE
        if t.is_punct or clause or (t.tag_ in {"WP", "WP$", "WDT"} and t.i > prep.i + 2):
            break
        if not t.is_space:
            kept.append(t)
    return kept


def head_of(tokens: Sequence[Token]) -> Token:
    """The token of a phrase on which the others hang."""
    inside = {t.i for t in tokens}
    return next((t for t in tokens if t.head.i not in inside or t.head.i == t.i), tokens[0])


def is_plural(head: Token) -> bool:
    """Whether a noun stands for several."""
    return (
        head.tag_ in {"NNS", "NNPS"}
        or any(c.dep_ == "conj" and c.pos_ in {"NOUN", "PROPN", "PRON", "NUM"} for c in head.children)
        or head.lower_ in {"men", "women", "servicemen", "people"}
    )


def same_noun(lemma: str, canonical: str) -> bool:
    """Whether a canonical name has this noun, in the singular or plural."""
    words = canonical.lower().split()
    return lemma in words or f"{lemma}s" in words


def short_name(span: TokenSpan) -> str:
    """The words of a register name, cut to the longest a hop may have."""
    return (
        " ".join(t.text for t in span[-LONGEST_NAME:] if t.text not in {"'s", "’s"})
        if len(span) > LONGEST_NAME
        else span.text
    )
