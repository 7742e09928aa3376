"""Maximum likelihood fits of Poisson log-linear models, many at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import gammaln

from leadline.compiled import have_numba
from leadline.estimate import existence, kernel_loglinear
from leadline.estimate.hierarchy import Model
from leadline.estimate.independence import independent_total
from leadline.estimate.tables import Floats, Ints

SURE = 1e-6  # a stationary point with information this far from singular in every direction is the estimate itself


@dataclass(frozen=True)
class Fits:
    """Fits of several models, or of one to several tables (arrays of length B; parameters B x P).

    `n_hat` is NaN where the estimate does not exist or is not unique. `bic` counts every parameter, also those at
    minus infinity, and the records as the sample size.
    """

    n_hat: Floats
    bic: Floats
    aic: Floats
    deviance: Floats
    log_unseen: Floats
    variance: Floats
    theta: Floats
    sure: npt.NDArray[np.bool_]

    @property
    def exists(self) -> npt.NDArray[np.bool_]:
        """Which fits have an estimate."""
        return np.isfinite(self.n_hat)


def pack(models: Sequence[Model]) -> tuple[Ints, Ints]:
    """Models as a padded array (B, P) and their sizes."""
    sizes = np.array([len(m) for m in models], dtype=np.int64)
    packed = np.zeros((len(models), int(sizes.max(initial=1))), dtype=np.int64)
    for i, m in enumerate(models):
        packed[i, : len(m)] = m
    return packed, sizes


def starts_for(cells: Floats, models: Ints, sizes: Ints, n_lists: int) -> Floats:
    """Starting values: the independence fit, interactions 0."""
    codes = np.arange(cells.shape[-1])
    n = cells.sum()
    list_sizes = np.array([cells[codes >> j & 1 == 1].sum() for j in range(n_lists)])
    total = independent_total(n, list_sizes)
    total = total if np.isfinite(total) else 20.0 * n
    p = np.clip(list_sizes / max(total, n + 0.5), 1e-12, 1 - 1e-9)
    by_code = np.zeros(cells.shape[-1])
    by_code[0] = np.log(max(total, 1.0)) + np.log1p(-p).sum()
    for j in range(n_lists):
        by_code[1 << j] = np.log(p[j]) - np.log1p(-p[j])
    starts: Floats = by_code[models]
    starts[np.arange(models.shape[1]) >= sizes[:, None]] = 0.0
    return starts


def fit(
    cells: Floats,
    models: Sequence[Model] | tuple[Ints, Ints],
    n_lists: int,
    *,
    rows: Ints | None = None,
    starts: Floats | None = None,
    check: bool = True,
) -> Fits:
    """Fit `models` to `cells` (counts of the 2^J cells; several rows with `rows` saying which model takes which).

    Newton's method, converged to rounding. Where an estimate does not exist, the information vanishes along some direction
    as fast as the score; such fits are checked by the linear program of `existence`, any other is its own proof.

    >>> from leadline.estimate.tables import ListTable
    >>> t = ListTable.of(("A", "B", "C"), {(1,1,1): 12, (1,1,0): 54, (1,0,0): 31, (0,1,0): 3, (0,1,1): 18, (0,0,1): 5})
    >>> bool(np.isfinite(fit(t.full(), [(0, 1, 2, 4)], 3).n_hat[0]))
    True
    """
    packed, sizes = models if isinstance(models, tuple) and isinstance(models[0], np.ndarray) else pack(models)  # type: ignore[arg-type]
    table = np.atleast_2d(np.asarray(cells, dtype=np.float64))
    B, P = packed.shape
    rows = np.zeros(B, dtype=np.int64) if rows is None else rows
    if starts is None:
        starts = np.empty((B, P))
        for r in np.unique(rows):
            of = rows == r
            starts[of] = starts_for(table[r], packed[of], sizes[of], n_lists)
    theta, status = np.empty((B, P)), np.empty(B, dtype=np.int64)
    loglik, variance, least = np.empty(B), np.empty(B), np.empty(B)
    if have_numba():
        kernel_loglinear.fit_many(table, rows, packed, sizes, starts, n_lists, theta, status, loglik, variance, least)
    else:
        from leadline.estimate.fit_numpy import fit_many

        fit_many(table, rows, packed, sizes, starts, n_lists, theta, status, loglik, variance, least)
    sure = (status == kernel_loglinear.CONVERGED) & (least >= SURE)
    theta[status == kernel_loglinear.SINGULAR, 0] = np.nan
    if check:
        for i in np.flatnonzero(~sure & np.isfinite(theta[:, 0])):
            model = tuple(packed[i, : sizes[i]].tolist())
            if existence.check(table[rows[i]], model) != existence.EXISTS:
                theta[i, 0] = np.nan
    n = table.sum(axis=1)[rows]
    constant = gammaln(table + 1.0).sum(axis=1)[rows]
    with np.errstate(divide="ignore", invalid="ignore"):
        saturated = np.where(table > 0, table * np.log(np.where(table > 0, table, 1.0)) - table, 0.0).sum(axis=1)[rows]
        ok = np.isfinite(theta[:, 0])
        bic = np.where(ok, sizes * np.log(n) - 2.0 * (loglik - constant), np.inf)
        aic = np.where(ok, 2.0 * sizes - 2.0 * (loglik - constant), np.inf)
        n_hat = np.where(ok, n + np.exp(theta[:, 0]), np.nan)
    return Fits(n_hat, bic, aic, 2.0 * (saturated - loglik), theta[:, 0], variance, theta, sure)
