"""The documents' pages, with what rewrites took from their originals laid beside them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from leadline import schema
from leadline.progress import Progress
from leadline.publish.compare import Comparison, compare
from leadline.publish.highlight import Mark, segments
from leadline.publish.page_files import write_page
from leadline.publish.view import Views
from leadline.publish.view.documents import took_from
from leadline.publish.view.phrases import page_name, part_name
from leadline.publish.view.records import DocumentView

COMPARED = 400  # rewrites laid beside their originals in one dossier


def write_documents(
    views: Views, folder: Path, common: dict[str, Any], progress: Progress
) -> tuple[list[DocumentView], int]:
    """Write the documents' pages; returns a view of each without its text, and the length of all texts."""
    rewrites = _originals_of_rewrites(views)
    originals, left_out = dict(list(rewrites.items())[:COMPARED]), set(list(rewrites)[COMPARED:])
    texts = _masked_texts(views, set(originals.values()))
    progress.begin("publish: documents", views.tables.engine.count(schema.DOCUMENTS))
    documents, n_characters = [], 0
    for parts in views.documents():
        d = parts[0].document
        n_characters += len(d.text)
        compared = list(_comparisons(views, d, originals.get(d.document), texts))
        for number, view in enumerate(parts):
            write_page(
                folder,
                view.page,
                "document.html",
                **common,
                d=view,
                uncompared=COMPARED if d.document in left_out and number == 0 else None,
                part=number,
                pages=[part_name(parts[0].page, k).partition("/")[2] for k in range(len(parts))],
                comparisons=compared if number == 0 else [],
                date_evidence=views.masks.all.mask(d.published.evidence) if d.published else "",
            )
        documents.append(
            msgspec.structs.replace(parts[0], text=(), claims=(), document=msgspec.structs.replace(d, text=""))
        )
        progress.advance()
    return documents, n_characters


def _originals_of_rewrites(views: Views) -> dict[str, str]:
    """For each rewritten document in the heap the one it was made from, the closest where there are several."""
    carriers, found = views.tables.carriers, {}
    for name in sorted(views.tables.relations):
        known = []
        for r in views.tables.relations[name]:
            if r.kind == "rewrite" and took_from(r) == name:
                other = r.other if r.document == name else r.document
                original = other in carriers and carriers[other].carrier_kind == "original"
                known.append((-r.share, -r.score, not original, other))
        if known:
            found[name] = min(known)[-1]
    return found


def _masked_texts(views: Views, wanted: set[str]) -> dict[str, str]:
    if not wanted:
        return {}
    return {
        d.document: _masked(views, d)
        for d in views.tables.engine.records(schema.DOCUMENTS, schema.Document)
        if d.document in wanted and d.document not in views.masks.withheld
    }


def _masked(views: Views, d: schema.Document) -> str:
    """A document's words without its furniture, its hidden names replaced."""
    furniture = [Mark(start=a, end=b, kind="boilerplate") for a, b in d.boilerplate]
    return "".join(
        s.text
        for s in segments(d.text, furniture, views.masks.names(d.document))
        if not s.kinds or s.kinds == ("hidden",)
    )


def _comparisons(views: Views, d: schema.Document, original: str | None, texts: dict[str, str]) -> Iterator[Comparison]:
    if original in texts and d.document not in views.masks.withheld:
        found = compare(
            texts[original],
            _masked(views, d),
            other=views.masks.file_name(original),
            page=page_name("documents", original),
        )
        if found is not None:
            yield found
