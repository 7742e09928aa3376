"""Origins as one document shows them: which of its claims go back to the same call, video, statement or inquiry.

An origin is what a chain of attribution ends in: an artefact (a recording, a post), an occasion (a statement), or a
body's own work (an investigation, an assessment). Within a document claims share it where the same body stands behind
them, the medium is of one family, and the speakers can be the same. "Another video" opens a new one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import msgspec

from leadline.register import Register, fold
from leadline.schema import Attribution, Claim, Document, Medium, Span
from leadline.trace.facts import facts_of
from leadline.trace.persons import told_by
from leadline.trace.roles import Role, compatible, head, role
from leadline.trace.signs import Sign
from leadline.trace.text import WORD, fold_word, quotations

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
LEADS_TO = 400
"""Characters after which what a document says of a recording no longer introduces the one that speaks next."""
NEAR = 250
"""Characters within which "a second video" opens the recording that the next claim is from."""
ANOTHER = re.compile(
    r"(?i)\b(?:another|an? (?:earlier|previous|older)|(?:the|its) (?:earlier|previous|second|third|other|new|latest)|not the|a (?:second|third|separate|different|new|further|later|more recent)|(?:the|two) other|yet another)"
    r"(?: [\w’'-]+){0,4}? (?:videos?|clips?|recordings?|calls?|conversations?|audios?|footage|posts?|intercepts?|messages?|appeals?)\b"
)


ANOTHER_PERSON = re.compile(r"(?i)\b(?:another|(?:an?|the) (?:other|second|third|fourth|fifth|further)|yet another)\b")
BROUGHT_IN = re.compile(
    r"(?i)\b(?:an?|one|two|three|four|five|several|some|many|various)(?: [\w’'-]+){0,4}? (?:calls?|conversations?|recordings?|intercepts?|audios?|videos?|clips?|appeals?)\b"
    r"|\b(?:calls|conversations|recordings|intercepts|videos|clips|appeals)\b"
)
SENTENCE_END = re.compile(r"[.!?…][\"'”’»)]*(?=\s|$)|\n")


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


def local_origins(
    document: Document,
    claims: Sequence[Claim],
    attributions: Mapping[str, Attribution],
    register: Register,
    signs: Sequence[Sign] = (),
) -> list[Local]:
    """The origins of one document's attributed claims, in text order; own-voice claims have none here.

    `signs` of machine spinning tell where a person speaks under a synonym of the own name.
    """
    found: list[Local] = []
    meant = {s.start: s.meant for s in signs if s.meant}
    speech = quotations(document.text)
    publisher = register.resolve(document.publisher) if document.publisher else None
    shows = publisher is not None and publisher.kind == "channel"  # a channel's post shows the recording itself
    cues = [m.start() for m in ANOTHER.finditer(document.text) if not any(x <= m.start() < y for x, y in speech)]
    seen = -1  # the last of them that a claim has used
    ordered = sorted(claims, key=lambda c: (c.start, c.end, c.claim_id))
    known_as = told_by(document.text, ordered, register)
    for k, c in enumerate(ordered):
        if not c.chain and c.medium != "document" and not (shows and c.medium in RECORDINGS):
            continue  # the document's own voice
        new = _describe(document, _restored(c, meant), attributions, register, known_as)
        new.quoted = _quoted_words(document.text, c, speech)
        new.speech = _speech(
            document.text, c, next((d.start for d in ordered[k + 1 :] if d.start > c.end), None), speech
        )
        opened = _opened(document.text, cues, seen, new)
        seen = max([seen, *(cue for cue in cues if cue <= c.end)])
        home = None if opened else _one_recording(document.text, found, new, speech)
        if home is not None:
            _hear(home, new)  # whoever else is heard in it, or quoted there
        elif not opened:
            home = _home(found, new)
            if home is None and (home := _one_call(document.text, found, new)) is not None:
                _hear(home, new)  # both who speak on a line
        if home is None:
            alike = next((x for x in found if _fits(x, new, any_via=True)), None) if not opened else None
            new.group = alike.group if alike else new.key
            found.append(new)
        else:
            _join(home, new)
    for c in ordered:
        if not c.chain and c.medium in RECORDINGS and not shows:
            _introduce(found, c, cues)
    return found


def _describe(
    document: Document,
    c: Claim,
    attributions: Mapping[str, Attribution],
    register: Register,
    known_as: Mapping[str, str],
) -> Local:
    roles = [role(h, register) for h in c.chain]
    last = roles[-1] if roles else None
    if (
        last is not None
        and last.source
        and last.source.kind == "armed-force"
        and (c.medium in RECORDINGS or c.medium == "testimony")
    ):
        # "Russian troops" who speak in a video are its speakers: an army did not release it
        last = Role(last.hop, None, is_body=False, is_named=False, key=fold(last.hop.canonical or last.hop.name))
        roles[-1] = last
    bodies = [r for r in roles if r.is_body]
    body = bodies[-1] if bodies else None
    if body is not None and body.source is not None and body.source.relays:
        body = None  # whoever stands outside of a relay only reports what the relay passed on
    speaker = last if last is not None and not last.is_body else None
    press = body is not None and (body.source is None or body.source.kind in PRESS)
    kind = KINDS[c.medium]
    family = kind
    if press and body is not None and (speaker is None or c.medium not in RECORDINGS):
        # an outlet's own publication, whatever it rests on; a person whose own words it prints speaks for themselves
        attribution = attributions.get(c.attribution_id or "")
        direct = attribution is not None and attribution.kind in ("direct", "mixed")
        met = speaker is not None and (speaker.is_named or speaker.key in known_as or speaker.key in known_as.values())
        if speaker is None or not (direct or met):
            family, speaker = "publication", None
    elif kind in ("statement", "post", "analysis"):
        family = "statement"
    witness = speaker
    if c.medium == "testimony" and speaker is not None:
        # what a husband said on the telephone is known from the wife who tells it: it is her testimony
        witness = next(r for r in roles if not r.is_body)
    who = known_as.get(witness.key, witness.key) if witness else None
    named = (
        bool(body)
        or not roles
        or (speaker is not None and (speaker.is_named or c.medium in RECORDINGS or c.medium == "testimony"))
        or any(r.is_body for r in roles)
    )
    if speaker is not None and not speaker.is_named and UNNAMED.search(speaker.key):
        named = bool(body)
    if last is not None and last.is_body and last.source is None and UNNAMED.search(last.key):
        named = False
    return Local(
        key=c.claim_id,
        document=document.document,
        kind=kind if named or not roles else ("reports" if last and "report" in last.key else "unnamed"),
        medium=c.medium,
        family=family,
        body=body.key if body else None,
        body_name=(body.source.name if body.source else body.hop.canonical) if body else None,
        speaker=who,
        speaker_named=bool(witness and witness.is_named),
        claims=[c],
        named=named,
        via=_via(roles, body),
        relay=next((r.key for r in roles if r.source is not None and r.source.relays), None),
    )


def _via(roles: Sequence[Role], body: Role | None) -> str | None:
    """The outermost hop where it is an outlet and not itself the body behind the origin."""
    first = roles[0] if len(roles) > 1 else None
    if first is None or first is body or not first.is_body or (first.source and first.source.relays):
        return None
    return first.key


def _quoted_words(text: str, c: Claim, speech: Sequence[Span]) -> tuple[str, ...]:
    """Words of quoted speech within a claim, folded."""
    inside = [text[max(a, c.start) : min(b, c.end)] for a, b in speech if a < c.end and c.start < b]
    return tuple(fold_word(m[0]) for part in inside for m in WORD.finditer(part))


def _speech(text: str, c: Claim, until: int | None, speech: Sequence[Span]) -> tuple[str, ...]:
    """Words of the quotations that hold the claim or that follow it in its paragraph before the next claim, folded."""
    paragraph = text.find("\n", c.end)
    end = min(x for x in (until, paragraph if paragraph >= 0 else None, len(text)) if x is not None)
    parts = [text[a:b] for a, b in speech if (a < c.end and c.start < b) or c.end <= a < end]
    return tuple(fold_word(m[0]) for part in parts for m in WORD.finditer(part))


def _one_recording(text: str, found: Sequence[Local], new: Local, speech: Sequence[Span]) -> Local | None:
    """The recording that the claim is from whoever is heard: one quotation, or one paragraph on what a channel passed on.

    Two people may speak in one recording, and one may tell what another said.
    """
    c = new.claims[0]
    around = next(((a, b) for a, b in speech if a <= c.start and c.end <= b), None)
    for x in reversed(found):
        if x.family not in RECORDINGS.values():
            continue
        last = x.claims[-1]
        if around is not None and around[0] <= last.start and last.end <= around[1]:
            return x
        same = x.family == new.family and x.relay is not None and x.relay == new.relay and x.body == new.body
        apart = (x.via and new.via and x.via != new.via) or facts_of(x.claims).contradict(facts_of(new.claims))
        between = text[_sentence_end(text, last.end) : _sentence_end(text, c.end)]
        one_place = "\n" not in text[last.end : c.start] and not BROUGHT_IN.search(between)
        if same and not apart and not (x.speaker_named and new.speaker_named) and one_place:
            return x
    return None


def _one_call(text: str, found: Sequence[Local], new: Local) -> Local | None:
    """The recording that one body or channel passed on, whoever is heard on it, where no other one is brought in between.

    Both who speak on a line are on one recording, and all who stand before one camera; "in another call", "in a video"
    and "calls" bring in more. Two people whom a text names are on two videos. What is quoted on without the body that
    made the recording public is from the last one.
    """
    c = new.claims[0]
    if new.family not in RECORDINGS.values():
        return None
    for x in reversed(found):
        sound = {x.family, new.family} <= {"call", "audio"}
        if not (x.family == new.family or sound) or (x.via and new.via and x.via != new.via):
            continue
        source = (x.body, x.relay) == (new.body, new.relay) and (x.body or x.relay)
        goes_on = (
            new.body is None and new.relay is None and any(compatible(v, new.speaker) for v in (x.speaker, *x.heard))
        )
        if not (source or goes_on) or (not sound and x.speaker_named and new.speaker_named):
            continue
        between = text[_sentence_end(text, x.claims[-1].end) : _sentence_end(text, c.end)]
        if not BROUGHT_IN.search(between) and not facts_of(x.claims).contradict(facts_of([c])):
            return x
        return None
    return None


def _sentence_end(text: str, at: int) -> int:
    """Where the sentence ends that `at` is in, or whose last character stands before it."""
    match = SENTENCE_END.search(text, max(0, at - 1))
    return match.end() if match else len(text)


def _introduce(found: Sequence[Local], c: Claim, cues: Sequence[int]) -> None:
    """Give what a document says of a recording by itself ("One of the appeals came from …") to the recording it leads to."""
    for x in found:
        start = x.claims[0].start
        near = x.medium == c.medium and c.end <= start <= c.end + LEADS_TO
        if near and not any(c.end <= cue < start for cue in cues) and not facts_of(x.claims).contradict(facts_of([c])):
            x.claims.append(c)
            return


def _restored(c: Claim, meant: Mapping[int, str]) -> Claim:
    """The claim with the name that a spinner replaced back in its chain."""
    if not any(h.start in meant for h in c.chain):
        return c
    chain = tuple(
        msgspec.structs.replace(h, canonical=meant[h.start]) if h.start is not None and h.start in meant else h
        for h in c.chain
    )
    return msgspec.structs.replace(c, chain=chain)


def _opened(text: str, cues: Sequence[int], seen: int, new: Local) -> bool:
    """Whether "another …" stands in the claim's sentence, or for a recording shortly before it, and was not yet used."""
    c = new.claims[0]
    if new.family == "testimony" and new.speaker and not new.speaker_named and _another_person(text, c):
        return True
    sentence = max(text.rfind(". ", 0, c.start), text.rfind("\n", 0, c.start)) + 1
    reach = c.start - NEAR if new.family in RECORDINGS.values() else sentence
    return any(cue > seen and reach <= cue <= c.end for cue in cues)


