"""What two documents can at most have in common, from their columns alone: most candidates are dropped before a text is read."""

from __future__ import annotations

import itertools

import msgspec
import numpy as np
import numpy.typing as npt
from scipy import sparse

from leadline.trace import near
from leadline.trace.alignment import LEAST_MASS, LEAST_OWN, RUN, SAME_SENTENCE
from leadline.trace.shelf import Rows, Shelf, ranges
from leadline.trace.sketch import HEAVY, OUTSIDE, PART

BLOCK = 1 << 16
"""Pairs that are worked on at once."""
ENTRIES = 1 << 21
"""Features of sentences that are worked on at once."""
MOST_SHARED = 1 << 25
"""Pairs of sentences with a feature in common that are worked on at once."""
ROUNDING = 1e-6
Shares = npt.NDArray[np.float64]


def in_common(shelf: Shelf, column: str, left: Rows, right: Rows) -> Rows:
    """For pairs of documents, by number, how many hashes of a column both have."""
    rows, back = np.unique(np.frombuffer(shelf.row, np.int64)[np.concatenate([left, right])], return_inverse=True)
    values, starts = shelf.read(column, rows)
    # column numbers of a matrix, which must be positive and rise within a row
    ids = (values >> np.uint64(2)).astype(np.int64)
    again = np.concatenate([[False], ids[1:] == ids[:-1]])[: len(ids)]
    again[starts[:-1][np.diff(starts) > 0]] = False
    starts = np.concatenate([[0], np.cumsum(~again)])[starts]
    held = sparse.csr_matrix((np.ones(starts[-1], np.int8), ids[~again], starts), shape=(len(rows), 1 << 62))
    counts = [np.empty(0, np.int64)]
    for k in range(0, len(left), BLOCK):
        a, b = back[: len(left)][k : k + BLOCK], back[len(left) :][k : k + BLOCK]
        counts.append(np.diff(held[a].multiply(held[b]).tocsr().indptr))
    return np.concatenate(counts)


def stretches(shelf: Shelf, left: Rows, right: Rows) -> tuple[Rows, Shares]:
    """For pairs of documents what runs of five words of the right make up at most in the left, as `alignment` counts it.

    The longest stretch in words outside quotation marks, and the share of these words (of all, where nearly everything is quoted).
    """
    longest, share = np.zeros(len(left), np.int64), np.zeros(len(left))
    rows = np.frombuffer(shelf.row, np.int64)
    ours, i = np.unique(rows[left], return_inverse=True)
    theirs, j = np.unique(rows[right], return_inverse=True)
    (told, start), (known, at) = shelf.read("sequence", ours), shelf.read("shingles", theirs)
    marks, first_word = shelf.read("spoken", ours)
    for k, (a, b) in enumerate(zip(i.tolist(), j.tolist(), strict=True)):
        mine, other = told[start[a] : start[a + 1]], known[at[b] : at[b + 1]]
        if len(mine) < 2 or not len(other):
            continue
        same = other[np.minimum(np.searchsorted(other, mine), len(other) - 1)] == mine
        run = np.flatnonzero(same[:-1] & same[1:])  # two shingles of four words in a row are a run of five
        if not len(run):
            continue
        breaks = np.flatnonzero(np.diff(run) > RUN)
        first, last = run[np.concatenate([[0], breaks + 1])], run[np.concatenate([breaks, [-1]])] + RUN
        of = marks[first_word[a] : first_word[a + 1]]
        own, words = (np.concatenate([[0], np.cumsum(of == OUTSIDE)]), np.concatenate([[0], np.cumsum(of != PART)]))
        longest[k] = (own[last] - own[first]).max()
        counted = own if own[-1] >= LEAST_OWN * words[-1] else words
        share[k] = (counted[last] - counted[first]).sum() / max(1, counted[-1])
    return longest, share


