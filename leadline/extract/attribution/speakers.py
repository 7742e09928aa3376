"""Who `he`, `the agency`, `the report` or `the soldier` is, within this text."""

from __future__ import annotations

from spacy.tokens import Doc

PRONOUNS = {"he", "she", "they", "it", "who", "that", "which"}


def resolve(doc: Doc, sources: list[tuple[int, ...]]) -> list[str | None]:
    """For each source its name or full noun phrase, in the order of the text."""
    found: list[str | None] = []
    last: str | None = None
    for tokens in sources:
        if not tokens:
            found.append(None)
            continue
        words = doc[tokens[0] : tokens[-1] + 1].text
        if words.lower() in PRONOUNS:
            found.append(last)
        else:
            last = words
            found.append(words)
    return found
