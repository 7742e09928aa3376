"""Codebooks: what is coded and by which words, as data.

A codebook (TOML) names the events of a subject with definition, examples and *triggers*, and the codes of realis,
medium and verification with the *cues* that show them. Another subject is another file. A file may build on another
one (`base`), so that what belongs to the English language rather than to a subject is written once.

The words of triggers and cues are patterns (`leadline.codebook.patterns`).
"""

from __future__ import annotations

from leadline.codebook.parts import CodebookFile, Event, Trigger
from leadline.codebook.patterns import ARTICLES, Pattern, Step, Word, parse_pattern
from leadline.codebook.reading import FOLDER, SHIPPED, Codebook, check_codebook, content_of, load_codebook

__all__ = [
    "ARTICLES",
    "FOLDER",
    "SHIPPED",
    "Codebook",
    "CodebookFile",
    "Event",
    "Pattern",
    "Step",
    "Trigger",
    "Word",
    "check_codebook",
    "content_of",
    "load_codebook",
    "parse_pattern",
]
