"""Records of the latent-class sampler: its prior, a chain on its way, and what the chains gave."""

from __future__ import annotations

from dataclasses import dataclass, field

from leadline.estimate import diagnostics
from leadline.estimate.kernel_latent import State
from leadline.estimate.tables import Floats

MOVES = ("trajectory", "birth or death", "powered sweep", "jump", "crossing")


@dataclass(frozen=True)
class Prior:
    """K classes at most, and the gamma prior of the concentration."""

    classes: int = 10
    shape: float = 0.25
    rate: float = 0.25


@dataclass
class Chain:
    """State of one chain: parameters of every rung, tuned steps (None before), and what rung 0 has recorded."""

    state: State
    steps: Floats
    tuned: bool = False
    unseen: list[Floats] = field(default_factory=list)
    occupied: list[Floats] = field(default_factory=list)
    concentration: list[Floats] = field(default_factory=list)


@dataclass(frozen=True)
class Draws:
    """What the chains gave: N, occupied classes and concentration (chains x draws), after warm-up.

    `sweeps` per chain, `powers` of the rungs, refused exchanges between neighbours, accepted shares of the moves,
    `trips` of states from one end of the ladder to the other and back, CPU seconds.
    """

    total: Floats
    occupied: Floats
    concentration: Floats
    sweeps: int
    powers: Floats
    refused: Floats
    accepted: dict[str, float]
    trips: int
    seconds: float
    reached: bool

    def summary(self) -> dict[str, float]:
        """R-hat, effective sizes and errors of N."""
        return diagnostics.summary(self.total)
