"""How the ledger's file is opened and locked, and when it is not written to."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path
from urllib.parse import quote

from leadline.disk import digest_of
from leadline.errors import CaseError
from leadline.ledger.table import COLUMNS
from leadline.verifier.case import OPEN, SEALED
from leadline.verifier.chain import from_text


def lock_case(folder: Path) -> sqlite3.Connection:
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
        raise unusable(path, e) from e
    return lock


def refuse_changed(path: Path) -> None:
    """A sealed ledger that was changed from outside is not continued: that would make the change its own.

    SQLite would take a log or a journal that somebody put beside the file into it, unasked.
    """
    text, opened = path.with_name(SEALED), path.with_name(OPEN)
    if not text.exists():
        if not path.is_file() and opened.exists() and opened.stat().st_size:
            raise changed(path, "it is gone")
        return
    _, seal, wrong = from_text(text.read_bytes())
    if wrong or seal is None or not path.is_file() or digest_of(path) != seal.sqlite:
        raise changed(path, *wrong[:1])
    for beside in (path.with_name(f"{path.name}-{kind}") for kind in ("wal", "journal")):
        if beside.exists() and beside.stat().st_size:
            raise changed(path, f"{beside.name} stands beside it")


def changed(path: Path, *why: str) -> CaseError:
    """The error that a ledger is not what its seal says."""
    return CaseError(
        "the ledger was changed since the last run" + "".join(f" ({w})" for w in why),
        place=str(path),
        expected="the bytes that the last run sealed",
        todo="`leadline verify` tells more; put an unchanged copy back, or begin a new case",
    )


def connect(path: Path) -> sqlite3.Connection:
    """Open for writing, so that the file itself stays as it is until it is closed."""
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


def connect_readonly(path: Path) -> sqlite3.Connection:
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


def unusable(path: Path, error: Exception) -> CaseError:
    """The error that a ledger cannot be opened, read or written."""
    return CaseError(
        f"the ledger cannot be used ({error})",
        place=str(path),
        expected="the ledger of a case in a folder you may write to",
        todo="check permissions and free space; `leadline verify` tells whether it was changed",
    )
