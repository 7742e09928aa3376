"""Words by which sources, recordings and sides are told apart (`data/sources.toml`), and those of single rules (`data/rules.toml`)."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import msgspec

from leadline.extract.shipped import read_shipped

DATA = Path(__file__).parents[1] / "data"
FILE = DATA / "sources.toml"
RULES = DATA / "rules.toml"


class Lexicon(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The word classes of `data/sources.toml`; the file says what each is for."""

    reporting: frozenset[str]
    stating: frozenset[str]
    not_with_infinitive: frozenset[str]
    thinking: frozenset[str]
    saying_nouns: frozenset[str]
    finding: frozenset[str]
    registering: frozenset[str]
    reckonings: frozenset[str]
    releasing: frozenset[str]
    making: frozenset[str]
    contacting: frozenset[str]
    recording: frozenset[str]
    carriers: frozenset[str]
    single_findings: frozenset[str]
    recordings: frozenset[str]
    calls: frozenset[str]
    sounds: frozenset[str]
    with_help: frozenset[str]
    help_words: frozenset[str]
    reports: frozenset[str]
    soldiers: frozenset[str]
    unclear: frozenset[str]
    commanders: frozenset[str]
    relatives: frozenset[str]
    analysts: frozenset[str]
    officials: frozenset[str]
    witnesses: frozenset[str]
    outlets: frozenset[str]
    outlet_endings: frozenset[str]
    outlet_openings: frozenset[str]
    inside_names: frozenset[str]
    monitors: frozenset[str]
    not_sources: frozenset[str]
    titles: frozenset[str]
    posts: frozenset[str]
    writings: frozenset[str]
    letters: frozenset[str]
    answering: frozenset[str]
    replying: frozenset[str]
    kin: frozenset[str]
    far: frozenset[str]
    opponents: frozenset[str]
    female: frozenset[str]
    male: frozenset[str]
    furniture: frozenset[str]
    governments: frozenset[str]
    metonyms: dict[str, str]
    nationalities: dict[str, str]
    adjectives: dict[str, str]

    def kind(self, word: str) -> str:
        """What kind of person or body a noun names; empty where it names none.

        >>> load_lexicon().kind("wives")
        'relative'
        """
        for kind, words in (
            ("relative", self.relatives),
            ("analyst", self.analysts),
            ("commander", self.commanders),
            ("soldier", self.soldiers),
            ("witness", self.witnesses),
            ("outlet", self.outlets),
            ("official", self.officials),
            ("monitor", self.monitors),
        ):
            if word in words or (word.endswith("s") and word[:-1] in words):
                return kind
        return ""

    def land(self, name: str) -> str:
        """The land whose government a name is (`Government of Norland`); empty for the name of anybody else.

        >>> load_lexicon().land("Government of Norland")
        'Norland'
        """
        return next((name[len(g) :].strip() for g in self.governments if name.startswith(g)), "")


@cache
def load_lexicon() -> Lexicon:
    """The shipped word classes; raises `CodebookError` naming the path inside the file where it is wrong."""
    return read_shipped(FILE, Lexicon)


@cache
def _rules() -> dict[str, dict[str, frozenset[str]]]:
    return read_shipped(RULES, dict[str, dict[str, frozenset[str]]])


def rule_words(name: str) -> frozenset[str]:
    """The words of `data/rules.toml` that one rule looks for, by the name of its module and their own.

    Raises `KeyError` where the file has none of that name.

    >>> "publish" in rule_words("openings.issuing")
    True
    """
    module, own = name.split(".")
    return _rules()[module][own]
