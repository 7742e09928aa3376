"""Chains of attribution: for any stretch of a text, who says it and through whom.

The sources around a stretch are its hops, outermost first: voices whose content holds it, the speaker of the quotation it
stands in, the releaser of the recording it rests on. Where none is marked, the grammar of the sentence is asked.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import cached_property

from spacy.tokens import Doc, Token

from leadline.extract.claims.coded.grammar import active_subject
from leadline.extract.claims.lexicon import load_lexicon, rule_words
from leadline.extract.claims.recordings.recordings import Recording
from leadline.extract.claims.sources.kinds import OUTLET_KINDS, SPEAKERS_KINDS, SUPERIORS, WITNESSES
from leadline.extract.claims.sources.naming import Naming
from leadline.extract.claims.sources.who import Who, equal, may_be_same
from leadline.extract.claims.statements.answers import Answers
from leadline.extract.claims.statements.depicted import only_depicts, speakers_of
from leadline.extract.claims.statements.dialogues import turns_of
from leadline.extract.claims.statements.draft import Draft
from leadline.extract.claims.statements.heard import Voice
from leadline.extract.claims.statements.lineage import Lineage, is_teller, tells_those_concerned
from leadline.extract.claims.statements.relays import cited, cited_after, citing, quoted_by, told
from leadline.extract.claims.statements.silence import is_silent, keeps_silent
from leadline.extract.claims.statements.speech import Speech
from leadline.extract.claims.statements.unmarked import Unmarked
from leadline.extract.claims.statements.voices import Voices
from leadline.schema import Attribution, Span

QUESTIONED = rule_words("chains.questioned")
DRAWN = 1000
"""Tokens before a sentence in which those were told of whom it counts out some."""
ORDERING = rule_words("chains.ordering")


class Chains:
    """Answers who says what in one text."""

    def __init__(
        self,
        doc: Doc,
        attributions: tuple[Attribution, ...],
        quotations: Iterable[Span],
        naming: Naming,
        paragraphs: tuple[Span, ...],
        body: Who | None = None,
    ) -> None:
        self.doc, self.naming = doc, naming
        self.body = body
        self.words = load_lexicon()
        self.voices = Voices(doc, attributions, naming, paragraphs)
        self.recordings = self.voices.recordings
        self.quotes = [*turns_of(self.voices, naming), *Speech(self.voices, quotations).quotes]
        self.unmarked = Unmarked(self.voices, naming)
        self.answers = Answers(self.voices, naming)

    def around(self, i: int) -> list[Voice]:
        """The attributions whose content holds a token, in their order."""
        return [self.voices.all[k] for k in self.voices.around.get(i, ())]

    @cached_property
    def _quoted(self) -> dict[int, list[tuple[frozenset[int], Voice | None]]]:
        """The quotations that hold a token, in their order."""
        found: dict[int, list[tuple[frozenset[int], Voice | None]]] = {}
        for q in self.quotes:
            for i in q[0]:
                found.setdefault(i, []).append(q)
        return found

    def contents(self, token: Token) -> frozenset[int] | None:
        """The tokens of the innermost reported content (or quotation) around a token, None in the text's own voice."""
        around = self.around(token.i)
        found = [v.content for v in around if v.cue_token.i != token.i and (v.who or v.recording)]
        found += [q for q, v in self._quoted.get(token.i, ()) if v is not None and token.sent.root.i in q]
        return min(found, key=len) if found else None

    def lineage(self, head: Token, tokens: tuple[Token, ...], triggered: frozenset[int] = frozenset()) -> Lineage:
        """Who says the clause of `head`; a cue among the `triggered` words is part of the event itself."""
        around = self._voices_of(head, triggered)
        retold = any(self._in_own_words(v) and self._told_by_another(v) for v in around)
        around = [v for v in around if not self._is_told(v) and not is_silent(v.cue_token)]
        around.sort(key=lambda v: (sum(_holds(o, v) and not _holds(v, o) for o in around), -v.size, v.cue_token.i))
        draft = Draft()
        for v in around:
            self._add(v, draft)
        self._add_outlet(draft)
        if draft.whos:
            self._complete(head, draft, around[-1])
            return draft.lineage(around[-1].attribution, around[-1].cue_token)
        if draft.recording is not None and around and around[-1].own_recording:
            return draft.lineage(around[-1].attribution, around[-1].cue_token)
        if keeps_silent(head):
            return draft.lineage()
        own = (self.unmarked.of_account(head) if retold else None) or self.unmarked.read(head, tokens)
        behind = [w for w in cited(own.cue, self.naming) if own.hops and not any(equal(w, x) for x in own.whos)]
        return replace(
            own,
            hops=(*own.hops, *(w.hop("citing") for w in behind)),
            whos=(*own.whos, *behind),
            recording=own.recording or draft.recording,
        )

    def _voices_of(self, head: Token, triggered: frozenset[int]) -> list[Voice]:
        """The voices whose content holds a clause, and the speaker of the quotation it stands in."""
        around = [
            v
            for v in self.around(head.i)
            if (v.cue_token.i not in triggered or v.cue_token.lemma_.lower() in self.words.stating)
        ]
        quoted, speaker = next(iter(self._quoted.get(head.i, ())), (frozenset[int](), None))
        if speaker is None or self._is_labelled_apart(head, speaker) or any(v is speaker for v in around):
            return around
        if all(v.cue_token.i in quoted for v in around):
            around.append(replace(speaker, content=quoted | speaker.content))
        return around

    def _add(self, v: Voice, draft: Draft) -> None:
        """Add one voice inside of those before it: whose words they are, through whom the recording is known, whom it told."""
        draft.recording = v.recording or draft.recording
        if v.own_recording and v.recording is not None and only_depicts(v.cue_token, v.recording):
            return
        for who in self._whos(v):
            if self.naming.is_own(who) or draft.has(who):
                continue
            last = draft.whos[-1] if draft.whos else None
            if draft.recording is not None and last is draft.recording.speaker and last and may_be_same(who, last):
                draft.drop_last()  # the soldier on the call is the conscript of this sentence
            draft.put(len(draft.whos), who, v.cue)
        before = (told(v.cue_token, self.naming), citing(v.who, self.naming) if v.who else None)
        for outer in (*before, *self.unmarked.accounts.through.heard_by(v)):
            draft.pass_on(outer, v.cue)

    def _whos(self, v: Voice) -> list[Who]:
        """Who speaks by a voice, outermost first, with those through whom its recording is known."""
        if v.recording is None:
            return [v.who] if v.who else []
        found = [*v.recording.released_by, *([v.who] if v.who else [])]
        speaker = [v.recording.speaker] if v.recording.speaker is not None else []
        if v.own_recording:
            found += speaker
            return found or ([] if v.recording.is_one else [speakers_of(v.recording, self.naming)])
        return found if v.who is not None else found + speaker

    def _add_outlet(self, draft: Draft) -> None:
        """Through whom a witness was first known, where no outlet stands in the chain."""
        last = draft.whos[-1] if draft.whos else None
        if last is None or last.kind == "witness" or not (is_teller(last) or last.role == "witness"):
            return
        if not any(w.kind in OUTLET_KINDS for w in draft.whos):
            for outer in self.unmarked.accounts.through.of(last):
                draft.pass_on(outer, "")

    def _complete(self, head: Token, draft: Draft, inner: Voice) -> None:
        """Add what stands inside of the innermost voice, whom it cites, and who stands outside of all."""
        nested = self.unmarked.stating.of(head, inner.content)
        if nested is not None and nested.cue is not None and nested.cue.i != inner.cue_token.i:
            draft.recording = nested.recording or draft.recording
            for who, hop in zip(nested.whos, nested.hops, strict=True):
                draft.go_on(who, hop.cue)
        for who in cited(inner.cue_token, self.naming) or cited_after(inner.cue_token, draft.whos[-1], self.naming):
            draft.go_on(who, "citing")
        draft.recording = draft.recording or self._beside(head)
        outer = quoted_by(inner.cue_token, self.naming)
        if outer is not None and not draft.has(outer):
            draft.put(0, outer, "as quoted by")
        if (outer := self._drawn_from(inner, draft.whos)) is not None:
            draft.put(0, outer, "")
        draft.recording = draft.recording or self._held_by(head, draft.whos)
        if (speaker := self._heard_ordering(head, draft.recording, draft.whos)) is not None:
            draft.put(len(draft.whos), speaker, "")
        first = draft.whos[0]
        if self.body is not None and (
            first.kind in WITNESSES or (draft.recording is not None and not equal(first, self.body))
        ):
            draft.put(0, self.body, "")  # a body's own document passes on what witnesses told it

    def _beside(self, head: Token) -> Recording | None:
        """The recording that a sentence speaks of beside what it tells."""
        found = ((i, self.recordings.by_token.get(i)) for i in range(head.sent.start, head.sent.end))
        return next((r for i, r in found if r is not None and self.voices.is_beside(i)), None)

    def answer(self, head: Token) -> Lineage | None:
        """Whose an official answer is that the text tells in its own words; None where somebody else tells it, or it is none."""
        if self.contents(head) is not None:
            return None
        return self.answers.of(head)

    def _is_labelled_apart(self, head: Token, v: Voice) -> bool:
        """`Quote: "…"`, under a line that names its source: who spoke before that is not who is quoted."""
        here, there = (self.voices.paragraph_of(t.idx) for t in (head, v.cue_token))
        outside = here != there and v.recording is None and (v.who is None or v.who.kind not in SPEAKERS_KINDS)
        return outside and self.unmarked.labelled.is_content(here)

    def _in_own_words(self, v: Voice) -> bool:
        """Whether a pronoun speaks inside the quoted words of somebody else."""
        subject = active_subject(v.cue_token)
        if subject is None or subject.lower_ not in {"he", "she", "they"} or not self.naming.in_quotation(v.cue_token):
            return False
        if any(t.text == ":" for t in self.doc[v.cue_token.i + 1 : v.cue_token.i + 3]) and any(
            self.doc[i].lower_ in {"i", "my", "me"} for i in v.content
        ):
            return False  # `"He told them: I am not going," she said`
        return self._told_by_another(v) or any(
            o is not v and o.who is not None and not self.naming.in_quotation(o.cue_token)
            for o in self.around(v.cue_token.i)
        )

    def _told_by_another(self, v: Voice) -> bool:
        """Whether somebody else's account goes on in the sentence that quotes a voice."""
        account = self.unmarked.accounts.of(v.cue_token.sent)
        return account is not None and (v.who is None or not equal(account.who, v.who))

    def _drawn_from(self, inner: Voice, whos: list[Who]) -> Who | None:
        """`She received 300 letters, she said. In 80 of them soldiers said that …`: who told of those that are counted out here."""
        who = whos[-1]
        if len(whos) > 1 or who.source is not None or not who.plural or who.kind not in WITNESSES | {"person"}:
            return None
        sentence = inner.cue_token.sent
        counted = any(
            (t.lower_ in {"them", "these", "those"} or any(c.lemma_.lower() in QUESTIONED for c in t.children))
            and t.dep_ == "pobj"
            and t.head.lower_ == "of"
            and t.i < inner.cue_token.i
            for t in sentence
        )
        if not counted:
            return None
        paragraph = self.voices.paragraph_of(sentence.start_char)
        before = [
            v.who
            for v in self.voices.between(sentence.start - DRAWN, sentence.start)
            if v.who is not None and self.voices.paragraph_of(v.cue_token.idx) == paragraph
        ]
        if not before or self.naming.is_own(before[-1]) or is_teller(before[-1]):
            return None
        return before[-1].elsewhere()

    def _held_by(self, head: Token, whos: list[Who]) -> Recording | None:
        """The recording that a clause says something of: `intercepted a conversation in which a commander demands that …`."""
        found = (self.recordings.by_token.get(a.i) for a in head.ancestors if a.i != head.i)
        return next((r for r in found if r is not None and any(equal(w, x) for w in whos for x in r.released_by)), None)

    def _heard_ordering(self, head: Token, recording: Recording | None, whos: list[Who]) -> Who | None:
        """`A commander told his men to fire, the service said, publishing a call`: who is heard giving the order on it."""
        speaker = recording.speaker if recording is not None else None
        if recording is None or speaker is None or not whos or any(equal(speaker, w) for w in whos):
            return None
        if not all(any(equal(w, r) for r in recording.released_by) for w in whos):
            return None
        for verb in (head, *head.ancestors):
            if verb.lemma_.lower() in ORDERING:
                subject = active_subject(verb)
                who = self.naming.who(list(subject.subtree), remember=False) if subject is not None else None
                return speaker.elsewhere() if who is not None and may_be_same(who, speaker) else None
        return None

    def _is_told(self, v: Voice) -> bool:
        """`Officers told them that …`: what a nameless superior tells soldiers or families is told of, not attributed.

        In a recording the superior is heard saying it, and a reporter who is told something has a source. `"He writes that …," she
        said`: what somebody else says in a speaker's own words is what the speaker tells.
        """
        if self._in_own_words(v):
            return True
        if v.who is None or v.recording is not None or v.who.kind not in SUPERIORS or v.who.source is not None:
            return False
        if v.who.kind == "commander" and any(
            o is not v and o.who is not None and o.who.kind in WITNESSES for o in self.around(v.cue_token.i)
        ):
            return not self.naming.people.is_named(self.doc[v.who.at])  # in a soldier's account the story goes on
        return tells_those_concerned(v.who, v.cue_token, self.naming)


def _holds(outer: Voice, inner: Voice) -> bool:
    """Whether one voice reports that the other speaks."""
    return outer is not inner and inner.cue_token.i in outer.content
