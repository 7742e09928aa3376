"""Compilation of the inner loops, when numba is there: lazily, cached on disk where that is allowed.

Such loops are plain Python that numba compiles. Without numba the same functions exist, slower, and callers may take a NumPy
path instead; nothing here is imported before a number is needed.
"""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Callable
from functools import lru_cache
from typing import Any

WITHOUT = "LEADLINE_WITHOUT_NUMBA"


@lru_cache(maxsize=1)
def have_numba() -> bool:
    """Whether loops can be compiled (numba is installed and not switched off by `LEADLINE_WITHOUT_NUMBA=1`)."""
    return os.environ.get(WITHOUT, "") in ("", "0") and importlib.util.find_spec("numba") is not None


def jit(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function compiled; as it is where numba is absent.

    The compiled code is kept in the package's `__pycache__` or the user's cache folder. Where neither can be written
    it is compiled anew in each process, which costs seconds and changes no result.
    """
    if not have_numba():
        return function
    from numba import njit

    try:
        compiled: Callable[..., Any] = njit(cache=True, nogil=True, error_model="numpy")(function)
    except RuntimeError:  # no folder for the cache can be written
        compiled = njit(nogil=True, error_model="numpy")(function)
    return compiled
