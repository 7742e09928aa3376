"""`leadline why`: from any number, incident, origin, claim or document down to the exact words.

What is shown passes through the masks of the pages: persons outside the register by role, protected places no finer than a
district, nothing of texts in which nobody looked for persons. An id that holds a name is shown masked, and found by that too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from leadline import schema
from leadline.engine import Engine
from leadline.errors import InputError
from leadline.ingest.withdrawn import withdrawal_of
from leadline.judgements.naming import near
from leadline.ledger import Entry, Ledger
from leadline.settings import Settings
from leadline.walk.claims import of_claim, of_document
from leadline.walk.incidents import of_incident, of_origin
from leadline.walk.node import Node, WalkTables
from leadline.walk.numbers import NUMBERS, of_number

__all__ = ["NUMBERS", "Node", "why"]


def why(
    engine: Engine,
    what: str,
    settings: Settings | None = None,
    *,
    names: bool | None = None,
    ledger: Ledger | None = None,
) -> Node:
    """What an id or one of the summary's numbers rests on.

    `what` is the id of a claim, origin, incident or document, or one of `NUMBERS`. `settings` give the register, the codebook
    and whether pages print names; `names` overrules that. With the `ledger`, what was withdrawn is said to be. An unknown id
    is an `InputError` that lists similar ones.

    >>> from leadline.engine.duckdb import DuckDBEngine
    >>> from pathlib import Path
    >>> why(DuckDBEngine(Path("nowhere"), {}), "incidents").title
    '0 incidents'
    """
    settings = settings or Settings()
    t = WalkTables(engine, settings, names=settings.names if names is None else names)
    if what in NUMBERS:
        return of_number(t, what)
    documents = engine.read(schema.DOCUMENTS, ["document"]).column("document").to_pylist()
    kinds: tuple[tuple[Iterable[str], Callable[[str], str], Callable[[WalkTables, str], Node]], ...] = (
        (t.claims, t.masks.claim_name, of_claim),
        (t.incident_of_id, str, of_incident),
        (t.origins, str, of_origin),
        (documents, t.masks.document_id, of_document),
        (documents, t.masks.file_name, of_document),
    )
    for ids, _, describe in kinds:
        if what in ids:
            return describe(t, what)
    meant = [(describe, x) for ids, shown, describe in kinds for x in ids if shown(x) == what]
    if len(meant) == 1:
        describe, known = meant[0]
        return describe(t, known)
    if ledger is not None and (gone := withdrawal_of(ledger, what)) is not None:
        return _withdrawn(t, gone)
    if meant:
        raise InputError(
            f"{len(meant)} ids look like {what!r} where names are masked",
            expected="one of them",
            todo="`--names` shows them as they are (internal use only)",
        )
    every = sorted({shown(x) for ids, shown, _ in kinds for x in ids})
    similar = near(what, every)
    raise InputError(
        f"nothing in the case is called {what!r}",
        expected="the id of a claim, origin, incident or document, or one of " + ", ".join(NUMBERS),
        todo="did you mean " + ", ".join(similar)
        if similar
        else "`leadline why CASE incidents` (or claims, documents) lists the ids",
    )


def _withdrawn(t: WalkTables, entry: Entry) -> Node:
    originals = [f"SHA-256 {sha256}" for sha256 in entry.payload["originals"]]
    return Node(
        title="withdrawn from this case",
        details=(
            f"when: {entry.time}",
            f"reason: {t.masks.all.mask(entry.payload['reason'])}",
            f"ledger entry: {entry.seq}",
            *originals,
        ),
    )
