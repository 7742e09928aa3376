"""Whose story a text retells: the outlet or body that most of what it tells comes from.

A page that passes on what an outlet found names it in its first sentences, comes back to it in a few, and tells the rest in its own voice
or in that of the outlet's witnesses: whether a sentence without a source is still of that story shows in what stands around it.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import cached_property

from leadline.extract.claims.sources.kinds import ORGANISATIONS
from leadline.extract.claims.sources.who import Who, key_of
from leadline.extract.claims.statements.lineage import Lineage

LEAST = 2
"""Statements and sources that one must carry whose story a text may be retelling."""
FAR = 40
"""Sentences back to which those are counted who have spoken since."""
LEAD = 2
"""The last paragraph in which a text that retells a story says whose it is."""


@dataclass(frozen=True)
class Retold:
    """What the statements of one text, each with the number of its paragraph, tell of who carries it."""

    lineages: tuple[Lineage, ...]
    paragraphs: tuple[int, ...]

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
        first = Counter({k: n for k, n in (said + self.passed).items() if kinds[k] in ORGANISATIONS}).most_common(2)
        if not first or first[0][1] < LEAST:
            return "", False
        return first[0][0], len(first) == 1 or 2 * first[1][1] <= first[0][1]

    @cached_property
    def kind(self) -> str:
        """What the main one is."""
        return next((w.kind for w in self._everybody() if key_of(w) == self.main[0]), "")

    @cached_property
    def keys(self) -> list[tuple[str, ...]]:
        """Everybody in the chain of each statement, outermost first."""
        return [tuple(map(key_of, x.whos)) for x in self.lineages]

    @cached_property
    def carried(self) -> list[int]:
        """The statements that the text has through the main one."""
        return [k for k, keys in enumerate(self.keys) if self.main[0] in keys]

    @cached_property
    def share(self) -> float:
        """The share of the statements of somebody that the text has through the main one."""
        return len(self.carried) / sum(map(bool, self.keys))

    def at(self, k: int, named: AbstractSet[int]) -> dict[str, float]:
        """How statement `k` stands to the story: what was told through the main one around it, and who speaks beside; `named` are the
        sentences that name the main one.
        """
        main, alone = self.main
        if not main:
            return {"none": 1}
        here, n = self.paragraphs[k], bisect_left(self.carried, k)
        last = self.carried[n - 1] if n else -1
        coming = next((j for j in self.carried[n : n + 2] if j > k), None)
        since = self.keys[max(last + 1, k - FAR) : k]
        opening = max(bisect_left(self.paragraphs, here), k - FAR)
        beside = [keys for keys in self.keys[opening:k] if keys]
        apart = here - self.paragraphs[last] if n else len(self.paragraphs)
        return {
            "alone": alone,
            f"of {self.kind}": 1,
            "share": self.share,
            "lead": self.paragraphs[self.carried[0]] <= LEAD,
            "before": n > 0,
            "after": coming is not None,
            "inside": n > 0 and coming is not None,
            "other since": any(since),
            "others since": len({keys[-1] for keys in since if keys}) > 1,
            "own since": min(sum(not keys for keys in since), 4) / 4,
            "par 0": apart == 0,
            "par 1": apart == 1,
            "par 2": apart == 2,
            "next par": coming is not None and self.paragraphs[coming] - here <= 1,
            "main beside": any(main in keys for keys in beside),
            "other beside": any(main not in keys for keys in beside),
            "named": k in named,
        }

    def _everybody(self) -> Iterable[Who]:
        return (w for x in self.lineages for w in x.whos)
