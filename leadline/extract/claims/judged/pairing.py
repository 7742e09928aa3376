"""A claim beside a sentence on checking: numbers that show whether the sentence covers it.

How far they stand from each other, whether the sentence names who says the claim, the recording or the account it rests on, what the rules of
`leadline.extract.claims.judged.coverage` make of the two, and whether they speak of the same thing.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from spacy.tokens import Span as TokenSpan
from spacy.tokens import Token

from leadline.extract.claims.coded.encoder import Floats
from leadline.extract.claims.judged.checked import CODES, Checking
from leadline.extract.claims.judged.coverage import Doubt
from leadline.extract.claims.judged.page import Page, Told
from leadline.extract.claims.lexicon import load_lexicon
from leadline.extract.claims.ordered import Ordered
from leadline.extract.claims.recordings.recordings import Recording
from leadline.extract.claims.sources.who import Who, equal, same_speaker
from leadline.extract.claims.statements.lineage import is_teller

GROUPS = {"video": "recording", "audio": "recording", "intercepted-call": "recording", "testimony": "testimony", "official-statement": "official",
          "social-post": "official", "document": "document", "investigation": "found", "analysis": "found", "intelligence-assessment": "found"}  # fmt: skip
Pair = tuple[int, int, dict[str, float]]
"""The places of a claim and of a sentence on checking in the two lists, and the numbers of the pair."""
APART = 80
"""Sentences between a claim and a sentence on checking that covers it: more than most articles have, in a report five pages."""
CONTENT = frozenset({"NOUN", "VERB", "PROPN", "NUM", "ADJ"})
TOLD = ("account", "claim", "document", "identity", "recording")
"""What a sentence on checking may speak of beside a figure."""


def _of_claim(told: Told, page: Page) -> dict[str, float]:
    """Numbers of a claim by itself."""
    claim, k, who = told.claim, told.k, told.who
    found = {"hops": float(len(told.lineage.whos)), "teller": float(is_teller(who))}
    found["on recording"], found["counts"] = float(told.lineage.recording is not None), float(claim.number is not None)
    found["claim in headline"], found["claim in lead"] = float(page.paragraphs[k] <= 0), float(page.paragraphs[k] == 1)
    found["claim late"] = k / max(1, len(page.sentences) - 1)
    found |= {f"realis {r}": float(claim.realis == r) for r in ("actual", "generic", "denied", "possible")}
    kind = who.kind if who is not None else ""
    found |= {
        f"speaker {n}": float(kind == n)
        for n in ("soldier", "relative", "witness", "person", "outlet", "monitor", "official", "state-body")
    }
    return found  # fmt: skip


def pairs(told: Sequence[Told], page: Page, heard: Sequence[Checking]) -> list[Pair]:
    """All pairs of a claim and a sentence on checking near it."""
    return [pair for found in pairs_of_each(told, page, heard) for pair in found]


def pairs_of_each(told: Sequence[Told], page: Page, heard: Sequence[Checking]) -> Iterator[list[Pair]]:
    """For each sentence on checking, where claims stand near it, its pairs with them: those of a long report are not held all at once."""
    claims = [_of_claim(x, page) for x in told]
    content = [_content(x.clause.tokens) for x in told]
    at = [x.k for x in told]
    doubts, denied = (
        Ordered(page.disclaimers.doubts, key=lambda d: d.cue.i),
        Ordered(page.disclaimers.denials, key=lambda d: d[1].i),
    )
    for n, h in enumerate(heard):
        found: list[Pair] = []
        sentence = page.sentences[h.k]
        words = _content(sentence)
        mentions = [page.chains.recordings.by_token[t.i] for t in sentence if t.i in page.chains.recordings.by_token]
        latest = page.chains.recordings.latest(sentence.start)
        ruled = doubts.within(sentence.start, sentence.end)
        denials = denied.within(sentence.start, sentence.end)
        names = {t.lower_ for t in sentence if t.pos_ in {"NOUN", "PROPN"}} | {t.lemma_.lower() for t in sentence}
        kinds = {load_lexicon().kind(t.lemma_.lower()) for t in sentence if t.pos_ == "NOUN"} - {""}
        here = range(bisect_left(at, h.k), bisect_right(at, h.k))
        figure_only = _doubts_a_figure_only(h)
        for j in range(bisect_left(at, h.k - APART), bisect_right(at, h.k + APART)):
            x = told[j]
            if figure_only and x.claim.number is None:
                continue
            between = told[bisect_right(at, min(x.k, h.k)) : bisect_left(at, max(x.k, h.k))]
            g = _between(x, h, between, page)
            g |= _rules_say(x, h, ruled, denials, page)
            r = x.lineage.recording
            g["same recording"] = float(r is not None and any(m is r for m in mentions))
            g["latest recording"] = float(r is not None and not mentions and latest is r)
            g["other recording"] = float(r is not None and bool(mentions) and not g["same recording"])
            g["named"] = float(
                any(w in names for v in x.lineage.whos for w in v.canonical.lower().split() if len(w) > 3)
            )
            g["kind named"] = float(x.who is not None and x.who.kind in kinds)
            g["other kind named"] = float(bool(kinds) and not g["kind named"])
            g["shared words"] = float(min(4, len(words & content[j]))) if x.k != h.k else 0.0
            g["event there"] = float(any(told[i].claim.event == x.claim.event for i in here if i != j))
            g["denied there"] = float(any(told[i].claim.realis == "denied" for i in here))
            g["alike"] = _alike(page.meaning(x.k), page.meaning(h.k))
            found.append((j, n, g | h.numbers | claims[j]))
        if found:
            yield found


def with_media(pair: Mapping[str, float], media: Mapping[str, float]) -> dict[str, float]:
    """The numbers of a pair with those that hang on what carries the claim: `media` has the chance of each medium."""
    by = dict.fromkeys(("recording", "testimony", "official", "document", "found"), 0.0)
    for code, p in media.items():
        if code in GROUPS:
            by[GROUPS[code]] += p
    return {
        **pair,
        **{f"by {group}": p for group, p in by.items()},
        "recording by recording": pair["speaks of recording"] * by["recording"],
        "recording by other": pair["speaks of recording"] * (1 - by["recording"]),
        "account by testimony": pair["speaks of account"] * by["testimony"],
        "claim by official": pair["speaks of claim"] * by["official"],
        "document by document": pair["speaks of document"] * by["document"],
        "figure counts": pair["speaks of figure"] * pair["counts"],
        "figure counts nothing": pair["speaks of figure"] * (1 - pair["counts"]),
        "his teller": pair["has his"] * pair["teller"],
        "their teller": pair["has their"] * pair["teller"],
    }


def _doubts_a_figure_only(h: Checking) -> bool:
    """`The number could not be checked`: it says nothing of what gives no number."""
    numbers = h.numbers
    return (
        CODES[h.code] == "could-not-verify"
        and bool(numbers["speaks of figure"])
        and not any(numbers[f"speaks of {t}"] for t in TOLD)
    )


def _between(x: Told, h: Checking, mid: Sequence[Told], page: Page) -> dict[str, float]:
    """How far a claim and a sentence on checking stand from each other, and who speaks in the claims between them."""
    away, paragraphs = h.k - x.k, page.paragraphs[h.k] - page.paragraphs[x.k]
    who = x.who
    last = h.before[-1] if h.before else None
    return {
        "same sentence": float(away == 0), "away": float(max(-12, min(12, away))), "distance": float(min(12, abs(away))),
        "paragraphs away": float(max(-6, min(6, paragraphs))), "same paragraph": float(paragraphs == 0),
        "speaks there": float(who is not None and any(equal(who, o) for o in h.spoken)),
        "hop speaks there": float(any(equal(v, o) for v in x.lineage.whos for o in h.spoken)),
        "spoke last": float(who is not None and last is not None and equal(who, last)),
        "spoke before": float(who is not None and any(equal(who, o) for o in h.before)),
        "own voice": float(who is None),
        "one speaker between": float(all(same_speaker(y.who, who) for y in mid)), "claims between": float(min(8, len(mid))),
    }  # fmt: skip


def _rules_say(
    x: Told, h: Checking, ruled: Sequence[Doubt], denials: Sequence[tuple[Recording | Who, Token, int]], page: Page
) -> dict[str, float]:
    """Whether the rules of coverage have the sentence cover the claim: by a cue they know, and if it were one."""
    paragraph = page.chains.voices.paragraph_of(x.head.idx)

    def covers(doubts: Sequence[Doubt]) -> bool:
        return any(d.covers(x.lineage, x.head, paragraph) for d in doubts)

    def is_denied(target: Recording | Who | None) -> bool:
        if isinstance(target, Who):
            return bool(x.lineage.whos) and equal(x.lineage.whos[-1], target)
        return target is not None and x.lineage.recording is target

    by_rule, denied = covers(ruled), any(is_denied(t) for t, _, _ in denials)
    return {
        "ruled": float(by_rule), "ruled out": float(bool(ruled) and not by_rule), "could not": float(covers(h.could_not)),
        "did": float(covers(h.did)), "denied by rule": float(denied), "denied": float(is_denied(h.denied)),
    }  # fmt: skip


def _content(tokens: TokenSpan | Sequence[Token]) -> set[str]:
    return {t.lemma_.lower() for t in tokens if t.pos_ in CONTENT and not t.is_stop}


def _alike(left: Floats, right: Floats) -> float:
    size = float(np.linalg.norm(left) * np.linalg.norm(right))
    return float(left @ right) / size if size else 0.0
