"""Page furniture: spans of a scraped text that are not the article."""

from __future__ import annotations

from leadline.schema import Spans


def mark_furniture(text: str) -> Spans:
    """Spans of page furniture, in order, not overlapping."""
    return ()
