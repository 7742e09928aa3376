"""From what an item's format says to a document: language, title, outlet, date, furniture. Pure: text in, record out."""

from __future__ import annotations

from leadline.ingest.dates import iso_interval
from leadline.ingest.furniture import mark_furniture
from leadline.ingest.given import Given
from leadline.ingest.language import main_language
from leadline.ingest.reading import Parsed
from leadline.register import Register, fold
from leadline.schema import Document, Published


def describe(parsed: Parsed, *, document: str, sha256: str, given: Given, register: Register) -> Document:
    """The document's record. What the collector gives goes before what is marked up, that before what is read."""
    publisher = given.publisher or parsed.publisher
    return Document(
        document=document,
        sha256=sha256,
        text=parsed.text,
        title=parsed.title,
        publisher=publisher,
        series=_series(publisher, register) or document,
        language=parsed.language or main_language(parsed.text),
        published=given.published or _marked(parsed),
        boilerplate=mark_furniture(parsed.text),
        media_type=parsed.media_type,
        encoding=parsed.encoding,
        url=parsed.url,
    )


def _marked(parsed: Parsed) -> Published | None:
    interval = iso_interval(parsed.published) if parsed.published else None
    if interval is None:
        return None
    basis = "stated" if parsed.media_type == "text/html" else "given"
    evidence = f"{parsed.published_by}: {parsed.published}"
    return Published(start=interval[0], end=interval[1], basis=basis, evidence=evidence)  # type: ignore[arg-type]


def _series(publisher: str | None, register: Register) -> str | None:
    if publisher is None:
        return None
    source = register.resolve(publisher)
    return source.id if source else fold(publisher)
