"""What the other modules of `extract` found in one text, from which the fields of its claims are chosen."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

from spacy.tokens import Doc, Token

from leadline.extract.claims.ordered import Ordered
from leadline.extract.claims.sources.naming import Naming
from leadline.extract.numbers import NumberReading
from leadline.extract.places import PlaceReading
from leadline.extract.times import TimeReading
from leadline.extract.units import UnitReading
from leadline.schema import FieldSpan


@dataclass(frozen=True)
class FieldReadings:
    """The numbers, times, places and units of one text, in its order."""

    numbers: tuple[NumberReading, ...] = ()
    times: tuple[TimeReading, ...] = ()
    places: tuple[PlaceReading, ...] = ()
    units: tuple[UnitReading, ...] = ()


@dataclass
class Readings:
    """The numbers, times, places and units of one text, and what is known of its recordings and of those who tell.

    `of_recording` holds unit and place by the identity of the recording, `of_teller` the unit by canonical name, `of_himself` the
    units that somebody says, or is said, to serve in.
    """

    doc: Doc
    naming: Naming
    numbers: Ordered[NumberReading]
    times: Ordered[TimeReading]
    places: Ordered[PlaceReading]
    units: Ordered[UnitReading]
    of_recording: dict[int, tuple[UnitReading | None, PlaceReading | None]] = field(default_factory=dict)
    of_teller: dict[str, UnitReading] = field(default_factory=dict)
    of_himself: list[UnitReading] = field(default_factory=list)
    tellers: set[str] = field(default_factory=set)
    named_tellers: set[str] = field(default_factory=set)

    @cached_property
    def text(self) -> str:
        """The text; spaCy puts it together anew each time."""
        return str(self.doc.text)

    @cached_property
    def one_unit(self) -> tuple[UnitReading, int] | None:
        """The first numbered unit, and up to where the text names no other."""
        numbered = [u for u in self.units if u.number is not None]
        other = next((u.start for u in numbered if u.canonical != numbered[0].canonical), len(self.text))
        return (numbered[0], other) if numbered else None

    @cached_property
    def brought_in(self) -> dict[str, list[int]]:
        """Where each noun stands with `a` or `an`."""
        found: dict[str, list[int]] = {}
        for t in self.doc:
            if t.lower_ in {"a", "an"} and t.head.i != t.i:
                found.setdefault(t.head.lemma_, []).append(t.head.i)
        return found


Spans = list[FieldSpan]


def token_at(doc: Doc, offset: int) -> Token | None:
    """The token at a character, None outside of the text."""
    span = doc.char_span(offset, offset + 1, alignment_mode="expand")
    return span[0] if span is not None and len(span) else None
