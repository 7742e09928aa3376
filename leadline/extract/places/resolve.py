"""Which of the places of that name is meant: all names of a document are decided together.

Names form groups (one sense a name, split where a text itself tells two of them apart, `Paris, Texas`). Each candidate
has a score that is linear in what speaks for it: its own weight (people, kind, how the name fits) and what the other
groups say (they name the unit that holds it, lie in the same hromada, raion, oblast or country, lie near it, at the
distance that the text states). The others' candidates count by their own probabilities, which are found by a few rounds
of mean-field updates: deterministic, and independent of the order of the groups.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from leadline.extract.places.gazetteer import Place
from leadline.extract.places.groups import Group
from leadline.extract.places.judge import weights
from leadline.extract.places.table import FEATURES, Array, Table

ROUNDS = 3
NAMED = frozenset({"main", "spelling"})
SAME_KM = 40.0
"""Candidates this near to the best one are no rivals: the answer would be the same within a unit's own radius."""
AHEAD = 1.2
"""A place must be this much more probable than any rival far from it; a tie is left open."""


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
