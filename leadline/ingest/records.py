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
BLANK = b"\xef\xbb\xbf \t\r\n"
JSON_NAMES = {".jsonl", ".ndjson", ".json"}
SAMPLE = 200_000  # bytes of a table from which its encoding is told; single rows are too short for it
csv.field_size_limit(2**31 - 1)  # the size of a document is limited by a setting, with a reason


class RecordFile(msgspec.Struct, frozen=True, kw_only=True):
    """A file of records: its kind, how its columns map to fields, and how its bytes are read."""

    kind: str
    columns: dict[str, str]
    encoding: str = "utf-8"
    header: bytes = b""
    delimiter: str = ","


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """Where one record stands in its file. `problem` says why it is refused before it is read."""

    line: int
    start: int
    length: int
    document: str | None = None
    problem: str = ""


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


def recognise(path: Path, columns: Mapping[str, str], limit: int) -> RecordFile | None:
    """The kind of record file, told by its content; None where it is one document.

    JSON lines: the first line is a JSON object that holds a text. CSV and TSV: the name says so, or the header has the
    columns that the user named. Raises `UnreadableError` where it is a table without a column of texts.
    """
    suffix = path.suffix.lower()
    with path.open("rb") as f:
        first = f.readline(limit + 1)
        while first and not first.strip(BLANK):
            first = f.readline(limit + 1)
    bare = first.strip(BLANK)
    if bare.startswith(b"{") and len(bare) <= limit:
        return _json_file(bare, suffix, columns)
    if suffix in JSON_NAMES and bare:
        raise UnreadableError("format", "it is JSON, but not one object a line; write one record a line (JSON lines)")
    if bare and (suffix in {".csv", ".tsv"} or (columns and _has_columns(bare, columns))):
        return _csv_file(path, bare, columns, "\t" if suffix == ".tsv" else None)
    return None


def index(path: Path, file: RecordFile, limit: int) -> Iterator[Row]:
    """Every record of the file in order; too long and unreadable ones with their problem."""
    with path.open("rb") as f:
        yield from (_index_json if file.kind == "jsonl" else _index_csv)(f, file, limit)


def read_bytes(path: Path, file: RecordFile, row: Row) -> bytes:
    """The original bytes of one record."""
    with path.open("rb") as f:
        f.seek(row.start)
        return file.header + f.read(row.length)


def parse(data: bytes, file: RecordFile) -> dict[str, str | None]:
    """The fields of one record, from its original bytes.

    Raises `UnreadableError` where it is no record, or where its text is something else than text.
    """
    if file.kind == "jsonl":
        values = _json_object(data)
    else:
        names, *rows = csv.reader(io.StringIO(_decoded(data, file.encoding), newline=""), delimiter=file.delimiter)
        values = dict(zip(names, rows[0] if rows else (), strict=False))
    fields = {field: values.get(column) for field, column in file.columns.items()}
    if not isinstance(fields.get("text"), str | None):
        raise UnreadableError("format", f"its field {file.columns['text']!r} is not a text; name the one that is")
    return {field: _text(value) for field, value in fields.items()}


