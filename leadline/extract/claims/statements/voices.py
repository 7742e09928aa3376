"""The voices of a text: its attributions as they bear on claims, read in the order of the text with its recordings.

An attribution counts where its cue reports; one whose source the marks or the parse hide gets it from the grammar; each
is tied to the recording in which it is spoken.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cached_property
from itertools import pairwise

from spacy.tokens import Doc, Token
from spacy.tokens import Span as TokenSpan

from leadline.extract.claims.lexicon import load_lexicon
from leadline.extract.claims.ordered import Ordered
from leadline.extract.claims.recordings.recordings import Recordings
from leadline.extract.claims.sources.kinds import ORGANISATIONS, OUTLET_KINDS, SPEAKERS_KINDS
from leadline.extract.claims.sources.naming import Naming
from leadline.extract.claims.sources.remembered import LOOK_BACK
from leadline.extract.claims.sources.who import PERSONAL, Who, may_be_same, phrase_of
from leadline.extract.claims.statements.backwards import points_back
from leadline.extract.claims.statements.entrances import enters, is_byline
from leadline.extract.claims.statements.heard import FAR, NEAR, Hearing, Voice
from leadline.extract.claims.statements.reporting import reports
from leadline.extract.claims.statements.said import Said, Sayings
from leadline.extract.claims.statements.tails import tails
from leadline.extract.parse import LONGEST_SENTENCE
from leadline.schema import Attribution, Span

RELATIVE = frozenset({"who", "whom", "which", "that"})
REPORTING = ORGANISATIONS | {"official", "document"}
"""Whose report goes on where `it is noted that …` names nobody."""


class Voices(Hearing):
    """Reads the voices of one text.

    `seen_at` lists the sources named, with the token at which each was; `sources` holds the tokens of all of them.
    """

    def __init__(
        self, doc: Doc, attributions: tuple[Attribution, ...], naming: Naming, paragraphs: tuple[Span, ...]
    ) -> None:
        self.doc, self.naming, self.paragraphs = doc, naming, paragraphs
        self.text = doc.text  # spaCy puts it together anew each time
        self.words = load_lexicon()
        self.sayings = Sayings(doc, naming.people.is_named)
        self.recordings = Recordings(doc, naming)
        self.all: list[Voice] = []
        self.counted = 0
        self.heard_of: dict[tuple[str, int], list[int]] = {}
        self.seen_at: Ordered[tuple[int, Who]] = Ordered((), key=_place)
        self.sources: set[int] = set()
        self.cues: set[int] = set()
        self._read(attributions)

    def _read(self, attributions: tuple[Attribution, ...]) -> None:
        mentions = frozenset(self.recordings.positions())
        said = [self.sayings.read(a) for a in attributions if a.cue]
        said += tails(self.doc, {x.cue.i for x in said})
        self.cues = {x.cue.i for x in said}
        steps: list[tuple[int, int, Said | Token]] = [(i, 0, self.doc[i]) for i in mentions]
        steps += [(x.position(mentions), 1, x) for x in said]
        steps += [(t.i, 2, t) for t in self.doc if enters(t, self.naming)]
        heard: list[tuple[Said, Who | None]] = []
        seen: list[tuple[int, Who]] = []
        places: set[int] = set()
        for at, kind, what in sorted(steps, key=lambda step: step[:2]):
            if isinstance(what, Said):
                makes_statement = reports(what.attribution, what.cue, self.naming.people.is_named)
                who = self.naming.who(what.source, remember=makes_statement) if what.source else None
                if who is None and makes_statement and self.sayings.is_impersonal(what.cue):
                    who = self.last_body(what.cue, seen)
                if who is not None and makes_statement:
                    seen.append((what.cue.i, who))
                    places.add(what.cue.i)
                heard.append((what, who))
                self.sources |= {t.i for t in what.source}
            elif kind == 0:
                self.recordings.read(at)
            elif at not in places:
                who = self.naming.who(phrase_of(what))
                if who is not None:
                    seen.append((at, who))
                    places.add(at)
        self.seen_at = Ordered(seen, key=_place)
        self._complete()
        for x, who in heard:
            self._voice(x, who)
        self._take_out_tails()
        self.backwards = list(self._backwards())

    @cached_property
    def around(self) -> dict[int, list[int]]:
        """The numbers of the attributions whose content holds a token, in their order: a text can hold many thousands of them."""
        found: dict[int, list[int]] = {}
        for k, v in enumerate(self.all):
            for i in v.content:
                found.setdefault(i, []).append(k)
        return found

    @cached_property
    def _by_cue(self) -> Ordered[tuple[int, int]]:
        return Ordered(((v.cue_token.i, k) for k, v in enumerate(self.all)), key=_place)

    def between(self, start: int, end: int) -> list[Voice]:
        """The voices whose cues stand from token `start` up to but without `end`, in their order."""
        return [self.all[k] for k in sorted(k for _, k in self._by_cue.within(start, end))]

    @cached_property
    def writings(self) -> tuple[dict[str, tuple[int, Who]], Who | None]:
        """The writings that were named: by each word of their names the first, with its number; and the last."""
        found: dict[str, tuple[int, Who]] = {}
        written = [w for _, w in self.seen_at if w.kind == "document"]
        for k, w in enumerate(written):
            for word in w.canonical.lower().split():
                found.setdefault(word, (k, w))
        return found, written[-1] if written else None

    def seen_by(self, *tokens: int) -> Who | None:
        """The source that was named at the first of these tokens at which one was."""
        return next((w for i in tokens for _, w in self.seen_at.within(i, i + 1)), None)

    def who(self, noun: Token) -> Who | None:
        """The source that was named at a noun, or that its phrase names."""
        return self.seen_by(noun.i) or self.naming.who(phrase_of(noun), remember=False)

    def last_body(self, cue: Token, seen: list[tuple[int, Who]]) -> Who | None:
        """Whose report goes on where `it is noted that …` names nobody: the body or outlet that reported last."""
        before = [(at, w) for at, w in seen[-LOOK_BACK:] if at < cue.i and w.kind in REPORTING]
        if not before or cue.i - before[-1][0] > FAR or self.naming.is_own(before[-1][1]):
            return None
        return before[-1][1].elsewhere()

    def _complete(self) -> None:
        """What one mention of a recording leaves open and its neighbours tell."""
        for first, second in list(pairwise(self.recordings.all)):
            same = {w.canonical for w in first.released_by} & {w.canonical for w in second.released_by}
            if first.medium == "audio" and second.medium == "intercepted-call" and first.speaker is None and same:
                self.recordings.merge(first, second)  # the soundtrack and the call that one body released together
        for r in self.recordings.all:
            if r.bare:
                sentence = self.doc[r.at].sent
                near = [
                    w
                    for at, w in self.seen_at.within(sentence.start - 60 - LONGEST_SENTENCE, r.at)
                    if self.doc[at].sent.end >= sentence.start - 60
                    and w.kind in OUTLET_KINDS
                    and not self.naming.is_own(w)
                ]
                if near and self.paragraph_of(self.doc[near[-1].at].idx) == self.paragraph_of(self.doc[r.at].idx):
                    r.released_by.append(near[-1])

    def _backwards(self) -> Iterator[Voice]:
        """Sentences that attribute what stands before them: `This was reported by X.`, `That is according to X.`."""
        for sentence in self.doc.sents:
            if (pointed := points_back(sentence)) is None:
                continue
            cue, source = pointed
            who = self.naming.who(source, remember=False)
            paragraph = self.paragraph_of(sentence.start_char)
            start = self.paragraphs[paragraph][0] if paragraph >= 0 else 0
            if not self.text[start : sentence.start_char].strip() and paragraph > 0:
                start = self.paragraphs[paragraph - 1][0]
            before = frozenset(
                t.i
                for t in self.doc[: sentence.start]
                if t.idx >= start and not t.is_space and sentence.start - t.i < 150
            )
            if who is not None and who.kind and before:
                yield Voice(None, who, cue.text, cue, before)

    def speaking_before(self, sentence: TokenSpan) -> list[Who]:
        """Who speaks shortly before a sentence."""
        return [v.who for v in self.between(sentence.start - NEAR + 1, sentence.start) if v.who is not None]

    def _voice(self, said: Said, who: Who | None) -> None:
        a, cue, source, content = said.attribution, said.cue, said.source, said.content
        lemma = cue.lemma_.lower()
        if who is not None and is_byline(who, cue):
            return
        if cue.lower_ == "according":
            content |= self._closed_by(cue)
        makes_statement = reports(a, cue, self.naming.people.is_named)
        recording = next((self.recordings.by_token[t.i] for t in source if t.i in self.recordings.by_token), None)
        if recording is not None:
            self.all.append(Voice(a, None, cue.text, cue, content, recording, own_recording=True))
            return
        if not a.attribution_id and (who is None or not who.kind) and not any(t.lower_ in PERSONAL for t in source):
            return
        sentence = cue.sent
        recording, latest = self.linked(who, cue, content)
        if recording is not None:
            if who is not None and recording.speaker is None and who.kind in SPEAKERS_KINDS:
                recording.speaker = who
            if who is not None and who.kind in SPEAKERS_KINDS:
                who = self.recordings.on_the_line(recording, who)
                if recording.speaker is not None and may_be_same(who, recording.speaker):
                    recording.speaker = self.recordings.on_the_line(recording, recording.speaker)
        if not makes_statement:
            return
        if lemma == "hear" and any(t.lemma_.lower() in {"court", "tribunal", "jury", "inquest"} for t in source):
            return  # `the court heard that …`: who said so there is not told
        if who is not None and who.kind in ORGANISATIONS:
            self.recordings.overheard_by(who, content)
        anaphor = bool(source) and source[0].lower_ in PERSONAL
        unclear = who is None or who.kind not in SPEAKERS_KINDS
        if (
            latest is not None
            and latest.speaker is not None
            and anaphor
            and unclear
            and recording is None
            and a.kind != "indirect"
        ):
            # `he describes` after a recording: its speaker, unless another source was named since
            since = [
                w
                for _, w in self.seen_at.within(latest.mentions[-1] + 1, cue.i)
                if w.kind in SPEAKERS_KINDS and w.start is not None
            ]
            if not since:
                recording, who = latest, latest.speaker.elsewhere()
        if (
            anaphor
            and source[0].lower_ not in RELATIVE  # `beaten, says a man who …`; not `a man who says he was beaten`
            and cue.dep_ in {"relcl", "parataxis"}
            and who is not None
            and sentence.start <= who.at < sentence.end
        ):
            beside = next((a.subtree for a in cue.ancestors if a.dep_ in {"relcl", "acl"}), sentence)
            content |= {t.i for t in beside if not t.is_space} - {cue.i}  # `…, they say,` covers its sentence or clause
        self.all.append(Voice(a, who, cue.text, cue, content, recording))

    def _take_out_tails(self) -> None:
        """`A says that …, B reported.`: B's words close the sentence and are none of A's, whatever the parse makes of them."""
        beside: dict[int, list[int]] = {}
        for k, v in enumerate(self.all):
            beside.setdefault(v.cue_token.sent.start, []).append(k)
        for outer in list(self.all):
            if outer.who is None or not outer.content or max(outer.content) >= outer.cue_token.i:
                continue
            first = outer.who.start if outer.who.start is not None else outer.cue_token.idx
            for k in beside[outer.cue_token.sent.start]:
                inner = self.all[k]
                if inner is not outer and inner.cue_token.i in outer.content and outer.cue_token.i in inner.content:
                    self.all[k] = replace(
                        inner,
                        content=frozenset(i for i in inner.content if self.doc[i].idx < first and i in outer.content),
                    )

    def _closed_by(self, cue: Token) -> frozenset[int]:
        """The words before an `according to …` that closes its sentence, where nobody else speaks in it."""
        sentence = cue.sent
        after = [t for t in sentence if t.i > cue.i]
        if cue.i - sentence.start < 3 or any(t.pos_ == "VERB" and t.tag_ != "VBG" for t in after):
            return frozenset()
        if any(sentence.start <= i < sentence.end and i != cue.i for i in self.cues):
            return frozenset()
        return frozenset(t.i for t in sentence if t.i < cue.i and not t.is_space)


def _place(x: tuple[int, object]) -> int:
    return x[0]
