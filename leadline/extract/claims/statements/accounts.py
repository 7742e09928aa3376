"""Accounts that go on: whose story a sentence tells that names no source itself.

A witness is introduced once and the story runs on over sentences and paragraphs, in the past tense and without a cue; a report is
named and the next sentences say what stands in it. Such an account lasts until somebody else speaks, or until a new paragraph takes up
nothing of it. What a text says of itself, of its silence or in the present tense is its reporter's.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

from spacy.tokens import Span as TokenSpan
from spacy.tokens import Token

from leadline.extract.claims.coded.grammar import subjects
from leadline.extract.claims.recordings.recordings import Recording
from leadline.extract.claims.sources.kinds import ORGANISATIONS, OUTLET_KINDS, SUPERIORS, WITNESSES
from leadline.extract.claims.sources.naming import Naming
from leadline.extract.claims.sources.who import Who, equal
from leadline.extract.claims.statements.heard import Voice
from leadline.extract.claims.statements.interviews import answers
from leadline.extract.claims.statements.narrative import counts_on, goes_on, narrates, subject_of, takes_up
from leadline.extract.claims.statements.relays import cited, told
from leadline.extract.claims.statements.voices import Voices

HEARD_THROUGH = 5000
"""Tokens before a relative's word in which the one who told of her is looked for: more than any article has."""
SPEAKING = frozenset(
    {"speak", "talk", "describe", "recall", "remember", "recount", "testify", "tell", "interview", "meet"}
)
ISSUING = frozenset({"publish", "release", "issue", "present", "submit", "post", "send", "write", "hand", "circulate"})
DEPICTING = frozenset(
    {"paint", "draw", "describe", "list", "document", "detail", "contain", "publish", "release", "present"}
)
SEARCHING = frozenset(
    {"go", "comb", "examine", "review", "read", "analyse", "analyze", "collect", "study", "search", "sift"}
)
HEARERS = frozenset({"her", "him"})
SILENT = frozenset({"respond", "reply", "answer", "comment", "react"})


@dataclass(frozen=True)
class Account:
    """Whose story is told: the teller, who passes it on, the recording in which it is told, and the cue that opened it."""

    who: Who
    outer: tuple[Who, ...] = ()
    recording: Recording | None = None
    cue: Token | None = None
    found_out: bool = False


def is_teller(who: Who | None) -> bool:
    """Whether a source is a person without office, whose story a text may go on to tell."""
    return who is not None and who.source is None and not who.owner_kind and who.kind in WITNESSES | {"person"}


