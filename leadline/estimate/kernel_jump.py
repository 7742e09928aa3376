# mypy: disable-error-code=no-any-return
"""Jumps between rooms of the latent-class posterior, with labels and unseen number integrated out.

A jump takes the state to be in one of the rooms (`kernel_rooms`), with the probability that their normal distributions give
it, and carries it to another room, any with equal probability, by the affine map between the two distributions; every other
class and the concentration stay. Where the other room has more classes, empty ones are taken and what the map lacks is
drawn; where it has fewer, those left over are emptied: rates anywhere, next to nothing of the records, and another place in
the order of sticks, for an early one is never empty. The same step leads back, so the chance of acceptance is the ratio of
the densities, of the determinants, of what was drawn and of the probabilities of the rooms, wherever the state is. After
Pompe, Holmes & Latuszynski (2020), doi:10.1214/19-AOS1916, but rooms are fixed before any draw counts, and they may differ
in dimension (Green 1995, doi:10.1093/biomet/82.4.711). A jump holds at any power of the likelihood.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from leadline.compiled import jit
from leadline.estimate.kernel_moves import log_add, pick, weight_density
from leadline.estimate.kernel_rooms import HALF_LOG_TAU, assign, locate, log_emptied, log_slope, nearness, place, rate

EDGE = 1e-5  # cube root of the smallest rate, or complement of one, that a jump deals with
FURTHER = 0.7  # chance that a class that gets records is put behind one more class in the order of sticks


@jit
def log_front(at: int, K: int) -> float:
    """Log probability of a place in the order of sticks for a class that gets records: rather one of the first."""
    return at * math.log(FURTHER) + (math.log(1.0 - FURTHER) if at < K - 1 else 0.0)


@jit
def put(k: int, new: int, order: Any) -> int:
    """Move class k to another place in the order of sticks, those between move up; returns its old place."""
    old = 0
    while order[old] != k:
        old += 1
    step = 1 if new > old else -1
    for i in range(old, new, step):
        order[i] = order[i + step]
    order[new] = k
    return old


@jit
def reorder(row: Any, order: Any, scratch: Any) -> None:
    """Bring the classes of one row into another order."""
    for k in range(len(order)):
        scratch[k] = row[order[k]]
    for k in range(len(order)):
        row[k] = scratch[k]


@jit
def take_empty(K: int, first: int, size: int, above: int, shares: Any, w: Any) -> float:
    """Give the classes from `first` to `size` of w.at to classes without a room, and draw w.u up to `above`; w.u before
    `first` stays. Returns the log ratio of emptying them again to this, -inf where they cannot have been emptied.
    """
    left = 0
    for k in range(K):
        mine = False
        for i in range(first):
            mine = mine or w.at[i] == k
        if not mine:
            w.free[left] = k
            left += 1
    ratio = 0.0
    for i in range(first, size):
        chosen = min(int(left * np.random.random()), left - 1)  # noqa: NPY002
        ratio += math.log(left)
        left -= 1
        w.at[i] = w.free[chosen]
        w.free[chosen] = w.free[left]
        ratio += w.slope[w.at[i]]
        new = 0
        while new < K - 1 and np.random.random() < FURTHER:  # noqa: NPY002
            new += 1
        ratio -= log_front(new, K) + math.log(K)
        put(w.at[i], new, w.order)
    for i in range(first, size):
        others = shares[w.at[0]]
        for h in range(1, size):
            if h < first or h > i:
                others = log_add(others, shares[w.at[h]])
        if not shares[w.at[i]] < others:
            return -np.inf
        ratio += log_emptied(shares[w.at[i]] - others)
    for d in range(first * above, size * above):
        w.u[d - 1] = np.random.standard_normal()  # noqa: NPY002
        ratio += 0.5 * w.u[d - 1] ** 2 + HALF_LOG_TAU
    return ratio


@jit
def draw_empty(K: int, first: int, size: int, above: int, both: float, w: Any) -> tuple[float, float]:
    """Empty the classes from `first` to `size` of w.at: rates anywhere, next to nothing of the records that they share.

    Returns the log ratio of taking them again to this, and the log share that is left to the classes before them.
    """
    J = len(w.new_lam)
    ratio = 0.0
    for i in range(first, size):
        x = -math.exp(2.7 + np.random.standard_normal())  # noqa: NPY002
        ratio -= log_emptied(x) + math.log(K - i)
        grown = math.log1p(math.exp(x))
        w.new_shares[w.at[i]] = both + x - grown
        both -= grown
        for j in range(J):
            u = min(max(np.random.random(), 1e-16), 1.0 - 1e-16)  # noqa: NPY002
            w.new_lam[j, i] = math.log(u)
            w.new_rest[j, i] = math.log1p(-u)
            ratio -= log_slope(w.new_lam[j, i], w.new_rest[j, i])
    for i in range(size - 1, first - 1, -1):
        old = put(w.at[i], min(int(K * np.random.random()), K - 1), w.order)  # noqa: NPY002
        ratio += log_front(old, K) + math.log(K)
    for d in range(first * above, size * above):
        ratio -= 0.5 * w.u[d - 1] ** 2 + HALF_LOG_TAU
    return ratio, both


@jit
def carry(there: int, both: float, rooms: Any, w: Any) -> bool:
    """Put the classes of room `there` where the map leads, sharing exp(both) of the records; False beyond the range."""
    J = len(w.new_lam)
    at = 0
    total = 0.0
    for i in range(rooms.size[there]):
        for j in range(J + (i > 0)):
            x = rooms.mean[there, at]
            for e in range(at + 1):
                x += rooms.root[there, at, e] * w.u[e]
            at += 1
            if j == J:
                w.new_shares[w.at[i]] = x
                total = log_add(total, x)
                continue
            if not -1.0 < x < 1.0:
                return False
            a, b = rate(x)
            if not (a > EDGE and b > EDGE):
                return False
            w.new_lam[j, i] = 3.0 * math.log(a)
            w.new_rest[j, i] = 3.0 * math.log(b)
    for i in range(rooms.size[there]):
        w.new_shares[w.at[i]] = both - total + (w.new_shares[w.at[i]] if i > 0 else 0.0)
    return True


@jit
def jump(
    lam: Any, rest: Any, nu: Any, alpha: float, f: Any, starts: Any, members: Any, joint: Any, log_p: Any, shares: Any,
    places: Any, rooms: Any, w: Any, births: Any, tally: Any,
) -> None:  # fmt: skip
    """Try one jump in place. Comes and ends with `joint` (M, K), `log_p` (M) and log `shares` (K) given seen.

    `tally` (2, 2): all jumps, and those to another room; tried and accepted.
    """
    J, K = lam.shape
    M = len(f)
    T = len(rooms.log_det)
    tally[0, 0] += 1.0
    for k in range(K):
        base = 0.0
        w.slope[k] = 0.0
        for j in range(J):
            places[j, k] = place(lam[j, k], rest[j, k])
            w.slope[k] += log_slope(lam[j, k], rest[j, k])
            base += rest[j, k]
        q = -math.expm1(base)
        if q <= 0.0:
            return
        w.old_weights[k] = shares[k] - math.log(q)
        w.new_weights[k] = w.old_weights[k]
        w.new_shares[k] = shares[k]
        w.order[k] = k
    locate(places, shares, rooms, w)
    here = pick(w.near, T)
    there = min(int((T - 1) * np.random.random()), T - 2)  # noqa: NPY002
    if there >= here:
        there += 1
    crossing = rooms.room[here] != rooms.room[there]
    tally[1, 0] += crossing
    ratio = rooms.log_det[there] - rooms.log_det[here] - w.near[here]
    nearness(places, shares, here, rooms, w, w.at)
    before, after = rooms.size[here], rooms.size[there]
    most = max(before, after)
    for i in range(before):
        for j in range(J):
            if lam[j, w.at[i]] < 3.0 * math.log(EDGE) or rest[j, w.at[i]] < 3.0 * math.log(EDGE):
                return
    if after > before:
        ratio += take_empty(K, before, after, J + 1, shares, w)
        if not ratio > -np.inf:
            return
    both = shares[w.at[0]]
    for i in range(1, most):
        both = log_add(both, shares[w.at[i]])
    left = both
    if after < before:
        more, left = draw_empty(K, after, before, J + 1, both, w)
        ratio += more
    if not carry(there, left, rooms, w):
        return
    for i in range(most):
        k = w.at[i]
        ratio += w.new_shares[k] - shares[k] - w.slope[k]
        w.slope[k] = 0.0
        base = 0.0
        for j in range(J):
            places[j, k] = place(w.new_lam[j, i], w.new_rest[j, i])
            w.slope[k] += log_slope(w.new_lam[j, i], w.new_rest[j, i])
            base += w.new_rest[j, i]
        ratio += w.slope[k]
        q = -math.expm1(base)
        if q <= 0.0:
            return
        w.new_weights[k] = w.new_shares[k] - math.log(q)
        ratio += w.new_weights[k] - w.new_shares[k] - w.old_weights[k] + shares[k]
        front = w.new_weights[k] + base
        front = math.exp(front) if front > -700.0 else 0.0
        for c in range(M):
            h = front
            for j in range(starts[c], starts[c + 1]):
                h *= math.exp(w.new_lam[members[j], i] - w.new_rest[members[j], i])
            w.joint[c, i] = h
    locate(places, w.new_shares, rooms, w)
    ratio += w.near[there]
    assign(places, w.new_shares, there, rooms, w.again)
    for i in range(after):
        if w.again[i] != w.at[i]:
            return
    for c in range(M):
        p = 0.0
        for k in range(K):
            mine = False
            for i in range(most):
                mine = mine or w.at[i] == k
            if not mine:
                p += joint[c, k]
        for i in range(most):
            p += w.joint[c, i]
        births.new_p[c] = p
        if f[c] > 0.0:
            if p <= 0.0:
                return
            ratio += f[c] * (math.log(p) - log_p[c])
    for k in range(K):
        births.new_weights[k] = w.new_weights[w.order[k]]
    ratio -= weight_density(w.old_weights, alpha, K, K, births.scratch, births.scratch)
    ratio += weight_density(births.new_weights, alpha, K, K, births.scratch, births.scratch)
    if not math.log(1.0 - np.random.random()) < ratio:  # noqa: NPY002
        return
    tally[0, 1] += 1.0
    tally[1, 1] += crossing
    for i in range(most):
        k = w.at[i]
        for j in range(J):
            lam[j, k] = w.new_lam[j, i]
            rest[j, k] = w.new_rest[j, i]
        for c in range(M):
            joint[c, k] = w.joint[c, i]
    whole = births.scratch[0]
    for k in range(K):
        nu[k] = births.new_weights[k] - whole
        shares[k] = w.new_shares[w.order[k]]
    if before != after:
        for j in range(J):
            reorder(lam[j], w.order, births.scratch)
            reorder(rest[j], w.order, births.scratch)
        for c in range(M):
            reorder(joint[c], w.order, births.scratch)
    for c in range(M):
        log_p[c] = math.log(max(births.new_p[c], 1e-300))
