# mypy: disable-error-code=no-any-return
"""Inner loop of the latent-class sampler: tempered chains of Gibbs sweeps with moves that cross modes.

The model is Manrique-Vallier's: K classes, within class k the lists are independent with rates lambda_jk ~ U(0, 1),
weights by stick-breaking V_k ~ Beta(1, alpha), alpha ~ Gamma(a, b), p(N) proportional to 1/N, the number of unseen
unlimited. All in logarithms: alpha is below 0.01 a quarter of the time and weights below 1e-300 are ordinary.

What is added to the plain Gibbs sweep, each leaving the same posterior invariant:

- alpha and the sticks are drawn given the class counts with the sticks integrated out of alpha's turn;
- neighbouring classes swap places in the stick order;
- ridge: a class becomes less visible and larger (or more visible and smaller) with its expected number of seen records
  unchanged; labels and unseen number are integrated out;
- wandering: steps of one class's rates in any direction, and of the shares of two classes, also with labels and unseen
  integrated out;
- births and deaths: a class takes new rates near another one's and a part of its records, or gives all back;
- tempering: rungs at which the likelihood counts only as a power below 1. A rung's Gibbs sweep uses the powered counts
  rounded to whole numbers and is accepted or refused as one for what the rounding left. Neighbours exchange states.

The sweep is reversible as one step (labels and unseen given parameters, places, concentration, places, parameters given
labels), which is what accepting it as a whole requires.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from leadline.estimate.compiled import jit
from leadline.estimate.kernel_moves import EMPTY, log_add, wander
from leadline.estimate.kernel_random import binomial_draw, log_gamma_draw, poisson_draw, seed_draws


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
def class_terms(rest: Any, nu: Any, J: int, K: int, base: Any, unseen: Any, seen: Any) -> float:
    """For each class log of (weight x probability unseen) and (weight x probability seen); returns log p(seen)."""
    total = EMPTY
    for k in range(K):
        s = 0.0
        for j in range(J):
            s += rest[j, k]
        base[k] = s
        unseen[k] = nu[k] + s
        q = -math.expm1(s)
        seen[k] = nu[k] + (math.log(q) if q > 0.0 else EMPTY)
        total = log_add(total, seen[k])
    return total


@jit
def pattern_weights(
    lam: Any, rest: Any, nu: Any, base: Any, starts: Any, members: Any, M: int, J: int, K: int, odds: Any, weight: Any,
    log_p: Any,
) -> None:  # fmt: skip
    """Weights of the classes for each pattern (unnormalised) and log probability of each pattern."""
    for j in range(J):
        for k in range(K):
            odds[j, k] = lam[j, k] - rest[j, k]
    for c in range(M):
        top = EMPTY
        for k in range(K):
            s = nu[k] + base[k]
            for i in range(starts[c], starts[c + 1]):
                s += odds[members[i], k]
            weight[c, k] = s
            top = max(top, s)
        total = 0.0
        for k in range(K):
            d = weight[c, k] - top
            w = math.exp(d) if d > -700.0 else 0.0
            weight[c, k] = w
            total += w
        log_p[c] = top + math.log(total)


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


@jit
def sweep(
    g: Any, n: float, lam: Any, rest: Any, nu: Any, alpha: float, starts: Any, members: Any, M: int, J: int, K: int,
    a: float, b: float, accelerate: bool, unseen: Any, weight: Any, log_seen: float, held: Any, counts: Any, tail: Any,
    part: Any, spare: Any, result: Any,
) -> float:  # fmt: skip
    """One Gibbs sweep on the whole-number counts `g`; returns the new alpha. `result` gets unseen and occupied classes.

    `weight` (M, K) holds the classes' weights for each pattern under the parameters as they come in, `unseen` the log
    of weight times probability unseen.
    """
    for k in range(K):
        counts[k] = 0.0
        for j in range(J):
            held[j, k] = 0.0
    for c in range(M):
        if g[c] > 0.0:
            split_count(g[c], weight[c], K, part)
            for k in range(K):
                if part[k] > 0.0:
                    counts[k] += part[k]
                    for i in range(starts[c], starts[c + 1]):
                        held[members[i], k] += part[k]
    n0 = 0.0
    if n > 0.0:
        log_unseen = EMPTY
        for k in range(K):
            log_unseen = log_add(log_unseen, unseen[k])
        n0 = poisson_draw(math.exp(min(log_gamma_draw(n) + log_unseen - log_seen, 40.0)))
        for k in range(K):
            d = unseen[k] - log_unseen
            tail[k] = math.exp(d) if d > -700.0 else 0.0
        if n0 > 0.0:
            split_count(n0, tail, K, part)
            for k in range(K):
                counts[k] += part[k]
    occupied = 0
    for k in range(K):
        if counts[k] > 0.0:
            occupied += 1
            for j in range(J):
                x = log_gamma_draw(1.0 + held[j, k])
                y = log_gamma_draw(1.0 + counts[k] - held[j, k])
                s = log_add(x, y)
                lam[j, k] = x - s
                rest[j, k] = y - s
        else:
            for j in range(J):
                u = min(max(np.random.random(), 1e-16), 1.0 - 1e-16)  # noqa: NPY002
                lam[j, k] = math.log(u)
                rest[j, k] = math.log1p(-u)
    s = 0.0
    for k in range(K - 1, -1, -1):
        tail[k] = s
        s += counts[k]
    if accelerate and K > 1:
        swap_places(K // 2, counts, tail, lam, rest, alpha, J, K)
        if np.random.random() < 0.3:  # noqa: NPY002
            alpha = swap_with_alpha(alpha, counts, tail, lam, rest, J, K, a, b, part, spare)
        alpha = draw_alpha(alpha, counts, tail, K, a, b)
        if np.random.random() < 0.3:  # noqa: NPY002
            alpha = swap_with_alpha(alpha, counts, tail, lam, rest, J, K, a, b, part, spare)
        swap_places(K // 2, counts, tail, lam, rest, alpha, J, K)
    left_over = 0.0
    for k in range(K - 1):
        x = log_gamma_draw(1.0 + counts[k])
        y = log_gamma_draw(alpha + tail[k])
        s = log_add(x, y)
        nu[k] = left_over + x - s
        left_over += y - s
    nu[K - 1] = left_over
    if not accelerate:
        alpha = math.exp(log_gamma_draw(a + K - 1.0) - math.log(b - left_over))
    result[0] = n0
    result[1] = occupied
    return alpha


@jit
def run_chain(
    seed: int, sweeps: int, thin: int, f: Any, starts: Any, members: Any, J: int, K: int, a: float, b: float, lam: Any,
    rest: Any, nu: Any, alpha: Any, at: Any, direction: Any, accelerate: bool, n_moves: int, out_unseen: Any,
    out_classes: Any, out_alpha: Any, tried: Any, rejected: Any, tally: Any,
) -> None:  # fmt: skip
    """Run `sweeps` sweeps of all rungs in place and record rung 0 every `thin` sweeps.

    f (R, M) powered counts of each rung (rung 0 whole numbers); lam, rest (R, J, K) logs of rates and complements;
    nu (R, K) log weights; alpha (R,); at (R,) the state that each rung holds; direction (R,) which end a state last
    visited. tried, rejected (R - 1,) exchanges; tally (7, 2) moves tried and accepted: ridge, one rate, direction,
    share, replace, sweep, round trips.
    """
    seed_draws(seed)
    R, M = f.shape
    base = np.empty(K)
    unseen = np.empty(K)
    seen = np.empty(K)
    odds = np.empty((J, K))
    weight = np.empty((M, K))
    log_p = np.empty((R, M))
    log_q = np.empty(M)
    held = np.empty((J, K))
    counts = np.empty(K)
    tail = np.empty(K)
    part = np.empty(K)
    p = np.empty(M)
    new_p = np.empty(M)
    new_joint = np.empty(M)
    new_lam = np.empty(J)
    new_rest = np.empty(J)
    steps = np.empty(J)
    grow = np.empty(J)
    old_l = np.empty(J)
    old_r = np.empty(J)
    tails = np.empty(K)
    scratch = np.empty(K)
    result = np.empty(5)
    new_weights = np.empty(K)
    old_lam = np.empty((J, K))
    old_rest = np.empty((J, K))
    old_nu = np.empty(K)
    g = np.empty((R, M))
    n = np.zeros(R)
    whole = np.ones(R, dtype=np.bool_)
    for r in range(R):
        for c in range(M):
            g[r, c] = np.floor(f[r, c] + 0.5)
            n[r] += g[r, c]
            if g[r, c] != f[r, c]:
                whole[r] = False
    for z in range(R):
        log_s = class_terms(rest[z], nu[z], J, K, base, unseen, seen)
        pattern_weights(lam[z], rest[z], nu[z], base, starts, members, M, J, K, odds, weight, log_q)
        for c in range(M):
            log_p[z, c] = log_q[c] - log_s
    for t in range(sweeps):
        for r in range(R):
            z = at[r]
            L, Q, W = lam[z], rest[z], nu[z]
            log_s = class_terms(Q, W, J, K, base, unseen, seen)
            pattern_weights(L, Q, W, base, starts, members, M, J, K, odds, weight, log_q)
            before = 0.0
            if not whole[r]:
                for c in range(M):
                    before += (f[r, c] - g[r, c]) * log_p[z, c]
                old_lam[:, :] = L
                old_rest[:, :] = Q
                old_nu[:] = W
            new_alpha = sweep(
                g[r], n[r], L, Q, W, alpha[z], starts, members, M, J, K, a, b, accelerate, unseen, weight, log_s, held,
                counts, tail, part, scratch, result,
            )  # fmt: skip
            if r == 0 and (t + 1) % thin == 0:
                out_unseen[t // thin] = result[0]
                out_classes[t // thin] = result[1]
                out_alpha[t // thin] = new_alpha
            if not accelerate and R == 1:
                alpha[z] = new_alpha
                continue
            log_s = class_terms(Q, W, J, K, base, unseen, seen)
            pattern_weights(L, Q, W, base, starts, members, M, J, K, odds, weight, log_q)
            keep = True
            if not whole[r]:
                after = 0.0
                for c in range(M):
                    after += (f[r, c] - g[r, c]) * (log_q[c] - log_s)
                tally[5, 0] += 1.0
                keep = math.log(1.0 - np.random.random()) < after - before  # noqa: NPY002
                if keep:
                    tally[5, 1] += 1.0
                else:
                    L[:, :] = old_lam
                    Q[:, :] = old_rest
                    W[:] = old_nu
                    log_s = class_terms(Q, W, J, K, base, unseen, seen)
                    pattern_weights(L, Q, W, base, starts, members, M, J, K, odds, weight, log_q)
            if keep:
                alpha[z] = new_alpha
            if accelerate and n_moves > 0:
                for c in range(M):
                    total = 0.0
                    for k in range(K):
                        total += weight[c, k]
                    p[c] = math.exp(log_q[c] - log_s)
                    for k in range(K):
                        weight[c, k] *= p[c] / total
                for k in range(K):
                    seen[k] -= log_s
                wander(
                    n_moves, L, Q, W, alpha[z], log_s, f[r], starts, members, weight, p, seen, M, J, K, steps, old_l, old_r,
                    new_lam, new_rest, new_joint, new_p, new_weights, grow, tails, scratch, result, tally,
                )  # fmt: skip
                for c in range(M):
                    log_p[z, c] = math.log(max(p[c], 1e-300))
            else:
                for c in range(M):
                    log_p[z, c] = log_q[c] - log_s
        # neighbouring rungs exchange their states, even and odd pairs in turn
        if R > 1:
            for r in range(t % 2, R - 1, 2):
                value = 0.0
                for c in range(M):
                    value += (f[r, c] - f[r + 1, c]) * (log_p[at[r + 1], c] - log_p[at[r], c])
                tried[r] += 1.0
                rejected[r] += 1.0 - (math.exp(value) if value < 0.0 else 1.0)
                if math.log(1.0 - np.random.random()) < value:  # noqa: NPY002
                    at[r], at[r + 1] = at[r + 1], at[r]
            if direction[at[R - 1]] == 0:
                direction[at[R - 1]] = 1
            if direction[at[0]] == 1:
                direction[at[0]] = 0
                tally[6, 1] += 1.0
