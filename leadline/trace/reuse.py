"""Pairs of documents worth comparing: who may have taken from whom.

Three nets, each for what the others miss. MinHash with banding [1] over word shingles finds long verbatim overlap.
Rare shingles, kept by a hash rule that is the same in every text [2], find a passage inside a longer piece. And what
a disguise leaves alone (rare names in any spelling, numbers, the rarest stems) finds spun and translated texts, as a
cosine over weighted features in a sparse product, so that no pair is touched that shares nothing.

[1] Broder 1997, doi:10.1109/SEQUEN.1997.666900  [2] Schleimer, Wilkerson, Aiken 2003, doi:10.1145/872757.872770
"""

from __future__ import annotations

import hashlib
import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

import msgspec
import numpy as np
import numpy.typing as npt
from scipy import sparse

from leadline.trace import near
from leadline.trace.text import View, content_stems, hash_of, skeleton

NEAREST = 0.75  # of the closest partner's cosine; between languages what is farther off is another story
SAMPLE = 4  # one shingle in four is kept
MAX_HOLDERS = 30  # a shingle in more documents is a turn of phrase or furniture
LEAST_SHARED = 3
N_TERMS = 192  # heaviest terms of a document that stand for it
MAX_PARTNERS = 60  # candidates of one document, best first
Terms = tuple[near.Hashes, npt.NDArray[np.float32]]


class Sketch(msgspec.Struct, frozen=True):
    """A document, reduced to what finds its candidates: some kilobytes of arrays."""

    document: str
    n_words: int
    bands: near.Hashes
    shingles: near.Hashes
    terms: Terms
    cognates: Terms
    language: str | None
    content: bytes


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
        own = np.unique(hashes[at[i] : at[i + 1]])
        made.append(
            Sketch(
                v.document,
                len(v.words),
                keys[i].copy(),
                own[own % SAMPLE == 0],
                _packed(terms(v)),
                _packed(cognates(v)),
                v.language,
                hashlib.blake2b(text.encode(), digest_size=16).digest(),
            )
        )
    return made


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


def exact_groups(sketches: Sequence[Sketch]) -> dict[str, list[str]]:
    """Documents with the same words, by their smallest id."""
    by_content: dict[bytes, list[str]] = {}
    for s in sketches:
        if s.n_words:
            by_content.setdefault(s.content, []).append(s.document)
    return {min(group): sorted(group) for group in by_content.values() if len(group) > 1}


def candidates(sketches: Sequence[Sketch], *, floor: float = 0.12) -> dict[tuple[str, str], float]:
    """Pairs of different documents that may be related, smaller id first, with the cosine of their terms.

    `sketches` must hold each text once (see `exact_groups`); their order does not matter.
    """
    ordered = sorted((s for s in sketches if s.n_words), key=lambda s: s.document)
    if len(ordered) < 2:
        return {}
    found: dict[tuple[int, int], float] = {}
    close = _by_minhash(ordered) | _by_shingles(ordered)
    for one, other, x, y in _spaces(ordered):
        strong = {(one[i], other[j]): value for i, j, value in _strong(x, y, floor) if one[i] != other[j]}
        if one is not other:
            strong = _nearest(strong)
        found |= {(min(a, b), max(a, b)): value for (a, b), value in strong.items()}
        if one is other:
            row = {k: i for i, k in enumerate(one)}
            for a, b in sorted(close):
                if a in row and b in row and (a, b) not in found:
                    found[a, b] = float(x[row[a]].multiply(x[row[b]]).sum())
    return {(ordered[i].document, ordered[j].document): round(v, 6) for (i, j), v in sorted(found.items())}


def _nearest(pairs: Mapping[tuple[int, int], float]) -> dict[tuple[int, int], float]:
    """Pairs of two languages in which neither has a clearly closer partner: look-alike stories share many names."""
    best: dict[int, float] = {}
    for (a, b), value in pairs.items():
        best[a], best[b] = max(best.get(a, 0.0), value), max(best.get(b, 0.0), value)
    return {(a, b): v for (a, b), v in pairs.items() if v >= NEAREST * max(best[a], best[b])}


def similarity(sketches: Sequence[Sketch]) -> np.ndarray:
    """Cosine of all pairs, in the given order: for benchmarks and small heaps."""
    out = np.zeros((len(sketches), len(sketches)))
    for one, other, x, y in _spaces(sketches):
        block = np.asarray((x @ y.T).todense())
        out[np.ix_(one, other)] = block
        out[np.ix_(other, one)] = block.T
    return out


