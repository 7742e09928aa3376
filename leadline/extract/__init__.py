"""The stage that reads: documents -> attributions, claims, times, places, persons, and what was left unread.

    parse -> attribution, times, numbers, units, places -> claims

Everything below `reading` is pure: a document and resources in, records out.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from leadline.progress import SILENT, Progress
from leadline.schema import ATTRIBUTIONS, CLAIMS, DOCUMENTS, PERSONS, PLACES, TIMES, UNREAD, Document, Record
from leadline.settings import Settings

if TYPE_CHECKING:
    from leadline.engine import Engine
    from leadline.extract.reading import Reading, Resources

__all__ = ["extract_claims"]


def extract_claims(engine: Engine, settings: Settings, progress: Progress = SILENT) -> None:
    """Read every document, in as many processes as the settings say, and write what was found, batch by batch.

    Writes `attributions`, `claims`, `times`, `places` and `persons`, in the order of the documents, and to `unread` the
    documents of which nothing was read, with the reason; one that fails is among these and ends nothing. Raises
    `CodebookError` or `InputError` where the codebook, a register or a gazetteer is faulty, before anything is read.
    """
    from leadline.codebook import load_codebook
    from leadline.register import load_register

    load_codebook(settings.codebook or None)
    load_register(settings.registers, shipped=settings.shipped_register)
    progress.begin("extract", engine.count(DOCUMENTS))
    with (
        engine.writer(ATTRIBUTIONS) as attributions,
        engine.writer(CLAIMS) as claims,
        engine.writer(TIMES) as times,
        engine.writer(PLACES) as places,
        engine.writer(PERSONS) as persons,
        engine.writer(UNREAD) as unread,
    ):
        read = Batch(settings)
        for readings in engine.map_batches(read, DOCUMENTS, workers=settings.n_workers(), initializer=read.prepare):
            for r in readings:
                attributions.write(r.attributions)
                claims.write(r.claims)
                times.write(r.times)
                places.write(r.places)
                persons.write(r.persons)
                unread.write([r.unread] if r.unread else [])
            progress.advance(len(readings))


class Batch:
    """Reads a batch of documents in a worker process; the resources are loaded once a process."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    def prepare(self) -> None:
        """Load what is loaded once, before the first batch."""
        from leadline.extract.language import load_language

        load_language()
        _resources(self.settings)

    def __call__(self, batch: list[Record]) -> list[Reading]:
        """The readings of a batch, in its order."""
        from leadline.extract.reading import read_documents

        documents = [d for d in batch if isinstance(d, Document)]
        return list(read_documents(documents, _resources(self.settings)))


@cache
def _resources(settings: Settings) -> Resources:
    from leadline.extract.reading import Resources

    return Resources.of(settings)
