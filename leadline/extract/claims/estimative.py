"""Estimative language: the word of probability that governs a claim, and its band where the speaker has a yardstick.

Scales: PHIA probability yardstick (2025) and ICD 203; `data/estimative.toml` holds terms, bands and where they stand.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path

import msgspec
from spacy.tokens import Token

from leadline.extract.claims.statements.lineage import Lineage
from leadline.extract.shipped import read_shipped
from leadline.register import Source
from leadline.schema import Estimative

FILE = Path(__file__).parents[1] / "data" / "estimative.toml"


class Term(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Words of one band."""

    words: tuple[str, ...]
    low: float
    high: float


class Scale(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A published scale."""

    yardstick: str
    name: str
    source: str
    url: str
    terms: tuple[Term, ...]


class Scales(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All scales, and the phrases kept without one."""

    phrases: tuple[str, ...]
    scales: tuple[Scale, ...]


@cache
def load_scales() -> Scales:
    """The shipped scales; raises `CodebookError` naming the path inside the file where it is wrong."""
    return read_shipped(FILE, Scales)


def read_estimative(
    tokens: Sequence[Token], lineage: Lineage, publisher: Source | None = None
) -> tuple[Estimative, tuple[int, int]] | None:
    """The estimative phrase among the tokens that govern a claim, with its offsets: the longest, then the first.

    In a document's own voice the yardstick is its publisher's.
    """
    scales = load_scales()
    yardsticks = {w.source.yardstick for w in lineage.whos if w.source is not None and w.source.yardstick}
    if not lineage.whos and publisher is not None and publisher.yardstick:
        yardsticks = {publisher.yardstick}
    scale = next((s for s in scales.scales if s.yardstick in yardsticks), None)
    known = {w: t for t in (scale.terms if scale else ()) for w in t.words}
    for phrase in sorted({*scales.phrases, *known}, key=lambda p: (-len(p.split()), p)):
        words = phrase.split()
        for k in range(len(tokens) - len(words) + 1):
            part = tokens[k : k + len(words)]
            if [t.lower_ for t in part] == words and not (k and tokens[k - 1].lower_ in {"not", "n't"}):
                term = known.get(phrase)
                span = (part[0].idx, part[-1].idx + len(part[-1]))
                return Estimative(
                    phrase=phrase,
                    low=term.low if term else None,
                    high=term.high if term else None,
                    scale=scale.name if scale and term else None,
                ), span
    return None
