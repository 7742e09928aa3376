"""Where the documents of a case tell of one event each, two documents are compared as wholes (`weighed.py`: and their claims with what that shows).

A report of one event says once where and when it was and then goes on telling; a claim of it that says neither has it from its
document. So a document is itself a row: what its claims name most often, and all their words, of which the rare ones tell. How often documents of
two events agree and how many pairs are of one event the case shows (expectation maximisation with the file's match probabilities kept:
free ones end at other classes than those meant, documents of one month and of two).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Container, Hashable, Iterable, Mapping, Sequence
from typing import Any, TypeVar

import msgspec
import numpy as np
import numpy.typing as npt
from scipy import sparse

from leadline.link.distance import COARSE_M
from leadline.link.parameters import FIELDS, Comparison, DocumentsCompared, Parameters
from leadline.link.rows import Row, at_place
from leadline.link.scores import probability
from leadline.link.splink_model import compare_pairs
from leadline.link.words import stems
from leadline.schema import Place, PlaceMention

T = TypeVar("T")
Levels = npt.NDArray[np.int8]

SAMPLED = 400
"""Documents of which all pairs are compared, to see what pairs at random agree in."""
FAIR = 20
"""Documents of which all pairs are compared by chance: what is compared because it shares something is no sample of what is not."""
COMMON = 20.0
"""Documents without a word that the case's own are weighed with: of three reports that share a word one cannot tell that it is rare."""
RARE = 12
"""Words of a document whose pairs are keys for blocking."""
AT_ONCE, ROWS_AT_ONCE = 1 << 15, 1 << 22
STEPS, SETTLED = 300, 1e-4
LEAST = 0.02
"""Claims of two documents are compared, whatever they share, where these tell of one event as probably as this."""
PARTNERS = 400
"""Documents, likeliest first, whose claims are brought together with those of one."""
WORDS, TIME, REPORTED = (FIELDS.index(f) for f in ("wording", "time", "reported"))
SHOWN = tuple(FIELDS.index(f) for f in ("time", "reported", "place", "unit", "wording"))
"""What documents are compared by."""
ONCE = tuple(FIELDS.index(f) for f in ("time", "place", "unit", "wording"))
"""What both documents and claims are compared by."""


