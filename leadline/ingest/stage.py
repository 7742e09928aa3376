"""The stage: every item of the heap becomes a document or a refusal, its original is kept, the ledger lists it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import msgspec

from leadline.case import Case
from leadline.engine import Engine
from leadline.ingest.decode import UnreadableError
from leadline.ingest.describe import describe
from leadline.ingest.discover import discover, escape_name
from leadline.ingest.given import Given, given_for, read_given
from leadline.ingest.items import Item, digest_of, file_names_shared, find_items, parse_item, read_item, size_of
from leadline.ingest.records import check_columns
from leadline.ingest.store import Originals, digest
from leadline.ingest.withdrawn import WITHDRAWN, Withdrawn, text_digest, withdrawn_content, withdrawn_refusal
from leadline.ledger import Ledger
from leadline.progress import Progress
from leadline.register import Register, load_register
from leadline.schema import DOCUMENTS, REFUSALS, Document, Refusal
from leadline.settings import Settings

Payload = dict[str, Any]


def ingest_documents(
    paths: Sequence[Path],
    *,
    engine: Engine,
    ledger: Ledger,
    case: Case,
    settings: Settings,
    progress: Progress,
    columns: Mapping[str, str] | None = None,
) -> None:
    """Read the heap into `documents` and `refusals`, both ordered by name.

    `columns` maps fields (`document`, `text`, `title`, `publisher`, `published`, `url`, `language`) to columns of CSV
    and JSON lines; the usual names are guessed. Every item ends in exactly one of the two tables. Originals of documents
    are stored under their digest; the ledger gets one entry for each item or refusal that it does not list yet.

    Raises `InputError` where the heap as a whole cannot be used, `CaseError` where the case cannot be written.
    """
    limit = int(settings.max_document_mb * 1_000_000)
    given = read_given(settings.meta)
    items = find_items(paths, check_columns(columns), limit, leave_out=settings.meta)
    intake = Intake(
        limit=limit,
        given=given,
        shared=file_names_shared(items),
        register=load_register(settings.registers, shipped=settings.shipped_register),
        withdrawn=withdrawn_content(ledger),
        originals=Originals(case.originals),
    )
    _recover(intake, ledger)
    progress.begin("ingest", len(items))
    refusals: list[Refusal] = []
    with engine.writer(DOCUMENTS) as out:
        for batch in _batches(items, settings.batch_size):
            documents: list[Document] = []
            entries: list[tuple[str, Payload]] = []
            for item in batch:
                result, payload = intake.take(item)
                if isinstance(result, Document):
                    documents.append(result)
                    entries.append(("item", payload))
                else:
                    refusals.append(result)
                    entries.append(("refusal", payload))
                progress.advance()
            intake.originals.flush()
            ledger.extend((kind, payload) for kind, payload in entries if not ledger.has(kind, payload))
            intake.originals.settle(d.sha256 for d in documents)
            out.write(documents)
    refusals.sort(key=lambda r: (r.document, r.sha256 or ""))
    engine.write(REFUSALS, refusals)


def input_fingerprint(paths: Sequence[Path]) -> str:
    """Digest over the names and the bytes of every file of the heap, whatever the order of the paths.

    Raises `InputError` where there is no file.
    """
    total = hashlib.sha256()
    for found in discover(paths):
        content = found.problem or digest_of(Item(name=found.name, path=found.path)) or "unreadable"
        total.update(msgspec.json.encode([found.name, content]))
    return total.hexdigest()


class Intake(msgspec.Struct, frozen=True, kw_only=True):
    """What an item is judged by: the size limit, what is known about it, the register, what was withdrawn."""

    limit: int
    given: Mapping[str, Given]
    shared: frozenset[str]
    register: Register
    withdrawn: Withdrawn
    originals: Originals

    def take(self, item: Item) -> tuple[Document | Refusal, Payload]:
        """The item's document, its original stored, or its refusal; and what the ledger says of it."""
        data: bytes | None = None
        try:
            data = read_item(item, self.limit)
            document = self._document(item, data)
            payload = _payload(item, document.sha256, len(data))
            return document, {**payload, "media_type": document.media_type}
        except UnreadableError as e:
            rule, reason = e.rule, str(e)
        except OSError as e:
            rule, reason = "unreadable", f"it cannot be read ({e.strerror}); check its permissions"
        if item.row and not item.problem:
            reason = f"{reason} ({escape_name(item.path.name)}, line {item.row.line})"
        sha256 = digest_of(item) if data is None else digest(data)
        size = size_of(item) if data is None else len(data)
        if rule == "withdrawn" and sha256:
            refusal = withdrawn_refusal(sha256, size)
        else:
            refusal = Refusal(document=item.name, sha256=sha256, size=size, reason=reason)
        return refusal, {**_payload(item, sha256, size), "rule": rule}

    def _document(self, item: Item, data: bytes) -> Document:
        sha256 = digest(data)
        if sha256 in self.withdrawn.originals:
            raise UnreadableError("withdrawn", WITHDRAWN)
        parsed = parse_item(item, data)
        if text_digest(parsed.text) in self.withdrawn.texts:
            raise UnreadableError("withdrawn", WITHDRAWN)
        given = given_for(item.name, self.given, self.shared)
        document = describe(parsed, document=item.name, sha256=sha256, given=given, register=self.register)
        self.originals.receive(data)
        return document


def _payload(item: Item, sha256: str | None, size: int | None) -> Payload:
    """What both kinds of entry hold: never the name itself."""
    name = digest(item.name.encode("utf-8", "surrogatepass"))
    return {"sha256": sha256, "size": size, "name_sha256": name}


def _recover(intake: Intake, ledger: Ledger) -> None:
    """Finish what a stopped run began."""
    if intake.originals.incoming.exists():
        listed = {e.payload["sha256"] for e in ledger.entries("item")} - intake.withdrawn.originals
        intake.originals.recover(lambda name: name in listed)


def _batches(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    waiting = iter(items)
    while batch := list(islice(waiting, size)):
        yield batch
