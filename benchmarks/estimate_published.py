"""Every published figure on the shipped tables, line by line: what was published, what we get, and whether they agree.

    python benchmarks/estimate_published.py [--json] [--seeds N] [--chains]

A figure that is computed exactly is reproduced if it rounds, or is cut off, to what was printed. A limit that rests on resampling is
reproduced if it lies within three errors of ours; the error is the spread of our own limits over `--seeds` sets of 1,000
resamples. A posterior quantile that rests on a sampler is reproduced within one per cent or three Monte Carlo errors.
`--chains` runs the figures that rest on
a sampler, and only those; `--json` counts the verdicts for the gate.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.special import gammaln

from leadline.estimate import bounds, decomposable, existence, loglinear
from leadline.estimate.bootstrap import bootstrap
from leadline.estimate.datasets import shipped
from leadline.estimate.diagnostics import mcse_quantile
from leadline.estimate.fit import fit
from leadline.estimate.hierarchy import all_models, main_effects
from leadline.estimate.independence import independent_total
from leadline.estimate.latent_class import sample
from leadline.estimate.latent_run import EARLY_RHAT
from leadline.estimate.reading import read_histories
from leadline.estimate.tables import FrequencyTable, ListTable

CHAN = "Chan, Silverman & Vincent 2021"
SILVERMAN = "Silverman, Chan & Vincent 2024"
BINETTE = "Binette & Steorts 2021"


@dataclass(frozen=True)
class Line:
    """One published figure or several of one kind: ours is a function that returns as many, with errors or None."""

    table: str
    source: str
    what: str
    published: tuple[float, ...]
    ours: Callable[[], tuple[np.ndarray, np.ndarray | None]]
    step: float = 1.0  # the unit to which the source rounded
    remark: str = ""


def table(name: str) -> ListTable:
    return read_histories(shipped(name)).whole


def exactly(*values: float) -> tuple[np.ndarray, None]:
    return np.array(values, dtype=float), None


def independence(name: str) -> tuple[np.ndarray, None]:
    t = table(name)
    return exactly(independent_total(t.n, t.sizes.astype(float)))


def best(name: str, order: int) -> tuple[np.ndarray, None]:
    return exactly(loglinear.rank_by_bic(table(name), max_order=order, top=1).n_hat[0])


def step(name: str) -> tuple[np.ndarray, None]:
    t = table(name)
    return exactly(loglinear.stepwise(t.full(), t.n_lists)[0].n_hat)


def normal_limits(name: str) -> tuple[np.ndarray, None]:
    """Limits of the stepwise model by normal theory on the logarithm of the unseen."""
    t = table(name)
    c = loglinear.stepwise(t.full(), t.n_lists)[0]
    return exactly(*(t.n + np.exp(c.log_unseen + z * np.sqrt(c.variance)) for z in (-1.959964, 1.959964)))


def graphs(name: str, points: int, levels: tuple[float, ...]) -> tuple[np.ndarray, None]:
    """dga with the published grid: delta 2^-J, so many points up to 30 n."""
    t = table(name)
    last = 30 * t.n
    p = decomposable.posterior(t, delta=2.0**-t.n_lists, end=last, step=(last - 1) / (points - 1))
    return exactly(*(p.quantile(level) for level in levels))


def madigan_york() -> tuple[np.ndarray, None]:
    """Median, mode and probability of the best graph under Madigan & York's own prior of N, a gamma mixture of Poissons."""
    a, b = 13.14, 55.17
    p = decomposable.posterior(
        table("spina_my3"), delta=1.0, end=300,
        log_prior=lambda N: gammaln(N + a) - gammaln(N + 1) + N * np.log(b / (1 + b)),
    )  # fmt: skip
    return exactly(p.quantile(0.5), p.mode, p.graph_probability.max())


def resampled(name: str, choose: Callable[[ListTable], Callable[[np.ndarray], np.ndarray]], seeds: int):
    """Mean of our limits over several sets of resamples, and the error of one set against that mean."""
    t = table(name)
    chooser = choose(t)
    limits = np.array(
        [[x or np.inf for x in bootstrap(t, chooser, draws=1000, seed=s).interval(0.95)] for s in range(seeds)]
    )
    return limits.mean(axis=0), limits.std(axis=0, ddof=1) * np.sqrt(1 + 1 / seeds)


