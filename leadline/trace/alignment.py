"""Two documents laid side by side: which words and which sentences of one stand in the other, and in what order.

Verbatim overlap is counted in runs of five words. What is not verbatim is compared sentence by sentence, by weighted
stems and anchors; the best partners are kept where they come in the same order (longest increasing run), because the
order of facts is what a rewriter and a translator leave alone and an independent report does not share.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Mapping, Sequence

import msgspec

from leadline.schema import Span
from leadline.trace.text import FUNCTION_WORDS, View, skeleton, stem

RUN = 5
SAME_SENTENCE = 0.34
SAME_ACROSS = 0.2
"""Two languages share only names, numbers and cognates: less of a sentence can be the same."""
LEAST_MASS = 2
"""Weight of what a sentence must say to be compared."""
LEAST_OWN = 0.3
"""Share of words outside quotation marks below which nearly everything is quoted."""


class Alignment(msgspec.Struct, frozen=True):
    """How much of two documents, `left` and `right`, is the same; shares are of words, 0 to 1."""

    verbatim_left: float
    verbatim_right: float
    own_left: float
    own_right: float
    """verbatim share of the words outside quotation marks: two reports of one call share its words without copying"""
    longest: Span
    """the verbatim run with most words outside quotation marks, as word indices of the left document"""
    retold_left: float
    retold_right: float
    """words in sentences that have a partner in the same order, verbatim or not"""
    order: float
    """share of the partnered sentences that keep the order"""
    anchors: float
    """shared rare names and numbers, as a share of the shorter list"""
    n_anchors: int
    """how many rare names and numbers are shared"""
    wording: float
    """shared content words of the partnered sentences, names aside: near 1 in a copy, however its names were damaged"""
    partners: tuple[tuple[int, int, float], ...]
    """sentence of the left, sentence of the right, similarity; in order"""


class Prepared(msgspec.Struct, frozen=True):
    """A view with what every comparison of it needs."""

    view: View
    hashes: tuple[int, ...]
    """of every run of five words, in order"""
    runs: Mapping[int, int]
    """hash of a run to where it first stands"""
    features: tuple[Mapping[str, float], ...]
    """of every sentence, with their weights"""
    holders: Mapping[str, Sequence[int]]
    """feature to the sentences that have it"""
    mass: tuple[float, ...]
    """sum of the weights of each sentence"""
    common: tuple[frozenset[str], ...]
    anchors: Counter[str]
    across_languages: bool


def prepare(v: View, *, across_languages: bool = False) -> Prepared:
    """Index a view for comparisons; `across_languages` compares spellings by skeleton only."""
    hashes = tuple(hash(v.words[i : i + RUN]) for i in range(len(v.words) - RUN + 1))
    runs = {h: i for i, h in reversed(tuple(enumerate(hashes)))}
    stems = [None if w in FUNCTION_WORDS else stem(w) for w in v.words]
    features = features_of(v, stems, across_languages=across_languages)
    holders: dict[str, list[int]] = {}
    for j, of_sentence in enumerate(features):
        for f in of_sentence:
            holders.setdefault(f, []).append(j)
    mass = tuple(sum(x.values()) for x in features)
    named = {position for _, position in v.anchors}
    common = tuple(
        frozenset(x for k, x in enumerate(stems[a:b], a) if x is not None and k not in named) for a, b in v.sentences
    )
    anchors = Counter(k for k, _ in v.anchors)
    return Prepared(v, hashes, runs, tuple(features), holders, mass, common, anchors, across_languages)


def features_of(v: View, stems: Sequence[str | None], *, across_languages: bool = False) -> list[Mapping[str, float]]:
    """What the sentences of a text are compared by, with weights; `stems` are those of its words, None where one says little."""
    at = dict.fromkeys(range(len(v.sentences)), ())  # type: dict[int, tuple[str, ...]]
    ends = [b for _, b in v.sentences]
    for key, position in v.anchors:
        s = bisect_left(ends, position + 1)
        at[s] = (*at[s], key)
    features: list[Mapping[str, float]] = []
    for i, (a, b) in enumerate(v.sentences):
        weights: dict[str, float] = {}
        if across_languages:
            for w in v.words[a:b]:
                if len(w) > 3 and w.isalpha() and len(k := skeleton(w)) > 1:
                    weights["k:" + k[:6]] = 1.0
        else:
            for x in stems[a:b]:
                if x is not None:
                    weights[x] = 1.0
        for anchor in at[i]:
            weights["a:" + anchor] = 2.0
        features.append(weights)
    return features


def align(left: Prepared, right: Prepared) -> Alignment:
    """Lay two prepared documents side by side."""
    covered_left, longest = _verbatim(left, right)
    covered_right, _ = _verbatim(right, left)
    partners = _partners(left, right)
    kept = _increasing([(i, j) for i, j, _ in partners])
    in_order = [partners[k] for k in kept]
    shared = sum(min(left.anchors[k], right.anchors[k]) for k in left.anchors.keys() & right.anchors.keys())
    fewest = min(left.anchors.total(), right.anchors.total())
    return Alignment(
        round(sum(covered_left) / max(1, len(left.view.words)), 4),
        round(sum(covered_right) / max(1, len(right.view.words)), 4),
        _outside_quotes(covered_left, left.view),
        _outside_quotes(covered_right, right.view),
        longest,
        _share(left.view, {i for i, _, _ in in_order}),
        _share(right.view, {j for _, j, _ in in_order}),
        round(len(in_order) / len(partners), 4) if partners else 0.0,
        round(shared / fewest, 4) if fewest else 0.0,
        shared,
        _wording(left, right, in_order),
        tuple((i, j, round(s, 4)) for i, j, s in in_order),
    )


def _verbatim(one: Prepared, other: Prepared) -> tuple[bytearray, Span]:
    """Which words of `one` stand in `other` in a run of at least five, and the longest such run."""
    words, quoted = one.view.words, one.view.quoted
    covered = bytearray(len(words))
    best: Span = (0, 0)
    best_outside = 0
    common = one.runs.keys() & other.runs.keys()
    for i in [i for i, h in enumerate(one.hashes) if h in common] if common else ():
        at = other.runs[one.hashes[i]]
        if other.view.words[at : at + RUN] == words[i : i + RUN]:
            covered[i : i + RUN] = b"\x01" * RUN
    start = covered.find(1)
    while start >= 0:
        end = covered.find(0, start)
        end = len(words) if end < 0 else end
        outside = end - start - sum(k in quoted for k in range(start, end))
        if outside > best_outside or (outside == best_outside and end - start > best[1] - best[0]):
            best, best_outside = (start, end), outside
        start = covered.find(1, end)
    return covered, best


def _wording(left: Prepared, right: Prepared, partners: Sequence[tuple[int, int, float]]) -> float:
    """Shared content words of the partners, as a share of all their content words; a sentence may have two partners."""
    ours: dict[int, set[str]] = {}
    for i, j, _ in partners:
        ours.setdefault(j, set()).update(left.common[i])
    same = sum(len(words & right.common[j]) for j, words in ours.items())
    either = sum(len(words | right.common[j]) for j, words in ours.items())
    return round(same / either, 4) if either else 0.0


def _outside_quotes(covered: bytearray, v: View) -> float:
    """Covered share of the words outside quotation marks; of all words where nearly everything is quoted."""
    total = len(v.words) - len(v.quoted)
    if total < LEAST_OWN * len(v.words):
        return round(sum(covered) / max(1, len(v.words)), 4)
    return round((sum(covered) - sum(covered[i] for i in v.quoted)) / max(1, total), 4)


def _partners(left: Prepared, right: Prepared) -> list[tuple[int, int, float]]:
    """Mutually best sentences above the floor, ordered by the left document."""
    holders = right.holders
    n = len(left.features) + len(right.features)
    # what several sentences share tells less; everything else counts in full
    weight = {f: 1.0 / (1.0 + 4.0 * (len(js) - 1) / n) for f, js in holders.items() if len(js) > 1}
    mass_left, mass_right = (
        [
            m if x.keys().isdisjoint(weight) else sum(w * weight.get(f, 1.0) for f, w in x.items())
            for m, x in zip(side.mass, side.features, strict=True)
        ]
        for side in (left, right)
    )
    scores: dict[tuple[int, int], float] = {}
    floor = SAME_ACROSS if left.across_languages else SAME_SENTENCE
    for i, features in enumerate(left.features):
        mass = mass_left[i]
        if mass < LEAST_MASS:
            continue
        overlap: dict[int, float] = {}
        for f, w in features.items():
            for j in holders.get(f, ()):
                overlap[j] = overlap.get(j, 0.0) + w * weight.get(f, 1.0)
        for j, o in overlap.items():
            if mass_right[j] >= LEAST_MASS:
                smaller, larger = sorted((mass, mass_right[j]))
                # a sentence may be split or merged: half Dice, half containment
                value = o / (smaller + larger) + 0.5 * o / max(smaller, 0.5 * larger)
                if value >= floor:
                    scores[i, j] = value
    best_left: dict[int, tuple[float, int]] = {}
    best_right: dict[int, tuple[float, int]] = {}
    for (i, j), s in sorted(scores.items()):
        best_left[i] = max(best_left.get(i, (0.0, 0)), (s, -j))
        best_right[j] = max(best_right.get(j, (0.0, 0)), (s, -i))
    return [(i, j, s) for (i, j), s in sorted(scores.items()) if best_left[i][1] == -j or best_right[j][1] == -i]


def _increasing(pairs: Sequence[Span]) -> list[int]:
    """Indices of a longest run of pairs in which the second member does not fall (pairs sorted by the first).

    >>> _increasing([(0, 0), (1, 4), (2, 1), (3, 2)])
    [0, 2, 3]
    """
    tails: list[int] = []
    ends: list[int] = []
    before: list[int | None] = []
    for k, (_, j) in enumerate(pairs):
        at = bisect_left(ends, j + 1)
        before.append(tails[at - 1] if at else None)
        if at == len(ends):
            ends.append(j)
            tails.append(k)
        else:
            ends[at], tails[at] = j, k
    chain: list[int] = []
    k2: int | None = tails[-1] if tails else None
    while k2 is not None:
        chain.append(k2)
        k2 = before[k2]
    return chain[::-1]


def _share(v: View, sentences: set[int]) -> float:
    return round(sum(v.sentences[i][1] - v.sentences[i][0] for i in sentences) / max(1, len(v.words)), 4)
