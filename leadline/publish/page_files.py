"""Files of the dossier's pages: one page, and lists in parts that stay small enough to open."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec

from leadline.publish.map import Listed, MapView, listing
from leadline.publish.pages import render
from leadline.publish.timeline import Axis
from leadline.publish.view.phrases import part_name

LISTED = 1000  # rows of a list on one page: below 2 MB and a second to the first paint
MAPPED = 400  # incidents of the list beside the map, which shares its page with the drawings
LARGEST = 1_900_000  # bytes of a page; of a list's first part, which also holds the others packed
LISTS = {
    "incidents": "incidents",
    "map": "map_list",
    "documents": "documents",
    "sources": "sources",
    "timeline": "present_axis",
    "integrity": "originals",
}


def write_page(folder: Path, name: str, template: str, **context: Any) -> None:
    """Write one page of the dossier. No two have one name: what stands there already was not written by this run."""
    path = folder / name
    if path.exists():
        raise FileExistsError(f"two pages are called {name}")
    path.write_bytes(_rendered(name, template, context))


def _rendered(name: str, template: str, context: dict[str, Any]) -> bytes:
    return render(template, **context, root="../" * name.count("/"), here=name)


def write_list(folder: Path, page: str, context: dict[str, Any]) -> None:
    """Write the parts of a list. The first also holds the rows of the others, packed, so that a script can sort and filter all of them.

    Where they would make it too large it holds as many parts as fit, and says how many rows that is.
    """
    listed = list(_parts(context[LISTS[page]]))
    names = [part_name(f"{page}.html", n) for n in range(len(listed))]
    for n in range(1, len(listed)):
        own = context | {LISTS[page]: listed[n], "part": n, "pages": names, "rest": [], "reached": None}
        write_page(folder, names[n], f"{page}.html", **own)
    packed = listed[1:]
    while True:
        reached = {"n": sum(map(_n_rows, [listed[0], *packed])), "all": sum(map(_n_rows, listed))}
        own = context | {LISTS[page]: listed[0], "part": 0, "pages": names, "rest": packed, "reached": reached}
        if not packed or len(_rendered(names[0], f"{page}.html", own)) <= LARGEST:
            break
        packed = packed[:-1]
    write_page(folder, names[0], f"{page}.html", **own)


def _n_rows(part: Any) -> int:
    if isinstance(part, Axis):
        return len(part.bars)
    return sum(len(x.incidents) if isinstance(x, Listed) else 1 for x in part or ())


def _parts(rows: Sequence[Any] | Axis | MapView | None) -> Iterator[Any]:
    """A list in parts of `LISTED` rows; one part where it is short."""
    if isinstance(rows, MapView):
        yield from listing(rows, MAPPED)
    elif isinstance(rows, Axis):
        yield from (msgspec.structs.replace(rows, bars=tuple(part)) for part in _parts(rows.bars))
    elif not rows:
        yield rows
    else:
        yield from (rows[k : k + LISTED] for k in range(0, len(rows), LISTED))


def spot_pages(drawn: MapView | None) -> dict[str, str]:
    """The part of the list beside the map in which a place stands, by its anchor; none for what stands beside the drawing itself."""
    parts = listing(drawn, MAPPED) if drawn else []
    return {
        x.spot.anchor: part_name("map.html", n) if n else ""
        for n, part in enumerate(parts)
        for x in part
        if x.spot and x.first
    }
