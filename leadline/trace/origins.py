"""Origins across documents: which claims of the whole heap go back to the same call, video, statement or inquiry.

Every attributed origin of a document and every claim in a document's own voice is a node. Nodes are joined where
(1) one document took from another and the two claims stand in sentences that tell the same; (2) two documents name the
same body or person and the same artefact; (3) a claim is attributed to an outlet whose own document is in the heap: it
rests on what that document's claim rests on. A ring of such citations ends nowhere and is shown as circular.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from leadline.register import Register
from leadline.schema import Claim, ClaimOrigin, Evidence, Origin, Relation
from leadline.trace.artefacts import RECORDINGS, Local, compatible
from leadline.trace.facts import Facts, facts_of
from leadline.trace.kinds import Nature
from leadline.trace.matching import (
    SAME,
    common_run,
    days_apart,
    likeness,
    same_artefact,
    words_of,
)
from leadline.trace.text import View

CITED = 1.5
"""Likeness from which a claim is taken to be the one that another document cites."""


CARRIED = 0.5
"""Likeness that two claims in partnered sentences of a retold text must reach; a contradiction falls below."""


class Passage(msgspec.Struct, frozen=True):
    """Two claims in sentences that two related documents share."""

    taker: str
    giver: str
    known: bool
    """whether the direction is known"""
    reason: Evidence


class Orphan(msgspec.Struct, frozen=True):
    """A claim in a taken passage whose counterpart nobody found in the document it was taken from."""

    claim: str
    giver: str


class Nodes:
    """Union-find over claims, with the reason of every join; the smallest claim id leads."""

    def __init__(self, claims: Iterable[str]) -> None:
        self.parent = {c: c for c in claims}
        self.reasons: dict[str, list[Evidence]] = {}

    def find(self, c: str) -> str:
        """The leader of a claim's set."""
        while self.parent[c] != c:
            self.parent[c] = self.parent[self.parent[c]]
            c = self.parent[c]
        return c

    def join(self, a: str, b: str, reason: Evidence | None = None) -> None:
        """Put two claims in one set."""
        x, y = sorted((self.find(a), self.find(b)))
        if x == y:
            return
        self.parent[y] = x
        kept = [*self.reasons.pop(x, []), *self.reasons.pop(y, [])]
        if reason is not None:
            kept.append(reason)
        if kept:
            self.reasons[x] = kept


class Heap(msgspec.Struct):
    """Everything that resolving origins looks at."""

    claims: Mapping[str, Claim]
    by_document: Mapping[str, Sequence[Claim]]
    locals_: Mapping[str, Sequence[Local]]
    natures: Mapping[str, Nature]
    register: Register


class Resolved(msgspec.Struct, frozen=True):
    """Origins, the origin of every claim, and the citations found on the way."""

    origins: tuple[Origin, ...]
    claim_origins: tuple[ClaimOrigin, ...]
    citations: tuple[Relation, ...]
    rests_on: tuple[tuple[str, str, Evidence], ...]


def passages(
    relation: Relation,
    partners: Sequence[tuple[int, int, float]],
    views: tuple[View, View],
    claims: tuple[Sequence[Claim], Sequence[Claim]],
) -> list[Passage]:
    """Pairs of claims that stand in partnered sentences of two related documents, best likeness first, one to one."""
    at: tuple[dict[int, list[Claim]], dict[int, list[Claim]]] = ({}, {})
    for side in (0, 1):
        for c in claims[side]:
            s = views[side].sentence_of(c.start)
            if s is not None:
                at[side].setdefault(s, []).append(c)
    options = []
    for i, j, value in partners:
        for c in at[0].get(i, ()):
            for d in at[1].get(j, ()):
                agree = (c.event == d.event) + (c.realis == d.realis) * 0.25
                points, _ = likeness(c, d)
                options.append((-agree - 0.3 * points, -value, c.claim_id, d.claim_id))
    used: set[str] = set()
    found = []
    by_id = {c.claim_id: c for side in claims for c in side}
    for agree, _, c, d in sorted(options):
        if c in used or d in used or agree >= 0:
            continue
        points, _ = likeness(by_id[c], by_id[d])
        if points < CARRIED and relation.kind not in ("copy", "excerpt"):
            continue
        used |= {c, d}
        taker, giver = (d, c) if relation.direction == "to" else (c, d)
        note = f"{relation.kind} between {relation.document} and {relation.other}: both tell it in the same place"
        found.append(Passage(taker, giver, relation.direction != "unknown", Evidence(rule="carried", note=note)))
    return found


