"""The case folder: where everything of one case stands.

case.toml        settings and format version
originals/       the preserved bytes, by SHA-256 (`originals/ab/abcd…`), read-only
ledger.sqlite    append-only, hash-chained: items, refusals, runs, judgements, withdrawals, anchors
ledger.jsonl     the same as text, sealed with the database's digest
tables/          1-ingest … 5-estimate, each under the fingerprint that made it
dossier/         the pages
anchors/         time stamps over heads of the ledger
verify.py        checks all of it without Leadline

`case.toml`, `verify.py` and the anchors are kept files: a new one is written beside the old (`.case.toml.new`), the ledger names its
digest, then it takes the old one's place. A stop at any moment leaves one of the two, with its entry.
"""

from __future__ import annotations

import errno
import hashlib
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec

from leadline.disk import digest_of, sync_folder, write_atomically
from leadline.errors import CaseError, InputError
from leadline.ledger import Ledger
from leadline.settings import Settings
from leadline.verifier import standalone
from leadline.verifier.case import KEPT, OWN_FILES, is_temporary, stated, waiting

FORMAT = 1
REFUSED = {errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EROFS, errno.EACCES, errno.EPERM}


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
        """The case in `folder`, made where there is none, with these settings from now on."""
        make_room(folder)
        with Ledger.open(folder / "ledger.sqlite") as ledger:
            return cls.under(ledger, settings, version)

    @classmethod
    def under(cls, ledger: Ledger, settings: Settings | None, version: str) -> Case:
        """The case of a ledger that is open for writing, made where there is none; what a stop left is finished first.

        `settings` hold from now on; None means those it has. A `case.toml` edited by hand is taken as it is, on the record.
        """
        folder = ledger.path.parent
        with writing(folder):
            known = _settle(folder, ledger)
            path = folder / "case.toml"
            here = cls.open(folder) if path.exists() else None
            case = cls(folder, settings or (here.settings if here else Settings()))
            if here is None or case.settings != here.settings:
                new = msgspec.toml.encode(CaseFile(leadline=version, settings=case.settings))
            else:
                new = path.read_bytes()
            contents = {"case.toml": new, "verify.py": standalone()}
            now = {name: hashlib.sha256(data).hexdigest() for name, data in contents.items()}
            if any(known.get(name) != sha256 for name, sha256 in now.items()) or not _stands(folder, now):
                run = {"stage": "settings", "fingerprint": now["case.toml"], "outputs": {}, "version": version}
                keep(ledger, contents, "run", run | {key: now[name] for name, key in KEPT.items()})
            case.originals.mkdir(exist_ok=True)
            case.tables.mkdir(exist_ok=True)
        return case


def keep(ledger: Ledger, contents: Mapping[str, bytes], kind: str, payload: Mapping[str, Any]) -> None:
    """Write kept files: each beside its place, then the entry that names their digests, then into their places."""
    folder = ledger.path.parent
    for name, data in contents.items():
        (folder / name).parent.mkdir(exist_ok=True)
        write_atomically(folder / waiting(name), data)
    sync_folder(folder)  # `anchors/` may be new
    ledger.append(kind, payload)
    _settle(folder, ledger)


def make_room(folder: Path) -> None:
    """The folder of a case, made where there is none.

    A folder that holds other things and no case is refused, so that nothing of the user's is mixed in.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        names = {path.name for path in folder.iterdir()}
    except FileExistsError:
        names = {folder.name}
    except OSError as e:
        raise _not_writable(folder, e) from e
    if "case.toml" not in names and not all(name in OWN_FILES or is_temporary(name) for name in names):
        raise CaseError(
            "the folder is not empty and holds no case",
            place=str(folder),
            expected="an empty or new folder, or a case",
            todo="name another folder after --case",
        )


def refuse_inside(folder: Path, to: Path, allowed: tuple[str, ...] = ()) -> None:
    """Refuse to write what is meant for others into a case, but for the `allowed` folders of it.

    `verify` would report it as unexpected from then on.
    """
    case, target = folder.resolve(), to.resolve()
    if target != case and case not in target.parents:
        return
    if target != case and target.relative_to(case).parts[0] in allowed:
        return
    places = "".join(f" or {folder / name}" for name in allowed)
    raise InputError(
        "it is inside the case, where `verify` would report it as unexpected",
        place=str(to),
        expected=f"a folder outside {folder}{places}",
        todo=f"--to {folder.resolve().parent / (folder.resolve().name + '-out')}",
    )


def _settle(folder: Path, ledger: Ledger) -> dict[str, str]:
    """Put kept files that the ledger names in their places, `case.toml` last, and remove what a stop left; their digests."""
    known = stated((entry.kind, entry.payload) for entry in ledger.entries())
    for name in sorted(known, key=lambda n: (n == "case.toml", n)):
        new = folder / waiting(name)
        if new.exists() and digest_of(new) == known[name]:
            new.replace(folder / name)
    for path in (*folder.iterdir(), *(folder / "anchors").glob(".*")):
        if not path.is_dir() and (is_temporary(path.name) or path.parent != folder):
            path.unlink()
    return known


def _stands(folder: Path, digests: Mapping[str, str]) -> bool:
    return all((folder / name).exists() and digest_of(folder / name) == sha256 for name, sha256 in digests.items())


@contextmanager
def writing(folder: Path) -> Iterator[None]:
    """What a disk refuses while a case is written, said as a `CaseError`; other errors are left as they are."""
    try:
        yield
    except OSError as e:
        if e.errno in REFUSED:
            raise _not_writable(folder, e) from e
        raise


def _not_writable(folder: Path, error: OSError) -> CaseError:
    return CaseError(
        f"the case cannot be written ({os.strerror(error.errno) if error.errno else error})",
        place=str(folder),
        expected="a folder you may write to, with free space",
        todo="choose another folder, make room or change its permissions, then run again",
    )
