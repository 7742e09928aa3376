"""An attribution while it is being worked out: token indices instead of offsets."""

from __future__ import annotations

from dataclasses import dataclass, replace

from spacy.tokens import Doc

from leadline.schema import Span, Spans

__all__ = ["Draft", "offsets", "replace"]


@dataclass(frozen=True)
class Draft:
    """Token indices of source, cue and content (sorted), and the token that heads the cue."""

    head: int
    source: tuple[int, ...]
    cue: tuple[int, ...]
    content: tuple[int, ...]
    score: float = 1.0


def offsets(doc: Doc, tokens: tuple[int, ...]) -> Spans:
    """Token indices as spans of the text: neighbours are one span, a paragraph's end parts them."""
    spans: list[Span] = []
    last = -2
    for i in tokens:
        token = doc[i]
        if token.is_space:
            continue
        start, end = token.idx, token.idx + len(token)
        between = doc[last + 1 : i] if last >= 0 else ()
        if spans and all(t.is_space and "\n" not in t.text for t in between):
            spans[-1] = (spans[-1][0], end)
        else:
            spans.append((start, end))
        last = i
    return tuple(spans)
