"""Who gives an official answer: one given in words has who gives it for its source, silence has none.

`The ministry promised an inquiry`, `the command told them that …`: the words of saying are the event itself, and no attribution
holds them. That an office did not reply is told by whoever wrote the text.
"""

from __future__ import annotations

from spacy.tokens import Token

from leadline.extract.claims.coded.grammar import subjects
from leadline.extract.claims.sources.naming import Naming
from leadline.extract.claims.sources.who import PERSONAL, SPEAKERS, Who, phrase_of
from leadline.extract.claims.statements.lineage import Lineage, is_teller
from leadline.extract.claims.statements.silence import is_silent
from leadline.extract.claims.statements.voices import Voices


class Answers:
    """Reads who gives the official answers of one text."""

    def __init__(self, voices: Voices, naming: Naming) -> None:
        self.voices, self.naming = voices, naming
        words = naming.words
        self.answering = words.stating | words.answering | words.replying

    def of(self, head: Token) -> Lineage | None:
        """Whose the answer is that a clause in the text's own words tells of; None where the words are none of an answer."""
        if is_silent(head) or (head.dep_ == "xcomp" and is_silent(head.head)):
            return Lineage()
        if head.pos_ not in {"VERB", "AUX"} or head.lemma_.lower() not in self.answering:
            return None
        if any(c.dep_ in {"neg", "auxpass"} for c in head.children):
            return None
        voice = next((v for v in self.voices.between(head.i, head.i + 1) if v.who is not None), None)
        who = voice.who if voice is not None else self._subject(head)
        if who is None or is_teller(who) or self.naming.is_own(who):
            return None
        attribution = voice.attribution if voice is not None else None
        return Lineage((who.hop(head.text),), (who,), None, attribution, head)

    def _subject(self, verb: Token) -> Who | None:
        """Who is the subject of a verb, or of the one it is joined to."""
        found = subjects(verb) or (subjects(verb.head) if verb.dep_ in {"conj", "xcomp"} else [])
        subject = next((s for s in found if s.i < verb.i), None)
        if subject is None or subject.lower_ in SPEAKERS:
            return None
        if subject.pos_ == "PRON" and subject.lower_ not in PERSONAL:
            return None
        who = self.naming.who(phrase_of(subject), remember=False)
        office = self.naming.words.kind(subject.lemma_.lower()) == "official"
        return self.naming.phrases.who(subject, "official") if office and is_teller(who) else who
