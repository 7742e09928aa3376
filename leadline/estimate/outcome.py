"""What one model gives: its number and interval, its diagnostics, and whether it passes its own checks."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from leadline.estimate.options import Options
from leadline.estimate.tables import Floats
from leadline.estimate.words import ASSUMPTIONS
from leadline.schema import ModelEstimate


@dataclass(frozen=True)
class Outcome:
    """One model's answer, why it does not pass (empty where it does), and draws of N where the model gives them.

    `bound` marks a model that is a floor and no estimate.
    """

    estimate: ModelEstimate
    failures: tuple[str, ...] = ()
    bound: bool = False
    draws: Floats | None = None
    extra: dict[str, Any] = field(default_factory=dict)

    @property
    def passes(self) -> bool:
        """Whether the model may stand in the range."""
        return not self.failures and not self.bound and self.estimate.n_hat is not None


def outcome(
    name: str,
    options: Options,
    n_hat: float | None,
    interval: tuple[float | None, float | None],
    diagnostics: dict[str, Any],
    failures: list[str],
    *,
    bound: bool = False,
    draws: Floats | None = None,
    assumption: str = "",
    extra: dict[str, Any] | None = None,
) -> Outcome:
    """An `Outcome` with finite numbers only; what is infinite or missing is null."""
    lower, upper = (float(x) if x is not None and math.isfinite(x) else None for x in interval)
    point = float(n_hat) if n_hat is not None and math.isfinite(n_hat) else None
    diagnostics = {"passes": not failures and not bound and point is not None, **plain(diagnostics)}
    if failures:
        diagnostics["failures"] = list(failures)
    estimate = ModelEstimate(
        name=name,
        assumption=assumption or ASSUMPTIONS[name],
        n_hat=point,
        lower=lower,
        upper=upper,
        level=options.level,
        diagnostics=diagnostics,
    )
    return Outcome(estimate, tuple(failures), bound, draws, extra or {})


def not_run(name: str, options: Options, why: str) -> Outcome:
    """A model that cannot run on this table, and why."""
    return outcome(name, options, None, (None, None), {"not_run": why}, [why])


def plain(value: Any) -> Any:
    """Numbers as JSON knows them: NumPy scalars as Python's, what is not finite as null."""
    if isinstance(value, dict):
        return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(v) for v in value]
    if isinstance(value, np.ndarray):
        return plain(value.tolist())
    if isinstance(value, (bool, np.bool_)):
        return bool(value)
    if isinstance(value, (int, np.integer)):
        return int(value)
    if isinstance(value, (float, np.floating)):
        return float(value) if math.isfinite(value) else None
    return value