def resolve(heap: Heap, carried: Sequence[Passage]) -> Resolved:
    """The origins of all claims."""
    nodes = Nodes(heap.claims)
    local_of = {c.claim_id: x for xs in heap.locals_.values() for x in xs for c in x.claims}
    outlets = _outlets(heap)
    citing = {
        c.claim_id: x.body
        for x in local_of.values()
        for c in x.claims
        if x.body in outlets and heap.natures[x.document].publisher != x.body
    }
    for xs in heap.locals_.values():
        for x in xs:
            held = [c.claim_id for c in x.claims if c.claim_id not in citing]
            for c in held[1:]:
                nodes.join(held[0], c)
    for p in sorted(carried, key=lambda p: (p.taker, p.giver)):
        _join_carried(nodes, p, local_of, heap)
    _join_artefacts(nodes, [x for xs in heap.locals_.values() for x in xs if x.claims[0].claim_id not in citing], heap)
    passing = {
        c.claim_id: key
        for xs in heap.locals_.values()
        for x in xs
        for c in x.claims
        if c.claim_id not in citing and (key := _passed_on(c, heap, outlets)) is not None
    }
    cited, citations = _citations(heap, {**passing, **citing}, outlets)
    cited = [x for x in cited if x[0] in citing or _agree(local_of.get(x[0]), local_of.get(x[1]))]
    for c, d, reason in cited:
        nodes.join(c, d, reason)
    resolved = {c for c, _, _ in cited}
    _join_rest(nodes, [c for c in citing if c not in resolved], local_of, heap)
    return _build(nodes, heap, local_of, cited, citations, carried, citing)


# -- joining --------------------------------------------------------------------------------------------------------------


def _join_carried(nodes: Nodes, p: Passage, local_of: Mapping[str, Local], heap: Heap) -> None:
    one, other = local_of.get(p.taker), local_of.get(p.giver)
    if one is not None and other is not None:
        if one.named and other.named and not _one_artefact(one, other, heap):
            return
    nodes.join(p.taker, p.giver, p.reason)


def _one_artefact(one: Local, other: Local, heap: Heap) -> bool:
    """Whether two named origins in a shared passage can be one.

    A call is no video, whoever retold it; names may differ only where a text shows that it damages names.
    """
    one_body = one.body is not None and one.body == other.body
    if one.family != other.family and not one_body and "not-stated" not in (one.medium, other.medium):
        return False
    if one.family != other.family and {one.medium, other.medium} <= set(RECORDINGS):
        return False
    if any(heap.natures[x.document].is_spun or heap.natures[x.document].is_translated for x in (one, other)):
        return True
    return (one_body or None in (one.body, other.body)) and compatible(one.speaker, other.speaker)


def _join_artefacts(nodes: Nodes, locals_: Sequence[Local], heap: Heap) -> None:
    """Join origins of different documents that name the same artefact, best pairs first.

    Two origins that one document tells apart stay apart, also through a third.
    """
    scored = []
    for one, other in _artefact_pairs(locals_):
        a, b = heap.natures[one.document], heap.natures[other.document]
        gap = days_apart((a.start, a.end), (b.start, b.end))
        points, why = same_artefact(one, other, gap)
        if points >= SAME:
            scored.append((-points, *sorted((one.key, other.key)), why))
    by_key = {x.key: x for x in locals_}
    apart: dict[str, set[tuple[str, str]]] = {}
    facts: dict[str, Facts] = {}
    for x in locals_:
        leader = nodes.find(x.key)
        apart.setdefault(leader, set()).add((x.document, x.group))
        facts[leader] = facts.get(leader, Facts()) | facts_of(x.claims)
    for _, a, b, why in sorted(scored):
        x, y = nodes.find(a), nodes.find(b)
        if x == y:
            continue
        seen = dict(apart.get(x, ()))
        if any(d in seen and seen[d] != k for d, k in apart.get(y, ())):
            continue
        if facts[x].contradict(facts[y]):
            continue  # what joined them so far names another place or unit
        note = f"{by_key[a].document} and {by_key[b].document} tell of the same {by_key[a].kind}: {'; '.join(why)}"
        nodes.join(a, b, Evidence(rule="same-artefact", note=note))
        apart[nodes.find(a)] = apart.pop(x, set()) | apart.pop(y, set())
        facts[nodes.find(a)] = facts.pop(x) | facts.pop(y)


