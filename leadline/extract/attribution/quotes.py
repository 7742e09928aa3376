"""Quotation marks to quotations: straight, curly and angled, nested, unbalanced, and running over paragraphs.

One pass over the marks of each paragraph; nothing is ever searched twice, so the time is linear in the text.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence

import msgspec
from spacy.tokens import Doc

from leadline.schema import Span

OPENING = {"“": "”", "„": "“”", "«": "»", "‟": "”"}
CLOSING = "”»"
MARK = re.compile("[\"“”„‟«»]|''|``")
LONGEST_SINGLE = 400
"""A quotation in single marks is never longer here: beyond that an apostrophe was taken for a mark."""
SINGLE = re.compile(rf"(?<![^\s(\[“\"—–-])[‘'](?=[\w“\"])([^\n‘]{{2,{LONGEST_SINGLE}}}?)(?<=[\w.,!?…])[’'](?![\w])")


class Quotation(msgspec.Struct, frozen=True, kw_only=True):
    """The words of one quotation within one paragraph, marks included.

    `closed` is false where the closing (or the opening) mark is missing; `continues` is true where the next
    paragraph goes on with the same quotation, as the convention of repeated opening marks has it.
    """

    start: int
    end: int
    closed: bool = True
    continues: bool = False


def find_quotations(text: str, paragraphs: Iterable[Span]) -> tuple[Quotation, ...]:
    """The outermost quotations of each paragraph, in order.

    >>> text = "“Hold on,” she said, “and wait.”"
    >>> [text[q.start:q.end] for q in find_quotations(text, [(0, len(text))])]
    ['“Hold on,”', '“and wait.”']
    """
    found: list[Quotation] = []
    spans = list(paragraphs)
    for i, (start, end) in enumerate(spans):
        follows = text[spans[i + 1][0]] if i + 1 < len(spans) else ""
        found += within(text, start, end, follows)
    return tuple(found)


def within(text: str, start: int, end: int, follows: str) -> list[Quotation]:
    """The quotations of one paragraph; `follows` is the first character of the next."""
    marks = list(directed(text, start, end))
    spans, left_open, stray = paired(marks)
    found = [Quotation(start=s, end=e) for s, e in spans]
    ends, k, previous = sorted(e for _, e in spans), 0, start
    for at in stray:  # a closing mark without an opening one: the quotation before it goes on, or began unmarked
        while k < len(ends) and ends[k] <= at:
            previous, k = max(previous, ends[k]), k + 1
        begin = skip_space(text, previous, at)
        if any(c.isalnum() for c in text[begin:at]):
            found.append(Quotation(start=begin, end=at + 1, closed=False))
        previous = at + 1
    if left_open is not None:
        goes_on = follows != "" and follows == text[left_open]
        found.append(Quotation(start=left_open, end=end, closed=goes_on, continues=goes_on))
    found.sort(key=lambda q: (q.start, q.end))
    found += [
        Quotation(start=m.start(), end=m.end())
        for m in SINGLE.finditer(text, start, end)
        if not crosses(found, m.start(), m.end())
    ]
    return sorted(found, key=lambda q: (q.start, q.end))


def crosses(found: Sequence[Quotation], start: int, end: int) -> bool:
    """Whether a stretch touches one of the quotations, which are in order and apart."""
    k = bisect_right(found, start, key=lambda q: q.start)
    return (k > 0 and found[k - 1].end > start) or (k < len(found) and found[k].start < end)


def skip_space(text: str, at: int, stop: int) -> int:
    """The first offset from `at` that is no white space."""
    while at < stop and text[at].isspace():
        at += 1
    return at


def directed(text: str, start: int, end: int) -> Iterator[tuple[int, int, bool]]:
    """The marks of a paragraph as `(offset, end, opens)`; straight marks get their direction from what stands around."""
    inside = ""
    for m in MARK.finditer(text, start, end):
        mark = m.group()
        if mark in OPENING or mark == "``":
            opens = not (mark == "“" and inside == "„")
        elif mark in CLOSING:
            opens = False
        else:
            before = text[m.start() - 1] if m.start() > start else " "
            after = text[m.end()] if m.end() < end else " "
            free_left, free_right = not before.isalnum() and before not in ".,!?…", not after.isalnum()
            if not inside and before.isdigit():
                continue  # a plank of 6"
            opens = not inside if free_left == free_right or (before.isspace() and after.isspace()) else free_left
        inside = mark if opens else ""
        yield m.start(), m.end(), opens


def paired(marks: Sequence[tuple[int, int, bool]]) -> tuple[list[Span], int | None, list[int]]:
    """Outermost pairs, the opening mark that is left open (if one is), and closing marks without an opening one.

    Marks that nest and balance are one quotation. Where they do not balance, an opening mark starts anew.
    """
    spans: list[Span] = []
    stray: list[int] = []
    stack: list[int] = []
    for at, mark_end, opens in marks:
        if opens:
            stack.append(at)
        elif stack:
            opened = stack.pop()
            while spans and spans[-1][0] > opened:
                spans.pop()
            spans.append((opened, mark_end))
        else:
            stray.append(at)
    left = stack[-1] if stack and (not spans or stack[-1] >= spans[-1][1]) else None
    return spans, left, stray


def quoted_tokens(doc: Doc, quotations: Sequence[Quotation]) -> list[int]:
    """For each token the index of the quotation it stands in, else -1."""
    inside = [-1] * len(doc)
    k = 0
    for token in doc:
        while k < len(quotations) and quotations[k].end <= token.idx:
            k += 1
        if k < len(quotations) and quotations[k].start <= token.idx:
            inside[token.i] = k
    return inside
