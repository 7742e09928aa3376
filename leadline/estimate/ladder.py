"""Whether chains temper, and at which powers: a trial of both before any draw counts, and a ladder spaced by a pilot.

A ladder of powers costs as many sweeps as it has rungs. It is worth that where the chains stay in their rooms without it;
where their own moves and jumps cross, if only now and then, it is not, and where jumps lead and a milder power does not, it
takes away from what works. So the chains try first without one, as copies. Only where they stay does a ladder get a trial of
the same cost, and it is kept where it gave the larger effective size of N. That comparison alone would not do: a ladder's
trial has fewer sweeps, and effective sizes of runs too short for the slowest crossing are too large. Cost is counted in
sweeps of single rungs, not in seconds, so that the same input gives the same chains on any machine.

Replica exchange in even and odd turns and a ladder that equalises refusals: Syed, Bouchard-Cote, Deligiannidis & Doucet
(2022), doi:10.1111/rssb.12464.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from leadline.estimate.diagnostics import ess_bulk, rhat
from leadline.estimate.tables import Floats

COLDEST = 0.4  # share of the likelihood that the hottest rung counts; measured in benchmarks/estimate_latent.py
MOST_RUNGS = 8
PILOTS = ((1, 200), (2, 400))  # number and sweeps
TRIALS = (500, 500, 1000, 2000, 4000)  # sweeps of each chain without a ladder, until they are seen to mix
MIXED = 1.05  # R-hat and effective size at which they are
SIZE = 100.0
CROSSING = 20.0  # effective size of the whole trial from which on chains are seen to leave their rooms, five times each


def mixes(totals: Floats) -> bool:
    """Whether chains (rows) from dispersed starts mix: agree, and have forgotten their starts many times over.

    >>> rng = np.random.default_rng(1)
    >>> mixes(rng.standard_normal((4, 400))), mixes(rng.standard_normal((4, 400)) + [[0], [0], [3], [3]])
    (True, False)
    """
    return rhat(totals) <= MIXED and ess_bulk(totals) >= SIZE


def crosses(totals: Floats) -> bool:
    """Whether chains leave the rooms where they started: slowly perhaps, but a longer run will do."""
    return ess_bulk(totals) >= CROSSING


def pays(alone: Floats, laddered: Floats) -> bool:
    """Whether a ladder gave more effective draws of N than the same cost without one; chains in rows.

    Chains that stayed where they started have an effective size near their number, however long they are, so one that
    crosses is worth more than many that do not.
    """
    return ess_bulk(laddered) > ess_bulk(alone)


def spaced(rungs: int, pilot: Callable[[int, int, Floats], Floats]) -> Floats:
    """Powers at which neighbours refuse about equally often, about every second time, found by two pilots.

    `pilot` gets a number, sweeps and powers and returns how often neighbours refused. With `rungs` 0 their number is chosen.
    """
    powers = np.geomspace(1.0, COLDEST, rungs or 10)
    for number, sweeps in PILOTS:
        rate = np.clip(pilot(number, sweeps, powers), 0.01, 0.999)
        barrier = np.concatenate([[0.0], np.cumsum(rate)])
        wanted = rungs or int(np.clip(round(2.0 * barrier[-1]) + 1, 3, MOST_RUNGS))
        # where the whole ladder would be longer, it ends sooner: the moves cross by themselves at milder powers
        at = np.linspace(0.0, barrier[-1] if rungs else min(barrier[-1], 0.5 * (wanted - 1)), wanted)
        powers = np.exp(np.interp(at, barrier, np.log(powers)))
        powers[0] = 1.0
    return powers
