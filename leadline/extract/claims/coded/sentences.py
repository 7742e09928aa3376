"""What whole sentences are about: the mean of a sentence's word pieces in the middle of the encoder (`encoder.py`).

In the middle it still says what a sentence is about and in whose voice it is told, while the last layers say which event it tells. A meaning is
computed once, and only for sentences that are asked for.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from spacy.tokens import Span as TokenSpan

from leadline.extract.algebra import one_thread
from leadline.extract.claims.coded.encoder import Encoder, Floats, scaled

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
        if k not in self.known:
            with one_thread():
                self.known[k] = meaning_of(self.sentences[k].text, self.encoder)
        return self.known[k]


def meaning_of(text: str, encoder: Encoder) -> Floats:
    """The mean of a text's word pieces after the middle layer; zeros for a text without any."""
    ids = encoder.vocabulary.of(text).ids[:MOST_PIECES]
    width = encoder.places.shape[1]
    if len(ids) <= 2:
        return np.zeros(width, dtype=np.float32)
    found = encoder.words[ids].astype(np.float32) * encoder.word_scale[ids]
    x = scaled(found + encoder.places[: len(ids)], *encoder.norm)
    for layer in encoder.layers[:MIDDLE]:
        x = layer(x)
    return np.asarray(x[1:-1].mean(axis=0), dtype=np.float32)


def fingerprint(encoder: Encoder) -> str:
    """Which encoder this is, as far as meanings are read from it."""
    found = hashlib.sha256(encoder.words.tobytes())
    for layer in encoder.layers[:MIDDLE]:
        found.update(layer.qkv.weights.tobytes())
        found.update(layer.down.weights.tobytes())
    return found.hexdigest()[:32]
