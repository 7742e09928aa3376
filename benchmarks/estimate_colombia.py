"""One published Colombian stratum (recruitment, men, 1999, replicate 1) under plain, accelerated and tempered chains.

    python benchmarks/estimate_colombia.py TABLE.csv [--cpu SECONDS] [--seeds 1 2] [plain] [hamiltonian] [tempered]

The table is not in the repository: it is built from the anonymised replicates in the R package verdata (see
docs/estimate-colombia.md). Prints for each kind of chain quantiles of N, R-hat, effective sizes, and for each chain the
shares of draws with three classes or fewer and with N below 1,700.
"""

from __future__ import annotations

import argparse

import numpy as np

from leadline.estimate.diagnostics import thinned_summary
from leadline.estimate.latent_class import Prior, Sampler
from leadline.estimate.reading import read_histories

KINDS = {
    "plain": {"accelerate": False},  # LCMCR's own steps
    "hamiltonian": {"powers": [1.0]},  # with steps on which labels are integrated out, no tempering
    "tempered": {},
}


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("table")
    arguments.add_argument("kinds", nargs="*", default=list(KINDS))
    arguments.add_argument("--cpu", type=float, default=300.0)
    arguments.add_argument("--seeds", type=int, nargs="+", default=[1, 2])
    given = arguments.parse_args()
    table = read_histories(given.table).whole
    for kind in given.kinds:
        for seed in given.seeds:
            sampler = Sampler(table, Prior(15), seed=seed, **KINDS[kind])
            size = 1000
            while sampler.seconds < given.cpu:
                sampler.advance(size)
            d = sampler.draws()
            s = thinned_summary(d.total)
            low, middle, high = np.quantile(d.total, [0.025, 0.5, 0.975])
            print(
                f"{kind} seed {seed}: {middle:,.0f} ({low:,.0f} to {high:,.0f}), MCSE {s['mcse_lower']:.0f} {s['mcse_median']:.0f} "
                f"{s['mcse_upper']:.0f}, R-hat {s['rhat']:.4f}, ESS {s['ess']:.0f} (tail {s['ess_tail']:.0f}), "
                f"{len(d.powers)} rungs, {d.sweeps:,} sweeps, {d.trips} round trips, {d.seconds:.0f} CPU s; by chain: median "
                f"{np.median(d.total, axis=1).round().astype(int).tolist()}, three classes or fewer "
                f"{(d.occupied <= 3).mean(axis=1).round(2).tolist()}, N below 1,700 {(d.total < 1700).mean(axis=1).round(2).tolist()}",
                flush=True,
            )


if __name__ == "__main__":
    main()
