"""Bootstrap, linkage draws, strata, tilt: what is uncertain besides the sampling of one table."""

from __future__ import annotations

import time

import numpy as np
import pytest

from leadline.errors import InputError
from leadline.estimate.analysis import analyse
from leadline.estimate.bootstrap import bootstrap, corrected
from leadline.estimate.datasets import shipped
from leadline.estimate.hierarchy import all_models
from leadline.estimate.linkage import tables_of_draws, total_over_linkage
from leadline.estimate.linkage_error import by_missed_share, undo_missed
from leadline.estimate.loglinear import select_by_bic, stepwise
from leadline.estimate.options import Options
from leadline.estimate.reading import read_histories
from leadline.estimate.strata import pool, usable
from leadline.estimate.tables import ListTable
from leadline.estimate.tilt import tilt_total


def table(name):
    return read_histories(shipped(name)).whole


def test_bootstrap_with_selection_agrees_with_the_published_interval():
    t = table("kosovo")
    models = all_models(4, 3)
    found = bootstrap(t, lambda rows: np.array([c.n_hat for c in select_by_bic(rows, models, 4)]), draws=300, seed=1)
    low, high = found.interval(0.95)
    assert found.point == pytest.approx(10356.519, rel=1e-6)
    assert 6500 < low < 7500  # published 6,947 with 1,000 resamples
    assert 16500 < high < 19500  # published 18,010


def test_bootstrap_stepwise_acceleration_agrees_with_sparsemse():
    t = table("korea")
    found = bootstrap(t, lambda rows: np.array([c.n_hat for c in stepwise(rows, 3)]), draws=200, seed=1)
    assert found.acceleration == pytest.approx(-0.02877338, rel=1e-5)  # a jackknife: no randomness in it


def test_bootstrap_correction_without_bias_or_skew_is_the_percentile():
    rng = np.random.default_rng(1)
    totals = rng.normal(100, 10, 20001)
    found = corrected(float(np.median(totals)), np.full(5, 100.0), np.ones(5), totals)
    low, high = found.interval(0.95)
    np.testing.assert_allclose([low, high], np.quantile(totals, [0.025, 0.975]), rtol=2e-3)


def test_linkage_tables_from_partition_draws():
    lists = {"c1": frozenset("A"), "c2": frozenset("B"), "c3": frozenset("B")}
    draws = [
        (0, "c1", "c1"),
        (0, "c2", "c1"),
        (0, "c3", "c3"),
        (1, "c1", "c1"),
        (1, "c2", "c2"),
        (1, "c3", "c2"),
        (1, "x", "x"),
    ]
    first, second = tables_of_draws(draws, lists, ("A", "B"))
    assert (first.n, first.overlaps[0, 1]) == (2, 1)
    assert (second.n, second.overlaps[0, 1]) == (2, 0)


def test_linkage_variance_adds_up_and_vanishes_without_doubt():
    t = table("kosovo")
    same = total_over_linkage([t] * 5)
    assert same.linkage == 0
    rng = np.random.default_rng(2)
    moved = [t.with_counts(np.maximum(t.counts + rng.integers(-4, 5, len(t.counts)), 0)) for _ in range(12)]
    doubt = total_over_linkage(moved)
    assert doubt.linkage > 0
    assert doubt.variance == pytest.approx(doubt.linkage + doubt.model + doubt.sampling)
    assert doubt.n_tables == doubt.n_distinct == 12
    assert doubt.lower < doubt.n_hat < doubt.upper
    assert sum(doubt.shares().values()) == pytest.approx(1)
    other = total_over_linkage(moved, estimator="loglinear")
    assert other.model > 0


