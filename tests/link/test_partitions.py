"""The best partition and the sampler, checked against exact enumeration."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leadline.link.partitions import best_partition, draw_partitions, sample


def partitions(n):
    """All partitions of n items as label tuples in canonical form."""
    found = {
        tuple(dict.fromkeys(z)) and tuple({k: i for i, k in enumerate(dict.fromkeys(z))}[x] for x in z)
        for z in itertools.product(range(n), repeat=n)
    }
    return sorted(found)


def canonical(z):
    names = {k: i for i, k in enumerate(dict.fromkeys(z))}
    return tuple(names[k] for k in z)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_partitions_sampler_draws_from_its_target(seed):
    rng = np.random.default_rng(seed)
    n = 4
    w = rng.normal(0, 1.5, (n, n))
    w = (w + w.T) / 2
    exact = {z: math.exp(sum(w[i, j] for i in range(n) for j in range(i) if z[i] == z[j])) for z in partitions(n)}
    total = sum(exact.values())
    draws = sample(w, 3000, np.random.default_rng(seed))
    seen = {}
    for z in draws.tolist():
        seen[canonical(z)] = seen.get(canonical(z), 0) + 1 / len(draws)
    distance = 0.5 * sum(abs(exact[z] / total - seen.get(z, 0.0)) for z in exact)
    assert len(exact) == 15
    assert distance < 0.06  # total variation; sampling noise of 3000 draws over 15 states is about .03


def test_partitions_no_draw_breaks_transitivity_or_loses_a_node():
    edges = {("a", "b"): 1.0, ("b", "c"): 0.5, ("a", "c"): -2.0}
    rows = list(draw_partitions(["c", "a", "b", "z"], edges, uncompared=-5.0, power=1.0, draws=50, seed=1))
    assert len(rows) == 200
    for d in range(50):
        cluster = {n: c for k, n, c in rows if k == d}
        assert set(cluster) == {"a", "b", "c", "z"}
        assert all(cluster[c] == c for c in cluster.values())  # named by a member that is in it
    assert {c for _, n, c in rows if n == "z"} == {"z"}


def test_partitions_draws_repeat_for_a_seed_and_do_not_move_with_the_rest_of_the_heap():
    edges = {("a", "b"): 0.2, ("b", "c"): -0.1}
    one = list(draw_partitions(["a", "b", "c"], edges, uncompared=-5.0, power=1.0, draws=20, seed=7))
    again = list(draw_partitions(["c", "b", "a"], edges, uncompared=-5.0, power=1.0, draws=20, seed=7))
    more = draw_partitions(
        ["a", "b", "c", "x", "y"], {**edges, ("x", "y"): 0.3}, uncompared=-5.0, power=1.0, draws=20, seed=7
    )
    assert one == again == [r for r in more if r[1] not in "xy"]


@settings(max_examples=40, deadline=None, derandomize=True)
@given(st.lists(st.floats(-8, 8), min_size=10, max_size=10), st.permutations(list("abcde")))
def test_partitions_best_ignores_order_and_covers_every_node(weights, order):
    edges = dict(zip(itertools.combinations("abcde", 2), weights, strict=True))
    found = best_partition(order, edges, uncompared=-5.0, threshold=0.5)
    assert found == best_partition(list("abcde"), edges, uncompared=-5.0, threshold=0.5)
    assert sorted(itertools.chain(*found)) == list("abcde")


def test_partitions_one_strong_pair_does_not_chain_two_clusters():
    edges = {("a", "b"): 6.0, ("c", "d"): 6.0, ("b", "c"): 3.0}
    assert best_partition(list("abcd"), edges, uncompared=-5.0, threshold=0.5) == [["a", "b"], ["c", "d"]]


@pytest.mark.parametrize("nodes", [[], ["a"], ["a", "b"]])
def test_partitions_without_pairs(nodes):
    assert best_partition(nodes, {}, uncompared=-5.0, threshold=0.5) == [[n] for n in nodes]
    assert len(list(draw_partitions(nodes, {}, uncompared=-5.0, power=1.0, draws=3, seed=1))) == 3 * len(nodes)
