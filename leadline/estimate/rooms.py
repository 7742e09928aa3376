"""Rooms of the latent-class posterior as scouts saw them: whether there are several, and what jumps between them need.

A scout is a short chain from its own start. Where scouts disagree, each tells the place where it ended, draw by draw. Scouts
whose classes are the same are in one room; what they saw is taken together and, where there is enough of it, cut into
slices by the odds of being unseen, for a room is long and bent in that direction and one normal distribution would not
describe it (`kernel_rooms.Rooms` has one for each slice).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
from scipy.optimize import linear_sum_assignment

from leadline.estimate.diagnostics import rhat
from leadline.estimate.kernel_rooms import Rooms, assign
from leadline.estimate.tables import Floats

APART = 1.2  # R-hat of the scouts' totals from which on they are in different rooms
LEAST_SHARE = 0.002  # of the seen records; smaller classes are not part of a room
MOST_CLASSES = 6
NARROW = 0.01  # the smallest standard deviation of a place that counts
TURNS = 3  # of telling classes apart and fitting their place
ALIKE = 1.0  # mean distance in sums of standard deviations up to which classes of two scouts are of one kind
SLICES = 12  # of a room at most
ENOUGH = 20  # draws for each coordinate of a slice

# places of the rates (draws, J, K), log shares of the seen records (draws, K), log odds of being unseen (draws)
Cloud = tuple[Floats, Floats, Floats]


def apart(totals: Floats) -> bool:
    """Whether scouts (rows) ended in different rooms, by their totals."""
    return not rhat(np.log(totals)) <= APART


def none(lists: int) -> Rooms:
    """No rooms, and so no jumps."""
    empty = np.empty((0, 1, lists))
    return Rooms(
        np.empty(0, dtype=np.int64),
        np.empty(0, dtype=np.int64),
        empty[:, 0],
        empty,
        empty,
        empty[:, 0, 0],
        empty,
        empty,
    )


def learn(clouds: list[Cloud]) -> Rooms:
    """Rooms by what scouts saw, padded to the largest.

    In each come first the classes that are most like those of the smallest room, in the same order, then what more rooms
    have in common, so that a jump changes little but what differs; rooms of the same size have them by their share.
    """
    followed = [follow(cloud, min(max(filled(cloud[1]), 1), MOST_CLASSES)) for cloud in clouds]
    together: dict[tuple[int, ...], list[int]] = {}
    kinds = kinds_of(followed)
    for i, kind in enumerate(kinds):
        together.setdefault(tuple(sorted(kind)), []).append(i)
    common = Counter(k for kind in kinds for k in kind)
    slices: list[Floats] = []
    room: list[int] = []
    wholes = {
        alike: np.concatenate([followed[i][:, :, [kinds[i].index(k) for k in alike]] for i in members])
        for alike, members in together.items()
    }
    smallest = wholes[min(together, key=lambda alike: (len(alike), -len(together[alike])))]
    smallest = smallest[:, :, in_step(smallest, smallest)]
    for alike, members in together.items():
        order = in_step(smallest, wholes[alike])
        order += sorted(set(range(len(alike))) - set(order), key=lambda i: (-common[alike[i]], alike[i]))
        picked = wholes[alike][:, :, order]
        along = np.argsort(np.concatenate([clouds[i][2] for i in members]), kind="stable")
        parts = min(max(len(along) // (ENOUGH * picked[0].size), 1), SLICES)
        room += [len(set(room))] * parts
        slices += [picked[part] for part in np.array_split(along, parts)]
    shapes = zip(*(shape(one) for one in slices), strict=True)
    sizes = np.array([one.shape[2] for one in slices])
    return Rooms(np.array(room), sizes, *(padded(part) for part in shapes))


def padded(parts: Sequence[Floats]) -> Floats:
    """Arrays of one dimension number in one array, each in its corner, zero elsewhere."""
    whole = np.zeros((len(parts), *np.max([part.shape for part in parts], axis=0).astype(int)))
    for i, part in enumerate(parts):
        corner: tuple[int | slice, ...] = (i, *(slice(n) for n in part.shape))
        whole[corner] = part
    return whole


def filled(shares: Floats) -> int:
    """Classes that hold more than next to nothing, in the median draw."""
    return int(np.median((shares > np.log(LEAST_SHARE)).sum(axis=1)))


def follow(cloud: Cloud, classes: int) -> Floats:
    """The largest classes of a cloud draw by draw (draws, J + 1, classes), each class the same throughout."""
    places, shares, _ = cloud
    every = np.concatenate([places, shares[:, None, :]], axis=1)
    at = np.argsort(-shares[-1:], kind="stable")[:, :classes].repeat(len(shares), axis=0)
    picked = every[-1:, :, at[-1]]  # first by the last draw, then by the mean of all
    empty = np.empty(0)
    for turn in range(TURNS):
        centre, spread = centre_and_spread(picked)
        one = Rooms(
            np.zeros(1),
            np.array([classes]),
            empty,
            empty,
            empty,
            empty,
            centre[None],
            spread[None] if turn else np.ones((1, *spread.shape)),
        )
        for i in range(len(shares)):
            assign(places[i], shares[i], 0, one, at[i])
        picked = np.take_along_axis(every, at[:, None, :], axis=2)
    return picked


def centre_and_spread(picked: Floats) -> tuple[Floats, Floats]:
    """Mean and standard deviation by class (classes, J + 1)."""
    return picked.mean(axis=0).T, np.maximum(picked.std(axis=0), NARROW).T


def kinds_of(followed: list[Floats]) -> list[list[int]]:
    """For each cloud the kinds of its classes: numbers, the same where classes of two clouds are alike."""
    known: list[tuple[Floats, Floats]] = []
    found = []
    for one in followed:
        mine = list(zip(*centre_and_spread(one), strict=True))
        far = {(i, k): apart_by(a, b) for i, a in enumerate(mine) for k, b in enumerate(known)}
        kinds: dict[int, int] = {}
        for i, k in sorted(far, key=lambda ik: far[ik]):
            if far[i, k] <= ALIKE and i not in kinds and k not in kinds.values():
                kinds[i] = k
        for i in range(len(mine)):
            if i not in kinds:
                kinds[i] = len(known)
                known.append(mine[i])
        found.append([kinds[i] for i in range(len(mine))])
    return found


def apart_by(one: tuple[Floats, Floats], other: tuple[Floats, Floats]) -> float:
    """Mean distance of two classes (centre, spread) in sums of standard deviations."""
    return float((np.abs(one[0] - other[0]) / (one[1] + other[1])).mean())


def in_step(small: Floats, large: Floats) -> list[int]:
    """Which classes of the larger room are most like those of the smaller one, each once; of an equal one, by their share.

    Where all classes have a partner it matters most that the largest leads to the largest: along it the room is long.
    """
    if small.shape[2] == large.shape[2]:
        return [int(i) for i in np.argsort(-large[:, -1].mean(axis=0), kind="stable")]
    mine, theirs = (list(zip(*centre_and_spread(one), strict=True)) for one in (small, large))
    _, found = linear_sum_assignment([[apart_by(a, b) for b in theirs] for a in mine])
    return [int(i) for i in found]


def shape(picked: Floats) -> tuple[Floats, Floats, Floats, Floats, Floats, Floats]:
    """Mean, root of the covariance, its inverse and log determinant, and what tells the classes apart (see `Rooms`)."""
    draws, lists = len(picked), picked.shape[1] - 1
    y = picked.transpose(0, 2, 1).copy()
    y[:, :, lists] -= y[:, :1, lists]
    y = np.delete(y.reshape(draws, -1), lists, axis=1)
    covariance = np.atleast_2d(np.cov(y.T))
    shrink = y.shape[1] / (draws + y.shape[1])  # towards the diagonal, the more the fewer draws
    own = np.diag(np.maximum(np.diag(covariance), NARROW**2))
    root = np.linalg.cholesky((1 - shrink) * covariance + shrink * own)
    return (
        y.mean(axis=0), root, np.tril(np.linalg.inv(root)), np.asarray(np.log(np.diag(root)).sum()), *centre_and_spread(picked),
    )  # fmt: skip
