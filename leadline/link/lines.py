"""Independent lines of evidence among the origins of an incident.

Origins that are tied (same body, same owner, same person, one resting on the other) are one line. Unnamed lineage and a
document's own voice that is not shown to be first-hand are no line at all: unknown lineage counts as nothing rather than
as independent.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from leadline.schema import UNNAMED_KINDS, EvidenceLine, Origin, OriginTie

TRANSITIVE = ("same-releaser", "same-owner", "same-speaker")
Group = tuple[str, str, str]
"""The reason of some ties, the body they go through, and one of the origins that they join."""


class Ties:
    """All ties of a case, so that two origins tied through a third outside the incident are found.

    The three kinds of sameness are transitive, each by itself and of one body by itself: what may be the one's or the
    other's makes the two no one body. `rests-on` is followed directly.
    """

    def __init__(self, ties: Iterable[OriginTie]) -> None:
        self.parent: dict[Group, Group] = {}
        self.direct: dict[str, list[tuple[str, str]]] = {}
        self.held: dict[str, dict[Group, str]] = {}
        """origin to what it is in the groups, each with why"""
        for t in sorted(ties, key=lambda t: (t.origin_l, t.origin_r, t.reason, t.through or "")):
            note = t.evidence[0].note if t.evidence else t.reason
            if t.reason in TRANSITIVE:
                left, right = ((t.reason, t.through or "", o) for o in (t.origin_l, t.origin_r))
                a, b = self._find(left), self._find(right)
                if a != b:
                    self.parent[max(a, b)] = min(a, b)
                self.held.setdefault(t.origin_l, {}).setdefault(left, note)
                self.held.setdefault(t.origin_r, {})[right] = note
            else:
                self.direct.setdefault(t.origin_l, []).append((t.origin_r, note))
                self.direct.setdefault(t.origin_r, []).append((t.origin_l, note))

    def groups(self, origin: str) -> Iterator[tuple[Group, str]]:
        """The groups that an origin belongs to, each with why."""
        return ((self._find(key), note) for key, note in sorted(self.held.get(origin, {}).items()))

    def _find(self, key: Group) -> Group:
        while (up := self.parent.get(key, key)) != key:
            self.parent[key] = self.parent.get(up, up)
            key = up
        return key


def counts(origin: Origin) -> bool:
    """Whether an origin is a line of evidence by itself.

    >>> counts(Origin(origin_id="o", kind="reports", medium="not-stated"))
    False
    """
    if origin.kind in UNNAMED_KINDS:
        return False
    own_voice = any(e.rule == "own-voice" for e in origin.evidence)
    return not own_voice or any(e.rule == "first-hand" for e in origin.evidence)


def independent_lines(origin_ids: Iterable[str], origins: Mapping[str, Origin], ties: Ties) -> tuple[EvidenceLine, ...]:
    """The lines among these origins, each with its origins and the reasons of its merges, in order of their ids."""
    held = sorted({o for o in origin_ids if o in origins and counts(origins[o])})
    parent = {o: o for o in held}

    def find(o: str) -> str:
        while parent[o] != o:
            o = parent[o]
        return o

    reasons: dict[str, set[str]] = {}

    def join(a: str, b: str, why: str) -> None:
        x, y = sorted((find(a), find(b)))
        if x != y:
            parent[y] = x
            reasons.setdefault(x, set()).update({why}, reasons.pop(y, set()))

    seen: dict[Group, str] = {}
    for o in held:
        for group, why in ties.groups(o):
            if group in seen:
                join(seen[group], o, why)
            seen.setdefault(group, o)
        for other, why in ties.direct.get(o, ()):
            if other in parent:
                join(o, other, why)
    lines: dict[str, list[str]] = {}
    for o in held:
        lines.setdefault(find(o), []).append(o)
    return tuple(
        EvidenceLine(origins=tuple(members), reason="; ".join(sorted(reasons.get(lead, ()))) or "alone")
        for lead, members in sorted(lines.items())
    )


def named(origin_ids: Sequence[str], origins: Mapping[str, Origin]) -> tuple[str, ...]:
    """The origins that count as origins: all but unnamed lineage."""
    return tuple(sorted({o for o in origin_ids if o in origins and origins[o].kind not in UNNAMED_KINDS}))
