"""How a stage says how far it is. The library never prints: the command line passes something that draws."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """What a stage may call. Implementations must accept calls in any order and never raise."""

    def begin(self, task: str, total: int | None = None) -> None:
        """Announce a piece of work of `total` steps (None where unknown)."""

    def advance(self, n: int = 1) -> None:
        """Report `n` finished steps of the piece announced last."""


class Silent:
    """A `Progress` that shows nothing; the default in the library."""

    def begin(self, task: str, total: int | None = None) -> None:
        """Do nothing."""

    def advance(self, n: int = 1) -> None:
        """Do nothing."""


SILENT = Silent()
