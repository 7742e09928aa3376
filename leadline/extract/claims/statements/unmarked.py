"""Who says a clause that stands in no attribution: the grammar of its sentence, and what goes on from the sentences before."""

from __future__ import annotations

from spacy.tokens import Token

from leadline.extract.claims.coded.grammar import active_subject
from leadline.extract.claims.coded.grammar import subjects as subjects_of
from leadline.extract.claims.lexicon import load_lexicon, rule_words
from leadline.extract.claims.sources.kinds import BODY_KINDS, ORGANISATIONS, OUTLET_KINDS, SPEAKERS_KINDS
from leadline.extract.claims.sources.naming import Naming
from leadline.extract.claims.sources.who import COLLEAGUES, RUMOURS, equal, phrase_of, unnamed_reports
from leadline.extract.claims.statements.accounts import Accounts
from leadline.extract.claims.statements.asides import as_told, is_part, prescribed, reckoned, recorded
from leadline.extract.claims.statements.beside import is_joined
from leadline.extract.claims.statements.depicted import acts_in, depicted, tells_of
from leadline.extract.claims.statements.labelled import Labelled
from leadline.extract.claims.statements.lineage import Lineage
from leadline.extract.claims.statements.stating import Stating
from leadline.extract.claims.statements.voices import Voices

