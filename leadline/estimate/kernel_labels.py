# mypy: disable-error-code=no-any-return
"""One Gibbs sweep of the latent-class sampler: labels and unseen number, places and concentration, parameters.

All in logarithms: alpha is below 0.01 a quarter of the time and weights below 1e-300 are ordinary. Alpha is drawn given
the class counts with the sticks integrated out, and classes swap places in the stick order, also together with alpha.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from leadline.compiled import jit
from leadline.estimate.kernel_moves import EMPTY, log_add
from leadline.estimate.kernel_random import binomial_draw, log_gamma_draw, poisson_draw


@jit
def stick_term(n_k: float, after: float, alpha: float) -> float:
    """Log of one stick's factor with the stick integrated out, given counts in the class and after it."""
    if after == 0.0:
        return 0.0 if n_k == 0.0 else math.lgamma(1.0 + alpha) + math.lgamma(1.0 + n_k) - math.lgamma(1.0 + alpha + n_k)
    return (
        math.log(alpha) + math.lgamma(1.0 + n_k) + math.lgamma(alpha + after) - math.lgamma(1.0 + alpha + n_k + after)
    )


@jit
def log_alpha_density(x: float, counts: Any, tail: Any, last: int, K: int, a: float, b: float) -> float:
    """Log density of x = log(alpha) given the class counts, sticks integrated out."""
    alpha = math.exp(x)
    value = a * x - b * alpha
    for k in range(min(last + 1, K - 1)):
        value += stick_term(counts[k], tail[k], alpha)
    return value


@jit
def split_count(left: float, weight: Any, K: int, out: Any) -> None:
    """Split a count over classes in proportion to `weight`: out[k] gets class k's part."""
    mass = 0.0
    for k in range(K):
        mass += weight[k]
        out[k] = 0.0
    for k in range(K):
        w = weight[k]
        if k == K - 1 or w >= mass:
            out[k] = left
            return
        got = binomial_draw(left, w / mass)
        out[k] = got
        left -= got
        if left <= 0.0:
            return
        mass -= w
        if mass < 1e-9 * w:  # cancelled: add the rest up again
            mass = 0.0
            for other in range(k + 1, K):
                mass += weight[other]
            if mass <= 0.0:
                out[k] += left
                return


@jit
def swap_places(swaps: int, counts: Any, tail: Any, lam: Any, rest: Any, alpha: float, J: int, K: int) -> None:
    """Random neighbours swap places in the stick order, given counts, sticks integrated out."""
    for _ in range(swaps):
        k = min(int((K - 1) * np.random.random()), K - 2)  # noqa: NPY002
        if counts[k] == counts[k + 1] == 0.0:
            continue
        old = stick_term(counts[k], tail[k], alpha)
        new = stick_term(counts[k + 1], counts[k] + tail[k + 1], alpha)
        if k + 1 < K - 1:
            old += stick_term(counts[k + 1], tail[k + 1], alpha)
            new += stick_term(counts[k], tail[k + 1], alpha)
        if math.log(1.0 - np.random.random()) < new - old:  # noqa: NPY002
            counts[k], counts[k + 1] = counts[k + 1], counts[k]
            tail[k] = counts[k + 1] + tail[k + 1]
            for j in range(J):
                lam[j, k], lam[j, k + 1] = lam[j, k + 1], lam[j, k]
                rest[j, k], rest[j, k + 1] = rest[j, k + 1], rest[j, k]


@jit
def draw_alpha(alpha: float, counts: Any, tail: Any, K: int, a: float, b: float) -> float:
    """A slice step on log alpha given the class counts, sticks integrated out."""
    last = -1
    for k in range(K):
        if counts[k] > 0.0:
            last = k
    x = math.log(alpha)
    level = log_alpha_density(x, counts, tail, last, K, a, b) + math.log(1.0 - np.random.random())  # noqa: NPY002
    low = x - 3.0 * np.random.random()  # noqa: NPY002
    high = low + 3.0
    while low > -600.0 and log_alpha_density(low, counts, tail, last, K, a, b) > level:
        low -= 3.0
    while high < 600.0 and log_alpha_density(high, counts, tail, last, K, a, b) > level:
        high += 3.0
    for _ in range(200):  # each turn shortens the interval round x
        y = low + (high - low) * np.random.random()  # noqa: NPY002
        if log_alpha_density(y, counts, tail, last, K, a, b) >= level:
            return math.exp(y)
        if y < x:
            low = y
        else:
            high = y
    return alpha


@jit
def swap_with_alpha(
    alpha: float, counts: Any, tail: Any, lam: Any, rest: Any, J: int, K: int, a: float, b: float, new_counts: Any,
    new_tail: Any,
) -> float:  # fmt: skip
    """Any two classes swap places and alpha is proposed anew, as one step; returns alpha.

    With a large alpha the last class takes what the truncation leaves over and can hold nearly everybody. No change of
    places or of alpha alone leads out of that.
    """
    k = min(int(K * np.random.random()), K - 1)  # noqa: NPY002
    other = min(int(K * np.random.random()), K - 1)  # noqa: NPY002
    if k == other or counts[k] == counts[other]:
        return alpha
    s = 0.0
    for m in range(K):
        new_counts[m] = counts[m]
    new_counts[k], new_counts[other] = counts[other], counts[k]
    for m in range(K - 1, -1, -1):
        new_tail[m] = s
        s += new_counts[m]
    x = math.log(alpha)
    y = -1.0 + 3.0 * np.random.standard_normal()  # noqa: NPY002
    value = log_alpha_density(y, new_counts, new_tail, K - 1, K, a, b) - log_alpha_density(
        x, counts, tail, K - 1, K, a, b
    )
    value += ((y + 1.0) ** 2 - (x + 1.0) ** 2) / 18.0
    if math.log(1.0 - np.random.random()) < value:  # noqa: NPY002
        for m in range(K):
            counts[m] = new_counts[m]
            tail[m] = new_tail[m]
        for j in range(J):
            lam[j, k], lam[j, other] = lam[j, other], lam[j, k]
            rest[j, k], rest[j, other] = rest[j, other], rest[j, k]
        return math.exp(y)
    return alpha


