"""What is history in one carrier is history in all: a copy without a date cannot tell how long ago an event was."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from leadline.schema import Claim


def one_time(claims: Sequence[Claim], origin_of: Mapping[str, str]) -> list[Claim]:
    """The claims, `historical` wherever a claim of the same origin and event on the same days or in the same words is.

    >>> old, copy = (Claim(claim_id=n, document=n, start=0, end=8, quote="In 1942.", event="execution", realis="actual",
    ...     medium="document", verification="not-stated", historical=n == "a") for n in "ab")
    >>> [c.historical for c in one_time([old, copy], {"a": "o", "b": "o"})]
    [True, True]
    """
    past = {key for c in claims if c.historical for key in _keys(c, origin_of)}
    return [
        msgspec.structs.replace(c, historical=True) if not c.historical and past & set(_keys(c, origin_of)) else c
        for c in claims
    ]


def _keys(c: Claim, origin_of: Mapping[str, str]) -> list[tuple[str, ...]]:
    origin = origin_of.get(c.claim_id, c.claim_id)
    keys: list[tuple[str, ...]] = [(origin, c.event, " ".join(c.quote.split()))]
    if c.time is not None and c.time.start and c.time.end:
        keys.append((origin, c.event, c.time.start, c.time.end))
    return keys
