"""Which events a sentence tells, clause by clause: the hits of patterns and of the taught model, weighed against each other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import NamedTuple

from spacy.tokens import Token

from leadline.codebook import Codebook
from leadline.extract.claims.coded.coder import Coder
from leadline.extract.claims.coded.events import Found, find_events
from leadline.extract.claims.coded.rivals import coordinates, holds, score, sureness
from leadline.extract.claims.coded.segments import SUBJECTS, clause_head, clause_tokens, longest_run
from leadline.extract.claims.coded.taught import Heard
from leadline.extract.claims.coded.triggers import SURE
from leadline.extract.claims.lexicon import rule_words
from leadline.extract.claims.statements.chains import Chains
from leadline.extract.claims.words import Line

LEAST = 0.5
"""Triggers that are less sure than this make no claim."""
SHORTEST = 2
DENYING = rule_words("coding.denying")
SHORT_QUOTE = 8
"""Words; a longer quotation is somebody's speech, a shorter one a term."""
ENOUGH = 2
"""Sure words of a taught model that show what a document is about, where no pattern does; a single one may deceive."""


@dataclass(frozen=True)
class Candidate:
    """A clause with the event that its words show; `hits` are all that tell one in it, `faint` is one that only what is heard faintly speaks for."""

    found: Found
    clause: tuple[Token, ...]
    start: int
    end: int
    within: frozenset[int] | None
    support: int
    line: Line
    hits: tuple[Found, ...] = ()
    faint: bool = False


def of_the_subject(heard: Heard, told: frozenset[str], book: Codebook) -> tuple[Heard, frozenset[str]]:
    """What a taught model heard, where the document tells of the subject in sure words; and the events it so tells of.

    A word alone deceives: in an article about trade somebody refuses, threatens and withdraws too.
    """
    subject = frozenset(e.code for e in book.events if not e.context)
    sure = [f for f in heard.hits if f.weight >= SURE and f.event in subject]
    if len(sure) >= ENOUGH:
        told |= {f.event for f in sure}
    return (heard if told & subject else Heard()), told


class Hit(NamedTuple):
    """An event's words, the verb of their clause, and the content of a source that both stand in."""

    found: Found
    head: Token
    within: frozenset[int] | None


def candidates(
    line: Line,
    coder: Coder,
    chains: Chains,
    located: frozenset[int],
    told: frozenset[str],
    heard: Heard | None = None,
) -> list[Candidate]:
    """The clauses of a sentence that hold an event, each with the event that fits best; last those in which one is only heard faintly.

    What the taught model heard counts where no pattern found anything in the same part of a clause.
    """
    heard = heard or Heard()
    clauses: dict[int, list[Hit]] = {}
    for hit in _hits(line, coder, chains, located, told, heard):
        clauses.setdefault(hit.head.i, []).append(hit)
    context = frozenset(e.code for e in coder.book.events if e.context)
    chosen: list[Candidate] = []
    doubtful: list[Candidate] = []
    for _, hits in sorted(clauses.items()):
        firm = [h for h in hits if not heard.is_faint(h.found)]
        told_here = _told_in(firm or hits, line, heard)
        (chosen if firm else doubtful).extend(_with_hits(c, hits, faint=not firm) for c in told_here)
    chosen = _once(chosen, chosen, context)
    doubtful = [c for c in doubtful if not any(_same_words(c, o) for o in chosen)]
    return chosen + _once(doubtful, chosen + doubtful, context)


def _once(some: list[Candidate], others: list[Candidate], context: frozenset[str]) -> list[Candidate]:
    """Those of `some` that no other one tells more fully or tells to be denied."""
    return [c for c in without_repeats(some) if not any(_is_denied_by(o.found, c.found, context) for o in others)]


def without_repeats(some: list[Candidate]) -> list[Candidate]:
    """Candidates of a sentence without those that only tell once more what a longer clause tells; what is only heard faintly gives way to any other of its words."""
    firm = [c for c in some if not c.faint]
    some = [c for c in some if not (c.faint and any(_same_words(c, o) for o in firm))]
    return [c for c in some if not any(_repeats(c, o) for o in some)]


def _with_hits(candidate: Candidate, hits: list[Hit], *, faint: bool) -> Candidate:
    inside = {t.i for t in candidate.clause}
    return replace(candidate, hits=tuple(h.found for h in hits if h.found.head.i in inside), faint=faint)


