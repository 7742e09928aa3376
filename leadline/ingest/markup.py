"""HTML to text and metadata by trafilatura (Barbaresi 2021, https://doi.org/10.18653/v1/2021.acl-demo.15).

Only text leaves this module: scripts, handlers, styles and links stay in the preserved original. Pages that the parser
cannot take (nested thousands of levels deep) are read by a plain, non-recursive reader instead.
"""

from __future__ import annotations

import html.parser
import re

from leadline.ingest.decode import Decoded, UnreadableError
from leadline.ingest.reading import Parsed, describe_encoding

MAX_DEPTH = 200  # deeper than any page that people write; lxml and trafilatura recurse
SILENT = {"script", "style", "noscript", "template", "svg", "math", "head", "iframe", "object", "form", "nav", "footer"}
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
BLOCK = {"p", "div", "br", "li", "tr", "h1", "h2", "h3", "h4", "h5", "h6", "article", "section", "blockquote", "td"}


def parse_html(found: Decoded) -> Parsed:
    """Title, main text and stated metadata of a page. The title is the first line of the text.

    Raises `UnreadableError` where the page has no text.
    """
    plain = _PlainReader()
    plain.feed(found.text)
    plain.close()
    extracted = None if plain.deepest > MAX_DEPTH else _extract(found.text)
    title, body, date, publisher, url, language = extracted or (plain.title, plain.text(), None, None, None, None)
    if not body.strip():
        raise UnreadableError("empty", "the page holds no text (it may be filled in by scripts); save it as text")
    starts_with_title = title and _fold(body[: len(title) + 40]).startswith(_fold(title))
    text = body if not title or starts_with_title else f"{title}\n\n{body}"
    return Parsed(
        text=text,
        media_type="text/html",
        encoding=describe_encoding(found),
        title=title,
        publisher=publisher,
        published=date,
        published_by="the page's markup",
        url=url,
        language=language,
    )


Extracted = tuple[str | None, str, str | None, str | None, str | None, str | None]


def _extract(page: str) -> Extracted | None:
    """What trafilatura finds; None where it finds nothing or gives up."""
    from trafilatura import bare_extraction

    try:
        document = bare_extraction(
            page,
            with_metadata=True,
            include_comments=False,
            include_tables=True,
            favor_recall=True,
            date_extraction_params={"extensive_search": False, "original_date": True},
        )
    except (RecursionError, ValueError, AttributeError, TypeError, MemoryError):
        return None
    if document is None or not document.text:
        return None
    title = (document.title or "").strip() or None
    return title, document.text, document.date, document.sitename, document.url, None


def _fold(text: str) -> str:
    return re.sub(r"\W+", " ", text).casefold().strip()


class _PlainReader(html.parser.HTMLParser):
    """Text of a page without any tree: for pages too deep for one, and to measure how deep they are."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.title: str | None = None
        self.deepest = self.depth = self.silent = 0
        self._pieces: list[str] = []
        self._in_title = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002 - the base class says so
        """Count the depth; start a line at a block."""
        if tag == "title":
            self._in_title = True
        if tag in SILENT:
            self.silent += 1
        if tag in BLOCK:
            self._pieces.append("\n")
        if tag not in VOID and tag not in {"p", "li"}:  # these two are often left open
            self.depth += 1
            self.deepest = max(self.deepest, self.depth)

    def handle_endtag(self, tag: str) -> None:
        """Go up a level."""
        if tag == "title":
            self._in_title = False
        if tag in SILENT:
            self.silent = max(0, self.silent - 1)
        if tag in BLOCK:
            self._pieces.append("\n")
        if tag not in VOID and tag not in {"p", "li"}:
            self.depth = max(0, self.depth - 1)

    def handle_data(self, data: str) -> None:
        """Keep visible text."""
        if self._in_title and self.title is None and data.strip():
            self.title = " ".join(data.split())
        elif not self.silent:
            self._pieces.append(data)

    def text(self) -> str:
        """The visible text, a block a line."""
        lines = (" ".join(line.split()) for line in "".join(self._pieces).split("\n"))
        return "\n\n".join(line for line in lines if line)
