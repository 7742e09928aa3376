"""Calibration: simulation-based calibration, coverage on synthetic populations, known subsets of the real tables.

    python benchmarks/estimate_calibration.py [sbc] [coverage] [subsets] [--repeats N] [--latent] [--kinds KIND ...] [--tables TABLE ...]
        [--models MODEL ...] [--size N] [--classes K] [--json]

sbc: draw N and the model from the prior, a table from the model, and rank the true N in the posterior: ranks must be
uniform. coverage: populations with known N under independence, under dependence, under heterogeneity, and with linkage
error; how often each model's 95 % interval and the range hold N. subsets: the members of one list are a population of
known size; they are estimated from the other lists of the same table.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Sequence

import msgspec
import numpy as np
from scipy.stats import chisquare

from leadline.estimate import decomposable
from leadline.estimate.analysis import analyse_table
from leadline.estimate.datasets import shipped
from leadline.estimate.flow import CHEAP
from leadline.estimate.graphs import Graphs, graphs
from leadline.estimate.latent_class import Prior, Sampler
from leadline.estimate.linkage_error import undo_missed
from leadline.estimate.options import MODELS, Options
from leadline.estimate.reading import read_histories
from leadline.estimate.tables import ListTable

EXACT = tuple(m for m in MODELS if m != "latent-class")
KINDS = ("independent", "dependent", "heterogeneous", "latent classes", "missed links", "missed links, share known")
CLASSES = ((0.35, 0.65), ((0.6, 0.5, 0.45, 0.55), (0.12, 0.2, 0.15, 0.1)))  # shares and rates of the two latent classes
MISSED = 0.08  # share of the records on several lists that linkage splits
REAL = (
    "kosovo",
    "uk5",
    "neworleans5",
    "western_us",
    "australia",
    "netherlands5",
    "lesbian",
    "hiv_rome",
    "diabetes",
    "congenital",
    "hav",
    "spina_my3",
)


def log_uniform(rng: np.random.Generator, low: int, high: int) -> int:
    """N from the prior 1/N between two limits."""
    return int(np.exp(rng.uniform(np.log(low), np.log(high + 1))))


def sbc_decomposable(repeats: int) -> dict[str, float]:
    """N ~ 1/N on 100..2000, graph uniform, cells from the hyper-Dirichlet prior; exact posterior on the same N."""
    rng = np.random.default_rng(1)
    J, low, high = 3, 100, 2000
    delta = 2.0**-J
    ranks = []
    every = graphs(J)
    while len(ranks) < repeats:
        N = log_uniform(rng, low, high)
        cells = _hyper_dirichlet(rng, every, int(rng.integers(len(every.edges))), J, delta)
        counts = rng.multinomial(N, cells)
        table = ListTable.of(
            tuple("ABC"), {tuple(int(c >> j & 1) for j in range(J)): int(counts[c]) for c in range(1, 8)}
        )
        if table.n == 0:
            continue
        p = decomposable.posterior(
            table, delta=delta, first=max(0, low - table.n), end=high - table.n,
            log_prior=lambda total: -np.log(np.maximum(total, 1.0)),
        )  # fmt: skip
        at = N - table.n - (0 if low <= table.n else low - table.n)
        cumulative = np.cumsum(p.mass)
        below = cumulative[at - 1] if at > 0 else 0.0
        ranks.append(below + rng.random() * p.mass[at])
    return _report("decomposable, three lists", np.array(ranks))


def _hyper_dirichlet(rng: np.random.Generator, every: Graphs, g: int, J: int, delta: float) -> np.ndarray:
    """Cell probabilities from the hyper-Dirichlet law of a graph: list after list given its neighbours before it."""
    adjacent = [0] * J
    for e, (i, j) in enumerate(every.pairs):
        if every.edges[g] >> e & 1:
            adjacent[i] |= 1 << j
            adjacent[j] |= 1 << i
    left, order = (1 << J) - 1, []
    while left:
        v = next(v for v in range(J) if left >> v & 1 and _simplicial(v, adjacent, left))
        order.append((v, adjacent[v] & left & ~(1 << v)))
        left &= ~(1 << v)
    codes = np.arange(1 << J)
    p = np.ones(1 << J)
    for v, parents in reversed(order):
        weight = delta * 2.0 ** (J - 1 - parents.bit_count())
        for state in np.unique(codes & parents):
            x = rng.gamma(weight + 1, size=2) * rng.random(2) ** (1 / weight)  # a beta draw with small weights
            q = x[1] / x.sum() if x.sum() > 0 else float(rng.integers(2))
            inside = (codes & parents) == state
            p[inside] *= np.where(codes[inside] >> v & 1 == 1, q, 1 - q)
    return p / p.sum()


def _simplicial(v: int, adjacent: list[int], left: int) -> bool:
    around = adjacent[v] & left
    return all(around & ~(adjacent[u] | 1 << u) == 0 for u in range(len(adjacent)) if around >> u & 1)


def sbc_latent(repeats: int) -> dict[str, float]:
    """N ~ 1/N on 50..400, two classes, rates, weights and concentration from their priors."""
    rng = np.random.default_rng(2)
    low, high, K, J = 50, 400, 2, 3
    ranks: list[float] = []
    while len(ranks) < repeats:
        N = log_uniform(rng, low, high)
        alpha = rng.gamma(0.25, 4.0)
        v = 1.0 if alpha < 1e-12 else 1 - rng.random() ** (1 / alpha)
        weights = np.array([v, 1 - v])
        rates = rng.random((J, K))
        k = rng.choice(K, size=N, p=weights)
        caught = rng.random((N, J)) < rates[:, k].T
        table = ListTable.from_memberships((["ABC"[j] for j in range(J) if row[j]] for row in caught), tuple("ABC"))
        if table.n == 0:
            continue
        s = Sampler(table, Prior(K), seed=len(ranks) + 1, powers=[1.0], chains=2, threads=1)
        s.advance(6000)
        total = s.draws().total.ravel()
        inside = total[(total >= low) & (total <= high)][::20]  # the prior's limits, by conditioning
        if len(inside) < 20:
            continue
        ranks.append(((inside < N).sum() + rng.random() * (1 + (inside == N).sum())) / (len(inside) + 1))
    return _report("latent class, two classes, three lists", np.array(ranks))


def _report(what: str, ranks: np.ndarray) -> dict[str, float]:
    counts, _ = np.histogram(ranks, bins=10, range=(0, 1))
    inside, p = float(np.mean((ranks > 0.025) & (ranks < 0.975))), float(chisquare(counts).pvalue)
    print(f"SBC {what}: {len(ranks)} tables, ranks by tenth {counts.tolist()}, chi-squared p {p:.3f}, "
          f"95 % intervals hold N in {inside:.1%}", file=sys.stderr, flush=True)  # fmt: skip
    return {f"SBC {what}: chi-squared p of the ranks": p, f"SBC {what}: share of 95 % intervals that hold N": inside}


def population(rng: np.random.Generator, kind: str, N: int) -> ListTable:
    """One observed table of a population of N records on four lists."""
    rates = np.array([0.35, 0.3, 0.25, 0.3])
    logit = np.log(rates / (1 - rates)) + np.zeros((N, 4))
    if kind == "heterogeneous":
        logit += rng.normal(0, 1.0, (N, 1))
    caught = rng.random((N, 4)) < 1 / (1 + np.exp(-logit))
    if kind == "latent classes":
        shares, by_class = CLASSES
        caught = rng.random((N, 4)) < np.array(by_class)[rng.choice(len(shares), size=N, p=shares)]
    if kind == "dependent":  # the second list looks where the first has looked
        again = rng.random(N) < 0.4
        caught[:, 1] |= caught[:, 0] & again
    members = [frozenset("ABCD"[j] for j in range(4) if row[j]) for row in caught]
    if kind == "missed links":
        split = []
        for m in members:
            apart = len(m) > 1 and rng.random() < MISSED
            one = {sorted(m)[int(rng.integers(len(m)))]} if apart else m
            split += [frozenset(one), m - one] if apart else [m]
        members = split
    return ListTable.from_memberships((m for m in members if m), tuple("ABCD"))


def settings(models: Sequence[str], limit: float, classes: int) -> Options:
    """What the studies run; the latent-class model only on demand, for it takes seconds a table."""
    return Options(
        models=tuple(models), draws=200, sensitivity=False, ess_target=400.0, time_limit=limit, classes=classes
    )


def coverage_study(repeats: int, kinds: Sequence[str], options: Options, size: int) -> dict[str, float]:
    """Coverage of each model's 95 % interval and of the range, by what is true."""
    figures: dict[str, float] = {}
    for kind in kinds:
        rng = np.random.default_rng(3)
        held: dict[str, list[bool]] = defaultdict(list)
        refused, low = 0, Counter[str]()
        for r in range(repeats):
            table = population(rng, kind.split(",")[0], size)
            if "known" in kind:
                table = undo_missed(table, MISSED)
            found = analyse_table(table, msgspec.structs.replace(options, seed=r), quick=CHEAP).estimate
            for m in found.models:
                if m.n_hat is not None and m.lower is not None:
                    held[m.name].append(m.lower <= size <= (m.upper or np.inf))
                    low[m.name] += (m.upper or np.inf) < size
            if found.range is None:
                refused += 1
            else:
                held["range"].append(found.range.lower <= size <= found.range.upper)
                low["range"] += found.range.upper < size
            if (r + 1) % 20 == 0 or r + 1 == repeats:
                shown = ", ".join(f"{k} {sum(v)} of {len(v)} ({low[k]} too low)" for k, v in held.items())
                print(
                    f"coverage, {kind}: {r + 1} populations of {size:,}; {shown}; refused {refused}",
                    file=sys.stderr,
                    flush=True,
                )
        figures |= {f"coverage, {kind}: {k}": float(np.mean(v)) for k, v in held.items()}
    return figures


