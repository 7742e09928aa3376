"""Which pairs are compared: only those that share something telling, and only claims of one sort.

A pair is compared where it shares an origin, a document, a named place, a unit, a count of the same thing, its days, or two rare
words of its wording. What more than `LIMIT` rows share (a besieged town, a day of many reports, a statement that everybody quotes)
tells little by itself and would cost the square of their number: such *hubs* are compared only where a second thing is
shared with them, or a third; the months of the event and of publication count as such. Rows that still agree in three
hubs are compared with their neighbours in order of publication, and with `SPREAD` of them all. So the number of pairs grows with the rows.
"""

from __future__ import annotations

from typing import Any

import pyarrow as pa

LIMIT = 100
"""Rows that one key brings together; a key with more is a hub."""
SPREAD = 20
"""Rows of what shares three hubs with which all others there are compared, spread over the time: what tells early and late reports of
one event from those of two."""
WORDS = 6
"""Hubs of words that a row has beside the others, the smallest ones: what is combined grows with the cube of a row's hubs."""
MONTH = 30
KEYS = {
    "origin": "hash('origin', sort, origin)",
    "document": "hash('document', sort, document)",
    "place": "hash('place', sort, place)",
    "unit": "hash('unit', sort, unit)",
    "counted": "hash('counted', sort, counted, low, high)",
    "start_day": "hash('days', sort, start_day, end_day)",
}
MONTHS = (("month", "(start_day + end_day) // 2"), ("reported", "reported_start"))
"""Never alone: half-overlapping months, so that two days within two weeks of each other share one."""


def with_tokens(connection: Any, rows: pa.Table, *, spread: bool = True) -> pa.Table:
    """The rows (with an integer `id`) and in `tokens` the keys by which they are compared, at most `LIMIT` rows each.

    Keys are hashes; that two meet by chance costs a comparison and nothing else.
    """
    connection.register("link_rows", rows)
    try:
        connection.execute(f"CREATE OR REPLACE TEMP TABLE link_keys AS {_keys()}")
        connection.execute(_sized("link_sized", "SELECT id, t, weak, wordy FROM link_keys WHERE NOT weak"))
        connection.execute(
            "CREATE OR REPLACE TEMP TABLE link_hubs AS "
            f"SELECT id, t, weak FROM link_sized WHERE n > {LIMIT} "
            f"QUALIFY NOT wordy OR row_number() OVER (PARTITION BY id, wordy ORDER BY n, t) <= {WORDS} "
            "UNION ALL SELECT k.id, k.t, true FROM link_keys k "
            f"WHERE k.weak AND k.id IN (SELECT id FROM link_sized WHERE n > {LIMIT})"
        )
        connection.execute(
            _sized(
                "link_twos",
                "SELECT a.id, hash(a.t, b.t) AS t, a.t AS first, b.t AS second FROM link_hubs a JOIN link_hubs b "
                "ON a.id = b.id AND (NOT a.weak OR NOT b.weak) AND a.t < b.t",
            )
        )
        connection.execute(
            _sized(
                "link_threes",
                "SELECT a.id, hash(a.t, b.t) AS t, any_value(r.reported_start) AS reported "
                f"FROM link_twos a JOIN link_hubs b ON a.id = b.id AND a.second < b.t JOIN link_rows r ON r.id = a.id "
                f"WHERE a.n > {LIMIT} GROUP BY a.id, hash(a.t, b.t)",
            )
        )
        return connection.sql(_collected(SPREAD if spread else 0)).to_arrow_table()
    finally:
        for name in ("link_keys", "link_sized", "link_hubs", "link_twos", "link_threes"):
            connection.execute(f"DROP TABLE IF EXISTS {name}")
        connection.unregister("link_rows")


def _keys() -> str:
    strong = [
        f"SELECT id, {key} AS t, false AS weak, false AS wordy FROM link_rows WHERE {field} IS NOT NULL"
        for field, key in KEYS.items()
    ]
    strong.append(
        "SELECT id, hash('words', sort, k) AS t, false AS weak, true AS wordy "
        "FROM (SELECT id, sort, unnest(keys) AS k FROM link_rows)"
    )
    weak = [
        f"SELECT id, hash('{name}', sort, {shift}, ({day} + {shift}) // {MONTH}) AS t, true AS weak, false AS wordy FROM link_rows "
        f"WHERE {day} IS NOT NULL"
        for name, day in MONTHS
        for shift in (0, MONTH // 2)
    ]
    return " UNION ALL ".join([*strong, *weak])


def _sized(name: str, query: str) -> str:
    """A table of keys with the number of rows of each; keys of one row bring nothing together."""
    return (
        f"CREATE OR REPLACE TEMP TABLE {name} AS SELECT * FROM "
        f"(SELECT *, count(*) OVER (PARTITION BY t) AS n FROM ({query})) WHERE n > 1"
    )


def _collected(spread: int) -> str:
    half = LIMIT // 2
    ranked = f"SELECT id, t, n, row_number() OVER (PARTITION BY t ORDER BY reported, id) AS k FROM link_threes WHERE n > {LIMIT}"
    return f"""
        SELECT r.*, coalesce(x.tokens, []) AS tokens FROM link_rows r LEFT JOIN (
          SELECT id, list(DISTINCT t ORDER BY t) AS tokens FROM (
            SELECT id, t FROM link_sized WHERE n <= {LIMIT}
            UNION ALL SELECT id, t FROM link_twos WHERE n <= {LIMIT}
            UNION ALL SELECT id, t FROM link_threes WHERE n <= {LIMIT}
            UNION ALL SELECT id, hash(t, 0, k // {half}) FROM ({ranked})
            UNION ALL SELECT id, hash(t, 1, (k + {half // 2}) // {half}) FROM ({ranked})
            UNION ALL SELECT id, hash(t, 0, unnest(range(n // {half} + 1))) FROM ({ranked})
              WHERE (k * {spread}) // n > ((k - 1) * {spread}) // n
            UNION ALL SELECT id, hash('meets', j) FROM (SELECT id, unnest(meets) AS j FROM link_rows)
          ) GROUP BY id) x USING (id) ORDER BY r.id
    """
