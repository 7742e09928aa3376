"""Patterns: the words of triggers and cues, read left to right within one sentence.

    refuse|decline to fight      a word in any inflection; `|` separates alternatives, `_` joins several words to one
    shoot ... deserter           up to eight other words between; `..3` up to three
    sent back? to front          `?` may be missing
    desert/V                     only as a verb (V), noun (N), adjective or adverb (A)
    =fell                        only this very form
    @troops                      any phrase of the class `troops`
    %place                       a place name; likewise %number and %person

Case, punctuation and articles do not count.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import msgspec

GAP = 8  # words that `...` may skip
ARTICLES = frozenset({"a", "an", "the"})  # never stand in a pattern's way


class Word(msgspec.Struct, frozen=True):
    """A word that must have a part of speech, or stand in this very form."""

    text: str
    pos: str = ""
    exact: bool = False


class Step(msgspec.Struct, frozen=True):
    """One place in a pattern: plain words, restricted words or phrases that may stand there.

    A step with `gap` stands for up to that many words of any kind.
    """

    plain: frozenset[str] = frozenset()
    words: tuple[Word, ...] = ()
    phrases: tuple[tuple[Step, ...], ...] = ()
    optional: bool = False
    gap: int = 0


Pattern = tuple[Step, ...]
Classes = Mapping[str, tuple[str, ...]]
_WORD = re.compile(r"(?P<exact>=?)(?P<text>[^\s|/@?=]+)(?:/(?P<pos>[VNA]))?$")


def parse_pattern(words: str, classes: Classes, _inside: tuple[str, ...] = ()) -> Pattern:
    """The steps of a pattern.

    Raises `ValueError` saying what is wrong with it.

    >>> steps = parse_pattern("refuse|decline to? @fight", {"fight": ("fight", "go on")})
    >>> sorted(steps[0].plain), steps[1].optional, len(steps[2].phrases)
    (['decline', 'refuse'], True, 1)
    """
    steps: list[Step] = []
    for part in words.split():
        if part in ARTICLES:
            continue
        if gap := re.fullmatch(r"\.\.(?:\.|(\d+))", part):
            steps.append(Step(gap=int(gap[1]) if gap[1] else GAP))
        else:
            steps.append(_step(part.removesuffix("?"), classes, _inside, optional=part.endswith("?")))
    if not steps or steps[0].gap or steps[-1].gap or all(s.optional or s.gap for s in steps):
        raise ValueError(f"a pattern begins with a word and does not end with a gap, found {words!r}")
    return tuple(steps)


def _step(part: str, classes: Classes, inside: tuple[str, ...], *, optional: bool) -> Step:
    plain: set[str] = set()
    words: list[Word] = []
    phrases: list[Pattern] = []
    for piece in part.split("|"):
        if piece.startswith("@"):
            name = piece[1:]
            if name not in classes:
                raise ValueError(f"no class is called {name!r}; expected one of {', '.join(sorted(classes))}")
            if name in inside:
                raise ValueError(f"the class {name!r} contains itself")
            for phrase in classes[name]:
                found = parse_pattern(phrase, classes, (*inside, name))
                if len(found) > 1:
                    phrases.append(found)
                else:
                    plain |= found[0].plain
                    words += found[0].words
                    phrases += found[0].phrases
            continue
        if "_" in piece:
            phrases.append(parse_pattern(piece.replace("_", " "), classes, inside))
            continue
        word = _word(piece)
        if word.pos or word.exact:
            words.append(word)
        else:
            plain.add(word.text)
    return Step(frozenset(plain), tuple(words), tuple(phrases), optional)


def _word(piece: str) -> Word:
    found = _WORD.match(piece)
    if not found:
        raise ValueError(
            f"{piece!r} is not a word of a pattern; expected a word, word/V, =word, @class, `...` or `..3`"
        )
    return Word(found["text"].casefold(), found["pos"] or "", bool(found["exact"]))
