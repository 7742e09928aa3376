"""Inner loop of the log-linear fits: Newton's method by sums over sub- and supersets.

A hierarchical model is a set of parameters, each a set of lists written as an integer (bit j for list j; 0 is the
intercept). The linear predictor of a cell is the sum of the parameters that are subsets of it, the score of a parameter
is a sum over the cells that contain it, and the information of two parameters is the sum over the cells that contain
their union. Each of the three is one fast transform over the 2^J cells, so that no design matrix is ever built.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from leadline.compiled import jit

CONVERGED, BOUNDARY, SINGULAR = 0, 1, 2


@jit
def fit_many(
    cells: Any,
    rows: Any,
    models: Any,
    sizes: Any,
    starts: Any,
    n_lists: int,
    out_theta: Any,
    out_status: Any,
    out_loglik: Any,
    out_variance: Any,
    out_least: Any,
) -> None:
    """Fit model `i` to the counts `cells[rows[i]]` for every i.

    cells (R, 2^J) counts, cell 0 unseen; models (B, P) parameters of which the first `sizes[i]` are used, the first is
    the intercept; starts (B, P). Writes estimates (minus infinity where a parameter's margin is 0), status,
    log likelihood without its constant, variance of the intercept and the least pivot of the
    information relative to its diagonal.
    """
    C = 1 << n_lists
    P = models.shape[1]
    margin = np.empty(C)
    eta = np.empty(C)
    mu = np.empty(C)
    keep = np.empty(C, dtype=np.bool_)
    alive = np.empty(P, dtype=np.int64)
    theta = np.empty(P)
    trial = np.empty(P)
    score = np.empty(P)
    step = np.empty(P)
    chol = np.empty((P, P))
    last_row = -1
    for i in range(models.shape[0]):
        row = rows[i]
        if row != last_row:
            for c in range(C):
                margin[c] = cells[row, c]
            for j in range(n_lists):
                bit = 1 << j
                for c in range(C):
                    if c & bit == 0:
                        margin[c] += margin[c | bit]
            last_row = row
        # parameters whose margin is 0 are at minus infinity: they and the cells that contain them leave the fit
        p = 0
        for c in range(C):
            keep[c] = c > 0
        for a in range(sizes[i]):
            code = models[i, a]
            if margin[code] > 0 or code == 0:
                alive[p] = code
                theta[p] = starts[i, a]
                p += 1
            else:
                for c in range(C):
                    if c & code == code:
                        keep[c] = False
        current = -math.inf
        least = 0.0
        status = BOUNDARY
        for a in range(p):
            trial[a] = theta[a]
        scale = 1.0
        polish = 0
        for _iteration in range(200):
            for c in range(C):
                eta[c] = 0.0
            value = 0.0
            for a in range(p):
                eta[alive[a]] = trial[a]
                value += trial[a] * margin[alive[a]]
            for j in range(n_lists):
                bit = 1 << j
                for c in range(C):
                    if c & bit:
                        eta[c] += eta[c ^ bit]
            for c in range(C):
                mu[c] = math.exp(min(eta[c], 300.0)) if keep[c] else 0.0
            for j in range(n_lists):
                bit = 1 << j
                for c in range(C):
                    if c & bit == 0:
                        mu[c] += mu[c | bit]
            value -= mu[0]
            if not (value >= current - 1e-9 * (1.0 + abs(current))) and scale > 1e-8:
                scale *= 0.5
                for a in range(p):
                    trial[a] = theta[a] + scale * step[a]
                continue
            current = value
            for a in range(p):
                theta[a] = trial[a]
                score[a] = margin[alive[a]] - mu[alive[a]]
            # Cholesky factor of the information
            singular = False
            least = math.inf
            for a in range(p):
                for b in range(a + 1):
                    s = mu[alive[a] | alive[b]]
                    for k in range(b):
                        s -= chol[a, k] * chol[b, k]
                    if a == b:
                        if s <= 1e-11 * mu[alive[a]] or mu[alive[a]] <= 0.0:
                            singular = True
                            break
                        chol[a, a] = math.sqrt(s)
                        least = min(least, s / mu[alive[a]])
                    else:
                        chol[a, b] = s / chol[b, b]
                if singular:
                    break
            if singular:
                status = SINGULAR
                break
            decrement = 0.0
            for a in range(p):
                s = score[a]
                for k in range(a):
                    s -= chol[a, k] * step[k]
                step[a] = s / chol[a, a]
                decrement += step[a] * step[a]
            for a in range(p - 1, -1, -1):
                s = step[a]
                for k in range(a + 1, p):
                    s -= chol[k, a] * step[k]
                step[a] = s / chol[a, a]
            if decrement < 1e-9:
                polish += 1
                if polish == 2:
                    status = CONVERGED
                    break
            scale = 1.0
            for a in range(p):
                trial[a] = theta[a] + step[a]
        # variance of the intercept: squared length of the first column of the inverse factor
        variance = math.nan
        if status != SINGULAR:
            variance = 0.0
            for a in range(p):
                s = 1.0 if a == 0 else 0.0
                for k in range(a):
                    s -= chol[a, k] * step[k]
                step[a] = s / chol[a, a]
                variance += step[a] * step[a]
        q = 0
        for a in range(sizes[i]):
            if q < p and alive[q] == models[i, a]:
                out_theta[i, a] = theta[q]
                q += 1
            else:
                out_theta[i, a] = -math.inf
        out_status[i] = status
        out_loglik[i] = current
        out_variance[i] = variance
        out_least[i] = least
