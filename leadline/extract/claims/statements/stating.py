"""Verbs of saying whose content is a noun or an infinitive, above a clause that stands in no attribution: `reported losses of …`."""

from __future__ import annotations

from spacy.tokens import Token

from leadline.extract.claims.lexicon import rule_words
from leadline.extract.claims.sources.kinds import SPEAKERS_KINDS
from leadline.extract.claims.sources.naming import Naming
from leadline.extract.claims.sources.who import FIRST_PERSON, Who, equal, phrase_of
from leadline.extract.claims.statements.beside import is_joined
from leadline.extract.claims.statements.depicted import speakers_of
from leadline.extract.claims.statements.entrances import is_byline
from leadline.extract.claims.statements.lineage import Lineage, tells_those_concerned
from leadline.extract.claims.statements.voices import Voices

LISTING = rule_words("stating.listing")
RECOUNTING = rule_words("stating.recounting")
FINDING = rule_words("stating.finding")
HOLDING = rule_words("stating.holding")
NEEDING = {"put": frozenset({"at"}), "speak": frozenset({"of", "about"})}
"""Prepositions without which a verb states nothing."""


class Stating:
    """Reads who states what a clause of one text tells, by the verbs above it."""

    def __init__(self, voices: Voices, naming: Naming) -> None:
        self.voices, self.naming, self.words = voices, naming, naming.words
        self.papers = self.words.writings | self.words.carriers | {"it"}
        self.recordings = voices.recordings

    def of(self, head: Token, within: frozenset[int] | None = None) -> Lineage | None:
        """Who states what the clause of a head tells, by a verb `within` a content; None where nobody does."""
        for verb in (head, *head.ancestors):
            if within is not None and verb.i not in within:
                return None
            if verb.pos_ != "VERB" or not self._may_state(verb) or is_joined(verb, head):
                continue
            subject = _subject(verb, head)
            if subject is None or _is_bare(verb) or (within is not None and self._is_told(verb, subject)):
                continue
            recording = self.recordings.by_token.get(subject.i)
            if recording is not None:
                whos = recording.whos or [speakers_of(recording, self.naming)]
                return Lineage.said(*whos, cue=verb, recording=recording)
            who = self._who(verb, subject)
            if who is None or not who.kind or self.naming.is_own(who):
                continue
            if is_byline(who, verb) or tells_those_concerned(who, verb, self.naming):
                continue
            recording, _ = self.voices.linked(who, verb, frozenset(t.i for t in verb.subtree) - {verb.i})
            outer = [w for w in (recording.released_by if recording else []) if not equal(w, who)]
            return Lineage.said(who, cue=verb, through=outer, recording=recording)
        return None

    def _may_state(self, verb: Token) -> bool:
        """Whether a verb says something: of a writing also one that lists or finds."""
        lemma = verb.lemma_.lower()
        if lemma in self.words.stating:
            return True
        if lemma not in LISTING | FINDING | HOLDING:
            return False
        written = any({s.lemma_.lower(), s.lower_} & self.papers for s in verb.children if s.dep_ == "nsubj")
        return lemma in (LISTING | FINDING if written else HOLDING)

    def _is_told(self, verb: Token, subject: Token) -> bool:
        """Whether somebody recounts what a verb inside of what that one says tells: what commanders tell `us`, `"He writes that …," she said`."""
        if any(c.dep_ in {"dobj", "dative"} and c.lower_ in FIRST_PERSON for c in verb.children):
            return True
        return subject.lower_ in {"he", "she", "they"} and self.naming.in_quotation(verb)

    def _who(self, verb: Token, subject: Token) -> Who | None:
        """Who states it: named here before, or by a phrase that no attribution took for a source."""
        lemma = verb.lemma_.lower()
        who = self.voices.seen_by(*sorted({subject.i, verb.i}))
        found_out = lemma in FINDING and (who is None or not who.kind)
        if found_out or (who is None and lemma in LISTING | {"put"}):
            who = self.naming.who(phrase_of(subject), remember=False)
        if who is None and self.words.kind(subject.lemma_.lower()) in SPEAKERS_KINDS:
            who = self.naming.who(phrase_of(subject), remember=False)
            who = who if lemma in RECOUNTING else None  # `former inmates describe beatings`
        return who


def _subject(verb: Token, head: Token) -> Token | None:
    """The subject of a verb above a head, or of the one it is joined to; a person named behind it: `recalls in an essay Nora Hall`."""
    subjects = [c for c in verb.children if c.dep_ == "nsubj"]
    if not subjects and verb.dep_ in {"conj", "xcomp"}:
        subjects = [c for c in verb.head.children if c.dep_ == "nsubj"]
    if not subjects:
        subjects = [
            t
            for t in verb.subtree
            if t.i > verb.i and t.dep_ in {"dobj", "pobj", "appos", "attr"} and t.ent_type_ == "PERSON"
        ]
    if not subjects or (verb.i == head.i and subjects[0].i > verb.i):
        return None
    return subjects[0] if head.i not in {t.i for t in subjects[0].subtree} else None


def _is_bare(verb: Token) -> bool:
    """Whether a verb states nothing as it stands: `would not say`, `put` without `at`, `spoke` without `of`."""
    if any(c.dep_ in {"neg", "aux"} and c.lower_ in {"not", "would", "to", "n't"} for c in verb.children):
        return True
    needed = NEEDING.get(verb.lemma_.lower())
    return needed is not None and not any(c.dep_ == "prep" and c.lower_ in needed for c in verb.children)
