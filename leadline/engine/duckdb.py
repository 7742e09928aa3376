"""The embedded engine: Parquet files on disk, DuckDB to query them, worker processes to map over them.

Layout: `tables/<n>-<stage>/<fingerprint>/<table>.parquet`. A stage writes into a staging folder; `commit` moves it to
its final name in one rename, so that a reader sees the old tables or the new ones, never a mixture.
"""

from __future__ import annotations

import multiprocessing
import os
import shutil
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import pyarrow as pa
import pyarrow.parquet as pq

from leadline.disk import digest_of, sync_file, sync_folder
from leadline.engine.arrow import arrow_schema, from_arrow, to_arrow
from leadline.engine.base import Writer
from leadline.errors import CaseError
from leadline.schema import TABLES, Record, Table

T = TypeVar("T")
R = TypeVar("R", bound=Record)
GROUP_ROWS = 512  # small enough to stream, large enough to compress
GROUP_ARROW = 1 << 16  # rows that come as columns are small ones
QUERY_BYTES = 4 << 30
BUFFER = 1 << 20  # Parquet is written in pieces of a few bytes
GROUP_CHARACTERS = 8_000_000  # documents may be long: a group of them stays well under a worker's memory
STAGES = ("ingest", "extract", "trace", "link", "estimate")


class _ParquetWriter:
    """Writes row groups whose borders follow from the rows alone, so that no batch size shows in the bytes."""

    def __init__(self, table: Table, path: Path) -> None:
        self.table = table
        self.waiting: list[Record] = []
        self.characters = 0
        self.file = pa.output_stream(str(path), compression=None, buffer_size=BUFFER)
        self.out = pq.ParquetWriter(self.file, arrow_schema(table), compression="zstd")

    def write(self, records: Iterable[Record]) -> None:
        for record in records:
            self.waiting.append(record)
            self.characters += len(getattr(record, "text", ""))
            if len(self.waiting) >= GROUP_ROWS or self.characters >= GROUP_CHARACTERS:
                self._flush()

    def write_arrow(self, data: pa.Table) -> None:
        self._flush()
        self.out.write_table(data.cast(arrow_schema(self.table)), row_group_size=GROUP_ARROW)

    def _flush(self) -> None:
        if self.waiting:
            self.out.write_table(to_arrow(self.table, self.waiting))
        self.waiting, self.characters = [], 0

    def close(self) -> None:
        try:
            self._flush()
            self.out.close()
        finally:
            self.file.close()


