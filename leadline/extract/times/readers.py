"""Reading rules: the registry of what each rule of the grammar means, and what readers share.

A reader takes the items that a rule captured and returns a `Meaning`, or None where the words say something else.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from leadline.extract.cascade import Groups
from leadline.extract.numerals import lexicon
from leadline.extract.times.calendar import CLOCK_UNITS, UNIT_LETTERS
from leadline.extract.times.meaning import Basis, Length, Meaning, Point

Reader = Callable[[Groups], Meaning | None]

# Words that point from the time last mentioned rather than from the document's date.
_NARRATIVE = frozenset(
    {"previous", "preceding", "prior", "following", "subsequent", "ensuing", "that", "same", "later", "earlier"}
)

READERS: dict[str, Reader] = {}


def reader(function: Reader) -> Reader:
    """Register a function under its name, by which rules refer to it."""
    READERS[function.__name__] = function
    return function


@cache
def values(name: str) -> dict[str, Any]:
    """The words of one class of the grammar file with their values."""
    return dict(lexicon("times")["values"][name])


def word(groups: Groups, name: str, table: str | None = None) -> Any:
    """Value of the word captured under a name, or None."""
    item = groups.get(name)
    return None if item is None else values(table or name).get(item.text)


def number(groups: Groups, name: str = "n") -> float | None:
    """Number captured under a name, or None."""
    item = groups.get(name)
    return None if item is None else item.value


def whole_number(groups: Groups, name: str) -> int | None:
    """The same as an integer."""
    n = number(groups, name)
    return None if n is None else int(n)


def unit_of(groups: Groups) -> str:
    """The unit captured, in singular or plural."""
    return str(word(groups, "unit") or word(groups, "units"))


def toward_of(groups: Groups) -> int | None:
    """-1 for "last", 0 for "this", 1 for "next", or None."""
    value = word(groups, "toward")
    return None if value is None else int(value)


def basis_of(groups: Groups) -> Basis:
    """Whether "previous", "following" point from a mention, "last", "next" from the document's date."""
    item = groups.get("toward") or groups.get("way")
    return "mentioned" if item is not None and item.text in _NARRATIVE else "document"


def point_of(groups: Groups, name: str = "x") -> Point:
    """The point captured under a name."""
    meaning = groups[name].meaning
    assert isinstance(meaning, Point)
    return meaning


def length_of(groups: Groups, name: str = "x") -> Length:
    """The duration captured under a name."""
    meaning = groups[name].meaning
    assert isinstance(meaning, Length)
    return meaning


def duration_value(unit: str, n: float | None) -> str:
    """TIMEX3 value of a duration.

    >>> duration_value("year", 2), duration_value("hour", None), duration_value("year", 2.5)
    ('P2Y', 'PTXH', 'P2Y6M')
    """
    letter = UNIT_LETTERS[unit]
    t = "T" if unit in CLOCK_UNITS else ""
    if n is None:
        return f"P{t}X{letter}"
    if unit == "decade":
        return f"P{_plain(n * 10)}Y"
    if unit == "fortnight":
        n *= 2
    smaller = {"year": ("M", 12), "hour": ("M", 60), "minute": ("S", 60), "day": ("TH", 24)}
    whole = int(n)
    if n != whole and unit in smaller:
        sub, per = smaller[unit]
        rest = f"{_plain((n - whole) * per)}{sub[-1]}"
        lead = f"{whole}{letter}" if whole else ""
        joint = "T" if sub[0] == "T" else ""
        return f"P{t}{lead}{joint}{rest}"
    return f"P{t}{_plain(n)}{letter}"


def _plain(n: float) -> str:
    return str(int(n)) if n == int(n) else f"{n:.4g}"
