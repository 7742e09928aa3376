"""Compare every file of a case with what its ledger says: originals, tables, dossier, settings, anchors.

What a keeper who rewrites everything consistently could hide is shown only by a ledger head that somebody else holds.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from leadline.verifier.chain import Row, TooOldError, from_database, from_text, head
from leadline.verifier.findings import (
    Finding,
    NoCaseError,
    Verdict,
    compare,
    content,
    files,
    first_ok,
    shown,
)

STAGES = ("ingest", "extract", "trace", "link", "estimate")
LEDGER, SEALED, OPEN = "ledger.sqlite", "ledger.jsonl", "ledger.open.jsonl"
KEPT = {"case.toml": "case", "verify.py": "verifier"}  # file -> where a run's entry says its digest
BESIDE = (f"{LEDGER}-wal", f"{LEDGER}-shm", f"{LEDGER}-journal", "writer.lock")  # empty or gone when no run is at work
OWN_FILES = {LEDGER, SEALED, OPEN, *BESIDE, *KEPT, *(f".{name}.new" for name in KEPT)}
OWN_FOLDERS = {"originals", "tables", "dossier", "exports", "anchors"}
HALF_DONE = {".dossier-new", ".dossier-old"}
MANIFEST = "manifest.sha256"
DIGEST = re.compile(r"[0-9a-f]{64}\Z")
STOPPED = "of a stopped run"
Payload = Mapping[str, Any]


def verify_folder(folder: Path) -> tuple[Verdict, Sequence[Row]]:
    """Check every file of a case, and return the entries that were relied on. Nothing is written.

    Raises `NoCaseError` where the folder is no case at all.
    """
    if not any((folder / name).exists() for name in ("case.toml", LEDGER, SEALED, OPEN)):
        raise NoCaseError
    findings, rows = _ledger(folder)
    if rows is not None:
        try:
            entries = [(row.kind, json.loads(row.payload)) for row in rows]
            for part in (_kept, _originals, _tables, _dossier):
                findings += part(folder, entries)
        except (KeyError, TypeError, AttributeError, IndexError, ValueError, RecursionError) as e:
            findings.append(Finding(LEDGER, "changed", f"an entry does not say what entries of its kind say ({e!r})"))
        findings += _others(folder)
    return Verdict(tuple(findings), len(rows or ()), head(rows or ())), rows or ()


# -- the ledger -------------------------------------------------------------------------------------------------------


def _ledger(folder: Path) -> tuple[list[Finding], list[Row] | None]:
    """Findings about the ledger's files and the entries to rely on; None where there are none."""
    if _there(folder, SEALED):
        return _sealed(folder)
    if not _there(folder, LEDGER):
        return [Finding(LEDGER, "missing", "without it nothing is proven")], None
    try:
        rows, wrong = from_database(folder / LEDGER)
    except TooOldError as e:
        return [Finding(LEDGER, "unproven", f"{e}; let `leadline run` close the case, or use a newer Python")], None
    except OSError as e:
        return [Finding(LEDGER, "missing", f"it cannot be read ({e.strerror or e})")], None
    findings = []
    if _there(folder, OPEN):
        note = (
            "a run was stopped or is at work: until the next has ended, only the entries of the ledger are vouched for"
        )
        findings.append(Finding(OPEN, "leftover", note))
        try:
            before = from_text(content(folder, OPEN))[0]
        except OSError as e:
            before, wrong = [], [*wrong, f"{OPEN} cannot be read ({e.strerror or e})"]
        if rows[: len(before)] != before and not wrong:
            wrong = [f"its entries do not continue those of {OPEN}"]
    elif rows or _there(folder, "case.toml"):
        note = "the ledger as text, with the seal over the database; Leadline 0.1 wrote none until the next run"
        findings.append(Finding(SEALED, "missing", note))
    if wrong:
        return [*findings, *(Finding(LEDGER, "changed", w) for w in wrong)], None
    return [*findings, Finding(LEDGER, "ok")], rows