def _hits(
    line: Line, coder: Coder, chains: Chains, located: frozenset[int], told: frozenset[str], heard: Heard
) -> Iterator[Hit]:
    """The words of a sentence that may tell an event, by patterns and by the taught model."""
    parts: dict[int, Line] = {}

    def scope(head: Token) -> Line:
        if head.i not in parts:
            within = chains.contents(head)
            parts[head.i] = line.part(clause_tokens(clause_head(head, within), within))
        return parts[head.i]

    for found in (*find_events(line, coder.rules, located, scope, told, _denied_in(line)), *heard.of(line)):
        within = chains.contents(found.head)
        head = clause_head(found.head, within)
        if sureness(found, head) < LEAST or _attributive(found):
            continue
        if found.learned and within is None and _addresses_reader(found.head):
            continue
        if found.head.pos_ in {"NOUN", "PROPN"} and found.head.i in chains.voices.sources:
            continue  # `a deserter told` tells what the deserter says
        if any(
            (other := chains.contents(t)) is not within
            and other is not None
            and len(other) > SHORT_QUOTE
            and found.head.i not in other
            for t in found.tokens
        ):
            continue  # words of a frame and words of what it quotes are no one event
        yield Hit(found, head, within)


def _told_in(hits: list[Hit], line: Line, heard: Heard) -> Iterator[Candidate]:
    """What one clause tells: the likeliest of its events, or one for each of its parts."""
    hits = [h for h in hits if not any(holds(o.found, h.found) for o in hits)]
    head, within = hits[0].head, hits[0].within
    parts = coordinates([h.found for h in hits], head, heard)
    for part, members in parts:
        best = _best(part, members, heard)
        clause = _clause_of(part, [p for p, _ in parts], within)
        start, end = longest_run(clause, best.head.i)
        words = [t for t in clause if start <= t.idx < end]
        if sum(t.is_alpha for t in words) >= SHORTEST:
            support = sum(f.event == best.event for f in members)
            yield Candidate(best, tuple(words), start, end, within, support, line)


def _best(part: Token, members: list[Found], heard: Heard) -> Found:
    """The hit that claims a part of a clause most strongly; of its event that of a pattern, where one has it, which says more of how it is told."""

    def strength(found: Found) -> tuple[float, int, str]:
        return score(found, part, heard, members), -found.head.i, found.event

    event = max(members, key=strength).event
    return max((f for f in members if f.event == event), key=lambda f: (not f.learned, strength(f)))


def _clause_of(part: Token, parts: list[Token], within: frozenset[int] | None) -> list[Token]:
    """The tokens of one of the `parts` of a clause, without those of the others; a relative clause is told with the noun that it tells of."""
    inside = {t.i for t in part.subtree} - {part.i}
    others = {t.i for p in parts if p.i in inside and p.dep_ != "relcl" for t in p.subtree}
    clause = [t for t in clause_tokens(part, within) if t.i not in others]
    if part.dep_ == "relcl":
        noun = part.head
        clause = [t for t in noun.subtree if t.i <= noun.i and (within is None or t.i in within)] + clause
    return clause


def _denied_in(line: Line) -> frozenset[int]:
    """The words of what a sentence says that somebody denies (`denied that anyone had been detained`)."""
    return frozenset(
        t.i
        for verb in line.tokens
        if verb.lemma_.lower() in DENYING
        for c in verb.children
        if c.dep_ == "ccomp"
        for t in c.subtree
    )


def _repeats(one: Candidate, other: Candidate) -> bool:
    """Whether a clause only tells once more what a longer one tells."""
    return (
        one is not other
        and one.found.event == other.found.event
        and other.start <= one.start
        and one.end <= other.end
        and (other.end - other.start) > (one.end - one.start)
    )


def _same_words(one: Candidate, other: Candidate) -> bool:
    """Whether two candidates tell the same event and one lies within the other."""
    return one.found.event == other.found.event and (
        (other.start <= one.start and one.end <= other.end) or (one.start <= other.start and other.end <= one.end)
    )


def _is_denied_by(denied: Found, denial: Found, context: frozenset[str]) -> bool:
    """Whether an answer is the denial of an event of the subject, which is then told as denied and not twice (`denied that he was beaten`)."""
    return (
        denial.event in context
        and denied.event not in context
        and denial.head.lemma_.lower() in DENYING
        and denial.head.i in {a.i for a in denied.head.ancestors}
    )


def _addresses_reader(head: Token) -> bool:
    """Whether an imperative outside anybody's speech bids the reader do something (`Ignore all that was said before`): it tells no event."""
    return head.tag_ == "VB" and head.dep_ == "ROOT" and not any(c.dep_ in {*SUBJECTS, "aux"} for c in head.children)


def _attributive(found: Found) -> bool:
    """Whether the event's word only describes a noun (`the occupied city`, `captured soldiers`)."""
    return found.head.dep_ == "amod" and found.head.tag_ in {"VBN", "VBD", "VBG"} and len(found.tokens) < 3
