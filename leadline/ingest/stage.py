"""The stage: every item of the heap becomes a document or a refusal, its original is kept, the ledger lists it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby, islice
from pathlib import Path

import msgspec

from leadline.case import Case
from leadline.engine import Engine
from leadline.ingest import records
from leadline.ingest.decode import UnreadableError
from leadline.ingest.describe import describe
from leadline.ingest.discover import Found, discover, escape_name
from leadline.ingest.given import Given, given_for, read_given
from leadline.ingest.reading import Parsed, parse_file, parse_record
from leadline.ingest.store import Originals, digest
from leadline.ingest.withdrawn import WITHDRAWN, Withdrawn, text_digest, withdrawn_content, withdrawn_refusal
from leadline.ledger import Ledger
from leadline.progress import Progress
from leadline.register import Register, load_register
from leadline.schema import DOCUMENTS, REFUSALS, Document, Refusal
from leadline.settings import Settings

MEDIA = {"jsonl": "application/jsonl", "csv": "text/csv"}


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """One item of the heap, not yet read: a file, or a record of a file."""

    name: str
    path: Path
    table: records.Table | None = None
    row: records.Row | None = None
    rule: str = ""
    problem: str = ""


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
    register = load_register(settings.registers, shipped=settings.shipped_register)
    withdrawn = withdrawn_content(ledger)
    originals = Originals(case.originals)
    _recover(originals, ledger, withdrawn)
    items = find_items(paths, records.check_columns(columns), limit, leave_out=settings.meta)
    progress.begin("ingest", len(items))
    refusals: list[Refusal] = []
    with engine.writer(DOCUMENTS) as out:
        for batch in _batches(items, settings.batch_size):
            documents: list[Document] = []
            entries: list[tuple[str, dict[str, object]]] = []
            for item in batch:
                result, rule, size = _read(item, limit, given, register, withdrawn, originals)
                if isinstance(result, Document):
                    documents.append(result)
                    entries.append(("item", _item_payload(result, size)))
                else:
                    refusals.append(result)
                    entries.append(("refusal", _refusal_payload(item, result, rule)))
                progress.advance()
            originals.flush()
            ledger.extend((kind, payload) for kind, payload in entries if not ledger.has(kind, payload))
            originals.settle(d.sha256 for d in documents)
            out.write(documents)
    refusals.sort(key=lambda r: (r.document, r.sha256 or ""))
    engine.write(REFUSALS, refusals)


def input_fingerprint(paths: Sequence[Path]) -> str:
    """Digest over the names and the bytes of every file of the heap, whatever the order of the paths.

    Raises `InputError` where there is no file.
    """
    total = hashlib.sha256()
    for found in discover(paths):
        try:
            content = found.problem or file_digest(found.path)
        except OSError as e:
            content = str(e.strerror)
        total.update(msgspec.json.encode([found.name, content]))
    return total.hexdigest()


def file_digest(path: Path) -> str:
    """SHA-256 of a file, read in pieces."""
    with path.open("rb") as f:
        return hashlib.file_digest(f, "sha256").hexdigest()


# -- finding ------------------------------------------------------------------------------------------------------------


def find_items(paths: Sequence[Path], columns: Mapping[str, str], limit: int, *, leave_out: str = "") -> list[Item]:
    """Every item, ordered by name; names are unique, a second record of the same name becomes a refusal.

    `leave_out` is a file that says something about the heap and is no part of it.
    """
    about = Path(leave_out).resolve() if leave_out else None
    files = [f for f in discover(paths) if about is None or f.path.resolve() != about]
    items = [item for found in files for item in _items_of(found, columns, limit)]
    items.sort(key=lambda i: (i.name, str(i.path), i.row.start if i.row else 0))
    return sorted(_unique(items), key=lambda i: i.name)


def _items_of(found: Found, columns: Mapping[str, str], limit: int) -> Iterator[Item]:
    if found.problem:
        yield Item(name=found.name, path=found.path, rule="unreadable", problem=found.problem)
        return
    try:
        table = records.recognise(found.path, columns, limit)
        if table is None:
            yield Item(name=found.name, path=found.path)
            return
        for row in records.index(found.path, table, limit):
            name = escape_name(row.document) if row.document else f"{found.name}:{row.line}"
            yield Item(name=name, path=found.path, table=table, row=row, rule="format", problem=row.problem)
    except UnreadableError as e:
        yield Item(name=found.name, path=found.path, rule=e.rule, problem=str(e))
    except OSError as e:
        yield Item(name=found.name, path=found.path, rule="unreadable", problem=f"it cannot be read ({e.strerror})")


def _unique(items: Iterable[Item]) -> Iterator[Item]:
    for name, same in groupby(items, key=lambda i: i.name):
        first, *others = same
        yield first
        for other in others:
            line = f", line {other.row.line}" if other.row else ""
            problem = f"another item is called {name} too; give each its own `document`"
            yield msgspec.structs.replace(other, name=f"{escape_name(str(other.path.name))}{line}: {name}", rule="name", problem=problem)  # fmt: skip


def _batches(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    waiting = iter(items)
    while batch := list(islice(waiting, size)):
        yield batch


# -- reading ------------------------------------------------------------------------------------------------------------


def _read(
    item: Item,
    limit: int,
    given: Mapping[str, Given],
    register: Register,
    withdrawn: Withdrawn,
    originals: Originals,
) -> tuple[Document | Refusal, str, int]:
    """The document of an item, or why there is none; the rule's name; the size."""
    data: bytes | None = None
    size = item.row.length if item.row else None
    try:
        if size is None and not (item.problem and item.rule == "unreadable"):
            size = item.path.stat().st_size
        if item.problem == "too-large" or (not item.problem and size is not None and size > limit):
            found, allowed = (size or 0) / 1e6, limit / 1e6
            reason = (
                f"it has {found:.1f} MB, the setting max_document_mb allows {allowed:g}; split it or raise the setting"
            )
            raise UnreadableError("too-large", reason)
        if item.problem:
            raise UnreadableError(item.rule, item.problem)
        if item.table and item.row:
            data = records.read_bytes(item.path, item.table, item.row)
        else:
            data = item.path.read_bytes()
        sha256 = digest(data)
        if sha256 in withdrawn.originals:
            raise UnreadableError("withdrawn", WITHDRAWN)
        parsed = _parse(item, data)
        if text_digest(parsed.text) in withdrawn.texts:
            raise UnreadableError("withdrawn", WITHDRAWN)
        originals.receive(data)
        document = describe(
            parsed, document=item.name, sha256=sha256, given=given_for(item.name, given), register=register
        )
        return document, "", len(data)
    except UnreadableError as e:
        rule, reason = e.rule, str(e)
    except OSError as e:
        rule, reason = "unreadable", f"it cannot be read ({e.strerror}); check its permissions"
    sha256_or_none = digest(data) if data is not None else _digest_if_possible(item)
    if rule == "withdrawn" and sha256_or_none:
        return withdrawn_refusal(sha256_or_none, size), rule, size or 0
    return Refusal(document=item.name, sha256=sha256_or_none, size=size, reason=reason), rule, size or 0


