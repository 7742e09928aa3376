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

import numpy as np
import numpy.typing as npt

from leadline.extract.places.gazetteer import Place
from leadline.extract.places.judge import weights
from leadline.extract.places.mentions import Mention

Array = npt.NDArray[np.float64]
ROUNDS = 3
NAMED = frozenset({"main", "spelling"})
SAME_KM = 40.0
"""Candidates this near to the best one are no rivals: the answer would be the same within a unit's own radius."""
AHEAD = 1.2
"""A place must be this much more probable than any rival far from it; a tie is left open."""
LEVELS = ("country", "admin1", "admin2", "admin3")
FEATURES = (
    "people", "capital", "kind_country", "kind_admin1", "kind_admin2", "kind_admin3", "kind_other", "spelling", "alternative", "shortened", "derived", "demonym",
    "unlocated", "qualified", "holds", "near_30", "near_150", "stated_border",
    *(f"shared_{x}" for x in LEVELS), *(f"named_{x}" for x in LEVELS),
)  # fmt: skip
_COLUMN = {name: i for i, name in enumerate(FEATURES)}
_DISTANCE = re.compile(
    r"\b(\d{1,4}(?:[.,]\d+)?)\s*(?:-|–)?\s*(km|kilomet(?:er|re)s?|mi|miles?)\b(?=[^.\n]{0,40}?\b(?:from|of|to|off|outside|away)\b)",
    re.IGNORECASE,
)


_BORDER = re.compile(r"\b(?:borders?|bordering|frontier)\b", re.IGNORECASE)
BORDER_KM, BORDER_CAP = 40.0, 3.0
"""How fast `on the border of X` loses credit with the distance from X, and the most that one such statement can take."""
UNFIT = 0.02
"""Least likelihood of a stated distance: texts are sometimes wrong, or speak of another place."""
LARGEST_KM = 350.0
"""Units with a larger radius say nothing about where in them a place is."""


@dataclass
class Group:
    """The mentions of one name in one sense."""

    mentions: list[Mention]
    places: tuple[Place, ...]
    weight: float  # how surely these are place names at all
    qualifiers: frozenset[str]  # ids of places that the text names as holding it
    best: Place | None = None
    confidence: float = 0.0


def group(text: str, mentions: Sequence[Mention], chances: Sequence[float]) -> list[Group]:
    """Mentions by name and sense, in the order of their first mention."""
    named: dict[tuple[str, ...], list[tuple[Mention, float, frozenset[str]]]] = {}
    for k, m in enumerate(mentions):
        holders: frozenset[str] = frozenset()
        if k + 1 < len(mentions):
            following = mentions[k + 1]
            between = text[m.end : following.start]
            if re.fullmatch(r",\s|\s\(|, (?:in )?(?:the )?", between) or between in {" in the ", " in "}:
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
        self.stated = _stated(text, groups)
        self.borders = _borders(text, groups)

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


def solve(table: Table, w: Array, rounds: int = ROUNDS) -> tuple[Array, Array]:
    """Probabilities of all candidates and the features they rest on."""
    q = table.probabilities(table.base @ w)
    x = table.base
    for _ in range(rounds):
        x = table.features(q)
        q = table.probabilities(x @ w)
    settled: set[int] = set()
    for a, b, stated in table.stated:
        if not settled & {a, b}:
            q[table.owner == a], q[table.owner == b] = table.pair(q, w, a, b, stated)
            settled |= {a, b}
    return q, x


def resolve(text: str, groups: Sequence[Group], least: float) -> None:
    """Give each group its place, or none where candidates far apart tie."""
    if not groups:
        return
    given = weights()["resolve"]
    w = np.array([given.get(name, 0.0) for name in FEATURES])
    table = Table(text, groups)
    q, _ = solve(table, w)
    for i, g in enumerate(groups):
        rows = np.flatnonzero(table.owner == i)
        ranked = rows[np.lexsort((np.array([table.places[r].id for r in rows]), -q[rows]))]
        best = ranked[0]
        same = table.km(ranked[:1], ranked)[0] <= SAME_KM
        same[0] = True
        g.confidence = float(q[ranked][same].sum())
        rival = float(q[ranked][~same].max(initial=0.0))
        if g.confidence >= max(least, AHEAD * rival) and table.located[best]:
            g.best = _town_before_unit(g, [table.places[r] for r in ranked[same]])


def _town_before_unit(g: Group, near: Sequence[Place]) -> Place:
    """The likeliest place; the town rather than the unit of the same name around it, unless the text says `region`."""
    if near[0].kind in {"admin1", "admin2", "admin3"} and not any(m.unit for m in g.mentions):
        return next((p for p in near if p.kind == "settlement" and p.quality in NAMED), near[0])
    return near[0]


def _stated(text: str, groups: Sequence[Group]) -> list[tuple[int, int, float]]:
    """Distances stated between two names: (group, group, km)."""
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


def _borders(text: str, groups: Sequence[Group]) -> list[tuple[int, int]]:
    """Places that the text puts on a border: (group of the place, group of a unit named with `border`)."""
    by_mention = sorted((m.start, m.end, i) for i, g in enumerate(groups) for m in g.mentions)
    found = set()
    for match in _BORDER.finditer(text):
        begin = max(text.rfind(". ", 0, match.start()), text.rfind("\n", 0, match.start())) + 1
        ends = [e for e in (text.find(". ", match.end()), text.find("\n", match.end())) if e >= 0]
        end = min([*ends, match.end() + 150])
        inside = [x for x in by_mention if begin <= x[0] and x[1] <= end]
        units = {i for s, _, i in inside if s >= match.start() - 40 and any(_is_unit(p) for p in groups[i].places)}
        settled = [
            i
            for s, e, i in inside
            if e <= match.start()
            and not groups[i].mentions[0].unit
            and any(p.kind == "settlement" for p in groups[i].places)
        ]
        settled = [i for i in settled if i not in units or len(groups[i].mentions[0].name.split()) == 1]
        if settled:
            found |= {(settled[-1], u) for u in units if u != settled[-1]}
    return sorted(found)


def _is_unit(place: Place) -> bool:
    return place.kind in {"admin1", "admin2", "area"}
