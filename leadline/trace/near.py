"""Near-duplicates among very many texts: MinHash with banding [1], on arrays from the bytes on.

A text is words (letters and digits of any script, without case), its shingles are runs of four words. Their hashes are
made for a whole batch at once, `rensa` draws the MinHash digests, and texts whose digests agree in a band meet in a
bucket. A large bucket gives a star and a chain instead of all its pairs, so that a text that stands a million times costs
a million pairs and not half a million million.

[1] Broder 1997, doi:10.1109/SEQUEN.1997.666900
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from rensa import RMinHash

Hashes = npt.NDArray[np.uint64]
Digests = npt.NDArray[np.uint32]
Pairs = npt.NDArray[np.int64]

SHINGLE = 4
N_PERMUTATIONS = 64
N_BANDS = 16  # 16 bands of 4 rows: pairs from Jaccard .5 on are found with probability .64, from .6 on with .89
MAX_BUCKET = 40
"""All pairs of a bucket up to this size."""
BATCH_BYTES = 100_000
"""Bytes hashed at once: more than this leaves the processor's cache and is slower."""
_BASE = 0x9E3779B97F4A7C15
_SPACES = b"\xe2\x80\x80"


def shingles(texts: Sequence[str]) -> tuple[Hashes, npt.NDArray[np.int64]]:
    """Hashes of all shingles of some texts in one array, and where each text's begin (one more than texts).

    A text of fewer words than a shingle has is one shingle; one without words has none.

    >>> h, at = shingles(["Nobody crossed the river.", "nobody crossed THE river", ""])
    >>> at.tolist(), bool(h[0] == h[1])
    ([0, 1, 2, 2], True)
    """
    encoded = [t.lower().encode() + b"\n" for t in texts]
    buffer = np.frombuffer(b"".join(encoded) or b"\n", np.uint8)
    words, starts = _words(buffer)
    ends = np.cumsum([len(e) for e in encoded])
    first = np.concatenate([[0], np.searchsorted(starts, ends)])  # index of each text's first word
    n_words = np.diff(first)
    padded = np.concatenate([words, np.zeros(SHINGLE - 1, np.uint64)])
    rolled = padded[: len(words)].copy()
    for k in range(1, SHINGLE):
        rolled *= np.uint64(_BASE)
        rolled += padded[k : k + len(words)]
    counts = np.where(n_words >= SHINGLE, n_words - SHINGLE + 1, np.minimum(n_words, 1))
    at = np.concatenate([[0], np.cumsum(counts)])
    take = np.repeat(first[:-1] - at[:-1], counts) + np.arange(at[-1])
    short = np.flatnonzero((n_words > 0) & (n_words < SHINGLE))
    found = mixed(rolled[take])
    for i in short:  # the words of the next text must not count
        found[at[i]] = mixed(np.array([np.bitwise_xor.reduce(words[first[i] : first[i + 1]])], np.uint64))[0]
    return found, at


def _words(buffer: npt.NDArray[np.uint8]) -> tuple[Hashes, npt.NDArray[np.int64]]:
    """Hash of every word in a buffer that ends in a separator, and where it starts.

    A word's hash is a polynomial of its bytes; all are had from one running sum, since the base is odd and so has an
    inverse modulo 2**64.
    """
    values = _letters()[buffer]
    if np.any(buffer >= 0x80):  # punctuation beyond ASCII: U+00A0 to U+00BF and U+2000 to U+207F
        lead = np.flatnonzero((buffer[:-1] == 0xC2) & (buffer[1:] < 0xC0) & (buffer[1:] >= 0x80))
        values[lead] = values[lead + 1] = 0
        lead = np.flatnonzero((buffer[:-2] == 0xE2) & ((buffer[1:-1] == 0x80) | (buffer[1:-1] == 0x81)))
        values[lead] = values[lead + 1] = values[lead + 2] = 0
    inside = values != 0
    edges = np.flatnonzero(np.diff(inside, prepend=False))
    starts, ends = edges[::2], edges[1::2]
    powers, inverses = _powers(1 << max(17, len(buffer).bit_length()))
    sums = np.concatenate([np.zeros(1, np.uint64), np.cumsum(values * powers[: len(buffer)])])
    return mixed((sums[ends] - sums[starts]) * inverses[starts]), starts


