"""All candidate pairs of a heap compared: relations, and the claims that travel with the text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import reverse_cuthill_mckee

from leadline.progress import Progress
from leadline.schema import Claim, Relation
from leadline.trace import glance, reuse
from leadline.trace.carried import passages
from leadline.trace.heap import Orphan, Passage
from leadline.trace.kinds import Nature, may_be_related, may_be_retold, may_share_text, relate
from leadline.trace.shelf import Rows, Shelf
from leadline.trace.spool import Spool


def compare(
    shelf: Shelf,
    spool: Spool,
    natures: Mapping[str, Nature],
    claims: Mapping[str, Sequence[Claim]],
    progress: Progress,
) -> tuple[list[Relation], list[Passage], list[Orphan]]:
    """Compare all candidate pairs; a text that stands many times is compared once and its copies with it."""
    pairs = plausible(shelf, reuse.candidates(shelf), natures)
    copies = np.array([(group[0], other) for group in shelf.groups() for other in group[1:]], np.int64).reshape(-1, 2)
    left, right = np.concatenate([pairs.left, copies[:, 0]]), np.concatenate([pairs.right, copies[:, 1]])
    cosine = np.concatenate([pairs.cosine, np.ones(len(copies))])
    progress.begin("Comparing documents", len(left))
    relations: list[Relation] = []
    carried: list[Passage] = []
    orphans: list[Orphan] = []
    for k in neighbours(left, right).tolist():
        one, other = shelf.documents[left[k]], shelf.documents[right[k]]
        both = natures[one], natures[other]
        across = both[0].language != both[1].language
        a = spool.alignment(one, other, across_languages=across)
        this, _, text = spool.prepared(one, across_languages=across)
        that, _, _ = spool.prepared(other, across_languages=across)
        r = relate(this, that, text, a, both, round(float(cosine[k]), 6))
        if r is not None:
            relations.append(r)
            told = (claims.get(one, ()), claims.get(other, ()))
            joined, lost = passages(r, a.partners, (this, that), told)
            carried += joined
            orphans += lost
        progress.advance()
    return relations, carried, orphans


def plausible(shelf: Shelf, pairs: reuse.Pairs, natures: Mapping[str, Nature]) -> reuse.Pairs:
    """The pairs that share enough names and numbers, or enough words in a row, for anything to be found between them.

    Most candidates are look-alikes, which share a few names and a turn of phrase; this is known without reading them.
    """
    kept = []
    rows, language = np.array(shelf.row, np.int64), np.array([natures[d].language or "" for d in shelf.documents])
    n_anchors, odd = np.diff(shelf.read("anchors", np.arange(len(shelf.n_words)))[1]), np.array(shelf.odd, bool)
    for k in range(0, len(pairs.left), glance.BLOCK):
        part = slice(k, k + glance.BLOCK)
        left, right = pairs.left[part], pairs.right[part]
        shared = glance.in_common(shelf, "anchors", left, right)
        fewest = np.minimum(n_anchors[rows[left]], n_anchors[rows[right]])
        across = (language[left] != language[right]) & (language[left] != "") & (language[right] != "")
        open_ = may_be_related(shared, fewest, np.round(pairs.cosine[part], 6), across)
        told = np.flatnonzero(open_ & (language[left] == language[right]))
        open_[told] = may_be_retold(*glance.retold(shelf, left[told], right[told]))
        rest = np.flatnonzero(~open_ & ~across)
        open_[rest] = _may_share_text(shelf, left[rest], right[rest]) | odd[rows[left[rest]]] | odd[rows[right[rest]]]
        kept.append(k + np.flatnonzero(open_))
    chosen = np.concatenate([np.empty(0, np.int64), *kept])
    return reuse.Pairs(pairs.left[chosen], pairs.right[chosen], pairs.cosine[chosen])


def _may_share_text(shelf: Shelf, left: Rows, right: Rows) -> npt.NDArray[np.bool_]:
    """Which pairs can have words in a row; what the left shows is looked at first."""
    longest, share = glance.stretches(shelf, left, right)
    open_ = may_share_text(longest, share, share)
    more = np.flatnonzero(~open_ & may_share_text(longest, share, np.ones(len(left))))
    open_[more] = may_share_text(longest[more], share[more], glance.stretches(shelf, right[more], left[more])[1])
    return open_


def neighbours(left: Rows, right: Rows) -> Rows:
    """An order of pairs in which documents that are compared with each other come close together.

    >>> neighbours(np.array([0, 1, 0]), np.array([9, 8, 2])).tolist()
    [0, 2, 1]
    """
    if not len(left):
        return np.empty(0, np.int64)
    names, numbers = np.unique(np.concatenate([left, right]), return_inverse=True)
    i, j = numbers[: len(left)], numbers[len(left) :]
    graph = coo_matrix((np.ones(len(i), np.int8), (i, j)), shape=(len(names), len(names)))
    rank = np.empty(len(names), np.int64)
    rank[reverse_cuthill_mckee((graph + graph.T).tocsr(), symmetric_mode=True)] = np.arange(len(names))
    return np.lexsort((np.minimum(rank[i], rank[j]), np.maximum(rank[i], rank[j])))
