"""Pairs of documents worth comparing: who may have taken from whom.

Three nets, each for what the others miss. MinHash with banding [1] over word shingles finds long verbatim overlap.
Rare shingles, kept by a hash rule that is the same in every text [2], find a passage inside a longer piece. And what
a disguise leaves alone (rare names in any spelling, numbers, the rarest stems) finds spun and translated texts, as a
cosine over weighted features in a sparse product, so that no pair is touched that shares nothing.

[1] Broder 1997, doi:10.1109/SEQUEN.1997.666900  [2] Schleimer, Wilkerson, Aiken 2003, doi:10.1145/872757.872770
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec
import numpy as np
import numpy.typing as npt
from scipy import sparse

from leadline.trace import near
from leadline.trace.shelf import Rows, Shelf

NEAREST = 0.75  # of the closest partner's cosine; between languages what is farther off is another story
SAMPLE = 4  # one shingle in four is kept
MAX_HOLDERS = 30  # a shingle in more documents is a turn of phrase or furniture
LEAST_SHARED = 3
N_TERMS = 192  # heaviest terms of a document that stand for it
MAX_PARTNERS = 60  # candidates of one document, best first
BLOCK = 1 << 16
"""Pairs, or documents, that are worked on at once."""
Cosines = npt.NDArray[np.float64]


class Pairs(msgspec.Struct, frozen=True):
    """Pairs of documents by their numbers, smaller name first, sorted; with the cosine of their terms."""

    left: Rows
    right: Rows
    cosine: Cosines


class Found(msgspec.Struct, frozen=True):
    """What is compared of a heap: of documents with the same words the first by name, in order of their names."""

    documents: Rows
    rows: Rows


def distinct(shelf: Shelf) -> Found:
    """The documents that stand for all with their words."""
    first = np.array([group[0] for group in shelf.groups()], np.int64)
    return Found(first, np.frombuffer(shelf.row, np.int64)[first] if len(first) else first)


def candidates(shelf: Shelf, *, floor: float = 0.12) -> Pairs:
    """Pairs of documents with different words that may be related; the order in which they came does not matter."""
    of = distinct(shelf)
    n = len(of.rows)
    codes, cosines = [np.empty(0, np.int64)], [np.empty(0)]
    close = np.union1d(_by_minhash(shelf, of), _by_shingles(shelf, of)) if n > 1 else codes[0]
    for one, other, x, y in _spaces(shelf, of):
        strong, value = _strong(one, other, x, y, floor, n)
        if one is not other:
            strong, value = _nearest(strong, value, n)
        codes.append(strong)
        cosines.append(value)
        if one is other:
            at = np.full(n, -1, np.int64)
            at[one] = np.arange(len(one))
            more = close[(at[close // n] >= 0) & (at[close % n] >= 0)]
            more = np.setdiff1d(more, strong, assume_unique=True)
            for k in range(0, len(more), BLOCK):
                part = more[k : k + BLOCK]
                codes.append(part)
                cosines.append(np.asarray(x[at[part // n]].multiply(x[at[part % n]]).sum(axis=1)).ravel())
    code, value = np.concatenate(codes), np.concatenate(cosines)
    order = np.argsort(code)
    code, value = code[order], value[order]
    return Pairs(of.documents[code // max(1, n)], of.documents[code % max(1, n)], value)


def _nearest(code: Rows, value: Cosines, n: int) -> tuple[Rows, Cosines]:
    """Pairs of two languages in which neither has a clearly closer partner: look-alike stories share many names."""
    best = np.zeros(n)
    np.maximum.at(best, code // n, value)
    np.maximum.at(best, code % n, value)
    kept = value >= NEAREST * np.maximum(best[code // n], best[code % n])
    return code[kept], value[kept]


def similarity(shelf: Shelf) -> np.ndarray:
    """Cosine of all pairs of documents, in their order: for benchmarks and small heaps."""
    rows = np.array(shelf.row, np.int64)
    out = np.zeros((len(rows), len(rows)))
    for one, other, x, y in _spaces(shelf, Found(np.arange(len(rows)), rows)):
        block = np.asarray((x @ y.T).todense())
        out[np.ix_(one, other)] = block
        out[np.ix_(other, one)] = block.T
    return out


def _spaces(shelf: Shelf, of: Found) -> Iterator[tuple[Rows, Rows, sparse.csr_matrix, sparse.csr_matrix]]:
    """Documents of one language by all their terms, of two languages by what translation leaves alone.

    Each language weighs its features by its own frequencies: a word that is rare in one may be common in the other.
    """
    by_language: dict[str, list[int]] = {}
    for i, d in enumerate(of.documents.tolist()):
        by_language.setdefault(shelf.languages[d] or "?", []).append(i)
    languages = sorted(by_language)
    numbers = {k: np.array(v, np.int64) for k, v in by_language.items()}
    for k, one in enumerate(languages):
        ours = numbers[one]
        x, _ = _matrices(shelf, "term", [of.rows[ours]])
        yield ours, ours, x, x
        for other in languages[k + 1 :]:
            theirs = numbers[other]
            x, y = _matrices(shelf, "cognate", [of.rows[ours], of.rows[theirs]])
            yield ours, theirs, x, y


def _matrices(shelf: Shelf, kind: str, groups: Sequence[Rows]) -> tuple[sparse.csr_matrix, sparse.csr_matrix]:
    """Rows of unit length over the features that all groups have, weighted by rarity in each group."""
    rare = []
    for group in groups:
        features, df = np.unique(shelf.read(f"{kind}s", group)[0], return_counts=True)
        n = len(group)
        kept = df <= max(20.0, min(0.2 * n, 1500.0))
        rare.append((features[kept], np.log((n + 1) / (df[kept] + 0.5)), df[kept]))
    shared, weight, df = rare[0]
    alone = df == 1  # a feature of one document alone makes it longer and brings it to no other
    if len(rare) == 2:
        shared, one, other = np.intersect1d(rare[0][0], rare[1][0], assume_unique=True, return_indices=True)
        weight = np.sqrt(np.maximum(rare[0][1][one], 0.0) * np.maximum(rare[1][1][other], 0.0))
        alone = np.zeros(len(shared), bool)
    weight = np.maximum(weight, 0.0)
    made = [
        sparse.vstack(
            [_matrix(shelf, kind, g[k : k + BLOCK], shared, weight, alone) for k in range(0, len(g), BLOCK)],
            format="csr",
        )
        for g in groups
    ]
    return made[0], made[-1]


def _matrix(
    shelf: Shelf, kind: str, group: Rows, shared: near.Hashes, weight: Cosines, alone: npt.NDArray[np.bool_]
) -> sparse.csr_matrix:
    """A row for each document: its heaviest terms, of unit length, without those that it has alone."""
    hashes, starts = shelf.read(f"{kind}s", group)
    values, _ = shelf.read(f"{kind}_weights", group)
    rows = np.repeat(np.arange(len(group)), np.diff(starts))
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
    x = sparse.csr_matrix(sparse.diags(1 / np.where(norm > 0, norm, 1)) @ x)
    if alone.any():
        kept = ~alone[x.indices]
        ends = np.concatenate([[0], np.cumsum(kept)])[x.indptr]
        x = sparse.csr_matrix((x.data[kept], x.indices[kept], ends), shape=x.shape)
    return x


def _strong(
    one: Rows, other: Rows, x: sparse.csr_matrix, y: sparse.csr_matrix, floor: float, n: int, block: int = 512
) -> tuple[Rows, Cosines]:
    """The best partners of every row of x among those of y, each pair as one number, and their cosine."""
    transposed = y.T.tocsr()
    codes, values = [np.empty(0, np.int64)], [np.empty(0)]
    for at in range(0, x.shape[0], block):
        product = (x[at : at + block] @ transposed).tocsr()
        keep = product.data >= floor
        r = np.repeat(np.arange(product.shape[0]), np.diff(product.indptr))[keep]
        j, v = product.indices[keep], product.data[keep]
        order = np.lexsort((j, -v, r))
        r, j, v = r[order], j[order], v[order]
        sizes = np.bincount(r, minlength=product.shape[0])
        best = np.arange(len(r)) - np.repeat(np.cumsum(sizes) - sizes, sizes) <= MAX_PARTNERS
        a, b = one[r[best] + at], other[j[best]]
        codes.append(np.minimum(a, b) * n + np.maximum(a, b))
        values.append(v[best])
        # a document is its own nearest: what is compared is the others
        codes[-1], values[-1] = codes[-1][a != b], values[-1][a != b]
    code, first = np.unique(np.concatenate(codes), return_index=True)
    return code, np.concatenate(values)[first]


def _by_minhash(shelf: Shelf, of: Found) -> Rows:
    bands, _ = shelf.read("bands", of.rows)
    pairs = near.meeting(bands.reshape(len(of.rows), near.N_BANDS))
    return pairs[:, 0] * len(of.rows) + pairs[:, 1]


def _by_shingles(shelf: Shelf, of: Found) -> Rows:
    """Pairs that share several of the shingles that few documents have."""
    hashes, holders = [np.empty(0, np.uint64)], [np.empty(0, np.int64)]
    for k in range(0, len(of.rows), BLOCK):
        part, starts = shelf.read("shingles", of.rows[k : k + BLOCK])
        kept = part % SAMPLE == 0
        hashes.append(part[kept])
        holders.append(np.repeat(np.arange(k, k + len(starts) - 1), np.diff(starts))[kept])
    n = len(of.rows)
    order, start, size = near.buckets(np.concatenate(hashes))
    flat, shared = np.unique(
        near.within(np.concatenate(holders)[order], start, size, n, MAX_HOLDERS), return_counts=True
    )
    return flat[shared >= LEAST_SHARED]
