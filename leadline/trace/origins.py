"""Origins across documents: which claims of the whole heap go back to the same call, video, statement or inquiry.

Every attributed origin of a document and every claim in a document's own voice is a node. Nodes are joined where
(1) one document took from another and the two claims stand in sentences that tell the same; (2) two documents name the
same body or person and the same artefact; (3) a claim is attributed to an outlet whose own document is in the heap: it
rests on what that document's claim rests on. A ring of such citations ends nowhere and is shown as circular.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from leadline.schema import Evidence
from leadline.trace.artefacts import RECORDINGS, Local
from leadline.trace.carried import join_carried
from leadline.trace.citations import agree, find_citations, outlets_of, passed_on
from leadline.trace.facts import Facts, facts_of
from leadline.trace.heap import Heap, Nodes, Orphan, Passage, Resolved
from leadline.trace.matching import SAME, days_apart, same_artefact, words_of
from leadline.trace.settle import settle


def resolve(heap: Heap, carried: Sequence[Passage], orphans: Sequence[Orphan] = ()) -> Resolved:
    """The origins of all claims."""
    nodes = Nodes(heap.claims)
    local_of = {c.claim_id: x for xs in heap.locals_.values() for x in xs for c in x.claims}
    outlets = outlets_of(heap)
    citing = {
        c.claim_id: x.body
        for x in local_of.values()
        for c in x.claims
        if x.body is not None and x.body in outlets and heap.natures[x.document].publisher != x.body
    }
    for xs in heap.locals_.values():
        for x in xs:
            held = [c.claim_id for c in x.claims if c.claim_id not in citing]
            for c in held[1:]:
                nodes.join(held[0], c)
    for p in sorted(carried, key=lambda p: (p.taker, p.giver)):
        join_carried(nodes, p, local_of, heap)
    _join_artefacts(nodes, [x for xs in heap.locals_.values() for x in xs if x.claims[0].claim_id not in citing], heap)
    passing = {
        c.claim_id: key
        for xs in heap.locals_.values()
        for x in xs
        for c in x.claims
        if c.claim_id not in citing and (key := passed_on(c, heap, outlets)) is not None
    }
    cited, citations = find_citations(heap, {**passing, **citing}, outlets)
    cited = [x for x in cited if x[0] in citing or agree(local_of.get(x[0]), local_of.get(x[1]))]
    for c, d, reason in cited:
        nodes.join(c, d, reason)
    resolved = {c for c, _, _ in cited}
    _join_rest(nodes, [c for c in citing if c not in resolved], local_of, heap)
    return settle(nodes, heap, local_of, cited, citations, carried, orphans, citing)


def _join_artefacts(nodes: Nodes, locals_: Sequence[Local], heap: Heap) -> None:
    """Join origins of different documents that name the same artefact, best pairs first.

    Two origins that one document tells apart stay apart, also through a third.
    """
    scored: list[tuple[float, str, str, tuple[str, ...]]] = []
    for one, other in _artefact_pairs(locals_):
        a, b = heap.natures[one.document], heap.natures[other.document]
        gap = days_apart((a.start, a.end), (b.start, b.end))
        points, why = same_artefact(one, other, gap)
        if points >= SAME:
            first, second = sorted((one.key, other.key))
            scored.append((-points, first, second, why))
    by_key = {x.key: x for x in locals_}
    apart: dict[str, set[tuple[str, str]]] = {}
    facts: dict[str, Facts] = {}
    for x in locals_:
        leader = nodes.find(x.key)
        apart.setdefault(leader, set()).add((x.document, x.group))
        facts[leader] = facts.get(leader, Facts()) | facts_of(x.claims)
    for _, key, match, why in sorted(scored):
        left, right = nodes.find(key), nodes.find(match)
        if left == right:
            continue
        seen = dict(apart.get(left, ()))
        if any(d in seen and seen[d] != k for d, k in apart.get(right, ())):
            continue
        if facts[left].contradict(facts[right]):
            continue  # what joined them so far names another place or unit
        note = (
            f"{by_key[key].document} and {by_key[match].document} tell of the same {by_key[key].kind}: {'; '.join(why)}"
        )
        nodes.join(key, match, Evidence(rule="same-artefact", note=note))
        joined = nodes.find(key)
        apart[joined] = apart.pop(left, set()) | apart.pop(right, set())
        facts[joined] = facts.pop(left) | facts.pop(right)


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
            if x.medium in RECORDINGS:
                keys |= {("place", x.medium, c.event, str(p.gazetteer_id or p.name)) for p in c.places}
                keys |= {("unit", x.medium, c.event, c.unit)} if c.unit else set()
            keys |= {("stem", k, s) for k in who for s in w.stems}
            keys |= {("run", *w.words[i : i + 6]) for i in range(len(w.words) - 5)}
            if c.number:
                keys |= {("count", k, str(c.number.low), str(c.number.high)) for k in who}
        keys |= {("run", *x.speech[i : i + 6]) for i in range(len(x.speech) - 5)}
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
