"""Exact methods: agreement with reference.json of the shared material, and how long they take.

    python benchmarks/estimate_exact.py [--json] [path of reference.json]

Prints one line for each property of the issue's table: the largest relative difference, and CPU seconds.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import numpy as np

from leadline.estimate import bounds, decomposable, loglinear
from leadline.estimate.bootstrap import bootstrap
from leadline.estimate.datasets import shipped
from leadline.estimate.fit import fit
from leadline.estimate.graphs import graphs
from leadline.estimate.hierarchy import all_models, label
from leadline.estimate.independence import independent_total
from leadline.estimate.linkage import total_over_linkage
from leadline.estimate.reading import read_histories
from leadline.estimate.tables import ListTable

REFERENCE = Path(__file__).resolve().parent.parent.parent / "shared" / "mse" / "reference.json"


def table(name: str) -> ListTable:
    if name == "artificial3":
        return ListTable.of(("A", "B", "C"), {(1, 1, 0): 6, (1, 0, 0): 40, (0, 1, 0): 30, (0, 0, 1): 20})
    return read_histories(shipped(name)).whole


def timed(run):
    began = time.process_time()
    found = run()
    return found, time.process_time() - began


def main() -> None:
    as_json = "--json" in sys.argv
    given = [a for a in sys.argv[1:] if a != "--json"]
    path = Path(given[0]) if given else REFERENCE
    if not path.exists():
        print(f"{path.name} is not beside the repository", file=sys.stderr)
        sys.exit(77)
    reference = json.loads(path.read_text())
    fit(table("korea").full(), [(0, 1, 2, 4)], 3)  # compile
    worst: dict[str, float] = {}
    count: dict[str, int] = {}

    def compare(what: str, ours: float, theirs: float) -> None:
        worst[what] = max(worst.get(what, 0.0), abs(ours / theirs - 1))
        count[what] = count.get(what, 0) + 1

    for name, r in reference["rcapture"]["closedp"].items():
        t = table(name)
        by = {x["model"]: x["abundance"] for x in r["results"]}
        units = t.captures.astype(float)
        compare("independence (Rcapture Mt)", independent_total(t.n, t.sizes.astype(float)), by["Mt"])
        compare("Chao with list effects (Mth LB)", bounds.chao_list_effects(t).n_hat, by["Mth Chao (LB)"])
        compare("Chao equal lists (Mh LB)", bounds.chao_frequencies(units, t.n_lists).n_hat, by["Mh Chao (LB)"])
        for model, form, theta in (
            ("Poisson2", "poisson", 2.0),
            ("Darroch", "darroch", 2.0),
            ("Gamma3.5", "gamma", 3.5),
        ):
            compare(f"Mh {model}", bounds.heterogeneity(units, t.n_lists, form, theta).n_hat, by[f"Mh {model}"])
            compare(f"Mth {model}", bounds.heterogeneity_list_effects(t, form, theta).n_hat, by[f"Mth {model}"])
    for name, r in reference["care1"]["results"].items():
        c = bounds.sample_coverage(table(name))
        for what, ours in (("Indep", c.independent), ("HSC", c.high), ("LSC", c.one_step)):
            compare(f"coverage {what} (CARE1)", ours, r[what][0][0])
    same = total = 0
    for name, r in reference["multiplesystemsestimation"]["results"].items():
        if "top" not in r:
            continue
        found = loglinear.rank_by_bic(table(name), top=10, max_order=min(3, table(name).n_lists - 1))
        for k, top in enumerate(r["top"][: len(found.models)]):
            total += 1
            same += label(found.models[k]) == top["model"]
            compare("log-linear, all models: N", found.n_hat[k], top["abundance"])
            compare("log-linear, all models: BIC", found.bic[k], top["BIC"])
    for name, r in reference["sparsemse"]["point_and_normal_theory"]["results"].items():
        t = table(name)
        compare(
            "log-linear, stepwise (SparseMSE)",
            loglinear.stepwise(t.full(), t.n_lists)[0].n_hat,
            r["estimate_quantiles"]["point est."],
        )
    for key, r in reference["dga"].items():
        if "median" not in r or key == "my3_example":  # that one has a prior of its own
            continue
        name = "congenital" if key == "my5_example" else key.split("_delta")[0]
        first, last = r["Nmissing_range"]
        p = decomposable.posterior(
            table(name), delta=r["delta"], end=last, step=(last - first) / (r["Nmissing_len"] - 1)
        )
        compare("decomposable: mean (dga)", p.mean, r["mean"])
        if r["Nmissing_len"] == last:
            for level, ref in ((0.5, r["median"]), (0.025, r["lo95"]), (0.975, r["hi95"])):
                compare("decomposable: quantiles (dga)", p.quantile(level), ref)
        for (_, probability, _), top in zip(
            decomposable.top_graphs(p, table(name).n_lists), r["top_graphs"], strict=False
        ):
            if top["prob"] > 1e-3:
                compare("decomposable: probabilities of graphs", probability, top["prob"])
    if as_json:
        figures = {f"relative difference: {what}": difference for what, difference in worst.items()}
        figures["same models in the order of BIC"] = same / total
        for name in ("hare", "uk"):
            t = table(name)
            if name == "hare":
                models = all_models(6, 2)
                figures["CPU s, 32,768 models of hare"] = timed(lambda t=t, m=models: fit(t.full(), m, 6, check=False))[
                    1
                ]
            else:
                graphs.cache_clear()
                figures["CPU s, 18,154 graphs of uk"] = timed(lambda t=t: decomposable.posterior(t))[1]
        print(json.dumps(figures, indent=1))
        return
    for what, difference in worst.items():
        print(f"{what:<42} {count[what]:>4} figures, largest relative difference {difference:.1e}")
    print(f"same models in the same order of BIC: {same} of {total}")

    print("\nTimes (CPU seconds)")
    for name in ("kosovo", "uk5", "hare", "uk"):
        t = table(name)
        models = all_models(t.n_lists, loglinear.largest_order(t.n_lists))
        _, seconds = timed(lambda t=t, models=models: fit(t.full(), models, t.n_lists, check=False))
        _, ranked = timed(lambda t=t: loglinear.rank_by_bic(t, top=100))
        print(f"{name}: {len(models):,} hierarchical models fitted {seconds:.2f}, ranked and checked {ranked:.2f}")
    for name in ("kosovo", "uk5", "uk", "netherlands", "hare"):
        graphs.cache_clear()
        t = table(name)
        p, seconds = timed(lambda t=t: decomposable.posterior(t))
        print(
            f"{name}: {len(p.graph_probability):,} decomposable graphs {seconds:.2f}, median {p.quantile(0.5):,.0f} ({p.quantile(0.025):,.0f} to {p.quantile(0.975):,.0f}), tail {p.tail:.0e}"
        )
    t = table("kosovo")
    rng = np.random.default_rng(1)
    draws = [t.with_counts(np.maximum(t.counts + rng.integers(-4, 5, len(t.counts)), 0)) for _ in range(1000)]
    for estimator in ("decomposable", "loglinear"):
        found, seconds = timed(lambda e=estimator: total_over_linkage(draws, estimator=e))
        shares = ", ".join(f"{k} {v:.0%}" for k, v in found.shares().items())
        print(f"1,000 linkage draws, kosovo, {estimator}: {seconds:.1f} ({shares})")

    print("\nBCa intervals with selection repeated, 1,000 resamples, against the R packages' own resamples")
    for name, r in reference["sparsemse"]["bca_bootstrap"]["results"].items():
        t = table(name)
        boot, seconds = timed(
            lambda t=t: bootstrap(
                t, lambda rows: np.array([c.n_hat for c in loglinear.stepwise(rows, t.n_lists)]), draws=1000, seed=1
            )
        )
        low, high = boot.interval(0.95)
        print(
            f"stepwise {name}: {low:,.0f} to {high or np.inf:,.0f} (SparseMSE {r['BCa']['0.025']:,.0f} to {r['BCa']['0.975']:,.0f}), acceleration {boot.acceleration:.6f} ({r['ahat']:.6f}), {seconds:.1f} s (R {r['user']:.0f})"
        )
    for name in ("kosovo", "korea"):
        t = table(name)
        models = all_models(t.n_lists, t.n_lists - 1)
        boot, seconds = timed(
            lambda t=t, models=models: bootstrap(
                t,
                lambda rows: np.array([c.n_hat for c in loglinear.select_by_bic(rows, models, t.n_lists)]),
                draws=1000,
                seed=1,
            )
        )
        r = reference["multiplesystemsestimation"]["results"][f"{name}_boot1000"]
        low, high = boot.interval(0.95)
        print(
            f"BIC {name}: {low:,.0f} to {high or np.inf:,.0f} (R {r['BCa_by_ntop'][-1]['0.025']:,.0f} to {r['BCa_by_ntop'][-1]['0.975']:,.0f}), {seconds:.1f} s (R {r['user']:.0f})"
        )


if __name__ == "__main__":
    main()
