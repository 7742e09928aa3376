"""The lines above an article that say where it stood, when, and who wrote it: header blocks, by-lines, mastheads.

Three shapes are read: a label and its value (`Source: Kyiv Post`, the head of an e-mail, a block of front matter), a line
of names with a date or an author (`By Jane Doe | The Courier | 3 May 2022`), and an outlet's name by itself. What is read
so is no part of the article, is quoted by its place, and says only what it says without doubt: the name before a date is
an outlet where the register or its own words show one, never a town or a person. Words: `data/heading.toml`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

import msgspec

from leadline.ingest.dates import any_interval
from leadline.ingest.furniture import Line, line_rule, split_lines
from leadline.ingest.naming import DOMAIN, Piece, acts, is_name, is_outlet, names_of, words_for
from leadline.schema import HeaderField, Spans

NEAR = 6000
"""Characters within which a heading ends."""
N_LINES, N_PASSED, LONGEST = 20, 2, 220
"""Lines looked at; lines of the article (headline, standfirst) that may stand among them; characters of one."""
LABEL = re.compile(r"[\s>#*_-]*(?P<label>\w[\w()./ -]{1,24}?)[*_]*\s?[:：]\s*[*_]*(?P<value>.*?)[*_\s]*$")
PIECES = re.compile(r"\s*(?:[|·•;\t]|\s[–—/-]+\s|\s{3,})\s*")
ADDRESS = re.compile(r"<?(?P<url>https?://[^\s<>\"]{4,500}?)[>).,;]*$")


class Heading(msgspec.Struct, frozen=True, kw_only=True):
    """What a heading says; `spans` are its lines, which are no part of the article."""

    fields: tuple[HeaderField, ...] = ()
    spans: Spans = ()
    publisher: str | None = None
    credited: str | None = None
    """a source that stands below the headline, or beside a publisher: whom the text has it from"""
    published: str | None = None
    url: str | None = None
    title: str | None = None
    evidence: str | None = None
    """the line that states the date"""


class _Read(msgspec.Struct):
    """One line that belongs to a heading: what it says, by kind; `passed` lines of the article stand above it."""

    line: Line
    index: int
    passed: int
    found: list[tuple[str, Piece]]
    is_labelled: bool
    cut: int | None = None
    """where the heading begins in a line that begins with the headline, or ends in one that ends with it"""


def read_heading(text: str, is_source: Callable[[str], bool]) -> Heading:
    r"""Read the heading of a text; `is_source` tells whether the register knows a name as a body that publishes.

    >>> found = read_heading("Men refuse\nBy Mara Lind | The Courier | 3 May 2022\n\nThey left.", lambda name: False)
    >>> found.publisher, found.published, [f.field for f in found.fields]
    ('The Courier', '2022-05-03', ['author', 'publisher', 'published'])
    """
    lines = list(split_lines(text[:NEAR]))[:N_LINES]
    read: list[_Read] = []
    passed = 0
    for i, line in enumerate(lines):
        found = _labelled(line, i, passed, is_source) or _unlabelled(line, i, passed, is_source, text)
        if found is not None:
            read.append(found)
        elif not line_rule(line, i, len(lines)):
            passed += 1
            if passed > N_PASSED or len(line.text) > LONGEST:
                break
    return _heading(text, _kept(read), is_source)


def _kept(read: list[_Read]) -> list[_Read]:
    """Without what is a heading only in company: the sender of no letter, an outlet's bare name, a lone source."""
    kinds = {kind for r in read for kind, _ in r.found}
    letter = len(kinds & {"sender", "title", "published", "other"}) >= 2 and "sender" in kinds
    dated = bool(kinds & {"published", "updated", "author", "url", "title"})
    kept = []
    for r in read:
        own = {kind for kind, _ in r.found}
        if own == {"sender"} and not letter:
            continue
        if own == {"masthead"} and not (dated or "known" in own):
            continue
        kept.append(r)
    return kept


