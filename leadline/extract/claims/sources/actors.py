"""Whose conduct a claim is about: the side or group of the doer, of the soldiers concerned, or of the one who speaks."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from spacy.tokens import Token

from leadline.extract.claims.coded.events import Found
from leadline.extract.claims.coded.grammar import agents, patients
from leadline.extract.claims.sources.kinds import TROOPS
from leadline.extract.claims.sources.naming import Naming
from leadline.extract.claims.sources.who import FIRST_PERSON
from leadline.extract.claims.statements.lineage import Lineage
from leadline.extract.units import UnitReading

OFFICIAL_EVENTS = frozenset({"official-response", "prosecution"})
"""Events whose doer is a state body: there an official's nationality tells the side."""


def read_actor(
    found: Found, clause: tuple[Token, ...], lineage: Lineage, unit: UnitReading | None, naming: Naming
) -> str | None:
    """The side of a claim, from the nearest to the event outwards.

    The doer's (for losses: the victims') nationality, that of soldiers in the clause, the speaker's where `we` are concerned, the
    unit's, that of a recording's speaker, any other in the clause. Words that name the source say nothing of the event. Where
    nothing tells, the side whose soldiers the text is mostly about.
    """
    told = _telling(lineage)
    doers = [x for t in agents(found.head) for x in t.subtree if x.i <= t.i]
    victims = [x for t in patients(found.head, found.tokens) for x in t.subtree if x.i <= t.i]
    groups = (victims, doers) if found.event == "losses" else (doers, victims)
    for group in groups:
        if side := _first(naming, lineage, (t for t in group if not told(t))):
            return side
    kinds = TROOPS | ({"official"} if found.event in OFFICIAL_EVENTS else set())
    on_troops = (t for t in clause if not told(t) and naming.words.kind(t.head.lemma_.lower()) in kinds)
    if side := _first(naming, lineage, on_troops):
        return side
    speaker = lineage.whos[-1] if lineage.whos else None
    if speaker is not None and speaker.side and any(t.lower_ in FIRST_PERSON for t in clause):
        return speaker.side
    if unit is not None and unit.side:
        return unit.side
    if lineage.recording is not None and lineage.recording.speaker is not None and lineage.recording.speaker.side:
        return lineage.recording.speaker.side
    if speaker is not None and speaker.side and speaker.kind in TROOPS:
        return speaker.side
    return _first(naming, lineage, (t for t in clause if not told(t))) or naming.sides.main


def _first(naming: Naming, lineage: Lineage, tokens: Iterable[Token]) -> str | None:
    """The first side that tokens name; `the enemy` is the other side of the one who says so."""
    for t in tokens:
        if side := naming.sides.words.get(t.lower_):
            return side
        if t.lemma_.lower() in naming.words.opponents or t.lower_ in naming.words.opponents:
            teller = next((w.side for w in lineage.whos if w.side), None)
            if teller is not None and (other := naming.sides.other(teller)) is not None:
                return other
    return None


def _telling(lineage: Lineage) -> Callable[[Token], bool]:
    """Whether a token stands in the words that name one of the sources."""
    released = lineage.recording.released_by if lineage.recording is not None else []
    spans = [(w.start, w.end) for w in (*lineage.whos, *released) if w.start is not None and w.end is not None]
    return lambda token: any(start <= token.idx < end for start, end in spans)
