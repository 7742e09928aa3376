"""A word in its sentence as numbers: what a taught model sees of each word that may tell an event.

Two kinds of numbers. The *roles* are means of the senses of words (vectors and classes): of the word itself, of what governs it, of its
subjects, objects and so on, of the words beside it and of its sentence; they carry over to words that no taught sentence holds.
The *marks* are hashed conjunctions of lemmas, forms and relations, as in attribution (`features.hashed`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from spacy.attrs import DEP, HEAD, LEMMA, LOWER, POS, TAG
from spacy.strings import get_string_id
from spacy.tokens import Doc

from leadline.extract.attribution.columns import Bools, Ints
from leadline.extract.claims.coded.senses import Floats, Senses

ROLES = (
    "self", "governor", "subject", "object", "doer", "prepositional", "deeper", "clausal", "modifier", "coordinate",
    "object beside", "before", "after", "sentence", "sentence before",
)  # fmt: skip
"""The sums of word vectors, in the order of the model's input."""
MAY_TELL = ("VERB", "NOUN", "PROPN", "ADJ", "ADV")
CONTENT = (*MAY_TELL, "NUM")
RELATIONS = {
    "subject": ("nsubj", "nsubjpass", "csubj", "csubjpass"),
    "object": ("dobj", "attr", "oprd", "acomp", "dative"),
    "clausal": ("xcomp", "ccomp", "advcl", "acl", "relcl"),
    "modifier": ("amod", "compound", "poss", "nummod", "nmod", "npadvmod", "advmod", "prt", "neg", "appos"),
}
INHERITS = ("conj", "xcomp", "advcl", "acl")
"""Verbs in these relations have the subject of their head where they have none of their own."""
SHAPES = (
    "nsubj", "nsubjpass", "dobj", "prep", "xcomp", "ccomp", "agent", "prt", "neg", "auxpass", "attr", "acomp", "advcl",
    "mark", "poss", "amod", "compound", "relcl", "acl",
)  # fmt: skip
"""Children whose presence makes a word's shape."""
WINDOW = 4
"""Words to the left and to the right."""
PARSER_NUMBERS = 96
"""Width of what the pinned parser makes of a token."""


@dataclass(frozen=True)
class Contexts:
    """The candidates of a text (token indices) with the numbers of each: `roles` and `marks` are aligned with `at`."""

    at: Ints
    roles: Floats
    marks: list[list[Ints]]


def contexts_of(doc: Doc, senses: Senses) -> Contexts:
    """The words of a parsed text that may tell an event, with their numbers: roles, and what the parser itself made of them."""
    tree = Tree(doc)
    at = tree.candidates()
    vectors = senses.of_words(tree.lower, tree.lemma)
    own = np.asarray(doc.tensor, dtype=np.float32).reshape(len(doc), -1) * np.float32(0.5)
    above = np.where(tree.root[:, None], np.float32(0), own[tree.head])
    parts = [*tree.sums(vectors), own, above]
    return Contexts(at, np.hstack([p[at] for p in parts]), [[c[at] for c in mark] for mark in tree.marks()])


