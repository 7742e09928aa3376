"""One published Colombian stratum (recruitment, men, 1999, replicate 1): convergence from dispersed starts, by kind of chain.

    python benchmarks/estimate_colombia.py [TABLE.csv] [--kinds plain moves sampler] [--cpu SECONDS] [--seeds 1 2]
    python benchmarks/estimate_colombia.py [TABLE.csv] --json [--cpu SECONDS] [--ess N] [--seeds 1 2]

The table is not in the repository: it is built from the anonymised replicates in the R package verdata (see
docs/estimate-colombia.md) and looked for beside the repository; the exit code is 77 where it is absent. The first form runs each kind
of chain for the CPU seconds given and prints quantiles of N, R-hat, effective sizes, and for each chain the shares of draws with
three classes or fewer and with N below 1,700. The second runs the sampler as an estimate does, until it has converged, and prints
the figures of the gate.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

import numpy as np
from estimate_latent import convergence

from leadline.estimate.diagnostics import thinned_summary
from leadline.estimate.latent_class import Prior, Sampler
from leadline.estimate.reading import read_histories

SKIPPED = 77
TABLE = Path(__file__).resolve().parent.parent.parent / "shared" / "mse" / "colombia_recruitment_men_1999_R1.csv"
FEW = 3  # classes of the narrow room at most
KINDS = {
    "plain": {"accelerate": False},  # LCMCR's own steps
    "moves": {"powers": [1.0]},  # all moves, never a ladder
    "sampler": {},  # as an estimate runs it: a ladder where the trial says so
}


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("table", nargs="?", type=Path, default=TABLE)
    arguments.add_argument("--kinds", nargs="*", choices=KINDS, default=list(KINDS))
    arguments.add_argument("--cpu", type=float, default=300.0)
    arguments.add_argument("--ess", type=float, default=600.0)
    arguments.add_argument("--seeds", type=int, nargs="+", default=[1, 2])
    arguments.add_argument("--json", action="store_true")
    given = arguments.parse_args()
    if not given.table.exists():
        print(f"{given.table} is absent", file=sys.stderr)
        return SKIPPED
    if given.json:
        figures, runs = convergence(str(given.table), "colombia R1", given.seeds, cpu=given.cpu, ess=given.ess)
        few = [(d.occupied <= FEW).mean(axis=1) for d in runs]
        figures["colombia R1: share with three classes or fewer, least of a chain"] = float(np.min(few))
        figures["colombia R1: share with three classes or fewer, all chains"] = float(np.mean(few))
        print(json.dumps(figures, indent=1))
        return 0
    table = read_histories(str(given.table)).whole
    for kind in given.kinds:
        for seed in given.seeds:
            sampler = Sampler(table, Prior(15), seed=seed, **KINDS[kind])
            while sampler.seconds < given.cpu:
                sampler.advance(1000)
            d = sampler.draws()
            s = thinned_summary(d.total)
            low, middle, high = np.quantile(d.total, [0.025, 0.5, 0.975])
            print(
                f"{kind} seed {seed}: {middle:,.0f} ({low:,.0f} to {high:,.0f}), MCSE {s['mcse_lower']:.0f} {s['mcse_median']:.0f} "
                f"{s['mcse_upper']:.0f}, R-hat {s['rhat']:.4f}, ESS {s['ess']:.0f} (tail {s['ess_tail']:.0f}), "
                f"{len(d.powers)} rungs, {d.sweeps:,} sweeps, {d.trips} round trips, {d.seconds:.0f} CPU s; by chain: median "
                f"{np.median(d.total, axis=1).round().astype(int).tolist()}, three classes or fewer "
                f"{(d.occupied <= FEW).mean(axis=1).round(2).tolist()}, N below 1,700 {(d.total < 1700).mean(axis=1).round(2).tolist()}",
                flush=True,
            )
    return 0


if __name__ == "__main__":
    sys.exit(main())