def _artefact_pairs(locals_: Sequence[Local]) -> Iterable[tuple[Local, Local]]:
    """Pairs that share a body or a named person and a stem or count, or a run of quoted words."""
    holders: dict[tuple[str, ...], list[Local]] = {}
    for x in sorted(locals_, key=lambda x: x.key):
        if not x.named:
            continue
        keys: set[tuple[str, ...]] = set()
        for c in x.claims:
            w = words_of(c.quote)
            who = [k for k in (x.body, x.speaker if x.speaker_named else None) if k]
            keys |= {("stem", k, s) for k in who for s in w.stems}
            keys |= {("run", *w.words[i : i + 6]) for i in range(len(w.words) - 5)}
            if c.number:
                keys |= {("count", k, str(c.number.low), str(c.number.high)) for k in who}
        for k in keys:
            holders.setdefault(k, []).append(x)
    seen = set()
    for group in holders.values():
        if len(group) > 200:
            continue  # a word that a body uses all the time tells nothing
        for i, one in enumerate(group):
            for other in group[i + 1 :]:
                if one.document != other.document and (one.key, other.key) not in seen:
                    seen.add((one.key, other.key))
                    yield one, other


def _passed_on(c: Claim, heap: Heap, outlets: Mapping[str, Sequence[str]]) -> str | None:
    """The outlet of the heap through which a claim's chain runs before it ends elsewhere, None where there is none."""
    for hop in c.chain[:-1]:
        source = heap.register.resolve(hop.canonical)
        key = source.id if source else None
        if key in outlets and key != heap.natures[c.document].publisher:
            return key
    return None


def _agree(one: Local | None, other: Local | None) -> bool:
    """Whether a claim that only passes through an outlet can end where the outlet's own claim ends."""
    if one is None or other is None:
        return False
    return (
        one.named
        and other.named
        and one.family == other.family
        and one.body == other.body
        and compatible(one.speaker, other.speaker)
    )


def _outlets(heap: Heap) -> dict[str, list[str]]:
    """Publisher key to its documents."""
    found: dict[str, list[str]] = {}
    for d in sorted(heap.natures):
        if (p := heap.natures[d].publisher) is not None:
            found.setdefault(p, []).append(d)
    return found


def _citations(
    heap: Heap, citing: Mapping[str, str | None], outlets: Mapping[str, Sequence[str]]
) -> tuple[list[tuple[str, str, Evidence]], list[Relation]]:
    """For every claim attributed to an outlet of the heap the claim of that outlet's document that it cites."""
    index: dict[str, dict[str, list[Claim]]] = {}
    for publisher in {p for p in citing.values() if p}:
        stems: dict[str, list[Claim]] = {}
        for d in outlets[publisher]:
            for c in heap.by_document.get(d, ()):
                for s in words_of(c.quote).stems:
                    stems.setdefault(s, []).append(c)
        index[publisher] = stems
    found: list[tuple[str, str, Evidence]] = []
    pairs: dict[tuple[str, str], list[tuple[Claim, Claim]]] = {}
    for claim_id in sorted(citing):
        c, publisher = heap.claims[claim_id], citing[claim_id]
        assert publisher is not None
        mine = heap.natures[c.document]
        hits: Counter[str] = Counter()
        for s in words_of(c.quote).stems:
            hits.update(d.claim_id for d in index[publisher].get(s, ())[:300])
        best: tuple[float, str] | None = None
        for other, _ in sorted(hits.items(), key=lambda kv: (-kv[1], kv[0]))[:50]:
            d = heap.claims[other]
            theirs = heap.natures[d.document]
            late = mine.end is not None and theirs.start is not None and theirs.start > mine.end
            points, _ = likeness(c, d)
            if not late and d.document != c.document and points >= CITED and (best is None or (-points, other) < best):
                best = (-points, other)
        if best is not None:
            d = heap.claims[best[1]]
            hop = c.chain[0]
            note = f"{c.document} attributes it to the publisher of {d.document}, which tells the same"
            reason = Evidence(
                rule="cites", note=note, document=c.document, start=hop.start, end=hop.end,
                quote=hop.name if hop.start is not None else None,
            )  # fmt: skip
            found.append((claim_id, best[1], reason))
            pairs.setdefault((c.document, d.document), []).append((c, d))
    return found, [_citation(key, matched, heap) for key, matched in sorted(pairs.items())]