def _spaces(
    sketches: Sequence[Sketch],
) -> Iterator[tuple[list[int], list[int], sparse.csr_matrix, sparse.csr_matrix]]:
    """Documents of one language by all their terms, of two languages by what translation leaves alone.

    Each language weighs its features by its own frequencies: a word that is rare in one may be common in the other.
    """
    by_language: dict[str, list[int]] = {}
    for i, s in enumerate(sketches):
        by_language.setdefault(s.language or "?", []).append(i)
    languages = sorted(by_language)
    for k, one in enumerate(languages):
        ours = by_language[one]
        x, _ = _matrices([[sketches[i].terms for i in ours]])
        yield ours, ours, x, x
        for other in languages[k + 1 :]:
            theirs = by_language[other]
            x, y = _matrices([[sketches[i].cognates for i in group] for group in (ours, theirs)])
            yield ours, theirs, x, y


def _matrices(groups: Sequence[Sequence[Terms]]) -> tuple[sparse.csr_matrix, sparse.csr_matrix]:
    """Rows of unit length over the features that all groups have, weighted by rarity in each group."""
    flat = [(np.concatenate([h for h, _ in g]), np.concatenate([w for _, w in g])) for g in groups]
    rare = []
    for group, (hashes, _) in zip(groups, flat, strict=True):
        features, df = np.unique(hashes, return_counts=True)
        n = len(group)
        kept = df <= max(20.0, min(0.2 * n, 1500.0))
        rare.append((features[kept], np.log((n + 1) / (df[kept] + 0.5))))
    shared, weight = rare[0]
    if len(rare) == 2:
        shared, one, other = np.intersect1d(rare[0][0], rare[1][0], assume_unique=True, return_indices=True)
        weight = np.sqrt(np.maximum(rare[0][1][one], 0.0) * np.maximum(rare[1][1][other], 0.0))
    made = [_matrix(group, *of, shared, np.maximum(weight, 0.0)) for group, of in zip(groups, flat, strict=True)]
    return made[0], made[-1]


def _matrix(
    group: Sequence[Terms],
    hashes: near.Hashes,
    values: npt.NDArray[np.float32],
    shared: near.Hashes,
    weight: npt.NDArray[np.float64],
) -> sparse.csr_matrix:
    """A row for each document: its heaviest terms, of unit length."""
    rows = np.repeat(np.arange(len(group)), [len(h) for h, _ in group])
    columns = np.searchsorted(shared, hashes)
    known = columns < len(shared)
    known[known] = shared[columns[known]] == hashes[known]
    rows, columns = rows[known], columns[known]
    found = values[known] * weight[columns]
    sizes = np.bincount(rows, minlength=len(group))
    if sizes.max(initial=0) > N_TERMS:
        order = np.lexsort((-columns, -found, rows))
        rank = np.arange(len(order)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
        order = np.sort(order[rank < N_TERMS])
        rows, columns, found = rows[order], columns[order], found[order]
    x = sparse.csr_matrix((found, (rows, columns)), shape=(len(group), max(1, len(shared))))
    norm = np.sqrt(np.asarray(x.multiply(x).sum(axis=1)).ravel())
    return sparse.csr_matrix(sparse.diags(1 / np.where(norm > 0, norm, 1)) @ x)


def _strong(
    x: sparse.csr_matrix, y: sparse.csr_matrix, floor: float, block: int = 512
) -> Iterator[tuple[int, int, float]]:
    """Row of x, row of y and their cosine, for the best partners of every row of x."""
    transposed = y.T.tocsr()
    for at in range(0, x.shape[0], block):
        product = (x[at : at + block] @ transposed).tocsr()
        keep = product.data >= floor
        r = np.repeat(np.arange(product.shape[0]), np.diff(product.indptr))[keep]
        j, v = product.indices[keep], product.data[keep]
        order = np.lexsort((j, -v, r))
        r, j, v = r[order], j[order], v[order]
        sizes = np.bincount(r, minlength=product.shape[0])
        best = np.arange(len(r)) - np.repeat(np.cumsum(sizes) - sizes, sizes) <= MAX_PARTNERS
        yield from zip((r[best] + at).tolist(), j[best].tolist(), v[best].tolist(), strict=True)


def _by_minhash(sketches: Sequence[Sketch]) -> set[tuple[int, int]]:
    return {(i, j) for i, j in near.meeting(np.stack([s.bands for s in sketches])).tolist()}


def _by_shingles(sketches: Sequence[Sketch]) -> set[tuple[int, int]]:
    """Pairs that share several of the shingles that few documents have."""
    hashes = np.concatenate([s.shingles for s in sketches])
    holders = np.repeat(np.arange(len(sketches)), [len(s.shingles) for s in sketches])
    n = len(sketches)
    order, start, size = near.buckets(hashes)
    flat, shared = np.unique(near.within(holders[order], start, size, n, MAX_HOLDERS), return_counts=True)
    flat = flat[shared >= LEAST_SHARED]
    return set(zip((flat // n).tolist(), (flat % n).tolist(), strict=True))


@lru_cache(maxsize=500_000)
def _hash(token: str) -> int:
    return hash_of((token,))
