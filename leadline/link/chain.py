"""A Markov chain over partitions: Gibbs moves of single nodes, and splits and merges of whole clusters.

Splits are allocated sequentially and accepted by Metropolis and Hastings (Dahl, Newcomb 2022,
doi:10.1080/00949655.2021.1998502). The loops are plain Python that numba compiles where it is there; chance comes in as an
array of uniform numbers, so that both give the same draws.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np

from leadline.compiled import jit

BURN_IN = 20
THIN = 2


def chain(w: np.ndarray, draws: int, rng: np.random.Generator, *, compiled: bool = True) -> np.ndarray:
    """Draws of cluster labels (draws x nodes) for a symmetric matrix of log odds; the diagonal is not read."""
    n = len(w)
    z = np.arange(n)
    room = (np.zeros(n), np.arange(n), np.zeros(n, dtype=np.int64), np.ones(n, dtype=np.int64))
    out = np.empty((draws, n), dtype=np.int64)
    moves = _compiled() if compiled else (gibbs, split_merge)
    for step in range(BURN_IN + draws * THIN):
        moves[0](w, z, *room, rng.random(2 * n))
        for _ in range(max(1, n // 4)):
            moves[1](w, z, *room, rng.random(2 * n + 3))
        if step >= BURN_IN and (step - BURN_IN) % THIN == THIN - 1:
            out[(step - BURN_IN) // THIN] = z
    return out


@cache
def _compiled() -> tuple[Callable[..., Any], Callable[..., Any]]:
    return jit(gibbs), jit(split_merge)


def gibbs(
    w: np.ndarray,
    z: np.ndarray,
    gain: np.ndarray,
    order: np.ndarray,
    side: np.ndarray,  # noqa: ARG001 - both moves share their room
    size: np.ndarray,
    u: np.ndarray,
) -> None:
    """Move every node once, in random order, to a cluster or to one of its own, in proportion to the target.

    `z` holds the labels, `size` the nodes of each label; both are changed. `gain` and `order` are room to work in.
    """
    n = len(z)
    for k in range(n - 1, 0, -1):
        j = int(u[k] * (k + 1))
        order[k], order[j] = order[j], order[k]
    for step in range(n):
        i = order[step]
        size[z[i]] -= 1
        for k in range(n):
            gain[k] = 0.0
        for m in range(n):
            if m != i:
                gain[z[m]] += w[i, m]
        new, top = -1, 0.0
        for k in range(n):
            if size[k] > 0:
                top = max(top, gain[k])
            elif new < 0:
                new = k
        total = 0.0
        for k in range(n):
            if size[k] > 0 or k == new:
                gain[k] = math.exp(max(gain[k] - top, -700.0)) if size[k] > 0 else math.exp(max(-top, -700.0))
                total += gain[k]
            else:
                gain[k] = 0.0
        left = u[n + step] * total
        chosen = new
        for k in range(n):
            if gain[k] > 0.0:
                left -= gain[k]
                chosen = k
                if left < 0.0:
                    break
        z[i] = chosen
        size[chosen] += 1


def split_merge(
    w: np.ndarray,
    z: np.ndarray,
    gain: np.ndarray,  # noqa: ARG001 - both moves share their room
    order: np.ndarray,
    side: np.ndarray,
    size: np.ndarray,
    u: np.ndarray,
) -> None:
    """Propose to split the cluster of two random nodes, or to merge their two clusters.

    The members are walked in random order and allocated to either node's side; a merge walks the way the split would have gone.
    """
    n = len(z)
    i = int(u[0] * n)
    j = int(u[1] * (n - 1))
    if j >= i:
        j += 1
    together = z[i] == z[j]
    count = 0
    for m in range(n):
        if m not in (i, j) and (z[m] == z[i] or z[m] == z[j]):
            order[count] = m
            count += 1
    for k in range(count - 1, 0, -1):
        other = int(u[3 + k] * (k + 1))
        order[k], order[other] = order[other], order[k]
    side[i], side[j] = 0, 1
    log_q, between = 0.0, w[i, j]
    for q in range(count):
        k = order[q]
        to_i, to_j = w[k, i], w[k, j]
        for p in range(q):
            if side[order[p]] == 0:
                to_i += w[k, order[p]]
            else:
                to_j += w[k, order[p]]
        p_i = 1.0 / (1.0 + math.exp(min(max(to_j - to_i, -700.0), 700.0)))
        goes = u[3 + n + q] < p_i if together else z[k] == z[i]
        side[k] = 0 if goes else 1
        log_q += math.log(max(p_i if goes else 1.0 - p_i, 1e-300))
        between += to_j if goes else to_i
    # split: target falls by `between`, proposal had probability exp(log_q); merge is the reverse
    accept = -between - log_q if together else between + log_q
    moved = math.log(max(u[2], 1e-300)) < accept
    if moved:
        target = z[i]
        if together:
            target = 0
            while size[target] > 0:
                target += 1
        was = z[j]
        for q in range(count):
            if side[order[q]] == 1:
                z[order[q]] = target
                size[was] -= 1
                size[target] += 1
        z[j] = target
        size[was] -= 1
        size[target] += 1
    for k in range(n):
        order[k] = k
