"""Common nouns that a text connects with a name: `the lawyer` after `Nora Hall, the family's lawyer`, `the battalion` after `the 7th Rifle Battalion`."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import NamedTuple

from spacy.tokens import Doc, Token

from leadline.extract.claims.lexicon import load_lexicon, rule_words
from leadline.extract.claims.sources.who import BODY_NOUNS

OWN = frozenset({"his", "her", "their", "its", "my", "our"})
ANOTHER = frozenset({"a", "an", "another", "second", "third", "other"})
NARROWING = frozenset({"amod", "compound", "nummod", "prep", "relcl", "acl", "appos", "conj"})
"""What beside a noun may mean somebody else of that trade: `the second lawyer`, `the lawyer of the widow`."""
SAME = frozenset({"same", "former", "young", "old", "elderly"})
BODIES = BODY_NOUNS | rule_words("offices.bodies")
TRIED = rule_words("offices.tried")
TRYING = rule_words("offices.trying")
COUNSEL = rule_words("offices.counsel")
CALLING = rule_words("offices.calling")


class Called(NamedTuple):
    """A name that a noun stands beside: where the noun stands, and the full name."""

    at: int
    full: str
    owned: bool


class Offices:
    """Which persons and bodies the nouns of one text mean; `persons` are the words of each person's name, `full` the full names by surname."""

    def __init__(self, doc: Doc, persons: Iterable[Sequence[Token]], full: Mapping[str, str]) -> None:
        self.doc, self.persons, self.full = doc, persons, full

    def person(self, noun: Token) -> str:
        """The full name of the one person whom `the lawyer` can mean here; empty where the text leaves it open."""
        lemma = noun.lemma_.lower()
        if noun.tag_ != "NN" or lemma in BODY_NOUNS or not _means_known(noun):
            return ""
        if lemma in TRIED and not self._held.get(lemma):
            return next(iter(self._tried)) if len(self._tried) == 1 else ""
        known = self._held.get(lemma, [])
        before = [c for c in known if c.at < noun.i]
        if not before or len({c.full for c in known}) > 1:
            return ""
        if any(t.lower_ in OWN for t in noun.lefts) and not any(c.owned for c in before):
            return ""
        return "" if self._others(lemma, before[-1].at, noun.i) else before[-1].full

    def body(self, noun: Token) -> tuple[int, int] | None:
        """Where the one body is named whose name ends in a noun (`the battalion`), as tokens; None where it is open which."""
        if noun.tag_ != "NN" or not _means_known(noun) or any(t.lower_ in OWN for t in noun.lefts):
            return None
        named = self._bodies.get(noun.lower_, [])
        before = [(first, last) for first, last in named if last < noun.i]
        texts = {self.doc[first : last + 1].text.casefold() for first, last in named}
        return before[-1] if before and len(texts) == 1 else None

    def _others(self, lemma: str, start: int, end: int) -> bool:
        """Whether somebody else of that trade enters between two places."""
        places = self._places.get(lemma, [])
        return any(
            self.doc[i].tag_ == "NN" and any(c.lower_ in ANOTHER for c in self.doc[i].lefts)
            for i in places[bisect_left(places, start + 1) : bisect_left(places, end)]
            if not any(h.at == i for h in self._held.get(lemma, ()))
        )

    @cached_property
    def _places(self) -> dict[str, list[int]]:
        found: dict[str, list[int]] = {}
        for t in self.doc:
            if t.pos_ == "NOUN":
                found.setdefault(t.lemma_.lower(), []).append(t.i)
        return found

    @cached_property
    def _held(self) -> dict[str, list[Called]]:
        """The persons beside whose names each noun in the singular stands."""
        found: dict[str, list[Called]] = {}
        for words in self.persons:
            last = words[-1]
            for noun in _nouns_beside(words):
                owned = any(c.lower_ in OWN for c in noun.lefts)
                full = self.full.get(last.lower_, " ".join(t.text for t in words))
                found.setdefault(noun.lower_ if noun.is_title else noun.lemma_.lower(), []).append(
                    Called(noun.i, full, owned)
                )
        return {k: sorted(v) for k, v in found.items()}

    @cached_property
    def _tried(self) -> set[str]:
        """Those of whom the text says that a court tries them or a lawyer speaks for them."""
        found: set[str] = set()
        for words in self.persons:
            inside = {t.i for t in words}
            root = next((t for t in words if t.head.i not in inside), words[-1])
            meant = (root, *_nouns_beside(words))
            tried = any(n.dep_ in {"dobj", "nsubjpass"} and n.head.lemma_.lower() in TRYING for n in meant)
            stands = root.dep_ == "nsubj" and (
                root.head.lemma_.lower() == "plead"
                or any(c.dep_ == "dobj" and c.lemma_.lower() in {"trial", "charge"} for c in root.head.children)
            )
            served = root.dep_ == "poss" and root.head.lemma_.lower() in COUNSEL
            if tried or stands or served:
                found.add(self.full.get(words[-1].lower_, " ".join(t.text for t in words)))
        return found

    @cached_property
    def _bodies(self) -> dict[str, list[tuple[int, int]]]:
        """Where bodies are named, by the noun in small letters in which their names end."""
        found: dict[str, list[tuple[int, int]]] = {}
        for t in self.doc:
            if t.is_title and t.lower_ in BODIES and t.i:
                first = t.i
                while first and _is_named(self.doc[first - 1], t):
                    first -= 1
                if first < t.i:
                    found.setdefault(t.lower_, []).append((first, t.i))
        return found


