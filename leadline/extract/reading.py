"""Reading one document: what `extract` records about it. Pure: a document and resources in, records out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from spacy.tokens import Token

from leadline.codebook import load_codebook
from leadline.extract.algebra import one_thread
from leadline.extract.attribution import find_attributions
from leadline.extract.claims.assemble import find_claims
from leadline.extract.claims.coded.coder import Coder
from leadline.extract.claims.persons import find_persons
from leadline.extract.language import load_language, pinned_model
from leadline.extract.mending import mend
from leadline.extract.numbers import find_numbers
from leadline.extract.parse import Parsed, parse_documents
from leadline.extract.places import Gazetteer, PlaceReading, find_places
from leadline.extract.times import find_times
from leadline.extract.units import UnitReading, find_units
from leadline.register import Register, load_register
from leadline.schema import Attribution, Claim, Document, PersonMention, PlaceMention, TimeMention, Unread
from leadline.settings import Settings


@dataclass(frozen=True)
class Resources:
    """What every document is read with: a compiled codebook, a source register, a gazetteer."""

    coder: Coder
    register: Register
    gazetteer: Gazetteer

    @classmethod
    def of(cls, settings: Settings) -> Resources:
        """The resources that the settings name; raises `CodebookError` or `InputError` for a faulty file."""
        return cls(
            coder=Coder.of(load_codebook(settings.codebook or None)),
            register=load_register(settings.registers, shipped=settings.shipped_register),
            gazetteer=Gazetteer.load([Path(g) for g in settings.gazetteers], shipped=settings.shipped_gazetteer),
        )


@dataclass(frozen=True)
class Reading:
    """All records of one document."""

    attributions: tuple[Attribution, ...] = ()
    claims: tuple[Claim, ...] = ()
    times: tuple[TimeMention, ...] = ()
    places: tuple[PlaceMention, ...] = ()
    persons: tuple[PersonMention, ...] = ()
    unread: Unread | None = None


NO_EVENT_PLACES = frozenset({"person", "demonym"})
"""Roles of place names that say nothing about where anything is: parts of persons' names, and names of peoples."""


def read_documents(documents: Iterable[Document], resources: Resources) -> Iterator[Reading]:
    """The readings of documents, one at a time and in order.

    A document that cannot be read never ends the run: its reading is empty and says why (`unread`). Raises
    `DependencyError` where the language model is missing or is not the pinned one.
    """
    load_language()
    for document in documents:
        try:
            yield read_whole_words(document, resources)
        except Exception as e:
            reason = f"reading failed: {type(e).__name__}: {e}; please report this"
            yield Reading(unread=Unread(document=document.document, reason=reason))


def read_document(document: Document, resources: Resources) -> Reading:
    """The reading of one document.

    >>> from leadline.schema import Document
    >>> text = "Two conscripts deserted from the fort near Bakhmut, the governor said."
    >>> d = Document(document="a.txt", sha256="", text=text, series="a", language="en")
    >>> reading = read_document(d, Resources.of(Settings()))
    >>> [(c.event, [h.canonical for h in c.chain]) for c in reading.claims]
    [('desertion', ['governor'])]
    """
    return next(read_documents([document], resources))


@one_thread()
def read_whole_words(document: Document, resources: Resources) -> Reading:
    """The reading of a document, through a mended text where its words are broken."""
    mended = mend(document)
    reading = read_parsed(next(parse_documents([mended.document if mended else document])), resources)
    if mended is None:
        return reading
    return Reading(
        attributions=tuple(map(mended.attribution, reading.attributions)),
        claims=tuple(map(mended.claim, reading.claims)),
        times=tuple(map(mended.placed, reading.times)),
        places=tuple(map(mended.placed, reading.places)),
        persons=tuple(map(mended.placed, reading.persons)),
        unread=reading.unread,
    )


def _places_taken_for_persons(parsed: Parsed, gazetteer: Gazetteer) -> set[tuple[int, int]]:
    """Spans of single names that the entity recogniser calls persons, yet the text speaks of their outside or inside.

    The gazetteer must know a place of that name, and the text must not use the name otherwise: else it stays hidden.
    """
    seen: dict[str, list[Token]] = defaultdict(list)
    for token in parsed.doc:
        if token.ent_type_ == "PERSON":
            seen[token.text].append(token)
    found: set[tuple[int, int]] = set()
    for name, tokens in seen.items():
        spatial = all(
            t.dep_ == "pobj" and t.head.lower_ in {"outside", "inside"} and t.i == t.head.i + 1 and not list(t.children)
            for t in tokens
        )
        if spatial and gazetteer.lookup(name):
            found |= {(t.idx, t.idx + len(t)) for t in tokens}
    return found


def _no_persons(places: tuple[PlaceReading, ...], units: tuple[UnitReading, ...]) -> frozenset[tuple[int, int]]:
    """Spans of units and of names that the gazetteer knows and the text uses of a place: no person is hidden there."""
    known = {
        (p.start, p.end) for p in places if p.gazetteer_id is not None and p.role in {"location", "metonym", "origin"}
    }
    return frozenset(known | {(u.start, u.end) for u in units})


def read_parsed(parsed: Parsed, resources: Resources) -> Reading:
    """The reading of a document that is already parsed."""
    document, doc = parsed.document, parsed.doc
    if not parsed.is_read:
        return Reading(unread=Unread(document=document.document, reason=why_unread(parsed)))
    attributions = find_attributions(parsed)
    times = find_times(doc, document.published)
    units = find_units(doc)
    numbers = find_numbers(doc, times=times, units=units)
    places = find_places(doc, resources.gazetteer, boilerplate=document.boilerplate)
    claims = find_claims(
        parsed,
        attributions,
        resources.register,
        resources.coder,
        numbers=numbers,
        times=times,
        places=places,
        units=units,
    )
    return Reading(
        attributions=attributions,
        claims=claims,
        times=tuple(
            TimeMention(
                document=document.document, start=t.start, end=t.end, value=t.value, start_day=t.first, end_day=t.last
            )
            for t in times
        ),
        places=tuple(
            PlaceMention(
                document=document.document,
                start=p.start,
                end=p.end,
                name=p.name,
                lat=p.lat,
                lon=p.lon,
                precision_m=p.precision_m,
                gazetteer_id=p.gazetteer_id,
            )
            for p in places
            if p.role not in NO_EVENT_PLACES
        ),
        persons=find_persons(
            parsed,
            resources.register,
            taken=_no_persons(places, units) | _places_taken_for_persons(parsed, resources.gazetteer),
        ),
    )


def why_unread(parsed: Parsed) -> str:
    """Why nothing of a document was read: its language, nothing but page furniture, or no text.

    >>> d = Document(document="a", sha256="", text="Die Stadt war leer.", series="a", language="de")
    >>> why_unread(next(parse_documents([d])))
    'the text is in German (de); only English is read'
    """
    document = parsed.document
    if not document.text.strip():
        return "the document holds no text"
    reasons = {u.reason for u in parsed.unread}
    code = document.language
    if "language" in reasons and code not in {None, "en"}:
        name = pinned_model().names.get(code or "")
        return f"the text is in {f'{name} ({code})' if name else f'the language {code}'}; only English is read"
    if "language" in reasons:
        return "no paragraph is in English; only English is read"
    if "boilerplate" in reasons:
        return "nothing but page furniture"
    return "no words, only unbroken runs of characters"
