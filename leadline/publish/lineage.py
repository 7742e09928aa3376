"""The picture of one incident's lineage: from whoever speaks, over the body that released it, to the documents that carry it.

Rows are documents; an origin stands beside the documents that carry it, a line of evidence around its origins. What
documents took from each other is drawn at the right.
"""

from __future__ import annotations

import msgspec

from leadline.publish.view.phrases import shortened
from leadline.publish.view.records import Carried, IncidentView, OriginView
from leadline.publish.words import say

ROW, TOP, PAD = 34.0, 34.0, 12.0
ORIGIN, RELEASER, CARRIER, WIDTH = 96.0, 396.0, 640.0, 1060.0
BOX = 270.0
RELEASE_BOX = 214.0
MOST = 36  # documents that are drawn; the rest is counted


class Box(msgspec.Struct, frozen=True, kw_only=True):
    """One labelled box; `title` holds the whole label, `sub` a second line."""

    x: float
    y: float
    width: float
    height: float
    label: str
    sub: str
    title: str
    page: str
    kind: str


class Band(msgspec.Struct, frozen=True, kw_only=True):
    """The background of one line of evidence."""

    y: float
    height: float
    label: str
    denies: bool


class Lineage(msgspec.Struct, frozen=True, kw_only=True):
    """A drawing: boxes, curves between them, bands behind them, and how many documents are not drawn."""

    bands: tuple[Band, ...]
    boxes: tuple[Box, ...]
    curves: tuple[str, ...]
    takings: tuple[str, ...]
    width: float
    height: float
    hidden: int


def lineage(i: IncidentView) -> Lineage | None:
    """The drawing of an incident; None where no document carries it."""
    by_id = {c.document: c for c in i.carriers}
    kept = {c.document for c in i.carriers[:MOST]}
    boxes: list[Box] = []
    bands: list[Band] = []
    curves: list[str] = []
    rows: dict[str, float] = {}
    y = TOP
    last: list[tuple[float, list[str]]] = []
    for n, line in enumerate(i.lines, 1):
        began = y
        for origin in line.origins:
            carriers = [d for d in origin.carriers if d in kept]
            if not carriers:
                continue
            new = [d for d in carriers if d not in rows]
            for d in new:
                rows[d] = y
                boxes.append(_carrier(by_id[d], y))
                y += ROW
            middle = sum(rows[d] for d in new) / len(new) if new else y
            if not new:
                y += ROW
            boxes += _origin(origin, middle)
            last.append((middle, carriers))
            if origin.speaker and origin.released_by and origin.released_by != origin.speaker:
                curves.append(_curve(ORIGIN + BOX, middle, RELEASER, middle))
        if y > began:
            y = max(y, began + 40) if line.denies else y  # two lines of words stand in it
            bands.append(Band(y=began - 4, height=y - began + 2, label=say("lineage.line", n=n), denies=line.denies))
            y += PAD
    for middle, carriers in last:
        right = max((b.x + b.width for b in boxes if b.kind != "carrier" and b.y == middle), default=ORIGIN + BOX)
        curves += [_curve(right, middle, CARRIER, rows[d]) for d in carriers if d in rows]
    rest = [d for d in (c.document for c in i.carriers) if d in kept and d not in rows]
    if rest:
        began = y
        for d in rest:
            rows[d] = y
            boxes.append(_carrier(by_id[d], y))
            y += ROW
        bands.append(Band(y=began - 4, height=y - began + 2, label="", denies=False))
    if not rows:
        return None
    takings = tuple(_taking(rows[a], rows[b]) for a, b, _ in i.taken if a in rows and b in rows)
    return Lineage(
        bands=tuple(bands),
        boxes=tuple(boxes),
        curves=tuple(curves),
        takings=takings,
        width=WIDTH,
        height=y + 4,
        hidden=max(0, len(i.carriers) - MOST),
    )


def _origin(origin: OriginView, y: float) -> list[Box]:
    who = origin.speaker or origin.released_by or say("lineage.own_voice")
    boxes = [
        Box(
            x=ORIGIN,
            y=y,
            width=BOX,
            height=ROW - 6,
            label=shortened(who, 34),
            sub=origin.kind,
            title=origin.title,
            page=f"#{origin.origin_id}",
            kind="origin",
        )
    ]
    if origin.released_by and origin.released_by != origin.speaker and origin.speaker:
        boxes.append(
            Box(
                x=RELEASER,
                y=y,
                width=RELEASE_BOX,
                height=ROW - 6,
                label=shortened(origin.released_by, 27),
                sub=say("lineage.releases"),
                title=origin.released_by,
                page="",
                kind="releaser",
            )
        )
    return boxes


def _carrier(c: Carried, y: float) -> Box:
    return Box(
        x=CARRIER,
        y=y,
        width=BOX + 80,
        height=ROW - 6,
        label=shortened(c.publisher, 40),
        sub=shortened(f"{c.kind}: {c.name}", 56),
        title=f"{c.publisher}: {c.name} ({c.kind})",
        page=c.page,
        kind="carrier",
    )


def _curve(x1: float, y1: float, x2: float, y2: float) -> str:
    middle = (ROW - 6) / 2
    bend = (x2 - x1) / 2
    a, b = y1 + middle, y2 + middle
    return f"M{x1:g},{a:g}C{x1 + bend:g},{a:g} {x2 - bend:g},{b:g} {x2:g},{b:g}"


def _taking(taker: float, other: float) -> str:
    """From the taken document's right side around to the taker's."""
    x, middle = CARRIER + BOX + 80, (ROW - 6) / 2
    out = x + 22 + min(44.0, abs(taker - other) / 5)
    return (
        f"M{x:g},{other + middle:g}C{out:g},{other + middle:g} {out:g},{taker + middle:g} {x + 3:g},{taker + middle:g}"
    )
