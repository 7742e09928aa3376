"""Text with marks: overlapping spans cut into plain segments that a template can print one after another."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

import msgspec

from leadline.publish.redact import Names


class Mark(msgspec.Struct, frozen=True, kw_only=True):
    """One span to show: `kind` becomes a CSS class, `anchor` an id, `label` a tooltip."""

    start: int
    end: int
    kind: str
    anchor: str = ""
    label: str = ""


class Segment(msgspec.Struct, frozen=True, kw_only=True):
    """A piece of text in which the set of marks does not change; `anchors` begin here."""

    text: str
    kinds: tuple[str, ...] = ()
    anchors: tuple[str, ...] = ()
    label: str = ""


def segments(
    text: str, marks: Iterable[Mark], names: Names, *, start: int = 0, end: int | None = None
) -> list[Segment]:
    """The text from `start` to `end`, cut at every mark's border; hidden names appear as `[role]`.

    >>> [s.text for s in segments("He fled.", [Mark(start=3, end=7, kind="claim")], Names([]))]
    ['He ', 'fled', '.']
    """
    end = len(text) if end is None else min(end, len(text))
    start = max(0, start)
    shown = [m for m in marks if m.start < end and m.end > start and m.end > m.start]
    hidden = names.spans(text, start, end)
    cuts = {start, end}
    for m in shown:
        cuts.update((max(m.start, start), min(m.end, end)))
    for a, b, _ in hidden:
        cuts = {c for c in cuts if not a < c < b} | {a, b}  # a name is replaced whole
    borders = sorted(cuts)
    role_at = {a: (b, role) for a, b, role in hidden}
    begun: set[str] = set()
    out = []
    for a, b in pairwise(borders):
        over = [m for m in shown if m.start < b and m.end > a]
        anchors = tuple(m.anchor for m in over if m.anchor and m.anchor not in begun)
        begun.update(anchors)
        piece = f"[{role_at[a][1]}]" if a in role_at and role_at[a][0] == b else names.mask(text[a:b])
        kinds = sorted({m.kind for m in over} | ({"hidden"} if a in role_at else set()))
        label = "; ".join(dict.fromkeys(m.label for m in over if m.label))
        out.append(Segment(text=piece, kinds=tuple(kinds), anchors=anchors, label=label))
    return out


def around(text: str, start: int, end: int, width: int = 220) -> tuple[int, int]:
    """Borders of a readable context: up to `width` characters each side, not past the paragraph, whole words.

    >>> around("First. He fled at dawn. Last.", 7, 23, width=4)
    (7, 23)
    """
    left = max(text.rfind("\n", 0, start) + 1, start - width)
    if left > 0 and left < start and not text[left - 1].isspace():
        space = text.find(" ", left, start)
        left = space + 1 if space != -1 else start
    stop = text.find("\n", end)
    right = min(len(text) if stop == -1 else stop, end + width)
    if end < right < len(text) and not text[right].isspace():
        space = text.rfind(" ", end, right)
        right = space if space != -1 else end
    return left, right
