"""The candidates of a document as arrays: the features that speak for each, given how probable all of them are."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from leadline.extract.places.groups import Group
from leadline.extract.places.stated import borders, distances

Array = npt.NDArray[np.float64]
LEVELS = ("country", "admin1", "admin2", "admin3")
FEATURES = (
    "people", "capital", "kind_country", "kind_admin1", "kind_admin2", "kind_admin3", "kind_other", "spelling", "alternative", "shortened", "derived", "demonym",
    "unlocated", "qualified", "holds", "near_30", "near_150", "stated_border",
    *(f"shared_{x}" for x in LEVELS), *(f"named_{x}" for x in LEVELS),
)  # fmt: skip
_COLUMN = {name: i for i, name in enumerate(FEATURES)}
BORDER_KM, BORDER_CAP = 40.0, 3.0
"""How fast `on the border of X` loses credit with the distance from X, and the most that one such statement can take."""
UNFIT = 0.02
"""Least likelihood of a stated distance: texts are sometimes wrong, or speak of another place."""
LARGEST_KM = 350.0
"""Units with a larger radius say nothing about where in them a place is."""


class Table:
    """All candidates of a document as arrays."""

    def __init__(self, text: str, groups: Sequence[Group]) -> None:
        self.groups = groups
        self.places = [p for g in groups for p in g.places]
        self.owner = np.array([i for i, g in enumerate(groups) for _ in g.places], np.int64)
        # two senses of one name say nothing for each other
        family: dict[str, int] = {}
        self.family = np.array(
            [family.setdefault(g.mentions[0].folded, i) for i, g in enumerate(groups) for _ in g.places], np.int64
        )
        self.weight = np.array([g.weight for g in groups])
        n = len(self.places)
        self.located = np.array([p.lat is not None for p in self.places], bool)
        self.lat = np.radians(np.array([p.lat if p.lat is not None else 0.0 for p in self.places]))
        self.lon = np.radians(np.array([p.lon if p.lon is not None else 0.0 for p in self.places]))
        self.radius = np.array([(p.precision_m or 0.0) / 1000 for p in self.places])
        self.small = np.array([p.kind == "settlement" for p in self.places], bool)
        self.base = self._base(n)
        units: dict[str, int] = {}
        pairs = []
        for c, p in enumerate(self.places):
            pairs.append((c, units.setdefault(p.id, len(units)), -1))
            top = len(p.within) - 1
            for i, u in enumerate(p.within):
                pairs.append((c, units.setdefault(u, len(units)), min(top - i, 3)))
        self.pairs = np.array(pairs, np.int64).reshape(-1, 3)
        self.n_units = len(units)
        self.stated = distances(text, groups)
        self.borders = borders(text, groups)

    def _base(self, n: int) -> Array:
        x = np.zeros((n, len(FEATURES)))
        for c, p in enumerate(self.places):
            x[c, _COLUMN["people"]] = math.log10(max(p.population, 100)) - 2
            if p.capital:
                x[c, _COLUMN["capital"]] = 1
            if p.kind in {"country", "admin1", "admin2", "admin3"}:
                x[c, _COLUMN[f"kind_{p.kind}"]] = 1
            elif p.kind != "settlement":
                x[c, _COLUMN["kind_other"]] = 1
            if p.quality != "main":
                x[c, _COLUMN[p.quality]] = 1
            if p.lat is None:
                x[c, _COLUMN["unlocated"]] = 1
            if self.groups[self.owner[c]].qualifiers & {p.id, *p.within} - {p.id}:
                x[c, _COLUMN["qualified"]] = 1
        return x

    def km(self, rows: npt.NDArray[np.int64], columns: npt.NDArray[np.int64]) -> Array:
        """Distances between candidates; infinite where either has no point."""
        lat1, lat2 = self.lat[rows][:, None], self.lat[columns][None, :]
        h = (
            np.sin((lat2 - lat1) / 2) ** 2
            + np.cos(lat1) * np.cos(lat2) * np.sin((self.lon[columns][None, :] - self.lon[rows][:, None]) / 2) ** 2
        )
        d = 12742 * np.arcsin(np.sqrt(np.minimum(1.0, h)))
        d[~self.located[rows]] = np.inf
        d[:, ~self.located[columns]] = np.inf
        return np.asarray(d)

    def features(self, q: Array) -> Array:
        """Features of every candidate, given the probabilities of all."""
        x = self.base.copy()
        cand, unit, level = self.pairs.T
        own = self.family[cand]
        mass = q * self.weight[self.owner]
        code = own * self.n_units + unit
        codes, inverse = np.unique(code, return_inverse=True)
        per_group = np.bincount(inverse, mass[cand], len(codes))
        total = np.bincount(codes % self.n_units, per_group, self.n_units)
        itself = np.where(level < 0, mass[cand], 0.0)
        self_per_group = np.bincount(inverse, itself, len(codes))
        self_total = np.bincount(codes % self.n_units, self_per_group, self.n_units)
        others = np.maximum(0.0, total[unit] - per_group[inverse])
        named = np.maximum(0.0, self_total[unit] - self_per_group[inverse])
        for k, name in enumerate(LEVELS):
            at = level == k
            x[cand[at], _COLUMN[f"shared_{name}"]] += np.log1p(np.maximum(0.0, others[at] - named[at]))
            x[cand[at], _COLUMN[f"named_{name}"]] += np.minimum(1.0, named[at])
        at = level < 0
        x[cand[at], _COLUMN["holds"]] += np.log1p(np.maximum(0.0, others[at] - named[at]))
        near = self._support(q)
        x[:, _COLUMN["near_30"]], x[:, _COLUMN["near_150"]] = near
        if self.borders:
            x[:, _COLUMN["stated_border"]] = self._along(q)
        return x

    def _support(self, q: Array) -> tuple[Array, Array]:
        """How many other groups lie near each candidate, by two widths."""
        n = len(self.places)
        order = np.lexsort((np.arange(n), -q, self.owner))
        rank = np.arange(n) - np.searchsorted(self.owner[order], self.owner[order])
        top = np.sort(order[rank < 4])
        top = top[(self.radius[top] < 350) & self.located[top]]
        if not len(top):
            return np.zeros(n), np.zeros(n)
        d = self.km(np.arange(n), top) - np.where(self.small[top], 0.0, self.radius[top])[None, :]
        d = np.maximum(0.0, d)
        w = (q[top] * self.weight[self.owner[top]])[None, :] * (self.family[:, None] != self.family[top][None, :])
        return np.log1p((np.exp(-d / 30) * w).sum(1)), np.log1p((np.exp(-d / 150) * w).sum(1))

    def pair(self, q: Array, w: Array, a: int, b: int, stated: float) -> tuple[Array, Array]:
        """Probabilities of two groups between which the text states a distance in kilometres.

        Each candidate of one is weighed with each of the other: by what the remaining names say of both, by the units
        that the two share, and by how well their distance fits. Points that stand for a whole hromada fit loosely.
        """
        rows, columns = np.flatnonzero(self.owner == a), np.flatnonzero(self.owner == b)
        rest = q.copy()
        rest[rows] = rest[columns] = 0.0
        alone = self.features(rest) @ w
        d = self.km(rows, columns)
        spread = self.radius[rows][:, None] ** 2 + self.radius[columns][None, :] ** 2 + (0.2 * stated + 3) ** 2
        off = np.minimum(np.abs(d - stated), 1e4)
        both = alone[rows][:, None] + alone[columns][None, :] + np.log(np.exp(-(off**2) / (2 * spread)) + UNFIT)
        for width in (30, 150):
            both += w[_COLUMN[f"near_{width}"]] * np.log1p(np.exp(-np.minimum(d, 1e4) / width))
        for k, level in enumerate(LEVELS):
            left, right = (np.array([self._unit(int(c), k) for c in cs]) for cs in (rows, columns))
            shared = (left[:, None] == right[None, :]) & (left != "")[:, None]
            both += w[_COLUMN[f"shared_{level}"]] * np.log(2) * shared
        e = np.exp(both - both.max())
        e /= e.sum()
        return e.sum(1), e.sum(0)

    def _unit(self, candidate: int, level: int) -> str:
        """Id of the unit of a level that holds a candidate, or nothing."""
        within = self.places[candidate].within
        return within[-1 - level] if level < len(within) else ""

    def _along(self, q: Array) -> Array:
        """Log-credit of lying on the borders that the text states: nought near every unit named, less further away."""
        out = np.zeros(len(self.places))
        for place, unit in self.borders:
            rows, columns = np.flatnonzero(self.owner == place), np.flatnonzero(self.owner == unit)
            columns = columns[(self.radius[columns] < LARGEST_KM) & self.located[columns]]
            if len(columns):
                off = np.maximum(0.0, self.km(rows, columns) - self.radius[columns][None, :]) / BORDER_KM
                out[rows] -= (np.minimum(off, BORDER_CAP) * q[columns][None, :]).sum(1)
        return out

    def probabilities(self, scores: Array) -> Array:
        """Softmax within each group."""
        top = np.full(len(self.groups), -np.inf)
        np.maximum.at(top, self.owner, scores)
        e = np.exp(scores - top[self.owner])
        return np.asarray(e / np.bincount(self.owner, e, len(self.groups))[self.owner])
