# mypy: disable-error-code=no-any-return
"""Jumps between rooms of the latent-class posterior, with labels and unseen number integrated out.

A room is a region that a chain leaves rarely. What scouts saw is kept as centre and covariance of a room's largest classes:
log odds of their rates, and how they share the seen records. A jump takes the state to be in one of the rooms, with the
probability that their normal distributions give it, and carries it to another room, any with equal probability, by the
affine map between the two distributions; every other class and the concentration stay. The same step leads back, so the
chance of acceptance is the ratio of the densities, of the determinants and of the probabilities of the rooms, wherever the
state is. Pompe, Holmes & Latuszynski (2020), doi:10.1214/19-AOS1916, but rooms are fixed before any draw counts. A jump
holds at any power of the likelihood.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from leadline.compiled import jit
from leadline.estimate.kernel_moves import log_add, pick, weight_density


class Rooms(NamedTuple):
    """T rooms of S classes: `mean` (T, D), `root` and `inverse` (T, D, D) of the covariance, `log_det` (T,) of the root.

    D is S J log odds, class by class, and S - 1 log shares relative to the first class. `share`, `share_spread` (T, S)
    and `spread` (T, S J) tell which class of a state is which.
    """

    mean: Any
    root: Any
    inverse: Any
    log_det: Any
    spread: Any
    share: Any
    share_spread: Any


class Jump(NamedTuple):
    """Work space: coordinates (D), plain and standardised; classes (S) before and after; new rates (J, S) and joint
    probabilities (M, S); log weights before and log shares after (K); log probabilities of the rooms (T).
    """

    y: Any
    u: Any
    at: Any
    again: Any
    new_lam: Any
    new_rest: Any
    old_weights: Any
    new_shares: Any
    joint: Any
    near: Any


@jit
def assign(odds: Any, shares: Any, m: int, rooms: Any, out: Any) -> None:
    """Which class of a state is each class of room m: the nearest that is left, the largest class first."""
    J, K = odds.shape
    S = len(out)
    for i in range(S):
        best = np.inf
        out[i] = -1
        for k in range(K):
            taken = False
            for h in range(i):
                taken = taken or out[h] == k
            if taken:
                continue
            d = (shares[k] - rooms.share[m, i]) / rooms.share_spread[m, i]
            distance = d * d
            for j in range(J):
                d = (odds[j, k] - rooms.mean[m, i * J + j]) / rooms.spread[m, i * J + j]
                distance += d * d
            if distance < best:
                best = distance
                out[i] = k


@jit
def nearness(odds: Any, shares: Any, m: int, rooms: Any, w: Any, out: Any) -> float:
    """Log density of a state's classes in room m; `out` gets which classes they are, w.u the standardised place."""
    J = len(odds)
    S = len(out)
    D = len(w.y)
    assign(odds, shares, m, rooms, out)
    for i in range(S):
        for j in range(J):
            w.y[i * J + j] = odds[j, out[i]]
        if i > 0:
            w.y[S * J + i - 1] = shares[out[i]] - shares[out[0]]
    total = 0.0
    for d in range(D):
        s = 0.0
        for e in range(d + 1):
            s += rooms.inverse[m, d, e] * (w.y[e] - rooms.mean[m, e])
        w.u[d] = s
        total -= 0.5 * s * s
    return total - rooms.log_det[m]


@jit
def locate(odds: Any, shares: Any, rooms: Any, w: Any) -> None:
    """Fill w.near with the log probability that a state is taken to be in each room."""
    top = -np.inf
    for t in range(len(w.near)):
        w.near[t] = nearness(odds, shares, t, rooms, w, w.again)
        top = max(top, w.near[t])
    s = 0.0
    for t in range(len(w.near)):
        s += math.exp(w.near[t] - top)
    for t in range(len(w.near)):
        w.near[t] -= top + math.log(s)


