"""What was found in a text, in the order of where it stands: what lies in a stretch is found without a look at the rest.

A report of 100,000 words holds thousands of claims, and of sources, times and numbers as many: what is asked for each claim must not
walk over all of them.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Protocol, TypeVar, overload

T = TypeVar("T")


class Read(Protocol):
    """What was read at an offset of the text."""

    @property
    def start(self) -> int:
        """Offset of its first character."""


R = TypeVar("R", bound=Read)


class Ordered(Sequence[T]):
    """A sequence sorted by where each of it stands (`at`), a token or an offset; those of one place stay in their order.

    >>> words = Ordered(["in", "the", "port"], key=len)
    >>> words.within(2, 4), list(words.back_from(4))
    (['in', 'the'], ['the', 'in'])
    """

    def __init__(self, items: Iterable[T], key: Callable[[T], int]) -> None:
        self.items = sorted(items, key=key)
        self.at = [key(x) for x in self.items]

    def within(self, start: int, end: int) -> list[T]:
        """Those from `start` up to but without `end`."""
        return self.items[bisect_left(self.at, start) : bisect_left(self.at, end)]

    def back_from(self, end: int) -> Iterator[T]:
        """Those before `end`, the last first."""
        for k in range(bisect_left(self.at, end) - 1, -1, -1):
            yield self.items[k]

    def __len__(self) -> int:
        return len(self.items)

    @overload
    def __getitem__(self, index: int) -> T: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[T]: ...
    def __getitem__(self, index: int | slice) -> T | Sequence[T]:
        return self.items[index]

    def __iter__(self) -> Iterator[T]:
        return iter(self.items)


def by_start(items: Iterable[R]) -> Ordered[R]:
    """What was read, by where it starts."""
    return Ordered(items, key=lambda x: x.start)
