"""From pair scores to partitions: the best one, and draws from their posterior.

A partition's probability is taken as proportional to exp of the sum, over all pairs it puts together, of the pair's log
odds (times `power`, since pairs of one cluster repeat each other's evidence). Parts that share no plausible pair are independent.
A part of up to `ENUMERATED` nodes has so few partitions that all are weighed and drawn from exactly; larger parts have a
Markov chain (`chain.py`). Flipping a coin for each pair and closing the result under transitivity would be no draw from anything.

Target as in correlation clustering, Bansal, Blum, Chawla 2004, doi:10.1023/B:MACH.0000033116.57574.95
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from functools import cache

import numpy as np
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import squareform

from leadline.link.chain import chain
from leadline.link.crowds import clusters
from leadline.link.doubt import in_doubt
from leadline.link.graph import BOUND, Graph, closure

ENUMERATED = 7
"""Parts up to this size are drawn from exactly: seven nodes have 877 partitions."""


def best_partition(graph: Graph, threshold: float) -> np.ndarray:
    """For each node the first node of its cluster: clusters in which the average log odds of the pairs reach the threshold's.

    >>> best_partition(Graph.of("abc", {("a", "b"): 4.0, ("b", "c"): -6.0}, -5.0), 0.5).tolist()
    [0, 0, 2]
    """
    cut = float(np.log(threshold / (1 - threshold)))
    label = np.arange(graph.n)
    for nodes, w in graph.parts():
        if isinstance(w, Graph):
            label[nodes] = _first(nodes, clusters(w, cut))
        elif len(nodes) == 2:
            label[nodes[1]] = nodes[0] if w[0, 1] >= cut else nodes[1]
        elif len(nodes) > 2:
            label[nodes] = _first(nodes, _average_linkage(w, cut))
    return label


def _average_linkage(w: np.ndarray, cut: float) -> np.ndarray:
    open_ = np.abs(w) < BOUND / 2
    top = float(w[open_].max(initial=0.0)) + 1.0
    distance = np.where(open_, top - w, BOUND)
    together = closure(w, BOUND / 2)
    distance[together[:, None] == together[None, :]] = 0.0
    return np.asarray(fcluster(linkage(squareform(distance, checks=False), "average"), top - cut, "distance"))


def _first(nodes: np.ndarray, label: np.ndarray) -> np.ndarray:
    """For each node of a part the first node with its label."""
    _, first, inverse = np.unique(label, return_index=True, return_inverse=True)
    return np.asarray(nodes[first[inverse]])


def draw_partitions(graph: Graph, names: Sequence[str], *, power: float, draws: int, seed: int) -> np.ndarray:
    """Draws x nodes: for every draw and node the first node of its cluster.

    Each part has its own random stream, from the seed and the names of its nodes, so that the rest of a heap does not move it.
    """
    drawn = np.tile(np.arange(graph.n, dtype=np.int32), (draws, 1))
    waiting: dict[int, list[tuple[np.ndarray, np.ndarray]]] = {}
    for nodes, w in graph.parts():
        if isinstance(w, Graph):
            drawn[:, nodes] = nodes[_drawn_crowd(w, [names[k] for k in nodes.tolist()], power, draws, seed)]
        elif 1 < len(nodes) <= ENUMERATED:
            waiting.setdefault(len(nodes), []).append((nodes, w * power))
            if len(waiting[len(nodes)]) >= 4096:
                _enumerate(waiting.pop(len(nodes)), names, drawn, seed)
        elif len(nodes) > ENUMERATED:
            label = sample(w * power, draws, _stream(nodes, names, seed))
            for d in range(draws):
                drawn[d, nodes] = _first(nodes, label[d])
    for parts in waiting.values():
        _enumerate(parts, names, drawn, seed)
    return drawn


def _drawn_crowd(graph: Graph, names: Sequence[str], power: float, draws: int, seed: int) -> np.ndarray:
    """Draws x nodes of a part that is too large for a matrix: the first node of each node's cluster."""
    doubt = in_doubt(graph, 0.0, power)
    _, first = np.unique(doubt.of_row, return_index=True)
    stands = np.tile(np.arange(len(first)), (draws, 1))
    for sets, w in doubt.parts:
        label = sample(w * power, draws, _stream(first[sets], names, seed))
        stands[:, sets] = sets[np.argmax(label[:, :, None] == label[:, None, :], axis=2)]
    drawn = np.empty((draws, graph.n), dtype=np.int64)
    for d, of_set in enumerate(stands):
        least = np.full(len(first), graph.n)
        np.minimum.at(least, of_set, first)
        drawn[d] = least[of_set][doubt.of_row]
    return drawn


