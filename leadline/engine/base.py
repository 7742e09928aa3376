"""What a stage may ask of an engine: read, write, query and map tables. Stages know nothing else about storage."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from typing import Any, Protocol, TypeVar

import pyarrow as pa

from leadline.schema import Record, Table

T = TypeVar("T")
R = TypeVar("R", bound=Record)


class Writer(Protocol):
    """Takes records of one table, in order, a batch at a time."""

    def write(self, records: Iterable[Record]) -> None:
        """Append records; they must be of the table's record type."""

    def write_arrow(self, data: pa.Table) -> None:
        """Append rows given as columns; they must be the table's columns."""


class Engine(Protocol):
    """Storage and queries of one case.

    A table that no stage has written yet reads as empty.
    """

    def read(self, table: Table, columns: list[str] | None = None) -> pa.Table:
        """The whole table (or some columns) as Arrow."""

    def records(self, table: Table, record: type[R]) -> Iterator[R]:
        """The table's rows as records, streamed in batches; `record` must be `table.record`."""

    def batches(self, table: Table) -> Iterator[list[Record]]:
        """The table's rows as lists of records."""

    def count(self, table: Table) -> int:
        """Number of rows."""

    def writer(self, table: Table) -> AbstractContextManager[Writer]:
        """A writer that replaces the table when the stage commits."""

    def write(self, table: Table, records: Iterable[Record]) -> None:
        """Replace the table by these records when the stage commits."""

    def sql(self, query: str, **tables: Table | pa.Table) -> pa.Table:
        """Run a query in which each keyword is a table name."""

    def map_batches(
        self,
        function: Callable[[list[Record]], T],
        table: Table,
        *,
        workers: int,
        initializer: Callable[[], None] | None = None,
    ) -> Iterator[T]:
        """Apply a picklable function to every batch, in order; with more than one worker in separate processes."""

    def connection(self) -> Any:
        """The engine's own connection, for libraries that run on it (Splink)."""
