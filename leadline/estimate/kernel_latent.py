"""Inner loop of the latent-class sampler: tempered chains of Gibbs sweeps and Hamiltonian steps.

The model is Manrique-Vallier's: K classes, within class k the lists are independent with rates lambda_jk ~ U(0, 1),
weights by stick-breaking V_k ~ Beta(1, alpha), alpha ~ Gamma(a, b), p(N) proportional to 1/N, the number of unseen
unlimited.

A round of one rung is, each step leaving that rung's posterior invariant:

- a Gibbs sweep with labels (`kernel_labels`). A rung counts the likelihood as a power below 1; the sweep uses the powered
  counts rounded to whole numbers and is accepted or refused as one for what the rounding left. It is reversible as one
  step (labels and unseen given parameters, places, concentration, places, parameters given labels), which that needs;
- Hamiltonian steps with labels and unseen integrated out (`kernel_hamilton`), exact at any power;
- births and deaths of classes (`kernel_moves`);
- where the posterior has rooms, a jump between them (`kernel_jump`).

Then neighbouring rungs exchange states, even and odd pairs in turn.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from leadline.compiled import jit
from leadline.estimate.kernel_hamilton import Phase, trajectory
from leadline.estimate.kernel_jump import jump
from leadline.estimate.kernel_labels import Labels, sweep
from leadline.estimate.kernel_moves import EMPTY, Births, births_and_deaths, log_add
from leadline.estimate.kernel_random import seed_draws
from leadline.estimate.kernel_rooms import Jump

BIRTHS = 5  # births and deaths tried after each sweep
JUMP_WORK = 30_000  # rooms times squared coordinates beyond which a jump is not tried every time, for what it costs
ACCEPTANCE = 0.8  # the share of accepted trajectories that the step is tuned to


class State(NamedTuple):
    """Parameters of all rungs of a chain: logs of rates, of their complements (R, J, K), of weights (R, K); alpha (R,).

    `at` (R,) is the state that each rung holds, `direction` (R,) the end of the ladder that a state last visited.
    """

    lam: Any
    rest: Any
    nu: Any
    alpha: Any
    at: Any
    direction: Any


class Record(NamedTuple):
    """What a run writes: unseen, classes and alpha of rung 0 by sweep, exchanges tried and refused, moves tried and accepted.

    `moves` (6, 2): Hamiltonian, births and deaths, powered sweeps, jumps, those to another room, round trips; `steps` (R,) the Hamiltonian steps.
    """

    unseen: Any
    classes: Any
    alpha: Any
    tried: Any
    refused: Any
    moves: Any
    steps: Any


class Mixture(NamedTuple):
    """The classes of one state against the patterns.

    `base`, `unseen`, `seen` (K): log probability of no list, and logs of weight x probability unseen or seen; `odds`
    (J, K) log odds; `weight` (M, K) unnormalised weights of the classes for each pattern; `log_p` (M) log probability
    of each pattern.
    """

    base: Any
    unseen: Any
    seen: Any
    odds: Any
    weight: Any
    log_p: Any


@jit
def weigh(lam: Any, rest: Any, nu: Any, starts: Any, members: Any, mix: Any) -> float:
    """Fill `mix` for one state; returns log p(seen)."""
    J, K = lam.shape
    total = EMPTY
    for k in range(K):
        s = 0.0
        for j in range(J):
            s += rest[j, k]
            mix.odds[j, k] = lam[j, k] - rest[j, k]
        mix.base[k] = s
        mix.unseen[k] = nu[k] + s
        q = -math.expm1(s)
        mix.seen[k] = nu[k] + (math.log(q) if q > 0.0 else EMPTY)
        total = log_add(total, mix.seen[k])
    for c in range(len(mix.log_p)):
        top = EMPTY
        for k in range(K):
            s = mix.unseen[k]
            for i in range(starts[c], starts[c + 1]):
                s += mix.odds[members[i], k]
            mix.weight[c, k] = s
            top = max(top, s)
        p = 0.0
        for k in range(K):
            d = mix.weight[c, k] - top
            w = math.exp(d) if d > -700.0 else 0.0
            mix.weight[c, k] = w
            p += w
        mix.log_p[c] = top + math.log(p)
    return float(total)


@jit
def seen_fit(f: Any, log_p: Any, log_seen: float) -> float:
    """Log likelihood of counts `f` given that the records are seen."""
    s = 0.0
    for c in range(len(f)):
        s += f[c] * (log_p[c] - log_seen)
    return s


@jit
def exchange(turn: int, f: Any, log_p: Any, state: Any, record: Any) -> None:
    """Neighbouring rungs exchange states; `log_p` (R, M) of each state given seen."""
    R, M = f.shape
    at = state.at
    for r in range(turn % 2, R - 1, 2):
        value = 0.0
        for c in range(M):
            value += (f[r, c] - f[r + 1, c]) * (log_p[at[r + 1], c] - log_p[at[r], c])
        record.tried[r] += 1.0
        record.refused[r] += 1.0 - math.exp(min(value, 0.0))
        if math.log(1.0 - np.random.random()) < value:  # noqa: NPY002
            at[r], at[r + 1] = at[r + 1], at[r]
    if state.direction[at[R - 1]] == 0:
        state.direction[at[R - 1]] = 1
    if state.direction[at[0]] == 1:
        state.direction[at[0]] = 0
        record.moves[5, 1] += 1.0


@jit
def run_chain(
    seed: int, sweeps: int, f: Any, starts: Any, members: Any, a: float, b: float, state: Any, accelerate: bool,
    length: float, longest: float, adapt: float, rooms: Any, record: Any,
) -> None:  # fmt: skip
    """Run `sweeps` rounds of all rungs in place and record rung 0.

    f (R, M) powered counts of each rung (rung 0 whole numbers); `length` and `longest` of a trajectory (in step x
    number, and in number); `adapt` the gain with which steps are tuned, 0 for a run that counts.
    """
    seed_draws(seed)
    R, M = f.shape
    J, K = state.lam.shape[1:]
    mix = Mixture(np.empty(K), np.empty(K), np.empty(K), np.empty((J, K)), np.empty((M, K)), np.empty(M))
    labels = Labels(
        np.empty((J, K)), np.empty(K), np.empty(K), np.empty(K), np.empty(K), np.zeros(2)
    )  # fmt: skip
    path = Phase(
        np.empty((J, K)), np.empty(K), np.empty((J, K)), np.empty(K), np.empty((J, K)), np.empty(K), np.empty((J, K)),
        np.empty((J, K)), np.empty(K), np.empty(K), np.empty(K), np.empty(K), np.empty(K),
    )  # fmt: skip
    births = Births(
        np.empty(M), np.empty(M), np.empty(M), np.empty(J), np.empty(J), np.empty(J), np.empty(J), np.empty(J),
        np.empty(J), np.empty(K), np.empty(K), np.empty(K), np.empty(3),
    )  # fmt: skip
    T, D = rooms.mean.shape
    S = rooms.centre.shape[1]
    jumps = Jump(
        np.empty(D), np.empty(D), np.empty(S, dtype=np.int64), np.empty(S, dtype=np.int64), np.empty(K, dtype=np.int64),
        np.empty((J, S)), np.empty((J, S)), np.empty((M, S)), np.empty(K), np.empty(K), np.empty(K), np.empty(K, dtype=np.int64),
        np.empty(K), np.empty(K), np.empty(T),
    )  # fmt: skip
    often = JUMP_WORK / max(T * D * D, 1)
    old_lam = np.empty((J, K))
    old_rest = np.empty((J, K))
    old_nu = np.empty(K)
    log_p = np.empty((R, M))
    whole = np.empty((R, M))  # counts of the Gibbs sweep
    left = np.empty((R, M))  # what rounding left
    for r in range(R):
        for c in range(M):
            whole[r, c] = np.floor(f[r, c] + 0.5)
            left[r, c] = f[r, c] - whole[r, c]
    for t in range(sweeps):
        for r in range(R):
            z = state.at[r]
            lam, rest, nu = state.lam[z], state.rest[z], state.nu[z]
            log_seen = weigh(lam, rest, nu, starts, members, mix)
            rounded = False
            for c in range(M):
                if left[r, c] != 0.0:
                    rounded = True
            before = 0.0
            if rounded:
                before = seen_fit(left[r], mix.log_p, log_seen)
                old_lam[:, :] = lam
                old_rest[:, :] = rest
                old_nu[:] = nu
            alpha = sweep(
                whole[r], lam, rest, nu, state.alpha[z], starts, members, a, b, accelerate, mix.unseen, mix.weight, log_seen,
                labels,
            )  # fmt: skip
            if r == 0:
                record.unseen[t] = labels.found[0]
                record.classes[t] = labels.found[1]
                record.alpha[t] = alpha
            if not accelerate:
                state.alpha[z] = alpha
                continue
            if rounded:
                log_seen = weigh(lam, rest, nu, starts, members, mix)
                record.moves[2, 0] += 1.0
                if math.log(1.0 - np.random.random()) < seen_fit(left[r], mix.log_p, log_seen) - before:  # noqa: NPY002
                    record.moves[2, 1] += 1.0
                else:
                    alpha = state.alpha[z]
                    lam[:, :] = old_lam
                    rest[:, :] = old_rest
                    nu[:] = old_nu
            chance, alpha = trajectory(
                record.steps[r], min(max(length / record.steps[r], 1.0), longest), lam, rest, nu, alpha, f[r], starts, members, a,
                b, path,
            )  # fmt: skip
            if chance >= 0.0:
                record.moves[0, 0] += 1.0
                record.moves[0, 1] += chance
                record.steps[r] *= math.exp(adapt * (chance - ACCEPTANCE))
            state.alpha[z] = alpha
            log_seen = weigh(lam, rest, nu, starts, members, mix)
            births_and_deaths(
                BIRTHS, lam, rest, nu, alpha, log_seen, f[r], starts, members, mix.weight, mix.log_p, mix.seen, births,
                record.moves[1],
            )  # fmt: skip
            if T > 1 and (often >= 1.0 or np.random.random() < often):  # noqa: NPY002
                jump(
                    lam, rest, nu, alpha, f[r], starts, members, mix.weight, mix.log_p, mix.seen, mix.odds, rooms, jumps, births,
                    record.moves[3:5],
                )  # fmt: skip
            for c in range(M):
                log_p[z, c] = mix.log_p[c]
        if R > 1:
            exchange(t, f, log_p, state, record)
