"""Which stages must run again.

A stage is stale when its own code, the settings that concern it, the content of the files they name, the versions of
the packages that do its work, or the bytes of the tables it reads have changed. A path that exists says nothing.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from leadline.case import Case
from leadline.codebook import content_of
from leadline.disk import digest_of
from leadline.errors import CodebookError
from leadline.pipeline.flow import Stage
from leadline.schema import JUDGEMENTS, Judgement
from leadline.settings import concerning
from leadline.verifier.case import MANIFEST, read_manifest

if TYPE_CHECKING:
    from leadline.engine.duckdb import DuckDBEngine

PACKAGE = Path(__file__).parent.parent
FILE_SETTINGS = ("meta", "codebook", "registers", "gazetteers", "link_parameters", "outlines")


def stale(s: Stage, case: Case, engine: DuckDBEngine, last: Mapping[str, Any] | None, fingerprint: str) -> str:
    """Why the stage must run, or an empty text."""
    if last is None:
        return "never run"
    if last["fingerprint"] != fingerprint:
        return "input, settings or code changed"
    for name, output in last["outputs"].items():
        path = (
            case.dossier / MANIFEST if s.name == "publish" else engine.folder(s.name, fingerprint) / f"{name}.parquet"
        )
        if not path.is_file() or digest_of(path) != output["sha256"]:
            return f"{path.relative_to(case.folder)} is missing or was changed"
    if s.name == "publish":
        return _dossier_changed(case)
    return ""


def _dossier_changed(case: Case) -> str:
    manifest = (case.dossier / MANIFEST).read_text(encoding="utf-8")
    for name, digest in read_manifest(manifest).items():
        path = case.dossier / name
        if not path.is_file() or digest_of(path) != digest:
            return f"dossier/{name} is missing or was changed"
    return ""


def fingerprint_of(
    s: Stage,
    case: Case,
    runs: Mapping[str, Mapping[str, Any]],
    judgements: str,
    paths: Sequence[Path],
    columns: Mapping[str, str],
) -> str:
    """Digest of all that the stage's result depends on; `judgements` is the digest of those that concern it."""
    parts: dict[str, Any] = {
        "stage": s.name,
        "code": code_digest(s),
        "settings": {
            k: _content(k, v) if k in FILE_SETTINGS else v for k, v in concerning(s.name, case.settings).items()
        },
        "packages": {p: _version(p) for p in s.packages},
        "python": list(sys.version_info[:2]),
        "reads": {
            t.name: runs[t.stage]["outputs"].get(t.name, {}).get("sha256") for t in s.reads if t is not JUDGEMENTS
        },
    }
    if judgements:
        parts["judgements"] = judgements
    if s.name == "ingest":
        from leadline.ingest import input_fingerprint

        parts["input"], parts["columns"] = input_fingerprint(paths), dict(columns)
    return hashlib.sha256(msgspec.json.encode(parts, order="deterministic")).hexdigest()


def judgements_digest(s: Stage, engine: DuckDBEngine) -> str:
    """Digest of the judgements that change what a stage finds, empty where there are none.

    Trace asks what people said of origins and of the claims themselves, estimate of the claims alone; a reason given, a day or
    an acceptance changes no table, only the pages.
    """
    if JUDGEMENTS not in s.reads:
        return ""
    held = list(engine.records(JUDGEMENTS, Judgement))
    if s.name == "publish":
        told: list[Any] = held
    else:
        about = {"trace": ("claim", "origin", "line"), "estimate": ("claim",)}.get(s.name, ("claim", "incident"))
        told = [
            (j.decision, j.about, j.left, j.right, j.field, j.value, j.seq, j.by)
            for j in held
            if j.state == "applies" and j.about in about and j.decision != "accept"
        ]
    return hashlib.sha256(msgspec.json.encode(told, order="deterministic")).hexdigest() if told else ""


def code_digest(s: Stage) -> str:
    """Digest of the stage's own files, the records and the data files that it reads."""
    digest = hashlib.sha256()
    for part in sorted((s.name, "schema.py", *s.support)):
        root = PACKAGE / part if (PACKAGE / part).exists() else PACKAGE / f"{part}.py"
        files = sorted(root.rglob("*")) if root.is_dir() else [root]
        for path in files:
            if path.is_file() and "__pycache__" not in path.parts and path.suffix not in {".pyc", ".nbi", ".nbc"}:
                digest.update(f"{path.relative_to(PACKAGE).as_posix()}\0{digest_of(path)}\n".encode())
    return digest.hexdigest()


def _content(key: str, value: Any) -> Any:
    """Digests of the files that a setting names, so that an edited file counts as a changed setting.

    A codebook counts with the bases and the model that it names; one that cannot be read is for the stage to refuse.
    """
    if key == "codebook" and value:
        with suppress(CodebookError, OSError):
            return content_of(value)
    names = [value] if isinstance(value, str) else value
    return [digest_of(Path(n)) if n and Path(n).is_file() else n for n in names]


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "absent"
