"""Helpers for tests that ingest: one call from files to documents and refusals, with a real case, ledger and engine."""

from __future__ import annotations

from pathlib import Path

import leadline
from leadline.case import Case
from leadline.engine.duckdb import DuckDBEngine
from leadline.ingest import ingest_documents, input_fingerprint
from leadline.ledger import Ledger
from leadline.progress import SILENT
from leadline.schema import DOCUMENTS, REFUSALS, Document, Refusal
from leadline.settings import Settings

SETTINGS = Settings(shipped_register=False, workers=1)


def ingest(folder: Path, *paths: Path, settings: Settings = SETTINGS, columns: dict[str, str] | None = None):
    """Run the stage as the pipeline does, commit it, and return documents and refusals."""
    case = Case.create(folder, settings, leadline.__version__)
    engine = DuckDBEngine(case.tables, {})
    with Ledger.open(case.ledger_path) as ledger:
        engine.begin("ingest")
        try:
            ingest_documents(
                paths, engine=engine, ledger=ledger, case=case, settings=settings, progress=SILENT, columns=columns
            )
        except BaseException:
            engine.abandon()
            raise
        last = [e.payload["fingerprint"] for e in ledger.entries("run") if e.payload["stage"] == "ingest"]
        fingerprint = input_fingerprint(paths)
        if last and last[-1] == fingerprint:
            fingerprint = fingerprint[::-1]  # as when something else than the input has changed
        outputs = engine.seal("ingest", fingerprint)
        ledger.append("run", {"stage": "ingest", "fingerprint": fingerprint, "outputs": outputs})
        engine.commit("ingest", fingerprint)
    return list(engine.records(DOCUMENTS, Document)), list(engine.records(REFUSALS, Refusal))


def write_files(folder: Path, files: dict[str, str | bytes]) -> Path:
    """A folder with these files, by relative name."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return folder
