"""publish: tables -> the dossier, one folder of static pages that opens without network or server."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

from leadline import schema
from leadline.engine import Engine
from leadline.progress import Progress
from leadline.settings import Settings, concerning

PAGES = ("index", "incidents", "map", "timeline", "documents", "sources", "methods")


def publish_dossier(engine: Engine, settings: Settings, folder: Path, progress: Progress) -> None:
    """Write the dossier's pages into an empty folder.

    Everything shown comes from the tables, so the same tables give the same bytes. Pages are marked internal; persons
    outside the source register appear by role unless `settings.names`.
    """
    from leadline import __version__
    from leadline.codebook import load_codebook
    from leadline.publish.export import data_dictionary
    from leadline.publish.map import map_view
    from leadline.publish.pages import render
    from leadline.publish.timeline import axis
    from leadline.publish.view import Views
    from leadline.register import load_register

    codebook = load_codebook(settings.codebook or None)
    register = load_register(settings.registers, shipped=settings.shipped_register)
    labels = {e.code: e.label for e in codebook.events}
    views = Views(engine, register, labels, protected_events(settings), names=settings.names)
    common: dict[str, Any] = {"title": settings.title or "Dossier", "version": __version__, "names": settings.names}
    for part in ("incidents", "documents"):
        (folder / part).mkdir()
    progress.begin("publish: documents", engine.count(schema.DOCUMENTS))
    documents = []
    for d in views.documents():
        (folder / d.page).write_bytes(render("document.html", **common, root="../", d=d, views=views))
        documents.append(_without_text(d))
        progress.advance()
    incidents = sorted(
        views.incident_views(),
        key=lambda i: (-i.incident.n_independent, -i.incident.n_origins, i.label, i.incident.incident_id),
    )
    progress.begin("publish: incidents", len(incidents))
    for i in incidents:
        (folder / i.page).write_bytes(render("incident.html", **common, root="../", i=i, views=views))
        progress.advance()
    estimates = list(engine.records(schema.ESTIMATES, schema.Estimate))
    refusals = list(engine.records(schema.REFUSALS, schema.Refusal))
    single = [i for i in incidents if i.incident.is_single_event and not i.incident.historical]
    shared = {
        "map": map_view(incidents, protected_events(settings)),
        "present": axis(single),
        "past": axis(i for i in incidents if i.incident.historical),
        "untimed": sum(i.incident.time is None for i in single),
        "documents": documents,
        "incidents": incidents,
        "estimates": estimates,
        "refusals": refusals,
        "unread": list(engine.records(schema.UNREAD, schema.Unread)),
        "sources": views.sources(),
        "claims": list(views.claim_views.values()),
        "n_lines": views.independent_lines(),
        "views": views,
        "realis": Counter(c.realis for c in views.claims.values()),
        "verification": Counter(c.verification for c in views.claims.values()),
        "events": codebook.events,
        "dictionary": data_dictionary(),
        "settings": {s: concerning(s, settings) for s in ("link", "estimate")},
    }
    for page in PAGES:
        (folder / f"{page}.html").write_bytes(render(f"{page}.html", **common, root="", **shared))
    (folder / "INTERNAL.txt").write_text("Internal, not for publication.\n", encoding="utf-8")


def protected_events(settings: Settings) -> frozenset[str]:
    """Event codes that concern refusers or witnesses: no point finer than a district is drawn for them."""
    from leadline.codebook import load_codebook

    codebook = load_codebook(settings.codebook or None)
    return frozenset(e.code for e in codebook.events if e.protect)


def _without_text(d: Any) -> Any:
    """A document's view without its text, so that memory does not hold every text at once."""
    import msgspec

    return msgspec.structs.replace(d, text=(), document=msgspec.structs.replace(d.document, text=""))
