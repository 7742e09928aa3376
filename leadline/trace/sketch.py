"""A document reduced to what finds its candidates: hashes of shingles, of weighted terms, and of names and numbers."""

from __future__ import annotations

import hashlib
import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

import msgspec
import numpy as np
import numpy.typing as npt

from leadline.trace import near
from leadline.trace.alignment import features_of
from leadline.trace.text import FUNCTION_WORDS, View, content_stems, hash_of, skeleton, stem

Terms = tuple[near.Hashes, npt.NDArray[np.float32]]
Features = tuple[near.Hashes, npt.NDArray[np.uint32]]
OUTSIDE, INSIDE, PART = 0, 1, 2
HEAVY = np.uint64(1)
"""The bit of a feature's hash that says whether it weighs two, as a name or number does, or one."""
FIGURES = re.compile(r"\d+")
ODD = re.compile(r"[_\u00a0-\u00bf\u2000-\u207f]")
"""Characters of words that separate words where shingles are made."""


class Sketch(msgspec.Struct, frozen=True):
    """A document as some kilobytes of arrays."""

    document: str
    language: str | None
    content: bytes
    """the same for the same words"""
    n_words: int
    odd: bool
    """whether it has characters that would make its shingles other words than its own"""
    bands: near.Hashes
    shingles: near.Hashes
    """each once, in order of the hashes"""
    sequence: near.Hashes
    """all of them as they come"""
    terms: Terms
    cognates: Terms
    anchors: near.Hashes
    """rare names and numbers; one that comes twice has two hashes"""
    spoken: npt.NDArray[np.uint8]
    """of each word as shingles count them (`12.5` is two): `OUTSIDE` quotation marks, `INSIDE`, or a further `PART` of the word before"""
    lengths: npt.NDArray[np.uint32]
    """words of each sentence"""
    features: Features
    """what sentences are compared by, in order of the hashes, and the sentence that each stands in"""


def sketch(v: View) -> Sketch:
    """The sketch of a view."""
    return sketches([v])[0]


def sketches(views: Sequence[View]) -> list[Sketch]:
    """The sketches of some views, in their order."""
    texts = [" ".join(v.words) for v in views]
    hashes, at = near.shingles(texts)
    keys = near.bands(near.digest_of(hashes, at))
    made = []
    for i, (v, text) in enumerate(zip(views, texts, strict=True)):
        every, marks = hashes[at[i] : at[i + 1]], _spoken(v)
        made.append(
            Sketch(
                document=v.document,
                language=v.language,
                content=hashlib.blake2b(text.encode(), digest_size=16).digest(),
                n_words=len(v.words),
                odd=ODD.search(text) is not None or len(every) != max(1, len(marks) - near.SHINGLE + 1),
                bands=keys[i],
                shingles=_each_once(every),
                sequence=every,
                terms=_packed(terms(v)),
                cognates=_packed(cognates(v)),
                anchors=_each_once(np.array([_hash(k) for k in _numbered(key for key, _ in v.anchors)], np.uint64)),
                spoken=marks,
                lengths=np.array([b - a for a, b in v.sentences], np.uint32),
                features=_features(v),
            )
        )
    return made


def _each_once(hashes: near.Hashes) -> near.Hashes:
    """Hashes in order, each once; of few values faster than `numpy.unique`."""
    ranked = np.sort(hashes)
    return ranked[np.flatnonzero(np.concatenate([ranked[:1] == ranked[:1], ranked[1:] != ranked[:-1]]))]


def _spoken(v: View) -> npt.NDArray[np.uint8]:
    marks = bytearray()
    for i, w in enumerate(v.words):
        marks.append(INSIDE if i in v.quoted else OUTSIDE)
        if not w.isalnum():
            marks.extend([PART] * (len(FIGURES.findall(w)) - 1))
    return np.frombuffer(marks, np.uint8)


def _features(v: View) -> Features:
    stems = [None if w in FUNCTION_WORDS else stem(w) for w in v.words]
    found = [(_hash(f) & ~1 | (w == 2.0), i) for i, of in enumerate(features_of(v, stems)) for f, w in of.items()]
    hashes, sentences = np.array(found, np.uint64).reshape(-1, 2).T
    order = np.argsort(hashes, kind="stable")
    return hashes[order], sentences[order].astype(np.uint32)


def _numbered(keys: Iterable[str]) -> list[str]:
    """The keys, each told from its earlier ones: what two lists share, repeats and all, is then a set's intersection.

    >>> _numbered(["a", "b", "a"])
    ['a 1', 'b 1', 'a 2']
    """
    seen: Counter[str] = Counter()
    found = []
    for k in keys:
        seen[k] += 1
        found.append(f"{k} {seen[k]}")
    return found


def _packed(found: Mapping[str, float]) -> Terms:
    """Hashes and weights of terms, in order of the hashes."""
    hashes = np.array([_hash(t) for t in found], np.uint64)
    order = np.argsort(hashes)
    return hashes[order], np.array(list(found.values()), np.float32)[order]


def terms(v: View) -> dict[str, float]:
    """Weighted features that survive a disguise within one language: stems, name skeletons, numbers."""
    found = Counter("s:" + x for x in content_stems(v.words))
    return _damped({**found, **_kept(v)})


def cognates(v: View) -> dict[str, float]:
    """Weighted features that survive a translation: numbers, names, and all words by their skeleton.

    Words that two languages share (`patsient`, `patient`) are spelled alike once they are transliterated.
    """
    found = Counter("k:" + k[:6] for w in v.words if len(w) > 3 and w.isalpha() and len(k := skeleton(w)) > 1)
    return _damped({**found, **_kept(v)})


def _kept(v: View) -> dict[str, float]:
    return {"a:" + key: 2.0 * n for key, n in Counter(key for key, _ in v.anchors).items()}


def _damped(counts: Mapping[str, float]) -> dict[str, float]:
    return {k: 1.0 + math.log(n) for k, n in counts.items()}


@lru_cache(maxsize=500_000)
def _hash(token: str) -> int:
    return hash_of((token,))
