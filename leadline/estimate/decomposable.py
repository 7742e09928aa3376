"""Bayesian model averaging over decomposable graphs: which lists depend on each other, and how many are unseen.

Every decomposable graph on three to six lists (8, 61, 822, 18,154), every number of unseen records: the posterior is a
sum, not a simulation. The marginal likelihood of a graph is a product over cliques divided by one over separators, with
a hyper-Dirichlet prior of `delta` for each cell of the full table. Two settings decide more than the data often do and
are treated as the levers they are: `delta`, which the prior sensitivity varies, and the end of the grid of unseen
numbers, which is grown until the mass beyond it is below `tail`, or reported as unbounded.

Madigan & York (1997), doi:10.1093/biomet/84.1.19; Dawid & Lauritzen (1993), doi:10.1214/aos/1176349260.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import logsumexp

from leadline.errors import InputError
from leadline.estimate.graphs import Scorer, graphs
from leadline.estimate.tables import Floats, Ints, ListTable

MIN_LISTS, MAX_LISTS = 3, 6
TAIL = 1e-6  # posterior mass allowed beyond the grid
GRAPH_FLOOR = 1e-12  # graphs with less posterior mass than this on the coarse grid leave the fine one
NARROW = -40.0  # log density, below the peak's, from which on the grid is made fine


@dataclass(frozen=True)
class Posterior:
    """Posterior of N = n + unseen and of the graphs.

    `unseen` and `mass` are the grid and its probabilities; `grid_end` its last point, `tail` the mass estimated to lie
    beyond it; `graph_probability` is over all graphs, `graph_mean` the mean of N given each.
    """

    n: int
    unseen: Floats
    mass: Floats
    grid_end: float
    tail: float
    delta: float
    graph_probability: Floats
    graph_mean: Floats

    def quantile(self, level: float) -> float:
        """The first grid value of N at which the cumulative probability exceeds `level`."""
        k = int(np.searchsorted(np.cumsum(self.mass), level, side="right"))
        return float(self.n + self.unseen[min(k, len(self.unseen) - 1)])

    @property
    def mean(self) -> float:
        """Posterior mean of N."""
        return float(self.n + (self.mass * self.unseen).sum())

    @property
    def mode(self) -> float:
        """Most probable N of the grid."""
        return float(self.n + self.unseen[int(self.mass.argmax())])

    def sample(self, rng: np.random.Generator, size: int) -> Floats:
        """Draws of N."""
        return np.asarray(
            self.n + self.unseen[np.searchsorted(np.cumsum(self.mass), rng.random(size) * self.mass.sum())]
        )


FLAT = -600.0  # log density below which the posterior of N is nothing


def default_delta(n_lists: int) -> float:
    """The customary prior weight of a cell, 2^-J: one prior record spread over the table."""
    return 2.0**-n_lists


def posterior(
    table: ListTable,
    *,
    delta: float | None = None,
    first: int = 1,
    end: float | None = None,
    step: float | None = None,
    tail: float = TAIL,
    log_prior: Callable[[Floats], Floats] | None = None,
) -> Posterior:
    """Average over all decomposable graphs on the table's 3 to 6 lists.

    The prior of N is proportional to 1/N unless `log_prior` gives its logarithm. The grid of unseen numbers starts at
    `first` (1 as in the authors' program: somebody is unseen). Without `end` it is grown until the mass beyond it is below `tail`; every whole number has a place in it up
    to 200,000, then the steps grow with the number. With `end` (and `step`) it is exactly `first, first + step, ...`,
    and the result conditions on that.

    >>> t = ListTable.of(("A", "B", "C"), {(1,1,1): 12, (1,1,0): 54, (1,0,0): 31, (0,1,0): 3, (0,1,1): 18, (0,0,1): 5})
    >>> p = posterior(t)
    >>> p.tail < 1e-6 and p.quantile(0.5) > t.n
    True
    """
    J = table.n_lists
    if not MIN_LISTS <= J <= MAX_LISTS:
        raise InputError(
            f"{J} lists",
            expected=f"{MIN_LISTS} to {MAX_LISTS} lists for the average over decomposable graphs",
            todo="choose lists with --lists",
        )
    delta = default_delta(J) if delta is None else delta
    scorer = Scorer(table, delta, log_prior)
    every = graphs(J).terms
    if end is not None:
        grid = np.unique(np.round(np.arange(first, end + 0.5, step or 1.0)))  # records are whole
        weights = scorer.log_weights(every, grid)
        return _summary(table.n, grid, weights, np.ones(len(grid)), np.arange(len(every)), len(every), delta, 0.0)
    knots, keep, high, beyond = _search(scorer, every, table.n, first, tail)
    nodes, weights = _refine(scorer, every[keep], knots[knots <= high])
    # the sum over graphs is smooth in the logarithm: known at the nodes, a spline gives it at every whole number
    peak = weights.max()
    total = logsumexp(weights, axis=0) - peak
    grid, widths = _whole_numbers(first, high, nodes[total > NARROW])
    from scipy.interpolate import CubicSpline

    mass = np.zeros(len(grid))
    tall = np.flatnonzero(
        total > FLAT
    )  # with counts of 10^9 the rest of the curve falls by as much, and a spline swings
    sharp = slice(max(tall[0] - 1, 0), tall[-1] + 2)
    at, value = np.unique(np.log1p(nodes[sharp]), return_index=True)
    inside = (grid >= nodes[sharp][0]) & (grid <= nodes[sharp][-1])
    mass[inside] = (
        np.exp(np.minimum(CubicSpline(at, total[sharp][value])(np.log1p(grid[inside])), 1.0)) * widths[inside]
    )
    shares = np.exp(weights - peak - total)  # graph given unseen, at the nodes
    at_nodes = np.exp(total) * np.gradient(nodes)
    of_graph = shares @ at_nodes
    probability, mean = np.zeros(len(every)), np.full(len(every), np.nan)
    probability[keep] = of_graph / of_graph.sum()
    mean[keep] = table.n + shares @ (at_nodes * nodes) / of_graph
    return Posterior(table.n, grid, mass / mass.sum(), float(high), beyond, delta, probability, mean)


def _whole_numbers(first: int, high: float, tall: Floats) -> tuple[Floats, Floats]:
    """Grid from `first` to `high` and the width that each point stands for: 1 as long as that stays cheap.

    Beyond, the grid is geometric; between `tall` nodes, where the mass lies, it is as fine as they are and ten times finer.
    """
    edges = np.arange(first, min(high, first + 200_000) + 1, dtype=np.float64)
    if edges[-1] < high:
        ratio = 1.0 + 1.0 / 50_000
        n_more = int(np.ceil(np.log((high + 1.0) / edges[-1]) / np.log(ratio)))
        more = np.unique(np.round(edges[-1] * ratio ** np.arange(1, n_more + 1)))
        fine = np.linspace(tall[:-1], tall[1:], 10, endpoint=False).round().ravel()
        edges = np.concatenate([edges, np.setdiff1d(np.concatenate([more, fine]), edges)])
        edges = np.sort(edges[edges <= max(more[-1], high)])
    widths = np.empty(len(edges))
    gaps = np.diff(edges)
    widths[1:-1] = (gaps[1:] + gaps[:-1]) / 2 if len(edges) > 2 else 1.0
    widths[0] = 0.5 + (gaps[0] / 2 if len(gaps) else 0.5)
    widths[-1] = 0.5 + (gaps[-1] / 2 if len(gaps) else 0.5)
    return edges, widths


def _search(
    scorer: Scorer, terms: npt.NDArray[np.int8], n: int, first: int, tail: float
) -> tuple[Floats, Ints, float, float]:
    """Where the mass lies: knots, the graphs that matter, the grid's end and the mass beyond it.

    Knots are geometric and finer round the peak of each graph, until a peak is no longer a single knot. The end moves
    out until less than `tail` lies beyond, at most to 10^6 n unseen, an answer that no reader would accept.
    """
    knots = np.unique(np.round(first + np.geomspace(1.0, 1e6 * max(n, 10), 260) - 1.0))
    weights = scorer.log_weights(terms, knots)
    for _ in range(40):
        peaks = weights.argmax(axis=1)
        left, right = np.maximum(peaks - 1, 0), np.minimum(peaks + 1, len(knots) - 1)
        rows = np.arange(len(terms))
        drop = weights[rows, peaks] - np.minimum(weights[rows, left], weights[rows, right])
        near = weights[rows, peaks] > weights.max() - 60.0 - drop  # what hides between knots may be higher by the drop
        coarse = (drop > 2.0) & near
        around = np.unique(np.concatenate([left[coarse], peaks[coarse], right[coarse]]))
        new = np.unique(np.round((knots[around[:-1]] + knots[around[1:]]) / 2)) if len(around) > 1 else np.empty(0)
        new = np.setdiff1d(new, knots)
        if not len(new):
            break
        knots = np.concatenate([knots, new])
        weights = np.hstack([weights, scorer.log_weights(terms, new)])
        sorting = np.argsort(knots)
        knots, weights = knots[sorting], weights[:, sorting]
    mass = np.exp(weights - weights.max()) * np.gradient(knots)
    total = mass.sum()
    keep = np.flatnonzero(mass.sum(axis=1) / total > GRAPH_FLOOR)
    after = (mass.sum(axis=0) / total)[::-1].cumsum()[::-1]
    last = min(int(np.flatnonzero(after > tail / 10)[-1]) + 2, len(knots) - 1)
    return knots, keep, float(knots[last]), float(after[last])


def _refine(scorer: Scorer, terms: npt.NDArray[np.int8], knots: Floats) -> tuple[Floats, Floats]:
    """Nodes dense enough for a spline of the log posterior: halved where it bends and where it has mass."""
    weights = scorer.log_weights(terms, knots)
    for _ in range(30):
        total = logsumexp(weights, axis=0)
        gaps = np.diff(knots)
        tall = np.maximum(total[1:], total[:-1]) > total.max() - 30.0
        steep = np.abs(np.diff(total)) > 0.25
        wide = np.diff(np.log1p(knots)) > 0.02
        split = np.flatnonzero(tall & (steep | wide) & (gaps > 1.5))
        if not len(split) or len(knots) > 6000:
            break
        new = np.setdiff1d(np.round((knots[split] + knots[split + 1]) / 2), knots)
        knots = np.concatenate([knots, new])
        weights = np.hstack([weights, scorer.log_weights(terms, new)])
        sorting = np.argsort(knots)
        knots, weights = knots[sorting], weights[:, sorting]
    return knots, weights


def _summary(
    n: int, grid: Floats, weights: Floats, widths: Floats, keep: Ints, n_graphs: int, delta: float, beyond: float
) -> Posterior:
    weights -= weights.max()
    np.exp(weights, out=weights)
    weights *= widths / (weights @ widths).sum()
    of_graph = weights.sum(axis=1)
    probability, mean = np.zeros(n_graphs), np.full(n_graphs, np.nan)
    probability[keep] = of_graph
    with np.errstate(invalid="ignore", divide="ignore"):
        mean[keep] = n + weights @ grid / of_graph
    return Posterior(n, grid, weights.sum(axis=0), float(grid[-1]), beyond, delta, probability, mean)


def top_graphs(p: Posterior, n_lists: int, how_many: int = 5) -> list[tuple[tuple[tuple[int, ...], ...], float, float]]:
    """The most probable graphs as cliques (positions of lists from 0), with probability and mean of N."""
    every = graphs(n_lists)
    found = []
    for g in np.argsort(-p.graph_probability, kind="stable")[:how_many]:
        adjacent = [1 << v for v in range(n_lists)]
        for e, (i, j) in enumerate(every.pairs):
            if every.edges[g] >> e & 1:
                adjacent[i] |= 1 << j
                adjacent[j] |= 1 << i
        complete = [
            s for s in range(1, 1 << n_lists) if all(s & ~adjacent[v] == 0 for v in range(n_lists) if s >> v & 1)
        ]
        maximal = [s for s in complete if not any(s != t and s & t == s for t in complete)]
        cliques = tuple(sorted(tuple(v for v in range(n_lists) if s >> v & 1) for s in maximal))
        found.append((cliques, float(p.graph_probability[g]), float(p.graph_mean[g])))
    return found
