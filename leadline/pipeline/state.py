"""What a reader must know of a case before its figures: stages that are behind, originals that are not what they were."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import msgspec

from leadline.case import Case
from leadline.disk import digest_of
from leadline.ingest.store import Originals
from leadline.ledger import Ledger
from leadline.pipeline.flow import FLOW
from leadline.pipeline.stale import fingerprint_of, judgements_digest
from leadline.schema import JUDGEMENTS

if TYPE_CHECKING:
    from leadline.engine.duckdb import DuckDBEngine

DIGESTED_BYTES = 100_000_000  # of originals whose digest is taken in one look: a second or less


class OriginalsState(msgspec.Struct, frozen=True, kw_only=True):
    """What a look at the originals found: of `n`, all were looked for and measured, `n_digested` read through.

    `damaged` says of each that is not what the ledger says, by its digest, what is wrong.
    """

    n: int
    n_digested: int
    damaged: tuple[str, ...] = ()


def behind(case: Case, ledger: Ledger, engine: DuckDBEngine) -> dict[str, str]:
    """Stages that the next run would compute, each with the reason; of ingest only whether it ever ran.

    The files of the heap are not looked at: they may be gone, and the case stands without them.
    """
    runs, found = ledger.runs(), {}
    for s in FLOW:
        needed = {t.stage for t in s.reads if t is not JUDGEMENTS}
        if s.name not in runs:
            found[s.name] = "never run"
        elif s.name != "ingest" and (
            not needed <= set(runs)
            or runs[s.name]["fingerprint"] != fingerprint_of(s, case, runs, judgements_digest(s, engine), (), {})
        ):
            found[s.name] = "older than what it reads, or than the settings, the judgements or Leadline"
    return found


def look_at_originals(case: Case, ledger: Ledger) -> OriginalsState:
    """Every original by its place and size, and as many as `DIGESTED_BYTES` allow by their digest.

    Where that is not all, others are read each time. `leadline verify` reads all.
    """
    gone = {s for e in ledger.entries("withdrawal") for s in e.payload["originals"]}
    items = ((e.payload["sha256"], e.payload["size"]) for e in ledger.entries("item"))
    listed = {sha256: size for sha256, size in items if sha256 not in gone}
    store, damaged, whole = Originals(case.originals), {}, []
    for sha256, size in listed.items():
        try:
            here = store.path(sha256).stat().st_size
        except OSError:
            damaged[sha256] = "missing"
            continue
        if here != size:
            damaged[sha256] = f"changed: {here:,} bytes, the ledger says {size:,}"
        else:
            whole.append((sha256, size))
    random.SystemRandom().shuffle(whole)
    left, n_digested = DIGESTED_BYTES, 0
    for sha256, size in whole:
        left -= size
        if left < 0:
            break
        n_digested += 1
        if digest_of(store.path(sha256)) != sha256:
            damaged[sha256] = "changed: its digest is another"
    told = tuple(f"originals/{s[:2]}/{s}: {what}" for s, what in sorted(damaged.items()))
    return OriginalsState(n=len(listed), n_digested=n_digested, damaged=told)
