"""The table `judgements`: each decision of the ledger, found again in the claims as they are now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from leadline.engine import Engine
from leadline.judgements.anchors import Anchor, Finder, Place, coding, exact_digest
from leadline.judgements.claims import with_judgements
from leadline.judgements.conflicts import overruled
from leadline.judgements.entries import Decided
from leadline.schema import CLAIMS, DOCUMENTS, Claim, Document, Judgement


def resolve(decisions: Sequence[Decided], claims: Sequence[Claim], places: Mapping[str, Place]) -> list[Judgement]:
    """Every decision with the claims it is about now and whether it applies, in order.

    A decision lapses where one of its sides is gone, or where a claim that was accepted is coded otherwise now; it is
    overruled where a later one contradicts it (which only a new extraction can bring about: `judge` refuses it).
    """
    finder = Finder(claims, places)
    found = [_resolve(d, finder) for d in decisions]
    clashes = overruled([j for j in found if j.state == "applies"])
    found = [_overruled(j, clashes[j.seq]) if j.seq in clashes else j for j in found]
    return _still_accepted(found, decisions, claims)


def resolve_case(decisions: Sequence[Decided], engine: Engine) -> list[Judgement]:
    """`resolve` on a case's current tables; reads only the documents that somebody judged."""
    judged = {a.sha256 for d in decisions for a in (*d.left, *d.right)}
    places = places_of(engine, judged)
    claims = [c for c in engine.records(CLAIMS, Claim) if c.document in places] if places else []
    return resolve(decisions, claims, places)


def places_of(engine: Engine, originals: set[str]) -> dict[str, Place]:
    """Digests of the documents with these original bytes."""
    if not originals:
        return {}
    held = engine.read(DOCUMENTS, ["sha256"]).column("sha256").to_pylist()
    if originals.isdisjoint(held):
        return {}
    return {
        d.document: Place(sha256=d.sha256, text=exact_digest(d.text))
        for d in engine.records(DOCUMENTS, Document)
        if d.sha256 in originals
    }


def _resolve(d: Decided, finder: Finder) -> Judgement:
    left, lost_left = _side(d.left, finder)
    right, lost_right = _side(d.right, finder)
    lost = [*lost_left, *lost_right]
    state, note = "applies", ""
    if lost:
        note = f"{len(lost)} of {len(d.left) + len(d.right)} claims not found: {'; '.join(sorted(set(lost)))}"
    if not left or (d.right and not right):
        state = "lapsed"
    if d.undone is not None:
        state, note = "undone", f"taken back by entry {d.undone}"
    return Judgement(
        seq=d.seq, time=d.time, by=d.by, why=d.why, decision=d.decision, about=d.about, left=left, right=right,
        field=d.field, value=d.value, state=state, note=note,  # type: ignore[arg-type]
    )  # fmt: skip


def _side(anchors: Sequence[Anchor], finder: Finder) -> tuple[tuple[str, ...], list[str]]:
    claims: set[str] = set()
    lost = []
    for a in anchors:
        found, why = finder.find(a)
        claims |= {c.claim_id for c in found}
        if not found:
            lost.append(why)
    return tuple(sorted(claims)), lost


def _overruled(j: Judgement, entries: tuple[int, ...]) -> Judgement:
    named = " and ".join(str(e) for e in entries)
    return msgspec.structs.replace(j, state="overruled", note=f"contradicts entry {named}, which came later")


def _still_accepted(
    judgements: Sequence[Judgement], decisions: Sequence[Decided], claims: Sequence[Claim]
) -> list[Judgement]:
    """An acceptance holds for what was seen: it lapses where the claim, corrections included, reads otherwise now."""
    applying = [j for j in judgements if j.state == "applies"]
    shown = {c.claim_id: coding(c) for c in with_judgements(claims, applying)}
    seen = {d.seq: {a.coding for a in d.left} for d in decisions}
    note = "the claim is coded otherwise now than it was when it was accepted"
    return [
        msgspec.structs.replace(j, state="lapsed", note=note)
        if j.decision == "accept" and j.state == "applies" and not all(shown.get(c) in seen[j.seq] for c in j.left)
        else j
        for j in judgements
    ]
