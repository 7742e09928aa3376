"""The ledger of a case: what came in, what was done with it and what people decided, in an order that nobody can change.

One SQLite file in WAL mode with one table. Triggers refuse every change but an append at the end. Each entry carries
the hash of the one before it, so that a changed, removed, moved or inserted entry breaks the chain at a place that
`check` names. What a chain cannot show by itself is that its *end* was cut off: for that the head must be held
elsewhere (`Ledger.head`).

The ledger never holds content: an item is its digest, its size, its media type and the digest of its name.
"""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, Literal, Self, get_args
from urllib.parse import quote

import msgspec

from leadline.errors import CaseError

Kind = Literal["item", "refusal", "run", "judgement", "withdrawal"]
KINDS: tuple[str, ...] = get_args(Kind)
FORMAT = 1
GENESIS = "0" * 64

SCHEMA = f"""
CREATE TABLE IF NOT EXISTS entries (
  seq INTEGER PRIMARY KEY,
  time TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ({", ".join(f"'{k}'" for k in KINDS)})),
  payload TEXT NOT NULL,
  previous TEXT NOT NULL,
  hash TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS entries_by_payload ON entries (kind, payload);
CREATE TRIGGER IF NOT EXISTS entries_append BEFORE INSERT ON entries
WHEN NEW.seq IS NOT (SELECT coalesce(max(seq), 0) + 1 FROM entries)
  OR NEW.previous IS NOT coalesce((SELECT hash FROM entries ORDER BY seq DESC LIMIT 1), '{GENESIS}')
BEGIN SELECT raise(ABORT, 'the ledger only grows at its end'); END;
CREATE TRIGGER IF NOT EXISTS entries_update BEFORE UPDATE ON entries
BEGIN SELECT raise(ABORT, 'the ledger only grows: entries are never changed'); END;
CREATE TRIGGER IF NOT EXISTS entries_delete BEFORE DELETE ON entries
BEGIN SELECT raise(ABORT, 'the ledger only grows: entries are never removed'); END;
"""


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the ledger.

    `time` is UTC, ISO 8601. `previous` is the hash of the entry before, `hash` that of this one.
    """

    seq: int
    time: str
    kind: str
    payload: dict[str, Any]
    previous: str
    hash: str


class Broken(msgspec.Struct, frozen=True, kw_only=True):
    """A place where the chain does not hold, and what is wrong there."""

    seq: int | None
    reason: str


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


class Ledger:
    """The ledger of one case. A context manager: leaving it closes the file and gives up the lock.

    >>> import tempfile
    >>> with Ledger.open(Path(tempfile.mkdtemp()) / "ledger.sqlite") as ledger:
    ...     entry = ledger.append("item", {"sha256": "ab", "size": 3})
    ...     entry.seq, ledger.head() == entry.hash, ledger.check()
    (1, True, [])
    """

    def __init__(self, path: Path, connection: sqlite3.Connection, lock: sqlite3.Connection | None) -> None:
        self.path, self._connection, self._lock = path, connection, lock

    @classmethod
    def open(cls, path: Path, *, write: bool = True) -> Self:
        """The ledger at `path`, made where there is none.

        For writing, the case is locked until `close`: a second writer gets a `CaseError`. With `write=False` nothing is
        locked, made or changed, and a folder on a read-only medium can be read.

        Raises `CaseError` where the file is locked, missing, not a ledger, or cannot be opened.
        """
        lock = _lock(path.parent) if write else None
        try:
            connection = _connect(path) if write else _connect_readonly(path)
        except sqlite3.Error as e:
            if lock is not None:
                lock.close()
            raise _unusable(path, e) from e
        return cls(path, connection, lock)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def close(self) -> None:
        """Fold the write-ahead log into the file, close it and give up the lock."""
        if self._lock is not None:
            self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        self._connection.close()
        if self._lock is not None:
            self._lock.close()

    # -- writing ---------------------------------------------------------------------------------------------------

    def append(self, kind: str, payload: Mapping[str, Any]) -> Entry:
        """Add one entry; it is on disk when this returns."""
        return self.extend([(kind, payload)])[0]

    def extend(self, entries: Iterable[tuple[str, Mapping[str, Any]]]) -> list[Entry]:
        """Add several entries at once: after a crash all of them are there, or none.

        Raises `CaseError` where the ledger is open for reading only or the disk refuses.
        """
        if self._lock is None:
            raise CaseError("the ledger is open for reading only", place=str(self.path))
        added = []
        try:
            with self._connection:
                self._connection.execute("BEGIN IMMEDIATE")
                last = self._connection.execute("SELECT seq, hash FROM entries ORDER BY seq DESC LIMIT 1").fetchone()
                seq, previous = last or (0, GENESIS)
                for kind, payload in entries:
                    seq += 1
                    time, text = datetime.now(UTC).isoformat(timespec="microseconds"), canonical(payload)
                    digest = entry_hash(seq, time, kind, text, previous)
                    row = (seq, time, kind, text, previous, digest)
                    self._connection.execute("INSERT INTO entries VALUES (?, ?, ?, ?, ?, ?)", row)
                    added.append(_entry(row))
                    previous = digest
        except sqlite3.Error as e:
            raise _unusable(self.path, e) from e
        return added

    # -- reading ---------------------------------------------------------------------------------------------------

    def entries(self, kind: str | None = None) -> Iterator[Entry]:
        """All entries in order, or those of one kind."""
        where, values = ("WHERE kind = ?", (kind,)) if kind else ("", ())
        query = f"SELECT seq, time, kind, payload, previous, hash FROM entries NOT INDEXED {where} ORDER BY seq"
        try:
            for row in self._connection.execute(query, values):
                yield _entry(row)
        except (sqlite3.Error, ValueError) as e:
            raise _unusable(self.path, e) from e

    def has(self, kind: str, payload: Mapping[str, Any]) -> bool:
        """Whether an entry of that kind with exactly that payload is there."""
        query = "SELECT 1 FROM entries WHERE kind = ? AND payload = ? LIMIT 1"
        return self._connection.execute(query, (kind, canonical(payload))).fetchone() is not None

    def runs(self) -> dict[str, dict[str, Any]]:
        """The latest `run` entry's payload of each stage that still counts, latest last.

        A withdrawal voids every run before it: what those runs wrote is gone.
        """
        runs: dict[str, dict[str, Any]] = {}
        for entry in self.entries():
            if entry.kind == "withdrawal":
                runs.clear()
            elif entry.kind == "run":
                runs.pop(entry.payload["stage"], None)
                runs[entry.payload["stage"]] = dict(entry.payload)
        return runs

    def head(self) -> str:
        """Hash of the last entry: who holds it elsewhere can show that no entry before it was changed or cut off."""
        row = self._connection.execute("SELECT hash FROM entries ORDER BY seq DESC LIMIT 1").fetchone()
        return str(row[0]) if row else GENESIS

    def check(self) -> list[Broken]:
        """Every place where the chain does not hold: empty where all is as it was written.

        Recomputes each hash from the stored fields, and lets SQLite check the structure of its file.
        """
        broken: list[Broken] = []
        try:
            for (message,) in self._connection.execute("PRAGMA integrity_check"):
                if message != "ok":
                    broken.append(Broken(seq=None, reason=f"the database file is damaged: {message}"))
            if _definitions(self._connection) != _own_definitions():
                reason = "its table or the triggers that keep it append-only were changed"
                broken.append(Broken(seq=None, reason=reason))
            broken += self._check_chain()
        except (sqlite3.Error, ValueError) as e:
            broken.append(Broken(seq=None, reason=f"the ledger cannot be read: {e}"))
        return broken

    def _check_chain(self) -> Iterator[Broken]:
        previous, expected = GENESIS, 1
        query = "SELECT seq, time, kind, payload, previous, hash FROM entries NOT INDEXED ORDER BY seq"
        for seq, time, kind, payload, before, digest in self._connection.execute(query):
            if seq != expected:
                yield Broken(seq=seq, reason=f"entry {expected} is missing")
            if before != previous:
                yield Broken(seq=seq, reason="it does not follow the entry before it")
            if entry_hash(seq, time, kind, payload, before) != digest:
                yield Broken(seq=seq, reason="its content does not match its hash")
            previous, expected = digest, seq + 1


def _definitions(connection: sqlite3.Connection) -> set[tuple[str, str, str]]:
    query = "SELECT type, name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite_stat%'"
    return {tuple(row) for row in connection.execute(query)}


@cache
def _own_definitions() -> set[tuple[str, str, str]]:
    connection = sqlite3.connect(":memory:")
    try:
        connection.executescript(SCHEMA)
        return _definitions(connection)
    finally:
        connection.close()


def _entry(row: tuple[Any, ...]) -> Entry:
    seq, time, kind, payload, previous, digest = row
    return Entry(seq=seq, time=time, kind=kind, payload=json.loads(payload), previous=previous, hash=digest)


def _lock(folder: Path) -> sqlite3.Connection:
    """The case's write lock: an empty SQLite file held exclusively.

    SQLite's own file locks work on every system, and the system releases them when the process ends, however it ends.
    """
    path = folder / "writer.lock"
    try:
        lock = sqlite3.connect(path, timeout=0, isolation_level=None, check_same_thread=False)
        lock.execute("PRAGMA journal_mode = MEMORY")  # nothing is ever written to it: no journal beside it
        lock.execute("BEGIN EXCLUSIVE")
    except sqlite3.Error as e:
        if "locked" in str(e):
            raise CaseError(
                "another Leadline is writing to this case",
                place=str(folder),
                expected="one writer at a time",
                todo="wait until it has finished, then try again",
            ) from e
        raise _unusable(path, e) from e
    return lock


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    try:
        for pragma in ("journal_mode = WAL", "synchronous = FULL", "secure_delete = ON", "trusted_schema = OFF"):
            connection.execute(f"PRAGMA {pragma}")
        connection.executescript(SCHEMA)
    except BaseException:
        connection.close()
        raise
    return connection


def _connect_readonly(path: Path) -> sqlite3.Connection:
    """Open without writing: as a live database where the folder allows it, else as a file that does not change."""
    if not path.is_file():
        raise CaseError("the ledger is missing", place=str(path), expected="the file that Leadline wrote")
    address = "file:" + quote(str(path.absolute()))
    wal = path.with_name(path.name + "-wal")
    live = wal.exists() and (wal.stat().st_size > 0 or os.access(path.parent, os.W_OK))
    mode = "?mode=ro" if live else "?mode=ro&immutable=1"
    connection = sqlite3.connect(address + mode, uri=True, isolation_level=None, check_same_thread=False)
    try:
        connection.execute("PRAGMA trusted_schema = OFF")
        connection.execute("SELECT seq, time, kind, payload, previous, hash FROM entries LIMIT 1").fetchone()
    except BaseException:
        connection.close()
        raise
    return connection


def _unusable(path: Path, error: Exception) -> CaseError:
    return CaseError(
        f"the ledger cannot be used ({error})",
        place=str(path),
        expected="the ledger of a case in a folder you may write to",
        todo="check permissions and free space; `leadline verify` tells whether it was changed",
    )
