"""The lexicon of the rules, read from its data file once a process."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import msgspec

from leadline.extract.shipped import read_shipped

FILE = Path(__file__).parents[1] / "data" / "attribution.toml"


class Lexicon(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Words that attribute, all as lemmas in small letters."""

    verbs_of_speech: frozenset[str]
    verbs_of_thought: frozenset[str]
    verbs_of_citing: frozenset[str]
    nouns_of_speech: frozenset[str]
    carriers: frozenset[str]
    speaking_carriers: frozenset[str]
    makings: frozenset[str]
    kinds: dict[str, frozenset[str]]

    def kinds_of(self, lemma: str) -> frozenset[str]:
        """The kinds of source that a noun can name; a carrier's kind is `carrier`.

        >>> sorted(load_lexicon().kinds_of("agency"))
        ['body', 'outlet']
        """
        found = {kind for kind, words in self.kinds.items() if lemma in words}
        return frozenset(found | ({"carrier"} if lemma in self.carriers else set()))


@cache
def load_lexicon() -> Lexicon:
    """The shipped lexicon; raises `CodebookError` naming the path inside the file where it is wrong."""
    return read_shipped(FILE, Lexicon)
