"""Parents: an attribution whose words stand inside another's content is a further hop inwards."""

from __future__ import annotations

from collections.abc import Sequence

from leadline.extract.attribution.draft import Draft


def parents(drafts: Sequence[Draft]) -> list[int | None]:
    """For each draft the index of the innermost other one whose content holds its cue, None on the outside."""
    holds = [set(d.content) for d in drafts]
    found: list[int | None] = []
    for i, d in enumerate(drafts):
        around = [
            j
            for j, h in enumerate(holds)
            if j != i and d.head in h and drafts[j].head not in holds[i] and len(h) > len(d.cue)
        ]
        found.append(min(around, key=lambda j: (len(holds[j]), j)) if around else None)
    return found
