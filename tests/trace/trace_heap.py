"""Small heaps for the tests of trace: documents sentence by sentence, what the stage writes of them, by convenient keys."""

from __future__ import annotations

from leadline.progress import SILENT
from leadline.schema import (
    ATTRIBUTIONS,
    CARRIERS,
    CLAIM_ORIGINS,
    CLAIMS,
    DOCUMENTS,
    ORIGIN_TIES,
    ORIGINS,
    RELATIONS,
    SOURCE_EDGES,
    Attribution,
    Carrier,
    Claim,
    ClaimOrigin,
    Document,
    Hop,
    Origin,
    OriginTie,
    Published,
    Relation,
    SourceEdge,
)
from leadline.settings import Settings
from leadline.trace import trace_origins

REGISTER = """
title = "test"
[[sources]]
id = "state"
name = "Government of Varn"
kind = "state-body"
[[sources]]
id = "varn-intel"
name = "Varn intelligence"
kind = "state-body"
parent = "state"
[[sources]]
id = "varn-mod"
name = "Varn defence ministry"
kind = "state-body"
parent = "state"
[[sources]]
id = "ferry"
name = "Ferry Post"
kind = "outlet"
[[sources]]
id = "sund"
name = "Sund News"
kind = "outlet"
[[sources]]
id = "relay"
name = "FrontRelay"
kind = "channel"
relays = true
[[sources]]
id = "minister"
name = "Oda Brenn"
kind = "person"
[[sources]]
id = "spokesman"
name = "Ivo Marek"
kind = "person"
parent = "varn-mod"
"""


class Heap:
    """Builds documents sentence by sentence, with the claims that stand in them."""

    def __init__(self) -> None:
        self.documents: list[Document] = []
        self.claims: list[Claim] = []
        self.attributions: list[Attribution] = []

    def add(self, name, sentences, *, publisher=None, day=None, title=None):
        text = ""
        for k, s in enumerate(sentences):
            sentence, chain, medium, more = (s, None, None, {}) if isinstance(s, str) else (*s, {})[:4]
            if chain is not None:
                more = dict(more)
                kind = more.pop("kind", None)
                at, to = more.pop("at", (None, None))
                cue = more.pop("cue", "said")
                claim_id = f"{name}-{k}"
                if kind:
                    self.attributions.append(
                        Attribution(
                            attribution_id=f"at-{claim_id}", document=name, source=(), cue=(), content=(), kind=kind
                        )
                    )
                self.claims.append(
                    Claim(
                        claim_id=claim_id, document=name, start=len(text), end=len(text) + len(sentence), quote=sentence,
                        **{"event": "order-to-fire", "realis": "ordered", **more}, medium=medium, verification="not-stated",
                        chain=tuple(Hop(name=h, canonical=h, cue=cue, start=at, end=to) for h in chain),
                        attribution_id=f"at-{claim_id}" if kind else None,
                    )
                )  # fmt: skip
            text += sentence + " "
        published = Published(start=day, end=day, basis="given", evidence="test") if day else None
        self.documents.append(
            Document(
                document=name,
                sha256=name,
                text=text,
                title=title,
                publisher=publisher,
                series=publisher or name,
                language="en",
                published=published,
            )
        )
        return self


class Traced:
    """What trace wrote, by convenient keys."""

    def __init__(self, engine) -> None:
        self.origin_of = {x.claim_id: x.origin_id for x in engine.records(CLAIM_ORIGINS, ClaimOrigin)}
        self.origins = {o.origin_id: o for o in engine.records(ORIGINS, Origin)}
        self.ties = list(engine.records(ORIGIN_TIES, OriginTie))
        self.relations = list(engine.records(RELATIONS, Relation))
        self.edges = {(e.relying, e.relied_on, e.kind): e for e in engine.records(SOURCE_EDGES, SourceEdge)}
        self.carriers = {c.document: c for c in engine.records(CARRIERS, Carrier)}

    def origin(self, claim_id: str) -> Origin:
        return self.origins[self.origin_of[claim_id]]

    def same(self, *claims: str) -> bool:
        return len({self.origin_of[c] for c in claims}) == 1

    def tied(self, one: str, other: str, reason: str) -> bool:
        pair = tuple(sorted((self.origin_of[one], self.origin_of[other])))
        return any((t.origin_l, t.origin_r, t.reason) == (*pair, reason) for t in self.ties)


def traced(make_engine, tmp_path, heap: Heap) -> Traced:
    """What the stage makes of a heap with the register above."""
    (tmp_path / "r.toml").write_text(REGISTER, encoding="utf-8")
    engine = make_engine({DOCUMENTS: heap.documents, CLAIMS: heap.claims, ATTRIBUTIONS: heap.attributions})
    engine.begin("trace")
    trace_origins(engine, Settings(registers=(str(tmp_path / "r.toml"),), shipped_register=False), SILENT)
    engine.seal("trace", "trace" * 4)
    engine.commit("trace", "trace" * 4)
    return Traced(engine)
