"""Tilting the identifying assumption: how N moves if the unseen are not what the model says they are.

Every model fits the seen cells and says how probable the unseen cell is; nothing in the data tests the latter. The tilt
multiplies the odds of being unseen by xi: xi = 1 is the model, xi = 2 doubles those odds, and N(xi) = n + xi (N - n).
Aleshin-Guendel, Sadinle & Wakefield (2024), doi:10.1093/biomtc/ujad028 for the latent-class, log-linear and Dirichlet forms.
"""

from __future__ import annotations

import math
from typing import Any

from leadline.schema import ModelEstimate

POINTS = tuple(2.0 ** (k / 2) for k in range(-6, 7))  # an eighth to eight times the odds


def tilt_total(n: float, total: float, xi: float) -> float:
    """N under tilt `xi`, for n seen and `total` under the model.

    With p the model's probability of being unseen the tilted odds are xi p / (1 - p), and N = n (1 + odds).

    >>> tilt_total(100, 150, 2.0)
    200.0
    """
    return n + xi * (total - n)


def tilt_curve(n: int, estimate: ModelEstimate) -> dict[str, Any]:
    """N(xi) with its interval over an eightfold change either way, and the tilts at which N halves and doubles."""
    assert estimate.n_hat is not None
    total = estimate.n_hat

    def at(value: float | None, xi: float) -> float | None:
        return None if value is None or not math.isfinite(value) else tilt_total(n, value, xi)

    unseen = total - n
    return {
        "curve": [
            {
                "xi": round(xi, 6),
                "n_hat": at(total, xi),
                "lower": at(estimate.lower, xi),
                "upper": at(estimate.upper, xi),
            }
            for xi in POINTS
        ],
        "xi_that_doubles_n": 1.0 + total / unseen,
        "xi_that_halves_n": 1.0 - total / (2 * unseen) if total / 2 > n else None,
    }
