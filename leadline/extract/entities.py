"""Named entities by the pinned model's own weights, decoded for all tokens at once.

spaCy's recogniser walks through a text action by action: begin, inside, last, unit, out. Its state is the token at hand and
the first token of an open entity, nothing else. So what it does at a token outside of entities does not depend on what it did
before, and what it does inside one only on where that began: both are worked out as arrays, for all tokens and for all
possible beginnings side by side. What comes out is the same (`tests/extract/test_entities.py`), in a fifth of the time.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from spacy.attrs import IS_SPACE, SENT_START
from spacy.pipeline import EntityRecognizer
from spacy.tokens import Doc, Span

from leadline.extract.algebra import OPS

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


class Recogniser:
    """Marks the entities of parsed texts as the recogniser of a spaCy pipeline would."""

    def __init__(self, ner: EntityRecognizer) -> None:
        model = ner.model
        self.vectors, self.lower = model.get_ref("tok2vec"), model.get_ref("lower")
        upper = model.get_ref("upper")
        self.bias: Floats = self.lower.get_param("b")
        self.weights: Floats = upper.get_param("W")
        self.constant: Floats = upper.get_param("b")
        moves = [ner.moves.get_class_name(k).partition("-") for k in range(ner.moves.n_moves)]
        kinds = np.array([kind for kind, _, _ in moves])
        self.labels = [label for _, _, label in moves]
        self.begins, self.units, self.out = kinds == "B", (kinds == "U") & (np.array(self.labels) != ""), kinds == "O"
        place = {(kind, label): k for k, (kind, _, label) in enumerate(moves)}
        self.inside = np.array([place.get(("I", label), -1) for label in self.labels])
        self.last = np.array([place.get(("L", label), -1) for label in self.labels])

    def mark(self, docs: Sequence[Doc]) -> None:
        """Set the entities of parsed texts; none crosses a sentence."""
        docs = [d for d in docs if len(d)]
        if not docs:
            return
        flags = np.concatenate([d.to_array([IS_SPACE, SENT_START]).view(np.int64).reshape(-1, 2) for d in docs])
        bounds = np.cumsum([0] + [len(d) for d in docs])
        closes = np.concatenate([flags[1:, 1] == 1, [True]])  # no entity goes on after this token
        closes[bounds[1:] - 1] = True
        parts = self.lower.predict(self.vectors.predict(docs))
        starts, ends, kinds = self.spans(parts, flags[:, 0] != 0, closes)
        for doc, (first, end) in zip(docs, pairwise(bounds.tolist()), strict=True):
            mine = range(*np.searchsorted(starts, [first, end]))
            doc.set_ents(
                [Span(doc, starts[k] - first, ends[k] - first, label=self.labels[kinds[k]]) for k in mine],
                default="outside",
            )

    def spans(self, parts: Floats, space: Bools, closes: Bools) -> tuple[list[int], list[int], list[int]]:
        """First token, token after the last, and move of each entity, in order.

        `parts` holds a row for each token, after one for a missing token, of what it adds in each of its three roles:
        token at hand, first of the entity, one before.
        """
        here, missing = np.arange(len(space)), np.full(len(space), -1)
        scores = self.scores(parts, here, missing, missing)
        barred = ~(self.out | (self.units & ~space[:, None]) | (self.begins & ~space[:, None] & ~closes[:, None]))
        move = np.where(barred, -np.inf, scores).argmax(axis=1)
        ends = here + 1
        first = np.flatnonzero(self.begins[move])
        at = first + 1
        while len(first):
            scores = self.scores(parts, at, first, at - 1)
            row, kind = np.arange(len(at)), move[first]
            inside = (scores[row, self.inside[kind]] > scores[row, self.last[kind]]) & ~closes[at]
            ends[first[~inside]] = at[~inside] + 1
            first, at = first[inside], at[inside] + 1
        found = self._apart(np.flatnonzero(~self.out[move]).tolist(), ends.tolist())
        return found, [int(ends[k]) for k in found], [int(move[k]) for k in found]

    @staticmethod
    def _apart(candidates: list[int], ends: list[int]) -> list[int]:
        """Those beginnings that stand in no entity begun before."""
        found: list[int] = []
        done = 0
        for k in candidates:
            if k >= done:
                found.append(k)
                done = ends[k]
        return found

    def scores(self, parts: Floats, at: Ints, first: Ints, before: Ints) -> Floats:
        """The score of each move in states given by their three tokens, -1 for none."""
        hidden = parts[at + 1, 0] + parts[first + 1, 1] + parts[before + 1, 2] + self.bias
        return np.asarray(OPS.gemm(hidden.max(axis=-1), self.weights, trans2=True) + self.constant)
