"""Labels that open a paragraph and say what it is: `Source:`, `Details:`, `Background:`. Nobody speaks under such a name."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import msgspec

from leadline.extract.shipped import read_shipped

FILE = Path(__file__).parent / "data" / "labels.toml"
LABEL = re.compile(r"[ \t]{0,4}(?P<words>[A-Z][\w'’]{1,15}(?: [\w'’]{1,15}){0,3}):(?:\s|$)")
WHOSE = re.compile(r"[ \t]{0,4}(?P<words>[A-Z]\w{1,15}(?: \w{1,15})?) (?:from|by) (?P<who>[^:\n]{2,60}):(?:\s|$)")


class Labels(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The labels of `data/labels.toml`; the file says what each class is for."""

    origins: frozenset[str]
    contents: frozenset[str]
    others: frozenset[str]


def label_of(text: str, start: int, end: int) -> tuple[str, int]:
    """The label that opens `[start, end)`, in small letters, and where it ends with its colon; none is the empty word.

    >>> label_of("Details: Nine men have fled.", 0, 28)
    ('details', 8)
    >>> label_of("Sergeant: Nine men have fled.", 0, 29)
    ('', 0)
    """
    m = LABEL.match(text, start, end)
    if m is None:
        return "", start
    words, labels = m["words"].lower().replace("’", "'"), load_labels()
    known = words in labels.origins or words in labels.contents or words in labels.others
    return (words, m.end("words") + 1) if known else ("", start)


def whose(text: str, start: int, end: int) -> tuple[int, int] | None:
    """Where the label that opens `[start, end)` names who says what it holds.

    >>> text = "Quote from the wives: They were sent off."
    >>> text[slice(*whose(text, 0, len(text)))]
    'the wives'
    """
    m = WHOSE.match(text, start, end)
    return m.span("who") if m is not None and m["words"].lower() in load_labels().contents else None


@cache
def load_labels() -> Labels:
    """The shipped labels; raises `CodebookError` naming the path inside the file where it is wrong."""
    return read_shipped(FILE, Labels)
