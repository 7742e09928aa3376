"""Which clauses are believed to tell an event, and which event: what marked articles teach of both.

The rules propose a clause with an event; beside it stand the other events that its words may tell. Of each the marks are what is known cheaply:
how patterns and the taught model found it, what speaks for the others, the form of its word, its sentence, its text.
Boosted trees say how likely a careful reader codes that clause at all, and how likely with each event.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import numpy as np
from spacy.tokens import Span, Token

from leadline.extract.archives import Arrays, arrays_of, read_weights
from leadline.extract.claims.coded.coding import Candidate, without_repeats
from leadline.extract.claims.coded.events import Found
from leadline.extract.claims.coded.rivals import depth, is_reason, says_who, score
from leadline.extract.claims.coded.segments import SUBJECTS, clause_head
from leadline.extract.claims.coded.senses import Floats
from leadline.extract.claims.coded.taught import FAINT, FAINTEST, Heard
from leadline.extract.claims.judged.trees import Trees

FILE = Path(__file__).parents[2] / "data" / "believed.npz"
NEW, KEPT = 0.4, 0.3
"""Chances from which a clause is a claim: one that is only heard faintly, and one that patterns or the model propose by themselves."""
NEW_EVENT = 0.2
"""The chance that the event of one that is only heard faintly must have besides."""
LIKELIER = 0.05
"""By how much another event must be likelier than the one that the rules chose."""
SURE_CHANCE = 0.43
"""Chance from which a word shows what its text is about."""
DEEPEST = 8
NOWHERE = -5.0
"""Odds of what is heard in a sentence that is not there."""


@dataclass(frozen=True)
class Belief:
    """The trees that say whether a clause is a claim (`told`), and whether one of an event (`event`)."""

    told: Trees
    event: Trees

    @classmethod
    def read(cls, arrays: Arrays) -> Belief:
        """The models of an archive; raises `KeyError` where it lacks a part."""
        return cls(Trees.read(arrays, "told"), Trees.read(arrays, "event"))

    def of(self, text: Setting, proposed: Mapping[int, Sequence[Candidate]]) -> dict[int, list[Candidate]]:
        """The candidates of each sentence that are believed, each with the event that is believed."""
        rivals = [found for k, some in proposed.items() for c in some for found in text.rivals(c, k, some)]
        if not rivals:
            return {k: list(some) for k, some in proposed.items()}
        marks = [r.marks for r in rivals]
        event = self.event.chances(table(marks, self.event.names)).tolist()
        told = self.told.chances(table(marks, self.told.names)).tolist()
        believed: dict[int, tuple[Candidate, float]] = {}
        for rival, chance, at_all in zip(rivals, event, told, strict=True):
            c = rival.candidate
            if rival.found is c.found:  # the rules' own event, which comes first
                if at_all >= (NEW if c.faint else KEPT):
                    believed[id(c)] = c, chance + LIKELIER
            elif id(c) in believed and chance > believed[id(c)][1]:
                believed[id(c)] = replace(c, found=rival.found), chance
        kept = {key: c for key, (c, chance) in believed.items() if not c.faint or chance >= NEW_EVENT}
        return {k: without_repeats([kept[id(c)] for c in some if id(c) in kept]) for k, some in proposed.items()}


@dataclass(frozen=True)
class Rival:
    """An event that a candidate may tell, with its words and what speaks for it."""

    candidate: Candidate
    found: Found
    marks: Mapping[str, float]


class Setting:
    """What the taught model hears in a text as a whole and in each of its sentences."""

    def __init__(
        self,
        heard: Heard,
        sentences: Sequence[Span],
        told: frozenset[str],
        subject: frozenset[str],
        ranks: Mapping[str, int],
    ) -> None:
        self.heard, self.told, self.ranks = heard, told, ranks
        self.place = {code: k for k, code in enumerate(heard.codes)}
        at = np.fromiter(heard.row, dtype=np.int64, count=len(heard.row))
        rows = heard.chances if heard.chances is not None else np.zeros((0, len(heard.codes)), dtype=np.float32)
        ends = np.searchsorted(at, [(s.start, s.end) for s in sentences]).reshape(-1, 2).tolist()
        parts = [rows[first:stop] for first, stop in ends]
        none = np.zeros((1, len(heard.codes)), dtype=np.float32)
        self.most = np.vstack([none, *(p.max(axis=0, initial=0.0, keepdims=True) for p in parts), none])
        self.all = [float(p.sum()) for p in parts]
        sure = rows[rows.max(axis=1, initial=0.0) >= SURE_CHANCE].argmax(axis=1)
        self.sure = np.bincount(sure, minlength=len(heard.codes))
        of_subject = sum(int(n) for code, n in zip(heard.codes, self.sure.tolist(), strict=True) if code in subject)
        words = sum(len(s) for s in sentences)
        self.whole = {
            "kinds told": float(len(told)), "of subject": float(of_subject), "density": 1000 * of_subject / max(1, words),
            "length": math.log(1 + words),
        }  # fmt: skip

    def _rows(self, words: Sequence[Token]) -> Floats:
        """The chances of those of some words that may tell an event."""
        known = [self.heard.row[t.i] for t in words if t.i in self.heard.row]
        if self.heard.chances is None or not known:
            return np.zeros((0, len(self.place)), dtype=np.float32)
        return np.asarray(self.heard.chances[known], dtype=np.float32)

    def rivals(self, candidate: Candidate, k: int, some: Sequence[Candidate]) -> Iterator[Rival]:
        """The events that a candidate of sentence number `k` may tell, among `some` of that sentence: that of the rules, then the others."""
        events = self._events(candidate)
        hits = [*candidate.hits] if candidate.found in candidate.hits else [candidate.found, *candidate.hits]
        shared = self._of_candidate(candidate, k, len(events), some)
        scores = [(f, self._strength(f, candidate, hits), self.heard.chance(f)) for f in hits]
        rows = self._rows(candidate.clause)
        most = rows.max(axis=0, initial=0.0).tolist()
        for found in events:
            marks = shared | self._of_event(found, candidate, hits, scores)
            marks |= self._of_word(found.head, found.event, hits, candidate)
            code = self.place.get(found.event)
            if code is not None:
                marks |= {
                    "in clause": odds(most[code]), "sum in clause": float(rows[:, code].sum()),
                    "other in clause": odds(max(most[:code] + most[code + 1 :], default=0.0)),
                    "in sentence": odds(float(self.most[k + 1, code])), "sentence before": self._before(k, code),
                    "sure words": float(self.sure[code]),
                }  # fmt: skip
            marks["same beside"] = float(any(c is not candidate and c.found.event == found.event for c in some))
            marks["same before"] = float(any(c.found.event == found.event and c.start < candidate.start for c in some))
            yield Rival(candidate, found, marks)

    def _events(self, candidate: Candidate) -> list[Found]:
        """For each event that the words of a candidate may tell the strongest of its words; the event that the rules chose first."""
        heard, chosen = self.heard, candidate.found
        by_event = {chosen.event: chosen}
        for found in sorted(candidate.hits, key=lambda f: (f.learned, -heard.chance(f), f.head.i)):
            by_event.setdefault(found.event, found)
        words = {f.head.i: f.head for f in (chosen, *candidate.hits)}
        at = sorted(i for i in words if i in heard.row)
        if heard.chances is not None and at:
            chances = heard.chances[[heard.row[i] for i in at]]
            for code in np.flatnonzero(chances.max(axis=0) >= FAINT).tolist():
                event, word = heard.codes[code], words[at[int(chances[:, code].argmax())]]
                by_event.setdefault(event, Found(event, word, (word,), FAINTEST, self.ranks[event], None, learned=True))
        return list(by_event.values())

    def _of_candidate(self, c: Candidate, k: int, rivals: int, some: Sequence[Candidate]) -> dict[str, float]:
        """What is the same for all events of a candidate."""
        n, others = len(self.all), [o for o in some if o is not c]
        return self.whole | {
            "holds another": float(any(c.start <= o.start and o.end <= c.end for o in others)),
            "within another": float(any(o.start <= c.start and c.end <= o.end for o in others)),
            "faint": float(c.faint), "rivals": float(rivals), "words of clause": float(len(c.clause)), "words of sentence": float(len(c.line.tokens)),
            "quoted": float(c.within is not None), "sentence": float(k), "along": k / n, "ends": float(c.line.tokens[-1].text in {".", "!", "”", '"'}),
            "candidates": float(len(others)), "all in sentence": self.all[k],
            "any before": odds(float(self.most[k].max())) if k else NOWHERE,
            "any after": odds(float(self.most[k + 2].max())) if k + 1 < n else NOWHERE,
        }  # fmt: skip

    def _before(self, k: int, code: int) -> float:
        return odds(float(self.most[k, code])) if k else NOWHERE

    def _of_event(
        self, found: Found, c: Candidate, hits: list[Found], scores: list[tuple[Found, float, float]]
    ) -> dict[str, float]:
        """How patterns and the taught model found an event, and what they make of the others in the same clause."""
        patterns = [f for f in hits if f.event == found.event and not f.learned]
        own = max([self.heard.chance(found), *(p for f, _, p in scores if f.event == found.event)])
        other = max((p for f, _, p in scores if f.event != found.event), default=0.0)
        return {
            "chosen": float(found is c.found),
            "beyond": self._strength(found, c, hits) - max((s for f, s, _ in scores if f.event != found.event), default=0.0),
            "weight": max((f.weight for f in patterns), default=0.0), "patterns": float(len(patterns)),
            "pattern words": float(max((len(f.tokens) for f in patterns), default=0)),
            "pattern of others": max((f.weight for f in hits if f.event != found.event and not f.learned), default=0.0),
            "ordered": float(any(f.realis == "ordered" for f in patterns)),
            "heard": odds(own), "heard beside": odds(other), "more than beside": odds(own) - odds(other),
            "told": float(found.event in self.told), f"event {found.event}": 1.0,
        }  # fmt: skip

    def _strength(self, found: Found, c: Candidate, hits: list[Found]) -> float:
        """How strongly an event claims the clause by the rules."""
        return score(found, clause_head(found.head, c.within), self.heard, hits)

    def _of_word(self, word: Token, event: str, hits: list[Found], c: Candidate) -> dict[str, float]:
        """The form of an event's word, and what is heard at it."""
        chances = self._rows([word]).sum(axis=0).tolist()
        code = self.place.get(event)
        rest = chances if code is None else chances[:code] + chances[code + 1 :]
        helpers = [t for t in word.children if t.dep_ in {"aux", "auxpass"}]
        relations = {t.dep_ for t in word.children}
        return {
            "at word": odds(chances[code] if code is not None else 0.0), "nothing at word": 1 - sum(chances), "other at word": odds(max(rest, default=0.0)),
            "depth": float(min(depth(word, clause_head(word, c.within)), DEEPEST)), "reason": float(is_reason(word)),
            "says who": float(says_who(word, hits)), "modal": float(any(t.tag_ == "MD" for t in helpers)),
            "negated": float("neg" in relations), "passive": float("auxpass" in relations), "subject": float(bool(relations & SUBJECTS)),
            "object": float("dobj" in relations), f"part {word.pos_}": 1.0,
        }  # fmt: skip


def odds(chance: float) -> float:
    """The logarithm of the odds of a chance, at most 4.6 either way: no chance here is known to a hundredth.

    >>> round(odds(1.0), 2), round(odds(0.5), 2), round(odds(0.0), 2)
    (4.62, 0.0, -4.62)
    """
    return math.log((chance + 0.01) / (1.01 - chance))


def table(marks: Sequence[Mapping[str, float]], names: Sequence[str]) -> Floats:
    """Marks as rows of numbers, `(marks, names)`, 0 where a mark is not there.

    >>> table([{"passive": 1.0, "unknown": 1.0}], ["modal", "passive"]).tolist()
    [[0.0, 1.0]]
    """
    return np.array([[m.get(n, 0.0) for n in names] for m in marks], dtype=np.float32)


def belief_for(encoder: str, codes: Sequence[str]) -> Belief | None:
    """The fitted models, None where they were not fitted with the encoder of this fingerprint and with these codes."""
    if not encoder or not FILE.is_file():
        return None
    arrays = arrays_of(FILE)
    return _belief() if str(arrays["encoder"]) == encoder and tuple(map(str, arrays["codes"])) == tuple(codes) else None


@cache
def _belief() -> Belief:
    return read_weights(FILE, Belief.read)
