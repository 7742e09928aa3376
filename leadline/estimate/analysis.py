"""From a table to the estimate: checks, models, gate, sensitivity, with everything that is needed to repeat it."""

from __future__ import annotations

import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec
import numpy as np

import leadline
from leadline.compiled import have_numba
from leadline.estimate.checks import check_lists
from leadline.estimate.gate import judge
from leadline.estimate.options import Options
from leadline.estimate.outcome import Outcome, not_run, outcome
from leadline.estimate.reading import Histories, read_histories
from leadline.estimate.run_models import run_models
from leadline.estimate.tables import FrequencyTable, ListTable
from leadline.progress import SILENT, Progress
from leadline.schema import Estimate, ModelEstimate


@dataclass(frozen=True)
class Analysis:
    """An estimate with what plots and reports need: the table and every model's outcome; one more for each stratum."""

    table: ListTable | FrequencyTable
    estimate: Estimate
    outcomes: tuple[Outcome, ...]
    strata: tuple[Analysis, ...] = ()
    figures: Mapping[str, Any] = field(default_factory=dict)


def estimate_table(
    source: Any,
    options: Options | None = None,
    *,
    lists: Sequence[str] = (),
    occasions: int | None = None,
    progress: Progress = SILENT,
) -> Estimate:
    """Estimate the total behind a capture-history table: N by assumption, a range, or why there is none.

    `source` is a CSV path, a pyarrow table, a pandas frame, a mapping of columns or a `ListTable`; see
    `read_histories` for the forms. `occasions` is the number of capture occasions of a capture-frequency table.
    Raises `InputError` where the input is no capture history; a table that cannot bear an estimate is no error but
    an `Estimate` with `estimable` false and the reasons.

    >>> e = estimate_table({"A": [1, 0], "B": [0, 1], "count": [4, 5]})
    >>> e.estimable, e.observed, e.range
    (False, 9, None)
    """
    return analyse(source, options, lists=lists, occasions=occasions, progress=progress).estimate


def analyse(
    source: Any,
    options: Options | None = None,
    *,
    lists: Sequence[str] = (),
    strata: Sequence[str] = (),
    occasions: int | None = None,
    ties: Sequence[tuple[str, str, str]] = (),
    progress: Progress = SILENT,
) -> Analysis:
    """`estimate_table` with the outcomes behind it; with `strata` also one analysis for each stratum and their sum."""
    options = options or Options()
    if isinstance(source, (ListTable, FrequencyTable)):
        read: Histories | FrequencyTable = Histories(source) if isinstance(source, ListTable) else source
    else:
        read = read_histories(source, lists=lists, strata=strata)
    if isinstance(read, FrequencyTable):
        return _frequencies(FrequencyTable(read.units, occasions), options)
    if read.strata:
        from leadline.estimate.strata import analyse_strata

        return analyse_strata(read, options, ties=ties, progress=progress)
    return analyse_table(read.whole, options, notes=read.notes, ties=ties, progress=progress)


def analyse_table(
    table: ListTable,
    options: Options,
    *,
    stratum: str = "all",
    notes: Sequence[str] = (),
    ties: Sequence[tuple[str, str, str]] = (),
    progress: Progress = SILENT,
    quick: Sequence[str] = (),
) -> Analysis:
    """Analyse one table. `quick` names the models that still run where the lists' own checks refuse (none named: all)."""
    checks = check_lists(table, options, ties)
    too_little = table.n == 0 or table.n_lists < 2 or int(table.captures[0]) == table.n
    if too_little:
        outcomes = [not_run(m, options, "no two lists share a record") for m in options.models]
    elif quick and checks.reasons:
        cheap = msgspec.structs.replace(options, models=tuple(m for m in options.models if m in quick))
        rest = [
            not_run(m, options, "not run: the lists' own checks already refuse")
            for m in options.models
            if m not in cheap.models
        ]
        outcomes = run_models(table, cheap, progress) + rest
    else:
        outcomes = run_models(table, options, progress)
    verdict = judge(checks, outcomes, options)
    models = [o.estimate for o in outcomes]
    if options.sensitivity and not too_little and not (quick and checks.reasons):
        from leadline.estimate.sensitivity import with_sensitivity

        models = with_sensitivity(table, outcomes, options)
    return Analysis(
        table,
        Estimate(
            stratum=stratum,
            observed=table.n,
            lists=table.lists,
            estimable=verdict.estimable,
            reasons=(*verdict.reasons, *notes),
            range=verdict.range,
            models=tuple(models),
            settings=settings_of(options),
            versions=versions(),
            input_sha256=table.digest,
        ),
        tuple(outcomes),
        figures=checks.figures,
    )


def _frequencies(table: FrequencyTable, options: Options) -> Analysis:
    """A capture-frequency table: the bound, and why there is no more."""
    from leadline.estimate.bounds import chao_frequencies, chao_summary

    diagnostics: dict[str, Any] = {**chao_summary(table, options.level), "occasions": table.occasions}
    f2 = int(table.units[1]) if len(table.units) > 1 else 0
    if f2 == 0:
        found = outcome(
            "chao", options, None, (None, None), diagnostics, ["no unit was caught exactly twice"], bound=True
        )
    else:
        fitted = chao_frequencies(table.units.astype(np.float64), table.occasions, options.level)
        diagnostics |= {
            "se": fitted.se,
            "bic": fitted.bic,
            "form": "Poisson" if table.occasions is None else "equal lists (Mh)",
        }
        found = outcome("chao", options, fitted.n_hat, fitted.interval, diagnostics, [], bound=True)
    reasons = (
        "Capture frequencies say how often a unit was caught, not by whom: they give a lower bound and no estimate.",
        "What would change it: which lists or occasions caught each unit.",
    )
    estimate = Estimate(
        observed=table.n, lists=(), estimable=False, reasons=reasons, models=(found.estimate,),
        settings=settings_of(options), versions=versions(), input_sha256=table.digest,
    )  # fmt: skip
    return Analysis(table, estimate, (found,))


def settings_of(options: Options) -> dict[str, Any]:
    """The settings that decide the result, as builtins; `threads` decides nothing and is left out."""
    found: dict[str, Any] = msgspec.to_builtins(options)
    del found["threads"]
    return found


def versions() -> dict[str, str]:
    """Versions of what computed the result."""
    import scipy

    found = {
        "leadline": leadline.__version__,
        "python": platform.python_version(),
        "numpy": np.__version__,
        "scipy": scipy.__version__,
    }
    if have_numba():
        from importlib.metadata import version

        found["numba"] = version("numba")
    else:
        found["numba"] = "absent (slower)"
    return found


def find(models: Sequence[ModelEstimate], name: str) -> ModelEstimate | None:
    """The model of that name."""
    return next((m for m in models if m.name == name), None)
