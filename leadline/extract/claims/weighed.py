"""Realis weighed: the answer of the rules beside what marked articles teach of the words around an event.

A multinomial logistic model over the names of `manner.py`, fitted by `scripts/train_realis.py`. The answer of the rules has a bonus, so
that it is kept unless the model is sure of another.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import get_args

import numpy as np
from numpy.typing import NDArray

from leadline.errors import CodebookError
from leadline.schema import Realis

FILE = Path(__file__).parents[1] / "data" / "realis.npz"
CODES: tuple[Realis, ...] = get_args(Realis)
RULED = 1.4
"""The bonus of the rules' answer, in logarithms of chance."""
FAINT = 0.01
Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Weights:
    """What each name adds to the score of each code."""

    row: Mapping[str, int]
    weights: Floats
    bias: Floats

    def logs(self, names: frozenset[str]) -> Floats:
        """The logarithms of the chances of the codes."""
        rows = sorted(self.row[n] for n in names if n in self.row)
        scores = self.bias + self.weights[rows].sum(axis=0)
        e = np.exp(scores - scores.max())
        return np.asarray(np.log(e / e.sum() + FAINT), dtype=np.float32)


@cache
def load_weights() -> Weights:
    """The shipped weights; raises `CodebookError` where the file is broken or of other codes."""
    try:
        with np.load(FILE, allow_pickle=False) as archive:
            arrays = dict(archive)
        if tuple(map(str, arrays["codes"])) != CODES:
            raise ValueError("other codes of realis")
        names = str(arrays["names"]).split("\n")
        weights = np.asarray(arrays["weights"], dtype=np.float32)
        if weights.shape != (len(names), len(CODES)):
            raise ValueError(f"{weights.shape} weights of {len(names)} names")
        return Weights({n: k for k, n in enumerate(names)}, weights, np.asarray(arrays["bias"], dtype=np.float32))
    except (OSError, ValueError, KeyError) as e:
        raise CodebookError(str(e), place=str(FILE), todo="make it again with scripts/train_realis.py") from e


def weighed(ruled: Realis, names: frozenset[str]) -> Realis:
    """The realis of a claim: `ruled` is the rules' answer, `names` its manner.

    What a cue shows not to be actual never becomes so.

    >>> weighed("actual", frozenset())
    'actual'
    """
    scores = load_weights().logs(names)
    scores[CODES.index(ruled)] += RULED
    best = CODES[int(scores.argmax())]
    return ruled if best == "actual" else best
