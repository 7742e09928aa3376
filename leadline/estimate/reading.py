"""Reading capture histories from files and data frames, and refusing what cannot be one, by file, row and column."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from leadline.errors import InputError
from leadline.estimate.tables import FrequencyTable, ListTable, aggregate

COUNT_NAMES = ("count", "n", "freq", "frequency")
ID_NAMES = ("id", "incident", "incident_id", "record", "record_id", "unit", "case", "case_id")
MAX_COUNT = 10**15  # beyond this a count is no longer exact as a floating-point number


@dataclass(frozen=True)
class Histories:
    """What was read: one table for the whole, one for each stratum, and notes for the reader of the result."""

    whole: ListTable
    strata: dict[str, ListTable] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


def read_histories(
    source: Any, *, lists: Sequence[str] = (), strata: Sequence[str] = (), place: str = ""
) -> Histories | FrequencyTable:
    """Read capture histories from a CSV path, a pyarrow table, a pandas frame, or a mapping of columns.

    Forms, told apart by their columns:

    - one column of 0 and 1 for each list and a column `count` (one row a pattern);
    - one column of 0 and 1 for each list and no `count` (one row a record, with or without an id column);
    - an id column and a column `list` (one row for each list a record is on), or a column `lists` with the names
      separated by `;` or `|` (one row a record);
    - `captures` and `units` (a capture-frequency table, for the bounds only).

    `strata` names columns whose values split the table. Other columns that are not of 0 and 1 are summed over and
    named in the notes. Raises `InputError` naming file, row and column.

    >>> read_histories({"A": [1, 0, 1], "B": [0, 1, 1], "count": [5, 3, 2]}).whole.n
    10
    """
    place = place or (str(source) if isinstance(source, (str, Path)) else "the table")
    names, rows, first_row = _columns(source, place)
    if not rows:
        raise InputError("there is no row", place=place, expected="one row for each pattern or record")
    lowered = [n.strip().lower() for n in names]
    if sorted(lowered) == ["captures", "units"]:
        return _frequencies(rows, lowered, place, first_row)
    for s in strata:
        if s not in names:
            raise InputError(
                f"no column is called {s!r}", place=place, expected="one of " + ", ".join(names), todo="check --strata"
            )
    long = _memberships(names, lowered, rows, strata, place, first_row)
    if long is None:
        histories = _patterns(names, lowered, rows, lists, strata, place, first_row)
    else:
        histories = _select(long, lists) if lists else long
    check_table(histories.whole, place)
    return histories


def _columns(source: Any, place: str) -> tuple[list[str], list[list[Any]], int]:
    """Column names, rows of cells, and the number of the first row in the file (2 below a header)."""
    if isinstance(source, (str, Path)):
        try:
            text = Path(source).read_text(encoding="utf-8-sig")
        except OSError as e:
            raise InputError(f"the file cannot be read ({e.strerror})", place=place, todo="check the name") from e
        except UnicodeDecodeError as e:
            raise InputError("the file is not UTF-8 text", place=place, expected="a CSV file", todo="export it") from e
        head = text.split("\n", 1)[0]
        separator = max(",;\t", key=head.count)  # the one that the header uses
        lines = [row for row in csv.reader(io.StringIO(text), delimiter=separator) if any(c.strip() for c in row)]
        if not lines:
            raise InputError("the file is empty", place=place, expected="a header line and one row a pattern")
        names = [n.strip() for n in lines[0]]
        rows: list[list[Any]] = [[c.strip() for c in row] for row in lines[1:]]
        first = 2
    else:
        if hasattr(source, "to_pydict"):  # pyarrow
            columns = source.to_pydict()
        elif hasattr(source, "to_dict") and hasattr(source, "columns"):  # pandas
            columns = {str(c): source[c].tolist() for c in source.columns}
        else:
            columns = {str(k): list(v) for k, v in dict(source).items()}
        names = list(columns)
        lengths = {len(v) for v in columns.values()}
        if len(lengths) > 1:
            raise InputError("the columns have different lengths", place=place, expected="one value a row in each")
        rows = [list(r) for r in zip(*columns.values(), strict=True)]
        first = 1
    for i, name in enumerate(names):
        if not name:
            raise InputError(f"column {i + 1} has no name", place=place, todo="give every list a name")
        if names.index(name) != i:
            raise InputError(f"the column {name!r} stands twice", place=place, todo="rename one of them")
    for i, row in enumerate(rows):
        if len(row) != len(names):
            raise InputError(
                f"{len(row)} cells", place=f"{place}, row {first + i}", expected=f"{len(names)}, one for each column"
            )
    return names, rows, first


def _missing(cell: Any) -> bool:
    return cell is None or cell == "" or cell != cell or str(cell).strip().lower() in ("na", "nan", "null", "none")  # noqa: PLR0124  NaN


def _whole_number(cell: Any, where: str) -> int:
    """A count: not negative, not fractional, not missing."""
    if _missing(cell):
        raise InputError("the cell is empty", place=where, expected="a count (0, 1, 2, ...)", todo="fill it in")
    try:
        value = float(cell)
    except (TypeError, ValueError):
        raise InputError(f"{cell!r} is no number", place=where, expected="a count (0, 1, 2, ...)") from None
    if value < 0:
        raise InputError(f"the count {cell} is negative", place=where, expected="0 or more", todo="correct it")
    if value != int(value) if abs(value) < float("inf") else True:
        raise InputError(
            f"the count {cell} is not a whole number",
            place=where,
            expected="how many records have this pattern",
            todo="give counts, not rates or weights",
        )
    if value > MAX_COUNT:
        raise InputError(f"the count {cell} is too large", place=where, expected=f"at most {MAX_COUNT}")
    return int(value)


def _is_flag(cell: Any) -> bool:
    return cell in (0, 1, True, False) or str(cell).strip() in ("0", "1", "0.0", "1.0")


def _patterns(
    names: list[str],
    lowered: list[str],
    rows: list[list[Any]],
    lists: Sequence[str],
    strata: Sequence[str],
    place: str,
    first: int,
) -> Histories:
    """Tables with a 0/1 column for each list."""
    counted = next((i for i, n in enumerate(lowered) if n in COUNT_NAMES and names[i] not in lists), None)
    ids = [i for i, n in enumerate(lowered) if n in ID_NAMES and names[i] not in lists and names[i] not in strata]
    for name in lists:
        if name not in names:
            raise InputError(
                f"no list is called {name!r}", place=place, expected="one of " + ", ".join(names), todo="check --lists"
            )
    candidates = [i for i in range(len(names)) if i != counted and i not in ids and names[i] not in strata]
    covariates = [i for i in candidates if _is_covariate([r[i] for r in rows]) and names[i] not in lists]
    columns = [i for i in candidates if i not in covariates]
    if lists:
        columns = [names.index(name) for name in lists]
    if not columns:
        raise InputError(
            "there is no column of 0 and 1",
            place=place,
            expected="one such column for each list, and a column `count`",
            todo="see `leadline estimate --help` for the forms that are read",
        )
    seen: dict[tuple[Any, ...], int] = {}
    kept_patterns, kept_counts, labels = [], [], []
    for i, row in enumerate(rows):
        pattern = []
        for c in columns:
            where = f"{place}, row {first + i}, column {names[c]}"
            if _missing(row[c]):
                raise InputError("the cell is empty", place=where, expected="0 or 1", todo="fill it in or drop the row")
            if not _is_flag(row[c]):
                raise InputError(
                    f"{row[c]!r} stands there",
                    place=where,
                    expected="1 if the records are on this list, else 0",
                    todo="name covariate columns with --strata, or choose the lists with --lists",
                )
            pattern.append(int(float(row[c])))
        count = (
            1 if counted is None else _whole_number(row[counted], f"{place}, row {first + i}, column {names[counted]}")
        )
        if not any(pattern):
            if lists and len(lists) < len(candidates) - len(covariates):
                continue  # on none of the chosen lists
            raise InputError(
                "the row is on no list",
                place=f"{place}, row {first + i}",
                expected="at least one 1: records on no list are what is estimated",
                todo="remove the row",
            )
        others = tuple(str(row[c]) for c in range(len(names)) if c not in columns and c != counted)
        if counted is not None and not lists:
            key = (tuple(pattern), others)
            if key in seen:
                raise InputError(
                    "the pattern stands there a second time",
                    place=f"{place}, row {first + i}",
                    expected=f"each pattern once (first in row {seen[key]})",
                    todo="add the counts together",
                )
            seen[key] = first + i
        kept_patterns.append(pattern)
        kept_counts.append(count)
        labels.append(" / ".join(str(row[names.index(s)]) for s in strata))
    chosen = tuple(names[c] for c in columns)
    patterns = np.array(kept_patterns, dtype=np.uint8).reshape(-1, len(chosen))
    counts = np.array(kept_counts, dtype=np.int64)
    notes = []
    dropped = [names[i] for i in covariates]
    if dropped:
        notes.append(
            f"counts are summed over {', '.join(dropped)}, which are not columns of 0 and 1; "
            f"--strata {','.join(dropped)} estimates them apart"
        )
    by_stratum = {}
    if strata:
        for label in sorted(set(labels)):
            rows_of = np.array([x == label for x in labels])
            by_stratum[label] = aggregate(chosen, patterns[rows_of], counts[rows_of])
    return Histories(aggregate(chosen, patterns, counts), by_stratum, tuple(notes))


def _is_covariate(cells: list[Any]) -> bool:
    """A column of labels: no cell of it is 0 or 1, or most are words."""
    filled = [c for c in cells if not _missing(c)]
    if not filled:
        return False
    return not any(_is_flag(c) for c in filled) or all(_is_word(c) for c in filled)


def _is_word(cell: Any) -> bool:
    try:
        float(cell)
    except (TypeError, ValueError):
        return True
    return False


def _memberships(
    names: list[str], lowered: list[str], rows: list[list[Any]], strata: Sequence[str], place: str, first: int
) -> Histories | None:
    """Tables that name the lists in their cells; None where this is no such table."""
    if "lists" in lowered:
        column, key = lowered.index("lists"), None
    elif "list" in lowered and any(n in ID_NAMES for n in lowered):
        column, key = lowered.index("list"), next(i for i, n in enumerate(lowered) if n in ID_NAMES)
    else:
        return None
    if all(_is_flag(r[column]) for r in rows):
        return None  # a list that is called `list`
    members: dict[tuple[str, str], set[str]] = {}
    for i, row in enumerate(rows):
        where = f"{place}, row {first + i}, column {names[column]}"
        if _missing(row[column]) or (key is not None and _missing(row[key])):
            raise InputError("the cell is empty", place=where, expected="the list that the record is on")
        cell = row[column]
        found = cell if isinstance(cell, (list, tuple)) else str(cell).replace("|", ";").split(";")
        held = {str(f).strip() for f in found if str(f).strip()}
        if not held:
            raise InputError("the row is on no list", place=where, expected="a list", todo="remove the row")
        label = " / ".join(str(row[names.index(s)]) for s in strata)
        record = str(i) if key is None else str(row[key])
        members.setdefault((record, label), set()).update(held)
    every = tuple(sorted(set().union(*members.values())))
    whole = ListTable.from_memberships(members.values(), every)
    by_stratum = {}
    if strata:
        for label in sorted({k[1] for k in members}):
            by_stratum[label] = ListTable.from_memberships([m for k, m in members.items() if k[1] == label], every)
    return Histories(whole, by_stratum)


def _select(histories: Histories, lists: Sequence[str]) -> Histories:
    return Histories(
        histories.whole.select(lists), {k: t.select(lists) for k, t in histories.strata.items()}, histories.notes
    )


def _frequencies(rows: list[list[Any]], lowered: list[str], place: str, first: int) -> FrequencyTable:
    """A capture-frequency table; a captures cell `inf` or a last row of `Inf` is not needed, occasions are unknown."""
    ca, un = lowered.index("captures"), lowered.index("units")
    found: dict[int, int] = {}
    for i, row in enumerate(rows):
        times = _whole_number(row[ca], f"{place}, row {first + i}, column captures")
        units = _whole_number(row[un], f"{place}, row {first + i}, column units")
        if times == 0:
            raise InputError(
                "units caught 0 times are what is estimated", place=f"{place}, row {first + i}", todo="remove the row"
            )
        if times in found:
            raise InputError(f"{times} captures stand there twice", place=f"{place}, row {first + i}", todo="add them")
        found[times] = units
    if not any(found.values()):
        raise InputError("all counts are 0", place=place, expected="at least one unit")
    units_array = np.array([found.get(k, 0) for k in range(1, max(found) + 1)], dtype=np.int64)
    return FrequencyTable(units_array, None)


def check_table(table: ListTable, place: str) -> None:
    """Refuse a table on which no method can run: no record, one list, a list with no or all records."""
    if table.n_lists < 2:
        raise InputError(
            f"there is one list ({table.lists[0]})",
            place=place,
            expected="at least two lists, three for an estimate",
            todo="nothing about the unseen can be said from one list",
        )
    if table.n == 0:
        raise InputError("all counts are 0", place=place, expected="at least one record")
    for name, size in zip(table.lists, table.sizes.tolist(), strict=True):
        if size == 0:
            raise InputError(
                "the list has no record", place=f"{place}, column {name}", todo="remove the column or check its values"
            )
        if size == table.n and table.n > 1:
            raise InputError(
                f"the list holds all {table.n} records",
                place=f"{place}, column {name}",
                expected="records that are on other lists only",
                todo="a list that misses nothing of what is known says nothing about the unknown: remove it",
            )