class Documents(msgspec.Struct, frozen=True):
    """Pairs of documents by their numbers, sorted, with the probability that they tell of one event and the signs of what they agree in."""

    number: dict[str, int]
    left: np.ndarray
    right: np.ndarray
    probability: np.ndarray
    signs: np.ndarray
    """for each pair and field in `ONCE` whether it speaks for one event (1), against (-1) or not at all (0)"""
    fair: np.ndarray
    """for each pair whether it was drawn from all there are, whatever the two share"""

    def bring_together(self, rows: Sequence[Row]) -> list[Row]:
        """The rows, so that those of two documents that may tell of one event are compared whatever they share."""
        partners: list[list[str]] = [[] for _ in self.number]
        taken: Counter[int] = Counter()
        likeliest = np.argsort(-self.probability, kind="stable")
        likeliest = likeliest[self.probability[likeliest] >= LEAST]
        fair = np.random.default_rng(len(likeliest)).permutation(likeliest)
        done: set[int] = set()
        anyhow = likeliest[self.fair[likeliest]]
        for k, most in (
            *((k, len(self.number)) for k in anyhow.tolist()),
            *((k, PARTNERS // 4) for k in likeliest.tolist()),
            *((k, PARTNERS) for k in fair.tolist()),
        ):
            a, b = int(self.left[k]), int(self.right[k])
            if max(taken[a], taken[b]) < most and k not in done:
                done.add(k)
                for one in (a, b):
                    taken[one] += 1
                    partners[one].append(f"documents {a} {b}")
        return [
            msgspec.structs.replace(r, meets=(*r.meets, *(f"{p} {r.sort}" for p in partners[self.number[r.document]])))
            if r.document in self.number
            else r
            for r in rows
        ]

    def told_apart(self, rows: Sequence[Row], crowd: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Pairs of rows of one crowd, by number, whose documents were compared and tell of one event too rarely for their claims to be.

        `crowd` has a number for the crowd of each row, -1 for none: elsewhere a pair that was not compared counts as it is. The third array
        says whether the documents were drawn from all pairs there are.
        """
        number = np.array([self.number.get(r.document, -1) for r in rows], dtype=np.int64)
        number[crowd < 0] = -1
        sorts: dict[str, int] = {}
        sort = np.array([sorts.setdefault(r.sort, len(sorts)) for r in rows], dtype=np.int64)
        order = np.argsort(number, kind="stable")
        starts = np.searchsorted(number[order], np.arange(len(self.number) + 1))
        held, apart = np.diff(starts), np.flatnonzero(self.probability < LEAST)
        ends = np.cumsum(held[self.left[apart]] * held[self.right[apart]])
        found = [np.empty((3, 0), dtype=np.int64)]
        for some in np.split(apart, np.searchsorted(ends, np.arange(ROWS_AT_ONCE, int(ends[-1:].sum()), ROWS_AT_ONCE))):
            a, b = self.left[some], self.right[some]
            times = held[a] * held[b]
            pair = np.repeat(np.arange(len(some)), times)
            within = np.arange(len(pair)) - np.repeat(np.cumsum(times) - times, times)
            left = order[starts[a][pair] + within // np.maximum(1, held[b][pair])]
            right = order[starts[b][pair] + within % np.maximum(1, held[b][pair])]
            meet = (sort[left] == sort[right]) & (crowd[left] == crowd[right])
            low, high = np.minimum(left[meet], right[meet]), np.maximum(left[meet], right[meet])
            found.append(np.stack([low, high, self.fair[some][pair][meet]]))
        left, right, fair = np.concatenate(found, axis=1)
        return left, right, fair > 0

    def drawn_fairly(self, rows: Sequence[Row], left: np.ndarray, right: np.ndarray) -> np.ndarray:
        """For each pair of rows whether their documents were drawn from all pairs there are."""
        number = np.array([self.number.get(r.document, -1) for r in rows], dtype=np.int64)
        pair = self.pair_of(number[left], number[right])
        return np.asarray(np.append(self.fair, False)[pair])  # the last, -1, is of documents that were not compared

    def pair_of(self, left: np.ndarray, right: np.ndarray) -> np.ndarray:
        """Which pair these documents are, -1 where they were not compared."""
        n = len(self.number)
        code = self.left.astype(np.int64) * n + self.right
        wanted = np.minimum(left, right).astype(np.int64) * n + np.maximum(left, right)
        at = np.minimum(np.searchsorted(code, wanted), max(0, len(code) - 1))
        return np.where(code[at] == wanted, at, -1) if len(code) else np.full(len(left), -1)


def compare_documents(
    connection: Any,
    rows: Sequence[Row],
    texts: Iterable[tuple[str, str]],
    parameters: Parameters,
    mentions: Iterable[PlaceMention] = (),
) -> Documents:
    """Every pair of documents that share something, with the probability that they tell of one event.

    Only documents with claims of single events are looked at, among all `texts` (name and text) and the places that these name. Needs no
    document, and none that says anything.
    """
    by_document: dict[str, list[Row]] = {}
    for r in rows:
        if r.sort.endswith("/single"):
            by_document.setdefault(r.document, []).append(r)
    words: dict[str, list[str]] = {d: [] for d in by_document}
    words |= ((d, stems(text)) for d, text in texts if d in words)
    told = _as_rows(by_document, words, _named(mentions, by_document))
    scores = compare_pairs(connection, told, parameters)
    levels = scores.levels.copy()
    terms = _terms([words[r.unique_id] for r in told])
    cosine = _cosines(terms, scores.left, scores.right)
    given = parameters.documents
    levels[:, WORDS] = np.searchsorted(-np.array(given.cosines), -cosine)
    levels[levels[:, TIME] >= 0, REPORTED] = -1  # of an event and its reports the days are one thing
    known = {k: (given.words if k == WORDS else parameters.comparisons[FIELDS[k]]) for k in SHOWN}
    sampled = np.array(["all" in r.meets for r in told], dtype=bool)
    inside = sampled[scores.left] & sampled[scores.right]
    share, weights = _estimated(levels, known, inside, int(sampled.sum()), given)
    signs = np.stack([np.sign(weights[k][levels[:, k]]) for k in ONCE], axis=1).astype(np.int8)
    number = {r.unique_id: k for k, r in enumerate(told)}
    drawn = _fair_groups(len(told))
    return Documents(number, scores.left, scores.right, share, signs, drawn[scores.left] == drawn[scores.right])


def _fair_groups(n: int) -> np.ndarray:
    """For each of `n` documents one of the groups of about `FAIR` into which chance puts them."""
    return np.random.default_rng(n).permutation(n) // FAIR


def _named(mentions: Iterable[PlaceMention], asked: Container[str]) -> dict[str, Place]:
    """The place that each text names most often, of equals the first: a town or nearer, since every text names its country."""
    told: dict[str, list[tuple[str, Place]]] = {}
    for m in sorted(mentions, key=lambda m: (m.document, m.start)):
        if m.document in asked and m.gazetteer_id and m.precision_m is not None and m.precision_m <= COARSE_M:
            place = Place(name=m.name, lat=m.lat, lon=m.lon, precision_m=m.precision_m, gazetteer_id=m.gazetteer_id)
            told.setdefault(m.document, []).append((m.gazetteer_id, place))
    return {d: most for d, named in told.items() if (most := _most(named))}


def _placed(told: Sequence[Row], named: Place | None) -> Row:
    """The row that stands for where a document's event was: of the place that most rows name, of one with a point where any is.

    A report says in its first line where it is written and leaves its claims without a place: then it is where its text names most often.
    """
    sited = [(r.place, r) for r in told if r.place and r.lat is not None]
    row = _most(sited or [(r.place or r.region, r) for r in told if r.place or r.region])
    if named and (row is None or row.lat is None):
        return at_place(told[0], named)
    return row or told[0]


def _as_rows(
    by_document: Mapping[str, Sequence[Row]], words: Mapping[str, Sequence[str]], named: Mapping[str, Place]
) -> list[Row]:
    """A row for each document: what its single events' rows name most often, and the rarest words that another document has too."""
    held = Counter(s for listed in words.values() for s in listed)
    names = sorted(by_document)
    share = min(1.0, SAMPLED / max(1, len(names)))
    drawn = _fair_groups(len(names))
    made = []
    for k, d in enumerate(names):
        told = sorted(by_document[d], key=lambda r: (r.at, r.unique_id))
        placed = _placed(told, named.get(d))
        dated = _most(((r.start_day, r.end_day), r) for r in told if r.start_day is not None) or told[0]
        rare = sorted((s for s in words[d] if held[s] > 1), key=lambda s: (held[s], s))[:RARE]
        made.append(
            msgspec.structs.replace(
                placed, unique_id=d, claims=(d,), event="", sort="document", origin=None, attributed=False, at=0,
                start_day=dated.start_day, end_day=dated.end_day, unit=_most((r.unit, r.unit) for r in told if r.unit),
                counted=None, low=None, high=None, actor=None, realis="", stems=(), rare=tuple(sorted(rare)), facet="",
                meets=(f"group {drawn[k]}", *(("all",) if math.floor((k + 1) * share) > math.floor(k * share) else ())),
            )
        )  # fmt: skip
    return made


def _most(named: Iterable[tuple[Hashable, T]]) -> T | None:
    """What most name, of equals what is named first; nothing where none does."""
    first: dict[Hashable, T] = {}
    counted: Counter[Hashable] = Counter()
    for name, value in named:
        first.setdefault(name, value)
        counted[name] += 1
    return first[max(first, key=counted.__getitem__)] if first else None


def _terms(listed: Sequence[Sequence[str]]) -> sparse.csr_matrix:
    """Documents x words, of unit length, a word weighed by how few documents have it."""
    number: dict[str, int] = {}
    at = np.array([number.setdefault(s, len(number)) for words in listed for s in words], dtype=np.int64)
    ends = np.cumsum([0, *map(len, listed)])
    held = np.bincount(at, minlength=len(number))
    weight = np.log((len(listed) + COMMON) / np.maximum(held, 1))
    found = sparse.csr_matrix((weight[at], at, ends), shape=(len(listed), len(number)))
    length = np.sqrt(np.asarray(found.multiply(found).sum(axis=1)).ravel())
    return sparse.diags(1 / np.maximum(length, 1e-9)) @ found


def _cosines(terms: sparse.csr_matrix, left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """The cosine of each pair, some pairs at once: the words of all pairs together would take gigabytes."""
    parts = (slice(k, k + AT_ONCE) for k in range(0, len(left), AT_ONCE))
    found = [np.asarray(terms[left[p]].multiply(terms[right[p]]).sum(axis=1)).ravel() for p in parts]
    return np.concatenate([np.empty(0), *found])


def _estimated(
    levels: Levels, known: Mapping[int, Comparison], sampled: np.ndarray, n: int, given: DocumentsCompared
) -> tuple[np.ndarray, dict[int, np.ndarray]]:
    """The probability of every pair, and the weights of the levels of each field with a zero at the end for nothing to compare.

    `sampled` are all pairs of `n` documents: they show how often documents agree, of one event and of two, and how many pairs are of one.
    They count like as many pairs as there are documents, since each is in so many, and the file's probabilities like `prior_matches` and
    `prior_others` beside them: in a heap that is all of one event, "any two documents agree" would else come to fit it better than
    "all are of one event". One match among as many pairs as there are documents is expected beforehand. It begins where half of all pairs match.
    """
    each, shown = 2 / max(1, n - 1), levels[sampled]
    prior = {
        (k, of): count * np.array([getattr(x, of) for x in c.levels])
        for k, c in known.items()
        for of, count in (("m", given.prior_matches), ("u", given.prior_others))
    }
    rates = {key: said / said.sum() for key, said in prior.items()}
    share, same = 0.5, np.zeros(len(shown))
    for _ in range(STEPS):
        weights = {k: np.append(np.log2(rates[k, "m"] / rates[k, "u"]), 0.0) for k in known}
        before, same = same, probability(_total(shown, weights, share))
        if np.abs(same - before).max(initial=0.0) < SETTLED:
            break
        share = min(0.999, (float(same.sum()) + 1) / (n * (n - 1) / 2 + n))
        for (k, of), said in prior.items():
            some = shown[:, k] >= 0
            part = same[some] if of == "m" else 1 - same[some]
            found = said + each * np.bincount(shown[some, k], weights=part, minlength=len(said))
            rates[k, of] = found / found.sum()
    return probability(_total(levels, weights, share)), weights


def _total(levels: Levels, weights: Mapping[int, np.ndarray], share: float) -> np.ndarray:
    """Log odds of every pair, where this share of all matches."""
    total = np.full(len(levels), math.log2(share / (1 - share)))
    for k, weight in weights.items():
        total += weight[levels[:, k]]
    return total
