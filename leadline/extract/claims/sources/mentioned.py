"""Those whom a pronoun may mean: everybody and everything of its number and gender that the sentences before it mention."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field, replace
from functools import cached_property

from spacy.tokens import Span as TokenSpan
from spacy.tokens import Token

from leadline.extract.claims.sources.apposed import whole_of
from leadline.extract.claims.sources.remembered import OF_GENDER, Remembered, gender_of
from leadline.extract.claims.sources.shown import PLACE_NOUNS
from leadline.extract.claims.sources.who import BODY_KINDS, BODY_NOUNS, LONGEST_NAME, Who, key_of, person_kind

PRONOUNS = {
    "he": "he", "him": "he", "his": "he", "himself": "he", "she": "she", "her": "she",
    "they": "they", "them": "they", "their": "they", "it": "it", "its": "it",
}  # fmt: skip
"""Pronouns by the form that is the subject."""
PERSONS = frozenset({"soldier", "relative", "witness", "person", "commander", "official", "analyst"})
NO_PERSONS = BODY_KINDS | {"outlet", "monitor", "reports", "document", "agency", "channel"}
SPEAKING = frozenset({"speak", "talk", "testify", "sit", "laugh", "nod", "smile", "shrug", "cry", "weep", "remember"})
COUNTED = frozenset({"one", "another", "other", "others", "both", "all", "some", "many", "most", "several"})
FEMALE_ENDS = re.compile(r".*(?:[oe]va|[iy]na|aya|skaya|ivna|[oe]vna)")
MALE_ENDS = re.compile(r".*(?:[oe]v|skyi|sky|skii|[oe]vich|[oy]vych)")
PLACED = frozenset({"GPE", "ORG", "LOC", "FAC", "DATE", "NORP"})
PLACING = frozenset({"in", "near", "at", "into", "outside", "inside"})
HEADS = frozenset({"NOUN", "PROPN", "NUM", "PRON", "ADJ", "DET"})
INSIDE = frozenset({"compound", "amod", "nummod", "det"})
AT_THE_FRONT = frozenset({"nsubj", "nsubjpass", "dobj", "attr", "appos", "ROOT"})
"""As what a noun of no known kind must stand that `it` may mean."""
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


class Mentioned(Remembered):
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
                if who is not None and self._fits(who, form) and key_of(who) not in self.own:
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

    def _may_be(self, word: Token, form: str) -> bool:
        """Whether a word, as it stands, may be what a pronoun means, before it is asked who that is."""
        plural = word.tag_ in {"NNS", "NNPS"} or word.lower_ in {
            "both",
            "all",
            "some",
            "many",
            "several",
            "others",
            "most",
        }
        if word.lower_ in COUNTED or word.pos_ == "NUM":
            whole = whole_of(word)
            if whole is not None and whole.pos_ != "PRON" and person_kind(whole, self.words) not in PERSONS:
                return False  # `one of the first`, of cellars
            return (form == "they") == (plural or (word.pos_ == "NUM" and word.lower_ != "one")) and form != "it"
        if word.pos_ not in {"NOUN", "PROPN"} and not person_kind(word, self.words):
            return False
        if form in {"he", "she"}:
            return not plural and self._is_person(word)
        if form == "they":
            return bool(
                plural
                or word.lemma_.lower() in BODY_NOUNS
                or any(c.dep_ == "conj" for c in word.children)
                or person_kind(word, self.words)
            )
        if plural or (self.people.is_named(word) and word.ent_type_ != "ORG"):
            return False
        place = word.pos_ == "PROPN" and (word.ent_type_ in {"GPE", "LOC"} or word.text in self._no_names)
        if place and not self._speaks(word):
            return False  # `Norland will free them, the office wrote. It said …`
        lemma = word.lemma_.lower()
        known = person_kind(word, self.words) or {lemma, word.lower_} & self._papers or word.ent_type_ == "ORG"
        return bool(known) or word.dep_ in AT_THE_FRONT

    def _is_person(self, word: Token) -> bool:
        lemma = word.lemma_.lower()
        if word.pos_ == "PROPN" and word.text in self._no_names:
            return False
        if self.people.is_named(word) or self._is_described(word):
            return True
        if lemma in BODY_NOUNS:
            return False
        if person_kind(word, self.words) in PERSONS:
            return True
        written = {lemma, word.lower_} & (self._papers | self.words.recordings)
        return word.ent_type_ not in PLACED and self._speaks(word) and not written

    @cached_property
    def _no_names(self) -> frozenset[str]:
        """Names that the text uses of a place or a body, whatever the recogniser takes them for."""
        return self._read_over[2]

    def _is_placed(self, name: Token) -> bool:
        """`In Rostov`, `a driver from Perm`, `the station Kanal Nord`: whether a name is used of a place or a body."""
        over = name.head
        if name.dep_ == "pobj":
            personal = over.lower_ == "from" and person_kind(over.head, self.words) in PERSONS
            settled = over.lower_ == "of" and over.head.lemma_.lower() in PLACE_NOUNS  # `the city of Karsk`
            return over.lower_ in PLACING or personal or settled
        if name.dep_ == "appos":
            return name.i > over.i and person_kind(over, self.words) in {"outlet", "monitor"}
        return name.dep_ == "poss" and over.lemma_.lower() in BODY_NOUNS

    @cached_property
    def _papers(self) -> frozenset[str]:
        return self.words.writings | self.words.carriers | self.words.letters

    def _is_described(self, word: Token) -> bool:
        """Whether what stands beside a noun or name says that it is a person: `Vadim, a bookkeeper`, `one of them is Vadim`, `a clerk who …`."""
        beside = [c for c in word.children if c.dep_ == "appos"]
        if word.dep_ == "attr" and word.head.lemma_ == "be":
            beside += [c for c in word.head.children if c.dep_ == "nsubj"]
        personal = (person_kind(c, self.words) in PERSONS and c.lemma_.lower() not in BODY_NOUNS for c in beside)
        placed = word.ent_type_ in PLACED or (word.dep_ == "pobj" and word.head.lower_ in {"of", "from", "in", "at"})
        return (_has_who(word) and not placed) or any(_has_who(c) or c.lower_ == "one" for c in beside) or any(personal)

    def _speaks(self, noun: Token) -> bool:
        verb = noun.head.lemma_.lower()
        return noun.dep_ == "nsubj" and (
            verb in self.words.reporting or verb in self.words.answering or verb in SPEAKING
        )

    def mention(self, noun: Token) -> Who | None:
        """Who or what a noun names where it is not asked for as a source."""
        if noun.i not in self._mentions:
            self._mentions[noun.i] = self._mention(noun)
        return self._mentions[noun.i]

    def _mention(self, noun: Token) -> Who | None:
        kind = person_kind(noun, self.words)
        who = self._who(noun, [x for x in noun.subtree if x.i <= noun.i + 8])
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

    def gender(self, who: Who) -> str:
        """What the nouns by which somebody was named, or a pronoun that meant that one, say of gender: `f`, `m`, or nothing."""
        if who.at < 0:
            return gender_of(who)
        word = self.doc[who.at]
        if word.lower_ in OF_GENDER:
            return OF_GENDER[word.lower_]
        nouns = {t.lemma_.lower() for t in (word, *word.children) if t.dep_ in {"appos", "compound"} or t.i == word.i}
        female, male = not nouns.isdisjoint(self.words.female), not nouns.isdisjoint(self.words.male)
        return "" if female == male else "f" if female else "m"

    def _fits(self, who: Who, form: str) -> bool:
        """Whether a pronoun agrees with a source in number, gender and kind."""
        body = (who.source is not None and who.source.kind != "person") or who.kind in NO_PERSONS or self.is_office(who)
        if form in {"he", "she"}:
            person = not who.plural and not body and who.kind in PERSONS
            return person and (self.gender(who) or gender_of_name(who)) in {"", OF_GENDER[form]}
        if form == "they":
            return bool(who.kind) and (who.plural or body)
        return not who.plural and (body or not who.kind)


def gender_of_name(who: Who) -> str:
    """What the form of a Slavic surname or patronymic says of gender (`Salova`, `Petrovna`; `Ilya Salov`): `f`, `m`, or nothing."""
    names = who.canonical.lower().split()
    if who.noun or not who.canonical[:1].isupper() or not names:
        return ""
    if FEMALE_ENDS.fullmatch(names[-1]):
        return "f"
    return "m" if len(names) > 1 and MALE_ENDS.fullmatch(names[-1]) else ""


def _has_who(noun: Token) -> bool:
    """`The clerk who …`, `a welder, who …`: a noun that means a person."""
    return any(t.lower_ == "who" for t in noun.doc[noun.i + 1 : min(noun.i + 3, noun.sent.end)])


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
