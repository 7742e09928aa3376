"""The total if the lists were independent and everybody equally likely to be on each.

Closed up to one root, for any number of lists. Darroch (1958), doi:10.1093/biomet/45.3-4.343.
"""

from __future__ import annotations

import math

import numpy as np
from scipy.special import chdtrc, gammaln, xlogy

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


LEAST = 5.0  # expected records in the last class of a chi-squared test


def captures_p(table: ListTable, total: float) -> float:
    """Probability of numbers of lists a record as uneven as seen, if the lists were independent (chi-squared).

    For tables of so many lists that their cells cannot be held. Under independence the number of lists a record is on
    follows a Poisson binomial law; who is easier to see than others makes its spread larger. The total and the mean are
    fitted, which takes two degrees of freedom.

    >>> captures_p(ListTable.of(("A", "B"), {(1, 0): 30, (0, 1): 30, (1, 1): 30}), 120.0)
    1.0
    """
    law = np.ones(1)
    for rate in np.minimum(table.sizes / total, 1.0):
        law = np.append(law, 0.0) * (1.0 - rate) + np.append(0.0, law) * rate
    expected, seen = total * law[1:], table.captures.astype(np.float64)
    last = int(np.flatnonzero(expected[::-1].cumsum()[::-1] >= LEAST)[-1]) if expected.sum() >= LEAST else 0
    expected, seen = np.append(expected[:last], expected[last:].sum()), np.append(seen[:last], seen[last:].sum())
    freedom = len(expected) - 2
    return float(chdtrc(freedom, ((seen - expected) ** 2 / expected).sum())) if freedom > 0 else 1.0


def profile_interval(table: ListTable, level: float) -> tuple[float, float | None]:
    """Profile likelihood interval of N; the upper end is None where the likelihood never falls far enough.

    Cormack (1992), Biometrics 48(2), 567-576.
    """
    from leadline.estimate.profile import profile

    return profile(lambda unseen: log_likelihood(table, table.n + unseen), table.n, level)
