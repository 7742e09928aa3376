"""The latent-class sampler against exact enumeration, against an independent plain sampler, and under bad conditions."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from latent_made import TINY, jump_space, made_rooms, marginal_density
from scipy.special import gammaln, logsumexp

from leadline import compiled
from leadline.estimate import diagnostics, ladder, rooms
from leadline.estimate.datasets import shipped
from leadline.estimate.diagnostics import modes
from leadline.estimate.kernel_hamilton import Phase, log_density
from leadline.estimate.kernel_jump import jump
from leadline.estimate.kernel_latent import weigh
from leadline.estimate.kernel_rooms import Rooms, assign, log_slope, place, rate
from leadline.estimate.latent_class import Draws, Prior, Sampler, sample
from leadline.estimate.latent_numpy import sample_plain
from leadline.estimate.latent_run import describe
from leadline.estimate.options import Options
from leadline.estimate.reading import read_histories
from leadline.estimate.tables import ListTable
from leadline.estimate.words import peaks

needs_numba = pytest.mark.skipif(not compiled.have_numba(), reason="numba is not installed")


def exact_one_class(table: ListTable, most: int) -> np.ndarray:
    """Posterior of the unseen number with one class: rates integrated out."""
    unseen = np.arange(most + 1.0)
    N = table.n + unseen
    log_p = gammaln(N + 1) - gammaln(unseen + 1) - np.log(N)
    for size in table.sizes:
        log_p += gammaln(1 + size) + gammaln(1 + N - size) - gammaln(2 + N)
    return np.exp(log_p - logsumexp(log_p))


def exact_two_classes(table: ListTable, most: int) -> np.ndarray:
    """Posterior of the unseen number with two classes: every split of every count enumerated, the rest integrated."""
    x = np.linspace(-80.0, 6.0, 600)
    log_prior = 0.25 * x - 0.25 * np.exp(x)
    log_prior -= logsumexp(log_prior)
    alpha = np.exp(x)
    top = table.n + most + 1
    stick = np.empty((top, top))  # log E[p(counts of the two classes)] by counts
    for m in range(top):
        k = np.arange(top)[:, None]
        terms = x + gammaln(1.0 + k) + (gammaln(alpha + m) if m else gammaln(alpha)) - gammaln(1.0 + alpha + k + m)
        stick[:, m] = logsumexp(terms + log_prior, axis=1)
    splits = np.array(np.meshgrid(*[np.arange(c + 1) for c in table.counts], indexing="ij")).reshape(
        len(table.counts), -1
    )
    other = table.counts[:, None] - splits
    log_ways = (gammaln(table.counts + 1.0)[:, None] - gammaln(splits + 1.0) - gammaln(other + 1.0)).sum(axis=0)
    held = [table.patterns.T.astype(float) @ splits, table.patterns.T.astype(float) @ other]
    seen = [splits.sum(axis=0), other.sum(axis=0)]
    log_p = np.empty(most + 1)
    for unseen in range(most + 1):
        first = np.arange(unseen + 1)[:, None]
        parts = [seen[0] + first, seen[1] + unseen - first]
        terms = log_ways + gammaln(unseen + 1.0) - gammaln(first + 1.0) - gammaln(unseen - first + 1.0)
        terms = terms + stick[parts[0], parts[1]]
        for h, n_k in zip(held, parts, strict=True):
            for row in h:
                terms = terms + gammaln(1 + row) + gammaln(1 + n_k - row) - gammaln(2 + n_k)
        N = table.n + unseen
        log_p[unseen] = logsumexp(terms) + gammaln(N + 1.0) - gammaln(unseen + 1.0) - np.log(N)
    return np.exp(log_p - logsumexp(log_p))


@cache
def exact_two_classes_of_tiny(most: int) -> np.ndarray:
    """Computed once for both ladders."""
    return exact_two_classes(TINY, most)


def assert_same(draws: np.ndarray, probability: np.ndarray, n: int) -> None:
    """The share of draws up to each value is the exact one, within four Monte Carlo errors."""
    most = len(probability) - 1
    kept = draws - n <= most
    cumulative = np.cumsum(probability)
    for level in (0.1, 0.25, 0.5, 0.75, 0.9):
        value = int(np.searchsorted(cumulative, level))
        below = ((draws - n <= value) & kept).astype(float)
        error = np.sqrt(cumulative[value] * (1 - cumulative[value]) / diagnostics._ess(diagnostics.split(below)))
        share = below.sum() / kept.sum()
        assert abs(share - cumulative[value]) < 4 * error + 1e-9, (level, share, cumulative[value], error)


@needs_numba
@pytest.mark.parametrize("powers", [[1.0], [1.0, 0.5, 0.2]])
def test_latent_one_class_is_exact(powers):
    s = Sampler(TINY, Prior(classes=1), seed=5, powers=powers)
    s.advance(8000)
    assert_same(s.draws().total, exact_one_class(TINY, 4000), TINY.n)


@needs_numba
@pytest.mark.parametrize("powers", [[1.0], [1.0, 0.6, 0.3]])
def test_latent_two_classes_are_exact_with_all_moves(powers):
    s = Sampler(TINY, Prior(classes=2), seed=6, powers=powers)
    s.advance(16000)
    assert_same(s.draws().total, exact_two_classes_of_tiny(70), TINY.n)


@needs_numba
@pytest.mark.parametrize("powers", [[1.0], [1.0, 0.6, 0.3]])
def test_latent_jumps_between_rooms_leave_the_posterior_exact(powers):
    s = Sampler(TINY, Prior(classes=2), seed=6, powers=powers)
    s.rooms = made_rooms([2, 1, 2])
    s.advance(30000)
    found = s.draws()
    assert found.accepted["jump"] > 0.03
    assert_same(found.total, exact_two_classes_of_tiny(70), TINY.n)


@needs_numba
def test_latent_jumps_alone_change_no_distribution():
    """Draws with four classes at most, then nothing but jumps between rooms of one to three classes: nothing may drift.

    What an early place in the order of sticks holds, how much the largest class has and how visible it is tell whether the
    empty classes that a jump takes or leaves, and their places, are paid for.
    """
    J, K = 3, 4
    s = Sampler(TINY, Prior(classes=K), seed=1, powers=[1.0])
    chain = s._start(0, 1)
    s._run(chain, 0, np.ones(1), 500, 0.05)
    space = jump_space(J, K, len(TINY.counts), 3)
    before, after, accepted = [], [], 0.0
    for t in range(4000):
        s._run(chain, t + 1, np.ones(1), 8)
        lam, rest, nu = (part[0].copy() for part in chain.state[:3])
        alpha = float(chain.state.alpha[0])
        before.append(said_of(lam, rest, nu))
        accepted += jumps_only(made_rooms([3, 1, 2]), lam, rest, nu, alpha, s, space, 20)
        after.append(said_of(lam, rest, nu))
    assert accepted > 400
    drift = np.array(after) - np.array(before)
    z = drift.mean(axis=0) / (drift.std(axis=0) / np.sqrt(len(drift)))
    assert np.abs(z).max() < 4, z


def jumps_only(found: Rooms, lam, rest, nu, alpha: float, s: Sampler, space, times: int) -> float:
    """Some jumps in place; how many were accepted."""
    mix, jumps, births = space
    log_seen = weigh(lam, rest, nu, s.starts, s.members, mix)
    p = np.exp(mix.log_p - log_seen)
    joint = mix.weight * (p / mix.weight.sum(axis=1))[:, None]
    log_p, shares = np.log(p), mix.seen - log_seen
    tally = np.zeros((2, 2))
    for _ in range(times):
        jump(
            lam, rest, nu, alpha, TINY.counts.astype(float), s.starts, s.members, joint, log_p, shares, mix.odds, found,
            jumps, births, tally,
        )  # fmt: skip
    weigh(lam, rest, nu, s.starts, s.members, mix)
    assert np.allclose(mix.log_p - np.logaddexp.reduce(mix.seen), log_p)
    return float(tally[0, 1])


def said_of(lam, rest, nu) -> list[float]:
    """Numbers that tell what a state looks like."""
    held = nu + np.log(-np.expm1(rest.sum(axis=0)))
    share = np.exp(held - np.logaddexp.reduce(held))
    large = int(share.argmax())
    odds = np.logaddexp.reduce(nu + rest.sum(axis=0)) - np.logaddexp.reduce(held)
    return [odds, *share, share[large], (share > 0.1).sum(), *np.exp(lam[:, large]), float(large)]


@needs_numba
def test_latent_scouts_tell_rooms_apart_only_where_there_are_some():
    one = Sampler(read_histories(shipped("western_us")).whole, seed=1, powers=[1.0])
    several = Sampler(read_histories(shipped("netherlands5")).whole, seed=1, powers=[1.0])
    assert len(one.rooms.log_det) == 0
    assert len(several.rooms.log_det) > 4
    several.advance(1500)
    jumps, accepted = several.tally[3]
    assert 0.01 < accepted / jumps < 0.3


def made_cloud(rng: np.random.Generator, centre: np.ndarray, share: np.ndarray, classes: int) -> rooms.Cloud:
    """Draws of some classes (places class by class, log shares) among empty ones, in any order."""
    places, shares = np.empty((300, centre.shape[1], classes)), np.empty((300, classes))
    for i in range(300):
        order = rng.permutation(classes)
        places[i][:, order[: len(centre)]] = (centre + rng.normal(0, 0.05, centre.shape)).T
        places[i][:, order[len(centre) :]] = rng.uniform(-0.9, 0.9, (centre.shape[1], classes - len(centre)))
        shares[i][order] = np.concatenate(
            [share + rng.normal(0, 0.1, len(share)), np.arange(-20.0, -20 - classes + len(share), -1)]
        )
    return places, shares, rng.normal(size=300)


def test_latent_rooms_are_what_scouts_share_and_their_classes_are_in_step():
    rng = np.random.default_rng(4)
    centre = np.array([[-0.8, -0.3, -0.5], [0.5, 0.0, -0.2], [-0.2, 0.4, 0.4], [-0.9, -0.9, -0.8]])
    share = np.log([0.4, 0.2, 0.1, 0.3])
    two = [made_cloud(rng, centre[[1, 2]], np.log([0.3, 0.7]), 5) for _ in range(2)]
    four = [made_cloud(rng, centre, share, 5) for _ in range(3)]
    found = rooms.learn([four[0], two[0], four[1], two[1], four[2]])
    parts = {room: int((found.room == room).sum()) for room in (0, 1)}
    assert sorted(set(found.room.tolist())) == [0, 1]
    assert parts[0] > 1  # 900 draws of 15 coordinates
    assert found.size.tolist() == [4] * parts[0] + [2] * parts[1]
    large, small = found.centre[0], found.centre[-1]
    assert np.allclose(small[:2, :3], centre[[2, 1]], atol=0.05) or np.allclose(
        small[:2, :3], centre[[1, 2]], atol=0.05
    )
    assert np.allclose(large[:2, :3], small[:2, :3], atol=0.05)  # what both have comes first, in the same order
    assert np.allclose(found.root[0] @ found.inverse[0], np.eye(15), atol=1e-9)
    at = np.empty(4, dtype=np.int64)
    assign(four[1][0][7], four[1][1][7], 0, found, at)
    assert np.allclose(four[1][0][7][:, at].T, large[:, :3], atol=0.3)


def test_latent_places_of_rates_lead_there_and_back():
    for rate_ in (1e-12, 1e-4, 0.3, 0.5, 0.999):
        x = place(np.log(rate_), np.log1p(-rate_))
        a, b = rate(x)
        assert a**3 == pytest.approx(rate_, rel=1e-9)
        assert b**3 == pytest.approx(1 - rate_, rel=1e-12)
        h = 1e-7
        slope = (rate(x + h)[0] ** 3 - rate(x - h)[0] ** 3) / (2 * h)
        assert np.exp(log_slope(np.log(rate_), np.log1p(-rate_))) == pytest.approx(slope, rel=1e-2)


def test_latent_gradient_is_the_density_s():
    rng = np.random.default_rng(7)
    J, K = 3, 4
    x, z, la = rng.normal(0, 1.5, (J, K)), rng.normal(0, 1, K - 1), 0.3
    w = Phase(
        *(np.zeros((J, K) if name in ("x", "speed_x", "grad_x", "odds", "held") else K) for name in Phase._fields)
    )
    starts = np.concatenate([[0], np.cumsum(TINY.patterns.sum(axis=1))])
    f = TINY.counts.astype(float)

    def ours() -> tuple[float, float]:
        w.x[:, :], w.z[: K - 1] = x, z
        return log_density(la, f, f.sum(), starts, np.nonzero(TINY.patterns)[1], 0.25, 0.25, w)

    value, by_alpha = ours()
    assert value == pytest.approx(marginal_density(TINY, x, z, la), abs=1e-9)
    h = 1e-5
    for j in range(J):
        for k in range(K):
            step = np.zeros((J, K))
            step[j, k] = h
            slope = (marginal_density(TINY, x + step, z, la) - marginal_density(TINY, x - step, z, la)) / (2 * h)
            assert w.grad_x[j, k] == pytest.approx(slope, abs=1e-5)
    for k in range(K - 1):
        step = h * (np.arange(K - 1) == k)
        slope = (marginal_density(TINY, x, z + step, la) - marginal_density(TINY, x, z - step, la)) / (2 * h)
        assert w.grad_z[k] == pytest.approx(slope, abs=1e-5)
    slope = (marginal_density(TINY, x, z, la + h) - marginal_density(TINY, x, z, la - h)) / (2 * h)
    assert by_alpha == pytest.approx(slope, abs=1e-5)


@needs_numba
def test_latent_plain_and_accelerated_transitions_agree():
    table = read_histories(shipped("neworleans5")).whole
    fast = Sampler(table, seed=1, powers=[1.0])
    fast.advance(12000)
    plain = Sampler(table, seed=2, accelerate=False)
    plain.advance(20000)
    a, b = fast.draws().total, plain.draws().total
    for level in (0.1, 0.5, 0.9):
        error = np.hypot(diagnostics.mcse_quantile(a, level), diagnostics.mcse_quantile(b, level))
        assert abs(np.quantile(a, level) - np.quantile(b, level)) < 4 * error


@needs_numba
def test_latent_independent_implementation_agrees():
    fast = Sampler(TINY, Prior(classes=3), seed=1, powers=[1.0])
    fast.advance(20000)
    slow = sample_plain(TINY, Prior(classes=3), seed=3, ess=250, rhat=1.1, time_limit=10)
    a, b = fast.draws().total, slow.total
    for level in (0.25, 0.5, 0.75):
        error = np.hypot(diagnostics.mcse_quantile(a, level), diagnostics.mcse_quantile(b, level))
        assert abs(np.quantile(a, level) - np.quantile(b, level)) < 4 * error + 1


@needs_numba
def test_latent_reference_quantiles_of_a_converging_table():
    table = read_histories(shipped("neworleans5")).whole
    found = sample(table, seed=4, ess=3000, rungs=1, time_limit=40)
    s = found.summary()
    for level, reference, error in ((0.025, 567, 2.0), (0.5, 835, 1.5), (0.975, 1379, 9.0)):
        ours = float(np.quantile(found.total, level))
        own = {0.025: s["mcse_lower"], 0.5: s["mcse_median"], 0.975: s["mcse_upper"]}[level]
        assert abs(ours - reference) < 3 * np.hypot(own, error) + 1


@needs_numba
def test_latent_chains_start_in_different_rooms():
    """The Netherlands table has rooms near 49,000 and 148,000; some scouts end in each, and chains start from both."""
    s = Sampler(read_histories(shipped("netherlands5")).whole, seed=3, powers=[1.0])
    s.advance(20)
    starts = s.table.n + np.array([np.median(c.unseen[0]) for c in s.chains])
    assert starts.min() < 75_000 < 110_000 < starts.max()


def made_chains(rng: np.random.Generator, length: int, every: int) -> np.ndarray:
    """Four chains between two rooms, two from each, that cross about every so manieth sweep (0: never)."""
    crossed = rng.random((4, length)) < (1 / every if every else 0)
    return (
        1000.0 + 500 * ((np.array([[0], [0], [1], [1]]) + crossed.cumsum(axis=1)) % 2) + rng.normal(0, 20, (4, length))
    )


def test_ladder_is_worth_its_cost_only_where_it_gives_more_for_it():
    rng = np.random.default_rng(8)
    assert ladder.mixes(made_chains(rng, 2000, 20))
    assert not ladder.mixes(made_chains(rng, 2000, 1000))
    assert not ladder.mixes(made_chains(rng, 2000, 0))
    assert ladder.crosses(made_chains(rng, 6000, 300))
    assert not ladder.crosses(made_chains(rng, 6000, 0))
    assert ladder.pays(made_chains(rng, 6000, 0), made_chains(rng, 1000, 50))
    assert not ladder.pays(
        made_chains(rng, 6000, 100), made_chains(rng, 1000, 100)
    )  # as good by the sweep, of which it takes six
    assert not ladder.pays(made_chains(rng, 6000, 300), made_chains(rng, 1000, 0))


@needs_numba
@pytest.mark.parametrize(("alone", "laddered", "tempers"), [(4, 0, False), (300, 20, False), (0, 30, True)])
def test_latent_chains_temper_where_the_trial_says_so(monkeypatch, alone, laddered, tempers):
    rng = np.random.default_rng(9)
    cost = {False: 0, True: 0}

    def trial(self, chains, powers, sweeps):
        cost[len(powers) > 1] += len(powers) * sweeps
        assert all(chain.state.lam.shape[0] == len(powers) for chain in chains)
        return made_chains(rng, sweeps, laddered if len(powers) > 1 else alone)

    monkeypatch.setattr(Sampler, "_trial", trial)
    found = Sampler(TINY, seed=1)
    assert (len(found.powers) > 1) == tempers
    if not tempers:  # chains that mix end the trial, and chains that cross need no other
        assert cost == {False: ladder.TRIALS[0] if alone == 4 else sum(ladder.TRIALS), True: 0}
    else:
        assert 0.95 * cost[False] < cost[True] <= cost[False] == sum(ladder.TRIALS)


@needs_numba
def test_latent_trial_leaves_the_chains_as_scouts_left_them():
    table = read_histories(shipped("korea")).whole
    tried, fixed = Sampler(table, seed=2), Sampler(table, seed=2, powers=[1.0])
    assert len(tried.powers) == 1
    for one, other in zip(tried.chains, fixed.chains, strict=True):
        assert all(np.array_equal(a, b) for a, b in zip(one.state, other.state, strict=True))


@needs_numba
def test_latent_same_draws_on_any_number_of_threads():
    for powers in ([1.0, 0.4], None):
        one, two = (Sampler(TINY, seed=9, powers=powers, threads=k) for k in (1, 3))
        for s in (one, two):
            s.advance(300)
            s.advance(200)
        assert np.array_equal(one.draws().total, two.draws().total)


@needs_numba
def test_latent_forty_lists():
    rng = np.random.default_rng(1)
    members = [{f"L{j}" for j in range(40) if rng.random() < 0.06} for _ in range(300)]
    table = ListTable.from_memberships([m for m in members if m])
    found = sample(table, seed=1, ess=100, rhat=1.1, rungs=1, time_limit=20)
    low, high = np.quantile(found.total, [0.005, 0.995])
    assert low < 300 < high * 1.02


def test_latent_that_does_not_converge_has_no_number():
    rng = np.random.default_rng(2)
    apart = 100 + rng.poisson(5, size=(4, 500)) + np.array([[0], [0], [300], [300]])
    stuck = Draws(
        apart.astype(float), np.ones((4, 500)), np.ones((4, 500)), 700, np.ones(1), np.zeros(1), {}, 0, 1.0, False
    )
    found = describe(TINY, stuck, Options())
    assert found.estimate.n_hat is None
    assert "R-hat" in found.failures[0]
    assert not found.estimate.diagnostics["converged"]
    assert found.estimate.diagnostics["bimodal"]
    said = peaks(found.estimate.diagnostics)
    assert said.startswith("separate peaks: near 105 (50 % of the draws), near 405 (50 %)")
    assert said.endswith("not settled")


def test_latent_modes_are_counted():
    rng = np.random.default_rng(3)
    one = np.exp(rng.normal(8, 0.2, 20000))
    two = np.concatenate([one, np.exp(rng.normal(10, 0.1, 5000))])
    assert len(modes(one)) == 1
    found = modes(two)
    assert [round(m["share"], 1) for m in found] == [0.8, 0.2]


def test_diagnostics_tell_mixed_from_unmixed_chains():
    rng = np.random.default_rng(4)
    good = rng.standard_normal((4, 2000))
    assert diagnostics.rhat(good) < 1.01
    assert diagnostics.rhat(good + np.arange(4)[:, None]) > 1.5
    assert diagnostics.rhat(good * np.array([[1], [1], [1], [5]])) > 1.05
    walk = np.empty((4, 4000))
    walk[:, 0] = 0
    for t in range(1, 4000):
        walk[:, t] = 0.9 * walk[:, t - 1] + rng.standard_normal(4)
    assert 0.6 < diagnostics.ess_bulk(walk) / (16000 * 0.1 / 1.9) < 1.6  # an AR(1) chain has n (1 - r) / (1 + r)
