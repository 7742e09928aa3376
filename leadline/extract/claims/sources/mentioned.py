"""Those whom a pronoun may mean: everybody and everything of its number and gender that the sentences before it mention."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field, replace
from functools import cached_property

from spacy.tokens import Span as TokenSpan
from spacy.tokens import Token

from leadline.extract.claims.sources.fitting import COUNTED, Fitting, gender_of_name
from leadline.extract.claims.sources.remembered import OF_GENDER
from leadline.extract.claims.sources.who import LONGEST_NAME, Who, key_of, person_kind, phrase_of

PRONOUNS = {
    "he": "he", "him": "he", "his": "he", "himself": "he", "she": "she", "her": "she",
    "they": "they", "them": "they", "their": "they", "it": "it", "its": "it",
}  # fmt: skip
"""Pronouns by the form that is the subject."""
HEADS = frozenset({"NOUN", "PROPN", "NUM", "PRON", "ADJ", "DET"})
INSIDE = frozenset({"compound", "amod", "nummod", "det"})
LATELY = 6
"""Sentences before a pronoun whose nouns it may mean."""
BESIDE = 2
"""Words between a quotation and the pronoun or verb that says whose it is."""
HEARD = 10
"""Sources heard before it, however far back, that it may mean."""


@dataclass
class Rival:
    """One whom a pronoun may mean: where the text mentions it before, by nouns and by pronouns, and where it was heard last (-1: never)."""

    who: Who
    nouns: list[Token] = field(default_factory=list)
    pronouns: list[Token] = field(default_factory=list)
    heard: int = -1

    @cached_property
    def last(self) -> Token:
        """The latest mention."""
        return max((*self.nouns, *self.pronouns), key=lambda t: t.i)


class Mentioned(Fitting):
    """The nouns of one text as those whom pronouns may mean."""

    @cached_property
    def meant(self) -> dict[int, Who | None]:
        """What the pronouns asked for so far mean, by their tokens."""
        return {}

    @cached_property
    def _mentions(self) -> dict[int, Who | None]:
        return {}

    @cached_property
    def sentences(self) -> list[TokenSpan]:
        """The sentences of the text."""
        return list(self.doc.sents)

    @cached_property
    def _starts(self) -> list[int]:
        return [s.start for s in self.sentences]

    def sentence_of(self, word: Token) -> int:
        """The number of the sentence in which a word stands."""
        return bisect_right(self._starts, word.i) - 1

    @cached_property
    def _breaks(self) -> list[int]:
        return self._read_over[0]

    @cached_property
    def _read_over(self) -> tuple[list[int], list[Token], frozenset[str]]:
        """Where lines end, the heads of noun phrases and pronouns, and names that are used of a place or a body."""
        breaks, heads, places = list[int](), list[Token](), set[str]()
        for t in self.doc:
            pos = t.pos_
            if t.is_space:
                if "\n" in t.text:
                    breaks.append(t.i)
            elif pos in HEADS and t.dep_ not in INSIDE:
                heads.append(t)
                if pos == "PROPN" and self._is_placed(t):
                    places.add(t.text)
        return breaks, heads, frozenset(places)

    @cached_property
    def _places_of_heads(self) -> list[int]:
        return [t.i for t in self._read_over[1]]

    @cached_property
    def _no_names(self) -> frozenset[str]:
        """Names that the text uses of a place or a body, whatever the recogniser takes them for."""
        return self._read_over[2]

    def line_of(self, word: Token) -> int:
        """The number of the line in which a word stands, empty ones left out."""
        return bisect_right(self._breaks, word.i)

    def opening_of(self, word: Token) -> int:
        """The number of the first sentence of the line in which a word stands."""
        line = self.line_of(word)
        return (
            self.sentence_of(self.doc[self._breaks[line - 1] + 1])
            if line > 0 and self._breaks[line - 1] + 1 < len(self.doc)
            else 0
        )

    def rivals(self, pronoun: Token, rule: Who | None) -> list[Rival]:
        """Those whom a pronoun may mean, the one mentioned last first, with the one of the rules."""
        form = PRONOUNS[pronoun.lower_]
        content = _content(pronoun) | self._quoted_by(pronoun)
        found: dict[tuple[str, bool], Rival] = {}

        def rival(who: Who) -> Rival:
            return found.setdefault((key_of(who), who.plural), Rival(who))

        heard: list[Who] = []
        for w in self._earlier(pronoun):
            if w.kind and w.at not in content and self._fits(w, form):
                heard.append(w)
                if len(heard) == HEARD:
                    break
        for w in reversed(heard):
            r, t = rival(w), self.doc[w.at]
            (r.pronouns if t.lower_ in PRONOUNS else r.nouns).append(t)
            r.who, r.heard = w, max(r.heard, w.at)
        k = self.sentence_of(pronoun)
        for t in self._words(max(0, k - LATELY), pronoun):
            if t.lower_ in PRONOUNS:
                who = self.meant.get(t.i) if PRONOUNS[t.lower_] == form else None
                if who is not None and self._fits(who, form):
                    r = rival(who)
                    if all(t.i != x.i for x in r.pronouns):
                        r.pronouns.append(t)
            elif t.i not in content and self._may_be(t, form):
                who = self.mention(t)
                if who is not None and self._fits(who, form) and not self.is_own(who):
                    r = rival(who)
                    if all(t.i != x.i for x in r.nouns):
                        r.nouns.append(t)
        odd = form in {"he", "she"} and rule is not None and gender_of_name(rule) not in {"", OF_GENDER[form]}
        if rule is not None and not odd and (key_of(rule), rule.plural) not in found and 0 <= rule.at < pronoun.i:
            r, t = rival(rule), self.doc[rule.at]
            (r.pronouns if t.lower_ in PRONOUNS else r.nouns).append(t)
        return sorted(found.values(), key=lambda r: -r.last.i)

    def _quoted_by(self, pronoun: Token) -> frozenset[int]:
        """The words of the quotation that the verb of a pronoun closes or opens, all its sentences: those in them are spoken of."""
        if self.in_quotation(pronoun):
            return frozenset()
        first, last = sorted((pronoun.i, pronoun.head.i))
        beside = (self.doc[i].idx for i in range(max(0, first - BESIDE), min(len(self.doc), last + BESIDE + 1)))
        held = {k for k in map(self._quotation, beside) if k >= 0}
        spans = (self.doc.char_span(*self.quotations[k], alignment_mode="expand") for k in held)
        return frozenset(t.i for span in spans if span is not None for t in span)

    def _words(self, first: int, pronoun: Token) -> list[Token]:
        """The heads of noun phrases, and pronouns, from sentence number `first` up to a pronoun."""
        low = bisect_left(self._places_of_heads, self.sentences[first].start)
        return self._read_over[1][low : bisect_left(self._places_of_heads, pronoun.i)]

    def mention(self, noun: Token) -> Who | None:
        """Who or what a noun names where it is not asked for as a source."""
        if noun.i not in self._mentions:
            self._mentions[noun.i] = self._mention(noun)
        return self._mentions[noun.i]

    def _mention(self, noun: Token) -> Who | None:
        kind = person_kind(noun, self.words)
        who = self._who(noun, phrase_of(noun))
        if who is None and noun.pos_ in {"NOUN", "PROPN"}:
            who = self.phrases.who(noun, kind)
        if who is None:
            return None
        if not who.kind:
            written = {noun.lemma_.lower(), noun.lower_} & self._papers
            acts = noun.head.lemma_.lower() in self.words.releasing or self._speaks(noun)
            person = self._is_person(noun)
            person = person or noun.lower_ in {"one", "another"}
            who = replace(who, kind="document" if written else "person" if person else "official" if acts else "")
        if noun.lower_ in COUNTED:
            who = replace(who, plural=noun.lower_ not in {"one", "another", "other"})
        if noun.pos_ != "PROPN" and who.source is None:
            who = replace(who, name=_phrase(noun) or who.name)
        return replace(who, at=noun.i, start=None, end=None)


def _content(pronoun: Token) -> frozenset[int]:
    """The words that the verb of a pronoun reports: a noun among them is not who reports (`The captain told them, he said, that …`)."""
    cue = pronoun.head
    found = {t.i for c in cue.children if c.dep_ == "ccomp" for t in c.subtree}
    if cue.dep_ in {"ccomp", "parataxis", "advcl"} and cue.head.i != cue.i:
        found |= {t.i for t in cue.head.subtree} - {t.i for t in cue.subtree}
    return frozenset(found)


def _phrase(noun: Token) -> str:
    """A noun phrase as the text has it, up to its first comma and at most as long as a name: `One of the prisoners`, `men held in a barn`.

    Empty where it has no more words than its noun, or is cut in two.
    """
    doc, first = noun.doc, noun.left_edge.i
    while first < noun.i and (doc[first].dep_ == "det" or doc[first].tag_ == "PRP$"):
        first += 1
    last, inside = noun.i, {t.i for t in noun.subtree}
    for t in doc[noun.i + 1 : noun.right_edge.i + 1]:
        if t.i not in inside or (t.is_punct and t.text != "-") or t.is_space or t.tag_ in {"WP", "WDT"}:
            break
        last = t.i
    while last > noun.i and (
        len(doc[first : last + 1].text.split()) > LONGEST_NAME or doc[last].pos_ in {"ADP", "DET", "CCONJ"}
    ):
        last -= 1
    words = doc[first : last + 1]
    broken = len(words.text.split()) > LONGEST_NAME or any(t.is_space or t.text in {",", '"'} for t in words)
    return "" if broken else str(words.text)
