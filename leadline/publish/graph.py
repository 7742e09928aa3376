"""Who relies on whom, as a layered drawing: those who tell stand left of those they rely on, circles are found and marked.

Sugiyama's three steps (1981, doi:10.1109/TSMC.1981.4308636): layers by the longest path over the graph's condensation, an order
within layers by barycentres, coordinates from both. Everything is decided by names and numbers, so the same links give the
same drawing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence

import msgspec

COLUMN, WIDEST, ROW, SWEEPS = 250.0, 420.0, 26.0, 8
PAGE = 1010.0  # what few columns spread over, so that many lines between them can be told apart
LABEL = 190.0  # width of a node's box


class Node(msgspec.Struct, frozen=True, kw_only=True):
    """One drawn source, by its key, with the middle of its left side."""

    key: str
    x: float
    y: float
    in_circle: bool


class Edge(msgspec.Struct, frozen=True, kw_only=True):
    """One drawn reliance as an SVG path; `circular` where it is part of a circle."""

    left: str
    right: str
    path: str
    weight: float
    circular: bool


class Drawing(msgspec.Struct, frozen=True, kw_only=True):
    """A drawing with its size."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    width: float
    height: float


def components(links: Iterable[tuple[str, str]]) -> list[tuple[str, ...]]:
    """Strongly connected components (Tarjan 1972, doi:10.1137/0201010), without recursion, in a fixed order.

    >>> components([("a", "b"), ("b", "a"), ("b", "c")])
    [('c',), ('a', 'b')]
    """
    out: dict[str, list[str]] = defaultdict(list)
    for a, b in sorted(set(links)):
        out[a].append(b)
        out.setdefault(b, [])
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    on_stack: set[str] = set()
    found: list[tuple[str, ...]] = []
    for root in sorted(out):
        if root in index:
            continue
        work = [(root, iter(out[root]))]
        index[root] = low[root] = len(index)
        stack.append(root)
        on_stack.add(root)
        while work:
            node, following = work[-1]
            for other in following:
                if other not in index:
                    index[other] = low[other] = len(index)
                    stack.append(other)
                    on_stack.add(other)
                    work.append((other, iter(out[other])))
                    break
                if other in on_stack:
                    low[node] = min(low[node], index[other])
            else:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[node])
                if low[node] == index[node]:
                    members = []
                    while True:
                        last = stack.pop()
                        on_stack.discard(last)
                        members.append(last)
                        if last == node:
                            break
                    found.append(tuple(sorted(members)))
    return found


def layout(weights: Mapping[tuple[str, str], float], circular: Collection[tuple[str, str]] = ()) -> Drawing | None:
    """A layered drawing of the weighted links, those of a circle of reliance marked; None where there are none.

    >>> drawing = layout({("paper", "agency"): 3.0, ("agency", "soldier"): 2.0})
    >>> [(n.key, n.x) for n in drawing.nodes]
    [('paper', 0.0), ('agency', 410.0), ('soldier', 820.0)]
    """
    links = sorted(weights)
    if not links:
        return None
    column = _columns(links)
    layers: dict[int, list[str]] = defaultdict(list)
    for key in sorted(column):
        layers[column[key]].append(key)
    ordered = _ordered([layers[n] for n in sorted(layers)], links)
    tallest = max(len(layer) for layer in ordered)
    step = round(max(COLUMN, min(WIDEST, (PAGE - LABEL) / max(1, len(ordered) - 1))), 1)
    place: dict[str, tuple[float, float]] = {}
    for n, layer in enumerate(ordered):
        top = (tallest - len(layer)) / 2
        for k, key in enumerate(layer):
            place[key] = (round(n * step, 1), round((top + k + 0.5) * ROW, 1))
    around = {key for pair in circular for key in pair}
    return Drawing(
        nodes=tuple(
            Node(key=k, x=place[k][0], y=place[k][1], in_circle=k in around) for layer in ordered for k in layer
        ),
        edges=tuple(
            Edge(
                left=a,
                right=b,
                path=_path(place[a], place[b]),
                weight=weights[a, b],
                circular=(a, b) in circular,
            )
            for a, b in links
        ),
        width=round((len(ordered) - 1) * step + LABEL, 1),
        height=tallest * ROW,
    )


def _columns(links: Sequence[tuple[str, str]]) -> dict[str, int]:
    """The layer of each source: one right of the farthest that relies on it; members of a circle side by side."""
    parts = components(links)
    home = {member: n for n, part in enumerate(parts) for member in part}
    layer = [0] * len(parts)
    incoming: dict[int, set[int]] = defaultdict(set)
    for a, b in links:
        if home[a] != home[b]:
            incoming[home[b]].add(home[a])
    for n in reversed(range(len(parts))):  # components come in reverse topological order
        layer[n] = max((layer[m] + 1 for m in incoming[n]), default=0)
    outgoing: dict[int, set[int]] = defaultdict(set)
    for right, lefts in incoming.items():
        for left in lefts:
            outgoing[left].add(right)
    for n in range(len(parts)):  # who relies on somebody far to the right moves next to the nearest of them
        if outgoing[n]:
            layer[n] = max(layer[n], min(layer[m] for m in outgoing[n]) - 1)
    used = {value: k for k, value in enumerate(sorted(set(layer)))}
    return {member: used[layer[home[member]]] for member in home}


def _ordered(layers: list[list[str]], links: Sequence[tuple[str, str]]) -> list[list[str]]:
    """Layers ordered so that fewer links cross: each source near the mean place of its neighbours."""
    near: dict[str, list[str]] = defaultdict(list)
    for a, b in links:
        near[a].append(b)
        near[b].append(a)
    for sweep in range(SWEEPS):
        place = {key: k / max(1, len(layer)) for layer in layers for k, key in enumerate(layer)}
        for layer in layers if sweep % 2 == 0 else reversed(layers):
            mean = {k: sum(place[o] for o in near[k]) / len(near[k]) if near[k] else place[k] for k in layer}
            layer.sort(key=lambda k: (mean[k], k))
            place.update({key: k / max(1, len(layer)) for k, key in enumerate(layer)})
    return layers


def _path(a: tuple[float, float], b: tuple[float, float]) -> str:
    x1, x2 = a[0] + LABEL, b[0]
    if x2 > a[0]:
        bend = (x2 - x1) / 2
        return f"M{x1:g},{a[1]:g}C{x1 + bend:g},{a[1]:g} {x2 - bend:g},{b[1]:g} {x2:g},{b[1]:g}"
    x2 = b[0] + LABEL  # beside or behind: around the right side
    out = max(x1, x2) + 34
    return f"M{x1:g},{a[1]:g}C{out:g},{a[1]:g} {out:g},{b[1]:g} {x2:g},{b[1]:g}"
