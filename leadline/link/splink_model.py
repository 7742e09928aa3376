"""Pair probabilities by Splink (Fellegi-Sunter) on the engine's own connection.

Fellegi, Sunter 1969, doi:10.1080/01621459.1969.10501049; Linacre et al. 2022, doi:10.23889/ijpds.v7i3.1794.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import logging
import warnings
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from leadline.link.blocking import blocking_rules
from leadline.link.compare import comparisons
from leadline.link.parameters import FIELDS, Comparison, Level, Parameters
from leadline.link.rows import Row, to_table
from leadline.schema import Pair, PairFeature

MAX_EM_PAIRS = 200_000
PRIOR_PAIRS = 2_000.0


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
        from splink.backends.duckdb import DuckDBAPI

        api = DuckDBAPI(connection)
        try:
            predicted = _predict(_linker(api, rows, parameters))
            if predicted.num_rows >= min_pairs_for_em:
                parameters = _learn(api, rows, parameters, predicted.num_rows, seed)
                predicted = _predict(_linker(api, rows, parameters))
        finally:
            api.delete_tables_created_by_splink_from_db()
    by_id = {r.unique_id: r for r in rows}
    pairs = [_pair(row, by_id, parameters) for row in predicted.to_pylist()]
    return sorted(pairs, key=lambda p: (p.claim_l, p.claim_r))


def _linker(api: Any, rows: Sequence[Row], parameters: Parameters) -> Any:
    from splink import Linker, SettingsCreator

    settings = SettingsCreator(
        link_type="dedupe_only",
        unique_id_column_name="unique_id",
        blocking_rules_to_generate_predictions=blocking_rules(judged=any(r.judged for r in rows)),
        comparisons=comparisons(parameters),
        probability_two_random_records_match=parameters.prior,
        retain_intermediate_calculation_columns=True,
    )
    return Linker(api.register(to_table(rows)), settings)


def _predict(linker: Any) -> Any:
    wanted = ["unique_id_l", "unique_id_r", "match_weight", "match_probability", *(f"gamma_{f}" for f in FIELDS)]
    return linker.inference.predict().as_duckdbpyrelation().select(", ".join(wanted)).to_arrow_table()


def _learn(api: Any, rows: Sequence[Row], parameters: Parameters, n_pairs: int, seed: int) -> Parameters:
    """Parameters learned by EM, blended with the given ones by the number of pairs behind them.

    EM alone gives a level that the sample never shows no probability at all, or all of it; the given values count like
    `PRIOR_PAIRS` pairs, so that nothing becomes impossible. Each blocking rule leaves out the field it blocks on.
    """
    from splink import block_on

    linker = _linker(api, rows, parameters)
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


def _pair(row: dict[str, Any], by_id: dict[str, Row], parameters: Parameters) -> Pair:
    left, right = by_id[row["unique_id_l"]], by_id[row["unique_id_r"]]
    features = []
    for name in FIELDS:
        level = row[f"gamma_{name}"]
        if level is None or level < 0:
            continue
        levels = parameters.comparisons[name].levels
        reached = levels[len(levels) - 1 - level]
        features.append(
            PairFeature(
                field=name,
                left=_shown(left, name),
                right=_shown(right, name),
                level=reached.label,
                weight=round(reached.weight, 4),
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
