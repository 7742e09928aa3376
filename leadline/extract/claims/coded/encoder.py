"""A small transformer that reads a sentence as a whole: word pieces in, scores of events for its words out.

The networks of `leadline.extract.claims.coded.taught` see a word beside a few others; this one sees the whole sentence, at a hundred times
the price. So it is asked only about sentences in which they suspect something. Its weights (MiniLM, six layers, taught further by
`scripts/train_encoder.py`) stand in the file of the networks as bytes. Transformer: Vaswani et al. 2017, arXiv:1706.03762; word pieces:
Devlin et al. 2019, doi:10.18653/v1/N19-1423.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from leadline.extract.algebra import OPS

Floats = NDArray[np.float32]
HEADS = 12
LONGEST = 192
"""Word pieces of a sentence that are read; of what comes after, nothing is said."""
BEFORE = 24
"""Word pieces of the sentence before that are read with it: who `they` are, and what happened to them, often stands there."""
SUSPECTED = 0.12
"""The chance of an event, by the networks, from which a sentence is read."""
WORD = re.compile(r"\w+|[^\w\s]")
UNKNOWN, FIRST, LAST = "[UNK]", "[CLS]", "[SEP]"
MOST = 100
"""Letters of the longest word that is cut into pieces."""
TINY = np.float32(1e-12)


@dataclass(frozen=True)
class Pieces:
    """The word pieces of a text: their numbers, and for each word where it begins and ends and which piece is its first."""

    ids: list[int]
    starts: list[int]
    ends: list[int]
    rows: list[int]

    def first(self, places: Sequence[int]) -> list[int]:
        """For each place in the text the first piece of the word that covers it, -1 where none was read."""
        found = []
        for place in places:
            k = bisect_right(self.starts, place) - 1
            found.append(self.rows[k] if k >= 0 and place < self.ends[k] else -1)
        return found


@dataclass(frozen=True)
class Vocabulary:
    """Numbers of word pieces; those that go on with a word begin on `##`."""

    pieces: Mapping[str, int]

    @classmethod
    def read(cls, rows: str) -> Vocabulary:
        """A vocabulary of one piece a row, numbered from 0; raises `KeyError` where a mark it needs is not in it."""
        pieces = {piece: k for k, piece in enumerate(rows.split("\n"))}
        for mark in (UNKNOWN, FIRST, LAST):
            pieces[mark]
        return cls(pieces)

    def of(self, text: str, before: str = "") -> Pieces:
        """The pieces of a text after the last `BEFORE` of what stands before it; at most `LONGEST` in all."""
        found = Pieces([self.pieces[FIRST]], [], [], [])
        if before:
            found.ids.extend([*self._tail(before), self.pieces[LAST]])
        for m in WORD.finditer(text):
            cut = self.cut(m[0])
            if len(found.ids) + len(cut) >= LONGEST:
                break
            found.starts.append(m.start())
            found.ends.append(m.end())
            found.rows.append(len(found.ids))
            found.ids.extend(cut)
        found.ids.append(self.pieces[LAST])
        return found

    def _tail(self, text: str) -> list[int]:
        """The last pieces of a text, from the beginning of a word on."""
        found: list[int] = []
        for m in reversed([*WORD.finditer(text)]):
            cut = self.cut(m[0])
            if len(found) + len(cut) > BEFORE:
                break
            found[:0] = cut
        return found

    def cut(self, word: str) -> list[int]:
        """The longest known pieces of a word from its start, in small letters without accents; the unknown mark where one is missing."""
        plain = "".join(c for c in unicodedata.normalize("NFD", word.lower()) if unicodedata.category(c) != "Mn")
        found, at = [], 0
        while at < len(plain) <= MOST:
            end = len(plain)
            while end > at and ("##" * (at > 0) + plain[at:end]) not in self.pieces:
                end -= 1
            if end == at:
                return [self.pieces[UNKNOWN]]
            found.append(self.pieces["##" * (at > 0) + plain[at:end]])
            at = end
        return found or [self.pieces[UNKNOWN]]


@dataclass(frozen=True)
class Matrix:
    """A product and what is added to it."""

    weights: Floats
    bias: Floats

    def __call__(self, x: Floats) -> Floats:
        found: Floats = OPS.gemm(x, self.weights)
        found += self.bias
        return found


@dataclass(frozen=True)
class Layer:
    """Attention and a perceptron, each added to what came in and brought to one scale; for all pieces, or for some `rows`."""

    qkv: Matrix
    out: Matrix
    up: Matrix
    down: Matrix
    norm1: tuple[Floats, Floats]
    norm2: tuple[Floats, Floats]

    def __call__(self, x: Floats, rows: Sequence[int] | None = None) -> Floats:
        n, width = x.shape
        q, k, v = self.qkv(x).reshape(n, 3, HEADS, width // HEADS).transpose(1, 2, 0, 3)
        if rows is not None:  # of the last layer no more is asked
            q, x, n = q[:, rows], x[rows], len(rows)
        weights = softmax(q @ k.transpose(0, 2, 1) * np.float32((width // HEADS) ** -0.5))
        seen = self.out(np.ascontiguousarray((weights @ v).transpose(1, 0, 2)).reshape(n, width))
        x = scaled(x + seen, *self.norm1)
        return scaled(x + self.down(bent(self.up(x))), *self.norm2)


@dataclass(frozen=True)
class Encoder:
    """A trained transformer with its vocabulary and the head that gives scores."""

    vocabulary: Vocabulary
    words: NDArray[np.int8]
    word_scale: Floats
    places: Floats
    norm: tuple[Floats, Floats]
    layers: tuple[Layer, ...]
    head: Matrix

    @classmethod
    def read(cls, arrays: Mapping[str, NDArray[np.generic]]) -> Encoder | None:
        """The encoder of an archive, None where it holds none; raises `KeyError` where it lacks a part."""
        if "encoder.layers" not in arrays:
            return None

        def plain(name: str) -> Floats:
            return np.asarray(arrays[f"encoder.{name}"], dtype=np.float32)

        def matrix(name: str) -> Matrix:
            return Matrix(plain(name) * plain(f"{name}.scale"), plain(f"{name}_bias"))

        def norm(name: str) -> tuple[Floats, Floats]:
            return plain(name), plain(f"{name}_bias")

        def layer(k: int) -> Layer:
            qkv, out, up, down = (matrix(f"{k}.{part}") for part in ("qkv", "out", "up", "down"))
            return Layer(qkv, out, up, down, norm(f"{k}.norm1"), norm(f"{k}.norm2"))

        return cls(
            vocabulary=Vocabulary.read(str(arrays["encoder.vocabulary"])),
            words=np.asarray(arrays["encoder.words"], dtype=np.int8),
            word_scale=plain("words.scale"),
            places=plain("places"),
            norm=norm("norm"),
            layers=tuple(layer(k) for k in range(int(arrays["encoder.layers"]))),
            head=Matrix(plain("head"), plain("head_bias")),
        )

    def chances(self, ids: Sequence[int], rows: Sequence[int]) -> Floats:
        """The chance of each event for the pieces in `rows` of a text, `(rows, codes)`; the rest is that of telling none."""
        found = self.words[ids].astype(np.float32) * self.word_scale[ids]
        x = scaled(found + self.places[: len(ids)], *self.norm)
        for layer in self.layers[:-1]:
            x = layer(x)
        return softmax(self.head(self.layers[-1](x, rows)))[:, 1:]


def softmax(x: Floats) -> Floats:
    """Shares along the last axis."""
    e = np.exp(x - x.max(axis=-1, keepdims=True))
    return np.asarray(e / e.sum(axis=-1, keepdims=True), dtype=np.float32)


def bent(x: Floats) -> Floats:
    """The Gaussian error linear unit by its tangent (Hendrycks and Gimpel 2016, arXiv:1606.08415)."""
    inner = np.float32(0.7978845608) * (x + np.float32(0.044715) * x * x * x)
    return np.asarray(np.float32(0.5) * x * (1 + np.tanh(inner)), dtype=np.float32)


def scaled(x: Floats, gain: Floats, shift: Floats) -> Floats:
    """Each row brought to mean 0 and spread 1 (Ba, Kiros and Hinton 2016, arXiv:1607.06450)."""
    x = x - x.mean(axis=1, keepdims=True)
    return np.asarray(x / np.sqrt((x * x).mean(axis=1, keepdims=True) + TINY) * gain + shift, dtype=np.float32)
