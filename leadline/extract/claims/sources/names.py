"""Names of the source register in a text, and the words that tell sides."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache

from spacy.tokens import Doc
from spacy.tokens import Span as TokenSpan

from leadline.extract.claims.lexicon import load_lexicon
from leadline.register import Register, Source, fold

SHORTEST_ADJECTIVE = 3  # `US forces` must not make the pronoun `us` a side
NO_NAMES = frozenset({"'s", "’s", "'", "’"})
TITLED = frozenset({"outlet", "agency", "channel", "monitor"})
"""Kinds whose names are titles, of ordinary words at times (`Get Lost`): written with all their capitals."""
FORCES = re.compile(r"(?P<word>[A-Z]\w+) (?:(?:armed )?forces|army|troops|soldiers|military|navy|police|intelligence)$")


@dataclass(frozen=True)
class Named:
    """A register name in the text: token indices, end exclusive."""

    start: int
    end: int
    source: Source


@dataclass(frozen=True)
class Index:
    """A register's names for look-up: how each folded name is spelled, and the folded names by their first word."""

    spelled: dict[str, str]
    by_word: dict[str, tuple[tuple[str, ...], ...]]


@lru_cache(maxsize=4)
def _index(register: Register) -> Index:
    spelled: dict[str, str] = {}
    for s in register.sources.values():
        for n in sorted(
            (s.name, *s.aliases), key=lambda n: not n.startswith("The ")
        ):  # `AP` may do without its article
            spelled[fold(n)] = n
    found: dict[str, list[tuple[str, ...]]] = {}
    for folded in spelled:
        if words := tuple(folded.split()):
            found.setdefault(words[0], []).append(words)
    return Index(spelled, {k: tuple(sorted(v, key=lambda w: (-len(w), w))) for k, v in found.items()})


def find_names(doc: Doc, register: Register) -> tuple[Named, ...]:
    """The register names of a text, longest first where they overlap.

    A name must be written with capitals where the register has them, so that `the times` is no newspaper, and with its article
    where the register gives it no name without one, so that `Independent journalists` work for nobody.
    """
    index = _index(register)
    places: list[int] = []
    parts: list[str] = []
    for i, text in enumerate([t.text for t in doc]):
        if text not in NO_NAMES and not text.isspace():
            folded = fold_word(text)
            parts += folded
            places += [i] * len(folded)
    words = tuple(parts)
    found: list[Named] = []
    k = 0
    while k < len(words):
        match = next((w for w in index.by_word.get(words[k], ()) if words[k : k + len(w)] == w), None)
        if match is not None:
            first, last = places[k], places[k + len(match) - 1]
            spelled, source = index.spelled[" ".join(match)], register.names[" ".join(match)]
            if _cased(doc[first : last + 1], spelled) and _is_whole(doc, first, last, spelled, source):
                found.append(Named(first, last + 1, source))
                k += len(match)
                continue
        k += 1
    return tuple(found)


@cache
def fold_word(text: str) -> tuple[str, ...]:
    """A token folded as the register folds names; an article folds to itself."""
    return tuple(fold(text).split()) or ((text.casefold(),) if text.isalpha() else ())


def _cased(span: TokenSpan, spelled: str) -> bool:
    first = next((c for c in spelled if c.isalpha()), "")
    word = span[0].text
    if len(span) == 1 and spelled.isupper() and spelled.isalpha():
        return bool(word == spelled)
    if first.isupper():
        return bool(word[:1].isupper() or word[:1].isdigit())
    return bool(len(span) > 1 or not spelled.isalpha() or word == spelled)


def _is_whole(doc: Doc, first: int, last: int, spelled: str, source: Source) -> bool:
    """Whether a name stands with the article that belongs to it and, where it is a title, with all its capitals."""
    if spelled.startswith("The ") and doc[first].lower_ != "the" and not (first and doc[first - 1].lower_ == "the"):
        return False
    if source.kind not in TITLED and not spelled.startswith("I "):
        return True
    return _small_words(doc[first : last + 1].text) <= _small_words(spelled)


@lru_cache(maxsize=10_000)
def _small_words(name: str) -> int:
    """How many words of a name begin with a small letter."""
    return sum(w[0].islower() for w in re.findall(r"\w+", name))


def sides_of(register: Register) -> tuple[dict[str, str], dict[str, str]]:
    """Words that tell a side, with its code, and the adjective of each side.

    The shipped words come first; a case's own register adds its armies (`Norlander army` makes `norlander` a side).
    """
    words = load_lexicon()
    sides, adjectives = dict(words.nationalities), dict(words.adjectives)
    for source in register.sources.values():
        if source.side is None or source.kind not in {"state-body", "armed-force"}:
            continue
        for name in (source.name, *source.aliases):
            if (found := FORCES.fullmatch(name)) and len(found["word"]) > SHORTEST_ADJECTIVE:
                sides.setdefault(found["word"].lower(), source.side)
                adjectives.setdefault(source.side, found["word"])
            elif len(land := words.land(name).split()) == 1:
                sides.setdefault(land[0].lower(), source.side)
    return sides, adjectives


def same_person(full: str, source: Source) -> bool:
    """Whether a full name can be that of a registered person: a given name that begins like one of the person's names.

    >>> s = Source(id="x", name="Dmitry Orlov", kind="person", aliases=("Orlov", "Dimitri Orlov"))
    >>> same_person("Dmitri Orlov", s), same_person("Anna Orlova", s), same_person("Orlov", s)
    (True, False, True)
    """
    if source.kind != "person":
        return True
    given = fold(full).split()[:-1]
    if not given:
        return True
    known = {n.split()[0][:1] for a in (source.name, *source.aliases) if len((n := fold(a)).split()) > 1}
    return not known or any(g[:1] in known for g in given)
