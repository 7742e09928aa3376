"""Who stands behind what a text names: the maker of a report, the writer of a letter, the body behind a spokesman or a capital."""

from __future__ import annotations

from dataclasses import replace

from spacy.tokens import Token

from leadline.extract.claims.lexicon import rule_words
from leadline.extract.claims.sources.anaphora import RECENT, Antecedents
from leadline.extract.claims.sources.kinds import (
    BODY_KINDS,
    ORGANISATIONS,
    PERSONAL_KINDS,
    PERSONS,
)
from leadline.extract.claims.sources.outlets import Outlets
from leadline.extract.claims.sources.phrases import name_behind
from leadline.extract.claims.sources.who import BODY_NOUNS, Who, by_words, phrase_of, same_noun, speaks_for
from leadline.register import Register

AUTHORS = rule_words("makers.authors")
CHANNELS = rule_words("makers.channels")
ANNOUNCED = rule_words("makers.announced")
AHEAD = 120
"""What a headline says that somebody found, and the words within which the text then says who."""
LATELY = 80
"""Tokens within which a capital means the body of its state that spoke before."""


class Makers(Antecedents):
    """Finds who stands behind a noun phrase, among what was named so far and in the phrase itself."""

    register: Register
    outlets: Outlets
    office: bool

    def _body(self, head: Token) -> Who | None:
        """The state that a capital stands for, or the body that a spokesman speaks for."""
        if head.lower_ in self.words.metonyms and head.pos_ == "PROPN":
            return self._metonym(head)
        return self._spoken_for(head) if speaks_for(head) else None

    def _author(self, head: Token) -> Who | None:
        """Who writes a channel, by its name: `the author of the channel Starling`."""
        if head.lemma_.lower() not in AUTHORS:
            return None
        for g in (g for c in head.rights if c.lower_ in {"of", "behind"} for g in c.children if g.dep_ == "pobj"):
            noun = next((t for t in (g, *g.lefts) if t.lemma_.lower() in CHANNELS and t.pos_ == "NOUN"), None)
            if noun is not None and (name := name_behind(noun)):
                words = self.doc[head.i : name[-1].i + 1]
                called = self.doc[name[0].i : name[-1].i + 1].text
                return replace(by_words(words, "analyst", None), canonical=called)
        return None

    def _owned(self, head: Token) -> Who | None:
        """The body that speaks by a part of it: `its press service`, `its regional office`."""
        owner = next((c for c in head.lefts if c.dep_ == "poss" and c.lower_ in {"its", "their"}), None)
        lemma = head.lemma_.lower()
        if owner is None or head.tag_ != "NN" or not (speaks_for(head) or lemma in BODY_NOUNS):
            return None
        if any(c.dep_ in {"appos", "relcl"} or (c.dep_ == "prep" and c.lower_ in {"for", "of"}) for c in head.rights):
            return None
        body = self._subject_body(head) or self._pronoun(owner)
        if body is None or body.kind in PERSONAL_KINDS - {"official"} or body.kind == "person":
            return None
        words = self.doc[owner.i + 1 : head.i + 1]
        return replace(
            body, name=words.text, start=words.start_char, end=words.end_char, plural=False, noun=head.lower_
        )

    def _subject_body(self, head: Token) -> Who | None:
        """The body that is the subject of this sentence before a word, or of the sentence before: what `its` means then."""
        sentence = head.sent
        before = self.doc[max(sentence.start - 1, 0)].sent
        for t in (*self.doc[sentence.start : head.i], *(before if before.start < sentence.start else ())):
            if t.dep_ not in {"nsubj", "nsubjpass"} or t.tag_ not in {"NN", "NNP", "NNPS"} or self.in_quotation(t):
                continue
            if any(c.tag_ == "PRP$" for c in t.lefts):
                continue  # `Its press service` after `Its office`: not asked back and back
            who = self._who(t, phrase_of(t))
            if who is None or self.is_own(who):
                continue
            if who.kind in ORGANISATIONS or self.is_office(replace(who, at=t.i)):
                return replace(who, at=t.i)
            if not who.kind and (t.ent_type_ == "ORG" or any(c.lower_ == "the" for c in t.lefts)):
                return replace(who, at=t.i, kind="official")
        return None

    def _behind(self, head: Token, kind: str) -> Who | None:
        """Whose a report, a recording or a letter is."""
        who = self._maker(head) if self._carrier(head) and not kind else None
        if who is None and {head.lemma_.lower(), head.lower_} & self.words.letters:
            who = self._writer(head)
        return replace(who, carrier=head.lemma_.lower()) if who is not None else None

    def _writing(self, head: Token, kind: str) -> Who | None:
        """What `the indictment`, `the case file` was named as before, or the writing as it stands: never one who was named near it."""
        lemma = head.lemma_.lower()
        if not self._is_writing(head, kind) or not self._is_definite(head) or self._maker(head):
            return None
        described = any(c.dep_ in {"compound", "amod", "nmod"} for c in head.children)
        if lemma in self.words.carriers and not described:
            return None  # `the document`, `the report`: whose it was is looked for
        near = (w for w in self._within_reach(head) if w.kind == "document" and same_noun(lemma, w.canonical))
        before = next(near, None) if not described else None
        return before.elsewhere() if before is not None else self.phrases.who(head, "document")

    def _is_writing(self, head: Token, kind: str) -> bool:
        """Whether a noun means a writing that is a source itself (`court records`)."""
        return (
            bool({head.lemma_.lower(), head.lower_} & self.words.writings)
            and not kind
            and not self._is_own_finding(head)
        )

    def _is_own_finding(self, head: Token) -> bool:
        """Whether an office's own document speaks of `the investigation` or `the audit`."""
        return self.office and head.lemma_.lower() in self.words.single_findings | {"investigation"}

    def _carrier(self, head: Token) -> str:
        """The lemma of a noun that means a report or a recording; empty for other nouns."""
        lemma = head.lemma_.lower()
        return lemma if {lemma, head.lower_} & (self.words.carriers | self.words.recordings) else ""

    def _metonym(self, head: Token) -> Who:
        """What `Moscow` says: the body of that state that spoke shortly before, else its government."""
        side = self.words.metonyms[head.lower_]
        near = (w for w in self._earlier(head) if head.i - w.at < LATELY)
        previous = next((w for w in near if w.side == side and w.kind == "state-body"), None)
        if previous is not None:
            return replace(previous, name=head.text, start=head.idx, end=head.idx + len(head))
        states = (s for s in self.register.sources.values() if s.side == side and self.words.land(s.name))
        government = next(states, None)
        canonical = government.name if government else head.text
        return Who(head.text, canonical, "state-body", government, side, start=head.idx, end=head.idx + len(head))

    def _spoken_for(self, spokesman: Token) -> Who | None:
        """The body that `a spokesman for the brigade` speaks for."""
        for g in (g for c in spokesman.children if c.lower_ in {"for", "of"} for g in c.children if g.dep_ == "pobj"):
            body = self._who(g, phrase_of(g))
            if body is not None and (body.kind in BODY_KINDS or self.is_office(replace(body, at=g.i, noun=""))):
                return replace(
                    body,
                    name=self.doc[spokesman.i : g.i + 1].text,
                    start=spokesman.idx,
                    end=g.idx + len(g),
                    plural=False,
                    noun=spokesman.lower_,
                )
        return None

    def _writer(self, head: Token) -> Who | None:
        """Whose letter it is: the private person who was named last before it."""
        if not self._is_definite(head):
            return None
        near = (w for w in self._within_reach(head) if head.i - w.at < RECENT)
        found = next((w for w in near if w.kind in PERSONS), None)
        return found.elsewhere() if found is not None else None

    def _announced(self, head: Token) -> Who | None:
        """`…, report says` above a text, `according to a new report`: whose it is the text says further on."""
        if head.lemma_.lower() not in ANNOUNCED or head.tag_ != "NN" or self._is_definite(head) or self._maker(head):
            return None
        for t in self.doc[head.i + 1 : head.i + AHEAD]:
            who = self._maker(t) if t.lemma_.lower() in ANNOUNCED and t.tag_ == "NN" else self.outlets.at(t)
            if who is not None and who.kind and not self.is_own(who):
                return replace(who, start=None, end=None, carrier=head.lemma_.lower())
        return None

    def _made_by(self, clause: Token) -> Token | None:
        """Who made what a clause beside it tells of: `posted by the fund`, `received from the regiment`, `that the office provided`."""
        if clause.dep_ not in {"acl", "relcl"} or clause.lemma_.lower() not in self.words.making:
            return None
        by = (c for c in clause.children if c.dep_ == "agent" or (c.dep_ == "prep" and c.lower_ == "from"))
        own = (
            s for s in clause.children if s.dep_ == "nsubj" and s.pos_ in {"NOUN", "PROPN"} and clause.dep_ == "relcl"
        )
        return next((g for c in by for g in c.children if g.dep_ == "pobj"), None) or next(own, None)

    def _maker(self, head: Token) -> Who | None:
        """Who made a report or recording that is named without a register name: `a report by the ministry`."""
        subject = [
            g for c in head.children if c.dep_ == "prep" and c.lower_ == "of" for g in c.children if g.dep_ == "pobj"
        ]
        for c in (
            *head.children,
            *(c for g in subject for c in g.children if c.lower_ == "by"),
        ):  # `a count of obituaries by`
            if c.dep_ in {"prep", "agent"} and c.lower_ in {"by", "from", "of"}:
                for g in c.children:
                    if g.dep_ == "pobj" and (
                        self.words.kind(g.lemma_.lower())
                        or g.ent_type_ in {"ORG", "PERSON"}
                        or g.lower_ in self.words.metonyms
                    ):
                        return self._who(g, list(g.subtree))
            if (made := self._made_by(c)) is not None and head.lemma_.lower() not in self.words.writings:
                return self._who(made, phrase_of(made))
            if c.dep_ == "poss":
                return self._who(c, list(c.subtree))
            if c.dep_ == "compound" and c.pos_ == "NOUN" and c.lemma_.lower() in BODY_NOUNS:  # `a police bulletin`
                body = self._who(c, [c])
                return replace(body, name=f"{c.text} {head.text}", end=head.idx + len(head)) if body else None
        return None
