"""Origins of the annotated articles, from the annotators' own claims: what trace does where extraction is perfect."""

from __future__ import annotations

import collections
import csv
import json

import pytest

from leadline.progress import SILENT
from leadline.schema import (
    ATTRIBUTIONS,
    CARRIERS,
    CLAIM_ORIGINS,
    CLAIMS,
    DOCUMENTS,
    ORIGIN_TIES,
    ORIGINS,
    Carrier,
    Claim,
    ClaimOrigin,
    Document,
    Hop,
    Origin,
    OriginTie,
    Published,
)
from leadline.settings import Settings
from leadline.trace import trace_origins

pytestmark = pytest.mark.shared


@pytest.fixture
def traced(shared, make_engine):
    meta = {
        r["document"]: r
        for r in csv.DictReader((shared / "seeds" / "meta.csv").read_text(encoding="utf-8").splitlines())
    }
    documents = []
    for path in sorted((shared / "seeds").glob("*.txt")):
        day, outlet = meta[path.name]["published"], meta[path.name]["publisher"] or None
        published = Published(start=day, end=day, basis="given", evidence="meta.csv") if day else None
        text = path.read_text(encoding="utf-8")
        documents.append(
            Document(document=path.name, sha256="", text=text, publisher=outlet, series=outlet or path.name, language="en", published=published)
        )  # fmt: skip
    rows = [json.loads(line) for line in (shared / "gold" / "claims.jsonl").read_text(encoding="utf-8").splitlines()]
    claims = [
        Claim(
            claim_id=f"c{k:03d}",
            document=g["document"],
            start=g["start"],
            end=g["end"],
            quote=g["quote"],
            event=g["event"],
            realis=g["realis"],
            medium=g["medium"],
            verification=g["verification"],
            chain=tuple(Hop(name=h, canonical=h, cue="said", start=None, end=None) for h in g["chain"]),
            unit=g.get("unit"),
            historical=g.get("historical", False),
        )
        for k, g in enumerate(rows)
    ]
    engine = make_engine({DOCUMENTS: documents, CLAIMS: claims, ATTRIBUTIONS: []})
    engine.begin("trace")
    trace_origins(engine, Settings(), SILENT)
    engine.seal("trace", "trace" * 4)
    engine.commit("trace", "trace" * 4)
    gold = {f"c{k:03d}": g["origin"] for k, g in enumerate(rows) if g.get("origin")}
    return engine, gold


def test_gold_origins_agree_with_the_annotators(traced):
    engine, gold = traced
    found = {x.claim_id: x.origin_id for x in engine.records(CLAIM_ORIGINS, ClaimOrigin)}
    true, predicted = collections.defaultdict(set), collections.defaultdict(set)
    for c, o in gold.items():
        true[o].add(c)
        predicted[found[c]].add(c)
    precision = sum(len(true[o] & predicted[found[c]]) / len(predicted[found[c]]) for c, o in gold.items()) / len(gold)
    recall = sum(len(true[o] & predicted[found[c]]) / len(true[o]) for c, o in gold.items()) / len(gold)
    assert 2 * precision * recall / (precision + recall) >= 0.93


def test_gold_two_calls_are_two_origins_of_one_releaser(traced):
    engine, gold = traced
    found = {x.claim_id: x.origin_id for x in engine.records(CLAIM_ORIGINS, ClaimOrigin)}
    origins = {o.origin_id: o for o in engine.records(ORIGINS, Origin)}
    calls = sorted({found[c] for c, o in gold.items() if o.startswith("call-")})
    assert len(calls) == 2
    assert len({origins[c].released_by for c in calls}) == 1
    tied = {(t.origin_l, t.origin_r) for t in engine.records(ORIGIN_TIES, OriginTie) if t.reason == "same-releaser"}
    assert tuple(calls) in tied


def test_gold_carriers_are_accused_with_evidence_only(traced):
    engine, _ = traced
    kinds = {c.document[:3]: c for c in engine.records(CARRIERS, Carrier)}
    assert {
        n: c.carrier_kind for n, c in kinds.items() if c.carrier_kind in ("rewrite", "translation", "copy", "excerpt")
    } == {
        "000": "translation",
        "004": "rewrite",
    }
    assert all(len(kinds[n].carrier_evidence) >= 3 for n in ("000", "004"))
