"""Claims attributed to an outlet whose own documents are in the heap, and the claim there that they cite."""

from __future__ import annotations

import datetime as dt
from array import array
from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from leadline.schema import Claim, Evidence, Relation
from leadline.trace.facts import facts_of
from leadline.trace.heap import Heap, Nodes
from leadline.trace.kinds import Nature
from leadline.trace.local import Local
from leadline.trace.matching import agreement, common_run, likeness, words_of
from leadline.trace.roles import compatible

CITED = 1.5
"""Likeness from which a claim is taken to be the one that another document cites."""
SOON = 14
"""Days within which a claim that has no fact in common with what an outlet told can still be that."""
NEARLY = 1.0
"""Likeness that a claim may fall short of another and still be meant in its stead."""
LONG_AGO = 1 << 20
N_RAREST = 10
"""Stems of a claim, the rarest in the cited outlet first, by which the claim that it cites is looked for."""
MAX_HOLDERS = 300
MAX_OPTIONS = 25


def passed_on(c: Claim, heap: Heap, outlets: Mapping[str, Sequence[str]]) -> str | None:
    """The outlet of the heap through which a claim's chain runs before it ends elsewhere, None where there is none."""
    for hop in c.chain[:-1]:
        source = heap.register.resolve(hop.canonical)
        key = source.id if source else None
        if key in outlets and key != heap.natures[c.document].publisher:
            return key
    return None


def agree(one: Local | None, other: Local | None) -> bool:
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


def interviews(
    nodes: Nodes,
    heap: Heap,
    passing: Mapping[str, str],
    local_of: Mapping[str, Local],
    outlets: Mapping[str, Sequence[str]],
) -> Iterator[tuple[str, str, Evidence]]:
    """For a person's words that a document has from an outlet of the heap: that outlet's own interview with the person.

    Only where the outlet's documents hold a single one; which of several is meant, nobody can say.
    """
    occasions: dict[tuple[str, str, str], dict[str, str]] = {}
    for outlet in sorted(set(passing.values())):
        for document in outlets[outlet]:
            for x in heap.locals_.get(document, ()):
                if x.speaker is not None and x.speaker_named and x.via is None:
                    held = occasions.setdefault((outlet, x.speaker, x.family), {})
                    held.setdefault(nodes.find(x.key), x.key)
    for claim, outlet in sorted(passing.items()):
        x = local_of[claim]
        held = occasions.get((outlet, x.speaker or "", x.family), {})
        if x.speaker_named and len(held) == 1 and heap.told.document_of(claim) not in outlets[outlet]:
            (told,) = held.values()
            source = heap.told.document_of(told)
            note = (
                f"{x.document} has the words of {x.speaker} from the publisher of {source}, which spoke with them once"
            )
            yield claim, told, Evidence(rule="cites", note=note, document=x.document)


def outlets_of(heap: Heap) -> dict[str, list[str]]:
    """Publisher key to its documents."""
    found: dict[str, list[str]] = {}
    for d in sorted(heap.natures):
        if (p := heap.natures[d].publisher) is not None:
            found.setdefault(p, []).append(d)
    return found


def find_citations(
    nodes: Nodes, heap: Heap, citing: Mapping[str, str], outlets: Mapping[str, Sequence[str]]
) -> tuple[list[tuple[str, str, Evidence]], list[Relation]]:
    """For every claim attributed to an outlet of the heap the claim of that outlet's document that it cites."""
    names, number = heap.told.names, heap.told.number
    index: dict[str, dict[str, array[int]]] = {}
    for cited in sorted(set(citing.values())):
        stems: dict[str, array[int]] = {}
        for document in outlets[cited]:
            for told in heap.by_document.get(document, ()):
                for s in words_of(told.quote).stems:
                    stems.setdefault(s, array("q")).append(number[told.claim_id])
        index[cited] = stems

    found: list[tuple[str, str, Evidence]] = []
    pairs: dict[tuple[str, str], list[tuple[Claim, Claim]]] = {}
    for claim_id, publisher in sorted(citing.items()):
        c = heap.claims[claim_id]
        mine = heap.natures[c.document]
        stems = index[publisher]
        rarest = sorted((s for s in words_of(c.quote).stems if s in stems), key=lambda s: (len(stems[s]), s))[:N_RAREST]
        options: list[tuple[float, int, int, str]] = []
        for other in _most_shared([stems[s][:MAX_HOLDERS] for s in rarest], names):
            theirs = heap.nature_of(other)
            late = mine.end is not None and theirs.start is not None and theirs.start > mine.end
            if late or theirs.document == c.document:
                continue
            d = heap.claims[other]
            if (points := likeness(c, d)) >= CITED:
                options.append((-points, len(d.chain), _days_between(mine, theirs), other))
        best = _meant(c, sorted(options), nodes, heap)
        if best is not None:
            d = heap.claims[best]
            hop = c.chain[0] if c.chain else None  # a headline stands under the words that the article names
            note = f"{c.document} attributes it to the publisher of {d.document}, which tells the same"
            reason = Evidence(
                rule="cites", note=note, document=c.document, start=hop.start if hop else None, end=hop.end if hop else None,
                quote=hop.name if hop and hop.start is not None else None,
            )  # fmt: skip
            found.append((claim_id, best, reason))
            pairs.setdefault((c.document, d.document), []).append((c, d))
    return found, [_citation(key, matched, heap) for key, matched in sorted(pairs.items())]


def _meant(c: Claim, options: Sequence[tuple[float, int, int, str]], nodes: Nodes, heap: Heap) -> str | None:
    """Which claim of an outlet another cites, the likeliest first; None where nobody can say.

    Of equals what the outlet has from nobody else comes first, then what it published last. An outlet that publishes a lot has told
    much in the same words. What was told more than `SOON` days before and has no fact in
    common (a place, a unit, a count) is meant only where the outlet has told nothing else that is as likely, or nearly.
    """
    if not options:
        return None
    points, _, gap, d = options[0]
    where = heap.told.document_of(d)
    near = [other for p, _, _, other in options if p <= points + NEARLY and heap.told.document_of(other) != where]
    rivals = {nodes.find(other) for other in near} - {nodes.find(d)}
    meant = not rivals or gap <= SOON or agreement(facts_of([c]), facts_of([heap.claims[d]])) > 0
    return d if meant else None


def _days_between(mine: Nature, theirs: Nature) -> int:
    """Days from the publication of one document to that of a later one, `LONG_AGO` where a date is unknown."""
    if mine.start is None or theirs.end is None:
        return LONG_AGO
    first, last = (dt.date.fromisoformat(d[:10]) for d in (theirs.end, mine.start))
    return max(0, (last - first).days)


def _most_shared(holders: Sequence[array[int]], names: Sequence[str]) -> list[str]:
    """The names that most of these lists of numbers hold, at most `MAX_OPTIONS`; of equals the smaller first.

    >>> _most_shared([array("q", [0, 2]), array("q", [2, 3])], "abcd")
    ['c', 'a', 'd']
    """
    if not holders:
        return []
    found, often = np.unique(np.concatenate([np.frombuffer(h, np.int64) for h in holders]), return_counts=True)
    return [names[k] for k in found[np.argsort(-often, kind="stable")[:MAX_OPTIONS]].tolist()]


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
