"""publish: tables -> the dossier, one folder of static pages that opens without network or server."""

from __future__ import annotations

from pathlib import Path

from leadline.engine import Engine
from leadline.progress import Progress
from leadline.settings import Settings


def publish_dossier(engine: Engine, settings: Settings, folder: Path, progress: Progress) -> None:
    """Write the dossier's pages into an empty folder.

    Everything shown comes from the tables, so the same tables give the same bytes. Pages are marked internal; persons
    outside the source register appear by role unless `settings.names`.
    """
    from leadline.codebook import load_codebook
    from leadline.publish.site import write_site
    from leadline.publish.view import Views
    from leadline.register import load_register

    codebook = load_codebook(settings.codebook or None)
    register = load_register(settings.registers, shipped=settings.shipped_register)
    labels = {e.code: e.label for e in codebook.events}
    views = Views(engine, register, labels, protected_events(settings), names=settings.names)
    write_site(views, codebook, settings, folder, progress)


def protected_events(settings: Settings) -> frozenset[str]:
    """Event codes that concern refusers or witnesses: no point finer than a district is drawn for them."""
    from leadline.codebook import load_codebook

    codebook = load_codebook(settings.codebook or None)
    return frozenset(e.code for e in codebook.events if e.protect)
