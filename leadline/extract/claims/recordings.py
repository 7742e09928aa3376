"""Recordings that a text speaks of: which medium, who released them, who speaks in them.

`A video posted by X`, `X shared a clip`, `an intercepted call from a soldier` and later `the recording` are mentions of
one recording; what one mention leaves open another one may state.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from spacy.tokens import Doc, Token

from leadline.extract.claims.grammar import subjects as subjects_of
from leadline.extract.claims.lexicon import load_lexicon
from leadline.extract.claims.naming import Naming
from leadline.extract.claims.recorded import mention_medium
from leadline.extract.claims.who import BODY_KINDS, OUTLET_KINDS, Who, person_kind
from leadline.schema import Medium

SPEAKERS_KINDS = frozenset({"soldier", "commander", "relative", "person", "witness", "official"})
DEFINITE = frozenset({"both", "all", "the", "this", "that", "these", "those", "its", "his", "their"})
PLURAL_SENSE = frozenset({"footage", "stream", "comms", "communication"})
ORDINALS = frozenset({"first", "second", "third", "fourth", "other", "latter", "former"})
SILENT_SENSE = frozenset({"footage", "image", "picture", "photo", "photograph"})
"""What shows people and lets nobody speak."""
ONLINE = frozenset({"website", "site", "channel", "page", "internet", "web", "platform"})
OVERHEARING = frozenset({"intercept", "tap", "wiretap", "overhear", "record", "obtain", "bug"})
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


class Recordings:
    """The recordings of one text, in the order of their first mention."""

    def __init__(self, doc: Doc, naming: Naming) -> None:
        self.doc, self.naming = doc, naming
        self.words = load_lexicon()
        self.all: list[Recording] = []
        self.by_token: dict[int, Recording] = {}
        self.headline = _headline(doc)

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
        releasers = self._releasers(token)
        if releasers and len(known.mentions) > 1 and known.mentions[-2] < self.headline <= i:
            known.released_by = []  # `Kyiv releases call`: the text says which of its bodies did
        for who in releasers:
            if all(who.canonical != w.canonical for w in known.released_by):
                known.released_by.append(who)
        if known.speaker is None:
            known.speaker = self._speaker(token)
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
        spoken = self._speaker(token, remember=False)
        same = [
            r
            for r in reversed(self.all)
            if medium is None
            or r.medium == medium
            or {r.medium, medium} <= {"intercepted-call", "audio"}
            or token.lemma_.lower() in {"recording", "clip", "soundtrack"}
        ]
        if not same:
            return None
        here = next((r for r in same if self.doc[r.mentions[-1]].sent.start == token.sent.start), None)
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

    def before(self, i: int) -> list[Recording]:
        """The recordings mentioned before a token, the one mentioned last at the end."""
        last = {k: max((m for m in r.mentions if m < i), default=-1) for k, r in enumerate(self.all)}
        return [self.all[k] for k in sorted(last, key=lambda k: last[k]) if last[k] >= 0]

    def latest(self, before: int) -> Recording | None:
        """The recording mentioned last before a token."""
        found = self.before(before)
        return found[-1] if found else None

    # -- who made it public ------------------------------------------------------------------------------------------

    def _releasers(self, token: Token) -> list[Who]:
        found: list[Who | None] = []
        for c in token.children:
            if c.dep_ in {"acl", "relcl"} and c.lemma_.lower() in self.words.releasing:
                for by in c.children:
                    if by.dep_ == "agent" or (by.dep_ == "prep" and by.lower_ == "by"):
                        found += [self._source(g) for g in by.children if g.dep_ == "pobj"]
                    if by.dep_ == "nsubj":
                        found.append(self._source(by))
            if c.dep_ == "poss" and c.ent_type_ != "PERSON":
                found.append(self._source(c))
            if c.dep_ == "prep" and c.lower_ in {"by", "from"}:
                found += [self._source(g) for g in c.children if g.dep_ == "pobj"]
        if token.dep_ == "nsubjpass" and token.head.lemma_.lower() in self.words.releasing:
            for by in (c for c in token.head.children if c.dep_ == "agent"):
                found += [self._source(g) for g in by.children if g.dep_ == "pobj"]
        verb = token
        for _ in range(4):  # X shared the clip; X broadcast what it presents as a call; X claimed, with soundtrack
            if verb.head.i == verb.i:
                break
            verb = verb.head
            if verb.pos_ != "VERB":
                continue
            subjects = [s for s in subjects_of(verb) if s.dep_ != "csubj"]
            if not subjects and verb.tag_ == "VBG" and verb.dep_ in {"advcl", "acl"}:
                subjects = [s for s in subjects_of(verb.head) if s.i < verb.i]  # `X said so, releasing a call`
            online = verb.lemma_.lower() == "put" and any(
                t.dep_ == "pobj" and t.lemma_.lower() in ONLINE for t in verb.subtree
            )
            if (
                online
                or verb.lemma_.lower() in self.words.releasing
                or (token.dep_ == "pobj" and token.head.lower_ == "with")
            ):
                found += [self._source(s) for s in subjects]
            if subjects and verb.lemma_.lower() not in {"present", "call", "describe"}:
                break
        return [
            w
            for w in found
            if w is not None
            and (
                w.kind in OUTLET_KINDS | BODY_KINDS | {"outlet", "monitor"}
                or (w.source is not None and w.source.relays)
                or self.naming.is_office(w)
            )
        ]

    def overheard_by(self, who: Who, content: frozenset[int]) -> None:
        """`The ministry said its scouts had tapped a call`: the body that says so made it known."""
        for r in self.all:
            tapped = any(a.lemma_.lower() in OVERHEARING for a in self.doc[r.at].ancestors)
            if r.at in content and tapped and not r.released_by:
                r.released_by.append(who)

    def _source(self, token: Token) -> Who | None:
        who = self.naming.who([t for t in token.subtree if t.i <= token.i + 8])
        return who if who is not None and who.canonical.casefold() not in self.naming.own else None

    # -- who speaks in it --------------------------------------------------------------------------------------------

    def _speaker(self, token: Token, *, remember: bool = True) -> Who | None:
        for c in token.children:
            if c.dep_ == "prep" and c.lower_ in {"from", "of", "by", "with", "featuring", "between"}:
                for g in c.children:
                    if g.dep_ == "pobj" and (who := self._person(g, remember)):
                        return who
            if c.dep_ in {"relcl", "acl"}:
                subjects = [g for g in c.children if g.dep_ == "nsubj" and g.lower_ not in {"that", "which", "it"}]
                if (
                    (c.dep_ == "relcl" or c.lower_ in {"showing", "featuring"})
                    and subjects
                    and (who := self._person(subjects[0], remember))
                ):
                    return who
                if c.lower_ in {"showing", "featuring"}:
                    for g in c.children:
                        if g.dep_ in {"dobj", "nsubj"} and (who := self._person(g, remember)):
                            return who
                for by in c.children:  # recorded by soldiers
                    if by.dep_ == "agent" and (
                        c.lemma_.lower() in self.words.recording or c.lemma_.lower() in self.words.releasing
                    ):
                        for g in by.children:
                            if g.dep_ == "pobj" and (who := self._person(g, remember)):
                                return who
            if c.dep_ == "poss" and (who := self._person(c, remember)):
                return who
        verb = token.head
        for _ in range(3):
            if verb.pos_ == "VERB" or verb.head.i == verb.i:
                break
            verb = verb.head
        inside = token.dep_ == "pobj" and (
            token.head.lower_ in {"in", "on"}
            or (token.head.lower_ == "to" and token.head.head.lower_ in {"according", "accordance", "in"})
        )
        if inside:  # the nearest verb above that has a subject
            while verb.head.i != verb.i and not any(c.dep_ == "nsubj" for c in verb.children):
                verb = verb.head
        capturing = token.dep_ == "nsubj" and verb.lemma_.lower() in {
            "capture",
            "record",
            "show",
            "feature",
            "contain",
            "depict",
        }
        if verb.pos_ == "VERB":
            if token.dep_ in {"dobj"} and verb.lemma_.lower() in self.words.recording | {
                "post",
                "publish",
                "send",
                "share",
                "issue",
                "release",
            }:
                for s in (c for c in verb.children if c.dep_ == "nsubj"):
                    if who := self._person(s, remember):
                        return who
            if inside:
                for s in (c for c in verb.children if c.dep_ == "nsubj"):
                    if who := self._person(s, remember):
                        return who
            if capturing and token.lemma_.lower() not in SILENT_SENSE:
                for g in verb.subtree:
                    if g.dep_ in {"nsubj", "dobj"} and g.i > verb.i and (who := self._person(g, remember)):
                        return who
        return None

    def _person(self, token: Token, remember: bool) -> Who | None:
        kind = person_kind(token, self.words)
        if kind not in SPEAKERS_KINDS and token.ent_type_ != "PERSON":
            return None
        who = self.naming.who([t for t in token.subtree if t.i <= token.i + 6], remember=remember)
        if who is None or (who.source is not None and who.source.kind != "person"):
            return None
        return who if who.kind in SPEAKERS_KINDS else None


def _headline(doc: Doc) -> int:
    """The token at which the headline ends; nought where a text has none."""
    for t in doc[:LONGEST_HEADLINE]:
        if t.is_space and "\n\n" in t.text:
            return 0 if t.i and doc[t.i - 1].text in {".", ":"} else t.i
    return 0
