"""JSON lines and CSV: one file, many documents. First an index of where each record stands, then one record at a time.

The original of a record is its own bytes (for CSV behind the header line, so that it can be read alone): each document
can be preserved, verified and withdrawn by itself, and no file is held in memory.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO

import msgspec

from leadline.errors import InputError
from leadline.ingest.decode import UnreadableError, decode

FIELDS: dict[str, tuple[str, ...]] = {  # what may be mapped, and the column names it is guessed from
    "document": ("document", "document_id", "doc_id", "id", "file", "filename"),
    "text": ("text", "body", "content", "article", "full_text", "text content", "message"),
    "title": ("title", "headline", "upload title"),
    "publisher": ("publisher", "outlet", "channel", "site", "source"),
    "published": ("published", "published_at", "publication_date", "date_published", "pubdate", "date"),
    "url": ("url", "link", "address"),
    "language": ("language", "lang"),
}
csv.field_size_limit(2**31 - 1)  # the size of a document is limited by a setting, with a reason


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """Where one record stands in its file. `problem` says why it is refused before it is read."""

    line: int
    start: int
    length: int
    document: str | None = None
    problem: str = ""


class Table(msgspec.Struct, frozen=True, kw_only=True):
    """A file of records: its kind and how its columns map to fields."""

    kind: str
    columns: dict[str, str]
    header: bytes = b""
    delimiter: str = ","


def check_columns(columns: Mapping[str, str] | None) -> dict[str, str]:
    """The user's map from field to column; `InputError` where a field is unknown."""
    for field in columns or {}:
        if field not in FIELDS:
            raise InputError(
                f"no field is called {field!r}",
                place="the column map",
                expected="one of " + ", ".join(FIELDS),
                todo="write field=column, for instance text=body",
            )
    return dict(columns or {})


def recognise(path: Path, columns: Mapping[str, str], limit: int) -> Table | None:
    """The kind of record file, told by its content; None where it is one document.

    JSON lines: the first line is a JSON object that holds a text. CSV and TSV: the name says so, or the header has the
    columns that the user named. Raises `UnreadableError` where it is a table without a column of texts.
    """
    suffix = path.suffix.lower()
    with path.open("rb") as f:
        first = f.readline(limit + 1)
        while first and not first.strip(b"\xef\xbb\xbf \t\r\n"):
            first = f.readline(limit + 1)
    first = first.removeprefix(b"\xef\xbb\xbf").strip()
    if first.startswith(b"{") and len(first) <= limit:
        return _json_table(first, suffix, columns)
    if suffix in {".jsonl", ".ndjson", ".json"}:
        raise UnreadableError("format", "it is JSON, but not one object a line; write one record a line (JSON lines)")
    if suffix in {".csv", ".tsv"} or (columns and _has_columns(first, columns)):
        return _csv_table(first, columns, "\t" if suffix == ".tsv" else None)
    return None


def index(path: Path, table: Table, limit: int) -> Iterator[Row]:
    """Every record of the file in order; too long and unreadable ones with their problem."""
    with path.open("rb") as f:
        yield from (_index_json if table.kind == "jsonl" else _index_csv)(f, table, limit)


def read_bytes(path: Path, table: Table, row: Row) -> bytes:
    """The original bytes of one record."""
    with path.open("rb") as f:
        f.seek(row.start)
        return table.header + f.read(row.length)


def parse(data: bytes, table: Table) -> dict[str, str | None]:
    """The fields of one record, from its original bytes."""
    if table.kind == "jsonl":
        values = _json_object(data)
    else:
        lines = list(csv.reader(io.StringIO(decode(data).text, newline=""), delimiter=table.delimiter))
        if len(lines) < 2:
            raise UnreadableError("format", "the row is empty")
        values = dict(zip(lines[0], lines[1], strict=False))
    return {field: _text(values.get(column)) for field, column in table.columns.items()}


def _text(value: Any) -> str | None:
    if value is None or value == "":
        return None
    return value if isinstance(value, str) else str(value)


# -- JSON lines -----------------------------------------------------------------------------------------------------------


def _json_table(first: bytes, suffix: str, columns: Mapping[str, str]) -> Table | None:
    try:
        values = _json_object(first)
    except UnreadableError:
        if suffix in {".jsonl", ".ndjson", ".json"}:
            return Table(kind="jsonl", columns={**{f: f for f in FIELDS}, **columns})
        return None
    mapped = _map(list(values), columns)
    if "text" not in mapped:
        if suffix in {".jsonl", ".ndjson", ".json"} or columns:
            raise UnreadableError("columns", _no_text(list(values)))
        return None
    return Table(kind="jsonl", columns=mapped)


