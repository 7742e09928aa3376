"""Comparing by Splink (Fellegi-Sunter) on the engine's own connection.

Fellegi, Sunter 1969, doi:10.1080/01621459.1969.10501049; Linacre et al. 2022, doi:10.23889/ijpds.v7i3.1794.
"""

from __future__ import annotations

import contextlib
import logging
import warnings
from collections.abc import Iterator, Sequence
from typing import Any

import msgspec
import numpy as np

from leadline.link.blocking import with_tokens
from leadline.link.compare import comparisons
from leadline.link.parameters import FIELDS, Comparison, Level, Parameters
from leadline.link.rows import Row, to_table
from leadline.link.scores import Scores, weigh

BATCH = 1 << 18
"""Pairs taken over at once."""


def compare_pairs(connection: Any, rows: Sequence[Row], parameters: Parameters, *, spread: bool = True) -> Scores:
    """Every compared pair of rows with its levels and its weight by these parameters; needs no pair, row or match to exist."""
    nothing = np.empty(0, dtype=np.int32)
    if len(rows) < 2:
        return weigh(nothing, nothing, np.empty((0, len(FIELDS)), dtype=np.int8), parameters)
    with _quiet():
        from splink.backends.duckdb import DuckDBAPI

        api = DuckDBAPI(connection)
        try:
            table = api.register(with_tokens(connection, to_table(rows), spread=spread))
            left, right, levels = _compare(_linker(table, numbered(parameters)))
        finally:
            api.delete_tables_created_by_splink_from_db()
    return weigh(left, right, levels, parameters)


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
    ends = "CAST(least(id_l, id_r) AS INTEGER) AS l, CAST(greatest(id_l, id_r) AS INTEGER) AS r"
    pairs = linker.inference.predict().as_duckdbpyrelation()
    n = pairs.aggregate("count(*)").fetchall()[0][0]
    left, right, levels = np.empty(n, np.int32), np.empty(n, np.int32), np.empty((n, len(FIELDS)), np.int8)
    at = 0
    for batch in pairs.select(f"{ends}, {numbers}").order("l, r").to_arrow_reader(BATCH):
        part = slice(at, at := at + len(batch))
        left[part], right[part] = batch["l"], batch["r"]
        for k, name in enumerate(FIELDS):
            levels[part, k] = batch[name].to_numpy() - 1
    return left, right, levels


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
