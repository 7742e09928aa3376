"""Whether a noun, or a source, can be what a pronoun means: in number, gender and kind."""

from __future__ import annotations

import re
from functools import cached_property

from spacy.tokens import Token

from leadline.extract.claims.lexicon import rule_words
from leadline.extract.claims.sources.apposed import whole_of
from leadline.extract.claims.sources.kinds import NO_PERSONS, PERSONS
from leadline.extract.claims.sources.remembered import OF_GENDER, Remembered, gender_of
from leadline.extract.claims.sources.shown import PLACE_NOUNS
from leadline.extract.claims.sources.who import BODY_NOUNS, Who, person_kind

SEVERAL = frozenset({"both", "all", "some", "many", "several", "others", "most"})
COUNTED = SEVERAL | {"one", "another", "other"}
SPEAKING = rule_words("fitting.speaking")
FEMALE_ENDS = re.compile(r".*(?:[oe]va|[iy]na|aya|skaya|ivna|[oe]vna)")
MALE_ENDS = re.compile(r".*(?:[oe]v|skyi|sky|skii|[oe]vich|[oy]vych)")
PLACED = frozenset({"GPE", "ORG", "LOC", "FAC", "DATE", "NORP"})
PLACING = frozenset({"in", "near", "at", "into", "outside", "inside"})
AT_THE_FRONT = frozenset({"nsubj", "nsubjpass", "dobj", "attr", "appos", "ROOT"})
"""As what a noun of no known kind must stand that `it` may mean."""


class Fitting(Remembered):
    """The nouns of one text by what pronouns may mean them: `form` is `he`, `she`, `they` or `it`."""

    @cached_property
    def _no_names(self) -> frozenset[str]:
        """Names that the text uses of a place or a body, whatever the recogniser takes them for."""
        raise NotImplementedError

    def _may_be(self, word: Token, form: str) -> bool:
        """Whether a word, as it stands, may be what a pronoun means, before it is asked who that is."""
        plural = word.tag_ in {"NNS", "NNPS"} or word.lower_ in SEVERAL
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
