"""The latent-class model as one of the models of an estimate: run, judge its convergence, describe it."""

from __future__ import annotations

from typing import Any

import numpy as np

from leadline.compiled import have_numba
from leadline.estimate.diagnostics import modes, thinned_summary
from leadline.estimate.latent_class import sample
from leadline.estimate.latent_draws import Draws, Prior
from leadline.estimate.options import Options
from leadline.estimate.outcome import Outcome, outcome
from leadline.estimate.tables import ListTable
from leadline.progress import Progress

EARLY_RHAT = 1.005  # a run stops before its time only when it is clearly better than it must be
KEPT = 2000  # draws of each chain that are kept for plots


def run(table: ListTable, options: Options, progress: Progress) -> Outcome:
    """Sample the model; without convergence there is no number, the diagnostics say what happened."""
    prior = Prior(options.classes, options.alpha_shape, options.alpha_rate)
    target = max(options.ess, options.ess_target)
    if have_numba():
        draws = sample(
            table, prior, seed=options.seed, chains=options.chains, rungs=options.rungs, threads=options.threads,
            time_limit=options.time_limit, rhat=min(options.rhat, EARLY_RHAT), ess=target, progress=progress,
        )  # fmt: skip
    else:
        from leadline.estimate.latent_numpy import sample_plain

        draws = sample_plain(
            table, prior, seed=options.seed, chains=options.chains, time_limit=options.time_limit, rhat=options.rhat,
            ess=target, progress=progress,
        )  # fmt: skip
    return describe(table, draws, options)


def describe(table: ListTable, draws: Draws, options: Options) -> Outcome:
    """Draws as an outcome: converged or not, quantiles with their errors, peaks."""
    s = thinned_summary(draws.total)
    failures = []
    if options.chains < 4:
        failures.append(f"{options.chains} chains; convergence is judged over at least 4")
    size = min(s["ess"], s["ess_tail"])
    short = [f"R-hat {s['rhat']:.3f} (limit {options.rhat:g})"] if not s["rhat"] <= options.rhat else []
    if not size >= options.ess:
        short.append(f"effective sample size {size:.0f} (limit {options.ess:g})")
    if short:
        failures.append(f"not converged: {', '.join(short)}")
    if failures and not have_numba():
        failures.append("numba is not installed: the sampler is slow and does not temper")
    peaks = modes(draws.total)
    low, high = (1 - options.level) / 2, (1 + options.level) / 2
    q = np.quantile(draws.total, [low, 0.5, high])
    diagnostics: dict[str, Any] = {
        "rhat": s["rhat"],
        "ess": s["ess"],
        "ess_tail": s["ess_tail"],
        "mcse_median": s["mcse_median"],
        "mcse_lower": s["mcse_lower"],
        "mcse_upper": s["mcse_upper"],
        "mean": float(draws.total.mean()),
        "converged": not failures,
        "chains": int(draws.total.shape[0]),
        "sweeps": draws.sweeps,
        "rungs": len(draws.powers),
        "powers": [round(float(p), 6) for p in draws.powers],
        "refused_exchanges": [round(float(r), 4) for r in draws.refused],
        "round_trips": draws.trips,
        "accepted_moves": {k: round(v, 4) for k, v in draws.accepted.items()},
        "classes": options.classes,
        "occupied_classes": float(draws.occupied.mean()),
        "share_above_21n": float((draws.total > 21.0 * table.n).mean()),
        "modes": peaks,
        "bimodal": len(peaks) > 1,
        "interval": "posterior quantiles",
    }
    if failures:  # no number; where the chains were is said in the diagnostics
        diagnostics["chain_medians"] = np.median(draws.total, axis=1)
    step = max(1, draws.total.shape[1] // KEPT)
    trace = draws.total[:, ::step][:, :KEPT]
    converged = not failures
    return outcome(
        "latent-class", options, float(q[1]) if converged else None,
        (float(q[0]), float(q[2])) if converged else (None, None), diagnostics, failures,
        draws=draws.total.ravel()[:: max(1, draws.total.size // 4000)] if converged else None, extra={"trace": trace},
    )  # fmt: skip
