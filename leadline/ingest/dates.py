"""When a document was published: stated in its text, or inferred from it with the words that show it.

A date is *stated* where a line on top or at the end is labelled as the date, or is nothing but a date or a by-line with
one. It is *inferred* from a weekday with its day (only some years fit), from the end of a year called "last year", or
from a day in the file's name. Everything else is unknown: a day without a year is no date, and the day on which the
text is read plays no part. The latest date that an article mentions is no evidence either: on 88 development texts
that had one, the article appeared within a month of it in 26.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
from collections.abc import Iterator
from functools import cache
from itertools import product
from pathlib import Path

import msgspec

from leadline.schema import Published, Spans

DATA = Path(__file__).parent / "data" / "months.toml"
WINDOW = 40  # longer than any written date
HEAD_LINES, TAIL_LINES, LONGEST_LINE = 25, 8, 200
FIRST_YEAR, LAST_YEAR = 1950, 2099
ISO_DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?(?:[T ]\d{2}:?\d{2}.*)?$")
LABEL = (
    r"(?:(?:first |originally |date )?(?:published|posted|publication date|date published|released|issued)(?: on| at)?"
    r"|(?:last )?(?:updated|modified)(?: on| at)?|date|дата|опубликовано|опубліковано|veröffentlicht|publié)"
)
ANOTHER_DAY = re.compile(
    r"\b(?:accessed|retrieved|downloaded|saved|collected|archived|scraped|edited|translated|since|until|before|after|from|between"
    r"|(?:incident|event|attack|access|retrieval|birth|death|start|end|due)(?: date)?|born|died)\b(?: (?:on|at|of|by|the))*[\s:]*$",
    re.I,
)
"""What stands before a date that is not that of publication."""


class Found(msgspec.Struct, frozen=True):
    """A full date in the text."""

    start: int
    end: int
    day: dt.date


def iso_interval(text: str) -> tuple[str, str] | None:
    """First and last day of an ISO day, month, year, date-time or interval; None where it is none.

    >>> iso_interval("2023-02"), iso_interval("2022-12-30T09:00Z"), iso_interval("Unknown")
    (('2023-02-01', '2023-02-28'), ('2022-12-30', '2022-12-30'), None)
    """
    first, slash, last = text.strip().partition("/")
    start, end = _iso_days(first), _iso_days(last if slash else first)
    if start is None or end is None or start[0] > end[1]:
        return None
    return start[0].isoformat(), end[1].isoformat()


def any_interval(text: str) -> tuple[str, str] | None:
    """Like `iso_interval`, and for a single date in words (`4 November 2022`, `Nov. 4, 2022, 09:30`).

    >>> any_interval("Fri, 04 Nov 2022 09:30:00 GMT")
    ('2022-11-04', '2022-11-04')
    """
    if found := iso_interval(text):
        return found
    days = {f.day for f in full_dates(text[:LONGEST_LINE])}
    return (d := days.pop().isoformat(), d) if len(days) == 1 else None


def stated_date(text: str) -> Published | None:
    r"""The publication date that a line of the text states.

    Where a first and an updated date are labelled, the first counts.

    >>> stated_date("A title\n\nPublished: 4 November 2022 09:30\n\nText.").start
    '2022-11-04'
    >>> stated_date("A title Date: Unknown Source: here\n\nText.") is None
    True
    """
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    near = lines[:HEAD_LINES] + (lines[HEAD_LINES:][-TAIL_LINES:])
    near = [line[:LONGEST_LINE] for line in near]
    labelled = re.compile(rf"(?:^|[\s|•·(]){LABEL}(?!\w)\s*[:\-–—]?\s*", re.I)
    updated: Published | None = None
    for line in near:
        for label in labelled.finditer(line):
            after = line[label.end() :]
            found = next(full_dates(after), None)
            if (
                found is None
                or not _is_near(after[: found.start])
                or ANOTHER_DAY.search(line[: label.end()].rstrip(" :-–—"))
            ):
                continue
            published = _published(found.day, found.day, "stated", line)
            if not re.search(r"updated|modified", label[0], re.I):
                return published
            updated = updated or published
    if updated:
        return updated
    for line in lines[:HEAD_LINES]:
        if len(line) <= 120 and (found := next(full_dates(line), None)) and _is_dateline(line, found):
            return _published(found.day, found.day, "stated", line)
    return None


def inferred_date(text: str, furniture: Spans = ()) -> Published | None:
    """The interval in which the document must have appeared, by the words of its article; None where nothing shows it.

    >>> inferred_date("On Thursday, May 5, they said that 300 men had left since March 2022.").start
    '2022-05-05'
    >>> inferred_date("They refused on Thursday, May 5.") is None
    True
    """
    article = _without(text, furniture)
    dates = [f for f in full_dates(article) if not _is_future(article, f.start)]
    years = sorted({y for y, start in _years(article) if not _is_future(article, start)} | {f.day.year for f in dates})
    if not years:
        return None
    return _by_weekday(article, years[-1]) or _by_last_year(article, years[-1])


def date_in_name(name: str, text: str) -> Published | None:
    """A day in a file's name, as scrapers write it, where the text mentions no later one.

    >>> date_in_name("20221104T093000Z_a.txt", "They refused.").start
    '2022-11-04'
    """
    match = re.search(r"(?<!\d)((?:19|20)\d\d)[-_.]?([01]\d)[-_.]?([0-3]\d)(?!\d)", name.rpartition("/")[2])
    day = _day(int(match[1]), int(match[2]), int(match[3])) if match else None
    if match is None or day is None:
        return None
    if any(f.day > day and not _is_future(text, f.start) for f in full_dates(text)):
        return None
    return _published(day, day, "inferred", f"{match[0]} in the file's name")


# -- inference ------------------------------------------------------------------------------------------------------------


def _by_weekday(article: str, year: int) -> Published | None:
    """`Thursday, May 5`: the first year from the latest one mentioned on in which that day is that weekday.

    Only that year and the next count, since news name the year they are near to; if neither fits, nothing is inferred.
    """
    days = []
    matches = [m for pattern in _patterns().weekday_day for m in pattern.finditer(article)]
    for match in matches:
        weekday, month = _number(match["weekday"], 0), _number(match["month"], 1)
        for candidate in (year, year + 1):
            day = _day(candidate, month, int(match["day"]))
            if day and day.weekday() == weekday:
                days.append((day, match[0]))
                break
    if not days:
        return None
    latest, words = max(days)
    if any(abs((latest - d).days) > 366 for d, _ in days):
        return None
    return _published(latest, latest + dt.timedelta(days=7), "inferred", f"{words} (the year follows from the weekday)")


def _by_last_year(article: str, year: int) -> Published | None:
    """`… at the end of 2022. Last year …`: the year after, where no later year is mentioned.

    A bare year beside `last year` shows nothing (2 of 7 right on the development texts): only its last months do.
    """
    late = rf"\b(?:end of|late(?: in)?|last (?:days|weeks|months) of|autumn of|october|november|december),?\s+{year}\b"
    for match in re.finditer(rf"{late}[^.!?]{{0,160}}[.!?,;:]?\s[^.!?]{{0,60}}\blast year\b", article, re.I):
        evidence = f"{' '.join(match[0].split())} (so the year after {year})"
        return _published(dt.date(year + 1, 1, 1), dt.date(year + 1, 12, 31), "inferred", evidence)
    return None


def _years(article: str) -> Iterator[tuple[int, int]]:
    for match in re.finditer(
        r"(?<![\d,.$€£-])(?:19|20)\d\d(?![\d%]|[,.]\d)(?!\s*(?:men|soldiers|people|troops|km|kilomet|mil))", article
    ):
        year = int(match[0])
        if FIRST_YEAR <= year <= LAST_YEAR:
            yield year, match.start()


def _is_future(article: str, start: int) -> bool:
    """`by the end of 2030`, `until 2036`: years ahead say nothing about the day of the text."""
    before = article[max(0, start - 40) : start]
    if re.search(
        r"\b(?:by|until|till|through)\s+(?:the\s+)?(?:end\s+of\s+|year\s+|early\s+|late\s+|\w+\s+){0,2}$", before, re.I
    ):
        return True
    clause = re.split(r"[.!?;\n]", article[max(0, start - 90) : start])[-1]
    return bool(
        re.search(r"\b(?:will|would|planned for|scheduled|expected|aims?|next|upcoming|expires?)\b", clause, re.I)
    )


def _without(text: str, furniture: Spans) -> str:
    """The article with furniture blanked out, so that a page's other dates play no part."""
    pieces, last = [], 0
    for start, end in furniture:
        pieces += [text[last:start], " " * (end - start)]
        last = end
    return "".join([*pieces, text[last:]])


