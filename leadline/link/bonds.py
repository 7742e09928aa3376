"""People's judgements as bonds: rows that stand together, and rows that never do, in every partition.

A judgement is about claims, a row holds all copies of a claim: a copy follows what it copies, unless people told the two apart.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import product

import msgspec

from leadline.link.partitions import BOUND
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
        for c, row in row_of.items():
            rows.setdefault(self.root(c), set()).add(row)
        found: dict[tuple[str, str], float] = {}
        for a, b in (sorted(pair) for pair in self.apart if len(pair) == 2):
            for x, y in product(sorted(rows.get(a, ())), sorted(rows.get(b, ()))):
                if x != y:
                    found[min(x, y), max(x, y)] = -BOUND
        together = [rows[c] for c in sorted({self.root(c) for c in self.parent}) if c in rows]
        for group in together:
            first, *others = sorted(group)
            found |= {(first, other): BOUND for other in others}
        return found


def with_judgements(pairs: Sequence[Pair], judged: Pairs) -> list[Pair]:
    """The pairs, where somebody judged one with the judgement as a feature and its probability."""
    by_ids = {(p.claim_l, p.claim_r): p for p in pairs}
    for (a, b), j in judged.items():
        p = by_ids.get((a, b)) or Pair(claim_l=a, claim_r=b, probability=0.0, weight=0.0)
        same = j.decision == "same"
        feature = PairFeature(
            field="judgement", left=a, right=b, weight=0.0,
            level=f"judged {'the same' if same else 'different'} by {j.by} (entry {j.seq})",
        )  # fmt: skip
        by_ids[a, b] = msgspec.structs.replace(p, probability=float(same), features=(*p.features, feature))
    return [by_ids[k] for k in sorted(by_ids)]