def stepwise_chooser(t: ListTable):
    return lambda rows: np.array([c.n_hat for c in loglinear.stepwise(rows, t.n_lists)])


def bic_chooser(order: int, top: int | None = None):
    def make(t: ListTable):
        models = (
            all_models(t.n_lists, order) if top is None else loglinear.rank_by_bic(t, max_order=order, top=top).models
        )
        return lambda rows: np.array([c.n_hat for c in loglinear.select_by_bic(rows, models, t.n_lists)])

    return make


def independence_chooser(t: ListTable):
    model = [main_effects(t.n_lists)]
    return lambda rows: np.array([c.n_hat for c in loglinear.select_by_bic(rows, model, t.n_lists)])


def chains(name: str, seconds: float = 60.0) -> tuple[np.ndarray, np.ndarray]:
    """Ours under LCMCR's cap of 20 n unseen."""
    t = table(name)
    d = sample(t, seed=1, rhat=EARLY_RHAT, ess=6000.0, time_limit=seconds, clock=time.process_time)
    levels = (0.5, 0.025, 0.975)
    capped = np.where(d.total <= 21 * t.n, d.total, np.nan)
    return np.nanquantile(capped, levels), np.array([mcse_quantile(d.total, level) for level in levels])


def frequencies(name: str) -> FrequencyTable:
    return read_histories(shipped(name))


def chao_interval() -> tuple[np.ndarray, None]:
    return exactly(*bounds.chao_frequencies(frequencies("freq_ill").units.astype(float), None).interval)


def hare() -> tuple[np.ndarray, None]:
    found = bounds.heterogeneity_list_effects(table("hare"), "poisson", 2.0)
    return exactly(found.n_hat, found.se)


def artificial() -> tuple[np.ndarray, None]:
    """0 exists, 1 no estimate, 2 not identifiable, for [12,13,23], [12,3] and [13,23]."""
    cells = table("artificial3").full()
    return exactly(*(existence.check(cells, m) for m in ((0, 1, 2, 3, 4, 5, 6), (0, 1, 2, 3, 4), (0, 1, 2, 4, 5, 6))))


def one_model() -> tuple[np.ndarray, None]:
    """The interval that the first model of Kosovo alone gives by normal theory."""
    t = table("kosovo")
    m = loglinear.rank_by_bic(t, top=1).models[0]
    f = fit(t.full(), [m], t.n_lists)
    return exactly(*(t.n + np.exp(f.log_unseen[0] + z * np.sqrt(f.variance[0])) for z in (-1.959964, 1.959964)))


