"""Which origins are not independent of each other, and why.

Two origins are tied where the same body released or collected them, where their bodies have one owner, where the same
named person speaks in both, or where one rests on the other. A relay (the register's `relays`) joins nothing. Ties of
one group are written as a star to the group's smallest id: whoever counts lines must follow the ties of a kind and of a
body (`through`) through the whole table, not only among the origins of an incident. An origin that may be one body's or
another's is in the groups of both, and does not make them one group.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from leadline.register import Register, fold
from leadline.schema import UNNAMED_KINDS, Evidence, Origin, OriginTie

ROLE = re.compile(
    r"(?i)\b(?:soldiers?|officers?|commanders?|sergeants?|privates?|men|man|women|woman|residents?|officials?|relatives?|witness(?:es)?|of the|from)\b"
)


def ties(
    origins: Sequence[Origin],
    rests_on: Iterable[tuple[str, str, Evidence]],
    register: Register,
    collectors: Mapping[str, tuple[str, ...]] | None = None,
) -> list[OriginTie]:
    """The ties among origins, sorted; origins of unnamed lineage have none.

    `collectors` names, for what documents tell by themselves, every publisher that may have been the first: where nothing
    shows which of two it was, the origin is tied to both, so that a copy in another outlet never makes it look free.
    """
    found: dict[tuple[str, str, str, str], OriginTie] = {}
    releasers: dict[str, list[Origin]] = {}
    owners: dict[str, list[Origin]] = {}
    speakers: dict[str, list[Origin]] = {}
    for o in sorted(origins, key=lambda o: o.origin_id):
        if o.kind in UNNAMED_KINDS:
            continue
        for body in sorted({*([o.released_by] if o.released_by else []), *(collectors or {}).get(o.origin_id, ())}):
            source = register.resolve(body)
            if source is None or not source.relays:
                releasers.setdefault(source.id if source else fold(body), []).append(o)
            if source is not None and not source.relays:
                owners.setdefault(register.owners(source.id)[-1], []).append(o)
        if o.speaker and _is_person(o.speaker, register):
            person = register.resolve(o.speaker)
            if person and person.parent:  # a body's spokesman speaks for it
                releasers.setdefault(person.parent, []).append(o)
                owners.setdefault(register.owners(person.parent)[-1], []).append(o)
            speakers.setdefault(person.id if person else fold(o.speaker), []).append(o)
    for groups, reason, text in (
        (releasers, "same-releaser", "released or collected by the same body"),
        (owners, "same-owner", "released by bodies of one owner"),
        (speakers, "same-speaker", "the same person speaks"),
    ):
        for key, group in sorted(groups.items()):
            names = {o.released_by for o in group}
            if reason == "same-owner" and len(names) < 2:
                continue
            for o in group[1:]:
                spoken = reason == "same-speaker"  # an origin has one speaker: no two of these groups share one
                name = group[0].speaker if spoken else _name(key, register)
                why = Evidence(rule=reason, note=f"{text}: {name}")
                _add(found, group[0].origin_id, o.origin_id, reason, why, None if spoken else key)
    for a, b, evidence in rests_on:
        _add(found, a, b, "rests-on", evidence)
    return [found[k] for k in sorted(found)]


def _add(
    found: dict[tuple[str, str, str, str], OriginTie],
    a: str,
    b: str,
    reason: str,
    evidence: Evidence,
    through: str | None = None,
) -> None:
    left, right = sorted((a, b))
    if left != right:
        tie = OriginTie(origin_l=left, origin_r=right, reason=reason, evidence=(evidence,), through=through)
        found.setdefault((left, right, reason, through or ""), tie)


def _name(key: str, register: Register) -> str:
    return register.sources[key].name if key in register.sources else key


def _is_person(name: str, register: Register) -> bool:
    """A role (`a soldier`, `a soldier of the 14th Brigade`) is nobody in particular: only names tie.

    >>> [_is_person(n, Register([])) for n in ("Oda Brenn", "Ivo van Marek", "resident of Old Town", "soldier")]
    [True, True, False, False]
    """
    source = register.resolve(name)
    if source is not None:
        return source.kind == "person"
    words = name.split()
    return bool(words) and words[0][:1].isupper() and words[-1][:1].isupper() and not ROLE.search(name)
