"""Intervals of whole phrases: prepositions open, close and join what the expressions name."""

from __future__ import annotations

from datetime import date, timedelta

import msgspec

from leadline.extract.cascade import Cascade, Coded
from leadline.extract.times.calendar import Stretch
from leadline.extract.times.meaning import Length, Meaning, Point
from leadline.extract.times.reading import TimeReading
from leadline.extract.times.resolve import Memory, inside, resolve

_replace = msgspec.structs.replace
_APOSTROPHES = frozenset({"'", "’"})


def join_phrases(
    grammar: Cascade,
    number: int,
    found: Coded,
    readings: list[TimeReading],
    document: tuple[date, date] | None,
) -> list[TimeReading]:
    """Readings with the intervals of their phrases, which pass `number` of the grammar finds.

    "Since X" lasts until the document's day; "after X" and "from X" leave the end open, "by", "before" and "until" the
    beginning; both ends of a range, and both parts of "the first two weeks of March", bear the interval of the whole.
    """
    out = list(readings)
    place = {r.start: n for n, r in enumerate(out)}
    done = 0
    for rule, first, end, groups in grammar.matches(number, found):
        if first < done or groups["x"].start not in place:
            continue
        after = [i.text for i in found.items[end : end + 2]]
        if len(after) == 2 and after[0] in _APOSTROPHES and after[1] == "s":
            continue  # "after Thursday's talks" dates the talks
        done = end
        x, y = place[groups["x"].start], place.get(groups["y"].start) if "y" in groups else None
        phrase = {"phrase_start": found.items[first].start, "phrase_end": found.items[end - 1].end}
        one = out[x]
        sense = rule.name.partition(":")[0]
        if sense == "between" and y is not None:
            one = out[x] = _same_week(_same_year(one, groups["x"].meaning, out[y]), groups["x"].meaning, out[y])
            _share(out, (x, y), phrase, one.first, out[y].last)
        elif sense == "part" and y is not None:
            _share(out, (x, y), phrase, *_piece(groups["x"].meaning, out[y]))
        elif one.granularity == "days" or y is not None:  # "from 3 to 9 March" is whole already
            continue
        elif sense == "since":
            until = document[1].isoformat() if document else None
            out[x] = _replace(
                one, **phrase, last=until if one.first and until and one.first <= until else None, open_end=True
            )
        elif sense == "after":
            out[x] = _replace(one, **phrase, last=None, open_end=True)
        elif sense == "until":
            out[x] = _replace(one, **phrase, first=None, open_start=True)
    return out


def _share(
    out: list[TimeReading], members: tuple[int, int], phrase: dict[str, int], first: str | None, last: str | None
) -> None:
    if first and last and first <= last:
        for n in members:
            out[n] = _replace(out[n], **phrase, first=first, last=last)


def _piece(length: Length, whole: TimeReading) -> tuple[str | None, str | None]:
    """First and last day of "the first nine months" in a stretch."""
    if not (whole.first and whole.last and length.low):
        return None, None
    n = int(length.low)
    bounds = (1, n) if length.word == "first" else (-n, -1)
    try:
        piece = inside(
            Stretch(date.fromisoformat(whole.first), date.fromisoformat(whole.last), "", ""), length.unit, *bounds
        )
    except ValueError:
        return None, None
    return piece.first.isoformat(), piece.last.isoformat()


def _same_week(one: TimeReading, meaning: Meaning, two: TimeReading) -> TimeReading:
    """The weekday before the second: "Monday to Friday", said on a Tuesday, begins a week before that day's Monday."""
    is_weekday = isinstance(meaning, Point) and meaning.weekday is not None and meaning.day is None
    if not (is_weekday and one.first and two.first and one.first > two.first):
        return one
    day = (date.fromisoformat(one.first) - timedelta(days=7)).isoformat()
    return _replace(one, value=one.value.replace(one.first, day), first=day, last=day)


def _same_year(one: TimeReading, meaning: Meaning, two: TimeReading) -> TimeReading:
    """The first end of a range in the year of the second, where it names none itself: "5 June to 7 July 2031"."""
    if not (
        isinstance(meaning, Point) and meaning.month and meaning.year is None and meaning.shift is None and two.first
    ):
        return one
    for year in (int(two.first[:4]), int(two.first[:4]) - 1):
        placed = resolve(_replace(meaning, year=year), document=None, memory=Memory(), direction=0)
        if placed.first and placed.last and placed.first.isoformat() <= two.first:
            return _replace(
                one,
                value=placed.value,
                first=placed.first.isoformat(),
                last=placed.last.isoformat(),
                granularity=placed.granularity,
                anchor=two.anchor,
            )
    return one
