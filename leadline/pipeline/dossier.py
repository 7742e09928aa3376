"""How a new dossier takes the old one's place: built beside it, entered in the ledger, then moved.

A stop at any moment leaves the old dossier or, once the ledger names the new one, enough to finish the move.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from leadline.case import Case
from leadline.disk import digest_of, sync_file, sync_folder, write_atomically
from leadline.pipeline.flow import Stage
from leadline.progress import Progress

if TYPE_CHECKING:
    from leadline.engine.duckdb import DuckDBEngine

NEW, OLD = ".dossier-new", ".dossier-old"


def build(s: Stage, case: Case, engine: DuckDBEngine, progress: Progress) -> dict[str, dict[str, Any]]:
    """Write the dossier into its staging folder with a manifest; returns what the ledger notes of it."""
    new = case.folder / NEW
    shutil.rmtree(new, ignore_errors=True)
    new.mkdir()
    s.load()(engine, case.settings, new, progress)
    files = sorted(p for p in new.rglob("*") if p.is_file())
    manifest = "".join(f"{digest_of(p)}  {p.relative_to(new).as_posix()}\n" for p in files).encode()
    for path in new.rglob("*"):  # all of it is on the disk before the ledger names it
        sync_folder(path) if path.is_dir() else sync_file(path)
    write_atomically(new / "manifest.sha256", manifest)
    sync_folder(case.folder)
    return {"dossier": {"sha256": hashlib.sha256(manifest).hexdigest(), "rows": len(files)}}


def settle(case: Case, run: Mapping[str, Any] | None) -> None:
    """Put the dossier that the ledger names in its place and remove what is left of others."""
    new, old = case.folder / NEW, case.folder / OLD
    manifest = new / "manifest.sha256"
    if run is not None and manifest.is_file() and digest_of(manifest) == run["outputs"]["dossier"]["sha256"]:
        shutil.rmtree(old, ignore_errors=True)
        if case.dossier.exists():
            case.dossier.rename(old)
        new.rename(case.dossier)
    elif not case.dossier.exists() and old.exists():
        old.rename(case.dossier)
    shutil.rmtree(new, ignore_errors=True)
    shutil.rmtree(old, ignore_errors=True)
