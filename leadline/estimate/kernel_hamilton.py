# mypy: disable-error-code=no-any-return
"""Hamiltonian steps of the latent-class model with labels and unseen number integrated out.

With p(N) proportional to 1/N the unseen number integrates to the likelihood of the seen records given that they are
seen: the product over patterns c of (p_c / p_seen)^f_c. What is left is a smooth density of

- the log odds x_jk of each class's rates (uniform rates are logistic x),
- z_k, the logit of U_k with V_k = 1 - (1 - U_k)^(1/alpha): standard logistic whatever alpha (the sticks, not centred),
- log alpha, with its gamma prior.

Its gradient costs no more than the density. Along "every class less visible, more unseen" and along any other bent ridge
a trajectory goes in one step where single changes diffuse. Neal (2011), doi:10.1201/b10905-6. The trajectory's length and
step are jittered; a trajectory that leaves the range where the density can be computed is refused, which keeps the
target exact inside that range; outside it (rates within e^-300 of 0 or 1) no step is taken.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from leadline.compiled import jit

FAR = 300.0  # log odds, sticks and log alpha beyond this are left to the Gibbs sweep
LARGEST_ALPHA = 10.0  # on the log scale
WIDE = 0.2  # half width of the jitter of the step on the log scale


class Phase(NamedTuple):
    """Work space of a trajectory: position, momentum, gradient, and the parts that the gradient shares."""

    x: Any
    z: Any
    speed_x: Any
    speed_z: Any
    grad_x: Any
    grad_z: Any
    odds: Any
    held: Any
    log_nu: Any
    stick: Any
    unseen: Any
    count: Any
    seen: Any


@jit
def log_density(
    la: float, f: Any, n: float, starts: Any, members: Any, a: float, b: float, w: Any
) -> tuple[float, float]:
    """Log density at (w.x, w.z, la) for the counts `f` (sum n), and its derivative by la; fills w.grad_x, w.grad_z, w.log_nu."""
    J, K = w.x.shape
    alpha = math.exp(la)
    value = a * la - b * alpha
    left = 0.0
    for k in range(K - 1):
        z = w.z[k]
        t = math.exp(-abs(z))
        soft = math.log1p(t) + max(z, 0.0)  # -log(1 - U)
        value += z - 2.0 * soft
        w.grad_z[k] = 1.0 / (1.0 + t) if z > 0.0 else t / (1.0 + t)
        w.stick[k] = soft / alpha  # -log(1 - V)
        w.log_nu[k] = left + math.log(-math.expm1(-w.stick[k])) if w.stick[k] > 0.0 else -math.inf
        left -= w.stick[k]
    w.log_nu[K - 1] = left
    total = 0.0
    for k in range(K):
        product = 1.0
        none = 0.0  # log probability to be on no list
        for j in range(J):
            x = w.x[j, k]
            value += x
            w.odds[j, k] = math.exp(x)
            product *= 1.0 + w.odds[j, k]
            if product > 1e100:
                none -= math.log(product)
                product = 1.0
            w.held[j, k] = 0.0
        none -= math.log(product)
        value += 2.0 * none
        w.seen[k] = -math.exp(w.log_nu[k]) * math.expm1(none)
        w.unseen[k] = math.exp(w.log_nu[k] + none)
        w.count[k] = 0.0
        total += w.seen[k]
    for c in range(len(f)):
        if f[c] == 0.0:
            continue
        p = 0.0
        for k in range(K):
            h = w.unseen[k]
            for i in range(starts[c], starts[c + 1]):
                h *= w.odds[members[i], k]
            w.grad_x[0, k] = h
            p += h
        value += f[c] * math.log(p)
        share = f[c] / p
        for k in range(K):
            h = w.grad_x[0, k] * share
            w.count[k] += h
            for i in range(starts[c], starts[c + 1]):
                w.held[members[i], k] += h
    value -= n * math.log(total)
    share = n / total
    after = 0.0
    by_alpha = a - b * alpha
    for k in range(K - 1, -1, -1):
        # expected records of the class, seen and unseen, as in the complete data; two more from the prior
        size = w.count[k] + share * w.unseen[k] + 2.0
        for j in range(J):
            w.grad_x[j, k] = w.held[j, k] + 1.0 - w.odds[j, k] / (1.0 + w.odds[j, k]) * size
        pull = w.count[k] - share * w.seen[k]
        if k < K - 1:
            by_stick = pull / math.expm1(w.stick[k]) - after
            by_alpha -= by_stick * w.stick[k]
            w.grad_z[k] = 1.0 - 2.0 * w.grad_z[k] + by_stick * w.grad_z[k] / alpha
        after += pull
    return value, by_alpha


@jit
def enter(lam: Any, rest: Any, nu: Any, alpha: float, w: Any) -> bool:
    """Put the parameters into w.x and w.z; False where they are beyond the range of the steps."""
    J, K = lam.shape
    la = math.log(alpha)
    if not -FAR < la < LARGEST_ALPHA:
        return False
    for k in range(K):
        for j in range(J):
            w.x[j, k] = lam[j, k] - rest[j, k]
            if not -FAR < w.x[j, k] < FAR:
                return False
    left = nu[K - 1]
    for k in range(K - 2, -1, -1):
        d = nu[k] - left
        stick = math.log1p(math.exp(d)) if d < 30.0 else d
        soft = stick * alpha
        if soft <= 0.0:
            return False
        w.z[k] = math.log(math.expm1(soft)) if soft < 30.0 else soft
        if not -FAR < w.z[k] < FAR:
            return False
        left += stick
    return True


@jit
def leave(lam: Any, rest: Any, nu: Any, w: Any) -> None:
    """Take the parameters from w.x and w.log_nu."""
    J, K = lam.shape
    for k in range(K):
        for j in range(J):
            x = w.x[j, k]
            s = math.log1p(math.exp(-abs(x)))
            lam[j, k] = min(x, 0.0) - s
            rest[j, k] = min(-x, 0.0) - s
        nu[k] = w.log_nu[k]


@jit
def trajectory(
    step: float, longest: float, lam: Any, rest: Any, nu: Any, alpha: float, f: Any, starts: Any, members: Any, a: float,
    b: float, w: Any,
) -> tuple[float, float]:  # fmt: skip
    """One Hamiltonian step in place; returns the probability with which it was accepted (-1: not tried) and alpha."""
    J, K = lam.shape
    if not enter(lam, rest, nu, alpha, w):
        return -1.0, alpha
    n = f.sum()
    step *= math.exp(WIDE * (2.0 * np.random.random() - 1.0))  # noqa: NPY002
    turns = 1 + int(longest * np.random.random())  # noqa: NPY002
    la = math.log(alpha)
    before = 0.0
    for k in range(K):
        for j in range(J):
            w.speed_x[j, k] = np.random.standard_normal()  # noqa: NPY002
            before -= 0.5 * w.speed_x[j, k] ** 2
        w.speed_z[k] = np.random.standard_normal() if k < K - 1 else 0.0  # noqa: NPY002
        before -= 0.5 * w.speed_z[k] ** 2
    speed_a = np.random.standard_normal()  # noqa: NPY002
    before -= 0.5 * speed_a**2
    value, by_alpha = log_density(la, f, n, starts, members, a, b, w)
    before += value
    for turn in range(turns):
        kick = 0.5 * step if turn == 0 else step
        for k in range(K):
            for j in range(J):
                w.speed_x[j, k] += kick * w.grad_x[j, k]
                w.x[j, k] += step * w.speed_x[j, k]
                if not -FAR < w.x[j, k] < FAR:
                    return 0.0, alpha
            if k < K - 1:
                w.speed_z[k] += kick * w.grad_z[k]
                w.z[k] += step * w.speed_z[k]
                if not -FAR < w.z[k] < FAR:
                    return 0.0, alpha
        speed_a += kick * by_alpha
        la += step * speed_a
        if not -FAR < la < LARGEST_ALPHA:
            return 0.0, alpha
        value, by_alpha = log_density(la, f, n, starts, members, a, b, w)
        if not value > before - 1e4:  # also when it is not a number
            return 0.0, alpha
    after = value - 0.5 * (speed_a + 0.5 * step * by_alpha) ** 2
    for k in range(K):
        for j in range(J):
            after -= 0.5 * (w.speed_x[j, k] + 0.5 * step * w.grad_x[j, k]) ** 2
        if k < K - 1:
            after -= 0.5 * (w.speed_z[k] + 0.5 * step * w.grad_z[k]) ** 2
    chance = math.exp(min(after - before, 0.0))
    if not np.random.random() < chance:  # noqa: NPY002
        return chance, alpha
    leave(lam, rest, nu, w)
    return chance, math.exp(la)
