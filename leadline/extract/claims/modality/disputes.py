"""Claims that another source in the same text contradicts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from leadline.schema import Claim, FieldSpan

OPEN = frozenset({"not-stated", "unverified"})
"""Where the text says itself that somebody checked or could not check, that stands."""


def contradicted(claims: Sequence[Claim], firm: Sequence[Claim]) -> tuple[Claim, ...]:
    """The claims of one document, `disputed` where another source of it denies an event of the same code.

    Only `firm` claims cast doubt, by denying or by telling what is denied: the words of one that a taught model heard are not
    sure enough for that.

    A denial names the event (`the ministry denied using blocking units`) and comes from somebody else. What is told of another
    side, or as history, is not what is denied; nor is it what people say they do not do themselves, nor that some are not charged.
    """
    denials = [c for c in firm if c.realis == "denied" and c.chain and not _of_themselves(c)]
    against, telling = _by_event(d for d in denials if not d.historical), _by_event(c for c in firm if _tells(c))
    settled = [_settle(c, against.get(c.event, ())) for c in claims]
    own = {d.claim_id for d in denials}
    return tuple(_settle_denial(c, telling.get(c.event, ())) if c.claim_id in own else c for c in settled)


def _by_event(claims: Iterable[Claim]) -> dict[str, list[Claim]]:
    """Of each event the first claim of each source about each actor: the rest of them settle nothing else."""
    found: dict[str, dict[tuple[str | None, str], Claim]] = {}
    for c in claims:
        found.setdefault(c.event, {}).setdefault((c.actor, _last(c)), c)
    return {event: list(firsts.values()) for event, firsts in found.items()}


def _tells(claim: Claim) -> bool:
    """Whether a claim tells that something happened now."""
    return claim.realis not in {"denied", "possible", "threatened"} and not claim.historical


def _settle(claim: Claim, denials: Sequence[Claim]) -> Claim:
    if claim.realis == "denied" or claim.verification not in OPEN or claim.historical:
        return claim
    for d in denials:
        same = d.event == claim.event != "prosecution" and (
            d.actor is None or claim.actor is None or d.actor == claim.actor
        )
        if same and _last(d) != _last(claim):
            shown = FieldSpan(field="verification", start=d.start, end=d.end)
            return msgspec.structs.replace(claim, verification="disputed", spans=(*claim.spans, shown))
    return claim


def _settle_denial(denial: Claim, claims: Sequence[Claim]) -> Claim:
    """A denial is itself disputed where somebody else in the text tells what it denies."""
    if denial.verification not in OPEN or denial.historical:
        return denial
    for c in claims:
        same = c.event == denial.event and (c.actor is None or denial.actor is None or c.actor == denial.actor)
        if same and _last(c) != _last(denial):
            shown = FieldSpan(field="verification", start=c.start, end=c.end)
            return msgspec.structs.replace(denial, verification="disputed", spans=(*denial.spans, shown))
    return denial


def _of_themselves(claim: Claim) -> bool:
    """`We do not refuse to serve` denies nothing that is told of others."""
    return not {"we", "i", "us"}.isdisjoint(claim.quote.lower().split())


def _last(claim: Claim) -> str:
    return claim.chain[-1].canonical.casefold() if claim.chain else ""
