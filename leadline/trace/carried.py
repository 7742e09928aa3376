"""Claims that travel with a text: where one document took from another, its claims there are the other's claims."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from leadline.schema import Claim, Evidence, Relation
from leadline.trace.facts import facts_of
from leadline.trace.heap import Heap, Nodes, Orphan, Passage
from leadline.trace.local import RECORDINGS, Local
from leadline.trace.matching import likeness, words_of
from leadline.trace.roles import compatible
from leadline.trace.text import View

CARRIED = 0.5
"""Likeness that two claims in partnered sentences of a retold text must reach; a contradiction falls below."""


def passages(
    relation: Relation,
    partners: Sequence[tuple[int, int, float]],
    views: tuple[View, View],
    claims: tuple[Sequence[Claim], Sequence[Claim]],
) -> tuple[list[Passage], list[Orphan]]:
    """Pairs of claims that stand in partnered sentences of two related documents, best likeness first, one to one.

    A claim in the taker's own voice whose sentence was taken, but whose counterpart nobody found, is an orphan: it is
    still the giver's.
    """
    at: tuple[dict[int, list[Claim]], dict[int, list[Claim]]] = ({}, {})
    for side in (0, 1):
        for c in claims[side]:
            sentence = views[side].sentence_of(c.start)
            if sentence is not None:
                at[side].setdefault(sentence, []).append(c)
    verbatim_text = any(e.rule == "verbatim" for e in relation.evidence)
    options = []
    facts = {c.claim_id: facts_of([c]) for side in at for told in side.values() for c in told}
    for i, j, value in partners:
        for c in at[0].get(i, ()):
            for d in at[1].get(j, ()):
                agree = (c.event == d.event) + (c.realis == d.realis) * 0.25
                points = likeness(c, d, lambda x: facts[x.claim_id])
                if points >= CARRIED or verbatim_text:
                    options.append((-agree - 0.3 * points, -value, c.claim_id, d.claim_id))
    by_id = {c.claim_id: c for told in claims for c in told}
    known = relation.direction != "unknown"
    shown = known and any(e.rule in ("credit", "damage") for e in relation.evidence)
    used: set[str] = set()
    found = []
    note = f"{relation.kind} between {relation.document} and {relation.other}: both tell it in the same place"
    for cost, _, one, other in sorted(options):
        if one in used or other in used or cost >= 0:
            continue
        used |= {one, other}
        taker, giver = (other, one) if relation.direction == "to" else (one, other)
        a, b = words_of(by_id[one].quote).stems, words_of(by_id[other].quote).stems
        verbatim = verbatim_text and len(a & b) >= 0.8 * max(1, min(len(a), len(b)))
        reason = Evidence(rule="carried", note=note)
        found.append(Passage(taker, giver, known, shown, verbatim, reason, (relation.document, relation.other)))
    orphans = []
    if known:
        side = 0 if relation.direction == "from" else 1
        giver_document = relation.other if side == 0 else relation.document
        for s in sorted({(i, j)[side] for i, j, _ in partners}):
            orphans += [
                Orphan(c.claim_id, giver_document)
                for c in at[side].get(s, ())
                if not c.chain and c.claim_id not in used
            ]
    return found, orphans


def join_carried(nodes: Nodes, p: Passage, local_of: Mapping[str, Local], heap: Heap) -> None:
    """Join the two claims of a passage, unless their origins cannot be one."""
    one, other = local_of.get(p.taker), local_of.get(p.giver)
    attributed = one is not None and other is not None and one.named and other.named
    if one is not None and p.known and not heap.claims[p.taker].chain:
        attributed = False  # the taker has lost the words that say from whom it is
    if one and other and attributed and not _one_artefact(one, other, heap, p.verbatim):
        return
    nodes.join(p.taker, p.giver, p.reason)


def _one_artefact(one: Local, other: Local, heap: Heap, verbatim: bool) -> bool:
    """Whether two named origins in a shared passage can be one.

    A call is no video, whoever retold it; names may differ only where a text shows that it damages names. Where both
    texts have the same words, another medium is the reader's doing; another body or speaker stands in the text.
    """
    one_body = one.body is not None and one.body == other.body
    same_who = (one_body or None in (one.body, other.body)) and compatible(one.speaker, other.speaker)
    if verbatim and one.body == other.body and compatible(one.speaker, other.speaker):
        return True
    if one.family != other.family and not one_body and "not-stated" not in (one.medium, other.medium):
        return False
    if one.family != other.family and {one.medium, other.medium} <= set(RECORDINGS):
        return False
    if any(heap.natures[x.document].is_spun or heap.natures[x.document].is_translated for x in (one, other)):
        return True
    return same_who
