"""Strata: separate fits, partial pooling beside them, and a total from joint draws.

The pooled model says that the log odds of being unseen vary between strata like draws from one normal distribution, of
which centre and spread are unknown. A stratum with much evidence keeps its own answer, one with little leans on the
others, one with none has only them, and says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np

from leadline.estimate import decomposable
from leadline.estimate.options import MODELS, Options
from leadline.estimate.reading import Histories
from leadline.estimate.tables import Floats, ListTable
from leadline.progress import SILENT, Progress

if TYPE_CHECKING:
    from leadline.estimate.analysis import Analysis

EXACT = tuple(m for m in MODELS if m != "latent-class")  # the models that a refused stratum still gets
ITERATIONS = 6000
GRID = 400


@dataclass(frozen=True)
class Pooled:
    """Joint draws of the strata's totals (draws x strata), centre and spread of the log odds of being unseen."""

    names: tuple[str, ...]
    totals: Floats
    centre: Floats
    spread: Floats
    alone: tuple[bool, ...]

    def quantiles(self, k: int, level: float) -> tuple[float, float, float]:
        """Lower end, median and upper end of stratum k."""
        q = np.quantile(self.totals[:, k], [(1 - level) / 2, 0.5, (1 + level) / 2])
        return float(q[0]), float(q[1]), float(q[2])

    def total(self, level: float) -> tuple[float, float, float]:
        """The same of the sum over strata."""
        q = np.quantile(self.totals.sum(axis=1), [(1 - level) / 2, 0.5, (1 + level) / 2])
        return float(q[0]), float(q[1]), float(q[2])


def usable(table: ListTable) -> ListTable | None:
    """The stratum's table without lists that are empty in it; None where fewer than three lists or no overlap remain."""
    kept = [name for name, size in zip(table.lists, table.sizes.tolist(), strict=True) if 0 < size < table.n]
    if len(kept) < decomposable.MIN_LISTS or len(kept) > decomposable.MAX_LISTS:
        return None
    rest = table.select(kept)
    return None if int(rest.captures[0]) == rest.n else rest


def pool(strata: dict[str, ListTable], *, delta: float | None = None, seed: int = 1) -> Pooled:
    """Partial pooling of the average over decomposable graphs across strata, by Gibbs sampling on grids.

    Centre: flat; spread: half-normal with scale 1 on the log odds. A stratum's evidence is its posterior of the unseen
    number, with the prior p(N) ~ 1/N taken out and the normal distribution put in its place.

    >>> t = ListTable.of(("A", "B", "C"), {(1,1,1): 12, (1,1,0): 54, (1,0,0): 31, (0,1,0): 3, (0,1,1): 18, (0,0,1): 5})
    >>> pool({"a": t, "b": t}).totals.shape[1]
    2
    """
    names = tuple(sorted(strata))
    rng = np.random.default_rng([seed, 5])
    grids: list[tuple[Floats, Floats] | None] = []
    for name in names:
        table = usable(strata[name])
        grids.append(None if table is None else _evidence(table, delta))
    start = [0.0 if g is None else float(g[0][int(g[1].argmax())]) for g in grids]
    theta = np.array(start)
    known = [k for k, g in enumerate(grids) if g is not None]
    mu = float(np.mean(theta[known])) if known else 0.0
    tau = 0.5
    taus = np.linspace(0.02, 3.0, 150)
    n = np.array([strata[name].n for name in names], dtype=np.float64)
    totals, centres, spreads = [], [], []
    for i in range(ITERATIONS):
        for k, g in enumerate(grids):
            if g is None:
                theta[k] = mu + tau * rng.standard_normal()
            else:
                points, log_evidence = g
                weight = log_evidence - 0.5 * ((points - mu) / tau) ** 2
                weight = np.exp(weight - weight.max())
                c = np.cumsum(weight)
                theta[k] = points[int(np.searchsorted(c, rng.random() * c[-1]))]
        use = theta[known] if known else theta
        mu = float(use.mean() + tau / np.sqrt(len(use)) * rng.standard_normal())
        square = float(((use - mu) ** 2).sum())
        log_tau = -len(use) * np.log(taus) - square / (2 * taus**2) - 0.5 * taus**2
        w = np.cumsum(np.exp(log_tau - log_tau.max()))
        tau = float(taus[int(np.searchsorted(w, rng.random() * w[-1]))])
        if i >= ITERATIONS // 6:
            totals.append(n * (1.0 + np.exp(theta)))
            centres.append(mu)
            spreads.append(tau)
    return Pooled(names, np.array(totals), np.array(centres), np.array(spreads), tuple(g is None for g in grids))


