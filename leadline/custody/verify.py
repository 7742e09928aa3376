"""Compare every file of a case with what the ledger says about it.

The ledger is checked first: its chain of hashes, then what it lists: originals by their digests, the tables and the
dossier of the latest runs. What a keeper who rewrites everything consistently could hide is shown only by a ledger head
that somebody else holds.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal, get_args

import msgspec

from leadline.case import Case
from leadline.engine.duckdb import STAGES, DuckDBEngine
from leadline.errors import CaseError
from leadline.ingest.discover import escape_name
from leadline.ingest.store import Originals
from leadline.ingest.withdrawn import withdrawn_content
from leadline.ledger import Ledger

Status = Literal["ok", "changed", "missing", "unexpected", "withdrawn", "leftover"]
EXIT_CODES: dict[Status, int] = {"ok": 0, "withdrawn": 0, "leftover": 0, "changed": 5, "missing": 6, "unexpected": 7}
WORST_FIRST: tuple[Status, ...] = ("changed", "missing", "unexpected")
OWN_FILES = {"case.toml", "ledger.sqlite", "ledger.sqlite-wal", "ledger.sqlite-shm", "writer.lock"}
OWN_FOLDERS = {"originals", "tables", "dossier", "exports"}
HALF_DONE = {".dossier-new", ".dossier-old"}
MANIFEST = "manifest.sha256"


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """What was found about one file: its path relative to the case, and a note where it is not plainly in order.

    `leftover` is what a stopped run left behind; nothing reads it and the next run removes it.
    """

    path: str
    status: Status
    note: str = ""


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """All findings, in order of path, and the ledger's head."""

    findings: tuple[Finding, ...]
    head: str

    @property
    def status(self) -> Status:
        """The worst that was found: changed, then missing, then unexpected, else ok."""
        found = {f.status for f in self.findings}
        return next((s for s in WORST_FIRST if s in found), "ok")

    @property
    def exit_code(self) -> int:
        """0 where everything is as the ledger says, 5 changed, 6 missing, 7 unexpected."""
        return EXIT_CODES[self.status]

    def counts(self) -> dict[str, int]:
        """Number of findings of each status."""
        return {s: n for s in get_args(Status) if (n := sum(f.status == s for f in self.findings))}


def verify_case(folder: Path) -> Verdict:
    """Check every file of a case; nothing is written, so that a write-protected copy can be checked.

    Raises `CaseError` only where the folder is no case at all.

    >>> import tempfile
    >>> from leadline.settings import Settings
    >>> folder = Path(tempfile.mkdtemp()) / "case"
    >>> case = Case.create(folder, Settings(), "0")
    >>> Ledger.open(case.ledger_path).close()
    >>> verify_case(folder).status
    'ok'
    """
    if not (folder / "case.toml").exists() and not (folder / "ledger.sqlite").exists():
        raise CaseError("this is not a case folder (no case.toml)", place=str(folder), todo="check the path")
    findings: list[Finding] = []
    try:
        ledger = Ledger.open(folder / "ledger.sqlite", write=False)
    except CaseError as e:
        status: Status = "changed" if (folder / "ledger.sqlite").exists() else "missing"
        note = f"{e.found}: nothing else can be proven without it"
        return Verdict(findings=(Finding(path="ledger.sqlite", status=status, note=note),), head="")
    with ledger:
        broken = ledger.check()
        if broken:
            for b in broken:
                where = f"entry {b.seq}: " if b.seq is not None else ""
                findings.append(Finding(path="ledger.sqlite", status="changed", note=where + b.reason))
            if any(b.seq is None for b in broken):  # what it lists cannot be relied on to be readable
                return Verdict(findings=tuple(findings), head="")
        else:
            findings.append(Finding(path="ledger.sqlite", status="ok"))
        runs = ledger.runs()
        findings += _case_file(folder, runs)
        findings += _originals(folder, ledger)
        findings += _tables(folder, runs)
        findings += _dossier(folder, runs.get("publish"))
        findings += _others(folder)
        findings.sort(key=lambda f: (f.path, f.status))
        return Verdict(findings=tuple(findings), head=ledger.head())


# -- the parts of a case --------------------------------------------------------------------------------------------------


def _case_file(folder: Path, runs: Mapping[str, Mapping[str, Any]]) -> Iterator[Finding]:
    """`case.toml` reads as a case of this version, and is the one that the latest run saw where the run says so."""
    path = folder / "case.toml"
    if not path.exists():
        yield Finding(path="case.toml", status="missing", note="the settings of the case")
        return
    try:
        Case.open(folder)
    except CaseError as e:
        yield Finding(path="case.toml", status="changed", note=e.found)
        return
    stated = [r["case"] for r in runs.values() if "case" in r]
    if stated and _digest(path) != stated[-1]:
        yield Finding(path="case.toml", status="changed", note="it is not what the latest run was made with")
    else:
        yield Finding(path="case.toml", status="ok")


