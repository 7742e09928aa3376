"""Recordings that a text speaks of: which medium, who released them, who speaks in them.

`A video posted by X`, `X shared a clip`, `an intercepted call from a soldier` and later `the recording` are mentions of
one recording; what one mention leaves open another one may state.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import islice

from spacy.tokens import Doc, Token

from leadline.extract.claims.lexicon import load_lexicon, rule_words
from leadline.extract.claims.ordered import Ordered
from leadline.extract.claims.recordings.recorded import mention_medium
from leadline.extract.claims.recordings.released import releasers
from leadline.extract.claims.recordings.spoken import speaker_in
from leadline.extract.claims.sources.naming import Naming
from leadline.extract.claims.sources.who import Who
from leadline.schema import Medium

DEFINITE = frozenset({"both", "all", "the", "this", "that", "these", "those", "its", "his", "their"})
PLURAL_SENSE = rule_words("recordings.plural_sense")
ORDINALS = frozenset({"first", "second", "third", "fourth", "other", "latter", "former"})
OVERHEARING = rule_words("recordings.overhearing")
MOST = 100
"""Recordings, and mentions of them, that are looked back at from a word; no article speaks of as many."""
JUST_BEFORE = 40
"""Tokens after which `in it` no longer means the recording."""
LONGEST_HEADLINE = 40
"""Tokens after which what opens a text is no headline."""
ARTICLES = frozenset({"a", "an"})
NEW = frozenset({"another", "other", "a", "an", "second", "separate", "new", "more"})


@dataclass
class Recording:
    """One recording; filled in while the text is read."""

    medium: Medium
    at: int
    released_by: list[Who] = field(default_factory=list)
    speaker: Who | None = None
    mentions: list[int] = field(default_factory=list)
    is_one: bool = False
    ordinal: str = ""

    @property
    def bare(self) -> bool:
        """Whether nothing but the medium is known of it."""
        return not self.released_by and self.speaker is None

    @property
    def whos(self) -> list[Who]:
        """Through whom it is known, and who speaks in it."""
        return [*self.released_by, *([self.speaker] if self.speaker is not None else [])]


class Recordings:
    """The recordings of one text, in the order of their first mention."""

    def __init__(self, doc: Doc, naming: Naming) -> None:
        self.doc, self.naming = doc, naming
        self.words = load_lexicon()
        self.all: list[Recording] = []
        self.by_token: dict[int, Recording] = {}
        self.headline = _headline(doc)
        self.marks: Ordered[tuple[int, Recording]] = Ordered((), key=lambda m: m[0])
        self.marked = (0, 0)

    def positions(self) -> list[int]:
        """Token indices of the nouns that mention recordings."""
        return [t.i for t in self.doc if mention_medium(t, self.words) or self._again(t) or self._elliptic(t)]

    def _again(self, token: Token) -> bool:
        """`The call`, `the conversation`, `the film`, `in it` after a recording was mentioned."""
        if token.lower_ == "it" and token.dep_ == "pobj" and token.head.lower_ in {"in", "on"}:
            return bool(token.i - token.sent.start <= 1)
        return (
            token.lemma_.lower() in (self.words.calls | self.words.sounds)
            and any(c.lower_ in DEFINITE for c in token.children)
            and token.pos_ == "NOUN"
        )

    def _elliptic(self, token: Token) -> bool:
        """`In the first, …` after several recordings were mentioned."""
        return (
            token.lower_ in ORDINALS
            and token.dep_ == "pobj"
            and token.head.lower_ in {"in", "on"}
            and token.i - token.sent.start <= 3
            and token.i + 1 < len(self.doc)
            and self.doc[token.i + 1].text == ","
        )

    def read(self, i: int) -> Recording | None:
        """Take in the mention at token `i`; mentions must come in the order of the text."""
        token = self.doc[i]
        medium = mention_medium(token, self.words)
        dets = {c.lower_ for c in token.lefts}
        ordinal = token.lower_ if token.lower_ in ORDINALS else next((d for d in dets if d in ORDINALS), "")
        if ordinal and ordinal != "former":
            known = next((r for r in self.all if r.ordinal == ordinal), None)
            if known is None and medium is None:
                if not self.all:
                    return None
                medium = self.all[-1].medium
        else:
            it = token.lower_ == "it"
            if it and (not self.all or token.i - self.all[-1].mentions[-1] > JUST_BEFORE):
                return None
            another = bool(dets & (NEW - ARTICLES))
            known = (None if another else self._headlined(i, medium)) or self._known(
                token, medium, definite=it or bool(dets & DEFINITE), new=bool(dets & NEW)
            )
        if known is None:
            if medium is None:
                return None
            known = Recording(medium, i, ordinal=ordinal)
            together = next((r for r in self.all if not r.is_one and r.released_by), None)
            if ordinal and together is not None:
                known.released_by = list(together.released_by)  # one of several that were released together
            self.all.append(known)
        elif medium == "intercepted-call" or (
            known.medium == "audio" and token.lemma_.lower() in self.words.calls and token.tag_ == "NN"
        ):
            known.medium = "intercepted-call"
        known.mentions.append(i)
        known.is_one = (
            known.is_one
            or (token.tag_ in {"NN", "NNP"} and token.lemma_.lower() not in PLURAL_SENSE)
            or token.lower_ == "comms"
            or bool(ordinal)
        )
        self.by_token[i] = known
        made_public = releasers(token, self.naming)
        if made_public and len(known.mentions) > 1 and known.mentions[-2] < self.headline <= i:
            known.released_by = []  # `Kyiv releases call`: the text says which of its bodies did
        for who in made_public:
            if all(who.canonical != w.canonical for w in known.released_by):
                known.released_by.append(who)
        if known.speaker is None:
            known.speaker = speaker_in(token, self.naming)
        if known.speaker is not None:
            known.speaker = self.on_the_line(known, known.speaker)
        return known

    def on_the_line(self, recording: Recording, speaker: Who) -> Who:
        """The speaker of a recording: a soldier by side, whatever the name, and of the side that follows from who listened in.

        Another text about the same recording may know no name; two speakers of one recording are one origin in any case.
        """
        group = recording.speaker
        one_of_them = group is not None and group.plural and not speaker.plural and recording.is_one
        if group is not None and one_of_them and speaker.name.lower() in self.words.unclear:
            speaker = replace(speaker, canonical=group.canonical, side=group.side)  # `another man says`: one of them
        if speaker.kind == "soldier" and speaker.source is None and not speaker.noun:
            speaker = self.naming.sides.nameless(speaker)
        if recording.medium != "intercepted-call":
            return speaker
        return self.naming.sides.overheard(speaker, recording.released_by)

    def _headlined(self, i: int, medium: Medium | None) -> Recording | None:
        """The recording of the headline, when the text comes to tell of it."""
        if i < self.headline or medium is None or len(self.all) != 1 or self.all[0].mentions[-1] >= self.headline:
            return None
        first = self.all[0]
        return first if medium == first.medium or {medium, first.medium} <= {"intercepted-call", "audio"} else None

    def _known(self, token: Token, medium: Medium | None, *, definite: bool, new: bool) -> Recording | None:
        """The recording that a mention speaks of again, None where it is a new one."""
        spoken = speaker_in(token, self.naming, remember=False)
        same = [
            r
            for r in reversed(self.all[-MOST:])
            if medium is None
            or r.medium == medium
            or {r.medium, medium} <= {"intercepted-call", "audio"}
            or token.lemma_.lower() in {"recording", "clip", "soundtrack"}
        ]
        if not same:
            return None
        start = token.sent.start
        here = next((r for r in same if r.mentions[-1] >= start), None)
        if here is not None:
            return here
        bare_article = (
            not new and token.tag_ == "NN" and token.dep_ == "pobj" and not any(c.dep_ == "det" for c in token.lefts)
        )
        if definite or bare_article:  # `the video`, or `on video` without an article of its own
            one = [r for r in same if r.is_one] if token.tag_ in {"NN", "NNP"} else same
            exact = [
                r
                for r in one
                if spoken is not None and r.speaker is not None and r.speaker.canonical == spoken.canonical
            ]
            return next(iter(exact or one or same))
        return same[0] if same[0].bare and same[0].is_one and token.tag_ in {"NN", "NNP"} else None

    def merge(self, first: Recording, second: Recording) -> None:
        """Make the first recording's mentions those of the second."""
        second.mentions = sorted({*first.mentions, *second.mentions})
        second.at = min(first.at, second.at)
        for i in first.mentions:
            self.by_token[i] = second
        self.all.remove(first)
        self.marked = (0, 0)

    def mentions(self) -> Ordered[tuple[int, Recording]]:
        """Every mention with its recording, in the order of the text."""
        now = (len(self.all), len(self.by_token))
        if self.marked != now:
            self.marks = Ordered(((m, r) for r in self.all for m in r.mentions), key=lambda m: m[0])
            self.marked = now
        return self.marks

    def before(self, i: int) -> list[Recording]:
        """The recordings mentioned before a token, the one mentioned last at the end; no more than the last `MOST` mentions."""
        last = islice(self.mentions().back_from(i), MOST)
        return list({id(r): r for _, r in last}.values())[::-1]

    def latest(self, before: int) -> Recording | None:
        """The recording mentioned last before a token."""
        return next((r for _, r in self.mentions().back_from(before)), None)

    def overheard_by(self, who: Who, content: frozenset[int]) -> None:
        """`The ministry said its scouts had tapped a call`: the body that says so made it known."""
        for r in {id(r): r for i in content if (r := self.by_token.get(i)) is not None and r.at == i}.values():
            tapped = any(a.lemma_.lower() in OVERHEARING for a in self.doc[r.at].ancestors)
            if tapped and not r.released_by:
                r.released_by.append(who)


def _headline(doc: Doc) -> int:
    """The token at which the headline ends; nought where a text has none."""
    for t in doc[:LONGEST_HEADLINE]:
        if t.is_space and "\n\n" in t.text:
            return 0 if t.i and doc[t.i - 1].text in {".", ":"} else t.i
    return 0
