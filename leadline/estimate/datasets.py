"""The published tables that are shipped: facts with their citation, for agreement tests and for teaching."""

from __future__ import annotations

import tomllib
from pathlib import Path

from leadline.errors import InputError

FOLDER = Path(__file__).parent / "data"


def sources() -> dict[str, dict[str, str]]:
    """For each shipped table what it counts, whom to cite, and where it was read.

    >>> "kosovo" in sources()
    True
    """
    return tomllib.loads((FOLDER / "SOURCES.toml").read_text(encoding="utf-8"))


def shipped(name: str) -> Path:
    """The file of a shipped table, to be given to `estimate_table`.

    >>> shipped("kosovo").name
    'kosovo.csv'
    """
    if name not in sources():
        raise InputError(f"no shipped table is called {name!r}", expected="one of " + ", ".join(sorted(sources())))
    return FOLDER / f"{name}.csv"
