"""The ledger of a case: what came in, what was done with it and what people decided, in an order that nobody can change.

One SQLite file in WAL mode with one table. Triggers refuse every change but an append at the end. Each entry carries
the hash of the one before it, so that a changed, removed, moved or inserted entry breaks the chain at a place that
`leadline.verifier` names. What a chain cannot show by itself is that its *end* was cut off: for that the head must be held
elsewhere (`Ledger.head`).

When a writer closes the ledger, every entry is written as text to `ledger.jsonl`, sealed with the SHA-256 of the database:
so every byte of both is vouched for. Before the first change the text is renamed to `ledger.open.jsonl`; a stop leaves it
so, and the next writer seals again. A sealed ledger whose bytes are not what the seal says is not written to.

The ledger never holds content: an item is its digest, its size, its media type and the digest of its name.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

import msgspec

from leadline.disk import digest_of, sync_folder, write_atomically
from leadline.errors import CaseError
from leadline.ledger.connections import changed, connect, connect_readonly, lock_case, refuse_changed, unusable
from leadline.ledger.table import COLUMNS, KINDS, SCHEMA, Kind, definitions, own_definitions
from leadline.verifier.case import OPEN, SEALED
from leadline.verifier.chain import GENESIS, Row, canonical, entry_hash, from_text, to_text

__all__ = ["KINDS", "Entry", "Kind", "Ledger"]


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


class Ledger:
    """The ledger of one case. A context manager: leaving it closes the file and gives up the lock.

    >>> import tempfile
    >>> with Ledger.open(Path(tempfile.mkdtemp()) / "ledger.sqlite") as ledger:
    ...     entry = ledger.append("item", {"sha256": "ab", "size": 3})
    ...     entry.seq, ledger.head() == entry.hash
    (1, True)
    """

    def __init__(self, path: Path, connection: sqlite3.Connection, lock: sqlite3.Connection | None) -> None:
        self.path, self._connection, self._lock = path, connection, lock
        self._text, self._opened = path.with_name(SEALED), path.with_name(OPEN)

    @classmethod
    def open(cls, path: Path, *, write: bool = True) -> Self:
        """The ledger at `path`, made where there is none.

        For writing, the case is locked until `close`: a second writer gets a `CaseError`. With `write=False` nothing is
        locked, made or changed, and a folder on a read-only medium can be read.

        Raises `CaseError` where the file is locked, missing, not a ledger, cannot be opened, or is not what its seal says.
        """
        if not write:
            try:
                return cls(path, connect_readonly(path), None)
            except sqlite3.Error as e:
                raise unusable(path, e) from e
        lock = lock_case(path.parent)
        connection = None
        try:
            refuse_changed(path)
            connection = connect(path)
            ledger = cls(path, connection, lock)
            ledger._prepare()
        except BaseException as e:
            for opened in (connection, lock):
                if opened is not None:
                    opened.close()
            if isinstance(e, sqlite3.Error | OSError):
                raise unusable(path, e) from e
            raise
        return ledger

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        with suppress(*([CaseError] if kind else [])):  # what went wrong first is what is said
            self.close()

    def close(self) -> None:
        """Fold the write-ahead log into the file, seal it, close it and give up the lock.

        Raises `CaseError` where the disk refuses; the ledger is then whole and unsealed, and the next writer seals it.
        """
        try:
            self._seal()
        except (sqlite3.Error, OSError) as e:
            raise unusable(self.path, e) from e
        finally:
            self._connection.close()
            if self._lock is not None:
                self._lock.close()

    # -- the seal --------------------------------------------------------------------------------------------------

    def _prepare(self) -> None:
        """Bring the table's definition up to date, and hold an unsealed ledger against the text that a stop left.

        Rows are copied as they are, through the append-only trigger.
        """
        if self._text.exists():
            self._opened.unlink(missing_ok=True)
        stored = definitions(self._connection)
        if stored != own_definitions():
            self._define(stored)
        before = from_text(self._opened.read_bytes())[0] if self._opened.exists() else []
        if before and self._rows()[: len(before)] != before:
            raise changed(self.path, f"its entries do not continue those of {OPEN}")

    def _define(self, stored: set[tuple[str, str, str]]) -> None:
        self._unseal()
        former = any(kind == "table" and name == "entries" for kind, name, _ in stored)
        with self._connection:
            self._connection.execute("BEGIN IMMEDIATE")
            for kind, name, _ in stored:
                if kind == "trigger" or (kind == "index" and not name.startswith("sqlite_")):
                    self._connection.execute(f"DROP {kind} {name}")
            if former:
                self._connection.execute("ALTER TABLE entries RENAME TO former")
            for statement in SCHEMA:
                self._connection.execute(statement)
            if former:
                self._connection.execute(f"INSERT INTO entries SELECT {COLUMNS} FROM former ORDER BY seq")
                self._connection.execute("DROP TABLE former")

    def _unseal(self) -> None:
        """Say, before the first change, that the text is no longer all there is."""
        if self._text.exists():
            self._text.replace(self._opened)
            sync_folder(self.path.parent)
        elif not self._opened.exists():
            self._opened.touch()

    def _seal(self) -> None:
        """Write the text anew, with the digest of the database as it is on disk, where either has changed."""
        if self._lock is None or self._text.exists():
            return
        rows = self._rows()
        (busy, *_) = self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        self._connection.close()
        if busy:  # somebody reads an older state: the next writer seals
            return
        write_atomically(self._text, to_text(rows, digest_of(self.path)))
        self._opened.unlink(missing_ok=True)

    def _rows(self) -> list[Row]:
        query = f"SELECT {COLUMNS} FROM entries NOT INDEXED ORDER BY seq"
        return [Row(*row) for row in self._connection.execute(query)]

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
            self._unseal()
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
        except (sqlite3.Error, OSError) as e:
            raise unusable(self.path, e) from e
        return added

    # -- reading ---------------------------------------------------------------------------------------------------

    def entries(self, kind: str | None = None) -> Iterator[Entry]:
        """All entries in order, or those of one kind."""
        where, values = ("WHERE kind = ?", (kind,)) if kind else ("", ())
        query = f"SELECT {COLUMNS} FROM entries NOT INDEXED {where} ORDER BY seq"
        try:
            for row in self._connection.execute(query, values):
                yield _entry(row)
        except (sqlite3.Error, ValueError) as e:
            raise unusable(self.path, e) from e

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


def _entry(row: tuple[Any, ...]) -> Entry:
    seq, time, kind, payload, previous, digest = row
    return Entry(seq=seq, time=time, kind=kind, payload=json.loads(payload), previous=previous, hash=digest)
