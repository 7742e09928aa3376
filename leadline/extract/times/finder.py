"""Time expressions of a parsed document, each with its TIMEX3 value and the days it covers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from functools import cache
from typing import Literal

import msgspec
from spacy.tokens import Doc

from leadline.extract.cascade import Cascade, Rule
from leadline.extract.numerals import Item, items, lexicon
from leadline.extract.times.calendar import Stretch
from leadline.extract.times.meaning import Length, Meaning, Nothing, Point
from leadline.extract.times.readings import FAMILIES, READERS, meaning_classes, numeral_classes
from leadline.extract.times.resolve import Anchor, Direction, Memory, Resolved, inside, resolve
from leadline.schema import Published, TimeInterval

# Events that ended more than so many years before the document belong to an earlier period (docs/times.md).
HISTORICAL_YEARS = 12


class TimeReading(msgspec.Struct, frozen=True, kw_only=True):
    """One time expression.

    `start` and `end` bound the expression as TIMEX3 does, without a preposition; `phrase_start` and `phrase_end` take in
    the preposition and the other end of a range ("since early February", "between 1941 and 1944"). `first` and `last`
    are the days of the whole phrase, both included; null where nothing is known or the phrase leaves that side open
    without a document date. `is_relative` marks a duration counted from the document's time ("the past few days"). `open_start` and `open_end` say that the words themselves leave a side open: "since
    February" then ends on the document's day.
    """

    start: int
    end: int
    phrase_start: int
    phrase_end: int
    value: str
    kind: Literal["DATE", "TIME", "DURATION", "SET"]
    first: str | None = None
    last: str | None = None
    open_start: bool = False
    open_end: bool = False
    granularity: str | None = None
    anchor: Anchor | None = None
    is_historical: bool = False
    is_relative: bool = False


@cache
def grammar() -> Cascade:
    """The grammar of `data/times.toml`, compiled once a process."""
    data = lexicon("times")
    words: dict[str, list[str]] = {name: list(members) for name, members in data["values"].items()}
    for name, members in data["words"].items():
        words[name] = [*words.get(name, []), *members]
    return Cascade(
        words=words,
        passes=[[msgspec.convert(r, Rule) for r in p["rule"]] for p in data["pass"]],
        readers=READERS,
        numeral_classes=numeral_classes,
        meaning_classes=meaning_classes,
        families=FAMILIES,
        macros=data["macros"],
        place="leadline/extract/data/times.toml",
    )


def find_times(doc: Doc, published: Published | None) -> tuple[TimeReading, ...]:
    """Time expressions of a document, in order of their place.

    `doc` is a spaCy document whose token offsets count code points of the full text; a parse is used where it is there
    (tense, "may" the verb), but not needed. `published` is the document's date, an interval of days, or None.

    >>> import spacy
    >>> doc = spacy.blank("en")("They held the village from 3 to 9 March 2031.")
    >>> [(t.value, t.first, t.last) for t in find_times(doc, None)]
    [('2031-03-03/2031-03-09', '2031-03-03', '2031-03-09')]
    """
    found = grammar().run(_lexed(doc), upto=3)
    bounds = _days(published)
    out: list[TimeReading] = []
    memory = Memory()
    for n, item in enumerate(found):
        if item.meaning is None or not _stands(doc, found, n):
            continue
        resolved = resolve(item.meaning, document=bounds, memory=memory, direction=_direction(doc, item))
        memory.note(item.meaning, resolved)
        out.append(_reading(item, resolved))
    return _phrases(found, out, bounds)


def time_interval(reading: TimeReading, text: str) -> TimeInterval | None:
    """The interval of a claim's time, or None where no day is known.

    >>> r = TimeReading(start=3, end=7, phrase_start=0, phrase_end=7, value="2031", kind="DATE", first="2031-01-01", last="2031-12-31")
    >>> time_interval(r, "in 2031").start
    '2031-01-01'
    """
    if reading.first is None and reading.last is None:
        return None
    return TimeInterval(start=reading.first, end=reading.last, phrase=text[reading.phrase_start : reading.phrase_end])


def _days(published: Published | None) -> tuple[date, date] | None:
    return None if published is None else (date.fromisoformat(published.start[:10]), date.fromisoformat(published.end[:10]))


def _lexed(doc: Doc) -> Sequence[Item]:
    """Items of the text; a word that its tag or its small letter shows to be something else loses its classes."""
    text = doc.text
    found = items(text)
    ambiguous = lexicon("times")["ambiguous"]
    if not any(i.text in ambiguous for i in found):
        return found
    tags = {t.idx: t.tag_ for t in doc}
    out = []
    for i in found:
        rule = ambiguous.get(i.text)
        if rule is not None:
            tag = tags.get(i.start, "")
            small = rule.get("capital") and not text[i.start].isupper()
            if small or (tag and "tags" in rule and tag not in rule["tags"]):
                i = i._replace(text="\0" + i.text, value=None, form="")
        out.append(i)
    return out


def _direction(doc: Doc, item: Item) -> Direction:
    """Whether the verb that governs an expression looks ahead (1), back (-1), or cannot be told (0)."""
    meaning = item.meaning
    if not isinstance(meaning, Point) or meaning.year is not None or meaning.shift is not None or meaning.toward is not None:
        return 0
    span = doc.char_span(item.start, item.end, alignment_mode="expand")
    if span is None or not doc.has_annotation("DEP"):
        return 0
    token = span.root
    for _ in range(12):
        if token.pos_ in ("VERB", "AUX"):
            break
        if token.head is token:
            return 0
        token = token.head
    else:
        return 0
    auxiliaries = {c.lower_ for c in token.children if c.dep_ in ("aux", "auxpass")}
    if token.tag_ == "VBD" or (token.tag_ == "VBN" and auxiliaries & {"was", "were", "had", "has", "have", "'ve", "’ve"} and not auxiliaries & {"will", "'ll", "’ll"}):
        return -1
    verb = token
    for _ in range(4):
        if any(c.lower_ in ("will", "'ll", "’ll", "shall", "wo") and c.dep_ == "aux" for c in verb.children):
            return 1
        if verb.dep_ not in ("xcomp", "ccomp", "conj", "advcl") or verb.head is verb:
            break
        verb = verb.head
    if token.tag_ == "VB" and "to" in auxiliaries:
        head = token.head
        was = {c.lower_ for c in head.children} & {"was", "were", "had", "been"}
        if head.tag_ != "VBD" and not was and (head.tag_ != "VBN" or head.lemma_ in lexicon("times")["tense"]["ahead"]):
            return 1
    return 0


def _stands(doc: Doc, found: Sequence[Item], n: int) -> bool:
    """Whether a meaning is a time expression by itself.

    A bare "years" is only part of one, except after "for"; "a day" after a noun or a figure is a rate ("600 men a day").
    """
    meaning: Meaning = found[n].meaning
    if isinstance(meaning, Nothing):
        return False
    if not isinstance(meaning, Length) or meaning.toward is not None or n == 0:
        return True
    before = found[n - 1]
    if meaning.word == "bare":
        return before.text == "for"
    if meaning.word == "article":
        if before.form in ("digits", "words") or before.text in ("%", "percent"):
            return False
        token = doc.char_span(before.start, before.end, alignment_mode="expand")
        return token is None or token[-1].tag_ not in ("NNS", "NN", "CD")
    return True


def _reading(item: Item, r: Resolved) -> TimeReading:
    return TimeReading(
        start=item.start,
        end=item.end,
        phrase_start=item.start,
        phrase_end=item.end,
        value=r.value,
        kind=r.kind,
        first=r.first.isoformat() if r.first else None,
        last=r.last.isoformat() if r.last else None,
        granularity=r.granularity,
        anchor=r.anchor,
        is_relative=isinstance(item.meaning, Length) and item.meaning.toward is not None,
    )


def _same_year(one: TimeReading, meaning: Meaning, two: TimeReading) -> TimeReading:
    """The first end of a range in the year of the second, where it names none itself: "5 June to 7 July 2031"."""
    if not (isinstance(meaning, Point) and meaning.month and meaning.year is None and meaning.shift is None and two.first):
        return one
    for year in (int(two.first[:4]), int(two.first[:4]) - 1):
        placed = resolve(msgspec.structs.replace(meaning, year=year), document=None, memory=Memory(), direction=0)
        if placed.first and placed.last and placed.first.isoformat() <= two.first:
            return msgspec.structs.replace(
                one, value=placed.value, first=placed.first.isoformat(), last=placed.last.isoformat(), granularity=placed.granularity, anchor=two.anchor
            )
    return one


def _phrases(found: Sequence[Item], readings: list[TimeReading], bounds: tuple[date, date] | None) -> tuple[TimeReading, ...]:
    """Let prepositions open, close and join the intervals of the readings."""
    by_start = {r.start: n for n, r in enumerate(readings)}
    done = 0
    for rule, first, end, groups in grammar().matches(3, found):
        if first < done:
            continue
        phrase = {"phrase_start": found[first].start, "phrase_end": found[end - 1].end}
        x = by_start[groups["x"].start]
        one = readings[x]
        done = end
        match rule.reads:
            case "between":
                y = by_start[groups["y"].start]
                two = readings[y]
                one = readings[x] = _same_year(one, groups["x"].meaning, two)
                if not (one.first and two.last and one.first <= two.last):
                    continue
                joined = {**phrase, "first": one.first, "last": two.last}
                readings[x], readings[y] = msgspec.structs.replace(one, **joined), msgspec.structs.replace(two, **joined)
            case "part":
                y = by_start[groups["y"].start]
                length: Length = groups["x"].meaning
                whole = readings[y]
                if not (whole.first and whole.last and length.low):
                    continue
                n = int(length.low)
                stretch = Stretch(date.fromisoformat(whole.first), date.fromisoformat(whole.last), "", "")
                try:
                    piece = inside(stretch, length.unit, *((1, n) if length.word == "first" else (-n, -1)))
                except ValueError:
                    continue
                joined = {**phrase, "first": piece.first.isoformat(), "last": piece.last.isoformat()}
                for k in (x, y):
                    readings[k] = msgspec.structs.replace(readings[k], **joined)
            case "since":
                last = bounds[1].isoformat() if bounds and one.first and one.first <= bounds[1].isoformat() else None
                readings[x] = msgspec.structs.replace(one, **phrase, last=last, open_end=True)
            case "after":
                readings[x] = msgspec.structs.replace(one, **phrase, last=None, open_end=True)
            case "until":
                readings[x] = msgspec.structs.replace(one, **phrase, first=None, open_start=True)
    latest = bounds[0].isoformat() if bounds else max((r.last for r in readings if r.anchor == "absolute" and r.granularity == "day" and r.last), default=None)
    if latest is None:
        return tuple(readings)
    limit = date.fromisoformat(latest)
    before = limit.replace(year=limit.year - HISTORICAL_YEARS, day=min(limit.day, 28)) - timedelta(days=0)
    return tuple(msgspec.structs.replace(r, is_historical=True) if r.last and r.last < before.isoformat() else r for r in readings)
