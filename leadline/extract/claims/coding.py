"""Which events a sentence tells, clause by clause: the hits of patterns and of the taught model, weighed against each other."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from spacy.tokens import Token

from leadline.codebook import Codebook, Pattern
from leadline.extract.claims.chains import Chains
from leadline.extract.claims.events import SURE, Found, Rules, compile_rules, find_events, grounds_of, top
from leadline.extract.claims.medium import MediumRule, compile_media
from leadline.extract.claims.realis import CueRule, compile_cues
from leadline.extract.claims.segments import SUBJECTS, clause_head, clause_tokens, longest_run
from leadline.extract.claims.taught import Heard, Taught, taught_for
from leadline.extract.claims.verification import Checks, compile_checks
from leadline.extract.claims.words import Line, find
from leadline.schema import Claim

import os
BETA = float(os.environ.get("BETA", "0"))
SUB = os.environ.get("SUB", "0") == "1"
DEDUPE = 1
LEARNED = float(os.environ.get("LEARNED", "9"))
TIMING = {"after", "when", "before", "where", "until", "once", "as", "since"}
LEAST = 0.5
"""Triggers that are less sure than this make no claim."""
RANK_STEP = float(os.environ.get("RANK", "0.06"))
DEPTH_STEP = 0.05
"""Between events whose words stand in one clause: what the codebook ranks higher wins, and what stands nearer its verb."""
SHORTEST = 2
FAR = 400
"""Characters after which a sentence no longer goes on about the event before it."""
DENYING = frozenset({"deny", "refute", "reject", "dismiss", "rebut"})
REASON_STEP = 0.1
SHORT_QUOTE = 8
"""Words; a longer quotation is somebody's speech, a shorter one a term."""
ENOUGH = 2
"""Sure words of a taught model that show what a document is about, where no pattern does; a single one may deceive."""


@dataclass(frozen=True)
class Coder:
    """A codebook compiled for coding texts."""

    book: Codebook
    rules: Rules
    grounds: Rules
    cues: tuple[CueRule, ...]
    media: dict[str, MediumRule]
    checks: Checks
    counts: dict[str, tuple[Pattern, ...]]
    again: tuple[Pattern, ...] = ()
    taught: Taught | None = None

    @classmethod
    def of(cls, book: Codebook) -> Coder:
        """Compile a codebook."""
        rules = compile_rules(book)
        return cls(
            book=book,
            rules=rules,
            grounds=grounds_of(rules),
            cues=compile_cues(book),
            media=compile_media(book),
            checks=compile_checks(book),
            counts={e.code: tuple(map(book.pattern, e.counts)) for e in book.events},
            again=tuple(map(book.pattern, book.file.again)),
            taught=taught_for(book),
        )


@dataclass(frozen=True)
class Candidate:
    """A clause with the event that its words show."""

    found: Found
    clause: tuple[Token, ...]
    start: int
    end: int
    within: frozenset[int] | None
    support: int
    line: Line


def of_the_subject(heard: Heard, told: frozenset[str], book: Codebook) -> tuple[Heard, frozenset[str]]:
    """What a taught model heard, where the document tells of the subject in sure words; and the events it so tells of.

    A word alone deceives: in an article about trade somebody refuses, threatens and withdraws too.
    """
    subject = frozenset(e.code for e in book.events if not e.context)
    sure = [f for f in heard.hits if f.weight >= SURE and f.event in subject]
    if len(sure) >= ENOUGH:
        told |= {f.event for f in sure}
    return (heard if told & subject else Heard()), told


def candidates(
    line: Line,
    coder: Coder,
    chains: Chains,
    located: frozenset[int],
    told: frozenset[str],
    heard: Heard | None = None,
) -> list[Candidate]:
    """The clauses of a sentence that hold an event, each with the event that fits best.

    What the taught model heard counts where no pattern found anything in the same part of a clause.
    """
    heard = heard or Heard()
    learned = heard.of(line)
    groups: dict[int, list[tuple[Found, Token, frozenset[int] | None]]] = {}
    parts: dict[int, Line] = {}

    def scope(head: Token) -> Line:
        if head.i not in parts:
            within = chains.contents(head)
            parts[head.i] = line.part(clause_tokens(clause_head(head, within), within))
        return parts[head.i]

    for found in (*find_events(line, coder.rules, located, scope, told), *learned):
        within = chains.contents(found.head)
        head = clause_head(found.head, within)
        if found.weight - DEPTH_STEP * _depth(found, head) < LEAST or _attributive(found):
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
        groups.setdefault(head.i, []).append((found, head, within))
    context = frozenset(e.code for e in coder.book.events if e.context)
    chosen: list[Candidate] = []
    for _, group in sorted(groups.items()):
        group = [g for g in group if not any(_holds(o[0], g[0]) for o in group)]
        head, within = group[0][1], group[0][2]
        parts_of = coordinates(group, head, heard)
        for part_head, members in parts_of:
            best = max(members, key=lambda f: (_score(f, part_head, heard), -f.head.i, f.event))
            others = frozenset(t.i for h, _ in parts_of if h.i not in {part_head.i, head.i} for t in h.subtree)
            clause = [t for t in clause_tokens(part_head, within) if t.i not in others or part_head.i in others]
            start, end = longest_run(clause, best.head.i)
            words = [t for t in clause if start <= t.idx < end]
            if sum(t.is_alpha for t in words) >= SHORTEST:
                support = sum(f.event == best.event for f in members)
                chosen.append(Candidate(best, tuple(words), start, end, within, support, line))
    return [
        c
        for c in chosen
        if not any(
            o is not c
            and o.found.event == c.found.event
            and o.start <= c.start
            and c.end <= o.end
            and (o.end - o.start) > (c.end - c.start)
            for o in chosen
        )
        and not any(_is_denied_by(o.found, c.found, context) for o in chosen)
    ]


