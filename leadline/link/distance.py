"""Distance between places, and claims that name several."""

from __future__ import annotations

import math

from leadline.schema import Claim, Place

COARSE_M = 15_000.0
"""A place meant less precisely than this is a region rather than a place."""
APART_KM = 30.0
"""Places nearer to each other than this may be one event's: between two villages, on a road."""


def kilometres(a: Place, b: Place) -> float | None:
    """Distance between two places, None where one has no point.

    >>> p = Place(name="a", lat=48.0, lon=37.0, precision_m=1000.0, gazetteer_id=None)
    >>> kilometres(p, p)
    0.0
    """
    if None in (a.lat, a.lon, b.lat, b.lon):
        return None
    p1, l1, p2, l2 = (math.radians(float(x)) for x in (a.lat, a.lon, b.lat, b.lon) if x is not None)
    h = math.sin((p2 - p1) / 2) ** 2 + math.cos(p1) * math.cos(p2) * math.sin((l2 - l1) / 2) ** 2
    return 12742 * math.asin(math.sqrt(min(1.0, h)))


def named_apart(c: Claim) -> tuple[Place, ...]:
    """The places of a claim that are far enough from each other for an event in each; none where it names one place.

    >>> import msgspec
    >>> a, b = (Place(name=n, lat=48.0 + k, lon=37.0, precision_m=900.0, gazetteer_id=n) for k, n in enumerate("ab"))
    >>> c = Claim(claim_id="1", document="d", start=0, end=1, quote="x", event="execution", realis="actual", medium="video",
    ...           verification="not-stated", places=(a, b))
    >>> [p.name for p in named_apart(c)], named_apart(msgspec.structs.replace(c, places=(a, a)))
    (['a', 'b'], ())
    """
    found: list[Place] = []
    for p in sorted(c.places, key=lambda p: (p.gazetteer_id or p.name, p.name)):
        sited = p.lat is not None and p.precision_m is not None and p.precision_m <= COARSE_M
        if sited and all((km := kilometres(p, q)) is not None and km > APART_KM for q in found):
            found.append(p)
    return tuple(found) if len(found) > 1 else ()
