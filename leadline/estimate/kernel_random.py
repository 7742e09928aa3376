# mypy: disable-error-code=no-any-return
"""Random numbers for the compiled loops: gamma in logarithms, binomial and Poisson exact for any count.

Gamma after Marsaglia & Tsang (2000), doi:10.1145/358407.358414; binomial and Poisson by transformed rejection after
Hormann (1993), doi:10.1080/00949659308811496 and doi:10.1016/0167-6687(93)90997-4.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from leadline.compiled import jit

HUGE = (
    1e9  # beyond this a Poisson draw is a rounded normal one: the difference is below the spacing of what is reported
)


@jit
def log_gamma_draw(shape: float) -> float:
    """Logarithm of a Gamma(shape, 1) draw; the logarithm stays finite where the draw itself would be 0."""
    boost = 0.0
    if shape < 1.0:
        boost = math.log(1.0 - np.random.random()) / shape  # noqa: NPY002  the only generator numba compiles
        shape += 1.0
    d = shape - 1.0 / 3.0
    c = 1.0 / math.sqrt(9.0 * d)
    while True:
        x = np.random.standard_normal()  # noqa: NPY002
        v = 1.0 + c * x
        if v <= 0.0:
            continue
        v = v * v * v
        u = 1.0 - np.random.random()  # noqa: NPY002
        if u < 1.0 - 0.0331 * x * x * x * x or math.log(u) < 0.5 * x * x + d * (1.0 - v + math.log(v)):
            return boost + math.log(d * v)


@jit
def stirling_tail(k: float) -> float:
    """log(k!) minus its Stirling approximation."""
    if k < 9.5:
        # log k! - ((k + 1/2) log(k + 1) - (k + 1) + log(2 pi) / 2)
        return math.lgamma(k + 1.0) - ((k + 0.5) * math.log(k + 1.0) - (k + 1.0) + 0.9189385332046727)
    s = (k + 1.0) * (k + 1.0)
    return (1.0 / 12.0 - (1.0 / 360.0 - 1.0 / 1260.0 / s) / s) / (k + 1.0)


@jit
def binomial_draw(n: float, p: float) -> float:
    """A Binomial(n, p) draw, exact; n a whole number as a float."""
    if n <= 0.0 or p <= 0.0:
        return 0.0
    if p >= 1.0:
        return n
    if p > 0.5:
        return n - binomial_small(n, 1.0 - p)
    return binomial_small(n, p)


@jit
def binomial_small(n: float, p: float) -> float:
    """`binomial_draw` for p up to a half."""
    if n == 1.0:
        return 1.0 if np.random.random() < p else 0.0  # noqa: NPY002
    if n * p < 10.0:
        # waiting times between successes
        log_q = math.log1p(-p)
        waited = 0.0
        found = 0.0
        while True:
            waited += np.ceil(math.log(1.0 - np.random.random()) / log_q)  # noqa: NPY002
            if waited > n:
                return found
            found += 1.0
    spread = math.sqrt(n * p * (1.0 - p))
    b = 1.15 + 2.53 * spread
    a = -0.0873 + 0.0248 * b + 0.01 * p
    c = n * p + 0.5
    v_r = 0.92 - 4.2 / b
    r = p / (1.0 - p)
    alpha = (2.83 + 5.1 / b) * spread
    m = np.floor((n + 1.0) * p)
    while True:
        u = np.random.random() - 0.5  # noqa: NPY002
        v = 1.0 - np.random.random()  # noqa: NPY002
        us = 0.5 - abs(u)
        k = np.floor((2.0 * a / us + b) * u + c)
        if us >= 0.07 and v <= v_r:
            return k
        if k < 0.0 or k > n:
            continue
        v = math.log(v * alpha / (a / (us * us) + b))
        bound = (
            (m + 0.5) * math.log((m + 1.0) / (r * (n - m + 1.0)))
            + (n + 1.0) * math.log((n - m + 1.0) / (n - k + 1.0))
            + (k + 0.5) * math.log(r * (n - k + 1.0) / (k + 1.0))
            + stirling_tail(m)
            + stirling_tail(n - m)
            - stirling_tail(k)
            - stirling_tail(n - k)
        )
        if v <= bound:
            return k


@jit
def poisson_draw(mean: float) -> float:
    """A Poisson draw as a float."""
    if mean <= 0.0:
        return 0.0
    if mean > HUGE:
        return max(0.0, np.floor(mean + math.sqrt(mean) * np.random.standard_normal() + 0.5))  # noqa: NPY002
    if mean < 10.0:
        limit = math.exp(-mean)
        product = np.random.random()  # noqa: NPY002
        k = 0.0
        while product > limit:
            product *= np.random.random()  # noqa: NPY002
            k += 1.0
        return k
    spread = math.sqrt(mean)
    log_mean = math.log(mean)
    b = 0.931 + 2.53 * spread
    a = -0.059 + 0.02483 * b
    inverse = 1.1239 + 1.1328 / (b - 3.4)
    v_r = 0.9277 - 3.6224 / (b - 2.0)
    while True:
        u = np.random.random() - 0.5  # noqa: NPY002
        v = 1.0 - np.random.random()  # noqa: NPY002
        us = 0.5 - abs(u)
        k = np.floor((2.0 * a / us + b) * u + mean + 0.43)
        if us >= 0.07 and v <= v_r:
            return k
        if k < 0.0 or (us < 0.013 and v > us):
            continue
        if math.log(v) + math.log(inverse) - math.log(a / (us * us) + b) <= -mean + k * log_mean - math.lgamma(k + 1.0):
            return k


@jit
def seed_draws(seed: Any) -> None:
    """Seed the generator of the calling thread."""
    np.random.seed(seed)  # noqa: NPY002
