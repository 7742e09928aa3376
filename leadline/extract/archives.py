"""Files of trained weights: read once a process, and said to be broken where they are."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import TypeVar
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from leadline.errors import CodebookError

Arrays = Mapping[str, NDArray[np.generic]]
REINSTALL = "reinstall Leadline"
Read = TypeVar("Read")


@cache
def arrays_of(path: Path, called: str = "the weights", *, expected: str = "", todo: str = REINSTALL) -> Arrays:
    """The arrays of an archive by name; raises `CodebookError`, which says what `called` is, where it cannot be read."""
    try:
        with path.open("rb") as f, np.load(f, allow_pickle=False) as archive:
            return dict(archive)
    except (OSError, ValueError, EOFError, BadZipFile, zlib.error) as e:
        raise CodebookError(f"{called} cannot be read ({e})", place=str(path), expected=expected, todo=todo) from e


def read_weights(path: Path, read: Callable[[Arrays], Read], *, todo: str = REINSTALL) -> Read:
    """What `read` makes of the arrays of an archive; raises `CodebookError` also where it lacks one of them."""
    arrays = arrays_of(path, todo=todo)
    try:
        return read(arrays)
    except (ValueError, KeyError) as e:
        raise CodebookError(f"the weights lack a part ({e})", place=str(path), todo=todo) from e
