"""An origin as one document shows it, and the words for its kinds."""

from __future__ import annotations

import re
from collections.abc import Mapping

import msgspec

from leadline.schema import Claim, Medium

PRESS = frozenset({"outlet", "agency", "monitor", "channel"})
RECORDINGS: Mapping[str, str] = {"intercepted-call": "call", "video": "video", "audio": "audio"}
KINDS: Mapping[str, str] = {
    **RECORDINGS,
    "testimony": "testimony",
    "social-post": "post",
    "official-statement": "statement",
    "intelligence-assessment": "assessment",
    "investigation": "investigation",
    "document": "document",
    "analysis": "analysis",
    "not-stated": "statement",
}
UNNAMED = re.compile(
    r"\b(?:reports?|rumou?rs?|media|outlets|sources?|accounts?|posts|channels|observers|analysts|experts|witnesses|officials|rights groups|groups)$"
)


class Local(msgspec.Struct):
    """An origin as one document shows it; `claims` grows while the document is read."""

    key: str
    document: str
    kind: str
    medium: Medium
    family: str
    body: str | None
    """register id or folded name of the releasing or collecting body; None for a relay or where there is none"""
    body_name: str | None
    speaker: str | None
    speaker_named: bool
    claims: list[Claim]
    named: bool
    """whether anything identifies it: a body, a person, a speaker of a recording"""
    quoted: tuple[str, ...] = ()
    """folded words of the speech that its claims quote"""
    speech: tuple[str, ...] = ()
    """folded words of the quotations that its claims stand in or that follow them, before the next claim"""
    relay: str | None = None
    """the channel that passed it on"""
    via: str | None = None
    """outlet through which the document has it, as the outermost hop says"""
    heard: tuple[str, ...] = ()
    """others who are heard on the recording"""
    group: str = ""
    """the same for origins that only `via` keeps apart: two outlets may tell of one call"""
