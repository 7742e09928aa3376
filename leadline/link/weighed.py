"""Pairs of claims weighed with what their documents tell of each other.

Between claims of two documents the publication dates count no more: they are in the comparison of the documents, and so is what both
pairs, the documents and the claims, agree or differ in.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import msgspec
import numpy as np

from leadline.link.documents import LEAST, ONCE, REPORTED, Documents, Levels
from leadline.link.learned import TELLING, as_read, blended, of_each_document, usual_odds
from leadline.link.parameters import FIELDS, Comparison, Level, Parameters
from leadline.link.rows import Row
from leadline.link.scores import Scores, weigh

ORIGIN = FIELDS.index("origin")
OTHER = tuple(FIELDS.index(f) for f in ("actor", "realis", "wording"))
"""What claims are compared by that their documents are not; of words these share those that claims do not tell."""
EDGES = (0.9, 0.75, 0.5, 0.25, LEAST)
CALLED = ("almost surely", "probably", "rather", "perhaps", "probably not", "hardly")
FAINTEST = 1e-3
"""Two documents of two events may both mention a third."""


def weighed_with_documents(
    scores: Scores, rows: Sequence[Row], parameters: Parameters, documents: Documents
) -> tuple[Scores, Parameters]:
    """The pairs with levels of their own for what their documents tell, and the parameters with these levels.

    Two claims of a document are of one event as often as those of this document are (`learned.of_each_document`); of two claims of two
    documents that tell of one event both are of it as often as two of either. Where two documents were not compared, nothing is known of
    both, and the publication dates of their claims stand.
    """
    number = np.array([documents.number.get(r.document, -1) for r in rows], dtype=np.int64)
    left, right = number[scores.left], number[scores.right]
    pair = documents.pair_of(left, right)
    between = (left != right) & (pair >= 0) & (scores.levels[:, ORIGIN] != 0)
    within = (scores.levels[:, REPORTED] == 0) & (left >= 0)
    said: dict[tuple[Any, ...], int] = {}
    told_as = [
        (r.document, r.place or r.region, r.start_day, r.end_day, r.unit, r.counted, r.low, r.high) for r in rows
    ]
    alike = np.array([said.setdefault(x, len(said)) for x in told_as], dtype=np.int64)
    one, unknown = of_each_document(
        scores, number, alike, len(documents.number), parameters, parameters.documents.one_event
    )
    one = np.append(one, unknown)  # the last, -1, is of documents that were not looked at
    same = np.sqrt(one[left] * one[right])
    same[between] *= documents.probability[pair[between]]
    levels = scores.levels.copy()
    for k, field in enumerate(ONCE):
        table = np.sign([*(x.weight for x in parameters.comparisons[FIELDS[field]].levels), 0.0])
        twice = table[levels[between, field]] * documents.signs[pair[between], k] > 0
        levels[np.flatnonzero(between)[twice], field] = -1
    told = list(parameters.comparisons["reported"].levels)
    usual = usual_odds(parameters)
    kind = np.searchsorted(-np.array(EDGES), -same)
    for where, called in ((within, "in one document,"), (between, "their documents and they")):
        for k, sure in enumerate(CALLED):
            here = where & (kind == k)
            levels[here, REPORTED] = len(told)
            p = max(float(same[here].mean()), FAINTEST) if here.any() else FAINTEST
            told.append(_level(f"{called} {sure} of one event", math.log2(p / (1 - p)) - usual))
    read = {FIELDS[k]: as_read(parameters.comparisons[FIELDS[k]]) for k in TELLING}
    shown = _shown(levels[between], same[between], parameters)
    comparisons = {**parameters.comparisons, **read, **shown, "reported": Comparison(levels=tuple(told))}
    parameters = msgspec.structs.replace(parameters, comparisons=comparisons)
    return weigh(scores.left, scores.right, levels, parameters), parameters


def _shown(levels: Levels, same: np.ndarray, parameters: Parameters) -> dict[str, Comparison]:
    """How often claims of two documents agree in what these are not compared by, where they are as likely of one event as the documents say.

    Two reports of one event tell different sides of it, so that few words in common say little against a pair. The given probabilities
    count like `prior_pairs` pairs.
    """
    made = {}
    for k in OTHER:
        said = parameters.comparisons[FIELDS[k]].levels
        some = levels[:, k] >= 0
        m, u = (
            np.bincount(levels[some, k], weights=part[some], minlength=len(said))
            + parameters.learning.prior_pairs * np.array([getattr(x, of) for x in said])
            for of, part in (("m", same), ("u", 1 - same))
        )
        made[FIELDS[k]] = Comparison(levels=blended(said, m / m.sum(), u / u.sum()))
    return made


def _level(label: str, weight: float) -> Level:
    """A level of this weight; of how many pairs reach it nothing is said."""
    u = 2.0**-16
    return Level(label=label, m=min(u * 2.0**weight, 1 - 1e-9), u=u)
