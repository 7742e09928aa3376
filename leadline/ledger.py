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
import os
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, Literal, Self, get_args
from urllib.parse import quote

import msgspec

from leadline.disk import digest_of, sync_folder, write_atomically
from leadline.errors import CaseError
from leadline.verifier.case import OPEN, SEALED
from leadline.verifier.chain import GENESIS, Row, canonical, entry_hash, from_text, to_text

Kind = Literal["item", "refusal", "run", "judgement", "withdrawal", "anchor"]
KINDS: tuple[str, ...] = get_args(Kind)

SCHEMA = (
    f"""CREATE TABLE entries (
  seq INTEGER PRIMARY KEY,
  time TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ({", ".join(f"'{k}'" for k in KINDS)})),
  payload TEXT NOT NULL,
  previous TEXT NOT NULL,
  hash TEXT NOT NULL
) STRICT""",
    "CREATE INDEX entries_by_payload ON entries (kind, payload)",
    f"""CREATE TRIGGER entries_append BEFORE INSERT ON entries
WHEN NEW.seq IS NOT (SELECT coalesce(max(seq), 0) + 1 FROM entries)
  OR NEW.previous IS NOT coalesce((SELECT hash FROM entries ORDER BY seq DESC LIMIT 1), '{GENESIS}')
BEGIN SELECT raise(ABORT, 'the ledger only grows at its end'); END""",
    """CREATE TRIGGER entries_update BEFORE UPDATE ON entries
BEGIN SELECT raise(ABORT, 'the ledger only grows: entries are never changed'); END""",
    """CREATE TRIGGER entries_delete BEFORE DELETE ON entries
BEGIN SELECT raise(ABORT, 'the ledger only grows: entries are never removed'); END""",
)
COLUMNS = "seq, time, kind, payload, previous, hash"


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
                return cls(path, _connect_readonly(path), None)
            except sqlite3.Error as e:
                raise _unusable(path, e) from e
        lock = _lock(path.parent)
        connection = None
        try:
            _refuse_changed(path)
            connection = _connect(path)
            ledger = cls(path, connection, lock)
            ledger._prepare()
        except BaseException as e:
            for opened in (connection, lock):
                if opened is not None:
                    opened.close()
            if isinstance(e, sqlite3.Error | OSError):
                raise _unusable(path, e) from e
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
            raise _unusable(self.path, e) from e
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
        stored = _definitions(self._connection)
        if stored != _own_definitions():
            self._define(stored)
        before = from_text(self._opened.read_bytes())[0] if self._opened.exists() else []
        if before and self._rows()[: len(before)] != before:
            raise _changed(self.path, f"its entries do not continue those of {OPEN}")

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
            raise _unusable(self.path, e) from e
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


def _definitions(connection: sqlite3.Connection) -> set[tuple[str, str, str]]:
    query = "SELECT type, name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite_stat%'"
    return {tuple(row) for row in connection.execute(query)}


@cache
def _own_definitions() -> set[tuple[str, str, str]]:
    connection = sqlite3.connect(":memory:")
    try:
        for statement in SCHEMA:
            connection.execute(statement)
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


def _refuse_changed(path: Path) -> None:
    """A sealed ledger that was changed from outside is not continued: that would make the change its own.

    SQLite would take a log or a journal that somebody put beside the file into it, unasked.
    """
    text, opened = path.with_name(SEALED), path.with_name(OPEN)
    if not text.exists():
        if not path.is_file() and opened.exists() and opened.stat().st_size:
            raise _changed(path, "it is gone")
        return
    _, seal, wrong = from_text(text.read_bytes())
    if wrong or seal is None or not path.is_file() or digest_of(path) != seal.sqlite:
        raise _changed(path, *wrong[:1])
    for beside in (path.with_name(f"{path.name}-{kind}") for kind in ("wal", "journal")):
        if beside.exists() and beside.stat().st_size:
            raise _changed(path, f"{beside.name} stands beside it")


def _changed(path: Path, *why: str) -> CaseError:
    return CaseError(
        "the ledger was changed since the last run" + "".join(f" ({w})" for w in why),
        place=str(path),
        expected="the bytes that the last run sealed",
        todo="`leadline verify` tells more; put an unchanged copy back, or begin a new case",
    )


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    try:
        (mode,) = connection.execute("PRAGMA journal_mode = WAL").fetchone()
        if (
            mode != "wal"
        ):  # SQLite says no error where the disk refuses: the next opening would then change a sealed file
            raise sqlite3.OperationalError("the disk takes no write-ahead log")
        for pragma in (
            "synchronous = FULL",
            "wal_autocheckpoint = 0",  # until it is closed the file itself stays as it was sealed
            "secure_delete = ON",
            "trusted_schema = OFF",
        ):
            connection.execute(f"PRAGMA {pragma}")
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
        connection.execute(f"SELECT {COLUMNS} FROM entries LIMIT 1").fetchone()
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
