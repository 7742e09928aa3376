"""Static word vectors: words of like meaning lie near each other, also those that no taught sentence holds.

The table (`data/meanings.npz`, built by `scripts/build_meanings.py`) gives each of 73,789 English words, under the hash
that spaCy knows it by, one row of bytes. Nothing but the table is needed to read it.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from leadline.errors import CodebookError

FILE = Path(__file__).parents[2] / "data" / "meanings.npz"
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Meanings:
    """Word vectors by spaCy's hash of the small-letter word; `keys` are sorted, `name` says which table this is."""

    keys: Ints
    table: NDArray[np.int8]
    scale: float
    name: str

    @property
    def width(self) -> int:
        """Numbers a word."""
        return int(self.table.shape[1])

    def of(self, lower: Ints, lemma: Ints) -> NDArray[np.float32]:
        """The vectors of words, by form or else by lemma; zeros for words that the table does not have."""
        row = self._rows(lower)
        row = np.where(row >= 0, row, self._rows(lemma))
        found = self.table[row].astype(np.float32) * np.float32(self.scale)
        return np.where((row >= 0)[:, None], found, np.float32(0))

    def _rows(self, hashes: Ints) -> Ints:
        at = np.clip(np.searchsorted(self.keys, hashes), 0, len(self.keys) - 1)
        return np.where(self.keys[at] == hashes, at, -1)


@cache
def load_meanings() -> Meanings:
    """The shipped table, read once a process; raises `CodebookError` where it cannot be read."""
    try:
        with FILE.open("rb") as f, np.load(f, allow_pickle=False) as a:
            return Meanings(
                keys=np.asarray(a["keys"], dtype=np.int64),
                table=np.asarray(a["table"], dtype=np.int8),
                scale=float(a["scale"]),
                name=str(a["name"]),
            )
    except (OSError, ValueError, KeyError, EOFError, BadZipFile, zlib.error) as e:
        raise CodebookError(
            f"the table of word vectors cannot be read ({e})", place=str(FILE), todo="reinstall Leadline"
        ) from e
