"""Who and when in a line of names: dates, authors, outlets and what may be either, each with its place.

A name is an outlet's where the register knows it, where one of its words is one for newspapers and the like, or where the
text tells of its work; a town or a person looks the same otherwise. Words: `data/heading.toml`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import msgspec

from leadline.ingest.dates import ANOTHER_DAY
from leadline.ingest.written import full_dates, weekdays_and_times

DATA = Path(__file__).parent / "data" / "heading.toml"
DOMAIN = re.compile(r"(?:www\.)?[a-z0-9-]{2,40}(?:\.[a-z0-9-]{2,40}){1,3}", re.I)
BY = re.compile(r"(?:^|(?<=\s))by\s+", re.I)
NAME_WORD = re.compile(
    r"[A-ZÀ-ÞЀ-ЯҐЄІЇ0-9@«“\"(][\w’'.&«»”\")-]*$|(?:of|the|for|and|de|la|der|die|da|di|du|van|von|del|al|el|bin|&)$"
)
Piece = tuple[int, int]
"""Start and end in a line."""


def names_of(
    text: str, piece: Piece, is_source: Callable[[str], bool], named: str = ""
) -> list[tuple[str, Piece]] | None:
    """The dates, authors, outlets and other names of a piece, in order; None where it says anything else.

    `named` is what a label calls the first name.
    """
    start, end = piece
    part = text[start:end]
    found: list[tuple[str, Piece]] = []
    dates = [f for f in full_dates(part) if f.end <= len(part)]
    if dates:
        at = dates[0]
        if len({f.day for f in dates}) > 1 or ANOTHER_DAY.search(part[: at.start]):
            return None
        found.append(("published", (start + at.start, start + at.end)))
        rest = [(0, at.start), (at.end, len(part))]
    else:
        rest = [(0, len(part))]
    for a, b in rest:
        for x, y in _split(part, a, b):
            x, y, by = _bare(part, x, y)
            if x >= y:
                continue
            name = part[x:y]
            if not is_name(name, 8):
                return None
            known = is_outlet(name, is_source)
            kind = "outlet" if known else "author" if by else "name"
            if named and not any(k == named for k, _ in found):
                kind = named
            found.append((kind, (start + x, start + y)))
    return sorted(found, key=lambda f: f[1])


def _split(part: str, a: int, b: int) -> Iterator[Piece]:
    """Names between commas, brackets, `by`, `for`, `of`."""
    at = a
    for match in re.finditer(
        r"\s*[,()\[\]]+\s*|(?<=\s)(?=(?i:by)\s)|\s+(?:for|of|in)\s+(?=(?:the |The )?[A-Z])", part[a:b]
    ):
        x = a + match.start()
        if match[0].strip() in ("for", "of", "in") and not BY.search(part[at:x]):
            continue  # "Institute for the Study of War"
        yield at, x
        at = a + match.end()
    yield at, b


def _bare(part: str, a: int, b: int) -> tuple[int, int, bool]:
    """A name without weekday, time, `posted on` and `by` around it, and whether `by` stood there."""
    shown = weekdays_and_times(part[a:b])  # what is a weekday or a time became blanks
    by = BY.search(shown)
    is_by = by is not None and not _left(shown[: by.start()])
    if by is not None and is_by:
        shown = " " * by.end() + shown[by.end() :]
    words = list(re.finditer(r"[^\s,.:()\[\]–—-][^\s,:()\[\]–—]*", shown))
    while (
        words
        and not is_by
        and (first := words[0][0].strip(".")) not in ("The", "THE")
        and first.casefold() in words_for().around
    ):
        words.pop(0)
    while words and words[-1][0].casefold().strip(".") in words_for().around:
        words.pop()
    if not words:
        return a, a, is_by
    return a + words[0].start(), a + words[-1].end(), is_by


def _left(text: str) -> bool:
    """Whether words stand here that are more than `posted on`."""
    return any(w not in words_for().around for w in re.findall(r"\w+", text.casefold()))


def is_name(name: str, most: int) -> bool:
    """Whether words are written like a name of at most so many words, or are an address.

    >>> is_name("Institute for the Hills", 8), is_name("Men refuse to go", 8)
    (True, False)
    """
    listed = name.split()
    if not listed or len(listed) > most or len(name) > 90 or name.endswith(("?", "!", ":")):
        return False
    if len(listed) == 1 and DOMAIN.fullmatch(name):
        return True
    return listed[0] not in ("of", "for", "and") and all(NAME_WORD.match(w) for w in listed)


def is_outlet(name: str, is_source: Callable[[str], bool]) -> bool:
    """Whether a name is that of a body that publishes: by the register, by a word for newspapers and the like, as an address."""
    if is_source(name) or DOMAIN.fullmatch(name):
        return True
    listed = [w.strip('«»“”"().').casefold() for w in name.split()]
    return 2 <= len(listed) <= 7 and (bool(set(listed) & words_for().outlets) or listed[0] == "the")


def acts(text: str, name: str) -> bool:
    """Whether the text tells of what the name did as an outlet does: somebody told it, it could not verify."""
    who = re.escape(name)
    told = rf"\b(?:told|informed|in an interview with|in a statement to) (?:the )?{who}\b"
    acts = rf"\b{who} (?:could not|couldn[’']t|was (?:not |un)?able to|has (?:not )?been able to|has reached out|reached out|contacted|spoke (?:to|with)|[’']s correspondent)"
    return re.search(f"{told}|{acts}", text[:100_000]) is not None


class Words(msgspec.Struct, frozen=True):
    """`data/heading.toml`, indexed."""

    labels: dict[str, str]
    outlets: frozenset[str]
    around: frozenset[str]
    unknown: frozenset[str]


@cache
def words_for() -> Words:
    """The words of `data/heading.toml`."""
    data = msgspec.toml.decode(DATA.read_bytes())
    names = data["names"]
    return Words(
        {label: kind for kind, labels in data["labels"].items() for label in labels},
        frozenset(names["words"]),
        frozenset(names["around"]),
        frozenset(names["unknown"]),
    )
