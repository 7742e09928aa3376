"""What whole sentences are about: the mean of a sentence's word pieces in the middle of the encoder (`encoder.py`).

In the middle it still says what a sentence is about and in whose voice it is told, while the last layers say which event it tells. A meaning is
computed once, and only for sentences that are asked for.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from spacy.tokens import Span as TokenSpan

from leadline.extract.algebra import one_thread
from leadline.extract.claims.coded.encoder import Encoder, Floats, packed

MIDDLE = 3
"""Layers after which meanings are taken: chosen on sentences on checking, among layers 3 to 6."""
MOST_PIECES = 32
"""Word pieces of a sentence that go into its meaning: the price is in proportion to them."""
WHOLE = 8
"""Sentences from which a text is like the articles that models over meanings were fitted to; a shorter one is left to the rules."""


@dataclass(frozen=True)
class Meanings:
    """The meanings of a text's sentences by one encoder, whose fingerprint is `name`."""

    sentences: Sequence[TokenSpan]
    encoder: Encoder
    name: str
    known: dict[int, Floats] = field(default_factory=dict)

    def of(self, k: int) -> Floats:
        """The meaning of sentence number `k`."""
        self.read([k])
        return self.known[k]

    def read(self, numbers: Iterable[int]) -> None:
        """Read sentences that will be asked for: many together are quicker than one by one."""
        unread = [k for k in dict.fromkeys(numbers) if k not in self.known]
        if unread:
            with one_thread():
                found = meanings_of([self.sentences[k].text for k in unread], self.encoder)
            self.known.update(zip(unread, found, strict=True))


def meaning_of(text: str, encoder: Encoder) -> Floats:
    """The meaning of one text."""
    return meanings_of([text], encoder)[0]


def meanings_of(texts: Sequence[str], encoder: Encoder) -> list[Floats]:
    """The mean of each text's word pieces after the middle layer, as wide as the encoder; zeros for a text without any."""
    width = encoder.places.shape[1]
    found = [np.zeros(width, dtype=np.float32)] * len(texts)
    pieces = [encoder.vocabulary.of(text).ids[:MOST_PIECES] for text in texts]
    some = [n for n, ids in enumerate(pieces) if len(ids) > 2]
    ids = [pieces[n] for n in some]
    for part in packed(ids):
        x, bounds = encoder.after(MIDDLE, ids[part])
        for n, (start, end) in zip(some[part], pairwise(bounds), strict=True):
            found[n] = np.asarray(x[start + 1 : end - 1].mean(axis=0), dtype=np.float32)
    return found


def fingerprint(encoder: Encoder, depth: int = MIDDLE) -> str:
    """Which encoder this is, as far as so many of its layers (those that meanings are read from): 32 hexadecimal digits."""
    found = hashlib.sha256(encoder.words.tobytes())
    for layer in encoder.layers[:depth]:
        found.update(layer.qkv.weights.tobytes())
        found.update(layer.down.weights.tobytes())
    return found.hexdigest()[:32]
