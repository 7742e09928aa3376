"""The exact methods against the figures of six R packages on the shipped tables (relative 1e-6 unless said)."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from leadline.estimate import bounds, decomposable, existence, loglinear
from leadline.estimate.datasets import shipped
from leadline.estimate.fit import fit
from leadline.estimate.graphs import graphs
from leadline.estimate.hierarchy import all_models, label
from leadline.estimate.independence import independent_total, profile_interval
from leadline.estimate.reading import read_histories
from leadline.estimate.tables import ListTable


def table(name):
    if name == "artificial3":  # its third list holds few and shares none: read without the checks
        return ListTable.of(("A", "B", "C"), {(1, 1, 0): 6, (1, 0, 0): 40, (0, 1, 0): 30, (0, 0, 1): 20})
    return read_histories(shipped(name)).whole


def close(found, expected, rel=1e-6):
    assert found == pytest.approx(expected, rel=rel)


@pytest.mark.parametrize(
    ("name", "total", "se", "chao", "chao_se"),
    [
        ("kosovo", 7394.5867, 129.62539, 8591.1836, 213.54902),
        ("korea", 141.99265, 6.2974511, 141.99265, 6.2974511),
        ("uk5", 13444.131, 806.92968, 13570.027, 821.29176),
        ("hare", 75.06620, None, 79.571457, None),
    ],
)
def test_independence_and_chao_agree_with_rcapture(name, total, se, chao, chao_se):
    t = table(name)
    close(independent_total(t.n, t.sizes.astype(float)), total)
    found = bounds.chao_list_effects(t)
    close(found.n_hat, chao)
    if chao_se:
        close(found.se, chao_se, 1e-5)
        f = fit(t.full(), [(0, *(1 << j for j in range(t.n_lists)))], t.n_lists)
        unseen = np.exp(f.log_unseen[0])
        close(float(np.sqrt(unseen + unseen**2 * f.variance[0])), se, 1e-5)


def test_profile_interval_holds_the_estimate_and_is_asymmetric():
    t = table("uk5")
    low, high = profile_interval(t, 0.95)
    middle = independent_total(t.n, t.sizes.astype(float))
    assert low < middle < high
    assert high - middle > middle - low


def test_published_capture_frequency_figures():
    ill = read_histories(shipped("freq_ill"))
    found = bounds.chao_frequencies(ill.units.astype(float), None)
    close(found.n_hat, 9273.5109)
    close(found.interval[0], 8088.2343, 1e-5)
    close(found.interval[1], 10703.961, 1e-5)
    bbs = read_histories(shipped("freq_bbs2001")).units.astype(float)
    close(bounds.chao_frequencies(bbs, 50, last=20).n_hat, 87.203539, 1e-5)
    close(bounds.heterogeneity(bbs, 50, "gamma", 3.5, last=20).n_hat, 111.05793, 1e-5)
    hare = bounds.heterogeneity_list_effects(table("hare"), "poisson", 2.0)
    close(hare.n_hat, 81.079281)
    close(hare.se, 5.5735508, 1e-5)


@pytest.mark.parametrize(
    ("name", "coverage", "independent", "high", "one_step"),
    [
        ("hav", 0.513, 407.00379, 970.80476, 507.772),
        ("kosovo", 0.471, 7633.5495, 15045.882, 9102.586),
        ("congenital", 0.774, 629.54195, 659.45235, 649.34736),
        ("uk5", 0.191, 11711.02, 12015.593, 11745.859),
    ],
)
def test_coverage_agrees_with_care1(name, coverage, independent, high, one_step):
    found = bounds.sample_coverage(table(name))
    assert round(found.coverage, 3) == coverage
    close(found.independent, independent)
    close(found.high, high)
    close(found.one_step, one_step)


TOP = {
    "kosovo": [("[123,14,34]", 10356.519, 203.02963), ("[123,134]", 12740.968, 203.11338), ("[134,12,23]", 18393.306, 203.95728)],
    "korea": [("[12,23]", 157.16667, 57.14081), ("[12,3]", 268.77778, 58.968596)],
    "uk5": [("[123,25,34]", 25311.291, 195.87911), ("[123,34,5]", 28822.126, 196.32968), ("[12,13,23,25,34]", 22991.331, 196.53976)],
    "western_us": [("[15,2,3,4]", 2483.3839, 118.74431), ("[12,15,3,4]", 2175.1623, 118.99715)],
    "netherlands5": [("[135,12,24,34]", 148788.76, 219.17073), ("[135,24,34]", 167555.35, 219.94024)],
    "australia": [("[12,23,24]", 6496.0087, 114.12755), ("[123,24]", 24014.0, 118.21102)],
    "hare": [("[46,1,2,3,5]", 77.293532, 168.10539), ("[36,46,1,2,5]", 79.430827, 168.30331), ("[26,36,46,1,5]", 83.082854, 168.98825)],
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(TOP))
def test_loglinear_all_models_top_of_the_ranking(name):
    found = loglinear.rank_by_bic(table(name), top=5)
    for k, (model, n_hat, bic) in enumerate(TOP[name]):
        assert label(found.models[k]) == model
        close(found.n_hat[k], n_hat)
        close(found.bic[k], bic)


def test_loglinear_number_of_models_that_pass_the_check():
    assert [len(all_models(j, j - 1)) for j in (3, 4, 5)] == [8, 113, 6893]
    assert len(all_models(6, 2)) == 32768
    assert len(loglinear.rank_by_bic(table("australia")).models) == 92
    assert len(loglinear.rank_by_bic(table("korea")).models) == 6


def monotone_families(n: int) -> np.ndarray:
    """All families of subsets of n lists that hold every subset of what they hold, each as an integer (bit a for subset a)."""
    found = np.array([0, 1], dtype=np.uint64)
    for j in range(n):  # a family with one more list: one without it, and one within that which gets it
        within = [(one, other) for one in found for other in found[(found & ~one) == 0]]
        found = np.array([one | other << np.uint64(1 << j) for one, other in within], dtype=np.uint64)
    return found


def count_models(n: int) -> int:
    """Hierarchical models of n lists with all main effects and without the interaction of all, counted another way."""
    without = monotone_families(n - 1)
    singles = np.uint64(sum(1 << (1 << j) for j in range(n - 1)) | 1)
    whole = np.uint64(1 << ((1 << n - 1) - 1))
    given = without[(without & singles) == singles]  # what holds without the last list
    joined = without[
        (without > 0) & (without & whole == 0)
    ]  # what the last list interacts with: nothing at least, not all
    return sum(int(((joined & ~one) == 0).sum()) for one in given)


def test_hierarchical_models_are_as_many_as_families_of_subsets():
    assert [count_models(j) for j in (3, 4, 5, 6)] == [8, 113, 6893, 7_785_061]


@pytest.mark.parametrize(
    ("name", "n_hat"),
    [("uk", 11417.991), ("uk5", 11312.99), ("neworleans5", 1034.1511), ("western_us", 2483.3839), ("netherlands", 111139.37),
     ("kosovo", 14341.664), ("korea", 268.77778), ("neworleans", 1183.6923)],
)  # fmt: skip
def test_loglinear_stepwise_agrees_with_sparsemse(name, n_hat):
    t = table(name)
    close(loglinear.stepwise(t.full(), t.n_lists)[0].n_hat, n_hat)


def test_existence_of_the_artificial_table():
    cells = table("artificial3").full()
    pairs = {"12": 3, "13": 5, "23": 6}
    assert existence.check(cells, (0, 1, 2, 4, *pairs.values())) == 2
    assert existence.check(cells, (0, 1, 2, 3, 4)) == 1
    assert existence.check(cells, (0, 1, 2, 4, 5, 6)) == 0


def test_compiled_fits_equal_the_plain_ones(monkeypatch):
    t = table("australia")
    models = all_models(4, 3)
    fast = fit(t.full(), models, 4)
    monkeypatch.setattr("leadline.estimate.fit.have_numba", lambda: False)
    slow = fit(t.full(), models, 4)
    assert np.array_equal(fast.exists, slow.exists)
    np.testing.assert_allclose(fast.n_hat[fast.exists], slow.n_hat[fast.exists], rtol=1e-7)
    np.testing.assert_allclose(fast.bic[fast.exists], slow.bic[fast.exists], rtol=1e-9)


@pytest.mark.parametrize(
    ("name", "delta", "end", "median", "low", "high", "mean"),
    [
        ("congenital", 0.5, 300, 616, 588, 655, 617.81589),
        ("kosovo", 2**-4, 30000, 12595, 9827, 16544, 12749.349),
        ("kosovo", 0.5, 30000, 11323, 4500, 14486, 11030.735),
        ("kosovo", 1.0, 30000, 4617, 4408, 6860, 4829.456),
        ("western_us", 2**-5, 20700, 2133, 1343, 3879, 2257.27),
        ("neworleans5", 2**-5, 11100, 869, 511, 1762, 936.52379),
        ("korea", 2**-3, 5000, 163, 127, 483, 211.85777),
        ("australia", 2**-4, 25000, 2259, 1189, 7770, 2783.0776),
    ],
)
def test_decomposable_agrees_with_dga(name, delta, end, median, low, high, mean):
    p = decomposable.posterior(table(name), delta=delta, end=end)
    assert (p.quantile(0.5), p.quantile(0.025), p.quantile(0.975)) == (median, low, high)
    close(p.mean, mean)


@pytest.mark.parametrize(
    ("name", "median", "low", "high"), [("kosovo", 12595, 9827, 16544), ("uk5", 22990, 10387, 33510)]
)
def test_decomposable_grown_grid_gives_the_same_where_no_mass_is_cut(name, median, low, high):
    p = decomposable.posterior(table(name))
    assert (p.quantile(0.5), p.quantile(0.025), p.quantile(0.975)) == (median, low, high)
    assert p.tail < 1e-6


def test_decomposable_top_graphs():
    p = decomposable.posterior(table("kosovo"), end=30000)
    cliques, probability, mean = decomposable.top_graphs(p, 4)[0]
    assert cliques == ((0, 1, 2), (0, 2, 3))
    close(probability, 0.98551375)
    close(mean, 12813.208)


def test_decomposable_spline_equals_the_dense_grid():
    t = table("korea")
    dense = decomposable.posterior(t, end=400_000)
    grown = decomposable.posterior(t)
    for level in (0.025, 0.25, 0.5, 0.75, 0.9):
        assert abs(dense.quantile(level) - grown.quantile(level)) <= 1


def test_decomposable_numbers_of_graphs():
    assert [len(graphs(j).edges) for j in (3, 4, 5, 6)] == [8, 61, 822, 18154]


def test_decomposable_counts_of_a_billion():
    rates, total = (0.5, 0.4, 0.3), 10**9
    cells = {}
    for code in range(1, 8):
        bits = tuple(code >> j & 1 for j in range(3))
        cells[bits] = round(total * np.prod([r if b else 1 - r for r, b in zip(rates, bits, strict=True)]))
    p = decomposable.posterior(ListTable.of(("A", "B", "C"), cells))
    assert p.quantile(0.025) < total * 1.0001
    assert p.quantile(0.975) > total * 0.9999
    assert p.quantile(0.975) / p.quantile(0.025) < 1.001


def test_decomposable_counts_of_a_thousand_million_that_only_the_full_graph_fits():
    """All other graphs are out by 10^8 in the logarithm. The full one says nothing about the unseen: what is left is the prior,
    by which unseen over seen follows a beta prime law of delta and 1 - delta, without the share at none unseen."""
    counts = {(1, 1, 0): 10**9, (1, 1, 1): 9 * 10**8, (1, 0, 0): 3 * 10**9, (0, 0, 1): 9 * 10**8}
    counts |= {(1, 0, 1): 5 * 10**8, (0, 1, 0): 9 * 10**8, (0, 1, 1): 10**7}
    p = decomposable.posterior(ListTable.of(("A", "B", "C"), counts))
    assert p.mass.sum() == pytest.approx(1.0)
    law = stats.betaprime(1 / 8, 7 / 8)
    some = law.sf(0.5 / p.n)
    for q in (0.5, 0.9, 0.975, 0.99):
        assert p.quantile(q) / p.n - 1 == pytest.approx(law.isf((1 - q) * some), rel=0.02)