def subsets(tables: Sequence[str], options: Options) -> None:
    """Each list of each real table as a population of known size; a line for the state after each table."""
    held: dict[str, list[bool]] = defaultdict(list)
    bias: dict[str, list[float]] = defaultdict(list)
    cases = refused = 0
    for name in tables:
        table = read_histories(shipped(name)).whole
        for one in table.lists:
            rest = table.members(one)
            known = int(table.sizes[table.lists.index(one)])
            rest = (
                rest.select([x for x, s in zip(rest.lists, rest.sizes.tolist(), strict=True) if s > 0])
                if rest.n
                else rest
            )
            if rest.n_lists < 2 or rest.n == 0 or int(rest.captures[0]) == rest.n:
                continue
            cases += 1
            found = analyse_table(rest, options, quick=CHEAP).estimate
            for m in found.models:
                if m.n_hat is not None and m.lower is not None:
                    held[m.name].append(m.lower <= known <= (m.upper or np.inf))
                    bias[m.name].append(float(np.log(m.n_hat / known)))
            if found.range is None:
                refused += 1
            else:
                held["range"].append(found.range.lower <= known <= found.range.upper)
                shown = f"{found.range.lower:,.0f} to {found.range.upper:,.0f}"
                models = "; ".join(
                    f"{m.name} {m.lower:,.0f} to {m.upper:,.0f}{'' if m.diagnostics.get('passes') else ' (out)'}"
                    for m in found.models
                    if m.lower is not None and m.upper is not None
                )
                holds = "holds" if held["range"][-1] else "MISSES"
                print(f"{name} {one}: {known} known, {shown} {holds}; {models}", file=sys.stderr, flush=True)
        print(
            f"after {name}: {sum(held['range'])} of {len(held['range'])} ranges hold, {refused} refused",
            file=sys.stderr,
            flush=True,
        )
    print(f"known subsets: {cases} lists of {len(tables)} tables; the gate refused {refused} of them")
    for k, v in held.items():
        extra = f", mean log relative bias {np.mean(bias[k]):+.2f}" if k in bias else ""
        print(f"  {k:<20} {np.mean(v):.0%} of {len(v)} intervals hold the known size{extra}", flush=True)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("parts", nargs="*", default=["sbc", "coverage", "subsets"])
    arguments.add_argument("--repeats", type=int, default=200)
    arguments.add_argument("--kinds", nargs="*", default=KINDS, choices=KINDS)
    arguments.add_argument("--tables", nargs="*", default=REAL, choices=REAL)
    arguments.add_argument("--latent", action="store_true")
    arguments.add_argument("--models", nargs="*", choices=MODELS)
    arguments.add_argument("--limit", type=float, default=120.0, help="seconds for the sampler, on each table")
    arguments.add_argument("--size", type=int, default=1500, help="people of a synthetic population")
    arguments.add_argument("--classes", type=int, default=10, help="most latent classes")
    arguments.add_argument("--json", action="store_true")
    given = arguments.parse_args()
    options = settings(given.models or (MODELS if given.latent else EXACT), given.limit, given.classes)
    figures: dict[str, float] = {}
    if "sbc" in given.parts:
        figures |= sbc_decomposable(given.repeats * 5) | sbc_latent(given.repeats)
    if "coverage" in given.parts:
        figures |= coverage_study(given.repeats, given.kinds, options, given.size)
    if "subsets" in given.parts:
        subsets(given.tables, options)
    if given.json:
        print(json.dumps(figures, indent=1))


if __name__ == "__main__":
    main()
