"""Verification: what a text says about checking, and which claims that covers.

A sentence such as `the audio could not be authenticated` covers every claim that rests on the recording, wherever in the
text it stands, the headline included. A doubt about `the report` or `these figures` covers the claims of the source named
before it. A word such as `reportedly` covers its own clause.
"""

from __future__ import annotations

import msgspec
from spacy.tokens import Span as TokenSpan
from spacy.tokens import Token

from leadline.codebook import Codebook, Pattern
from leadline.extract.claims.chains import Chains
from leadline.extract.claims.lineage import Lineage
from leadline.extract.claims.realis import negated
from leadline.extract.claims.recordings import Recording
from leadline.extract.claims.segments import clause_head
from leadline.extract.claims.who import Who, equal
from leadline.extract.claims.words import Line, find, line_of
from leadline.schema import Verification

MATERIAL = frozenset(
    {
        "claim",
        "claims",
        "report",
        "reports",
        "account",
        "accounts",
        "allegation",
        "allegations",
        "statement",
        "statements",
        "figure",
        "figures",
        "information",
        "number",
        "numbers",
        "testimony",
        "story",
        "details",
        "assertion",
        "assertions",
        "accuracy",
        "data",
        "document",
        "documents",
        "losses",
        "toll",
    }
)


ACCOUNTS = frozenset({"account", "accounts", "story", "stories", "testimony", "claims", "statements", "words"})
WITNESSES = frozenset({"soldier", "relative", "witness", "commander"})
REACH = 200
"""Tokens before a sentence about checking or a denial within which it means the source named last."""
COUNTS = frozenset({"figure", "figures", "number", "numbers", "claims", "reports", "toll"})


class Checks(msgspec.Struct, frozen=True):
    """The verification cues of a codebook: those about material that is checked, and those that code their own clause."""

    rules: tuple[tuple[Verification, tuple[Pattern, ...]], ...]
    within: tuple[tuple[Verification, tuple[Pattern, ...]], ...] = ()


def compile_checks(book: Codebook) -> Checks:
    """The verification cues of a codebook, the strong codes first."""
    order = {"could-not-verify": 0, "disputed": 1, "verified": 2, "unverified": 3}
    rules = [(v.code, tuple(map(book.pattern, v.cues))) for v in book.file.verification if v.cues]
    within = [(v.code, tuple(map(book.pattern, v.within))) for v in book.file.verification if v.within]
    return Checks(tuple(sorted(rules, key=lambda r: order.get(r[0], 9))), tuple(within))


