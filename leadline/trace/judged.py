"""What people decided about origins: merged, taken apart, or told to be independent lines.

Applied to what was resolved, so that a decision does exactly what it says and moves nothing else. The claims that a decision
names go where it puts them, and with them the claims of the same origin in the same words: a copy follows what it copies.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from leadline.schema import Claim, ClaimOrigin, Evidence, Judgement, Origin, OriginTie
from leadline.trace.heap import Resolved

TRANSITIVE = ("same-releaser", "same-owner", "same-speaker")


def as_judged(found: Resolved, judgements: Iterable[Judgement], claims: Mapping[str, Claim]) -> Resolved:
    """Origins as people left them: `same` merges those of both sides, `different` takes the second side out of the first's."""
    about = [j for j in judgements if j.about == "origin"]
    if not about:
        return found
    origins = {o.origin_id: o for o in found.origins}
    was = {x.claim_id: x.origin_id for x in found.claim_origins}
    home = dict(was)
    for j in about:
        if j.decision == "same":
            held = sorted({home[c] for c in (*j.left, *j.right) if c in home})
            _merge(origins, home, held, j)
        else:
            for origin_id in sorted({home[c] for c in j.left if c in home}):
                _split(origins, home, origin_id, j, claims)
    first = {o.origin_id: o.claims[0] for o in found.origins}  # an origin is now where its first claim went
    rest = tuple((home[first[a]], home[first[b]], e) for a, b, e in found.rests_on)
    now = {o: tuple(sorted(c for c, h in home.items() if h == o)) for o in origins}
    collectors = {o: found.collectors[was[now[o][0]]] for o in origins if now[o] and was[now[o][0]] in found.collectors}
    return msgspec.structs.replace(
        found,
        origins=tuple(origins[o] for o in sorted(origins)),
        claim_origins=tuple(ClaimOrigin(claim_id=c, origin_id=o) for c, o in sorted(home.items())),
        rests_on=tuple(x for x in rest if x[0] != x[1]),
        collectors=collectors,
    )


def untied(ties: Sequence[OriginTie], judgements: Iterable[Judgement], origin_of: Mapping[str, str]) -> list[OriginTie]:
    """The ties that remain where people say that two origins are independent lines.

    Both keep their ties to third origins unless these would tie them together again: the second side leaves the first one's
    group of a kind and a body.
    """
    kept = list(ties)
    for j in judgements:
        if j.about != "line":
            continue
        left, right = ({origin_of[c] for c in side if c in origin_of} for side in (j.left, j.right))
        for kind in sorted({(t.reason, t.through or "") for t in kept if t.reason in TRANSITIVE}):
            alike = [t for t in kept if (t.reason, t.through or "") == kind]
            group = _group(left, alike)
            inside = [t for t in alike if t.origin_l in group]
            if group & right:
                kept = (
                    [t for t in kept if t not in inside] + _star(group - right, inside) + _star(group & right, inside)
                )
        kept = [t for t in kept if not ({t.origin_l, t.origin_r} & left and {t.origin_l, t.origin_r} & right)]
    return sorted(kept, key=lambda t: (t.origin_l, t.origin_r, t.reason, t.through or ""))


def _star(members: set[str], like: Sequence[OriginTie]) -> list[OriginTie]:
    """The ties of a group, to its smallest member."""
    hub, *others = sorted(members) or [""]
    return [msgspec.structs.replace(like[0], origin_l=hub, origin_r=o) for o in others]


def _group(start: set[str], ties: Sequence[OriginTie]) -> set[str]:
    group, grown = set(start), True
    while grown:
        more = {x for t in ties for x in (t.origin_l, t.origin_r) if {t.origin_l, t.origin_r} & group}
        grown = not more <= group
        group |= more
    return group


def _merge(origins: dict[str, Origin], home: dict[str, str], held: Sequence[str], j: Judgement) -> None:
    if len(held) < 2:
        return
    first = max(
        (origins[o] for o in held), key=lambda o: (o.kind not in ("reports", "unnamed"), len(o.claims), o.origin_id)
    )
    evidence = [e for o in held for e in origins[o].evidence]
    made = _origin(first, [c for o in held for c in origins[o].claims], [d for o in held for d in origins[o].documents])
    made = msgspec.structs.replace(
        made, evidence=(*evidence, _reason(j)), date=_earliest(origins[o].date for o in held)
    )
    for o in held:
        del origins[o]
    origins[made.origin_id] = made
    home.update(dict.fromkeys(made.claims, made.origin_id))


def _split(
    origins: dict[str, Origin], home: dict[str, str], origin_id: str, j: Judgement, claims: Mapping[str, Claim]
) -> None:
    whole = origins[origin_id]
    named = {c for c in j.right if home.get(c) == origin_id}
    if not named:
        return
    staying = {c for c in j.left if home.get(c) == origin_id}
    said = {_words(claims[c]) for c in named} - {_words(claims[c]) for c in staying}
    leaving = {c for c in whole.claims if c in named or (c not in staying and _words(claims[c]) in said)}
    del origins[origin_id]
    for members in (sorted(set(whole.claims) - leaving), sorted(leaving)):
        if members:
            part = _origin(whole, members, [claims[c].document for c in members])
            documents = set(part.documents)
            evidence = tuple(e for e in whole.evidence if e.document is None or e.document in documents)
            part = msgspec.structs.replace(part, evidence=(*evidence, _reason(j)))
            origins[part.origin_id] = part
            home.update(dict.fromkeys(members, part.origin_id))


def _origin(like: Origin, claims: Iterable[str], documents: Iterable[str]) -> Origin:
    members = tuple(sorted(set(claims)))
    digest = hashlib.sha256(members[0].encode()).hexdigest()[:12]
    return msgspec.structs.replace(
        like, origin_id=f"origin-{digest}", claims=members, documents=tuple(sorted(set(documents)))
    )


def _reason(j: Judgement) -> Evidence:
    told = "one origin" if j.decision == "same" else "not one origin"
    return Evidence(rule="judgement", note=f"{told}, by the judgement of {j.by} (entry {j.seq}): {j.why}")


def _earliest(dates: Iterable[str | None]) -> str | None:
    return min((d for d in dates if d), key=lambda d: (d.split("/")[-1], d), default=None)


def _words(c: Claim) -> str:
    return " ".join(c.quote.casefold().split())
