"""Pair probabilities by Splink (Fellegi-Sunter) on the engine's own connection.

Fellegi, Sunter 1969, doi:10.1080/01621459.1969.10501049; Linacre et al. 2022, doi:10.23889/ijpds.v7i3.1794.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import logging
import math
import warnings
from collections.abc import Iterator, Sequence
from typing import Any

from leadline.link.blocking import blocking_rules
from leadline.link.compare import comparisons
from leadline.link.parameters import FIELDS, Parameters
from leadline.link.rows import Row, to_table
from leadline.schema import Pair, PairFeature

MAX_EM_PAIRS = 200_000


def score_pairs(
    connection: Any, rows: Sequence[Row], parameters: Parameters, *, seed: int, min_pairs_for_em: int
) -> list[Pair]:
    """Every compared pair of rows with its probability, its weight and what each comparison contributed.

    With fewer than `min_pairs_for_em` pairs the probabilities of the file are used as they are; with more, `m` is
    learned by expectation maximisation, which starts from them. Sorted by ids; needs no pair, row or match to exist.
    """
    if len(rows) < 2:
        return []
    with _quiet():
        from splink import Linker, SettingsCreator
        from splink.backends.duckdb import DuckDBAPI

        api = DuckDBAPI(connection)
        try:
            settings = SettingsCreator(
                link_type="dedupe_only",
                unique_id_column_name="unique_id",
                blocking_rules_to_generate_predictions=blocking_rules(),
                comparisons=comparisons(parameters),
                probability_two_random_records_match=parameters.prior,
                retain_intermediate_calculation_columns=True,
            )
            linker = Linker(api.register(to_table(rows)), settings)
            predicted = _predict(linker)
            if predicted.num_rows >= min_pairs_for_em and _learn(linker, seed):
                predicted = _predict(linker)
        finally:
            api.delete_tables_created_by_splink_from_db()
    by_id = {r.unique_id: r for r in rows}
    pairs = [_pair(row, by_id, parameters) for row in predicted.to_pylist()]
    return sorted(pairs, key=lambda p: (p.claim_l, p.claim_r))


def _predict(linker: Any) -> Any:
    wanted = [*(f"gamma_{f}" for f in FIELDS), *(f"bf_{f}" for f in FIELDS)]
    relation = linker.inference.predict().as_duckdbpyrelation()
    have = set(relation.columns)
    columns = ["unique_id_l", "unique_id_r", "match_weight", "match_probability", *(c for c in wanted if c in have)]
    return relation.select(", ".join(columns)).to_arrow_table()


def _learn(linker: Any, seed: int) -> bool:
    """Learn m by EM on pairs that share an origin or wording; False where Splink finds too little to learn from."""
    from splink import block_on
    from splink.internals.exceptions import EMTrainingException

    try:
        linker.training.estimate_u_using_random_sampling(max_pairs=MAX_EM_PAIRS, seed=seed)
        for rule in (block_on("sort", "start_day"), block_on("sort", "place"), block_on("sort", "unit")):
            with contextlib.suppress(EMTrainingException):
                linker.training.estimate_parameters_using_expectation_maximisation(rule, max_pairs=MAX_EM_PAIRS)
    except EMTrainingException:
        return False
    return True


def _pair(row: dict[str, Any], by_id: dict[str, Row], parameters: Parameters) -> Pair:
    left, right = by_id[row["unique_id_l"]], by_id[row["unique_id_r"]]
    features = []
    for name in FIELDS:
        level = row[f"gamma_{name}"]
        if level is None or level < 0:
            continue
        levels = parameters.comparisons[name].levels
        factor = row.get(f"bf_{name}")
        weight = math.log2(factor) if factor else levels[len(levels) - 1 - level].weight
        features.append(
            PairFeature(
                field=name,
                left=_shown(left, name),
                right=_shown(right, name),
                level=levels[len(levels) - 1 - level].label,
                weight=round(weight, 4),
            )
        )
    if left.unique_id > right.unique_id:
        left, right = right, left
        features = [
            PairFeature(field=f.field, left=f.right, right=f.left, level=f.level, weight=f.weight) for f in features
        ]
    return Pair(
        claim_l=left.unique_id,
        claim_r=right.unique_id,
        probability=round(row["match_probability"], 6),
        weight=round(row["match_weight"], 4),
        features=tuple(features),
    )


def _shown(row: Row, field: str) -> str:
    """The value of a field as a reader should see it."""

    def iso(value: int | None) -> str:
        return "…" if value is None else (dt.date(1970, 1, 1) + dt.timedelta(value)).isoformat()

    match field:
        case "time":
            return f"{iso(row.start_day)}/{iso(row.end_day)}"
        case "reported":
            return f"{iso(row.reported_start)}/{iso(row.reported_end)}"
        case "place":
            return row.place or row.region or ""
        case "number":
            return f"{'…' if row.low is None else f'{row.low:g}'}-{'…' if row.high is None else f'{row.high:g}'} {row.counted}"
        case "wording":
            return " ".join(row.stems[:12])
    return str(getattr(row, field) or "")


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
