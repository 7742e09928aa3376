"""Chains of attribution: for any stretch of a text, who says it and through whom.

The sources around a stretch are its hops, outermost first: voices whose content holds it, the speaker of the quotation it
stands in, the releaser of the recording it rests on. Where none is marked, the grammar of the sentence is asked.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from spacy.tokens import Doc, Token

from leadline.extract.claims.lexicon import load_lexicon
from leadline.extract.claims.naming import Naming
from leadline.extract.claims.recordings import SPEAKERS_KINDS, Recording
from leadline.extract.claims.speech import Speech
from leadline.extract.claims.voices import Voice, Voices
from leadline.extract.claims.who import FIRST_PERSON, OUTLET_KINDS, Who, equal
from leadline.schema import Attribution, Hop, Span

SUPERIORS = frozenset({"commander", "official"})
PROBABLE = frozenset(
    {"likely", "unlikely", "probably", "probable", "possibly", "possible", "certainly", "certain", "realistic"}
)
STILL = 150
"""Tokens within which an assessment goes on without naming its body again."""
WITNESSES = frozenset({"soldier", "relative", "witness"})
OWN_STORY = frozenset({"he", "she", "him", "her", "his", "they", "them", "their"})
HEAD = 12
"""Words at the front of a sentence among which it says whom it is about."""
TELLING = frozenset({"tell", "warn", "threaten", "promise", "inform", "assure"})
ADDRESSED = frozenset({"him", "her", "them", "us", "me", "he", "she", "they", "everyone", "everybody"})


@dataclass(frozen=True)
class Lineage:
    """Who says a stretch of text: the hops, the sources behind them, and the recording it stands on."""

    hops: tuple[Hop, ...] = ()
    whos: tuple[Who, ...] = ()
    recording: Recording | None = None
    attribution: Attribution | None = None
    cue: Token | None = None
    found_out: bool = False


class Chains:
    """Answers who says what in one text."""

    def __init__(
        self,
        doc: Doc,
        attributions: tuple[Attribution, ...],
        quotations: Iterable[Span],
        naming: Naming,
        paragraphs: tuple[Span, ...],
    ) -> None:
        self.doc, self.naming = doc, naming
        self.words = load_lexicon()
        self.voices = Voices(doc, attributions, naming, paragraphs)
        self.recordings = self.voices.recordings
        self.quotes = Speech(self.voices, quotations).quotes

    def contents(self, token: Token) -> frozenset[int] | None:
        """The tokens of the innermost reported content (or quotation) around a token, None in the text's own voice."""
        found = [
            v.content
            for v in self.voices.all
            if token.i in v.content and v.cue_token.i != token.i and (v.who or v.recording)
        ]
        found += [q for q, v in self.quotes if token.i in q and v is not None and token.sent.root.i in q]
        return min(found, key=len) if found else None

    def lineage(self, head: Token, tokens: tuple[Token, ...], triggered: frozenset[int] = frozenset()) -> Lineage:
        """Who says the clause of `head`; a cue among the `triggered` words is part of the event itself."""
        around = [
            v
            for v in self.voices.all
            if head.i in v.content
            and (v.cue_token.i not in triggered or v.cue_token.lemma_.lower() in self.words.stating)
        ]
        quote = next(((q, v) for q, v in self.quotes if head.i in q), None)
        if quote is not None and quote[1] is not None and all(v is not quote[1] for v in around):
            outside = [v for v in around if v.cue_token.i not in quote[0]]
            if not outside:
                around.append(replace(quote[1], content=quote[0] | quote[1].content))
        around = [v for v in around if not self._is_told(v)]
        around.sort(key=lambda v: (-v.size, v.cue_token.i))
        whos: list[Who] = []
        hops: list[Hop] = []
        recording: Recording | None = None
        for v in around:
            recording = v.recording or recording
            chain = [*(v.recording.released_by if v.recording else []), *([v.who] if v.who else [])]
            if v.own_recording and v.recording is not None:
                chain += [v.recording.speaker] if v.recording.speaker else []
                if not chain and not v.recording.is_one:
                    chain = [self._speakers_of(v.recording)]
            elif v.who is None and v.recording is not None and v.recording.speaker is not None:
                chain.append(v.recording.speaker)
            for who in chain:
                if who.canonical.casefold() in self.naming.own or any(equal(who, w) for w in whos):
                    continue
                whos.append(who)
                hops.append(who.hop(v.cue))
            outlet = self._told(v.cue_token)
            if outlet is not None and not any(equal(outlet, w) for w in whos):
                whos.insert(max(0, len(whos) - 1), outlet)
                hops.insert(max(0, len(hops) - 1), outlet.hop(v.cue))
        if not hops:
            own = self._own_voice(head, tokens)
            cited = [w for w in self._cited(own.cue) if own.hops and not any(equal(w, x) for x in own.whos)]
            return replace(
                own,
                hops=(*own.hops, *(w.hop("citing") for w in cited)),
                whos=(*own.whos, *cited),
                recording=own.recording or recording,
            )
        inner = around[-1]
        nested = self._of_statement(head, inner.content)
        if nested is not None and nested.cue is not None and nested.cue.i != inner.cue_token.i:
            recording = nested.recording or recording
            for who, hop in zip(nested.whos, nested.hops, strict=True):
                if not any(equal(who, w) for w in whos):
                    whos.append(who)
                    hops.append(hop)
        for who in self._cited(inner.cue_token):
            if not any(equal(who, w) for w in whos):
                whos.append(who)
                hops.append(who.hop("citing"))
        if recording is None:
            recording = next(
                (
                    r
                    for i, r in self.recordings.by_token.items()
                    if head.sent.start <= i < head.sent.end and self.voices.is_beside(i)
                ),
                None,
            )
        return Lineage(tuple(hops), tuple(whos), recording, inner.attribution, inner.cue_token)

    def _is_told(self, v: Voice) -> bool:
        """`Officers told them that …`: what a nameless superior tells soldiers or families is told of, not attributed.

        In a recording the superior is heard saying it, and a reporter who is told something has a source.
        """
        if v.who is None or v.recording is not None or v.who.kind not in SUPERIORS or v.who.source is not None:
            return False
        if v.who.kind == "commander" and any(
            o is not v and v.cue_token.i in o.content and o.who is not None and o.who.kind in WITNESSES
            for o in self.voices.all
        ):
            return not self.naming.people.is_named(self.doc[v.who.at])  # in a soldier's account the story goes on
        return self._tells_those_concerned(v.who, v.cue_token)

    def _tells_those_concerned(self, who: Who, cue: Token) -> bool:
        """Whether a nameless superior tells, warns or threatens soldiers or families: a part of the story."""
        if who.kind not in SUPERIORS or who.source is not None or cue.lemma_.lower() not in TELLING:
            return False
        if self.naming.people.is_named(self.doc[who.at]):
            return False
        addressed = [c for c in cue.children if c.dep_ in {"dobj", "dative", "nsubjpass"}]
        return any(
            a.lower_ in ADDRESSED or self.words.kind(a.lemma_.lower()) in {"soldier", "relative"} for a in addressed
        )

    def _own_voice(self, head: Token, tokens: tuple[Token, ...]) -> Lineage:
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
            self._of_reports,
            self._of_statement,
            self._of_aside,
            self._of_finding,
            self._of_assessment,
            self._of_account,
        ):
            if (found := rule(head)) is not None:
                return found
        recording = next((r for i, r in self.recordings.by_token.items() if i in inside), None)
        if recording is not None and recording.released_by and self._tells_of(head):
            whos = list(recording.released_by)
            return Lineage(tuple(w.hop("") for w in whos), tuple(whos), recording)
        return Lineage(recording=recording)

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
        if reports is None or any(n.start >= reports.i and n.end <= reports.i + 4 for n in self.naming.named):
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

    def _of_statement(self, head: Token, within: frozenset[int] | None = None) -> Lineage | None:
        """A verb of saying above the clause whose content is a noun or an infinitive (`reported losses of …`)."""
        for verb in (head, *head.ancestors):
            if within is not None and verb.i not in within:
                return None
            if verb.pos_ != "VERB" or verb.lemma_.lower() not in self.words.stating:
                continue
            subjects = [c for c in verb.children if c.dep_ == "nsubj"]
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
            recording = self.recordings.by_token.get(subjects[0].i)
            if recording is not None:
                whos = [*recording.released_by, *([recording.speaker] if recording.speaker else [])] or [
                    self._speakers_of(recording)
                ]
                return Lineage(tuple(w.hop(verb.text) for w in whos), tuple(whos), recording, None, verb)
            who = next((w for at, w in self.voices.seen_at if at in {subjects[0].i, verb.i}), None)
            if who is None and verb.lemma_.lower() == "put":
                who = self.naming.who([t for t in subjects[0].subtree if t.i <= subjects[0].i + 8], remember=False)
            if who is None or not who.kind or who.canonical.casefold() in self.naming.own:
                continue
            if self.voices.is_byline(who, verb) or self._tells_those_concerned(who, verb):
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
        who = next((w for at, w in self.voices.seen_at if at == subject.i), None) or self.naming.who(
            [x for x in subject.subtree if x.i <= subject.i + 8], remember=False
        )
        if (
            who is None
            or who.kind not in OUTLET_KINDS | {"outlet", "monitor", "international"}
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
        before = [(at, w) for at, w in self.voices.seen_at if at < head.i and w.kind]
        if not before or head.i - before[-1][0] > STILL:
            return None
        who = before[-1][1]
        if who.source is None or who.source.yardstick is None or who.canonical.casefold() in self.naming.own:
            return None
        who = replace(who, start=None, end=None)
        return Lineage((who.hop(""),), (who,), None, None, None)

    def _of_account(self, head: Token) -> Lineage | None:
        """A story told by one who is quoted beside it: `He was tied to a tree.` between two sentences that he `says`.

        The sentence must be about a witness without office, who speaks in the same paragraph or right before it, and nobody else
        may be quoted in between.
        """
        sentence = head.sent
        if any(t.lower_ in FIRST_PERSON for t in sentence) or self.naming.in_quotation(head):
            return None
        about = [t for t in sentence if t.dep_ in {"nsubj", "nsubjpass", "poss", "dobj"}]
        paragraph = self.voices.paragraph_of(sentence.start_char)
        near = [
            v
            for v in self.voices.all
            if v.who is not None and abs(self.voices.paragraph_of(v.cue_token.idx) - paragraph) <= 1
        ]
        same = [v for v in near if self.voices.paragraph_of(v.cue_token.idx) == paragraph]
        before = [v for v in near if v.cue_token.i < sentence.start]
        spoken = same or before[-1:]
        whos = {v.who.canonical.casefold() for v in spoken if v.who is not None}
        if len(whos) != 1 or spoken[-1].who is None:
            return None
        v = spoken[-1]
        who = v.who
        if who is None or who.source is not None or who.owner_kind or who.kind not in WITNESSES | {"person"}:
            return None
        meant = {w.lower() for w in who.canonical.split()}
        if not any(t.lower_ in meant or (t.lower_ in OWN_STORY and t.i - sentence.start < HEAD) for t in about):
            return None
        last = [w for at, w in self.voices.seen_at if at < sentence.start and w.kind in WITNESSES | {"person"}][-1:]
        if last and not equal(last[0], who):
            return None  # `he` is somebody else
        who = replace(who, start=None, end=None)
        recording = v.recording
        outer = [w for w in (recording.released_by if recording else []) if not equal(w, who)]
        return Lineage((*(w.hop("") for w in outer), who.hop(v.cue)), (*outer, who), recording, None, None)

    def _cited(self, cue: Token | None) -> list[Who]:
        """`…, citing a report from X`: X speaks behind the source."""
        for c in cue.sent if cue is not None else ():
            if c.lower_ in {"citing", "quoting"}:
                for g in c.children:
                    if g.dep_ == "dobj" and (
                        who := self.naming.who([x for x in g.subtree if x.i <= g.i + 10], remember=False)
                    ):
                        return [who]
        return []

    def _tells_of(self, head: Token) -> bool:
        """Whether a clause tells what a recording shows, rather than that there is one."""
        verb = head.sent.root
        return verb.lemma_.lower() not in self.words.releasing | self.words.recording

    def _speakers_of(self, recording: Recording) -> Who:
        """Nobody is named in a recording that is itself the source: the soldiers of the side the text is about."""
        side = self.naming.sides.main
        adjective = self.naming.sides.adjectives.get(side or "", "")
        canonical = f"{adjective} soldiers".strip() if adjective else "unnamed speakers"
        token = self.doc[recording.at]
        return Who(
            token.text, canonical, "soldier", side=side, start=token.idx, end=token.idx + len(token), plural=True
        )

    def _told(self, cue: Token) -> Who | None:
        """The outlet that a statement was made to: `told the channel`."""
        if cue.lemma_.lower() not in {"tell", "speak", "say", "admit", "confirm", "explain", "complain", "interview"}:
            return None
        for c in cue.children:
            targets = (
                [c]
                if c.dep_ in {"dobj", "dative"}
                else [g for g in c.children if g.dep_ == "pobj"]
                if c.dep_ in {"prep", "dative"} and c.lower_ in {"to", "by"}
                else []
            )
            for t in targets:
                kind = self.words.kind(t.lemma_.lower())
                named = [n for n in self.naming.named if n.start <= t.i < n.end]
                if named and named[0].source.kind in OUTLET_KINDS:
                    who = self.naming._from_register(named[0])
                elif kind in {"outlet", "monitor"} and t.ent_type_ != "PERSON":
                    found = self.naming._again(t, kind)
                    if found is None:
                        continue
                    who = found
                else:
                    continue
                if who.canonical.casefold() not in self.naming.own:
                    return who
        return None
