"""What stands behind claims: how many documents, outlets, carriers, origins and bodies that is, and how many lines of evidence.

For an incident all its claims are counted, for one claim those of its incident that agree with it. The ceiling of a grade
follows from the lines: information that is "confirmed by other independent sources" (Admiralty credibility 1) needs two
of them. Whether it also is logical and consistent is for a person to say, so this bounds a grade and never gives one.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec

from leadline.link.lines import Ties, independent_lines, named
from leadline.link.parameters import Parameters
from leadline.link.words import words
from leadline.schema import Claim, ClaimSupport, EvidenceLine, Incident, Number, Origin

LISTED = 100
"""Lines that stand with each claim; the incident lists them all. Thousands with each of thousands of claims would cost the square."""


class Lineage(msgspec.Struct, frozen=True):
    """What earlier stages found of where claims come from."""

    series: Mapping[str, str]
    """document to its outlet or channel; documents of unknown publishers are not in it"""
    carriers: Mapping[str, str]
    """document to its carrier kind"""
    origin_of: Mapping[str, str]
    origins: Mapping[str, Origin]
    ties: Ties


class Backing(msgspec.Struct, frozen=True):
    """What stands behind some claims."""

    documents: tuple[str, ...]
    n_series: int
    n_no_publisher: int
    carriers: dict[str, int]
    origins: tuple[str, ...]
    releasers: tuple[str, ...]
    lines: tuple[EvidenceLine, ...]
    ceiling: int
    reason: str


class What(msgspec.Struct, frozen=True):
    """What a claim says, as far as another can confirm it."""

    event: str
    denied: bool = False
    counts: str | None = None
    """class of what is counted, None where the claim has no count"""
    low: float = -math.inf
    high: float = math.inf


def backing(claims: Iterable[Claim], lineage: Lineage) -> Backing:
    """What stands behind these claims, in whatever order they come."""
    listed = list(claims)
    documents = tuple(sorted({c.document for c in listed}))
    origins = named([o for c in listed if (o := lineage.origin_of.get(c.claim_id))], lineage.origins)
    lines = independent_lines(origins, lineage.origins, lineage.ties)
    ceiling, reason = ceiling_of(lines)
    return Backing(
        documents,
        len({lineage.series[d] for d in documents if d in lineage.series}),
        sum(d not in lineage.series for d in documents),
        dict(sorted(Counter(lineage.carriers.get(d, "unknown") for d in documents).items())),
        origins,
        tuple(sorted({body for o in origins if (body := lineage.origins[o].released_by)})),
        lines,
        ceiling,
        reason,
    )


def ceiling_of(lines: Sequence[EvidenceLine]) -> tuple[int, str]:
    """The best Admiralty credibility that a person may give, and why.

    >>> ceiling_of([EvidenceLine(origins=("a", "b"), reason="released by the same body")])
    (2, 'one line of evidence: not confirmed by an independent source')
    """
    if len(lines) >= 2:
        return 1, f"{len(lines)} independent lines of evidence: a person may call it confirmed"
    if lines:
        return 2, "one line of evidence: not confirmed by an independent source"
    return 2, "no line of evidence: its lineage is unnamed or not shown to be first-hand"


def counted(number: Number, parameters: Parameters) -> str:
    """The class of what a number counts: men, soldiers and fighters are one."""
    classes = {w: name for name, listed in parameters.counted.items() for w in listed}
    listed = words(number.unit)
    return next((classes[w] for w in listed if w in classes), " ".join(listed))


def support(
    incident: Incident, claims: Mapping[str, Claim], lineage: Lineage, parameters: Parameters
) -> Iterator[ClaimSupport]:
    """For every claim of an incident what stands behind it, in the order of the claims.

    Claims of one event, polarity and count share it, so that a heap of copies is counted once.
    """
    what_of = {c: _what(claims[c], parameters) for c in incident.claims}
    alike: dict[What, list[Claim]] = defaultdict(list)
    for c, what in what_of.items():
        alike[what].append(claims[c])
    found: dict[What, tuple[int, Backing]] = {}
    for what in alike:
        agreeing = [c for other, group in alike.items() if agrees(other, what) for c in group]
        found[what] = len(agreeing), backing(agreeing, lineage)
    for c in incident.claims:
        n, b = found[what_of[c]]
        yield ClaimSupport(
            claim_id=c,
            incident_id=incident.incident_id,
            n_claims=n,
            n_documents=len(b.documents),
            n_series=b.n_series,
            n_no_publisher=b.n_no_publisher,
            n_origins=len(b.origins),
            n_independent=len(b.lines),
            carriers=b.carriers,
            releasers=b.releasers,
            lines=b.lines[:LISTED],
            credibility_ceiling=b.ceiling,
            ceiling_reason=b.reason,
        )


def _what(c: Claim, parameters: Parameters) -> What:
    n = c.number
    return What(
        c.event,
        c.realis == "denied",
        None if n is None else counted(n, parameters),
        -math.inf if n is None or n.low is None else n.low,
        math.inf if n is None or n.high is None else n.high,
    )


def agrees(other: What, claim: What) -> bool:
    """Whether one telling supports another: same event and polarity, and a count, where the claim has one, that overlaps.

    >>> nine, more, none = What("execution", False, "men", 9, 9), What("execution", False, "men", 5), What("execution")
    >>> agrees(more, nine), agrees(nine, none)
    (True, True)
    >>> agrees(none, nine)  # it confirms the event, not the count
    False
    """
    if (other.event, other.denied) != (claim.event, claim.denied):
        return False
    return claim.counts is None or (
        other.counts == claim.counts and other.low <= claim.high and claim.low <= other.high
    )
