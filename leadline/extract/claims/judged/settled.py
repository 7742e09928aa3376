"""What is said of checking of each claim, settled from the likeliest sentence of each code, the words of doubt, and claims that are at odds.

A logistic model weighs names and how likely each code's likeliest sentence covers the claim; boosted trees see besides what lies between
that sentence and the claim, and by what medium it came. Each errs by itself: their mean is nearer the truth than either, on real articles too.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from leadline.extract.archives import Arrays
from leadline.extract.claims.coded.encoder import Floats, softmax
from leadline.extract.claims.judged.carried import places_of
from leadline.extract.claims.judged.checked import CODES, doubtful_words
from leadline.extract.claims.judged.page import Page, Told
from leadline.extract.claims.judged.trees import Trees
from leadline.extract.claims.judged.weighing import Marks, Weighing

STATED = 1.3
"""What the chance of a stated verification is raised by: articles left out had as many right codes as without, and more of the stated ones."""
VERIFIED = 0.75
"""And that of `verified`, the worst to tell wrongly: in articles left out 28 of 83 told are wrong, where with the factor of the others 58 of 139 were."""
FAR = 30
"""Sentences around a claim in which claims are looked for that are at odds with it; where there is none it is as far."""
MOST = 3
BETWEEN = (
    "away", "paragraphs away", "same paragraph", "speaks there", "hop speaks there", "ruled", "could not", "alike", "shared words",
    "recording by recording", "how late", *(f"says {code}" for code in CODES),
)  # fmt: skip
"""Numbers of a pair (`pairing.py`) that are seen of the likeliest sentence of each code."""


@dataclass(frozen=True)
class Covered:
    """Of one claim: for each stated code how likely a sentence of that code covers it, and the numbers of the likeliest such pair."""

    chances: Floats
    pairs: Mapping[int, Mapping[str, float]]


@dataclass(frozen=True)
class Settling:
    """Both models of a claim's verification; of the trees, those of each code."""

    weighing: Weighing
    trees: tuple[Trees, ...]

    @classmethod
    def read(cls, arrays: Arrays) -> Settling:
        """The models of an archive; raises `KeyError` where it lacks a part."""
        return cls(Weighing.read(arrays, "verification"), tuple(Trees.read(arrays, f"settling {c}") for c in CODES))

    def chances(
        self, marks: Sequence[Marks], covered: Sequence[Covered], media: Sequence[Mapping[str, float]]
    ) -> Floats:
        """The chance of each code for each claim, `(claims, codes)`, the stated ones raised; they need not add up to 1."""
        weighed = self.weighing.chances(marks, np.array([c.chances for c in covered], dtype=np.float32))
        names = self.trees[0].names
        seen = [numbers_of(*of_claim) for of_claim in zip(marks, covered, media, strict=True)]
        rows = np.array([[row.get(n, 0.0) for n in names] for row in seen], dtype=np.float32)
        grown = softmax(np.stack([t.scores(rows) for t in self.trees], axis=1))
        return raised(np.asarray((weighed + grown) / 2, dtype=np.float32))


def raised(chances: Floats) -> Floats:
    """Chances of codes, `(claims, codes)`, with those of a stated verification raised, but for `verified`; they no longer add up to 1."""
    factors = {"not-stated": 1.0, "verified": VERIFIED}
    return np.asarray(chances * [factors.get(code, STATED) for code in CODES], dtype=np.float32)


def numbers_of(marks: Marks, covered: Covered, media: Mapping[str, float]) -> dict[str, float]:
    """All that the trees see of a claim, by name."""
    found = dict(marks) | {f"by {medium}": p for medium, p in media.items()}
    for n, code in enumerate(CODES[1:]):
        found[f"covered {code}"] = float(covered.chances[n])
        pair = covered.pairs.get(n)
        if pair is not None:
            found |= {f"{code}: {name}": pair[name] for name in BETWEEN}
    return found


def words_of(told: Sequence[Told], page: Page) -> list[Marks]:
    """Of each claim what shows its verification without any sentence on checking: words of doubt, what the rules say, claims at odds with it."""
    speakers = places_of(told, page)[1]
    odds = at_odds(
        [x.claim.event for x in told],
        [x.claim.realis == "denied" for x in told],
        [x.claim.medium == "official-statement" for x in told],
        speakers,
        [x.k for x in told],
        [page.paragraphs[x.k] for x in told],
    )
    return [doubtful_words(x, page) | more for x, more in zip(told, odds, strict=True)]


def at_odds(
    events: Sequence[str],
    denied: Sequence[bool],
    official: Sequence[bool],
    speakers: Sequence[str],
    sentences: Sequence[int],
    paragraphs: Sequence[int],
) -> list[dict[str, float]]:
    """For each claim the claims of others around it that deny where it tells, or tell where it denies, and the next official answer.

    Claims are in the order of their sentences; what is further than `FAR` is not looked at.
    """
    everyone, found = range(len(events)), []
    share = sum(denied) / max(1, len(events))
    for j in everyone:
        first, last = bisect_left(sentences, sentences[j] - FAR), bisect_right(sentences, sentences[j] + FAR)
        against = [i for i in range(first, last) if denied[i] != denied[j] and speakers[i] != speakers[j]]
        same = [i for i in against if events[i] == events[j]]
        answers = (sentences[i] for i in range(j, last) if events[i] == "official-response")
        after = min((k - sentences[j] for k in answers if k > sentences[j]), default=FAR)
        found.append(
            {
                "is denied": float(denied[j]),
                "against": float(min(MOST, len(against))),
                "against of event": float(min(MOST, len(same))),
                "against near": _nearness(j, against, sentences),
                "against of event near": _nearness(j, same, sentences),
                "against in paragraph": float(any(paragraphs[i] == paragraphs[j] for i in against)),
                "against by office": float(any(official[i] for i in against)),
                "answered soon": 1 / min(FAR, after),
                "share denied": share,
                "claims": min(FAR, len(events)) / 10,
            }
        )
    return found


def _nearness(j: int, others: Sequence[int], sentences: Sequence[int]) -> float:
    return 1 / (1 + min((abs(sentences[i] - sentences[j]) for i in others), default=FAR))