def test_linkage_weights_and_bad_input():
    t = table("korea")
    small = t.with_counts(t.counts // 2)
    heavy = total_over_linkage([t, small], [1.0, 0.0])
    alone = total_over_linkage([t])
    assert heavy.n_hat == pytest.approx(alone.n_hat, rel=0.05)
    with pytest.raises(InputError, match="weights"):
        total_over_linkage([t], [1.0, 2.0])
    with pytest.raises(InputError, match="no table"):
        total_over_linkage([])
    with pytest.raises(InputError, match="different lists"):
        total_over_linkage([t, table("hav")])


def test_linkage_is_fast_enough_for_a_thousand_draws():
    t = table("kosovo")
    rng = np.random.default_rng(3)
    moved = [t.with_counts(np.maximum(t.counts + rng.integers(-4, 5, len(t.counts)), 0)) for _ in range(20)]
    began = time.process_time()
    total_over_linkage(moved)
    assert (time.process_time() - began) / 20 < 0.06  # a thousand in a minute


def _stratum(rng, total, rates):
    caught = rng.random((total, len(rates))) < rates
    return ListTable.from_memberships(
        ["ABC"[j] for j in range(3) if row[j]] for row in caught
    )  # fmt: skip


def test_strata_pooling_shrinks_towards_the_others_and_keeps_sparse_ones():
    rng = np.random.default_rng(5)
    strata = {f"s{k}": _stratum(rng, 400, (0.4, 0.35, 0.3)) for k in range(5)}
    strata["sparse"] = ListTable.of(("A", "B", "C"), {(1, 0, 0): 9, (0, 1, 0): 8, (0, 0, 1): 7})
    found = pool(strata, seed=1)
    assert found.alone == tuple(name == "sparse" for name in found.names)
    k = found.names.index("sparse")
    low, middle, high = found.quantiles(k, 0.95)
    assert 24 < low < middle < high
    totals = found.total(0.95)
    assert totals[0] < 2000 + 24 / (1 - 0.6 * 0.65 * 0.7) < totals[2] * 1.05
    assert usable(strata["sparse"]) is None


def test_strata_analysis_has_separate_and_pooled_figures(tmp_path):
    rng = np.random.default_rng(6)
    rows = ["A,B,C,place,count"]
    for place, total in (("north", 500), ("south", 300)):
        t = _stratum(rng, total, (0.5, 0.4, 0.35))
        rows += [f"{','.join(map(str, p))},{place},{c}" for p, c in zip(t.patterns.tolist(), t.counts, strict=True)]
    rows += ["1,0,0,empty,3", "0,1,0,empty,2"]
    path = tmp_path / "s.csv"
    path.write_text("\n".join(rows))
    options = Options(models=("independence", "chao", "loglinear-bic", "decomposable"), draws=100, sensitivity=False)
    found = analyse(path, options, strata=["place"])
    assert [s.estimate.stratum for s in found.strata] == ["empty", "north", "south"]
    empty = found.strata[0].estimate
    assert not empty.estimable
    assert "too sparse" in " ".join(empty.reasons)
    for s in found.strata:
        assert any("pooled" in m.diagnostics for m in s.estimate.models)
    total = next(m for m in found.estimate.models if m.name == "decomposable").diagnostics["sum_over_strata"]
    assert total["lower"] < 806 < total["upper"]
    assert total["sparse_strata"] == ["empty"]


def test_tilt_of_one_changes_nothing_and_zero_leaves_the_seen():
    assert tilt_total(100, 150, 1.0) == 150
    assert tilt_total(100, 150, 0.0) == 100


def test_linkage_error_correction_inverts_the_split():
    rng = np.random.default_rng(8)
    true = {
        (1, 1, 1): 4000,
        (1, 1, 0): 6000,
        (1, 0, 1): 3000,
        (0, 1, 1): 0,
        (1, 0, 0): 9000,
        (0, 1, 0): 8000,
        (0, 0, 1): 500,
    }
    seen = dict.fromkeys(true, 0)
    for pattern, count in true.items():
        split = rng.binomial(count, 0.1) if sum(pattern) > 1 else 0
        seen[pattern] += count - split
        for _ in range(split):
            j = rng.choice(np.flatnonzero(pattern))
            one = tuple(int(i == j) for i in range(3))
            seen[one] += 1
            seen[tuple(x - y for x, y in zip(pattern, one, strict=True))] += 1
    lists = ("A", "B", "C")
    found = undo_missed(ListTable.of(lists, seen), 0.1).full()
    assert np.abs(found - ListTable.of(lists, true).full()).max() < 4 * np.sqrt(13000 * 0.1)  # of about 1,000 put right
    assert undo_missed(ListTable.of(lists, true), 0.0).full().tolist() == ListTable.of(lists, true).full().tolist()


def test_linkage_error_lowers_the_total_the_more_was_missed():
    rows = by_missed_share(_stratum(np.random.default_rng(9), 1000, (0.5, 0.4, 0.35)), Options())
    assert [r["missed"] for r in rows] == [0.0, 0.02, 0.05, 0.1]
    totals = [r["n_hat"] for r in rows]
    assert totals == sorted(totals, reverse=True)
    assert totals[0] > totals[-1]


def test_linkage_error_share_must_be_a_share():
    with pytest.raises(InputError, match="missed matches"):
        undo_missed(_stratum(np.random.default_rng(9), 50, (0.5, 0.4, 0.35)), 1.0)
