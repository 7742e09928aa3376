"""Begin, inside, end, single: tags for the three roles of an attribution, and the best sequence of them.

The best sequence is found by the Viterbi algorithm over learned transitions (a linear-chain conditional random field,
Lafferty et al. 2001).
"""

from __future__ import annotations

import numpy as np

from leadline.extract.attribution.columns import Ints
from leadline.extract.attribution.network import Floats

SOURCE, CUE, CONTENT = 1, 2, 3
TAGS = 13
"""0 is "none"; role `r` has `4r-3` begin, `4r-2` inside, `4r-1` end, `4r` single."""
NEVER = np.float32(-1e4)


def role_of(tags: Ints) -> Ints:
    """0, SOURCE, CUE or CONTENT for each tag."""
    return (tags + 3) // 4


def encode(roles: Ints) -> Ints:
    """Tags for a sequence of roles: each run of one role begins and ends.

    >>> encode(np.array([0, 3, 3, 3, 2])).tolist()
    [0, 9, 10, 11, 8]
    """
    before = np.concatenate([[-1], roles[:-1]]) == roles
    after = np.concatenate([roles[1:], [-1]]) == roles
    part = np.where(before & after, 1, np.where(after, 0, np.where(before, 2, 3)))
    return np.where(roles > 0, 4 * roles - 3 + part, 0)


def allowed() -> tuple[Floats, Floats, Floats]:
    """What may follow what, begin and end: 0 where it may, a large negative number where not."""
    tags = np.arange(TAGS)
    part = np.where(tags > 0, (tags - 1) % 4, 3)
    opens, goes_on = np.isin(part, (0, 1)), np.isin(part, (1, 2))
    role = role_of(tags)
    same = role[:, None] == role[None, :]
    inside = opens[:, None] & goes_on[None, :] & same
    between = ~opens[:, None] & ~goes_on[None, :] & (~same | (role == 0)[:, None])
    follow = np.where(inside | between, np.float32(0), NEVER)
    return follow, np.where(goes_on, NEVER, np.float32(0)), np.where(opens, NEVER, np.float32(0))


def best_tags(scores: Floats, bounds: Ints, transitions: Floats) -> Ints:
    """The best tags of sequences laid end to end; sequence `k` is `scores[bounds[k]:bounds[k + 1]]`.

    All sequences are walked side by side, so the time goes with their total length.
    """
    follow, start, end = allowed()
    follow = follow + transitions
    lengths = np.diff(bounds)
    out = np.zeros(len(scores), dtype=np.int64)
    order = np.argsort(-lengths, kind="stable")
    order = order[lengths[order] > 0]
    if not len(order):
        return out
    first = bounds[order]
    longest = lengths[order]
    best = start + scores[first]
    came: list[Ints] = []
    for i in range(1, int(longest[0])):
        alive = int(np.searchsorted(-longest, -i, side="left"))
        steps = best[:alive, :, None] + follow
        best[:alive] = steps.max(axis=1) + scores[first[:alive] + i]
        came.append(steps.argmax(axis=1))
    tag = (best + end).argmax(axis=1)
    for i in range(int(longest[0]) - 1, -1, -1):
        alive = int(np.searchsorted(-longest, -i, side="left"))
        out[first[:alive] + i] = tag[:alive]
        if i:
            tag[:alive] = came[i - 1][np.arange(alive), tag[:alive]]
    return out
