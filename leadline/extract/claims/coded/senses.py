"""What a word is seen as by a taught model: its vector, and which classes of the codebook list it.

The vector carries over to words that nobody taught; the classes (`troops`, `commander`, `detention_place`) say what the
codebook's author knows. Classes count by their single words; their phrases are for patterns.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from spacy.strings import get_string_id

from leadline.codebook import Codebook
from leadline.extract.claims.coded.meanings import Ints, Meanings

Floats = NDArray[np.float32]
SPREAD = 3.0
"""Vectors are scaled by this, which brings their sums near to the spread of the classes."""


@dataclass(frozen=True)
class Senses:
    """Vectors and classes side by side; `keys` are the sorted hashes of the words that any class lists."""

    meanings: Meanings
    classes: tuple[str, ...]
    keys: Ints
    member: Floats

    @classmethod
    def of(cls, meanings: Meanings, book: Codebook, classes: Sequence[str]) -> Senses:
        """The senses of words by a codebook; raises `KeyError` where it lacks one of the classes."""
        listed: dict[int, list[int]] = {}
        for k, name in enumerate(classes):
            if name not in book.classes:
                raise KeyError(name)
            for step in book.phrases(name):
                for word in step.plain | {w.text for w in step.words}:
                    listed.setdefault(hash_of(word), []).append(k)
        keys = sorted(listed)
        member = np.zeros((len(keys) + 1, len(classes)), dtype=np.float32)
        for row, key in enumerate(keys):
            member[row, listed[key]] = 1
        return cls(meanings, tuple(classes), np.array(keys, dtype=np.int64), member)

    @property
    def width(self) -> int:
        """Numbers a word."""
        return self.meanings.width + len(self.classes)

    def of_words(self, lower: Ints, lemma: Ints) -> Floats:
        """The numbers of words, by form and lemma, `(words, width)`."""
        vectors = self.meanings.of(lower, lemma) * np.float32(SPREAD)
        listed = np.maximum(self.member[self._rows(lower)], self.member[self._rows(lemma)])
        return np.hstack([vectors, listed])

    def _rows(self, hashes: Ints) -> Ints:
        if not len(self.keys):
            return np.zeros(len(hashes), dtype=np.int64)
        at = np.clip(np.searchsorted(self.keys, hashes), 0, len(self.keys) - 1)
        return np.where(self.keys[at] == hashes, at, len(self.keys))


def hash_of(word: str) -> int:
    """The hash that spaCy knows a word by, as a signed number."""
    return int(np.array([get_string_id(word)], dtype=np.uint64).view(np.int64)[0])
