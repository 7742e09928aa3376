"""The decomposable graphs on a few lists, and how likely a table is under each of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from scipy.special import gammaln

from leadline.estimate.tables import Floats, Ints, ListTable

STIRLING = 1e5  # from here on the series for the log of the gamma function is exact to the last digit


@dataclass(frozen=True)
class Graphs:
    """All decomposable graphs on J lists.

    `edges` (G,) holds each graph's edges as bits in the order of `pairs`; `terms` (G, 2^J) how often the marginal
    likelihood of each set of lists is multiplied (cliques) or divided (separators) in.
    """

    pairs: tuple[tuple[int, int], ...]
    edges: Ints
    terms: npt.NDArray[np.int8]


@lru_cache(maxsize=8)
def graphs(n_lists: int) -> Graphs:
    """Enumerate the decomposable graphs by taking away simplicial vertices from all graphs at once.

    >>> [len(graphs(j).edges) for j in (3, 4, 5)]
    [8, 61, 822]
    """
    pairs = tuple((i, j) for i in range(n_lists) for j in range(i + 1, n_lists))
    codes = np.arange(1 << len(pairs), dtype=np.int64)
    neighbours = np.zeros((len(codes), n_lists), dtype=np.int64)
    for e, (i, j) in enumerate(pairs):
        edge = codes >> e & 1
        neighbours[:, i] |= edge << j
        neighbours[:, j] |= edge << i
    left = np.full(len(codes), (1 << n_lists) - 1, dtype=np.int64)
    terms = np.zeros((len(codes), 1 << n_lists), dtype=np.int8)
    rows = np.arange(len(codes))
    for _ in range(n_lists):
        taken = np.zeros(len(codes), dtype=bool)
        for v in range(n_lists):
            around = neighbours[:, v] & left
            simplicial = (left >> v & 1 == 1) & ~taken
            for u in range(n_lists):  # every neighbour of v is joined to every other
                if u != v:
                    simplicial &= (around >> u & 1 == 0) | (around & ~(neighbours[:, u] | 1 << u) == 0)
            r = rows[simplicial]
            terms[r, around[r] | 1 << v] += 1
            terms[r, around[r]] -= 1
            left[r] &= ~(1 << v)
            taken |= simplicial
    chordal = left == 0
    return Graphs(pairs, codes[chordal], terms[chordal])


class Scorer:
    """Log weight of every graph and unseen number, from the marginal tables of all sets of lists."""

    def __init__(self, table: ListTable, delta: float, log_prior: Callable[[Floats], Floats] | None = None) -> None:
        J = table.n_lists
        self.n, self.total, self.log_prior = table.n, delta * 2**J, log_prior
        cells = table.full()
        codes = np.arange(1 << J)
        self.constant = np.zeros(1 << J)
        self.zero_count = np.zeros(1 << J)
        self.zero_alpha = np.zeros(1 << J)
        for s in range(1, 1 << J):
            margin = np.bincount(codes & s, weights=cells, minlength=1 << J)[np.unique(codes & s)]
            alpha = delta * 2.0 ** (J - s.bit_count())
            self.constant[s] = gammaln(margin[1:] + alpha).sum() - len(margin) * gammaln(alpha)
            self.zero_count[s], self.zero_alpha[s] = margin[0], alpha

    def log_weights(self, terms: npt.NDArray[np.int8], unseen: Floats) -> Floats:
        """Unnormalised log posterior (graphs x unseen), to within one constant."""
        N = self.n + unseen
        zero = (self.zero_count[1:] + self.zero_alpha[1:])[:, None]
        one = gammaln(self.total) - log_gamma_rise(zero + unseen, self.n + self.total - zero)
        marginal = self.constant[1:, None] + one
        weights: Floats = terms[:, 1:].astype(np.float64) @ marginal
        prior = -np.log(np.maximum(N, 1.0)) if self.log_prior is None else self.log_prior(N)
        weights += log_gamma_rise(unseen + 1, float(self.n)) + prior
        return weights


def log_gamma_rise(x: Floats, rise: Floats | float) -> Floats:
    """Log Gamma(x + rise) minus log Gamma(x), without the digits that the difference of two large numbers loses.

    At 10^16 each of the two is near 4 * 10^17, where a floating-point number is off by tens.

    >>> float(log_gamma_rise(np.array([1e16]), 1.0)[0]) == float(np.log(1e16))
    True
    """
    rise = np.broadcast_to(rise, x.shape)
    found, large = np.empty(x.shape), x >= STIRLING
    y, r = x[large], rise[large]
    far = y + r
    found[large] = (far - 0.5) * np.log1p(r / y) + r * (np.log(y) - 1.0) + 1 / (12 * far) - 1 / (12 * y)
    y = x[~large]
    found[~large] = gammaln(y + rise[~large]) - gammaln(y)
    return found
