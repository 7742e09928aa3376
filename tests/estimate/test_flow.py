"""The stage: incidents and origins in, capture histories and an estimate or a refusal out."""

from __future__ import annotations

import time

import numpy as np
import pytest

from leadline.estimate.flow import capture_histories, estimate_totals, families_of
from leadline.register import Register, Source
from leadline.schema import (
    CAPTURE_HISTORIES,
    CLAIM_ORIGINS,
    CLAIMS,
    ESTIMATES,
    INCIDENTS,
    ORIGINS,
    PARTITIONS,
    CaptureHistory,
    Claim,
    ClaimOrigin,
    Estimate,
    EvidenceLine,
    Incident,
    Origin,
    PartitionDraw,
)  # fmt: skip
from leadline.settings import Settings

REGISTER = """
title = "An invented war"
[[sources]]
id = "north-bureau"
name = "Northern Bureau"
kind = "state-body"
family = "bureau"
[[sources]]
id = "river-watch"
name = "River Watch"
kind = "monitor"
family = "monitors"
[[sources]]
id = "harbour-post"
name = "Harbour Post"
kind = "outlet"
family = "press"
"""


class Tables:
    """An engine with tables in memory."""

    def __init__(self, tables):
        self.tables, self.written = tables, {}

    def records(self, table, record):
        return iter(self.tables.get(table.name, ()))

    def write(self, table, records):
        self.written[table.name] = list(records)


def incident(k, origins, claims=(), **other):
    return Incident(
        incident_id=f"i{k:04}", event=other.pop("event", "threat"), claims=claims or (f"c{k}",), documents=("d",), origins=origins,
        n_documents=1, n_series=1, n_origins=len(origins), n_independent=len(origins),
        lines=tuple(EvidenceLine(origins=(o,), reason="alone") for o in origins), **other,
    )  # fmt: skip


def told(incidents, realis="actual"):
    """The claims that the incidents name."""
    more = {
        "event": "threat",
        "medium": "testimony",
        "verification": "not-stated",
        "start": 0,
        "end": 1,
        "quote": "x",
        "document": "d",
    }
    return [Claim(claim_id=c, realis=realis, **more) for i in incidents for c in i.claims]


ORIGIN_RECORDS = [
    Origin(origin_id="o1", kind="call", medium="intercepted-call", released_by="Northern Bureau"),
    Origin(origin_id="o2", kind="investigation", medium="investigation", speaker="River Watch"),
    Origin(
        origin_id="o3", kind="statement", medium="official-statement", speaker="somebody", released_by="Harbour Post"
    ),
    Origin(origin_id="o4", kind="unnamed", medium="not-stated"),
]


@pytest.fixture
def settings(tmp_path):
    path = tmp_path / "register.toml"
    path.write_text(REGISTER)
    return Settings(registers=(str(path),), shipped_register=False)


def test_flow_families_of_origins():
    register = Register(
        [
            Source(id="a", name="Northern Bureau", kind="state-body", family="bureau"),
            Source(id="b", name="River Watch", kind="monitor", family="monitors"),
        ]
    )
    assert families_of(ORIGIN_RECORDS, register) == {"o1": "bureau", "o2": "monitors"}


def test_flow_histories_leave_out_habitual_historical_and_unlisted():
    families = {"o1": "bureau", "o2": "monitors"}
    found = capture_histories([incident(2, ("o2", "o1")), incident(1, ("o4",))], families)
    assert found == [CaptureHistory(incident_id="i0002", lists=("bureau", "monitors"))]


def test_flow_refuses_a_handful_in_plain_words_and_fast(settings):
    incidents = [
        incident(1, ("o1",)), incident(2, ("o1", "o2")), incident(3, ("o4",)),
        incident(4, ("o2",), is_single_event=False), incident(5, ("o2",), historical=True),
    ]  # fmt: skip
    engine = Tables({ORIGINS.name: ORIGIN_RECORDS, INCIDENTS.name: incidents, CLAIMS.name: told(incidents)})
    began = time.process_time()
    estimate_totals(engine, settings)
    assert time.process_time() - began < 3.0  # a refusal must not compile anything, which takes longer
    assert [h.incident_id for h in engine.written[CAPTURE_HISTORIES.name]] == ["i0001", "i0002"]
    (found,) = engine.written[ESTIMATES.name]
    assert isinstance(found, Estimate)
    assert not found.estimable
    assert found.observed == 2
    text = " ".join(found.reasons)
    assert "2 lists (bureau, monitors)" in text
    assert "1 of 3 incidents come through no source of a family" in text
    assert "What would change it" in text


@pytest.mark.parametrize(
    ("event", "realis"),
    [
        ("territory", "actual"),
        ("losses", "actual"),
        ("threat", "possible"),
        ("threat", "threatened"),
        ("threat", "denied"),
    ],
)
def test_flow_counts_neither_context_nor_what_did_not_happen(settings, event, realis):
    there = [incident(1, ("o1",))]
    other = [incident(2, ("o1",), event=event)]
    engine = Tables(
        {ORIGINS.name: ORIGIN_RECORDS, INCIDENTS.name: there + other, CLAIMS.name: told(there) + told(other, realis)}
    )
    estimate_totals(engine, settings)
    assert [h.incident_id for h in engine.written[CAPTURE_HISTORIES.name]] == ["i0001"]


def test_flow_nothing_at_all(settings):
    engine = Tables({})
    estimate_totals(engine, settings)
    (found,) = engine.written[ESTIMATES.name]
    assert found.observed == 0
    assert not found.estimable


def test_flow_carries_linkage_doubt_into_an_estimate(settings, monkeypatch):
    rng = np.random.default_rng(8)
    incidents, claims, draws = [], [], []
    k = 0
    for _ in range(600):
        on = [o for o, rate in (("o1", 0.5), ("o2", 0.45), ("o3", 0.4)) if rng.random() < rate]
        if not on:
            continue
        names = tuple(f"c{k}-{o}" for o in on)
        incidents.append(incident(k, tuple(on), names))
        claims += [ClaimOrigin(claim_id=c, origin_id=o) for c, o in zip(names, on, strict=True)]
        for draw in range(6):  # in some draws the last claim is an incident of its own
            apart = len(names) > 1 and rng.random() < 0.05 * draw
            draws += [
                PartitionDraw(draw=draw, claim_id=c, cluster=c if apart and c == names[-1] else names[0]) for c in names
            ]
        k += 1
    engine = Tables(
        {
            ORIGINS.name: ORIGIN_RECORDS,
            INCIDENTS.name: incidents,
            CLAIM_ORIGINS.name: claims,
            PARTITIONS.name: draws,
            CLAIMS.name: told(incidents),
        }
    )
    from leadline.estimate import flow
    from leadline.estimate.options import MODELS, Options

    exact = tuple(m for m in MODELS if m != "latent-class")
    monkeypatch.setattr(
        flow, "Options", lambda **given: Options(models=exact, draws=100, sensitivity=False, seed=given["seed"])
    )
    estimate_totals(engine, settings)
    (found,) = engine.written[ESTIMATES.name]
    assert found.estimable
    assert found.range.lower < 600 < found.range.upper
    pooled = next(m for m in found.models if m.name == "decomposable").diagnostics["over_linkage"]
    assert pooled["draws"] == 6
    assert pooled["variance_shares"]["linkage"] > 0
    assert "doubt about linkage" in found.reasons[-1]
