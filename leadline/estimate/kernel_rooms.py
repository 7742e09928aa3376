# mypy: disable-error-code=no-any-return
"""Rooms of the latent-class posterior: how a state is seen in each, and which it is taken to be in.

A room is a region that a chain leaves rarely. What scouts saw is kept as centre and covariance of a room's filled classes:
places of their rates, and how they share the seen records. The place of a rate is the difference of the cube roots of it
and of its complement: a rate that few records tell about is skewed on any plain scale, and nearly normal on this one.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from leadline.compiled import jit

HALF_LOG_TAU = 0.9189385332046727


class Rooms(NamedTuple):
    """T slices of rooms, of at most S classes: `room` (T,) the room of each, `size` (T,) its classes; `mean` (T, D), `root` and `inverse` (T, D, D) of the
    covariance, `log_det` (T,) of the root, all padded to the largest.

    Coordinates are, class by class, J places and, but for the first class, the log share relative to the first.
    `centre`, `spread` (T, S, J + 1), of places and log shares, tell which class of a state is which.
    """

    room: Any
    size: Any
    mean: Any
    root: Any
    inverse: Any
    log_det: Any
    centre: Any
    spread: Any


class Jump(NamedTuple):
    """Work space: coordinates (D), plain and standardised; classes (S) before and after; classes without a room (K);
    new rates (J, S) and joint probabilities (M, S); log weights before and after, log shares after, the classes in the order
    of their sticks, log slopes of the places by class and log densities of an empty class (K); log probabilities of the
    rooms (T).
    """

    y: Any
    u: Any
    at: Any
    again: Any
    free: Any
    new_lam: Any
    new_rest: Any
    joint: Any
    old_weights: Any
    new_weights: Any
    new_shares: Any
    order: Any
    slope: Any
    empty: Any
    near: Any


@jit
def place(lam: float, rest: float) -> float:
    """Place of a rate, from its logarithm and that of its complement."""
    return math.exp(lam / 3.0) - math.exp(rest / 3.0)


@jit
def rate(x: float) -> tuple[float, float]:
    """Cube roots of the rate at a place and of its complement: a - b = x and a^3 + b^3 = 1, a cubic in a + b."""
    r = math.sqrt(4.0 + x**6)
    s = (2.0 + r) ** (1.0 / 3.0) - (r - 2.0) ** (1.0 / 3.0)
    return 0.5 * (s + x), 0.5 * (s - x)


@jit
def log_slope(lam: float, rest: float) -> float:
    """Log derivative of the rate by its place: the density of a uniform rate there."""
    return math.log(3.0) + 2.0 / 3.0 * (lam + rest) - math.log(math.exp(2.0 / 3.0 * lam) + math.exp(2.0 / 3.0 * rest))


@jit
def log_emptied(x: float) -> float:
    """Log density of the logit x of the share that an emptied class gets: next to nothing, on a wide scale."""
    y = math.log(-x)
    return -0.5 * (y - 2.7) ** 2 - y - HALF_LOG_TAU


@jit
def assign(places: Any, shares: Any, m: int, rooms: Any, out: Any) -> None:
    """Which class of a state is each class of room m: the nearest that is left, the largest class first."""
    J, K = places.shape
    for i in range(rooms.size[m]):
        best = np.inf
        out[i] = -1
        for k in range(K):
            taken = False
            for h in range(i):
                taken = taken or out[h] == k
            if taken:
                continue
            d = (shares[k] - rooms.centre[m, i, J]) / rooms.spread[m, i, J]
            distance = d * d
            for j in range(J):
                d = (places[j, k] - rooms.centre[m, i, j]) / rooms.spread[m, i, j]
                distance += d * d
            if distance < best:
                best = distance
                out[i] = k


@jit
def nearness(places: Any, shares: Any, m: int, rooms: Any, w: Any, out: Any) -> float:
    """Log density of a state's classes in room m against empty ones; `out` gets which they are, w.u the standardised place."""
    J = len(places)
    assign(places, shares, m, rooms, out)
    at = 0
    total = 0.0
    for i in range(rooms.size[m]):
        for j in range(J):
            w.y[at] = places[j, out[i]]
            at += 1
        total -= w.slope[out[i]]
        if i > 0:
            w.y[at] = shares[out[i]] - shares[out[0]]
            at += 1
            total -= w.empty[out[i]]
    for d in range(at):
        s = 0.0
        for e in range(d + 1):
            s += rooms.inverse[m, d, e] * (w.y[e] - rooms.mean[m, e])
        w.u[d] = s
        total -= 0.5 * s * s + HALF_LOG_TAU
    return total - rooms.log_det[m]


@jit
def locate(places: Any, shares: Any, rooms: Any, w: Any) -> None:
    """Fill w.near with the log probability that a state is taken to be in each room."""
    for k in range(len(shares)):
        x = shares[k] - math.log(-math.expm1(min(shares[k], -1e-12)))
        w.empty[k] = log_emptied(min(x, -0.1))
    top = -np.inf
    for t in range(len(w.near)):
        w.near[t] = nearness(places, shares, t, rooms, w, w.again)
        top = max(top, w.near[t])
    s = 0.0
    for t in range(len(w.near)):
        s += math.exp(w.near[t] - top)
    for t in range(len(w.near)):
        w.near[t] -= top + math.log(s)
