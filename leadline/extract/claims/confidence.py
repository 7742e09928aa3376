"""How likely a careful reader would code a claim the same way.

A logistic model over a few features of how the claim was found; the coefficients stand in `data/confidence.toml` with the
data they were fitted on. `benchmarks/claims.py --calibration` prints the expected calibration error.
"""

from __future__ import annotations

import math
from functools import cache
from pathlib import Path

import msgspec

from leadline.extract.claims.coded.events import Found
from leadline.extract.claims.statements.lineage import Lineage
from leadline.extract.shipped import read_shipped
from leadline.schema import Realis

FILE = Path(__file__).parents[1] / "data" / "confidence.toml"


class Weights(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Coefficients of the logistic model."""

    intercept: float
    weight: float
    support: float
    attributed: float
    recorded: float
    long_clause: float
    context: float
    hedged: float


@cache
def load_weights() -> Weights:
    """The shipped coefficients."""
    return read_shipped(FILE, Weights)


def features(found: Found, support: int, length: int, lineage: Lineage, realis: Realis) -> dict[str, float]:
    """What the confidence of a claim rests on."""
    return {
        "intercept": 1.0,
        "weight": found.weight,
        "support": min(support, 4) / 4,
        "attributed": float(bool(lineage.hops)),
        "recorded": float(lineage.recording is not None),
        "long_clause": float(length > 40),
        "context": float(found.rank <= 0),
        "hedged": float(realis in {"possible", "denied"}),
    }


def probability(found: dict[str, float]) -> float:
    """The probability that the model gives to features, to two places."""
    w = load_weights()
    z = sum(getattr(w, name) * value for name, value in found.items())
    return round(1 / (1 + math.exp(-z)), 2)


def confidence(found: Found, support: int, length: int, lineage: Lineage, realis: Realis) -> float:
    """The confidence of one claim."""
    return probability(features(found, support, length, lineage, realis))
