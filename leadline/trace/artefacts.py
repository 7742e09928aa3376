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
from leadline.schema import Attribution, Claim, Document, Span
from leadline.trace.facts import facts_of
from leadline.trace.local import KINDS, PRESS, RECORDINGS, UNNAMED, Local
from leadline.trace.persons import told_by
from leadline.trace.recordings import cues_of, goes_on, hear, heard_in, introduce, is_opened
from leadline.trace.roles import Role, compatible, head, role
from leadline.trace.signs import Sign
from leadline.trace.text import WORD, fold_word, quotations


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
    cues = cues_of(document.text, speech)
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
        opened = is_opened(document.text, cues, seen, new)
        seen = max([seen, *(cue for cue in cues if cue <= c.end)])
        home = None if opened else heard_in(document.text, found, new, speech)
        if home is not None:
            hear(home, new)  # whoever else is heard in it, or quoted there
        elif not opened:
            home = _home(found, new)
            if home is None and (home := goes_on(document.text, found, new)) is not None:
                hear(home, new)  # both who speak on a line
        if home is None:
            alike = next((x for x in found if _fits(x, new, any_via=True)), None) if not opened else None
            new.group = alike.group if alike else new.key
            found.append(new)
        else:
            _join(home, new)
    for c in ordered:
        if not c.chain and c.medium in RECORDINGS and not shows:
            introduce(found, c, cues)
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
    if last is not None and c.medium not in RECORDINGS and (speaks_for := _speaks_for(last, register)) is not None:
        body = speaks_for  # what a spokesman says is his body's, whoever else the text has it from
    speaker = last if last is not None and not last.is_body else None
    press = body is not None and (body.source is None or body.source.kind in PRESS)
    kind = KINDS[c.medium]
    if (
        c.medium == "not-stated"
        and speaker is not None
        and speaker.is_named
        and speaker.source is None
        and " " not in speaker.key
    ):
        kind = "testimony"  # whom a text knows by a given name alone is a witness whom the outlet heard
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
        # "sources told the paper": it heard them; what sources "reported" it has read like anybody
        named = bool(body) and not speaker.hop.cue.casefold().startswith("report")
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


def _speaks_for(last: Role, register: Register) -> Role | None:
    """The body for which a person of the register speaks, None for anybody else."""
    source = last.source
    parent = register.sources.get(source.parent or "") if source is not None and source.kind == "person" else None
    return None if parent is None else Role(last.hop, parent, is_body=True, is_named=True, key=parent.id)


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


def _restored(c: Claim, meant: Mapping[int, str]) -> Claim:
    """The claim with the name that a spinner replaced back in its chain."""
    if not any(h.start in meant for h in c.chain):
        return c
    chain = tuple(
        msgspec.structs.replace(h, canonical=meant[h.start]) if h.start is not None and h.start in meant else h
        for h in c.chain
    )
    return msgspec.structs.replace(c, chain=chain)


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
