"""Which decisions contradict each other.

Decisions are taken from the latest to the earliest, so that what is dropped is always the earlier one. `same` is an
equivalence: A with B and B with C puts A with C.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

from leadline.schema import Judgement


def overruled(judgements: Sequence[Judgement]) -> dict[int, tuple[int, ...]]:
    """For each decision that cannot stand beside later ones, the entries that together contradict it.

    >>> def j(seq, decision, a, b):
    ...     return Judgement(seq=seq, time="", by="N", why="", decision=decision, about="incident", left=(a,), right=(b,))
    >>> overruled([j(1, "same", "A", "B"), j(2, "same", "B", "C"), j(3, "different", "A", "C")])
    {1: (2, 3)}
    """
    found: dict[int, tuple[int, ...]] = {}
    for about in (("incident",), ("origin", "line")):  # one origin is never two lines of evidence
        found |= _pairs([j for j in judgements if j.about in about])
    return found | _claims([j for j in judgements if j.about == "claim"])


def _pairs(judgements: Sequence[Judgement]) -> dict[int, tuple[int, ...]]:
    found: dict[int, tuple[int, ...]] = {}
    near: dict[str, list[tuple[str, int]]] = {}
    apart: list[tuple[str, str, int]] = []
    for j in sorted(judgements, key=lambda j: -j.seq):
        if j.decision == "same":
            edges = _star((*j.left, *j.right), j.seq)
            for a, b, seq in edges:
                near.setdefault(a, []).append((b, seq))
                near.setdefault(b, []).append((a, seq))
            clash = next((p | {seq} for a, b, seq in apart if (p := _path(near, a, b)) is not None), None)
            if clash is not None:
                found[j.seq] = tuple(sorted(clash - {j.seq}))
                for a, b, seq in edges:
                    near[a].remove((b, seq))
                    near[b].remove((a, seq))
        else:
            pairs = [(a, b, j.seq) for a in j.left for b in j.right]
            clash = next((p for a, b, _ in pairs if (p := _path(near, a, b)) is not None), None)
            if clash is not None:
                found[j.seq] = tuple(sorted(clash))
            else:
                apart += pairs
    return found


def _star(claims: Sequence[str], seq: int) -> list[tuple[str, str, int]]:
    return [(claims[0], c, seq) for c in claims[1:] if c != claims[0]]


def _path(near: dict[str, list[tuple[str, int]]], a: str, b: str) -> set[int] | None:
    """The entries that put two claims together, None where nothing does."""
    came: dict[str, tuple[str, int]] = {a: (a, 0)}
    waiting = deque([a])
    while waiting:
        here = waiting.popleft()
        if here == b:
            entries = set()
            while here != a:
                here, seq = came[here]
                entries.add(seq)
            return entries
        for other, seq in near.get(here, ()):
            if other not in came:
                came[other] = (here, seq)
                waiting.append(other)
    return None


def _claims(judgements: Sequence[Judgement]) -> dict[int, tuple[int, ...]]:
    """A claim is rejected or not, and a corrected field has one value."""
    found: dict[int, tuple[int, ...]] = {}
    kept: list[Judgement] = []
    for j in sorted(judgements, key=lambda j: -j.seq):
        clash = [k.seq for k in kept if set(k.left) & set(j.left) and _contradict(k, j)]
        if clash:
            found[j.seq] = tuple(sorted(clash))
        else:
            kept.append(j)
    return found


def _contradict(a: Judgement, b: Judgement) -> bool:
    if (a.decision == "reject") != (b.decision == "reject"):
        return True
    return a.decision == b.decision == "correct" and a.field == b.field and a.value != b.value