@lru_cache(maxsize=4)
def _powers(n: int) -> tuple[Hashes, Hashes]:
    """The first `n` powers of the base and of its inverse, modulo 2**64."""
    made = []
    for base in (_BASE, pow(_BASE, -1, 2**64)):
        row = np.full(n, base, np.uint64)
        row[0] = 1
        made.append(np.cumprod(row))
    return made[0], made[1]


@lru_cache(maxsize=1)
def _letters() -> Hashes:
    """Value of each byte inside a word, zero for what separates words; bytes of other scripts are letters."""
    return np.array([b if b >= 0x80 or chr(b).isalnum() else 0 for b in range(256)], np.uint64)


def mixed(x: Hashes) -> Hashes:
    """Spread the bits of hashes (the finaliser of SplitMix64)."""
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return x ^ (x >> np.uint64(31))


def digest_of(hashes: Hashes, at: npt.NDArray[np.int64]) -> Digests:
    """MinHash digests of texts whose shingles lie in one array (see `shingles`), one row a text."""
    if len(hashes) == 0:
        return np.full((len(at) - 1, N_PERMUTATIONS), 0xFFFFFFFF, np.uint32)
    matrix = RMinHash.digest_matrix_from_flat_token_hashes(hashes, at.astype(np.uint64), N_PERMUTATIONS, 1)
    return np.array(matrix.to_rows(), np.uint32).reshape(len(at) - 1, N_PERMUTATIONS)


def digests(texts: Iterable[str]) -> Digests:
    """MinHash digests of texts, one row a text."""
    made, batch, size = [np.zeros((0, N_PERMUTATIONS), np.uint32)], [], 0
    for t in texts:
        batch.append(t)
        size += len(t)
        if size >= BATCH_BYTES:
            made.append(digest_of(*shingles(batch)))
            batch, size = [], 0
    if batch:
        made.append(digest_of(*shingles(batch)))
    return np.concatenate(made)


def bands(rows: Digests) -> Hashes:
    """One key for each band of each digest; all texts without words have the same: leave them out."""
    width = N_PERMUTATIONS // N_BANDS
    keys = np.zeros((len(rows), N_BANDS), np.uint64)
    for k in range(width):
        keys = mixed(keys * np.uint64(_BASE) + rows[:, k::width][:, :N_BANDS].astype(np.uint64))
    return keys


def meeting(keys: Hashes) -> Pairs:
    """Pairs of rows that share a key in one column, smaller row first, sorted: two columns of indices."""
    n = len(keys)
    found = [np.unique(_pairs_of(keys[:, column], n)) for column in range(keys.shape[1])]
    flat = np.unique(np.concatenate(found))
    return np.stack([flat // max(1, n), flat % max(1, n)], axis=1)


def _pairs_of(key: Hashes, n: int) -> Pairs:
    """Pairs of rows with equal keys, each as one number; all of a small bucket, star and chain of a large one."""
    order, start, size = buckets(key)
    made = [within(order, start, size, n, MAX_BUCKET)]
    for at, many in zip(start[size > MAX_BUCKET].tolist(), size[size > MAX_BUCKET].tolist(), strict=True):
        members = order[at : at + many]
        made += [members[0] * n + members[1:], members[:-1] * n + members[1:]]
    return np.concatenate(made)


def buckets(key: Hashes) -> tuple[Pairs, Pairs, Pairs]:
    """Indices in order of their keys, and where each run of one key starts there and how long it is."""
    order = np.argsort(key, kind="stable")
    ranked = key[order]
    start = np.flatnonzero(np.concatenate([np.ones(min(1, len(key)), bool), ranked[1:] != ranked[:-1]]))
    return order, start, np.diff(np.concatenate([start, [len(key)]]))


def within(members: Pairs, start: Pairs, size: Pairs, n: int, limit: int) -> Pairs:
    """All pairs inside the groups of at most `limit` members, each as one number: first times `n` plus second."""
    made = [np.zeros(0, np.int64)]
    for step in range(1, int(size[size <= limit].max(initial=1))):
        some = (size > step) & (size <= limit)
        counts = size[some] - step
        inner = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
        at = np.repeat(start[some], counts) + inner
        made.append(members[at] * n + members[at + step])
    return np.concatenate(made)


def agreement(rows: Digests, pairs: Pairs) -> npt.NDArray[np.float64]:
    """Estimated Jaccard similarity of pairs of rows."""
    share = np.empty(len(pairs))
    for at in range(0, len(pairs), 1 << 16):
        part = pairs[at : at + (1 << 16)]
        share[at : at + len(part)] = (rows[part[:, 0]] == rows[part[:, 1]]).mean(axis=1)
    return share
