"""Pairs of documents worth comparing: who may have taken from whom.

Three nets, each for what the others miss. MinHash with banding [1] over word shingles finds long verbatim overlap.
Rare shingles, kept by a hash rule that is the same in every text [2], find a passage inside a longer piece. And what
a disguise leaves alone (rare names in any spelling, numbers, the rarest stems) finds spun and translated texts, as a
cosine over weighted features in a sparse product, so that no pair is touched that shares nothing.

[1] Broder 1997, doi:10.1109/SEQUEN.1997.666900  [2] Schleimer, Wilkerson, Aiken 2003, doi:10.1145/872757.872770
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence

import msgspec
import numpy as np
from rensa import RMinHash
from scipy import sparse

from leadline.trace.text import View, content_stems, skeleton

SHINGLE = 4
N_PERMUTATIONS = 64
N_BANDS = 16  # 16 bands of 4 rows: pairs from Jaccard .5 on are found with probability .64, from .6 on with .89
SAMPLE = 4  # one shingle in four is kept
N_TERMS = 48  # heaviest terms of a document that stand for it
MAX_PARTNERS = 60  # candidates of one document, best first


class Sketch(msgspec.Struct, frozen=True):
    """A document, reduced to what finds its candidates; some hundred bytes to some kilobytes."""

    document: str
    n_words: int
    digest: tuple[int, ...]
    shingles: tuple[int, ...]
    terms: tuple[tuple[int, float], ...]
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
        hashlib.sha256(" ".join(v.words).encode()).hexdigest(),
    )


def terms(v: View) -> dict[str, float]:
    """Weighted features that survive a disguise: stems, name skeletons, numbers.

    Every word longer than four letters also counts by its skeleton, at half weight, since words that two languages
    share (`patsient`, `patient`) are spelled alike once they are transliterated.
    """
    found: dict[str, float] = {}
    for s in content_stems(v.words):
        found["s:" + s] = found.get("s:" + s, 0.0) + 1.0
    for w in v.words:
        if len(w) > 4 and len(k := skeleton(w)) > 2:
            found["k:" + k[:6]] = found.get("k:" + k[:6], 0.0) + 0.5
    for key, _ in v.anchors:
        found["a:" + key] = found.get("a:" + key, 0.0) + 2.0
    return {k: 1.0 + float(np.log(n)) if n > 1 else n for k, n in found.items()}


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
    cosine = _cosine_matrix(ordered)
    found: dict[tuple[int, int], float] = {}
    for i, j, value in _strong(cosine, floor):
        found[i, j] = value
    for i, j in [*_by_minhash(ordered), *_by_shingles(ordered)]:
        if (i, j) not in found:
            found[i, j] = float(cosine[i].multiply(cosine[j]).sum())
    return {(ordered[i].document, ordered[j].document): round(v, 6) for (i, j), v in sorted(found.items())}


def similarity(sketches: Sequence[Sketch]) -> np.ndarray:
    """Cosine of all pairs, in the given order: for benchmarks and small heaps."""
    x = _cosine_matrix(sketches)
    return np.asarray((x @ x.T).todense())


def _cosine_matrix(sketches: Sequence[Sketch]) -> sparse.csr_matrix:
    n = len(sketches)
    df: dict[int, int] = {}
    for s in sketches:
        for h, _ in s.terms:
            df[h] = df.get(h, 0) + 1
    common = max(20, min(0.2 * n, 1500))
    column: dict[int, int] = {}
    rows, columns, values = [], [], []
    for i, s in enumerate(sketches):
        weighted = [(w * float(np.log((n + 1) / (df[h] + 0.5))), h) for h, w in s.terms if df[h] <= common]
        for value, h in sorted(weighted, reverse=True)[: N_TERMS * 4]:
            rows.append(i)
            columns.append(column.setdefault(h, len(column)))
            values.append(max(value, 0.0))
    x = sparse.csr_matrix((values, (rows, columns)), shape=(n, max(1, len(column))))
    norm = np.sqrt(np.asarray(x.multiply(x).sum(axis=1)).ravel())
    return sparse.csr_matrix(sparse.diags(1 / np.where(norm > 0, norm, 1)) @ x)


def _strong(x: sparse.csr_matrix, floor: float, block: int = 512) -> Iterator[tuple[int, int, float]]:
    transposed = x.T.tocsc()
    for at in range(0, x.shape[0], block):
        product = (x[at : at + block] @ transposed).tocsr()
        for r in range(product.shape[0]):
            i = at + r
            js = product.indices[product.indptr[r] : product.indptr[r + 1]]
            vs = product.data[product.indptr[r] : product.indptr[r + 1]]
            keep = (vs >= floor) & (js != i)
            best = sorted(zip((-vs[keep]).tolist(), js[keep].tolist(), strict=True))[:MAX_PARTNERS]
            for value, j in best:
                yield min(i, j), max(i, j), -value


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
            yield from zip(group, group[1:], strict=False)
            yield from ((group[0], j) for j in group[1:])


def _hash(token: str) -> int:
    return int.from_bytes(hashlib.blake2b(token.encode(), digest_size=8).digest(), "big")
