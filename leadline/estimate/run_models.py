"""Running each model on one table: the number, its interval, its diagnostics, and whether it passes its own checks."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from scipy.special import chdtrc

from leadline.estimate import bounds, decomposable, existence, loglinear
from leadline.estimate.bootstrap import bootstrap
from leadline.estimate.fit import fit
from leadline.estimate.hierarchy import in_words, label, main_effects
from leadline.estimate.independence import captures_p, independent_total, profile_interval
from leadline.estimate.options import Options
from leadline.estimate.outcome import Outcome, not_run, outcome
from leadline.estimate.tables import DENSE, Floats, ListTable
from leadline.progress import SILENT, Progress


def run_models(table: ListTable, options: Options, progress: Progress = SILENT) -> list[Outcome]:
    """Run the models of `options.models` in their usual order."""
    runners: dict[str, Callable[[], Outcome]] = {
        "independence": lambda: independence(table, options),
        "chao": lambda: chao(table, options),
        "coverage": lambda: coverage(table, options),
        "loglinear-bic": lambda: loglinear_bic(table, options),
        "loglinear-stepwise": lambda: loglinear_stepwise(table, options),
        "decomposable": lambda: decomposable_average(table, options),
        "latent-class": lambda: latent_class(table, options, progress),
    }
    chosen = [name for name in runners if name in options.models]
    found = []
    progress.begin("models", len(chosen))
    for name in chosen:
        found.append(runners[name]())
        progress.advance()
    return found


def fit_p_value(table: ListTable, deviance: float, n_parameters: int) -> float:
    """Probability of a deviance this large if the model held (chi-squared; rough where most cells are empty)."""
    freedom = (1 << table.n_lists) - 1 - n_parameters
    return float(chdtrc(freedom, max(deviance, 0.0))) if freedom > 0 else 1.0


def independence(table: ListTable, options: Options) -> Outcome:
    """The maximum likelihood total under independence, with its profile likelihood interval."""
    total = independent_total(table.n, table.sizes.astype(np.float64))
    if not math.isfinite(total):
        return outcome("independence", options, None, (None, None), {}, ["no two lists share a record"])
    diagnostics: dict[str, Any] = {"interval": "profile likelihood"}
    failures = []
    if table.n_lists <= DENSE and table.n_lists >= 2:
        fits = fit(table.full(), [main_effects(table.n_lists)], table.n_lists)
        diagnostics |= {"aic": fits.aic[0], "bic": fits.bic[0], "deviance": fits.deviance[0]}
        if table.n_lists >= 3:
            p = fit_p_value(table, float(fits.deviance[0]), table.n_lists + 1)
            diagnostics["fit_p"] = p
            if p < options.fit_p:
                failures.append(f"independence does not fit the overlaps ({_probability(p)})")
    elif table.n_lists > DENSE:
        p = diagnostics["fit_p"] = captures_p(table, total)
        if p < options.fit_p:
            failures.append(f"independence does not fit how many lists records are on ({_probability(p)})")
    return outcome("independence", options, total, profile_interval(table, options.level), diagnostics, failures)


def chao(table: ListTable, options: Options) -> Outcome:
    """Chao's lower bound with list effects; without them where there are too many lists to hold every cell."""
    diagnostics: dict[str, Any] = dict(bounds.chao_summary(table, options.level))
    if table.captures[0] == table.n:
        return outcome(
            "chao", options, None, (None, None), diagnostics, ["no record is on exactly two lists"], bound=True
        )
    if table.n_lists <= CHAO_LISTS:
        found = bounds.chao_list_effects(table, options.level)
        diagnostics["form"] = "list effects (Mth)"
    else:
        found = bounds.chao_frequencies(table.captures.astype(np.float64), table.n_lists, options.level)
        diagnostics["form"] = "equal lists (Mh)"
    diagnostics |= {"se": found.se, "bic": found.bic, "aic": found.aic, "interval": "profile likelihood"}
    return outcome("chao", options, found.n_hat, found.interval, diagnostics, [], bound=True)


CHAO_LISTS = 10
HIGH_COVERAGE = 0.55  # Chao and Tsay: below it their one-step estimate, above it the one for high coverage


