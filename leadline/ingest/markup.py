"""HTML to text and metadata by trafilatura (Barbaresi 2021, https://doi.org/10.18653/v1/2021.acl-demo.15).

Only text leaves this module: scripts, handlers, styles and links stay in the preserved original. Pages that the parser
cannot take (nested thousands of levels deep) are read by a plain, non-recursive reader instead.
"""

from __future__ import annotations

import html
import re

import msgspec

from leadline.ingest.decode import Decoded, UnreadableError
from leadline.ingest.reading import Parsed, describe_encoding

MAX_DEPTH = 200  # deeper than any page that people write; lxml and trafilatura recurse
RAW = {"script", "style", "title", "textarea", "noscript", "template", "svg", "math", "iframe", "object", "xmp"}
SILENT = {"form", "nav", "footer", "aside", "button", "select"}
FLAT = {  # elements without an end of their own, or whose end people leave out
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr",
    "p", "li", "td", "th", "tr", "dt", "dd", "option",
}  # fmt: skip
BLOCK = {
    "p", "div", "br", "li", "tr", "td", "h1", "h2", "h3", "h4", "h5", "h6", "article", "section", "blockquote", "html",
}  # fmt: skip
UNSHOWN = re.compile(r"<(template|textarea|iframe)\b[^<>]*>", re.I)
"""Elements whose content no browser shows as text of the page; trafilatura reads it."""
TAG = re.compile(r"<(?P<closing>/?)(?P<name>[a-zA-Z][a-zA-Z0-9]{0,30})[^<>]*>")
DECLARATION = re.compile(r"<[!?][^<>]*>")


def parse_html(found: Decoded) -> Parsed:
    """Title, main text and stated metadata of a page. The title is the first line of the text.

    Raises `UnreadableError` where the page has no text.
    """
    plain = read_plainly(found.text)
    extracted = None if plain.depth > MAX_DEPTH else _extract(found.text)
    title, body, date, publisher, url = extracted or (plain.title, plain.text, None, None, None)
    if not body.strip():
        raise UnreadableError("empty", "the page holds no text (it may be filled in by scripts); save it as text")
    starts_with_title = title and _fold(body[: len(title) + 40]).startswith(_fold(title))
    text = body if not title or starts_with_title else f"{title}\n\n{body}"
    return Parsed(
        text=text,
        media_type="text/html",
        encoding=describe_encoding(found),
        title=title,
        publisher=publisher or site_of_title(plain.title, title),
        published=date,
        published_by="the page's markup",
        url=url,
    )


Extracted = tuple[str | None, str, str | None, str | None, str | None]


def _extract(page: str) -> Extracted | None:
    """What trafilatura finds; None where it finds nothing or gives up."""
    from trafilatura import bare_extraction

    try:
        document = bare_extraction(
            without_unshown(page),
            with_metadata=True,
            include_comments=False,
            include_tables=True,
            favor_recall=True,
            date_extraction_params={"extensive_search": False, "original_date": True},
        )
    except Exception:  # whatever a library does with one page, the others go on; the plain reader takes this one
        return None
    if document is None or not document.text:
        return None
    title = " ".join((document.title or "").split()) or None
    date = document.date if document.date and document.date in page else None  # stated there, not guessed
    url = document.url if re.match(r"https?://", document.url or "") else None
    return title, document.text, date, document.sitename, url


def without_unshown(page: str) -> str:
    """The page without what no browser shows; an element that is never closed stays, since browsers differ there.

    >>> without_unshown("<p>They left.<template><p>They were shot.</template></p><textarea>")
    '<p>They left.</p><textarea>'
    """
    kept: list[str] = []
    never: set[str] = set()
    at = start = 0
    while m := UNSHOWN.search(page, start):
        name, start = m[1].lower(), m.end()
        closing = None if name in never else re.compile(f"</{name}[^<>]*>", re.I).search(page, start)
        if closing is None:
            never.add(name)
            continue
        kept.append(page[at : m.start()])
        at = start = closing.end()
    return "".join([*kept, page[at:]])


def site_of_title(full: str | None, title: str | None) -> str | None:
    """The name of the site that a page's title has behind the headline, None where it has none or something else.

    >>> site_of_title("A village refuses | Harbour Post", "A village refuses"), site_of_title("A village", "A village")
    ('Harbour Post', None)
    """
    if not full or not title or not full.startswith(title):
        return None
    match = re.fullmatch(r"\s*(?:\||[–—]|-|::)\s+(\S[^|–—]{1,40})", full[len(title) :])
    return match[1].strip() if match and len(match[1].split()) <= 5 and match[1][0].isupper() else None


def _fold(text: str) -> str:
    return re.sub(r"\W+", " ", text).casefold().strip()


class PlainPage(msgspec.Struct, frozen=True):
    """A page read without a tree: its title, its visible text a block a line, and how deep its elements are nested."""

    title: str | None
    text: str
    depth: int


def read_plainly(page: str) -> PlainPage:
    """Read a page in one pass: what no parser chokes on, and what tells whether one will.

    >>> read_plainly("<title>Oster</title><div><p>They <b>refused</b>.<script>x()</script>")
    PlainPage(title='Oster', text='They refused.', depth=2)
    """
    pieces: list[str] = []
    title: str | None = None
    at = depth = deepest = silent = 0
    while at < len(page):
        start = page.find("<", at)
        if start < 0:
            start = len(page)
        if not silent:
            pieces.append(page[at:start])
        if page.startswith("<!--", start):
            at = _after(page, "-->", start)
            continue
        if declaration := DECLARATION.match(page, start):
            at = declaration.end()
            continue
        tag = TAG.match(page, start)
        if tag is None:
            if not silent:
                pieces.append(page[start : start + 1])
            at = start + 1
            continue
        name, at = tag["name"].lower(), tag.end()
        closes = bool(tag["closing"])
        if name in RAW and not closes:
            inside, at = at, _after(page, f"</{name}[^<>]*>", at)
            if name == "title" and title is None:
                title = " ".join(html.unescape(page[inside:at].rpartition("</")[0]).split()) or None
            continue
        silent = max(0, silent + (-1 if closes else 1)) if name in SILENT else silent
        if name not in FLAT:
            depth = max(0, depth + (-1 if closes else 1))
            deepest = max(deepest, depth)
        if name in BLOCK:
            pieces.append("\n")
    lines = (" ".join(line.split()) for line in html.unescape("".join(pieces)).split("\n"))
    return PlainPage(title, "\n\n".join(line for line in lines if line), deepest)


def _after(page: str, end: str, start: int) -> int:
    """Position after the next match of `end`; where there is none, the rest of the page is taken, so that time stays linear."""
    found = re.compile(end, re.I).search(page, start)
    return found.end() if found else len(page)
