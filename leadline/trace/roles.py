"""Who speaks: what a hop of a chain is (a body, a named person, a role), and whether two speakers can be one."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

import msgspec

from leadline.register import Register, Source, fold
from leadline.schema import Hop

BODIES = frozenset({"state-body", "armed-force", "outlet", "agency", "monitor", "channel", "court", "international"})
BODY_WORDS = re.compile(
    r"(?i)\b(?:ministry|agency|service|staff|directorate|intelligence|office|police|court|committee|council|command|commission|department|administration|government|bureau|institute|union|brigade|regiment|news|times|post|tribune|herald|gazette|telegraph|radio|television|tv|press|monitor|project|team|group|foundation|centre|center)\b"
)
INSTITUTION = re.compile(
    r"(?i)\b(?:ministry|directorate|office|police|court|committee|council|commission|department|administration|bureau|headquarters)\b"
)
PERSON_WORDS = re.compile(
    r"(?i)^[^,]*?\b(?:agents?|officers?|officials?|spokes(?:man|woman|person|men)|soldiers?|servicem[ae]n|commanders?|fighters?|conscripts?|deserters?|relatives?|wife|wives|mothers?|doctors?|medics?|lawyers?|residents?|prisoners?|recruits?|insiders?|employees?|chiefs?|heads?|ministers?|members?)\b"
)
SAME_AS_SOLDIER = frozenset({"serviceman", "servicewoman", "trooper", "fighter"})
SOLDIERS = frozenset(
    {"private", "conscript", "recruit", "rifleman", "infantryman", "gunner", "stormtrooper", "volunteer", "draftee"}
)
RELATIVES = frozenset(
    {
        "wife", "widow", "husband", "mother", "father", "parent", "parents", "son", "sons", "daughter", "sister", "brother", "aunt", "uncle",
        "grandmother", "grandfather", "relative", "relatives", "girlfriend", "boyfriend", "partner", "friend", "friends", "neighbour", "lawyer",
        "lawyers",
    }
)  # fmt: skip
ANYBODY = frozenset(
    {"a", "an", "the", "one", "man", "person", "speaker", "voice", "caller", "young", "masked", "unnamed"}
)


class Role(msgspec.Struct, frozen=True):
    """What a hop is: a body, a named person, or a role (`a soldier`)."""

    hop: Hop
    source: Source | None
    is_body: bool
    is_named: bool
    key: str


def role(hop: Hop, register: Register) -> Role:
    """Classify one hop by the register, else by its form.

    >>> r = Register([])
    >>> hop = lambda n: Hop(name=n, canonical=n, cue="said", start=None, end=None)
    >>> names = "Ostrava Ministry", "Ivo Marek", "a soldier", "soldier Ivo Marek", "a soldier from Ostrava"
    >>> [(x.is_body, x.is_named) for x in (role(hop(n), r) for n in names)]
    [(True, True), (False, True), (False, False), (False, True), (False, False)]
    """
    return Role(hop, *_known(hop.canonical or hop.name, hop.name, register))


@lru_cache(maxsize=50_000)
def _known(name: str, said: str, register: Register) -> tuple[Source | None, bool, bool, str]:
    """Of a hop by its name and as the text says it: its source, whether it is a body, whether it is named, its key."""
    source = register.resolve(name) or register.resolve(said)
    if source is not None and source.kind != "class":
        return source, source.kind in BODIES, True, source.id
    plain = name.strip()
    whose = re.split(r"\s(?:of|from|in|near|at)\s", plain)[0] if plain[:1].islower() else plain  # "a man from Oster"
    named = bool(re.search(r"(?:^|\s)[A-ZА-ЯЁІЇЄҐ][\w’'.-]*$", whose)) and source is None
    is_body = source is None and bool(BODY_WORDS.search(plain)) and not PERSON_WORDS.search(plain)
    is_body = is_body and (any(c.isupper() for c in plain) or bool(INSTITUTION.search(plain)))
    if not (named or is_body):
        # "a man" whom the reader takes for a soldier of one side: the text does not say of which
        plain = " ".join(w for w in plain.split() if w[0].islower() or w in said) or plain
    return source, is_body, named or is_body, fold(plain)


def with_publishers(register: Register, publishers: Iterable[str | None]) -> Register:
    """The register with the heap's own publishers as outlets: whoever names one names no person, whatever it is called.

    >>> r = with_publishers(Register([]), ["Ridge Courier", "Ministry of Mills", None])
    >>> [(s.id, s.kind) for s in r.sources.values()]
    [('ridge courier', 'outlet')]
    """
    listed = sorted({p for p in publishers if p and register.resolve(p) is None and not INSTITUTION.search(p)})
    new = {fold(p): Source(id=fold(p), name=p, kind="outlet") for p in reversed(listed) if fold(p)}
    return Register([*new.values(), *register.sources.values()], register.places)


def compatible(one: str | None, other: str | None) -> bool:
    """Whether two speakers can be one: one unknown, or one name's words within the other's.

    A private is a soldier, and `a man` may be anybody.

    >>> compatible("russian soldier", "soldier"), compatible("soldier", "commander"), compatible(None, "x")
    (True, False, True)
    >>> compatible("soldier", "private"), compatible("private", "sergeant"), compatible("young man", "private")
    (True, False, True)
    >>> compatible("wife of a soldier", "wife"), compatible("wife of a soldier", "soldier")
    (True, False)
    """
    if one is None or other is None:
        return True
    a, b = _known_as(one), _known_as(other)
    return a <= b or b <= a


@lru_cache(maxsize=50_000)
def _known_as(speaker: str) -> frozenset[str]:
    """The words for a speaker, with `soldier` for every kind of soldier and without words that fit anybody."""
    words = {w for w in speaker.split() if w not in ANYBODY}
    if whose := words & RELATIVES:  # the wife of a soldier is no soldier
        return frozenset(w if w in whose else f"of {w}" for w in words - {"of"})
    known = {"soldier" if w in SAME_AS_SOLDIER else w for w in words}
    return frozenset(known | ({"soldier"} if words & SOLDIERS else set()))


def head(speaker: str | None) -> str | None:
    """What a speaker is, without further words: `russian soldier` is a `soldier`."""
    return speaker.split()[-1] if speaker else None
