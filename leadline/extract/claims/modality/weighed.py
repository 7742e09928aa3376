"""Realis weighed: the answer of the rules beside what marked articles teach of the words around an event.

A multinomial logistic model over the names of `manner.py`, fitted by `scripts/train_realis.py`. The answer of the rules has a bonus, so
that it is kept unless the model is sure of another.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import get_args

import numpy as np

from leadline.extract.archives import Arrays, read_weights
from leadline.extract.claims.judged.weighing import Weighing
from leadline.schema import Realis

FILE = Path(__file__).parents[2] / "data" / "realis.npz"
CODES: tuple[Realis, ...] = get_args(Realis)
RULED = 1.4
"""The bonus of the rules' answer, in logarithms of chance."""
FAINT = 0.01
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


def weighed(ruled: Realis, names: Iterable[str], weights: Weighing | None = None) -> Realis:
    """The realis of a claim: `ruled` is the rules' answer, `names` its manner; by the shipped weights where no others are given.

    What a cue shows not to be actual never becomes so.

    >>> weighed("actual", ())
    'actual'
    """
    chances = (weights or load_weights()).chances([dict.fromkeys(names, 1.0)], NO_NUMBERS)
    scores = np.log(chances[0] + np.float32(FAINT))
    scores[CODES.index(ruled)] += RULED
    best = CODES[int(scores.argmax())]
    return ruled if best == "actual" else best