def _parse(item: Item, data: bytes) -> Parsed:
    if item.table is None:
        return parse_file(data)
    place = f"the column {item.table.columns.get('published', '')} of {escape_name(item.path.name)}"
    return parse_record(records.parse(data, item.table), MEDIA[item.table.kind], "utf-8", place)


def _digest_if_possible(item: Item) -> str | None:
    try:
        if item.table and item.row:
            return digest(records.read_bytes(item.path, item.table, item.row))
        return file_digest(item.path) if item.path.is_file() else None
    except OSError:
        return None


# -- the ledger ---------------------------------------------------------------------------------------------------------


def _item_payload(document: Document, size: int) -> dict[str, object]:
    return {
        "sha256": document.sha256,
        "size": size,
        "media_type": document.media_type,
        "name_sha256": digest(document.document.encode()),
    }


def _refusal_payload(item: Item, refusal: Refusal, rule: str) -> dict[str, object]:
    name = digest(item.name.encode("utf-8", "surrogatepass"))
    return {"sha256": refusal.sha256, "size": refusal.size, "rule": rule, "name_sha256": name}


def _recover(originals: Originals, ledger: Ledger, withdrawn: Withdrawn) -> None:
    if originals.incoming.exists():
        listed = {e.payload["sha256"] for e in ledger.entries("item")} - withdrawn.originals
        originals.recover(lambda name: name in listed)