class Accounts:
    """The accounts of one text; `of` answers whose a sentence is."""

    def __init__(self, voices: Voices, naming: Naming) -> None:
        self.voices, self.naming, self.doc = voices, naming, voices.doc
        self.words = voices.words
        self.tellers = {v.who.canonical.casefold() for v in voices.all if v.who is not None and is_teller(v.who)}
        self.outer: dict[str, tuple[Who, ...]] = {}
        self.opening: dict[int, Voice] = {}
        self.first_heard: dict[str, int] = {}
        for v in self.voices.between(0, len(self.doc)):
            if v.who is not None and not naming.in_quotation(v.cue_token):
                self.opening.setdefault(voices.paragraph_of(v.cue_token.idx), v)
                self.first_heard.setdefault(v.who.canonical.casefold(), v.cue_token.i)
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

    def through(self, who: Who) -> tuple[Who, ...]:
        """Whom a witness was first said to have told, where the text is not that outlet's own: it stays between them."""
        return self.outer.get(who.canonical.casefold(), ())

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
        subject = subject_of(sentence)
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
        subject = subject_of(sentence)
        if first is None or first.who is None or subject is None or first.cue_token.i < sentence.end:
            return None
        if first.who.source is not None or first.who.kind not in WITNESSES | {"person", "commander"}:
            return None
        portrayed = self.naming.people.is_named(subject) or self.words.kind(subject.lemma_.lower()) == first.who.kind
        if not portrayed or sentence.root.lemma_.lower() in ISSUING | self.words.recording:
            return None
        who = self._who(subject)
        if who is None or not equal(who, first.who):
            return None
        return Account(replace(who, start=None, end=None), self.through(who), first.recording, None)

    def _said(self, v: Voice) -> Account | None:
        """What a sentence says as an account that the next one may count on; None where the text's own publisher speaks."""
        if v.who is None or v.who.canonical.casefold() in self.naming.own:
            return None
        return Account(replace(v.who, start=None, end=None), (), v.recording, v.cue_token)

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
        if who.role == "witness" and (outlet := told(v.cue_token, self.naming)) is not None:
            self.outer[who.canonical.casefold()] = (outlet,)
        if who.kind in OUTLET_KINDS and who.canonical.casefold() not in self.naming.own:
            for behind in cited(
                v.cue_token, self.naming
            ):  # `X reports, citing her brother, that … . The brother said …`
                if is_teller(behind):
                    for name in {behind.canonical.casefold(), behind.canonical.split()[0].casefold()}:
                        self.outer.setdefault(name, (replace(who, start=None, end=None),))
        if is_teller(who):
            outlet = told(v.cue_token, self.naming)
            if outlet is None and (through := self.heard_by(v) or self._heard_through(v)):
                self.outer.setdefault(who.canonical.casefold(), through)
            outer = (outlet,) if outlet is not None else self.outer.get(who.canonical.casefold(), ())
            if outer:
                self.outer[who.canonical.casefold()] = outer
            return Account(replace(who, start=None, end=None), outer, v.recording, v.cue_token)
        if (
            who.carrier in self.words.carriers - self.words.single_findings
            and who.kind in ORGANISATIONS
            and who.canonical.casefold() not in self.naming.own
        ):
            return Account(replace(who, start=None, end=None), (), None, v.cue_token)  # `the report says`
        nameless = who.source is None and not self.naming.people.is_named(self.doc[who.at])
        if account is not None and nameless and who.kind in SUPERIORS:
            return account  # the commander of whom the story tells
        return None

    def heard_by(self, v: Voice) -> tuple[Who, ...]:
        """`Her son told her that …`, `her client says`: who was told by one who is out of reach, and through whom that one is known."""
        if v.who is None or self.naming.in_quotation(v.cue_token):
            return ()
        noun = self.doc[v.who.at] if v.who.at >= 0 else None
        whom = [c for c in v.cue_token.children if c.dep_ in {"dobj", "dative"} and c.lower_ in HEARERS]
        whom += [g for c in v.cue_token.children if c.lower_ == "to" for g in c.children if g.lower_ in HEARERS]
        if noun is not None and noun.lemma_.lower() in self.words.far:
            whom += [c for c in noun.children if c.dep_ == "poss" and c.lower_ in {"his", "her"}]
        for t in whom:
            who = self.naming.who([t], remember=False)
            if (
                who is None
                or not who.kind
                or who.plural
                or equal(who, v.who)
                or who.canonical.casefold() in self.naming.own
            ):
                continue
            if self.first_heard.get(who.canonical.casefold(), len(self.doc)) < v.cue_token.sent.end:
                return (*self.through(who), replace(who, start=None, end=None))
        return ()

    def _heard_through(self, v: Voice) -> tuple[Who, ...]:
        """`She said her husband had called. He told her that …`: what he says goes through her, and through whom she told."""
        if v.who is None or v.who.kind != "relative" or v.who.name[:1].isupper():
            return ()
        for o in reversed(self.voices.between(v.cue_token.i - HEARD_THROUGH, v.cue_token.i)):
            if o.who is None or not is_teller(o.who) or equal(o.who, v.who) or not o.content:
                continue
            seen = self.voices.seen_at.within(min(o.content), max(o.content) + 1)
            if any(at in o.content and equal(w, v.who) for at, w in seen):
                return (*self.outer.get(o.who.canonical.casefold(), ()), replace(o.who, start=None, end=None))
        return ()

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
            return self._told_by(root)
        who = self._who(subject)
        if who is None or who.canonical.casefold() in self.naming.own:
            return self._told_by(root) or self._of_a_carrier(root, subject)
        if is_teller(who):
            outlet = next((w for t in sentence if (w := told(t, self.naming)) is not None), None)
            key = who.canonical.casefold()
            if outlet is not None and any(t.lemma_.lower() in SPEAKING for t in sentence):
                self.outer[key] = (outlet,)
                return Account(replace(who, start=None, end=None), (outlet,), None, root)
            is_person = self.naming.people.is_named(subject) or any(
                self.naming.people.is_named(c) for c in subject.children if c.dep_ == "appos"
            )
            heard = key in self.tellers and (
                account is None
                or self.first_heard.get(key, len(self.doc)) < sentence.start
                or self._speaks_first(sentence, who)
            )  # the dead of whom a witness tells have not spoken before
            if is_person and (heard or self.in_group) and not (account and equal(account.who, who)):
                return Account(replace(who, start=None, end=None), self.outer.get(key, ()), None, None)
            return None
        return self._of_a_carrier(root, subject) or self._of_a_search(root, who)

    def _who(self, subject: Token) -> Who | None:
        return self.voices.seen_by(subject.i) or self.naming.who(
            [t for t in subject.subtree if t.i <= subject.i + 8], remember=False
        )

    def _told_by(self, root: Token) -> Account | None:
        """`What happened next is told by a sergeant.`"""
        if root.lemma_.lower() not in self.words.reporting:
            return None
        for by in (c for c in root.children if c.dep_ == "agent"):
            for g in (g for g in by.children if g.dep_ == "pobj"):
                who = self.naming.who([t for t in g.subtree if t.i <= g.i + 8])
                if is_teller(who) and who is not None:
                    return Account(replace(who, start=None, end=None), (), None, root)
        return None

    def _of_a_carrier(self, root: Token, subject: Token) -> Account | None:
        """`A report by X paints a grim picture.`, `X published its bulletin on Friday.`: what follows stands in it."""
        if any(c.dep_ == "ccomp" for c in root.children):
            return None
        carriers = self.words.carriers
        written = {subject.lemma_.lower(), subject.lower_} & (carriers | self.words.writings)
        if written and root.lemma_.lower() in DEPICTING:
            tokens = [t for t in subject.subtree if t.i <= subject.i + 12]
        elif root.lemma_.lower() in ISSUING and any(
            c.dep_ == "dobj" and c.lemma_.lower() in carriers for c in root.children
        ):
            tokens = [t for t in subject.subtree if t.i <= subject.i + 8]
        else:
            return None
        who = self.naming.who(tokens, remember=False)
        if who is None or not who.kind or who.canonical.casefold() in self.naming.own:
            return None
        return Account(replace(who, start=None, end=None), (), None, root)

    def _of_a_search(self, root: Token, who: Who) -> Account | None:
        """`X has gone through 3,000 court files.`: what follows is what X found."""
        if who.kind not in OUTLET_KINDS | {"international"} or root.lemma_.lower() not in SEARCHING:
            return None
        objects = [t for t in root.subtree if t.dep_ in {"dobj", "pobj"} and t.lemma_.lower() in self.words.carriers]
        return Account(replace(who, start=None, end=None), (), None, root, found_out=True) if objects else None

    def _narrates(self, sentence: TokenSpan, account: Account) -> bool:
        """Whether a sentence tells what happened, and not that nobody answered."""
        answers_nothing = sentence.root.lemma_.lower() in SILENT
        return not answers_nothing and narrates(sentence, account.who, self.naming, is_witness=is_teller(account.who))
