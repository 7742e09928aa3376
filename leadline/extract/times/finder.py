"""Time expressions of a parsed document, each with its TIMEX3 value and the days it covers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from functools import cache

import msgspec
from spacy.tokens import Doc

from leadline.extract.cascade import Cascade, Rule
from leadline.extract.numerals import Item, lexicon, text_of
from leadline.extract.times import composed, lengths, plain  # noqa: F401  their readers register themselves
from leadline.extract.times.classes import FAMILIES, meaning_classes, numeral_classes
from leadline.extract.times.meaning import Length, Meaning, Nothing, Point
from leadline.extract.times.periods import find_periods
from leadline.extract.times.phrases import join_phrases
from leadline.extract.times.readers import READERS
from leadline.extract.times.reading import TimeReading
from leadline.extract.times.resolve import Direction, Memory, Resolved, resolve
from leadline.extract.times.tense import direction
from leadline.extract.times.words import time_words
from leadline.schema import Published

# A time that ended more than so many years before the document belongs to another period. Measured on the years that
# war reports mention (docs/times.md): what they tell as one story with the present begins at most so long before.
HISTORICAL_YEARS = 12


@cache
def grammar() -> Cascade:
    """The grammar of `data/times.toml`, compiled once a process; its last pass finds phrases."""
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
    phrases = len(grammar()) - 1
    found = grammar().run(time_words(doc), upto=phrases)
    document = (
        None
        if published is None
        else (date.fromisoformat(published.start[:10]), date.fromisoformat(published.end[:10]))
    )
    readings: list[TimeReading] = []
    memory = Memory()
    for n, item in enumerate(found.items):
        if item.meaning is None or not _stands(doc, found.items, n):
            continue
        resolved = resolve(item.meaning, document=document, memory=memory, direction=_direction(doc, found.items, n))
        memory.note(item.meaning, resolved)
        readings.append(_reading(item, resolved))
    readings = join_phrases(grammar(), phrases, found, readings, document)
    readings = _mark_comparisons(doc, _merged(readings, find_periods(text_of(doc), document)))
    return _mark_historical(readings, document)


def _direction(doc: Doc, found: Sequence[Item], n: int) -> Direction:
    """The tense around an expression, asked only where it can decide; what has gone on `since` then began before."""
    item = found[n]
    x = item.meaning
    recurs = (
        isinstance(x, Point)
        and x.year is None
        and (x.shift is None or (x.weekend and x.shift[1] == 0))
        and x.toward is None
        and x.decade is None
        and x.century is None
    )
    if recurs and n and found[n - 1].text == "since":
        return -1
    return direction(doc, item.start, item.end) if recurs else 0


def _stands(doc: Doc, found: Sequence[Item], n: int) -> bool:
    """Whether a meaning is a time expression by itself.

    A bare "years" is only part of one, except after "for"; "a day" after a noun or a figure is a rate ("600 men a day").
    """
    meaning: Meaning = found[n].meaning
    if isinstance(meaning, Nothing):
        return False
    if not isinstance(meaning, Length) or meaning.toward is not None or n == 0:
        return not (isinstance(meaning, Length) and meaning.word == "bare" and meaning.toward is None)
    before = found[n - 1]
    if meaning.word == "bare":
        return before.text == "for"
    if meaning.word == "article":
        if before.form in ("digits", "words") or before.text in ("%", "percent"):
            return False
        span = doc.char_span(before.start, before.end, alignment_mode="expand")
        return span is None or span[-1].tag_ not in ("NNS", "NN", "CD")
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


def _merged(readings: list[TimeReading], periods: Iterable[TimeReading]) -> list[TimeReading]:
    """Readings with the periods, and without what only seemed a time in a period's name ("the Winter War")."""
    named = list(periods)
    taken = {n for p in named for n in range(p.start, p.end)}
    apart = [r for r in readings if taken.isdisjoint(range(r.start, r.end))] if named else readings
    return sorted([*named, *apart], key=lambda r: r.start)


# Words between a superlative and "since": "the largest seizure of land in Europe by any state since".
_LONGEST_COMPARISON = 14


def _mark_comparisons(doc: Doc, readings: list[TimeReading]) -> list[TimeReading]:
    """Mark "since X" after a superlative or "the first time" in the same sentence."""
    out = []
    for r in readings:
        span = doc.char_span(r.phrase_start, r.phrase_end, alignment_mode="expand") if r.open_end else None
        if span is not None and span[0].lower_ == "since":
            before = doc[max(0, span.start - _LONGEST_COMPARISON) : span.start]
            start = max((t.i for t in before if t.is_sent_start or t.text in ".!?;"), default=before.start)
            if any(t.tag_ in ("JJS", "RBS") or t.lower_ == "first" for t in doc[start : span.start]):
                r = msgspec.structs.replace(r, is_comparison=True)
        out.append(r)
    return out


def _mark_historical(readings: list[TimeReading], document: tuple[date, date] | None) -> tuple[TimeReading, ...]:
    """Mark what lies well before the document, or, without a document date, before the latest day that it names."""
    named = [r.last for r in readings if r.anchor == "absolute" and r.granularity == "day" and r.last]
    latest = document[0].isoformat() if document else max(named, default=None)
    if latest is None:
        return tuple(readings)
    limit = f"{int(latest[:4]) - HISTORICAL_YEARS:04d}{latest[4:]}"
    return tuple(msgspec.structs.replace(r, is_historical=True) if r.last and r.last < limit else r for r in readings)
