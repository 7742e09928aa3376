"""The stage of the flow: incidents to capture histories to an estimate or a refusal.

A list is a family of origins: an incident is on it where one of its origins was released, collected or spoken by a
source that the register puts into that family. Habitual and historical incidents, events that the codebook calls context
(territory, losses), and what is only possible, threatened or denied are on no list.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from leadline.codebook import load_codebook
from leadline.engine.base import Engine
from leadline.estimate.analysis import analyse_table
from leadline.estimate.options import Options
from leadline.estimate.tables import ListTable
from leadline.judgements import judged_claims
from leadline.progress import SILENT, Progress
from leadline.register import Register, load_register
from leadline.schema import (
    CAPTURE_HISTORIES,
    CLAIM_ORIGINS,
    ESTIMATES,
    INCIDENTS,
    ORIGINS,
    PARTITIONS,
    CaptureHistory,
    ClaimOrigin,
    Estimate,
    Incident,
    Origin,
    PartitionDraw,
)  # fmt: skip
from leadline.settings import Settings

CHEAP = ("independence", "chao", "coverage")  # models that take no noticeable time
HAPPENED = frozenset({"actual", "ordered"})  # what may happen, or is threatened or denied, is no record of an event


def estimate_totals(engine: Engine, settings: Settings, progress: Progress = SILENT) -> None:
    """Read incidents and origins, write capture histories and the estimate of the whole case."""
    register = load_register(settings.registers, shipped=settings.shipped_register)
    origins = list(engine.records(ORIGINS, Origin))
    families = families_of(origins, register)
    happened = {c.claim_id for c in judged_claims(engine) if c.realis in HAPPENED}
    context = {e.code for e in load_codebook(settings.codebook or None).events if e.context}
    incidents = [
        i
        for i in engine.records(INCIDENTS, Incident)
        if i.is_single_event and not i.historical and i.event not in context and not happened.isdisjoint(i.claims)
    ]
    told = {o.origin_id: frozenset(o.claims) for o in origins}
    histories = capture_histories(incidents, families, told, happened)
    engine.write(CAPTURE_HISTORIES, histories)
    table = ListTable.from_memberships(h.lists for h in histories)
    options = Options(seed=settings.seed, threads=settings.n_workers())
    found = analyse_table(
        table, options, notes=_unlisted(len(incidents), len(histories)), progress=progress, quick=CHEAP
    )
    estimate = found.estimate
    if estimate.estimable:
        estimate = _with_linkage(engine, estimate, incidents, families, happened, options, progress)
    engine.write(ESTIMATES, [estimate])


def families_of(origins: Iterable[Origin], register: Register) -> dict[str, str]:
    """For each origin that has one, the family of its releaser, else of its speaker."""
    found = {}
    for origin in origins:
        for name in (origin.released_by, origin.speaker):
            source = register.resolve(name) if name else None
            family = register.family(source.id) if source else None
            if family:
                found[origin.origin_id] = family
                break
    return found


def capture_histories(
    incidents: Iterable[Incident],
    families: dict[str, str],
    told: dict[str, frozenset[str]] | None = None,
    happened: set[str] | None = None,
) -> list[CaptureHistory]:
    """The lists of every incident that is on one, in order of incident id.

    Only origins in a line of evidence count; `told` holds the claims of each origin and `happened` those that tell the event as a
    fact or an order: an origin that only denies the incident puts it on no list.
    """
    found = []
    for incident in sorted(incidents, key=lambda i: i.incident_id):
        here = frozenset(incident.claims)
        lists = set()
        for origin in (o for line in incident.lines for o in line.origins if o in families):
            said = here & (told or {}).get(origin, frozenset())
            if not said or happened is None or not said.isdisjoint(happened):
                lists.add(families[origin])
        if lists:
            found.append(CaptureHistory(incident_id=incident.incident_id, lists=tuple(sorted(lists))))
    return found


def _unlisted(n_incidents: int, n_listed: int) -> list[str]:
    off = n_incidents - n_listed
    if not off:
        return []
    why = "come through no source of a family in the register and are on no list"
    return [f"{off} of {n_incidents} incidents {why}; a register file with their families would put them on lists."]


def _with_linkage(
    engine: Engine,
    estimate: Estimate,
    incidents: list[Incident],
    families: dict[str, str],
    happened: set[str],
    options: Options,
    progress: Progress,
) -> Estimate:
    """The estimate with the doubt about the partition added to the decomposable model and to the range."""
    from leadline.estimate.linkage import tables_of_draws, total_over_linkage

    counted = {c for i in incidents for c in i.claims} & happened
    lists_of_claim = {
        r.claim_id: frozenset({families[r.origin_id]})
        for r in engine.records(CLAIM_ORIGINS, ClaimOrigin)
        if r.claim_id in counted and r.origin_id in families
    }
    draws = ((d.draw, d.claim_id, d.cluster) for d in engine.records(PARTITIONS, PartitionDraw))
    tables = tables_of_draws(draws, lists_of_claim, estimate.lists)
    if len(tables) < 2:
        return estimate
    pooled = total_over_linkage(tables, options=options, progress=progress)
    models = tuple(
        msgspec.structs.replace(
            m,
            diagnostics=m.diagnostics
            | {
                "over_linkage": {
                    "n_hat": pooled.n_hat,
                    "lower": pooled.lower,
                    "upper": pooled.upper,
                    "observed": list(pooled.observed),
                    "draws": pooled.n_tables,
                    "variance_shares": pooled.shares(),
                }
            },
        )
        if m.name == "decomposable"
        else m
        for m in estimate.models
    )
    assert estimate.range is not None
    wider = msgspec.structs.replace(
        estimate.range, lower=min(estimate.range.lower, pooled.lower), upper=max(estimate.range.upper, pooled.upper)
    )
    shares = pooled.shares()
    reason = (
        f"Over {pooled.n_tables} draws of which claims concern one incident, {shares['linkage']:.0%} of the variance of "
        f"the total is doubt about linkage, {shares['model']:.0%} about the model, {shares['sampling']:.0%} sampling."
    )
    return msgspec.structs.replace(estimate, models=models, range=wider, reasons=(*estimate.reasons, reason))
