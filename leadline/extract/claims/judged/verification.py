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
from leadline.extract.claims.coded.grammar import subjects
from leadline.extract.claims.coded.segments import clause_head, starts_clause
from leadline.extract.claims.judged.bearing import Denial, Denials, Doubts
from leadline.extract.claims.judged.coverage import CHECKING, Doubt, denied_by, doubts_of
from leadline.extract.claims.lexicon import rule_words
from leadline.extract.claims.modality.denials import negated
from leadline.extract.claims.sources.who import Who, equal
from leadline.extract.claims.statements.chains import Chains
from leadline.extract.claims.statements.lineage import Lineage
from leadline.extract.claims.words import Line, find
from leadline.schema import Verification

REACH = 200
"""Tokens before a denial within which it means what a source told."""
FIRST: tuple[Verification, ...] = ("could-not-verify", "unverified", "verified")
"""Of several sentences that cover a claim, what a text could not check weighs more than what it could."""
EVENT_NOUNS = rule_words("verification.event_nouns")


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

    def __init__(self, sentences: tuple[TokenSpan, ...], lines: list[Line], chains: Chains, checks: Checks) -> None:
        self.chains, self.checks = chains, checks
        self.doubts: list[Doubt] = []
        self.denials: list[Denial] = []
        self.clauses: set[int] = set()
        self.pointing: set[int] = set()
        for sentence, line in zip(sentences, lines, strict=True):
            if not self._of_checking(sentence, line):
                self._of_evidence(sentence, line)
        self.doubts.sort(key=lambda d: FIRST.index(d.code) if d.code in FIRST else len(FIRST))
        self.bearing = Doubts(self.doubts, chains.recordings)
        self.denied = Denials(self.denials)

    def _of_checking(self, sentence: TokenSpan, line: Line) -> bool:
        """Take in a sentence that says who could or could not check something, or who denies it."""
        for code, patterns in self.checks.rules:
            if code == "unverified":
                continue
            match = next((m for p in patterns for m in find(p, line)), None)
            if match is None:
                continue
            words = [line.tokens[i] for i in match.words]
            if code == "verified" and any(negated(t) is not None for t in words):
                continue
            if code == "verified" and words[0].lemma_.lower() == "geolocate" and words[0].dep_ == "amod":
                continue  # `geolocated footage`: by whom is not said
            if code == "verified" and any(t.lower_ in {"none", "neither"} and t.i < words[-1].i for t in sentence):
                able = any(t.lower_ in {"able", "could"} for t in sentence)
                code = "could-not-verify" if able else "unverified"  # `none of the recordings has been authenticated`
            if code == "could-not-verify" and _nobody_confirmed(words):
                code = "unverified"
            if code == "disputed":
                if (target := denied_by(words, self.chains)) is not None:
                    before = sentence[0].sent.start - 1
                    last = words[-1].lower_ in {"this", "it", "that"} and before >= 0
                    first = sentence.doc[before].sent.start if last else words[0].i - REACH
                    self.denials.append((target, words[0], first))
                    if last:
                        self.pointing.add(words[0].i)
                return True
            self._cover(sentence, code, words[0])
            self.clauses |= {clause_head(t).i for t in words if t.pos_ in {"VERB", "AUX", "ADJ"}}
            return True
        return False

    def _of_evidence(self, sentence: TokenSpan, line: Line) -> None:
        """`He provided no evidence.`: what the one who is meant said before is no more than a claim."""
        subject = next(iter(subjects(sentence.root)), None)
        if subject is None or subject.lower_ not in {"he", "she", "it", "they"}:
            return
        for patterns in (ps for code, ps in self.checks.within if code == "unverified"):
            match = next((m for p in patterns for m in find(p, line)), None)
            who = self.chains.naming.who([subject], remember=False) if match is not None else None
            if match is not None and who is not None:
                self.doubts.append(Doubt("unverified", line.tokens[match.words[0]], whos=(who,)))

    def speaks_of_checking(self, head: Token) -> bool:
        """Whether a word stands in a clause that only says who could or could not check something."""
        return clause_head(head).i in self.clauses

    def _cover(self, sentence: TokenSpan, code: Verification, cue: Token) -> None:
        self.doubts += doubts_of(sentence, code, cue, self.chains)

    def read(self, lineage: Lineage, head: Token, clause: Line, frame: Line) -> tuple[Verification, Token | None]:
        """The verification of a claim and the word that shows it; `frame` is its sentence without the claim's content."""
        paragraph = self.chains.voices.paragraph_of(head.idx)
        for doubt in self.bearing.near(lineage, head, paragraph):
            if doubt.covers(lineage, head, paragraph):
                return doubt.code, doubt.cue
        for code, patterns in self.checks.rules:
            for line in (clause, frame):
                for pattern in patterns:
                    for match in find(pattern, line):
                        token = line.tokens[match.words[0]]
                        if code == "unverified" and not _modifies(token, head):
                            continue
                        if code == "unverified" and line is frame and not _beside(token, head):
                            continue
                        if code in {"verified", "disputed"} or _beside_clause(token, head):
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
        for target, cue, first in self.denied.near(lineage, head):
            if isinstance(target, Who):
                aside = cue.i in self.pointing and any(t.dep_ == "advcl" for t in (head, *head.ancestors))
                if lineage.whos and equal(lineage.whos[-1], target) and first <= head.i < cue.i and not aside:
                    return "disputed", cue
            elif lineage.recording is target:
                return "disputed", cue
        return "not-stated", None


def _nobody_confirmed(words: list[Token]) -> bool:
    """`The claim has not been confirmed`: nothing is said of anybody who could not; only that it is a claim so far."""
    noun = next((t for t in words if t.lower_ == "confirmation"), None)
    if noun is not None:  # `there has been no confirmation`
        return not any(c.lower_ == "independent" for c in noun.children)
    verb = next((t for t in words if t.lemma_.lower() in CHECKING and t.tag_ == "VBN"), None)
    if verb is None:
        return False
    helpers = {c.lower_ for c in verb.children if c.dep_ in {"aux", "auxpass"}}
    agents = any(c.dep_ == "agent" for c in verb.children)
    return (
        "been" in helpers and bool(helpers & {"has", "have", "had"}) and not agents and not helpers & {"could", "able"}
    )


def _beside_clause(cue: Token, head: Token) -> bool:
    """`could not verify the account, and the brigade did not respond`: two clauses with subjects of their own."""
    ours, theirs = clause_head(head), clause_head(cue)
    return (
        ours.i != theirs.i and ours.dep_ == "conj" and theirs.i in {a.i for a in ours.ancestors} and starts_clause(ours)
    )


def _beside(cue: Token, head: Token) -> bool:
    """Whether an adverb outside the claim's words stands on the event's verb (`troops reportedly shot them`)."""
    return cue.pos_ == "ADV" and cue.head.i in {head.i, *(a.i for a in head.ancestors)}


def _modifies(cue: Token, head: Token) -> bool:
    """Whether `alleged` or `reportedly` stands on the event's words, not on a recording or person beside them."""
    if cue.pos_ == "ADV" or cue.dep_ == "advmod":
        return True
    if cue.dep_ in {"amod", "compound"}:
        return cue.head.i == head.i or cue.head.lower_ in EVENT_NOUNS
    return cue.i in {a.i for a in head.ancestors}
