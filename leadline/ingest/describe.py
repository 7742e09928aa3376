"""From what an item's format says to a document: language, title, outlet, date, furniture. Pure: text in, record out."""

from __future__ import annotations

import re

from leadline.ingest.dates import any_interval, date_in_name, inferred_date, stated_date
from leadline.ingest.furniture import FOREIGN, find_furniture, spans_of, title_of
from leadline.ingest.given import Given
from leadline.ingest.heading import Heading, read_heading
from leadline.ingest.language import main_language
from leadline.ingest.publisher import find_outlets, site_of
from leadline.ingest.reading import Parsed
from leadline.register import Register, fold
from leadline.schema import Document, Published, Spans

NEAR = 200_000  # characters read for dates and outlets; an article's own are on its page, not in a book's tenth chapter


def describe(parsed: Parsed, *, document: str, sha256: str, given: Given, register: Register) -> Document:
    """The document's record. What the collector gives goes before what is marked up, that before what is read."""
    text, near = parsed.text, parsed.text[:NEAR]
    head = read_heading(near, lambda name: _publishes(register, name))
    marks = find_furniture(text, head.spans)
    furniture = spans_of(text, marks)
    outlets = find_outlets(near)
    url = parsed.url or head.url or outlets.url
    publisher = (
        given.publisher or parsed.publisher or head.publisher or outlets.publisher or (site_of(url) if url else None)
    )
    return Document(
        document=document,
        sha256=sha256,
        text=text,
        title=parsed.title or head.title or title_of(text, head.spans),
        publisher=publisher,
        origin_publisher=outlets.origin_publisher or head.credited,
        series=(series_key(publisher, register) if publisher else None) or document,
        language=language_code(parsed.language) or main_language(text),
        published=given.published or _marked(parsed) or _stated(head) or _read_date(near, furniture, document),
        boilerplate=furniture,
        foreign=spans_of(text, (m for m in marks if m.rule in FOREIGN)),
        media_type=parsed.media_type,
        encoding=parsed.encoding,
        url=url,
        heading=head.fields,
    )


def language_code(stated: str | None) -> str | None:
    """The two letters of a stated language, None where it is no code.

    >>> language_code("en-GB"), language_code("English")
    ('en', None)
    """
    match = re.fullmatch(r"([a-z]{2})(?:[-_]\w{2,8})*", (stated or "").strip(), re.I)
    return match[1].lower() if match else None


def series_key(publisher: str, register: Register) -> str:
    """Key of an outlet: its entry in the register, else its name without case and accents."""
    source = register.resolve(publisher)
    return source.id if source else fold(publisher)


def _marked(parsed: Parsed) -> Published | None:
    """The date in markup is stated by the page, the one in a table's column given by its collector."""
    interval = any_interval(parsed.published) if parsed.published else None
    if interval is None:
        return None
    evidence = f"{parsed.published_by}: {parsed.published}"
    if parsed.media_type == "text/html":
        return Published(start=interval[0], end=interval[1], basis="stated", evidence=evidence)
    return Published(start=interval[0], end=interval[1], basis="given", evidence=evidence)


def _publishes(register: Register, name: str) -> bool:
    """Whether the register knows a name as a body: no person, and no class of bodies such as `Western media`."""
    source = register.resolve(name)
    return source is not None and source.kind not in ("person", "class")


def _stated(head: Heading) -> Published | None:
    """The date that the heading states."""
    interval = any_interval(head.published) if head.published else None
    if interval is None:
        return None
    return Published(start=interval[0], end=interval[1], basis="stated", evidence=head.evidence or "")


def _read_date(text: str, furniture: Spans, document: str) -> Published | None:
    near = tuple(span for span in furniture if span[1] <= len(text))
    return stated_date(text) or inferred_date(text, near) or date_in_name(document, text)
