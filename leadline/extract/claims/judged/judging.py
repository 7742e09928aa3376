"""What marked articles taught about media and checking, and where it takes the place of what the rules say.

The weights (`data/judging.npz`: of sentences on checking by `scripts/train_hearing.py`, of media by `scripts/train_media.py`, the others by
`scripts/train_judging.py`) read meanings of sentences, so they belong to one encoder: a codebook with another one, or with none, is read by the rules alone.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import msgspec
import numpy as np
from spacy.tokens import Token

from leadline.extract.archives import Arrays, arrays_of, read_weights
from leadline.extract.claims.coded.sentences import WHOLE
from leadline.extract.claims.judged.carried import carried_by
from leadline.extract.claims.judged.checked import (
    CODES,
    HEARD,
    RESERVED,
    Checking,
    contrary_to,
    hear,
    hedge_of,
    signs_of,
    suspects,
)
from leadline.extract.claims.judged.page import Page, Told
from leadline.extract.claims.judged.pairing import APART, pairs_of_each, with_media
from leadline.extract.claims.judged.settled import Covered, Settling, words_of
from leadline.extract.claims.judged.trees import Trees
from leadline.extract.claims.judged.weighing import Weighing
from leadline.schema import Claim, FieldSpan, Verification

FILE = Path(__file__).parents[2] / "data" / "judging.npz"


@dataclass(frozen=True)
class Judges:
    """The fitted models: two of the medium, the second of which sees what the first made of the claims around; of what a sentence says on checking,
    of whether it covers a claim, and of what a claim's verification is.
    """

    medium: tuple[Weighing, Weighing]
    sentences: Weighing
    covering: Trees
    verification: Settling

    @classmethod
    def read(cls, arrays: Arrays) -> Judges:
        """The models of an archive; raises `KeyError` where it lacks a part."""
        return cls(
            medium=(Weighing.read(arrays, "medium"), Weighing.read(arrays, "medium again")),
            sentences=Weighing.read(arrays, "sentences"),
            covering=Trees.read(arrays, "covering"),
            verification=Settling.read(arrays),
        )

    def judge(self, told: Sequence[Told], page: Page) -> list[Told]:
        """The claims of a text with the likeliest medium and verification of each; those of a few sentences as the rules have them."""
        if not told or len(page.sentences) < WHOLE:
            return list(told)
        codes, chances = self.medium[1].codes, carried_by(told, page, *self.medium)
        media = [dict(zip(codes, row, strict=True)) for row in chances.tolist()]
        heard = self.heard(page)
        covered, shown = self.covered(told, page, heard, media)
        marks = words_of(told, page)
        checked = self.verification.chances(marks, covered, media)
        found = []
        relayed = (
            page.publisher is not None and page.publisher.relays
        )  # what it carries is known, and no article was one
        for j, x in enumerate(told):
            medium = x.claim.medium if relayed else codes[int(chances[j].argmax())]
            claim = msgspec.structs.replace(x.claim, medium=medium)
            code = CODES[int(checked[j].argmax())]
            if code == "not-stated" and claim.verification == "unverified" and not RESERVED.isdisjoint(marks[j]):
                code = claim.verification
            word = shown.get((j, code)) or hedge_of(x, page, code) or contrary_to(x, near(told, x), code)
            found.append(replace(x, claim=_checked(claim, code, word)))
        return found

    def heard(self, page: Page) -> list[Checking]:
        """The sentences of a text that say something on checking."""
        suspected = suspects(page)
        if not suspected:
            return []
        page.meanings.read(suspected)
        signs = [signs_of(page.sentences[k]) for k in suspected]
        chances = self.sentences.chances(signs, np.array([page.meaning(k) for k in suspected]))
        return [hear(k, p, page) for k, p in zip(suspected, chances, strict=True) if 1 - p[0] >= HEARD]

    def covered(
        self, told: Sequence[Told], page: Page, heard: Sequence[Checking], media: Sequence[Mapping[str, float]]
    ) -> tuple[list[Covered], dict[tuple[int, Verification], Token]]:
        """For each claim the likeliest sentence of each code that covers it; and for each of these the word that shows it."""
        best = np.zeros((len(told), len(CODES) - 1), dtype=np.float32)
        likeliest_pairs: list[dict[int, Mapping[str, float]]] = [{} for _ in told]
        shown: dict[tuple[int, Verification], Token] = {}
        names = self.covering.names
        for found in pairs_of_each(told, page, heard):
            rows = [with_media(numbers, media[j]) for j, _, numbers in found]
            chances = self.covering.chances(np.array([[row[n] for n in names] for row in rows], dtype=np.float32))
            for (j, n, _), row, p in zip(found, rows, chances.tolist(), strict=True):
                code = heard[n].code
                if p > best[j, code - 1]:
                    best[j, code - 1] = p
                    likeliest_pairs[j][code - 1] = row
                    shown[j, CODES[code]] = heard[n].cue
        return [Covered(c, pairs) for c, pairs in zip(best, likeliest_pairs, strict=True)], shown


def near(told: Sequence[Told], x: Told) -> Sequence[Told]:
    """The claims that stand no further from one than what covers it."""
    low, high = x.k - APART, x.k + APART
    return told[bisect_left(told, low, key=lambda y: y.k) : bisect_right(told, high, key=lambda y: y.k)]


def _checked(claim: Claim, code: Verification, word: Token | None) -> Claim:
    """A claim with a verification and the word that shows it; where no word does, what the rules said stands."""
    if code == claim.verification or (word is None and code != "not-stated"):
        return claim
    spans = [s for s in claim.spans if s.field != "verification"]
    if word is not None:
        spans.append(FieldSpan(field="verification", start=word.idx, end=word.idx + len(word)))
    return msgspec.structs.replace(claim, verification=code, spans=tuple(spans))


def judges_for(encoder: str) -> Judges | None:
    """The fitted models, None where they were not fitted with the encoder of this fingerprint."""
    return _judges() if encoder and str(arrays_of(FILE)["encoder"]) == encoder else None


@cache
def _judges() -> Judges:
    return read_weights(FILE, Judges.read)
