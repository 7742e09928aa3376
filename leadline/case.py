"""The case folder: where everything of one case stands.

case.toml        settings and format version
originals/       the preserved bytes, by SHA-256 (`originals/ab/abcd…`), read-only
ledger.sqlite    append-only, hash-chained: items, refusals, runs, judgements, withdrawals
tables/          1-ingest … 5-estimate, each under the fingerprint that made it
dossier/         the pages
"""

from __future__ import annotations

import os
from pathlib import Path

import msgspec

from leadline.errors import CaseError
from leadline.settings import Settings

FORMAT = 1


class CaseFile(msgspec.Struct, frozen=True, kw_only=True):
    """What `case.toml` holds."""

    format: int = FORMAT
    leadline: str = ""
    settings: Settings = msgspec.field(default_factory=Settings)


class Case:
    """Paths and settings of one case folder.

    `Case.create` makes the folder, `Case.open` reads one; both raise `CaseError` saying what was found.
    """

    def __init__(self, folder: Path, settings: Settings) -> None:
        self.folder, self.settings = folder, settings
        self.originals = folder / "originals"
        self.ledger_path = folder / "ledger.sqlite"
        self.tables = folder / "tables"
        self.dossier = folder / "dossier"

    @classmethod
    def open(cls, folder: Path) -> Case:
        """An existing case. A newer format, a missing or unreadable `case.toml` is a `CaseError`."""
        path = folder / "case.toml"
        if not path.is_file():
            raise CaseError(
                "this is not a case folder (no case.toml)",
                place=str(folder),
                expected="a folder made by `leadline run`",
                todo="check the path",
            )
        try:
            header = msgspec.toml.decode(path.read_bytes(), type=dict)
        except msgspec.DecodeError as e:
            raise CaseError(str(e), place=str(path), expected="the file as Leadline wrote it") from e
        if not isinstance(header.get("format"), int) or header["format"] > FORMAT:
            raise CaseError(
                f"the case has format {header.get('format')!r}, made by Leadline {header.get('leadline', 'unknown')}",
                place=str(path),
                expected=f"format {FORMAT} or older",
                todo="open it with a newer Leadline",
            )
        try:
            found = msgspec.toml.decode(path.read_bytes(), type=CaseFile)
        except msgspec.ValidationError as e:
            raise CaseError(
                str(e), place=str(path), todo="`leadline settings` lists the names and their defaults"
            ) from e
        return cls(folder, found.settings)

    @classmethod
    def create(cls, folder: Path, settings: Settings, version: str) -> Case:
        """The case in `folder`, made where there is none, with these settings from now on.

        A folder that holds other things and no case is refused, so that nothing of the user's is mixed in.
        """
        if (folder / "case.toml").exists():
            case = cls.open(folder)
            if settings != case.settings:
                case = cls(folder, settings)
                case.save(version)
            return case
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise CaseError(
                "the folder is not empty and holds no case",
                place=str(folder),
                expected="an empty or new folder, or a case",
                todo="name another folder after --case",
            )
        case = cls(folder, settings)
        try:
            folder.mkdir(parents=True, exist_ok=True)
            case.originals.mkdir(exist_ok=True)
            case.tables.mkdir(exist_ok=True)
            case.save(version)
        except OSError as e:
            raise CaseError(
                f"the case cannot be written ({e.strerror})",
                place=str(folder),
                expected="a folder you may write to",
                todo="choose another folder or change its permissions",
            ) from e
        return case

    def save(self, version: str) -> None:
        """Write `case.toml`, the old or the new content, never half of it."""
        write_atomically(
            self.folder / "case.toml", msgspec.toml.encode(CaseFile(leadline=version, settings=self.settings))
        )


def write_atomically(path: Path, data: bytes) -> None:
    """Write a file through a temporary one beside it, flushed to disk before it is renamed."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    with temporary.open("wb") as f:
        f.write(data)
        f.flush()
        os.fsync(f.fileno())
    temporary.replace(path)
