"""Whose soldiers a text speaks of: sides from what it says, and from who could say it.

A nationality beside a noun decides. Without one, the same noun's earlier nationality holds; then the side whose soldiers the
text is mostly about. Two rules go before that: who speaks in a call that one side's service intercepted belongs to the other
side, and `the enemy`, `the occupiers` are the other side of the one who says so.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from functools import cached_property

from spacy.tokens import Doc, Token

from leadline.extract.claims.lexicon import load_lexicon, rule_words
from leadline.extract.claims.sources.kinds import TROOPS
from leadline.extract.claims.sources.names import sides_of
from leadline.extract.claims.sources.who import Who
from leadline.register import Register

ARMIES = rule_words("sides.armies")
MODIFIERS = frozenset({"amod", "compound", "poss", "nmod"})
FIRST = 10
"""What is said of soldiers outweighs what is said of officials: this many times."""


class Sides:
    """The sides of one text: the words that tell them, and the side whose soldiers it is mostly about."""

    def __init__(self, doc: Doc, register: Register) -> None:
        self.doc, self.register = doc, register
        self.lexicon = load_lexicon()
        self.words, self.adjectives = sides_of(register)
        self.tally = self._tally()
        self.main = max(sorted(self.tally), key=lambda s: self.tally[s]) if self.tally else None

    def _tally(self) -> dict[str, int]:
        tally: dict[str, int] = {}
        for t in self.doc:
            side = self.words.get(t.lower_)
            if side is None or t.head.i == t.i:
                continue
            kind = self.lexicon.kind(t.head.lower_)
            if kind in TROOPS or t.head.lower_ in ARMIES:
                tally[side] = tally.get(side, 0) + FIRST
            elif kind == "official":
                tally[side] = tally.get(side, 0) + 1
        return tally

    def of(self, tokens: Iterable[Token]) -> str | None:
        """The side that the first telling word among tokens names."""
        return next((s for t in tokens if (s := self.words.get(t.lower_))), None)

    def nationality(self, head: Token) -> str | None:
        """The nationality of the latest earlier mention of the same noun that states one."""
        at, sides = self._stated.get(head.lemma_, ([], []))
        k = bisect_left(at, head.i)
        return sides[k - 1] if k else None

    @cached_property
    def _stated(self) -> dict[str, tuple[list[int], list[str]]]:
        """The tokens at which each noun stands with a nationality, and which."""
        found: dict[str, tuple[list[int], list[str]]] = {}
        for t in self.doc:
            if t.pos_ == "NOUN" and (side := self.of(c for c in t.children if c.dep_ in MODIFIERS)):
                at, sides = found.setdefault(t.lemma_, ([], []))
                at.append(t.i)
                sides.append(side)
        return found

    @cached_property
    def _named(self) -> Counter[str]:
        return Counter(s for t in self.doc if (s := self.words.get(t.lower_)))

    def other(self, side: str) -> str | None:
        """The side that a side fights: the one whose soldiers the text names most beside it, or the only other army known."""
        rest = {s: n for s, n in self.tally.items() if s != side}
        if rest:
            return max(sorted(rest), key=lambda s: rest[s])
        named = {s: n for s, n in self._named.items() if s != side}
        if named:
            return max(sorted(named), key=lambda s: named[s])
        armies = {s.side for s in self.register.sources.values() if s.kind == "armed-force" and s.side} - {side}
        return armies.pop() if len(armies) == 1 else None

    def nameless(self, soldier: Who) -> Who:
        """A named soldier as `Norlandic soldier`; the hop keeps the name."""
        side = soldier.side or self.main
        adjective = self.adjectives.get(side or "", "")
        return replace(soldier, side=side, canonical=f"{adjective} soldier".strip(), noun="soldier")

    def overheard(self, speaker: Who, by: Iterable[Who]) -> Who:
        """The speaker of a call that others intercepted: of the other side, unless the text states a nationality."""
        theirs = next((w.side for w in by if w.side), None)
        if speaker.stated or theirs is None or speaker.source is not None:
            return speaker
        side = self.other(theirs)
        if side is None:
            return replace(speaker, side=None, canonical=speaker.noun or speaker.canonical)
        adjective = self.adjectives.get(side)
        named = adjective is not None and speaker.noun and speaker.kind in TROOPS
        return replace(speaker, side=side, canonical=f"{adjective} {speaker.noun}" if named else speaker.canonical)
