"""From pair scores to partitions: the best one, and draws from their posterior.

A partition's probability is taken as proportional to exp of the sum, over all pairs it puts together, of the pair's log
odds (times `power`, since pairs of one cluster repeat each other's evidence). Draws come from a Markov chain that moves
one claim at a time (Gibbs) and splits or merges whole clusters (sequentially allocated, accepted by Metropolis and
Hastings [1]); flipping a coin for each pair and closing the result under transitivity would be no draw from anything.
Components that share no plausible pair are independent and are drawn on their own.

[1] Dahl, Newcomb 2022, doi:10.1080/00949655.2021.1998502; target as in correlation clustering, Bansal, Blum, Chawla 2004,
doi:10.1023/B:MACH.0000033116.57574.95
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components
from scipy.spatial.distance import squareform

Edges = Mapping[tuple[str, str], float]
LARGEST = 1500
"""Components above this size are cut at higher odds until they are smaller; memory is quadratic in it."""
BOUND = 1e6
"""Log odds of a pair that somebody judged: beyond anything that evidence adds up to, and finite, so that sums stay numbers."""
BURN_IN = 20
THIN = 2


def components(nodes: Sequence[str], edges: Edges, floor: float) -> list[list[str]]:
    """Sets of nodes that pairs above `floor` (log odds) connect, each sorted, in order of their smallest node."""
    ordered = sorted(nodes)
    position = {n: i for i, n in enumerate(ordered)}
    kept = [(position[a], position[b]) for (a, b), w in edges.items() if w > floor]
    if not kept:
        return [[n] for n in ordered]
    rows, columns = zip(*kept, strict=True)
    n = len(ordered)
    _, label = connected_components(coo_matrix((np.ones(len(kept)), (rows, columns)), shape=(n, n)), directed=False)
    found: dict[int, list[str]] = {}
    for node, k in zip(ordered, label.tolist(), strict=True):
        found.setdefault(k, []).append(node)
    return sorted(found.values())


def best_partition(nodes: Sequence[str], edges: Edges, *, uncompared: float, threshold: float) -> list[list[str]]:
    """Clusters in which the average log odds of the pairs reach the threshold's, by average linkage.

    `edges` holds log odds (natural) of compared pairs; all other pairs have `uncompared`.

    >>> best_partition(["a", "b", "c"], {("a", "b"): 4.0, ("b", "c"): -6.0}, uncompared=-5.0, threshold=0.5)
    [['a', 'b'], ['c']]
    """
    cut = math.log(threshold / (1 - threshold))
    edges = Indexed.of(edges)
    found = []
    for group in _blocks(nodes, edges, uncompared):
        if len(group) == 1:
            found.append(group)
            continue
        w = _matrix(group, edges, uncompared)
        open_ = np.abs(w) < BOUND / 2
        top = float(w[open_].max(initial=0.0)) + 1.0
        distance = np.where(open_, top - w, BOUND)
        distance[_closure(w, BOUND / 2)[:, None] == _closure(w, BOUND / 2)[None, :]] = 0.0
        label = fcluster(linkage(squareform(distance, checks=False), "average"), top - cut, "distance")
        clusters: dict[int, list[str]] = {}
        for node, k in zip(group, label.tolist(), strict=True):
            clusters.setdefault(k, []).append(node)
        found += clusters.values()
    return sorted(found)


def draw_partitions(
    nodes: Sequence[str], edges: Edges, *, uncompared: float, power: float, draws: int, seed: int
) -> Iterator[tuple[int, str, str]]:
    """Draw, node, and smallest node of its cluster, for every draw and node, ordered by draw and node.

    Each component has its own random stream, from the seed and its members, so that the rest of a heap does not move it.
    """
    edges = Indexed.of(edges)
    chains = []
    for group in _blocks(nodes, edges, uncompared):
        if len(group) > 1:
            digest = hashlib.sha256("\n".join(group).encode()).digest()
            rng = np.random.default_rng([seed, int.from_bytes(digest[:8], "big")])
            chains.append((group, sample(_matrix(group, edges, uncompared) * power, draws, rng)))
    placed = {n for group, _ in chains for n in group}
    alone = [n for n in sorted(nodes) if n not in placed]
    for d in range(draws):
        rows = [(n, n) for n in alone]
        for group, states in chains:
            first: dict[int, str] = {}
            for node, k in zip(group, states[d].tolist(), strict=True):
                rows.append((node, first.setdefault(k, node)))
        for node, cluster in sorted(rows):
            yield d, node, cluster


def sample(w: np.ndarray, draws: int, rng: np.random.Generator) -> np.ndarray:
    """Draws of cluster labels (draws x nodes) for a symmetric matrix of log odds; the diagonal is not read.

    Nodes that are bound together (log odds `BOUND`) move as one; nodes bound apart never meet.
    """
    bound = _closure(w, BOUND / 2)
    if bound.max() + 1 < len(w):
        member = np.eye(int(bound.max()) + 1)[bound]
        between = np.where(w > BOUND / 2, 0.0, w)
        return sample(member.T @ between @ member, draws, rng)[:, bound]
    n = len(w)
    w = w.copy()
    np.fill_diagonal(w, 0.0)
    z = np.arange(n)
    out = np.empty((draws, n), dtype=np.int64)
    if _settled(w):
        return np.repeat(_closure(w)[None, :], draws, axis=0)
    for step in range(BURN_IN + draws * THIN):
        for i in rng.permutation(n):
            _gibbs(w, z, int(i), rng)
        for _ in range(max(1, n // 4)):
            _split_merge(w, z, rng)
        if step >= BURN_IN and (step - BURN_IN) % THIN == THIN - 1:
            out[(step - BURN_IN) // THIN] = z
    return out


def _gibbs(w: np.ndarray, z: np.ndarray, i: int, rng: np.random.Generator) -> None:
    """Move one node to a cluster, or to one of its own, in proportion to the target."""
    z[i] = -1
    labels = np.unique(z[z >= 0])
    gains = np.array([*(w[i, z == k].sum() for k in labels), 0.0])
    chosen = _choose(gains, rng)
    if chosen < len(labels):
        z[i] = labels[chosen]
    else:
        used = set(labels.tolist())
        z[i] = next(k for k in range(len(z)) if k not in used)


def _split_merge(w: np.ndarray, z: np.ndarray, rng: np.random.Generator) -> None:
    """Propose to split the cluster of two random nodes, or to merge their two clusters."""
    i, j = (int(x) for x in rng.choice(len(z), 2, replace=False))
    together = z[i] == z[j]
    others = np.array([k for k in np.flatnonzero((z == z[i]) | (z == z[j])) if k not in (i, j)], dtype=np.int64)
    rng.shuffle(others)
    # walk through the members and allocate each to i's or j's side; a merge walks the way the split would have gone
    a, b = [i], [j]
    log_q = 0.0
    for k in others:
        gains = np.array([w[k, a].sum(), w[k, b].sum()])
        p = np.exp(gains - np.logaddexp(gains[0], gains[1]))
        to_a = bool(rng.random() < p[0]) if together else bool(z[k] == z[i])
        log_q += math.log(max(p[0] if to_a else p[1], 1e-300))
        (a if to_a else b).append(int(k))
    between = float(w[np.ix_(a, b)].sum())
    # split: target falls by `between`, proposal had probability exp(log_q); merge is the reverse
    log_accept = -between - log_q if together else between + log_q
    if math.log(max(rng.random(), 1e-300)) < log_accept:
        if together:
            z[b] = next(k for k in range(len(z)) if not (z == k).any())
        else:
            z[b] = z[i]


def _choose(gains: np.ndarray, rng: np.random.Generator) -> int:
    p = np.exp(gains - gains.max())
    return int(min(np.searchsorted(np.cumsum(p), rng.random() * p.sum(), side="right"), len(gains) - 1))


def _settled(w: np.ndarray, sure: float = 12.0) -> bool:
    """Whether every pair is beyond doubt and the pairs agree with each other: then there is one partition."""
    off = ~np.eye(len(w), dtype=bool)
    if (np.abs(w[off]) < sure).any():
        return False
    label = _closure(w)
    return bool(((w > 0) == (label[:, None] == label[None, :]))[off].all())


def _closure(w: np.ndarray, above: float = 0.0) -> np.ndarray:
    _, label = connected_components(w > above, directed=False)
    return np.asarray(label, dtype=np.int64)


def _matrix(group: Sequence[str], edges: Indexed, uncompared: float) -> np.ndarray:
    position = {n: i for i, n in enumerate(group)}
    w = np.full((len(group), len(group)), uncompared)
    for a in group:
        for b, value in edges.near.get(a, ()):
            if b in position:
                w[position[a], position[b]] = w[position[b], position[a]] = value
    return w


def _blocks(nodes: Sequence[str], edges: Indexed, uncompared: float) -> list[list[str]]:
    """Components of pairs that are not near-certain non-matches, cut at higher odds while they are too large."""
    done: list[list[str]] = []
    waiting: list[tuple[Sequence[str], float]] = [(nodes, max(uncompared, -4.0))]
    while waiting:
        some, floor = waiting.pop()
        inside = edges.within(some)
        for group in components(some, inside, floor):
            if len(group) > LARGEST and floor < 12:
                waiting.append((group, floor + 2.0))
            else:
                done.append(group)
    return sorted(done)


class Indexed(dict[tuple[str, str], float]):
    """Edges that know their neighbours."""

    near: dict[str, list[tuple[str, float]]]

    @classmethod
    def of(cls, edges: Edges) -> Indexed:
        """Index edges once; an indexed mapping is returned as it is."""
        if isinstance(edges, Indexed):
            return edges
        found = cls(edges)
        found.near = {}
        for (a, b), w in edges.items():
            found.near.setdefault(a, []).append((b, w))
            found.near.setdefault(b, []).append((a, w))
        return found

    def within(self, nodes: Iterable[str]) -> Edges:
        """The edges among these nodes."""
        wanted = set(nodes)
        if len(wanted) * 2 > len(self.near):
            return {(a, b): w for (a, b), w in self.items() if a in wanted and b in wanted}
        return {(a, b): w for a in sorted(wanted) for b, w in self.near.get(a, ()) if b in wanted and a < b}