def _heading(text: str, read: Sequence[_Read], is_source: Callable[[str], bool]) -> Heading:
    values: dict[str, list[tuple[_Read, Piece, str]]] = {}
    for r in read:
        for kind, (a, b) in r.found:
            values.setdefault(kind, []).append((r, (r.line.start + a, r.line.start + b), r.line.text[a:b]))
    fields: list[HeaderField] = []

    def first(*kinds: str) -> tuple[_Read, Piece, str] | None:
        return next((values[k][0] for k in kinds if k in values), None)

    def show(field: str, found: tuple[_Read, Piece, str] | None) -> str | None:
        if found is None:
            return None
        fields.append(HeaderField(field=field, start=found[1][0], end=found[1][1], quote=text[slice(*found[1])]))  # type: ignore[arg-type]
        return found[2]

    for found in values.get("sender", ()):
        kind = "publisher" if is_outlet(found[2], is_source) else "author"
        values.setdefault(kind, []).append(found)
    source = first("source")
    publisher = first("publisher", "outlet", "known", "masthead")
    if source is not None and publisher is None and _states_publisher(source[0], read):
        publisher, source = source, None
    published = first("published", "updated")
    for found in values.get("author", ()):
        show("author", found)
    name = show("publisher", publisher)
    credited = show("credited", source) if source is None or source[2] != name else None
    date = show("published", published)
    url, title = show("url", first("url")), show("title", first("title"))
    interval = any_interval(date) if date else None
    return Heading(
        fields=tuple(sorted(fields, key=lambda f: (f.start, f.end))),
        spans=tuple(_span(r) for r in read),
        publisher=name,
        credited=credited,
        published=None if interval is None else "/".join(dict.fromkeys(interval)),
        url=url,
        title=title,
        evidence=published[0].line.text[:LONGEST] if published else None,
    )


def _states_publisher(source: _Read, read: Sequence[_Read]) -> bool:
    """Whether `Source:` names who published the text: on top, or in one block with its date, author or address.

    Below a headline and alone it names whom the news is from ("Source: General Staff").
    """
    beside = [r for r in read if r is not source and r.line.block == source.line.block]
    says = {kind for r in beside for kind, _ in r.found} & {"published", "updated", "author", "url", "title"}
    return not source.passed or bool(says)


def _span(r: _Read) -> Piece:
    if r.cut is None:
        return r.line.start, r.line.end
    title = next((p for kind, p in r.found if kind == "title"), None)
    if title is not None and title[0] >= r.cut:  # "Subject: …": the headline itself stays
        return r.line.start, r.line.start + r.cut
    return r.line.start + r.cut, r.line.end


# -- lines with labels --------------------------------------------------------------------------------------------------


def _labelled(line: Line, index: int, passed: int, is_source: Callable[[str], bool]) -> _Read | None:
    """`Source: Kyiv Post`, or several of them in one line."""
    found: list[tuple[str, Piece]] = []
    cut = None
    for start, end in _pieces(line.text):
        match = LABEL.match(line.text[start:end])
        kind = words_for().labels.get(" ".join(match["label"].split()).casefold()) if match else None
        if match is None or kind is None:
            if not found:
                return None
            more = names_of(line.text, (start, end), is_source)
            if more is None:
                return None
            if any(k in ("outlet", "name") for k, _ in more):  # "Source: Reuters / AP" names two, and no publisher
                found = [("other" if k in ("publisher", "source") else k, p) for k, p in found]
            found += [(k if k in ("published", "author") else "other", p) for k, p in more]
            continue
        a, b = start + match.start("value"), start + match.end("value")
        value = _value(line.text, (a, b), kind, is_source)
        if value is None:
            return None
        if kind == "title":
            cut = a
        found += value
    return _Read(line, index, passed, found or [("other", (0, 0))], True, cut)


