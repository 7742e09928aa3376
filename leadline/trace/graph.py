"""The source graph: who relies on whom, by which words, and where reliance runs in a ring.

A publisher relies on the outermost body of each chain of attribution and every body on the next; the publisher of a
document that took text relies on the publisher it was taken from; a body stands under its owner. Two kinds of ring are
told apart. Sources that rely on each other, perhaps in different stories, are marked `ring`: strongly connected
components of the edges along which reports travel. Claims that are attributed in a ring and begin nowhere, which is
circular reporting itself, are counted in `n_circular`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec
import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from leadline.register import Register
from leadline.schema import Attribution, Claim, Document, Evidence, Hop, Relation, Reliance, SourceEdge
from leadline.trace.credits import Publishers
from leadline.trace.heap import Passage
from leadline.trace.local import PRESS, RECORDINGS, UNNAMED
from leadline.trace.roles import Role, role

TRAVEL: frozenset[Reliance] = frozenset({"quotes", "cites", "copies", "relays"})
"""Kinds of edge along which a report comes back: what a body releases and whom it belongs to make no ring."""
N_EVIDENCE = 3
Place = tuple[str, int]


class Node(msgspec.Struct, frozen=True):
    """A source as the graph names it."""

    key: str
    name: str
    kind: str


class _Edge(msgspec.Struct):
    n_claims: int = 0
    n_documents: int = 0
    last: str = ""
    """the document counted last: those of one document come together"""
    n_circular: int = 0
    evidence: dict[Place, Evidence] = msgspec.field(default_factory=dict)

    def show(self, evidence: Evidence) -> None:
        """Keep the first few pieces of evidence, whatever the order they come in."""
        self.evidence[evidence.document or "", evidence.start or -1] = evidence
        if len(self.evidence) > N_EVIDENCE:
            del self.evidence[max(self.evidence)]


class SourceGraph:
    """Collects edges document by document; `edges` gives the table."""

    def __init__(self, register: Register, publishers: Publishers) -> None:
        self.register, self.publishers = register, publishers
        self.nodes: dict[str, Node] = {}
        self.found: dict[tuple[str, str, Reliance, bool], _Edge] = defaultdict(_Edge)
        self.node_of: dict[str, str] = {}

    def document(self, d: Document, claims: Sequence[Claim], attributions: Mapping[str, Attribution]) -> None:
        """Add what one document says of whom it relies on; each document once."""
        key = self.publishers.key(d.publisher)
        if key is None:  # its publisher is unknown: it stands for itself
            self.node_of[d.document] = self._node(f"document:{d.document}", d.document, "document")
        else:
            self.node_of[d.document] = self._node(key, d.publisher or key, "publisher")
        for c in claims:
            attribution = attributions.get(c.attribution_id or "")
            direct = attribution is not None and attribution.kind in ("direct", "mixed")
            for relying, relied_on, kind, hop in self._steps(c, direct):
                edge = self.found[relying, relied_on, kind, True]
                edge.n_claims += 1
                edge.n_documents += edge.last != d.document
                edge.last = d.document
                edge.show(
                    Evidence(
                        rule=kind, note=f"{d.document} names {hop.canonical or hop.name}", document=d.document,
                        start=hop.start, end=hop.end, quote=hop.name if hop.start is not None else None,
                    )
                )  # fmt: skip

    def _steps(self, c: Claim, direct: bool) -> Iterator[tuple[str, str, Reliance, Hop]]:
        """Each pair of sources in a claim's chain, the publisher first, and how the first relies on the second."""
        roles = [role(h, self.register) for h in c.chain]
        at = self.node_of[c.document]
        for k, r in enumerate(roles):
            last = k == len(roles) - 1
            if not r.is_body or UNNAMED.search(r.key) or (last and _speaks(r, c)):
                continue
            to = self._node(r.key, r.hop.canonical or r.hop.name, "body")
            if to != at:
                yield at, to, self._kind(r, direct and last), r.hop
            at = to

    def _kind(self, r: Role, direct: bool) -> Reliance:
        """How whoever names this body relies on it."""
        if r.source is not None and r.source.relays:
            return "relays"
        if r.key in self.publishers.keys or (r.source is not None and r.source.kind in PRESS):
            return "quotes" if direct else "cites"
        return "releases"

    def _node(self, key: str, name: str, kind: str) -> str:
        """Make sure that a source is in the graph; one without an entry is named as its own documents name it."""
        source = self.register.sources.get(key)
        new = Node(key, source.name, source.kind) if source is not None else Node(key, name, kind)
        known = self.nodes.setdefault(key, new)
        if (new.kind != "publisher", new.name) < (known.kind != "publisher", known.name):
            self.nodes[key] = new
        return key

    def edges(
        self, relations: Iterable[Relation], carried: Iterable[Passage], circular: Iterable[Claim]
    ) -> list[SourceEdge]:
        """The table, sorted; `relations` and `carried` give who took text from whom, `circular` the claims in rings."""
        self._copies(relations, carried)
        for c in circular:
            for relying, relied_on, kind, _ in self._steps(c, direct=False):
                quoted = self.found.get((relying, relied_on, "quotes", True))
                edge = quoted or self.found.get((relying, relied_on, kind, True))
                if edge is not None:
                    edge.n_circular += 1
        self._owners()
        ring = self._rings()
        return [self._record(key, self.found[key], ring) for key in sorted(self.found)]

    def _copies(self, relations: Iterable[Relation], carried: Iterable[Passage]) -> None:
        """Edges from who took text to whom it was taken from; quotations and citations stand in the chains."""
        taken: dict[tuple[str, str], set[str]] = defaultdict(set)
        for p in carried:
            taken[p.documents].add(p.taker)
        takers: dict[tuple[str, str, Reliance, bool], set[str]] = defaultdict(set)
        for r in relations:
            if r.kind in ("passage", "quotes", "cites"):
                continue
            taker, giver = (r.other, r.document) if r.direction == "to" else (r.document, r.other)
            directed = r.direction != "unknown"
            if not directed and self.node_of[giver] < self.node_of[taker]:
                taker, giver = giver, taker
            key: tuple[str, str, Reliance, bool] = (self.node_of[taker], self.node_of[giver], "copies", directed)
            if key[0] != key[1]:
                takers[key].add(taker)
                edge = self.found[key]
                edge.n_claims += len(taken.get((r.document, r.other), ()))
                edge.n_documents = len(takers[key])
                for e in r.evidence[:1]:
                    edge.show(e)

    def _owners(self) -> None:
        waiting = sorted(self.nodes)
        while waiting:
            key = waiting.pop()
            source = self.register.sources.get(key)
            if source is None or source.parent is None:
                continue
            if source.parent not in self.nodes:
                waiting.append(self._node(source.parent, source.parent, "body"))
            edge = self.found[key, source.parent, "owner", True]
            owner = self.nodes[source.parent].name
            edge.show(Evidence(rule="owner", note=f"the source register names {owner} as owner of {source.name}"))

    def _rings(self) -> dict[str, str]:
        """For every node in a ring of sources that rely on each other the smallest node of the ring."""
        order = {key: i for i, key in enumerate(sorted(self.nodes))}
        pairs = [(order[a], order[b]) for a, b, kind, directed in self.found if directed and kind in TRAVEL]
        if not pairs:
            return {}
        i, j = np.array(pairs).T
        graph = coo_matrix((np.ones(len(i)), (i, j)), shape=(len(order), len(order)))
        _, labels = connected_components(graph, directed=True, connection="strong")
        members: dict[int, list[str]] = defaultdict(list)
        for key, label in zip(sorted(self.nodes), labels.tolist(), strict=True):
            members[label].append(key)
        return {key: group[0] for group in members.values() if len(group) > 1 for key in group}

    def _record(self, key: tuple[str, str, Reliance, bool], edge: _Edge, ring: Mapping[str, str]) -> SourceEdge:
        one, other = self.nodes[key[0]], self.nodes[key[1]]
        same = ring.get(one.key) if key[2] in TRAVEL and key[3] else None
        return SourceEdge(
            relying=one.key,
            relying_name=one.name,
            relying_kind=one.kind,
            relied_on=other.key,
            relied_on_name=other.name,
            relied_on_kind=other.kind,
            kind=key[2],
            directed=key[3],
            n_claims=edge.n_claims,
            n_documents=edge.n_documents,
            ring=same if same is not None and ring.get(other.key) == same else None,
            n_circular=edge.n_circular,
            evidence=tuple(e for _, e in sorted(edge.evidence.items())),
        )


def _speaks(r: Role, c: Claim) -> bool:
    """Whether an army is named as who speaks in a recording: it did not release it."""
    return (
        r.source is not None and r.source.kind == "armed-force" and (c.medium in RECORDINGS or c.medium == "testimony")
    )
