"""What was named in a text so far, the latest first, for what is said of it again."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import accumulate

from spacy.tokens import Doc, Token

from leadline.extract.claims.lexicon import Lexicon, load_lexicon
from leadline.extract.claims.ordered import Ordered
from leadline.extract.claims.sources.names import Named
from leadline.extract.claims.sources.people import People
from leadline.extract.claims.sources.phrases import Phrases
from leadline.extract.claims.sources.sides import Sides
from leadline.extract.claims.sources.who import BODY_NOUNS, SPOKES, Who, key_of
from leadline.schema import Span

LOOK_BACK = 300
"""Sources named before a word among which it may mean one: those of twenty pages and more. No article names as many."""
OF_GENDER = {"he": "m", "him": "m", "his": "m", "himself": "m", "she": "f", "her": "f"}


def gender_of(who: Who) -> str:
    """What the nouns of a source say of its gender: `f`, `m`, or nothing."""
    words = load_lexicon()
    named = {w.strip(",").lower() for w in f"{who.name} {who.canonical}".split()}
    female, male = not named.isdisjoint(words.female), not named.isdisjoint(words.male)
    return "" if female == male else "f" if female else "m"


class Remembered:
    """What was named in one text so far.

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

    def is_own(self, who: Who) -> bool:
        """Whether a source is whoever publishes the text."""
        return key_of(who) in self.own

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

    def is_office(self, who: Who) -> bool:
        """Whether an unnamed source is a body and no person (`her office`, `the directorate`)."""
        if who.source is not None or who.kind != "official" or who.noun in SPOKES:
            return False
        return self.doc[who.at].lemma_.lower() in BODY_NOUNS or who.canonical.split()[-1].lower() in BODY_NOUNS
