"""One-dimensional roots on a logarithmic scale, for functions that cross zero once."""

from __future__ import annotations

import math
from collections.abc import Callable


def crossing(f: Callable[[float], float], low: float, high: float, *, reach: float = 60.0) -> float:
    """The point where `f` changes sign, searched upwards from `high` by up to `reach`; infinite where it does not.

    >>> round(crossing(lambda x: x - 3, 0.0, 1.0), 9)
    3.0
    """
    from scipy.optimize import brentq

    at_low = f(low)
    width = max(high - low, 1.0)
    top = high
    while (f(top) > 0) == (at_low > 0):
        if top - high > reach:
            return math.inf
        top += width
    return float(brentq(f, low, top, xtol=1e-13, rtol=8.9e-16, maxiter=500))
