r"""A text in whole words, and the way back: what breaks them stands in `broken` and `misread`.

Reading needs whole words, and offsets must count in the text as it was preserved. So a document with broken words is read in a
mended text, and every offset is led back: `mend` gives the text, and what it returns turns each record of the reading.

>>> from leadline.schema import Document
>>> mended = mend(Document(document="a", sha256="", text="Two con\u00adscripts of the 87th Regi-\nment de\ufb01ed him.", series="a"))
>>> mended.document.text
'Two conscripts of the 87th Regiment defied him.'
>>> mended.span(4, 14)
(4, 15)
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from heapq import merge
from typing import TypeVar

import msgspec

from leadline.extract import broken, misread
from leadline.extract.paragraphs import paragraph_spans
from leadline.schema import (
    Attribution,
    Claim,
    Document,
    FieldSpan,
    Hop,
    PersonMention,
    PlaceMention,
    Span,
    Spans,
    TimeMention,
)

Placed = TypeVar("Placed", Hop, FieldSpan, TimeMention, PlaceMention, PersonMention)


@dataclass(frozen=True)
class Mended:
    """A document in whole words; `starts` and `ends` give for each of its characters the span of the original's."""

    document: Document
    original: Document
    starts: Sequence[int]
    ends: Sequence[int]

    def span(self, start: int, end: int) -> Span:
        """A span of the mended text in the original."""
        if end <= start:
            at = self.starts[start] if start < len(self.starts) else len(self.original.text)
            return at, at
        return self.starts[start], self.ends[end - 1]

    def spans(self, spans: Spans) -> Spans:
        """Several spans."""
        return tuple(self.span(*s) for s in spans)

    def placed(self, record: Placed) -> Placed:
        """A record with `start` and `end`, led back; one without them (a source that no words name) as it is."""
        if record.start is None or record.end is None:
            return record
        start, end = self.span(record.start, record.end)
        return msgspec.structs.replace(record, start=start, end=end)

    def attribution(self, a: Attribution) -> Attribution:
        """An attribution, led back."""
        return msgspec.structs.replace(
            a, source=self.spans(a.source), cue=self.spans(a.cue), content=self.spans(a.content)
        )

    def claim(self, c: Claim) -> Claim:
        """A claim, led back; its quote is the original's words."""
        start, end = self.span(c.start, c.end)
        return msgspec.structs.replace(
            c,
            start=start,
            end=end,
            quote=self.original.text[start:end],
            chain=tuple(self.placed(h) for h in c.chain),
            spans=tuple(self.placed(s) for s in c.spans),
        )


def mend(document: Document) -> Mended | None:
    """The document in whole words; None where no word is broken."""
    text, at = document.text, 0
    words = one_line_each(text)
    parts: list[str] = []
    starts: list[int] = []
    ends: list[int] = []

    def keep(start: int, end: int) -> None:
        parts.append(words[start:end])
        starts.extend(range(start, end))
        ends.extend(range(start + 1, end + 1))

    def put(new: str, start: int, end: int) -> None:
        parts.append(new)
        starts.extend([start] * len(new))
        ends.extend([end] * len(new))

    for start, end, new in merge(broken.repairs(text), misread.repairs(text)):
        if start < at:
            continue
        keep(at, start)
        put(new, start, end)
        at = end
    if not at:
        return None
    keep(at, len(text))
    furniture = tuple((bisect_left(starts, s), bisect_left(starts, e)) for s, e in document.boilerplate)
    whole = msgspec.structs.replace(document, text="".join(parts), boilerplate=furniture)
    return Mended(whole, document, starts, ends)


def one_line_each(text: str) -> str:
    """The text with a space for each line end within a paragraph: once words are whole, lines are no longer seen to be full."""
    out, at = [], 0
    for start, end in paragraph_spans(text):
        out += [text[at:start], text[start:end].replace("\r", " ").replace("\n", " ")]
        at = end
    return "".join([*out, text[at:]])
