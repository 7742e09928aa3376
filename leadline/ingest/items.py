"""The items of a heap: every file that is one document, and every record of a file that holds many."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path

import msgspec

from leadline.ingest import records
from leadline.ingest.decode import UnreadableError
from leadline.ingest.discover import Found, discover, escape_name
from leadline.ingest.reading import Parsed, parse_file, parse_record

MEDIA = {"jsonl": "application/jsonl", "csv": "text/csv"}
PIECE = 1 << 20


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """One item, not yet read. `row` says where it stands in a file of records; `problem` why it cannot be read."""

    name: str
    path: Path
    file: records.RecordFile | None = None
    row: records.Row | None = None
    rule: str = ""
    problem: str = ""


def find_items(paths: Sequence[Path], columns: Mapping[str, str], limit: int, *, leave_out: str = "") -> list[Item]:
    """Every item, ordered by name; names are unique, a second item of the same name gets a problem.

    `limit` is the size of a record in bytes above which it is not read; `leave_out` is a file that says something about
    the heap and is no part of it.
    """
    about = Path(leave_out).resolve() if leave_out else None
    files = [f for f in discover(paths) if about is None or f.path.resolve() != about]
    items = [item for found in files for item in _items_of(found, columns, limit)]
    items.sort(key=lambda i: (i.name, str(i.path), i.row.start if i.row else 0))
    return sorted(_unique(items), key=lambda i: i.name)


def file_names_shared(items: Iterable[Item]) -> frozenset[str]:
    """File names that more than one item has, in different folders."""
    count = Counter(item.name.rpartition("/")[2] for item in items)
    return frozenset(name for name, n in count.items() if n > 1)


def size_of(item: Item) -> int | None:
    """Size of the item's bytes; None where even that cannot be known."""
    try:
        return item.row.length if item.row else item.path.stat().st_size
    except OSError:
        return None


def read_item(item: Item, limit: int) -> bytes:
    """The item's original bytes. Raises `UnreadableError` or `OSError`."""
    size = size_of(item)
    if item.problem == "too-large" or (not item.problem and size is not None and size > limit):
        found = f"it has {(size or 0) / 1e6:.1f} MB, the setting max_document_mb allows {limit / 1e6:g}"
        todo = (
            "split it, or write `max_document_mb = NUMBER` into a settings file (TOML) and name that: --settings FILE"
        )
        raise UnreadableError("too-large", f"{found}; {todo}")
    if item.problem:
        raise UnreadableError(item.rule, item.problem)
    if item.file and item.row:
        return records.read_bytes(item.path, item.file, item.row)
    return item.path.read_bytes()


def parse_item(item: Item, data: bytes) -> Parsed:
    """The item's text and what its format says about it. Raises `UnreadableError`."""
    if item.file is None:
        return parse_file(data)
    place = f"the column {item.file.columns.get('published', '')} of {escape_name(item.path.name)}"
    return parse_record(records.parse(data, item.file), MEDIA[item.file.kind], item.file.encoding, place)


def digest_of(item: Item) -> str | None:
    """SHA-256 of the item's bytes, read in pieces; None where they cannot be read."""
    try:
        if not item.path.is_file():
            return None
        with item.path.open("rb") as f:
            if item.row is None:
                return hashlib.file_digest(f, "sha256").hexdigest()
            total, left = hashlib.sha256(item.file.header if item.file else b""), item.row.length
            f.seek(item.row.start)
            while left and (piece := f.read(min(PIECE, left))):
                total.update(piece)
                left -= len(piece)
            return total.hexdigest()
    except OSError:
        return None


def _items_of(found: Found, columns: Mapping[str, str], limit: int) -> Iterator[Item]:
    if found.problem:
        yield Item(name=found.name, path=found.path, rule="unreadable", problem=found.problem)
        return
    try:
        file = records.recognise(found.path, columns, limit)
        if file is None:
            yield Item(name=found.name, path=found.path)
            return
        for row in records.index(found.path, file, limit):
            name = escape_name(row.document) if row.document else f"{found.name}:{row.line}"
            yield Item(name=name, path=found.path, file=file, row=row, rule="format", problem=row.problem)
    except UnreadableError as e:
        yield Item(name=found.name, path=found.path, rule=e.rule, problem=str(e))
    except OSError as e:
        problem = f"it cannot be read ({e.strerror}); check its permissions"
        yield Item(name=found.name, path=found.path, rule="unreadable", problem=problem)


def _unique(items: Iterable[Item]) -> Iterator[Item]:
    for name, same in groupby(items, key=lambda i: i.name):
        first, *others = same
        yield first
        for other in others:
            place = escape_name(other.path.name) + (f", line {other.row.line}" if other.row else "")
            problem = f"another item is called {name} too; give each its own `document`"
            yield msgspec.structs.replace(other, name=f"{place}: {name}", rule="name", problem=problem)
