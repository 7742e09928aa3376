"""The latent-class model: sampler set-up, scouts and trials, rounds until convergence or the end of the time.

Manrique-Vallier (2016), doi:10.1111/biom.12502.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import numpy.typing as npt

from leadline.estimate import diagnostics, ladder, rooms
from leadline.estimate.kernel_latent import Record, State, run_chain
from leadline.estimate.latent_draws import MOVES, Chain, Draws, Prior
from leadline.estimate.tables import Floats, ListTable
from leadline.progress import SILENT, Progress

LENGTH = 2.0  # of a trajectory at most, step times number; and the number at most
LONGEST = 80.0
FIRST_STEP = 0.03
TUNING = ((0.05, 300), (0.02, 200))  # gain and sweeps in which a chain tunes its steps, which are thrown away
SCOUTS = 32  # short chains that look for rooms before the chains start, and the sweeps by which they are judged
SCOUTED = 50
FULL_SCOUTS, FEWEST = 400, 8  # patterns up to which there are so many; beyond, where a sweep costs more, as few as this
CLOUD = 400  # draws, two sweeps apart, from which the shape of a room is learned
FIRST_ROUND = 1000
WARM_UP = 0.25  # share of each chain that is thrown away
TRIPS = 5  # round trips up and down the ladder for each chain, without which agreement may be common blindness
MOST_SWEEPS = 4_000_000


class Sampler:
    """Tempered chains of one table; deterministic given the seed, whatever the number of threads.

    `powers` fixes the rungs (the first is 1), `rungs` their number; without both a trial chooses. `accelerate=False` with one rung is the
    plain Gibbs sampler of LCMCR without its cap.
    """

    def __init__(
        self,
        table: ListTable,
        prior: Prior | None = None,
        *,
        seed: int = 1,
        chains: int = 4,
        powers: npt.ArrayLike | None = None,
        rungs: int = 0,
        accelerate: bool = True,
        threads: int = 2,
    ) -> None:
        self.table, self.prior, self.seed = table, prior or Prior(), seed
        self.accelerate, self.threads = accelerate, threads
        times = table.patterns.sum(axis=1)
        self.starts = np.concatenate([[0], np.cumsum(times)]).astype(np.int64)
        self.members = np.nonzero(table.patterns)[1].astype(np.int64)
        self.rooms = rooms.none(table.n_lists)
        self.calls = 2
        began = time.process_time()
        found = self._dispersed(chains) if accelerate else [self._start(c, 1) for c in range(chains)]
        if powers is not None:
            self.powers = np.asarray(powers, dtype=np.float64)
        elif rungs or not accelerate:
            self.powers = self._ladder(rungs)
        else:
            self.powers = self._by_trial(found)
        self.chains = [self._on_every_rung(chain, len(self.powers)) for chain in found]
        self.seconds = time.process_time() - began
        self.tried = np.zeros(max(len(self.powers) - 1, 1))
        self.refused = np.zeros_like(self.tried)
        self.tally = np.zeros((len(MOVES) + 1, 2))

    def _start(self, c: int, rungs: int) -> Chain:
        """Different starts in turn: anywhere, with nearly everybody unseen, with few unseen, in one class."""
        J, K = self.table.n_lists, self.prior.classes
        rng = np.random.default_rng([self.seed, 77, c])
        spread = ((-3.0, 3.0), (-9.0, -4.0), (0.0, 2.0), (-6.0, 0.0))[c % 4]
        logit = rng.uniform(*spread, size=(rungs, J, K))
        weights = rng.dirichlet(np.full(K, 0.05 if c % 4 == 3 else 1.0), size=rungs)
        state = State(
            -np.logaddexp(0.0, -logit), -np.logaddexp(0.0, logit), np.log(np.maximum(weights, 1e-30)),
            np.full(rungs, (1.0, 0.1, 3.0, 0.01)[c % 4]), np.arange(rungs), np.zeros(rungs, dtype=np.int64),
        )  # fmt: skip
        return Chain(state, np.full(rungs, FIRST_STEP))

    def _dispersed(self, chains: int) -> list[Chain]:
        """Chains that start as far apart as scouts ended: at the smallest total, the largest, and between.

        Scouts are short chains without tempering from different places. What rooms the posterior has, some of them end in;
        R-hat of chains that start in different rooms is near 1 only if the chains cross. Where scouts disagree, they tell
        the shape of their rooms, between which the chains will jump.
        """
        self.calls += 1
        many = int(np.clip(SCOUTS * FULL_SCOUTS // max(len(self.table.counts), 1), max(chains, FEWEST), SCOUTS))
        scouts = [self._start(c, 1) for c in range(many)]
        with ThreadPoolExecutor(self.threads) as pool:
            ends = np.array(list(pool.map(lambda c: self._tune(scouts[c], c, np.ones(1)), range(many))))
            if rooms.apart(self.table.n + ends[:, SCOUTED:]):
                self.rooms = rooms.learn(list(pool.map(lambda c: self._cloud(scouts[c], c), range(many))))
        order = np.argsort(np.median(ends[:, -SCOUTED:], axis=1), kind="stable")
        order = order[np.linspace(0, many - 1, chains).round().astype(int)]
        return [scouts[i] for i in order]

    @staticmethod
    def _on_every_rung(chain: Chain, rungs: int) -> Chain:
        """The state of one rung on all rungs, a copy."""
        lam, rest, nu, alpha = (np.repeat(part[:1], rungs, axis=0) for part in chain.state[:4])
        state = State(lam, rest, nu, alpha, np.arange(rungs), np.zeros(rungs, dtype=np.int64))
        return Chain(state, np.repeat(chain.steps[:1], rungs))

    def _by_trial(self, found: list[Chain]) -> Floats:
        """Powers by a trial on copies of the chains: none where they cross without, else what gave more for the same cost."""
        alone, cost = [self._on_every_rung(chain, 1) for chain in found], 0
        totals = np.empty((len(found), 0))
        for sweeps in ladder.TRIALS:
            cost += sweeps
            totals = np.hstack([totals, self._trial(alone, np.ones(1), sweeps)])
            if ladder.mixes(totals[:, int(WARM_UP * cost) :]):
                return np.ones(1)
        if ladder.crosses(totals[:, int(WARM_UP * cost) :]):
            return np.ones(1)
        powers = self._ladder(0)
        self.calls += 1
        laddered = [self._on_every_rung(chain, len(powers)) for chain in found]
        with ThreadPoolExecutor(self.threads) as pool:
            list(pool.map(lambda c: self._tune(laddered[c], c, powers), range(len(found))))
        given = self._trial(laddered, powers, cost // len(powers))
        pays = ladder.pays(totals[:, int(WARM_UP * cost) :], given[:, int(WARM_UP * given.shape[1]) :])
        return powers if pays else np.ones(1)

    def _trial(self, chains: list[Chain], powers: Floats, sweeps: int) -> Floats:
        """Advance chains that are thrown away; totals, chains x sweeps."""
        self.calls += 1
        with ThreadPoolExecutor(self.threads) as pool:
            jobs = [pool.submit(self._run, chain, c, powers, sweeps) for c, chain in enumerate(chains)]
            return self.table.n + np.array([job.result().unseen for job in jobs])

    def _cloud(self, chain: Chain, number: int) -> rooms.Cloud:
        """Where a scout goes, draw by draw."""
        places, shares, unseen = [], [], []
        for t in range(CLOUD):
            self._run(chain, 1000 * (t + 1) + number, np.ones(1), 2)
            lam, rest, nu = (part[0] for part in chain.state[:3])
            none = rest.sum(axis=0)
            held = nu + np.log(-np.expm1(none))
            seen = np.logaddexp.reduce(held)
            places.append(np.exp(lam / 3) - np.exp(rest / 3))
            shares.append(held - seen)
            unseen.append(np.logaddexp.reduce(nu + none) - seen)
        return np.array(places), np.array(shares), np.array(unseen)

    def _tune(self, chain: Chain, number: int, powers: Floats) -> Floats:
        """Tune the steps of a chain; returns the unseen numbers of the last part."""
        unseen = np.empty(0)
        for turn, (gain, sweeps) in enumerate(TUNING):
            unseen = self._run(chain, 100 * (turn + 1) + number, powers, sweeps, gain).unseen
        return unseen

    def _run(self, chain: Chain, number: int, powers: Floats, sweeps: int, gain: float = 0.0) -> Record:
        """Advance one chain; returns what it recorded, so that threads share nothing."""
        pairs = max(len(powers) - 1, 1)
        record = Record(
            np.empty(sweeps), np.empty(sweeps), np.empty(sweeps), np.zeros(pairs), np.zeros(pairs),
            np.zeros((len(MOVES) + 1, 2)), chain.steps,
        )  # fmt: skip
        seed = int(np.random.SeedSequence([self.seed, self.calls, number]).generate_state(1)[0])
        run_chain(
            seed, sweeps, np.outer(powers, self.table.counts.astype(np.float64)), self.starts, self.members,
            self.prior.shape, self.prior.rate, chain.state, self.accelerate, LENGTH, LONGEST, gain, self.rooms, record,
        )  # fmt: skip
        return record

    def _ladder(self, rungs: int) -> Floats:
        """Powers of a ladder, by pilots of one chain."""
        if rungs == 1 or not self.accelerate:
            return np.ones(1)
        used = self.calls

        def pilot(number: int, sweeps: int, powers: Floats) -> Floats:
            self.calls = number
            chain = self._start(0, len(powers))
            self._run(chain, 1000, powers, 200, gain=0.05)
            found = self._run(chain, 1001, powers, sweeps)
            return np.asarray(found.refused / np.maximum(found.tried, 1.0))

        powers = ladder.spaced(rungs, pilot)
        self.calls = used
        return powers

    def _advance(self, chain: Chain, number: int, sweeps: int) -> Record:
        """Tune a new chain's steps, then run it."""
        if not chain.tuned and self.accelerate:
            self._tune(chain, number, self.powers)
            chain.tuned = True
        return self._run(chain, number, self.powers, sweeps)

    def advance(self, sweeps: int) -> None:
        """Run every chain `sweeps` sweeps further."""
        self.calls += 1
        began = time.process_time()
        with ThreadPoolExecutor(self.threads) as pool:
            jobs = [pool.submit(self._advance, chain, c, sweeps) for c, chain in enumerate(self.chains)]
            for chain, job in zip(self.chains, jobs, strict=True):  # in order: sums do not depend on who was faster
                record = job.result()
                chain.unseen.append(record.unseen)
                chain.occupied.append(record.classes)
                chain.concentration.append(record.alpha)
                self.tried += record.tried
                self.refused += record.refused
                self.tally += record.moves
        self.seconds += time.process_time() - began

    def draws(self, reached: bool = False) -> Draws:
        """What has been recorded, without the warm-up."""
        unseen = np.array([np.concatenate(c.unseen) for c in self.chains])
        first = int(WARM_UP * unseen.shape[1])
        moves = self.tally[: len(MOVES)]
        return Draws(
            self.table.n + unseen[:, first:],
            np.array([np.concatenate(c.occupied) for c in self.chains])[:, first:],
            np.array([np.concatenate(c.concentration) for c in self.chains])[:, first:],
            unseen.shape[1],
            self.powers,
            self.refused / np.maximum(self.tried, 1.0),
            {m: float(a / t) for m, (t, a) in zip(MOVES, moves, strict=True) if t},
            int(self.tally[-1, 1]),
            self.seconds,
            reached,
        )


