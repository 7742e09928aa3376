"""The pinned model's attribute rules and lemmatizer, remembered: part of speech by tag, word and relation, lemma by form and part of speech.

spaCy's `attribute_ruler` matches some 180 patterns against every text anew. Nearly all of them look at one word: its tag,
whether it is one of a hundred words, its relation. What they say of such a combination is asked once, of the rules themselves, and
remembered; patterns of two words are tried where both of their parts fit. What comes out is the same
(`tests/extract/test_morphology.py`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from spacy.attrs import DEP, LEMMA, LOWER, MORPH, ORTH, POS, TAG
from spacy.matcher import Matcher
from spacy.pipeline import AttributeRuler, Lemmatizer
from spacy.pipeline.attributeruler import set_token_attrs
from spacy.tokens import Doc, Token

Attributes = Mapping[int, Any]


class Pair(NamedTuple):
    """A rule whose pattern has two words."""

    number: int
    first: str
    second: str
    at: int


class Known(NamedTuple):
    """What is known of a combination: the rules of one word that fit it, what they say, and the parts of pairs that fit."""

    rules: tuple[int, ...]
    attributes: Attributes
    parts: frozenset[str]


class AttributeRules:
    """Sets the attributes of tagged and parsed texts as the attribute ruler of a spaCy pipeline would."""

    def __init__(self, ruler: AttributeRuler) -> None:
        self.vocab, self.attributes = ruler.vocab, ruler.attrs
        self.parts, self.pairs = Matcher(ruler.vocab), list[Pair]()
        self.words: set[str] = set()
        self.shapes: list[re.Pattern[str]] = []
        self.relations: set[int] = set()
        for number, rule in enumerate(ruler.patterns):
            for k, pattern in enumerate(rule["patterns"]):
                if len(pattern) > 2:
                    raise ValueError(f"an attribute rule of {len(pattern)} words: {pattern}")
                if len(pattern) == 1:
                    names = [str(number)]
                else:
                    names = [f"{number} {k} 0", f"{number} {k} 1"]
                    self.pairs.append(Pair(number, names[0], names[1], rule["index"]))
                for name, token in zip(names, pattern, strict=True):
                    self.parts.add(name, [[token]])
                    self._mentioned(token)
        self.codes: dict[int, int] = {}
        self.known: dict[tuple[int, int, int], Known] = {}

    def _mentioned(self, token: Mapping[str, Any]) -> None:
        """Note the words and relations that a pattern tells apart."""
        for name, wanted in token.items():
            options: dict[str, Any] = wanted if isinstance(wanted, dict) else {"IN": [wanted]}
            if name == "LOWER":
                self.words.update(w for name, ws in options.items() if name != "REGEX" for w in ws)
                self.shapes += [re.compile(options["REGEX"])] if "REGEX" in options else []
            elif name == "DEP":
                self.relations.update(self.vocab.strings.add(w) for ws in options.values() for w in ws)
            elif name not in {"TAG", "IS_SPACE"}:
                raise ValueError(f"an attribute rule that looks at {name}")

    def apply(self, doc: Doc) -> None:
        """Set the attributes of a tagged and parsed text."""
        found = [self._of(*key) for key in doc.to_array([TAG, LOWER, DEP]).tolist()]
        paired = self._paired(found)
        for i, known in enumerate(found):
            if i in paired:
                for number in sorted({*known.rules, *paired[i]}):  # later rules have precedence
                    set_token_attrs(doc[i], self.attributes[number])
            elif known.rules:
                set_token_attrs(doc[i], known.attributes)

    def _paired(self, found: list[Known]) -> dict[int, list[int]]:
        """The rules of two words by the place of the token of which they say something."""
        hits: dict[int, list[int]] = {}
        for at, (one, other) in enumerate(pairwise(found)):
            if one.parts and other.parts:
                for pair in self.pairs:
                    if pair.first in one.parts and pair.second in other.parts:
                        hits.setdefault(at + pair.at, []).append(pair.number)
        return hits

    def _of(self, tag: int, lower: int, relation: int) -> Known:
        code = self.codes.get(lower)
        if code is None:
            word = self.vocab.strings[lower]
            told = word in self.words or word.isspace() or any(s.search(word) for s in self.shapes)
            code = self.codes[lower] = lower if told else 0
        key = (tag, code, relation if relation in self.relations else 0)
        known = self.known.get(key)
        return known if known is not None else self.known.setdefault(key, self._ask(tag, lower, relation))

    def _ask(self, tag: int, lower: int, relation: int) -> Known:
        """What the rules say of a word by itself."""
        strings = self.vocab.strings
        doc = Doc(self.vocab, words=[strings[lower]], tags=[strings[tag]], deps=[strings[relation]], heads=[0])
        names = {strings[m] for m, _, _ in self.parts(doc, allow_missing=True)}
        rules = tuple(sorted(int(n) for n in names if " " not in n))
        said = {name: value for number in rules for name, value in self.attributes[number].items()}
        return Known(rules, said, frozenset(n for n in names if " " in n))


class Lemmas:
    """Sets the lemmas of tagged texts as the rule lemmatizer of a spaCy pipeline would, which looks at form, part of speech and morphology alone."""

    def __init__(self, lemmatizer: Lemmatizer) -> None:
        self.lemmatizer = lemmatizer
        self.known: dict[tuple[int, int, int], int] = {}

    def apply(self, doc: Doc) -> None:
        """Set the lemmas that no attribute rule has set."""
        rows = doc.to_array([ORTH, POS, MORPH, LEMMA]).tolist()
        lemmas = [lemma or self._of(doc[i], (orth, pos, morph)) for i, (orth, pos, morph, lemma) in enumerate(rows)]
        doc.from_array([LEMMA], np.array(lemmas, dtype=np.uint64).reshape(-1, 1))

    def _of(self, token: Token, key: tuple[int, int, int]) -> int:
        known = self.known.get(key)
        if known is None:
            known = self.known[key] = token.vocab.strings.add(self.lemmatizer.lemmatize(token)[0])
        return known
