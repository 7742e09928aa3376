"""What claims are about, taken together: places, units, counts and days, as sets that can agree or contradict."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

import msgspec

from leadline.schema import Claim, Number, Place, TimeInterval
from leadline.trace.text import content_stems, fold_word

PRECISE_M = 15_000.0
PART = re.compile(r"(?i)\b(?:squad|section|platoon|company|battery|crew|detachment)\b")
PERSONS = frozenset(
    {
        "men", "man", "soldiers", "soldier", "servicemen", "serviceman", "troops", "people", "persons", "recruits", "conscripts", "fighters",
        "refusers", "refuseniks", "deserters", "personnel",
    }
)  # fmt: skip
"""Whoever is counted so is counted as one kind: one text's forty men are another's forty soldiers."""
FAR_DEGREES = 0.2  # some 14 to 22 km
NOTHING: frozenset[Any] = frozenset()
"""What is unknown, once for all: an empty set takes as much room as one of a few members."""


class Facts(msgspec.Struct, frozen=True):
    """What an origin's claims, taken together, are about; an empty set is unknown."""

    places: frozenset[str] = frozenset()
    points: frozenset[tuple[float, float]] = frozenset()
    """coordinates of the places that are meant precisely"""
    units: frozenset[str] = frozenset()
    echelons: frozenset[tuple[bool, str]] = frozenset()
    """whether a unit is part of a larger one, and its figures: the 4th company may be of the 87th regiment"""
    counts: frozenset[tuple[str, float | None, float | None]] = frozenset()
    days: frozenset[tuple[str, str]] = frozenset()
    names: frozenset[str] = frozenset()
    """names of the places, as the texts have them"""

    def __or__(self, other: Facts) -> Facts:
        """Both together."""
        return Facts(
            self.places | other.places,
            self.points | other.points,
            self.units | other.units,
            self.echelons | other.echelons,
            self.counts | other.counts,
            self.days | other.days,
            self.names | other.names,
        )

    def contradict(self, other: Facts) -> bool:
        """Whether both name precise places far apart, or both name units and have none in common.

        Then they are about different things; a region and a village do not contradict each other.

        >>> Facts(points=frozenset({(48.0, 37.0)})).contradict(Facts(points=frozenset({(50.0, 36.0)})))
        True
        """
        return self.apart(other) or self.other_unit(other)

    def other_unit(self, other: Facts) -> bool:
        """Whether both name units of one size and have none in common.

        >>> regiment, another, company = (Facts(echelons=frozenset({x})) for x in ((False, "87"), (False, "9"), (True, "4")))
        >>> regiment.other_unit(another), regiment.other_unit(company)
        (True, False)
        """
        if not (self.echelons and other.echelons) or self.units & other.units:
            return False
        mine = {part for part, _ in self.echelons}
        return any(part in mine for part, _ in other.echelons)

    def apart(self, other: Facts) -> bool:
        """Whether all precise places of one are far from all of the other.

        Which of several namesakes is meant the gazetteer guesses: where the texts have one name, nothing is far apart.

        >>> Facts(points=frozenset({(48.0, 37.0)})).apart(Facts())
        False
        """
        if not (self.points and other.points) or self.places & other.places or self.names & other.names:
            return False
        return all(max(abs(a - c), abs(b - d)) > FAR_DEGREES for a, b in self.points for c, d in other.points)


def facts_of(claims: Iterable[Claim]) -> Facts:
    """The facts of some claims."""
    listed = list(claims)
    if len(listed) == 1:
        c = listed[0]
        return _facts_of_one(c.places, c.unit, c.number, c.time)
    return _facts([(c.places, c.unit, c.number, c.time) for c in listed])


@lru_cache(maxsize=20_000)
def _facts_of_one(
    places: tuple[Place, ...], unit: str | None, number: Number | None, time: TimeInterval | None
) -> Facts:
    return _facts([(places, unit, number, time)])


def _facts(listed: Sequence[tuple[tuple[Place, ...], str | None, Number | None, TimeInterval | None]]) -> Facts:
    places = [p for found, _, _, _ in listed for p in found]
    units = [(u, _figures(u) or u) for _, u, _, _ in listed if u]
    sets: tuple[frozenset[Any], ...] = (
        frozenset(_place(p) for p in places),
        frozenset(
            (p.lat, p.lon)
            for p in places
            if p.lat is not None and p.lon is not None and p.precision_m is not None and p.precision_m <= PRECISE_M
        ),
        frozenset(figures for _, figures in units),
        frozenset((bool(PART.search(u)), figures) for u, figures in units),
        frozenset((_unit_of_count(n.unit), n.low, n.high) for _, _, n, _ in listed if n),
        frozenset((t.start, t.end) for _, _, _, t in listed if t and t.start and t.end),
        frozenset(p.name.casefold() for p in places),
    )
    return Facts(*(x or NOTHING for x in sets))


@lru_cache(maxsize=20_000)
def _figures(unit: str) -> str:
    return "".join(re.findall(r"\d+", unit))


@lru_cache(maxsize=20_000)
def _unit_of_count(unit: str) -> str:
    words = content_stems([fold_word(w) for w in unit.split()])
    return "person" if PERSONS & set(unit.casefold().split()) else words[0] if words else ""


def _place(place: Place) -> str:
    return place.gazetteer_id or place.name.casefold()
