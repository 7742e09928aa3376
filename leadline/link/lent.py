"""Where the documents of a case tell of one event each, what a claim does not say its document says: place and day, lent.

A report of one event says once where and when it was and then goes on telling, in its own words and in those of others. Whether the
documents of a case are of that sort the case itself shows (`learned.share_within`). What is lent may be wrong as often as a claim is of another
event, so that each level weighs less; between two claims of one document it weighs nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import TypeVar

import msgspec
import numpy as np

from leadline.link.parameters import FIELDS, Comparison, Level, Parameters
from leadline.link.rows import Row
from leadline.link.scores import Scores, weigh
from leadline.link.sorts import sort_of
from leadline.schema import Claim

T = TypeVar("T")


def with_its_event(
    claims: Sequence[Claim], family: Mapping[str, str], parameters: Parameters
) -> tuple[list[Claim], set[str], set[str]]:
    """The claims where a document tells of one event: single ones without place or day have what its others name most often.

    Also returns which claims have their place and which their day so: that says where their document was, and nothing of
    whether two of its claims are one event.
    """
    told: dict[tuple[str, str], list[Claim]] = {}
    for c in claims:
        if sort_of(c, parameters) == "single":
            told.setdefault((c.document, family.get(c.event, c.event)), []).append(c)
    new: dict[str, Claim] = {}
    placed, dated = set(), set()
    for group in told.values():
        where = _most((p.gazetteer_id or p.name, p) for c in group for p in c.places)
        when = _most(((c.time.start, c.time.end), c.time) for c in group if c.time)
        for c in group:
            if not c.places and where:
                c = msgspec.structs.replace(c, places=(where,))
                placed.add(c.claim_id)
            if c.time is None and when:
                c = msgspec.structs.replace(c, time=when)
                dated.add(c.claim_id)
            new[c.claim_id] = c
    return [new.get(c.claim_id, c) for c in claims], placed, dated


def _most(named: Iterable[tuple[Hashable, T]]) -> T | None:
    """What most name, of equals what is named first; nothing where none does."""
    first: dict[Hashable, T] = {}
    counted: Counter[Hashable] = Counter()
    for name, value in named:
        first.setdefault(name, value)
        counted[name] += 1
    return first[max(first, key=counted.__getitem__)] if first else None


def weighed_as_lent(
    scores: Scores, rows: Sequence[Row], parameters: Parameters, share: float
) -> tuple[Scores, Parameters]:
    """The pairs with levels of their own where a field is lent, and the parameters with these levels.

    `share` is how often a claim is of its document's event: among matches a lent field reaches a level as often as one that is said in
    this share, and else as often as by chance.
    """
    levels, comparisons = scores.levels.copy(), dict(parameters.comparisons)
    for name, lent in (
        ("place", np.array([r.place_lent for r in rows])),
        ("time", np.array([r.days_lent for r in rows])),
    ):
        said, k = comparisons[name].levels, FIELDS.index(name)
        levels[(lent[scores.left] | lent[scores.right]) & (levels[:, k] >= 0), k] += len(said)
        comparisons[name] = Comparison(
            levels=(
                *said,
                *(
                    Level(label=f"{x.label}, as its document says", m=share * x.m + (1 - share) * x.u, u=x.u)
                    for x in said
                ),
            )
        )
    parameters = msgspec.structs.replace(parameters, comparisons=comparisons)
    return weigh(scores.left, scores.right, levels, parameters), parameters
