"""The dossier's files: which pages there are, and what each is given to show."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec

from leadline import schema
from leadline.codebook import Codebook
from leadline.progress import Progress
from leadline.publish.compare import Comparison, compare
from leadline.publish.drawings import funnel, neighbours, source_graph
from leadline.publish.export import dictionary
from leadline.publish.highlight import Mark, segments
from leadline.publish.integrity import CHAIN_SCRIPT, Original, originals_of
from leadline.publish.lineage import lineage
from leadline.publish.map import OUTLINES, Listed, MapView, listing, map_view
from leadline.publish.pages import render
from leadline.publish.rows import EXPORTS
from leadline.publish.timeline import Axis, axis
from leadline.publish.view import IncidentView, Views
from leadline.publish.view.challenges import challenges, codes_in_use
from leadline.publish.view.documents import took_from
from leadline.publish.view.facets import document_facets, incident_facets, keyed, source_facets
from leadline.publish.view.figures import Figures, figures
from leadline.publish.view.phrases import page_name, part_name
from leadline.publish.view.records import DocumentView, SourceView
from leadline.publish.words import catalogue, code, say
from leadline.settings import Settings, concerning

PAGES = (
    "index", "incidents", "map", "timeline", "sources", "documents", "challenges", "methods", "integrity", "glossary", "dictionary",
)  # fmt: skip
FURTHER = 150  # claims on a further page of an incident
NAMED = 3  # people who decided that are named above every page
COMPARED = 400  # rewrites laid beside their originals in one dossier
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


def write_site(views: Views, codebook: Codebook, settings: Settings, folder: Path, progress: Progress) -> None:
    """Write every page of the dossier into an empty folder."""
    from leadline import __version__

    common: dict[str, Any] = {
        "title": settings.title or say("nav.dossier"),
        "version": __version__,
        "names": settings.names,
        "reviewed": _reviewed(views),
    }
    for part in ("incidents", "documents", "sources"):
        (folder / part).mkdir()
    documents, n_characters = _write_documents(views, folder, common, progress)
    incidents = keyed(views.incidents())
    _write_incidents(views, incidents, folder, common, progress)
    sources = views.sources()
    by_key = {s.key: s for s in sources}
    near: dict[str, list[schema.SourceEdge]] = defaultdict(list)
    for e in views.tables.edges:
        for key in {e.relying, e.relied_on}:
            near[key].append(e)
    progress.begin("publish: sources", len(sources))
    for s in sources:
        if not s.page:
            continue
        _page(folder, s.page, "source.html", **common, s=s, graph=neighbours(near.get(s.key, ()), s.key, by_key))
        progress.advance()
    counted = figures(views, documents, incidents, n_characters)
    originals = originals_of(views, documents)
    shared = _shared(views, codebook, settings, documents, incidents, sources, counted, originals)
    for page in PAGES:
        if page in LISTS:
            _write_list(folder, page, common | shared)
        else:
            _page(folder, f"{page}.html", f"{page}.html", **common, **shared)
    (folder / "INTERNAL.txt").write_text(say("base.internal") + "\n", encoding="utf-8")
    lines = sorted({f"{o.sha256}  originals/{o.sha256[:2]}/{o.sha256}\n" for o in originals if o.page})
    (folder / "originals.sha256").write_text("".join(lines), encoding="utf-8")


def _page(folder: Path, name: str, template: str, **context: Any) -> None:
    """Write one page of the dossier. No two have one name: what stands there already was not written by this run."""
    path = folder / name
    if path.exists():
        raise FileExistsError(f"two pages are called {name}")
    path.write_bytes(_rendered(name, template, context))


def _rendered(name: str, template: str, context: dict[str, Any]) -> bytes:
    return render(template, **context, root="../" * name.count("/"), here=name)


def _write_list(folder: Path, page: str, context: dict[str, Any]) -> None:
    """Write the parts of a list. The first also holds the rows of the others, packed, so that a script can sort and filter all of them.

    Where they would make it too large it holds as many parts as fit, and says how many rows that is.
    """
    listed = list(_parts(context[LISTS[page]]))
    names = [part_name(f"{page}.html", n) for n in range(len(listed))]
    for n in range(1, len(listed)):
        own = context | {LISTS[page]: listed[n], "part": n, "pages": names, "rest": [], "reached": None}
        _page(folder, names[n], f"{page}.html", **own)
    packed = listed[1:]
    while True:
        reached = {"n": sum(map(_n_rows, [listed[0], *packed])), "all": sum(map(_n_rows, listed))}
        own = context | {LISTS[page]: listed[0], "part": 0, "pages": names, "rest": packed, "reached": reached}
        if not packed or len(_rendered(names[0], f"{page}.html", own)) <= LARGEST:
            break
        packed = packed[:-1]
    _page(folder, names[0], f"{page}.html", **own)


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


def _reviewed(views: Views) -> str:
    """What stands above every page: whether a person looked at anything, who, and when last."""
    t = views.tables
    binding = [j for j in t.judgements if j.state == "applies"]
    if not binding:
        return say("base.unreviewed")
    people = sorted({views.masks.all.mask(j.by) for j in binding})
    by = ", ".join(people[:NAMED])
    if len(people) > NAMED:
        by = say("base.others", names=by, n=len(people) - NAMED)
    looked_at = {c for j in binding for c in (*j.left, *j.right)}
    last = max(j.time for j in binding)[:10]
    return say("base.reviewed", n=len(binding), by=by, last=last, claims=len(looked_at), all=len(t.claims | t.rejected))


# -- documents -------------------------------------------------------------------------------------------------------


def _write_documents(
    views: Views, folder: Path, common: dict[str, Any], progress: Progress
) -> tuple[list[DocumentView], int]:
    """Write the documents' pages; returns a view of each without its text, and the length of all texts."""
    rewrites = _originals_of_rewrites(views)
    originals, left_out = dict(list(rewrites.items())[:COMPARED]), set(list(rewrites)[COMPARED:])
    texts = _masked_texts(views, set(originals.values()))
    progress.begin("publish: documents", views.tables.engine.count(schema.DOCUMENTS))
    documents, n_characters = [], 0
    for parts in views.documents():
        d = parts[0].document
        n_characters += len(d.text)
        compared = list(_comparisons(views, d, originals.get(d.document), texts))
        for number, view in enumerate(parts):
            _page(
                folder,
                view.page,
                "document.html",
                **common,
                d=view,
                uncompared=COMPARED if d.document in left_out and number == 0 else None,
                part=number,
                pages=[part_name(parts[0].page, k).partition("/")[2] for k in range(len(parts))],
                comparisons=compared if number == 0 else [],
                date_evidence=views.masks.all.mask(d.published.evidence) if d.published else "",
            )
        documents.append(
            msgspec.structs.replace(parts[0], text=(), claims=(), document=msgspec.structs.replace(d, text=""))
        )
        progress.advance()
    return documents, n_characters