class Disclaimers:
    """The sentences of one text that speak of checking, and what each covers."""

    def __init__(self, sentences: tuple[TokenSpan, ...], chains: Chains, checks: Checks) -> None:
        self.chains, self.checks = chains, checks
        self.recordings: list[tuple[Recording, Verification, Token]] = []
        self.sources: list[tuple[Who, int, Verification, Token]] = []
        self.accounts: list[tuple[Who, Verification, Token]] = []
        self.denials: list[tuple[Recording | Who, Token]] = []
        self.clauses: set[int] = set()
        for sentence in sentences:
            line = line_of(sentence)
            for code, patterns in checks.rules:
                if code == "unverified":
                    continue
                match = next((m for p in patterns for m in find(p, line)), None)
                if match is None:
                    continue
                words = [line.tokens[i] for i in match.words]
                if code == "verified" and any(negated(t) is not None for t in words):
                    continue
                if code == "disputed":
                    if (target := self._denied(words)) is not None:
                        self.denials.append((target, words[0]))
                    break
                self._cover(sentence, code, words[0])
                self.clauses |= {clause_head(t).i for t in words if t.pos_ in {"VERB", "AUX", "ADJ"}}
                break

    def speaks_of_checking(self, head: Token) -> bool:
        """Whether a word stands in a clause that only says who could or could not check something."""
        return clause_head(head).i in self.clauses

    def _denied(self, words: list[Token]) -> Recording | Who | None:
        """What a denial is about: the recording it names, else whoever spoke before the one who denies."""
        chains, sentence = self.chains, words[0].sent
        named = [chains.recordings.by_token[t.i] for t in sentence if t.i in chains.recordings.by_token]
        if named:
            return named[-1]
        denying = next((w for at, w in chains.voices.seen_at if sentence.start <= at < sentence.end), None)
        before = [
            w
            for at, w in chains.voices.seen_at
            if at < sentence.start and sentence.start - at < REACH and (denying is None or not equal(w, denying))
        ]
        return before[-1] if before else None

    def _cover(self, sentence: TokenSpan, code: Verification, cue: Token) -> None:
        chains = self.chains
        named = [chains.recordings.by_token[t.i] for t in sentence if t.i in chains.recordings.by_token]
        if named:
            self.recordings.append((named[-1], code, cue))
            return
        words = {t.lower_ for t in sentence}
        latest = chains.recordings.latest(sentence.start)
        near_recording = latest is not None and sentence.start - latest.mentions[-1] < 150
        if words & {"authenticity", "authenticate", "authenticated"} and near_recording and latest is not None:
            self.recordings.append((latest, code, cue))
            return
        if owners := self._whose(sentence):
            self.accounts += [(w, code, cue) for w in owners]
            return
        before = [(at, w) for at, w in chains.voices.seen_at if at < sentence.start and sentence.start - at < REACH]
        if words & MATERIAL or {"this", "it", "these", "that"} & words:
            if (
                near_recording
                and latest is not None
                and not words & {"figure", "figures", "losses", "number", "numbers"}
                and (
                    not before or before[-1][0] < latest.mentions[-1] or before[-1][1].kind in {"soldier", "commander"}
                )
            ):
                self.recordings.append((latest, code, cue))
            else:
                spoken_of = before if words & COUNTS else before[-1:]  # `the figures` may be anybody's just before
                self.sources += [(w, sentence.start, code, cue) for _, w in spoken_of]

    def _whose(self, sentence: TokenSpan) -> list[Who]:
        """Whose account it is that was or was not checked: `the prisoner's account` is all that the prisoner told."""
        chains = self.chains
        for t in sentence:
            if t.lower_ not in ACCOUNTS:
                continue
            owners = [c for c in t.children if c.dep_ == "poss"]
            owners += [g for c in t.children if c.dep_ == "prep" and c.lower_ == "of" for g in c.children]
            for owner in owners:
                kind = chains.words.kind(owner.lemma_.lower())
                if kind in WITNESSES:
                    return [w for at, w in chains.voices.seen_at if w.kind == kind and at < sentence.end]
        return []

    def read(self, lineage: Lineage, head: Token, clause: Line, frame: Line) -> tuple[Verification, Token | None]:
        """The verification of a claim and the word that shows it; `frame` is its sentence without the claim's content."""
        for recording, code, cue in self.recordings:
            if lineage.recording is recording or any(
                lineage.recording is None and _released(recording, w) and self._same_talk(recording, head)
                for w in lineage.whos[-1:]
            ):
                return code, cue
        for who, code, cue in self.accounts:
            if lineage.whos and equal(lineage.whos[-1], who):
                return code, cue
        for who, at, code, cue in self.sources:
            if lineage.whos and lineage.whos[-1].canonical == who.canonical and 0 < at - head.i < 250:
                return code, cue
        for code, patterns in self.checks.rules:
            for line in (clause, frame):
                for pattern in patterns:
                    for match in find(pattern, line):
                        token = line.tokens[match.words[0]]
                        if code == "unverified" and not _modifies(token, head):
                            continue
                        if code == "unverified" and line is frame and not _beside(token, head):
                            continue
                        if code in {"verified", "disputed"}:
                            continue
                        return code, token
        for code, patterns in self.checks.within:
            for line in (clause, frame) if code == "unverified" else (clause,):
                for match in (m for p in patterns for m in find(p, line)):
                    token = line.tokens[match.words[0]]
                    if negated(token) is None:
                        return code, token
        if lineage.cue is not None and lineage.cue.lemma_.lower() == "allege":
            return "unverified", lineage.cue
        for target, cue in self.denials:
            if isinstance(target, Who):
                if lineage.whos and equal(lineage.whos[-1], target) and 0 < cue.i - head.i < REACH:
                    return "disputed", cue
            elif lineage.recording is target:
                return "disputed", cue
        return "not-stated", None

    def _same_talk(self, recording: Recording, head: Token) -> bool:
        return any(abs(m - head.i) < 60 for m in recording.mentions)


def _released(recording: Recording, who: Who) -> bool:
    return any(who.canonical == w.canonical for w in recording.released_by)


def _beside(cue: Token, head: Token) -> bool:
    """Whether an adverb outside the claim's words stands on the event's verb (`troops reportedly shot them`)."""
    return cue.pos_ == "ADV" and cue.head.i in {head.i, *(a.i for a in head.ancestors)}


def _modifies(cue: Token, head: Token) -> bool:
    """Whether `alleged` or `reportedly` stands on the event's words, not on a recording or person beside them."""
    if cue.pos_ == "ADV" or cue.dep_ == "advmod":
        return True
    if cue.dep_ in {"amod", "compound"}:
        return cue.head.i == head.i or cue.head.lower_ in {
            "order",
            "execution",
            "shooting",
            "killing",
            "crime",
            "torture",
            "case",
            "incident",
            "beating",
            "mutiny",
            "desertion",
            "practice",
            "losses",
        }
    return cue.i in {a.i for a in head.ancestors}
