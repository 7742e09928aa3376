"""A small transformer that reads a sentence as a whole: word pieces in, scores of events for its words out.

The networks of `leadline.extract.claims.coded.taught` see a word beside a few others; this one sees the whole sentence, at a hundred times
the price. So it is asked only about sentences in which they suspect something. Its weights (MiniLM, six layers, Wang et al. 2020,
arXiv:2002.10957, taught further by `scripts/train_encoder.py`) stand in the file of the networks as bytes. Transformer: Vaswani et al. 2017,
arXiv:1706.03762; word pieces: Devlin et al. 2019, doi:10.18653/v1/N19-1423.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

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
TOGETHER = 400
"""Word pieces of several sentences that are read in one go."""
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

    @classmethod
    def read(cls, arrays: Mapping[str, NDArray[np.generic]], name: str) -> Layer:
        """The layer stored under a name, its matrices as bytes with a scale for each column; raises `KeyError` where it lacks a part."""

        def plain(part: str) -> Floats:
            return np.asarray(arrays[f"{name}.{part}"], dtype=np.float32)

        def matrix(part: str) -> Matrix:
            return Matrix(plain(part) * plain(f"{part}.scale"), plain(f"{part}_bias"))

        qkv, out, up, down = map(matrix, ("qkv", "out", "up", "down"))
        return cls(qkv, out, up, down, (plain("norm1"), plain("norm1_bias")), (plain("norm2"), plain("norm2_bias")))

    def __call__(self, x: Floats, bounds: Sequence[int], rows: Sequence[int] | None = None) -> Floats:
        """What the layer makes of texts laid end to end, whose pieces see those of their own text; text `k` is `x[bounds[k]:bounds[k + 1]]`."""
        n, width = x.shape
        q, k, v = self.qkv(x).reshape(n, 3, HEADS, width // HEADS).transpose(1, 2, 0, 3)
        asked = bounds
        if rows is not None:  # of the last layer no more is asked
            q, x, asked = q[:, rows], x[rows], [bisect_left(rows, b) for b in bounds]
        q = q * np.float32((width // HEADS) ** -0.5)
        seen = np.empty((len(x), width), dtype=np.float32)
        for (start, end), (first, last) in zip(pairwise(bounds), pairwise(asked), strict=True):
            weights = softmax(q[:, first:last] @ k[:, start:end].transpose(0, 2, 1))
            seen[first:last] = (weights @ v[:, start:end]).transpose(1, 0, 2).reshape(last - first, width)
        x = scaled(x + self.out(seen), *self.norm1)
        return scaled(x + self.down(bent(self.up(x))), *self.norm2)


@dataclass(frozen=True)
class Ending:
    """A last layer, and what is read from it: chances of codes."""

    layer: Layer
    head: Matrix

    def __call__(self, x: Floats, bounds: Sequence[int], rows: Sequence[int]) -> Floats:
        """The chance of each code for the pieces in `rows` of texts laid end to end, `(rows, codes)`."""
        return softmax(self.head(self.layer(x, bounds, rows)))


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

        return cls(
            vocabulary=Vocabulary.read(str(arrays["encoder.vocabulary"])),
            words=np.asarray(arrays["encoder.words"], dtype=np.int8),
            word_scale=plain("words.scale"),
            places=plain("places"),
            norm=(plain("norm"), plain("norm_bias")),
            layers=tuple(Layer.read(arrays, f"encoder.{k}") for k in range(int(arrays["encoder.layers"]))),
            head=Matrix(plain("head"), plain("head_bias")),
        )

    def chances(self, texts: Sequence[Sequence[int]], asked: Sequence[Sequence[int]]) -> list[Floats]:
        """For each text (the numbers of its pieces) the chance of each event for the pieces that are `asked` of it, in their order,
        `(asked, codes)`; the rest is that of telling none.
        """
        return [told[:, 1:] for told in self.ended(texts, asked, self.ending)[0]]

    @property
    def ending(self) -> Ending:
        """The encoder's own last layer."""
        return Ending(self.layers[-1], self.head)

    def ended(
        self, texts: Sequence[Sequence[int]], asked: Sequence[Sequence[int]], *endings: Ending
    ) -> list[list[Floats]]:
        """For each last layer, and each text, what it makes of the pieces that are `asked` of the text, `(asked, codes)`."""
        found: list[list[Floats]] = [[] for _ in endings]
        for some in packed(texts):
            x, bounds = self.after(len(self.layers) - 1, texts[some])
            rows = [start + i for start, own in zip(bounds, asked[some], strict=False) for i in own]
            for ending, told in zip(endings, found, strict=True):
                told += np.split(ending(x, bounds, rows), np.cumsum([len(own) for own in asked[some]])[:-1])
        return found

    def after(self, depth: int, texts: Sequence[Sequence[int]]) -> tuple[Floats, list[int]]:
        """The pieces of texts laid end to end as they are after so many layers, `(pieces, width)`, and where each text begins and the last ends."""
        bounds = [0, *accumulate(map(len, texts))]
        ids = [i for text in texts for i in text]
        places = np.concatenate([np.arange(len(text)) for text in texts])
        found = self.words[ids].astype(np.float32) * self.word_scale[ids]
        x = scaled(found + self.places[places], *self.norm)
        for layer in self.layers[:depth]:
            x = layer(x, bounds)
        return x, bounds


def packed(texts: Sequence[Sequence[int]]) -> Iterator[slice]:
    """Texts in stretches of about `TOGETHER` pieces: large products are quicker than small ones, and too large ones leave the cache.

    >>> list(packed([range(300), range(300), range(50)]))
    [slice(0, 1, None), slice(1, 3, None)]
    """
    start, size = 0, 0
    for k, text in enumerate(texts):
        if size and size + len(text) > TOGETHER:
            yield slice(start, k)
            start, size = k, 0
        size += len(text)
    if size:
        yield slice(start, len(texts))


def softmax(x: Floats) -> Floats:
    """Shares along the last axis, which add up to 1; the shape is that of `x`.

    >>> softmax(np.zeros((1, 4), dtype=np.float32)).tolist()
    [[0.25, 0.25, 0.25, 0.25]]
    """
    e = np.exp(x - x.max(axis=-1, keepdims=True))
    e /= e.sum(axis=-1, keepdims=True)
    return np.asarray(e, dtype=np.float32)


def bent(x: Floats) -> Floats:
    """The Gaussian error linear unit by its tangent (Hendrycks and Gimpel 2016, arXiv:1606.08415)."""
    found = x * x
    found *= np.float32(0.7978845608 * 0.044715)
    found += np.float32(0.7978845608)
    found *= x
    np.tanh(found, out=found)
    found += 1
    found *= x
    found *= np.float32(0.5)
    return found


def scaled(x: Floats, gain: Floats, shift: Floats) -> Floats:
    """Each row brought to mean 0 and spread 1 (Ba, Kiros and Hinton 2016, arXiv:1607.06450)."""
    found = x - x.mean(axis=1, keepdims=True)
    spread = np.sqrt(np.einsum("ij,ij->i", found, found)[:, None] / np.float32(x.shape[1]) + TINY)
    found /= spread
    found *= gain
    found += shift
    return np.asarray(found, dtype=np.float32)