def _originals_of_rewrites(views: Views) -> dict[str, str]:
    """For each rewritten document in the heap the one it was made from, the closest where there are several."""
    carriers, found = views.tables.carriers, {}
    for name in sorted(views.tables.relations):
        known = []
        for r in views.tables.relations[name]:
            if r.kind == "rewrite" and took_from(r) == name:
                other = r.other if r.document == name else r.document
                original = other in carriers and carriers[other].carrier_kind == "original"
                known.append((-r.share, -r.score, not original, other))
        if known:
            found[name] = min(known)[-1]
    return found


def _masked_texts(views: Views, wanted: set[str]) -> dict[str, str]:
    if not wanted:
        return {}
    return {
        d.document: _masked(views, d)
        for d in views.tables.engine.records(schema.DOCUMENTS, schema.Document)
        if d.document in wanted and d.document not in views.masks.withheld
    }


def _masked(views: Views, d: schema.Document) -> str:
    """A document's words without its furniture, its hidden names replaced."""
    furniture = [Mark(start=a, end=b, kind="boilerplate") for a, b in d.boilerplate]
    return "".join(
        s.text
        for s in segments(d.text, furniture, views.masks.names(d.document))
        if not s.kinds or s.kinds == ("hidden",)
    )


def _comparisons(views: Views, d: schema.Document, original: str | None, texts: dict[str, str]) -> Iterator[Comparison]:
    if original in texts and d.document not in views.masks.withheld:
        found = compare(
            texts[original],
            _masked(views, d),
            other=views.masks.file_name(original),
            page=page_name("documents", original),
        )
        if found is not None:
            yield found


# -- incidents -------------------------------------------------------------------------------------------------------


