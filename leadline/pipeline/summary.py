"""What a run ends with."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgspec

from leadline import schema
from leadline.case import Case
from leadline.codebook import load_codebook
from leadline.errors import InputError
from leadline.ingest.given import read_given, rows_without_item
from leadline.ingest.items import MEDIA
from leadline.judgements import judged_claims
from leadline.pipeline.flow import STAGES
from leadline.pipeline.news import News
from leadline.pipeline.state import OriginalsState

if TYPE_CHECKING:
    from leadline.engine.duckdb import DuckDBEngine


class StageRun(msgspec.Struct, frozen=True, kw_only=True):
    """What happened to one stage in a run."""

    stage: str
    computed: bool
    reason: str
    seconds: float


class Summary(msgspec.Struct, frozen=True, kw_only=True):
    """What a run ends with; the command line prints it."""

    folder: str
    dossier: str
    stages: tuple[StageRun, ...]
    complete: tuple[str, ...]
    kept: int
    refused: int
    unread: int
    claims: int
    sources: int
    origins: int
    incidents: int
    independent: int
    estimates: tuple[schema.Estimate, ...]
    refusals: tuple[schema.Refusal, ...]
    news: News | None = None
    originals: OriginalsState | None = None
    unused_rows: tuple[str, ...] = ()
    attributions: int = 0
    records: int = 0
    codebook: str = ""
    passed_over: tuple[str, ...] = ()


def summarise(
    case: Case,
    engine: DuckDBEngine,
    runs: tuple[StageRun, ...],
    news: News | None = None,
    originals: OriginalsState | None = None,
    passed: Sequence[str] = (),
) -> Summary:
    """Counts from the case's current tables, each meant as the dossier means it; `passed` over were files of the heap."""
    from leadline.publish.view import lines_in_all

    claims = judged_claims(engine)
    incidents = list(engine.records(schema.INCIDENTS, schema.Incident))
    return Summary(
        folder=str(case.folder),
        dossier=os.fspath(case.dossier / "index.html") if case.dossier.exists() else "",
        stages=runs,
        complete=tuple(s for s in STAGES if s in engine.committed),
        kept=engine.count(schema.DOCUMENTS),
        refused=engine.count(schema.REFUSALS),
        unread=engine.count(schema.UNREAD),
        claims=len(claims),
        sources=len({h.canonical for c in claims for h in c.chain}),
        origins=engine.count(schema.ORIGINS),
        incidents=sum(i.is_single_event for i in incidents),
        independent=lines_in_all(incidents, engine.records(schema.ORIGIN_TIES, schema.OriginTie)),
        estimates=tuple(engine.records(schema.ESTIMATES, schema.Estimate)),
        refusals=tuple(engine.records(schema.REFUSALS, schema.Refusal)),
        news=news,
        originals=originals,
        unused_rows=_unused_rows(case, engine),
        attributions=engine.count(schema.ATTRIBUTIONS),
        records=_records(engine),
        codebook=load_codebook(case.settings.codebook or None).file.title,
        passed_over=tuple(passed),
    )


def _records(engine: DuckDBEngine) -> int:
    """Documents that were rows of a table or lines of a list."""
    if "ingest" not in engine.committed:
        return 0
    kinds = engine.read(schema.DOCUMENTS, ["media_type"])["media_type"].to_pylist()
    return sum(k in MEDIA.values() for k in kinds)


def _unused_rows(case: Case, engine: DuckDBEngine) -> tuple[str, ...]:
    """Documents that the collector's table names and the heap does not hold; none where the table is no longer there."""
    try:
        given = read_given(case.settings.meta)
    except InputError:
        return ()
    if not given or "ingest" not in engine.committed:
        return ()
    items = [
        n for t in (schema.DOCUMENTS, schema.REFUSALS) for n in engine.read(t, ["document"])["document"].to_pylist()
    ]
    return tuple(rows_without_item(given, items))
