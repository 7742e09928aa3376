"""Jumps between rooms are reversible: the ratio of each jump against densities, draws and a numerical Jacobian, and its way back.

A jump from x with the draws u leads to y, and the draws u' lead from y back to x. It leaves the posterior as it is if its
log ratio is that of posterior(y) p(u') to posterior(x) p(u) plus the log determinant of (y, u') by (x, u) (Green 1995,
doi:10.1093/biomet/82.4.711). Here every part of that is computed plainly: the posterior as it is written down, p(u) of raw
uniform and normal numbers that the jump is made to read from a script, the determinant by differences. The jump itself runs
as plain Python, so that a factor of its ratio can be broken on purpose: each broken one must be told.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import count
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from latent_made import TINY, jump_space, made_rooms, marginal_density

from leadline.estimate import kernel_jump, kernel_rooms
from leadline.estimate.kernel_latent import weigh

J, K = TINY.n_lists, 4
SIZES = ([3, 1, 2], [2, 2, 1], [1, 3, 3])  # classes of the three rooms
PAIRS = 12  # of each kind: more classes, fewer, as many
LAST = "if not math.log(1.0 - np.random.random()) < ratio:"
STARTS = np.concatenate([[0], np.cumsum(TINY.patterns.sum(axis=1))]).astype(np.int64)
MEMBERS = np.nonzero(TINY.patterns)[1]


@dataclass(frozen=True)
class State:
    """Log odds of the rates (J, K), stick logits (K - 1), log concentration."""

    odds: np.ndarray
    z: np.ndarray
    log_alpha: float

    def parameters(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Logs of rates, complements and weights."""
        stick = np.log1p(np.exp(self.z)) / np.exp(self.log_alpha)
        left = np.concatenate([[0.0], -np.cumsum(stick)])
        nu = left + np.concatenate([np.log(-np.expm1(-stick)), [0.0]])
        return -np.logaddexp(0, -self.odds), -np.logaddexp(0, self.odds), nu

    def shares(self) -> np.ndarray:
        """Log shares of the seen records."""
        _, rest, nu = self.parameters()
        held = nu + np.log(-np.expm1(rest.sum(axis=0)))
        return np.asarray(held - np.logaddexp.reduce(held))

    def flat(self) -> np.ndarray:
        return np.concatenate([self.odds.ravel(), self.z])

    def at(self, flat: np.ndarray) -> State:
        """Another place with the same concentration."""
        return State(flat[: J * K].reshape(J, K), flat[J * K :], self.log_alpha)

    def log_posterior(self) -> float:
        return marginal_density(TINY, self.odds, self.z, self.log_alpha)


@dataclass(frozen=True)
class Draws:
    """What a jump draws: rooms; which of the classes left it takes and their places in the order of sticks; the rest."""

    here: int
    there: int
    taken: tuple[int, ...]
    places: tuple[int, ...]
    free: np.ndarray

    def script(self, sizes: Sequence[int]) -> list[float]:
        """The raw numbers in the order in which the jump reads them."""
        raw = [(self.there - (self.there > self.here) + 0.5) / (len(sizes) - 1)]
        if sizes[self.there] < sizes[self.here]:
            return [*raw, *self.free, *((place + 0.5) / K for place in self.places)]
        for i, (taken, place) in enumerate(zip(self.taken, self.places, strict=True)):
            raw += [(taken + 0.5) / (K - sizes[self.here] - i), *[0.0] * place, *[0.999] * (place < K - 1)]
        return [*raw, *self.free]

    def log_probability(self, x: State, rooms: Any, jumps: Any) -> float:
        """Of all that is drawn, but for the other room, which is drawn the same way back."""
        before, after = rooms.size[self.here], rooms.size[self.there]
        value = room_probabilities(x, rooms, jumps)[self.here]
        if after < before:
            normals = self.free.reshape(before - after, J + 1)[:, 0]
            return value - (before - after) * math.log(K) - float((0.5 * normals**2 + 0.5 * np.log(2 * np.pi)).sum())
        further = kernel_jump.FURTHER
        for i, place in enumerate(self.places):
            value -= math.log(K - before - i)
            value += math.log(further**place * (1 if place == K - 1 else 1 - further))
        return value - float((0.5 * self.free**2 + 0.5 * np.log(2 * np.pi)).sum())


