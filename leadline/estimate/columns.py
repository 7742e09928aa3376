"""Rows of a table of the user's, from a CSV file, an Arrow table, a pandas frame or a mapping: read once, kept distinct.

Millions of records have few distinct histories, so that a row which repeats is counted and not kept.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import Any, NoReturn

from leadline.errors import InputError

SHOWN = 40  # characters of a cell that a message repeats
OTHERS = (
    (b"PK\x03\x04", "a spreadsheet or zip archive"),
    (b"\xff\xfe", "UTF-16 text"),
    (b"\xfe\xff", "UTF-16 text"),
    (b"PAR1", "a Parquet file (read it in Python and pass the table)"),
    (b"\x1f\x8b", "compressed"),
)


@dataclass
class Rows:
    """Distinct rows: their cells, the number of the first row that has them and of the second (0 where none), how many have them."""

    names: list[str]
    cells: list[list[Any]] = field(default_factory=list)
    first: list[int] = field(default_factory=list)
    again: list[int] = field(default_factory=list)
    times: list[int] = field(default_factory=list)

    def add(self, rows: Iterable[tuple[int, list[Any]]]) -> None:
        """Count rows that come with their numbers."""
        where: dict[tuple[Any, ...], int] = {}
        for number, row in rows:
            at = where.setdefault(
                tuple(str(c) if isinstance(c, (list, dict, set)) else c for c in row), len(self.cells)
            )
            if at == len(self.cells):
                self.cells.append(row)
                self.first.append(number)
                self.again.append(0)
                self.times.append(1)
            else:
                self.again[at] = self.again[at] or number
                self.times[at] += 1


def read_rows(source: Any, place: str, ids: Callable[[list[str]], list[int]]) -> Rows:
    """Distinct rows of `source`, without the columns that `ids` finds among the names.

    Those name a record: where they are, a record that comes twice is refused. Rows of a file are numbered by its lines,
    others from 1. Raises `InputError` with file, row and column.
    """
    names, rows = _file(Path(source), place) if isinstance(source, (str, Path)) else _frame(source, place)
    _check_names(names, place)
    out = ids(names)
    kept = [i for i in range(len(names)) if i not in set(out)]
    found = Rows([names[i] for i in kept])
    if not out:
        found.add(rows)
        return found
    seen: set[int] = set()  # hashes: a record's name is looked at again only where one repeats

    def without_ids() -> Iterator[tuple[int, list[Any]]]:
        for number, row in rows:
            record = tuple(row[i] for i in out)
            if any(c not in ("", None) for c in record):
                if hash(record) in seen:
                    _twice(source, place, out, record, number)
                seen.add(hash(record))
            yield number, [row[i] for i in kept]

    found.add(without_ids())
    return found


def _twice(source: Any, place: str, ids: list[int], record: tuple[Any, ...], number: int) -> None:
    """Refuse a record that stands in an earlier row (two names may share a hash; then nothing is wrong)."""
    _, rows = _file(Path(source), place) if isinstance(source, (str, Path)) else _frame(source, place)
    for earlier, row in rows:
        if earlier >= number:
            return
        if tuple(row[i] for i in ids) == record:
            raise InputError(
                f"the record {shown(', '.join(map(str, record)))} stands there a second time",
                place=f"{place}, row {number}",
                expected=f"each record once (first in row {earlier})",
                todo="remove one row, or put the lists of both into one",
            )


def _frame(source: Any, place: str) -> tuple[list[str], Iterator[tuple[int, list[Any]]]]:
    if hasattr(source, "to_pydict"):  # pyarrow
        columns = source.to_pydict()
    elif hasattr(source, "to_dict") and hasattr(source, "columns"):  # pandas
        columns = {str(c): source[c].tolist() for c in source.columns}
    elif isinstance(source, Mapping):
        columns = {str(k): list(v) for k, v in source.items()}
    else:
        raise InputError(
            f"{type(source).__name__} is no table",
            place=place,
            expected="a CSV path, an Arrow table, a pandas frame or a mapping of columns",
        )
    if len({len(v) for v in columns.values()}) > 1:
        raise InputError("the columns have different lengths", place=place, expected="one value a row in each")
    return list(columns), ((i, list(r)) for i, r in enumerate(zip(*columns.values(), strict=True), start=1))


def _file(path: Path, place: str) -> tuple[list[str], Iterator[tuple[int, list[Any]]]]:
    """Column names of a CSV file and its rows with the line each begins on; blank lines are passed over."""
    _check_kind(path, place)
    rows = _cells(path, place)
    header = next(rows, None)
    if header is None:
        raise InputError("the file is empty", place=place, expected="a header line and one row a pattern")
    names = [n.strip() for n in header[1]]
    return names, _checked(rows, names, place)


def _checked(rows: Iterator[tuple[int, list[str]]], names: list[str], place: str) -> Iterator[tuple[int, list[Any]]]:
    for number, row in rows:
        if len(row) != len(names):
            header = f" (the header is {shown(names[0])})" if len(names) == 1 else ""
            raise InputError(
                f"{len(row)} cell{'' if len(row) == 1 else 's'}",
                place=f"{place}, row {number}",
                expected=f"{len(names)}, one for each column{header}",
            )
        yield number, [c.strip() for c in row]


def _check_kind(path: Path, place: str) -> None:
    try:
        with path.open("rb") as f:
            start = f.read(4096)
    except OSError as e:
        raise InputError(f"the file cannot be read ({e.strerror})", place=place, todo="check the name") from e
    for magic, kind in OTHERS:
        if start.startswith(magic):
            raise InputError(
                f"the file is {kind}", place=place, expected="CSV text in UTF-8", todo="save it as CSV UTF-8"
            )
    if b"\0" in start:
        raise InputError("the file is no text", place=place, expected="CSV text in UTF-8")


def _cells(path: Path, place: str) -> Iterator[tuple[int, list[str]]]:
    """Rows as lists of text, with the number of the line on which each begins."""
    with path.open(encoding="utf-8-sig", newline="") as f:
        try:
            head, skipped = "", -1
            for head in f:
                skipped += 1
                if head.strip():
                    break
            separator = max(",;\t", key=head.count)  # the one that the header uses
            reader = csv.reader(chain([head], f), delimiter=separator)
            begins = 1 + max(skipped, 0)
            for row in reader:
                if any(c.strip() for c in row):
                    yield begins, row
                begins = reader.line_num + 1 + max(skipped, 0)
        except UnicodeDecodeError:
            _not_utf8(path, place)
        except csv.Error as e:
            raise InputError(
                f"the row cannot be read as CSV ({e})",
                place=f"{place}, row {begins}",
                todo="look for a quotation mark that is not closed",
            ) from e


def _not_utf8(path: Path, place: str) -> NoReturn:
    """Say in which line what is not UTF-8 stands."""
    with path.open("rb") as f:
        for number, line in enumerate(f, start=1):
            try:
                line.decode("utf-8-sig")
            except UnicodeDecodeError as e:
                near = line[max(e.start - 12, 0) : e.start + 12].decode("ascii", "replace").strip()
                raise InputError(
                    f"the file is not UTF-8 text (near {shown(near)})",
                    place=f"{place}, row {number}",
                    expected="CSV text in UTF-8",
                    todo="save it as CSV UTF-8",
                ) from None
    raise InputError("the file changed while it was read", place=place, todo="run it again")


def _check_names(names: list[str], place: str) -> None:
    seen: set[str] = set()
    for i, name in enumerate(names):
        if not name:
            raise InputError(f"column {i + 1} has no name", place=f"{place}, row 1", todo="give every list a name")
        if name in seen:
            raise InputError(
                f"the column {shown(name)} stands twice", place=f"{place}, row 1", todo="rename one of them"
            )
        seen.add(name)


def shown(cell: Any) -> str:
    """A cell as a message repeats it: in quotation marks, cut where it is long.

    >>> shown("x" * 99)
    "'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx...'"
    """
    text = str(cell)
    return repr(text if len(text) <= SHOWN else text[:SHOWN] + "...")
