"""Parts too large for a matrix: one well-covered event stays one, look-alikes stay apart, draws come from the same target."""

from __future__ import annotations

import itertools
import math
import random

import msgspec
import numpy as np
import pytest
from benchmark_modules import benchmark
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import squareform

from leadline.link import crowds, doubt, graph
from leadline.link.crowds import Sets, clusters
from leadline.link.doubt import in_doubt
from leadline.link.graph import BOUND, LARGEST, Graph
from leadline.link.partitions import best_partition, draw_partitions
from leadline.schema import CLAIM_ORIGINS, CLAIMS, DOCUMENTS, ORIGINS

UNCOMPARED = -3.5


def compared(n, odds, rng, first=0, *, near=12, spread=20):
    """Pairs as `blocking.py` brings them together, with about these odds: each row and its neighbours, and some rows and all."""
    pairs = {(a, b) for a in range(n) for b in range(a + 1, min(n, a + near))}
    pairs |= {(min(a, b), max(a, b)) for a in range(n) for b in range(0, n, n // spread) if a != b}
    return {(first + a, first + b): odds + rng.gauss(0, 2) for a, b in sorted(pairs)}


def of(n, edges, lists=None):
    made = Graph.of(range(n), edges, UNCOMPARED)
    return made if lists is None else Graph(n, made.left, made.right, made.odds, UNCOMPARED, np.asarray(lists))


def drawn(g, *, power=0.7, draws=20, seed=3):
    return draw_partitions(g, [f"c{k:05}" for k in range(g.n)], power=power, draws=draws, seed=seed)


@pytest.fixture
def crowded(monkeypatch):
    """Parts of four rows are crowds."""
    monkeypatch.setattr(graph, "LARGEST", 3)


def test_crowds_one_event_of_which_few_pairs_are_compared_is_one_incident_and_one_in_the_draws():
    n = 2 * LARGEST
    g = of(n, compared(n, 4.0, random.Random(1)))
    label = best_partition(g, 0.5)
    assert np.bincount(label)[0] > 0.99 * n
    assert (drawn(g) == 0).mean() > 0.98


def test_crowds_two_look_alikes_are_not_chained_by_a_row_that_was_misread():
    n = LARGEST
    rng = random.Random(2)
    edges = compared(n, 4.0, rng) | compared(n, 4.0, rng, n)
    edges |= {(0, n + k): 5.0 for k in rng.sample(range(n), 30)}  # it says the other's day
    edges |= {(rng.randrange(1, n), n + rng.randrange(n)): -2.0 for _ in range(4 * n)}
    label = best_partition(of(2 * n, edges), 0.5)
    assert label[1] != label[n + 1]
    assert min(np.bincount(label)[[label[1], label[n + 1]]]) > 0.98 * n


def test_crowds_that_hardly_meet_are_two_however_sure_a_few_pairs_are():
    n = LARGEST
    rng = random.Random(3)
    edges = compared(n, 4.0, rng) | compared(n, 4.0, rng, n) | {(k, n + k): 9.0 for k in range(20)}
    label = best_partition(of(2 * n, edges), 0.5)
    assert label[200] != label[n + 200]


def test_crowds_told_apart_pairs_count_as_compared():
    """What was compared as documents and found of two events speaks against one incident; what was left out does not."""
    n = LARGEST
    rng = random.Random(4)
    edges = compared(n, 4.0, rng) | compared(n, 4.0, rng, n)
    between = {(a, n + b): 2.0 for a in range(n) for b in rng.sample(range(n), 15)}
    silent = of(2 * n, edges | between)
    assert len(np.unique(best_partition(silent, 0.5))) == 1
    others = np.array([(a, n + b) for a in range(n) for b in rng.sample(range(n), 60)])
    loud = silent.without_odds(others[:, 0], others[:, 1], np.zeros(len(others), bool))
    label = best_partition(loud, 0.5)
    assert label[0] != label[n]
    assert sorted(np.bincount(label))[-2] > 0.98 * n


def test_crowds_without_odds_leaves_pairs_that_have_their_own():
    g = of(3, {(0, 1): 2.0}).without_odds(np.array([0, 0]), np.array([1, 2]), np.array([True, True]))
    assert dict(zip(zip(g.left.tolist(), g.right.tolist(), strict=True), g.odds.tolist(), strict=True)) == {
        (0, 1): 2.0,
        (0, 2): UNCOMPARED,
    }
    assert g.fair.tolist() == [False, True]


def test_crowds_what_is_compared_because_it_is_alike_is_no_sample_of_what_is_not():
    """Two look-alikes whose rows are compared where they agree; a few pairs drawn from all show that the sets are two."""
    n = LARGEST
    rng = random.Random(8)
    edges = compared(n, 4.0, rng) | compared(n, 4.0, rng, n)
    alike = {(a, n + b): 1.0 for a in range(n) for b in rng.sample(range(n), 30)}
    anyhow = {(a, n + b): -1.5 for a in range(n) for b in rng.sample(range(n), 3)}
    g = of(2 * n, edges | anyhow | alike)
    assert len(np.unique(best_partition(g, 0.5))) == 1
    told = msgspec.structs.replace(g, fair=(g.odds == -1.5))
    label = best_partition(told, 0.5)
    assert label[0] != label[n]
    assert sorted(np.bincount(label))[-2] > 0.98 * n
    assert (drawn(told)[:, 0] != drawn(told)[:, n]).all()


def test_crowds_of_which_all_pairs_are_compared_weigh_the_same_whatever_was_drawn():
    g = of(4, {(a, b): float(a - b + 2) for a, b in itertools.combinations(range(4), 2)})
    label = np.array([0, 0, 1, 1])
    plain = Sets.of(g)[0].joined(label).weighed()
    told = Sets.of(msgspec.structs.replace(g, fair=np.arange(6) % 2 == 0))[0].joined(label).weighed()
    assert [x.tolist() for x in plain] == [x.tolist() for x in told]


def average_linkage(seed, n=60, noise=2.5):
    """A graph in which all pairs are compared, and its clusters by average linkage."""
    rng = np.random.default_rng(seed)
    kind = rng.integers(6, size=n)
    w = np.where(kind[:, None] == kind[None, :], 1.0, -1.0) + rng.normal(0, noise, (n, n))
    w = np.round(np.triu(w, 1) + np.triu(w, 1).T, 6)
    tree = linkage(squareform(100 - w, checks=False), "average")
    return of(n, {(a, b): w[a, b] for a, b in itertools.combinations(range(n), 2)}), fcluster(tree, 100.0, "distance")


def agreed(one, other):
    """Share of the pairs that both put together or both keep apart."""
    return ((one[:, None] == one) == (other[:, None] == other)).mean()


@pytest.mark.parametrize("seed", range(6))
def test_crowds_are_average_linkage_where_all_pairs_are_compared_and_none_are_joined_early(seed, monkeypatch):
    monkeypatch.setattr(crowds, "SLACK", 0.0)
    monkeypatch.setattr(crowds, "SATELLITE", 10**6)
    g, expected = average_linkage(seed)
    assert agreed(clusters(g, 0.0), expected) == 1


def test_crowds_are_nearly_average_linkage_where_pairs_are_joined_early():
    made = [average_linkage(seed, 120, 1.5) for seed in range(6)]
    assert np.mean([agreed(clusters(g, 0.0), expected) for g, expected in made]) > 0.94


def test_crowds_small_sets_that_may_not_be_one_do_not_join_a_large_one_at_once():
    """Two rows that each belong to a large set, and that a judgement or a list keeps apart: one stays outside."""
    edges = dict.fromkeys(itertools.combinations(range(20), 2), 30.0) | {
        (k, j): 5.0 for k in range(20) for j in (20, 21)
    }
    judged = clusters(of(22, edges | {(20, 21): -BOUND}), 0.0)
    listed = clusters(of(22, edges, [-1] * 20 + [0, 0]), 0.0)
    for label in (judged, listed):
        assert (label[:20] == label[0]).all()
        assert label[20] != label[21]
        assert label[0] in label[20:]


def all_partitions(n):
    found = [[0]]
    for _ in range(n - 1):
        found = [[*z, k] for z in found for k in range(max(z) + 2)]
    return np.array(found)


def distance(g, power, draws=4000):
    """Total variation between the draws and the exact target, every partition weighed."""
    n = g.n
    w = np.full((n, n), UNCOMPARED)
    w[g.left, g.right] = w[g.right, g.left] = g.odds
    z = all_partitions(n)
    upper = np.triu_indices(n, 1)
    log_p = power * ((z[:, upper[0]] == z[:, upper[1]]) @ w[upper])
    exact = np.exp(log_p - log_p.max())
    exact /= exact.sum()
    seen = {}
    for row in drawn(g, power=power, draws=draws):
        names = {k: i for i, k in enumerate(dict.fromkeys(row.tolist()))}
        key = tuple(names[k] for k in row.tolist())
        seen[key] = seen.get(key, 0) + 1 / draws
    return (
        0.5 * sum(abs(p - seen.pop(tuple(k), 0.0)) for k, p in zip(z.tolist(), exact, strict=True))
        + sum(seen.values()) / 2
    )


@pytest.mark.parametrize("seed", range(8))
def test_crowds_draws_come_from_the_exact_target(seed, crowded):
    """Two groups beyond doubt or nearly so, and rows whose place is open: as enumerated."""
    rng = np.random.default_rng(seed)
    n = 7
    kind = np.array([0, 0, 0, 1, 1, 2, 2])
    w = np.where(kind[:, None] == kind[None, :], rng.choice([4.0, 25.0]), -4.0) + rng.normal(0, 3, (n, n))
    w[5:] = w[:, 5:] = 0
    w[5:, :] += rng.normal(0, 1.5, (2, n))
    w = np.triu(w, 1) + np.triu(w.T, 1)
    g = of(n, {(a, b): float(w[a, b]) for a, b in itertools.combinations(range(n), 2)})
    assert isinstance(next(iter(g.parts()))[1], Graph)
    assert distance(g, 0.7) < 0.06


def together(found):
    """How often each two rows are drawn together."""
    return np.mean([row[:, None] == row for row in found], axis=0)


@pytest.mark.parametrize(("kinds", "odds", "noise"), [(3, 0.5, 1.5), (12, 1.0, 1.5)])
def test_crowds_nearly_all_of_which_is_in_doubt_are_drawn_as_smaller_parts_are(kinds, odds, noise, monkeypatch):
    """What is left out where too many sets hang together are their weakest ties, not all up to some odds."""
    rng = np.random.default_rng(kinds)
    n = 150
    kind = rng.integers(kinds, size=n)
    w = np.where(kind[:, None] == kind, odds, -odds) + rng.normal(0, noise, (n, n))
    g = of(n, {(a, b): float(w[a, b]) for a, b in itertools.combinations(range(n), 2)})
    expected = together(drawn(g, draws=60))
    monkeypatch.setattr(graph, "LARGEST", 3)
    assert np.abs(together(drawn(g, draws=60)) - expected).mean() < 0.04
    monkeypatch.setattr(doubt, "TOGETHER", n // 3)
    assert max(len(nodes) for nodes, _ in in_doubt(g, 0.0, 0.7).parts) < n
    assert np.abs(together(drawn(g, draws=60)) - expected).mean() < 0.12


def test_crowds_draws_keep_a_core_whole_and_doubt_its_edge(crowded):
    """A row that is as likely in the one group as in the other is drawn so, and what is beyond doubt is drawn once."""
    sure = {(a, b): 30.0 for group in ((0, 1, 2), (3, 4, 5)) for a, b in itertools.combinations(group, 2)}
    apart = {(a, b): -20.0 for a in (0, 1, 2) for b in (3, 4, 5)}
    edge = {(k, 6): 1.0 for k in range(6)}
    g = of(7, sure | apart | edge)
    doubt = in_doubt(g, 0.0, 1.0)
    assert sum(len(nodes) for nodes, _ in doubt.parts) == 3
    found = drawn(g, power=1.0, draws=4000)
    assert (found[:, :3] == 0).all()
    assert (found[:, 3:6] == 3).all()
    alone = 1 / (1 + 2 * math.exp(3))
    assert (found[:, 6] == 0).mean() == pytest.approx((1 - alone) / 2, abs=0.03)
    assert (found[:, 6] == 6).mean() == pytest.approx(alone, abs=0.02)


def held(found, together=(), apart=()):
    rows = np.atleast_2d(found)
    return all((rows[:, a] == rows[:, b]).all() for a, b in together) and all(
        (rows[:, a] != rows[:, b]).all() for a, b in apart
    )


def test_crowds_judgements_bind_in_the_incidents_and_in_every_draw():
    n = LARGEST + 100
    rng = random.Random(5)
    edges = compared(n, 0.5, rng)
    g = of(n, edges).bound({(0, 1): -BOUND, (2, 3): BOUND, (2, 4): BOUND, (3, 5): -BOUND})
    for found in (best_partition(g, 0.5), drawn(g)):
        assert held(found, together=[(2, 3), (2, 4)], apart=[(0, 1), (3, 5), (4, 5)])


def test_crowds_entries_of_one_list_are_never_one():
    """Rows in doubt that would each join one core are drawn together where one list has both."""
    n = LARGEST + 100
    rng = random.Random(6)
    lists = np.full(n, -1)
    lists[rng.sample(range(n), 40)] = 0
    lists[rng.sample(range(n), 20)] = 1
    g = of(n, compared(n, 0.6, rng), lists)
    for found in (best_partition(g, 0.5)[None], drawn(g)):
        for number in (0, 1):
            entries = found[:, lists == number]
            assert all(len(np.unique(row)) == len(row) for row in entries)


def test_crowds_draws_repeat_do_not_move_with_the_heap_and_name_the_first_row():
    n = LARGEST + 50
    edges = compared(n, 0.4, random.Random(7))
    one, again = drawn(of(n, edges)), drawn(of(n, edges))
    more = drawn(of(n + 2, edges | {(n, n + 1): 0.3}))
    assert (one == again).all()
    assert (one == more[:, :n]).all()
    assert (one <= np.arange(n)).all()
    assert all((row[row] == row).all() for row in one)
    assert len({tuple(row) for row in one.tolist()}) > 1


def test_crowds_sets_sum_pairs_once_whatever_the_order():
    g = of(4, {(0, 2): 1.0, (1, 2): 2.0, (1, 3): -4.0, (0, 1): 9.0})
    sets, label = Sets.of(g)
    assert label.tolist() == [0, 1, 2, 3]
    joined = sets.joined(np.array([1, 1, 0, 2]))
    assert list(zip(joined.left.tolist(), joined.right.tolist(), joined.total, joined.count, strict=True)) == [
        (0, 1, 3.0, 2),
        (1, 2, -4.0, 1),
    ]
    total, average = joined.weighed()
    assert total.tolist() == [3.0, -4.0 + UNCOMPARED]
    assert average.tolist() == [1.5, (-4.0 + UNCOMPARED) / 2]


def test_crowds_six_hundred_reports_most_of_one_event_through_the_stage(make_engine):
    """The reports of one event stay together, and those of an event like it, in the same town weeks later, are not among them."""
    from leadline.link import link_incidents
    from leadline.progress import SILENT
    from leadline.schema import INCIDENTS, PARTITIONS
    from leadline.settings import Settings

    tables, truth = benchmark("event_heaps").heap(600, random.Random(7))
    engine = make_engine({t: tables[t] for t in (DOCUMENTS, CLAIMS, ORIGINS, CLAIM_ORIGINS)})
    engine.begin("link")
    link_incidents(engine, Settings(partition_draws=5), SILENT)
    sides = {c: t for c, t in truth.items() if t in ("large", "like it")}
    found = [
        {c: i for i, listed in zip(*engine.read(INCIDENTS, ["incident_id", "claims"]).to_pydict().values(), strict=True) for c in listed}
    ]  # fmt: skip
    rows = engine.read(PARTITIONS).to_pydict()
    found += [
        {c: i for k, c, i in zip(rows["draw"], rows["claim_id"], rows["cluster"], strict=True) if k == d}
        for d in range(5)
    ]
    for of_claim in found:
        where = {t: [of_claim[c] for c, s in sides.items() if s == t] for t in ("large", "like it")}
        main = {t: max(set(w), key=w.count) for t, w in where.items()}
        assert main["large"] != main["like it"]
        assert where["large"].count(main["large"]) > 0.95 * len(where["large"])
        assert where["like it"].count(main["large"]) < 0.15 * len(where["like it"])
