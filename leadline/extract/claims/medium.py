"""Medium: what carries a claim at its origin."""

from __future__ import annotations

import msgspec
from spacy.tokens import Token

from leadline.codebook import Codebook, Pattern
from leadline.extract.claims.chains import Lineage
from leadline.extract.claims.naming import BODY_KINDS
from leadline.extract.claims.words import Line, occurs
from leadline.schema import Medium

INDEPENDENT = frozenset({"monitor", "outlet", "channel"})
CALLS_ITSELF = frozenset({"report", "update", "assessment", "bulletin", "briefing", "summary", "estimate", "analysis", "data"})


class MediumRule(msgspec.Struct, frozen=True):
    """The nouns and cues of one medium."""

    code: Medium
    nouns: tuple[Pattern, ...]
    cues: tuple[Pattern, ...]


def compile_media(book: Codebook) -> dict[str, MediumRule]:
    """The media of a codebook."""
    return {
        m.code: MediumRule(m.code, tuple(map(book.pattern, m.nouns)), tuple(map(book.pattern, m.cues)))
        for m in book.file.media
    }


def read_medium(lineage: Lineage, sentence: Line, clause: Line, media: dict[str, MediumRule], around: Line) -> tuple[Medium, Token | None]:
    """The medium of a claim and the word that shows it.

    `sentence` is the sentence with the words that attribute, `clause` the claim's own words, `around` the sentence before.
    """

    def says(code: str, line: Line, *, nouns: bool = True) -> bool:
        rule = media.get(code)
        return rule is not None and any(occurs(p, line) for p in ((*rule.nouns, *rule.cues) if nouns else rule.cues))

    speaker = lineage.whos[-1] if lineage.whos else None
    if lineage.recording is not None:
        return lineage.recording.medium, None
    if speaker is None:
        if says("document", clause):
            return "document", None
        if says("video", clause, nouns=False):
            return "video", None
        return "not-stated", None
    kind, source = speaker.kind, speaker.source
    if kind in {"reports", "class"}:
        return "not-stated", None
    post = says("social-post", sentence)
    if kind == "analyst":
        return "analysis", None
    if source is not None and source.id == "isw":
        return "analysis", None
    is_service = source is not None and (source.yardstick is not None or "intelligence" in source.name.lower())
    if is_service and (speaker.carrier in CALLS_ITSELF or (source is not None and source.yardstick is not None) or says("intelligence-assessment", sentence)):
        return "intelligence-assessment", None
    if post and kind not in {"outlet", "monitor", "agency"}:
        return "social-post", None
    if kind in BODY_KINDS and kind != "international" or kind == "official":
        return "official-statement", None
    if kind == "international" or kind == "monitor" or kind == "court":
        return "investigation", None
    if kind == "channel":
        return "social-post", None
    if kind == "outlet":
        if says("testimony", sentence) or says("testimony", around) or speaker.name.lower() in {"sources"}:
            return "testimony", None
        if post and not says("investigation", sentence):
            return "social-post", None
        return ("investigation" if source is not None or says("investigation", sentence) else "not-stated"), None
    if kind in {"soldier", "relative", "witness", "commander"}:
        if any(w.kind in INDEPENDENT for w in lineage.whos[:-1]) or kind != "commander":
            return "testimony", None
        return "official-statement", None
    if kind == "person":
        if source is not None:
            return "official-statement", None
        if says("analysis", sentence):
            return "analysis", None
        return ("testimony" if says("testimony", sentence) else "not-stated"), None
    return "not-stated", None