def _sealed(folder: Path) -> tuple[list[Finding], list[Row] | None]:
    findings = []
    try:
        rows, seal, wrong = from_text(content(folder, SEALED))
    except OSError as e:
        rows, seal, wrong = [], None, [f"it cannot be read ({e.strerror or e})"]
    findings += [Finding(SEALED, "changed", w) for w in wrong] or [Finding(SEALED, "ok")]
    database = compare(folder, LEDGER, seal.sqlite) if seal else Finding(LEDGER, "unproven", "the seal over it is gone")
    if database.status == "changed":
        database = database._replace(note="it is not the file that the seal is over")
    stored = None
    if database.status in {"ok", "unproven"} and _there(folder, LEDGER):
        try:
            stored, damage = from_database(folder / LEDGER)
            if database.status == "ok" and not wrong and (damage or stored != rows):
                database = Finding(LEDGER, "changed", (*damage, f"its entries are not those of {SEALED}")[0])
            stored = None if damage else stored
        except TooOldError:
            pass  # its digest was checked, and the text holds every entry
        except OSError as e:
            database = Finding(LEDGER, "unproven", f"it cannot be read ({e.strerror or e})")
    findings.append(database)
    if _there(folder, OPEN):
        findings.append(Finding(OPEN, "leftover", STOPPED))
    for name in BESIDE:
        if (folder / name).is_file() and (folder / name).stat().st_size:
            left = name.endswith("-shm")  # SQLite's index of the log that is gone: it holds no entry
            note = STOPPED if left else "a sealed ledger has nothing beside it"
            findings.append(Finding(name, "leftover" if left else "unexpected", note))
    return findings, stored if wrong else rows


def _there(folder: Path, name: str) -> bool:
    path = folder / name
    return path.exists() or path.is_symlink()


# -- the parts of a case --------------------------------------------------------------------------------------------------


def _runs(entries: Sequence[tuple[str, Payload]]) -> dict[str, Payload]:
    """The latest run of each stage that still counts: a withdrawal voids every run before it."""
    runs: dict[str, Payload] = {}
    for kind, payload in entries:
        if kind == "withdrawal":
            runs = {}
        elif kind == "run":
            runs[payload["stage"]] = payload
    return runs


def waiting(name: str) -> str:
    """Where a new kept file stands until the ledger names it.

    >>> waiting("case.toml"), waiting("anchors/12.tsr")
    ('.case.toml.new', 'anchors/.12.tsr.new')
    """
    folder, slash, file = name.rpartition("/")
    return f"{folder}{slash}.{file}.new"


def is_temporary(name: str) -> bool:
    """Whether a file beside the parts of a case is what a stopped write left.

    >>> [is_temporary(n) for n in (".case.toml.712", "..verify.py.new.712", ".ledger.jsonl.3", "case.toml", ".hidden")]
    [True, True, True, False, False]
    """
    return name.startswith(".") and name.lstrip(".").startswith(tuple(f"{n}." for n in (*KEPT, SEALED)))


def stated(entries: Iterable[tuple[str, Payload]]) -> dict[str, str]:
    """Digests of the kept files (`case.toml`, `verify.py`, anchors), as the latest entry that names each says."""
    found: dict[str, str] = {}
    for kind, payload in entries:
        if kind == "run":
            found.update({name: payload[key] for name, key in KEPT.items() if key in payload})
        elif kind == "anchor":
            found.update({f"anchors/{name}": sha256 for name, sha256 in payload["files"].items()})
    return found


def _kept(folder: Path, entries: Sequence[tuple[str, Payload]]) -> Iterator[Finding]:
    """Kept files are what the ledger says; where a run was stopped, the new one still waits beside the old."""
    digests = stated(entries)
    settled: set[str] = set()
    for name, sha256 in sorted(digests.items()):
        found = [compare(folder, n, sha256) for n in (name, waiting(name))]
        yield first_ok(found)
        settled |= {name, waiting(name)} if found[0].status != "ok" and found[1].status == "ok" else {name}
        if found[0].status == "changed" and found[1].status == "ok":
            yield Finding(name, "leftover", "a stopped run had not yet put the new one in its place")
    for name in (*KEPT, *(waiting(name) for name in KEPT), *files(folder, "anchors")):
        if name not in settled and _there(folder, name):
            left = name.rpartition("/")[2].startswith(".")
            note = STOPPED if left else "no entry of the ledger vouches for it"
            yield Finding(shown(name), "leftover" if left else "unexpected", note)