def draws_of(
    graph: Graph, names: Sequence[str], *, power: float, draws: int, seed: int
) -> Iterator[tuple[int, str, str]]:
    """Draw, node and first node of its cluster by name, ordered by draw and node.

    >>> list(draws_of(Graph.of("ab", {("a", "b"): 99.0}, -5.0), "ab", power=1.0, draws=1, seed=1))
    [(0, 'a', 'a'), (0, 'b', 'a')]
    """
    for d, row in enumerate(draw_partitions(graph, names, power=power, draws=draws, seed=seed).tolist()):
        for node, first in enumerate(row):
            yield d, names[node], names[first]


def sample(w: np.ndarray, draws: int, rng: np.random.Generator) -> np.ndarray:
    """Draws of cluster labels (draws x nodes) for a symmetric matrix of log odds; the diagonal is not read.

    Nodes that are bound together (log odds `BOUND`) move as one; nodes bound apart never meet.
    """
    for bound in (closure(w, BOUND / 2), _beyond_doubt(w) if len(w) > ENUMERATED else None):
        if bound is not None and bound.max() + 1 < len(w):
            member = np.eye(int(bound.max()) + 1)[bound]
            between = np.where(w > BOUND / 2, 0.0, w)
            np.fill_diagonal(between, 0.0)
            return np.asarray(sample(member.T @ between @ member, draws, rng)[:, bound])
    if len(w) <= ENUMERATED:
        return np.asarray(_drawn_exactly(w[None], rng.random((1, draws)))[0])
    if _settled(w):
        return np.asarray(np.repeat(closure(w)[None, :], draws, axis=0))
    return chain(w, draws, rng)


def _beyond_doubt(w: np.ndarray, sure: float = 9.0) -> np.ndarray:
    """Labels of sets whose pairs are all beyond doubt and which every other node is for, against or undecided about as one.

    To part such a set costs a factor of exp(9) for each of its pairs; it moves as one, which leaves few enough sets for most parts
    to be drawn from exactly.
    """
    label = closure(w, sure)
    for k in range(int(label.max()) + 1):
        inside = np.flatnonzero(label == k)
        if len(inside) < 2:
            continue
        within = w[np.ix_(inside, inside)] + np.eye(len(inside)) * BOUND
        across = np.delete(w[inside], inside, axis=1)
        split = (across.max(axis=0, initial=-BOUND) > 2) & (across.min(axis=0, initial=BOUND) < -2)
        if within.min() < sure or split.any():
            label[inside[1:]] = label.max() + 1 + np.arange(len(inside) - 1)
    return np.unique(label, return_inverse=True)[1]


def _enumerate(
    parts: Sequence[tuple[np.ndarray, np.ndarray]], names: Sequence[str], drawn: np.ndarray, seed: int
) -> None:
    """Draw all parts of one size at once."""
    nodes = np.stack([n for n, _ in parts])
    uniform = np.stack([_stream(n, names, seed).random(len(drawn)) for n in nodes])
    label = _drawn_exactly(np.stack([w for _, w in parts]), uniform)
    first = np.argmax(label[:, :, :, None] == label[:, :, None, :], axis=3)  # the first node with the same label
    drawn[:, nodes] = np.take_along_axis(nodes[:, None, :], first, axis=2).transpose(1, 0, 2)


def _drawn_exactly(w: np.ndarray, uniform: np.ndarray) -> np.ndarray:
    """Parts x draws x nodes: labels drawn by inversion from all partitions of a few nodes."""
    label, together = _partitions(w.shape[1])
    upper = np.triu_indices(w.shape[1], 1)
    log_p = w[:, upper[0], upper[1]] @ together.T
    p = np.exp(log_p - log_p.max(axis=1, keepdims=True))
    cumulative = np.cumsum(p / p.sum(axis=1, keepdims=True), axis=1)
    chosen = np.stack([np.searchsorted(c, u, side="right") for c, u in zip(cumulative, uniform, strict=True)])
    return np.asarray(label[np.minimum(chosen, len(label) - 1)])


@cache
def _partitions(n: int) -> tuple[np.ndarray, np.ndarray]:
    """All partitions of n nodes as labels, and which of their pairs (upper triangle, by rows) are together."""
    labels = [[0]]
    for _ in range(n - 1):
        labels = [[*z, k] for z in labels for k in range(max(z) + 2)]
    z = np.array(labels)
    upper = np.triu_indices(n, 1)
    return z, (z[:, upper[0]] == z[:, upper[1]]).astype(np.float64)


def _stream(nodes: np.ndarray, names: Sequence[str], seed: int) -> np.random.Generator:
    digest = hashlib.sha256("\n".join(names[k] for k in nodes.tolist()).encode()).digest()
    return np.random.default_rng([seed, int.from_bytes(digest[:8], "big")])


def _settled(w: np.ndarray, sure: float = 12.0) -> bool:
    """Whether every pair is beyond doubt and the pairs agree with each other: then there is one partition."""
    off = ~np.eye(len(w), dtype=bool)
    if (np.abs(w[off]) < sure).any():
        return False
    label = closure(w)
    return bool(((w > 0) == (label[:, None] == label[None, :]))[off].all())