# -- the grammar of full dates ----------------------------------------------------------------------------------------------


def full_dates(text: str) -> Iterator[Found]:
    """Dates with day, month and year in their usual written forms, in order; ambiguous figures (`03/04/2022`) are none.

    >>> [str(f.day) for f in full_dates("on 4 November 2022, Nov. 5, 2022 and 2022-11-06; 13.02.2023, 03/04/2022")]
    ['2022-11-04', '2022-11-05', '2022-11-06', '2023-02-13']
    """
    found: list[Found] = []
    windows: list[tuple[int, int]] = []  # around every year: the grammar need not look elsewhere
    for mark in re.finditer(r"(?:19|20)\d\d", text):
        start, end = max(0, mark.start() - WINDOW), mark.end() + WINDOW
        if windows and start <= windows[-1][1]:
            windows[-1] = (windows[-1][0], end)
        else:
            windows.append((start, end))
    for pattern, (low, high) in product(_patterns().full, windows):
        for match in pattern.finditer(text, low, high):
            month = match["month"]
            number = int(month) if month.isdigit() else _number(month, 1)
            if day := _day(int(match["year"]), number, int(match["day"])):
                found.append(Found(match.start(), match.end(), day))
    for match in re.finditer(r"(?<!\d)(\d{1,2})/(\d{1,2})/(\d{4})(?!\d)", text):
        a, b, year = (int(g) for g in match.groups())
        day = _day(year, b, a) if a > 12 or a == b else _day(year, a, b) if b > 12 else None
        if day:
            found.append(Found(match.start(), match.end(), day))
    yield from sorted(found, key=lambda f: (f.start, f.end))


