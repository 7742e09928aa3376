# mypy: disable-error-code=no-any-return
"""Steps of the latent-class sampler with labels and unseen number integrated out.

The parameters are seen from the records that are seen: each class has a share of them and rates; how many are unseen
follows. A step changes one class's rates at a fixed share, the split of two classes' shares, or gives a class new rates
and a new part at once. The ratios carry the stick-breaking prior of the weights and its Jacobian.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from leadline.estimate.compiled import jit

JUMP = 0.75  # moves beyond this are births and deaths of classes
EMPTY = -1e300  # a logarithm that stands for log 0 without being infinite


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
def move_class(
    k: int, steps: Any, lam: Any, rest: Any, weights: Any, density: float, alpha: float, f: Any, starts: Any,
    members: Any, joint: Any, p: Any, M: int, J: int, K: int, new_lam: Any, new_rest: Any, new_joint: Any, new_p: Any,
    new_weights: Any, grow: Any, tails: Any, scratch: Any, result: Any,
) -> float:  # fmt: skip
    """Log acceptance ratio of adding `steps` (J) to the log odds of class k at a fixed share of the seen records.

    `joint[c, k]` is the probability of pattern c and class k given that the record is seen, `p[c]` its sum over
    classes. Fills what the move would change; `result[0]` is the new density of the weights.
    """
    ratio = 0.0
    new_base = 0.0
    old_base = 0.0
    for j in range(J):
        old_base += rest[j, k]
        if steps[j] == 0.0:
            new_lam[j] = lam[j, k]
            new_rest[j] = rest[j, k]
            grow[j] = 1.0
        else:
            x = lam[j, k] - rest[j, k] + steps[j]
            r = -x - math.log1p(math.exp(-x)) if x > 0 else -math.log1p(math.exp(x))
            new_rest[j] = r
            new_lam[j] = x + r
            grow[j] = math.exp(steps[j])
            ratio += new_lam[j] + new_rest[j] - lam[j, k] - rest[j, k]
        new_base += new_rest[j]
    q_new = -math.expm1(new_base)
    q_old = -math.expm1(old_base)
    if q_new <= 0.0 or q_old <= 0.0:
        return -math.inf
    gained = math.log(q_old) - math.log(q_new)
    shift = math.exp(new_base - old_base) * (q_old / q_new)
    for c in range(M):
        h = joint[c, k] * shift
        for i in range(starts[c], starts[c + 1]):
            h *= grow[members[i]]
        new_joint[c] = h
        new_p[c] = max(p[c] - joint[c, k], 0.0) + h
        if f[c] > 0.0:
            if new_p[c] <= 0.0 or p[c] <= 0.0:
                return -math.inf
            ratio += f[c] * math.log(new_p[c] / p[c])
    for other in range(K):
        new_weights[other] = weights[other]
    new_weights[k] += gained
    result[0] = weight_density(new_weights, alpha, K, k, tails, scratch)
    return ratio + gained + result[0] - density


@jit
def move_share(
    k: int, other: int, step: float, weights: Any, density: float, alpha: float, f: Any, joint: Any, p: Any, M: int, K: int,
    new_p: Any, new_weights: Any, tails: Any, scratch: Any, result: Any,
) -> float:  # fmt: skip
    """Log acceptance ratio of moving seen records' share from class other to class k by `step` on the logit of their split.

    `result` gets the new density and the factors of the two shares. The classes are picked with probability
    proportional to the product of their shares, which the ratio corrects for.
    """
    # shares are not stored: sum of the class's joint probabilities over the patterns is not enough (unseen patterns)
    both = log_add(result[3], result[4])
    x = result[3] - result[4] + step
    y = -math.log1p(math.exp(-x)) if x > 0 else x - math.log1p(math.exp(x))
    new_k = both + y
    new_l = both + (y - x)
    up = new_k - result[3]
    down = new_l - result[4]
    # Jacobian of the logit and the choice of the pair
    ratio = 2.0 * (up + down)
    grow_k, grow_l = math.exp(up) - 1.0, math.exp(down) - 1.0
    for c in range(M):
        new_p[c] = p[c] + joint[c, k] * grow_k + joint[c, other] * grow_l
        if f[c] > 0.0:
            if new_p[c] <= 0.0 or p[c] <= 0.0:
                return -math.inf
            ratio += f[c] * math.log(new_p[c] / p[c])
    for m in range(K):
        new_weights[m] = weights[m]
    new_weights[k] += up
    new_weights[other] += down
    result[0] = weight_density(new_weights, alpha, K, max(k, other), tails, scratch)
    result[1] = up
    result[2] = down
    return ratio + result[0] - density


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
    f: Any, starts: Any, members: Any, joint: Any, p: Any, shares: Any, M: int, J: int, K: int, near: Any, old_lam: Any,
    old_rest: Any, new_lam: Any, new_rest: Any, new_joint: Any, new_p: Any, new_weights: Any, grow: Any, tails: Any,
    scratch: Any, result: Any,
) -> float:  # fmt: skip
    """Log acceptance ratio of giving class k new rates and a new part of what classes k and other share.

    Either close to class other with a fair part (a birth), or anywhere with next to nothing (a death). `near` gets the log
    odds of class other; the log weights are log share - log probability to be seen + `log_seen`.
    """
    for j in range(J):
        near[j] = lam[j, other] - rest[j, other]
        old_lam[j] = lam[j, k]
        old_rest[j] = rest[j, k]
    if np.random.random() < 0.5:  # noqa: NPY002
        x = 1.5 * np.random.standard_normal()  # noqa: NPY002
        for j in range(J):
            new_lam[j] = near[j] + spread * np.random.standard_normal()  # noqa: NPY002
    else:
        x = -math.exp(2.7 + 2.0 * np.random.standard_normal())  # noqa: NPY002
        for j in range(J):
            u = min(max(np.random.random(), 1e-16), 1.0 - 1e-16)  # noqa: NPY002
            new_lam[j] = math.log(u) - math.log1p(-u)
    new_base = 0.0
    old_base = 0.0
    ratio = 0.0
    for j in range(J):
        v = new_lam[j]
        r = -v - math.log1p(math.exp(-v)) if v > 0 else -math.log1p(math.exp(v))
        grow[j] = math.exp(min(v, 600.0))
        new_rest[j] = r
        new_lam[j] = v + r
        new_base += r
        old_base += old_rest[j]
        ratio += new_lam[j] + new_rest[j] - old_lam[j] - old_rest[j]
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
    ratio += log_proposal(old_lam, old_rest, near, old_x, spread, J) - log_proposal(
        new_lam, new_rest, near, x, spread, J
    )
    front = new_k - math.log(q_new) + new_base
    base = math.exp(front) if front > -700.0 else 0.0
    shrink = math.exp(down) - 1.0
    for c in range(M):
        h = base
        for i in range(starts[c], starts[c + 1]):
            h *= grow[members[i]]
        new_joint[c] = h
        new_p[c] = max(p[c] - joint[c, k], 0.0) + joint[c, other] * shrink + h
        if f[c] > 0.0:
            if new_p[c] <= 0.0 or p[c] <= 0.0:
                return -math.inf
            ratio += f[c] * math.log(new_p[c] / p[c])
    for m in range(K):
        new_weights[m] = weights[m]
    new_weights[k] = new_k - math.log(q_new) + log_seen
    new_weights[other] += down
    result[0] = weight_density(new_weights, alpha, K, max(k, other), tails, scratch)
    result[1] = new_k
    result[2] = down
    return ratio + result[0] - density


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
def wander(
    n_moves: int, lam: Any, rest: Any, nu: Any, alpha: float, log_seen: float, f: Any, starts: Any, members: Any, joint: Any, p: Any,
    shares: Any, M: int, J: int, K: int, steps: Any, old_lam: Any, old_rest: Any, new_lam: Any, new_rest: Any,
    new_joint: Any, new_p: Any, new_weights: Any, grow: Any, tails: Any, scratch: Any, result: Any, tally: Any,
) -> None:  # fmt: skip
    """Random steps of rates and shares with labels and unseen number integrated out; updates everything in place."""
    weights = nu
    density = weight_density(weights, alpha, K, K, tails, tails)
    for _ in range(n_moves):
        kind = np.random.random()  # noqa: NPY002
        scale = math.exp(-3.0 + 3.7 * np.random.random())  # noqa: NPY002
        k = min(int(K * np.random.random()), K - 1)  # noqa: NPY002
        if kind <= JUMP and np.random.random() < 0.7:  # noqa: NPY002
            k = pick(shares, K)
        if kind > JUMP:
            other = pick(shares, K)
            tally[4, 0] += 1.0
            if k == other:
                continue
            value = move_replace(
                k, other, (0.5, 1.2, 2.5)[min(int(3 * np.random.random()), 2)], lam, rest, weights, density, alpha,  # noqa: NPY002
                log_seen, f, starts, members, joint, p, shares, M, J, K, steps, old_lam, old_rest, new_lam, new_rest,
                new_joint, new_p, new_weights, grow, tails, scratch, result,
            )  # fmt: skip
            if math.log(1.0 - np.random.random()) < value:  # noqa: NPY002
                tally[4, 1] += 1.0
                density = result[0]
                shares[k] = result[1]
                shares[other] += result[2]
                for j in range(J):
                    lam[j, k] = new_lam[j]
                    rest[j, k] = new_rest[j]
                for c in range(M):
                    joint[c, k] = new_joint[c]
                    joint[c, other] *= math.exp(result[2])
                    p[c] = new_p[c]
                for m in range(max(k, other) + 1):
                    weights[m] = new_weights[m]
                    tails[m] = scratch[m]
        elif kind < 0.6:
            if kind < 0.2:  # ridge: all odds of the class together
                s = scale * np.random.standard_normal()  # noqa: NPY002
                for j in range(J):
                    steps[j] = s
                which = 0
            elif kind < 0.4:  # one list's rate
                for j in range(J):
                    steps[j] = 0.0
                steps[min(int(J * np.random.random()), J - 1)] = scale * np.random.standard_normal()  # noqa: NPY002
                which = 1
            else:  # any direction
                for j in range(J):
                    steps[j] = scale * np.random.standard_normal()  # noqa: NPY002
                which = 2
            value = move_class(
                k, steps, lam, rest, weights, density, alpha, f, starts, members, joint, p, M, J, K, new_lam, new_rest,
                new_joint, new_p, new_weights, grow, tails, scratch, result,
            )  # fmt: skip
            tally[which, 0] += 1.0
            if math.log(1.0 - np.random.random()) < value:  # noqa: NPY002
                tally[which, 1] += 1.0
                density = result[0]
                for j in range(J):
                    lam[j, k] = new_lam[j]
                    rest[j, k] = new_rest[j]
                for c in range(M):
                    joint[c, k] = new_joint[c]
                    p[c] = new_p[c]
                for other in range(k + 1):
                    weights[other] = new_weights[other]
                    tails[other] = scratch[other]
        else:  # share between two classes
            k = pick(shares, K)
            other = pick(shares, K)
            tally[3, 0] += 1.0
            if k == other:
                continue
            result[3], result[4] = shares[k], shares[other]
            value = move_share(
                k, other, scale * np.random.standard_normal(), weights, density, alpha, f, joint, p, M, K, new_p,  # noqa: NPY002
                new_weights, tails, scratch, result,
            )  # fmt: skip
            if math.log(1.0 - np.random.random()) < value:  # noqa: NPY002
                tally[3, 1] += 1.0
                density = result[0]
                shares[k] += result[1]
                shares[other] += result[2]
                for c in range(M):
                    joint[c, k] *= math.exp(result[1])
                    joint[c, other] *= math.exp(result[2])
                    p[c] = new_p[c]
                for m in range(max(k, other) + 1):
                    weights[m] = new_weights[m]
                    tails[m] = scratch[m]
    # weights sum to 1 again
    top = tails[0]
    for other in range(K):
        weights[other] -= top
