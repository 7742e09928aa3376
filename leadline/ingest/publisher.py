"""Which outlet published a document, as far as the document states it."""

from __future__ import annotations
