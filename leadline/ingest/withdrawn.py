"""Content that was withdrawn from a case: known by its digests, and refused when it comes again."""

from __future__ import annotations

import msgspec

from leadline.ingest.store import digest
from leadline.ledger import Ledger
from leadline.schema import Refusal

WITHDRAWN = "its content was withdrawn from this case"


class Withdrawn(msgspec.Struct, frozen=True):
    """Digests of the original bytes and of the texts that were withdrawn."""

    originals: frozenset[str]
    texts: frozenset[str]


def withdrawn_content(ledger: Ledger) -> Withdrawn:
    """What the ledger says was withdrawn."""
    entries = [e.payload for e in ledger.entries("withdrawal")]
    return Withdrawn(
        frozenset(s for p in entries for s in p["originals"]),
        frozenset(s for p in entries for s in p["texts"]),
    )


def withdrawn_refusal(sha256: str, size: int | None) -> Refusal:
    """The refusal of a withdrawn item: under its digest, since a file's name can say whose testimony it was."""
    return Refusal(document=f"withdrawn-{sha256[:16]}", sha256=sha256, size=size, reason=WITHDRAWN)


def text_digest(text: str) -> str:
    r"""SHA-256 of a text's words, so that withdrawn content is known again in another file format.

    >>> text_digest("We will not go.\r\n") == text_digest("We will  not go.")
    True
    """
    return digest(" ".join(text.split()).encode("utf-8", "surrogatepass"))
