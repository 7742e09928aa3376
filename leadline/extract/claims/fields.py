"""What the other modules of `extract` found in one text, from which the fields of its claims are chosen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from spacy.tokens import Doc, Token

from leadline.extract.claims.naming import Naming
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

    `of_recording` holds unit and place by the identity of the recording, `of_teller` the unit by canonical name.
    """

    doc: Doc
    naming: Naming
    numbers: Sequence[NumberReading]
    times: Sequence[TimeReading]
    places: Sequence[PlaceReading]
    units: Sequence[UnitReading]
    of_recording: dict[int, tuple[UnitReading | None, PlaceReading | None]] = field(default_factory=dict)
    of_teller: dict[str, UnitReading] = field(default_factory=dict)
    tellers: set[str] = field(default_factory=set)
    named_tellers: set[str] = field(default_factory=set)


Spans = list[FieldSpan]


def token_at(doc: Doc, offset: int) -> Token | None:
    """The token at a character, None outside of the text."""
    span = doc.char_span(offset, offset + 1, alignment_mode="expand")
    return span[0] if span is not None and len(span) else None
