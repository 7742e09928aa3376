"""Origins across documents: which claims of the whole heap go back to the same call, video, statement or inquiry.

Every attributed origin of a document and every claim in a document's own voice is a node. Nodes are joined where
(1) one document took from another and the two claims stand in sentences that tell the same; (2) two documents name the
same body or person and the same artefact; (3) a claim is attributed to an outlet whose own document is in the heap: it
rests on what that document's claim rests on. A ring of such citations ends nowhere and is shown as circular.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache

import msgspec
import numpy as np

from leadline.schema import Evidence
from leadline.trace.carried import join_carried
from leadline.trace.citations import agree, find_citations, interviews, outlets_of, passed_on
from leadline.trace.facts import Facts, facts_of
from leadline.trace.heap import Heap, Nodes, Orphan, Passage, Resolved
from leadline.trace.local import RECORDINGS, Local
from leadline.trace.matching import LONG_RUN, SAME, Held, hold, same_artefact, stock_phrases, words_of
from leadline.trace.settle import settle
from leadline.trace.text import hash_of

N_RAREST = 24
"""Stems and runs of an origin that are followed to others which have them."""
MAX_HOLDERS = 200
"""Sets of origins among which a key still tells something."""
ALL_PAIRS = 60
"""Origins that share a key of which all pairs are compared; of more, each with its `NEIGHBOURS` by date of publication."""
NEIGHBOURS = 12
N_HELD = 50_000
"""Origins prepared for comparison that are kept at hand."""
N_OF_A_SET = 4
"""Origins already joined that stand for their set where a key is shared."""


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
    for document, xs in heap.locals_.items():
        _join_own_report(nodes, document, xs, local_of, heap)
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


def _join_own_report(
    nodes: Nodes, document: str, locals_: Sequence[Local], local_of: Mapping[str, Local], heap: Heap
) -> None:
    """Join what a body says of its own finding ("the Commission found") with the voice of the report that it publishes.

    An outlet is no such body: what it says it reported stands elsewhere.
    """
    publisher = heap.register.sources.get(heap.natures[document].publisher or "")
    if publisher is None or publisher.kind in ("outlet", "agency", "channel", "person", "class"):
        return
    own = [c.claim_id for c in heap.by_document.get(document, ()) if c.claim_id not in local_of]
    for x in locals_:
        if own and x.body == publisher.id and not x.speaker_named and x.family not in RECORDINGS.values():
            note = f"{publisher.name} speaks of its own work in {document}, which it publishes"
            nodes.join(own[0], x.claims[0].claim_id, Evidence(rule="own-report", note=note, document=document))
    for c in own[1:] if any(x.body == publisher.id for x in locals_) else ():
        nodes.join(own[0], c)


def _join_artefacts(nodes: Nodes, locals_: Sequence[Local], heap: Heap) -> None:
    """Join origins of different documents that name the same artefact, best pairs first.

    Two origins that one document tells apart stay apart, also through a third.
    """
    scored: list[tuple[float, str, str, tuple[str, ...]]] = []
    stock = stock_phrases(locals_)
    by_key = {x.key: x for x in locals_}

    @lru_cache(maxsize=N_HELD)
    def held(key: str) -> Held:
        n = heap.natures[by_key[key].document]
        return hold(by_key[key], (n.start, n.end), stock)

    for one, other in _artefact_pairs(nodes, locals_, heap):
        points, why = same_artefact(held(one), held(other))
        if points >= SAME:
            scored.append((-points, one, other, why))
    apart: dict[str, set[tuple[str, str]]] = {}
    facts: dict[str, Facts] = {}
    touched = {nodes.find(key) for _, one, other, _ in scored for key in (one, other)}
    for x in locals_:
        if (leader := nodes.find(x.key)) not in touched:
            continue
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


def _artefact_pairs(nodes: Nodes, locals_: Sequence[Local], heap: Heap) -> Iterator[tuple[str, str]]:
    """Keys of origins not yet joined that share something rare: a stem or count with the body or person, a place, quoted words.

    Of facts, stems and runs only the rarest of each origin are followed (two that tell of one artefact share several),
    and of origins already joined a few stand for all: what is looked at grows with the heap, not with its square.
    """
    named = sorted((x for x in locals_ if x.named), key=lambda x: x.key)
    keys = [_keys(x) for x in named]
    often = Counter(k for x in keys for ks in x for k in ks)
    holders: dict[int, array[int]] = {}
    for i, listed in enumerate(keys):
        kept: set[int] = set()
        for ks in listed:
            kept.update(sorted((k for k in ks if often[k] > 1), key=lambda k: (often[k], k))[:N_RAREST])
        for k in kept:
            holders.setdefault(k, array("q")).append(i)
    found = array("q")
    # what copies share they share many times over: one look at the same origins is enough
    groups = {group.tobytes(): group for group in holders.values() if len(group) > 1}
    del holders
    for group in groups.values():
        found.extend(i * len(named) + j for i, j in _within(nodes, named, group, heap))
    for pair in np.unique(np.frombuffer(found, np.int64)).tolist() if found else ():
        i, j = divmod(pair, len(named))
        yield named[i].key, named[j].key


def _within(nodes: Nodes, named: Sequence[Local], group: Sequence[int], heap: Heap) -> Iterable[tuple[int, int]]:
    """Pairs of origins not yet joined among those that share a key, smaller first; of a large group those published close together."""
    members: Counter[str] = Counter()
    few: list[tuple[str, int]] = []
    for i in group:
        leader = nodes.find(named[i].key)
        members[leader] += 1
        if members[leader] <= N_OF_A_SET:
            few.append((leader, i))
    if len(members) == 1 or len(members) > MAX_HOLDERS:
        return  # one already, or a word that a body uses all the time and that tells nothing
    reach = len(few)
    if reach > ALL_PAIRS:
        few.sort(key=lambda of: (heap.natures[named[of[1]].document].start or "", of[1]))
        reach = NEIGHBOURS
    for k, (leader, i) in enumerate(few):
        for of, j in few[k + 1 : k + 1 + reach]:
            if leader != of and named[i].document != named[j].document:
                yield min(i, j), max(i, j)


def _keys(x: Local) -> tuple[set[int], set[int], set[int]]:
    """What two origins must share to be compared: facts, stems with who stands behind them, runs of words."""
    facts: set[tuple[str, ...]] = set()
    stems: set[tuple[str, ...]] = set()
    runs = {("run", *x.speech[i : i + LONG_RUN]) for i in range(len(x.speech) - LONG_RUN + 1)}
    who = [k for k in (x.body, x.speaker if x.speaker_named else None) if k]
    for c in x.claims:
        w = words_of(c.quote)
        if x.medium in RECORDINGS:
            facts |= {("place", x.medium, c.event, str(p.gazetteer_id or p.name)) for p in c.places}
            facts |= {("unit", x.medium, c.event, c.unit)} if c.unit else set()
        if c.number:
            facts |= {("count", k, str(c.number.low), str(c.number.high)) for k in who}
        stems |= {("stem", k, s) for k in who for s in w.stems}
        runs |= {("run", *run) for run in w.runs}
    return ({hash_of(k) for k in facts}, {hash_of(k) for k in stems}, {hash_of(k) for k in runs})


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
