# mypy: disable-error-code=no-any-return
"""Births and deaths of latent classes with labels and unseen number integrated out.

The parameters are seen from the records that are seen: each class has a share of them and rates; how many are unseen
follows. A step gives a class new rates and a new part of what it shares with another one: close to that class with a fair
part (a birth), or anywhere with next to nothing (a death). The ratio carries the stick-breaking prior of the weights and
its Jacobian.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from leadline.compiled import jit

EMPTY = -1e300  # a logarithm that stands for log 0 without being infinite
SPREADS = (0.5, 1.2, 2.5)  # how far from the other class's log odds a birth falls


class Births(NamedTuple):
    """Work space: probabilities of patterns given seen (M), rates of the class and of the other (J), weights (K)."""

    p: Any
    new_p: Any
    new_joint: Any
    near: Any
    old_lam: Any
    old_rest: Any
    new_lam: Any
    new_rest: Any
    grow: Any
    new_weights: Any
    tails: Any
    scratch: Any
    found: Any


@jit
def log_add(a: float, b: float) -> float:
    """log(exp(a) + exp(b))."""
    if a < b:
        a, b = b, a
    d = b - a
    return a + math.log1p(math.exp(d)) if d > -40.0 else a


@jit
def weight_density(weights: Any, alpha: float, K: int, last: int, old: Any, out: Any) -> float:
    """Log prior of the shares of the seen, up to what the rates' own terms add.

    `weights` are log weights without normalisation (log share minus log probability to be seen). The stick-breaking
    density of the weights times the Jacobian of weights by shares, without the product of 1/g, which depends on the
    rates only. `out[other]` gets the log of the sum of exp(weights[other:]), taken from `old` beyond the `last` changed one.
    """
    t = EMPTY
    s = 0.0
    for other in range(K - 1, -1, -1):
        t = old[other] if other > last else log_add(t, weights[other])
        out[other] = t
        if 0 < other < K - 1:
            s += t
    # density: (alpha - 1) log nu_K - sum of log left-overs; Jacobian: - K log of the normaliser
    return (alpha - 1.0) * (weights[K - 1] - out[0]) - (s - max(K - 2, 0) * out[0]) - K * out[0]


@jit
def log_proposal(lam: Any, rest: Any, near: Any, x: float, spread: float, J: int) -> float:
    """Log density (log odds of the rates, logit of the split) of `move_replace`: near another class, or empty."""
    close = math.log(0.5) - 0.5 * (x / 1.5) ** 2 - math.log(1.5)
    for j in range(J):
        d = (lam[j] - rest[j] - near[j]) / spread
        close += -0.5 * d * d - math.log(spread) - 0.9189385332046727
    close -= 0.9189385332046727
    if x >= -1e-12:
        return close
    y = math.log(-x)
    empty = math.log(0.5) - 0.5 * ((y - 2.7) / 2.0) ** 2 - y - math.log(2.0) - 0.9189385332046727
    for j in range(J):
        empty += lam[j] + rest[j]
    return log_add(close, empty)


@jit
def move_replace(
    k: int, other: int, spread: float, lam: Any, rest: Any, weights: Any, density: float, alpha: float, log_seen: float,
    f: Any, starts: Any, members: Any, joint: Any, shares: Any, w: Any,
) -> float:  # fmt: skip
    """Log acceptance ratio of giving class k new rates and a new part of what classes k and other share.

    `joint[c, k]` is the probability of pattern c and class k given that the record is seen, `w.p[c]` its sum over classes;
    log weights are log share - log probability to be seen + `log_seen`. `w.found` gets the new density of the weights,
    the new log share of class k and the change of the other's.
    """
    J, K = lam.shape
    for j in range(J):
        w.near[j] = lam[j, other] - rest[j, other]
        w.old_lam[j] = lam[j, k]
        w.old_rest[j] = rest[j, k]
    if np.random.random() < 0.5:  # noqa: NPY002
        x = 1.5 * np.random.standard_normal()  # noqa: NPY002
        for j in range(J):
            w.new_lam[j] = w.near[j] + spread * np.random.standard_normal()  # noqa: NPY002
    else:
        x = -math.exp(2.7 + 2.0 * np.random.standard_normal())  # noqa: NPY002
        for j in range(J):
            u = min(max(np.random.random(), 1e-16), 1.0 - 1e-16)  # noqa: NPY002
            w.new_lam[j] = math.log(u) - math.log1p(-u)
    new_base = 0.0
    old_base = 0.0
    ratio = 0.0
    for j in range(J):
        v = w.new_lam[j]
        r = -v - math.log1p(math.exp(-v)) if v > 0 else -math.log1p(math.exp(v))
        w.grow[j] = math.exp(min(v, 600.0))
        w.new_rest[j] = r
        w.new_lam[j] = v + r
        new_base += r
        old_base += w.old_rest[j]
        ratio += w.new_lam[j] + w.new_rest[j] - w.old_lam[j] - w.old_rest[j]
    q_new = -math.expm1(new_base)
    q_old = -math.expm1(old_base)
    if q_new <= 0.0 or q_old <= 0.0:
        return -math.inf
    ratio += math.log(q_old) - math.log(q_new)
    old_x = shares[k] - shares[other]
    both = log_add(shares[k], shares[other])
    y = -math.log1p(math.exp(-x)) if x > 0 else x - math.log1p(math.exp(x))
    new_k = both + y
    new_l = both + (y - x)
    up = new_k - shares[k]
    down = new_l - shares[other]
    # Jacobian of the logit of the split, and other picked in proportion to its share
    ratio += up + 2.0 * down
    ratio += log_proposal(w.old_lam, w.old_rest, w.near, old_x, spread, J) - log_proposal(
        w.new_lam, w.new_rest, w.near, x, spread, J
    )
    front = new_k - math.log(q_new) + new_base
    base = math.exp(front) if front > -700.0 else 0.0
    shrink = math.exp(down) - 1.0
    for c in range(len(f)):
        h = base
        for i in range(starts[c], starts[c + 1]):
            h *= w.grow[members[i]]
        w.new_joint[c] = h
        w.new_p[c] = max(w.p[c] - joint[c, k], 0.0) + joint[c, other] * shrink + h
        if f[c] > 0.0:
            if w.new_p[c] <= 0.0 or w.p[c] <= 0.0:
                return -math.inf
            ratio += f[c] * math.log(w.new_p[c] / w.p[c])
    for m in range(K):
        w.new_weights[m] = weights[m]
    w.new_weights[k] = new_k - math.log(q_new) + log_seen
    w.new_weights[other] += down
    w.found[0] = weight_density(w.new_weights, alpha, K, max(k, other), w.tails, w.scratch)
    w.found[1] = new_k
    w.found[2] = down
    return ratio + w.found[0] - density


@jit
def pick(shares: Any, K: int) -> int:
    """A class with probability proportional to exp(shares), which sum to 1."""
    u = np.random.random()  # noqa: NPY002
    for k in range(K - 1):
        u -= math.exp(shares[k])
        if u < 0.0:
            return k
    return K - 1


@jit
def births_and_deaths(
    tries: int, lam: Any, rest: Any, nu: Any, alpha: float, log_seen: float, f: Any, starts: Any, members: Any, weight: Any,
    log_p: Any, seen: Any, w: Any, tally: Any,
) -> None:  # fmt: skip
    """Try some births and deaths in place; `log_p` ends as the log probability of each pattern given seen.

    Comes with `weight` (M, K) unnormalised, `log_p` (M) of the patterns and `seen` (K) of the classes not given seen.
    """
    J, K = lam.shape
    M = len(f)
    for c in range(M):
        w.p[c] = math.exp(log_p[c] - log_seen)
        s = 0.0
        for k in range(K):
            s += weight[c, k]
        for k in range(K):
            weight[c, k] *= w.p[c] / s
    for k in range(K):
        seen[k] -= log_seen
    density = weight_density(nu, alpha, K, K, w.tails, w.tails)
    for _ in range(tries):
        k = min(int(K * np.random.random()), K - 1)  # noqa: NPY002
        other = pick(seen, K)
        spread = SPREADS[min(int(3 * np.random.random()), 2)]  # noqa: NPY002
        tally[0] += 1.0
        if k == other:
            continue
        value = move_replace(
            k, other, spread, lam, rest, nu, density, alpha, log_seen, f, starts, members, weight, seen, w
        )
        if not math.log(1.0 - np.random.random()) < value:  # noqa: NPY002
            continue
        tally[1] += 1.0
        density = w.found[0]
        seen[k] = w.found[1]
        seen[other] += w.found[2]
        for j in range(J):
            lam[j, k] = w.new_lam[j]
            rest[j, k] = w.new_rest[j]
        for c in range(M):
            weight[c, k] = w.new_joint[c]
            weight[c, other] *= math.exp(w.found[2])
            w.p[c] = w.new_p[c]
        for m in range(max(k, other) + 1):
            nu[m] = w.new_weights[m]
            w.tails[m] = w.scratch[m]
    for c in range(M):
        log_p[c] = math.log(max(w.p[c], 1e-300))
    top = w.tails[0]  # weights sum to 1 again
    for k in range(K):
        nu[k] -= top