@jit
def jump(
    lam: Any, rest: Any, nu: Any, alpha: float, f: Any, starts: Any, members: Any, joint: Any, log_p: Any, shares: Any,
    odds: Any, rooms: Any, w: Any, births: Any, tally: Any,
) -> None:  # fmt: skip
    """Try one jump in place. Comes and ends with `joint` (M, K), `log_p` (M) and log `shares` (K) given seen."""
    J, K = lam.shape
    M = len(f)
    S = len(w.at)
    D = len(w.y)
    T = len(rooms.log_det)
    tally[0] += 1.0
    for k in range(K):
        base = 0.0
        for j in range(J):
            odds[j, k] = lam[j, k] - rest[j, k]
            base += rest[j, k]
        q = -math.expm1(base)
        if q <= 0.0:
            return
        w.old_weights[k] = shares[k] - math.log(q)
        births.new_weights[k] = w.old_weights[k]
        w.new_shares[k] = shares[k]
    locate(odds, shares, rooms, w)
    here = pick(w.near, T)
    there = min(int((T - 1) * np.random.random()), T - 2)  # noqa: NPY002
    if there >= here:
        there += 1
    ratio = rooms.log_det[there] - rooms.log_det[here] - w.near[here]
    nearness(odds, shares, here, rooms, w, w.at)
    first = shares[w.at[0]]
    both = first
    for i in range(1, S):
        both = log_add(both, shares[w.at[i]])
    for d in range(D):
        s = rooms.mean[there, d]
        for e in range(d + 1):
            s += rooms.root[there, d, e] * w.u[e]
        w.y[d] = s
        if not -300.0 < s < 300.0:
            return
    total = 0.0
    for i in range(1, S):
        total = log_add(total, w.y[S * J + i - 1])
    for i in range(S):
        k = w.at[i]
        w.new_shares[k] = both - total + (w.y[S * J + i - 1] if i > 0 else 0.0)
        ratio += w.new_shares[k] - shares[k]
        base = 0.0
        for j in range(J):
            x = w.y[i * J + j]
            odds[j, k] = x
            s = math.log1p(math.exp(-abs(x)))
            w.new_lam[j, i] = min(x, 0.0) - s
            w.new_rest[j, i] = min(-x, 0.0) - s
            base += w.new_rest[j, i]
            ratio += w.new_lam[j, i] + w.new_rest[j, i] - lam[j, k] - rest[j, k]
        q = -math.expm1(base)
        if q <= 0.0:
            return
        births.new_weights[k] = w.new_shares[k] - math.log(q)
        ratio += births.new_weights[k] - w.new_shares[k] - w.old_weights[k] + shares[k]
        front = births.new_weights[k] + base
        front = math.exp(front) if front > -700.0 else 0.0
        for c in range(M):
            h = front
            for j in range(starts[c], starts[c + 1]):
                h *= math.exp(odds[members[j], k])
            w.joint[c, i] = h
    locate(odds, w.new_shares, rooms, w)
    ratio += w.near[there]
    assign(odds, w.new_shares, there, rooms, w.again)
    for i in range(S):
        if w.again[i] != w.at[i]:
            return
    for c in range(M):
        p = 0.0
        for k in range(K):
            mine = False
            for i in range(S):
                mine = mine or w.at[i] == k
            if not mine:
                p += joint[c, k]
        for i in range(S):
            p += w.joint[c, i]
        births.new_p[c] = p
        if f[c] > 0.0:
            if p <= 0.0:
                return
            ratio += f[c] * (math.log(p) - log_p[c])
    ratio -= weight_density(w.old_weights, alpha, K, K, births.scratch, births.scratch)
    ratio += weight_density(births.new_weights, alpha, K, K, births.scratch, births.scratch)
    if not math.log(1.0 - np.random.random()) < ratio:  # noqa: NPY002
        return
    tally[1] += 1.0
    for i in range(S):
        k = w.at[i]
        for j in range(J):
            lam[j, k] = w.new_lam[j, i]
            rest[j, k] = w.new_rest[j, i]
        for c in range(M):
            joint[c, k] = w.joint[c, i]
    for k in range(K):
        nu[k] = births.new_weights[k] - births.scratch[0]
        shares[k] = w.new_shares[k]
    for c in range(M):
        log_p[c] = math.log(max(births.new_p[c], 1e-300))