@cache
def source() -> str:
    """Rooms and jumps as one piece of plain Python, the ratio of a jump kept and every jump accepted."""
    texts = [
        Path(m.__file__).read_text(encoding="utf-8").split("import annotations\n", 1)[1]
        for m in (kernel_rooms, kernel_jump)
    ]
    text = "\n".join(texts).replace("@jit\n", "")
    ours = "from leadline.estimate.kernel_rooms import"
    assert text.count(LAST) == text.count(ours) == 1
    text = "\n".join(line for line in text.splitlines() if not line.startswith(ours))
    return text.replace(LAST, "KEPT.append(ratio)\n    if False:")


def plain(old: str = "", new: str = "") -> dict[str, Any]:
    """The names of rooms and jumps as plain Python, the first of one piece replaced."""
    assert old in source(), old
    names: dict[str, Any] = {"KEPT": [], "__name__": "plain_jumps"}
    exec(compile(source().replace(old, new, 1), "plain_jumps", "exec"), names)  # our own files
    return names


def room_probabilities(x: State, rooms: Any, jumps: Any) -> np.ndarray:
    """Log probabilities with which a state is taken to be in each room: any would do, if both ways take the same."""
    lam, rest, _ = x.parameters()
    jumps.slope[:] = [sum(kernel_rooms.log_slope(lam[j, k], rest[j, k]) for j in range(J)) for k in range(K)]
    kernel_rooms.locate(np.exp(lam / 3) - np.exp(rest / 3), x.shares(), rooms, jumps)
    return np.array(jumps.near)


def run(names: dict[str, Any], x: State, draws: Draws, rooms: Any, space: Any) -> tuple[State, float] | None:
    """Where a jump leads and its log ratio; None where it is refused before that."""
    mix, jumps, births = space
    lam, rest, nu = x.parameters()
    log_seen = weigh(lam, rest, nu, STARTS, MEMBERS, mix)
    p = np.exp(mix.log_p - log_seen)
    joint = mix.weight * (p / mix.weight.sum(axis=1))[:, None]
    script = iter(draws.script(rooms.size))
    fresh = SimpleNamespace(random=lambda: next(script), standard_normal=lambda: next(script))
    names |= {"np": SimpleNamespace(random=fresh, inf=math.inf), "pick": lambda _near, _n: draws.here}
    names["KEPT"].clear()
    names["jump"](
        lam, rest, nu, math.exp(x.log_alpha), TINY.counts.astype(float), STARTS, MEMBERS, joint, np.log(p), x.shares(),
        np.empty((J, K)), rooms, jumps, births, np.zeros((2, 2)),
    )  # fmt: skip
    if not names["KEPT"]:
        return None
    assert next(script, None) is None, "the jump reads other numbers than the script has"
    left = np.logaddexp.accumulate(nu[::-1])[::-1]
    stick = np.log1p(np.exp(nu[:-1] - left[1:]))
    return State(lam - rest, np.log(np.expm1(stick * math.exp(x.log_alpha))), x.log_alpha), names["KEPT"][0]


