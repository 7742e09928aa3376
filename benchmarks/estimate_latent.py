"""Latent-class sampler: convergence from dispersed starts, agreement with LCMCR, effective samples per CPU second.

    python benchmarks/estimate_latent.py --plain SECONDS [table ...]
    python benchmarks/estimate_latent.py [--limit SECONDS] [--cpu SECONDS] [--ess N] [--json] [--seeds N N] [table ...]

Each table is run twice with different seeds. LCMCR's quantiles and errors (R package LCMCR 0.4.14, K = 10) are from
reference runs; its cap of 20 n unseen is applied to our draws in the columns that compare. `--cpu` stops by CPU seconds
instead of the clock, for a machine that others use. `--json` prints the figures of the gate for the tables it names. `--plain` runs LCMCR's own steps for so many CPU seconds, and
ours, and compares their quantiles where the plain chains have converged. `--rungs 1` leaves tempering out; `--below N` prints
the share of the draws below N and how often chains cross it.
"""

from __future__ import annotations

import argparse
import json
import time
from typing import Any

import numpy as np

from leadline.estimate.datasets import shipped
from leadline.estimate.diagnostics import mcse_quantile, modes, thinned_summary
from leadline.estimate.latent_class import Draws, Prior, Sampler, sample
from leadline.estimate.latent_run import EARLY_RHAT
from leadline.estimate.reading import read_histories
from leadline.estimate.tables import ListTable

# 2.5 %, 50 %, 97.5 % and their Monte Carlo errors, where LCMCR converges; its effective samples per CPU second
LCMCR = {
    "neworleans5": ((567, 835, 1379), (2, 1.5, 9), None),
    "western_us": ((1314, 1834, 3017.025), (4, 3.5, 18.5), None),
    "korea": ((124, 138, 200), (0, 0.5, 1), None),
    "australia": ((2248.975, 4190, 7955.1), (46, 18.5, 31), None),
    "kosovo": ((8962, 10414, 13934.025), (44, 9.5, 63.5), 50.0),
    "congenital": ((590, 629, 718), (0.5, 0.5, 1.5), None),
    "lesbian": (None, None, None),
    "diabetes": (None, None, None),
    "hav": (None, None, None),
    "spina_my3": (None, None, None),
    "hare": (None, None, None),
    "hiv_rome": ((9381, 10931, 13085.075), (11, 9, 32.5), None),
    "neworleans": ((513, 717, 1072), (1.5, 1.5, 5), None),
    "uk5": (None, None, 2.1),
    "uk": (None, None, None),
    "netherlands5": (None, None, None),
    "netherlands": (None, None, None),
}
LEVELS = (0.025, 0.5, 0.975)
Quantiles = tuple[np.ndarray, np.ndarray]  # at LEVELS, and their Monte Carlo errors


def run(name: str, seed: int, **how: Any) -> tuple[Draws, dict[str, float], ListTable]:
    """One run of one table with its diagnostics; `how` is what `sample` takes."""
    table = read_histories(name if name.endswith(".csv") else shipped(name)).whole
    d = sample(table, Prior(15 if table.n_lists > 15 else 10), seed=seed, rhat=EARLY_RHAT, **how)
    return d, thinned_summary(d.total), table


def manner(given: argparse.Namespace) -> dict[str, Any]:
    """How `sample` runs, by the arguments."""
    time_limit = {"time_limit": given.cpu, "clock": time.process_time} if given.cpu else {"time_limit": given.limit}
    return {"ess": given.ess, "rungs": given.rungs, **time_limit}


def plain_against_ours(name: str, seconds: float, given: argparse.Namespace) -> None:
    """Quantiles by plain steps and by all moves; the plain chains start dispersed, but not from scouts."""
    table = read_histories(name if name.endswith(".csv") else shipped(name)).whole
    plain = Sampler(table, Prior(15 if table.n_lists > 15 else 10), seed=7, accelerate=False)
    while plain.seconds < seconds:
        plain.advance(1000)
    ours, s, _ = run(name, 1, **manner(given))
    theirs = plain.draws().total
    r = thinned_summary(theirs)
    q = [np.quantile(t, LEVELS) for t in (theirs, ours.total)]
    e = [np.array([mcse_quantile(t, level) for level in LEVELS]) for t in (theirs, ours.total)]
    z = (q[0] - q[1]) / np.maximum(np.hypot(*e), 1.0)
    settled = r["rhat"] <= 1.01 and min(r["ess"], r["ess_tail"]) >= 400 and s["rhat"] <= 1.01
    print(
        f"| {name} | {_interval(q[0])} | {r['rhat']:.3f}, {r['ess']:,.0f} | {_interval(q[1])} | {s['rhat']:.3f}, {s['ess']:,.0f} | "
        + (", ".join(f"{v:+.1f}" for v in z) if settled else "plain chains have not converged")
        + " |",
        flush=True,
    )


