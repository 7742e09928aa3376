"""All mentions of units in a document, without overlaps."""

from __future__ import annotations

import msgspec
from spacy.tokens import Doc

from leadline.extract.numerals import items, text_of
from leadline.extract.units.named import called_units, listed_units, unit_numbers
from leadline.extract.units.numbered import numbered_units
from leadline.extract.units.reading import Lexed, UnitReading, ordinal

# A bare "the 17th" may be a day; above this it can only be the unit that the text has named with that number.
_LAST_DAY = 31


def find_units(doc: Doc) -> tuple[UnitReading, ...]:
    """Units named in a document, in order of their place, without overlaps.

    >>> import spacy
    >>> doc = spacy.blank("en")("Men of Russia's 1306 Regiment met the 77th Separate Rifle Brigade.")
    >>> [(u.canonical, u.branch, u.side) for u in find_units(doc)]
    [('1306th regiment', None, 'RUS'), ('77th brigade', 'separate rifle', None)]
    """
    text = text_of(doc)
    lexed = Lexed(text, items(text))
    readings = [*numbered_units(lexed), *listed_units(text), *unit_numbers(text), *called_units(lexed)]
    readings.sort(key=lambda u: (u.start, -(u.end - u.start), u.number is None))
    out: list[UnitReading] = []
    for u in readings:
        if not out or u.start >= out[-1].end:
            out.append(u)
    return tuple(_complete(lexed, out))


def _complete(lexed: Lexed, units: list[UnitReading]) -> list[UnitReading]:
    """Give a unit the side that another mention states, and find it where its echelon is left out ("the 1,306th")."""
    sides: dict[str, set[str]] = {}
    known: dict[int, set[str]] = {}
    for u in units:
        if u.side:
            sides.setdefault(u.canonical, set()).add(u.side)
        if u.number is not None and u.number > _LAST_DAY and u.echelon:
            known.setdefault(u.number, set()).add(u.echelon)

    def with_side(u: UnitReading) -> UnitReading:
        stated = sides.get(u.canonical, set())
        return u if u.side or len(stated) != 1 else msgspec.structs.replace(u, side=min(stated), basis="same unit")

    out = [with_side(u) for u in units]
    n = 0
    for item in lexed.found if known else ():
        while n < len(units) and units[n].end <= item.start:
            n += 1
        if (
            item.form != "ordinal"
            or not lexed.text[item.start].isdigit()
            or (n < len(units) and units[n].start < item.end)
        ):
            continue
        number = int(item.value or 0)
        echelons = known.get(number, set())
        if len(echelons) == 1:
            echelon = min(echelons)
            out.append(
                with_side(
                    UnitReading(
                        start=item.start,
                        end=item.end,
                        canonical=f"{ordinal(number)} {echelon}",
                        number=number,
                        echelon=echelon,
                    )
                )
            )
    return sorted(out, key=lambda u: u.start)
