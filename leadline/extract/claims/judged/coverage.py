"""What a sentence about checking covers: a recording, a writing, the account of one witness or of all, or what was said just before.

`The audio could not be authenticated` covers what rests on the recording, wherever it stands; `the soldiers' accounts` all that soldiers
tell, `their stories` and `much else cannot be checked` all whose stories a text tells; `cartridge cases that match the accounts` what its
paragraph told before.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from functools import cached_property

from spacy.tokens import Span as TokenSpan
from spacy.tokens import Token

from leadline.extract.claims.coded.grammar import active_subject
from leadline.extract.claims.lexicon import rule_words
from leadline.extract.claims.recordings.recordings import Recording
from leadline.extract.claims.sources.kinds import TROOPS, WITNESSES
from leadline.extract.claims.sources.who import Who, equal, key_of
from leadline.extract.claims.statements.chains import Chains
from leadline.extract.claims.statements.lineage import Lineage, is_teller
from leadline.schema import Verification

ACCOUNTS = rule_words("coverage.accounts")
MATERIAL = ACCOUNTS | rule_words("coverage.material")
FIGURES = rule_words("coverage.figures")
EVERYTHING = frozenset({"much", "everything", "most", "all", "rest", "detail", "part", "identity", "circumstance"})
"""What cannot be checked of stories without saying whose they are."""
COUNTS = frozenset({"figure", "number", "toll"})
SEVERAL = frozenset({"claims", "reports", "either", "both", "neither"})
MADE = rule_words("coverage.made")
TELLING = rule_words("coverage.telling")
VICTIMS = frozenset(f"{noun}{s}" for noun in rule_words("coverage.victims") for s in ("", "s"))
"""Witnesses who tell their own story; a lawyer or a doctor tells that of others."""
POINTING = frozenset({"this", "it", "these", "that"})
REACH = 200
"""Tokens before a sentence about checking or a denial within which it means the source named last."""
BEFORE = 250
"""Tokens before it in which a claim of that source is covered."""
CHECKING = rule_words("coverage.checking")
BESIDE = 60
RELEASED = 150


@dataclass(frozen=True)
class Doubt:
    """One sentence about checking: its code, its word, and what it covers."""

    code: Verification
    cue: Token
    recording: Recording | None = None
    whos: tuple[Who, ...] = ()
    everywhere: bool = False
    all_tellers: bool = False
    paragraph: int = -1
    inside: frozenset[int] = frozenset()
    counted: bool = False

    @cached_property
    def names(self) -> frozenset[str]:
        """What those it is about are called."""
        return frozenset(map(key_of, self.whos))

    def covers(self, lineage: Lineage, head: Token, paragraph: int) -> bool:
        """Whether a claim with this source, at this word, is covered."""
        speaker = lineage.whos[-1] if lineage.whos else None
        if self.counted and not _counts(head):
            return False
        if self.inside:
            return head.i in self.inside
        if self.recording is not None:
            if lineage.recording is self.recording:
                return True
            return (
                lineage.recording is None
                and speaker is not None
                and any(equal(speaker, w) for w in self.recording.released_by)
                and any(abs(m - head.i) < BESIDE for m in self.recording.mentions)
            )
        if self.paragraph >= 0:
            return paragraph == self.paragraph and head.i < self.cue.i
        if speaker is None:
            return False
        stories = speaker.kind != "witness" or not VICTIMS.isdisjoint(speaker.canonical.lower().split())
        inquiry = any(
            w.kind in {"monitor", "international"} for w in lineage.whos[:-1]
        )  # many told a body that weighed it
        if self.all_tellers and is_teller(speaker) and stories and lineage.recording is None and not inquiry:
            return True
        if self.everywhere:
            return key_of(speaker) in self.names
        near = 0 < self.cue.sent.start - head.i < BEFORE
        return near and any(equal(s, w) for s in lineage.whos for w in self.whos)


def doubts_of(sentence: TokenSpan, code: Verification, cue: Token, chains: Chains) -> list[Doubt]:
    """What a sentence about checking covers; nothing where it cannot be told."""
    recordings = chains.recordings
    content = next(
        (c for t in sentence if t.i >= cue.i and t.lemma_.lower() in CHECKING for c in t.children if c.dep_ == "ccomp"),
        None,
    )
    if content is not None and any(c.dep_ == "mark" and c.lower_ in {"that", "whether"} for c in content.children):
        if content.lemma_.lower() in MADE and _of_a_recording(content, chains):
            return [
                Doubt(code, cue, paragraph=chains.voices.paragraph_of(sentence.start_char))
            ]  # `verified that they were filmed there`
        return [
            Doubt(code, cue, inside=frozenset(t.i for t in content.subtree))
        ]  # `could confirm that men were held at the farm`
    named = [recordings.by_token[t.i] for t in sentence if t.i in recordings.by_token]
    if named:
        return [Doubt(code, cue, recording=named[-1])]
    lemmas = {t.lemma_.lower() for t in sentence} | {t.lower_ for t in sentence}
    latest = recordings.latest(sentence.start)
    near = latest is not None and sentence.start - latest.mentions[-1] < RELEASED
    first = _reach(sentence, chains)
    before = [(at, w) for at, w in chains.voices.seen_at.within(max(first, sentence.start - REACH + 1), sentence.start)]
    if writing := _writing(sentence, before, chains):
        return [Doubt(code, cue, whos=(writing,), everywhere=True)]
    if lemmas & {"authenticity", "authenticate"} and near:
        return [Doubt(code, cue, recording=latest)]
    if (told := _of_accounts(sentence, code, cue, chains, before=bool(before))) is not None:
        return [told]
    if code == "verified" and lemmas & ACCOUNTS:
        return [Doubt(code, cue, paragraph=chains.voices.paragraph_of(sentence.start_char))]
    if not lemmas & (MATERIAL | POINTING | {"confirmation"}):
        return []
    if near and latest is not None and not lemmas & FIGURES:
        heard = before[-1] if before else None
        if heard is None or heard[0] < latest.mentions[-1] or heard[1].kind in TROOPS:
            return [Doubt(code, cue, recording=latest)]
    several = bool(lemmas & COUNTS) or any(
        t.lower_ in SEVERAL for t in sentence
    )  # `the figures` may be anybody's just before
    whos = [w for _, w in (before if several else before[-1:])]
    return [Doubt(code, cue, whos=tuple(whos), counted=bool(lemmas & FIGURES))] if whos else []


def _counts(head: Token) -> bool:
    """Whether a clause gives a number that can be checked."""
    return any(
        t.like_num or t.lower_ in {"dozens", "hundreds", "thousands"} for t in (*head.subtree, *head.head.subtree)
    )


def _of_a_recording(verb: Token, chains: Chains) -> bool:
    """Whether it is a recording, or what is meant by `they` or `it` after one, that was made somewhere."""
    subject = next((c for c in verb.children if c.dep_ == "nsubjpass"), None)
    if subject is None:
        return False
    return subject.i in chains.recordings.by_token or (
        subject.lower_ in {"they", "it", "these"} and any(t.i in chains.recordings.by_token for t in verb.sent)
    )


def _reach(sentence: TokenSpan, chains: Chains) -> int:
    """The first token of the paragraph of a sentence, or of the one before where it opens its own."""
    paragraphs, doc = chains.voices.paragraphs, sentence.doc
    k = chains.voices.paragraph_of(sentence.start_char)
    if k > 0 and not chains.voices.text[paragraphs[k][0] : sentence.start_char].strip():
        k -= 1
    return bisect_left(range(len(doc)), paragraphs[k][0], key=lambda i: doc[i].idx) if k >= 0 else 0


def _writing(sentence: TokenSpan, before: list[tuple[int, Who]], chains: Chains) -> Who | None:
    """The notebook or file that is spoken of, by its noun or as the last that spoke."""
    nouns = {t.lemma_.lower() for t in sentence} & chains.words.writings
    if nouns:
        called, last = chains.voices.writings
        named = (called[noun] for noun in nouns if noun in called)
        return min(named, default=(0, last), key=lambda x: x[0])[1]
    pointing = any(t.lower_ in {"it", "its"} for t in sentence)
    return before[-1][1] if pointing and before and before[-1][1].kind == "document" else None


def _of_accounts(
    sentence: TokenSpan, code: Verification, cue: Token, chains: Chains, *, before: bool = True
) -> Doubt | None:
    """Whose account was or was not checked, where the sentence says so."""
    voices = chains.voices
    for t in sentence:
        if t.lower_ == "what" and t.head.lemma_.lower() in TELLING:
            teller = active_subject(t.head)
            if teller is not None and teller.lower_ in {"they", "he", "she"}:  # `no way of checking what they said`
                if teller.lower_ == "they":
                    return Doubt(code, cue, all_tellers=True)
                who = chains.naming.who([teller], remember=False)
                return Doubt(code, cue, whos=(who,), everywhere=True) if who is not None else None
        if t.lemma_.lower() not in ACCOUNTS | EVERYTHING | {"allegation"}:
            continue
        owners = [c for c in t.children if c.dep_ == "poss"]
        owners += [
            g for c in t.children if c.dep_ == "prep" and c.lower_ == "of" for g in c.children if g.dep_ == "pobj"
        ]
        owners += [
            g for o in owners for c in o.children if o.lemma_.lower() in ACCOUNTS for g in [c] if c.dep_ == "poss"
        ]
        for owner in owners:
            kind = chains.words.kind(owner.lemma_.lower())
            if kind in WITNESSES | {"commander"}:
                if owner.tag_ == "NNS":
                    told = [w for _, w in voices.seen_at if w.kind == kind or (w.kind == "person" and is_teller(w))]
                else:
                    told = [w for at, w in voices.seen_at if w.kind == kind and at < sentence.end]
                if told or code != "verified":
                    return Doubt(code, cue, whos=tuple(told), everywhere=True) if told else None
            if owner.lower_ in {"his", "her", "their", "he", "she", "they"}:
                heard = (w for _, w in voices.seen_at.back_from(sentence.start) if w.kind and w.kind != "document")
                last = next(heard, None)
                if owner.lower_ in {"their", "they"}:
                    accounts = chains.unmarked.accounts
                    if accounts.first_teller < sentence.start or last is None or accounts.in_group:
                        return Doubt(code, cue, all_tellers=True)
                who = chains.naming.who([owner], remember=False) or last
                return Doubt(code, cue, whos=(who,), everywhere=is_teller(who)) if who is not None else None
            if chains.naming.people.is_named(owner):
                who = chains.naming.who([owner], remember=False)
                return Doubt(code, cue, whos=(who,), everywhere=True) if who is not None else None
        checked = any(x.lemma_.lower() in CHECKING for x in (t.head, *t.head.children) if x.dep_ != "conj")
        of_everything = (
            t.lemma_.lower() in EVERYTHING and not owners and t.dep_ in {"nsubj", "nsubjpass", "dobj"} and checked
        )
        of_all = t.lower_ in {"claims", "allegations"} and not owners and not before
        if code != "verified" and (
            of_everything or of_all or t.lower_ in {"accounts", "stories", "testimonies", "narratives"}
        ):
            return Doubt(code, cue, all_tellers=True)
    return None


def denied_by(words: list[Token], chains: Chains) -> Recording | Who | None:
    """What a denial is about: the recording it names, else whoever spoke before the one who denies."""
    sentence = words[0].sent
    named = [chains.recordings.by_token[t.i] for t in sentence if t.i in chains.recordings.by_token]
    if named:
        return named[-1]
    seen = chains.voices.seen_at
    denying = next((w for _, w in seen.within(sentence.start, sentence.end)), None)
    before = [
        w
        for _, w in seen.within(sentence.start - REACH + 1, sentence.start)
        if denying is None or not equal(w, denying)
    ]
    return before[-1] if before else None
