"""The funnel of the overview and the source graph, as records that templates draw."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from leadline import schema
from leadline.publish.graph import LABEL, Drawing, layout
from leadline.publish.view.figures import Figures
from leadline.publish.view.phrases import fitted
from leadline.publish.view.records import SourceView
from leadline.publish.words import code, say

MOST_NODES = 90  # sources that are drawn at once; all of them stand in the table and have a page of their own
MOST_NEAR = 24  # sources on either side of one
THINNEST = 0.6  # of a hundred: one of many thousands stays visible


class Stage(msgspec.Struct, frozen=True, kw_only=True):
    """One stage of the funnel: half its width and that of the next one, of a hundred."""

    noun: str
    n: int
    half: float
    next_half: float | None
    values: dict[str, object]


def funnel(f: Figures) -> list[Stage]:
    """Documents, origins, origins that count, independent lines."""
    unnamed = say("count.no_publisher", n=f.n_no_publisher)
    unknown = say("funnel.and_unknown", unknown=unnamed) if f.n_no_publisher else ""
    outlets = {"series": say("count.series", n=f.n_series), "unknown": unknown}
    stages: list[tuple[str, int, dict[str, object]]] = [
        ("document", f.n_documents, {**outlets, "copies": f.n_copies, "rewrites": f.n_rewrites}),
        ("origin", f.n_origins, {"unnamed": f.n_origins - f.n_named_origins}),
        ("counting_origin", f.n_counting_origins, {}),
        ("line", f.n_lines, {}),
    ]
    most = max(n for _, n, _ in stages) or 1
    halves = [round(max(THINNEST, 50 * n / most) if n else 0.0, 2) for _, n, _ in stages]
    return [
        Stage(noun=noun, n=n, half=half, next_half=following, values=values)
        for (noun, n, values), half, following in zip(stages, halves, [*halves[1:], None], strict=True)
    ]


class GraphNode(msgspec.Struct, frozen=True, kw_only=True):
    """One drawn source."""

    id: str
    name: str
    label: str
    page: str
    x: float
    y: float
    ring: bool


class GraphEdge(msgspec.Struct, frozen=True, kw_only=True):
    """One drawn reliance."""

    left: str
    right: str
    path: str
    weight: float
    circular: bool
    title: str


class SourceGraph(msgspec.Struct, frozen=True, kw_only=True):
    """The drawing of who relies on whom, and how many sources are left out of it."""

    drawing: Drawing
    nodes: tuple[GraphNode, ...]
    edges: tuple[GraphEdge, ...]
    left_out: int


def source_graph(edges: Iterable[schema.SourceEdge], sources: Sequence[SourceView]) -> SourceGraph | None:
    """The graph of up to `MOST_NODES` sources, those in a ring first, then by weight; None where nobody relies on anybody.

    A document of unknown publisher, which is nobody's name, comes after those that have one.
    """
    listed = [e for e in edges if e.relying != e.relied_on]
    weight: Counter[str] = Counter()
    for e in listed:
        for key in (e.relying, e.relied_on):
            weight[key] += max(1, e.n_claims)
    in_ring = {key for e in listed if e.ring is not None for key in (e.relying, e.relied_on)}
    order = sorted(weight, key=lambda k: (k not in in_ring, k.startswith("document:"), -weight[k], k))
    return _drawn(listed, frozenset(order[:MOST_NODES]), {s.key: s for s in sources}, len(weight))


def neighbours(edges: Sequence[schema.SourceEdge], key: str, sources: Mapping[str, SourceView]) -> SourceGraph | None:
    """The graph of one source with those that rely on it and those it relies on, the strongest `MOST_NEAR` of each; None where there are none."""
    on, by = Counter[str](), Counter[str]()
    for e in edges:
        if e.relying != e.relied_on:
            near, other = (on, e.relied_on) if e.relying == key else (by, e.relying)
            near[other] += max(1, e.n_claims)
    kept = {key}
    for near in (on, by):
        kept.update(sorted(near, key=lambda k: (-near[k], k))[:MOST_NEAR])
    mine = [e for e in edges if e.relying != e.relied_on and key in (e.relying, e.relied_on)]
    return _drawn(mine, frozenset(kept), sources, len({key, *on, *by}))


def _drawn(
    listed: Sequence[schema.SourceEdge], kept: frozenset[str], by_key: Mapping[str, SourceView], n: int
) -> SourceGraph | None:
    kinds: dict[tuple[str, str], list[schema.SourceEdge]] = defaultdict(list)
    for e in listed:
        if e.relying in kept and e.relied_on in kept:
            kinds[e.relying, e.relied_on].append(e)
    circular = {pair for pair, es in kinds.items() if any(e.ring is not None for e in es)}
    drawing = layout({pair: float(sum(e.n_claims for e in es)) for pair, es in kinds.items()}, circular)
    if drawing is None:
        return None
    ids = {n.key: f"n{k}" for k, n in enumerate(sorted(drawing.nodes, key=lambda n: n.key))}
    nodes = [
        GraphNode(
            id=ids[n.key],
            name=by_key[n.key].name,
            label=fitted(by_key[n.key].name, LABEL - 14),
            page=by_key[n.key].page,
            x=n.x,
            y=n.y,
            ring=n.in_circle,
        )
        for n in drawing.nodes
    ]
    drawn = [
        GraphEdge(
            left=ids[e.left],
            right=ids[e.right],
            path=e.path,
            weight=round(min(6.0, 1 + e.weight**0.5 / 2), 1),
            circular=e.circular,
            title=say(
                "graph.edge",
                left=by_key[e.left].name,
                right=by_key[e.right].name,
                kinds=", ".join(sorted({_how(x) for x in kinds[e.left, e.right]})),
                claims=say("count.claim", n=int(e.weight)),
            ),
        )
        for e in drawing.edges
    ]
    drawn.sort(key=lambda e: e.circular)  # circles on top
    return SourceGraph(drawing=drawing, nodes=tuple(nodes), edges=tuple(drawn), left_out=n - len(drawing.nodes))


def _how(e: schema.SourceEdge) -> str:
    return code("reliance", e.kind if e.directed else "undirected")
