"""Bounds from how many records are on one list, two lists, three: what heterogeneity alone cannot bring below.

Chao's lower bound rests on the records on exactly one and exactly two lists. It is a bound where some records are
easier to catch than others; it is none where lists avoid each other. Sample coverage (Chao & Tsay) corrects the
estimate under independence by how dependent pairs of lists look.

Chao (1987), doi:10.2307/2531532; Rivest & Baillargeon (2007), doi:10.1111/j.1541-0420.2007.00779.x;
Chao & Tsay (1998), doi:10.1080/01621459.1998.10474109 (coverage); Chao et al. (2001), doi:10.1002/sim.996.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.special import gammaln, xlogy

from leadline.estimate.profile import profile
from leadline.estimate.tables import DENSE, Floats, FrequencyTable, ListTable


@dataclass(frozen=True)
class BoundFit:
    """A log-linear model with a free intercept for the unseen.

    `n_hat` by maximum likelihood, its standard error, deviance and information criteria; `interval` is the profile
    likelihood interval of the multinomial form, `multinomial` its point.
    """

    n_hat: float
    se: float
    deviance: float
    aic: float
    bic: float
    interval: tuple[float, float | None]


def chao_list_effects(table: ListTable, level: float = 0.95) -> BoundFit:
    """Chao's lower bound when the lists also differ in size (Mth).

    A Poisson log-linear model with list effects and a free parameter for every number of lists from three on; free
    parameters that would lower the bound are taken out, as the bound requires.

    >>> t = ListTable.of(("A", "B", "C"), {(1,1,1): 12, (1,1,0): 54, (1,0,0): 31, (0,1,0): 3, (0,1,1): 18, (0,0,1): 5})
    >>> chao_list_effects(t).n_hat >= t.n
    True
    """
    J = table.n_lists
    codes = np.arange(1, 1 << J)
    bits = (codes[:, None] >> np.arange(J) & 1).astype(np.float64)
    free = np.maximum(bits.sum(axis=1)[:, None] - np.arange(3, J + 1) + 1, 0.0)
    return _bound(np.hstack([np.ones((len(codes), 1)), bits]), free, table.full()[1:], None, level)


def chao_frequencies(units: Floats, occasions: int | None, level: float = 0.95, *, last: int | None = None) -> BoundFit:
    """Chao's lower bound from capture frequencies (Mh); `occasions` None means that there is no largest number.

    `units[i]` units were caught i + 1 times. Unbounded occasions give the Poisson form f1^2 / (2 f2). With `last` the
    model is fitted to the units caught at most that often; the others count as seen.

    >>> round(chao_frequencies(np.array([30.0, 15.0, 5.0]), None).n_hat, 3)
    80.0
    """
    times, offset, counts = _frequency_cells(units, occasions, last)
    free = np.maximum(times[:, None] - np.arange(3, len(times) + 1) + 1, 0.0)
    return _bound(np.column_stack([np.ones(len(times)), times]), free, counts, offset, level, float(units.sum()))


def heterogeneity(
    units: Floats,
    occasions: int | None,
    form: str,
    theta: float = 2.0,
    level: float = 0.95,
    *,
    last: int | None = None,
) -> BoundFit:
    """A parametric model of heterogeneity on capture frequencies: `poisson`, `darroch` or `gamma` (Rivest).

    The column added for k captures is theta^k - 1, k^2/2 or log(theta) - log(theta + k).
    """
    times, offset, counts = _frequency_cells(units, occasions, last)
    design = np.column_stack([np.ones(len(times)), times, _form(times, form, theta)])
    return _bound(design, np.empty((len(times), 0)), counts, offset, level, float(units.sum()))


def heterogeneity_list_effects(table: ListTable, form: str, theta: float = 2.0, level: float = 0.95) -> BoundFit:
    """The same with list effects (Mth Poisson2, Darroch, Gamma3.5 of the R package Rcapture)."""
    J = table.n_lists
    codes = np.arange(1, 1 << J)
    bits = (codes[:, None] >> np.arange(J) & 1).astype(np.float64)
    design = np.hstack([np.ones((len(codes), 1)), bits, _form(bits.sum(axis=1), form, theta)[:, None]])
    return _bound(design, np.empty((len(codes), 0)), table.full()[1:], None, level)


def _form(times: Floats, form: str, theta: float) -> Floats:
    forms: dict[str, Callable[[], Floats]] = {
        "poisson": lambda: theta**times - 1.0,
        "darroch": lambda: times**2 / 2.0,
        "gamma": lambda: np.asarray(np.log(theta) - np.log(theta + times)),
    }
    return forms[form]()


def _frequency_cells(units: Floats, occasions: int | None, fitted: int | None) -> tuple[Floats, Floats, Floats]:
    """Numbers of captures, log of how many ways each can come about, and counts, up to the last that can occur."""
    last = min(fitted or 10**9, occasions if occasions is not None else len(units))
    times = np.arange(1, last + 1, dtype=np.float64)
    counts = np.zeros(last)
    counts[: min(last, len(units))] = units[:last]
    if occasions is None:
        return times, -gammaln(times + 1), counts
    return times, gammaln(occasions + 1) - gammaln(times + 1) - gammaln(occasions - times + 1), counts


def _bound(
    base: Floats, free: Floats, counts: Floats, offset: Floats | None, level: float, seen: float | None = None
) -> BoundFit:
    """Fit with the free columns that stay positive; leave out the first negative one until none is."""
    offset = np.zeros(len(counts)) if offset is None else offset
    keep = list(range(free.shape[1]))
    while True:
        design = np.hstack([base, free[:, keep]])
        theta, covariance, mean = glm(design, counts, offset)
        negative = [k for k, t in zip(keep, theta[base.shape[1] :], strict=True) if t < 0]
        if not negative:
            break
        keep.remove(negative[0])
    n = float(counts.sum()) if seen is None else seen
    unseen = math.exp(theta[0])
    loglik = float((xlogy(counts, mean) - mean - gammaln(counts + 1)).sum())
    saturated = float((xlogy(counts, counts) - counts - gammaln(counts + 1)).sum())
    # standard error of N: sampling of the seen and of the intercept (Rivest & Levesque 2001)
    se = math.sqrt(max(unseen + unseen**2 * covariance, 0.0))
    k = design.shape[1]

    design0 = np.vstack([_unseen_row(design), design])
    offset0 = np.concatenate([[0.0], offset])

    def multinomial(number: float) -> float:
        cells = np.concatenate([[number], counts])
        _, _, fitted = glm(design0, cells, offset0)
        share = fitted / fitted.sum()
        return float(gammaln(n + number + 1) - gammaln(number + 1) + xlogy(cells, share).sum())

    interval = profile(multinomial, n, level) if math.isfinite(unseen) else (n, None)
    return BoundFit(
        n + unseen, se, 2 * (saturated - loglik), 2 * k - 2 * loglik, k * math.log(n) - 2 * loglik, interval
    )


def _unseen_row(design: Floats) -> Floats:
    row = np.zeros((1, design.shape[1]))
    row[0, 0] = 1.0
    return row


def glm(design: Floats, counts: Floats, offset: Floats) -> tuple[Floats, float, Floats]:
    """Poisson regression with a log link by Newton's method; columns that the data cannot separate are left at 0.

    Returns coefficients, the variance of the first one and the fitted means.
    """
    mean: Floats = np.asarray(counts + 0.1)
    eta: Floats = np.log(mean)
    theta = np.zeros(design.shape[1])
    last = math.inf
    for iteration in range(200):
        weighted = design * mean[:, None]
        information = design.T @ weighted
        working = weighted.T @ (eta - offset + (counts - mean) / mean)
        target = np.linalg.lstsq(information, working, rcond=1e-13)[0]
        scale = 1.0
        while True:  # shorten a step that makes the fit worse
            trial = target if iteration == 0 else theta + scale * (target - theta)
            eta = np.clip(design @ trial + offset, -300, 300)
            mean = np.exp(eta)
            value = float((mean - counts * eta).sum())
            if iteration == 0 or value <= last + 1e-9 * (1 + abs(last)) or scale < 1e-8:
                break
            scale /= 2
        theta = trial  # type: ignore[assignment]
        if abs(value - last) < 1e-13 * (1 + abs(value)):
            break
        last = value
    information = design.T @ (design * mean[:, None])
    return theta, float(np.linalg.pinv(information, rcond=1e-13)[0, 0]), mean


@dataclass(frozen=True)
class Coverage:
    """Sample coverage and the estimates built on it; None where the formula has no answer."""

    coverage: float
    independent: float
    high: float
    one_step: float


def sample_coverage(table: ListTable) -> Coverage:
    """Chao and Tsay's estimates from the share of each list that other lists confirm.

    `coverage` is 1 minus the mean share of singletons; `independent` their estimate without dependence, `high` the one
    for high coverage, `one_step` the one for low coverage (they advise it below about 0.55).

    >>> t = ListTable.of(("A", "B", "C"), {(1,1,1): 12, (1,1,0): 54, (1,0,0): 31, (0,1,0): 3, (0,1,1): 18, (0,0,1): 5})
    >>> round(sample_coverage(t).coverage, 3)
    0.834
    """
    return coverage_of(table.patterns.astype(np.float64), table.counts.astype(np.float64))


def coverage_of(patterns: Floats, counts: Floats) -> Coverage:
    """`sample_coverage` for patterns (M x J) and counts (M)."""
    J = patterns.shape[1]
    times = patterns.sum(axis=1)
    sizes = counts @ patterns
    alone = (counts * (times == 1)) @ patterns
    seen = counts.sum()
    coverage = 1.0 - float(np.mean(alone / sizes))
    if coverage <= 0:
        return Coverage(coverage, math.inf, math.inf, math.inf)
    without = np.array([(counts * (times - patterns[:, j] > 0)).sum() for j in range(J)])  # seen without list j
    d = float(without.mean())
    shared = patterns.T @ (patterns * counts[:, None])
    # weight of a pair in the formula: records on exactly these two, twice, and on one of them only
    exactly = patterns.T @ (patterns * (counts * (times == 2))[:, None])
    pairs = [(i, j) for i in range(J) for j in range(i + 1, J)]
    weight = np.array([alone[i] + alone[j] + 2 * exactly[i, j] for i, j in pairs])
    ratio = np.array([shared[i, j] / (sizes[i] * sizes[j]) for i, j in pairs])
    independent = d / coverage
    step = independent + float((weight * (independent * ratio - 1.0)).sum()) / (J * coverage)
    one_step = independent + float((weight * (step * ratio - 1.0)).sum()) / (J * coverage)
    denominator = J * coverage - float((weight * ratio).sum())
    twice = sum(float((counts * (times - patterns[:, j] > 1)).sum()) for j in range(J))
    high = twice / denominator if denominator > 1e-4 else math.nan
    return Coverage(coverage, independent, high if high >= seen else float(seen), one_step)


def chao_summary(table: ListTable | FrequencyTable, level: float = 0.95) -> dict[str, float]:
    """The simple forms of the bound, with and without list effects, for the diagnostics."""
    if isinstance(table, FrequencyTable):
        units, occasions = table.units.astype(np.float64), table.occasions
    else:
        units, occasions = table.captures.astype(np.float64), table.n_lists
    f1, f2 = float(units[0]), float(units[1]) if len(units) > 1 else 0.0
    shrink = 1.0 if occasions is None else (occasions - 1) / occasions
    n = float(units.sum())
    found = {"singletons": f1, "doubletons": f2, "bias_corrected": n + shrink * f1 * (f1 - 1) / (2 * (f2 + 1))}
    if f2 > 0:
        found["poisson_form"] = n + f1 * f1 / (2 * f2)
    if not isinstance(table, FrequencyTable) and table.n_lists <= DENSE and f2 > 0:
        found["equal_lists"] = chao_frequencies(units, occasions, level).n_hat
    return found
