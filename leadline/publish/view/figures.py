"""The figures of a case: each is counted here, once, and stands on the pages with a link to what it counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from statistics import median

import msgspec

from leadline import schema
from leadline.publish.view.records import DocumentView, IncidentView
from leadline.publish.view.views import Views

UNSURE = 0.5  # coding confidence below which a careful reader would more likely code the claim otherwise


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """Counts over the whole case; incidents are single ones of the documents' own time unless said otherwise."""

    n_documents: int
    n_refused: int
    n_hashed: int
    n_unread: int
    n_withheld: int
    n_series: int
    n_no_publisher: int
    n_claims: int
    n_own_voice: int
    n_sources: int
    n_sources_graded: int
    n_origins: int
    n_named_origins: int
    n_counting_origins: int
    n_lines: int
    n_incidents: int
    n_practices: int
    n_past: int
    n_no_date: int
    n_inferred_date: int
    n_unnamed_claims: int
    n_could_not_verify: int
    n_verified: int
    n_disputed: int
    n_no_place: int
    n_protected_places: int
    n_no_time: int
    n_open_time: int
    n_single_line: int
    n_no_line: int
    n_many_lines: int
    n_conflicts: int
    n_denied: int
    n_only_denied: int
    n_weak_links: int
    n_compared: int
    n_unsure_claims: int
    n_reviewed_claims: int
    n_decisions: int
    last_decision: str
    median_confidence: float
    n_copies: int
    n_rewrites: int
    n_damaged_claims: int
    n_circular_claims: int
    n_rings: int
    n_recordings: int
    n_recordings_of_one: int
    n_releasers: int
    top_releaser: str
    n_top_releaser: int
    most_carried_documents: int
    most_carried_page: str
    most_carried_name: str
    groups_low: int
    groups_high: int
    furniture_share: float
    sides: tuple[tuple[str, int], ...]
    conduct: tuple[tuple[str, int], ...]
    languages: tuple[tuple[str, int], ...]


