"""What is taken for a person's name and is none, and what belongs to a name and was left out.

Rules of English writing over the words in and beside a name; the words stand in `data/not-names.toml`. Where a rule is unsure it
keeps the name: one that is printed can do harm, a word that is hidden cannot.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path

import msgspec
from spacy.tokens import Doc, Token

from leadline.extract.claims.lexicon import load_lexicon

FILE = Path(__file__).parents[1] / "data" / "not-names.toml"
WORD = re.compile(r"[\w’'.-]*\w[.]?")
POSSESSIVE = re.compile(r"['’]s$")
Span = tuple[int, int]


class NotNames(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The word classes of `data/not-names.toml`; the file says what each is for."""

    function: frozenset[str]
    bodies: frozenset[str]
    prefixes: frozenset[str]
    particles: frozenset[str]
    makers: frozenset[str]
    outlets: frozenset[str]


@cache
def load_not_names() -> NotNames:
    """The words, read once a process."""
    return msgspec.convert(tomllib.loads(FILE.read_text(encoding="utf-8")), NotNames)


def bare(text: str, start: int, end: int, places: frozenset[str]) -> Span | None:
    """The span of a name without the words around it that are no part of it; None where no name is left.

    `places` are names that the text uses of places. Taken off in front are bodies, posts, peoples and places, at both ends words of
    the language; the last word of a longer name stays, whatever else it means.

    >>> bare("Russian President Ivo Karan", 0, 27, frozenset()), bare("State Ivo Karan", 0, 15, frozenset())
    ((18, 27), (6, 15))
    >>> bare("Sorrel Gazette", 0, 14, frozenset()) is None
    True
    >>> bare("the Armed Forces", 4, 16, frozenset()), bare("pro-Karan", 0, 9, frozenset()), bare("Sergeant N. He", 9, 14, frozenset())
    (None, (4, 9), (9, 11))
    """
    lexicon, words = load_lexicon(), load_not_names()
    prefix = re.match(r"-|(?:" + "|".join(words.prefixes) + r")-(?=[A-Z])", text[start:end], re.I)
    start += prefix.end() if prefix else 0
    found = [(start + m.start(), start + m.end()) for m in WORD.finditer(text[start:end])]

    def is_one_of(span: Span, *classes: Iterable[str]) -> bool:
        word = POSSESSIVE.sub("", text[span[0] : span[1]]).rstrip(".").lower()
        return any(word in c for c in classes)

    if len(found) > 1 and is_one_of(found[-1], words.outlets):
        return None
    while found and is_one_of(found[-1], words.function):
        found.pop()
    leading = (words.function, words.bodies, lexicon.posts, lexicon.nationalities, lexicon.adjectives, places)
    while len(found) > 1 and is_one_of(found[0], *leading):
        found.pop(0)
    if not found or (
        len(found) == 1 and is_one_of(found[0], words.function, words.bodies, lexicon.posts, lexicon.titles)
    ):
        return None
    if not any(text[a:b][:1].isupper() for a, b in found):
        return None
    return found[0][0], found[-1][1]


def no_names(doc: Doc, text: str, spans: Iterable[Span], places: frozenset[str]) -> set[Span]:
    """Those of the spans that name a place, a people or a body, by the words of the whole text.

    A single word is a place's or a people's name where the text knows it as one and no longer name ends in it. A name in capitals that
    takes an article somewhere (`the DOJ`) is an acronym; another name with an article is no person's where no noun follows it
    (`the Patriot`, but `the Karan family`).
    """
    lexicon = load_lexicon()
    spans = list(spans)
    surnames = {text[a:b].split()[-1] for a, b in spans if len(text[a:b].split()) > 1}
    peoples = lexicon.nationalities.keys() | lexicon.adjectives.keys()
    found: set[Span] = set()
    acronyms: set[str] = set()
    for a, b in spans:
        name = POSSESSIVE.sub("", text[a:b])
        if " " not in name and name not in surnames and (name.lower() in places or name.lower() in peoples):
            found.add((a, b))
        if re.search(r"\b[Tt]he\s$", text[max(0, a - 5) : a]):
            if name.isupper() and " " not in name:
                acronyms.add(name)
            elif not _is_before_noun(doc, b) and name not in surnames:
                found.add((a, b))
    return found | {(a, b) for a, b in spans if POSSESSIVE.sub("", text[a:b]) in acronyms}