class Tree:
    """The parse of a text as arrays."""

    def __init__(self, doc: Doc) -> None:
        n = len(doc)
        values = doc.to_array([LEMMA, LOWER, TAG, POS, DEP, HEAD]).astype(np.uint64).view(np.int64).reshape(n, 6)
        self.lemma, self.lower, self.tag, self.pos, self.dep, head = (
            np.ascontiguousarray(values[:, k]) for k in range(6)
        )
        self.here = np.arange(n)
        self.head = self.here + head
        self.root = self.head == self.here
        self.space = np.fromiter((t.is_space for t in doc), dtype=np.bool_, count=n)
        self.mark = np.fromiter((t.is_punct for t in doc), dtype=np.bool_, count=n) | self.space
        self.sentence = np.cumsum(np.fromiter((t.is_sent_start for t in doc), dtype=np.int64, count=n)) - 1

    def is_a(self, names: Sequence[str]) -> Bools:
        """Whether a token hangs on its head by one of the relations."""
        return np.asarray(np.isin(self.dep, [get_string_id(x) for x in names]) & ~self.root)

    def has_pos(self, names: Sequence[str]) -> Bools:
        """Whether a token is of one of the parts of speech, white space aside."""
        return np.asarray(np.isin(self.pos, [get_string_id(x) for x in names]) & ~self.space)

    def candidates(self) -> Ints:
        """The tokens that may tell an event: content words, and auxiliaries that stand as verbs."""
        full = self.has_pos(["AUX"]) & ~self.is_a(["aux", "auxpass"])
        return np.flatnonzero((self.has_pos(MAY_TELL) | full) & ~self.mark)

    def up(self, names: Sequence[str]) -> Ints:
        """For each token its head where it hangs on it by one of the relations, else -1."""
        return np.where(self.is_a(names), self.head, -1)

    def sums(self, vectors: Floats) -> list[Floats]:
        """For each of `ROLES` the mean of the vectors of the tokens in it, `(tokens, width)`."""
        nouns = self.up(["pobj", "pcomp"])
        prepositional = through(nouns, self.up(["prep"]))
        below = {name: gathered(self.up(deps), vectors) for name, deps in RELATIONS.items()}
        subject, n_subjects = below["subject"]
        owner = self.subject_of(n_subjects)
        thing = mean(*below["object"])
        above = np.where(self.root, -1, self.head)
        deeper = [gathered(through(prepositional, up), vectors) for up in (self.up(RELATIONS["object"]), prepositional)]
        found = {
            "self": vectors,
            "governor": picked(vectors, above),
            "subject": mean(subject[owner], n_subjects[owner]),
            "object": thing,
            "doer": mean(*gathered(through(nouns, self.up(["agent"])), vectors)),
            "prepositional": mean(*gathered(prepositional, vectors)),
            "deeper": mean(deeper[0][0] + deeper[1][0], deeper[0][1] + deeper[1][1]),
            "clausal": mean(*below["clausal"]),
            "modifier": mean(*below["modifier"]),
            "coordinate": mean(*self.coordinates(vectors)),
            "object beside": picked(thing, above),
            "before": self.window(vectors, -WINDOW, 0),
            "after": self.window(vectors, 1, WINDOW + 1),
            "sentence": self.whole(vectors),
            "sentence before": self.previous(vectors),
        }
        return [found[name] for name in ROLES]

    def subject_of(self, has: Ints) -> Ints:
        """The token whose subject a token has: itself, or a verb above it that shares its own."""
        takes = self.is_a(INHERITS)
        at = self.here.copy()
        for _ in range(3):
            at = np.where((has[at] == 0) & takes[at], self.head[at], at)
        return at

    def coordinates(self, vectors: Floats) -> tuple[Floats, Ints]:
        """What is coordinated with a token, on either side."""
        up = self.up(["conj"])
        below, n = gathered(up, vectors)
        return below + picked(vectors, up), n + (up >= 0)

    def window(self, vectors: Floats, first: int, stop: int) -> Floats:
        """The mean of the words in places `first` to `stop` from each, within its sentence."""
        total, n = np.zeros_like(vectors), np.zeros(len(vectors), dtype=np.int64)
        for shift in range(first, stop):
            there = self.here + shift
            inside = (there >= 0) & (there < len(self.here))
            there = np.clip(there, 0, max(len(self.here) - 1, 0))
            counts = inside & (self.sentence[there] == self.sentence) & ~self.mark[there]
            total += np.where(counts[:, None], vectors[there], 0)
            n += counts
        return mean(total, n)

    def whole(self, vectors: Floats) -> Floats:
        """The mean of the content words of each token's sentence."""
        content = self.has_pos(CONTENT)
        up = np.where(content, self.sentence, -1)
        total, n = gathered(up, vectors)
        return mean(total, n)[self.sentence]

    def previous(self, vectors: Floats) -> Floats:
        """The mean of the content words of the sentence before each token's, zeros in the first."""
        up = np.where(self.has_pos(CONTENT), self.sentence, -1)
        told = np.vstack([np.zeros_like(vectors[:1]), mean(*gathered(up, vectors))])
        return np.asarray(told[self.sentence], dtype=np.float32)

    def first(self, names: Sequence[str], column: Ints) -> Ints:
        """The column's value at the first child in one of the relations, 0 where there is none."""
        found = np.zeros(len(self.here), dtype=np.int64)
        chosen = np.flatnonzero(self.is_a(names))[::-1]
        found[self.head[chosen]] = column[chosen]
        return found

    def marks(self) -> list[list[Ints]]:
        """The conjunctions to be hashed, each a list of columns over all tokens."""
        lemma, lower = self.lemma, self.lower
        prep, thing = self.first(["prep"], lemma), self.first(RELATIONS["object"], lemma)
        subject, clause = self.first(RELATIONS["subject"], lemma), self.first(RELATIONS["clausal"], lemma)
        up = through(self.up(["pobj", "pcomp"]), self.up(["prep"]))
        goal = np.zeros(len(self.here), dtype=np.int64)
        chosen = np.flatnonzero(up >= 0)[::-1]
        goal[up[chosen]] = lemma[chosen]
        particle, negation = self.first(["prt"], lemma), self.first(["neg"], lemma)
        helper, describing = self.first(["aux", "auxpass"], lower), self.first(["amod", "compound"], lemma)
        above, relation = np.where(self.root, 0, lemma[self.head]), np.where(self.root, 0, self.dep)
        shape = np.zeros(len(self.here), dtype=np.int64)
        for k, name in enumerate(SHAPES):
            np.bitwise_or.at(shape, self.head[self.is_a([name])], 1 << k)
        after, before = np.append(lower[1:], 0), np.append(0, lower[:-1])
        return [
            [lemma], [lower], [lemma, self.pos], [lemma, self.dep], [lemma, prep], [lemma, thing], [lemma, subject],
            [lemma, goal], [prep, goal], [lemma, particle], [above, relation], [self.tag, self.dep], [shape], [before],
            [after], [lemma, after], [before, lemma], [thing], [subject], [goal], [clause], [describing],
            [lemma, describing], [lemma, clause], [negation, helper], [lemma, shape], [particle], [above, lemma],
        ]  # fmt: skip


def through(first: Ints, then: Ints) -> Ints:
    """Two steps up: where `first` leads, and from there where `then` leads; -1 where either leads nowhere."""
    return np.where(first >= 0, then[first], -1)


def gathered(up: Ints, values: Floats) -> tuple[Floats, Ints]:
    """For each token the sum of the values of those that lead up to it, and how many these are."""
    total, n = np.zeros_like(values), np.zeros(len(values), dtype=np.int64)
    below = np.flatnonzero(up >= 0)
    if len(below):
        order = below[np.argsort(up[below], kind="stable")]
        owners, starts, counts = np.unique(up[order], return_index=True, return_counts=True)
        total[owners] = np.add.reduceat(values[order], starts, axis=0)
        n[owners] = counts
    return total, n


def mean(total: Floats, n: Ints) -> Floats:
    """Sums over counts; zero where nothing was counted."""
    return np.asarray(total / np.maximum(n, 1)[:, None], dtype=np.float32)


def picked(values: Floats, at: Ints) -> Floats:
    """The values at indices, zeros where the index is -1."""
    return np.asarray(np.where((at >= 0)[:, None], values[at], 0), dtype=np.float32)
