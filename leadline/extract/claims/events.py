"""Event coding: where the triggers of a codebook stand, with the right doer and the right object."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import msgspec
from spacy.tokens import Token

from leadline.codebook import Codebook, Pattern, Trigger
from leadline.extract.claims.segments import SUBJECTS
from leadline.extract.claims.words import Line, find, line_of, occurs, opening
from leadline.schema import Realis

PRONOUNS = frozenset(
    {
        "i",
        "we",
        "us",
        "you",
        "he",
        "him",
        "she",
        "they",
        "them",
        "it",
        "who",
        "that",
        "which",
        "one",
        "ones",
        "these",
        "those",
        "this",
        "all",
        "both",
        "others",
        "another",
    }
)
OBJECTS = frozenset({"dobj", "nsubjpass", "dative"})
SHARED = 6
"""Words within which coordinate verbs share an object that stands after the last of them."""
SURE = 0.75
"""Triggers at least this sure show what a document is about; coordinate clauses as sure are two claims."""
PERSON_FACTOR = 0.75
"""A named person may be a soldier or a minister: such a doer weakens a trigger."""


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
class Found:
    """A trigger found in a sentence: a pattern's, or a word that a taught model knows (`learned`)."""

    event: str
    head: Token
    tokens: tuple[Token, ...]
    weight: float
    rank: int
    realis: Realis | None
    learned: bool = False


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


Scope = Callable[[Token], Line]


def grounds_of(rules: Rules) -> Rules:
    """The sure triggers of the events that other triggers ask to stand beside them."""
    wanted = frozenset[str]().union(*(r.beside for r in rules.all))
    return index_rules(tuple(r for r in rules.all if r.event in wanted and r.trigger.weight >= SURE and not r.beside))


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


def top(tokens: tuple[Token, ...]) -> Token:
    """The token nearest the root; the first of several."""
    return min(tokens, key=lambda t: (sum(1 for _ in t.ancestors), t.i))


def roles_fit(rule: Rule, head: Token, tokens: tuple[Token, ...], places: frozenset[int]) -> float:
    """1 where the roles hold, less where they are uncertain, 0 where they do not."""
    factor = 1.0
    if rule.trigger.forms and form_of(head) not in rule.trigger.forms:
        return 0.0
    verb = head if head.pos_ in {"VERB", "AUX"} else next((t for t in tokens if t.pos_ == "VERB"), head)
    fillers = {"agent": agents(verb), "patient": patients(verb, tokens)}
    for role, wanted, banned in (
        ("agent", rule.agent, rule.not_agent),
        ("patient", rule.patient, rule.not_patient),
    ):
        found = fillers[role]
        if role == "agent" and wanted is not None and not found and rule.patient is None and _is_passive(verb):
            return 0.0  # `the wounded were left behind` has no deserter
        if role in rule.trigger.needs and not found:
            return 0.0
        if banned is not None and any(
            fits(banned, f, places)
            and not (wanted and fits(wanted, f, places) and f.ent_type_ not in {"GPE", "PERSON"})
            for f in found
        ):
            return 0.0
        if wanted is None or not found:
            continue
        if any(fits(wanted, f, places) or f.lower_ in PRONOUNS or _is_elliptic(f) for f in found):
            continue
        if any(f.ent_type_ == "PERSON" for f in found):
            factor *= PERSON_FACTOR
            continue
        return 0.0
    return factor


def _is_elliptic(head: Token) -> bool:
    """Whether an amount stands for those spoken of (`most were sent back`, `seven were shot`)."""
    if head.dep_ not in {"nsubj", "nsubjpass"} or any(c.dep_ == "prep" for c in head.children):
        return False
    if head.dep_ == "nsubj" and head.head.tag_ == "VBN":
        return False  # `cost the regiment 70 killed`
    return head.lower_ in QUANTITIES or head.pos_ == "NUM"


def form_of(head: Token) -> str:
    """The form of a verb: imperative, infinitive, present, past or participle; empty for other words.

    A base form without a subject is an imperative, a modal makes an infinitive.
    """
    if head.pos_ not in {"VERB", "AUX"}:
        return ""
    aux = {c.lower_ for c in head.children if c.dep_ in {"aux", "auxpass"}}
    if aux >= {"to", "have"}:
        return "past"  # `claims to have taken`
    if "to" in aux or head.tag_ == "MD" or aux & {"will", "would", "can", "could", "must", "should", "may"}:
        return "infinitive"
    subject = any(c.dep_ in SUBJECTS for c in head.children)
    first = head
    while first.dep_ == "conj" and first.head.pos_ in {"VERB", "AUX"} and not subject:
        first = first.head
        subject = any(c.dep_ in SUBJECTS for c in first.children) or first.tag_ in {"VBG", "VBD", "VBN"}
    if head.tag_ in {"VB", "VBP"} and not subject:
        return "imperative"
    if head.tag_ in {"VBP", "VBZ", "VB"}:
        return "present"
    if head.tag_ == "VBD" or aux & {"have", "has", "had", "was", "were", "been"}:
        return "past"
    return "participle"