def _originals(folder: Path, ledger: Ledger) -> Iterator[Finding]:
    originals, withdrawn = Originals(folder / "originals"), withdrawn_content(ledger).originals
    listed = {e.payload["sha256"] for e in ledger.entries("item")} | withdrawn
    for sha256 in sorted(listed):
        path = originals.path(sha256)
        name, waiting = path.relative_to(folder).as_posix(), originals.incoming / sha256
        here = next((p for p in (path, waiting) if p.is_file()), None)
        if sha256 in withdrawn:
            if here is None:
                yield Finding(path=name, status="withdrawn")
            else:
                note = "it was withdrawn, but its content is still here; repeat the withdrawal"
                yield Finding(path=here.relative_to(folder).as_posix(), status="unexpected", note=note)
        elif here is None:
            yield Finding(path=name, status="missing", note="the ledger lists it as an item")
        else:
            yield _compare(here, here.relative_to(folder).as_posix(), sha256)
    for path in _files(originals.root):
        if originals.incoming in path.parents:
            if path.name not in listed:
                yield Finding(path=_relative(path, folder), status="leftover", note="of a stopped run")
        elif path.name not in listed or path != originals.path(path.name):
            yield Finding(path=_relative(path, folder), status="unexpected", note="the ledger does not list it")


def _tables(folder: Path, runs: Mapping[str, Mapping[str, Any]]) -> Iterator[Finding]:
    engine = DuckDBEngine(folder / "tables", {})
    expected: dict[Path, str] = {}
    current: set[Path] = set()
    for stage in STAGES:
        if run := runs.get(stage):
            place = engine.folder(stage, run["fingerprint"])
            current.add(place)
            expected |= {place / f"{name}.parquet": output["sha256"] for name, output in run["outputs"].items()}
    for path, sha256 in sorted(expected.items()):
        yield _compare(path, _relative(path, folder), sha256)
    for path in _files(engine.root):
        if path in expected:
            continue
        if path.parent in current or path.parent.parent.parent != engine.root:
            yield Finding(path=_relative(path, folder), status="unexpected", note="no run wrote it")
        else:
            yield Finding(path=_relative(path, folder), status="leftover", note="of a stopped or replaced run")


def _dossier(folder: Path, run: Mapping[str, Any] | None) -> Iterator[Finding]:
    if run is None:
        for path in _files(folder / "dossier"):
            yield Finding(path=_relative(path, folder), status="leftover", note="no run that still counts wrote it")
        return
    sha256 = run["outputs"]["dossier"]["sha256"]
    places = [folder / name for name in ("dossier", *sorted(HALF_DONE))]
    root = next((p for p in places if _compare(p / MANIFEST, "", sha256).status == "ok"), folder / "dossier")
    if root.name != "dossier":  # a run was stopped while it put the new dossier in the old one's place
        for path in _files(folder / "dossier"):
            yield Finding(path=_relative(path, folder), status="leftover", note="of a stopped run; publish again")
    manifest = _compare(root / MANIFEST, f"{root.name}/{MANIFEST}", sha256)
    yield manifest
    if manifest.status != "ok":
        return
    listed = read_manifest((root / MANIFEST).read_text(encoding="utf-8"))
    for name, digest in sorted(listed.items()):
        yield _compare(root / name, f"{root.name}/{escape_name(name)}", digest)
    for name in sorted({_relative(p, root) for p in _files(root)} - {escape_name(n) for n in listed} - {MANIFEST}):
        yield Finding(path=f"{root.name}/{name}", status="unexpected", note="the manifest does not list it")


def read_manifest(text: str) -> dict[str, str]:
    r"""Digest by path from the format of `sha256sum`, with its escapes for line ends and backslashes.

    >>> read_manifest("ab  a/b.html\n\\cd  line\\nend.html\n")
    {'a/b.html': 'ab', 'line\nend.html': 'cd'}
    """
    listed = {}
    for line in text.split("\n"):
        escaped = line.startswith("\\")
        sha256, gap, name = line[escaped:].partition("  ")
        if gap:
            if escaped:
                name = name.replace("\\\\", "\0").replace("\\n", "\n").replace("\\r", "\r").replace("\0", "\\")
            listed[name] = sha256
    return listed


def _others(folder: Path) -> Iterator[Finding]:
    """Files beside the parts of a case. Exports are copies for others and are not checked."""
    for path in sorted(folder.iterdir()):
        name = escape_name(path.name)
        if path.is_dir() and path.name not in OWN_FOLDERS:
            left = path.name in HALF_DONE
            note = "of a stopped run" if left else "it is no part of a case"
            yield Finding(path=f"{name}/", status="leftover" if left else "unexpected", note=note)
        elif not path.is_dir() and path.name not in OWN_FILES:
            left = path.name.startswith(".case.toml.")
            note = "of a stopped run" if left else "it is no part of a case"
            yield Finding(path=name, status="leftover" if left else "unexpected", note=note)


# -- files ----------------------------------------------------------------------------------------------------------------


def _compare(path: Path, name: str, sha256: str) -> Finding:
    try:
        found = _digest(path)
    except FileNotFoundError:
        return Finding(path=name, status="missing", note="the ledger lists it")
    except OSError as e:
        return Finding(path=name, status="missing", note=f"it cannot be read ({e.strerror})")
    if found != sha256:
        return Finding(path=name, status="changed", note=f"SHA-256 {found}, the ledger says {sha256}")
    return Finding(path=name, status="ok")


def _digest(path: Path) -> str:
    with path.open("rb") as f:
        return hashlib.file_digest(f, "sha256").hexdigest()


def _files(root: Path) -> Iterator[Path]:
    """Every file below a folder, links not followed, in order."""
    if root.is_dir():
        yield from sorted(p for p in root.rglob("*") if p.is_symlink() or not p.is_dir())


def _relative(path: Path, folder: Path) -> str:
    return escape_name(path.relative_to(folder).as_posix())
