"""Who shares something rare: holders of keys, in groups, and of large groups the few pairs that are worth a look."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from leadline.trace import near
from leadline.trace.shelf import Column, Rows, ranges

N_RAREST = 24
"""Stems and runs of an origin that are followed to others which have them."""
MAX_HOLDERS = 200
"""Sets of origins among which a key still tells something."""
ALL_PAIRS = 60
"""Origins that share a key of which all pairs are compared; of more, each with its `NEIGHBOURS` by date of publication."""
NEIGHBOURS = 12
N_OF_A_SET = 4
"""Origins already joined that stand for their set where a key is shared."""
BLOCK = 1 << 17
"""Groups that are looked at together."""


def rarest(column: Column, named: Rows) -> tuple[near.Hashes, Rows]:
    """Of every origin its rarest keys that others have too, and who holds them: by origin."""
    values, starts = column.read(named)
    holder = np.repeat(np.arange(len(named)), np.diff(starts))
    order, _, size = near.buckets(values)
    often = np.empty(len(values), np.int64)
    often[order] = np.repeat(size, size)
    shared = often > 1
    values, holder, often = values[shared], holder[shared], often[shared]
    order = np.lexsort((values, often, holder))
    values, holder = values[order], holder[order]
    sizes = np.bincount(holder, minlength=len(named))
    few = np.arange(len(holder)) - np.repeat(np.cumsum(sizes) - sizes, sizes) < N_RAREST
    return values[few], holder[few]


def groups(values: near.Hashes, holders: Rows, leader: Rows) -> Iterator[tuple[Rows, Rows, Rows]]:
    """Origins that share a key, the same ones once: members, and where each group begins and how large it is, some groups at a time."""
    order = np.lexsort((holders, values))
    values, holders = values[order], holders[order]
    start = np.flatnonzero(np.concatenate([np.ones(min(1, len(values)), bool), values[1:] != values[:-1]]))
    if not len(start):
        return
    size = np.diff(np.concatenate([start, [len(values)]]))
    of = leader[holders]
    # what copies share they share many times over: one look at the same origins is enough
    _, once = np.unique(np.add.reduceat(near.mixed(holders.astype(np.uint64)), start), return_index=True)
    several = np.minimum.reduceat(of, start) != np.maximum.reduceat(of, start)
    chosen = np.sort(once)
    chosen = chosen[several[chosen]]
    for k in range(0, len(chosen), BLOCK):
        part = chosen[k : k + BLOCK]
        sizes = size[part]
        yield holders[ranges(start[part], sizes)], np.cumsum(sizes) - sizes, sizes


def few(members: Rows, start: Rows, size: Rows, leader: Rows, first: Rows) -> tuple[Rows, Rows, Rows]:
    """Of each group a few of every set already joined; of large groups in order of publication; none where nothing is told by it."""
    group = np.repeat(np.arange(len(start)), size)
    order = np.lexsort((members, leader[members], group))
    g, m = group[order], members[order]
    head = np.concatenate([[True], (g[1:] != g[:-1]) | (leader[m][1:] != leader[m][:-1])])
    begin = np.flatnonzero(head)
    rank = np.arange(len(m)) - np.repeat(begin, np.diff(np.concatenate([begin, [len(m)]])))
    # a word that a body uses all the time tells nothing
    tells = np.bincount(g[head], minlength=len(start)) <= MAX_HOLDERS
    kept = (rank < N_OF_A_SET) & tells[g]
    g, m = g[kept], m[kept]
    sizes = np.bincount(g, minlength=len(start))
    large = sizes[g] > ALL_PAIRS
    order = np.lexsort((m, np.where(large, first[m], 0), g))
    sizes = sizes[sizes > 0]
    return m[order], np.cumsum(sizes) - sizes, sizes


def within(members: Rows, start: Rows, size: Rows) -> tuple[Rows, Rows]:
    """Pairs in each group: all of a small one, of a large one those close together."""
    one, other = [np.empty(0, np.int64)], [np.empty(0, np.int64)]
    reach = np.where(size > ALL_PAIRS, NEIGHBOURS, size - 1)
    for step in range(1, int(reach.max(initial=0)) + 1):
        some = reach >= step
        counts = size[some] - step
        at = ranges(start[some], counts)
        one.append(members[at])
        other.append(members[at + step])
    return np.concatenate(one), np.concatenate(other)
