"""How likely a careful reader would code a claim the same way.

A logistic model over a few features of how the claim was found; the coefficients stand in `data/confidence.toml` with the
data they were fitted on. `benchmarks/claims.py --calibration` prints the expected calibration error.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import msgspec

from leadline.extract.claims.coded.coding import Candidate
from leadline.extract.claims.coded.taught import Heard
from leadline.extract.claims.statements.lineage import Lineage
from leadline.extract.shipped import read_shipped
from leadline.schema import Realis

FILE = Path(__file__).parents[1] / "data" / "confidence.toml"
SHORT, LONG = 6, 40
"""Words of a clause."""


class Weights(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The coefficients of the logistic model, by feature; 0 of a feature that is not named."""

    weights: Mapping[str, float]


@cache
def load_weights() -> Mapping[str, float]:
    """The shipped coefficients."""
    return read_shipped(FILE, Weights).weights


def features(c: Candidate, lineage: Lineage, realis: Realis, heard: Heard) -> dict[str, float]:
    """What the confidence of a claim rests on: how its event was found, what the taught model makes of the same words, who says it."""
    found, head = c.found, c.found.head
    return {
        "intercept": 1.0,
        "weight": found.weight,
        "support": min(c.support, 4) / 4,
        "heard": heard.chance(found),
        "rival": heard.rival(found),
        "learned": float(found.learned),
        "attributed": float(bool(lineage.hops)),
        "recorded": float(lineage.recording is not None),
        "found out": float(lineage.found_out),
        "quoted": float(c.within is not None),
        "short clause": float(len(c.clause) < SHORT),
        "long clause": float(len(c.clause) > LONG),
        "context": float(found.rank <= 0),
        "noun": float(head.pos_ in {"NOUN", "PROPN"}),
        f"event {found.event}": 1.0,
        f"realis {realis}": 1.0,
    }


def probability(found: Mapping[str, float]) -> float:
    """The probability that the model gives to features, to two places."""
    weights = load_weights()
    z = sum(weights.get(name, 0.0) * value for name, value in found.items())
    return round(1 / (1 + math.exp(-z)), 2)


def confidence(c: Candidate, lineage: Lineage, realis: Realis, heard: Heard) -> float:
    """The confidence of the claim of a clause."""
    return probability(features(c, lineage, realis, heard))
