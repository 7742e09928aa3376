"""The parameters of a case: those of the file, moved by the case's own pairs and by what people judged.

One step of expectation maximisation from the file's values, over the pairs that are compared at all (Winkler 1988; Enamorado,
Fifield, Imai 2019, doi:10.1017/S0003055418000783). Two things are other than in a textbook. What a field shows is learned from
pairs that are compared for another reason too: among those compared because they share a day, nearly all share a day. And the step
is one, because going on finds other classes than those that are meant: pairs compared for their day and pairs compared for
their words. A judged pair is a known match or non-match, however few pairs a case has.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
import numpy as np

from leadline.link.parameters import FIELDS, Comparison, Level, Parameters
from leadline.link.scores import BLOCK, Scores, probability

KEYED = {"origin": 0, "time": 0, "reported": 0, "place": 0, "unit": 0, "number": 0, "wording": 2}
"""For each field that brings pairs together the last level at which it does (`blocking.py`)."""


def learned(
    scores: Scores, parameters: Parameters, judged: Mapping[int, tuple[bool, float]], *, unjudged: bool
) -> Parameters:
    """Parameters blended from the file's and from what the pairs show.

    `judged` has for a pair's number whether it is one incident and the share of a judgement that it stands for;
    with `unjudged` the other pairs count too, each by its probability. The file's values count like `prior_pairs` pairs, so that a
    level that no pair reaches does not become impossible.
    """
    if not len(scores.left) or not (unjudged or judged):
        return parameters
    counts = {f: np.zeros((2, len(parameters.comparisons[f].levels))) for f in FIELDS}
    for start in range(0, len(scores.left), BLOCK):
        levels, same = scores.levels[start : start + BLOCK], probability(scores.weight[start : start + BLOCK])
        weight, known = np.full(len(same), float(unjudged)), np.zeros(len(same), dtype=bool)
        for number, (decided, part) in judged.items():
            if start <= number < start + BLOCK:
                at = number - start
                same[at], weight[at], known[at] = float(decided), parameters.learning.judged_pairs * part, True
        keyed = np.stack([(levels[:, k] >= 0) & (levels[:, k] <= KEYED.get(f, -1)) for k, f in enumerate(FIELDS)])
        reasons = keyed.sum(axis=0, dtype=np.int8)
        for k, name in enumerate(FIELDS):
            some = (levels[:, k] >= 0) & (weight > 0) & (known | (reasons - keyed[k] > 0))
            for side, share in enumerate((same, 1 - same)):
                counts[name][side] += np.bincount(
                    levels[some, k], weights=share[some] * weight[some], minlength=counts[name].shape[1]
                )
    counted = {}
    for name in FIELDS:
        given = parameters.comparisons[name].levels
        m, u = (
            found + parameters.learning.prior_pairs * np.array([getattr(x, of) for x in given])
            for of, found in zip(("m", "u"), counts[name], strict=True)
        )
        counted[name] = Comparison(levels=_levels(given, m / m.sum(), u / u.sum()))
    return msgspec.structs.replace(parameters, comparisons=counted)


def _levels(given: tuple[Level, ...], m: np.ndarray, u: np.ndarray) -> tuple[Level, ...]:
    return tuple(
        Level(label=x.label, m=min(max(float(a), 1e-9), 1 - 1e-9), u=min(max(float(b), 1e-9), 1 - 1e-9))
        for x, a, b in zip(given, m, u, strict=True)
    )