PROBABLE = rule_words("unmarked.probable")
RECORDING = ORGANISATIONS | {"official", "analyst", "document", "person"}
"""Who keeps a record of cases."""
WRITTEN = frozenset({"document"})
WRITTEN_BEFORE = 300
"""Tokens before `Point 7` within which the writing is named."""
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
        self.stating = Stating(voices, naming)

    def read(self, head: Token, tokens: tuple[Token, ...]) -> Lineage:
        """No attribution: a clause inside a recording's description, an outlet's own finding, reports, or nobody."""
        for a in [head, *head.ancestors]:
            recording = self.recordings.by_token.get(a.i)
            if recording is not None and a.i != head.i and recording.whos:
                return Lineage.said(cue=a, through=recording.whos, recording=recording)
        behind = next((v for v in self.voices.backwards if head.i in v.content), None)
        if behind is not None and behind.who is not None and not self.naming.is_own(behind.who):
            return Lineage((behind.who.hop(behind.cue),), (behind.who,), None, None, behind.cue_token)
        for rule in (
            self._beside,
            self._of_impersonal,
            self._of_answer,
            self._of_reports,
            self.stating.of,
            self._of_hearing,
            self._of_aside,
            self._of_finding,
            self._of_assessment,
            self.of_account,
            self.labelled.of,
        ):
            if (found := rule(head)) is not None:
                return found
        recording = next(
            (r for t in sorted(tokens, key=lambda t: t.i) if (r := self.recordings.by_token.get(t.i)) is not None), None
        )
        if recording is not None and recording.released_by and tells_of(head):
            return Lineage.said(through=recording.released_by, recording=recording)
        if recording is None and (acting := acts_in(head, self.recordings, self.naming)) is not None:
            return Lineage.said(through=acting.whos, recording=acting)
        return Lineage(recording=recording or depicted(head, self.recordings))

    def _beside(self, head: Token) -> Lineage | None:
        """`As the court established, …`, `by the count of the project`, `the police registered 900 cases`."""
        for rule, kinds in ((as_told, None), (reckoned, None), (recorded, RECORDING), (prescribed, WRITTEN)):
            if (found := rule(head, self.words)) is None:
                continue
            cue, noun = found
            who = self.naming.who(phrase_of(noun), remember=False)
            if is_part(noun):
                before = [
                    w for _, w in self.voices.seen_at.within(head.i - WRITTEN_BEFORE, noun.i) if w.kind == "document"
                ]
                who = before[-1].elsewhere() if before else None
            if noun.lower_ in COLLEAGUES and (who is None or who.source is None):
                who = self.naming.phrases.who(noun, "monitor")  # `volunteers of the project`
            if who is None or not who.kind or (kinds is not None and who.kind not in kinds) or self.naming.is_own(who):
                continue
            return Lineage.said(who, cue=cue, stated=True)
        return None

    def _of_impersonal(self, head: Token) -> Lineage | None:
        """`It has been established that …`: what the inquiry or body found that spoke last."""
        for verb in head.ancestors:
            if verb.lemma_.lower() in self.words.finding | self.words.reporting and self.voices.sayings.is_impersonal(
                verb
            ):
                who = self.voices.last_body(verb, list(self.voices.seen_at.within(0, verb.i)))
                return Lineage.said(who, cue=verb) if who is not None else None
        return None

    def _of_answer(self, head: Token) -> Lineage | None:
        """`The embassy dismissed the reports as invented`: who answers for an accused body says so itself."""
        for verb in (head, *head.ancestors):
            if verb.pos_ != "VERB" or verb.lemma_.lower() not in self.words.answering:
                continue
            subject = next((s for s in subjects_of(verb) if s.i < verb.i), None)
            if subject is None or head.i in {t.i for t in subject.subtree}:
                continue
            who = self.voices.who(subject)
            answers = who is not None and (
                who.kind in BODY_KINDS | {"official", "commander"} or (who.kind == "person" and who.source)
            )
            if who is None or not answers or self.naming.is_own(who):
                return None
            return Lineage.said(who, cue=verb)
        return None

    def _of_hearing(self, head: Token) -> Lineage | None:
        """`The commission heard from former detainees that …`: they say it to the one who hears."""
        for verb in (head, *head.ancestors):
            if verb.lemma_.lower() not in {"hear", "learn"} or verb.i >= head.i:
                continue
            told = [g for c in verb.children if c.dep_ == "prep" and c.lower_ == "from" for g in c.children]
            heard = [*subjects_of(verb)[:1], *(g for g in told if g.dep_ == "pobj")]
            whos = [self.naming.who(phrase_of(g), remember=False) for g in heard]
            named = [w for w in whos if w is not None and w.kind and not self.naming.is_own(w)]
            if told and named:
                return Lineage.said(*named, cue=verb)
        return None

    def _of_reports(self, head: Token) -> Lineage | None:
        """`Reports of …`, `reports are emerging that …`."""
        reports = next(
            (
                t
                for t in head.sent
                if t.lower_ in RUMOURS and t.i <= head.i and t.dep_ in {"nsubj", "pobj", "attr", "ROOT", "dobj"}
            ),
            None,
        )
        if reports is None or any(n.end <= reports.i + 4 for n in self.naming.named.within(reports.i, reports.i + 4)):
            return None
        if head.i not in {t.i for t in reports.subtree} and not any(
            t.lower_ in {"of", "that"} and t.i > reports.i for t in head.sent
        ):
            return None
        who = unnamed_reports(reports)
        return Lineage((who.hop(reports.head.text),), (who,), cue=reports)

    def _of_aside(self, head: Token) -> Lineage | None:
        """`…, they say, …` or `… that they say …` of the sentence's own subject."""
        subject = active_subject(head.sent.root)
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
                who = self.naming.who(phrase_of(subject, 6), remember=False)
                if who is not None:
                    recording, _ = self.voices.linked(who, t, frozenset())
                    return Lineage.said(who, cue=t, recording=recording)
        return None

    def _of_finding(self, head: Token) -> Lineage | None:
        """A sentence about what an outlet or monitor found out rests on it."""
        verb = head.sent.root
        chain = [verb, *(g for c in verb.children if c.dep_ in {"xcomp", "acomp"} for g in (c, *c.children))]
        subject = active_subject(verb)
        if subject is None or not any(v.lemma_.lower() in self.words.finding for v in chain):
            return None
        who = self.voices.who(subject)
        if who is None or who.kind not in OUTLET_KINDS | {"international"} or self.naming.is_own(who):
            return None
        return Lineage.said(who, cue=verb, found_out=True)

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
        if who.source is None or who.source.yardstick is None or self.naming.is_own(who):
            return None
        return Lineage.said(who.elsewhere())

    def of_account(self, head: Token) -> Lineage | None:
        """The account that goes on in the sentence: `He was tied to a tree.` between two sentences that he `says`."""
        account = self.accounts.of(head.sent)
        if account is None or (account.cue is not None and is_joined(account.cue, head)):
            return None
        recording = account.recording
        through = (*(recording.released_by if recording is not None else ()), *account.outer)
        return Lineage.said(
            account.who,
            through=(w for w in through if not equal(w, account.who)),
            recording=recording,
            found_out=account.found_out,
        )
