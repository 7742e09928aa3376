"""The best partition and the sampler, checked against exact enumeration."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leadline.link.chain import chain
from leadline.link.graph import Graph
from leadline.link.partitions import best_partition, draws_of, sample


def partitions(n):
    """All partitions of n items as label tuples in canonical form."""
    found = {
        tuple(dict.fromkeys(z)) and tuple({k: i for i, k in enumerate(dict.fromkeys(z))}[x] for x in z)
        for z in itertools.product(range(n), repeat=n)
    }
    return sorted(found)


def best(nodes, edges, *, uncompared=-5.0, threshold=0.5):
    """Clusters by name."""
    names = sorted(nodes)
    found = {}
    for node, first in zip(names, best_partition(Graph.of(names, edges, uncompared), threshold).tolist(), strict=True):
        found.setdefault(first, []).append(node)
    return sorted(found.values())


def draw(nodes, edges, *, power=1.0, draws=20, seed=7):
    names = sorted(nodes)
    return list(draws_of(Graph.of(names, edges, -5.0), names, power=power, draws=draws, seed=seed))


def canonical(z):
    names = {k: i for i, k in enumerate(dict.fromkeys(z))}
    return tuple(names[k] for k in z)


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("sampler", [chain, sample])
def test_partitions_sampler_draws_from_its_target(seed, sampler):
    rng = np.random.default_rng(seed)
    n = 4
    w = rng.normal(0, 1.5, (n, n))
    w = (w + w.T) / 2
    exact = {z: math.exp(sum(w[i, j] for i in range(n) for j in range(i) if z[i] == z[j])) for z in partitions(n)}
    total = sum(exact.values())
    draws = sampler(w, 3000, np.random.default_rng(seed))
    seen = {}
    for z in draws.tolist():
        seen[canonical(z)] = seen.get(canonical(z), 0) + 1 / len(draws)
    distance = 0.5 * sum(abs(exact[z] / total - seen.get(z, 0.0)) for z in exact)
    assert len(exact) == 15
    assert distance < 0.06  # total variation; sampling noise of 3000 draws over 15 states is about .03


def test_partitions_chain_is_the_same_compiled_and_not():
    rng = np.random.default_rng(5)
    w = rng.normal(0, 2, (9, 9))
    w += w.T
    one, other = (chain(w, 30, np.random.default_rng(1), compiled=c) for c in (True, False))
    assert (one == other).all()


@pytest.mark.parametrize("n", [3, 12])
def test_partitions_no_draw_breaks_transitivity_or_loses_a_node(n):
    """In parts that are enumerated and in parts that are walked."""
    nodes = [f"n{k:02}" for k in range(n)]
    rng = np.random.default_rng(n)
    edges = {pair: float(rng.normal(0.3, 1.5)) for pair in itertools.combinations(nodes, 2)}
    rows = draw([*nodes, "z"], edges, draws=50)
    assert len(rows) == 50 * (n + 1)
    for d in range(50):
        cluster = {node: c for k, node, c in rows if k == d}
        assert set(cluster) == {*nodes, "z"}
        assert all(cluster[c] == c for c in cluster.values())  # named by a member that is in it
        assert all(c <= node for node, c in cluster.items())  # and by its smallest
    assert {c for _, node, c in rows if node == "z"} == {"z"}


def test_partitions_draws_repeat_for_a_seed_and_do_not_move_with_the_rest_of_the_heap():
    edges = {("a", "b"): 0.2, ("b", "c"): -0.1}
    one, again = draw("abc", edges), draw("cba", edges)
    more = draw("abcxy", {**edges, ("x", "y"): 0.3})
    assert one == again == [r for r in more if r[1] not in "xy"]


@settings(max_examples=40, deadline=None, derandomize=True)
@given(st.lists(st.floats(-8, 8), min_size=10, max_size=10), st.permutations(list("abcde")))
def test_partitions_best_ignores_order_and_covers_every_node(weights, order):
    edges = dict(zip(itertools.combinations("abcde", 2), weights, strict=True))
    shuffled = {k: edges[k] for k in sorted(edges, key=lambda e: order.index(e[0]) * 5 + order.index(e[1]))}
    found = best("abcde", shuffled)
    assert found == best("abcde", edges)
    assert sorted(itertools.chain(*found)) == list("abcde")


def test_partitions_one_strong_pair_does_not_chain_two_clusters():
    edges = {("a", "b"): 6.0, ("c", "d"): 6.0, ("b", "c"): 3.0}
    assert best("abcd", edges) == [["a", "b"], ["c", "d"]]


@pytest.mark.parametrize("nodes", [[], ["a"], ["a", "b"]])
def test_partitions_without_pairs(nodes):
    assert best(nodes, {}) == [[n] for n in nodes]
    assert len(draw(nodes, {}, draws=3)) == 3 * len(nodes)
