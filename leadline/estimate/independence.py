"""The total if the lists were independent and everybody equally likely to be on each.

Closed up to one root, for any number of lists. Darroch (1958), doi:10.1093/biomet/45.3-4.343.
"""

from __future__ import annotations

import math

import numpy as np
from scipy.special import gammaln, xlogy

from leadline.estimate.roots import crossing
from leadline.estimate.tables import Floats, ListTable


def independent_total(n: float, sizes: Floats) -> float:
    """The N at which n of N records are expected on some list, given the lists' sizes; infinite without overlap.

    >>> round(independent_total(12, np.array([8.0, 6.0])), 3)
    24.0
    """
    s = np.asarray(sizes, dtype=np.float64)
    s = s[s > 0]
    if s.sum() <= n * (1 + 1e-12):
        return math.inf
    if s.max(initial=0.0) >= n:
        return float(n)

    def excess(log_unseen: float) -> float:
        # log of the share unseen by the lists minus log of the share unseen by N: falls through 0 at the estimate
        unseen = math.exp(log_unseen)
        total = n + unseen
        return float(np.log1p(-s / total).sum() - math.log(unseen / total))

    return n + math.exp(crossing(excess, math.log(n) - 40.0, math.log(n) + 1.0))


def log_likelihood(table: ListTable, total: float) -> float:
    """Multinomial log likelihood of N = `total` with the lists' rates at their best, without its constant."""
    n = table.n
    s = table.sizes.astype(np.float64)
    rates = float((xlogy(s, s / total) + xlogy(total - s, 1.0 - s / total)).sum())
    return float(gammaln(total + 1.0) - gammaln(total - n + 1.0)) + rates


def profile_interval(table: ListTable, level: float) -> tuple[float, float | None]:
    """Profile likelihood interval of N; the upper end is None where the likelihood never falls far enough.

    Cormack (1992), Biometrics 48(2), 567-576.
    """
    from leadline.estimate.profile import profile

    return profile(lambda unseen: log_likelihood(table, table.n + unseen), table.n, level)