def _write_incidents(
    views: Views, incidents: list[IncidentView], folder: Path, common: dict[str, Any], progress: Progress
) -> None:
    progress.begin("publish: incidents", len(incidents))
    for i in incidents:
        claims = [views.claims[c] for c in i.incident.claims if c in views.claims]
        parts = [claims[k : k + FURTHER] for k in range(0, len(claims), FURTHER)] if i.n_further else []
        further = [part_name(i.page, k + 1) for k in range(len(parts))]
        grades = dict.fromkeys(g for line in i.lines for o in line.origins for g in o.grades)
        checked = Counter(code("verification", c.verification) for c in claims)
        pairs = [(p, views.masks.claim_name(p.claim_l), views.masks.claim_name(p.claim_r)) for p in i.pairs]
        _page(
            folder,
            i.page,
            "incident.html",
            **common,
            i=i,
            drawing=lineage(i),
            grades=list(grades)[:40],
            checked=sorted(checked.items(), key=lambda x: (-x[1], x[0])),
            pairs=pairs,
            further=further,
        )
        names = [f.partition("/")[2] for f in further]
        for number, part in enumerate(parts):
            _page(folder, further[number], "further.html", **common, i=i, claims=part, part=number, pages=names)
        progress.advance()


# -- everything else -------------------------------------------------------------------------------------------------


def _shared(
    views: Views,
    codebook: Codebook,
    settings: Settings,
    documents: list[DocumentView],
    incidents: list[IncidentView],
    sources: list[SourceView],
    counted: Figures,
    originals: list[Original],
) -> dict[str, Any]:
    """What the pages of the top folder are given."""
    t, m = views.tables, views.masks
    present = [i for i in incidents if i.group == "present"]
    graph = source_graph(t.edges, sources)
    claims = t.claims.values()
    drawn = map_view(incidents, t.protection, Path(settings.outlines) if settings.outlines else OUTLINES)
    return {
        "f": counted,
        "funnel": funnel(counted),
        "map": drawn,
        "map_list": drawn,
        "spot_pages": _spot_pages(drawn),
        "present_axis": axis(present),
        "past_axis": axis(i for i in incidents if i.group == "past"),
        "untimed": sum(i.incident.time is None for i in present),
        "documents": documents,
        "n_claims_of": {d.document.document: len(t.by_document.get(d.document.document, ())) for d in documents},
        "document_facets": document_facets(documents),
        "incidents": incidents,
        "facets": incident_facets(incidents),
        "estimates": list(t.engine.records(schema.ESTIMATES, schema.Estimate)),
        "refusals": [
            {"name": m.all.mask_file(r.document), "reason": m.all.mask(r.reason)}
            for r in t.engine.records(schema.REFUSALS, schema.Refusal)
        ],
        "unread": [(m.file_name(u.document), u.reason) for u in t.engine.records(schema.UNREAD, schema.Unread)],
        "sources": sources,
        "source_facets": source_facets(sources),
        "graph": graph,
        "challenges": challenges(counted),
        "events": codebook.events,
        "event_counts": Counter({e.code: 0 for e in codebook.events}) + Counter(c.event for c in claims),
        "codes": codes_in_use(
            {
                "realis": _in_order(schema.REALIS, Counter(c.realis for c in claims)),
                "verification": _in_order(schema.VERIFICATION, Counter(c.verification for c in claims)),
            }
        ),
        "decisions": _decisions(views),
        "settings": {s: concerning(s, settings) for s in ("link", "estimate")},
        "glossary": catalogue()["glossary"],
        "dictionary": dictionary(),
        "originals": originals,
        "chain_script": CHAIN_SCRIPT,
        "table_rows": [(name, t.engine.count(table), name in EXPORTS) for name, table in schema.TABLES.items()],
    }


def _spot_pages(drawn: MapView | None) -> dict[str, str]:
    """The part of the list beside the map in which a place stands, by its anchor; none for what stands beside the drawing itself."""
    parts = listing(drawn, MAPPED) if drawn else []
    return {
        x.spot.anchor: part_name("map.html", n) if n else ""
        for n, part in enumerate(parts)
        for x in part
        if x.spot and x.first
    }


def _decisions(views: Views) -> list[dict[str, Any]]:
    """What people decided, in the order of the ledger, as pages may print it."""
    m = views.masks
    return [
        {
            "decision": code("decision", j.decision),
            "about": code("judged", j.about),
            "claims": [m.all.mask_file(c) for c in (*j.left, *j.right)],
            "correction": f"{j.field} = {m.all.mask(str(j.value))}" if j.field else "",
            "by": m.all.mask(j.by),
            "day": j.time[:10],
            "why": m.all.mask(j.why),
            "state": code("judgement_state", j.state),
            "note": m.all.mask_file(j.note),
        }
        for j in views.tables.judgements
    ]


def _in_order(codes: tuple[str, ...], counts: Counter[Any]) -> dict[str, int]:
    return {c: counts[c] for c in codes}
