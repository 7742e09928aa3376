"""Files of trained weights: read once a process, and said to be broken where they are."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from leadline.errors import CodebookError

Arrays = Mapping[str, NDArray[np.generic]]
REINSTALL = "reinstall Leadline"


@cache
def arrays_of(path: Path, called: str = "the weights", *, expected: str = "", todo: str = REINSTALL) -> Arrays:
    """The arrays of an archive by name; raises `CodebookError`, which says what `called` is, where it cannot be read."""
    try:
        with path.open("rb") as f, np.load(f, allow_pickle=False) as archive:
            return dict(archive)
    except (OSError, ValueError, EOFError, BadZipFile, zlib.error) as e:
        raise CodebookError(f"{called} cannot be read ({e})", place=str(path), expected=expected, todo=todo) from e
