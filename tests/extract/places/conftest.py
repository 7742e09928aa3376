"""One gazetteer and one language model for all tests of places."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from leadline.extract.language import load_language
from leadline.extract.places import Gazetteer, PlaceReading, find_places


@pytest.fixture(scope="session")
def gazetteer() -> Gazetteer:
    return Gazetteer.load()


@pytest.fixture(scope="session")
def read(gazetteer: Gazetteer) -> Callable[..., dict[str, PlaceReading]]:
    """Text to its readings by name; a name that is read twice keeps the first."""

    def reader(text: str, places: Gazetteer = gazetteer, **options: object) -> dict[str, PlaceReading]:
        found: dict[str, PlaceReading] = {}
        for r in find_places(load_language()(text), places, **options):
            assert text[r.start : r.end] == r.name
            found.setdefault(r.name, r)
        return found

    return reader
