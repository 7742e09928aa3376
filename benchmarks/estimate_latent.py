"""Latent-class sampler: convergence from dispersed starts, agreement with LCMCR, effective samples per CPU second.

    python benchmarks/estimate_latent.py [--limit SECONDS] [--ess N] [table ...]

Each table is run twice with different seeds. LCMCR's quantiles and errors (R package LCMCR 0.4.14, K = 10) are from
reference runs; its cap of 20 n unseen is applied to our draws in the columns that compare.
"""

from __future__ import annotations

import argparse
import time

import numpy as np

from leadline.estimate.datasets import shipped
from leadline.estimate.diagnostics import mcse_quantile
from leadline.estimate.latent_class import Prior, modes, sample, thinned_summary
from leadline.estimate.reading import read_histories

# 2.5 %, 50 %, 97.5 % and their Monte Carlo errors, where LCMCR converges; its effective samples per CPU second
LCMCR = {
    "neworleans5": ((567, 835, 1379), (2, 1.5, 9), None),
    "western_us": ((1314, 1834, 3017.025), (4, 3.5, 18.5), None),
    "korea": ((124, 138, 200), (0, 0.5, 1), None),
    "australia": ((2248.975, 4190, 7955.1), (46, 18.5, 31), None),
    "kosovo": ((8962, 10414, 13934.025), (44, 9.5, 63.5), 50.0),
    "congenital": ((590, 629, 718), (0.5, 0.5, 1.5), None),
    "hiv_rome": (None, None, None),
    "uk5": (None, None, 2.1),
    "uk": (None, None, None),
    "netherlands5": (None, None, None),
    "netherlands": (None, None, None),
}
LEVELS = (0.025, 0.5, 0.975)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("tables", nargs="*", default=list(LCMCR))
    arguments.add_argument("--limit", type=float, default=120.0)
    arguments.add_argument("--ess", type=float, default=1000.0)
    given = arguments.parse_args()
    sample(read_histories(shipped("korea")).whole, seed=1, ess=50, time_limit=5)  # compile
    for name in given.tables:
        path = shipped(name) if not name.endswith(".csv") else name
        table = read_histories(path).whole
        classes = 15 if table.n_lists > 15 else 10
        kept = []
        for seed in (1, 2):
            began = time.monotonic()
            d = sample(table, Prior(classes), seed=seed, time_limit=given.limit, ess=given.ess)
            s = thinned_summary(d.total)
            kept.append((np.quantile(d.total, LEVELS), np.array([s["mcse_lower"], s["mcse_median"], s["mcse_upper"]])))
            peaks = "; ".join(f"{m['n_hat']:,.0f} ({m['share']:.0%})" for m in modes(d.total))
            print(
                f"{name} seed {seed}: {kept[-1][0][1]:,.0f} ({kept[-1][0][0]:,.0f} to {kept[-1][0][2]:,.0f}), MCSE "
                f"{kept[-1][1].round(1).tolist()}, R-hat {s['rhat']:.4f}, ESS {s['ess']:,.0f} (tail {s['ess_tail']:,.0f}), "
                f"{len(d.powers)} rungs, {d.sweeps:,} sweeps, {d.trips} round trips, {time.monotonic() - began:.1f} s, "
                f"{d.seconds:.1f} CPU s, {s['ess'] / d.seconds:.1f} ESS/CPU s"
                + (
                    f" = {s['ess'] / d.seconds / LCMCR[name][2]:.1f} x LCMCR"
                    if name in LCMCR and LCMCR[name][2]
                    else ""
                )
                + f"; peaks {peaks}",
                flush=True,
            )
            reference = LCMCR.get(name, (None, None, None))
            if reference[0]:
                capped = np.where(d.total <= 21 * table.n, d.total, np.nan)
                ours = np.nanquantile(capped, LEVELS)
                own = [mcse_quantile(d.total, q) for q in LEVELS]
                z = [
                    (o - r) / max(np.hypot(e, f), 1.0)
                    for o, r, e, f in zip(ours, reference[0], own, reference[1], strict=True)
                ]
                print(f"    against LCMCR: {[round(float(v), 2) for v in z]} MCSE", flush=True)
        z = (kept[0][0] - kept[1][0]) / np.maximum(np.hypot(kept[0][1], kept[1][1]), 1.0)
        print(f"    seed 1 against seed 2: {z.round(2).tolist()} MCSE", flush=True)


if __name__ == "__main__":
    main()