def _citation(key: tuple[str, str], matched: Sequence[tuple[Claim, Claim]], heap: Heap) -> Relation:
    taker, giver = key
    runs = [common_run(words_of(c.quote).words, words_of(d.quote).words) for c, d in matched]
    quoted = max(runs) >= 6
    total = len(heap.by_document[taker])
    c = matched[runs.index(max(runs))][0]
    smaller, larger = sorted(key)
    return Relation(
        document=smaller,
        other=larger,
        kind="quotes" if quoted else "cites",
        direction="from" if smaller == taker else "to",
        share=round(len(matched) / total, 4),
        score=0.9 if quoted else 0.75,
        evidence=(
            Evidence(
                rule="cites",
                note=f"{taker} attributes {len(matched)} of its {total} claims to the publisher of {giver}, which tells the same",
                document=taker, start=c.start, end=c.end, quote=c.quote,
            ),
        ),
    )  # fmt: skip


def _join_rest(nodes: Nodes, unresolved: Sequence[str], local_of: Mapping[str, Local], heap: Heap) -> None:
    """Claims of a cited outlet whose document does not tell them: one publication per document, then across."""
    groups: dict[str, list[str]] = {}
    for c in sorted(unresolved):
        groups.setdefault(local_of[c].key, []).append(c)
    rest = []
    for key, group in sorted(groups.items()):
        for c in group[1:]:
            nodes.join(group[0], c)
        x = local_of[key]
        rest.append(msgspec.structs.replace(x, key=group[0], claims=[heap.claims[c] for c in group]))
    _join_artefacts(nodes, rest, heap)


# -- building ---------------------------------------------------------------------------------------------------------------


def _build(
    nodes: Nodes,
    heap: Heap,
    local_of: Mapping[str, Local],
    cited: Sequence[tuple[str, str, Evidence]],
    citations: Sequence[Relation],
    carried: Sequence[Passage],
    citing: Mapping[str, str | None],
) -> Resolved:
    given = {p.taker for p in carried if p.known} | {c for c, _, _ in cited}
    sets: dict[str, list[str]] = {}
    for c in sorted(heap.claims):
        sets.setdefault(nodes.find(c), []).append(c)
    # own-voice claims that nothing ties to an attributed origin: one origin per document they were first told in
    voices: dict[str, list[str]] = {}
    done: list[tuple[list[str], str | None]] = []
    for leader, members in sorted(sets.items()):
        attributed = [c for c in members if c in local_of and local_of[c].named and c not in citing]
        own = [c for c in members if c not in local_of]
        if attributed or not own:
            done.append((members, None))
            continue
        # the document nobody in the set took from is where it was first told
        source = sorted(own, key=lambda c: (c in given, *_date_key(heap, c), heap.claims[c].document, c))[0]
        voices.setdefault(heap.claims[source].document, []).extend(members)
        if leader in nodes.reasons:
            nodes.reasons.setdefault(source, []).extend(nodes.reasons[leader])
    origins, claim_origins = [], []
    for members, _ in done:
        origins.append(_attributed(members, nodes, heap, local_of, cited))
    for document, members in sorted(voices.items()):
        origins.append(_own_voice(document, members, nodes, heap))
    for o in origins:
        claim_origins += [ClaimOrigin(claim_id=c, origin_id=o.origin_id) for c in o.claims]
    origin_of = {x.claim_id: x.origin_id for x in claim_origins}
    rests = tuple((origin_of[c], origin_of[d], e) for c, d, e in cited if origin_of[c] != origin_of[d])
    return Resolved(
        tuple(sorted(origins, key=lambda o: o.origin_id)),
        tuple(sorted(claim_origins, key=lambda x: x.claim_id)),
        tuple(citations),
        rests,
    )


