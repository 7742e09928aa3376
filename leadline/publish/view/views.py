"""All views of a case, made in the order in which the pages need them."""

from __future__ import annotations

from collections.abc import Iterator

from leadline import schema
from leadline.engine import Engine
from leadline.publish.view.documents import document_views
from leadline.publish.view.incidents import incident_view
from leadline.publish.view.lines import lines_in_all
from leadline.publish.view.masks import Masks
from leadline.publish.view.records import ClaimView, DocumentView, IncidentView, SourceView
from leadline.publish.view.sources import source_views
from leadline.publish.view.tables import Tables
from leadline.register import Register


class Views:
    """All views of a case; documents are streamed, since their texts are the large part."""

    def __init__(
        self, engine: Engine, register: Register, labels: dict[str, str], protected: frozenset[str], *, names: bool
    ) -> None:
        self.tables = Tables(engine, register, labels, protected)
        self.masks = Masks(self.tables, show=names)
        self.claims: dict[str, ClaimView] = {}
        self.publishers: dict[str, str] = {}  # as the register or the text names them, by document

    def documents(self) -> Iterator[tuple[DocumentView, ...]]:
        """The parts of each document's view, in the table's order; fills `claims` on the way."""
        for parts in document_views(self.tables, self.masks, self.claims):
            d = parts[0].document
            if d.publisher:
                entry = self.tables.register.resolve(d.publisher)
                self.publishers[d.document] = entry.name if entry else d.publisher
            yield parts

    def incidents(self) -> list[IncidentView]:
        """A view of each incident, the best supported first; call after `documents` was exhausted."""
        names = {d: self.masks.publisher(p, self.masks.names(d)) for d, p in self.publishers.items()}
        found = [incident_view(self.tables, self.masks, i, self.claims, names) for i in self.tables.incidents]
        return sorted(
            found, key=lambda i: (-i.incident.n_independent, -i.incident.n_origins, i.label, i.incident.incident_id)
        )

    def sources(self) -> list[SourceView]:
        """A view of each source and publisher."""
        return source_views(self.tables, self.masks, self.publishers, self.claims)

    def independent_lines(self) -> int:
        """Lines of evidence in the whole case, see `lines_in_all`."""
        return lines_in_all(self.tables.incidents, self.tables.ties)

    def origins_that_count(self) -> int:
        """Origins that are evidence of their own in some incident."""
        return len({o for i in self.tables.incidents for line in i.lines for o in line.origins})

    def named_origins(self) -> int:
        """Origins but those that stand for a lineage nobody names."""
        return sum(o.kind not in schema.UNNAMED_KINDS for o in self.tables.origins.values())
