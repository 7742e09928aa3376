"""The words of a sentence as patterns see them, and the matching of patterns.

Each word stands under several keys: its form, its lemma, the stems that its ending allows (so that a wrong tag does no
harm), and what is left of it where a function word was glued to it in scraping. Punctuation does not count.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache

from spacy.tokens import Doc, Token
from spacy.tokens import Span as TokenSpan

from leadline.codebook import ARTICLES, Pattern, Step, Word

GLUED = re.compile(r"^(?P<word>[a-z]{4,}?)(?:in|of|the|to|on|at|by|from|for|with|that|and)$")
GLUED_FRONT = re.compile(r"^(?:in|of|the|to|on|at|by|from|for|with|that|and|of)(?P<word>[a-z]{4,})$")
TAGS = {"VERB": "V", "AUX": "V", "NOUN": "N", "PROPN": "N", "NUM": "N", "ADJ": "A", "ADV": "A"}
PLACES, NUMBERS = frozenset({"GPE", "LOC", "FAC"}), frozenset({"CARDINAL", "QUANTITY", "PERCENT"})
"""Classes of entities."""
NO_WORDS = frozenset({"'s", "’s", "“", "”", "-"})
CONTRACTED = {
    "'re": "be",
    "'m": "be",
    "'ve": "have",
    "'ll": "will",
    "'d": "would",
    "n't": "not",
    "ca": "can",
    "wo": "will",
}
IRREGULAR = {
    "shot": "shoot", "fled": "flee", "fought": "fight", "told": "tell", "sent": "send", "gave": "give", "went": "go",
    "held": "hold", "kept": "keep", "ran": "run", "lost": "lose", "took": "take", "taken": "take", "threw": "throw",
    "thrown": "throw", "drove": "drive", "driven": "drive", "found": "find", "left": "leave", "hid": "hide",
    "beaten": "beat", "bound": "bind", "fell": "fall", "fallen": "fall", "withdrew": "withdraw", "forbade": "forbid",
    "forbidden": "forbid", "wrote": "write", "said": "say", "laid": "lay", "put": "put", "retook": "retake",
    "retaken": "retake", "overran": "overrun", "broke": "break", "broken": "break", "cut": "cut", "died": "die",
    "dying": "die", "tied": "tie", "tying": "tie", "wives": "wife", "men": "man", "women": "woman", "bore": "bear",
    "stood": "stand", "brought": "bring", "caught": "catch", "led": "lead", "chose": "choose", "swore": "swear",
}  # fmt: skip


@lru_cache(maxsize=1 << 14)
def stems(form: str) -> tuple[str, ...]:
    """Base forms that an English ending allows; not all of them are words.

    >>> sorted(stems("mutinying"))
    ['mutiny', 'mutinye']
    """
    found: list[str] = []
    if form in IRREGULAR:
        found.append(IRREGULAR[form])
    for ending in ("ing", "ed", "es", "s"):
        if form.endswith(ending) and len(form) > len(ending) + 2 and not form.endswith("ss"):
            base = form[: -len(ending)]
            found.append(base)
            if ending in ("ing", "ed"):
                found.append(base + "e")
                if len(base) > 3 and base[-1] == base[-2]:
                    found.append(base[:-1])
            if base.endswith("i"):
                found.append(base[:-1] + "y")
    return tuple(found)


@dataclass(frozen=True)
class Line:
    """A sentence's words without punctuation, each with its keys."""

    tokens: tuple[Token, ...]
    keys: tuple[frozenset[str], ...]

    @cached_property
    def all_keys(self) -> frozenset[str]:
        """Every key of the sentence, to skip patterns that cannot match."""
        return frozenset().union(*self.keys)

    @cached_property
    def places_of(self) -> dict[str, list[int]]:
        """Where in the line each key stands."""
        places: dict[str, list[int]] = {}
        for k, keys in enumerate(self.keys):
            for key in keys:
                places.setdefault(key, []).append(k)
        return places

    @cached_property
    def at(self) -> dict[int, int]:
        """Index in the line of a token's index in the document."""
        return {t.i: k for k, t in enumerate(self.tokens)}

    def part(self, tokens: Iterable[Token]) -> Line:
        """The words of this line that are among `tokens`."""
        wanted = {t.i for t in tokens}
        kept = [k for k, t in enumerate(self.tokens) if t.i in wanted]
        return Line(tuple(self.tokens[k] for k in kept), tuple(self.keys[k] for k in kept))


def line_of(sentence: TokenSpan, places: frozenset[int] = frozenset()) -> Line:
    """The line of a sentence; `places` are the token indices that stand in a place name."""
    tokens = tuple(
        t
        for t in sentence
        if not (t.is_punct or t.is_space or t.text in NO_WORDS) and (t.lower_ not in ARTICLES or t.dep_ != "det")
    )
    return Line(tokens, tuple(_keys(t, places) for t in tokens))


def _keys(token: Token, places: frozenset[int]) -> frozenset[str]:
    named = token.ent_type_
    of_place = token.i in places or named in PLACES or (not named and token.pos_ == "PROPN")
    return _keys_of(token.lower_, token.lemma_, of_place, named in NUMBERS or token.like_num, named == "PERSON")


