"""The claims as people left them: rejected ones out, corrected ones corrected."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from leadline.engine import Engine
from leadline.schema import CLAIMS, JUDGEMENTS, Claim, Judgement


def judgements_that_apply(engine: Engine) -> list[Judgement]:
    """The judgements that bind now, in the order they were made."""
    return [j for j in engine.records(JUDGEMENTS, Judgement) if j.state == "applies"]


def judged_claims(engine: Engine) -> list[Claim]:
    """Every claim of the case that nobody rejected, with corrections, in the table's order."""
    return with_judgements(engine.records(CLAIMS, Claim), judgements_that_apply(engine))


def with_judgements(claims: Iterable[Claim], judgements: Sequence[Judgement]) -> list[Claim]:
    """The claims that these judgements leave.

    >>> c = Claim(claim_id="1", document="d", start=0, end=1, quote="x", event="threat", realis="actual", medium="video",
    ...           verification="not-stated")
    >>> j = Judgement(seq=1, time="", by="N", why="", decision="correct", about="claim", left=("1",), field="event",
    ...               value="execution")
    >>> [x.event for x in with_judgements([c], [j])]
    ['execution']
    """
    rejected = {c for j in judgements if j.decision == "reject" for c in j.left}
    corrected: dict[str, dict[str, Any]] = {}
    for j in judgements:
        if j.decision == "correct" and j.field is not None:
            value: Any = j.value == "true" if j.field == "historical" else j.value
            for c in j.left:
                corrected.setdefault(c, {})[j.field] = value
    return [
        msgspec.structs.replace(c, **corrected[c.claim_id]) if c.claim_id in corrected else c
        for c in claims
        if c.claim_id not in rejected
    ]
