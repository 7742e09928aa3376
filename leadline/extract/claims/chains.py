"""Chains of attribution: for any stretch of a text, who says it and through whom.

Read once a text, in its order: attributions whose cue reports, recordings with their releasers and speakers, quotations
without a cue of their own (they go on with the speaker before them), and outlets that found something out themselves.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

from spacy.tokens import Doc, Token

from leadline.extract.claims.lexicon import load_lexicon
from leadline.extract.claims.naming import BODY_KINDS, OUTLET_KINDS, PERSONAL, Naming, Who
from leadline.extract.claims.recordings import SPEAKERS_KINDS, Recording, Recordings
from leadline.extract.claims.words import tokens_between
from leadline.schema import Attribution, Hop, Span

NEAR = 60
"""Tokens within which what follows a recording's mention still belongs to it."""
LONGEST_TAIL = 14
FIRST_PERSON = frozenset({"i", "we", "us", "our", "my", "me"})
SHORTEST_SPEECH = 3
"""Quotations of fewer words are terms, not statements."""


@dataclass(frozen=True)
class Voice:
    """One attribution that reports: whose words they are, and on which recording."""

    attribution: Attribution | None
    who: Who | None
    cue: str
    cue_token: Token
    content: frozenset[int]
    recording: Recording | None = None
    own_recording: bool = False

    @property
    def size(self) -> int:
        """Number of tokens of the content."""
        return len(self.content)


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
    """The voices of one text.

    `own` are folded names of the outlets that carry the text: they are carriers, not hops.
    """

    def __init__(
        self,
        doc: Doc,
        attributions: tuple[Attribution, ...],
        quotations: Iterable[Span],
        naming: Naming,
        paragraphs: tuple[Span, ...],
    ) -> None:
        self.doc, self.naming, self.paragraphs = doc, naming, paragraphs
        self.words = load_lexicon()
        self.recordings = Recordings(doc, naming)
        self.voices: list[Voice] = []
        self.seen_at: list[tuple[int, Who]] = []
        self.sources: set[int] = set()
        self._read(attributions)
        self.quotes = self._quotes(quotations)

    # -- reading in order ---------------------------------------------------------------------------------------------

    def _read(self, attributions: tuple[Attribution, ...]) -> None:
        mentions = set(self.recordings.positions())
        steps: list[tuple[int, int, object]] = [(i, 0, i) for i in mentions]
        for a in attributions:
            cue = [t for s, e in a.cue for t in tokens_between(self.doc, s, e)]
            source = tuple(t for s, e in a.source for t in tokens_between(self.doc, s, e))
            if not cue:
                continue
            content = frozenset(t.i for s, e in a.content for t in tokens_between(self.doc, s, e))
            if turned := self._inverted(_main(cue), content):
                source, content = turned
            if not source:
                source = self._unmarked_source(_main(cue))
            inside = [t.i for t in source if t.i in mentions]
            at = max(inside) if inside else source[0].i if source else cue[0].i
            steps.append((at, 1, (a, _main(cue), source, content)))
        cues = {s[2][1].i for s in steps if s[1] == 1}  # type: ignore[index]
        for read in self._tails(cues):
            inside = [t.i for t in read[2] if t.i in mentions]
            steps.append((max(inside) if inside else read[2][0].i, 1, read))
        for t in self.doc:
            if t.dep_ in {"nsubj", "nsubjpass"} and t.head.pos_ == "VERB" and t.head.lemma_.lower() in self.words.finding | self.words.releasing | self.words.reporting:
                steps.append((t.i, 2, t))
        heard: list[tuple[Attribution, Token, tuple[Token, ...], frozenset[int], Who | None]] = []
        for at, kind, what in sorted(steps, key=lambda s: (s[0], s[1])):
            if kind == 0:
                self.recordings.read(at)
            elif kind == 1:
                a, cue, source, content = what  # type: ignore[misc]
                reports = self._reports(a, cue)
                who = self.naming.who(source, remember=reports) if source else None
                if who is not None and reports:
                    self.seen_at.append((cue.i, who))
                heard.append((a, cue, source, content, who))
            elif all(at != x for x, _ in self.seen_at):
                assert isinstance(what, Token)
                who = self.naming.who([x for x in what.subtree if x.i <= what.i + 8])
                if who is not None:
                    self.seen_at.append((at, who))
            if kind == 1:
                self.sources |= {t.i for t in source}
        self.seen_at.sort(key=lambda x: x[0])
        self._complete()
        for a, cue, source, content, who in heard:
            self._voice(a, cue, source, content, who)


    def _unmarked_source(self, cue: Token) -> tuple[Token, ...]:
        """The source that the grammar gives a verb of saying where the attribution names none."""
        if cue.pos_ not in {"VERB", "AUX"}:
            return ()
        verb = cue
        for _ in range(3):
            subject = next((c for c in verb.children if c.dep_ in {"nsubj", "nsubjpass"} and c.lower_ not in {"it", "there"}), None)
            if subject is not None:
                return tuple(t for t in subject.subtree if t.i <= subject.i + 8)
            if verb.dep_ == "acl" and verb.tag_ == "VBG" and verb.head.pos_ in {"NOUN", "PROPN"}:  # a soldier telling
                noun = verb.head
                return tuple(t for t in noun.subtree if t.i < verb.left_edge.i)
            if verb.dep_ not in {"xcomp", "conj"}:
                break
            verb = verb.head
        return self._words_before(cue)

    def _words_before(self, cue: Token) -> tuple[Token, ...]:
        """The noun phrase between a quotation's end (or a comma) and a verb of saying, whatever the parse makes of it."""
        words: list[Token] = []
        for t in reversed(self.doc[max(cue.sent.start, cue.i - 10) : cue.i]):
            if t.is_punct or t.is_space or any(q in t.text for q in "”\"»") or t.pos_ in {"VERB", "SCONJ", "CCONJ"} and t.tag_ != "VBN":
                break
            words.insert(0, t)
        return tuple(words) if any(t.pos_ in {"NOUN", "PROPN", "PRON"} for t in words) else ()

    def _inverted(self, cue: Token, content: frozenset[int]) -> tuple[tuple[Token, ...], frozenset[int]] | None:
        """`…”, specifies the press release.`: the noun phrase after the verb is the source, what precedes it the content."""
        before = self.doc[cue.i - 1] if cue.i else None
        after = [t for t in cue.sent if t.i > cue.i and not t.is_punct and not t.is_space]
        if before is None or not (before.is_punct or before.is_quote) or not after or len(after) > 8:
            return None
        if any(t.pos_ in {"VERB", "AUX"} for t in after) or cue.pos_ != "VERB":
            return None
        if cue.lemma_.lower() not in self.words.stating or not content <= {t.i for t in after} | {cue.i + 1}:
            return None
        said = frozenset(t.i for t in cue.sent if t.i < cue.i and not t.is_space)
        return (tuple(after), said) if len(said) > 4 else None

    def _complete(self) -> None:
        """What one mention of a recording leaves open and its neighbours tell."""
        for first, second in list(pairwise(self.recordings.all)):
            same = {w.canonical for w in first.released_by} & {w.canonical for w in second.released_by}
            if first.medium == "audio" and second.medium == "intercepted-call" and first.speaker is None and same:
                self.recordings.merge(first, second)  # the soundtrack and the call that one body released together
        for r in self.recordings.all:
            if r.bare:
                sentence = self.doc[r.at].sent
                near = [w for at, w in self.seen_at if at < r.at and self.doc[at].sent.end >= sentence.start - 60 and w.kind in OUTLET_KINDS | {"outlet"} and w.canonical.casefold() not in self.naming.own]
                if near and self._paragraph(self.doc[near[-1].at].idx) == self._paragraph(self.doc[r.at].idx):
                    r.released_by.append(near[-1])

    def _reports(self, a: Attribution, cue: Token) -> bool:
        """Whether a cue makes its source the maker of a statement, rather than of an order, a wish or a thought."""
        lemma = cue.lemma_.lower()
        words = {t.lemma_.lower() for s, e in a.cue for t in tokens_between(self.doc, s, e)} | {cue.lower_, lemma}
        if cue.pos_ in {"VERB", "AUX"} and not words & self.words.reporting:
            return False
        if cue.pos_ == "NOUN" and lemma not in self.words.saying_nouns:
            return False
        if lemma in {"post", "tweet", "cite"} and a.kind == "indirect" and not any(c.dep_ == "ccomp" for c in cue.children):
            return False
        if lemma in self.words.not_with_infinitive and a.content:
            first = next((t for t in tokens_between(self.doc, *a.content[0]) if not t.is_punct and not t.is_space), None)
            if first is not None and (first.lower_ == "to" or (first.lower_ == "not" and first.nbor().lower_ == "to")):
                return False
            if lemma == "tell" and a.kind == "indirect" and any(c.dep_ == "xcomp" and any(g.dep_ == "aux" and g.lower_ == "to" for g in c.children) for c in cue.children):
                return False
        if lemma in self.words.thinking:
            subject = next((t for s, e in a.source for t in tokens_between(self.doc, s, e)), None)
            named = subject is not None and (subject.ent_type_ in {"PERSON", "ORG", "NORP"} or self.words.kind(subject.lemma_.lower()) in {"official", "analyst", "outlet", "monitor"})
            return named or a.kind != "indirect"
        return True

    def _tails(self, cues: set[int]) -> Iterator[tuple[Attribution, Token, tuple[Token, ...], frozenset[int]]]:
        """`…, videos and messages show.`: a sentence that ends with a source and its verb, where nothing else was read."""
        for sentence in self.doc.sents:
            words = [t for t in sentence if not t.is_punct and not t.is_space]
            last = [t for t in words[-LONGEST_TAIL:] if t.pos_ in {"VERB", "AUX"} or t.i == words[-1].i and t.pos_ == "NOUN"][-1:]
            if last and last[0].i == words[-1].i and last[0].lemma_.lower() not in self.words.stating:
                last = [t for t in words[-LONGEST_TAIL:-1] if t.pos_ in {"VERB", "AUX"}][-1:]
            if len(words) < 6 or not last or last[0].lemma_.lower() not in self.words.stating or last[0].i in cues:
                continue
            verb = last[0]
            if verb.i < words[-1].i and not self._closes(verb, words):
                continue
            comma = next((t for t in reversed(self.doc[sentence.start : verb.i]) if t.text == ","), None)
            if comma is None or verb.i - comma.i > LONGEST_TAIL:
                continue
            source = tuple(t for t in self.doc[comma.i + 1 : verb.i] if not t.is_space)
            if not source or any(t.pos_ in {"VERB", "SCONJ"} for t in source):
                continue
            content = frozenset(t.i for t in sentence if t.i < comma.i and not t.is_space)
            read = Attribution(attribution_id="", document="", source=(), cue=(), content=(), kind="mixed")
            yield read, verb, source, content

    def _closes(self, verb: Token, words: list[Token]) -> bool:
        """Whether only an addressee, a time or a setting follows a verb of saying (`told the paper on Monday`)."""
        after = [t for t in words if t.i > verb.i]
        if len(after) > 8 or any(t.pos_ == "VERB" or t.lower_ in {"that", "how"} for t in after):
            return False
        return after[0].pos_ in {"PROPN", "ADP"} or after[0].lower_ in {"the", "a", "reporters", "journalists"}

    def _voice(
        self, a: Attribution, cue: Token, source: tuple[Token, ...], content: frozenset[int], who: Who | None
    ) -> None:
        lemma = cue.lemma_.lower()
        reports = self._reports(a, cue)
        recording = next((self.recordings.by_token[t.i] for t in source if t.i in self.recordings.by_token), None)
        if recording is not None:
            self.voices.append(Voice(a, None, cue.text, cue, content, recording, own_recording=True))
            return
        if not a.attribution_id and (who is None or not who.kind) and not any(t.lower_ in PERSONAL for t in source):
            return
        sentence = cue.sent
        recording, latest = self._linked(who, cue, content)
        if recording is not None:
            if who is not None and recording.speaker is None and who.kind in SPEAKERS_KINDS:
                recording.speaker = who
        elif not reports:
            spoken = who
            if spoken is not None and latest is not None and latest.speaker is not None and _same(spoken, latest.speaker) and lemma in {"order", "tell", "demand", "command", "instruct", "urge", "warn"} and self._inside_recording(cue, latest):
                self.voices.append(Voice(a, spoken, cue.text, cue, content, latest))
            return
        if not reports:
            return
        anaphor = bool(source) and source[0].lower_ in PERSONAL
        unclear = who is None or who.kind not in SPEAKERS_KINDS
        if latest is not None and latest.speaker is not None and anaphor and unclear and recording is None and a.kind != "indirect":
            # `he describes` after a recording: its speaker, unless another source was named since
            since = [w for at, w in self.seen_at if latest.mentions[-1] < at < cue.i and w.kind in SPEAKERS_KINDS and w.start is not None]
            if not since:
                recording, who = latest, replace(latest.speaker, start=None, end=None)
        if anaphor and cue.dep_ in {"relcl", "parataxis"} and who is not None and sentence.start <= who.at < sentence.end:
            content |= {t.i for t in sentence if not t.is_space} - {cue.i}  # `…, they say,` covers its sentence
        self.voices.append(Voice(a, who, cue.text, cue, content, recording))

    def _linked(self, who: Who | None, cue: Token, content: frozenset[int]) -> tuple[Recording | None, Recording | None]:
        """The recording in which a statement is made, and the one mentioned last before it."""
        sentence = cue.sent
        latest = self.recordings.latest(cue.i)
        beside = [m for m in range(sentence.start, sentence.end) if m in self.recordings.by_token and (m not in content or self._adjunct(m))]
        if beside:
            recording = self.recordings.by_token[beside[-1]]
            if who is None or who.kind in SPEAKERS_KINDS or any(_equal(who, w) for w in recording.released_by):
                return recording, latest
        if who is not None and who.kind in SPEAKERS_KINDS:
            before = [r for r in self.recordings.before(cue.i) if r.speaker is not None and _same(who, r.speaker)]
            exact = [r for r in before if r.speaker is not None and _equal(who, r.speaker)]
            if exact or before:
                return (exact or before)[-1], latest
        return None, latest

    def _adjunct(self, i: int) -> bool:
        """`In a video`, `according to the clip`: the recording stands beside what is said, not in it."""
        token = self.doc[i]
        return token.dep_ == "pobj" and token.head.lower_ in {"in", "on", "to", "via", "from"} and token.head.dep_ == "prep"

    def _inside_recording(self, cue: Token, recording: Recording) -> bool:
        return any(cue.sent.start <= m < cue.sent.end for m in recording.mentions) or cue.i - recording.mentions[-1] < 60

    # -- quotations ---------------------------------------------------------------------------------------------------

    def _quotes(self, quotations: Iterable[Span]) -> list[tuple[frozenset[int], Voice | None]]:
        """The voice of every quotation that is speech."""
        found: list[tuple[frozenset[int], Voice | None]] = []
        previous: Voice | None = None
        last_end, last_paragraph = -1, -2
        for start, end in quotations:
            tokens = [t for t in tokens_between(self.doc, start, end) if not t.is_space]
            n = sum(t.is_alpha for t in tokens)
            if n < SHORTEST_SPEECH or (n < 6 and not any(t.pos_ == "VERB" for t in tokens)):
                continue
            inside = frozenset(t.i for t in tokens)
            voice = self._voice_of(inside) or self._on_the_line(tokens)
            paragraph = self._paragraph(start)
            opens = not self.doc.text[self.paragraphs[paragraph][0] : start].strip() if paragraph >= 0 else False
            if voice is None and (paragraph == last_paragraph or (opens and paragraph <= last_paragraph + 1)):
                voice = previous
            if voice is None and (opens or self.doc.text[max(0, start - 3) : start].rstrip().endswith(":")):
                voice = self._introduced(tokens[0])
            found.append((inside, voice))
            if voice is not None:
                previous, last_paragraph = voice, paragraph
            last_end = end
        _ = last_end
        return found

    def _on_the_line(self, tokens: list[Token]) -> Voice | None:
        """First-person speech right after a recording was introduced is its speaker's."""
        latest = self.recordings.latest(tokens[0].i)
        if latest is None or latest.speaker is None or tokens[0].i - latest.mentions[-1] > NEAR:
            return None
        if not any(t.lower_ in FIRST_PERSON for t in tokens) or self._introduced(tokens[0]) is None:
            return None
        since = [w for at, w in self.seen_at if latest.mentions[-1] < at < tokens[0].i and w.kind in SPEAKERS_KINDS and not _same(w, latest.speaker)]
        if since:
            return None
        at = self.doc[latest.mentions[-1]]
        return Voice(None, replace(latest.speaker, start=None, end=None), at.text, at, frozenset(), latest)

    def _voice_of(self, inside: frozenset[int]) -> Voice | None:
        """The voice whose content is (part of) the quotation and whose cue stands outside it; the nearest of several."""
        found = [
            v for v in self.voices
            if v.cue_token.i not in inside and len(v.content & inside) >= min(3, len(inside)) and (v.who is not None or v.recording is not None)
        ]
        if not found:  # `…, he says.` without marks around it: the cue stands inside
            found = [v for v in self.voices if v.cue_token.i in inside and v.who is not None and v.content <= inside and max(v.content) < v.cue_token.i and not any(v.cue_token.i in w.content for w in self.voices)]
        if not found:
            return None
        lo, hi = min(inside), max(inside)
        return min(found, key=lambda v: (min(abs(v.cue_token.i - lo), abs(v.cue_token.i - hi)), v.size))

    def _introduced(self, first: Token) -> Voice | None:
        """A quotation after a colon, or one that fills its paragraph: the source last named before it."""
        paragraph = self._paragraph(first.idx)
        before = [(at, w) for at, w in self.seen_at if at < first.i and self._paragraph(self.doc[at].idx) >= paragraph - 2]
        bodies = [(at, w) for at, w in before if w.kind in OUTLET_KINDS | BODY_KINDS | {"outlet", "monitor"}]
        chosen = (bodies or before)[-1:] if not before or before[-1][1].kind not in SPEAKERS_KINDS else before[-1:]
        if not chosen:
            return None
        at, who = chosen[0]
        who = replace(who, start=None, end=None, carrier="")
        return Voice(None, who, self.doc[at].text, self.doc[at], frozenset(), None)

    def _paragraph(self, offset: int) -> int:
        return next((k for k in range(len(self.paragraphs) - 1, -1, -1) if self.paragraphs[k][0] <= offset), -1)

    # -- asking -------------------------------------------------------------------------------------------------------

    def contents(self, token: Token) -> frozenset[int] | None:
        """The tokens of the innermost reported content (or quotation) around a token, None in the text's own voice."""
        found = [v.content for v in self.voices if token.i in v.content and v.cue_token.i != token.i and (v.who or v.recording)]
        found += [q for q, v in self.quotes if token.i in q and v is not None and token.sent.root.i in q]
        return min(found, key=len) if found else None

    def lineage(self, head: Token, tokens: tuple[Token, ...], triggered: frozenset[int] = frozenset()) -> Lineage:
        """Who says the clause of `head`; a cue among the `triggered` words is part of the event itself."""
        around = [
            v for v in self.voices
            if head.i in v.content and (v.cue_token.i not in triggered or v.cue_token.lemma_.lower() in self.words.stating)
        ]
        quote = next(((q, v) for q, v in self.quotes if head.i in q), None)
        if quote is not None and quote[1] is not None and all(v is not quote[1] for v in around):
            outside = [v for v in around if v.cue_token.i not in quote[0]]
            if not outside:
                around.append(replace(quote[1], content=quote[0] | quote[1].content))
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
                if who.canonical.casefold() in self.naming.own or any(_equal(who, w) for w in whos):
                    continue
                whos.append(who)
                hops.append(who.hop(v.cue))
            outlet = self._told(v.cue_token)
            if outlet is not None and not any(_equal(outlet, w) for w in whos):
                whos.insert(max(0, len(whos) - 1), outlet)
                hops.insert(max(0, len(hops) - 1), outlet.hop(v.cue))
        if not hops:
            own = self._own_voice(head, tokens)
            return replace(own, recording=own.recording or recording)
        inner = around[-1]
        nested = self._of_statement(head, inner.content)
        if nested is not None and nested.cue is not None and nested.cue.i != inner.cue_token.i:
            recording = nested.recording or recording
            for who, hop in zip(nested.whos, nested.hops, strict=True):
                if not any(_equal(who, w) for w in whos):
                    whos.append(who)
                    hops.append(hop)
        for who in self._cited(inner.cue_token):
            if not any(_equal(who, w) for w in whos):
                whos.append(who)
                hops.append(who.hop("citing"))
        if recording is None:
            recording = next((r for i, r in self.recordings.by_token.items() if head.sent.start <= i < head.sent.end and self._adjunct(i)), None)
        return Lineage(tuple(hops), tuple(whos), recording, inner.attribution, inner.cue_token)

    def _own_voice(self, head: Token, tokens: tuple[Token, ...]) -> Lineage:
        """No attribution: a clause inside a recording's description, an outlet's own finding, reports, or nobody."""
        inside = {t.i for t in tokens}
        for a in [head, *head.ancestors]:
            recording = self.recordings.by_token.get(a.i)
            if recording is not None and a.i != head.i and (recording.released_by or recording.speaker):
                whos = [*recording.released_by, *([recording.speaker] if recording.speaker else [])]
                return Lineage(tuple(w.hop("") for w in whos), tuple(whos), recording, None, a)
        for rule in (self._of_reports, self._of_statement, self._of_aside, self._of_finding):
            if (found := rule(head)) is not None:
                return found
        recording = next((r for i, r in self.recordings.by_token.items() if i in inside), None)
        if recording is not None and recording.released_by and self._tells_of(head):
            whos = list(recording.released_by)
            return Lineage(tuple(w.hop("") for w in whos), tuple(whos), recording)
        return Lineage(recording=recording)

    def _of_reports(self, head: Token) -> Lineage | None:
        """`Reports of …`, `reports are emerging that …`."""
        reports = next((t for t in head.sent if t.lower_ in {"reports", "rumours", "rumors"} and t.i <= head.i and t.dep_ in {"nsubj", "pobj", "attr", "ROOT", "dobj"}), None)
        if reports is None or any(n.start >= reports.i and n.end <= reports.i + 4 for n in self.naming.named):
            return None
        if head.i not in {t.i for t in reports.subtree} and not any(t.lower_ in {"of", "that"} and t.i > reports.i for t in head.sent):
            return None
        who = Who(reports.text, "unnamed reports", "reports", start=reports.idx, end=reports.idx + len(reports))
        return Lineage((who.hop(reports.head.text),), (who,), None, None, reports)

    def _of_aside(self, head: Token) -> Lineage | None:
        """`…, they say, …` or `… that they say …` of the sentence's own subject."""
        subject = next((c for c in head.sent.root.children if c.dep_ == "nsubj"), None)
        if subject is None or self.words.kind(subject.lemma_.lower()) not in SPEAKERS_KINDS:
            return None
        for t in head.sent:
            if t.lemma_.lower() not in {"say", "claim", "tell", "report"} or t.i == head.i or t.dep_ not in {"relcl", "parataxis", "ccomp"}:
                continue
            if any(c.dep_ == "nsubj" and c.lower_ in {"they", "he", "she"} for c in t.children):
                who = self.naming.who([x for x in subject.subtree if x.i <= subject.i + 6], remember=False)
                if who is not None:
                    recording, _ = self._linked(who, t, frozenset())
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
                subjects = [t for t in verb.subtree if t.i > verb.i and t.dep_ in {"dobj", "pobj", "appos", "attr"} and t.ent_type_ == "PERSON"][:1]
            if not subjects or (verb.i == head.i and subjects[0].i > verb.i) or head.i in {t.i for t in subjects[0].subtree}:
                continue
            if any(c.dep_ in {"neg", "aux"} and c.lower_ in {"not", "would", "to", "n't"} for c in verb.children):
                continue
            if verb.lemma_.lower() == "speak" and not any(c.dep_ == "prep" and c.lower_ in {"of", "about"} for c in verb.children):
                continue
            if within is not None and any(c.dep_ in {"dobj", "dative"} and c.lower_ in FIRST_PERSON for c in verb.children):
                continue  # what commanders tell `us` is what the speaker recounts
            recording = self.recordings.by_token.get(subjects[0].i)
            if recording is not None:
                whos = [*recording.released_by, *([recording.speaker] if recording.speaker else [])] or [self._speakers_of(recording)]
                return Lineage(tuple(w.hop(verb.text) for w in whos), tuple(whos), recording, None, verb)
            who = next((w for at, w in self.seen_at if at in {subjects[0].i, verb.i}), None)
            if who is None or not who.kind or who.canonical.casefold() in self.naming.own:
                continue
            recording, _ = self._linked(who, verb, frozenset(t.i for t in verb.subtree) - {verb.i})
            outer = [w for w in (recording.released_by if recording else []) if not _equal(w, who)]
            return Lineage((*(w.hop("") for w in outer), who.hop(verb.text)), (*outer, who), recording, None, verb)
        return None

    def _of_finding(self, head: Token) -> Lineage | None:
        """A sentence about what an outlet or monitor found out rests on it."""
        verb = head.sent.root
        chain = [verb, *(g for c in verb.children if c.dep_ in {"xcomp", "acomp"} for g in (c, *c.children))]
        subject = next((c for c in verb.children if c.dep_ == "nsubj"), None)
        if subject is None or not any(v.lemma_.lower() in self.words.finding for v in chain):
            return None
        who = next((w for at, w in self.seen_at if at == subject.i), None) or self.naming.who([x for x in subject.subtree if x.i <= subject.i + 8], remember=False)
        if who is None or who.kind not in OUTLET_KINDS | {"outlet", "monitor", "international"} or who.canonical.casefold() in self.naming.own:
            return None
        return Lineage((who.hop(verb.text),), (who,), None, None, verb, found_out=True)

    def _cited(self, cue: Token) -> list[Who]:
        """`…, citing a report from X`: X speaks behind the source."""
        for c in cue.sent:
            if c.lower_ in {"citing", "quoting"} and cue.i in {a.i for a in c.ancestors} | {cue.i}:
                for g in c.children:
                    if g.dep_ == "dobj" and (who := self.naming.who([x for x in g.subtree if x.i <= g.i + 10], remember=False)):
                        return [who]
        return []

    def _tells_of(self, head: Token) -> bool:
        """Whether a clause tells what a recording shows, rather than that there is one."""
        verb = head.sent.root
        return verb.lemma_.lower() not in self.words.releasing | self.words.recording

    def _speakers_of(self, recording: Recording) -> Who:
        """Nobody is named in a recording that is itself the source: the soldiers of the side the text is about."""
        side = self.naming.side
        adjective = self.naming.adjectives.get(side or "", "")
        canonical = f"{adjective} soldiers".strip() if adjective else "unnamed speakers"
        token = self.doc[recording.at]
        return Who(token.text, canonical, "soldier", side=side, start=token.idx, end=token.idx + len(token), plural=True)

    def _told(self, cue: Token) -> Who | None:
        """The outlet that a statement was made to: `told the channel`."""
        if cue.lemma_.lower() not in {"tell", "speak", "say", "admit", "confirm", "explain", "complain", "interview"}:
            return None
        for c in cue.children:
            targets = [c] if c.dep_ in {"dobj", "dative"} else [g for g in c.children if g.dep_ == "pobj"] if c.dep_ in {"prep", "dative"} and c.lower_ in {"to", "by"} else []
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


def _main(cue: list[Token]) -> Token:
    inside = {t.i for t in cue}
    verbs = [t for t in cue if t.pos_ == "VERB"]
    if verbs:
        return verbs[-1]
    return next((t for t in cue if t.head.i not in inside), cue[0])


def _equal(left: Who, right: Who) -> bool:
    return left.canonical.casefold() == right.canonical.casefold()


def _same(left: Who, right: Who) -> bool:
    """Whether two mentions may be one speaker: the same name, or the same kind of unnamed person."""
    if _equal(left, right):
        return True
    return left.kind == right.kind and left.kind in {"soldier", "relative", "commander"} and left.source is None and right.source is None