def retold(shelf: Shelf, left: Rows, right: Rows) -> tuple[Shares, Shares, Rows]:
    """For pairs of documents in one language the share of the words of each in sentences for which the other has a partner.

    And how many sentences these are in the document that has fewer of them: as `alignment` finds partners, whatever the order they
    come in. A pair with too much in common to look at from here has everything.
    """
    rows = np.frombuffer(shelf.row, np.int64)
    names, back = np.unique(np.concatenate([rows[left], rows[right]]), return_inverse=True)
    (features, at), (sentences, _), (lengths, first) = (
        shelf.read(c, names) for c in ("features", "sentences", "lengths")
    )
    held, numbered = np.diff(at), np.diff(first)
    sides = (back[: len(left)], back[len(left) :])
    shares, fewest = np.ones((2, len(left))), np.full(len(left), np.iinfo(np.int64).max)
    ends = np.searchsorted(np.cumsum(held[sides[0]] + held[sides[1]]), np.arange(ENTRIES, held[back].sum(), ENTRIES))
    bounds = np.unique(np.concatenate([[0], ends, [len(left)]])).tolist()
    for a, b in itertools.pairwise(bounds):
        entries = []
        for of in sides:
            n, some = held[of[a:b]], ranges(at[of[a:b]], held[of[a:b]])
            pair = np.repeat(np.arange(b - a), n)
            counts = numbered[of[a:b]]
            hashes, sentence = features[some], (np.cumsum(counts) - counts)[pair] + sentences[some]
            entries.append(_Entries(pair, hashes, sentence, counts))
        told = _partnered(*entries)
        if told is None:
            continue
        found = []
        for of, side, heard, share in zip(sides, entries, told, shares, strict=True):
            words = lengths[ranges(first[of[a:b]], side.counts)]
            owner = np.repeat(np.arange(b - a), side.counts)
            total = np.bincount(owner, words, b - a)
            share[a:b] = np.bincount(owner, words * heard, b - a) / np.maximum(1, total)
            found.append(np.bincount(owner, heard, b - a).astype(np.int64))
        fewest[a:b] = np.minimum(*found)
    return shares[0], shares[1], fewest


class _Entries(msgspec.Struct, frozen=True):
    """The features of one text of each of some pairs, in order of pair and hash."""

    pair: Rows
    hashes: near.Hashes
    sentence: Rows
    """sentences of all these texts are numbered through"""
    counts: Rows
    """sentences of each text"""

    @property
    def key(self) -> near.Hashes:
        """The same for the same feature in the same pair, rising."""
        return (self.pair.astype(np.uint64) << np.uint64(42)) | (self.hashes >> np.uint64(22))


def _partnered(left: _Entries, right: _Entries) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]] | None:
    """Which sentences on each side have a partner on the other; None where that is too much to look at.

    The arithmetic of `alignment`: what several sentences of the right share tells less, and a sentence may be split or merged.
    """
    ours, theirs = left.key, right.key
    low, high = np.searchsorted(theirs, ours, "left"), np.searchsorted(theirs, ours, "right")
    shared = high - low
    if shared.sum() > MOST_SHARED:
        return None
    n = (left.counts + right.counts).astype(np.float64)
    edge = np.flatnonzero(np.concatenate([[True], theirs[1:] != theirs[:-1]]))[: len(theirs)]
    size = np.diff(np.concatenate([edge, [len(theirs)]]))
    weights = [
        (1.0 + (side.hashes & HEAVY).astype(np.float64)) / (1.0 + 4.0 * np.maximum(often - 1, 0) / n[side.pair])
        for side, often in ((left, shared), (right, np.repeat(size, size)))
    ]
    mass = [np.bincount(side.sentence, w, side.counts.sum()) for side, w in zip((left, right), weights, strict=True)]
    i = np.repeat(left.sentence, shared)
    j = right.sentence[ranges(low, shared)]
    order = np.lexsort((j, i))
    i, j, w = i[order], j[order], np.repeat(weights[0], shared)[order]
    start = np.flatnonzero(np.concatenate([[True], (i[1:] != i[:-1]) | (j[1:] != j[:-1])]))[: len(i)]
    i, j, overlap = i[start], j[start], np.add.reduceat(w, start) if len(w) else w
    smaller, larger = np.minimum(mass[0][i], mass[1][j]), np.maximum(mass[0][i], mass[1][j])
    value = overlap / (smaller + larger) + 0.5 * overlap / np.maximum(smaller, 0.5 * larger)
    close = (smaller >= LEAST_MASS - ROUNDING) & (value >= SAME_SENTENCE - ROUNDING)
    heard = np.zeros(len(mass[0]), bool), np.zeros(len(mass[1]), bool)
    heard[0][i[close]] = True
    heard[1][j[close]] = True
    return heard
