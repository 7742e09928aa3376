"""Ingest: files in, documents out. Originals are kept as they are, every item is entered in the ledger.

    discover -> read (decode, markup, records) -> describe (language, dates, outlet, furniture) -> documents

`ingest_documents` is the stage; the modules below are its parts and know nothing of each other's files.
"""

from __future__ import annotations

from leadline.ingest.stage import ingest_documents, input_fingerprint

__all__ = ["ingest_documents", "input_fingerprint"]
