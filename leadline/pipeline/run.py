"""Run the flow over a case.

The ledger's latest `run` entry of a stage is the commit point: tables that no entry names do not exist for readers.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

import leadline
from leadline.case import Case, make_room, writing
from leadline.disk import digest_of
from leadline.errors import CaseError
from leadline.ingest.discover import discover, passed_over
from leadline.judgements import decided, resolve_case
from leadline.ledger import Ledger
from leadline.pipeline.dossier import build, settle
from leadline.pipeline.flow import FLOW, STAGES, Stage, stage
from leadline.pipeline.news import compare, snapshot
from leadline.pipeline.stale import fingerprint_of, judgements_digest, stale
from leadline.pipeline.state import look_at_originals
from leadline.pipeline.summary import StageRun, Summary, summarise
from leadline.progress import SILENT, Progress
from leadline.schema import JUDGEMENTS
from leadline.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from leadline.engine.duckdb import DuckDBEngine

TABLE_STAGES = tuple(s for s in STAGES if s != "publish")


def run_case(
    paths: Sequence[Path],
    folder: Path,
    settings: Settings | None = None,
    *,
    start: str | None = None,
    only: str | None = None,
    columns: Mapping[str, str] | None = None,
    progress: Progress = SILENT,
    held: Ledger | None = None,
) -> Summary:
    """Run the flow over a case and return what it found.

    `paths` are the files and folders of the heap; where none are given, the documents already in the case are taken.
    `settings` are kept in the case; None means those it has. `start` recomputes from that stage on, `only` runs one
    stage (and refuses where what it reads is not there). `columns` maps columns of CSV or JSONL input to fields. `held`
    is the case's ledger where the caller has it open for writing already; it stays open.

    Raises `InputError` for unusable input, `CaseError` for an unusable folder; single bad files are refused, listed
    and passed over.

    >>> import tempfile
    >>> heap, case = Path(tempfile.mkdtemp()), Path(tempfile.mkdtemp())
    >>> _ = (heap / "a.txt").write_text("Two soldiers of the 14th brigade refused to fight, the agency said on Friday.")
    >>> run_case([heap], case).kept
    1
    """
    first = STAGES.index(stage(start).name) if start else len(STAGES)
    if only:
        stage(only)
    if not paths and not (folder / "case.toml").exists():
        raise CaseError(
            f"there is no case at {folder}",
            expected="a folder made by `leadline run`",
            todo=f"check the path; a new case needs files or folders: leadline run FOLDER --case {folder}",
        )
    if paths and not (folder / "case.toml").exists():
        discover(paths)  # what names no file at all is refused before a case is made for it
    with writing(folder), _opened(folder, settings, held) as (case, ledger, engine):
        before = snapshot(engine)
        runs = []
        for i, s in enumerate(FLOW):
            if (only and s.name != only) or (s.name == "ingest" and not paths):
                continue
            runs.append(
                _run_stage(
                    s,
                    case,
                    ledger,
                    engine,
                    paths,
                    columns or {},
                    forced=i >= first or s.name == only,
                    progress=progress,
                )
            )
        after = snapshot(engine) if before is not None and any(r.computed for r in runs) else before
        news = compare(before, after) if before is not None and after is not None else None
        return summarise(case, engine, tuple(runs), news, look_at_originals(case, ledger), passed_over(paths))


def recompute(ledger: Ledger, progress: Progress = SILENT) -> None:
    """Bring every stage after ingest up to date with the tables it reads, for whoever has the case open for writing."""
    run_case((), ledger.path.parent, progress=progress, held=ledger)


@contextmanager
def open_case(folder: Path) -> Iterator[tuple[Case, Ledger, DuckDBEngine]]:
    """A case for reading: its paths, its ledger and its current tables."""
    case = Case.open(folder)
    with Ledger.open(case.ledger_path, write=False) as ledger:
        engine = engine_of(case, ledger)
        provide_judgements(ledger, engine)
        yield case, ledger, engine


def engine_of(case: Case, ledger: Ledger) -> DuckDBEngine:
    """The engine over the tables that the ledger says are current."""
    from leadline.engine.duckdb import DuckDBEngine

    current = {s: r["fingerprint"] for s, r in ledger.runs().items() if s in TABLE_STAGES}
    return DuckDBEngine(case.tables, current, batch_size=case.settings.batch_size)


def provide_judgements(ledger: Ledger, engine: DuckDBEngine) -> None:
    """Give the engine the ledger's judgements, found again in the claims as they are now."""
    decisions = decided(ledger)
    engine.provide(JUDGEMENTS, resolve_case(decisions, engine) if decisions else ())


@contextmanager
def _opened(
    folder: Path, settings: Settings | None, held: Ledger | None
) -> Iterator[tuple[Case, Ledger, DuckDBEngine]]:
    """A case for writing, made where there is none; what a stopped run left half done is finished or removed first."""
    make_room(folder)
    with nullcontext(held) if held else Ledger.open(folder / "ledger.sqlite") as ledger:
        case = Case.under(ledger, settings, leadline.__version__)
        engine = engine_of(case, ledger)
        for name in TABLE_STAGES:
            engine.sweep(name)
        settle(case, ledger.runs().get("publish"))
        yield case, ledger, engine


def _note(ledger: Ledger, case: Case, stage_name: str, fingerprint: str, outputs: Mapping[str, Any]) -> None:
    """The run's entry: from here on its outputs are the current ones."""
    payload = {
        "stage": stage_name,
        "fingerprint": fingerprint,
        "outputs": outputs,
        "version": leadline.__version__,
        "case": digest_of(case.folder / "case.toml"),
    }
    ledger.append("run", payload)


def _run_stage(
    s: Stage,
    case: Case,
    ledger: Ledger,
    engine: DuckDBEngine,
    paths: Sequence[Path],
    columns: Mapping[str, str],
    *,
    forced: bool,
    progress: Progress,
) -> StageRun:
    began = time.monotonic()
    if JUDGEMENTS in s.reads:
        provide_judgements(ledger, engine)  # an earlier stage of this run may have coded the claims anew
    for t in s.reads:
        if t is not JUDGEMENTS and t.stage != s.name and t.stage not in engine.committed:
            raise CaseError(
                f"stage {s.name} reads the table {t.name}, which is not there",
                place=str(case.folder),
                todo=f"run `leadline {t.stage}` first, or `leadline run`",
            )
    runs = ledger.runs()
    fingerprint = fingerprint_of(s, case, runs, judgements_digest(s, engine), paths, columns)
    last = runs.get(s.name)
    reason = stale(s, case, engine, last, fingerprint)
    if not reason and not forced:
        return StageRun(stage=s.name, computed=False, reason="unchanged", seconds=time.monotonic() - began)
    progress.begin(s.name)
    if s.name == "publish":
        _note(ledger, case, s.name, fingerprint, build(s, case, engine, progress))
        settle(case, ledger.runs()["publish"])
        return StageRun(stage=s.name, computed=True, reason=reason or "asked for", seconds=time.monotonic() - began)
    engine.begin(s.name)
    try:
        if s.name == "ingest":
            s.load()(
                paths,
                engine=engine,
                ledger=ledger,
                case=case,
                settings=case.settings,
                progress=progress,
                columns=columns or None,
            )
        else:
            s.load()(engine, case.settings, progress)
    except BaseException:
        engine.abandon()
        raise
    _note(ledger, case, s.name, fingerprint, engine.seal(s.name, fingerprint))
    engine.commit(s.name, fingerprint)
    return StageRun(stage=s.name, computed=True, reason=reason or "asked for", seconds=time.monotonic() - began)
