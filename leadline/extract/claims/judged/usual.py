"""The medium that statements have where a text names none: of a kind of source, and of what a publisher says itself."""

from __future__ import annotations

from leadline.extract.claims.lexicon import load_lexicon
from leadline.extract.claims.sources.kinds import NAMED_KINDS, WITNESSES
from leadline.extract.claims.sources.who import Who
from leadline.register import Source
from leadline.schema import Medium

OWN_VOICE: dict[str, Medium] = {
    "channel": "social-post", "state-body": "official-statement", "armed-force": "official-statement",
    "international": "investigation",
}  # fmt: skip
"""What carries a document whose publisher is no outlet: it is the source itself."""
USUAL: dict[str, Medium] = {
    "analyst": "analysis", "state-body": "official-statement", "armed-force": "official-statement",
    "official": "official-statement", "commander": "official-statement", "international": "investigation",
    "court": "document", "channel": "social-post", "soldier": "testimony", "relative": "testimony",
    "witness": "testimony",
}  # fmt: skip


def own_medium(publisher: Source | None, name: str) -> Medium:
    """The medium of what a document says in its own voice: none, unless its publisher is itself a source.

    >>> own_medium(None, "The Harbour Rights Group")
    'investigation'
    """
    if publisher is None:
        kinds = {load_lexicon().kind(w) for w in name.casefold().split()}
        return "investigation" if "monitor" in kinds else "official-statement" if "official" in kinds else "not-stated"
    if publisher.yardstick is not None:
        return "intelligence-assessment"
    return publisher.medium or OWN_VOICE.get(publisher.kind, "not-stated")


def usual_medium(speaker: Who, *, spoken_to: bool) -> Medium:
    """The medium of what such a source says; `spoken_to` tells that officers without a name spoke to whoever wrote the text.

    >>> usual_medium(Who("wives", "wives", "relative"), spoken_to=False)
    'testimony'
    """
    kind, source = speaker.kind, speaker.source
    if source is None and is_intelligence(speaker):
        return "intelligence-assessment"
    if source is None and speaker.owner_kind == "international":
        return "investigation"
    if kind == "person" and source is not None:
        return _of_person(speaker)
    if source is not None and source.yardstick is not None:
        return "intelligence-assessment"
    if source is not None and source.medium is not None:
        return source.medium
    if kind == "commander" and source is None and not speaker.owner_kind:
        return "testimony" if spoken_to else "not-stated"  # an officer without a name speaks for nobody
    if (kind == "monitor" and not speaker.plural) or (kind in NAMED_KINDS and source is not None):
        return "investigation"
    return USUAL.get(kind, "not-stated")


def _of_person(speaker: Who) -> Medium:
    """Of a person of the register: by what the register says of that one, else by whom that one works for."""
    if speaker.owner_kind == "private":
        return "not-stated"
    if speaker.source is not None and speaker.source.medium is not None:
        return speaker.source.medium
    if speaker.owner_kind == "international":
        return "investigation"
    if speaker.role == "witness":
        return "testimony"
    return "analysis" if speaker.owner_kind in NAMED_KINDS or speaker.role == "analyst" else "official-statement"


def is_intelligence(speaker: Who) -> bool:
    """Whether a source is called an intelligence service, or one of its people."""
    return speaker.kind not in WITNESSES and "intelligence" in f"{speaker.canonical} {speaker.name}".lower()
