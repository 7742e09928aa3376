"""The ledger's one table, to which triggers allow nothing but an append at the end."""

from __future__ import annotations

import sqlite3
from functools import cache
from typing import Literal, get_args

from leadline.verifier.chain import GENESIS

Kind = Literal["item", "refusal", "run", "judgement", "withdrawal", "anchor"]
KINDS: tuple[str, ...] = get_args(Kind)

SCHEMA = (
    f"""CREATE TABLE entries (
  seq INTEGER PRIMARY KEY,
  time TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ({", ".join(f"'{k}'" for k in KINDS)})),
  payload TEXT NOT NULL,
  previous TEXT NOT NULL,
  hash TEXT NOT NULL
) STRICT""",
    "CREATE INDEX entries_by_payload ON entries (kind, payload)",
    f"""CREATE TRIGGER entries_append BEFORE INSERT ON entries
WHEN NEW.seq IS NOT (SELECT coalesce(max(seq), 0) + 1 FROM entries)
  OR NEW.previous IS NOT coalesce((SELECT hash FROM entries ORDER BY seq DESC LIMIT 1), '{GENESIS}')
BEGIN SELECT raise(ABORT, 'the ledger only grows at its end'); END""",
    """CREATE TRIGGER entries_update BEFORE UPDATE ON entries
BEGIN SELECT raise(ABORT, 'the ledger only grows: entries are never changed'); END""",
    """CREATE TRIGGER entries_delete BEFORE DELETE ON entries
BEGIN SELECT raise(ABORT, 'the ledger only grows: entries are never removed'); END""",
)
COLUMNS = "seq, time, kind, payload, previous, hash"


def definitions(connection: sqlite3.Connection) -> set[tuple[str, str, str]]:
    """Type, name and statement of all that a database defines."""
    query = "SELECT type, name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite_stat%'"
    return {tuple(row) for row in connection.execute(query)}


@cache
def own_definitions() -> set[tuple[str, str, str]]:
    """What `SCHEMA` defines, as SQLite keeps it."""
    connection = sqlite3.connect(":memory:")
    try:
        for statement in SCHEMA:
            connection.execute(statement)
        return definitions(connection)
    finally:
        connection.close()
