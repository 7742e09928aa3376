"""What the integrity page lists, and the few lines of Python with which anybody can check the ledger's chain."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from leadline import schema
from leadline.publish.view import Views
from leadline.publish.view.records import DocumentView
from leadline.publish.words import say

CHAIN_SCRIPT = """python3 - CASE/ledger.sqlite <<'END'
import hashlib, json, sqlite3, sys
before = "0" * 64
for n, (seq, time, kind, payload, previous, digest) in enumerate(sqlite3.connect(f"file:{sys.argv[1]}?mode=ro", uri=True).execute(
        "SELECT seq, time, kind, payload, previous, hash FROM entries ORDER BY seq"), 1):
    fields = json.dumps(["leadline-ledger", 1, seq, time, kind, payload, previous], separators=(",", ":"))
    if (seq, previous) != (n, before) or hashlib.sha256(fields.encode("ascii")).hexdigest() != digest:
        sys.exit(f"entry {n} was changed, moved or removed")
    before = digest
print(n, "entries, head", before)
END
"""


class Original(msgspec.Struct, frozen=True, kw_only=True):
    """One item that came in: its name, its page where it was kept, what it was read as, its digest."""

    name: str
    page: str
    read_as: str
    sha256: str


def originals_of(views: Views, documents: Iterable[DocumentView]) -> list[Original]:
    """Every item, kept or refused, that has a digest."""
    kept = [
        Original(name=d.name, page=d.page, read_as=d.document.media_type, sha256=d.document.sha256) for d in documents
    ]
    refused = [
        Original(
            name=views.masks.all.mask_file(r.document), page="", read_as=say("integrity.refused_as"), sha256=r.sha256
        )
        for r in views.tables.engine.records(schema.REFUSALS, schema.Refusal)
        if r.sha256
    ]
    return kept + refused
