"""Attributions made by the layout of a text: signed quotations, speaker labels, and a colon before the next paragraph."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Sequence

from spacy.tokens import Doc

from leadline.extract.attribution.draft import Draft
from leadline.extract.attribution.quotes import Quotation
from leadline.extract.labels import label_of
from leadline.schema import Span

Tokens = Callable[[int, int], tuple[int, ...]]
SIGNATURE = re.compile(r"\s*(?P<dash>[―—–]|--?)\s*(?P<name>[^\W\d_][^\n“”\"]{1,110})$")
LABEL = re.compile(
    r"[“\"]?(?P<name>[A-Z][\w.’'-]*(?: [A-Z(\d][\w.’')-]*){0,4})(?P<role>, [^:\n.!?“”\"–—]{3,60})?(?P<mark>:(?=\s+\S|$)| [–—-](?= \S))"
)
"""Who takes a turn in a transcript: `WIFE: …`, `Ivo Karan, a former guard: …`, `Officer – …`, or a line of its own."""
FEWEST_LABELS = 3
"""Fewer labelled paragraphs are no transcript: a colon after a name opens many a headline and list."""
LONGEST_SIGNATURE = 14
"""Words; longer lines after a dash are text."""
LONGEST_NAME = 6


def draft_by_layout(doc: Doc, text: str, paragraphs: Sequence[Span], quotations: Sequence[Quotation]) -> list[Draft]:
    """The attributions that layout alone makes, in the order of the text."""
    offset = [t.idx for t in doc]

    def tokens(start: int, end: int) -> tuple[int, ...]:
        first, last = bisect_left(offset, start), bisect_left(offset, end)
        return tuple(i for i in range(first, last) if not doc[i].is_space)

    found = [*signed(doc, text, paragraphs, quotations, tokens), *labelled(text, paragraphs, tokens)]
    return sorted({d.head: d for d in found}.values(), key=lambda d: d.head)


def signed(
    doc: Doc, text: str, paragraphs: Sequence[Span], quotations: Sequence[Quotation], tokens: Tokens
) -> list[Draft]:
    """A quotation that fills its paragraph, with a dash and a name after it or in the next one."""
    found: list[Draft] = []
    ends = [q.end for q in quotations]
    for k, (start, end) in enumerate(paragraphs):
        q = bisect_left(ends, end + 1) - 1
        inside = quotations[q] if q >= 0 and quotations[q].start >= start else None
        for begin, quoted in (
            (start, _filling(text, paragraphs, quotations, ends, k - 1)),
            (inside.end if inside else -1, inside),
        ):
            if quoted is None or begin < 0:
                continue
            m = SIGNATURE.match(text, begin, end)
            if m is None or len(m["name"].split()) > LONGEST_SIGNATURE or not m["name"][:1].isupper():
                continue
            content, cue, source = tokens(quoted.start, quoted.end), tokens(*m.span("dash")), tokens(*m.span("name"))
            if content and cue and source and is_name(doc, source):
                found.append(Draft(head=cue[0], source=source, cue=cue, content=content))
                break
    return found


def is_name(doc: Doc, tokens: Sequence[int]) -> bool:
    """Whether a phrase begins with a name: up to its first comma only names and small words, and no verb."""
    for n, i in enumerate(tokens):
        token = doc[i]
        if n and token.is_punct and not token.is_quote and token.text not in {"-", ".", "’"}:
            break
        if token.pos_ in {"VERB", "AUX", "PRON"} or (
            token.text[:1].islower() and token.pos_ not in {"ADP", "DET", "CCONJ", "X", "PROPN"}
        ):
            return False
        if n >= LONGEST_NAME:
            return False
    return True


def _filling(
    text: str, paragraphs: Sequence[Span], quotations: Sequence[Quotation], ends: list[int], k: int
) -> Quotation | None:
    """The quotation that fills paragraph `k`, if one does."""
    if k < 0:
        return None
    start, end = paragraphs[k]
    q = bisect_left(ends, end + 1) - 1
    if (
        q < 0
        or quotations[q].start < start
        or text[start : quotations[q].start].strip()
        or text[quotations[q].end : end].strip(' .”"')
    ):
        return None
    return quotations[q]


def is_labelled(doc: Doc, text: str, draft: Draft) -> bool:
    """Whether what was taken for a source is a label that says what its paragraph is (`Details: …`)."""
    if not draft.source:
        return False
    start, last = doc[draft.source[0]].idx, doc[draft.source[-1]].idx
    return bool(last < label_of(text, start, len(text))[1])


def labelled(text: str, paragraphs: Sequence[Span], tokens: Tokens) -> list[Draft]:
    """Turns of a transcript, each with its speaker's label; where labels are many they hold for the paragraphs up to the next one."""
    turns = turns_of(text, paragraphs)
    at = [k for k, m in enumerate(turns) if m is not None]
    if len(at) < FEWEST_LABELS:
        return []
    dense = 2 * len(at) > at[-1] - at[0]
    found: list[Draft] = []
    for k, following in zip(at, [*at[1:], None], strict=True):
        m = turns[k]
        assert m is not None
        alone = m.end() == paragraphs[k][1] and k + 1 < len(paragraphs)
        last = following - 1 if dense and following else k + 1 if alone else k
        source, cue, content = tokens(*m.span("name")), tokens(*m.span("mark")), tokens(m.end(), paragraphs[last][1])
        if source and cue and content:
            found.append(Draft(head=cue[0], source=source, cue=cue, content=content))
    return found


def turns_of(text: str, paragraphs: Sequence[Span]) -> list[re.Match[str] | None]:
    """For each paragraph the label of who takes a turn; one with a role or before a dash must come again, since it may be prose."""
    labels = [None if label_of(text, *span)[0] else LABEL.match(text, *span) for span in paragraphs]
    times = Counter(m["name"] for m in labels if m is not None)
    return [m if m and (times[m["name"]] > 1 or (m["mark"] == ":" and not m["role"])) else None for m in labels]
