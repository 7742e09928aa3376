"""Accounts that go on: whose story a sentence tells that names no source itself.

A witness is introduced once and the story runs on over sentences and paragraphs, in the past tense and without a cue; a report is
named and the next sentences say what stands in it. Such an account lasts until somebody else speaks, or until a new paragraph takes up
nothing of it. What a text says of itself, of its silence or in the present tense is its reporter's.
"""

from __future__ import annotations

from functools import cached_property

from spacy.tokens import Span as TokenSpan

from leadline.extract.claims.coded.grammar import subject_of, subjects
from leadline.extract.claims.lexicon import rule_words
from leadline.extract.claims.sources.kinds import ORGANISATIONS, OUTLET_KINDS, SUPERIORS, WITNESSES
from leadline.extract.claims.sources.naming import Naming
from leadline.extract.claims.sources.who import Who, equal, key_of
from leadline.extract.claims.statements.heard import Voice
from leadline.extract.claims.statements.interviews import answers
from leadline.extract.claims.statements.lineage import is_teller
from leadline.extract.claims.statements.narrative import counts_on, goes_on, narrates, takes_up
from leadline.extract.claims.statements.openings import ISSUING, Account, of_a_carrier, of_a_search, told_by
from leadline.extract.claims.statements.relays import told
from leadline.extract.claims.statements.silence import REPLYING
from leadline.extract.claims.statements.through import Through
from leadline.extract.claims.statements.voices import Voices

SPEAKING = rule_words("accounts.speaking")


