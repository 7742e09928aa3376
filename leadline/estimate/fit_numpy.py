"""The log-linear fits without compiled loops: the same numbers, slower. Also what the compiled loops are tested by."""

from __future__ import annotations

import numpy as np

from leadline.estimate.kernel_loglinear import BOUNDARY, CONVERGED, SINGULAR
from leadline.estimate.tables import Floats, Ints


def fit_many(
    cells: Floats,
    rows: Ints,
    models: Ints,
    sizes: Ints,
    starts: Floats,
    n_lists: int,
    out_theta: Floats,
    out_status: Ints,
    out_loglik: Floats,
    out_variance: Floats,
    out_least: Floats,
) -> None:
    """See `kernel_loglinear.fit_many`; here by ordinary design matrices."""
    codes = np.arange(1 << n_lists)
    for i in range(len(models)):
        parameters = models[i, : sizes[i]]
        counts = cells[rows[i]]
        keep = codes > 0
        alive = []
        for k, a in enumerate(parameters):
            above = codes & a == a
            if a == 0 or counts[above].sum() > 0:
                alive.append(k)
            else:
                keep &= ~above
        design = (codes[keep, None] & parameters[alive] == parameters[alive]).astype(np.float64)
        theta, status, value, information = _newton(design, counts[keep], starts[i, alive].copy())
        out_theta[i, : sizes[i]] = -np.inf
        out_theta[i, alive] = theta
        out_status[i], out_loglik[i] = status, value
        if status == SINGULAR:
            out_least[i], out_variance[i] = 0.0, np.nan
        else:
            out_least[i] = (np.diag(np.linalg.cholesky(information)) ** 2 / np.diag(information)).min()
            out_variance[i] = np.linalg.inv(information)[0, 0]


def _newton(design: Floats, counts: Floats, theta: Floats) -> tuple[Floats, int, float, Floats]:
    def value_at(t: Floats) -> tuple[float, Floats]:
        eta = design @ t
        mean = np.exp(np.minimum(eta, 300.0))
        return float(counts @ eta - mean.sum()), mean

    value, mean = value_at(theta)
    polish = 0
    information = design.T @ (design * mean[:, None])
    for _ in range(200):
        information = design.T @ (design * mean[:, None])
        try:
            factor = np.linalg.cholesky(information)
        except np.linalg.LinAlgError:
            return theta, SINGULAR, value, information
        if (np.diag(factor) ** 2 <= 1e-11 * np.diag(information)).any():
            return theta, SINGULAR, value, information
        score = design.T @ (counts - mean)
        half = np.linalg.solve(factor, score)
        step = np.linalg.solve(factor.T, half)
        if half @ half < 1e-9:
            polish += 1
            if polish == 2:
                return theta, CONVERGED, value, information
        scale = 1.0
        while True:
            new_value, new_mean = value_at(theta + scale * step)
            if new_value >= value - 1e-9 * (1.0 + abs(value)) or scale <= 1e-8:
                break
            scale /= 2
        theta, value, mean = theta + scale * step, new_value, new_mean
    return theta, BOUNDARY, value, information
