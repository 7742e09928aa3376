"""Pair probabilities by Splink (Fellegi-Sunter) on the engine's own connection.

Fellegi, Sunter 1969, doi:10.1080/01621459.1969.10501049; Linacre et al. 2022, doi:10.23889/ijpds.v7i3.1794.
"""

from __future__ import annotations

import contextlib
import logging
import warnings
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

import msgspec
import numpy as np

from leadline.link.blocking import with_tokens
from leadline.link.compare import comparisons
from leadline.link.parameters import FIELDS, Comparison, Level, Parameters
from leadline.link.rows import Row, to_table
from leadline.link.scores import Scores, weigh

MAX_EM_PAIRS = 200_000
PRIOR_PAIRS = 2_000.0


def score_pairs(
    connection: Any, rows: Sequence[Row], parameters: Parameters, *, seed: int, min_pairs_for_em: int
) -> tuple[Scores, Parameters]:
    """Every compared pair of rows with its levels and weight, and the parameters that give it.

    With fewer than `min_pairs_for_em` pairs the probabilities of the file are used as they are; with more, `m` is
    learned by expectation maximisation, which starts from them. Needs no pair, row or match to exist.
    """
    nothing = np.empty(0, dtype=np.int64)
    if len(rows) < 2:
        return weigh(nothing, nothing, np.empty((0, len(FIELDS)), dtype=np.int8), parameters), parameters
    with _quiet():
        from splink.backends.duckdb import DuckDBAPI

        api = DuckDBAPI(connection)
        try:
            table = api.register(with_tokens(connection, to_table(rows)))
            left, right, levels = _compare(_linker(table, numbered(parameters)))
            if len(left) >= min_pairs_for_em:
                parameters = _learn(_linker(table, parameters), rows, parameters, len(left), seed)
        finally:
            api.delete_tables_created_by_splink_from_db()
    return weigh(left, right, levels, parameters), parameters


def _linker(table: Any, parameters: Parameters) -> Any:
    from splink import Linker, SettingsCreator, block_on

    settings = SettingsCreator(
        link_type="dedupe_only",
        unique_id_column_name="id",
        blocking_rules_to_generate_predictions=[block_on("tokens", arrays_to_explode=["tokens"])],
        comparisons=comparisons(parameters),
        probability_two_random_records_match=parameters.prior,
        retain_matching_columns=False,
        retain_intermediate_calculation_columns=True,
    )
    return Linker(table, settings)


def numbered(parameters: Parameters) -> Parameters:
    """The same comparisons with probabilities by which a level's weight is its number, best 1, and nothing to compare 0.

    Splink gives out levels only together with a copy of every compared column, which a large heap cannot hold. So it compares with
    these, and the weights are summed where the levels are (`scores.weigh`).
    """
    u = 2.0**-16
    made = {
        name: Comparison(levels=tuple(Level(label=x.label, m=u * 2.0**k, u=u) for k, x in enumerate(c.levels, start=1)))
        for name, c in parameters.comparisons.items()
    }
    return msgspec.structs.replace(parameters, comparisons=made)


def _compare(linker: Any) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Left and right row of every compared pair, left first, and the levels that it reaches."""
    numbers = ", ".join(f"CAST(round(mw_{f}) AS TINYINT) AS {f}" for f in FIELDS)
    ends = "CAST(least(id_l, id_r) AS BIGINT) AS l, CAST(greatest(id_l, id_r) AS BIGINT) AS r"
    found = linker.inference.predict().as_duckdbpyrelation().select(f"{ends}, {numbers}").fetchnumpy()
    order = np.lexsort((found["r"], found["l"]))
    levels = np.empty((len(order), len(FIELDS)), dtype=np.int8)
    for k, name in enumerate(FIELDS):
        levels[:, k] = np.asarray(found[name])[order] - 1
    return np.asarray(found["l"])[order], np.asarray(found["r"])[order], levels


def _learn(linker: Any, rows: Sequence[Row], parameters: Parameters, n_pairs: int, seed: int) -> Parameters:
    """Parameters learned by EM, blended with the given ones by the number of pairs behind them.

    EM alone gives a level that the sample never shows no probability at all, or all of it; the given values count like
    `PRIOR_PAIRS` pairs, so that nothing becomes impossible. Each blocking rule leaves out the field it blocks on.
    """
    from splink import block_on

    linker.training.estimate_u_using_random_sampling(max_pairs=MAX_EM_PAIRS, seed=seed)
    for field in ("start_day", "place", "unit"):
        if _repeats(rows, field):
            rule = block_on("sort", field)
            linker.training.estimate_parameters_using_expectation_maximisation(rule, max_pairs=MAX_EM_PAIRS)
    learned = {c["output_column_name"]: c for c in linker.misc.save_model_to_json(None)["comparisons"]}
    share = n_pairs / (n_pairs + PRIOR_PAIRS)
    blended = {}
    for name, given in parameters.comparisons.items():
        levels = [x for x in learned[name]["comparison_levels"] if not x.get("is_null_level")]
        m = _blend([x.m for x in given.levels], [x.get("m_probability") for x in levels], share)
        u = _blend([x.u for x in given.levels], [x.get("u_probability") for x in levels], share)
        made = tuple(Level(label=x.label, m=p, u=q) for x, p, q in zip(given.levels, m, u, strict=True))
        blended[name] = Comparison(levels=made)
    return msgspec.structs.replace(parameters, comparisons=blended)


def _blend(given: Sequence[float], learned: Sequence[float | None], share: float) -> list[float]:
    """Learned probabilities moved towards the given ones; adds up to one.

    >>> _blend([0.5, 0.5], [1.0, None], 0.5)
    [0.6, 0.4]
    """
    mixed = [g if x is None else share * x + (1 - share) * g for g, x in zip(given, learned, strict=True)]
    return [round(x / sum(mixed), 6) for x in mixed]


def _repeats(rows: Sequence[Row], field: str) -> bool:
    """Whether two rows of one sort share a value of a field."""
    seen = Counter((r.sort, value) for r in rows if (value := getattr(r, field)) is not None)
    return any(n > 1 for n in seen.values())


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Keep Splink's own messages about its progress from the user; its errors still come through."""
    loggers = [logging.getLogger(n) for n in ("splink", "splink.internals")]
    before = [(log, log.level, log.propagate) for log in loggers]
    for log in loggers:
        log.setLevel(logging.CRITICAL)
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", module=r"splink(\.|$)")
            yield
    finally:
        for log, level, propagate in before:
            log.setLevel(level)
            log.propagate = propagate
