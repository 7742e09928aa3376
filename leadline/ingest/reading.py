"""One item's bytes to what its format says about it: the text, and title, outlet, date and address where marked."""

from __future__ import annotations

import re
from typing import Any

import msgspec

from leadline.ingest.decode import Decoded, decode
from leadline.ingest.saved import is_saved_page, saved_page

HTML_START = re.compile(
    rb"\s*(?:<\?xml[^>]{0,200}>\s*)?(?:<!--.{0,2000}?-->\s*)*<(?:!doctype\s+html|html|head|body)\b", re.I | re.S
)
HTML_TAG = re.compile(rb"<(?:p|div|article|section|a|span|h[1-6]|ul|table|br|img|script|meta)\b[^>]{0,500}>", re.I)
CHARSET = re.compile(rb"<(?:meta|\?xml)[^>]{0,300}?(?:charset|encoding)\s*=\s*[\"']?\s*([A-Za-z0-9_:.\-]+)", re.I)


class Parsed(msgspec.Struct, frozen=True, kw_only=True):
    """What the format of an item says. `published` is as written there; nothing is interpreted yet."""

    text: str
    media_type: str
    encoding: str
    title: str | None = None
    publisher: str | None = None
    published: str | None = None
    published_by: str = ""
    url: str | None = None
    language: str | None = None


def parse_file(data: bytes) -> Parsed:
    """A file that is one document: HTML where its content says so, also within a saved page, else text as it stands.

    Raises `UnreadableError`.
    """
    if is_saved_page(data):
        from leadline.ingest.markup import parse_html

        page, address = saved_page(data)
        parsed = parse_html(page)
        return parsed if parsed.url else msgspec.structs.replace(parsed, url=address)
    if is_html(data):
        from leadline.ingest.markup import parse_html

        hint = CHARSET.search(data[:4096])
        return parse_html(decode(data, hint[1].decode("ascii") if hint else None))
    return parse_text(decode(data))


def parse_text(found: Decoded) -> Parsed:
    """Plain text: complete, as decoded."""
    return Parsed(text=found.text, media_type="text/plain", encoding=describe_encoding(found))


def parse_record(fields: dict[str, str | None], media_type: str, encoding: str, place: str) -> Parsed:
    """A record of a table: its columns are what the collector knows.

    Raises `UnreadableError` where it has no text.
    """
    from leadline.ingest.decode import UnreadableError

    text = fields.get("text")
    if not text or not text.strip():
        raise UnreadableError("empty", "the record holds no text; fill its column of texts, or leave it out")
    values: dict[str, Any] = {k: fields.get(k) for k in ("title", "publisher", "published", "url", "language")}
    return Parsed(
        text=text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "\ufffd"),
        media_type=media_type,
        encoding=encoding,
        published_by=place,
        **values,
    )


def is_html(data: bytes) -> bool:
    """Whether the content is a page: it begins like one, or holds the tags of one."""
    head = data[:20_000]
    if b"\0" in head[:200]:  # UTF-16
        head = head.replace(b"\0", b"").removeprefix(b"\xff\xfe").removeprefix(b"\xfe\xff")
    head = head.removeprefix(b"\xef\xbb\xbf")
    return bool(HTML_START.match(head)) or (head.lstrip().startswith(b"<") and len(HTML_TAG.findall(head)) >= 3)


def describe_encoding(found: Decoded) -> str:
    """The encoding's name, and how many characters could not be read.

    >>> describe_encoding(Decoded("a", "utf-8")), describe_encoding(Decoded("a", "utf-8", 2))
    ('utf-8', 'utf-8, 2 characters replaced')
    """
    return f"{found.encoding}, {found.replaced} characters replaced" if found.replaced else found.encoding