def _is_before_noun(doc: Doc, offset: int) -> bool:
    """Whether the word after an offset goes on with the noun phrase, so that the article is that noun's."""
    after = next((t for t in doc if t.idx >= offset and not t.is_space), None) if offset < len(doc.text) else None
    return after is not None and (
        after.pos_ in {"NOUN", "PROPN", "ADJ", "NUM"} or after.text in {"'s", "’s", "'", "’", "-"}
    )


def left_out(doc: Doc, text: str, taken: frozenset[Span]) -> Mapping[Span, Token | None]:
    """Names that the entity recogniser passes over or takes for something else: beside an office, after a body, under a text."""
    return {
        s: root for s, root in [*_beside_an_office(doc), *_at_the_end_of_a_body(doc), *_makers(text)] if s not in taken
    }


def whole(text: str, start: int, end: int) -> Span:
    """The span of a name with what follows a small word at its end, or stands after it behind one.

    >>> whole("Ursula von der Leyen", 0, 14), whole("Ivo van Dam said", 0, 3), whole("Ivo Karan said", 0, 9)
    ((0, 20), (0, 11), (0, 9))
    """
    ends_in_particle = text[start:end].rsplit(" ", 1)[-1] in load_not_names().particles
    more = _tail(needed=not ends_in_particle).match(text, end)
    return (start, more.end()) if more else (start, end)


@cache
def _tail(*, needed: bool) -> re.Pattern[str]:
    """Small words and the capitalised one that they lead to; at least one small word where it is `needed`."""
    return re.compile(
        rf"(?:\s(?:{'|'.join(sorted(load_not_names().particles))})){'+' if needed else '*'}\s[A-Z][\w’'-]+"
    )


def _run_before(t: Token) -> list[Token]:
    """The capitalised words that end in a token and stand together."""
    run = [t]
    while (
        run[0].i > t.sent.start
        and run[0].nbor(-1).text.istitle()
        and run[0].nbor(-1).pos_ == "PROPN"
        and run[0].nbor(-1).whitespace_
    ):
        run.insert(0, run[0].nbor(-1))
    return run


def _span(run: list[Token]) -> Span:
    return run[0].idx, run[-1].idx + len(run[-1])


def _is_name(run: list[Token]) -> bool:
    lexicon, words = load_lexicon(), load_not_names()
    return all(
        t.is_alpha
        and t.text.istitle()
        and t.lower_ not in words.bodies | lexicon.posts | lexicon.outlets | words.function
        for t in run
    )


def _beside_an_office(doc: Doc) -> Iterator[tuple[Span, Token]]:
    """Two or three capitalised words in apposition to a phrase that an office heads (`the governor of the province, Ivo Karan,`)."""
    lexicon = load_lexicon()
    for t in doc:
        if t.pos_ != "PROPN" or t.dep_ != "appos" or t.i >= len(doc) - 1:
            continue
        run = _run_before(t)
        if not 2 <= len(run) <= 3 or not _is_name(run) or run[0].i == t.sent.start or run[0].nbor(-1).text != ",":
            continue
        if doc[t.i + 1].text not in {",", ".", ";", ")", ":"}:
            continue
        office, steps = t.head, 0
        while steps < 4 and office.dep_ in {"pobj", "prep"}:
            office, steps = office.head, steps + 1
        if (
            steps
            and office.pos_ == "NOUN"
            and lexicon.kind(office.lemma_.lower()) in {"official", "commander", "analyst"}
        ):
            yield _span(run), office


def _at_the_end_of_a_body(doc: Doc) -> Iterator[tuple[Span, None]]:
    """The two capitalised words that end what the recogniser takes for a body, after a word of one or an acronym."""
    words, lexicon = load_not_names(), load_lexicon()
    for e in doc.ents:
        if e.label_ != "ORG" or len(e) < 3:
            continue
        before, run = e[-3], list(e[-2:])
        follows = before.lower_ in words.bodies | lexicon.posts or (before.text.isupper() and len(before) > 1)
        if follows and _is_name(run):
            yield _span(run), None


@cache
def _made_by() -> re.Pattern[str]:
    makers = "|".join(sorted(load_not_names().makers))
    name = r"(?:[A-Z]\.\s?){0,2}[A-Z][\w’'-]+(?:\s(?!and\b)[A-Z][\w’'-]+){0,2}"
    return re.compile(
        rf"\b(?i:{makers})\s(?:and\s(?i:{makers})\s)?by\s(?P<name>{name})(?:(?:,|\sand)\s(?P<other>{name}))?"
    )


def _makers(text: str) -> Iterator[tuple[Span, None]]:
    for m in _made_by().finditer(text):
        for group in ("name", "other"):
            if m[group]:
                yield m.span(group), None
