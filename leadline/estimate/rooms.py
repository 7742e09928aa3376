"""Rooms of the latent-class posterior as scouts saw them: whether there are several, and what jumps between them need.

A scout is a short chain from its own start. Where scouts disagree, each keeps the shape of the place where it ended
(`kernel_rooms.Rooms`); several scouts in one wide room are several places of that room, which a single normal distribution
would not describe.
"""

from __future__ import annotations

import numpy as np

from leadline.estimate.diagnostics import rhat
from leadline.estimate.kernel_rooms import Rooms, assign
from leadline.estimate.tables import Floats

APART = 1.2  # R-hat of the scouts' totals from which on they are in different rooms
LEAST_SHARE = 0.002  # of the seen records; smaller classes are not part of a room
MOST_CLASSES = 6
SHRINK = 0.05  # towards the diagonal, for a few hundred draws that hang together
NARROW = 0.05  # the smallest standard deviation that counts when classes are told apart
TURNS = 3  # of telling classes apart and fitting their place

Cloud = tuple[Floats, Floats]  # log odds of the rates (draws, J, K) and log shares of the seen records (draws, K)


def apart(totals: Floats) -> bool:
    """Whether scouts (rows) ended in different rooms, by their totals."""
    return not rhat(np.log(totals)) <= APART


def none(lists: int) -> Rooms:
    """No rooms, and so no jumps."""
    empty = np.empty((0, lists, lists))
    return Rooms(empty[:, 0], empty, empty, empty[:, 0, 0], empty[:, 0], empty[:, 0, :1], empty[:, 0, :1])


def learn(clouds: list[Cloud]) -> Rooms:
    """One room for each cloud, all of as many classes as the richest cloud fills."""
    filled = max(int(np.median((shares > np.log(LEAST_SHARE)).sum(axis=1))) for _, shares in clouds)
    classes = min(max(filled, 2), MOST_CLASSES, clouds[0][1].shape[1])
    return Rooms(*(np.array(part) for part in zip(*(shape(c, classes) for c in clouds), strict=True)))


def shape(cloud: Cloud, classes: int) -> tuple[Floats | float, ...]:
    """Centre, root of the covariance, its inverse and log determinant, and what tells the classes apart (see `Rooms`)."""
    odds, shares = cloud
    draws = len(odds)
    rows = np.arange(draws)[:, None]
    at = np.argsort(-shares[-1:], kind="stable")[:, :classes].repeat(draws, axis=0)
    picked, held = odds[-1:, :, at[-1]], shares[-1:, at[-1]]  # first by the last draw, then by the mean of all
    for turn in range(TURNS + 1):
        centre, share = picked.mean(axis=0).T.ravel(), held.mean(axis=0)
        spread, share_spread = (
            np.maximum(x.std(axis=0), NARROW) if turn else np.ones(x.shape[1:]) for x in (picked, held)
        )
        if turn == TURNS:
            break
        one = Rooms(*(np.asarray(x)[None] for x in (centre, 0, 0, 0, spread.T.ravel(), share, share_spread)))
        for i in range(draws):
            assign(odds[i], shares[i], 0, one, at[i])
        picked, held = np.take_along_axis(odds, at[:, None, :], axis=2), shares[rows, at]
    y = np.concatenate([picked.transpose(0, 2, 1).reshape(draws, -1), held[:, 1:] - held[:, :1]], axis=1)
    covariance = np.cov(y.T)
    root = np.linalg.cholesky(
        (1 - SHRINK) * covariance + np.diag(np.maximum(SHRINK * np.diag(covariance), NARROW**2 * SHRINK))
    )
    return (
        y.mean(axis=0), root, np.tril(np.linalg.inv(root)), float(np.log(np.diag(root)).sum()), spread.T.ravel(), share,
        share_spread,
    )  # fmt: skip
