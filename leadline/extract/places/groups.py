"""Names of a text by sense: the mentions of one name that mean one place (`Paris` and `Paris, Texas` are two)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from leadline.extract.places.gazetteer import Place
from leadline.extract.places.mentions import Mention


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
