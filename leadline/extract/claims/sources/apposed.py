"""What stands beside a noun and says who is meant: `one channel, Red Harrow, wrote`, `one of them, a welder, said`, `the older, a welder, said`."""

from __future__ import annotations

from collections.abc import Iterator

from spacy.tokens import Token

from leadline.extract.claims.lexicon import load_lexicon
from leadline.extract.claims.sources.who import person_kind

ARTICLES = frozenset({"the", "a", "an"})
INSIDE = frozenset({"of", "the", "for", "and", "in", "on", "to", "with"})
"""Small words that may stand inside the name of a body."""
MARKS = frozenset({",", "-", "–", "—", ":", '"', "“", "(", "«"})
"""What sets an apposition off."""
ONE = frozenset({"one", "another", "other"})
NO_BODIES = frozenset({"DATE", "TIME", "NORP", "CARDINAL"})


def is_count(word: Token) -> bool:
    """Whether a word stands for some of several: `one`, `three`, `another`."""
    return word.lower_ in ONE or word.pos_ == "NUM" or bool(word.like_num)


def whole_of(part: Token) -> Token | None:
    """Those of whom a count is a part: `groups` of `one of these groups`."""
    if not is_count(part):
        return None
    return next((g for c in part.rights if c.lower_ == "of" for g in c.children if g.dep_ == "pobj"), None)


def apposed(noun: Token) -> Iterator[Token]:
    """What stands in apposition behind a noun, or behind those of whom it is one."""
    whole = whole_of(noun)
    for word in (noun, *((whole,) if whole is not None else ())):
        yield from (c for c in word.rights if c.dep_ == "appos")


def name_apposed(noun: Token) -> list[Token]:
    """The words of the name that is set off behind a noun: `Red Harrow` of `one channel, Red Harrow,`.

    Empty where no name stands there.
    """
    doc = noun.doc
    several = (t for t in noun.subtree if t.i > noun.i and t.tag_ == "NNS" and noun.tag_ == "NN")
    hung = (c for t in several for c in t.rights if c.dep_ == "appos")  # `a group set up by lawyers, Red Harrow,`
    for c in (*apposed(noun), *hung):
        first = c.left_edge.i
        if c.pos_ != "PROPN" or c.ent_type_ in NO_BODIES or first <= noun.i or doc[first - 1].text not in MARKS:
            continue
        if doc[first].lower_ in ARTICLES:
            first += 1
        name: list[Token] = []
        for t in doc[first : c.right_edge.i + 1]:
            if not (t.text[:1].isupper() or t.tag_ == "POS" or (name and t.lower_ in INSIDE)):
                break
            name.append(t)
        while name and not name[-1].text[:1].isupper():
            name.pop()
        if name and name[-1].i >= c.i:
            return name
    return []


def described(noun: Token) -> Token | None:
    """What one of several, or somebody called by a word that says little, is said to be: `welder` of `one of them, a welder`, of `its contact, a welder`."""
    words = load_lexicon()
    adjective = noun.pos_ == "ADJ" and any(c.lower_ == "the" for c in noun.lefts)
    vague = adjective or is_count(noun) or (noun.lower_ in words.unclear and noun.tag_ == "NN")
    if not vague and (noun.tag_ != "NN" or person_kind(noun, words)):
        return None
    for c in apposed(noun):
        single = any(x.lower_ in {"a", "an", "the"} for x in c.lefts) and c.tag_ in {"NN", "JJ"}
        if single and ((vague and c.pos_ == "NOUN") or person_kind(c, words)):
            return c
    return None
