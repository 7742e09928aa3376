"""People's judgements as bonds: rows that stand together, and rows that never do, in every partition.

A judgement is about claims, a row holds all copies of a claim: a copy follows what it copies, unless people told the two apart.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import product

import msgspec

from leadline.link.graph import BOUND
from leadline.schema import Claim, Judgement, Pair, PairFeature

Pairs = dict[tuple[str, str], Judgement]


class Bonds:
    """What people said about which claims are one incident, closed under `same`."""

    def __init__(self, judgements: Iterable[Judgement] = ()) -> None:
        self.judgements = [j for j in judgements if j.about == "incident" and j.state == "applies"]
        self.parent: dict[str, str] = {}
        for j in self.judgements:
            if j.decision == "same":
                first, *others = (*j.left, *j.right)
                for c in others:
                    a, b = sorted((self.root(first), self.root(c)))
                    self.parent[b] = a
        self.apart = {
            frozenset((self.root(a), self.root(b)))
            for j in self.judgements
            if j.decision == "different"
            for a, b in product(j.left, j.right)
        }
        self.told_apart = frozenset(c for pair in self.apart for c in pair)

    def root(self, claim_id: str) -> str:
        """The claim that stands for all that people put together with this one."""
        while (up := self.parent.get(claim_id, claim_id)) != claim_id:
            claim_id = up
        return claim_id

    def split(self, claims: Sequence[Claim]) -> Iterator[list[Claim]]:
        """Claims that would be one row, in parts where people told them apart; unjudged ones stay with the first."""
        by_root: dict[str, list[Claim]] = {}
        rest: list[Claim] = []
        for c in claims:
            root = self.root(c.claim_id)
            (by_root.setdefault(root, []) if root in self.told_apart else rest).append(c)
        clash = any(frozenset((a, b)) in self.apart for a in by_root for b in by_root if a < b)
        if not clash:
            yield list(claims)
            return
        first, *others = by_root.values()
        yield [*first, *rest]
        yield from others

    def numbers_of(self, claims: Iterable[str]) -> tuple[str, ...]:
        """The entries that judged any of these claims, so that what they judged is always compared."""
        wanted = set(claims)
        return tuple(str(j.seq) for j in self.judgements if not wanted.isdisjoint((*j.left, *j.right)))

    def pairs(self, row_of: Mapping[str, str]) -> Pairs:
        """For every pair of rows that a judgement is about, the latest judgement."""
        found: Pairs = {}
        for j in self.judgements:
            left, right = ({row_of[c] for c in side if c in row_of} for side in (j.left, j.right))
            for a, b in product(sorted(left), sorted(right)):
                if a != b:
                    found[min(a, b), max(a, b)] = j
        return found

    def edges(self, row_of: Mapping[str, str]) -> dict[tuple[str, str], float]:
        """Log odds of the bound pairs of rows: `BOUND` for together, its negative for apart."""
        rows: dict[str, set[str]] = {}
        judged = {c for j in self.judgements for c in (*j.left, *j.right)}
        for c in sorted(judged):
            if c in row_of:
                rows.setdefault(self.root(c), set()).add(row_of[c])
        found: dict[tuple[str, str], float] = {}
        for a, b in (sorted(pair) for pair in self.apart if len(pair) == 2):
            for x, y in product(sorted(rows.get(a, ())), sorted(rows.get(b, ()))):
                if x != y:
                    found[min(x, y), max(x, y)] = -BOUND
        for group in rows.values():
            first, *others = sorted(group)
            found |= {(first, other): BOUND for other in others}
        return found


def with_judgement(p: Pair, j: Judgement) -> Pair:
    """A pair that somebody judged: the judgement as a feature beside what the machine compared, and its probability."""
    same = j.decision == "same"
    feature = PairFeature(
        field="judgement", left=", ".join(j.left), right=", ".join(j.right), weight=0.0,
        level=f"judged {'the same' if same else 'different'} by {j.by} (entry {j.seq})",
    )  # fmt: skip
    return msgspec.structs.replace(p, probability=float(same), features=(*p.features, feature))