def sample(
    table: ListTable,
    prior: Prior | None = None,
    *,
    seed: int = 1,
    chains: int = 4,
    rungs: int = 0,
    threads: int = 2,
    time_limit: float = 75.0,
    rhat: float = 1.01,
    ess: float = 1000.0,
    progress: Progress = SILENT,
    clock: Callable[[], float] = time.monotonic,
) -> Draws:
    """Sample in growing rounds until R-hat and the effective sizes (bulk and tail) are reached, or the time is over.

    The clock decides only whether another round starts; a run that reaches its target gives the same draws every time.

    >>> t = ListTable.of(("A", "B", "C"), {(1,1,1): 12, (1,1,0): 54, (1,0,0): 31, (0,1,0): 3, (0,1,1): 18, (0,0,1): 5})
    >>> bool(sample(t, Prior(classes=2), rungs=1, ess=100).total.min() >= t.n)
    True
    """
    began = clock()
    progress.begin("latent classes, looking for rooms", None)
    sampler = Sampler(table, prior, seed=seed, chains=chains, rungs=rungs, threads=threads)
    progress.begin("latent-class sweeps", None)
    size = FIRST_ROUND
    total = 0
    while True:
        started = clock()
        sampler.advance(size)
        total += size
        progress.advance(size * chains)
        found = sampler.draws()
        s = diagnostics.thinned_summary(found.total)
        if (
            s["rhat"] <= rhat
            and min(s["ess"], s["ess_tail"]) >= ess
            and found.trips >= TRIPS * chains * (len(found.powers) > 1)
        ):
            return sampler.draws(reached=True)
        now = clock()
        left = time_limit - (now - began)
        per_sweep = (now - started) / size
        size = int(total * 0.5)
        if per_sweep * size > left or total + size > MOST_SWEEPS:
            size = int(left / max(per_sweep, 1e-9) * 0.9)
            if size < total * 0.1 or total + size > MOST_SWEEPS:
                return found
