"""Lines of evidence behind the whole case."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from leadline import schema


def lines_in_all(incidents: Sequence[schema.Incident], ties: Iterable[schema.OriginTie]) -> int:
    """Lines of evidence behind all incidents: origins that count anywhere, joined by every tie, in whichever incidents.

    The ties of one body are followed by themselves, so that an origin that counts nowhere makes no two bodies one.

    A line that is behind several incidents counts once, so the figures of the incidents do not add up to this one.

    >>> import msgspec
    >>> line = schema.EvidenceLine(origins=("o1",), reason="alone")
    >>> one = schema.Incident(incident_id="i1", event="refusal", claims=(), documents=(), origins=("o1",), n_documents=1,
    ...     n_series=1, n_origins=1, n_independent=1, lines=(line,))
    >>> lines_in_all([one, msgspec.structs.replace(one, incident_id="i2")], ())
    1
    """
    parent: dict[str, str] = {}

    def root(x: str) -> str:
        while parent.setdefault(x, x) != x:
            parent[x] = parent[parent[x]]
            x = parent[x]
        return x

    counted = {o for i in incidents for line in i.lines for o in line.origins}
    for tie in ties:
        ends = tie.origin_l, tie.origin_r
        if tie.through is None:
            parent[root(ends[0])] = root(ends[1])
            continue
        left, right = (f"{o} {tie.reason} {tie.through}" for o in ends)
        parent[root(left)] = root(right)
        for o, there in zip(ends, (left, right), strict=True):
            if o in counted:
                parent[root(o)] = root(there)
    for line in (line for i in incidents for line in i.lines):
        for o in line.origins:
            parent[root(o)] = root(line.origins[0])
    return len({root(o) for o in counted})