def _is_denied_by(denied: Found, denial: Found, context: frozenset[str]) -> bool:
    """Whether an answer is the denial of an event of the subject, which is then told as denied and not twice (`denied that he was beaten`)."""
    return (
        denial.event in context
        and denied.event not in context
        and denial.head.lemma_.lower() in DENYING
        and denial.head.i in {a.i for a in denied.head.ancestors}
    )


def coordinates(
    group: list[tuple[Found, Token, frozenset[int] | None]], head: Token, heard: Heard
) -> list[tuple[Token, list[Found]]]:
    """The parts of a clause (`were beaten and sent back`, `was shot after he had refused`) with their events, where these differ and are sure."""
    parts: dict[int, tuple[Token, list[Found]]] = {}
    for found, _, _ in group:
        token = found.head
        own = head
        while token.i not in {head.i, token.head.i}:
            if own is head and _is_part(token):
                own = token
            token = token.head
        parts.setdefault(own.i, (own, []))[1].append(found)
    for i, (h, fs) in list(parts.items()):
        firm = [f for f in fs if not f.learned]
        parts[i] = (h, firm or fs)
    patterns = any(not f.learned for f, _, _ in group)
    strong = {i: max(fs, key=lambda f: _score(f, h, heard)) for i, (h, fs) in parts.items()}
    sure = [i for i, f in sorted(strong.items()) if f.weight >= (SURE if not f.learned else LEARNED)]
    told: list[int] = []
    for i in sorted(sure, key=lambda i: (-_score(strong[i], parts[i][0], heard), i)):
        if all(strong[i].event != strong[k].event for k in told):
            told.append(i)
    if len(told) < 2 or (not DEDUPE and len({f.event for f in strong.values()}) < len(strong)):
        fs = [f for f, _, _ in group if not (patterns and f.learned)]
        return [(head, fs)]
    return [parts[i] for i in sorted(told)]


def _is_part(token: Token) -> bool:
    """Whether a verb heads a part of a clause that may tell an event of its own."""
    if token.pos_ not in {"VERB", "AUX"} or token.head.pos_ not in {"VERB", "AUX"}:
        return False
    if token.dep_ == "conj":
        return True
    if token.dep_ != "advcl":
        return False
    if token.tag_ == "VBG" and token.i > token.head.i and _bare(token):
        return True
    return SUB and any(c.dep_ in SUBJECTS for c in token.children) and any(c.dep_ in {"mark", "advmod"} and c.lower_ in TIMING for c in token.children)


def _bare(participle: Token) -> bool:
    """Whether a participle tells what else was done (`…, executing ten of them`), with neither conjunction nor preposition."""
    return not any(
        c.dep_ in {"mark", "advmod", "prep"} and c.i < participle.i for c in participle.children if c.tag_ != "RB"
    )


def again(line: Line, coder: Coder, claims: list[Claim], start: int) -> list[Candidate]:
    """A sentence that repeats the event spoken of just before (`the group is notorious for this practice`)."""
    if not claims or start - claims[-1].end > FAR or not line.tokens:
        return []
    match = next((m for p in coder.again for m in find(p, line)), None)
    if match is None:
        return []
    tokens = tuple(line.tokens[i] for i in match.words)
    event = coder.book.event(claims[-1].event)
    found = Found(event.code, top(tokens), tokens, LEAST, event.rank, None)
    clause = clause_tokens(clause_head(found.head))
    begin, end = longest_run(clause, found.head.i)
    return [Candidate(found, tuple(t for t in clause if begin <= t.idx < end), begin, end, None, 1, line)]


def _score(found: Found, head: Token, heard: Heard) -> float:
    reason = REASON_STEP if _is_reason(found.head) else 0.0
    taught = BETA * heard.chance(found)
    return found.weight + RANK_STEP * found.rank - DEPTH_STEP * _depth(found, head) - reason + taught


def _holds(outer: Found, inner: Found) -> bool:
    """Whether one event's words take in another's (`sentenced for desertion` is no desertion)."""
    return (
        outer.event != inner.event
        and outer.head.i != inner.head.i
        and outer.weight >= SURE
        and any(t.i == inner.head.i for t in outer.tokens)
        and outer.head.i
        in {a.i for a in inner.head.ancestors} | ({outer.tokens[-1].i} if outer.event == "prosecution" else set())
    )


def _is_reason(token: Token) -> bool:
    """Whether an event is told as the reason for another (`beaten after refusing`, `sentenced for desertion`)."""
    return any(t.dep_ in {"pcomp", "pobj"} and t.head.lower_ in {"for", "after", "over"} for t in (token, token.head))


def _depth(found: Found, head: Token) -> int:
    """Steps from the event's word up to the verb of its clause."""
    depth = 0
    token = found.head
    while token.i not in {head.i, token.head.i}:
        token, depth = token.head, depth + 1
    return depth


def _attributive(found: Found) -> bool:
    """Whether the event's word only describes a noun (`the occupied city`, `captured soldiers`)."""
    return found.head.dep_ == "amod" and found.head.tag_ in {"VBN", "VBD", "VBG"} and len(found.tokens) < 3
