"""Medium: what carries a claim at its origin."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property

import msgspec
from spacy.tokens import Token

from leadline.codebook import Codebook, Pattern
from leadline.extract.claims.coded.grammar import active_subject
from leadline.extract.claims.judged.usual import is_intelligence, own_medium, usual_medium
from leadline.extract.claims.lexicon import load_lexicon, rule_words
from leadline.extract.claims.sources.kinds import BODY_KINDS, OUTLET_KINDS, SPEAKERS_KINDS, WITNESSES
from leadline.extract.claims.sources.who import Who
from leadline.extract.claims.statements.lineage import Lineage, is_teller
from leadline.extract.claims.statements.silence import is_silence
from leadline.extract.claims.words import Line, find
from leadline.register import Source
from leadline.schema import Medium

WRITING = rule_words("medium.writing")
PLATFORMS = rule_words("medium.platforms")
PAGES = PLATFORMS | rule_words("medium.pages")
ESTIMATING = rule_words("medium.estimating")
FOUND_OUT = rule_words("medium.found_out")
GOES_ON = 2
"""Sentences over which an outlet goes on with what those it cited say."""
NEWS = rule_words("medium.news")
CALLS_ITSELF = rule_words("medium.calls_itself")


class MediumRule(msgspec.Struct, frozen=True):
    """The nouns and cues of one medium."""

    code: Medium
    nouns: tuple[Pattern, ...]
    cues: tuple[Pattern, ...]


def compile_media(book: Codebook) -> dict[Medium, MediumRule]:
    """The media of a codebook."""
    return {
        m.code: MediumRule(m.code, tuple(map(book.pattern, m.nouns)), tuple(map(book.pattern, m.cues)))
        for m in book.file.media
    }


class Media:
    """Reads the media of one text's claims, in order.

    What a source's statement was once said to be (a post, an interview) also holds for what it `added` later. `spoken_to` tells that
    officers without a name spoke to whoever wrote the text.
    """

    def __init__(
        self,
        rules: dict[Medium, MediumRule],
        lines: list[Line],
        publisher: Source | None = None,
        publisher_name: str = "",
        *,
        spoken_to: bool = False,
    ) -> None:
        self.rules, self.lines, self.publisher = rules, lines, publisher
        self.publisher_name = publisher_name
        self.numbers = {line.tokens[0].sent.start: k for k, line in enumerate(lines) if line.tokens}
        self.spoken_to = spoken_to
        self.behind: dict[str, tuple[Medium, int]] = {}
        self.known: dict[str, Medium] = {}
        self._named: dict[int, frozenset[Medium]] = {}

    def read(self, lineage: Lineage, k: int, clause: Line) -> Medium:
        """The medium of a claim whose words are `clause`, in sentence number `k`."""
        if lineage.recording is not None:
            return lineage.recording.medium
        speaker = lineage.whos[-1] if lineage.whos else None
        if speaker is None:
            if self._says("document", clause):
                return "document"
            if is_silence(clause):
                return "not-stated"
            if self._found_out_itself(clause):
                return "investigation"
            return "video" if self._says("video", clause, nouns=False) else self.own()
        line = self._line_of(lineage.cue, k)
        medium = self._stated(lineage, speaker, line, clause)
        if speaker.kind == "outlet" and speaker.canonical in self.behind:
            behind, at = self.behind[speaker.canonical]
            if k - at <= GOES_ON and len(lineage.whos) == 1 and medium != "document":
                self.behind[speaker.canonical] = (behind, k)
                return behind  # `Lanterna reported, citing relatives, that … . It said that …`
        if medium is not None or speaker.kind in WITNESSES:
            outlets = [w for w in lineage.whos[:-1] if w.kind == "outlet"]
            if outlets and lineage.whos[-1].plural:
                self.behind[outlets[-1].canonical] = (medium or "testimony", k)
        if medium is not None:
            if speaker.kind not in OUTLET_KINDS:
                self.known.setdefault(speaker.canonical, medium)
            return medium
        if speaker.canonical in self.known:
            return self.known[speaker.canonical]
        usual = usual_medium(speaker, spoken_to=self.spoken_to)
        if usual == "investigation" and speaker.kind == "outlet" and self._passes_on(lineage):
            usual = "not-stated"
        byline = lineage.cue is not None and lineage.cue.lemma_.lower() == "report"
        return "testimony" if usual == "not-stated" and is_teller(speaker) and not byline else usual

    def remember_post(self, line: Line, speakers: Iterable[Who]) -> None:
        """Take in a sentence such as `that is according to the minister's page`, which says where the speakers before it spoke."""
        if self._says("social-post", line):
            for who in speakers:
                if who.kind not in OUTLET_KINDS | WITNESSES:
                    self.known.setdefault(who.canonical, "social-post")

    def _found_out_itself(self, clause: Line) -> bool:
        """`Harbour Post was able to confirm that …`, `we have established that …`: what a text says of its own inquiries."""
        head = next((t for t in clause.tokens if t.dep_ == "ccomp" or t.head.i == t.i), None)
        for verb in (*head.ancestors, head) if head is not None else ():
            able = verb.head.lower_ == "able" and verb.dep_ == "xcomp"
            doer = verb.head.head if able else verb
            subject = active_subject(doer)
            if subject is None or verb.lemma_.lower() not in FOUND_OUT | {"confirm", "show"} or verb.pos_ != "VERB":
                continue
            own = subject.lower_ == "we" or subject.text in self.publisher_name.split()
            doubted = any(c.dep_ == "neg" for c in (*doer.children, *verb.children))
            if own and not doubted and any(c.dep_ == "ccomp" for c in verb.children):
                return True
        return False

    def own(self) -> Medium:
        """The medium of what a document says in its own voice: `video` where a publisher that passes on what others made shows any."""
        p = self.publisher
        if p is not None and p.yardstick is None and p.relays and self._shows_videos:
            return "video"
        return own_medium(p, self.publisher_name)

    def named_in(self, k: int) -> frozenset[Medium]:
        """The media whose nouns or cues stand in sentence number `k`."""
        if k not in self._named:
            self._named[k] = frozenset(code for code in self.rules if self._says(code, self.lines[k]))
        return self._named[k]

    @cached_property
    def _shows_videos(self) -> bool:
        return any(self._says("video", line) for line in self.lines)

    def _line_of(self, cue: Token | None, k: int) -> Line:
        """The words of the sentence in which a cue stands, without what somebody else says beside it."""
        if cue is None:
            return self.lines[k]
        whole = self.lines[self.numbers.get(cue.sent.start, k)]
        others = frozenset(x.i for t in whole.tokens if _speaks_beside(t, cue) for x in (t, *t.subtree))
        if not others:
            return whole
        mine = {t.i for t in cue.subtree} if any(a.i in others for a in cue.ancestors) else set()
        return whole.part(t for t in whole.tokens if t.i not in others or t.i in mine)

    def _says(self, code: Medium, line: Line, *, nouns: bool = True) -> bool:
        rule = self.rules.get(code)
        if rule is None:
            return False
        patterns = (*rule.nouns, *rule.cues) if nouns else rule.cues
        return any(_is_said(line, m.words) for p in patterns for m in find(p, line))

    def _stated(self, lineage: Lineage, speaker: Who, line: Line, clause: Line) -> Medium | None:
        """The medium that the words around the statement name."""
        kind, source = speaker.kind, speaker.source
        if kind in {"reports", "class"}:
            return "not-stated"
        if kind == "document":
            return "document"
        if (
            kind in WITNESSES
            and speaker.plural
            and any(w.kind in {"international", "monitor"} for w in lineage.whos[:-1])
        ):
            return "investigation"  # what a body that inquires was told by many; what one told is that one's testimony
        if self._says("video", line, nouns=False) and kind in SPEAKERS_KINDS - {"witness"}:
            return "video"
        service = is_intelligence(speaker) or (
            kind not in WITNESSES
            and source is not None
            and (source.yardstick is not None or "intelligence" in source.name.lower())
        )
        estimates = lineage.cue is not None and lineage.cue.lemma_.lower() in ESTIMATING
        if service and (estimates or speaker.carrier in CALLS_ITSELF or self._says("intelligence-assessment", line)):
            return "intelligence-assessment"
        if service and source is not None and source.yardstick is not None and self._says("social-post", line):
            return "intelligence-assessment"  # an assessment that is posted stays one
        writes = lineage.cue is not None and lineage.cue.lemma_.lower() in WRITING
        if (
            kind not in {"outlet", "monitor", "agency"}
            and (writes or kind not in WITNESSES or _on_own_page(lineage.cue))
            and self._says("social-post", line)
        ):
            return "social-post"
        if lineage.found_out:
            return "social-post" if self._says("social-post", clause) else "investigation"
        if kind in {"monitor", "outlet"} and lineage.cue is not None and lineage.cue.lemma_.lower() in FOUND_OUT:
            return "investigation"
        if kind == "monitor" and self._says("analysis", line):
            return "analysis"
        if kind == "outlet":
            if speaker.carrier == "source" or any(self._says("testimony", x) for x in self._around(line)):
                return "testimony"
            if self._says("investigation", line):
                return "investigation"
        if kind == "commander" and self._says("testimony", line):
            return "testimony"
        if kind in {"commander", "official", "armed-force"} and self._says("document", line):
            return "document"
        if kind in {"official", *BODY_KINDS} and kind != "international" and self._says("official-statement", line):
            return "official-statement"
        return None

    def _passes_on(self, lineage: Lineage) -> bool:
        """`The paper reports that …`: news that an outlet passes on; what it says it found out, or its report says, is its own work."""
        cue, a = lineage.cue, lineage.attribution
        if cue is None or cue.lemma_.lower() not in NEWS or (a is not None and a.kind == "direct"):
            return False
        beside = (x for c in cue.children if c.dep_ == "nsubj" for x in c.subtree if x.i <= c.i)
        if any(load_lexicon().kind(x.lemma_.lower()) == "monitor" for x in beside):
            return False
        quoted = any(t.is_quote for t in cue.sent)
        return not quoted and not any(
            c.dep_ == "nsubj" and c.pos_ == "NOUN" and c.lemma_.lower() in load_lexicon().carriers for c in cue.children
        )

    def _around(self, line: Line) -> list[Line]:
        k = self.numbers.get(line.tokens[0].sent.start, 0) if line.tokens else 0
        k = k if self.lines[k] is line else 0
        return self.lines[k : k + 2]


def _on_own_page(cue: Token | None) -> bool:
    """`Said on her channel`, `wrote on his Facebook page`: on a page that is called the speaker's."""
    settings = (t for c in cue.children if c.dep_ == "prep" for t in c.subtree) if cue is not None else ()
    return any(t.lemma_.lower() in PAGES and any(c.dep_ == "poss" for c in t.children) for t in settings)


def _speaks_beside(verb: Token, cue: Token) -> bool:
    """Whether a verb of saying has a clause of its own beside a cue's (`A wrote on her page that …, while B said …`)."""
    if verb.i == cue.i or verb.pos_ != "VERB" or verb.lemma_.lower() not in load_lexicon().reporting:
        return False
    if not any(c.dep_ == "nsubj" for c in verb.children):
        return False
    for lower, upper in ((verb, cue), (cue, verb)):
        while lower.head.i not in {lower.i, upper.i}:
            lower = lower.head
        if lower.head.i == upper.i and lower.i != upper.i:
            own = any(c.dep_ == "nsubj" for c in cue.children)
            return own and lower.dep_ in {"advcl", "conj"}
    return False


def _is_said(line: Line, words: tuple[int, ...]) -> bool:
    """Whether a match is more than a part of somebody's name (`the Harbour Post`)."""
    return any(line.tokens[k].pos_ != "PROPN" or line.tokens[k].lower_ in PLATFORMS for k in words)
