"""Whom `he`, `she`, `it` and `they` mean.

Rules answer from nearness, number, gender and kind among the sources that were heard. Beside theirs everybody mentioned in the sentences before is weighed
(`mentioned.py`, `agreeing.py`); the weights are taught by `scripts/train_pronouns.py` on the marked articles.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, replace
from functools import cache, cached_property
from pathlib import Path

from spacy.tokens import Token

from leadline.extract.archives import Arrays, read_weights
from leadline.extract.claims.sources.agreeing import clues
from leadline.extract.claims.sources.fitting import COUNTED
from leadline.extract.claims.sources.kinds import PERSONS
from leadline.extract.claims.sources.mentioned import PRONOUNS, Mentioned, Rival
from leadline.extract.claims.sources.remembered import OF_GENDER, gender_of
from leadline.extract.claims.sources.who import Who, person_kind

FILE = Path(__file__).parents[2] / "data" / "pronouns.npz"
NEARBY = 30
"""Tokens before its sentence in which `he` may mean a person who was only named."""
HEARD = 80
"""Tokens within which `he` rather means a source that was heard."""


@dataclass(frozen=True)
class Weights:
    """What each mark of one whom a pronoun may mean counts."""

    of: dict[str, float]

    @classmethod
    def read(cls, arrays: Arrays) -> Weights:
        """The weights stored in an archive."""
        return cls(dict(zip(map(str, arrays["marks"]), map(float, arrays["weights"]), strict=True)))

    def best(self, marks: list[frozenset[str]]) -> int:
        """The number of the likeliest of several."""
        sums = [sum(self.of.get(m, 0.0) for m in sorted(found)) for found in marks]
        return sums.index(max(sums))


@cache
def load_weights() -> Weights:
    """The shipped weights; raises `CodebookError` where their file is broken."""
    return read_weights(FILE, Weights.read)


def _is_some(word: Token) -> bool:
    """`One of`, `three of`, `most of`."""
    return word.lower_ in COUNTED or word.pos_ == "NUM"


class Pronouns(Mentioned):
    """What the pronouns of one text mean; `asked` while that of one is being found out."""

    asked = False

    def _pronoun(self, head: Token) -> Who | None:
        if head.lower_ in {"who", "which", "that"}:
            verb = head.head
            if verb.dep_ in {"relcl", "acl"} and verb.head.i != verb.i:
                noun = verb.head
                if noun.dep_ == "appos" and noun.head.pos_ == "PROPN":
                    noun = noun.head  # `Harbour Post, a paper that …`
                return self._who(noun, [t for t in noun.subtree if t.i < verb.left_edge.i])
            return None
        if head.i in self.meant:
            return self.meant[head.i]
        rule = self._by_rule(head)
        if self.asked or head.lower_ not in PRONOUNS:
            return self._several(head) or rule  # in one whom another pronoun may mean: `three of them`
        self.asked = True
        try:
            self.meant[head.i] = self._likeliest(head, self._agreeing(head, rule), rule)
        finally:
            self.asked = False
        return self.meant[head.i]

    def _agreeing(self, head: Token, rule: Who | None) -> list[Rival]:
        """Those whom a pronoun may mean; several persons, where it is one of them that is spoken of."""
        rivals = self.rivals(head, rule)
        if not (head.dep_ == "pobj" and head.head.lower_ == "of" and _is_some(head.head.head)):
            return rivals
        return [r for r in rivals if r.who.plural and r.who.kind in PERSONS]

    def _likeliest(self, head: Token, rivals: list[Rival], rule: Who | None) -> Who | None:
        """The likeliest of those whom a pronoun may mean; the one of the rules where there are none."""
        if not rivals:
            return rule
        who = rivals[load_weights().best(clues(self, head, rivals, rule))].who
        if head.lower_ in OF_GENDER:
            self.genders.setdefault(who.canonical, OF_GENDER[head.lower_])
        return who.elsewhere()

    def _several(self, head: Token) -> Who | None:
        """Those of whom `one of them` is one: the several persons named last, in its sentence or in the one before."""
        if PRONOUNS.get(head.lower_) != "they":
            return None
        first = self.sentences[max(0, self.sentence_of(head) - 1)].start
        for t in reversed(self.doc[first : head.i]):
            if t.tag_ == "NNS" and person_kind(t, self.words) in PERSONS and not self.in_quotation(t):
                return self.phrases.who(t, person_kind(t, self.words))
        return None

    def _by_rule(self, head: Token) -> Who | None:
        plural = PRONOUNS[head.lower_] == "they"
        body = PRONOUNS[head.lower_] == "it"
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
                return w.elsewhere()
        return None

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