def _originals(folder: Path, entries: Sequence[tuple[str, Payload]]) -> Iterator[Finding]:
    withdrawn = {s for kind, payload in entries if kind == "withdrawal" for s in payload["originals"]}
    listed = {payload["sha256"] for kind, payload in entries if kind == "item"} | withdrawn
    places: set[str] = set()
    for sha256 in sorted(listed):
        if not DIGEST.match(sha256):
            yield Finding(LEDGER, "changed", f"{shown(sha256)} is no SHA-256")
            continue
        place, waiting = f"originals/{sha256[:2]}/{sha256}", f"originals/.incoming/{sha256}"
        here = [n for n in (place, waiting) if _there(folder, n)]
        places |= {place, waiting}
        if sha256 not in withdrawn:
            yield compare(folder, here[0] if here else place, sha256)
        elif here:
            note = "it was withdrawn, but its content is still here; repeat the withdrawal"
            yield Finding(here[0], "unexpected", note)
        else:
            yield Finding(place, "withdrawn")
    for name in files(folder, "originals"):
        if name not in places:
            left = name.startswith("originals/.incoming/")
            note = STOPPED if left else "the ledger does not list it"
            yield Finding(shown(name), "leftover" if left else "unexpected", note)


def _tables(folder: Path, entries: Sequence[tuple[str, Payload]]) -> Iterator[Finding]:
    expected: dict[str, str] = {}
    current: set[str] = set()
    runs = _runs(entries)
    for n, stage in enumerate(STAGES, 1):
        if stage in runs:
            place = f"tables/{n}-{stage}/{runs[stage]['fingerprint'][:16]}"
            current.add(place)
            for name, output in runs[stage]["outputs"].items():
                expected[f"{place}/{name}.parquet"] = output["sha256"]
    for path, sha256 in sorted(expected.items()):
        yield compare(folder, path, sha256)
    for path in files(folder, "tables"):
        if path in expected:
            continue
        _, _, rest = path.partition("/")
        if path.rpartition("/")[0] in current or rest.count("/") != 2:
            yield Finding(shown(path), "unexpected", "no run wrote it")
        else:
            yield Finding(shown(path), "leftover", "of a stopped or replaced run")


def _dossier(folder: Path, entries: Sequence[tuple[str, Payload]]) -> Iterator[Finding]:
    run = _runs(entries).get("publish")
    if run is None:
        for name in files(folder, "dossier"):
            yield Finding(shown(name), "leftover", "no run that still counts wrote it")
        return
    sha256 = run["outputs"]["dossier"]["sha256"]
    roots = ["dossier", *sorted(HALF_DONE)]
    manifests = [compare(folder, f"{root}/{MANIFEST}", sha256) for root in roots]
    manifest = first_ok(manifests)
    root = roots[manifests.index(manifest)]
    if root != "dossier":  # a run was stopped while it put the new dossier in the old one's place
        for name in files(folder, "dossier"):
            yield Finding(shown(name), "leftover", "of a stopped run; publish again")
    yield manifest
    if manifest.status != "ok":
        return
    listed = {f"{root}/{n}": d for n, d in read_manifest(content(folder, f"{root}/{MANIFEST}").decode()).items()}
    for name, digest in sorted(listed.items()):
        yield compare(folder, name, digest)
    for name in files(folder, root):
        if name not in listed and name != f"{root}/{MANIFEST}":
            yield Finding(shown(name), "unexpected", "the manifest does not list it")


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
        name, own = shown(path.name), path.name in OWN_FOLDERS | HALF_DONE
        if path.is_symlink() and (own or path.name in OWN_FILES):
            yield Finding(name, "unexpected", "it is a link: nothing behind it belongs to the case")
        elif path.is_dir() and path.name not in OWN_FOLDERS:
            left = path.name in HALF_DONE
            note = STOPPED if left else "it is no part of a case"
            yield Finding(f"{name}/", "leftover" if left else "unexpected", note)
        elif not path.is_dir() and path.name not in OWN_FILES:
            left = is_temporary(path.name)
            note = STOPPED if left else "it is no part of a case"
            yield Finding(name, "leftover" if left else "unexpected", note)
