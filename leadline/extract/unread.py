"""What of a document is not read: page furniture, other languages, unbroken runs of characters."""

from __future__ import annotations

import re
from typing import Literal

import msgspec

from leadline.extract.language import pinned_model
from leadline.extract.paragraphs import paragraph_spans
from leadline.schema import Document

LONGEST_WORD = 300
"""Longer runs without white space are no words (encoded data, damage); the tokenizer would be quadratic in them."""
UNBROKEN = re.compile(rf"\S{{{LONGEST_WORD + 1},}}")
SHORTEST_JUDGED = 80
"""Shorter paragraphs hold too few words to tell their language."""
WORD = re.compile(r"[^\W\d_]+")

Reason = Literal["boilerplate", "language", "unbroken"]


class Stretch(msgspec.Struct, frozen=True, kw_only=True):
    """A stretch of a document that was not read, and why."""

    start: int
    end: int
    reason: Reason


def unread_stretches(document: Document) -> tuple[Stretch, ...]:
    """The stretches that are not read, in order and without overlap; a text in another language as a whole."""
    text = document.text
    if document.language not in (None, "en") and text:
        return (Stretch(start=0, end=len(text), reason="language"),)
    found = [Stretch(start=s, end=e, reason="boilerplate") for s, e in document.boilerplate if s < e]
    found += [Stretch(start=m.start(), end=m.end(), reason="unbroken") for m in UNBROKEN.finditer(text)]
    blocks = (b for b in paragraph_spans(text) if b[1] - b[0] >= SHORTEST_JUDGED)
    found += [Stretch(start=s, end=e, reason="language") for s, e in blocks if not looks_english(text[s:e])]
    merged: list[Stretch] = []
    for u in sorted(found, key=lambda u: (u.start, u.end)):
        start = max(u.start, merged[-1].end) if merged else u.start
        if start < u.end:
            merged.append(Stretch(start=start, end=u.end, reason=u.reason))
    return tuple(merged)


def looks_english(text: str) -> bool:
    """Whether a paragraph can be English: Latin letters, and some of the commonest English words.

    English prose has 35-50 % of these words and headlines in a row still over 10 %; other languages in Latin letters
    share a few by chance.

    >>> looks_english("The convoy was stopped near the bridge and the men were sent back on foot before the night.")
    True
    >>> looks_english("Der Konvoi wurde in der Nähe der Brücke angehalten und die Männer wurden zu Fuß zurückgeschickt.")
    False
    """
    sample = text[:2000]
    common = pinned_model().common_words
    letters = sum(c.isalpha() for c in sample)
    words = WORD.findall(sample)
    if sum(len(w) for w in words if w.isascii()) < letters / 2:
        return False
    if len(words) < 8:
        return True
    return sum(w.lower() in common for w in words) >= 0.08 * len(words)
