"""Reading one document: what `extract` records about it. Pure: a document and resources in, records out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from leadline.codebook import load_codebook
from leadline.extract.attribution import find_attributions
from leadline.extract.claims.assemble import Coder, find_claims
from leadline.extract.claims.persons import find_persons
from leadline.extract.numbers import find_numbers
from leadline.extract.parse import Parsed, parse_documents
from leadline.extract.places import Gazetteer, find_places
from leadline.extract.times import find_times
from leadline.extract.units import find_units
from leadline.register import Register, load_register
from leadline.schema import Attribution, Claim, Document, PersonMention, PlaceMention, TimeMention
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


def read_documents(documents: Iterable[Document], resources: Resources) -> Iterator[Reading]:
    """The readings of documents, one at a time and in order."""
    for parsed in parse_documents(documents):
        yield read_parsed(parsed, resources)


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


def read_parsed(parsed: Parsed, resources: Resources) -> Reading:
    """The reading of a document that is already parsed."""
    document, doc = parsed.document, parsed.doc
    if not parsed.is_read:
        return Reading()
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
        ),
        persons=find_persons(parsed, resources.register),
    )