def _is_passive(verb: Token) -> bool:
    return any(c.dep_ in {"nsubjpass", "auxpass"} for c in verb.children)


def fits(pattern: Pattern, head: Token, places: frozenset[int]) -> bool:
    """Whether the noun phrase of `head` is one that the pattern names."""
    phrase = [c for c in head.subtree if c.i <= head.i + 6 and (c.i <= head.i or c.dep_ in {"pobj", "prep", "conj"})]
    line = line_of(head.doc[head.left_edge.i : head.i + 1], places)
    owners = {x.i for c in head.lefts if c.dep_ == "poss" for x in c.subtree}
    own = line.part(t for t in line.tokens if t.i not in owners) if owners else line
    if any(any(_counts_for(own.tokens[k], head) for k in m.words) for m in find(pattern, own)):
        return True
    following = [t for t in phrase if t.i > head.i]
    if not following or head.lower_ not in PARTITIVES:
        return False
    return occurs(pattern, line_of(head.doc[head.i : following[-1].i + 1], places))


def _counts_for(token: Token, head: Token) -> bool:
    """`Many` fits by itself, but does not make `many leaders` soldiers."""
    return token.i == head.i or token.lower_ not in AMOUNTS


AMOUNTS = frozenset(
    {"many", "some", "other", "most", "those", "all", "half", "several", "number", "dozen", "hundred", "thousand"}
)
QUANTITIES = frozenset({"most", "several", "few", "none", "each", "half"})
PARTITIVES = frozenset(
    {
        "group",
        "number",
        "dozens",
        "hundreds",
        "thousands",
        "part",
        "some",
        "most",
        "many",
        "majority",
        "half",
        "third",
        "one",
        "two",
        "three",
        "all",
        "several",
        "members",
        "tens",
        "handful",
        "lot",
        "crew",
        "remnants",
        "elements",
        "parts",
        "bulk",
    }
)


def agents(verb: Token) -> list[Token]:
    """Heads of the noun phrases that do what a verb says."""
    found = [c for c in verb.children if c.dep_ in {"nsubj", "csubj"}]
    for by in (c for c in verb.children if c.dep_ == "agent"):
        found += [c for c in by.children if c.dep_ == "pobj"]
    if found or any(c.dep_ == "nsubjpass" for c in verb.children):
        return found
    if verb.pos_ not in {"VERB", "AUX"}:
        return [c for c in verb.children if c.dep_ == "poss"] + [
            g
            for c in verb.children
            if c.dep_ == "prep" and c.lower_ in {"by", "of"}
            for g in c.children
            if g.dep_ == "pobj"
        ]
    if verb.dep_ in {"acl", "relcl"} and verb.head.pos_ in {"NOUN", "PROPN", "PRON"}:
        return [verb.head] if verb.tag_ != "VBN" else []
    if verb.dep_ in {"conj", "xcomp", "advcl", "pcomp"} and verb.head.pos_ in {"VERB", "AUX"} and verb.head.i != verb.i:
        if verb.dep_ == "xcomp":  # ordered HIM to go: the object does it
            objects = [c for c in verb.head.children if c.dep_ in {"dobj", "nsubjpass"}]
            if objects or any(c.dep_ == "auxpass" for c in verb.head.children):
                return objects  # `before being ordered by the staff to go`: who goes is not told here
        return agents(verb.head)
    return []


def patients(verb: Token, tokens: tuple[Token, ...]) -> list[Token]:
    """Heads of the noun phrases to which something is done."""
    inside = {t.i for t in tokens}
    found = [c for c in verb.children if c.dep_ in OBJECTS]
    if found and all(c.i in inside and c.pos_ == "NOUN" for c in found):  # `opened fire on them`: fire is no victim
        goals = [
            g
            for v in (verb, *found)
            for c in v.children
            if c.dep_ == "prep" and c.lower_ in {"at", "on", "upon", "against"}
            for g in c.children
            if g.dep_ == "pobj"
        ]
        found = goals or found
    if verb.tag_ == "VBN" and verb.dep_ in {"acl", "relcl", "amod"} and not found:
        found = [verb.head]
    if not found and verb.dep_ == "ccomp":  # small clause: `forced them back`
        found = [c for c in verb.children if c.dep_ == "nsubj"]
    if not found:
        found = [
            g
            for c in verb.children
            if c.dep_ == "prep" and c.lower_ in {"at", "on", "upon", "of", "against"}
            for g in c.children
            if g.dep_ == "pobj"
        ]
    for other in verb.conjuncts if not found and verb.pos_ == "VERB" else ():
        if other.i > verb.i and not any(c.dep_ in SUBJECTS for c in other.children):  # `killed or wounded 40 men`
            found = [c for c in other.children if c.dep_ == "dobj" and other.i - verb.i <= SHARED]
            if found:
                break
    if (
        not found
        and verb.dep_ == "conj"
        and verb.head.pos_ == "VERB"
        and not any(c.dep_ in SUBJECTS for c in verb.children)
    ):
        found = [c for c in verb.head.children if c.dep_ == "nsubjpass"]
    return [f for f in found if f.i not in inside or len(inside) > 1]
