"""Whose story a text retells: the outlet or body that most of what it tells comes from.

A page that passes on what an outlet found names it in its first sentences, comes back to it in a few, and tells the rest in its own voice
or in that of the outlet's witnesses.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from leadline.extract.claims.sources.who import BODY_KINDS, OUTLET_KINDS, Who, key_of
from leadline.extract.claims.statements.lineage import Lineage

PASSING = BODY_KINDS | OUTLET_KINDS
LEAST = 2
"""Statements and sources that one must carry whose story a text may be retelling."""


@dataclass(frozen=True)
class Retold:
    """What the statements of one text tell of who carries it."""

    lineages: tuple[Lineage, ...]

    @cached_property
    def outside(self) -> Counter[tuple[str, str]]:
        """How many statements have an inner and an outer source together."""
        return Counter(
            (key_of(inner), key_of(outer))
            for x in self.lineages
            for n, inner in enumerate(x.whos)
            for outer in x.whos[:n]
        )

    @cached_property
    def passed(self) -> Counter[str]:
        """In front of how many sources each one stands somewhere."""
        return Counter(outer for _, outer in self.outside)

    @cached_property
    def passed_by(self) -> dict[str, frozenset[str]]:
        """Those who stand in front of each source somewhere."""
        found: dict[str, set[str]] = {}
        for inner, outer in self.outside:
            found.setdefault(inner, set()).add(outer)
        return {key: frozenset(keys) for key, keys in found.items()}

    @cached_property
    def main(self) -> tuple[str, bool]:
        """The outlet or body that carries most, if one does; and whether no other carries half as much."""
        said = Counter(key_of(x.whos[-1]) for x in self.lineages if x.whos)
        kinds = {key_of(w): w.kind for w in self._everybody()}
        first = Counter({k: n for k, n in (said + self.passed).items() if kinds[k] in PASSING}).most_common(2)
        if not first or first[0][1] < LEAST:
            return "", False
        return first[0][0], len(first) == 1 or 2 * first[1][1] <= first[0][1]

    def _everybody(self) -> Iterable[Who]:
        return (w for x in self.lineages for w in x.whos)