def draws_back(x: State, draws: Draws, at: Sequence[int], rooms: Any) -> Draws:
    """The draws that lead back to x; `at` are the classes of x that the jump dealt with."""
    before, after = int(rooms.size[draws.here]), int(rooms.size[draws.there])
    lam, rest, _ = x.parameters()
    shares = x.shares()
    order, was = list(range(K)), []
    moved = list(at[min(before, after) : max(before, after)])
    for k, place in zip(moved if after > before else moved[::-1], draws.places, strict=True):
        was.append(order.index(k))
        order.remove(k)
        order.insert(place, k)
    if after >= before:  # emptied again, the first one first
        free = []
        for i, k in enumerate(moved, before):
            others = np.logaddexp.reduce([shares[h] for h in [*at[:before], *at[i + 1 : after]]])
            free += [math.log(others - shares[k]) - 2.7, *np.exp(lam[:, k])]
        return Draws(draws.there, draws.here, (), tuple(was[::-1]), np.array(free))
    left = [order.index(k) for k in range(K) if k not in at[:after]]
    left.sort()
    taken = []
    for k in moved:
        taken.append(left.index(order.index(k)))
        left[taken[-1]] = left[-1]
        left.pop()
    place = np.exp(lam / 3) - np.exp(rest / 3)
    y = np.concatenate([np.append(place[:, k], shares[k] - shares[at[0]]) for k in at[:before]])
    y = np.delete(y, J)
    dims = len(y)
    u = np.linalg.solve(rooms.root[draws.here, :dims, :dims], y - rooms.mean[draws.here, :dims])
    return Draws(draws.there, draws.here, tuple(taken), tuple(was[::-1]), u[after * (J + 1) - 1 :])


@dataclass(frozen=True)
class Pair:
    """A jump and its way back, and what its log ratio must be."""

    sizes: tuple[int, ...]
    x: State
    draws: Draws
    y: State
    back: Draws
    ratio: float


def some_draws(rng: np.random.Generator, rooms: Any) -> Draws:
    here, there = (int(i) for i in rng.permutation(len(rooms.size))[:2])
    before, after = rooms.size[here], rooms.size[there]
    some = abs(int(after - before))
    free = rng.normal(size=(some, J + 1)) * 0.7
    if after < before:
        free[:, 1:] = rng.uniform(0.05, 0.95, (some, J))
    taken = tuple(int(rng.integers(K - before - i)) for i in range(some)) if after > before else ()
    return Draws(here, there, taken, tuple(int(i) for i in rng.integers(K, size=some)), free.ravel())


def pair_at(x: State, draws: Draws, sizes: Sequence[int]) -> Pair | None:
    """One jump with all that its ratio must be; None where it is refused."""
    rooms, space, names = made_rooms(list(sizes)), jump_space(J, K, len(TINY.counts), max(sizes)), plain()
    found = run(names, x, draws, rooms, space)
    if found is None:
        return None
    y = found[0]
    at = [int(k) for k in space[1].at[: max(rooms.size[[draws.here, draws.there]])]]
    back = draws_back(x, draws, at, rooms)

    def whole(flat: np.ndarray) -> np.ndarray:
        here = x.at(flat[: J * K + K - 1])
        moved = Draws(draws.here, draws.there, draws.taken, draws.places, flat[J * K + K - 1 :])
        there = run(names, here, moved, rooms, space)
        assert there is not None
        return np.concatenate([there[0].flat(), draws_back(here, moved, at, rooms).free])

    at_x = np.concatenate([x.flat(), draws.free])
    steps = 1e-5 * np.eye(len(at_x))
    slopes = np.array([(whole(at_x + h) - whole(at_x - h)) / 2e-5 for h in steps])
    ratio = y.log_posterior() - x.log_posterior() + np.linalg.slogdet(slopes)[1]
    ratio += back.log_probability(y, rooms, space[1]) - draws.log_probability(x, rooms, space[1])
    return Pair(tuple(sizes), x, draws, y, back, float(ratio))


@cache
def pairs() -> list[Pair]:
    """Random jumps between rooms of more, fewer and as many classes."""
    rng = np.random.default_rng(11)
    kept: dict[int, list[Pair]] = {-1: [], 0: [], 1: []}
    for turn in count():
        sizes = SIZES[turn % len(SIZES)]
        x = State(rng.normal(0, 0.8, (J, K)), rng.normal(0, 1, K - 1), float(rng.normal(0, 0.5)))
        draws = some_draws(rng, made_rooms(sizes))
        kind = int(np.sign(sizes[draws.there] - sizes[draws.here]))
        if len(kept[kind]) < PAIRS and (found := pair_at(x, draws, sizes)) is not None:
            kept[kind].append(found)
        if all(len(some) == PAIRS for some in kept.values()):
            return [one for some in kept.values() for one in some]
    raise AssertionError


