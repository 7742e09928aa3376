"""Paragraphs of a text: blocks between blank lines, and lines within a block unless it was broken by hand at a column; their datelines."""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise

from leadline.schema import Span

WIDEST_COLUMN = 120
"""Text broken by hand at a column is never wider."""
PICTURE = "\u2300-\u23ff\u2600-\u275a\u275f-\u27bf\u2b00-\u2bff\U0001f000-\U0001faff"
ITEM = re.compile(rf"[ \t]{{0,8}}(?:[-–—*•·▪◦‣>]|\(?\d{{1,3}}[.)]|\(?[a-z]\))[ \t]|[@#]\w|RT @|[{PICTURE}]")
"""How a line begins that is an item of a list or a post of its own."""
BLANK = " \t\r\n\v\f\u2028\u2029\x85>"
"""What a line holds that parts paragraphs: nothing, or nothing but the `>` before passed-on lines."""
MARGIN = re.compile(r"[ \t]{0,40}")
PASSED = re.compile(r"(?:>[ \t]?){1,5}")
CELLS = re.compile(r"\t|[^|\n]\|[^|\n]{1,200}\||[^\s;];[^\s;][^;\n]{0,200};\S|[ ]{3,}\S{1,40}[ ]{3,}")
"""What parts the cells of a row: a tab, two upright strokes, two semicolons without blanks, two wide gaps."""
TURN = re.compile(r"(?<=[.?!…”\"] )(?P<name>[A-Z][\w.'’-]{0,20}(?: [A-Z\d][\w.'’-]{0,20}){0,2}): ")
FEWEST_TURNS = 3
LINKED = re.compile(r"(?:https?://|www\.|pic\.|[#@])\S{1,200}$")
"""How a post ends: an address, a tag."""
_MONTH = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]{0,6}\.?"
_DAY = rf"(?:[,.]\s{{0,2}}(?:{_MONTH} \d{{1,2}}|\d{{1,2}} {_MONTH})(?:,? \d{{4}})?)"
_CAPITAL = r"[A-Z][\w.'’-]{0,30}"
_LAND = rf"(?:, {_CAPITAL}(?: {_CAPITAL}){{0,3}})?"
_AGENCY = r"\s{0,2}(?:\([A-Z][^()\n]{1,40}\)|/[A-Z][^/\n]{1,40}/)"
_DASH = r"\s{0,2}(?:--|[-–—―])\s{1,2}"
DATELINE = re.compile(
    rf"(?:(?:[A-Z][A-Z.'’-]+(?: [A-Z][A-Z.'’-]*){{0,4}}){_LAND}{_DAY}?\.?(?:{_AGENCY})?(?:{_DASH}|(?<=/)\.\s))"
    rf"|(?:(?:{_CAPITAL}(?: {_CAPITAL}){{0,3}}){_LAND}{_DAY}?\.?)?{_AGENCY}(?:{_DASH}|(?<=/)\.\s)"
    rf"|(?P<bare>{_CAPITAL}(?:(?: {_CAPITAL}){{0,2}}(?:, {_CAPITAL}(?: {_CAPITAL}){{0,3}}{_DAY}?|{_DAY}))?{_DASH})(?=[A-Z])"
)
"""`KYIV, March 3 (Wire) -`, `Lviv, Ukraine (WIRE) —`, `MOSCOW, May 2. /WIRE/.`, `Riga -`: where a report was written, when and for whom.

Of several words alone (`Anna Orlova – Kyiv lawyer`), or before a quotation, what stands before a dash is rather who speaks.
"""
SHORTEST_REPORT = 60
"""Code points after a dateline; a shorter line is a heading with a dash in it."""
PARENTHETIC = re.compile(r"(?:[^.!?:\n]|[.!?:](?!\s)){0,200}\s(?:--|[-–—―])\s")
"""A second dash in the sentence (`Vera – Wife of a gunner – says …`)."""
NO_PLACE = re.compile(
    rf"(?:(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|{_MONTH}|An?|In|At|On|Of|For|From|By|With|But|And|So|As|If|This|That|These|Those"
    r"|Yesterday|Today|Tonight|Tomorrow|Question|Answer|One|Two|Three|Four|Five|Six|Seven|Eight|Nine|Ten)\b"
)