def figures(
    v: Views, documents: Sequence[DocumentView], incidents: Sequence[IncidentView], n_characters: int
) -> Figures:
    """All figures of a case; `documents` one view each, `n_characters` the length of all their texts."""
    t, claims = v.tables, list(v.tables.claims.values())
    present = [i for i in incidents if i.group == "present"]
    named = {h.canonical for c in claims for h in c.chain}
    kinds = Counter(d.carrier_kind for d in documents)
    damaged = {d.document.document for d in documents if d.carrier_kind in ("rewrite", "translation")}
    counting = {o for i in t.incidents for line in i.lines for o in line.origins}
    releasers = Counter(o.released_by for o in t.origins.values() if o.origin_id in counting and o.released_by)
    top, n_top = max(releasers.items(), key=lambda x: (x[1], x[0]), default=("", 0))
    recordings = [o for o in t.origins.values() if o.medium in ("intercepted-call", "video", "audio")]
    calls = Counter(o.released_by for o in recordings if o.released_by)
    most = max(
        incidents,
        key=lambda i: (i.incident.n_documents - i.incident.n_independent, i.incident.incident_id),
        default=None,
    )
    # Counted by claims: the source graph counts a claim on every edge of its chain.
    circular = {c for o in t.origins.values() if any(e.rule == "circular" for e in o.evidence) for c in o.claims}
    low, high = _groups(v)
    bodies = [t.register.resolve(x) for x in sorted(named)]
    return Figures(
        n_documents=len(documents),
        n_refused=t.engine.count(schema.REFUSALS),
        n_hashed=len(documents) + sum(r.sha256 is not None for r in t.engine.records(schema.REFUSALS, schema.Refusal)),
        n_unread=t.engine.count(schema.UNREAD),
        n_withheld=len(v.masks.withheld),
        n_series=len({d.document.series for d in documents if d.document.publisher}),
        n_no_publisher=sum(not d.document.publisher for d in documents),
        n_claims=len(claims),
        n_own_voice=sum(not c.chain for c in claims),
        n_sources=len(named),
        n_sources_graded=sum(s is not None and s.reliability is not None for s in bodies),
        n_origins=len(t.origins),
        n_named_origins=sum(o.kind not in schema.UNNAMED_KINDS for o in t.origins.values()),
        n_counting_origins=len(counting),
        n_lines=v.independent_lines(),
        n_incidents=len(present),
        n_practices=sum(i.group == "practice" for i in incidents),
        n_past=sum(i.group == "past" for i in incidents),
        n_no_date=sum(d.document.published is None for d in documents),
        n_inferred_date=sum(
            d.document.published is not None and d.document.published.basis == "inferred" for d in documents
        ),
        n_unnamed_claims=sum(not t.has_named_lineage(c.claim_id) for c in claims),
        n_could_not_verify=sum(c.verification == "could-not-verify" for c in claims),
        n_verified=sum(c.verification == "verified" for c in claims),
        n_disputed=sum(c.verification == "disputed" for c in claims),
        n_no_place=sum(i.incident.place is None or i.incident.place.lat is None for i in present),
        n_protected_places=sum(i.coarse_place for i in present),
        n_no_time=sum(i.incident.time is None for i in present),
        n_open_time=sum(
            i.incident.time is not None and None in (i.incident.time.start, i.incident.time.end) for i in present
        ),
        n_single_line=sum(i.incident.n_independent == 1 for i in present),
        n_no_line=sum(i.incident.n_independent == 0 for i in present),
        n_many_lines=sum(i.incident.n_independent > 1 for i in present),
        n_conflicts=sum(bool(i.conflicts) for i in present),
        n_denied=sum(i.n_denying > 0 for i in present),
        n_only_denied=sum(i.only_denied for i in present),
        n_weak_links=sum(i.weak for i in present),
        n_compared=sum(i.n_pairs > 0 for i in present),
        n_unsure_claims=sum(c.confidence < UNSURE for c in claims),
        n_reviewed_claims=sum(c in t.claims for c in t.reviews),
        n_decisions=sum(j.state == "applies" for j in t.judgements),
        last_decision=max((j.time for j in t.judgements if j.state == "applies"), default="")[:10],
        median_confidence=median(c.confidence for c in claims) if claims else 0.0,
        n_copies=kinds["copy"] + kinds["excerpt"],
        n_rewrites=kinds["rewrite"] + kinds["translation"],
        n_damaged_claims=sum(c.document in damaged for c in claims),
        n_circular_claims=len(circular),
        n_rings=len({e.ring for e in t.edges if e.ring is not None}),
        n_recordings=len(recordings),
        n_recordings_of_one=max(calls.values(), default=0),
        n_releasers=len(releasers),
        top_releaser=v.masks.source(top) if top else "",
        n_top_releaser=n_top,
        most_carried_documents=most.incident.n_documents if most else 0,
        most_carried_page=most.page if most else "",
        most_carried_name=most.label if most else "",
        groups_low=low,
        groups_high=high,
        furniture_share=sum(d.n_boilerplate for d in documents) / n_characters if n_characters else 0.0,
        sides=_counted(s.side for s in bodies if s is not None and s.side),
        conduct=_counted(c.actor for c in claims if c.actor),
        languages=_counted(d.document.language or "?" for d in documents),
    )


def _counted(values: Iterable[str]) -> tuple[tuple[str, int], ...]:
    return tuple(sorted(Counter(values).items(), key=lambda x: (-x[1], x[0])))


def _groups(v: Views) -> tuple[int, int]:
    """How many groups the draws of the partition make of all claims: the middle nine tenths; (0, 0) where none was drawn."""
    drawn = v.tables.engine.read(schema.PARTITIONS, ["draw", "cluster"])
    if not drawn.num_rows:
        return 0, 0
    per_draw = drawn.group_by("draw").aggregate([("cluster", "count_distinct")])
    counts = sorted(per_draw.column("cluster_count_distinct").to_pylist())
    margin = int(len(counts) * 0.05)
    return counts[margin], counts[-1 - margin]