TIME = re.compile(
    r"\b\d{1,2}[:.h]\d{2}(?::\d{2})?\b|\b(?:am|pm|a\.m\.|p\.m\.|gmt|utc|bst|est|edt|cet|cest|eest|eet)\b|(?<=\s)[+-]\d{4}\b",
    re.I,
)


def weekdays_and_times(text: str) -> str:
    """The text with weekdays and times of day blanked out, so that places in it stay.

    >>> weekdays_and_times("Tuesday, 10:30 GMT, Oster")
    '                 , Oster'
    """
    for pattern in (TIME, _patterns().weekday):
        text = pattern.sub(lambda m: " " * len(m[0]), text)
    return text


def _is_near(before: str) -> bool:
    """Whether only a weekday, a time or a mark stands between the label and the date."""
    rest = _patterns().weekday.sub(" ", re.sub(r"\b\d{1,2}[:.]\d{2}\b", " ", before))
    return all(word.casefold() in {"on", "at", "the", "am", "le", "el", "il"} for word in re.findall(r"\w+", rest))


def _is_dateline(line: str, found: Found) -> bool:
    """A line that is a date, with no more than a time, a place or a by-line around it."""
    if line.endswith((".", "”", '"')) or ANOTHER_DAY.search(line[: found.start]):
        return False
    rest = weekdays_and_times(f"{line[: found.start]} {line[found.end :]}")
    words = re.findall(r"\w+", rest)
    is_byline = bool(re.match(r"\s*(?:by|written by|author:?)\s", rest, re.I)) and len(words) <= 8
    return len(words) <= 2 or is_byline


class Patterns(msgspec.Struct, frozen=True):
    """The grammar, compiled from `data/months.toml`."""

    full: tuple[re.Pattern[str], ...]
    weekday_day: tuple[re.Pattern[str], ...]
    weekday: re.Pattern[str]
    numbers: tuple[dict[str, int], dict[str, int]]


@cache
def _patterns() -> Patterns:
    data = msgspec.toml.decode(DATA.read_bytes())
    weekdays = {name: i for i, names in enumerate(data["weekdays"]) for name in names}
    months = {name: i for i, names in enumerate(data["months"], 1) for name in names}
    month = rf"(?P<month>{_alternatives(months)})\.?"
    weekday = rf"(?P<weekday>{_alternatives(weekdays)})\.?"
    day, year = r"(?P<day>\d{1,2})(?:st|nd|rd|th|er|го|\.)?", r"(?P<year>(?:19|20)\d\d)"
    flags = re.I
    return Patterns(
        full=(
            re.compile(rf"(?<![\w-]){day}(?:\s+of|\s+de)?[\s-]+{month},?[\s-]+(?:de\s+)?{year}(?!\d)", flags),
            re.compile(rf"(?<![\w-]){month}\s+{day},?\s+{year}(?!\d)", flags),
            re.compile(r"(?<![\d-])(?P<year>(?:19|20)\d\d)-(?P<month>\d{2})-(?P<day>\d{2})(?![\d-])"),
            re.compile(r"(?<![\d.])(?P<day>\d{1,2})\.(?P<month>\d{1,2})\.(?P<year>(?:19|20)\d\d)(?!\d)"),
        ),
        weekday_day=(
            re.compile(rf"\b{weekday},?\s+(?:the\s+)?{month}\s+{day}(?!\d|,?\s+\d{{4}})", flags),
            re.compile(rf"\b{weekday},?\s+(?:the\s+)?{day}(?:\s+of)?\s+{month}(?!,?\s+\d{{4}})", flags),
        ),
        weekday=re.compile(rf"\b(?:{_alternatives(weekdays)})\b\.?,?", flags),
        numbers=(weekdays, months),
    )


def _alternatives(names: dict[str, int]) -> str:
    return "|".join(sorted(names, key=len, reverse=True))


def _number(name: str, kind: int) -> int:
    return _patterns().numbers[kind][name.casefold()]


def _day(year: int, month: int, day: int) -> dt.date | None:
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None


def _published(start: dt.date, end: dt.date, basis: str, evidence: str) -> Published:
    return msgspec.convert({"start": start.isoformat(), "end": end.isoformat(), "basis": basis, "evidence": evidence}, Published)  # fmt: skip


def _iso_days(text: str) -> tuple[dt.date, dt.date] | None:
    match = ISO_DATE.match(text.strip())
    if not match:
        return None
    year, month, day = int(match[1]), match[2] and int(match[2]), match[3] and int(match[3])
    try:
        if not month:
            return dt.date(year, 1, 1), dt.date(year, 12, 31)
        if not day:
            return dt.date(year, month, 1), dt.date(year, month, calendar.monthrange(year, month)[1])
        return dt.date(year, month, day), dt.date(year, month, day)
    except ValueError:
        return None
