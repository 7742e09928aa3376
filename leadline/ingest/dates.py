"""When a document was published: stated in its text, or inferred from it with the words that show it.

A date is *stated* where a line on top or at the end is labelled as the date, or is nothing but a date or a by-line with
one. It is *inferred* from a weekday with its day (only some years fit), from the end of a year called "last year", or
from a day in the file's name. Everything else is unknown: a day without a year is no date, and the day on which the
text is read plays no part. The latest date that an article mentions is no evidence either: on 88 development texts
that had one, the article appeared within a month of it in 26.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator

import msgspec

from leadline.ingest.written import Found, day_of, full_dates, iso_interval, number_of, patterns, weekdays_and_times
from leadline.schema import Published, Spans

HEAD_LINES, TAIL_LINES, LONGEST_LINE = 25, 8, 200
FIRST_YEAR, LAST_YEAR = 1950, 2099
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
    day = day_of(int(match[1]), int(match[2]), int(match[3])) if match else None
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
    matches = [m for pattern in patterns().weekday_day for m in pattern.finditer(article)]
    for match in matches:
        weekday, month = number_of(match["weekday"], 0), number_of(match["month"], 1)
        for candidate in (year, year + 1):
            day = day_of(candidate, month, int(match["day"]))
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


def _is_near(before: str) -> bool:
    """Whether only a weekday, a time or a mark stands between the label and the date."""
    rest = patterns().weekday.sub(" ", re.sub(r"\b\d{1,2}[:.]\d{2}\b", " ", before))
    return all(word.casefold() in {"on", "at", "the", "am", "le", "el", "il"} for word in re.findall(r"\w+", rest))


def _is_dateline(line: str, found: Found) -> bool:
    """A line that is a date, with no more than a time, a place or a by-line around it."""
    if line.endswith((".", "”", '"')) or ANOTHER_DAY.search(line[: found.start]):
        return False
    rest = weekdays_and_times(f"{line[: found.start]} {line[found.end :]}")
    words = re.findall(r"\w+", rest)
    is_byline = bool(re.match(r"\s*(?:by|written by|author:?)\s", rest, re.I)) and len(words) <= 8
    return len(words) <= 2 or is_byline


def _published(start: dt.date, end: dt.date, basis: str, evidence: str) -> Published:
    return msgspec.convert({"start": start.isoformat(), "end": end.isoformat(), "basis": basis, "evidence": evidence}, Published)  # fmt: skip
