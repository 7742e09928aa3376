"""Unit and place of a recording, from the sentences that introduce it and those who speak in it."""

from __future__ import annotations

from leadline.extract.claims.details.fields import Readings, token_at
from leadline.extract.claims.lexicon import rule_words
from leadline.extract.claims.ordered import Ordered
from leadline.extract.claims.recordings.recordings import Recording
from leadline.extract.places import PlaceReading
from leadline.extract.units import UnitReading

NEXT = 45
"""Tokens after a recording's first mention within which its speaker's unit is named."""
MEMBERSHIP = rule_words("introduced.membership")


def describe_recordings(recordings: list[Recording], r: Readings) -> None:
    """Unit and place of each recording, from the sentences that introduce it."""
    mentions = Ordered(((m, o) for o in recordings for m in o.mentions), key=lambda m: m[0])
    for recording in recordings:
        unit: UnitReading | None = None
        place: PlaceReading | None = None
        for i in recording.mentions:
            sentence = r.doc[i].sent
            lo, hi = sentence.start_char, sentence.end_char
            units = [u for u in r.units.within(lo, hi) if u.number is not None]
            unit = unit or (units[0] if units else None)
            places = [p for p in r.places.within(lo, hi) if p.role == "location" and p.kind != "country"]
            place = place or (places[0] if places else None)
        if unit is None and recording.is_one and recording.mentions:  # where its speaker is introduced, right after it
            first = r.doc[recording.mentions[0]]
            ahead = mentions.within(first.i + 1, first.i + NEXT)
            limit = next((m for m, o in ahead if o is not recording), len(r.doc))
            near = r.units.within(first.idx, r.doc[min(limit, first.i + NEXT, len(r.doc) - 1)].idx)
            unit = next((u for u in near if u.number is not None and "\n" not in r.text[first.idx : u.start]), None)
            unit = unit or next((u for i in recording.mentions[1:] if (u := _introduced_after(i, r)) is not None), None)
        r.of_recording[id(recording)] = (unit, place)


def _introduced_after(mention: int, r: Readings) -> UnitReading | None:
    """The unit that those who speak say they are of, in the paragraph of a later mention (`They introduce themselves as members of …`)."""
    start = r.doc[mention].idx
    end = r.text.find("\n", start)
    for u in r.units.within(start, end if end >= 0 else len(r.text)):
        if u.number is None:
            continue
        token = token_at(r.doc, u.start)
        if token is not None and any(a.lemma_.lower() in MEMBERSHIP for a in token.ancestors):
            return u
    return None
