"""Choosing a log-linear model: by BIC over all of them, or by adding the most significant pair of lists.

The total that a log-linear model implies rests on the highest interaction being absent, and on the interactions that
the choice left out. The choice is repeated in every resampled table of the bootstrap, so that the interval includes it.

Fienberg (1972), doi:10.1093/biomet/59.3.591; Chan, Silverman & Vincent (2021), doi:10.1080/01621459.2019.1708748;
Silverman, Chan & Vincent (2024), doi:10.1007/s11222-023-10346-9.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import pdtr, pdtrc

from leadline.estimate import existence
from leadline.estimate.fit import Fits, fit, pack
from leadline.estimate.hierarchy import Model, all_models, main_effects, order
from leadline.estimate.tables import DENSE, Floats, Ints, ListTable

MAX_BIC_LISTS = 6
P_THRESHOLD = 0.02  # Chan, Silverman & Vincent's choice


@dataclass(frozen=True)
class Choice:
    """A chosen model on one table; `n_hat` is NaN where no model has an estimate."""

    model: Model
    n_hat: float
    bic: float
    aic: float
    deviance: float
    log_unseen: float
    variance: float
    exists: bool


@dataclass(frozen=True)
class Ranking:
    """All models in order of BIC; those without an estimate have left the ranking."""

    models: tuple[Model, ...]
    n_hat: Floats
    bic: Floats
    aic: Floats
    deviance: Floats
    log_unseen: Floats
    variance: Floats
    n_fitted: int

    def choice(self, k: int = 0) -> Choice:
        """The model of rank k."""
        return Choice(
            self.models[k], float(self.n_hat[k]), float(self.bic[k]), float(self.aic[k]), float(self.deviance[k]),
            float(self.log_unseen[k]), float(self.variance[k]), True,
        )  # fmt: skip


def largest_order(n_lists: int) -> int:
    """The largest interaction that is tried by default: all but the last up to five lists, pairs for six."""
    return n_lists - 1 if n_lists <= 5 else 2


def rank_by_bic(table: ListTable, *, max_order: int | None = None, top: int | None = None) -> Ranking:
    """Fit every hierarchical model and rank those that have an estimate by BIC.

    With `top` only as many are ranked and checked for existence; the first is the same. Models of up to six lists:
    113 for four, 6,893 for five, the 32,768 without three-list interactions for six.

    >>> t = ListTable.of(("A", "B", "C"), {(1,1,1): 12, (1,1,0): 54, (1,0,0): 31, (0,1,0): 3, (0,1,1): 18, (0,0,1): 5})
    >>> rank_by_bic(t).models[0]
    (0, 1, 2, 4, 5, 6)
    """
    J = table.n_lists
    models = all_models(J, max_order or largest_order(J))
    cells = table.full()
    fits = fit(cells, models, J, check=top is None)
    by_bic = np.argsort(fits.bic, kind="stable")
    kept = []
    for i in by_bic:
        if not np.isfinite(fits.bic[i]):
            break
        if top is not None and not _fine(fits, i) and existence.check(cells, models[i]) != existence.EXISTS:
            continue
        kept.append(i)
        if top is not None and len(kept) == top:
            break
    k = np.array(kept, dtype=np.int64)
    return Ranking(
        tuple(models[i] for i in kept), fits.n_hat[k], fits.bic[k], fits.aic[k], fits.deviance[k], fits.log_unseen[k],
        fits.variance[k], len(models),
    )  # fmt: skip


def _fine(fits: Fits, i: int) -> bool:
    return bool(fits.sure[i])


def stepwise(cells: Floats, n_lists: int, threshold: float = P_THRESHOLD) -> list[Choice]:
    """Choose a model for each row of `cells` (R x 2^J) by adding pairs of lists one at a time.

    The pair that enters is the one whose overlap is least probable under the current model (one-sided Poisson), as
    long as that probability is below `threshold` and the larger model has an estimate.
    """
    rows = np.atleast_2d(cells)
    codes = np.arange(rows.shape[1])
    pairs = [(1 << i) | (1 << j) for i in range(n_lists) for j in range(i + 1, n_lists)]
    holds = np.array([[c & p == p for c in codes] for p in pairs], dtype=np.float64)
    overlap = rows @ holds.T
    models: list[Model] = [main_effects(n_lists)] * len(rows)
    fits = fit(rows, models, n_lists, rows=np.arange(len(rows)))
    found = [_choice(models[r], fits, r) for r in range(len(rows))]
    theta = [fits.theta[r, : len(models[r])] for r in range(len(rows))]
    open_rows = [r for r in range(len(rows)) if found[r].exists]
    for _ in pairs:
        wanted: dict[int, list[int]] = {}
        for r in open_rows:
            mean = np.array([_mean(models[r], theta[r], codes)]) @ holds.T
            p = np.minimum(pdtr(overlap[r], mean[0]), np.where(overlap[r] > 0, pdtrc(overlap[r] - 1, mean[0]), 1.0))
            ranked = [k for k in np.argsort(p, kind="stable") if p[k] < threshold and pairs[k] not in models[r]]
            if ranked:
                wanted[r] = ranked
        moved: list[int] = []
        while wanted:  # the first candidate of each row whose model has an estimate
            chosen = sorted(wanted)
            tried = [tuple(sorted({*models[r], pairs[wanted[r][0]]})) for r in chosen]
            fits = fit(rows, tried, n_lists, rows=np.array(chosen))
            for i, r in enumerate(chosen):
                if fits.exists[i]:
                    models[r], theta[r] = tried[i], fits.theta[i, : len(tried[i])]
                    found[r] = _choice(tried[i], fits, i)
                    moved.append(r)
                    del wanted[r]
                else:
                    wanted[r] = wanted[r][1:]
                    if not wanted[r]:
                        del wanted[r]
        open_rows = sorted(moved)
        if not open_rows:
            break
    return found


def _choice(model: Model, fits: Fits, i: int) -> Choice:
    return Choice(
        model, float(fits.n_hat[i]), float(fits.bic[i]), float(fits.aic[i]), float(fits.deviance[i]),
        float(fits.log_unseen[i]), float(fits.variance[i]), bool(fits.exists[i]),
    )  # fmt: skip


def _mean(model: Model, theta: Floats, codes: Ints) -> Floats:
    """Fitted means of all cells; 0 where a parameter is minus infinity, and in the unseen cell."""
    eta = np.zeros(len(codes))
    for a, t in zip(model, theta, strict=True):
        eta[codes & a == a] += t
    mean = np.exp(np.minimum(eta, 300.0))
    mean[0] = 0.0
    return mean


def select_by_bic(cells: Floats, models: Sequence[Model], n_lists: int, starts: Floats | None = None) -> list[Choice]:
    """The model of lowest BIC among `models` for each row of `cells` (R x 2^J).

    `starts` (one row for each model) are taken from a fit to similar counts and save most of the work.
    """
    rows = np.atleast_2d(cells)
    packed, sizes = pack(models)
    B = len(models)
    found = []
    block = max(1, 60_000 // B)
    for low in range(0, len(rows), block):
        part = rows[low : low + block]
        k = len(part)
        fits = fit(
            part,
            (np.tile(packed, (k, 1)), np.tile(sizes, k)),
            n_lists,
            rows=np.repeat(np.arange(k), B),
            starts=None if starts is None else np.tile(starts, (k, 1)),
            check=False,
        )
        bic = fits.bic.reshape(k, B)
        for r in range(k):
            for b in np.argsort(bic[r], kind="stable"):
                i = r * B + int(b)
                if not np.isfinite(fits.bic[i]):
                    found.append(_choice(models[0], _none(), 0))
                    break
                if fits.sure[i] or existence.check(part[r], models[b]) == existence.EXISTS:
                    found.append(_choice(models[b], fits, i))
                    break
            else:
                found.append(_choice(models[0], _none(), 0))
    return found


def _none() -> Fits:
    nan = np.array([np.nan])
    return Fits(nan, np.array([np.inf]), np.array([np.inf]), nan, nan, nan, nan[None, :], np.array([False]))


def can_enumerate(table: ListTable) -> bool:
    """Whether all models can be fitted: 3 to 6 lists."""
    return 3 <= table.n_lists <= MAX_BIC_LISTS


def can_step(table: ListTable) -> bool:
    """Whether the stepwise choice can run: every cell must be held."""
    return 3 <= table.n_lists <= DENSE


__all__ = [
    "Choice", "Ranking", "can_enumerate", "can_step", "largest_order", "order", "rank_by_bic", "select_by_bic",
    "stepwise",
]  # fmt: skip
