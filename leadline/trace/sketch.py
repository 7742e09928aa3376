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
from leadline.trace.text import View, content_stems, hash_of, skeleton

Terms = tuple[near.Hashes, npt.NDArray[np.float32]]
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
        every = hashes[at[i] : at[i + 1]]
        made.append(
            Sketch(
                document=v.document,
                language=v.language,
                content=hashlib.blake2b(text.encode(), digest_size=16).digest(),
                n_words=len(v.words),
                odd=ODD.search(text) is not None,
                bands=keys[i],
                shingles=np.unique(every),
                sequence=every,
                terms=_packed(terms(v)),
                cognates=_packed(cognates(v)),
                anchors=np.unique(np.array([_hash(k) for k in _numbered(key for key, _ in v.anchors)], np.uint64)),
            )
        )
    return made


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
