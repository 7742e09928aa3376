"""Roles instead of names: what pages show of persons who are not in the source register.

Names are masked twice: by the offsets that extraction found, and, in strings that have no offsets (canonical names,
notes), by the name itself and by its last part. Coordinates of incidents that concern refusers or witnesses are coarsened.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from leadline.schema import PersonMention, Place

DISTRICT_M = 25_000.0  # about the radius of a Ukrainian raion: no point finer than this is drawn for protected events


class Names:
    """Masks the names of persons outside the register in one document or in a whole case.

    >>> m = PersonMention(document="a", start=0, end=9, name="Ivo Karan", role="a soldier")
    >>> Names([m]).mask("Ivo Karan spoke; Karan is afraid.")
    '[a soldier] spoke; [a soldier] is afraid.'
    """

    def __init__(self, mentions: Iterable[PersonMention], *, show: bool = False) -> None:
        self.hidden = (
            [] if show else sorted((m for m in mentions if m.source_id is None), key=lambda m: (m.start, m.end))
        )
        self.roles: dict[str, str] = {}
        for m in self.hidden:
            name = " ".join(m.name.split())
            self.roles.setdefault(name, m.role)
            last = re.sub(r"['’]s$", "", name.split(" ")[-1]) if name else ""
            if len(last) > 3 and last[:1].isupper():
                self.roles.setdefault(last, m.role)
        names = sorted(self.roles, key=lambda n: (-len(n), n))
        self.pattern = (
            re.compile(r"(?<!\w)(" + "|".join(r"\s+".join(map(re.escape, n.split())) for n in names) + r")(?!\w)")
            if names
            else None
        )

    def mask(self, text: str) -> str:
        """A string without offsets, its names replaced by roles in square brackets."""
        if self.pattern is None:
            return text
        return self.pattern.sub(lambda m: f"[{self.roles[' '.join(m[0].split())]}]", text)

    def spans(self) -> list[tuple[int, int, str]]:
        """Start, end and role of each hidden mention."""
        return [(m.start, m.end, m.role) for m in self.hidden]


def coarse(place: Place, *, protect: bool) -> Place:
    """The place as it may be drawn: for a protected event on a grid of a quarter degree, never finer than a district.

    >>> p = Place(name="X", lat=48.5912, lon=38.0, precision_m=2000.0, gazetteer_id="1")
    >>> coarse(p, protect=True).lat, coarse(p, protect=True).precision_m
    (48.5, 25000.0)
    """
    if not protect or place.lat is None or place.lon is None:
        return place
    precision = max(place.precision_m or 0.0, DISTRICT_M)
    return Place(
        name=place.name,
        lat=round(place.lat * 4) / 4,
        lon=round(place.lon * 4) / 4,
        precision_m=precision,
        gazetteer_id=None,
    )
