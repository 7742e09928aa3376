"""What the integrity page lists, and the few lines of Python with which anybody can check the ledger's chain."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from leadline import schema
from leadline.publish.view import Views
from leadline.publish.view.records import DocumentView
from leadline.publish.words import say

# It reads the ledger's text, not the database: SQLite would leave files beside that, or could not open it on a read-only medium.
CHAIN_SCRIPT = """python3 - CASE/ledger.jsonl <<'END'
import hashlib, json, sys
before = "0" * 64
*entries, seal = map(json.loads, open(sys.argv[1], encoding="ascii"))
for n, e in enumerate(entries, 1):
    payload = json.dumps(e["payload"], sort_keys=True, separators=(",", ":"))
    fields = ["leadline-ledger", 1, e["seq"], e["time"], e["kind"], payload, e["previous"]]
    digest = hashlib.sha256(json.dumps(fields, separators=(",", ":")).encode()).hexdigest()
    if (e["seq"], e["previous"], e["hash"]) != (n, before, digest):
        sys.exit(f"entry {n} was changed, moved or removed")
    before = digest
print(len(entries), "entries, head", before)
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
