"""What a cell of a table of capture histories says, refused by its place where it cannot be read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from leadline.errors import InputError
from leadline.estimate.columns import shown

MAX_COUNT = 10**12  # beyond this sums of logarithms of factorials are no longer exact to a hundredth
MISSING = frozenset({"", "na", "nan", "null", "none", "<na>", "nat"})
FLAGS = {"0": 0, "1": 1, "0.0": 0, "1.0": 1, "false": 0, "true": 1}


def is_missing(cell: Any) -> bool:
    """Whether a cell holds nothing."""
    return str(cell).strip().lower() in MISSING  # as text: what a frame holds for missing need not be comparable


def whole_number(cell: Any, where: str) -> int:
    """A count: not negative, not fractional, not missing."""
    if is_missing(cell):
        raise InputError("the cell is empty", place=where, expected="a count (0, 1, 2, ...)", todo="fill it in")
    try:
        value = float(cell)
    except (TypeError, ValueError):
        raise InputError(
            f"{shown(cell)} is no number", place=where, expected="a count (0, 1, 2, ...)", todo="write digits only"
        ) from None
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
        raise InputError(f"the count {cell} is too large", place=where, expected=f"at most {MAX_COUNT:,}")
    return int(value)


def is_flag(cell: Any) -> bool:
    """Whether a cell says 0 or 1, or false or true."""
    return str(cell).strip().lower() in FLAGS


def flag(cell: Any, where: str, may_be_count: bool) -> int:
    """0 or 1; anything else is refused."""
    if is_missing(cell):
        raise InputError("the cell is empty", place=where, expected="0 or 1", todo="fill it in or drop the row")
    if not is_flag(cell):
        count = "; a column of counts is to be called `count`" if may_be_count and not is_word(cell) else ""
        raise InputError(
            f"{shown(cell)} stands there",
            place=where,
            expected="1 if the records are on this list, else 0",
            todo=f"name covariate columns with --strata, or choose the lists with --lists{count}",
        )
    return FLAGS[str(cell).strip().lower()]


def label_of(row: list[Any], names: list[str], strata: Sequence[str], where: str) -> str:
    """The stratum of a row."""
    for s in strata:
        if is_missing(row[names.index(s)]):
            raise InputError(
                "the cell is empty",
                place=f"{where}, column {s}",
                expected="the stratum of the records",
                todo="fill it in (`unknown` is a stratum too) or drop the row",
            )
    return " / ".join(str(row[names.index(s)]) for s in strata)


def is_word(cell: Any) -> bool:
    """Whether a cell holds neither a number nor 0 or 1 in words."""
    try:
        float(cell)
    except (TypeError, ValueError):
        return not is_flag(cell)
    return False
