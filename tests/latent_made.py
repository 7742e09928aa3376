"""A tiny table, made-up rooms and work space for tests of the latent-class moves, and the density that they must keep."""

from __future__ import annotations

import numpy as np

from leadline.estimate import rooms
from leadline.estimate.kernel_latent import Mixture
from leadline.estimate.kernel_moves import Births
from leadline.estimate.kernel_rooms import Jump, Rooms
from leadline.estimate.tables import ListTable

TINY = ListTable.of(("A", "B", "C"), {(1, 1, 0): 3, (1, 0, 0): 2, (0, 1, 1): 2, (0, 0, 1): 1, (1, 1, 1): 1})


def made_rooms(sizes: list[int], wide: float = 0.3) -> Rooms:
    """Made-up rooms of so many classes on three lists, near enough that a fair share of the jumps is accepted."""
    rng = np.random.default_rng(3)
    J = 3
    parts = []
    for size in sizes:
        log_share = np.arange(1, size * (J + 1)) % (J + 1) == J
        scale = np.where(log_share, 1.0, wide)
        some = rng.normal(0, 0.15, (len(scale), len(scale))) + np.eye(len(scale))
        root = np.linalg.cholesky(some @ some.T * np.outer(scale, scale))
        mean = np.where(log_share, -1.0, rng.normal(0, 0.15, len(scale)))
        centre = np.full((size, J + 1), 0.0)
        centre[:, J] = -0.4 - np.arange(size)
        parts.append(
            (mean, root, np.linalg.inv(root), np.log(np.diag(root)).sum(), centre, np.full((size, J + 1), 0.4))
        )
    return Rooms(
        np.arange(len(sizes)),
        np.array(sizes),
        *(rooms.padded([np.asarray(x) for x in part]) for part in zip(*parts, strict=True)),
    )


def jump_space(J: int, K: int, M: int, S: int) -> tuple[Mixture, Jump, Births]:
    """Work space for jumps alone."""
    D = S * (J + 1) - 1
    mix = Mixture(*(np.empty(shape) for shape in (K, K, K, (J, K), (M, K), M)))
    jump_shapes = (D, D, S, S, K, (J, S), (J, S), (M, S), K, K, K, K, K, K, 3)
    whole = ("at", "again", "free", "order")
    jumps = Jump(
        *(
            np.empty(x, np.int64 if name in whole else np.float64)
            for name, x in zip(Jump._fields, jump_shapes, strict=True)
        )
    )
    return mix, jumps, Births(*(np.empty(x) for x in (M, M, M, J, J, J, J, J, J, K, K, K, 3)))


def marginal_density(table: ListTable, x: np.ndarray, z: np.ndarray, log_alpha: float) -> float:
    """Log density of log odds, stick logits and log alpha with labels and unseen integrated out, written plainly."""
    rate = 1 / (1 + np.exp(-x))
    v = np.append(1 - (1 + np.exp(z)) ** (-1 / np.exp(log_alpha)), 1.0)
    nu = v * np.append(1.0, np.cumprod(1 - v)[:-1])
    p = [(nu * np.prod(np.where(np.array(row)[:, None] == 1, rate, 1 - rate), axis=0)).sum() for row in table.patterns]
    seen = (nu * (1 - np.prod(1 - rate, axis=0))).sum()
    prior = np.log(rate * (1 - rate)).sum() + (z - 2 * np.log1p(np.exp(z))).sum()
    return float(
        (table.counts * np.log(np.array(p) / seen)).sum() + prior + 0.25 * log_alpha - 0.25 * np.exp(log_alpha)
    )
