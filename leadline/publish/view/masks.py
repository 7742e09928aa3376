"""Which names each document's words are freed of, and how documents, claims and publishers are called on pages."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from leadline import schema
from leadline.publish.contacts import handle
from leadline.publish.redact import Names
from leadline.publish.view.phrases import page_key, page_name
from leadline.publish.view.records import ReasonView
from leadline.publish.view.tables import Tables


class Masks:
    """The hidden names of a case. With `show` nothing is hidden."""

    def __init__(self, tables: Tables, *, show: bool) -> None:
        self.tables, self.show = tables, show
        people = list(tables.engine.records(schema.PERSONS, schema.PersonMention))
        by_document: dict[str, list[schema.PersonMention]] = defaultdict(list)
        for p in people:
            by_document[p.document].append(p)
        accounts = _accounts(tables)
        everyone = Names((p for p in people if len(p.name.split()) > 1), show=show, last_names=False, accounts=accounts)
        self.of = {d: Names(ms, show=show, others=everyone, accounts=accounts) for d, ms in by_document.items()}
        self.all = Names(_but_places(people, tables), show=show, accounts=accounts)
        self.nobody = Names((), show=show, others=everyone, accounts=accounts)
        # Nobody looked for persons in a text that was not read: it is not shown, lest it name one.
        unread = {u.document for u in tables.engine.records(schema.UNREAD, schema.Unread)}
        languages = tables.engine.read(schema.DOCUMENTS, ["document", "language"]).to_pylist()
        unread |= {d["document"] for d in languages if d["language"] not in (None, "en")}
        self.withheld = frozenset[str]() if show else frozenset(unread)

    def names(self, document: str) -> Names:
        """The names to hide in a document's own words."""
        return self.of.get(document, self.nobody)

    def file_name(self, document: str) -> str:
        """A document's name without names of persons; where the document was not read, by the persons of all others."""
        return self.of.get(document, self.all).mask_file(document)

    def document_id(self, document: str) -> str:
        """A document's id as pages and commands may print it: itself, or where it holds a name the digest that its page is called by."""
        return document if self.file_name(document) == document else page_key("documents", document)

    def claim_name(self, claim_id: str) -> str:
        """A claim's id, which begins with its document's, as pages and commands may print it; commands take it back as it stands."""
        claim = self.tables.claims.get(claim_id)
        return claim_id if claim is None else self.document_id(claim.document) + claim_id.removeprefix(claim.document)

    def publisher(self, publisher: str | None, names: Names) -> str:
        """A publisher's name, masked where the register does not know it."""
        if publisher is None:
            return ""
        return publisher if self.tables.register.resolve(publisher) else names.mask(publisher)

    def source(self, name: str) -> str:
        """A source's canonical name, masked where the register does not know it."""
        return name if self.tables.register.resolve(name) else self.all.mask(name)

    def reasons(self, evidence: Iterable[schema.Evidence]) -> tuple[ReasonView, ...]:
        """Evidence as pages show it: notes name documents, quotes are words of them."""
        out: dict[ReasonView, None] = {}
        for e in evidence:
            names = self.names(e.document) if e.document else self.all
            reason = ReasonView(
                note=self.all.mask_file(e.note),
                quote="" if e.document in self.withheld else names.mask(e.quote or ""),
                document=self.file_name(e.document) if e.document else "",
                page=page_name("documents", e.document) if e.document else "",
            )
            out[reason] = None
        return tuple(out)


def _but_places(people: Iterable[schema.PersonMention], tables: Tables) -> list[schema.PersonMention]:
    """Persons as strings of the whole case are freed of them: without single words that the gazetteer knows in its texts.

    What one text seems to call a person (`Russia`) would be hidden in the notes about all others. The words of that text itself stay hidden.
    """
    known = tables.engine.read(schema.PLACES, ["name", "gazetteer_id"]).to_pylist()
    places = {row["name"].casefold() for row in known if row["gazetteer_id"] is not None}
    people = list(people)
    surnames = {p.name.split()[-1].casefold() for p in people if len(p.name.split()) > 1}
    return [p for p in people if p.name.casefold() not in places or p.name.casefold() in surnames]


def _accounts(tables: Tables) -> frozenset[str]:
    """The handles of those who publish: channels of the register, and publishers of the case's documents."""
    publishers = tables.engine.read(schema.DOCUMENTS, ["publisher"]).to_pylist()
    names = [d["publisher"] for d in publishers if d["publisher"]]
    names += [n for s in tables.register.sources.values() for n in (s.id, s.name, *s.aliases)]
    return frozenset(handle(n.replace(" ", "")) for n in names)
