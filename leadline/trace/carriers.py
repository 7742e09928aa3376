"""What kind of carrier each document is, from itself alone and from its relations, always with evidence.

Order of what counts: a relation to an original in the heap; then what the text shows of itself (spinning before
translation, since a spun text is often spun from a translation); then whether it mostly passes on others (aggregate);
then whether it is shown to be first-hand (original). Without evidence a carrier is `unknown`: an accusation needs proof.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from leadline.register import Register
from leadline.schema import Carrier, CarrierKind, Claim, Evidence, Relation
from leadline.trace.kinds import Nature
from leadline.trace.signs import source_language

MEDIA_KINDS = frozenset({"outlet", "agency", "channel", "monitor"})
MAX_SIGNS = 12
MOST = 0.5
"""Share of its words that a document must have taken to be called what its relation is."""


def carrier(
    nature: Nature,
    text: str,
    relations: Sequence[Relation],
    claims: Sequence[Claim],
    register: Register,
    natures: Mapping[str, Nature],
) -> Carrier:
    """The carrier kind of one document; `relations` are those in which it stands."""
    kind, evidence = _from_relations(nature, relations, natures)
    own_kind, own_evidence = _from_itself(nature, text)
    if own_kind is not None and (kind is None or kind in ("copy", "excerpt")):
        # a copy of a translation is itself a translation; what it was copied from stays as evidence
        return Carrier(document=nature.document, carrier_kind=own_kind, carrier_evidence=(*own_evidence, *evidence))
    if kind is not None:
        return Carrier(document=nature.document, carrier_kind=kind, carrier_evidence=(*evidence, *own_evidence))
    if passed_on := _aggregate(nature, claims, register):
        return Carrier(document=nature.document, carrier_kind="aggregate", carrier_evidence=passed_on)
    if nature.credits.first_hand is not None:
        return Carrier(document=nature.document, carrier_kind="original", carrier_evidence=(nature.credits.first_hand,))
    return Carrier(document=nature.document, carrier_kind="unknown")


def _from_relations(
    nature: Nature, relations: Iterable[Relation], natures: Mapping[str, Nature]
) -> tuple[CarrierKind | None, tuple[Evidence, ...]]:
    """The strongest relation in which this document is the one that took."""
    best: Relation | None = None
    for r in relations:
        if r.kind in ("passage", "quotes", "cites"):
            continue
        took = (r.direction == "from" and r.document == nature.document) or (
            r.direction == "to" and r.other == nature.document
        )
        if took and (best is None or (r.share, r.score) > (best.share, best.score)):
            best = r
    if best is None or best.share < MOST:
        return None, ()  # a passage of another inside a longer piece does not make the whole a copy
    other = best.other if best.document == nature.document else best.document
    kind: CarrierKind = best.kind  # type: ignore[assignment]
    if kind == "translation" and not nature.is_translated and nature.language == natures[other].language:
        kind = "rewrite"
    note = f"{best.share:.0%} of its words are taken from {other}"
    return kind, (Evidence(rule="relation", note=note), *best.evidence)


def _from_itself(nature: Nature, text: str) -> tuple[CarrierKind | None, tuple[Evidence, ...]]:
    if nature.is_spun:
        strongest = sorted(nature.spun, key=lambda s: (-s.weight, s.start))[:MAX_SIGNS]
        return "rewrite", tuple(s.evidence(nature.document, text) for s in sorted(strongest))
    if nature.is_translated:
        language = source_language(list(nature.translated))
        signs = tuple(s.evidence(nature.document, text) for s in nature.translated[:MAX_SIGNS])
        if language:
            signs = (Evidence(rule="language", note=f"most signs point to {language}"), *signs)
        return "translation", signs
    return None, ()


def _aggregate(nature: Nature, claims: Sequence[Claim], register: Register) -> tuple[Evidence, ...]:
    """Evidence that a document mainly passes on several other media: at least two, and half of its claims.

    An outlet that is only a relay (a translator, a captioning channel) or the document's own publisher does not count.
    """
    by_outlet: dict[str, list[Claim]] = {}
    for c in claims:
        for hop in c.chain[:1]:
            source = register.resolve(hop.canonical)
            if source and source.kind in MEDIA_KINDS and not source.relays and source.id != nature.publisher:
                by_outlet.setdefault(source.name, []).append(c)
    counts = Counter({name: len(cs) for name, cs in by_outlet.items() if len(cs) > 1})
    if len(counts) < 2 or sum(counts.values()) * 2 < len(claims):
        return _digest(nature, by_outlet, register)
    found: list[Evidence] = []
    for name, n in sorted(counts.items(), key=lambda kv: (-kv[1], kv[0])):
        hop = by_outlet[name][0].chain[0]
        found.append(
            Evidence(
                rule="passes-on",
                note=f"{n} of {len(claims)} claims are passed on from {name}",
                document=nature.document,
                start=hop.start,
                end=hop.end,
                quote=hop.name if hop.start is not None else None,
            )
        )
    return tuple(found)


def _digest(nature: Nature, by_outlet: Mapping[str, Sequence[Claim]], register: Register) -> tuple[Evidence, ...]:
    """Evidence that a text goes through what others wrote: it credits at least three outlets and does no work of its own."""
    credited = {k: e for k, e in nature.credits.credited.items() if k != nature.publisher}
    names = {register.sources[k].name if k in register.sources else k for k in credited}
    if nature.credits.first_hand is not None or len(names | set(by_outlet)) < 3:
        return ()
    found = [msgspec.structs.replace(credited[k], rule="passes-on") for k in sorted(credited)]
    for name in sorted(set(by_outlet) - names):
        hop = by_outlet[name][0].chain[0]
        note = f"a claim is passed on from {name}"
        found.append(
            Evidence(
                rule="passes-on",
                note=note,
                document=nature.document,
                start=hop.start,
                end=hop.end,
                quote=hop.name if hop.start is not None else None,
            )
        )
    return tuple(found)