def paragraph_spans(text: str) -> list[Span]:
    r"""Paragraphs: blocks between blank lines, and lines within a block unless it was broken by hand at a column.

    A line was broken by hand where the first word of the next line would not have fitted into the block's width.

    >>> paragraph_spans("One.\nTwo.\n\nThree")
    [(0, 4), (5, 9), (11, 16)]
    """
    spans: list[Span] = []
    block: list[Span] = []
    at = 0
    for line in text.splitlines(keepends=True):
        end = at + len(line)
        if line.strip(BLANK):
            block.append((at, at + len(line.rstrip())))
        else:
            spans += unwrapped(text, block)
            block = []
        at = end
    spans += unwrapped(text, block)
    return [part for span in spans for part in at_turns(text, *span)]


def at_turns(text: str, start: int, end: int) -> list[Span]:
    """A paragraph in which a conversation was run together, by its turns; any other as it is.

    >>> talk = "HOST: Who ran? GUEST: Two. HOST: When? GUEST: At night."
    >>> [talk[a:b] for a, b in at_turns(talk, 0, len(talk))]
    ['HOST: Who ran?', 'GUEST: Two.', 'HOST: When?', 'GUEST: At night.']
    """
    if text.count(": ", start, end) < FEWEST_TURNS:
        return [(start, end)]
    turns = list(TURN.finditer(text, start, end))
    times = Counter(m["name"] for m in turns)
    cuts = [m.start() for m in turns if times[m["name"]] > 1 or text.startswith(f"{m['name']}: ", start)]
    if len(cuts) + 1 < FEWEST_TURNS:
        return [(start, end)]
    return [(a, b if b == end else b - 1) for a, b in pairwise([start, *cuts, end])]


def dateline_end(text: str, start: int, end: int) -> int:
    """Where the report begins in a paragraph that opens on a dateline; `start` where it opens on none.

    >>> report = "KYIV, May 20 (Wire) - Twelve men of a rifle company have left their post, the garrison's command said."
    >>> report[dateline_end(report, 0, len(report)) :][:10]
    'Twelve men'
    """
    m = DATELINE.match(text, start, end)
    if m is None or end - m.end() < SHORTEST_REPORT or NO_PLACE.match(text, start):
        return start
    if m["bare"] and PARENTHETIC.match(text, m.end(), end):
        return start
    return m.end()


def unwrapped(text: str, lines: list[Span]) -> list[Span]:
    """The paragraphs of one block of lines; rows of a table and items of a list stay apart.

    Most lines of a block broken by hand are full: where most are not, the few that are were long by chance.
    """
    if len(lines) < 2:
        return lines
    width = max(end - start for start, end in lines)
    if not 40 <= width <= WIDEST_COLUMN:
        return lines
    passed = all(text[start] == ">" for start, _ in lines)
    margins = [_margin(text, *line, passed=passed) for line in lines]
    rows = [CELLS.search(text, start, end) is not None for start, end in lines]
    full = []
    for k, ((start, end), (next_start, next_end)) in enumerate(pairwise(lines)):
        begin = next_start + margins[k + 1]
        first_word = re.match(r"\S+", text[begin:next_end])
        room = width - (end - start) - 1
        deeper = margins[k + 1] > margins[k] and not ITEM.match(text, start, end)
        apart = rows[k] or rows[k + 1] or deeper or ITEM.match(text, begin, next_end) or LINKED.search(text, start, end)
        ends = text[end - 1] in ".!?:" or (text[end - 1] in "”\"'’" and not text[begin].islower())
        full.append(bool(first_word and first_word.end() > room and not apart and not ends))
    if 3 * sum(full) < len(full):
        return lines
    joined = [lines[0]]
    for line, goes_on in zip(lines[1:], full, strict=True):
        joined[-1:] = [(joined[-1][0], line[1])] if goes_on else [joined[-1], line]
    return joined


def _margin(text: str, start: int, end: int, *, passed: bool) -> int:
    """How much stands before a line's first word: blanks, and the marks of passed-on lines where all lines of the block have them."""
    at = start
    for margin in (PASSED, MARGIN) if passed else (MARGIN,):
        m = margin.match(text, at, end)
        at = m.end() if m else at
    return at - start
