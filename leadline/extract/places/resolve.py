"""Which of the places of that name is meant: all names of a document are decided together.

Names form groups (one sense a name, split where a text itself tells two of them apart, `Paris, Texas`). Each candidate
has a score that is linear in what speaks for it: its own weight (people, kind, how the name fits) and what the other
groups say (they name the unit that holds it, lie in the same hromada, raion, oblast or country, lie near it, at the
distance that the text states). The others' candidates count by their own probabilities, which are found by a few rounds
of mean-field updates: deterministic, and independent of the order of the groups.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from leadline.extract.places.gazetteer import Place
from leadline.extract.places.judge import weights
from leadline.extract.places.mentions import Mention

Array = npt.NDArray[np.float64]
ROUNDS = 3
SAME_KM = 40.0
"""Candidates this near to the best one are no rivals: the answer would be the same within a unit's own radius."""
LEVELS = ("country", "admin1", "admin2", "admin3")
FEATURES = (
    "people", "kind_country", "kind_admin1", "kind_admin2", "kind_admin3", "kind_other", "alternative", "shortened", "derived", "demonym",
    "unlocated", "qualified", "holds", "near_30", "near_150", "stated_distance",
    *(f"shared_{x}" for x in LEVELS), *(f"named_{x}" for x in LEVELS),
)  # fmt: skip
_COLUMN = {name: i for i, name in enumerate(FEATURES)}
_DISTANCE = re.compile(
    r"\b(\d{1,4}(?:[.,]\d+)?)\s*(?:-|–)?\s*(km|kilomet(?:er|re)s?|mi|miles?)\b(?=[^.\n]{0,40}?\b(?:from|of|to|off|outside|away)\b)",
    re.IGNORECASE,
)


@dataclass
class Group:
    """The mentions of one name in one sense."""

    mentions: list[Mention]
    places: tuple[Place, ...]
    weight: float  # how surely these are place names at all
    qualifiers: frozenset[str]  # ids of places that the text names as holding it
    best: Place | None = None
    confidence: float = 0.0


def group(doc: Any, mentions: Sequence[Mention], chances: Sequence[float]) -> list[Group]:
    """Mentions by name and sense, in the order of their first mention."""
    named: dict[tuple[str, ...], list[tuple[Mention, float, frozenset[str]]]] = {}
    for k, m in enumerate(mentions):
        holders: frozenset[str] = frozenset()
        if k + 1 < len(mentions):
            following = mentions[k + 1]
            between = doc.text[m.end : following.start]
            if re.fullmatch(r",\s|\s\(|, (?:in )?(?:the )?", between) or between == " in the " or between == " in ":
                held = {i for p in m.places for i in p.within}
                holders = frozenset(p.id for p in following.places if p.id in held)
        key = tuple(p.id for p in m.places)
        named.setdefault(key, []).append((m, chances[k], holders))
    groups = []
    for members in named.values():
        senses = sorted({h for _, _, h in members if h}, key=sorted)
        disjoint = [s for i, s in enumerate(senses) if all(not s & t for t in senses[:i])]
        if len(disjoint) < 2:
            parts = [(members, frozenset().union(*senses))]
        else:
            first = next(h for _, _, h in members if h)
            main = next(s for s in disjoint if s & first)
            parts = [([x for x in members if (x[2] & s) or (not x[2] and s is main)], s) for s in disjoint]
        for part, qualifiers in parts:
            if part:
                groups.append(Group([m for m, _, _ in part], part[0][0].places, max(c for _, c, _ in part), qualifiers))
    return sorted(groups, key=lambda g: g.mentions[0].start)


