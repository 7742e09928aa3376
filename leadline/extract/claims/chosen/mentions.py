"""Mentions of those who may speak: every noun phrase of a text that names a person, a body, an outlet or a writing, resolved to its source."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from spacy.tokens import Span as TokenSpan
from spacy.tokens import Token

from leadline.extract.claims.sources.naming import Naming
from leadline.extract.claims.sources.who import Who, key_of, person_kind, phrase_of
from leadline.extract.claims.statements.entrances import is_byline
from leadline.extract.claims.statements.voices import Voices

FAR = 40
"""Sentences after which somebody is taken to be gone from the text."""
NAMED = frozenset({"ORG", "PERSON", "NORP"})
MOST = 5
"""Others named since, and mentions of one; more count as many."""
SET_OFF = frozenset({",", '"', "”", "-", "–"})


@dataclass(frozen=True)
class Mention:
    """A noun phrase that names somebody, with the verb whose subject it is."""

    noun: Token
    sentence: int
    who: Who
    verb: Token | None

    def says(self, reporting: frozenset[str]) -> bool:
        """Whether the mention is the subject of a verb of saying."""
        return self.verb is not None and self.verb.lemma_.lower() in reporting


class Named:
    """The mentions of one source in the order of the text: how a clause stands to them is told without a look at them all."""

    def __init__(self, mentions: Sequence[Mention] = (), reporting: frozenset[str] = frozenset()) -> None:
        self.all = list(mentions)
        self.subjects = [m for m in self.all if m.verb is not None]
        self.saying = [m for m in self.subjects if m.says(reporting)]
        self.tokens = [m.noun.i for m in self.all]
        self.sentences = [m.sentence for m in self.all]
        self.within = frozenset(self.sentences)

    def is_at(self, i: int) -> bool:
        """Whether a token is one of the mentions."""
        k = bisect_left(self.tokens, i)
        return k < len(self.tokens) and self.tokens[k] == i

    def in_sentences(self, start: int, end: int) -> list[Mention]:
        """Those in the sentences from `start` up to but without `end`."""
        return self.all[bisect_left(self.sentences, start) : bisect_left(self.sentences, end)]

    def up_to(self, k: int) -> int:
        """How many stand in sentence `k` or before it."""
        return bisect_right(self.sentences, k)

    def latest(self, mentions: list[Mention], before: int, but: frozenset[int], most: int = 1) -> list[Mention]:
        """The last of some of these mentions before a token and not among others, in the order of the text."""
        found: list[Mention] = []
        for k in range(bisect_left(mentions, before, key=lambda m: m.noun.i) - 1, -1, -1):
            if mentions[k].noun.i not in but:
                found.append(mentions[k])
                if len(found) == most:
                    break
        return found[::-1]


NOBODY = Named()


class Mentions:
    """The mentions of one text, by source; `at` gives the sentence of a token."""

    def __init__(
        self, voices: Voices, naming: Naming, sentences: tuple[TokenSpan, ...], at: Callable[[int], int]
    ) -> None:
        self.voices, self.naming, self.doc = voices, naming, voices.doc
        self.sentences, self.at = sentences, at

    @cached_property
    def by_source(self) -> dict[str, list[Mention]]:
        """Every mention of somebody or something that may speak. A common noun is also taken as it stands, unresolved."""
        found: dict[str, list[Mention]] = {}
        words = self.voices.words
        for t in self.doc:
            if t.pos_ not in {"NOUN", "PROPN", "NUM", "ADJ"} or t.is_space or t.dep_ in {"compound", "amod"}:
                continue
            kind = person_kind(t, words)
            written = bool({t.lemma_.lower(), t.lower_} & (words.writings | words.carriers))
            if not (kind or written or self.naming.people.is_named(t) or t.ent_type_ in NAMED):
                continue
            whos = [self.naming.who(phrase_of(t), remember=False)]
            if t.pos_ != "PROPN":
                whos.append(self.naming.phrases.who(t, kind or "document"))
            verb = t.head if t.dep_ in {"nsubj", "nsubjpass"} else None
            if t.dep_ == "pobj" and t.head.head.lower_ == "according":
                verb = t.head.head
            for who in whos:
                byline = who is not None and verb is not None and is_byline(who, verb)
                if who is not None and not byline and not self.naming.is_own(who):
                    found.setdefault(key_of(who), []).append(Mention(t, self.at(t.i), replace(who, at=t.i), verb))
        return found

    @cached_property
    def _named(self) -> dict[str, Named]:
        return {key: Named(ms, self.voices.words.reporting) for key, ms in self.by_source.items()}

    def of(self, key: str) -> Named:
        """The mentions of one source."""
        return self._named.get(key, NOBODY)

    @cached_property
    def _places(self) -> list[tuple[int, int, str]]:
        """The sentence of each mention, with its source and the rank of that among all."""
        return sorted((m.sentence, n, key) for n, (key, ms) in enumerate(self.by_source.items()) for m in ms)

    def named_in(self, start: int, end: int) -> list[str]:
        """The sources named in the sentences from `start` up to but without `end`, in the order in which the text brings them in."""
        low, high = bisect_left(self._places, (start,)), bisect_left(self._places, (end,))
        return [key for _, key in sorted({(n, key) for _, n, key in self._places[low:high]})]

    @cached_property
    def _subjects(self) -> list[tuple[int, str]]:
        """The mentions that are subjects, in the order of the text, each with its source."""
        return sorted((m.noun.i, x) for x, ms in self.by_source.items() for m in ms if m.verb is not None)

    @cached_property
    def _recent(self) -> list[tuple[tuple[int, str], ...]]:
        """Before each of the subjects: where the sources were subjects last, as many of them as are counted and two more."""
        found: list[tuple[tuple[int, str], ...]] = [()]
        for i, key in self._subjects:
            found.append(((i, key), *(x for x in found[-1] if x[1] != key))[: MOST + 2])
        return found

    def _between(self, start: int, end: int, but: frozenset[int], key: str) -> int:
        """How many others are subjects after token `start` and before token `end`, none of them at the tokens left out."""
        first = min(but, default=end)
        low, high = bisect_right(self._subjects, (start, "\uffff")), bisect_right(self._subjects, (end, ""))
        cut = max(low, min(high, bisect_left(self._subjects, (first, ""))))
        others = {x for i, x in self._recent[cut] if i > start}
        others |= {x for i, x in self._subjects[cut:high] if i not in but}
        return min(len(others - {key}), MOST)

    def clues(self, head: Token, clause: tuple[Token, ...], k: int, key: str) -> dict[str, float]:
        """Where a source was named before the clause of `head`, in sentence `k`, or beside it; and as whose subject."""
        f: dict[str, float] = {}
        named = self.of(key)
        inside = frozenset(t.i for t in clause)
        here = self.voices.paragraph_of(self.sentences[k].start_char)
        past = named.latest(named.all, head.i, inside, MOST)
        f["m in clause"] = any(named.is_at(i) for i in inside)
        f["m doer"] = any(m.verb is not None and m.verb.i == head.i for m in named.in_sentences(k, k + 1))
        f["m count"] = len(past) / MOST
        subject, saying = (named.latest(ms, head.i, inside) for ms in (named.subjects, named.saying))
        for name, found in (("m", past), ("m subj", subject), ("m says", saying)):
            d = k - found[-1].sentence if found else FAR
            for n in (0, 1, 2):
                f[f"{name} back {n}"] = d == n
            f[f"{name} back 3"] = 3 <= d < 6
            f[f"{name} never"] = d == FAR
            f[f"{name} log"] = 1 / (1 + d)
            f[f"{name} same par"] = (
                bool(found) and self.voices.paragraph_of(self.sentences[found[-1].sentence].start_char) == here
            )
        local = [m for m in named.in_sentences(k, k + 1) if m.noun.i not in inside]
        if local:
            f |= self._beside(local, head, k)
        newer = past[-1].noun.i if past else 0
        between = self._between(newer, head.i, inside, key)
        f["m between 0"], f["m between 1"], f["m between"] = between == 0, between == 1, between / MOST
        if past:
            noun = past[-1].noun
            f["m dep " + noun.dep_] = 1
            f["m new"] = len(past) == 1
            f["m indef"] = any(c.lower_ in {"a", "an", "one"} for c in noun.children)
            f["m def"] = any(c.lower_ in {"the", "this", "that"} for c in noun.children)
            f["m poss"] = any(c.dep_ == "poss" for c in noun.children)
            f["m name"] = noun.pos_ == "PROPN"
            f["m quoted"] = self.naming.in_quotation(noun)
        return f

    def _beside(self, local: list[Mention], head: Token, k: int) -> dict[str, float]:
        """How a source stands to a clause in whose sentence it is named outside of it."""
        reporting = self.voices.words.reporting
        above = {t.i for t in head.ancestors}
        f: dict[str, float] = {"m here": 1}
        f["m here before"] = any(m.noun.i < head.i for m in local)
        f["m here says"] = any(m.says(reporting) for m in local)
        f["m here above"] = any(m.verb is not None and m.verb.i in above for m in local)
        f["m here says above"] = any(m.verb is not None and m.verb.i in above and m.says(reporting) for m in local)
        f["m here subject"] = any(m.verb is not None for m in local)
        m = min(local, key=lambda m: (m.verb is None, abs(m.noun.i - head.i)))
        f["l before"] = m.noun.i < head.i
        f["l near"] = abs(m.noun.i - head.i) < 6
        f["l far"] = abs(m.noun.i - head.i) > 15
        f["l quoted"] = self.naming.in_quotation(m.noun)
        f["l first"] = m.noun.i - self.sentences[k].start < 6
        f["l last"] = self.sentences[k].end - m.noun.i < 6
        f["l dep " + m.noun.dep_] = 1
        if m.verb is not None:
            verb = m.verb
            below = head.i in {a.i for a in verb.ancestors}
            way = "above" if verb.i in above else "below" if below else "head" if verb.i == head.i else "apart"
            f["l verb " + verb.lemma_.lower()] = 1
            f["l verb " + way] = 1
            f["l verb that"] = any(c.dep_ == "ccomp" for c in verb.children)
            f["l verb colon"] = any(t.text == ":" for t in self.doc[verb.i : verb.i + 4])
            f["l verb me"] = any(
                c.lower_ in {"us", "me"} or self.voices.words.kind(c.lemma_.lower()) == "outlet"
                for c in verb.children
                if c.dep_ in {"dobj", "dative"}
            )
            f["l verb dep " + verb.dep_] = 1
            f["l verb " + way + (" says" if m.says(reporting) else " acts")] = 1
            f["l verb tag " + verb.tag_] = 1
            f["l verb comma"] = self.doc[max(0, m.noun.left_edge.i - 1)].text in SET_OFF
        elif m.noun.dep_ == "pobj":
            f["l prep " + m.noun.head.lower_] = 1
            f["l prep of " + m.noun.head.head.lemma_.lower()] = 1
        elif m.noun.dep_ == "poss":
            f["l owner of " + m.noun.head.lemma_.lower()] = 1
        return f
