"""What claims are about, taken together: places, units, counts and days, as sets that can agree or contradict."""

from __future__ import annotations

import re
from collections.abc import Iterable

import msgspec

from leadline.schema import Claim, Place
from leadline.trace.text import content_stems, fold_word


class Facts(msgspec.Struct, frozen=True):
    """What an origin's claims, taken together, are about; an empty set is unknown."""

    places: frozenset[str] = frozenset()
    units: frozenset[str] = frozenset()
    counts: frozenset[tuple[str, float | None, float | None]] = frozenset()
    days: frozenset[tuple[str, str]] = frozenset()

    def __or__(self, other: Facts) -> Facts:
        """Both together."""
        return Facts(
            self.places | other.places, self.units | other.units, self.counts | other.counts, self.days | other.days
        )

    def contradict(self, other: Facts) -> bool:
        """Whether both name places, or both name units, and have none in common: then they are about different things.

        >>> Facts(places=frozenset("a")).contradict(Facts(places=frozenset("b")))
        True
        """
        return (bool(self.places and other.places) and not self.places & other.places) or (
            bool(self.units and other.units) and not self.units & other.units
        )


def facts_of(claims: Iterable[Claim]) -> Facts:
    """The facts of some claims."""
    listed = list(claims)
    return Facts(
        frozenset(_place(p) for c in listed for p in c.places),
        frozenset(_figures(c.unit) or c.unit for c in listed if c.unit),
        frozenset((_unit_of_count(c.number.unit), c.number.low, c.number.high) for c in listed if c.number),
        frozenset((c.time.start, c.time.end) for c in listed if c.time and c.time.start and c.time.end),
    )


def _figures(unit: str) -> str:
    return "".join(re.findall(r"\d+", unit))


def _unit_of_count(unit: str) -> str:
    words = content_stems([fold_word(w) for w in unit.split()])
    return words[0] if words else ""


def _place(place: Place) -> str:
    return place.gazetteer_id or place.name.casefold()
