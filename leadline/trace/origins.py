"""Origins across documents: which claims of the whole heap go back to the same call, video, statement or inquiry.

Every attributed origin of a document and every claim in a document's own voice is a node. Nodes are joined where
(1) one document took from another and the two claims stand in sentences that tell the same; (2) two documents name the
same body or person and the same artefact; (3) a claim is attributed to an outlet whose own document is in the heap: it
rests on what that document's claim rests on. A ring of such citations ends nowhere and is shown as circular.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

import msgspec
import numpy as np

from leadline.schema import Evidence
from leadline.trace.carried import join_carried
from leadline.trace.citations import agree, find_citations, interviews, outlets_of, passed_on
from leadline.trace.facts import Facts, facts_of
from leadline.trace.heap import Heap, Nodes, Orphan, Passage, Resolved
from leadline.trace.local import RECORDINGS, Local
from leadline.trace.matching import SAME, Held, hold, same_artefact
from leadline.trace.meeting import Columns
from leadline.trace.settle import settle
from leadline.trace.told import Page, Pile, Selected

N_HELD = 20_000
"""Origins prepared for comparison that are kept at hand."""


def resolve(heap: Heap, carried: Sequence[Passage], orphans: Sequence[Orphan] = ()) -> Resolved:
    """The origins of all claims."""
    nodes, local_of = Nodes(heap.told.names, heap.told.number), heap.local_of
    outlets = outlets_of(heap)
    citing: dict[str, str] = {}
    passing: dict[str, str] = {}
    own = Selected(heap.told)
    for number, document in enumerate(heap.told.documents):
        page = heap.told.page(number)
        for k, x in enumerate(page.locals_):
            held = [c.claim_id for c in x.claims]
            if x.body is not None and x.body in outlets and heap.natures[document].publisher != x.body:
                citing.update(dict.fromkeys(held, x.body))
                continue
            for c in held[1:]:
                nodes.join(held[0], c)
            passing |= {c.claim_id: key for c in x.claims if (key := passed_on(c, heap, outlets)) is not None}
            own.add(number, k)
        _join_own_report(nodes, document, page, heap)
    for p in sorted(carried, key=lambda p: (p.taker, p.giver)):
        join_carried(nodes, p, local_of, heap)
    _join_artefacts(nodes, own, heap)
    cited, citations = find_citations(nodes, heap, {**passing, **citing}, outlets)
    cited = [x for x in cited if x[0] in citing or agree(local_of.get(x[0]), local_of.get(x[1]))]
    for c, d, reason in cited:
        nodes.join(c, d, reason)
    known = {c for c, _, _ in cited}
    spoken = {c: outlet for c, outlet in {**passing, **citing}.items() if c not in known}
    interviewed = [
        x
        for x in interviews(nodes, heap, spoken, local_of, outlets)
        if x[0] in citing or agree(local_of.get(x[0]), local_of.get(x[1]))
    ]
    for c, d, reason in interviewed:
        nodes.join(c, d, reason)
    cited += interviewed
    resolved = {c for c, _, _ in cited}
    _join_rest(nodes, [c for c in citing if c not in resolved], local_of, heap)
    return settle(nodes, heap, local_of, cited, citations, carried, orphans, citing)


def _join_own_report(nodes: Nodes, document: str, page: Page, heap: Heap) -> None:
    """Join what a body says of its own finding ("the Commission found") with the voice of the report that it publishes.

    An outlet is no such body: what it says it reported stands elsewhere.
    """
    publisher = heap.register.sources.get(heap.natures[document].publisher or "")
    if publisher is None or publisher.kind in ("outlet", "agency", "channel", "person", "class"):
        return
    own = [c.claim_id for c in page.claims if c.claim_id not in page.local_of]
    for x in page.locals_:
        if own and x.named and x.body == publisher.id and not x.speaker_named and x.family not in RECORDINGS.values():
            note = f"{publisher.name} speaks of its own work in {document}, which it publishes"
            nodes.join(own[0], x.claims[0].claim_id, Evidence(rule="own-report", note=note, document=document))
    for c in own[1:] if any(x.body == publisher.id for x in page.locals_) else ():
        nodes.join(own[0], c)


def _join_artefacts(nodes: Nodes, locals_: Sequence[Local], heap: Heap) -> None:
    """Join origins of different documents that name the same artefact, best pairs first.

    Two origins that one document tells apart stay apart, also through a third.
    """
    columns = Columns(locals_, heap)
    stock = columns.stock()

    @lru_cache(maxsize=N_HELD)
    def held(row: int) -> Held:
        x = locals_[row]
        n = heap.natures[x.document]
        return hold(x, (n.start, n.end), stock)

    one, other = columns.pairs(nodes)
    likely = columns.likely(one, other)
    one, other = one[likely], other[likely]
    points = np.zeros(len(one))
    reasons: Pile[tuple[str, ...]] = Pile(tuple[str, ...])
    told = np.zeros(len(one), np.int64)
    for k, (i, j) in enumerate(zip(one.tolist(), other.tolist(), strict=True)):
        points[k], why = same_artefact(held(i), held(j))
        if points[k] >= SAME:
            told[k] = reasons.add(why)
    key = np.frombuffer(columns.key, np.int64) if len(locals_) else np.zeros(0, np.int64)
    same = np.flatnonzero(points >= SAME)
    best = same[np.lexsort((key[other[same]], key[one[same]], -points[same]))]
    touched = {nodes.leader(k) for k in key[one[same]].tolist() + key[other[same]].tolist()}
    apart: dict[int, set[tuple[str, str]]] = {}
    facts: dict[int, Facts] = {}
    for row, k in enumerate(key.tolist()):
        if (leader := nodes.leader(k)) in touched:
            x = locals_[row]
            apart.setdefault(leader, set()).add((x.document, x.group))
            facts[leader] = facts.get(leader, Facts()) | facts_of(x.claims)
    for i, j, why in zip(one[best].tolist(), other[best].tolist(), told[best].tolist(), strict=True):
        left, right = nodes.leader(int(key[i])), nodes.leader(int(key[j]))
        if left == right:
            continue
        seen = dict(apart.get(left, ()))
        if any(d in seen and seen[d] != k for d, k in apart.get(right, ())):
            continue
        if facts[left].contradict(facts[right]):
            continue  # what joined them so far names another place or unit
        x, y = locals_[i], locals_[j]
        note = f"{x.document} and {y.document} tell of the same {x.kind}: {'; '.join(reasons[why])}"
        nodes.join(x.key, y.key, Evidence(rule="same-artefact", note=note))
        joined = nodes.leader(left)
        apart[joined] = apart.pop(left, set()) | apart.pop(right, set())
        facts[joined] = facts.pop(left) | facts.pop(right)


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
