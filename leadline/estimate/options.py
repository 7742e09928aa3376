"""The settings of an estimate: every lever in one record, with its default, written into every result."""

from __future__ import annotations

from typing import Annotated

import msgspec

from leadline.errors import InputError

MODELS = (
    "independence", "chao", "coverage", "loglinear-bic", "loglinear-stepwise", "decomposable", "latent-class",
)  # fmt: skip


def _d(text: str) -> msgspec.Meta:
    return msgspec.Meta(description=text)


class Options(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What an estimate depends on besides the table.

    >>> Options().chains
    4
    """

    models: Annotated[tuple[str, ...], _d("models that are run")] = MODELS
    seed: Annotated[int, _d("seed of every random draw")] = 20221104
    level: Annotated[float, _d("nominal coverage of intervals")] = 0.95
    time_limit: Annotated[float, _d("seconds that the latent-class sampler may run")] = 75.0
    threads: Annotated[int, _d("chains that run at the same time; no result depends on it")] = 2
    draws: Annotated[int, _d("bootstrap resamples")] = 1000
    bootstrap_models: Annotated[int, _d("log-linear models that the bootstrap chooses among, by rank")] = 100
    max_order: Annotated[
        int | None, _d("largest log-linear interaction; null: all but the last, pairs for six lists")
    ] = None
    p_threshold: Annotated[float, _d("probability below which the stepwise choice adds a pair")] = 0.02
    delta: Annotated[float | None, _d("prior records a cell of the decomposable average; null: 2^-lists")] = None
    classes: Annotated[int, _d("most latent classes")] = 10
    alpha_shape: Annotated[float, _d("shape of the gamma prior of the class concentration")] = 0.25
    alpha_rate: Annotated[float, _d("rate of the gamma prior of the class concentration")] = 0.25
    chains: Annotated[int, _d("dispersed chains of the latent-class sampler")] = 4
    rungs: Annotated[int, _d("tempered copies of each chain; 0: chosen by the table")] = 0
    rhat: Annotated[float, _d("largest R-hat that counts as converged")] = 1.01
    ess: Annotated[float, _d("smallest effective sample size that counts as converged")] = 400.0
    ess_target: Annotated[float, _d("effective sample size at which the sampler stops early")] = 2000.0
    min_lists: Annotated[int, _d("fewest lists for an estimate")] = 3
    min_overlap: Annotated[int, _d("fewest records on two or more lists for an estimate")] = 10
    min_coverage: Annotated[float, _d("smallest sample coverage for an estimate")] = 0.25
    max_singletons: Annotated[float, _d("largest share of records on one list only for an estimate")] = 0.95
    agreement: Annotated[float, _d("largest factor between estimators that pass")] = 3.0
    tail: Annotated[float, _d("largest posterior mass at the end of a grid")] = 1e-3
    fit_p: Annotated[float, _d("smallest probability of the fit for a log-linear model to pass")] = 0.001
    sensitivity: Annotated[bool, _d("leave each list out, vary priors, draw the tilt curve")] = True

    def __post_init__(self) -> None:
        unknown = [m for m in self.models if m not in MODELS]
        if unknown:
            raise InputError(f"no model is called {unknown[0]!r}", expected="some of " + ", ".join(MODELS))
        for name, low, high in (("level", 0.0, 1.0), ("time_limit", 0.0, float("inf")), ("draws", 99, 1e7)):
            value = getattr(self, name)
            if not low < value < high:
                raise InputError(f"{name} is {value}", expected=f"a number above {low:g} and below {high:g}")
        if self.chains < 1 or self.classes < 1 or self.threads < 1:
            raise InputError("chains, classes and threads must be 1 or more")
