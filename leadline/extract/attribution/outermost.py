"""The outermost attributions of a text: by layout and by the model, none standing inside another's words."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from leadline.extract.attribution.columns import Columns
from leadline.extract.attribution.draft import Draft
from leadline.extract.attribution.model import CUES_IN_A_SENTENCE, Model
from leadline.extract.attribution.network import Floats

THRESHOLD = 0.45
"""Between 0.35 and 0.5 the F1 of all roles changes by less than a point (PolNeAR dev)."""


def outermost(
    c: Columns, model: Model, chances: Floats, by_layout: Iterable[Draft] = (), threshold: float = THRESHOLD
) -> list[Draft]:
    """Layout first, then the likeliest cue first, and none whose cue stands inside spans taken before.

    In the order of the text.
    """
    found = list(by_layout)
    taken = {i for d in found for part in (d.source, d.cue, d.content) for i in part}
    for d in sorted(model.drafts(c, likely(c, chances, threshold), chances), key=lambda d: (-d.score, d.head)):
        if d.head not in taken:
            found.append(d)
            taken.update(d.source, d.cue, d.content)
    return sorted(found, key=lambda d: d.head)


def likely(c: Columns, chances: Floats, threshold: float) -> list[int]:
    """The cue heads above the threshold, at most so many in one sentence."""
    at = np.flatnonzero(chances >= threshold)
    kept: list[int] = []
    in_sentence: dict[int, int] = {}
    for head in at[np.lexsort((at, -chances[at]))].tolist():
        sentence = int(c.sentence[head])
        in_sentence[sentence] = in_sentence.get(sentence, 0) + 1
        if in_sentence[sentence] <= CUES_IN_A_SENTENCE:
            kept.append(head)
    return sorted(kept)
