"""Realis weighed: the answer of the rules beside what marked articles teach of the words around an event.

A multinomial logistic model over the names of `manner.py`, fitted by `scripts/train_realis.py`; and, where the encoder has read the sentence,
what a layer of it that was taught realis says of the event's word. Neither alone is as often right as both.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from pathlib import Path

import numpy as np

from leadline.extract.archives import Arrays, read_weights
from leadline.extract.claims.coded.encoder import Floats
from leadline.extract.claims.coded.telling import CODES
from leadline.extract.claims.judged.weighing import Weighing
from leadline.schema import Realis

FILE = Path(__file__).parents[2] / "data" / "realis.npz"
RULED = np.float32(1.4)
"""The bonus of the rules' answer, in logarithms of chance, where names alone are weighed."""
HEARD, PLAIN, CUED = np.float32(0.7), np.float32(2.4), np.float32(3.6)
"""Where the sentence was read as a whole: what that weighs beside the names, and the bonus of the rules' answer, the second where a cue shows it."""
FAINT = np.float32(0.01)
AGAIN = "make it again with scripts/train_realis.py"
NO_NUMBERS = np.zeros((1, 0), dtype=np.float32)


@cache
def load_weights() -> Weighing:
    """The shipped weights; raises `CodebookError` where the file is broken or of other codes."""
    return read_weights(FILE, _of_realis, todo=AGAIN)


def _of_realis(arrays: Arrays) -> Weighing:
    found = Weighing.read(arrays, "realis")
    if found.codes != CODES:
        raise ValueError(f"codes {', '.join(found.codes)}")
    return found


def weighed(
    ruled: Realis, names: Iterable[str], weights: Weighing | None = None, heard: Floats | None = None
) -> Realis:
    """The realis of a claim: `ruled` is the rules' answer, `names` its manner; by the shipped weights where no others are given.

    `heard` is the chance of each realis by the sentence as a whole (`coded.telling`), where it was read as one. What a cue shows not to be
    actual never becomes so.

    >>> weighed("actual", ())
    'actual'
    """
    chances = (weights or load_weights()).chances([dict.fromkeys(names, 1.0)], NO_NUMBERS)
    scores = np.log(chances[0] + FAINT)
    if heard is not None:
        scores += HEARD * np.log(heard + FAINT)
        scores[CODES.index(ruled)] += PLAIN if ruled == "actual" else CUED
    else:
        scores[CODES.index(ruled)] += RULED
    best = CODES[int(scores.argmax())]
    return ruled if best == "actual" else best
