"""Who says a clause that stands in no attribution: the grammar of its sentence, and what goes on from the sentences before."""

from __future__ import annotations

from dataclasses import replace

from spacy.tokens import Token

from leadline.extract.claims.coded.grammar import subjects as subjects_of
from leadline.extract.claims.lexicon import load_lexicon
from leadline.extract.claims.recordings.recordings import Recording
from leadline.extract.claims.sources.kinds import BODY_KINDS, ORGANISATIONS, OUTLET_KINDS, SPEAKERS_KINDS
from leadline.extract.claims.sources.makers import REACH
from leadline.extract.claims.sources.naming import Naming
from leadline.extract.claims.sources.who import COLLEAGUES, FIRST_PERSON, Who, equal, key_of
from leadline.extract.claims.statements.accounts import Accounts
from leadline.extract.claims.statements.asides import as_told, is_part, prescribed, reckoned, recorded
from leadline.extract.claims.statements.beside import is_joined
from leadline.extract.claims.statements.entrances import is_byline
from leadline.extract.claims.statements.labelled import Labelled
from leadline.extract.claims.statements.lineage import Lineage, tells_those_concerned
from leadline.extract.claims.statements.voices import Voices

PROBABLE = frozenset(
    {"likely", "unlikely", "probably", "probable", "possibly", "possible", "certainly", "certain", "realistic"}
)
RECORDING = ORGANISATIONS | {"official", "analyst", "document", "person"}
"""Who keeps a record of cases."""
WRITTEN = frozenset({"document"})
WRITTEN_BEFORE = 300
"""Tokens before `Point 7` within which the writing is named."""
LISTING = frozenset({"list", "record", "contain", "hold", "name", "register"})
"""What a notebook does that says something."""
RECOUNTING = frozenset({"describe", "recount", "recall", "complain", "testify"})
FINDING = frozenset({"find", "establish", "conclude", "show", "reveal", "uncover", "confirm"})
"""What an inspection does that says something: what it found is said by those who made it."""
HOLDING = frozenset({"believe", "reckon"})
SHOWN = 60
"""Tokens after a recording was spoken of within which `can be seen` means what it shows."""
STILL = 150
"""Tokens within which an assessment goes on without naming its body again."""