def _text(value: Any) -> str | None:
    """A cell as text: numbers as written, nothing for lists, objects and empty cells."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        value = str(value)
    return value if isinstance(value, str) and value else None


# -- JSON lines -----------------------------------------------------------------------------------------------------------


def _json_file(first: bytes, suffix: str, columns: Mapping[str, str]) -> RecordFile | None:
    try:
        values = _json_object(first)
    except UnreadableError:
        return RecordFile(kind="jsonl", columns={**{f: f for f in FIELDS}, **columns}) if suffix in JSON_NAMES else None
    mapped = _map(list(values), columns)
    if "text" not in mapped:
        if suffix in JSON_NAMES or columns:
            raise UnreadableError("columns", _no_text(list(values)))
        return None
    return RecordFile(kind="jsonl", columns=mapped)


def _index_json(f: BinaryIO, file: RecordFile, limit: int) -> Iterator[Row]:
    start = number = 0
    column = file.columns.get("document", "document")
    while line := f.readline(limit + 1):
        number += 1
        length, problem, document = len(line), "", None
        if length > limit and not line.endswith(b"\n"):
            problem = "too-large"
            while not line.endswith(b"\n") and (line := f.readline(1 << 20)):
                length += len(line)
        elif line.strip(BLANK):
            try:
                document = _text(_json_object(line).get(column))
            except UnreadableError as e:
                problem = str(e)
        if problem or line.strip(BLANK):
            yield Row(line=number, start=start, length=length, document=document, problem=problem)
        start += length


def _json_object(data: bytes) -> dict[str, Any]:
    try:
        value = msgspec.json.decode(data.strip(BLANK))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as e:
        raise UnreadableError("format", f"the line is not JSON ({e})") from e
    if not isinstance(value, dict):
        raise UnreadableError("format", "the line is JSON, but not an object with named fields")
    return value


# -- CSV ------------------------------------------------------------------------------------------------------------------


class _TooLongError(Exception):
    """A record is longer than a document may be."""


class _Lines:
    """Decoded lines of a file for `csv.reader`, with the place they were read up to."""

    def __init__(self, f: BinaryIO, encoding: str, limit: int) -> None:
        self.f, self.encoding, self.limit = f, encoding, limit
        self.at = self.number = self.record = 0

    def __iter__(self) -> Iterator[str]:
        while line := self.f.readline(self.limit + 1):
            self.at += len(line)
            self.number += 1
            self.record += len(line)
            if self.record > self.limit:
                raise _TooLongError
            yield _decoded(line, self.encoding)

    def skip(self, start: int, number: int) -> None:
        """Go on to the end of the record that began there: a line end with all quotes closed."""
        self.f.seek(start)
        self.at, self.number, quotes = start, number, 0
        while piece := self.f.readline(1 << 20):
            self.at += len(piece)
            self.number += piece.endswith(b"\n")
            quotes += piece.count(b'"')
            if piece.endswith(b"\n") and quotes % 2 == 0:
                return


def _csv_file(path: Path, header: bytes, columns: Mapping[str, str], delimiter: str | None) -> RecordFile:
    with path.open("rb") as f:
        sample = f.read(SAMPLE)
    if b"\0" in sample:
        raise UnreadableError("encoding", "the table holds NUL bytes, as UTF-16 does; save it as UTF-8")
    sample = sample[: sample.rfind(b"\n") + 1] or sample
    encoding = decode(sample).encoding
    text = _decoded(header, encoding)
    if delimiter is None:
        delimiter = max(",;\t|", key=lambda d: (text.count(d), d == ","))
    names = next(csv.reader([text], delimiter=delimiter), [])
    mapped = _map(names, columns)
    if "text" not in mapped:
        raise UnreadableError("columns", _no_text(names))
    return RecordFile(kind="csv", columns=mapped, encoding=encoding, header=header + b"\n", delimiter=delimiter)


def _index_csv(f: BinaryIO, file: RecordFile, limit: int) -> Iterator[Row]:
    lines = _Lines(f, file.encoding, limit)
    names: list[str] | None = None
    reader = csv.reader(iter(lines), delimiter=file.delimiter)
    while True:
        start, first, problem, cells = lines.at, lines.number + 1, "", None
        lines.record = 0
        try:
            cells = next(reader, None)
            if cells is None:
                return
        except _TooLongError:
            problem = "too-large"
            lines.skip(start, first - 1)
            reader = csv.reader(iter(lines), delimiter=file.delimiter)
        except csv.Error as e:
            problem = f"the row is no CSV ({e})"
            reader = csv.reader(iter(lines), delimiter=file.delimiter)
        if cells is not None and not any(c.strip("\ufeff ") for c in cells):
            continue
        if names is None:
            names = [n.removeprefix("\ufeff") for n in cells or ()]
            continue
        values = dict(zip(names, cells or (), strict=False))
        document = _text(values.get(file.columns.get("document", "")))
        yield Row(line=first, start=start, length=lines.at - start, document=document, problem=problem)


def _decoded(data: bytes, encoding: str) -> str:
    name = {"koi8-r": "koi8-u"}.get(encoding, encoding.partition(",")[0])
    return data.decode(name, "replace").removeprefix("\ufeff")


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