class Labels(NamedTuple):
    """Work space of a sweep: records of a class on a list (J, K), records of a class, those after it, and spare ones (K).

    `found` (2) gets the unseen number and the occupied classes.
    """

    held: Any
    counts: Any
    tail: Any
    part: Any
    spare: Any
    found: Any


@jit
def draw_labels(
    g: Any, n: float, starts: Any, members: Any, unseen: Any, weight: Any, log_seen: float, w: Any
) -> None:  # fmt: skip
    """Labels of the seen records, the unseen number and its labels, given the parameters."""
    J, K = w.held.shape
    for k in range(K):
        w.counts[k] = 0.0
        for j in range(J):
            w.held[j, k] = 0.0
    for c in range(len(g)):
        if g[c] > 0.0:
            split_count(g[c], weight[c], K, w.part)
            for k in range(K):
                if w.part[k] > 0.0:
                    w.counts[k] += w.part[k]
                    for i in range(starts[c], starts[c + 1]):
                        w.held[members[i], k] += w.part[k]
    w.found[0] = 0.0
    if n > 0.0:
        log_unseen = EMPTY
        for k in range(K):
            log_unseen = log_add(log_unseen, unseen[k])
        w.found[0] = poisson_draw(math.exp(min(log_gamma_draw(n) + log_unseen - log_seen, 40.0)))
        for k in range(K):
            d = unseen[k] - log_unseen
            w.tail[k] = math.exp(d) if d > -700.0 else 0.0
        if w.found[0] > 0.0:
            split_count(w.found[0], w.tail, K, w.part)
            for k in range(K):
                w.counts[k] += w.part[k]
    w.found[1] = 0.0
    s = 0.0
    for k in range(K - 1, -1, -1):
        w.found[1] += w.counts[k] > 0.0
        w.tail[k] = s
        s += w.counts[k]


@jit
def draw_rates(lam: Any, rest: Any, w: Any) -> None:
    """Rates of all classes given the labels; those of empty classes from the prior."""
    J, K = lam.shape
    for k in range(K):
        for j in range(J):
            if w.counts[k] > 0.0:
                x = log_gamma_draw(1.0 + w.held[j, k])
                y = log_gamma_draw(1.0 + w.counts[k] - w.held[j, k])
                s = log_add(x, y)
                lam[j, k] = x - s
                rest[j, k] = y - s
            else:
                u = min(max(np.random.random(), 1e-16), 1.0 - 1e-16)  # noqa: NPY002
                lam[j, k] = math.log(u)
                rest[j, k] = math.log1p(-u)


@jit
def draw_weights(nu: Any, alpha: float, w: Any) -> None:
    """Stick-breaking weights given the labels."""
    K = len(nu)
    left = 0.0
    for k in range(K - 1):
        x = log_gamma_draw(1.0 + w.counts[k])
        y = log_gamma_draw(alpha + w.tail[k])
        s = log_add(x, y)
        nu[k] = left + x - s
        left += y - s
    nu[K - 1] = left


@jit
def sweep(
    g: Any, lam: Any, rest: Any, nu: Any, alpha: float, starts: Any, members: Any, a: float, b: float, accelerate: bool,
    unseen: Any, weight: Any, log_seen: float, w: Any,
) -> float:  # fmt: skip
    """One Gibbs sweep on the whole-number counts `g`; returns the new alpha. `w.found` gets unseen and occupied classes.

    `weight` (M, K) holds the classes' weights for each pattern under the parameters as they come in, `unseen` the log
    of weight times probability unseen. Without `accelerate` the steps are LCMCR's.
    """
    J, K = lam.shape
    draw_labels(g, g.sum(), starts, members, unseen, weight, log_seen, w)
    draw_rates(lam, rest, w)
    if accelerate and K > 1:
        swap_places(K // 2, w.counts, w.tail, lam, rest, alpha, J, K)
        if np.random.random() < 0.3:  # noqa: NPY002
            alpha = swap_with_alpha(alpha, w.counts, w.tail, lam, rest, J, K, a, b, w.part, w.spare)
        alpha = draw_alpha(alpha, w.counts, w.tail, K, a, b)
        if np.random.random() < 0.3:  # noqa: NPY002
            alpha = swap_with_alpha(alpha, w.counts, w.tail, lam, rest, J, K, a, b, w.part, w.spare)
        swap_places(K // 2, w.counts, w.tail, lam, rest, alpha, J, K)
    draw_weights(nu, alpha, w)
    if not accelerate:
        alpha = math.exp(log_gamma_draw(a + K - 1.0) - math.log(b - nu[K - 1]))
    return alpha