class Table:
    """All candidates of a document as arrays."""

    def __init__(self, doc: Any, groups: Sequence[Group]) -> None:
        self.groups = groups
        self.places = [p for g in groups for p in g.places]
        self.owner = np.array([i for i, g in enumerate(groups) for _ in g.places], np.int64)
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
        self.stated = _stated(doc, groups)

    def _base(self, n: int) -> Array:
        x = np.zeros((n, len(FEATURES)))
        for c, p in enumerate(self.places):
            x[c, _COLUMN["people"]] = math.log10(max(p.population, 100)) - 2
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
        own = self.owner[cand]
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
        x[:, _COLUMN["stated_distance"]] = self._distances(q)
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
        w = (q[top] * self.weight[self.owner[top]])[None, :] * (self.owner[:, None] != self.owner[top][None, :])
        return np.log1p((np.exp(-d / 30) * w).sum(1)), np.log1p((np.exp(-d / 150) * w).sum(1))

    def _distances(self, q: Array) -> Array:
        """Log-likelihood of the distances that the text states, capped below."""
        out = np.zeros(len(self.places))
        for a, b, stated in self.stated:
            for one, other in ((a, b), (b, a)):
                rows, columns = np.flatnonzero(self.owner == one), np.flatnonzero(self.owner == other)
                spread = self.radius[rows][:, None] ** 2 + self.radius[columns][None, :] ** 2 + (0.2 * stated + 3) ** 2
                off = np.minimum(np.abs(self.km(rows, columns) - stated), 1e4)
                likelihood = (np.exp(-(off**2) / (2 * spread)) * q[columns][None, :]).sum(1)
                out[rows] += np.log(likelihood + 0.02)
        return out

    def probabilities(self, scores: Array) -> Array:
        """Softmax within each group."""
        top = np.full(len(self.groups), -np.inf)
        np.maximum.at(top, self.owner, scores)
        e = np.exp(scores - top[self.owner])
        return np.asarray(e / np.bincount(self.owner, e, len(self.groups))[self.owner])


def solve(table: Table, w: Array, rounds: int = ROUNDS) -> tuple[Array, Array]:
    """Probabilities of all candidates and the features they rest on."""
    q = table.probabilities(table.base @ w)
    x = table.base
    for _ in range(rounds):
        x = table.features(q)
        q = table.probabilities(x @ w)
    return q, x


def resolve(doc: Any, groups: Sequence[Group], least: float) -> None:
    """Give each group its place, or none where candidates far apart tie."""
    if not groups:
        return
    given = weights()["resolve"]
    w = np.array([given.get(name, 0.0) for name in FEATURES])
    table = Table(doc, groups)
    q, _ = solve(table, w)
    for i, g in enumerate(groups):
        rows = np.flatnonzero(table.owner == i)
        ranked = rows[np.lexsort((np.array([table.places[r].id for r in rows]), -q[rows]))]
        best = ranked[0]
        same = table.km(ranked[:1], ranked)[0] <= SAME_KM
        same[0] = True
        g.confidence = float(q[ranked][same].sum())
        if g.confidence >= least and table.located[best]:
            g.best = table.places[best]


def _stated(doc: Any, groups: Sequence[Group]) -> list[tuple[int, int, float]]:
    """Distances stated between two names: (group, group, km)."""
    text = doc.text
    by_mention = sorted((m.start, m.end, i) for i, g in enumerate(groups) for m in g.mentions)
    found = []
    for match in _DISTANCE.finditer(text):
        km = float(match[1].replace(",", ".")) * (1.609 if match[2].lower().startswith("mi") else 1.0)
        to = next((x for x in by_mention if x[0] >= match.end()), None)
        if to is None or to[0] - match.end() > 80 or re.search(r"[.!?]\s", text[match.end() : to[0]]):
            continue
        # what lies there: the settlement named last before, in this sentence or the one before it
        window = [x for x in by_mention if x[1] <= match.start() and x[2] != to[2] and match.start() - x[1] < 450]
        settled = [
            x
            for x in window
            if any(p.kind == "settlement" for p in groups[x[2]].places) and not groups[x[2]].mentions[0].unit
        ]
        if settled and km > 0:
            found.append((settled[-1][2], to[2], km))
    return found