class Unmarked:
    """Reads the sources of clauses that no attribution holds."""

    def __init__(self, voices: Voices, naming: Naming) -> None:
        self.voices, self.naming, self.doc = voices, naming, voices.doc
        self.recordings = voices.recordings
        self.words = load_lexicon()
        self.accounts = Accounts(voices, naming)
        self.labelled = Labelled(voices, naming)

    def read(self, head: Token, tokens: tuple[Token, ...]) -> Lineage:
        """No attribution: a clause inside a recording's description, an outlet's own finding, reports, or nobody."""
        inside = {t.i for t in tokens}
        for a in [head, *head.ancestors]:
            recording = self.recordings.by_token.get(a.i)
            if recording is not None and a.i != head.i and (recording.released_by or recording.speaker):
                whos = [*recording.released_by, *([recording.speaker] if recording.speaker else [])]
                return Lineage(tuple(w.hop("") for w in whos), tuple(whos), recording, None, a)
        behind = next((v for v in self.voices.backwards if head.i in v.content), None)
        if behind is not None and behind.who is not None and behind.who.canonical.casefold() not in self.naming.own:
            return Lineage((behind.who.hop(behind.cue),), (behind.who,), None, None, behind.cue_token)
        for rule in (
            self._beside,
            self._of_impersonal,
            self._of_answer,
            self._of_reports,
            self.of_statement,
            self._of_hearing,
            self._of_aside,
            self._of_finding,
            self._of_assessment,
            self.of_account,
            self.labelled.of,
        ):
            if (found := rule(head)) is not None:
                return found
        recording = next((r for i in sorted(inside) if (r := self.recordings.by_token.get(i)) is not None), None)
        if recording is not None and recording.released_by and self._tells_of(head):
            whos = list(recording.released_by)
            return Lineage(tuple(w.hop("") for w in whos), tuple(whos), recording)
        if recording is None and (acting := self._acts_in(head)) is not None and acting.speaker is not None:
            whos = [*acting.released_by, acting.speaker]
            return Lineage(tuple(w.hop("") for w in whos), tuple(whos), acting)
        return Lineage(recording=recording or self._depicted(head))

    def _beside(self, head: Token) -> Lineage | None:
        """`As the court established, …`, `by the count of the project`, `the police registered 900 cases`."""
        for rule, kinds in ((as_told, None), (reckoned, None), (recorded, RECORDING), (prescribed, WRITTEN)):
            if (found := rule(head, self.words)) is None:
                continue
            cue, noun = found
            who = self.naming.who([t for t in noun.subtree if t.i <= noun.i + REACH], remember=False)
            if is_part(noun):
                before = [
                    w for _, w in self.voices.seen_at.within(head.i - WRITTEN_BEFORE, noun.i) if w.kind == "document"
                ]
                who = replace(before[-1], start=None, end=None) if before else None
            if noun.lower_ in COLLEAGUES and (who is None or who.source is None):
                who = self.naming.phrases.who(noun, "monitor")  # `volunteers of the project`
            if (
                who is None
                or not who.kind
                or (kinds is not None and who.kind not in kinds)
                or key_of(who) in self.naming.own
            ):
                continue
            return Lineage((who.hop(cue.text),), (who,), None, None, cue, stated=True)
        return None

    def _of_impersonal(self, head: Token) -> Lineage | None:
        """`It has been established that …`: what the inquiry or body found that spoke last."""
        for verb in head.ancestors:
            if verb.lemma_.lower() in self.words.finding | self.words.reporting and self.voices.sayings.is_impersonal(
                verb
            ):
                who = self.voices.last_body(verb, list(self.voices.seen_at.within(0, verb.i)))
                return Lineage((who.hop(verb.text),), (who,), None, None, verb) if who is not None else None
        return None

    def _of_answer(self, head: Token) -> Lineage | None:
        """`The embassy dismissed the reports as invented`: who answers for an accused body says so itself."""
        for verb in (head, *head.ancestors):
            if verb.pos_ != "VERB" or verb.lemma_.lower() not in self.words.answering:
                continue
            subject = next((s for s in subjects_of(verb) if s.i < verb.i), None)
            if subject is None or head.i in {t.i for t in subject.subtree}:
                continue
            who = self.voices.seen_by(subject.i) or self.naming.who(
                [t for t in subject.subtree if t.i <= subject.i + 8], remember=False
            )
            answers = who is not None and (
                who.kind in BODY_KINDS | {"official", "commander"} or (who.kind == "person" and who.source)
            )
            if who is None or not answers or who.canonical.casefold() in self.naming.own:
                return None
            return Lineage((who.hop(verb.text),), (who,), None, None, verb)
        return None

    def _of_hearing(self, head: Token) -> Lineage | None:
        """`The commission heard from former detainees that …`: they say it to the one who hears."""
        for verb in (head, *head.ancestors):
            if verb.lemma_.lower() not in {"hear", "learn"} or verb.i >= head.i:
                continue
            told = [g for c in verb.children if c.dep_ == "prep" and c.lower_ == "from" for g in c.children]
            heard = [*subjects_of(verb)[:1], *(g for g in told if g.dep_ == "pobj")]
            whos = [self.naming.who([t for t in g.subtree if t.i <= g.i + 8], remember=False) for g in heard]
            named = [w for w in whos if w is not None and w.kind and w.canonical.casefold() not in self.naming.own]
            if told and named:
                return Lineage(tuple(w.hop(verb.text) for w in named), tuple(named), None, None, verb)
        return None

    def _of_reports(self, head: Token) -> Lineage | None:
        """`Reports of …`, `reports are emerging that …`."""
        reports = next(
            (
                t
                for t in head.sent
                if t.lower_ in {"reports", "rumours", "rumors"}
                and t.i <= head.i
                and t.dep_ in {"nsubj", "pobj", "attr", "ROOT", "dobj"}
            ),
            None,
        )
        if reports is None or any(n.end <= reports.i + 4 for n in self.naming.named.within(reports.i, reports.i + 4)):
            return None
        if head.i not in {t.i for t in reports.subtree} and not any(
            t.lower_ in {"of", "that"} and t.i > reports.i for t in head.sent
        ):
            return None
        who = Who(reports.text, "unnamed reports", "reports", start=reports.idx, end=reports.idx + len(reports))
        return Lineage((who.hop(reports.head.text),), (who,), None, None, reports)

    def _of_aside(self, head: Token) -> Lineage | None:
        """`…, they say, …` or `… that they say …` of the sentence's own subject."""
        subject = next((c for c in head.sent.root.children if c.dep_ == "nsubj"), None)
        if subject is None or self.words.kind(subject.lemma_.lower()) not in SPEAKERS_KINDS:
            return None
        for t in head.sent:
            if (
                t.lemma_.lower() not in {"say", "claim", "tell", "report"}
                or t.i == head.i
                or t.dep_ not in {"relcl", "parataxis", "ccomp"}
            ):
                continue
            if any(c.dep_ == "nsubj" and c.lower_ in {"they", "he", "she"} for c in t.children):
                who = self.naming.who([x for x in subject.subtree if x.i <= subject.i + 6], remember=False)
                if who is not None:
                    recording, _ = self.voices.linked(who, t, frozenset())
                    return Lineage((who.hop(t.text),), (who,), recording, None, t)
        return None

    def of_statement(self, head: Token, within: frozenset[int] | None = None) -> Lineage | None:
        """A verb of saying above the clause whose content is a noun or an infinitive (`reported losses of …`)."""
        for verb in (head, *head.ancestors):
            if within is not None and verb.i not in within:
                return None
            subjects = [c for c in verb.children if c.dep_ == "nsubj"]
            written = any(
                {s.lemma_.lower(), s.lower_} & (self.words.writings | self.words.carriers | {"it"}) for s in subjects
            )
            stating = self.words.stating | (LISTING | FINDING if written else HOLDING)
            if verb.pos_ != "VERB" or verb.lemma_.lower() not in stating:
                continue
            if is_joined(verb, head):
                continue
            if not subjects and verb.dep_ in {"conj", "xcomp"}:
                subjects = [c for c in verb.head.children if c.dep_ == "nsubj"]
            if not subjects:  # `recalls in an essay Professor X`
                subjects = [
                    t
                    for t in verb.subtree
                    if t.i > verb.i and t.dep_ in {"dobj", "pobj", "appos", "attr"} and t.ent_type_ == "PERSON"
                ][:1]
            if (
                not subjects
                or (verb.i == head.i and subjects[0].i > verb.i)
                or head.i in {t.i for t in subjects[0].subtree}
            ):
                continue
            if any(c.dep_ in {"neg", "aux"} and c.lower_ in {"not", "would", "to", "n't"} for c in verb.children):
                continue
            if verb.lemma_.lower() == "put" and not any(c.dep_ == "prep" and c.lower_ == "at" for c in verb.children):
                continue
            if verb.lemma_.lower() == "speak" and not any(
                c.dep_ == "prep" and c.lower_ in {"of", "about"} for c in verb.children
            ):
                continue
            if within is not None and any(
                c.dep_ in {"dobj", "dative"} and c.lower_ in FIRST_PERSON for c in verb.children
            ):
                continue  # what commanders tell `us` is what the speaker recounts
            if within is not None and subjects[0].lower_ in {"he", "she", "they"} and self.naming.in_quotation(verb):
                continue  # `"He writes that …," she said`
            recording = self.recordings.by_token.get(subjects[0].i)
            if recording is not None:
                whos = [*recording.released_by, *([recording.speaker] if recording.speaker else [])] or [
                    self.speakers_of(recording)
                ]
                return Lineage(tuple(w.hop(verb.text) for w in whos), tuple(whos), recording, None, verb)
            who = self.voices.seen_by(*sorted({subjects[0].i, verb.i}))
            found_out = verb.lemma_.lower() in FINDING and (who is None or not who.kind)
            if found_out or (who is None and verb.lemma_.lower() in LISTING | {"put"}):
                who = self.naming.who([t for t in subjects[0].subtree if t.i <= subjects[0].i + 8], remember=False)
            if who is None and self.words.kind(subjects[0].lemma_.lower()) in SPEAKERS_KINDS:
                who = self.naming.who([t for t in subjects[0].subtree if t.i <= subjects[0].i + 8], remember=False)
                who = who if verb.lemma_.lower() in RECOUNTING else None  # `former inmates describe beatings`
            if who is None or not who.kind or who.canonical.casefold() in self.naming.own:
                continue
            if is_byline(who, verb) or tells_those_concerned(who, verb, self.naming):
                continue
            recording, _ = self.voices.linked(who, verb, frozenset(t.i for t in verb.subtree) - {verb.i})
            outer = [w for w in (recording.released_by if recording else []) if not equal(w, who)]
            return Lineage((*(w.hop("") for w in outer), who.hop(verb.text)), (*outer, who), recording, None, verb)
        return None

    def _of_finding(self, head: Token) -> Lineage | None:
        """A sentence about what an outlet or monitor found out rests on it."""
        verb = head.sent.root
        chain = [verb, *(g for c in verb.children if c.dep_ in {"xcomp", "acomp"} for g in (c, *c.children))]
        subject = next((c for c in verb.children if c.dep_ == "nsubj"), None)
        if subject is None or not any(v.lemma_.lower() in self.words.finding for v in chain):
            return None
        who = self.voices.seen_by(subject.i) or self.naming.who(
            [x for x in subject.subtree if x.i <= subject.i + 8], remember=False
        )
        if (
            who is None
            or who.kind not in OUTLET_KINDS | {"international"}
            or who.canonical.casefold() in self.naming.own
        ):
            return None
        return Lineage((who.hop(verb.text),), (who,), None, None, verb, found_out=True)

    def _of_assessment(self, head: Token) -> Lineage | None:
        """`It is likely that …` after a body that uses a yardstick was heard: its assessment goes on.

        The text's own probabilities carry no yardstick; between the two nobody else may have spoken.
        """
        words = {t.lower_ for t in (head, *head.ancestors)} | {
            c.lower_ for t in (head, *head.ancestors) for c in t.children if c.dep_ in {"advmod", "acomp"}
        }
        if words.isdisjoint(PROBABLE):
            return None
        before = [w for _, w in self.voices.seen_at.within(head.i - STILL, head.i) if w.kind]
        if not before:
            return None
        who = before[-1]
        if who.source is None or who.source.yardstick is None or who.canonical.casefold() in self.naming.own:
            return None
        who = replace(who, start=None, end=None)
        return Lineage((who.hop(""),), (who,), None, None, None)

    def of_account(self, head: Token) -> Lineage | None:
        """The account that goes on in the sentence: `He was tied to a tree.` between two sentences that he `says`."""
        account = self.accounts.of(head.sent)
        if account is None or (account.cue is not None and is_joined(account.cue, head)):
            return None
        recording = account.recording
        outer = [w for w in (recording.released_by if recording else []) if not equal(w, account.who)]
        whos = (*outer, *(w for w in account.outer if not equal(w, account.who)), account.who)
        hops = tuple(w.hop("") for w in whos)
        return Lineage(hops, whos, recording, None, None, found_out=account.found_out)

    def _depicted(self, head: Token) -> Recording | None:
        """`Two men can be seen falling`: what is told stands on the recording that was spoken of just before."""
        seen = any(
            a.lemma_.lower() in {"see", "show"}
            and any(c.dep_ == "auxpass" for c in a.children)
            and any(c.lower_ in {"can", "could", "is", "are"} for c in a.children)
            for a in (head, *head.ancestors)
        )
        latest = self.recordings.latest(head.i) if seen else None
        return latest if latest is not None and head.i - latest.mentions[-1] < SHOWN else None

    def _acts_in(self, head: Token) -> Recording | None:
        """`The group asks the president …`: what those who speak on a recording do in it, told in the present tense."""
        verb = next((a for a in (head, *head.ancestors) if a.pos_ == "VERB"), head)
        latest = self.recordings.latest(head.i)
        subject = next((c for c in verb.children if c.dep_ == "nsubj" and c.pos_ == "NOUN"), None)
        if latest is None or latest.speaker is None or subject is None or verb.tag_ not in {"VBZ", "VBP"}:
            return None
        if head.i - latest.mentions[-1] > STILL * 2:
            return None
        who = self.naming.who(list(subject.subtree), remember=False)
        return latest if who is not None and equal(who, latest.speaker) else None

    def _tells_of(self, head: Token) -> bool:
        """Whether a clause tells what a recording shows, rather than that there is one."""
        verb = head.sent.root
        return verb.lemma_.lower() not in self.words.releasing | self.words.recording

    def speakers_of(self, recording: Recording) -> Who:
        """Nobody is named in a recording that is itself the source: the soldiers of the side the text is about."""
        side = self.naming.sides.main
        adjective = self.naming.sides.adjectives.get(side or "", "")
        canonical = f"{adjective} soldiers".strip() if adjective else "unnamed speakers"
        token = self.doc[recording.at]
        return Who(
            token.text, canonical, "soldier", side=side, start=token.idx, end=token.idx + len(token), plural=True
        )
