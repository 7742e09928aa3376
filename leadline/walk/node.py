"""One step of the walk, and the tables that every step reads, masked as the pages are."""

from __future__ import annotations

from collections.abc import Sized

import msgspec

from leadline import schema
from leadline.engine import Engine
from leadline.judgements import judgements_that_apply
from leadline.judgements.claims import with_judgements
from leadline.publish import protected_events
from leadline.publish.highlight import segments
from leadline.publish.view.masks import Masks
from leadline.publish.view.tables import Tables
from leadline.register import load_register
from leadline.settings import Settings


class Node(msgspec.Struct, frozen=True, kw_only=True):
    """One step of the walk: what is asserted, what it rests on, and the words where there are any."""

    title: str
    details: tuple[str, ...] = ()
    quote: str = ""
    place: str = ""
    children: tuple[Node, ...] = ()


class WalkTables(Tables):
    """The tables of the pages, with rejected claims too, and what masks names in them."""

    def __init__(self, engine: Engine, settings: Settings, *, names: bool) -> None:
        register = load_register(settings.registers, shipped=settings.shipped_register)
        super().__init__(engine, register, {}, protected_events(settings))
        self.judged: dict[str, list[schema.Judgement]] = {}
        applying = judgements_that_apply(engine)
        for j in applying:
            for c in (*j.left, *j.right):
                self.judged.setdefault(c, []).append(j)
        corrections = [j for j in applying if j.decision == "correct"]
        claims = with_judgements(engine.records(schema.CLAIMS, schema.Claim), corrections)
        # `rejected` stays what people rejected; here such claims are shown, and say so
        self.claims = {c.claim_id: c for c in claims}
        self.incident_of_id = {i.incident_id: i for i in self.incidents}
        self.estimates = list(engine.records(schema.ESTIMATES, schema.Estimate))
        self.masks = Masks(self, show=names)

    def words(self, c: schema.Claim) -> str:
        """A claim's own words, as the pages show them."""
        if c.document in self.masks.withheld:
            return "[withheld: nobody looked for persons in this text]"
        # The names are known by their offsets in the document, of which only the quote is at hand.
        pieces = segments(" " * c.start + c.quote, (), self.masks.names(c.document), start=c.start, end=c.end)
        return "".join(piece.text for piece in pieces)

    def where(self, document: str | None, start: int | None, end: int | None) -> str:
        """The place of words, by the name that the document has on the pages."""
        name = self.masks.file_name(document) if document else ""
        return f"{name}:{start}-{end}" if name and start is not None else name


def count(things: Sized, noun: str) -> str:
    """A number of things with their noun."""
    return f"{len(things):,} {noun}{'' if len(things) == 1 else 's'}"