def _interval(q: np.ndarray) -> str:
    return f"{q[1]:,.0f} ({q[0]:,.0f} to {q[2]:,.0f})"


def errors_apart(one: Quantiles, other: Quantiles) -> np.ndarray:
    """Differences of quantiles in Monte Carlo errors, of a whole person at least; each comes with its errors."""
    return np.asarray((one[0] - other[0]) / np.maximum(np.hypot(one[1], other[1]), 1.0))


def quantiles(d: Draws, s: dict[str, float]) -> Quantiles:
    """The limits and the median with their errors."""
    return np.quantile(d.total, LEVELS), np.array([s["mcse_lower"], s["mcse_median"], s["mcse_upper"]])


def convergence(name: str, label: str, seeds: list[int], **how: Any) -> tuple[dict[str, float], list[Draws]]:
    """Figures for the gate: errors between two seeds, R-hat, CPU seconds to convergence, effective samples a CPU second."""
    if "cpu" in how:
        how |= {"time_limit": how.pop("cpu"), "clock": time.process_time}
    runs = [run(name, seed, **how) for seed in seeds]
    first, second = (quantiles(d, s) for d, s, _ in runs[:2])
    figures = {
        "R-hat": max(s["rhat"] for _, s, _ in runs),
        "effective size": min(min(s["ess"], s["ess_tail"]) for _, s, _ in runs),
        "difference of two seeds, Monte Carlo errors": float(np.abs(errors_apart(first, second)).max()),
        "CPU s": max(d.seconds for d, _, _ in runs),
        "effective samples a CPU second": float(np.mean([s["ess"] / d.seconds for d, s, _ in runs])),
    }
    for seed, (d, s, _) in zip(seeds, runs, strict=True):
        low, middle, high = np.quantile(d.total, LEVELS)
        one = {
            "median": middle,
            "lower limit": low,
            "upper limit": high,
            "R-hat": s["rhat"],
            "effective size": s["ess"],
        }
        one |= {"rungs": len(d.powers), "sweeps": d.sweeps, "CPU s": d.seconds}
        figures |= {f"seed {seed}, {what}": float(value) for what, value in one.items()}
    return {f"{label}: {what}": figure for what, figure in figures.items()}, [d for d, _, _ in runs]


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("tables", nargs="*", default=list(LCMCR))
    arguments.add_argument("--limit", type=float, default=120.0)
    arguments.add_argument("--ess", type=float, default=2000.0)
    arguments.add_argument("--cpu", type=float, default=0.0)
    arguments.add_argument("--json", action="store_true")
    arguments.add_argument("--seeds", type=int, nargs="+", default=[1, 2])
    arguments.add_argument("--rungs", type=int, default=0)
    arguments.add_argument("--below", type=float, default=0.0)
    arguments.add_argument("--plain", type=float, default=0.0)
    given = arguments.parse_args()
    sample(read_histories(shipped("korea")).whole, seed=1, ess=50, time_limit=5)  # compile
    if given.json:
        figures = [convergence(name, name, given.seeds, **manner(given))[0] for name in given.tables]
        print(json.dumps({k: v for one in figures for k, v in one.items()}, indent=1))
        return
    if given.plain:
        for name in given.tables:
            plain_against_ours(name, given.plain, given)
        return
    for name in given.tables:
        kept = []
        for seed in given.seeds:
            began = time.monotonic()
            d, s, table = run(name, seed, **manner(given))
            kept.append(quantiles(d, s))
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
            if given.below:
                low = d.total < given.below
                print(
                    f"    below {given.below:,.0f}: {low.mean():.5f} of the draws, by chain {low.mean(axis=1).round(4).tolist()}, crossings "
                    f"by chain {np.abs(np.diff(low.astype(int), axis=1)).sum(axis=1).tolist()}, accepted {d.accepted}",
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
        if len(kept) > 1:
            print(f"    first seed against second: {errors_apart(*kept[:2]).round(2).tolist()} MCSE", flush=True)


if __name__ == "__main__":
    main()
