"""The tables of a case as the pages look things up in them."""

from __future__ import annotations

from collections import defaultdict

from leadline import schema
from leadline.engine import Engine
from leadline.judgements.claims import with_judgements
from leadline.publish.redact import Protection
from leadline.register import Register


class Tables:
    """All tables but the documents' texts, indexed; `labels` and `protected` come from the codebook."""

    def __init__(self, engine: Engine, register: Register, labels: dict[str, str], protected: frozenset[str]) -> None:
        self.engine, self.register, self.labels, self.protected = engine, register, labels, protected
        self.judgements = list(engine.records(schema.JUDGEMENTS, schema.Judgement))
        binding = [j for j in self.judgements if j.state == "applies"]
        # Rejected claims are left out, corrected ones stand corrected.
        coded = list(engine.records(schema.CLAIMS, schema.Claim))
        self.claims = {c.claim_id: c for c in with_judgements(coded, binding)}
        self.rejected = {c.claim_id: c for c in coded if c.claim_id not in self.claims}
        self.rejected_in: dict[str, list[schema.Claim]] = defaultdict(list)  # by document
        for c in self.rejected.values():
            self.rejected_in[c.document].append(c)
        self.decided: dict[str, list[schema.Judgement]] = defaultdict(list)  # what applies, by claim
        for j in binding:
            for claim_id in (*j.left, *j.right):
                self.decided[claim_id].append(j)
        self.incidents = list(engine.records(schema.INCIDENTS, schema.Incident))
        self.protection = Protection(
            protected,
            [
                *((c.event, p) for c in self.claims.values() for p in c.places),
                *((i.event, i.place) for i in self.incidents if i.place is not None),
            ],
        )
        self.reviews: dict[str, list[schema.Judgement]] = defaultdict(list)  # of a claim itself
        self.paired: set[str] = set()  # claims that somebody put together or kept apart
        for j in binding:
            if j.about == "claim" and j.decision in ("accept", "correct"):
                for claim_id in j.left:
                    self.reviews[claim_id].append(j)
            elif j.about != "claim":
                self.paired.update(j.left, j.right)
        self.origins = {o.origin_id: o for o in engine.records(schema.ORIGINS, schema.Origin)}
        self.origin_of = {r.claim_id: r.origin_id for r in engine.records(schema.CLAIM_ORIGINS, schema.ClaimOrigin)}
        self.incidents_of: dict[str, list[str]] = defaultdict(list)
        for i in self.incidents:
            for claim_id in i.claims:
                self.incidents_of[claim_id].append(i.incident_id)
        self.carriers = {c.document: c for c in engine.records(schema.CARRIERS, schema.Carrier)}
        self.edges = list(engine.records(schema.SOURCE_EDGES, schema.SourceEdge))
        self.edge_keys = {
            " ".join(name.casefold().split()): key
            for e in self.edges
            for key, name in ((e.relying, e.relying_name), (e.relied_on, e.relied_on_name))
        }
        self.support = {s.claim_id: s for s in engine.records(schema.CLAIM_SUPPORT, schema.ClaimSupport)}
        self.ties = list(engine.records(schema.ORIGIN_TIES, schema.OriginTie))
        self.ties_of: dict[str, list[schema.OriginTie]] = defaultdict(list)
        for tie in self.ties:
            self.ties_of[tie.origin_l].append(tie)
        self.relations: dict[str, list[schema.Relation]] = defaultdict(list)
        for r in engine.records(schema.RELATIONS, schema.Relation):
            self.relations[r.document].append(r)
            self.relations[r.other].append(r)
        self.by_document: dict[str, list[schema.Claim]] = defaultdict(list)
        for c in self.claims.values():
            self.by_document[c.document].append(c)
        self.pairs: dict[str, list[schema.Pair]] = defaultdict(list)
        for pair in engine.records(schema.PAIRS, schema.Pair):
            there = self.incidents_of.get(pair.claim_r, ())
            for home in self.incidents_of.get(pair.claim_l, ()):
                if home in there:
                    self.pairs[home].append(pair)

    def label(self, event: str) -> str:
        """An event code for people."""
        return self.labels.get(event, event.replace("-", " "))

    def has_named_lineage(self, claim_id: str) -> bool:
        """Whether a claim goes back to an origin that somebody names."""
        origin = self.origins.get(self.origin_of.get(claim_id, ""))
        return origin is not None and origin.kind not in schema.UNNAMED_KINDS