def _another_person(text: str, c: Claim) -> bool:
    """Whether the speaker is brought in as one beside those before: `another prisoner`, `the second officer`, `the other`."""
    hop = c.chain[-1] if c.chain else None
    return (
        hop is not None
        and hop.start is not None
        and ANOTHER_PERSON.search(text[max(0, hop.start - 12) : hop.end]) is not None
    )


def _home(found: list[Local], new: Local) -> Local | None:
    """The origin already seen that the claim belongs to: the latest that fits, one with the same speaker first."""
    fitting = [x for x in found if _fits(x, new)]
    if not fitting:
        return None
    same = [x for x in fitting if head(x.speaker) == head(new.speaker)]
    return (same or fitting)[-1]


def _fits(x: Local, new: Local, *, any_via: bool = False) -> bool:
    if not any_via and x.via and new.via and x.via != new.via:
        return False
    if x.family in RECORDINGS.values() and facts_of(x.claims).contradict(facts_of(new.claims)):
        return False  # one body's calls about two places
    if x.named != new.named or x.body != new.body:
        return False
    if not new.named and x.speaker != new.speaker:
        return False
    if x.family in RECORDINGS.values() and new.family == "statement" and _about_recording(new.claims[0].quote):
        return compatible(x.speaker, new.speaker)  # "the recording captures …": the body speaks of what it released
    filmed = {x.family, new.family} <= {*RECORDINGS.values(), "testimony"} and "testimony" in (x.family, new.family)
    if filmed and x.body is not None and x.speaker is not None and x.speaker == new.speaker:
        return True  # whom one outlet has heard, on film or not
    if x.family != new.family and "not-stated" not in (x.medium, new.medium):
        return False
    if x.family != new.family and x.body is None and x.speaker is None:
        return False
    return compatible(x.speaker, new.speaker)


def _about_recording(quote: str) -> bool:
    return (
        re.search(r"(?i)\b(?:recording|audio|video|clip|footage|intercept|(?:phone )?(?:call|conversation))\b", quote)
        is not None
    )


def _hear(home: Local, new: Local) -> None:
    """Note who else is heard on a recording, whose speaker stays the one it was first told of."""
    if new.speaker is not None and home.speaker is not None:
        home.heard = (*home.heard, new.speaker)
        new.speaker = None


def _join(home: Local, new: Local) -> None:
    home.claims.append(new.claims[0])
    home.quoted += new.quoted
    home.speech += new.speech
    longer = new.speaker is not None and len(new.speaker) > len(home.speaker or "")
    if home.speaker is None or (longer and compatible(home.speaker, new.speaker)):
        home.speaker, home.speaker_named = new.speaker or home.speaker, new.speaker_named or home.speaker_named
    home.via = home.via or new.via
    if home.medium == "not-stated":
        home.kind, home.medium, home.family = new.kind, new.medium, new.family
