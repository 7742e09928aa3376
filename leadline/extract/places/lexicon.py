"""The words that the place finder reads, from `data/places.toml`, and how often a word is a name, from `name-words.csv`."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

import msgspec

from leadline.extract.shipped import read_shipped

DATA = Path(__file__).parent.parent / "data"


class _Words(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    verbs: frozenset[str] = frozenset()
    nouns: frozenset[str] = frozenset()
    persons: frozenset[str] = frozenset()
    titles: frozenset[str] = frozenset()
    after: frozenset[str] = frozenset()


class _Unlisted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    before: frozenset[str]
    before_sites: frozenset[str]
    sites: frozenset[str]
    taken: frozenset[str]
    others: frozenset[str]


class Lexicon(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The file `places.toml`; its comments say what each list is for."""

    beginnings: frozenset[str]
    connectors: frozenset[str]
    endings: frozenset[str]
    settlements: frozenset[str]
    compass: frozenset[str]
    units: dict[str, frozenset[str]]
    around: dict[str, float]
    organisations: _Words
    metonyms: _Words
    origins: _Words
    persons: _Words
    unlisted: _Unlisted


class Usage(msgspec.Struct, frozen=True):
    """How often a word stood in lower case, with a capital inside a sentence, and of those in persons and places."""

    lower: int
    capital: int
    person: int
    place: int


@cache
def lexicon() -> Lexicon:
    """The words, read once a process."""
    return read_shipped(DATA / "places.toml", Lexicon)


@cache
def usage() -> dict[str, Usage]:
    """Folded word to its counts, read once a process."""
    with (DATA / "name-words.csv").open(encoding="utf-8", newline="") as f:
        rows = csv.reader(f)
        next(rows)
        return {word: Usage(*map(int, counts)) for word, *counts in rows}
