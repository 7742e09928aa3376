"""From joined claims to origins: what each set is, who speaks, who released it, when, and why it is one."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from leadline.schema import ClaimOrigin, Evidence, Origin, Relation
from leadline.trace.heap import Heap, Nodes, Orphan, Passage, Resolved
from leadline.trace.local import Local
from leadline.trace.roles import compatible


def settle(
    nodes: Nodes,
    heap: Heap,
    local_of: Mapping[str, Local],
    cited: Sequence[tuple[str, str, Evidence]],
    citations: Sequence[Relation],
    carried: Sequence[Passage],
    orphans: Sequence[Orphan],
    citing: Mapping[str, str],
) -> Resolved:
    """Make an origin of every set of joined claims; own-voice claims become one origin per document that first told them."""
    resting = frozenset(c for c, _, _ in cited)
    given = {p.taker for p in carried if p.known} | resting
    shown = {p.taker for p in carried if p.shown} | resting
    sets: dict[int, list[str]] = {}
    for k, c in enumerate(heap.told.names):
        sets.setdefault(nodes.leader(k), []).append(c)
    first_teller = {o.claim: o.giver for o in sorted(orphans, key=lambda o: (o.claim, o.giver), reverse=True)}
    # own-voice claims that nothing ties to an attributed origin: one origin per document they were first told in
    voices: dict[str, list[str]] = {}
    done: list[list[str]] = []
    for _, members in sorted(sets.items()):
        attributed = [c for c in members if c in local_of and local_of[c].named and c not in citing]
        own = [c for c in members if c not in local_of]
        if attributed or not own:
            done.append(members)
            continue
        # the document nobody in the set took from is where it was first told
        source = sorted(own, key=lambda c: (c in given, *_date_key(heap, c), heap.told.document_of(c), c))[0]
        voices.setdefault(first_teller.get(source, heap.told.document_of(source)), []).extend(members)
    origins = [_attributed(members, nodes, heap, local_of, resting) for members in done]
    origins += [_own_voice(document, members, nodes, heap) for document, members in sorted(voices.items())]
    collectors: dict[str, tuple[str, ...]] = {}
    for k, o in enumerate(origins):
        witness = o.kind == "testimony" and o.released_by is None
        if witness or any(e.rule == "own-voice" for e in o.evidence):
            names = tuple(_publisher_name(key, heap) for key in _collectors(o.claims, shown, heap))
            collectors[o.origin_id] = names
            if witness and names:
                origins[k] = msgspec.structs.replace(o, released_by=names[0])
    claim_origins = [ClaimOrigin(claim_id=c, origin_id=o.origin_id) for o in origins for c in o.claims]
    origin_of = {x.claim_id: x.origin_id for x in claim_origins}
    rests = tuple((origin_of[c], origin_of[d], e) for c, d, e in cited if origin_of[c] != origin_of[d])
    return Resolved(
        tuple(sorted(origins, key=lambda o: o.origin_id)),
        tuple(sorted(claim_origins, key=lambda x: x.claim_id)),
        tuple(citations),
        rests,
        collectors,
    )


def _attributed(
    members: Sequence[str],
    nodes: Nodes,
    heap: Heap,
    local_of: Mapping[str, Local],
    resting: frozenset[str],
) -> Origin:
    held = [local_of[c] for c in members if c in local_of]
    ends = [local_of[c] for c in members if c in local_of and c not in resting]
    circular = bool(held) and not ends and len(held) == len(members)
    pool = [x for x in (ends or held) if x.named] or ends or held
    intact = [x for x in pool if not heap.natures[x.document].is_spun] or pool
    medium = _most(x.medium for x in intact if x.medium != "not-stated") or "not-stated"
    kind = _most(x.kind for x in intact if x.medium == medium) or intact[0].kind
    reasons = [*_naming(members, heap), *_unique(nodes.reasons(members[0]))]
    if circular:
        kind = "reports"
        note = "these documents attribute it to each other in a ring; nothing in the heap shows where it began"
        reasons.insert(0, Evidence(rule="circular", note=note))
    return Origin(
        origin_id=_origin_id(members),
        kind=kind,
        medium=medium,  # type: ignore[arg-type]
        speaker=_most(_speaker_name(x, heap) for x in intact if x.speaker),
        released_by=None if circular else _most(x.body_name for x in intact if x.body_name),
        date=_date(members, heap),
        documents=tuple(sorted({heap.told.document_of(c) for c in members})),
        claims=tuple(sorted(members)),
        evidence=tuple(reasons),
    )


def _collectors(members: Sequence[str], takers: set[str], heap: Heap) -> list[str]:
    """Publishers that may have been the first to tell it, the earliest first.

    Where nothing shows who took from whom there are several; each may be the one that collected it.
    """
    first = [c for c in members if c not in takers] or list(members)
    first.sort(key=lambda c: (*_date_key(heap, c), heap.told.document_of(c)))
    keys = [k for c in first if (k := heap.nature_of(c).publisher)]
    return list(dict.fromkeys(keys))


def _publisher_name(key: str, heap: Heap) -> str:
    source = heap.register.sources.get(key)
    return source.name if source else key


def _own_voice(document: str, members: Sequence[str], nodes: Nodes, heap: Heap) -> Origin:
    n = heap.natures[document]
    reasons = [Evidence(rule="own-voice", note=f"told in the own voice of {document}", document=document)]
    if n.credits.first_hand is not None:
        reasons.append(msgspec.structs.replace(n.credits.first_hand, rule="first-hand"))
    leaders = sorted({nodes.find(c) for c in members})
    reasons += _unique(e for x in leaders for e in nodes.reasons(x))
    source = heap.register.sources.get(n.publisher or "")
    return Origin(
        origin_id=_origin_id(members),
        kind="document",
        medium=_most(heap.claims[c].medium for c in members) or "not-stated",  # type: ignore[arg-type]
        released_by=source.name if source else n.publisher,
        date=_date([c for c in members if heap.told.document_of(c) == document] or members, heap),
        documents=tuple(sorted({heap.told.document_of(c) for c in members})),
        claims=tuple(sorted(members)),
        evidence=tuple(reasons),
    )


def _naming(members: Sequence[str], heap: Heap) -> list[Evidence]:
    """The words that name the origin, once for each document."""
    found: dict[str, Evidence] = {}
    for c in sorted(members, key=lambda c: (heap.told.document_of(c), heap.claims[c].start)):
        claim = heap.claims[c]
        for hop in reversed(claim.chain):
            if hop.start is not None and claim.document not in found:
                found[claim.document] = Evidence(
                    rule="named", note=f"named as {hop.canonical}", document=claim.document,
                    start=hop.start, end=hop.end, quote=hop.name,
                )  # fmt: skip
    return [found[d] for d in sorted(found)]


def _unique(evidence: Iterable[Evidence]) -> list[Evidence]:
    found = {(e.rule, e.note, e.document or "", e.start or -1): e for e in evidence}
    return [found[k] for k in sorted(found)]


def _speaker_name(x: Local, heap: Heap) -> str | None:
    for c in x.claims:
        for hop in reversed(c.chain):
            source = heap.register.resolve(hop.canonical)
            name = source.name if source else hop.canonical
            if (source and source.id == x.speaker) or (x.speaker and compatible(x.speaker, name.casefold())):
                return name
    return x.speaker


def _most(values: Iterable[str | None]) -> str | None:
    counts = Counter(v for v in values if v)
    return min(counts, key=lambda v: (-counts[v], v)) if counts else None


def _date_key(heap: Heap, claim_id: str) -> tuple[bool, str]:
    end = heap.nature_of(claim_id).end
    return (end is None, end or "")


def _date(members: Sequence[str], heap: Heap) -> str | None:
    """When it was first told: the publication of the earliest dated carrier."""
    dated = sorted({(n.end, n.start) for c in members if (n := heap.nature_of(c)).end and n.start})
    if not dated:
        return None
    end, start = dated[0]
    return end if start == end else f"{start}/{end}"


def _origin_id(members: Sequence[str]) -> str:
    return "origin-" + hashlib.sha256(min(members).encode()).hexdigest()[:12]
