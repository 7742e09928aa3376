"""Pages that a browser saved as one file (MHTML, RFC 2557): the page is taken out, pictures and styles stay in the original."""

from __future__ import annotations

import email
import email.policy
import re

from leadline.ingest.decode import Decoded, UnreadableError, decode

HEADERS = 8_000
"""Bytes in which the headers of a saved page stand."""
RELATED = re.compile(rb"^content-type:\s{0,10}multipart/related\b", re.I | re.M)
VERSION = re.compile(rb"^mime-version:", re.I | re.M)


def is_saved_page(data: bytes) -> bool:
    r"""Whether the bytes begin with the headers of a page saved with all its parts.

    >>> is_saved_page(b"MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=x\r\n\r\n--x--")
    True
    """
    head = data[:HEADERS].replace(b"\r\n", b"\n").partition(b"\n\n")[0]
    return bool(RELATED.search(head) and VERSION.search(head))


def saved_page(data: bytes) -> tuple[Decoded, str | None]:
    """The page in a saved file, and the address it was saved from.

    Raises `UnreadableError` where there is none.
    """
    try:
        message = email.message_from_bytes(data, policy=email.policy.compat32)
        part = next((p for p in message.walk() if p.get_content_type() == "text/html"), None)
    except RecursionError:
        part = None
    payload = part.get_payload(decode=True) if part is not None else None
    if part is None or not isinstance(payload, bytes):
        raise UnreadableError("format", "it is a saved page (MHTML) without a page in it; save it as HTML or text")
    address = message["Snapshot-Content-Location"] or part["Content-Location"]
    return decode(payload, part.get_content_charset()), str(address).strip() if address else None
