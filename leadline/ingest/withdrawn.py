"""Content that was withdrawn from a case: known by its digests, and refused when it comes again."""

from __future__ import annotations

import msgspec

from leadline.ingest.store import digest
from leadline.ledger import Entry, Ledger
from leadline.schema import Refusal

SHORTEST_PREFIX = 8  # digits of a digest that name an item
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


def withdrawal_of(ledger: Ledger, item_id: str) -> Entry | None:
    """The withdrawal that took an item out, named by its document's id, an id inside it, or the beginning of its digest."""
    names = {digest(name.encode("utf-8", "surrogatepass")) for name in (item_id, item_id.rpartition("#")[0]) if name}
    wanted = item_id.removeprefix("withdrawn-").lower()
    entries = {s: e for e in ledger.entries("withdrawal") for s in e.payload["originals"]}
    if not entries:
        return None
    held = {e.payload["sha256"] for e in ledger.entries("item") if e.payload["name_sha256"] in names}
    begun = {s for s in entries if len(wanted) >= SHORTEST_PREFIX and s.startswith(wanted)}
    return next((entries[s] for s in sorted((held or begun) & set(entries))), None)


def withdrawn_refusal(sha256: str, size: int | None) -> Refusal:
    """The refusal of a withdrawn item: under its digest, since a file's name can say whose testimony it was."""
    return Refusal(document=f"withdrawn-{sha256[:16]}", sha256=sha256, size=size, reason=WITHDRAWN)


def text_digest(text: str) -> str:
    r"""SHA-256 of a text's words, so that withdrawn content is known again in another file format.

    >>> text_digest("We will not go.\r\n") == text_digest("We will  not go.")
    True
    """
    return digest(" ".join(text.split()).encode("utf-8", "surrogatepass"))