def _value(text: str, at: Piece, kind: str, is_source: Callable[[str], bool]) -> list[tuple[str, Piece]] | None:
    """What stands after a label; nothing where it says that nothing is known, None where no label was meant."""
    value = text[slice(*at)]
    if value.strip(" .").casefold() in words_for().unknown or not value.strip():
        return [("other", at)]
    if kind == "title":
        return [("title", at)]
    if kind in ("published", "updated"):
        return [(kind, at)] if any_interval(value) else [("other", at)] if re.search(r"\d", value) else None
    if address := ADDRESS.search(value):
        before = value[: address.start()].strip(" ,(<")
        found = [("url", (at[0] + address.start("url"), at[0] + address.end("url")))]
        if before and kind in ("publisher", "source", "sender"):
            return [*found, *(_value(text, (at[0], at[0] + len(before)), kind, is_source) or ())]
        return found
    if kind == "url":
        return [("other", at)] if DOMAIN.match(value) else None
    if kind == "other":
        return [("other", at)] if len(value) <= 120 and not value.endswith(("?", "!")) else None
    named = re.sub(r"\s*<[^<>]*@[^<>]*>\s*$", "", value) if kind == "sender" else value
    named = named.strip(" \"'“”«»")
    a = at[0] + value.index(named)
    if kind in ("publisher", "source", "author") and (dated := names_of(text, (a, a + len(named)), is_source, kind)):
        return dated
    return [(kind, (a, a + len(named)))] if is_name(named, 8) else None


# -- lines of names and dates -------------------------------------------------------------------------------------------


def _unlabelled(line: Line, index: int, passed: int, is_source: Callable[[str], bool], text: str) -> _Read | None:
    """`Kyiv Post, 3 May 2022`, `By Jane Doe | The Courier`, `Posted on 3 May 2022 by Jane Doe`, an outlet's name alone."""
    if len(line.text) > 160 or line_rule(line, 1, 9) == "menu":
        return None
    pieces = list(_pieces(line.text))
    if len(pieces) == 1 and (address := ADDRESS.match(line.text)):
        return _Read(line, index, passed, [("url", address.span("url"))], False)
    found: list[tuple[str, Piece]] = []
    for piece in pieces:
        if len(pieces) > 1 and line_rule(Line(0, 0, line.text[slice(*piece)], 0), 1, 9) not in ("", "date", "author"):
            continue  # "4 min read"
        named = names_of(line.text, piece, is_source)
        if named is None:
            return _with_headline(line, index, passed, pieces, is_source)
        found += named
    kinds = {kind for kind, _ in found}
    found = [("outlet" if k == "name" and acts(text, line.text[slice(*p)]) else k, p) for k, p in found]
    names = [p for kind, p in found if kind == "name"]
    if kinds == {"name", "published"} and not passed and len(names) == 1 and names[0][0] == 0:
        name = line.text[slice(*names[0])]
        if len(name.split()) > 2:  # "Campaign Assessment, June 10, 2023" is a headline with its date
            return _Read(line, index, passed, [*found, ("title", names[0])], False, names[0][1])
    if "published" in kinds or "author" in kinds:
        closed = line.text.endswith(".") and "outlet" not in kinds
        many = sum(len(line.text[slice(*p)].split()) for p in names) > 4
        return (
            None if closed or many or (names and _is_sentence(line.text)) else _Read(line, index, passed, found, False)
        )
    if len(found) == 1 and kinds == {"outlet"} and index < 3:
        name = line.text[slice(*found[0][1])]
        return _Read(line, index, passed, [("known" if is_source(name) else "masthead", found[0][1])], False)
    if len(found) == 2 and [k for k, _ in found] == ["name", "outlet"] and passed:  # "Jane Doe, Kyiv Post"
        return _Read(line, index, passed, [("author", found[0][1]), found[1]], False)
    return None


def _with_headline(
    line: Line, index: int, passed: int, pieces: Sequence[Piece], is_source: Callable[[str], bool]
) -> _Read | None:
    """`A headline | Kyiv Post`: the name of the site behind the headline, where the register or a bar shows that it is one."""
    if passed or len(pieces) < 2:
        return None
    a, b = pieces[-1]
    mark = line.text[pieces[-2][1] : a].strip()
    name = line.text[a:b]
    if not (is_source(name) or (mark == "|" and is_outlet(name, is_source) and len(name.split()) <= 5)):
        return None
    return _Read(line, index, passed, [("outlet", (a, b)), ("title", (0, pieces[-2][1]))], False, pieces[-2][1])


def _pieces(text: str) -> Iterator[Piece]:
    at = 0
    for match in PIECES.finditer(text):
        if match.start() > at:
            yield at, match.start()
        at = match.end()
    if at < len(text):
        yield at, len(text)


def _is_sentence(text: str) -> bool:
    return len(re.findall(r"\b[a-zа-яёіїє]{4,}\b", text)) > 3