def coverage(table: ListTable, options: Options) -> Outcome:
    """Chao and Tsay's estimate: for high coverage from 0.55 on, the one-step form below."""
    if table.captures[0] == table.n:
        return outcome("coverage", options, None, (None, None), {"coverage": 0.0}, ["no two lists share a record"])
    found = bounds.sample_coverage(table)
    high = found.coverage >= HIGH_COVERAGE
    point = found.high if high and math.isfinite(found.high) else found.one_step
    diagnostics: dict[str, Any] = {
        "coverage": found.coverage,
        "form": "high coverage" if high else "one step (low coverage)",
        "independent": found.independent,
        "one_step": found.one_step,
        "high": found.high,
    }
    failures = []
    if not high:
        failures.append(
            f"sample coverage is {found.coverage:.2f}; below {HIGH_COVERAGE} the authors advise against the full "
            "correction, and what remains is closer to a bound"
        )
    interval: tuple[float | None, float | None] = (None, None)
    if math.isfinite(point) and point > table.n:
        se = _coverage_se(table, point, high, options)
        c = math.exp(1.959963984540054 * math.sqrt(math.log1p(se**2 / (point - table.n) ** 2))) if se else 1.0
        interval = (table.n + (point - table.n) / c, table.n + (point - table.n) * c)
        diagnostics |= {"se": se, "interval": "log-normal, bootstrap standard error"}
    else:
        failures.append("it adds nothing to the observed count, and no interval can be given")
    return outcome("coverage", options, point, interval, diagnostics, failures)


def _coverage_se(table: ListTable, point: float, high: bool, options: Options) -> float:
    """Standard error by resampling N records, the unseen included (Chao et al. 2001)."""
    rng = np.random.default_rng([options.seed, 2])
    total = max(round(min(point, 1e12)), table.n + 1)
    p = np.append(table.counts, total - table.n) / total
    patterns = table.patterns.astype(np.float64)
    values = []
    for row in rng.multinomial(total, p, size=200)[:, :-1].astype(np.float64):
        if ((row @ patterns) > 0).all() and (row * (patterns.sum(axis=1) > 1)).sum() > 0:
            one = bounds.coverage_of(patterns, row)
            values.append(one.high if high else one.one_step)
    finite = np.array([v for v in values if math.isfinite(v)])
    return float(finite.std(ddof=1)) if len(finite) > 1 else math.nan


def loglinear_bic(table: ListTable, options: Options) -> Outcome:
    """The log-linear model of lowest BIC, with a bootstrap that chooses anew."""
    name = "loglinear-bic"
    if not loglinear.can_enumerate(table):
        return not_run(
            name, options, f"all models are fitted for 3 to {loglinear.MAX_BIC_LISTS} lists, there are {table.n_lists}"
        )
    J = table.n_lists
    everything = J <= 4
    ranking = loglinear.rank_by_bic(
        table, max_order=options.max_order, top=None if everything else options.bootstrap_models
    )
    if not ranking.models:
        return outcome(
            name, options, None, (None, None), {"existence": "no model has an estimate"}, ["no model has an estimate"]
        )
    best = ranking.choice()
    starts = fit(table.full(), ranking.models, J, check=False).theta
    starts = np.where(np.isfinite(starts), starts, 0.0)

    def choose(rows: Floats) -> Floats:
        return np.array([c.n_hat for c in loglinear.select_by_bic(rows, ranking.models, J, starts)])

    boot = bootstrap(table, choose, draws=options.draws, seed=options.seed)
    p = fit_p_value(table, best.deviance, len(best.model))
    diagnostics: dict[str, Any] = {
        "model": label(best.model),
        "model_in_words": in_words(best.model, table.lists),
        "existence": "exists and is unique",
        "bic": best.bic,
        "aic": best.aic,
        "deviance": best.deviance,
        "fit_p": p,
        "models_fitted": ranking.n_fitted,
        "models_with_estimate": len(ranking.models) if everything else None,
        "top": [
            {"model": label(m), "n_hat": float(ranking.n_hat[k]), "bic": float(ranking.bic[k])}
            for k, m in enumerate(ranking.models[:10])
        ],
        **_boot_diagnostics(boot.acceleration, boot.bias, boot.failed, options.draws),
        "bootstrap_models": len(ranking.models),
    }
    failures = _fit_failures(p, options) + _boot_failures(boot.failed, options.draws)
    return outcome(name, options, best.n_hat, boot.interval(options.level), diagnostics, failures, draws=boot.totals)


