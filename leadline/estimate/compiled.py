"""Compilation of the inner loops of the estimators (`leadline.compiled`)."""

from __future__ import annotations

from leadline.compiled import have_numba, jit

__all__ = ["have_numba", "jit"]
