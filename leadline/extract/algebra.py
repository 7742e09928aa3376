"""Matrix products of the models: NumPy's BLAS in one thread.

spaCy's own product (BLIS) reaches a third of the speed of NumPy's (OpenBLAS) where the processor has wide vectors. With
one thread the sums, and with them the results, are the same whatever the number of cores.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache

from spacy.language import Language
from thinc.api import Model, NumpyOps
from threadpoolctl import ThreadpoolController

OPS = NumpyOps(use_blis=False)


def use_numpy(language: Language) -> None:
    """Let the networks of a spaCy pipeline multiply by NumPy."""
    for _, pipe in language.pipeline:
        model = getattr(pipe, "model", None)  # the lemmatizer's is None, a rule has none
        if isinstance(model, Model):
            for node in model.walk():
                node.ops = OPS


@lru_cache(maxsize=1)
def _controller(_modules: int) -> ThreadpoolController:
    """The libraries of algebra that are loaded once so many modules are: a later import may bring in one more."""
    return ThreadpoolController()


_within: ContextVar[bool] = ContextVar("_within", default=False)


@contextmanager
def one_thread() -> Iterator[None]:
    """Within this block NumPy multiplies in one thread; a block within another costs nothing."""
    if _within.get():
        yield
        return
    outside = _within.set(True)
    try:
        with _controller(len(sys.modules)).limit(limits=1, user_api="blas"):
            yield
    finally:
        _within.reset(outside)
