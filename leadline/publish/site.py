"""The dossier's files: which pages there are, and what each is given to show."""

from __future__ import annotations

from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

from leadline import schema
from leadline.codebook import Codebook
from leadline.progress import Progress
from leadline.publish.document_pages import write_documents
from leadline.publish.drawings import funnel, neighbours, source_graph
from leadline.publish.export import dictionary
from leadline.publish.integrity import CHAIN_SCRIPT, Original, originals_of
from leadline.publish.lineage import lineage
from leadline.publish.map import map_view
from leadline.publish.outlines import OUTLINES
from leadline.publish.page_files import LISTS, spot_pages, write_list, write_page
from leadline.publish.rows import EXPORTS
from leadline.publish.timeline import axis
from leadline.publish.view import IncidentView, Views
from leadline.publish.view.challenges import challenges, codes_in_use
from leadline.publish.view.facets import document_facets, incident_facets, keyed, source_facets
from leadline.publish.view.figures import Figures, figures
from leadline.publish.view.phrases import part_name
from leadline.publish.view.records import DocumentView, SourceView
from leadline.publish.words import catalogue, code, say
from leadline.settings import Settings, concerning

PAGES = (
    "index", "incidents", "map", "timeline", "sources", "documents", "challenges", "methods", "integrity", "glossary", "dictionary",
)  # fmt: skip
FURTHER = 150  # claims on a further page of an incident
NAMED = 3  # people who decided that are named above every page


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
    documents, n_characters = write_documents(views, folder, common, progress)
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
        write_page(folder, s.page, "source.html", **common, s=s, graph=neighbours(near.get(s.key, ()), s.key, by_key))
        progress.advance()
    counted = figures(views, documents, incidents, n_characters)
    originals = originals_of(views, documents)
    shared = _shared(views, codebook, settings, documents, incidents, sources, counted, originals)
    for page in PAGES:
        if page in LISTS:
            write_list(folder, page, common | shared)
        else:
            write_page(folder, f"{page}.html", f"{page}.html", **common, **shared)
    (folder / "INTERNAL.txt").write_text(say("base.internal") + "\n", encoding="utf-8")
    lines = sorted({f"{o.sha256}  originals/{o.sha256[:2]}/{o.sha256}\n" for o in originals if o.page})
    (folder / "originals.sha256").write_text("".join(lines), encoding="utf-8")


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
        write_page(
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
            write_page(folder, further[number], "further.html", **common, i=i, claims=part, part=number, pages=names)
        progress.advance()


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
        "spot_pages": spot_pages(drawn),
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
