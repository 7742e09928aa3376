"""Has a sampler converged: rank-normalised split R-hat, effective sample sizes, errors of quantiles.

Vehtari, Gelman, Simpson, Carpenter & Burkner (2021), doi:10.1214/20-BA1221.
"""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
from scipy.special import betaincinv, ndtr, ndtri

from leadline.estimate.tables import Floats


def split(chains: Floats) -> Floats:
    """Each chain (rows) cut into halves."""
    half = chains.shape[1] // 2
    return np.vstack([chains[:, :half], chains[:, chains.shape[1] - half :]])


def rank_normal(chains: Floats) -> Floats:
    """Values replaced by normal scores of their ranks; ties share a rank."""
    flat = chains.ravel()
    _, inverse, counts = np.unique(flat, return_inverse=True, return_counts=True)
    upper = np.cumsum(counts)
    ranks = upper - (counts - 1) / 2
    return np.asarray(ndtri((ranks[inverse].reshape(chains.shape) - 0.375) / (flat.size + 0.25)))


def _rhat(chains: Floats) -> float:
    n = chains.shape[1]
    within = float(chains.var(axis=1, ddof=1).mean())
    between = float(chains.mean(axis=1).var(ddof=1))
    if within <= 0:
        return 1.0 if between <= 0 else math.inf
    return math.sqrt((n - 1) / n + between / within)


def rhat(chains: Floats) -> float:
    """The larger of the R-hat of location and of spread (chains x draws).

    >>> rng = np.random.default_rng(1)
    >>> rhat(rng.standard_normal((4, 1000))) < 1.01
    True
    """
    c = split(np.asarray(chains, dtype=np.float64))
    if c.shape[1] < 4:
        return math.inf
    folded = np.abs(c - np.median(c))
    return max(_rhat(rank_normal(c)), _rhat(rank_normal(folded)))


def _ess(chains: Floats) -> float:
    """Effective sample size by Geyer's initial monotone sequence over several chains."""
    m, n = chains.shape
    if n < 4:
        return math.nan
    centred = chains - chains.mean(axis=1, keepdims=True)
    size = 1 << (2 * n - 1).bit_length()
    spectrum = np.fft.rfft(centred, size, axis=1)
    autocovariance = np.fft.irfft(np.abs(spectrum) ** 2, size, axis=1)[:, :n].mean(axis=0) / n
    within = autocovariance[0] * n / (n - 1)
    between = float(chains.mean(axis=1).var(ddof=1)) if m > 1 else 0.0
    total = within * (n - 1) / n + between
    if total <= 0:
        return float(m * n)
    rho = 1.0 - (within - autocovariance * n / (n - 1)) / total
    rho[0] = 1.0
    pairs = rho[: n - n % 2].reshape(-1, 2).sum(axis=1)
    negative = np.flatnonzero(pairs < 0)
    stop = int(negative[0]) if len(negative) else len(pairs)
    monotone = np.minimum.accumulate(pairs[:stop])
    tau = max(
        -1.0 + 2.0 * float(monotone.sum()) + (max(float(rho[2 * stop]), 0.0) if 2 * stop < n else 0.0),
        1 / math.log10(m * n),
    )
    return float(m * n / tau)


def ess_bulk(chains: Floats) -> float:
    """Effective sample size for the middle of the distribution.

    >>> rng = np.random.default_rng(1)
    >>> 3500 < ess_bulk(rng.standard_normal((4, 1000))) < 4500
    True
    """
    return _ess(rank_normal(split(np.asarray(chains, dtype=np.float64))))


def ess_quantile(chains: Floats, level: float) -> float:
    """Effective sample size for one quantile."""
    c = np.asarray(chains, dtype=np.float64)
    below = (c <= np.quantile(c, level)).astype(np.float64)
    if below.min() == below.max():
        return float(c.size)
    return _ess(split(below))


def ess_tail(chains: Floats) -> float:
    """The smaller of the effective sample sizes of the 5 and 95 per cent quantiles."""
    return min(ess_quantile(chains, 0.05), ess_quantile(chains, 0.95))


def mcse_quantile(chains: Floats, level: float) -> float:
    """Monte Carlo standard error of a quantile."""
    c = np.asarray(chains, dtype=np.float64)
    size = ess_quantile(c, level)
    shape = (size * level + 1, size * (1 - level) + 1)
    one = float(ndtr(1.0))
    low, high = betaincinv(*shape, 1 - one), betaincinv(*shape, one)
    ordered = np.sort(c.ravel())
    s = len(ordered)
    below = ordered[max(math.floor(low * s) - 1, 0)]
    above = ordered[min(math.ceil(high * s) - 1, s - 1)]
    return float((above - below) / 2)


def summary(chains: Floats) -> dict[str, float]:
    """R-hat, effective sample sizes and the errors of the median and the 95 per cent limits."""
    return {
        "rhat": rhat(chains),
        "ess": ess_bulk(chains),
        "ess_tail": ess_tail(chains),
        "mcse_median": mcse_quantile(chains, 0.5),
        "mcse_lower": mcse_quantile(chains, 0.025),
        "mcse_upper": mcse_quantile(chains, 0.975),
    }


def thinned_summary(total: Floats) -> dict[str, float]:
    """Diagnostics on every so manieth draw, at most 20,000 a chain, which is what they need."""
    step = max(1, total.shape[1] // 20_000)
    return summary(total[:, ::step])


def modes(total: Floats, least: float = 0.05) -> list[dict[str, float]]:
    """Separate peaks of the posterior of N on a logarithmic scale: where, and how much of the mass.

    Two peaks are separate if the valley between is below half of the lower one; peaks with less mass than `least` are
    not counted.
    """
    x = np.log(total.ravel())
    low, high = np.quantile(x, [0.001, 0.999])
    if high - low < 1e-6:
        return [{"n_hat": float(np.median(total)), "share": 1.0}]
    height, edges = np.histogram(x, bins=200, range=(float(low), float(high)))
    width = np.exp(-0.5 * (np.arange(-12, 13) / 4.0) ** 2)
    smooth = np.convolve(height.astype(np.float64), width / width.sum(), mode="same")
    cuts = []
    peak = 0
    valley = 0
    for i in range(1, len(smooth)):
        if smooth[i] > smooth[peak] and valley == peak:
            peak = valley = i
        elif smooth[i] < smooth[valley]:
            valley = i
        elif smooth[i] > 2.0 * smooth[valley] and smooth[peak] > 2.0 * smooth[valley]:
            rises = smooth[i:].max()
            if rises > 2.0 * smooth[valley]:
                cuts.append(valley)
                peak = valley = i
        elif smooth[i] > smooth[peak]:
            peak = valley = i
    bounds = [-np.inf, *(float(edges[c]) for c in cuts), np.inf]
    parts = [x[(x >= a) & (x < b)] for a, b in pairwise(bounds)]
    found = [{"n_hat": float(np.exp(np.median(p))), "share": len(p) / len(x)} for p in parts if len(p) > least * len(x)]
    return found or [{"n_hat": float(np.exp(np.median(x))), "share": 1.0}]