def _is_named(word: Token, noun: Token) -> bool:
    """Whether a word before a noun belongs to the name that ends in it: `7th`, `Rifle`."""
    return word.sent.start == noun.sent.start and (
        (word.text[:1].isupper() and word.pos_ in {"PROPN", "ADJ", "NOUN"}) or word.text[:1].isdigit()
    )


def _nouns_beside(words: Sequence[Token]) -> list[Token]:
    """The nouns in the singular that say what a named person is."""
    inside = {t.i for t in words}
    root = next((t for t in words if t.head.i not in inside), words[-1])
    nouns = [c for c in root.children if c.i not in inside and c.dep_ in {"compound", "nmod", "appos"}]
    before = words[0].doc[max(words[0].i - 2, 0)]
    if root.dep_ == "npadvmod" and any(c.lower_ in {"a", "an", "the"} for c in before.lefts):
        nouns.append(before)  # `sentenced a driver, Ivo Hall, to …`
    if root.dep_ in {"appos", "compound", "nmod"}:
        noun = root.head
        if any(t.pos_ in {"VERB", "AUX"} for t in words[0].doc[noun.i : words[0].i]) and before.pos_ == "NOUN":
            noun = before  # the parse has taken the name for that of another noun
        nouns.append(noun)
        over = noun.head  # `the clerk of the village, Nora Hall,`
        if root.dep_ == "appos" and over.lower_ == "of" and not load_lexicon().kind(noun.lemma_.lower()):
            nouns.append(over.head)
    clause = root.head
    if clause.lemma_.lower() in CALLING and clause.dep_ == "acl" and root.i > clause.i:
        nouns.append(clause.head)  # `a driver named Ivo Hall`
    if root.dep_ == "nsubj" and root.head.lemma_ == "be":
        nouns += [c for c in root.head.children if c.dep_ == "attr"]
    titles = load_lexicon().titles
    ranks = [t for t in (*root.children, words[0]) if t.i < root.i and t.is_title and t.lower_ in titles]
    return [*(n for n in nouns if n.pos_ == "NOUN" and n.tag_ == "NN"), *ranks]  # `Colonel Ivo Hall`: the colonel


def _means_known(noun: Token) -> bool:
    """Whether a noun stands with an article or owner and nothing that narrows it: `the lawyer`, `his sister`, `the same clerk`."""
    if not any(c.lower_ in OWN or c.lower_ in {"the", "this", "that"} for c in noun.lefts):
        return False
    return not any(c.dep_ in NARROWING and c.lower_ not in SAME for c in noun.children)
