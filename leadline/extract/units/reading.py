"""The record of one mention of a unit, and the words that all kinds of mention share."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Literal, NamedTuple

import msgspec

from leadline.extract.numerals import Item, lexicon


class UnitReading(msgspec.Struct, frozen=True, kw_only=True):
    """One mention of a unit.

    `canonical` is the form under which mentions are one unit; `number` is null for named formations; `branch` is what
    describes the unit ("motor rifle"). `side` is given where the words, the list of formations or another mention of
    the same unit say it (`basis`), else null.
    """

    start: int
    end: int
    canonical: str
    number: int | None = None
    echelon: str | None = None
    branch: str | None = None
    side: str | None = None
    basis: Literal["words", "list", "same unit"] | None = None


class Lexed(NamedTuple):
    """A text with its items."""

    text: str
    found: Sequence[Item]

    def is_capital(self, n: int) -> bool:
        """Whether item `n` begins with a capital letter."""
        return self.text[self.found[n].start].isupper()


class Words(NamedTuple):
    """The word lists of `data/units.toml`."""

    echelons: dict[str, str]
    abbreviations: dict[str, list[str]]
    qualifiers: frozenset[str]
    between: frozenset[str]
    branches: frozenset[str]
    ambiguous: frozenset[str]
    spelling: dict[str, str]
    sides: dict[str, str]
    not_names: frozenset[str]


@cache
def words() -> Words:
    """The word lists, read once a process."""
    data = lexicon("units")
    return Words(
        echelons=data["echelons"],
        abbreviations=data["abbreviations"],
        qualifiers=frozenset([*data["qualifiers"]["words"], *data["qualifiers"]["between"]]),
        between=frozenset(data["qualifiers"]["between"]),
        branches=frozenset(data["qualifiers"]["words"]),
        ambiguous=frozenset(data["ambiguous"]["words"]),
        spelling=data["spelling"],
        sides=data["sides"],
        not_names=frozenset(data["not_names"]["words"]),
    )


def ordinal(n: int) -> str:
    """A number with its English ending.

    >>> ordinal(1), ordinal(112), ordinal(1423)
    ('1st', '112th', '1423rd')
    """
    ending = "th" if n % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(n % 10, "th")
    return f"{n}{ending}"


# Words between a side's name and its unit ("Russia's elite 9th brigade", "the Ukrainian army's 9th").
_FILLERS = frozenset({"army", "forces", "military", "the", "separate", "elite", "own"})


def side_of(lexed: Lexed, first: int, end: int, described: Sequence[str]) -> str | None:
    """The side that the words in, right before or right after items `first` to `end` state.

    >>> from leadline.extract.numerals import items
    >>> text = "Russia's 9th brigade"
    >>> side_of(Lexed(text, items(text)), 3, 5, [])
    'RUS'
    """
    sides = words().sides
    for word in described:
        if word in sides:
            return sides[word]
    before = [i.text for i in lexed.found[max(0, first - 5) : first] if i.text not in ("'", "’", "s")]
    for word in reversed(before[-2:]):
        if word in sides:
            return sides[word]
        if word not in _FILLERS:
            break
    after = [i.text for i in lexed.found[end : end + 7]]
    if after[:1] == ["of"]:
        for word in after[1:]:
            if word in sides:
                return sides[word]
            if word in (".", ",", ";", "in", "at"):
                break
    return None
