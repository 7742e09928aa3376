"""All that is known of one text when its claims are put together: sentences as patterns see them, who speaks, what was read of its fields."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from spacy.tokens import Doc, Token

from leadline.extract.attribution.quotes import find_quotations
from leadline.extract.claims.chosen.clues import Clues
from leadline.extract.claims.chosen.passers import Passers
from leadline.extract.claims.coded.coder import Coder
from leadline.extract.claims.coded.coding import of_the_subject
from leadline.extract.claims.coded.events import find_events, may_hold_event
from leadline.extract.claims.coded.sentences import WHOLE, Meanings
from leadline.extract.claims.coded.taught import Heard
from leadline.extract.claims.details.fields import FieldReadings, Readings
from leadline.extract.claims.details.introduced import describe_recordings
from leadline.extract.claims.details.unlisted import with_unlisted
from leadline.extract.claims.details.whose import describe_tellers
from leadline.extract.claims.judged.medium import Media
from leadline.extract.claims.judged.page import Page
from leadline.extract.claims.judged.verification import Disclaimers
from leadline.extract.claims.ordered import by_start
from leadline.extract.claims.sources.kinds import BODY_KINDS
from leadline.extract.claims.sources.naming import Naming
from leadline.extract.claims.sources.who import Who
from leadline.extract.claims.statements.chains import Chains
from leadline.extract.claims.words import Line, line_of
from leadline.extract.parse import Parsed
from leadline.register import Register
from leadline.schema import Attribution


@dataclass(frozen=True)
class Known:
    """One text that may hold claims.

    `lines` are its sentences as patterns see them, `located` the tokens of places, `told` the events that it tells of in sure words,
    `heard` what the taught model makes of its words.
    """

    parsed: Parsed
    coder: Coder
    lines: list[Line]
    located: frozenset[int]
    told: frozenset[str]
    heard: Heard
    chains: Chains
    readings: Readings
    disclaimers: Disclaimers
    clues: Clues
    passers: Passers
    media: Media

    @classmethod
    def of(
        cls,
        parsed: Parsed,
        attributions: tuple[Attribution, ...],
        register: Register,
        coder: Coder,
        fields: FieldReadings,
    ) -> Known | None:
        """What is known of a text; None where no trigger of the codebook stands in it, whatever bars it."""
        doc, document = parsed.doc, parsed.document
        if not parsed.is_read:
            return None
        located = frozenset(
            t.i
            for p in fields.places
            if p.role in {"location", "metonym", "origin"}
            for t in _tokens(doc, p.start, p.end)
        )
        lines = [line_of(s, located) for s in parsed.sentences]
        if not any(may_hold_event(line, coder.rules, located) for line in lines):
            return None  # most of the work below serves who says it: in a text without any trigger there is no it
        told = frozenset(f.event for line in lines for f in find_events(line, coder.grounds, located))
        heard = Heard()
        if coder.taught:
            heard, told = of_the_subject(coder.taught.hear(doc), told, coder.book)
            heard = coder.taught.reread(doc, heard)
        carriers = [n for n in (document.publisher, document.origin_publisher) if n and not _is_body(register, n)]
        own = {n.casefold() for n in carriers} | {s.name.casefold() for n in carriers if (s := register.resolve(n))}
        quotations = [(q.start, q.end) for q in find_quotations(document.text, parsed.paragraphs)]
        body = _body(register, document.publisher)
        naming = Naming(doc, register, own=frozenset(own), quotations=quotations, office=body is not None)
        chains = Chains(doc, attributions, quotations, naming, parsed.paragraphs, body)
        places = with_unlisted(fields, doc, naming)
        found = (by_start(fields.numbers), by_start(fields.times), by_start(places), by_start(fields.units))
        readings = Readings(doc, naming, *found)
        describe_recordings(chains.recordings.all, readings)
        describe_tellers(chains.voices, readings)
        publisher = register.resolve(document.publisher) if document.publisher else None
        disclaimers = Disclaimers(parsed.sentences, lines, chains, coder.checks)
        encoder = coder.taught.encoder if coder.taught is not None else None
        meanings = Meanings(parsed.sentences, encoder, coder.encoder) if encoder is not None else None
        clues = Clues(chains, parsed.sentences, publisher.kind if publisher is not None else "", meanings)
        officers = chains.unmarked.accounts.officers
        media = Media(coder.media, lines, publisher, document.publisher or "", spoken_to=officers)
        return cls(
            parsed, coder, lines, located, told, heard, chains, readings, disclaimers, clues, Passers(clues), media
        )

    def read_meanings(self, numbers: Iterable[int]) -> None:
        """Read in one go what sentences mean that tell an event: who says them is asked of nearly all."""
        if self.clues.meanings is not None and len(self.clues.sentences) >= WHOLE:
            self.clues.meanings.read(numbers)

    def page(self) -> Page | None:
        """The text as what marked articles taught of medium and verification sees it, where an encoder can read it."""
        if self.clues.meanings is None:
            return None
        media = self.media
        return Page(
            self.parsed.sentences, self.chains, self.clues.meanings, self.disclaimers, media.publisher, media.own(),
            media.named_in,
        )  # fmt: skip


def _body(register: Register, publisher: str | None) -> Who | None:
    """The publisher as a source, where it is a body that publishes what others told it."""
    source = register.resolve(publisher) if publisher and _is_body(register, publisher) else None
    return Who(source.name, source.name, source.kind, source, source.side) if source is not None else None


def _is_body(register: Register, name: str) -> bool:
    """Whether a publisher is a state body or the like: where its own report names it, it is a source."""
    source = register.resolve(name)
    return source is not None and source.kind in BODY_KINDS


def _tokens(doc: Doc, start: int, end: int) -> Iterable[Token]:
    span = doc.char_span(start, end, alignment_mode="expand")
    return span if span is not None else ()
