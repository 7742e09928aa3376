"""Take one item's content out of a case: the original, its rows, everything derived from it, pages and exports.

The commit point is one ledger transaction that says what was withdrawn and names the documents table without it; it is
written after that table is in place. What is then left to delete is deleted by this run, or, where it was stopped, by
repeating the command. Digest, entry and reason stay in the ledger, so that a verifier can tell *withdrawn* from lost.

Files are unlinked. Whether the disk still holds their blocks is up to the file system: on drives that matter, encrypt.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

import leadline
from leadline.case import Case, writing
from leadline.custody.remains import Remains, find_remains, remains_in, sequences
from leadline.engine.duckdb import STAGES, DuckDBEngine
from leadline.errors import InputError
from leadline.ingest.store import Originals, digest
from leadline.ingest.withdrawn import SHORTEST_PREFIX, text_digest, withdrawn_refusal
from leadline.ledger import Entry, Ledger
from leadline.schema import DOCUMENTS, REFUSALS, Document, Refusal
from leadline.verifier.case import SEALED


class Withdrawal(msgspec.Struct, frozen=True, kw_only=True):
    """What was done. `remains` lists what else in the case shares five words in a row with the withdrawn texts."""

    originals: tuple[str, ...]
    documents: tuple[str, ...]
    reason: str
    repeated: bool
    remains: tuple[Remains, ...]


class _Target(msgspec.Struct, kw_only=True):
    """What is withdrawn: digests of originals and texts, names of documents, and the words to look for afterwards."""

    originals: set[str]
    texts: set[str] = msgspec.field(default_factory=set)
    documents: set[str] = msgspec.field(default_factory=set)
    words: set[int] = msgspec.field(default_factory=set)


def withdraw(folder: Path, item_id: str, reason: str, *, recompute: Callable[[Ledger], object]) -> Withdrawal:
    """Withdraw an item, named by its document id or by the first eight or more digits of its SHA-256.

    Documents with the same bytes, or the same words in another format, go with it. Everything derived is removed, then
    `recompute(ledger)` is called to rebuild the later stages from the documents that remain; nobody else can write to the
    case before that is done. Killed at any moment, the same call finishes the work.

    Raises `InputError` where no item, or more than one, is meant, or where the reason is empty.
    """
    if not reason.strip():
        raise InputError("no reason was given", expected="why the item is withdrawn; the ledger keeps it", todo="--reason TEXT")  # fmt: skip
    case = Case.open(folder)
    with writing(folder), Ledger.open(case.ledger_path) as ledger:
        named = _resolve(ledger, item_id, case)
        done = [e for e in ledger.entries("withdrawal") if named & set(e.payload["originals"])]
        if done:
            target = _Target(originals={s for e in done for s in e.payload["originals"]})
            reason = str(done[-1].payload["reason"])
        else:
            target = _commit(case, ledger, named, reason)
        _erase(case, ledger, target.originals)
        recompute(ledger)
        remains = list(find_remains(folder, target.words))
    remains += remains_in(folder, folder / SEALED, target.words)
    return Withdrawal(
        originals=tuple(sorted(target.originals)),
        documents=tuple(sorted(target.documents)),
        reason=reason,
        repeated=bool(done),
        remains=tuple(remains),
    )


def _resolve(ledger: Ledger, item_id: str, case: Case) -> set[str]:
    """Digests of the originals that the id names."""
    wanted = item_id.removeprefix("withdrawn-")
    by_name, by_prefix = set(), set()
    name_sha256 = digest(item_id.encode("utf-8", "surrogatepass"))
    for entry in ledger.entries("item"):
        sha256 = entry.payload["sha256"]
        if entry.payload["name_sha256"] == name_sha256:
            by_name.add(sha256)
        if len(wanted) >= SHORTEST_PREFIX and sha256.startswith(wanted.lower()):
            by_prefix.add(sha256)
    if by_name:
        return by_name
    if len(by_prefix) == 1:
        return by_prefix
    raise InputError(
        f"{len(by_prefix)} items have a digest that begins with {item_id}" if by_prefix else f"no item is called {item_id!r}",
        place=str(case.folder),
        expected="a document's id as in documents.jsonl, or eight or more digits of its SHA-256",
        todo="`leadline export` lists the documents",
    )  # fmt: skip


def _commit(case: Case, ledger: Ledger, named: set[str], reason: str) -> _Target:
    """Write the documents table without the item, then say so in one transaction."""
    target = _Target(originals=set(named))
    last = _last_run(ledger, "ingest")
    entries: list[tuple[str, dict[str, Any]]] = []
    run: dict[str, Any] | None = None
    if last is not None:
        run = _rewrite_tables(case, ledger, last.payload, target)
    payload = {"originals": sorted(target.originals), "texts": sorted(target.texts), "reason": reason}
    entries.append(("withdrawal", payload))
    if run is not None:
        entries.append(("run", run))
    ledger.extend(entries)
    return target


def _rewrite_tables(case: Case, ledger: Ledger, run: dict[str, Any], target: _Target) -> dict[str, Any]:
    """New tables of the stage ingest; returns the run entry that makes them the current ones."""
    committed, size = {"ingest": str(run["fingerprint"])}, case.settings.batch_size
    old, new = (DuckDBEngine(case.tables, committed, batch_size=size) for _ in range(2))
    for document in old.records(DOCUMENTS, Document):
        if document.sha256 in target.originals:
            target.texts.add(text_digest(document.text))
    for document in old.records(DOCUMENTS, Document):
        if document.sha256 in target.originals or text_digest(document.text) in target.texts:
            target.originals.add(document.sha256)
            target.documents.add(document.document)
            target.words |= sequences(document.text)
    sizes = {e.payload["sha256"]: e.payload["size"] for e in ledger.entries("item")}
    new.begin("ingest")
    try:
        with new.writer(DOCUMENTS) as out:
            for batch in old.batches(DOCUMENTS):
                out.write(d for d in batch if isinstance(d, Document) and d.document not in target.documents)
        refusals = {r.document: r for r in old.records(REFUSALS, Refusal)}
        for sha256 in target.originals:
            refusal = withdrawn_refusal(sha256, sizes.get(sha256))
            refusals[refusal.document] = refusal
        new.write(REFUSALS, [refusals[name] for name in sorted(refusals)])
    except BaseException:
        new.abandon()
        raise
    parts = msgspec.json.encode(["withdrawal", run["fingerprint"], sorted(target.originals)])
    fingerprint = hashlib.sha256(parts).hexdigest()
    outputs = new.seal("ingest", fingerprint)
    return {"stage": "ingest", "fingerprint": fingerprint, "outputs": outputs, "version": leadline.__version__}


def _erase(case: Case, ledger: Ledger, originals: set[str]) -> None:
    """Delete everything that could hold the content; what is deleted already is no error."""
    for name in ("dossier", ".dossier-new", ".dossier-old", "exports"):
        shutil.rmtree(case.folder / name, ignore_errors=True)
    last = _last_run(ledger, "ingest")
    engine = DuckDBEngine(case.tables, {"ingest": str(last.payload["fingerprint"])} if last else {})
    for stage in STAGES:
        engine.sweep(stage)
    store = Originals(case.originals)
    for sha256 in sorted(originals):
        store.delete(sha256)


def _last_run(ledger: Ledger, stage: str) -> Entry | None:
    last = None
    for entry in ledger.entries("run"):
        if entry.payload["stage"] == stage:
            last = entry
    return last