class Accounts:
    """The accounts of one text; `of` answers whose a sentence is."""

    def __init__(self, voices: Voices, naming: Naming) -> None:
        self.voices, self.naming, self.doc = voices, naming, voices.doc
        self.words = voices.words
        self.tellers = {key_of(v.who) for v in voices.all if v.who is not None and is_teller(v.who)}
        self.opening: dict[int, Voice] = {}
        self.first_heard: dict[str, int] = {}
        for v in self.voices.between(0, len(self.doc)):
            if v.who is not None and not naming.in_quotation(v.cue_token):
                self.opening.setdefault(voices.paragraph_of(v.cue_token.idx), v)
                self.first_heard.setdefault(key_of(v.who), v.cue_token.i)
        self.through = Through(voices, naming, self.first_heard)
        self.in_group = self.officers = False
        self.by_sentence: dict[int, Account] = {}
        self._read()
        heard = {v.cue_token.sent.start for v in voices.all}
        for first, who in answers(voices, naming).items():
            if first not in heard:
                self.by_sentence[first] = Account(who)

    @cached_property
    def first_teller(self) -> int:
        """Where the first one is named whose story the text may tell."""
        return next((at for at, w in self.voices.seen_at if is_teller(w)), len(self.doc))

    def of(self, sentence: TokenSpan) -> Account | None:
        """Whose account a sentence without a source belongs to."""
        return self.by_sentence.get(sentence.start)

    def _read(self) -> None:
        account: Account | None = None
        said: Account | None = None
        paragraph = last = -1
        for sentence in self.doc.sents:
            here = self.voices.paragraph_of(sentence.start_char)
            if here != paragraph:
                paragraph, said = here, None
                if account is not None and (here > last + 1 or not self._resumes(sentence, account.who)):
                    account = None
                account = account or self._introduced(sentence)
            self.in_group = self._gathers(sentence) or self.in_group
            spoken, opened = self._spoken(sentence), None
            if spoken is not None:
                account, said = self._after(spoken, account), self._said(spoken)
            elif (opened := self._opened(sentence, account)) is not None:
                account = opened
            if account is not None and (
                spoken is not None
                or opened
                or self._narrates(sentence, account)
                or (last == here and counts_on(sentence, self.naming))
            ):
                self.by_sentence[sentence.start] = account
                last = here
            elif spoken is None and said is not None and goes_on(sentence, said.who, self.naming):
                self.by_sentence[sentence.start] = said
            else:
                said = said if spoken is not None else None
                if account is not None and not is_teller(account.who):
                    account = None  # what a report says ends where its reader speaks again

    def _resumes(self, sentence: TokenSpan, teller: Who) -> bool:
        """Whether a new paragraph goes on with a witness: it opens on that one, or is the first to speak in it."""
        if not is_teller(teller):
            return False
        if takes_up(sentence, teller, self.naming):
            return True
        subject = subject_of(sentence.root)
        if subject is not None and {c.lower_ for c in (subject, *subject.children)} & {"a", "an", "one", "another"}:
            return False  # somebody else comes up
        return self._speaks_first(sentence, teller)

    def _speaks_first(self, sentence: TokenSpan, who: Who) -> bool:
        """Whether somebody is the first to speak in the paragraph of a sentence."""
        first = self.opening.get(self.voices.paragraph_of(sentence.start_char))
        return first is not None and first.who is not None and equal(first.who, who)

    def _introduced(self, sentence: TokenSpan) -> Account | None:
        """`A cook from the coast left his unit in May. … he said.`: who is portrayed first and then speaks has told it all."""
        first = self.opening.get(self.voices.paragraph_of(sentence.start_char))
        subject = subject_of(sentence.root)
        if first is None or first.who is None or subject is None or first.cue_token.i < sentence.end:
            return None
        if first.who.source is not None or first.who.kind not in WITNESSES | {"person", "commander"}:
            return None
        portrayed = self.naming.people.is_named(subject) or self.words.kind(subject.lemma_.lower()) == first.who.kind
        if not portrayed or sentence.root.lemma_.lower() in ISSUING | self.words.recording:
            return None
        who = self.voices.who(subject)
        if who is None or not equal(who, first.who):
            return None
        return Account(who.elsewhere(), self.through.of(who), first.recording, None)

    def _said(self, v: Voice) -> Account | None:
        """What a sentence says as an account that the next one may count on; None where the text's own publisher speaks."""
        if v.who is None or self.naming.is_own(v.who):
            return None
        return Account(v.who.elsewhere(), (), v.recording, v.cue_token)

    def _spoken(self, sentence: TokenSpan) -> Voice | None:
        """The outermost voice of a sentence, also of a quotation that takes it up."""
        found = [v for v in self.voices.between(sentence.start, sentence.end) if v.who is not None]
        found = [v for v in found if not self.naming.in_quotation(v.cue_token)]
        found = [v for v in found if not any(o is not v and v.cue_token.i in o.content for o in found)]
        return found[-1] if found else None

    def _after(self, v: Voice, account: Account | None) -> Account | None:
        """The account that stands once `v` has spoken."""
        who = v.who
        if who is None:
            return account
        self.through.take(v)
        if is_teller(who):
            return Account(who.elsewhere(), self.through.of(who), v.recording, v.cue_token)
        if (
            who.carrier in self.words.carriers - self.words.single_findings
            and who.kind in ORGANISATIONS
            and not self.naming.is_own(who)
        ):
            return Account(who.elsewhere(), (), None, v.cue_token)  # `the report says`
        nameless = who.source is None and not self.naming.people.is_named(self.doc[who.at])
        if account is not None and nameless and who.kind in SUPERIORS:
            return account  # the commander of whom the story tells
        return None

    def _gathers(self, sentence: TokenSpan) -> bool:
        """`Four men agreed to speak to the paper`: several tellers are announced, whom the text then takes in turn."""
        words = {t.lower_ for t in sentence}
        if not any(t.lemma_.lower() in SPEAKING for t in sentence):
            return False
        several = {
            self.words.kind(t.lemma_.lower())
            for t in sentence
            if t.tag_ == "NNS"
            and (
                any(c.like_num for c in t.children)
                or (t.dep_ == "pobj" and t.head.lower_ == "of" and t.head.head.like_num)
            )
        }
        listens = any(n.source.kind in OUTLET_KINDS for n in self.naming.named.within(sentence.start, sentence.end))
        if not listens and not words & {"us", "we", "reporters", "journalists", "newspaper", "paper"}:
            return False
        self.officers = self.officers or "commander" in several
        return not several.isdisjoint(WITNESSES | {"commander"})

    # -- where an account begins -------------------------------------------------------------------------------------

    def _opened(self, sentence: TokenSpan, account: Account | None) -> Account | None:
        """The account that a sentence without a voice opens, None where it opens none."""
        root = sentence.root
        subject = next((s for s in subjects(root)), None)
        if subject is None:
            return told_by(root, self.naming)
        who = self.voices.who(subject)
        if who is None or self.naming.is_own(who):
            return told_by(root, self.naming) or of_a_carrier(root, subject, self.naming)
        if is_teller(who):
            outlet = next((w for t in sentence if (w := told(t, self.naming)) is not None), None)
            key = key_of(who)
            if outlet is not None and any(t.lemma_.lower() in SPEAKING for t in sentence):
                self.through.outer[key] = (outlet,)
                return Account(who.elsewhere(), (outlet,), None, root)
            is_person = self.naming.people.is_named(subject) or any(
                self.naming.people.is_named(c) for c in subject.children if c.dep_ == "appos"
            )
            heard = key in self.tellers and (
                account is None
                or self.first_heard.get(key, len(self.doc)) < sentence.start
                or self._speaks_first(sentence, who)
            )  # the dead of whom a witness tells have not spoken before
            if is_person and (heard or self.in_group) and not (account and equal(account.who, who)):
                return Account(who.elsewhere(), self.through.of(who), None, None)
            return None
        return of_a_carrier(root, subject, self.naming) or of_a_search(root, who)

    def _narrates(self, sentence: TokenSpan, account: Account) -> bool:
        """Whether a sentence tells what happened, and not that nobody answered."""
        silent = sentence.root.lemma_.lower() in REPLYING
        return not silent and narrates(sentence, account.who, self.naming, is_witness=is_teller(account.who))