def lines(seeds: int) -> list[Line]:
    """All that rests on no sampler, in the order of the tables."""
    return [
        Line("kosovo", "Ball et al. 2002", "N, log-linear", (10356,), lambda: best("kosovo", 3)),
        Line("kosovo", "Ball et al. 2002", "95 %", (9002, 12122), one_model,
             remark="the report worked by strata that are not published; this is the same model on the sum"),
        Line("kosovo", SILVERMAN, "N, BIC", (10357,), lambda: best("kosovo", 3)),
        Line("kosovo", SILVERMAN, "95 %, choice repeated", (6947, 18010), lambda: resampled("kosovo", bic_chooser(3), seeds)),
        Line("kosovo", SILVERMAN, "95 %, best model only", (9100, 12000), lambda: resampled("kosovo", bic_chooser(3, 1), seeds), 100.0),
        Line("kosovo", SILVERMAN, "N, BIC, pairs", (14342,), lambda: best("kosovo", 2)),
        Line("kosovo", SILVERMAN, "95 %, pairs", (12451, 16273), lambda: resampled("kosovo", bic_chooser(2), seeds)),
        Line("korea", SILVERMAN, "N, BIC", (157,), lambda: best("korea", 2)),
        Line("korea", SILVERMAN, "95 %", (128, 349), lambda: resampled("korea", bic_chooser(2), seeds)),
        Line("uk", "Silverman 2014", "95 %, stepwise", (10000, 13000), lambda: normal_limits("uk"), 1000.0),
        Line("uk5", BINETTE, "N, independence", (13444,), lambda: independence("uk5")),
        Line("uk5", BINETTE, "95 %, independence", (12004, 15160), lambda: resampled("uk5", independence_chooser, seeds)),
        Line("uk5", BINETTE, "N, SparseMSE", (11313,), lambda: step("uk5")),
        Line("uk5", BINETTE, "95 %, SparseMSE", (9367, 15219), lambda: resampled("uk5", stepwise_chooser, seeds)),
        Line("uk5", BINETTE, "dga, median and 95 %", (23016, 10408, 33481), lambda: graphs("uk5", 1000, (0.5, 0.025, 0.975))),
        Line("uk5", SILVERMAN, "N, BIC", (25311,), lambda: best("uk5", 4)),
        Line("uk5", SILVERMAN, "95 %", (11168, 56052), lambda: resampled("uk5", bic_chooser(4, 100), seeds)),
        Line("uk5", SILVERMAN, "N, BIC, pairs", (22991,), lambda: best("uk5", 2)),
        Line("uk5", SILVERMAN, "95 %, pairs", (11456, 43894), lambda: resampled("uk5", bic_chooser(2, 100), seeds)),
        Line("netherlands5", BINETTE, "N, independence", (52924,), lambda: independence("netherlands5")),
        Line("netherlands5", BINETTE, "95 %, independence", (48641, 57777), lambda: resampled("netherlands5", independence_chooser, seeds)),
        Line("netherlands5", BINETTE, "N, SparseMSE", (121522,), lambda: step("netherlands5")),
        Line("netherlands5", BINETTE, "95 %, SparseMSE", (48002, 173698), lambda: resampled("netherlands5", stepwise_chooser, seeds)),
        Line("netherlands5", BINETTE, "dga, median and 95 %", (50270, 41616, 203328), lambda: graphs("netherlands5", 1000, (0.5, 0.025, 0.975))),
        Line("neworleans", CHAN, "N, stepwise", (1184,), lambda: step("neworleans")),
        Line("neworleans", CHAN, "95 %", (717, 1657), lambda: resampled("neworleans", stepwise_chooser, seeds)),
        Line("neworleans", CHAN, "N, main effects", (997,), lambda: independence("neworleans")),
        Line("neworleans", CHAN, "95 %, main effects", (644, 1618), lambda: resampled("neworleans", independence_chooser, seeds)),
        Line("neworleans5", CHAN, "N, stepwise", (1034,), lambda: step("neworleans5")),
        Line("neworleans5", CHAN, "95 %", (589, 1703), lambda: resampled("neworleans5", stepwise_chooser, seeds)),
        Line("neworleans5", SILVERMAN, "N, BIC", (981,), lambda: best("neworleans5", 4),
             remark="the R package, today, gives 1,034 as well"),
        Line("neworleans5", BINETTE, "N, independence", (1034,), lambda: independence("neworleans5")),
        Line("neworleans5", BINETTE, "95 %, independence", (673, 1771), lambda: resampled("neworleans5", independence_chooser, seeds)),
        Line("neworleans5", BINETTE, "95 %, SparseMSE", (517, 1588), lambda: resampled("neworleans5", stepwise_chooser, seeds)),
        Line("neworleans5", BINETTE, "dga, median and 95 %", (869, 514, 1763), lambda: graphs("neworleans5", 1000, (0.5, 0.025, 0.975))),
        Line("western_us", CHAN, "N, stepwise", (2483,), lambda: step("western_us")),
        Line("western_us", CHAN, "95 %", (1293, 3670), lambda: resampled("western_us", stepwise_chooser, seeds)),
        Line("western_us", BINETTE, "N, independence", (2007,), lambda: independence("western_us")),
        Line("western_us", BINETTE, "95 %, independence", (1441, 2971), lambda: resampled("western_us", independence_chooser, seeds)),
        Line("western_us", BINETTE, "95 %, SparseMSE", (935, 3803), lambda: resampled("western_us", stepwise_chooser, seeds),
             remark="SparseMSE 2.0.1 gives 1,245 to 3,713; their settings are not printed"),
        Line("western_us", BINETTE, "dga, median and 95 %", (2128, 1340, 3868), lambda: graphs("western_us", 1000, (0.5, 0.025, 0.975))),
        Line("australia", BINETTE, "N, independence", (827,), lambda: independence("australia")),
        Line("australia", BINETTE, "N, SparseMSE", (6496,), lambda: step("australia")),
        Line("australia", BINETTE, "95 %, independence", (725, 964), lambda: resampled("australia", independence_chooser, seeds)),
        Line("australia", BINETTE, "95 %, SparseMSE", (2158, 16062), lambda: resampled("australia", stepwise_chooser, seeds),
             remark="their settings are not printed"),
        Line("australia", BINETTE, "dga, median and 95 %", (2255, 1186, 7314), lambda: graphs("australia", 1000, (0.5, 0.025, 0.975))),
        Line("artificial3", CHAN, "existence of three models", (2, 1, 0), artificial),
        Line("spina_my3", "Madigan & York 1997", "median and mode", (731, 728), lambda: exactly(*madigan_york()[0][:2])),
        Line("spina_my3", "Madigan & York 1997", "probability of the best graph", (0.37,), lambda: exactly(madigan_york()[0][2]), 0.01),
        Line("hare", "Rcapture, help page", "Mth Poisson2, N", (81.1,), lambda: exactly(hare()[0][0]), 0.1),
        Line("hare", "Rcapture, help page", "its standard error", (5.7,), lambda: exactly(hare()[0][1]), 0.1, remark="Rcapture 1.4-4 itself prints 5.57"),
        Line("freq_ill", "Rcapture, help page", "lower limit of Chao's bound", (8000,), lambda: exactly(chao_interval()[0][0]), 1000.0),
    ]  # fmt: skip


