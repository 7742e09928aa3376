"""Outlets that a text names, wherever it names them: `the exile paper Morgen`, `Morgen, a weekly`, `the Harbour Gazette`, `Radio Karsk`.

A register knows the well known ones. A small recogniser takes the others for persons, places or nothing, and a name with a small word in
it (`Sud i Delo`) falls apart in the parse; the text shows once what such a name is, and means the same with it later.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from functools import cached_property

from spacy.tokens import Doc, Token

from leadline.extract.claims.lexicon import load_lexicon, rule_words
from leadline.extract.claims.sources.phrases import name_behind
from leadline.extract.claims.sources.who import Who, by_words

WHEN = frozenset({"DATE", "TIME"})
PLACED = WHEN | {"GPE", "LOC", "FAC", "NORP"}
STANDING = rule_words("outlets.standing")
"""What the recogniser takes a name for, and the nouns behind which such a name is no outlet's: `the station Lozova`."""
WRITING = rule_words("outlets.writing")
STAFF = rule_words("outlets.staff")
LONGEST = 5
SHORTEST = 4
"""Letters of a last word that stands for the whole name: `the Gazette`."""


class Outlets:
    """The outlets of one text that it names without a register's help."""

    def __init__(self, doc: Doc) -> None:
        self.doc = doc
        self.words = load_lexicon()
        self.like_outlets = self.words.outlet_endings | self.words.outlet_openings
        self.said_of: dict[str, set[str]] = {}
        self.nouns = {form for noun in self.words.outlets - STAFF for form in (noun, f"{noun}s")} - STAFF

    def at(self, word: Token) -> Who | None:
        """The outlet whose name a word belongs to."""
        found = self.by_token.get(word.i)
        if found is None:
            return None
        first, last, full = found
        who = by_words(self.doc[first : last + 1], "outlet", None)
        return Who(who.name, full, who.kind, start=who.start, end=who.end)

    def called(self, noun: Token) -> tuple[int, int] | None:
        """Where an outlet is named last before a noun that the text says of it somewhere (`the site`); None where it says that of none."""
        names = self.said_of.get(noun.lemma_.lower(), set()) if self.by_token and noun.tag_ == "NN" else set()
        if not names or any(c.dep_ == "poss" for c in noun.lefts):
            return None
        before = self._places[: bisect_left(self._places, noun.i)]
        at = next((i for i in reversed(before) if self.by_token[i][2] in names), None)
        return self.by_token[at][:2] if at is not None else None

    @cached_property
    def _places(self) -> list[int]:
        return sorted(self.by_token)

    @cached_property
    def by_token(self) -> dict[int, tuple[int, int, str]]:
        """Of every word in a name of an outlet: where the name begins and ends there, and the whole name."""
        names = {tuple(t.text for t in name): _text(name) for name in self._shown()}
        if not names:
            return {}
        firsts: dict[str, list[tuple[str, ...]]] = {}
        for name in sorted(names, key=len, reverse=True):
            firsts.setdefault(name[0], []).append(name)
        found: dict[int, tuple[int, int, str]] = {}
        for t in self.doc:
            for name in firsts.get(t.text, ()):
                if tuple(x.text for x in self.doc[t.i : t.i + len(name)]) == name and t.i not in found:
                    found |= {i: (t.i, t.i + len(name) - 1, names[name]) for i in range(t.i, t.i + len(name))}
        lasts: dict[str, set[str]] = {}
        for name in names:
            if len(name) > 1 and len(name[-1]) >= SHORTEST:
                lasts.setdefault(name[-1], set()).add(names[name])
        for t in self.doc if lasts else ():
            full = lasts.get(t.text, set())
            alone = t.i and self.doc[t.i - 1].lower_ == "the" and not self.doc[t.i : t.i + 2][-1].text[:1].isupper()
            if len(full) == 1 and t.i not in found and alone:
                found[t.i] = (t.i, t.i, next(iter(full)))
        return found

    def _shown(self) -> Iterator[list[Token]]:
        """The names that their own words or those beside them show to be outlets'."""
        told: dict[str, Token] = {}
        for t in self.doc:
            form = t.lower_
            if form in self.nouns and t.text == form:
                for name in self._beside(t):
                    self.said_of.setdefault(t.lemma_.lower(), set()).add(_text(name))
                    yield name
            elif t.text != form and t.pos_ == "PROPN":
                if form in self.like_outlets and (name := self._ending(t)):
                    yield name
                if t.dep_ in {"dobj", "dative"} and t.head.lemma_.lower() == "tell" and t.ent_type_ not in WHEN:
                    told[t.text] = t
        for t in self.doc if told else ():  # `a medic told Morgen`, `Morgen writes`
            if t.text in told and t.dep_ == "nsubj" and t.head.lemma_.lower() in WRITING:
                yield self._run(told[t.text])

    def _ending(self, word: Token) -> list[Token]:
        """The name that ends, or begins, in a word as the names of outlets do; empty for any other."""
        name = self._run(word)
        article = name[0].i > word.sent.start and name[0].nbor(-1).lower_ == "the"
        ends = name[-1].i == word.i and word.lower_ in self.words.outlet_endings
        opens = name[0].i == word.i and word.lower_ in self.words.outlet_openings
        holds = word.lower_ in self.words.outlet_openings | {"broadcasting"} and article
        return name if len(name) > 1 and (ends or opens or holds) and (article or word.ent_type_ != "PERSON") else []

    def _beside(self, noun: Token) -> Iterator[list[Token]]:
        """The names that a noun is said of: `the paper Morgen`, `two outlets, Morgen and Abend,`, `Morgen, a paper`, `the Sayan Wave radio station`."""
        name = name_behind(noun)
        if not name and noun.dep_ == "appos" and noun.head.pos_ == "PROPN" and noun.head.i < noun.i:
            name = self._run(noun.head)
        if not name and noun.tag_ == "NNS" and noun.i + 2 < noun.sent.end and noun.nbor(1).text in {",", ":"}:
            name = self._run(noun.nbor(2)) if _is_part(noun.nbor(2)) else []
        if not name:
            before = noun.nbor(-1) if noun.i > noun.sent.start else noun
            if before.lower_ in self.words.outlet_openings and before.i > noun.sent.start:  # `radio station`
                before = before.nbor(-1)
            if _is_part(before) and before.pos_ == "PROPN" and before.ent_type_ not in PLACED | {"PERSON"}:
                run = self._run(before)
                name = run if len(run) > 1 and run[-1].i == before.i else []
        placed = name and name[0].ent_type_ in (PLACED if noun.lemma_.lower() in STANDING else WHEN)
        if not name or placed:
            return
        yield name
        after = name[-1].i + 1
        while noun.tag_ == "NNS" and after + 1 < noun.sent.end and self.doc[after].lower_ in {"and", ","}:
            if not _is_part(self.doc[after + 1]):
                return
            name = self._run(self.doc[after + 1])
            yield name
            after = name[-1].i + 1

    def _run(self, word: Token) -> list[Token]:
        """The capitalised words around one that hang together."""
        first = last = word.i
        begin, end = word.sent.start, word.sent.end
        while first > begin and word.i - first < LONGEST and _is_part(self.doc[first - 1]):
            first -= 1
        while last + 1 < end and last - word.i < LONGEST and (step := self._step(last, end)):
            last += step
        if first == begin and last > first and self.doc[first].lower_ in {"the", "a", "an"}:
            first += 1  # the article of a sentence
        elif first > begin + 1 and self.doc[first - 1].text == "The":
            first -= 1  # `told The Harbour Gazette`
        return list(self.doc[first : last + 1])

    def _step(self, last: int, end: int) -> int:
        """How many words a name goes on for behind one of its words: over a hyphen (`Karsk-Inform`) two, none where it ends."""
        after = self.doc[last + 1]
        if _is_part(after):
            return 1
        glued = after.text == "-" and not (self.doc[last].whitespace_ or after.whitespace_) and last + 2 < end
        return 2 if glued and _is_part(self.doc[last + 2]) else 0


def _is_part(word: Token) -> bool:
    return bool(word.text[:1].isupper() and word.pos_ in {"PROPN", "NOUN", "ADJ"} and not word.is_punct)


def _text(name: list[Token]) -> str:
    """A name as it is written."""
    return str(name[0].doc[name[0].i : name[-1].i + 1].text)
