"""The parameters of a case: those of the file, moved by the case's own pairs and by what people judged.

One step of expectation maximisation from the file's values, over the pairs that are compared at all (Winkler 1988; Enamorado,
Fifield, Imai 2019, doi:10.1017/S0003055418000783). Two things are other than in a textbook. What a field shows is learned from
pairs that are compared for another reason too: among those compared because they share a day, nearly all share a day; and how likely a pair
is a match that is compared for one field alone its other fields say. And the step is one, because going on finds other classes than those that are meant: pairs compared for their day and pairs compared for
their words. A judged pair is a known match or non-match, however few pairs a case has.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import msgspec
import numpy as np

from leadline.link.parameters import FIELDS, Comparison, Level, Parameters
from leadline.link.scores import BLOCK, Scores, probability, weigh, weights

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
        levels, total = scores.levels[start : start + BLOCK], scores.weight[start : start + BLOCK].copy()
        keyed = np.stack([(levels[:, k] >= 0) & (levels[:, k] <= KEYED.get(f, -1)) for k, f in enumerate(FIELDS)])
        reasons = keyed.sum(axis=0, dtype=np.int8)
        for k, name in enumerate(FIELDS):
            alone = keyed[k] & (reasons == 1)
            total[alone] -= weights(levels[alone, k], parameters, name)
        same = probability(total)
        weight, known = np.full(len(same), float(unjudged)), np.zeros(len(same), dtype=bool)
        for number, (decided, part) in judged.items():
            if start <= number < start + BLOCK:
                at = number - start
                same[at], weight[at], known[at] = float(decided), parameters.learning.judged_pairs * part, True
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
        counted[name] = Comparison(levels=blended(given, m / m.sum(), u / u.sum()))
    return msgspec.structs.replace(parameters, comparisons=counted)


WITHIN = FIELDS.index("reported")
"""Its first level: two origins in one document."""
TELLING = tuple(FIELDS.index(f) for f in ("time", "place", "unit", "number"))
"""What tells incidents apart by itself; words and sources do not, and where a claim says none of it, its document must."""
MISREAD = 0.1
"""Share of places and times that are read wrongly from a report, which then tell nothing (invented news articles: places .914
right, times .881)."""
LIKELY = np.arange(-4.0, 8.0, 0.05)
"""Weights that standing in one document may have."""


class Inside(msgspec.Struct, frozen=True):
    """Pairs of different origins within a document that say when, where, of which unit or how many."""

    left: np.ndarray
    right: np.ndarray
    apart: np.ndarray
    """log odds without what they say and without that they are in one document"""
    ratio: np.ndarray
    """how much likelier what they say is of one event, less one"""
    counts: np.ndarray
    """how much each counts, so that each claim counts once, however many others its document has"""

    def told(self, weight: float) -> np.ndarray:
        """Log likelihood of what each pair says, if standing in one document has this weight, against pairs of two events."""
        return np.asarray(self.counts * np.log1p(probability(self.apart + weight) * self.ratio))


def _inside(scores: Scores, parameters: Parameters) -> Inside:
    pairs = np.flatnonzero(scores.levels[:, WITHIN] == 0)
    pairs = pairs[(scores.levels[np.ix_(pairs, np.array(TELLING))] >= 0).any(axis=1)]
    inside = weigh(scores.left[pairs], scores.right[pairs], scores.levels[pairs], parameters)
    degree = np.bincount(np.concatenate([inside.left, inside.right]))
    counts = (1 / degree[inside.left] + 1 / degree[inside.right]) / 2
    told = np.stack([weights(inside.levels[:, k], parameters, FIELDS[k]) for k in TELLING])
    known = {**parameters.comparisons, **{FIELDS[k]: as_read(parameters.comparisons[FIELDS[k]]) for k in TELLING}}
    misread = msgspec.structs.replace(parameters, comparisons=known)
    read = np.sum([weights(inside.levels[:, k], misread, FIELDS[k]) for k in TELLING], axis=0)
    first = parameters.comparisons["reported"].levels[0]
    apart = inside.weight - told.sum(axis=0) - first.weight
    return Inside(inside.left, inside.right, apart, np.exp2(read) - 1, counts)


def of_documents(scores: Scores, parameters: Parameters) -> Parameters:
    """The parameters with the weight of standing in one document that the case's own documents show.

    A newspaper tells of one shooting where a yearly report tells of a hundred: nothing about a claim shows which, and the claims
    that say when, where or of whom do. So of the pairs within a document the share is estimated that tells of one event, by
    maximum likelihood over what their times, places, units and counts say, these having the weights that they have anywhere.
    A mixture of two known densities has one maximum. Each claim counts once, however many others its document has, and the file's
    weight like `prior_claims` claims. A case whose documents say no such thing twice keeps the file's weight.
    """
    inside = _inside(scores, parameters)
    if not len(inside.left):
        return parameters
    first, *others = parameters.comparisons["reported"].levels
    usual = usual_odds(parameters)
    expected = float(probability(np.array(usual + first.weight)))
    best, at = -np.inf, first.weight
    for x in LIKELY:
        share = float(probability(np.array(usual + x)))
        given = expected * math.log(share) + (1 - expected) * math.log(1 - share)
        found = parameters.learning.prior_claims / 2 * given + float(inside.told(x).sum())
        if found > best:
            best, at = found, float(x)
    moved = Level(label=first.label, m=first.m, u=min(first.m / 2**at, 1 - 1e-9))
    reported = Comparison(levels=(moved, *others))
    return msgspec.structs.replace(parameters, comparisons={**parameters.comparisons, "reported": reported})


def of_each_document(
    scores: Scores, document: np.ndarray, said: np.ndarray, n: int, given: Parameters, one_event: float
) -> tuple[np.ndarray, float]:
    """For each of `n` documents how likely two of its claims tell of one event, and the same for two of a document not looked at.

    `document` is the number of each row's document, -1 for one that is not asked about; `said` has a number for what each says in its document. Among reports of one event each stands one that looks back on ten: so each document is of
    the one sort, in which two claims tell of one event in the share `one_event`, or of the other, in which they do as `given` says, and how
    many are of which sort is estimated with what each is (expectation maximisation over a mixture of two known densities).
    What claims of a document say alike counts once: a place misread once is misread wherever it stands, and what claims have from their
    neighbours none of them says again.
    """
    inside = _inside(scores, given)
    of = document[inside.left]
    if len(of):
        ends = np.sort(np.stack([said[inside.left], said[inside.right]]), axis=0)
        (_, one, other), told_so, often = np.unique(
            np.stack([of, *ends]), axis=1, return_inverse=True, return_counts=True
        )
        degree = np.bincount(np.concatenate([one, other[one != other]]), minlength=int(said.max(initial=0)) + 1)
        counts = (1 / degree[one] + 1 / degree[other]) / 2 / often
        inside = msgspec.structs.replace(inside, counts=counts[told_so.ravel()])
    usual, first = usual_odds(given), given.comparisons["reported"].levels[0]
    sure = math.log2(one_event / (1 - one_event)) - usual
    gain = inside.told(sure) - inside.told(first.weight)
    gain = np.bincount(of[of >= 0], weights=gain[of >= 0], minlength=n) / math.log(2)
    told = np.bincount(of[of >= 0], minlength=n) > 0
    part, same = 0.5, np.zeros(n)
    for _ in range(100):
        same = probability(math.log2(part / (1 - part)) + gain)
        part = (float(same[told].sum()) + 0.5) / (int(told.sum()) + 1)
    many = share_within(given)
    return same * one_event + (1 - same) * many, part * one_event + (1 - part) * many


def usual_odds(parameters: Parameters) -> float:
    """Log odds that two claims of different origins tell of one event, before anything is looked at."""
    apart = parameters.comparisons["origin"].levels[-1]
    return math.log2(parameters.prior / (1 - parameters.prior)) + apart.weight


def share_within(parameters: Parameters) -> float:
    """How likely two claims of one document and two origins tell of one event, before anything else is looked at."""
    within = parameters.comparisons["reported"].levels[0]
    return float(probability(np.array(usual_odds(parameters) + within.weight)))


def as_read(said: Comparison) -> Comparison:
    """What two claims say where either is misread now and then: the pair then agrees as often as by chance."""
    both = (1 - MISREAD) ** 2
    return Comparison(levels=tuple(msgspec.structs.replace(x, m=both * x.m + (1 - both) * x.u) for x in said.levels))


def blended(given: tuple[Level, ...], m: np.ndarray, u: np.ndarray) -> tuple[Level, ...]:
    """The levels with these probabilities, none of them impossible."""
    return tuple(
        Level(label=x.label, m=min(max(float(a), 1e-9), 1 - 1e-9), u=min(max(float(b), 1e-9), 1 - 1e-9))
        for x, a, b in zip(given, m, u, strict=True)
    )
