"""Doubt about which records are the same, carried into the total.

Each posterior draw of the partition gives its own capture histories. The estimator runs on every one of them and the
answers are pooled by the draws' weights; the variance of the total splits into linkage (between draws), model (between
models on one draw) and sampling (within a model). Sadinle (2018), doi:10.1214/18-AOAS1178 (linkage averaging).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from leadline.errors import InputError
from leadline.estimate import decomposable, loglinear
from leadline.estimate.options import Options
from leadline.estimate.tables import Floats, ListTable
from leadline.progress import SILENT, Progress


@dataclass(frozen=True)
class LinkageTotal:
    """A total pooled over draws of the partition.

    `linkage`, `model` and `sampling` are the parts of `variance`; `n_tables` how many tables were given, `n_distinct`
    how many of them differ, `n_failed` how many had no estimate (weight `failed_weight`).
    """

    name: str
    n_hat: float
    lower: float
    upper: float
    observed: tuple[float, float]
    variance: float
    linkage: float
    model: float
    sampling: float
    n_tables: int
    n_distinct: int
    n_failed: int
    failed_weight: float

    def shares(self) -> dict[str, float]:
        """The parts of the variance as shares of it."""
        whole = self.variance or 1.0
        return {"linkage": self.linkage / whole, "model": self.model / whole, "sampling": self.sampling / whole}


@dataclass(frozen=True)
class _Part:
    """One table's answer: draws of N, its mean, and the variance between and within models."""

    draws: Floats
    mean: float
    model: float
    sampling: float


def tables_of_draws(
    draws: Iterable[tuple[int, str, str]], lists_of_claim: Mapping[str, frozenset[str]], lists: Sequence[str]
) -> list[ListTable]:
    """One table for each posterior draw of the partition.

    `draws` are (draw, claim, cluster); claims without an entry in `lists_of_claim` take no part. A cluster is on every
    list that one of its claims is on.

    >>> t = tables_of_draws(
    ...     [(0, "c1", "c1"), (0, "c2", "c1"), (1, "c1", "c1"), (1, "c2", "c2")],
    ...     {"c1": frozenset("A"), "c2": frozenset("B")}, ("A", "B"))
    >>> [x.n for x in t]
    [1, 2]
    """
    members: dict[int, dict[str, set[str]]] = {}
    for draw, claim, cluster in draws:
        if claim in lists_of_claim:
            members.setdefault(draw, {}).setdefault(cluster, set()).update(lists_of_claim[claim])
    return [ListTable.from_memberships(members[d].values(), lists) for d in sorted(members)]


def total_over_linkage(
    tables: Sequence[ListTable],
    weights: Sequence[float] | None = None,
    *,
    estimator: str = "decomposable",
    options: Options | None = None,
    progress: Progress = SILENT,
) -> LinkageTotal:
    """Pool an exact estimator over M tables: `decomposable`, or `loglinear` (all models weighted by BIC).

    Equal tables are computed once. Raises `InputError` where the tables do not have the same lists, the weights do not
    fit, or no table has an estimate.

    >>> t = ListTable.of(("A", "B", "C"), {(1,1,1): 12, (1,1,0): 54, (1,0,0): 31, (0,1,0): 3, (0,1,1): 18, (0,0,1): 5})
    >>> r = total_over_linkage([t, t])
    >>> r.linkage, r.n_distinct
    (0.0, 1)
    """
    options = options or Options()
    if not tables:
        raise InputError("there is no table", expected="one table for each draw of the partition")
    w = np.full(len(tables), 1 / len(tables)) if weights is None else np.asarray(weights, dtype=np.float64)
    if len(w) != len(tables) or not (w >= 0).all() or not math.isfinite(w.sum()) or w.sum() <= 0:
        raise InputError(
            f"{len(w)} weights for {len(tables)} tables", expected="one weight of 0 or more for each table"
        )
    w = w / w.sum()
    if len({t.lists for t in tables}) > 1:
        raise InputError("the tables have different lists", expected="the same lists in the same order in every table")
    grouped: dict[str, tuple[ListTable, float]] = {}
    for t, weight in zip(tables, w, strict=True):
        grouped[t.digest] = (t, grouped.get(t.digest, (t, 0.0))[1] + float(weight))
    run = {"decomposable": _decomposable, "loglinear": _loglinear}.get(estimator)
    if run is None:
        raise InputError(f"no estimator is called {estimator!r}", expected="decomposable or loglinear")
    progress.begin("linkage draws", len(grouped))
    parts, kept = [], []
    failed = 0
    for digest in sorted(grouped):
        table, weight = grouped[digest]
        rng = np.random.default_rng([options.seed, int(digest[:8], 16)])
        part = run(table, options, rng)
        progress.advance()
        if part is None:
            failed += 1
        else:
            parts.append(part)
            kept.append(weight)
    if not parts:
        raise InputError("no table has an estimate", todo="look at one of them with `leadline estimate`")
    share = np.array(kept)
    lost = 1.0 - float(share.sum())
    share /= share.sum()
    means = np.array([p.mean for p in parts])
    mean = float(share @ means)
    linkage = float(share @ (means - mean) ** 2)
    model = float(share @ np.array([p.model for p in parts]))
    sampling = float(share @ np.array([p.sampling for p in parts]))
    values = np.concatenate([p.draws for p in parts])
    mass = np.concatenate([np.full(len(p.draws), s / len(p.draws)) for p, s in zip(parts, share, strict=True)])
    order = np.argsort(values, kind="stable")
    cumulative = np.cumsum(mass[order])
    at = [(1 - options.level) / 2, 0.5, (1 + options.level) / 2]
    low, middle, high = (float(values[order][min(int(np.searchsorted(cumulative, a)), len(values) - 1)]) for a in at)
    seen = [float(t.n) for t in tables]
    return LinkageTotal(
        estimator, middle, low, high, (min(seen), max(seen)), linkage + model + sampling, linkage, model, sampling,
        len(tables), len(grouped), failed, max(lost, 0.0),
    )  # fmt: skip


def _decomposable(table: ListTable, options: Options, rng: np.random.Generator) -> _Part | None:
    p = decomposable.posterior(table, delta=options.delta)
    if p.tail > options.tail:
        return None
    mean = p.mean
    probability, by_graph = p.graph_probability, p.graph_mean
    known = probability > 0
    between = float((probability[known] * (by_graph[known] - mean) ** 2).sum())
    variance = float((p.mass * (p.n + p.unseen - mean) ** 2).sum())
    return _Part(p.sample(rng, 400), mean, min(between, variance), max(variance - between, 0.0))


def _loglinear(table: ListTable, options: Options, rng: np.random.Generator) -> _Part | None:
    ranking = loglinear.rank_by_bic(table, max_order=options.max_order, top=options.bootstrap_models)
    if not ranking.models:
        return None
    weight = np.exp(-0.5 * (ranking.bic - ranking.bic[0]))
    weight /= weight.sum()
    mean = float(weight @ ranking.n_hat)
    between = float(weight @ (ranking.n_hat - mean) ** 2)
    unseen = np.exp(ranking.log_unseen)
    within = float(weight @ (unseen + unseen**2 * ranking.variance))
    pick = rng.choice(len(weight), size=400, p=weight)
    draws = table.n + np.exp(ranking.log_unseen[pick] + np.sqrt(ranking.variance[pick]) * rng.standard_normal(400))
    return _Part(draws, mean, between, within)
