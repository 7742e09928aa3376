"""Where the triggers of a codebook stand in a text, with the right doer and the right object."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from spacy.tokens import Token

from leadline.codebook import Pattern
from leadline.extract.claims.coded.grammar import top
from leadline.extract.claims.coded.roles import roles_fit
from leadline.extract.claims.coded.segments import SUBJECTS
from leadline.extract.claims.coded.triggers import Rule, Rules
from leadline.extract.claims.words import Line, find, occurs
from leadline.schema import Realis


@dataclass(frozen=True)
class Found:
    """A trigger found in a sentence: a pattern's, or a word that a taught model knows (`learned`)."""

    event: str
    head: Token
    tokens: tuple[Token, ...]
    weight: float
    rank: int
    realis: Realis | None
    learned: bool = False


Scope = Callable[[Token], Line]


def find_events(
    line: Line,
    rules: Rules,
    places: frozenset[int] = frozenset(),
    scope: Scope | None = None,
    told: frozenset[str] = frozenset(),
    denied: frozenset[int] = frozenset(),
) -> Iterator[Found]:
    """Every trigger of the sentence whose conditions hold.

    `near` may stand anywhere in the sentence, `unless` only counts in `scope(head)`: the words of the same clause or of
    the same source's content. `told` are the events that the document tells of in sure words; of these, words that somebody
    denies (`denied`) need nothing `near` them: what is denied was told before.
    """
    cache: dict[int, bool] = {}

    def stands(pattern: Pattern) -> bool:
        if id(pattern) not in cache:
            cache[id(pattern)] = occurs(pattern, line)
        return cache[id(pattern)]

    for rule in rules.of(line):
        if rule.beside and not rule.beside & told:
            continue
        matches = list(find(rule.words, line))
        if matches and rule.near and not any(map(stands, rule.near)):
            matches = [
                m for m in matches if rule.event in told and denied.issuperset(line.tokens[k].i for k in m.words)
            ]
        if not matches:
            continue
        barred = [p for p in rule.unless if stands(p)]
        for match in matches:
            tokens = tuple(line.tokens[k] for k in match.words)
            head = top(tokens)
            if _straddles(head, tokens) or _reports(head, tokens) or _is_done(rule, head, tokens):
                continue
            if barred and (scope is None or any(occurs(p, scope(head)) for p in barred)):
                continue
            factor = roles_fit(rule, head, tokens, places)
            if factor > 0:
                weight = rule.trigger.weight * factor
                yield Found(rule.event, head, tokens, weight, rule.rank, rule.trigger.realis)


def may_hold_event(line: Line, rules: Rules, places: frozenset[int]) -> bool:
    """Whether any trigger stands in the line, whatever bars it."""
    nothing = Line((), ())
    return next(find_events(line, rules, places, lambda _: nothing), None) is not None


def _straddles(head: Token, tokens: tuple[Token, ...]) -> bool:
    """Whether an object or place among the words belongs to a coordinate verb with a subject of its own.

    `Phones were taken and five men were locked in a cellar`: nothing is taken into the cellar.
    """
    if head.pos_ != "VERB":
        return False
    for t in tokens:
        if t.dep_ in {"pobj", "dobj", "prep"}:
            verb = next((a for a in t.ancestors if a.pos_ in {"VERB", "AUX"}), head)
            if verb.i != head.i and verb.dep_ == "conj" and any(c.dep_ in SUBJECTS for c in verb.children):
                return head.i in {a.i for a in verb.ancestors}
    return False


def _reports(head: Token, tokens: tuple[Token, ...]) -> bool:
    """Whether the words are a verb of telling and what it reports as done (`told the paper that men were shot`): no order, no warning."""
    if head.lemma_.lower() != "tell":
        return False
    inside = {t.i for t in tokens}
    for clause in (c for c in head.children if c.dep_ == "ccomp" and c.i in inside):
        helpers = {c.lower_: c.tag_ for c in clause.children if c.dep_ in {"aux", "auxpass"}}
        finite = "be" not in helpers and bool({clause.tag_, *helpers.values()} & {"VBD", "VBZ", "VBP"})
        if finite and any((c.dep_ == "mark" or c.lower_ == "that") and c.i not in inside for c in clause.children):
            return True
    return False


def _is_done(rule: Rule, head: Token, tokens: tuple[Token, ...]) -> bool:
    """Whether an order's words tell what was done on it (`on the orders of the general they shot two`)."""
    first = tokens[0]
    return (
        rule.trigger.realis == "ordered"
        and head.tag_ == "VBD"
        and first.i < head.i
        and first.dep_ == "pobj"
        and head.i in {a.i for a in first.ancestors}
    )
