"""The ledger: how an entry is hashed, how the ledger is written as text and sealed, where a chain does not hold.

`ledger.jsonl` holds one entry a line and, at its end, a seal: the number of entries, the last hash, and the SHA-256 of
`ledger.sqlite`. A line is the canonical JSON of its content, so that no byte of it is free to change.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import sqlite3
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

FORMAT = 1
GENESIS = "0" * 64


class Row(NamedTuple):
    """An entry as it is stored; `payload` is JSON text."""

    seq: int
    time: str
    kind: str
    payload: str
    previous: str
    hash: str


class Seal(NamedTuple):
    """The last line of a sealed ledger."""

    entries: int
    head: str
    sqlite: str


def canonical(payload: Mapping[str, Any]) -> str:
    r"""The one JSON text of a payload: sorted keys, no spaces, ASCII only, no NaN.

    >>> canonical({"b": 1, "a": "é"})
    '{"a":"\\u00e9","b":1}'
    """
    return json.dumps(payload, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)


def entry_hash(seq: int, time: str, kind: str, payload: str, previous: str) -> str:
    """SHA-256 of an entry. The fields are encoded as a JSON array, so that two different entries never meet.

    >>> entry_hash(1, "t", "item", "{}", GENESIS) == entry_hash(1, "t", "ite", "m{}", GENESIS)
    False
    """
    fields = json.dumps(["leadline-ledger", FORMAT, seq, time, kind, payload, previous], separators=(",", ":"))
    return hashlib.sha256(fields.encode("ascii")).hexdigest()


def broken(rows: Iterable[Row]) -> Iterator[str]:
    """Every place where the chain does not hold, with the entry's number: nothing where all is as it was written."""
    previous, expected = GENESIS, 1
    for row in rows:
        if row.seq != expected:
            yield f"entry {row.seq}: entry {expected} is missing"
        if row.previous != previous:
            yield f"entry {row.seq}: it does not follow the entry before it"
        try:
            right = entry_hash(row.seq, row.time, row.kind, row.payload, row.previous) == row.hash
        except (TypeError, ValueError):
            right = False
        if not right:
            yield f"entry {row.seq}: its content does not match its hash"
        if not isinstance(row.seq, int):
            return
        previous, expected = row.hash, row.seq + 1


def head(rows: Sequence[Row]) -> str:
    """Hash of the last entry."""
    return rows[-1].hash if rows else GENESIS


# -- the ledger as text -----------------------------------------------------------------------------------------------


def to_text(rows: Sequence[Row], sqlite_sha256: str) -> bytes:
    """`ledger.jsonl`: the entries, and the seal over them and over the database they were taken from."""
    lines = [canonical({**row._asdict(), "payload": json.loads(row.payload)}) for row in rows]
    return ("\n".join([*lines, _seal_line(Seal(len(rows), head(rows), sqlite_sha256))]) + "\n").encode("ascii")


def _seal_line(seal: Seal) -> str:
    body = seal._asdict()
    return canonical({"seal": body, "sha256": hashlib.sha256(canonical(body).encode("ascii")).hexdigest()})


def from_text(data: bytes) -> tuple[list[Row], Seal | None, list[str]]:
    """Entries, seal, and everything that is wrong with the text."""
    rows: list[Row] = []
    seal: Seal | None = None
    wrong: list[str] = []
    *lines, rest = data.split(b"\n")
    if rest:
        wrong.append("its last line has no end")
    for n, line in enumerate(lines, 1):
        try:
            text = line.decode("ascii")
            found = json.loads(text)
            if canonical(found) != text:
                raise ValueError("not as it is written")
            if n == len(lines):
                seal = Seal(**found["seal"])
                if _seal_line(seal) != text:
                    seal = None
                    raise ValueError("a seal that does not match its digest")
            else:
                rows.append(Row(**{**found, "payload": canonical(found["payload"])}))
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            wrong.append(f"line {n} is not a line of a ledger" if n < len(lines) else "it has no seal at its end")
    if not (seal or wrong):
        wrong.append("it has no seal at its end")
    wrong += broken(rows)
    if seal and (seal.entries, seal.head) != (len(rows), head(rows)):
        wrong.append("the seal is over other entries")
    return rows, seal, wrong


# -- the ledger as a database ----------------------------------------------------------------------------------------


class TooOldError(Exception):
    """The SQLite of this Python cannot read the database."""


def from_database(path: Path) -> tuple[list[Row], list[str]]:
    """Entries of the database and everything that is wrong with it, read from a copy, so that nothing is written.

    Raises `TooOldError` where this Python's SQLite does not know strict tables, `OSError` where no regular file stands there.
    """
    if path.is_symlink() or not path.is_file():
        raise OSError("it is no regular file")
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "ledger.sqlite"
        shutil.copyfile(path, copy)
        wal = path.with_name(path.name + "-wal")
        if wal.is_file() and not wal.is_symlink():
            shutil.copyfile(wal, copy.with_name(wal.name))
        connection = sqlite3.connect(str(copy))
        try:
            return _read(connection)
        except (sqlite3.Error, ValueError, TypeError, OverflowError) as e:
            if "STRICT" in str(e) and sqlite3.sqlite_version_info < (3, 37):
                raise TooOldError(f"SQLite {sqlite3.sqlite_version} is too old to read it; 3.37 can") from e
            return [], [f"it cannot be read ({e})"]
        finally:
            connection.close()


def _read(connection: sqlite3.Connection) -> tuple[list[Row], list[str]]:
    connection.execute("PRAGMA trusted_schema = OFF")
    wrong = [f"the file is damaged: {m}" for (m,) in connection.execute("PRAGMA integrity_check") if m != "ok"]
    if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'entries'").fetchone():
        return [], wrong
    query = "SELECT seq, time, kind, payload, previous, hash FROM entries NOT INDEXED ORDER BY seq"
    rows = [Row(*row) for row in connection.execute(query)]
    return rows, wrong + list(broken(rows))
