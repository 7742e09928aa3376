"""Which of the events whose words stand in one clause it tells, and which parts of a clause tell events of their own."""

from __future__ import annotations

from collections.abc import Iterable

from spacy.tokens import Token

from leadline.extract.claims.coded.events import Found
from leadline.extract.claims.coded.segments import SUBJECTS
from leadline.extract.claims.coded.taught import Heard
from leadline.extract.claims.coded.triggers import SURE

RANK_STEP = 0.06
DEPTH_STEP = 0.05
"""Between events whose words stand in one clause: what the codebook ranks higher wins, and what stands nearer its verb."""
HEARD_STEP = 0.25
"""What the chance that a taught model gives to the words adds: chosen on the open invented articles, the news and the annotated war-news together."""
APART = 0.65
"""Chance from which what a taught model hears in a part of a clause is an event of its own beside that of another part."""
CERTAIN = 0.75
"""Chance from which what a taught model hears is weighed against patterns: at .65 plain news loses, at .9 nothing is gained."""
REASON_STEP = 0.1
ASIDE_STEP = 0.2
"""What says who did it or to whom it was done gives way to what happened."""
TIMING = frozenset({"after", "when", "before"})
"""Conjunctions of clauses that tell what else happened."""


def coordinates(hits: list[Found], head: Token, heard: Heard) -> list[tuple[Token, list[Found]]]:
    """The parts of a clause with their events, where these differ and are sure.

    `Were beaten and sent back`, `was shot after he had refused`, `men who had been locked up have complained`.
    """
    parts: dict[int, tuple[Token, list[Found]]] = {}
    for found in hits:
        own = found.head
        while own.i not in {head.i, own.head.i} and not _is_part(own):
            own = own.head
        own = own if _is_part(own) else head
        parts.setdefault(own.i, (own, []))[1].append(found)
    parts = {i: (part, contenders(found, heard)) for i, (part, found) in parts.items()}
    strong = {i: max(fs, key=lambda f: score(f, part, heard, hits)) for i, (part, fs) in parts.items()}
    sure = (i for i, f in sorted(strong.items()) if _is_sure(f, heard))
    told: dict[str, int] = {}
    for i in sorted(sure, key=lambda i: (i != head.i, -score(strong[i], parts[i][0], heard, hits))):
        told.setdefault(strong[i].event, i)
    if len(told) < 2:
        return [(head, contenders(hits, heard))]
    return [parts[i] for i in sorted(told.values())]


def contenders(hits: list[Found], heard: Heard) -> list[Found]:
    """The hits that are weighed: where a pattern found something, what the taught model heard only if it is all but certain."""
    if all(f.learned for f in hits):
        return hits
    return [f for f in hits if not f.learned or heard.chance(f) >= CERTAIN]


def _is_sure(found: Found, heard: Heard) -> bool:
    """Whether an event is sure enough to be told beside another one of its clause."""
    return (found.weight >= SURE and not found.learned) or heard.chance(found) >= APART


def _is_part(token: Token) -> bool:
    """Whether a verb heads a part of a clause that may tell an event of its own."""
    if token.pos_ not in {"VERB", "AUX"}:
        return False
    if token.dep_ == "relcl":
        return token.head.dep_ in SUBJECTS and _is_past(token)
    if token.head.pos_ not in {"VERB", "AUX"}:
        return False
    if token.dep_ == "conj":
        return True
    if token.dep_ != "advcl":
        return False
    if token.tag_ == "VBG" and token.i > token.head.i and _bare(token):
        return True
    return any(c.dep_ in SUBJECTS for c in token.children) and any(
        c.dep_ in {"mark", "advmod"} and c.lower_ in TIMING for c in token.children
    )


def _is_past(verb: Token) -> bool:
    """Whether a verb tells of the past (`who had fled`): in the present it says which kind is meant (`those who flee`)."""
    return verb.tag_ == "VBD" or any(
        c.tag_ == "VBD" and c.dep_ in {"aux", "auxpass"} and c.lemma_.lower() in {"be", "have"} for c in verb.children
    )


def _bare(participle: Token) -> bool:
    """Whether a participle tells what else was done (`…, executing ten of them`), with neither conjunction nor preposition."""
    return not any(
        c.dep_ in {"mark", "advmod", "prep"} and c.i < participle.i for c in participle.children if c.tag_ != "RB"
    )


def score(found: Found, head: Token, heard: Heard, hits: list[Found]) -> float:
    """How strongly an event claims a clause, among all the `hits` in it."""
    score = found.weight + RANK_STEP * found.rank - DEPTH_STEP * depth(found.head, head)
    score += HEARD_STEP * heard.chance(found)
    score -= REASON_STEP if is_reason(found.head) else 0.0
    return score - (ASIDE_STEP if says_who(found.head, hits) else 0.0)


def _verbs(hits: Iterable[Found]) -> frozenset[int]:
    """The verbs that tell an event."""
    return frozenset(f.head.i for f in hits if f.head.pos_ in {"VERB", "AUX"})


def _frames(hits: Iterable[Found]) -> frozenset[int]:
    """The verbs that tell an event, and those of whose subjects and objects one is told (`a cellar holds those who …`)."""
    return _verbs(hits) | {f.head.head.i for f in hits if f.head.dep_ in {"nsubj", "nsubjpass", "dobj"}}


def says_who(token: Token, hits: list[Found]) -> bool:
    """Whether a word only says who does what another of the `hits` tells, or to whom (`locked up those who had refused`)."""
    if token.pos_ in {"NOUN", "PROPN"}:
        return token.dep_ == "nsubj" and token.head.i in _verbs(hits)
    while token.head.i != token.i:
        if token.dep_ == "relcl":
            verb = next((a for a in token.head.ancestors if a.pos_ in {"VERB", "AUX"}), token)
            return verb.i in _frames(hits)
        token = token.head
    return False


def holds(outer: Found, inner: Found) -> bool:
    """Whether one event's words take in another's (`sentenced for desertion` is no desertion)."""
    return (
        outer.event != inner.event
        and outer.head.i != inner.head.i
        and outer.weight >= SURE
        and not _is_part(inner.head)
        and any(t.i == inner.head.i for t in outer.tokens)
        and outer.head.i
        in {a.i for a in inner.head.ancestors} | ({outer.tokens[-1].i} if outer.event == "prosecution" else set())
    )


def is_reason(token: Token) -> bool:
    """Whether an event is told as the reason for another (`beaten after refusing`, `sentenced for desertion`)."""
    if any(c.dep_ == "mark" and c.lower_ == "because" for c in token.children):
        return True
    return any(t.dep_ in {"pcomp", "pobj"} and t.head.lower_ in {"for", "after", "over"} for t in (token, token.head))


def sureness(found: Found, head: Token) -> float:
    """How sure an event's words are by themselves, less the further they stand below the verb of their clause."""
    return found.weight - DEPTH_STEP * depth(found.head, head)


def depth(word: Token, head: Token) -> int:
    """Steps from an event's word up to the verb of its clause."""
    steps = 0
    while word.i not in {head.i, word.head.i}:
        word, steps = word.head, steps + 1
    return steps
