"""What a claim may meet at all: kind of event, and single event, series, habit or history."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from functools import cache

from leadline.link.parameters import Parameters
from leadline.link.words import words
from leadline.schema import Claim


def sorts(
    claims: Sequence[Claim], origin_of: Mapping[str, str], family: Mapping[str, str], parameters: Parameters
) -> dict[str, str]:
    """What each claim may meet: its kind of event with its sort.

    A habit told beside one event of its kind, by the same origin in the same document, tells of that event's
    circumstances ("they take our phones") and meets it, unless it counts something, spans more than one event could, or is
    done to a class of people ("they beat those who refuse").
    """
    groups: dict[tuple[str, ...], list[Claim]] = {}
    for c in claims:
        kind = family.get(c.event, c.event)
        groups.setdefault((kind, c.document, origin_of.get(c.claim_id, c.claim_id)), []).append(c)
    found = {}
    for (kind, *_), group in groups.items():
        own = {c.claim_id: sort_of(c, parameters) for c in group}
        beside = "single" in own.values()
        for c in group:
            vague = own[c.claim_id] in ("generic", "series") and c.number is None and c.time is None
            vague = vague and not _serial(parameters.series.classes).search(" ".join(words(c.quote)))
            found[c.claim_id] = f"{kind}/{'single' if beside and vague else own[c.claim_id]}"
    return found


def sort_of(c: Claim, parameters: Parameters) -> str:
    """Whether a claim is of one event (`single`) or generic, a series, or about an earlier time.

    >>> from leadline.link.parameters import load_parameters
    >>> c = Claim(claim_id="1", document="d", start=0, end=1, quote="They repeatedly fired.", event="execution",
    ...           realis="actual", medium="video", verification="not-stated")
    >>> sort_of(c, load_parameters())
    'series'
    """
    if c.historical:
        return "historical"
    if c.realis == "generic":
        return "generic"
    text = " ".join(words(c.quote))
    if c.number is not None and (c.number.low or 0) > 1 and set(words(c.number.unit)) & set(parameters.series.counted):
        return "series"
    if _serial(parameters.series.words).search(text):
        return "series"
    if c.number is not None and " per " in f" {c.number.unit} ":
        return "series"
    if c.time is not None and c.time.start and c.time.end:
        days = (dt.date.fromisoformat(c.time.end[:10]) - dt.date.fromisoformat(c.time.start[:10])).days
        if days > parameters.series.longest_days:
            return "series"
    return "single"


@cache
def _serial(listed: tuple[str, ...]) -> re.Pattern[str]:
    """Any of these words or phrases, as whole words; nothing where there are none."""
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, listed))})(?!\w)" if listed else r"(?!)")
