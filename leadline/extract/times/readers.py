"""Reading rules: the registry of what each rule of the grammar means, and what readers share.

A reader takes the items that a rule captured and returns a `Meaning`, or None where the words say something else.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from leadline.extract.cascade import Groups
from leadline.extract.numerals import lexicon
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
