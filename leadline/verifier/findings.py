"""What can be found about a file, and how a file is compared with its digest."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path, PureWindowsPath
from typing import BinaryIO, NamedTuple

EXIT_CODES = {"ok": 0, "withdrawn": 0, "leftover": 0, "changed": 5, "missing": 6, "unexpected": 7, "unproven": 8}
WORST_FIRST = ("changed", "missing", "unexpected", "unproven")
BLOCK = 1 << 20
TO_DO = {
    "changed": "run nothing over the case and keep it as it is; put the file back from a copy that the ledger vouches for and "
    "verify again. Where there is none, what rests on it is not proven: say so.",
    "missing": "put the file back from a copy and verify again; tables and pages are made anew by the next `leadline run`.",
    "unexpected": "find out who put it there, move it out of the case and verify again; it is not evidence.",
    "unproven": "give what it is checked with (root certificates, block headers, a newer Python); until then it shows nothing.",
    "leftover": "nothing; the next `leadline run` removes it.",
    "withdrawn": "nothing; it was taken out on the record.",
}


class NoCaseError(Exception):
    """The folder is no case at all."""


class Finding(NamedTuple):
    """What was found about one file: its path relative to the case, and a note where it is not plainly in order.

    `withdrawn` and `leftover` are no faults: the first was taken out on the record, the second is what a stopped run left;
    nothing reads it and the next run removes it. `unproven` is what cannot be checked here.
    """

    path: str
    status: str
    note: str = ""


class Verdict(NamedTuple):
    """All findings, the number of entries in the ledger and the hash of the last one."""

    findings: tuple[Finding, ...]
    entries: int
    head: str

    @property
    def status(self) -> str:
        """The worst that was found: changed, then missing, unexpected, unproven; else ok."""
        found = {f.status for f in self.findings}
        return next((s for s in WORST_FIRST if s in found), "ok")

    @property
    def exit_code(self) -> int:
        """0 where everything is as the ledger says, 5 changed, 6 missing, 7 unexpected, 8 unproven."""
        return EXIT_CODES[self.status]

    def counts(self) -> dict[str, int]:
        """Number of findings of each status."""
        return {s: n for s in EXIT_CODES if (n := sum(f.status == s for f in self.findings))}


def render(verdict: Verdict) -> str:
    """Everything that is not plainly in order, and what anchors prove; what to do of each kind; counts and the ledger's head."""
    worth_saying = [f for f in verdict.findings if f.status != "ok" or f.note]
    lines = [f"{f.status}: {f.path}" + (f" ({f.note})" if f.note else "") for f in worth_saying]
    counts = ", ".join(f"{n} {status}" for status, n in verdict.counts().items())
    to_do = [f"to do where {status}: {TO_DO[status]}" for status in verdict.counts() if status in TO_DO]
    return "\n".join(
        [
            *lines,
            *to_do,
            f"{verdict.status}: {counts or 'nothing to check'}; ledger head {verdict.entries} {verdict.head}",
        ]
    )


def shown(name: str) -> str:
    r"""A name on one line: what a terminal could obey, bytes that are no UTF-8, and `\` itself as escapes.

    >>> print(shown("a\nb\u202e.txt"), shown("héé"))
    a\nb\u202e.txt héé
    """
    return "".join(c if c.isprintable() and c != "\\" else ascii(c)[1:-1] for c in name)


def inside(name: str) -> bool:
    r"""Whether a relative path stays below its folder on every system.

    >>> [inside(n) for n in ("documents/a.html", "../a", "/a", "a/../../b", "a/C:\\b", "a\\..\\b", "")]
    [True, False, False, False, False, False, False]
    """
    for part in name.split("/"):
        windows = PureWindowsPath(part)  # a part with a drive would replace all that stands before it
        if part in {"", ".", ".."} or "\0" in part or windows.drive or windows.root or ".." in windows.parts:
            return False
    return True


def compare(folder: Path, name: str, sha256: str) -> Finding:
    """The file `folder/name` against its digest. A link, a pipe or a device in its place is a change, and is not opened."""
    here = shown(name)
    if not inside(name):
        return Finding(here, "changed", "its name leads out of the case")
    try:
        found = digest(folder, name)
    except FileNotFoundError:
        return Finding(here, "missing", "the ledger lists it")
    except NotAFileError as e:
        return Finding(here, "changed", str(e))
    except OSError as e:
        return Finding(here, "missing", f"it cannot be read ({e.strerror})")
    if found != sha256:
        return Finding(here, "changed", f"SHA-256 {found}, the ledger says {shown(sha256)}")
    return Finding(here, "ok")


class NotAFileError(OSError):
    """Something else than a regular file stands where one should."""


def digest(folder: Path, name: str) -> str:
    """SHA-256 of the regular file `folder/name`; neither it nor a folder on the way may be a link."""
    total = hashlib.sha256()
    with _opened(folder, name) as f:
        while block := f.read(BLOCK):
            total.update(block)
    return total.hexdigest()


def content(folder: Path, name: str) -> bytes:
    """The bytes of the regular file `folder/name`."""
    with _opened(folder, name) as f:
        return f.read()


def _opened(folder: Path, name: str) -> BinaryIO:
    here = folder
    for part in name.split("/"):
        here = here / part
        mode = here.lstat().st_mode
        if stat.S_ISLNK(mode):
            raise NotAFileError(f"{shown(part)} is a link")
    if not stat.S_ISREG(mode):
        raise NotAFileError("it is no regular file")
    return here.open("rb")


def files(folder: Path, name: str) -> Iterator[str]:
    """Paths (relative to `folder`) of everything below `folder/name` that is no folder, links not followed, in order."""
    root = folder / name
    if root.is_symlink() or not root.is_dir():
        return
    found = []
    for here, folders, names in os.walk(root):
        links = [d for d in folders if Path(here, d).is_symlink()]
        found += [Path(here, n).relative_to(folder).as_posix() for n in [*names, *links]]
    yield from sorted(found)


def first_ok(findings: Sequence[Finding]) -> Finding:
    """The first finding that is in order, else the first."""
    return next((f for f in findings if f.status == "ok"), findings[0])