def _attributed(
    members: Sequence[str],
    nodes: Nodes,
    heap: Heap,
    local_of: Mapping[str, Local],
    cited: Sequence[tuple[str, str, Evidence]],
) -> Origin:
    held = [local_of[c] for c in members if c in local_of]
    ends = [local_of[c] for c in members if c in local_of and c not in {a for a, _, _ in cited}]
    circular = bool(held) and not ends and len(held) == len(members)
    pool = [x for x in (ends or held) if x.named] or ends or held
    intact = [x for x in pool if not heap.natures[x.document].is_spun] or pool
    medium = _most(x.medium for x in intact if x.medium != "not-stated") or "not-stated"
    kind = _most(x.kind for x in intact if x.medium == medium) or intact[0].kind
    reasons = [*_naming(members, heap), *_unique(nodes.reasons.get(nodes.find(members[0]), []))]
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
        documents=tuple(sorted({heap.claims[c].document for c in members})),
        claims=tuple(sorted(members)),
        evidence=tuple(reasons),
    )


def _own_voice(document: str, members: Sequence[str], nodes: Nodes, heap: Heap) -> Origin:
    n = heap.natures[document]
    reasons = [Evidence(rule="own-voice", note=f"told in the own voice of {document}", document=document)]
    if n.credits.first_hand is not None:
        reasons.append(msgspec.structs.replace(n.credits.first_hand, rule="first-hand"))
    leaders = sorted({nodes.find(c) for c in members})
    reasons += _unique(e for x in leaders for e in nodes.reasons.get(x, ()))
    source = heap.register.sources.get(n.publisher or "")
    return Origin(
        origin_id=_origin_id(members),
        kind="document",
        medium=_most(heap.claims[c].medium for c in members) or "not-stated",  # type: ignore[arg-type]
        released_by=source.name if source else n.publisher,
        date=_date([c for c in members if heap.claims[c].document == document] or members, heap),
        documents=tuple(sorted({heap.claims[c].document for c in members})),
        claims=tuple(sorted(members)),
        evidence=tuple(reasons),
    )


def _naming(members: Sequence[str], heap: Heap) -> list[Evidence]:
    """The words that name the origin, once for each document."""
    found: dict[str, Evidence] = {}
    for c in sorted(members, key=lambda c: (heap.claims[c].document, heap.claims[c].start)):
        claim = heap.claims[c]
        for hop in reversed(claim.chain):
            if hop.start is not None and claim.document not in found:
                found[claim.document] = Evidence(
                    rule="named", note=f"named as {hop.canonical}", document=claim.document,
                    start=hop.start, end=hop.end, quote=hop.name,
                )  # fmt: skip
    return [found[d] for d in sorted(found)][:20]


def _unique(evidence: Iterable[Evidence], limit: int = 40) -> list[Evidence]:
    found = {(e.rule, e.note, e.document or "", e.start or -1): e for e in evidence}
    return [found[k] for k in sorted(found)][:limit]


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
    end = heap.natures[heap.claims[claim_id].document].end
    return (end is None, end or "")


def _date(members: Sequence[str], heap: Heap) -> str | None:
    """When it was first told: the publication of the earliest dated carrier."""
    dated = sorted({(n.end, n.start) for c in members if (n := heap.natures[heap.claims[c].document]).end and n.start})
    if not dated:
        return None
    end, start = dated[0]
    return end if start == end else f"{start}/{end}"


def _origin_id(members: Sequence[str]) -> str:
    return "origin-" + hashlib.sha256(min(members).encode()).hexdigest()[:12]