def _evidence(table: ListTable, delta: float | None) -> tuple[Floats, Floats]:
    """Log odds of being unseen on a grid, and the log evidence for each point up to a constant."""
    p = decomposable.posterior(table, delta=delta, log_prior=np.zeros_like)
    q = p.mass.cumsum()
    inside = (q > 1e-9) & (q < 1 - 1e-9) & (p.unseen > 0)
    u = p.unseen[inside] if inside.sum() > 3 else p.unseen[p.unseen > 0]
    grid = np.exp(np.linspace(np.log(u[0]), np.log(u[-1]), GRID))
    width = np.gradient(p.unseen)
    log_likelihood = np.log(np.maximum(np.interp(grid, p.unseen, p.mass / width), 1e-300))
    return np.log(grid / table.n), log_likelihood


def analyse_strata(
    read: Histories, options: Options, *, ties: Sequence[tuple[str, str, str]] = (), progress: Progress = SILENT
) -> Analysis:
    """One analysis of the whole with the strata in it: separate fits, pooled ones, and the sum from joint draws."""
    from leadline.estimate.analysis import analyse_table

    share = msgspec.structs.replace(options, time_limit=max(options.time_limit / (len(read.strata) + 1), 2.0))
    whole = analyse_table(read.whole, share, notes=read.notes, ties=ties, progress=progress)
    pooled = pool(read.strata, delta=options.delta, seed=options.seed)
    parts = []
    for k, name in enumerate(pooled.names):
        table = read.strata[name]
        kept = [x for x, size in zip(table.lists, table.sizes.tolist(), strict=True) if size > 0]
        notes = []
        if len(kept) < table.n_lists:
            gone = ", ".join(x for x in table.lists if x not in kept)
            notes.append(f"No record of this stratum is on {gone}; its own fit leaves that out.")
            table = table.select(kept)
        if pooled.alone[k]:
            notes.append(
                "The stratum is too sparse for a fit of its own; its pooled figure comes from the other strata alone."
            )
        one = analyse_table(table, share, stratum=name, notes=notes, ties=ties, progress=progress, quick=EXACT)
        low, middle, high = pooled.quantiles(k, options.level)
        figures = {"n_hat": middle, "lower": low, "upper": high, "from_other_strata_alone": pooled.alone[k]}
        parts.append(_with_diagnostic(one, "pooled", figures))
    low, middle, high = pooled.total(options.level)
    summed: dict[str, Any] = {
        "n_hat": middle, "lower": low, "upper": high, "strata": len(parts),
        "log_odds_unseen": {"centre": float(pooled.centre.mean()), "spread": float(pooled.spread.mean())},
        "sparse_strata": [n for n, alone in zip(pooled.names, pooled.alone, strict=True) if alone],
    }  # fmt: skip
    found = _with_diagnostic(whole, "sum_over_strata", summed)
    return replace(found, strata=tuple(parts))


def _with_diagnostic(analysis: Analysis, key: str, value: Any) -> Analysis:
    """The analysis with one more entry in the diagnostics of the decomposable model."""
    models = tuple(
        msgspec.structs.replace(m, diagnostics=m.diagnostics | {key: value}) if m.name == "decomposable" else m
        for m in analysis.estimate.models
    )
    return replace(analysis, estimate=msgspec.structs.replace(analysis.estimate, models=models))