def told(names: dict[str, Any]) -> bool:
    """Whether some jump or its way back has another ratio than it must have, or does not lead back."""
    for one in pairs():
        rooms, space = made_rooms(list(one.sizes)), jump_space(J, K, len(TINY.counts), max(one.sizes))
        there = run(names, one.x, one.draws, rooms, space)
        back = run(names, one.y, one.back, rooms, space)
        if there is None or back is None:
            return True
        if not np.allclose(there[0].flat(), one.y.flat(), atol=1e-4) or not np.allclose(
            back[0].flat(), one.x.flat(), atol=1e-4
        ):
            return True
        if abs(there[1] - one.ratio) > 1e-3 or abs(there[1] + back[1]) > 1e-3:
            return True
    return False


def test_latent_jumps_are_reversible_with_the_ratio_that_keeps_the_posterior():
    kinds = {np.sign(len(one.back.places) * (1 if one.draws.taken else -1)) for one in pairs()}
    assert kinds == {-1, 0, 1}
    assert not told(plain())


BROKEN = [
    ("rooms.log_det[there] - rooms.log_det[here] - w.near[here]", "-w.near[here]"),
    ("rooms.log_det[there] - rooms.log_det[here] - w.near[here]", "rooms.log_det[there] - rooms.log_det[here]"),
    ("ratio += w.near[there]", "pass"),
    ("ratio += w.new_shares[k] - shares[k] - w.slope[k]", "ratio += w.new_shares[k] - shares[k]"),
    ("ratio += w.new_shares[k] - shares[k] - w.slope[k]", "ratio += -w.slope[k]"),
    ("ratio += w.slope[k]\n", "pass\n"),
    ("ratio += w.new_weights[k] - w.new_shares[k] - w.old_weights[k] + shares[k]", "pass"),
    ("ratio += f[c] * (math.log(p) - log_p[c])", "pass"),
    ("ratio -= weight_density(", "weight_density("),
    ("ratio += weight_density(", "weight_density("),
    ("ratio += math.log(left)", "pass"),
    ("ratio += w.slope[w.at[i]]", "pass"),
    ("ratio -= log_front(new, K) + math.log(K)", "ratio -= math.log(K)"),
    ("ratio -= log_front(new, K) + math.log(K)", "ratio -= log_front(new, K)"),
    ("ratio += log_emptied(shares[w.at[i]] - others)", "pass"),
    ("ratio += 0.5 * w.u[d - 1] ** 2 + HALF_LOG_TAU", "ratio += 0.5 * w.u[d - 1] ** 2"),
    ("ratio -= log_emptied(x) + math.log(K - i)", "ratio -= log_emptied(x)"),
    ("ratio -= log_emptied(x) + math.log(K - i)", "ratio -= math.log(K - i)"),
    ("ratio -= log_slope(w.new_lam[j, i], w.new_rest[j, i])", "pass"),
    ("ratio += log_front(old, K) + math.log(K)", "ratio += math.log(K)"),
    ("ratio -= 0.5 * w.u[d - 1] ** 2 + HALF_LOG_TAU", "pass"),
    # in both directions at once: the ratios of a jump and its way back still cancel
    ("return -0.5 * (y - 2.7) ** 2 - y - HALF_LOG_TAU", "return -0.5 * (y - 2.7) ** 2 - HALF_LOG_TAU"),
    ("(math.log(1.0 - FURTHER) if at < K - 1 else 0.0)", "math.log(1.0 - FURTHER)"),
    ("return math.log(3.0) + 2.0 / 3.0", "return 2.0 / 3.0"),
    # the way itself
    ("if h < first or h > i:", "if h < first:"),
    ("step = 1 if new > old else -1", "step = 1"),
]  # fmt: skip


@pytest.mark.parametrize("broken", BROKEN, ids=[f"{i:02}" for i in range(len(BROKEN))])
def test_latent_a_broken_factor_of_the_jumps_is_told(broken):
    assert told(plain(*broken))