def _index_json(f: BinaryIO, table: Table, limit: int) -> Iterator[Row]:
    start, number = 0, 0
    column = table.columns.get("document", "document")
    while line := f.readline(limit + 1):
        number += 1
        length = len(line)
        problem, document = "", None
        if length > limit and not line.endswith(b"\n"):
            while rest := f.readline(1 << 20):
                length += len(rest)
                if rest.endswith(b"\n"):
                    break
            problem = "too-large"
        else:
            bare = line.strip(b"\xef\xbb\xbf \t\r\n")
            if not bare:
                start += length
                continue
            try:
                document = _text(_json_object(bare).get(column))
            except UnreadableError as e:
                problem = str(e)
        yield Row(line=number, start=start, length=length, document=document, problem=problem)
        start += length


def _json_object(data: bytes) -> dict[str, Any]:
    try:
        value = msgspec.json.decode(data.strip(b"\xef\xbb\xbf \t\r\n"))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as e:
        raise UnreadableError("format", f"the line is not JSON ({e})") from e
    if not isinstance(value, dict):
        raise UnreadableError("format", "the line is JSON, but not an object with named fields")
    return value


# -- CSV ------------------------------------------------------------------------------------------------------------------


def _csv_table(header: bytes, columns: Mapping[str, str], delimiter: str | None) -> Table:
    text = decode(header).text.strip("\n")
    if delimiter is None:
        delimiter = max(",;\t|", key=lambda d: (text.count(d), d == ","))
    names = next(csv.reader([text], delimiter=delimiter), [])
    mapped = _map(names, columns)
    if "text" not in mapped:
        raise UnreadableError("columns", _no_text(names))
    return Table(kind="csv", columns=mapped, header=header.rstrip(b"\r\n") + b"\n", delimiter=delimiter)


def _index_csv(f: BinaryIO, table: Table, limit: int) -> Iterator[Row]:
    """Records by their quote marks: a line end inside quotes belongs to the record."""
    start = number = 0
    header_seen = False
    while line := f.readline(limit + 1):
        number += 1
        first, length, n_quotes = number, len(line), line.count(b'"')
        too_large = False
        while (n_quotes % 2 or not line.endswith(b"\n")) and (line := f.readline(limit + 1)):
            number += 1
            length += len(line)
            n_quotes += line.count(b'"')
            too_large = too_large or length > limit
        here, start = start, start + length
        if length <= 4 and not too_large:
            f.seek(here)
            if not f.read(length).strip(b"\xef\xbb\xbf \t\r\n"):
                continue
        if not header_seen:
            header_seen = True
            continue
        if too_large:
            yield Row(line=first, start=here, length=length, problem="too-large")
            continue
        document, problem = None, ""
        f.seek(here)
        try:
            document = parse(table.header + f.read(length), table).get("document")
        except UnreadableError as e:
            problem = str(e)
        f.seek(start)
        yield Row(line=first, start=here, length=length, document=document, problem=problem)


def _has_columns(header: bytes, columns: Mapping[str, str]) -> bool:
    return all(c.encode() in header for c in columns.values()) and len(header) < 10_000


def _map(names: list[str], columns: Mapping[str, str]) -> dict[str, str]:
    """Field to column: as the user says, else by the usual names, letter case aside."""
    folded = {n.strip().casefold(): n for n in reversed(names)}
    missing = [c for c in columns.values() if c not in names]
    if missing:
        found = ", ".join(names[:30])
        raise UnreadableError(
            "columns", f"it has no column {missing[0]!r}; its columns are {found}; check the column map"
        )
    guessed = {field: next((folded[n] for n in usual if n in folded), None) for field, usual in FIELDS.items()}
    return {**{f: c for f, c in guessed.items() if c and c not in columns.values()}, **columns}


def _no_text(names: list[str]) -> str:
    found = ", ".join(names[:30])
    if {"document", "published"} <= set(names):
        return f"it tells about documents ({found}) and holds no text; if these are the documents, name it as `meta`"
    return f"it has no column of texts; its columns are {found}; name the one with the texts: text=COLUMN"
