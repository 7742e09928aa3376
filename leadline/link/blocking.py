"""Which pairs are compared: only those that share something telling, and only claims of one sort."""

from __future__ import annotations

from typing import Any


def blocking_rules(*, judged: bool = False) -> list[Any]:
    """Splink blocking rules. Every rule also asks for the same sort (kind of event; single, series, historical …).

    A pair is compared where it shares an origin, a document, a named place, a unit, a count of the same thing, the first day, or two
    rare words of its wording. Each of these is rare enough that the number of pairs grows with the heap, not its square.
    With `judged`, what people judged is compared whatever its sort.
    """
    from splink import block_on

    rules = [
        block_on("sort", "origin"),
        block_on("sort", "document"),
        block_on("sort", "place"),
        block_on("sort", "unit"),
        block_on("sort", "counted", "low", "high"),
        block_on("sort", "start_day", "end_day"),
        block_on("sort", "keys", arrays_to_explode=["keys"]),
    ]
    return [*rules, block_on("judged", arrays_to_explode=["judged"])] if judged else rules
