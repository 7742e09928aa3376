"""Profile likelihood intervals for the unseen number: asymmetric, and open upwards where the data set no limit."""

from __future__ import annotations

import math
from collections.abc import Callable

from leadline.estimate.roots import crossing


def best_unseen(log_likelihood: Callable[[float], float], n: float) -> float:
    """The unseen number with the highest likelihood (real-valued, 0 or more; infinite where it rises for ever)."""
    from scipy.optimize import minimize_scalar

    low, high = math.log(max(n, 1.0)) - 25.0, math.log(max(n, 1.0)) + 25.0
    points = [low + (high - low) * k / 100 for k in range(101)]
    values = [log_likelihood(math.exp(x)) for x in points]
    k = max(range(101), key=values.__getitem__)
    if k == 100:
        return math.inf
    if k == 0:
        return 0.0
    found = minimize_scalar(
        lambda x: -log_likelihood(math.exp(x)), bounds=(points[k - 1], points[k + 1]), method="bounded",
        options={"xatol": 1e-10},
    )  # fmt: skip
    return math.exp(float(found.x))


def profile(log_likelihood: Callable[[float], float], n: float, level: float) -> tuple[float, float | None]:
    """Interval of N = n + unseen in which twice the log likelihood falls by less than the chi-squared quantile."""
    from scipy.special import ndtri

    drop = float(ndtri(0.5 + level / 2)) ** 2
    best = best_unseen(log_likelihood, n)
    if math.isinf(best):
        top = log_likelihood(n * 1e8)
    else:
        top = log_likelihood(best)

    def gap(x: float) -> float:
        return 2.0 * (top - log_likelihood(math.exp(x))) - drop

    middle = math.log(best) if 0 < best < math.inf else math.log(max(n, 1.0)) + (20.0 if math.isinf(best) else -25.0)
    bottom = math.log(max(n, 1.0)) - 25.0
    lower = float(n) if gap(bottom) < 0 else n + math.exp(crossing(gap, bottom, middle))
    if math.isinf(best):
        return lower, None
    upper = crossing(gap, middle, middle + 1.0, reach=25.0)
    return lower, None if math.isinf(upper) else n + math.exp(upper)
