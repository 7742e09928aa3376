"""Counts of a parsed document, each with its bounds and what is counted."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

import msgspec
from spacy.tokens import Doc, Token

from leadline.extract.numbers.exclusions import countable, ends_a_name
from leadline.extract.numbers.quantity import Kind, Quantity, grammar
from leadline.extract.numerals import Item, is_dash, items, lexicon, text_of, tokens_at
from leadline.extract.times import TimeReading, find_times
from leadline.extract.units import UnitReading, find_units
from leadline.schema import Number


class NumberReading(msgspec.Struct, frozen=True, kw_only=True):
    """One count: `start` to `end` bound figure and bounding words, `counted_start` to `counted_end` what is counted.

    `low` and `high` are the bounds, null on the side the words leave open; a share is a number between 0 and 1, a
    percentage one between 0 and 100. `unit` is the head noun as written, with the rate ("men per day"), the measure
    ("km2") or the currency; empty where the words leave it to the reader ("12 were killed"). `is_restatement` marks the
    same measure said again in another unit, in brackets.
    """

    start: int
    end: int
    low: float | None
    high: float | None
    unit: str
    approximate: bool = False
    kind: Kind = "count"
    counted_start: int | None = None
    counted_end: int | None = None
    is_restatement: bool = False


class Counted(NamedTuple):
    """What a quantity counts: its name, what kind of count that makes, and its place."""

    unit: str = ""
    kind: Kind | None = None
    start: int | None = None
    end: int | None = None
    rate: str = ""


def find_numbers(
    doc: Doc, *, times: Sequence[TimeReading] | None = None, units: Sequence[UnitReading] | None = None
) -> tuple[NumberReading, ...]:
    """Counts of a document, in order of their place.

    `times` and `units` are the readings of `find_times` and `find_units` where they are at hand; they are found
    otherwise. The nouns are read from part-of-speech tags; without tags `unit` is the next word.

    >>> import spacy
    >>> doc = spacy.blank("en")("More than 300 soldiers left.")
    >>> [(n.low, n.high, n.unit) for n in find_numbers(doc)]
    [(300.0, None, 'soldiers')]
    """
    times = find_times(doc, None) if times is None else times
    units = find_units(doc) if units is None else units
    text = text_of(doc)
    lexed = countable(text, times, units)
    raw = items(text)
    place = {i.start: n for n, i in enumerate(raw)}
    last = {i.end: n for n, i in enumerate(raw)}
    at = tokens_at(doc)
    out: list[NumberReading] = []
    for item in grammar().run(lexed).items:
        q = item.meaning
        if not isinstance(q, Quantity):
            continue
        if q.from_to and any(i.text in _changes() for i in raw[max(0, place[item.start] - 6) : place[item.start]]):
            q = msgspec.structs.replace(q, low=q.high)
        counted = _counted(doc, item, raw, last[item.end] + 1, at)
        if counted is None:
            continue
        kind = counted.kind if q.kind == "count" and counted.kind else q.kind
        reading = NumberReading(
            start=item.start,
            end=item.end,
            low=q.low,
            high=q.high,
            unit=((q.unit or counted.unit) + counted.rate).strip(),
            approximate=q.approximate,
            kind="rate" if counted.rate and kind == "count" else kind,
            counted_start=counted.start,
            counted_end=counted.end,
        )
        out.append(_restated(reading, out, text))
    return tuple(out)


def as_number(reading: NumberReading) -> Number:
    """The reading as a claim's number.

    >>> as_number(NumberReading(start=0, end=2, low=12, high=12, unit="men")).unit
    'men'
    """
    return Number(low=reading.low, high=reading.high, unit=reading.unit)


@cache
def _changes() -> frozenset[str]:
    return frozenset(lexicon("numbers")["change"]["words"])


def _counted(doc: Doc, item: Item, raw: Sequence[Item], n: int, at: dict[int, int]) -> Counted | None:
    """What follows a quantity that ends before item `n`, or None where the figure counts nothing."""
    q: Quantity = item.meaning
    if q.kind == "money":
        return Counted(rate=_rate(raw, n))
    attributive = (
        n + 1 < len(raw) and is_dash(raw[n].text) and raw[n].start == item.end and raw[n + 1].start == raw[n].end
    )
    n += attributive
    special = None if q.kind == "percentage" else _measure(raw, n) or _duration(raw, n)
    if special is not None:
        return None if special.kind is None or (q.text == "one" and special.kind == "duration") else special
    if attributive and raw[n].text == "strong":  # "a 20,000-strong force"
        return Counted()
    if attributive and raw[n].text.isalpha():  # "a nine-storey building" counts storeys
        return Counted(raw[n].text, "measure", raw[n].start, raw[n].end)
    noun = _noun(doc, raw[n].start if n < len(raw) else -1, at)
    if noun is None:
        return None if not _counts_alone(q) or ends_a_name(doc, item, None, at) else _people(raw, n)
    if ends_a_name(doc, item, noun, at) or (q.text == "one" and not _is_one_thing(doc, item, noun, at)):
        return None
    if q.text == "zero" and noun.tag_ == "NN":  # "the zero line"
        return None
    end = noun.idx + len(noun.text)
    after = next((k for k in range(n, min(n + 14, len(raw))) if raw[k].start >= end), len(raw))
    unit = noun.text if noun.tag_ in ("NNP", "NNPS") else noun.lower_
    return Counted(unit if q.kind != "percentage" else "", None, noun.idx, end, _rate(raw, after))


def _measure(raw: Sequence[Item], n: int) -> Counted | None:
    measures = lexicon("numbers")["measures"]
    for words in (2, 1):
        unit = measures.get(" ".join(i.text for i in raw[n : n + words]))
        if unit is not None and n + words <= len(raw):
            return Counted(unit, "measure", raw[n].start, raw[n + words - 1].end, _rate(raw, n + words))
    return None


def _duration(raw: Sequence[Item], n: int) -> Counted | None:
    """A time unit; without a kind where it is none ("a quarter of")."""
    values = lexicon("times")["values"]
    if n >= len(raw) or not (raw[n].text in values["unit"] or raw[n].text in values["units"]):
        return None
    kind: Kind | None = None if raw[n].text in ("second", "quarter", "quarters", "night") else "duration"
    return Counted(raw[n].text, kind, raw[n].start, raw[n].end)


def _people(raw: Sequence[Item], n: int) -> Counted:
    """Read "12 wounded": participles that stand for people; otherwise nothing is named."""
    if n < len(raw) and raw[n].text in lexicon("numbers")["not_counts"]["people"]:
        return Counted(raw[n].text, None, raw[n].start, raw[n].end)
    return Counted(rate=_rate(raw, n))


def _counts_alone(q: Quantity) -> bool:
    return q.text not in ("one", "several", "couple", "pair", "trio")


def _is_one_thing(doc: Doc, item: Item, noun: Token, at: dict[int, int]) -> bool:
    """Whether "one" counts: "one soldier", not "one of the soldiers", "one thing is certain"."""
    if noun.lower_ in lexicon("numbers")["not_counts"]["one_is_no_count"]:
        return False
    between = doc[at.get(item.start, noun.i) : noun.i]
    return all(t.lower_ != "of" for t in between) and noun.tag_ not in ("NNS", "NNPS")


_RATES = {"daily": "day", "weekly": "week", "monthly": "month", "annually": "year", "yearly": "year", "hourly": "hour"}


def _rate(raw: Sequence[Item], n: int) -> str:
    """Give " per day" where the words from item `n` say so, at once or after a participle ("dying each day")."""
    units = lexicon("times")["values"]["unit"]
    for k in range(n, min(n + 2, len(raw))):
        word = raw[k].text
        per = raw[k + 1].text if k + 1 < len(raw) else ""
        if word in ("a", "an", "per", "each", "every") and per in units and per not in ("second", "quarter"):
            return f" per {units[per]}"
        if word in _RATES:
            return f" per {_RATES[word]}"
        if not word.isalpha() or not word.endswith(("ing", "ed")):
            break
    return ""


# Penn tags of words that may stand before the head noun of a counted phrase.
_INSIDE = frozenset({"JJ", "JJR", "JJS", "VBN", "VBG", "CD", "HYPH", "POS", "RB", "RBR", "FW", "AFX"})
_NOUNS = frozenset({"NN", "NNS", "NNP", "NNPS"})
_SKIPPED = frozenset({"of", "more", "other", "additional", "such", "further", "different"})
_LONGEST_PHRASE = 10


def _noun(doc: Doc, start: int, at: dict[int, int]) -> Token | None:
    """Head noun of the phrase that begins at `start`: "of the", adjectives and names before it are passed over."""
    i = at.get(start)
    if i is None or _begins_anew(doc, i):
        return None
    if not doc[i].tag:  # no tags
        return doc[i] if doc[i].is_alpha else None
    tokens = doc[i : i + _LONGEST_PHRASE]
    n = 0
    while n < len(tokens) and (tokens[n].lower_ in _SKIPPED or tokens[n].tag_ in ("DT", "PRP$", "PDT")):
        if tokens[n].lower_ in ("a", "an", "this", "that", "no"):
            return None
        n += 1
    best: Token | None = None
    for token in tokens[n:]:
        if token.i > i and _begins_anew(doc, token.i):
            break
        if token.is_space:
            continue
        if token.tag_ in _NOUNS:
            best = token
            if token.tag_ == "NNS" and token.dep_ != "compound":
                break
        elif best is None:
            if token.tag_ not in _INSIDE and token.text not in (",", "and", "“", '"', "‘"):
                break
        elif token.tag_ not in ("HYPH", "POS", "CD"):
            break
    return best


def _begins_anew(doc: Doc, i: int) -> bool:
    """Whether a token opens a sentence or a paragraph: what a heading or a list item counts does not stand there."""
    before = doc[i - 1] if i else None
    return bool(doc[i].is_sent_start) or (before is not None and before.is_space and before.text.count("\n") > 1)


def _restated(reading: NumberReading, before: list[NumberReading], text: str) -> NumberReading:
    """Mark "(60 square miles)" after "160 square kilometers"."""
    if reading.kind != "measure" or not before or before[-1].kind != "measure":
        return reading
    between = text[before[-1].counted_end or before[-1].end : reading.start].strip()
    return msgspec.structs.replace(reading, is_restatement=True) if between in ("(", "[", ", or", "or") else reading
