"""Page furniture: the spans of a scraped text that are not its article.

The text keeps everything; what is marked here feeds no claim. The wording stands in `data/furniture.toml`; this module
knows about position: what stands alone in a line, at the top, at the end, beside other furniture, or repeats the title.
Whatever is not recognised stays article: a missed counter costs a false claim, a wrongly marked paragraph a true one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

import msgspec

from leadline.ingest.furniture_words import furniture_words
from leadline.schema import Spans

FOREIGN = frozenset({"tail", "neighbour", "link-in-capitals"})  # rules that find words of other articles
TAIL_SHARE = 0.4  # a heading like "Related" closes an article only where less than this of the text follows
TEASER = 260  # characters; teasers of other articles are cut off about here
TITLE_LINES = 25  # the title stands within the first lines, below counters and menus
SENTENCE_END = re.compile(r"[.!?…][\"'”’»)\]]*$")
NAME = re.compile(r"(?:[A-ZÀ-ÞЀ-Я][\w'’.-]*)(?:\s+(?:[A-ZÀ-ÞЀ-Я][\w'’.-]*|van|von|de|der|al|bin|el)){1,3}$")
BYLINE = re.compile(
    r"(?:By|BY|Written by|Words by|Text by|Автор:|Von|Par)\s+(?:[A-ZÀ-ÞЀ-Я][\w'’.-]*)(?:[\s,&/|·•]+(?:and\s+|in\s+)?[A-ZÀ-ÞЀ-Я][\w'’.-]*){1,7}[^.!?]{0,25}$"
)
METADATA = re.compile(r"\s(?=(?:Date|Source|Tags|Published|Posted|Author|Category|URL|Link)\s*:\s)")
SLUG = re.compile(r"(?=\S*[-_])(?=\S*[a-zA-Z])(?:[a-z0-9]+[-_]){1,8}[a-z0-9]+$")
INITIALS = re.compile(r"(?:\(?[a-zA-ZÀ-ÿ]{2,4}(?:\s?[,/]{1,2}\s?[a-zA-ZÀ-ÿ]{2,4})?\)?)$")
CRUMB = re.compile(r"(?:home|start|main|главная|головна)\s*(?:[>»/|›·-]\s*)?", re.I)
WORD = re.compile(r"\w+")


class Mark(msgspec.Struct, frozen=True, order=True):
    """A marked span and the rule that marked it."""

    start: int
    end: int
    rule: str


class Line(msgspec.Struct, frozen=True):
    """A line that is not blank, without the blanks around it; `block` counts the groups between blank lines."""

    start: int
    end: int
    text: str
    block: int


def title_of(text: str, heading: Spans = ()) -> str | None:
    r"""The headline of a scraped text, where a line reads as one.

    >>> title_of("2 min read\n\nA village refuses\n\nThe men of the village have refused to go, it is said.")
    'A village refuses'
    """
    lines = list(split_lines(text[:20_000]))
    rules = _rules(lines, heading)
    _title_repeats(lines, rules)
    title = find_title(lines, rules)
    return None if title is None else _before_metadata(lines[title].text)


def mark_furniture(text: str) -> Spans:
    r"""Spans of page furniture, in order, apart from each other.

    >>> text = "3 min read\n\nTwo men refused to fire.\n\nShow more"
    >>> [text[start:end] for start, end in mark_furniture(text)]
    ['3 min read', 'Show more']
    """
    return spans_of(text, find_furniture(text))


def spans_of(text: str, marks: Iterable[Mark]) -> Spans:
    """Spans of marks in order; those with nothing but blanks between them become one."""
    spans: list[tuple[int, int]] = []
    for mark in marks:
        if spans and not text[spans[-1][1] : mark.start].strip():
            spans[-1] = (spans[-1][0], max(spans[-1][1], mark.end))
        else:
            spans.append((mark.start, mark.end))
    return tuple(spans)


def find_furniture(text: str, heading: Spans = ()) -> list[Mark]:
    """Every piece of furniture with the rule that found it, in order of position; `heading` is what was read as one."""
    lines = list(split_lines(text))
    rules = _rules(lines, heading)
    _origins(lines, rules)
    _biographies(lines, rules)
    _title_repeats(lines, rules)
    _neighbours(lines, rules)
    _tail(lines, rules, len(text))
    marks = [Mark(line.start, line.end, rule) for line, rule in zip(lines, rules, strict=True) if rule]
    marks += _header_metadata(lines, rules)
    marks += [Mark(start, end, "heading") for start, end in heading]
    return sorted(set(marks))


def _rules(lines: Sequence[Line], heading: Spans) -> list[str]:
    """For each line the rule by which it is furniture by itself, or nothing."""
    whole = set(heading)
    return [
        "heading" if (line.start, line.end) in whole else line_rule(line, i, len(lines)) for i, line in enumerate(lines)
    ]


def split_lines(text: str) -> Iterator[Line]:
    """The lines of a text that are not blank."""
    start = block = 0
    blank = True
    for raw in text.split("\n"):
        stripped = raw.strip()
        if stripped:
            block += blank
            lead = len(raw) - len(raw.lstrip())
            yield Line(start + lead, start + lead + len(stripped), stripped, block)
        blank = not stripped
        start += len(raw) + 1


def find_title(lines: list[Line], rules: list[str]) -> int | None:
    """Index of the line that reads as the headline: on top, short, no closed sentence, with an article below it."""
    for i, line in enumerate(lines[:TITLE_LINES]):
        if rules[i]:
            continue
        words = len(WORD.findall(_before_metadata(line.text)))
        body = max((len(other.text) for other in lines[i + 1 :]), default=0)
        is_closed = line.text.endswith((".", ";", ",", ":")) and not line.text.endswith(("...", "…"))
        return i if 3 <= words <= 40 and len(line.text) <= 400 and not is_closed and body > len(line.text) else None
    return None


# -- single lines -------------------------------------------------------------------------------------------------------


def line_rule(line: Line, i: int, n: int) -> str:
    """The rule by which the line alone is furniture, or nothing."""
    lexicon = furniture_words()
    if len(line.text) <= lexicon.longest_line:
        for name, matches in lexicon.rules:
            if matches(line.text):
                return name
        if _is_caption(line.text):
            return "caption"
        if i and _is_capitals(line.text):
            return "link-in-capitals"
        if i >= n - 3 and n > 3 and (SLUG.match(line.text) or INITIALS.match(line.text)):
            return "tag"
    if len(line.text) <= lexicon.longest_paragraph and lexicon.appeal.search(line.text):
        return "appeal"
    return ""


def _is_caption(text: str) -> bool:
    """A sentence or two about a picture, closed by a credit: `… (Agency)`, `… (Name/Agency)`, `… Name via Agency`."""
    quoted = text.count("“") + text.count('"') > 0
    if not quoted and (
        furniture_words().library.search(text) or re.search(r"[.a-z]\s?(?:Credit|Photo|Image): [A-Z][^.]{2,60}$", text)
    ):
        return True
    credit = re.search(r"[(\[]([^()\[\]]{2,80})[)\]]\.?$", text) or re.search(r"[.”\"]\s+([^.“”\"]{2,60})$", text)
    if credit is None:
        return False
    pieces = re.split(r"\s*(?:/|,|;|\||·|\bvia\b|\bfor\b|\bthrough\b)\s*", credit[1].strip())
    agencies = furniture_words().agencies
    named = [p for p in pieces if agencies.fullmatch(p.removeprefix("photo by ").removeprefix("Photo by ").strip())]
    if not named and not re.match(r"(?:photo|image|picture|credit|courtesy|source)\b", credit[1], re.I):
        return False
    return not quoted and (len(pieces) > 1 or len(text) <= 240 or "images" in credit[1].lower())


def _is_capitals(text: str) -> bool:
    """A link to another article, as some sites set them between paragraphs: a line of capitals, no sentence."""
    letters = [c for c in text if c.isalpha()]
    long_enough = len(WORD.findall(text)) >= 4
    return long_enough and sum(c.isupper() for c in letters) > 0.9 * len(letters) and not text.endswith((".", "”", '"'))


# -- position -----------------------------------------------------------------------------------------------------------


def _origins(lines: list[Line], rules: list[str]) -> None:
    """`Source: the command` above `Details: …` says whose the news is, and credits nobody."""
    words = furniture_words()
    for i, (line, below) in enumerate(pairwise(lines)):
        if rules[i] == "credit" and words.origin.match(line.text) and words.told.match(below.text):
            rules[i] = ""


def _biographies(lines: list[Line], rules: list[str]) -> None:
    """By-lines and notes about the author: a name and a role, each in its line, and the paragraph about that name."""
    role, note = furniture_words().role, furniture_words().note
    names = set()
    for i, line in enumerate(lines[:TITLE_LINES]):
        if not rules[i] and len(line.text) <= 90 and BYLINE.match(line.text):
            rules[i] = "author"
    for i, (a, b) in enumerate(pairwise(lines)):
        if NAME.match(a.text) and role.fullmatch(b.text):
            rules[i], rules[i + 1] = "author", "author"
            names.add(a.text)
    for i, line in enumerate(lines):
        is_note = bool(note.match(line.text)) and len(line.text) < 900
        is_of_author = is_note and any(line.text.startswith(name) for name in names)
        is_last = is_note and i >= max(len(lines) - 6, 2)
        if line.text in names or is_of_author or (is_last and not rules[i]):
            rules[i] = "author"


def _title_repeats(lines: list[Line], rules: list[str]) -> None:
    """Crumbs before the title (`Home World <title>`) and its cut-off repeats (image names) near the top."""
    for i, line in enumerate(lines[:TITLE_LINES]):
        below = [other.text for other in lines[i + 1 : i + 4]]
        is_crumbs = any(len(b) > 20 and line.text.endswith(b) and line.text != b for b in below)
        if not rules[i] and len(line.text) <= 400 and is_crumbs and CRUMB.match(line.text):
            rules[i] = "crumbs"
    title = find_title(lines, rules)
    if title is None:
        return
    words = [w.casefold() for w in WORD.findall(lines[title].text)]
    for i, line in enumerate(lines[title + 1 : TITLE_LINES], title + 1):
        found = [w.casefold() for w in WORD.findall(line.text)]
        is_cut = 4 <= len(found) < len(words) and words[: len(found)] == found
        if is_cut and not rules[i] and not SENTENCE_END.search(line.text):
            rules[i] = "title-repeat"


def _neighbours(lines: list[Line], rules: list[str]) -> None:
    """Short lines in one block with a part of the page (a picture, a button): headlines of other articles.

    Only where paragraphs stand apart, so that a block is more than a line.
    """
    blocks = len({line.block for line in lines})
    if blocks < 4 or len(lines) > 2.5 * blocks:
        return
    components = {line.block for line in lines if furniture_words().component.fullmatch(line.text)}
    for i, line in enumerate(lines):
        if i > 2 and not rules[i] and line.block in components and len(line.text) < 160 and not line.text.endswith("."):
            rules[i] = "neighbour"


def _tail(lines: list[Line], rules: list[str], length: int) -> None:
    """What follows the article: from a heading such as `Related articles` on, where no article follows any more.

    Up to the next furniture only headlines and cut-off teasers are taken; a full paragraph ends the tail.
    """
    is_tail = furniture_words().tail.fullmatch
    for i, line in enumerate(lines):
        if not is_tail(line.text) or line.start < length * (1 - TAIL_SHARE):
            continue
        rest = range(i + 1, len(lines))
        if all(rules[j] or _is_teaser(lines[j].text) for j in rest):
            rules[i] = rules[i] or "tail"
            for j in rest:
                rules[j] = rules[j] or "tail"
            return


def _is_teaser(text: str) -> bool:
    """A headline, or the first words of an article, cut off."""
    return len(text) <= TEASER and (text.endswith(("…", "...", "[…]", "[...]")) or not SENTENCE_END.search(text))


def _header_metadata(lines: list[Line], rules: list[str]) -> Iterator[Mark]:
    """`Title Date: … Source: … Tags: …` in one line: everything from the first label on."""
    for i, line in enumerate(lines[:3]):
        head = _before_metadata(line.text)
        if not rules[i] and len(head) < len(line.text) and len(METADATA.findall(line.text)) >= 2:
            yield Mark(line.start + len(head) + 1, line.end, "header")


def _before_metadata(text: str) -> str:
    match = METADATA.search(text)
    return text[: match.start()] if match and len(METADATA.findall(text)) >= 2 else text
