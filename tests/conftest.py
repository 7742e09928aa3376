"""Fixtures that several rooms use. Other people's texts are read from beside the repository, never from inside it."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest

from leadline.engine.duckdb import DuckDBEngine
from leadline.schema import Record, Table

SHARED = Path(__file__).resolve().parent.parent.parent / "shared"


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of other people's texts; tests that need it are skipped, visibly, where it is absent."""
    if not SHARED.is_dir():
        pytest.skip(f"other people's texts are not beside the repository ({SHARED.name}/ is absent)")
    return SHARED


@pytest.fixture
def make_engine(tmp_path: Path):
    """An engine whose tables hold the given records: `make_engine({CLAIMS: [...]})`."""

    def make(tables: dict[Table, list[Record]]) -> DuckDBEngine:
        engine = DuckDBEngine(tmp_path / "tables", {})
        for stage in ("ingest", "extract", "trace", "link", "estimate"):
            if any(t.stage == stage for t in tables):
                engine.begin(stage)
                for t, rows in tables.items():
                    if t.stage == stage:
                        engine.write(t, rows)
                engine.seal(stage, stage * 4)
                engine.commit(stage, stage * 4)
        return engine

    return make


@pytest.fixture
def public_folder():
    """A folder that other users of the machine may enter, which pytest's own are not."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Path(name)
