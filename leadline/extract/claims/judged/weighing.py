"""A decision between codes by weighed marks: a multinomial logistic model that was fitted to marked articles.

A claim's marks are named (`cue.write`, `publisher.agency`), most of them 0 or 1; a name that no article of the training had weighs nothing.
Beside them stand numbers, such as the meaning of a sentence. The weights are bytes with a scale for each row.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from leadline.extract.archives import Arrays
from leadline.extract.claims.coded.encoder import Floats, softmax

Marks = Mapping[str, float]


@dataclass(frozen=True)
class Weighing:
    """The codes between which is decided, and what each mark and each number weighs for each of them."""

    codes: tuple[str, ...]
    row: Mapping[str, int]
    table: Floats
    middle: Floats
    dense: Floats
    bias: Floats

    @classmethod
    def read(cls, arrays: Arrays, name: str) -> Weighing:
        """The model stored under a name in an archive; raises `KeyError` where it lacks a part."""

        def plain(part: str) -> Floats:
            stored = np.asarray(arrays[f"{name}.{part}"], dtype=np.float32)
            return stored * np.asarray(arrays[f"{name}.{part}.scale"], dtype=np.float32)

        marks = str(arrays[f"{name}.marks"]).split("\n")
        return cls(
            codes=tuple(map(str, arrays[f"{name}.codes"])),
            row={mark: k for k, mark in enumerate(marks)},
            table=plain("table"),
            middle=np.asarray(arrays[f"{name}.middle"], dtype=np.float32),
            dense=plain("dense"),
            bias=np.asarray(arrays[f"{name}.bias"], dtype=np.float32),
        )

    def chances(self, marks: Sequence[Marks], numbers: Floats) -> Floats:
        """The chance of each code for each claim, `(claims, codes)`; `numbers` has a row for each."""
        scores = (numbers - self.middle) @ self.dense + self.bias
        for k, found in enumerate(marks):
            known = sorted((row, value) for m, value in found.items() if (row := self.row.get(m)) is not None)
            if known:  # sorted: sums depend on their order
                rows, values = zip(*known, strict=True)
                scores[k] += np.asarray(values, dtype=np.float32) @ self.table[list(rows)]
        return softmax(np.asarray(scores, dtype=np.float32))
