"""Who says what: attributions as linked spans of source, cue and content.

parse -> quotations -> candidates (rules and model) -> nesting -> speakers -> Attribution records
"""

from __future__ import annotations

from leadline.extract.attribution.find import find_attributions

__all__ = ["find_attributions"]
