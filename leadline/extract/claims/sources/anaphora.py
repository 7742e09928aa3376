"""Antecedents: what `the agency`, `the report`, `the man`, `he` and `it` were named as before.

Nearness, number, gender and kind decide; what stands inside another quotation, or after the word, is out of reach.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from itertools import accumulate

from spacy.tokens import Doc, Token

from leadline.extract.claims.lexicon import Lexicon, load_lexicon
from leadline.extract.claims.ordered import Ordered
from leadline.extract.claims.sources.names import Named
from leadline.extract.claims.sources.people import People
from leadline.extract.claims.sources.phrases import Phrases
from leadline.extract.claims.sources.shown import PERSONAL_KINDS
from leadline.extract.claims.sources.sides import Sides
from leadline.extract.claims.sources.who import (
    BODY_KINDS,
    BODY_NOUNS,
    COLLECTIVE,
    OUTLET_KINDS,
    SPOKES,
    Who,
    is_plural,
    same_noun,
)
from leadline.schema import Span

RANKS = frozenset({"officer", "colonel", "major", "captain", "lieutenant"})
"""Those of whom there are many: `the colonel` is somebody who is called so in the text."""
RECENT = 200
"""Tokens within which `the warlord` can mean the person named before."""
NEARBY = 30
"""Tokens before its sentence in which `he` may mean a person who was only named."""
HEARD = 80
"""Tokens within which `he` rather means a source that was heard."""
LOOK_BACK = 300
"""Sources named before a word among which it may mean one: those of twenty pages and more. No article names as many."""
OF_GENDER = {"he": "m", "him": "m", "his": "m", "himself": "m", "she": "f", "her": "f"}


def gender_of(who: Who) -> str:
    """What the nouns of a source say of its gender: `f`, `m`, or nothing."""
    words = load_lexicon()
    named = {w.strip(",").lower() for w in f"{who.name} {who.canonical}".split()}
    female, male = not named.isdisjoint(words.female), not named.isdisjoint(words.male)
    return "" if female == male else "f" if female else "m"


class Antecedents:
    """What was named in one text so far, for what is said of it again.

    `seen` holds the sources in the order in which they were named, `genders` what pronouns told of them. How a noun phrase is named
    (`_who`) is for the class built on this one to say.
    """

    doc: Doc
    words: Lexicon
    people: People
    sides: Sides
    phrases: Phrases
    own: frozenset[str]
    quotations: Sequence[Span]
    named: Ordered[Named]
    seen: list[Who]
    latest: list[int]
    disorder: int
    genders: dict[str, str]

    def _who(self, head: Token, tokens: Sequence[Token]) -> Who | None:
        raise NotImplementedError

    def _earlier(self, head: Token) -> Iterator[Who]:
        """What was named before a word, the latest first, also where it is asked again once the whole text was read."""
        end = bisect_left(self.latest, head.i + self.disorder + 1)
        for k in range(end - 1, max(-1, end - 1 - LOOK_BACK), -1):
            if self.seen[k].at < head.i:
                yield self.seen[k]

    def _within_reach(self, head: Token) -> Iterator[Who]:
        """What was named before a word, the latest first; what stands inside another quotation is out of reach."""
        here = self._quotation(head.idx)
        for w in self._earlier(head):
            there = self._quotation(self.doc[w.at].idx)
            if there < 0 or there == here:
                yield w

    def _remember(self, who: Who) -> None:
        """Take in one who was named: words that are read later stand behind it, but for some of its own sentence."""
        self.latest.append(max(who.at, self.latest[-1]) if self.latest else who.at)
        self.disorder = max(self.disorder, self.latest[-1] - who.at)
        self.seen.append(who)

    def in_quotation(self, word: Token) -> bool:
        """Whether a word stands inside quotation marks."""
        return self._quotation(word.idx) >= 0

    def _quotation(self, offset: int) -> int:
        """The first quotation that holds an offset, -1 for none."""
        k, found = bisect_right(self._quoted[0], offset) - 1, -1
        while k >= 0 and self._quoted[1][k] > offset:
            if offset < self.quotations[k][1]:
                found = k
            k -= 1
        return found

    @cached_property
    def _quoted(self) -> tuple[list[int], list[int]]:
        """Where the quotations begin, and how far those up to each reach."""
        return [start for start, _ in self.quotations], list(accumulate((end for _, end in self.quotations), max))

    def _is_definite(self, head: Token) -> bool:
        return any(
            c.lower_ in {"the", "this", "that", "these", "those", "same", "its", "his", "their", "our"}
            for c in head.children
        )

    def again(self, head: Token, kind: str) -> Who | None:
        """What `the agency`, `the report`, `the journalists` was named as before."""
        lemma = head.lemma_.lower()
        if any(
            c.dep_ in {"prep", "appos", "relcl"} and c.lower_ in {"of", "from", "for"} for c in head.children
        ) and kind not in {"outlet"}:
            return None
        sides = {self.sides.words[c.lower_] for c in head.children if c.lower_ in self.sides.words}
        if sides and kind not in {"soldier", "commander", "official"}:
            return None
        if lemma in self.words.carriers:
            made = (w for w in self._within_reach(head) if w.canonical.casefold() not in self.own)
            exact = next((w for w in made if w.carrier == lemma), None)
            if exact is not None:
                return replace(exact, start=None, end=None)
        if lemma in BODY_NOUNS:
            exact = next(
                (w for w in self._within_reach(head) if w.kind in BODY_KINDS and same_noun(lemma, w.canonical)), None
            )
            if exact is not None:
                return replace(exact, start=None, end=None)
        if lemma in COLLECTIVE:  # `the group`, after `a group of reservists`
            same = (w for w in self._within_reach(head) if w.plural and lemma in w.name.lower().split())
            if (group := next(same, None)) is not None:
                return replace(group, start=None, end=None)
        for w in self._within_reach(head):
            fits = (
                (kind in {"outlet", "monitor"} and (w.kind in OUTLET_KINDS or w.kind in {"outlet", "monitor"}))
                or (
                    lemma
                    in {"agency", "service", "ministry", "directorate", "department", "office", "command", "staff"}
                    and w.kind in BODY_KINDS
                    and not self.words.land(w.canonical)
                    and not any(c.dep_ in {"amod", "compound"} for c in head.children)
                    and (w.source is None or w.source.kind != "armed-force" or lemma in {"command", "staff"})
                )
                or (lemma in {"agency"} and w.kind == "agency")
                or (lemma in BODY_NOUNS and w.canonical.lower().split()[-1:] == [lemma])
                or (
                    lemma in self.words.carriers
                    and (
                        w.carrier in {lemma, "investigation", "report", "study", "article", "statement"}
                        or w.kind in OUTLET_KINDS
                        or w.kind in BODY_KINDS
                    )
                )
                or (kind and w.kind == kind and same_noun(lemma, w.canonical))
                or (kind == "analyst" and w.kind == "analyst")
                or (
                    lemma in self.words.unclear
                    and head.tag_ == "NN"
                    and not any(c.dep_ in {"amod", "compound"} for c in head.children)  # `the second man`
                    and w.kind in {"soldier", "commander"}
                    and not w.plural
                    and head.i - w.at < RECENT
                )
                or (
                    not kind
                    and w.kind == "person"
                    and head.tag_ == "NN"
                    and head.dep_ in {"nsubj", "pobj"}
                    and lemma not in self.words.carriers | self.words.recordings
                    and head.i - w.at < RECENT
                )
                or (
                    kind in {"official", "commander", "analyst"}
                    and lemma not in BODY_NOUNS
                    and (w.kind == kind or (w.kind == "person" and (kind != "commander" or w.source is not None)))
                    and not w.plural
                    and head.tag_ == "NN"
                    and not self._is_another_office(head, w)
                )
            )
            if sides and w.side is not None and w.side not in sides:
                continue
            if kind in PERSONAL_KINDS and lemma not in BODY_NOUNS and w.plural and not is_plural(head):
                continue
            if fits and not (lemma in self.words.carriers and w.kind in {"soldier", "relative", "witness"}):
                return replace(w, start=None, end=None)
        return None

    def _is_another_office(self, head: Token, w: Who) -> bool:
        """`The parliamentary ombudsman`: an office that the person named before is not said to hold."""
        if any(c.dep_ == "poss" and c.lower_ in {"his", "her", "their", "my", "our"} for c in head.children):
            return w.kind == "person" and head.lemma_.lower() in self.words.commanders  # `his commander`
        if head.lemma_.lower() not in RANKS and not any(c.dep_ in {"amod", "compound"} for c in head.children):
            return False
        surname = w.canonical.split()[-1]
        places = self._written.get(surname, [])
        held = places[: bisect_left(places, head.i)][-LOOK_BACK:]
        return not any(x.lemma_.lower() == head.lemma_.lower() for i in held for x in self.doc[max(0, i - 8) : i + 9])

    @cached_property
    def _written(self) -> dict[str, list[int]]:
        """Where each word stands."""
        found: dict[str, list[int]] = {}
        for t in self.doc:
            found.setdefault(t.text, []).append(t.i)
        return found

    def _pronoun(self, head: Token) -> Who | None:
        if head.lower_ in {"who", "which", "that"}:
            verb = head.head
            if verb.dep_ in {"relcl", "acl"} and verb.head.i != verb.i:
                noun = verb.head
                if noun.dep_ == "appos" and noun.head.pos_ == "PROPN":
                    noun = noun.head  # `Harbour Post, a paper that …`
                return self._who(noun, [t for t in noun.subtree if t.i < verb.left_edge.i])
            return None
        plural = head.lower_ in {"they", "them", "their"}
        body = head.lower_ in {"it", "its"}
        if not plural and not body and (person := self._just_named(head) or self._of_the_family(head)) is not None:
            return person
        for w in self._within_reach(head):
            is_body = w.source is not None and w.source.kind != "person"
            is_body = is_body or w.kind in {"outlet", "monitor", "reports", "document"} or self.is_office(w)
            gender = gender_of(w) or self.genders.get(w.canonical, "")
            if not w.kind or (head.lower_ in OF_GENDER and gender not in {"", OF_GENDER[head.lower_]}):
                continue
            if (
                (body and is_body)
                or (plural and (w.plural or is_body))
                or (not body and not plural and not is_body and not w.plural)
            ):
                if head.lower_ in OF_GENDER:
                    self.genders.setdefault(w.canonical, OF_GENDER[head.lower_])
                return replace(w, start=None, end=None)
        return None

    def is_office(self, who: Who) -> bool:
        """Whether an unnamed source is a body and no person (`her office`, `the directorate`)."""
        if who.source is not None or who.kind != "official" or who.noun in SPOKES:
            return False
        return self.doc[who.at].lemma_.lower() in BODY_NOUNS or who.canonical.split()[-1].lower() in BODY_NOUNS

    def _of_the_family(self, head: Token) -> Who | None:
        """The son or wife of whom somebody tells (`A mother recognised her son. She said he had called`), where `he` fits no one nearer."""
        wanted = self.words.male if OF_GENDER.get(head.lower_) == "m" else self.words.female
        fits = (
            w.at
            for w in self._within_reach(head)
            if w.kind
            and not w.plural
            and gender_of(w) in {"", OF_GENDER.get(head.lower_)}
            and not self.is_office(w)
            and (w.source is None or w.source.kind == "person")
        )
        latest = max(next(fits, -1), head.i - NEARBY)
        for t in reversed(self.doc[latest + 1 : head.i]):
            lemma = t.lemma_.lower()
            if t.tag_ == "NN" and lemma in wanted and self.words.kind(lemma) == "relative":
                owned = any(c.dep_ == "poss" and c.lower_ in {"her", "his", "my"} for c in t.children)
                if owned and not self.in_quotation(t):
                    return replace(
                        self.phrases.who(t, "relative") or Who(t.text, t.text, "relative"), at=t.i, start=None, end=None
                    )
        return None

    def _just_named(self, head: Token) -> Who | None:
        """The person named shortly before `he`, where no source was heard since or so near: `a reaction from Nora Hall`."""
        latest = next((w.at for w in self._within_reach(head) if w.kind and not w.plural), -1)
        for k in range(bisect_left(self._persons, head.i, key=lambda w: w[-1].i) - 1, -1, -1):
            words = self._persons[k]
            name = words[-1]
            if name.sent.end < head.sent.start - NEARBY:
                return None
            if self.in_quotation(name):
                continue
            if name.i <= latest or (latest >= 0 and head.i - HEARD <= latest):
                return None
            who = self._who(name, list(words))
            if who is None or (who.source is not None and who.source.kind != "person"):
                continue
            return replace(who, at=name.i, start=None, end=None)
        return None

    @cached_property
    def _persons(self) -> list[tuple[Token, ...]]:
        """The words of every person's name, in the order of the text."""
        registered = (tuple(self.doc[n.start : n.end]) for n in self.named if n.source.kind == "person")
        return sorted((*self.people.spans, *registered), key=lambda words: words[-1].i)