class DuckDBEngine:
    """Tables of one case as Parquet, queried by DuckDB.

    `root` is the `tables` folder; `committed` maps a stage to the fingerprint of its current tables.
    """

    def __init__(self, root: Path, committed: dict[str, str], *, batch_size: int = 32) -> None:
        self.root, self.committed, self.batch_size = root, dict(committed), batch_size
        self.staging: Path | None = None
        self.provided: dict[str, list[Record]] = {}
        self._connection: Any = None

    # -- where things are ------------------------------------------------------------------------------------------

    def folder(self, stage: str, fingerprint: str) -> Path:
        """Folder of a stage's tables under one fingerprint."""
        return self.root / f"{STAGES.index(stage) + 1}-{stage}" / fingerprint[:16]

    def path(self, table: Table) -> Path | None:
        """File of a table: as staged by the running stage, else as committed, else None."""
        if self.staging is not None and (self.staging / f"{table.name}.parquet").exists():
            return self.staging / f"{table.name}.parquet"
        if table.stage not in self.committed:
            return None
        path = self.folder(table.stage, self.committed[table.stage]) / f"{table.name}.parquet"
        if not path.exists():
            raise CaseError(
                "a table is missing",
                place=str(path),
                expected="the file that the ledger lists",
                todo=f"recompute with `--from {table.stage}`",
            )
        return path

    # -- stages ----------------------------------------------------------------------------------------------------

    def begin(self, stage: str) -> None:
        """Start a stage: an empty staging folder."""
        self.staging = self.root / f"{STAGES.index(stage) + 1}-{stage}" / f".staging-{os.getpid()}"
        shutil.rmtree(self.staging, ignore_errors=True)
        self.staging.mkdir(parents=True)

    def abandon(self) -> None:
        """Give up the running stage; the committed tables stay."""
        if self.staging is not None:
            shutil.rmtree(self.staging, ignore_errors=True)
        self.staging = None

    def seal(self, stage: str, fingerprint: str) -> dict[str, dict[str, Any]]:
        """Move the staged tables to their final folder; returns digest and rows of each, for the ledger.

        A table that the stage had nothing to say in is written empty, so that each of its tables is there afterwards.
        """
        assert self.staging is not None
        for table in TABLES.values():
            if table.stage == stage and not (self.staging / f"{table.name}.parquet").exists():
                self.write(table, ())
        outputs = {}
        for path in sorted(self.staging.glob("*.parquet")):
            sync_file(path)
            outputs[path.stem] = {"sha256": digest_of(path), "rows": pq.read_metadata(path).num_rows}
        final = self.folder(stage, fingerprint)
        if final.exists():  # the same stage recomputed: file by file, so that no listed table is ever missing
            for path in sorted(self.staging.iterdir()):
                path.replace(final / path.name)
            self.staging.rmdir()
            sync_folder(final)
        else:
            sync_folder(self.staging)
            self.staging.rename(final)
        for folder in (final.parent, self.root, self.root.parent):
            sync_folder(folder)  # on the disk before the ledger names it
        self.staging = None
        return outputs

    def commit(self, stage: str, fingerprint: str) -> None:
        """Make a sealed stage the current one and remove what it replaces."""
        self.committed[stage] = fingerprint
        self.sweep(stage)

    def sweep(self, stage: str) -> None:
        """Remove tables that no ledger entry points to (an earlier run's, or a killed one's)."""
        keep = self.folder(stage, self.committed[stage]) if stage in self.committed else None
        for old in (self.root / f"{STAGES.index(stage) + 1}-{stage}").glob("*"):
            if old != keep:
                shutil.rmtree(old, ignore_errors=True)

    # -- Engine ----------------------------------------------------------------------------------------------------

    def provide(self, table: Table, records: Iterable[Record]) -> None:
        """Hold a table that no stage writes (what the ledger says) in memory, to be read like any other."""
        self.provided[table.name] = list(records)

    def read(self, table: Table, columns: list[str] | None = None) -> pa.Table:
        """The whole table (or some columns) as Arrow."""
        if table.name in self.provided:
            held = to_arrow(table, self.provided[table.name])
            return held.select(columns) if columns else held
        path = self.path(table)
        if path is None:
            empty = arrow_schema(table).empty_table()
            return empty.select(columns) if columns else empty
        return pq.ParquetFile(path).read(columns=columns)

    def batches(self, table: Table) -> Iterator[list[Record]]:
        """The table's rows as lists of records."""
        if held := self.provided.get(table.name):
            yield held
            return
        path = self.path(table)
        if path is not None:
            with pq.ParquetFile(path) as f:
                for batch in f.iter_batches(batch_size=self.batch_size):
                    yield from_arrow(batch, table.record)

    def records(self, table: Table, record: type[R]) -> Iterator[R]:
        """The table's rows as records, streamed in batches."""
        assert record is table.record
        for batch in self.batches(table):
            yield from batch  # type: ignore[misc]

    def count(self, table: Table) -> int:
        """Number of rows."""
        if table.name in self.provided:
            return len(self.provided[table.name])
        path = self.path(table)
        return 0 if path is None else int(pq.read_metadata(path).num_rows)

    @contextmanager
    def writer(self, table: Table) -> Iterator[Writer]:
        """A writer that replaces the table when the stage commits."""
        if self.staging is None:
            raise CaseError(f"table {table.name} written outside a stage", expected="begin() first")
        out = _ParquetWriter(table, self.staging / f"{table.name}.parquet")
        try:
            yield out
        finally:
            out.close()

    def write(self, table: Table, records: Iterable[Record]) -> None:
        """Replace the table by these records when the stage commits."""
        with self.writer(table) as out:
            out.write(records)

    def connection(self) -> Any:
        """An in-memory DuckDB connection with one thread, so that row order does not depend on timing.

        What does not fit into half of the machine's memory, or `QUERY_BYTES`, waits on disk beside the tables.
        """
        if self._connection is None:
            import duckdb

            limit = min(QUERY_BYTES, os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 2)
            self._connection = duckdb.connect(
                config={
                    "threads": 1,
                    "memory_limit": f"{limit // 2**20}MiB",
                    "temp_directory": str(self.root / ".spill"),
                }
            )
        return self._connection

    def sql(self, query: str, **tables: Table | pa.Table) -> pa.Table:
        """Run a query in which each keyword is a table name."""
        con = self.connection()
        for name, t in tables.items():
            con.register(name, self.read(t) if isinstance(t, Table) else t)
        try:
            return con.sql(query).to_arrow_table()
        finally:
            for name in tables:
                con.unregister(name)

    def map_batches(
        self,
        function: Callable[[list[Record]], T],
        table: Table,
        *,
        workers: int,
        initializer: Callable[[], None] | None = None,
    ) -> Iterator[T]:
        """Apply a picklable function to every batch, in order; with more than one worker in separate processes.

        At most two batches per worker are under way, so memory does not grow with the table.
        """
        if workers <= 1 or self.count(table) <= self.batch_size:
            if initializer is not None:
                initializer()
            for batch in self.batches(table):
                yield function(batch)
            return
        context = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(workers, mp_context=context, initializer=initializer) as pool:
            running: deque[Future[T]] = deque()
            try:
                for batch in self.batches(table):
                    running.append(pool.submit(function, batch))
                    if len(running) > 2 * workers:
                        yield running.popleft().result()
                while running:
                    yield running.popleft().result()
            finally:
                for future in running:
                    future.cancel()
