"""The triggers of a codebook, compiled for matching and found by the words with which they can begin."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec

from leadline.codebook import Codebook, Pattern, Trigger
from leadline.extract.claims.words import Line, opening

SURE = 0.75
"""Triggers at least this sure show what a document is about; coordinate clauses as sure are two claims."""


class Rule(msgspec.Struct, frozen=True):
    """A trigger ready for matching."""

    event: str
    trigger: Trigger
    words: Pattern
    near: tuple[Pattern, ...]
    unless: tuple[Pattern, ...]
    beside: frozenset[str]
    agent: Pattern | None
    patient: Pattern | None
    not_agent: Pattern | None
    not_patient: Pattern | None
    rank: int


@dataclass(frozen=True)
class Rules:
    """The triggers of a codebook, found by the words with which they can begin."""

    all: tuple[Rule, ...]
    by_key: dict[str, tuple[int, ...]]
    anywhere: tuple[int, ...]

    def of(self, line: Line) -> list[Rule]:
        """The triggers that a line may hold, in the order of the codebook."""
        found = set(self.anywhere)
        for key in line.all_keys:
            found.update(self.by_key.get(key, ()))
        return [self.all[k] for k in sorted(found)]


def index_rules(rules: tuple[Rule, ...]) -> Rules:
    """Triggers with their index."""
    by_key: dict[str, list[int]] = {}
    anywhere: list[int] = []
    for k, rule in enumerate(rules):
        keys = opening(rule.words[0]).keys
        if keys is None:
            anywhere.append(k)
        for key in keys or ():
            by_key.setdefault(key, []).append(k)
    return Rules(rules, {key: tuple(at) for key, at in by_key.items()}, tuple(anywhere))


def compile_rules(book: Codebook) -> Rules:
    """The triggers of a codebook with their patterns parsed."""

    def one(words: str) -> Pattern | None:
        return book.pattern(words) if words else None

    subject = frozenset(e.code for e in book.events if not e.context)
    rules = tuple(
        Rule(
            event=e.code,
            trigger=t,
            words=book.pattern(t.words),
            near=tuple(map(book.pattern, t.near)),
            unless=tuple(map(book.pattern, (*t.unless, *e.unless))),
            beside=subject if "*" in t.beside else frozenset(t.beside),
            agent=one(t.agent),
            patient=one(t.patient),
            not_agent=one(t.not_agent),
            not_patient=one(t.not_patient),
            rank=e.rank,
        )
        for e in book.events
        for t in e.triggers
    )
    return index_rules(rules)


def grounds_of(rules: Rules) -> Rules:
    """The sure triggers of the events that other triggers ask to stand beside them."""
    wanted = frozenset[str]().union(*(r.beside for r in rules.all))
    return index_rules(tuple(r for r in rules.all if r.event in wanted and r.trigger.weight >= SURE and not r.beside))