def loglinear_stepwise(table: ListTable, options: Options) -> Outcome:
    """The log-linear model found by adding significant pairs, with a bootstrap that chooses anew."""
    name = "loglinear-stepwise"
    if not loglinear.can_step(table):
        return not_run(name, options, f"the stepwise choice runs for 3 to {DENSE} lists, there are {table.n_lists}")
    J = table.n_lists

    def choose(rows: Floats) -> Floats:
        return np.array([c.n_hat for c in loglinear.stepwise(rows, J, options.p_threshold)])

    found = loglinear.stepwise(table.full(), J, options.p_threshold)[0]
    if not found.exists:
        codes = {0: "exists", 1: "does not exist", 2: "is not unique", 3: "neither exists nor is unique"}
        code = existence.check(table.full(), found.model)
        return outcome(name, options, None, (None, None), {"existence": codes[code]}, [f"the estimate {codes[code]}"])
    draws = options.draws if J <= 8 else max(199, options.draws // 5)  # 2^J cells each: fewer where they are many
    boot = bootstrap(table, choose, draws=draws, seed=options.seed)
    p = fit_p_value(table, found.deviance, len(found.model))
    diagnostics: dict[str, Any] = {
        "model": label(found.model),
        "model_in_words": in_words(found.model, table.lists),
        "existence": "exists and is unique",
        "bic": found.bic,
        "aic": found.aic,
        "deviance": found.deviance,
        "fit_p": p,
        **_boot_diagnostics(boot.acceleration, boot.bias, boot.failed, draws),
    }
    failures = _fit_failures(p, options) + _boot_failures(boot.failed, draws)
    return outcome(name, options, found.n_hat, boot.interval(options.level), diagnostics, failures, draws=boot.totals)


def _boot_diagnostics(acceleration: float, bias: float, failed: int, draws: int) -> dict[str, Any]:
    return {
        "interval": "BCa bootstrap, model chosen in every resample",
        "resamples": draws,
        "resamples_without_estimate": failed,
        "acceleration": acceleration,
        "bias_correction": bias,
    }


def _fit_failures(p: float, options: Options) -> list[str]:
    return [f"the chosen model does not fit the overlaps ({_probability(p)})"] if p < options.fit_p else []


def _probability(p: float) -> str:
    return f"p = {p:.1g}" if p > 1e-300 else "p below 1e-300"


def _boot_failures(failed: int, draws: int) -> list[str]:
    return [f"{failed} of {draws} resamples have no estimate"] if failed > 0.05 * draws else []


def decomposable_average(table: ListTable, options: Options) -> Outcome:
    """The average over decomposable graphs."""
    name = "decomposable"
    if not decomposable.MIN_LISTS <= table.n_lists <= decomposable.MAX_LISTS:
        return not_run(
            name, options,
            f"graphs are averaged for {decomposable.MIN_LISTS} to {decomposable.MAX_LISTS} lists, there are {table.n_lists}",
        )  # fmt: skip
    p = decomposable.posterior(table, delta=options.delta)
    low, high = (1 - options.level) / 2, (1 + options.level) / 2
    unbounded = p.tail > options.tail
    top = decomposable.top_graphs(p, table.n_lists)
    diagnostics: dict[str, Any] = {
        "delta": p.delta,
        "grid_end": p.grid_end,
        "tail_mass": p.tail,
        "mean": p.mean,
        "mode": p.mode,
        "interval": "posterior quantiles",
        "n_graphs": len(p.graph_probability),
        "top": [
            {"cliques": [[table.lists[v] for v in c] for c in cliques], "probability": prob, "n_hat": mean}
            for cliques, prob, mean in top
        ],
    }
    failures = [f"{p.tail:.1%} of the posterior lies beyond {p.grid_end:.3g}: unbounded"] if unbounded else []
    return outcome(
        name, options, p.quantile(0.5), (p.quantile(low), None if unbounded else p.quantile(high)), diagnostics,
        failures, draws=p.sample(np.random.default_rng([options.seed, 3]), 4000),
    )  # fmt: skip


def latent_class(table: ListTable, options: Options, progress: Progress) -> Outcome:
    """The latent-class model by tempered chains."""
    from leadline.estimate import latent_run

    return latent_run.run(table, options, progress)
