"""A sentence that takes up the event told before: `is notorious for this practice`, `denied this`, `we have no such units`."""

from __future__ import annotations

from spacy.tokens import Token

from leadline.extract.claims.coded.coder import Coder
from leadline.extract.claims.coded.coding import DENYING, LEAST, Candidate
from leadline.extract.claims.coded.events import Found
from leadline.extract.claims.coded.grammar import top
from leadline.extract.claims.coded.segments import clause_head, clause_tokens, longest_run
from leadline.extract.claims.coded.taught import Heard
from leadline.extract.claims.words import Line, find
from leadline.schema import Claim

MOST = 100
"""Claims before a sentence that it may take up; no stretch of `FAR` characters tells as many."""
FAR = 400
"""Characters after which a sentence no longer goes on about the event before it."""
NOTHING = frozenset({"no", "nothing"})
NOT_DENIED = {"prosecution", "public-appeal"}
"""What happens in public: who denies an allegation does not deny that it was made, or that a court sat."""
FAINT = 0.05
"""Chance from which a word that takes up an event says which."""


def again(
    line: Line, coder: Coder, claims: list[Claim], start: int, found: list[Candidate], heard: Heard
) -> list[Candidate]:
    """A sentence that takes up the event spoken of before: `is notorious for this practice`, `denied this`, `we have no such units`.

    It counts where the sentence tells nothing else; a denial also where its words were only taken for an answer.
    """
    if not line.tokens or not claims:
        return []
    context = {e.code for e in coder.book.events if e.context}
    if any(c.found.event not in context for c in found):
        return []
    for match in (m for p in coder.again for m in find(p, line)):
        tokens = tuple(line.tokens[i] for i in match.words)
        denies = tokens[0].lemma_.lower() in DENYING
        denied = denies or tokens[0].lower_ in NOTHING
        if found and not (denied and {t.i for t in tokens} & {t.i for c in found for t in c.clause}):
            continue
        things = tuple(t for t in tokens if t.dep_ in {"dobj", "nsubjpass", "xcomp"}) if denies else tokens
        if not things:
            continue  # `denied that …` says itself what is denied
        thing = top(things)
        meant = _antecedent(claims, thing, start, context | (NOT_DENIED if denied else set()), heard)
        if meant is None:
            continue
        event = coder.book.event(meant.event)
        told = Found(event.code, thing, (thing,) if denies else tokens, LEAST, event.rank, "denied" if denied else None)
        clause = clause_tokens(clause_head(thing))
        begin, end = longest_run(clause, thing.i)
        return [Candidate(told, tuple(t for t in clause if begin <= t.idx < end), begin, end, None, 1, line)]
    return []


def _antecedent(claims: list[Claim], thing: Token, start: int, barred: set[str], heard: Heard) -> Claim | None:
    """The claim that a word takes up: one near before that the word may tell of or that holds it, else the last one."""
    near = [c for c in claims[-MOST:] if start - c.end <= FAR and c.event not in barred]
    if not near:
        return None
    likely = max(near, key=lambda c: heard.chance_of(thing, c.event))
    if heard.chance_of(thing, likely.event) >= FAINT:
        return likely
    named = [c for c in near if thing.pos_ == "NOUN" and thing.lemma_.lower() in c.quote.lower()]
    return (named or near)[-1]
