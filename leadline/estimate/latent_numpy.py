"""The plain Gibbs sampler of the latent-class model in NumPy: an independent, slow implementation.

It follows Manrique-Vallier's steps one by one with NumPy's own generators and shares no code with the compiled chains,
which are tested against it; it also serves where numba is not installed. No tempering, no moves beyond Gibbs.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
from scipy.special import logsumexp

from leadline.estimate.diagnostics import thinned_summary
from leadline.estimate.latent_class import FIRST_ROUND, WARM_UP
from leadline.estimate.latent_draws import Draws, Prior
from leadline.estimate.tables import Floats, ListTable
from leadline.progress import SILENT, Progress


class PlainChain:
    """One chain of the plain sampler."""

    def __init__(self, table: ListTable, prior: Prior, rng: np.random.Generator, centre: float = 0.0) -> None:
        self.x = table.patterns.astype(np.float64)
        self.counts = table.counts
        self.n, self.prior, self.rng = table.n, prior, rng
        J, K = table.n_lists, prior.classes
        logit = rng.normal(centre, 1.0, size=(J, K))
        self.log_rate, self.log_rest = -np.logaddexp(0, -logit), -np.logaddexp(0, logit)
        self.log_weight = np.log(rng.dirichlet(np.ones(K)))
        self.alpha = 1.0

    def sweep(self) -> tuple[float, int, float]:
        """One sweep; returns the unseen number, the occupied classes and alpha."""
        rng, K = self.rng, self.prior.classes
        by_class = self.log_weight + self.x @ self.log_rate + (1 - self.x) @ self.log_rest  # patterns x classes
        p = np.exp(by_class - logsumexp(by_class, axis=1, keepdims=True))
        labels = rng.multinomial(self.counts, p / p.sum(axis=1, keepdims=True))
        log_none = self.log_weight + self.log_rest.sum(axis=0)
        p0 = logsumexp(log_none)
        log_some = logsumexp(self.log_weight + np.log(np.maximum(-np.expm1(self.log_rest.sum(axis=0)), 1e-300)))
        unseen = rng.poisson(min(rng.gamma(self.n) * np.exp(p0 - log_some), 1e17))
        q = np.exp(log_none - p0)
        in_class = labels.sum(axis=0) + rng.multinomial(unseen, q / q.sum())
        held = self.x.T @ labels  # lists x classes
        a = _log_gamma(rng, 1.0 + held)
        b = _log_gamma(rng, 1.0 + in_class - held)
        total = np.logaddexp(a, b)
        self.log_rate, self.log_rest = a - total, b - total
        after = in_class[::-1].cumsum()[::-1] - in_class
        v, w = _log_gamma(rng, 1.0 + in_class[: K - 1]), _log_gamma(rng, self.alpha + after[: K - 1])
        norm = np.logaddexp(v, w)
        left = np.concatenate([[0.0], np.cumsum(w - norm)])
        self.log_weight = left + np.concatenate([v - norm, [0.0]])
        self.alpha = float(rng.gamma(self.prior.shape + K - 1) / (self.prior.rate - left[-1]))
        return float(unseen), int((in_class > 0).sum()), self.alpha


def _log_gamma(rng: np.random.Generator, shape: Floats) -> Floats:
    """Logarithms of gamma draws; shapes far below 1 stay finite."""
    small = np.asarray(shape) < 1.0
    base = np.log(rng.standard_gamma(np.where(small, shape + 1.0, shape)))
    return np.asarray(
        base + np.where(small, np.log(1.0 - rng.random(np.shape(shape))) / np.maximum(shape, 1e-300), 0.0)
    )


def sample_plain(
    table: ListTable,
    prior: Prior | None = None,
    *,
    seed: int = 1,
    chains: int = 4,
    time_limit: float = 75.0,
    rhat: float = 1.01,
    ess: float = 1000.0,
    progress: Progress = SILENT,
    clock: Callable[[], float] = time.monotonic,
) -> Draws:
    """As `latent_class.sample`, by the plain sampler.

    >>> t = ListTable.of(("A", "B", "C"), {(1,1,1): 12, (1,1,0): 54, (1,0,0): 31, (0,1,0): 3, (0,1,1): 18, (0,0,1): 5})
    >>> bool(sample_plain(t, Prior(classes=2), ess=5, rhat=9).total.min() >= t.n)
    True
    """
    began, cpu = clock(), time.process_time()
    runs = [
        PlainChain(table, prior or Prior(), np.random.default_rng([seed, 78, c]), (0.0, -4.0, 1.0, -2.0)[c % 4])
        for c in range(chains)
    ]
    kept: list[list[tuple[float, int, float]]] = [[] for _ in runs]
    size = FIRST_ROUND
    progress.begin("latent-class sweeps", None)
    while True:
        started = clock()
        for run, out in zip(runs, kept, strict=True):
            out.extend(run.sweep() for _ in range(size))
        progress.advance(size * chains)
        found = _draws(table, kept, time.process_time() - cpu)
        s = thinned_summary(found.total)
        reached = s["rhat"] <= rhat and min(s["ess"], s["ess_tail"]) >= ess
        took = clock() - started
        size = len(kept[0]) // 2
        if reached or clock() - began + took * size / max(len(kept[0]) - size, 1) > time_limit:
            return found


def _draws(table: ListTable, kept: list[list[tuple[float, int, float]]], seconds: float) -> Draws:
    every = np.array(kept)
    first = int(WARM_UP * every.shape[1])
    part = every[:, first:]
    return Draws(
        table.n + part[:, :, 0], part[:, :, 1], part[:, :, 2], every.shape[1], np.ones(1), np.zeros(1), {}, 0, seconds,
        True,
    )  # fmt: skip
