"""Reading capture histories from files and data frames, and refusing what cannot be one, by file, row and column."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from leadline.errors import InputError
from leadline.estimate.cells import flag, is_flag, is_missing, is_word, label_of, whole_number
from leadline.estimate.columns import Rows, read_rows, shown
from leadline.estimate.tables import FrequencyTable, ListTable, aggregate

COUNT_NAMES = ("count", "n", "freq", "frequency")
ID_NAMES = ("id", "incident", "incident_id", "record", "record_id", "unit", "case", "case_id")


MOST_CAPTURES = 100_000  # of one unit


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
    place = place or (str(source) if isinstance(source, (str, os.PathLike)) else "the table")
    rows = read_rows(source, place, lambda names: _ids(names, lists, strata))
    names = rows.names
    if not rows.cells:
        raise InputError("there is no row", place=place, expected="one row for each pattern or record")
    lowered = [n.strip().lower() for n in names]
    if sorted(lowered) == ["captures", "units"]:
        return _frequencies(rows, lowered, place)
    for s in strata:
        if s not in names:
            raise InputError(
                f"no column is called {s!r}", place=place, expected="one of " + ", ".join(names), todo="check --strata"
            )
    long = _memberships(rows, lowered, strata, place)
    if long is None:
        histories = _patterns(rows, lowered, lists, strata, place)
    else:
        histories = _select(long, lists) if lists else long
    check_table(histories.whole, place)
    return histories


def _ids(names: list[str], lists: Sequence[str], strata: Sequence[str]) -> list[int]:
    """Columns that name the record, in a table that has one row for each: none where a row is a pattern or a membership."""
    lowered = [n.strip().lower() for n in names]
    if {"list", "lists", *COUNT_NAMES} & set(lowered):
        return []
    return [i for i, n in enumerate(lowered) if n in ID_NAMES and names[i] not in (*lists, *strata)]


def _patterns(rows: Rows, lowered: list[str], lists: Sequence[str], strata: Sequence[str], place: str) -> Histories:
    """Tables with a 0/1 column for each list."""
    names = rows.names
    counted = next((i for i, n in enumerate(lowered) if n in COUNT_NAMES and names[i] not in lists), None)
    ids = [i for i, n in enumerate(lowered) if n in ID_NAMES and names[i] not in (*lists, *strata)]
    for name in lists:
        if name not in names:
            raise InputError(
                f"no list is called {name!r}", place=place, expected="one of " + ", ".join(names), todo="check --lists"
            )
    candidates = [i for i in range(len(names)) if i != counted and i not in ids and names[i] not in strata]
    covariates = [i for i in candidates if _is_covariate([r[i] for r in rows.cells]) and names[i] not in lists]
    columns = [names.index(name) for name in lists] or [i for i in candidates if i not in covariates]
    if not columns:
        words = next((f" (column {names[i]} holds {shown(rows.cells[0][i])})" for i in covariates), "")
        raise InputError(
            f"there is no column of 0 and 1{words}",
            place=place,
            expected="one such column for each list, and a column `count`",
            todo="see `leadline estimate --help` for the forms that are read",
        )
    if counted is None:
        _no_hidden_count(rows, columns, covariates, place)
    others = [c for c in range(len(names)) if c not in columns and c != counted and c not in ids]
    seen: dict[tuple[Any, ...], int] = {}
    patterns, counts, labels = [], [], []
    for row, number, again, times in zip(rows.cells, rows.first, rows.again, rows.times, strict=True):
        here = f"{place}, row {number}"
        pattern = [flag(row[c], f"{here}, column {names[c]}", counted is None) for c in columns]
        count = times if counted is None else whole_number(row[counted], f"{here}, column {names[counted]}")
        if not any(pattern):
            if lists and len(lists) < len(candidates) - len(covariates):
                continue  # on none of the chosen lists
            raise InputError(
                "the row is on no list",
                place=here,
                expected="at least one 1: records on no list are what is estimated",
                todo="remove the row",
            )
        if counted is not None:
            key = (*pattern, *(str(row[c]) for c in others))
            earlier = number if again else seen.get(key)
            if earlier:
                raise InputError(
                    "the pattern stands there a second time",
                    place=f"{place}, row {again or number}",
                    expected=f"each pattern once (first in row {earlier})",
                    todo="add the counts together",
                )
            seen[key] = number
        patterns.append(pattern)
        counts.append(count)
        labels.append(label_of(row, names, strata, here))
    chosen = tuple(names[c] for c in columns)
    cells, weights = np.array(patterns, dtype=np.uint8).reshape(-1, len(chosen)), np.array(counts, dtype=np.int64)
    dropped = ",".join(names[i] for i in covariates)
    notes = [f"Summed over the column {dropped}; `--strata {dropped}` estimates its values apart."] if dropped else []
    by_stratum = {}
    if strata:
        for label in sorted(set(labels)):
            rows_of = np.array([x == label for x in labels])
            by_stratum[label] = aggregate(chosen, cells[rows_of], weights[rows_of])
    return Histories(aggregate(chosen, cells, weights), by_stratum, tuple(notes))


def _no_hidden_count(rows: Rows, columns: list[int], covariates: list[int], place: str) -> None:
    """Refuse counts under another name: a table whose rows would be taken for single records.

    No pattern stands there twice and another column holds whole numbers only: that is how a table of counts looks.
    """
    patterns = {tuple(str(row[c]) for c in columns) for row in rows.cells}
    if len(patterns) < sum(rows.times):
        return
    for i in covariates:
        if all(str(row[i]).strip().isdigit() for row in rows.cells):
            raise InputError(
                f"no column is called `count`, and {rows.names[i]} holds whole numbers",
                place=f"{place}, column {rows.names[i]}",
                expected="a column `count`, or one row for each record",
                todo=f"rename {rows.names[i]} to count; if it says something else, leave it out or name it with --strata",
            )


def _is_covariate(cells: list[Any]) -> bool:
    """A column of labels: no cell of it is 0 or 1, or most are words."""
    filled = [c for c in cells if not is_missing(c)]
    if not filled:
        return False
    return not any(is_flag(c) for c in filled) or all(is_word(c) for c in filled)


def _memberships(rows: Rows, lowered: list[str], strata: Sequence[str], place: str) -> Histories | None:
    """Tables that name the lists in their cells; None where this is no such table."""
    names = rows.names
    if "lists" in lowered:
        column, key = lowered.index("lists"), None
    elif "list" in lowered and any(n in ID_NAMES for n in lowered):
        column, key = lowered.index("list"), next(i for i, n in enumerate(lowered) if n in ID_NAMES)
    else:
        return None
    if all(is_flag(r[column]) for r in rows.cells):
        return None  # a list that is called `list`
    members: dict[tuple[str, str], set[str]] = {}
    often: dict[tuple[str, str], int] = {}
    for i, (row, number, times) in enumerate(zip(rows.cells, rows.first, rows.times, strict=True)):
        where = f"{place}, row {number}"
        for c, what in ((column, "the list that the record is on"), (key, "the name of the record")):
            if c is not None and is_missing(row[c]):
                raise InputError(
                    "the cell is empty",
                    place=f"{where}, column {names[c]}",
                    expected=what,
                    todo="fill it in or drop the row",
                )
        cell = row[column]
        found = cell if isinstance(cell, (list, tuple)) else str(cell).replace("|", ";").split(";")
        held = {str(f).strip() for f in found if str(f).strip()}
        if not held:
            raise InputError(
                "the row is on no list",
                place=f"{where}, column {names[column]}",
                expected="a list",
                todo="remove the row",
            )
        record = str(i) if key is None else str(row[key])
        at = (record, label_of(row, names, strata, where))
        members.setdefault(at, set()).update(held)
        often[at] = times if key is None else 1
    every = tuple(sorted(set().union(*members.values())))
    tables = {label: _counted(members, often, every, label) for label in sorted({k[1] for k in members}) if strata}
    return Histories(_counted(members, often, every, None), tables)


def _counted(
    members: dict[tuple[str, str], set[str]],
    often: dict[tuple[str, str], int],
    lists: tuple[str, ...],
    label: str | None,
) -> ListTable:
    """The table of the records of one stratum (of all without a label)."""
    cells: dict[tuple[int, ...], int] = {}
    for at, held in members.items():
        if label is None or at[1] == label:
            pattern = tuple(int(name in held) for name in lists)
            cells[pattern] = cells.get(pattern, 0) + often[at]
    return ListTable.of(lists, cells)


def _select(histories: Histories, lists: Sequence[str]) -> Histories:
    return Histories(
        histories.whole.select(lists), {k: t.select(lists) for k, t in histories.strata.items()}, histories.notes
    )


def _frequencies(rows: Rows, lowered: list[str], place: str) -> FrequencyTable:
    """A capture-frequency table; a captures cell `inf` or a last row of `Inf` is not needed, occasions are unknown."""
    ca, un = lowered.index("captures"), lowered.index("units")
    found: dict[int, int] = {}
    for row, number, again in zip(rows.cells, rows.first, rows.again, strict=True):
        times = whole_number(row[ca], f"{place}, row {number}, column captures")
        units = whole_number(row[un], f"{place}, row {number}, column units")
        if times == 0:
            raise InputError(
                "units caught 0 times are what is estimated", place=f"{place}, row {number}", todo="remove the row"
            )
        if times in found or again:
            raise InputError(
                f"{times} captures stand there twice", place=f"{place}, row {again or number}", todo="add them"
            )
        if times > MOST_CAPTURES:
            raise InputError(
                f"{times:,} captures of one unit",
                place=f"{place}, row {number}, column captures",
                expected=f"at most {MOST_CAPTURES:,}",
                todo="check whether the columns are swapped",
            )
        found[times] = units
    if not any(found.values()):
        raise InputError("all counts are 0", place=place, expected="at least one unit")
    units_array = np.array([found.get(k, 0) for k in range(1, max(found) + 1)], dtype=np.int64)
    return FrequencyTable(units_array, None)


def check_table(table: ListTable, place: str) -> None:
    """Refuse a table on which no method can run: no record, one list, a list with no or all records."""
    if table.n_lists < 2:
        raise InputError(
            f"there is one list ({table.lists[0]}), from which nothing about the unseen follows",
            place=place,
            expected="at least two lists, three for an estimate",
            todo="add lists that others have collected",
        )
    if table.n == 0:
        raise InputError("all counts are 0", place=place, expected="at least one record")
    for name, size in zip(table.lists, table.sizes.tolist(), strict=True):
        if size == 0:
            raise InputError(
                "the list has no record", place=f"{place}, column {name}", todo="remove the column or check its values"
            )
    if len(table.counts) == 1 and table.n > 1:
        raise InputError(
            f"all {table.n:,} records are on the same lists ({', '.join(table.lists)})",
            place=place,
            expected="records that some lists hold and others do not",
            todo="add a list that others have collected; check whether the columns are copies of one list",
        )
    for name, size in zip(table.lists, table.sizes.tolist(), strict=True):
        if size == table.n and table.n > 1:
            raise InputError(
                f"the list holds all {table.n:,} records",
                place=f"{place}, column {name}",
                expected="records that are on other lists only",
                todo="a list that misses nothing of what is known says nothing about the unknown: remove it",
            )
