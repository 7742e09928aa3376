"""Bias-corrected and accelerated bootstrap intervals, with the choice of the model repeated in every resample.

Tables are drawn from the multinomial distribution of the observed patterns; the acceleration comes from leaving out one
record of each distinct pattern. Efron (1987), doi:10.1080/01621459.1987.10478410; DiCiccio & Efron (1996),
doi:10.1214/ss/1032280214.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr, ndtri

from leadline.estimate.tables import Floats, ListTable

Chooser = Callable[[Floats], Floats]  # rows of cells -> totals, NaN where there is no estimate


@dataclass(frozen=True)
class Bootstrap:
    """Resampled totals (NaN where a resample had no estimate), and what the interval was corrected by."""

    totals: Floats
    point: float
    bias: float
    acceleration: float
    failed: int

    def interval(self, level: float) -> tuple[float, float | None]:
        """The BCa interval; the upper end is None where so many resamples have no estimate that it is not reached."""
        lower, upper = self.quantiles([(1 - level) / 2, (1 + level) / 2])
        return float(lower), (float(upper) if np.isfinite(upper) else None)

    def quantiles(self, levels: list[float]) -> Floats:
        """BCa quantiles of the total."""
        good = self.totals[np.isfinite(self.totals)]
        if not len(good):
            return np.full(len(levels), np.nan)
        z = ndtri(np.array(levels)) + self.bias
        at = ndtr(self.bias + z / (1 - self.acceleration * z))
        return np.asarray(np.quantile(good, np.clip(at, 0, 1), method="median_unbiased"))


def resample(table: ListTable, draws: int, rng: np.random.Generator) -> Floats:
    """Multinomial resamples of the table as rows of all 2^J cells."""
    counts = rng.multinomial(table.n, table.counts / table.n, size=draws)
    rows = np.zeros((draws, 1 << table.n_lists))
    rows[:, table.codes] = counts
    return rows


def bootstrap(table: ListTable, choose: Chooser, *, draws: int, seed: int) -> Bootstrap:
    """Resample, estimate each resample by `choose`, and correct by the delete-one estimates.

    >>> from leadline.estimate.independence import independent_total
    >>> t = ListTable.of(("A", "B"), {(1, 1): 30, (1, 0): 30, (0, 1): 40})
    >>> sizes = lambda rows: [(r[1] + r[3], r[2] + r[3]) for r in rows]
    >>> two = lambda rows: np.array([independent_total(r.sum(), np.array(s)) for r, s in zip(rows, sizes(rows))])
    >>> low, high = bootstrap(t, two, draws=200, seed=1).interval(0.95)
    >>> bool(low < 140 < high)
    True
    """
    rng = np.random.default_rng([seed, 1])
    rows = resample(table, draws, rng)
    base = table.full()
    deleted = np.tile(base, (len(table.counts), 1))
    deleted[np.arange(len(table.counts)), table.codes] -= 1
    every = choose(np.vstack([base, deleted, rows]))
    point, one_less, totals = float(every[0]), every[1 : 1 + len(deleted)], every[1 + len(deleted) :]
    return corrected(point, one_less, table.counts.astype(np.float64), totals)


def corrected(point: float, one_less: Floats, weight: Floats, totals: Floats) -> Bootstrap:
    """Bias and acceleration from the resampled and the delete-one totals."""
    good = totals[np.isfinite(totals)]
    share = float(np.clip((good < point).mean(), 1 / (2 * len(good)), 1 - 1 / (2 * len(good)))) if len(good) else 0.5
    usable = np.isfinite(one_less)
    w, j = weight[usable], one_less[usable]
    acceleration = 0.0
    if len(j):
        d = (w * j).sum() / w.sum() - j
        spread = (w * d**2).sum()
        acceleration = float((w * d**3).sum() / (6 * spread**1.5)) if spread > 0 else 0.0
    return Bootstrap(totals, point, float(ndtri(share)), acceleration, int((~np.isfinite(totals)).sum()))