@lru_cache(maxsize=1 << 14)
def _keys_of(lower: str, lemma: str, place: bool, number: bool, person: bool) -> frozenset[str]:
    form = lower.replace("’", "'")
    found = {form, lemma.casefold(), *stems(form), CONTRACTED.get(form, form)}
    if len(form) >= 6 and form.isalpha():
        for shape in (GLUED, GLUED_FRONT):
            if glued := shape.match(form):
                found |= {glued["word"], *stems(glued["word"])}
    marks = {"%place": place, "%number": number, "%person": person}
    return frozenset(found | {mark for mark, stands in marks.items() if stands})


@dataclass(frozen=True)
class Match:
    """Where a pattern stands in a line: the indices of its words, gaps left out."""

    words: tuple[int, ...]

    @property
    def end(self) -> int:
        """Index after the last word."""
        return self.words[-1] + 1


def find(pattern: Pattern, line: Line) -> Iterator[Match]:
    """The matches of a pattern, one for each word of the line at which it begins (the shortest gaps first)."""
    for keys in needed(pattern):
        if keys.isdisjoint(line.all_keys):
            return
    first = opening(pattern[0]).keys
    if first is None:
        starts: Iterable[int] = range(len(line.keys))
    else:
        starts = sorted({k for key in first & line.all_keys for k in line.places_of[key]})
    for k in starts:
        for words in _matches(pattern, 0, line, k):
            if words:
                yield Match(words)
                break


def occurs(pattern: Pattern, line: Line) -> bool:
    """Whether the pattern stands anywhere in the line."""
    return next(find(pattern, line), None) is not None


class Opening:
    """How a step can begin: the keys of which the first word has one (None where it need not), and its phrases by them."""

    def __init__(self, step: Step) -> None:
        self.step = step
        self.keys: frozenset[str] | None = None
        self.by_key: dict[str, list[int]] = {}
        self.anywhere: list[int] = []
        keys = set(step.plain) | {w.text for w in step.words}
        for k, phrase in enumerate(step.phrases):
            first = opening(phrase[0]).keys
            if first is None:
                self.anywhere.append(k)
            for key in first or ():
                self.by_key.setdefault(key, []).append(k)
        if not step.optional and not self.anywhere:
            self.keys = frozenset(keys | self.by_key.keys())

    def phrases(self, keys: frozenset[str]) -> list[Pattern]:
        """The phrases that may begin with a word of these keys, in the order of the step."""
        found = set(self.anywhere)
        for key in keys:
            found.update(self.by_key.get(key, ()))
        return [self.step.phrases[k] for k in sorted(found)]


_OPENINGS: dict[int, Opening] = {}
"""By the identity of a step, which its opening keeps alive: hashing a step would cost more than matching it."""


def opening(step: Step) -> Opening:
    """How a step can begin, worked out once."""
    found = _OPENINGS.get(id(step))
    if found is None:
        found = _OPENINGS[id(step)] = Opening(step)
    return found


_NEEDED: dict[int, tuple[Pattern, tuple[frozenset[str], ...]]] = {}
"""By the identity of a pattern, which is kept alive beside what it needs."""


def needed(pattern: Pattern) -> tuple[frozenset[str], ...]:
    """For each step that must be there, the keys of which its first word has one; the rarest come first, being the shortest lists.

    Most patterns fail on a sentence because one of their words is nowhere in it: that is seen without going through its words.
    """
    found = _NEEDED.get(id(pattern))
    if found is None:
        keys = (opening(s).keys for s in pattern if not s.gap and not s.optional)
        found = _NEEDED[id(pattern)] = (pattern, tuple(sorted((k for k in keys if k is not None), key=len)))
    return found[1]


def _matches(pattern: Pattern, k: int, line: Line, i: int) -> Iterator[tuple[int, ...]]:
    """Index tuples of the ways in which `pattern[k:]` stands at word `i`."""
    if k == len(pattern):
        yield ()
        return
    step = pattern[k]
    if step.gap:
        for skipped in range(step.gap + 1):
            if i + skipped >= len(line.tokens):
                return
            for rest in _matches(pattern, k + 1, line, i + skipped):
                yield rest
                return  # the nearest continuation is enough: linear in the gap
        return
    for taken in _step(step, line, i):
        for rest in _matches(pattern, k + 1, line, i + len(taken) if not taken else taken[-1] + 1):
            yield (*taken, *rest)
    if step.optional:
        yield from _matches(pattern, k + 1, line, i)


def _step(step: Step, line: Line, i: int) -> Iterator[tuple[int, ...]]:
    if i >= len(line.tokens):
        return
    keys = line.keys[i]
    if not keys.isdisjoint(step.plain) or any(_fits(w, line.tokens[i], keys) for w in step.words):
        yield (i,)
    if step.phrases:
        for phrase in opening(step).phrases(keys):
            yield from _matches(phrase, 0, line, i)


def _fits(word: Word, token: Token, keys: frozenset[str]) -> bool:
    if word.exact:
        return bool(token.lower_ == word.text)
    return word.text in keys and (not word.pos or TAGS.get(token.pos_) == word.pos)


def tokens_between(doc: Doc, start: int, end: int) -> tuple[Token, ...]:
    """The tokens that lie in `[start, end)` of the text, at least in part."""
    span = doc.char_span(start, end, alignment_mode="expand")
    return tuple(span) if span is not None else ()
