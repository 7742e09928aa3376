"""What a text states of how its places lie: distances between two of them, and places on a border."""

from __future__ import annotations

import re
from collections.abc import Sequence

from leadline.extract.places.gazetteer import Place
from leadline.extract.places.groups import Group

_DISTANCE = re.compile(
    r"\b(\d{1,4}(?:[.,]\d+)?)\s*(?:-|–)?\s*(km|kilomet(?:er|re)s?|mi|miles?)\b(?=[^.\n]{0,40}?\b(?:from|of|to|off|outside|away)\b)",
    re.IGNORECASE,
)
_BORDER = re.compile(r"\b(?:borders?|bordering|frontier)\b", re.IGNORECASE)


def distances(text: str, groups: Sequence[Group]) -> list[tuple[int, int, float]]:
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


def borders(text: str, groups: Sequence[Group]) -> list[tuple[int, int]]:
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