def chain_lines() -> list[Line]:
    """Published runs of LCMCR on tables where it converges, and on two where it did not."""
    published = {
        "neworleans5": (830, 568, 1379), "western_us": (1836, 1301, 2955), "australia": (4094, 1531, 7905),
        "uk5": (20232, 10935, 32842), "netherlands5": (50080, 25312, 161730),
    }  # fmt: skip
    remarks = {
        "australia": "their chains had not converged: LCMCR with longer ones gives 4,190 (2,249 to 7,955)",
        "uk5": "LCMCR with longer chains gives 21,946 (14,754 to 33,730)",
        "netherlands5": "their R-hat was 1.67",
    }
    return [
        Line(
            name,
            BINETTE,
            "LCMCR, median and 95 %",
            figures,
            lambda name=name: chains(name),
            remark=remarks.get(name, ""),
        )
        for name, figures in published.items()
    ]


def verdict(line: Line, ours: np.ndarray, errors: np.ndarray | None) -> str:
    published = np.array(line.published, dtype=float)
    difference = np.abs(ours - published)
    if errors is None:
        return "reproduced" if np.all(difference < line.step) else "differs"
    if np.all(difference <= 0.5 * line.step):
        return "reproduced"
    slack = 0.01 * published if "LCMCR" in line.what else np.zeros(len(published))
    return (
        "reproduced within error"
        if np.all(difference <= np.maximum(3 * errors + 0.5 * line.step, slack))
        else "differs"
    )


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--json", action="store_true")
    arguments.add_argument("--seeds", type=int, default=12)
    arguments.add_argument("--chains", action="store_true")
    given = arguments.parse_args()
    verdicts: list[str] = []
    for line in chain_lines() if given.chains else lines(given.seeds):
        ours, errors = line.ours()
        verdicts.append(verdict(line, ours, errors))
        if not given.json:
            digits = 2 if line.step < 0.1 else 1 if line.step < 1 else 0
            shown = ", ".join(f"{x:,.{digits}f}" for x in ours)
            if errors is not None:
                shown += f" (errors {', '.join(f'{e:,.0f}' for e in errors)})"
            printed = ", ".join(f"{x:,.{digits}f}" for x in line.published)
            print(
                f"| {line.table} | {line.source} | {line.what} | {printed} | {shown} | {verdicts[-1]}{': ' + line.remark if line.remark else ''} |",
                flush=True,
            )
    counted = {kind: float(verdicts.count(kind)) for kind in ("reproduced", "reproduced within error", "differs")}
    print(json.dumps(counted, indent=1) if given.json else counted)


if __name__ == "__main__":
    main()
