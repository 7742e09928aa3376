"""Pairs of documents worth comparing: who may have taken from whom.

Three nets, each for what the others miss. MinHash with banding [1] over word shingles finds long verbatim overlap.
Rare shingles, kept by a hash rule that is the same in every text [2], find a passage inside a longer piece. And what
a disguise leaves alone (rare names in any spelling, numbers, the rarest stems) finds spun and translated texts, as a
cosine over weighted features in a sparse product, so that no pair is touched that shares nothing.

[1] Broder 1997, doi:10.1109/SEQUEN.1997.666900  [2] Schleimer, Wilkerson, Aiken 2003, doi:10.1145/872757.872770
"""

from __future__ import annotations

import hashlib
import itertools
import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec
import numpy as np
from rensa import RMinHash
from scipy import sparse

from leadline.trace.text import View, content_stems, skeleton

Terms = tuple[tuple[int, float], ...]
SHINGLE = 4
N_PERMUTATIONS = 64
N_BANDS = 16  # 16 bands of 4 rows: pairs from Jaccard .5 on are found with probability .64, from .6 on with .89
NEAREST = 0.75  # of the closest partner's cosine; between languages what is farther off is another story
SAMPLE = 4  # one shingle in four is kept
N_TERMS = 192  # heaviest terms of a document that stand for it
MAX_PARTNERS = 60  # candidates of one document, best first


class Sketch(msgspec.Struct, frozen=True):
    """A document, reduced to what finds its candidates; some hundred bytes to some kilobytes."""

    document: str
    n_words: int
    digest: tuple[int, ...]
    shingles: tuple[int, ...]
    terms: tuple[tuple[int, float], ...]
    cognates: tuple[tuple[int, float], ...]
    language: str | None
    content: str


def sketch(v: View) -> Sketch:
    """The sketch of a view."""
    tokens = [" ".join(v.words[i : i + SHINGLE]) for i in range(max(1, len(v.words) - SHINGLE + 1))]
    hashes = {_hash(t) for t in tokens if t}
    digest = RMinHash.digest_matrix_from_token_hash_sets([sorted(hashes) or [0]], N_PERMUTATIONS, 1).to_rows()[0]
    return Sketch(
        v.document,
        len(v.words),
        tuple(digest),
        tuple(sorted(h for h in hashes if h % SAMPLE == 0)),
        tuple(sorted((_hash(t), n) for t, n in terms(v).items())),
        tuple(sorted((_hash(t), n) for t, n in cognates(v).items())),
        v.language,
        hashlib.sha256(" ".join(v.words).encode()).hexdigest(),
    )


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
    by_content: dict[str, list[str]] = {}
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
    near = [*_by_minhash(ordered), *_by_shingles(ordered)]
    for one, other, x, y in _spaces(ordered):
        strong = {(one[i], other[j]): value for i, j, value in _strong(x, y, floor) if one[i] != other[j]}
        if one is not other:
            strong = _nearest(strong)
        found |= {(min(a, b), max(a, b)): value for (a, b), value in strong.items()}
        if one is other:
            row = {k: i for i, k in enumerate(one)}
            for a, b in near:
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
    weights = []
    for group in groups:
        df = Counter(h for terms_ in group for h, _ in terms_)
        n, common = len(group), max(20.0, min(0.2 * len(group), 1500.0))
        weights.append({h: math.log((n + 1) / (c + 0.5)) for h, c in df.items() if c <= common})
    shared = weights[0].keys() if len(weights) == 1 else weights[0].keys() & weights[1].keys()
    column = {h: k for k, h in enumerate(sorted(shared))}
    made = []
    for group, own in zip(groups, weights, strict=True):
        other = weights[1] if len(weights) == 2 and own is weights[0] else weights[0]
        rows, columns, values = [], [], []
        for i, terms_ in enumerate(group):
            weighted = [(w * math.sqrt(max(own[h], 0.0) * max(other[h], 0.0)), h) for h, w in terms_ if h in column]
            for value, h in sorted(weighted, reverse=True)[:N_TERMS]:
                rows.append(i)
                columns.append(column[h])
                values.append(value)
        x = sparse.csr_matrix((values, (rows, columns)), shape=(len(group), max(1, len(column))))
        norm = np.sqrt(np.asarray(x.multiply(x).sum(axis=1)).ravel())
        made.append(sparse.csr_matrix(sparse.diags(1 / np.where(norm > 0, norm, 1)) @ x))
    return made[0], made[-1]


def _strong(
    x: sparse.csr_matrix, y: sparse.csr_matrix, floor: float, block: int = 512
) -> Iterator[tuple[int, int, float]]:
    """Row of x, row of y and their cosine, for the best partners of every row of x."""
    transposed = y.T.tocsc()
    for at in range(0, x.shape[0], block):
        product = (x[at : at + block] @ transposed).tocsr()
        for r in range(product.shape[0]):
            js = product.indices[product.indptr[r] : product.indptr[r + 1]]
            vs = product.data[product.indptr[r] : product.indptr[r + 1]]
            keep = vs >= floor
            best = sorted(zip((-vs[keep]).tolist(), js[keep].tolist(), strict=True))[: MAX_PARTNERS + 1]
            for value, j in best:
                yield at + r, j, -value


def _by_minhash(sketches: Sequence[Sketch]) -> Iterator[tuple[int, int]]:
    bands: dict[tuple[int, ...], list[int]] = {}
    rows = N_PERMUTATIONS // N_BANDS
    for i, s in enumerate(sketches):
        for b in range(N_BANDS):
            bands.setdefault((b, *s.digest[b * rows : (b + 1) * rows]), []).append(i)
    yield from _pairs_within(bands.values())


def _by_shingles(sketches: Sequence[Sketch]) -> Iterator[tuple[int, int]]:
    holders: dict[int, list[int]] = {}
    for i, s in enumerate(sketches):
        for h in s.shingles:
            holders.setdefault(h, []).append(i)
    shared: dict[tuple[int, int], int] = {}
    for group in holders.values():
        if 1 < len(group) <= 30:  # a shingle in more documents is a turn of phrase or furniture
            for pair in _pairs_within([group]):
                shared[pair] = shared.get(pair, 0) + 1
    yield from (pair for pair, n in shared.items() if n >= 3)


def _pairs_within(groups: Iterable[list[int]], limit: int = 40) -> Iterator[tuple[int, int]]:
    """All pairs of small groups; of large ones a chain and a star, which keep the group connected."""
    for group in groups:
        if len(group) <= limit:
            yield from ((i, j) for k, i in enumerate(group) for j in group[k + 1 :])
        else:
            yield from itertools.pairwise(group)
            yield from ((group[0], j) for j in group[1:])


def _hash(token: str) -> int:
    return int.from_bytes(hashlib.blake2b(token.encode(), digest_size=8).digest(), "big")
