"""From a parsed text to its claims."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from spacy.tokens import Doc, Token

from leadline.extract.attribution.quotes import find_quotations
from leadline.extract.claims.actors import read_actor
from leadline.extract.claims.backwards import points_back
from leadline.extract.claims.chains import Chains
from leadline.extract.claims.choice import load_choice
from leadline.extract.claims.clues import Clues
from leadline.extract.claims.coder import Coder
from leadline.extract.claims.coding import DENYING, Candidate, candidates, of_the_subject
from leadline.extract.claims.confidence import confidence
from leadline.extract.claims.counted import pick_number
from leadline.extract.claims.denials import denies
from leadline.extract.claims.disputes import contradicted
from leadline.extract.claims.estimative import read_estimative
from leadline.extract.claims.events import Found, find_events, may_hold_event
from leadline.extract.claims.fields import Readings
from leadline.extract.claims.grammar import agents
from leadline.extract.claims.introduced import describe_recordings
from leadline.extract.claims.lineage import Lineage
from leadline.extract.claims.manner import manner
from leadline.extract.claims.medium import Media
from leadline.extract.claims.naming import Naming
from leadline.extract.claims.outer import load_outer
from leadline.extract.claims.page import Page, Told
from leadline.extract.claims.passers import Passers
from leadline.extract.claims.realis import read_realis
from leadline.extract.claims.resumed import FAR, again
from leadline.extract.claims.taught import Heard
from leadline.extract.claims.verification import Disclaimers
from leadline.extract.claims.weighed import weighed
from leadline.extract.claims.when import pick_time
from leadline.extract.claims.where import pick_places
from leadline.extract.claims.who import BODY_KINDS, Who, equal
from leadline.extract.claims.whose import describe_tellers, pick_unit, unit_of_story
from leadline.extract.claims.words import line_of
from leadline.extract.numbers import NumberReading
from leadline.extract.parse import Parsed
from leadline.extract.places import PlaceReading
from leadline.extract.times import TimeReading
from leadline.extract.units import UnitReading
from leadline.register import Register, fold
from leadline.schema import Attribution, Claim, FieldSpan

LONGEST_DENIER = 8
PAST_SIDES = frozenset({"USSR", "DEU-1945"})
CONTINUING = frozenset({"this", "that", "these", "such"})


def find_claims(
    parsed: Parsed,
    attributions: tuple[Attribution, ...],
    register: Register,
    coder: Coder,
    *,
    numbers: Iterable[NumberReading] = (),
    times: Iterable[TimeReading] = (),
    places: Iterable[PlaceReading] = (),
    units: Iterable[UnitReading] = (),
) -> tuple[Claim, ...]:
    """The claims of one document, in the order of their words; `claim_id` is `<document>#c<number>`."""
    claims, page = tell(parsed, attributions, register, coder, numbers=numbers, times=times, places=places, units=units)
    if coder.judges is not None and page is not None:
        claims = coder.judges.judge(claims, page)
    return tuple(x.claim for x in claims)


def tell(
    parsed: Parsed,
    attributions: tuple[Attribution, ...],
    register: Register,
    coder: Coder,
    *,
    numbers: Iterable[NumberReading] = (),
    times: Iterable[TimeReading] = (),
    places: Iterable[PlaceReading] = (),
    units: Iterable[UnitReading] = (),
) -> tuple[list[Told], Page | None]:
    """The claims of one document as the rules have them, beside what they were read from; and the page, where an encoder can read it."""
    doc, document = parsed.doc, parsed.document
    if not parsed.is_read:
        return [], None
    found_places = list(places)
    located = frozenset(
        t.i for p in found_places if p.role in {"location", "metonym", "origin"} for t in _tokens(doc, p.start, p.end)
    )
    lines = [line_of(s, located) for s in parsed.sentences]
    if not any(may_hold_event(line, coder.rules, located) for line in lines):
        return [], None  # most of the work below serves who says it: in a text without any trigger there is no it
    told = frozenset(f.event for line in lines for f in find_events(line, coder.grounds, located))
    heard = Heard()
    if coder.taught:
        heard, told = of_the_subject(coder.taught.hear(doc), told, coder.book)
        heard = coder.taught.reread(doc, heard)
    carriers = [n for n in (document.publisher, document.origin_publisher) if n and not _is_body(register, n)]
    own = {n.casefold() for n in carriers} | {s.name.casefold() for n in carriers if (s := register.resolve(n))}
    quotations = [(q.start, q.end) for q in find_quotations(document.text, parsed.paragraphs)]
    naming = Naming(doc, register, own=frozenset(own), quotations=quotations)
    chains = Chains(doc, attributions, quotations, naming, parsed.paragraphs, _body(register, document.publisher))
    readings = Readings(doc, naming, list(numbers), list(times), found_places, list(units))
    describe_recordings(chains.recordings.all, readings)
    describe_tellers(chains.voices, readings)
    disclaimers = Disclaimers(parsed.sentences, chains, coder.checks)
    claims: list[Told] = []
    earlier: list[Claim] = []
    firm: list[int] = []
    publisher = register.resolve(document.publisher) if document.publisher else None
    clues = Clues(chains, parsed.sentences, publisher.kind if publisher is not None else "")
    passers = Passers(clues)
    media = Media(coder.media, lines, publisher, document.publisher or "", spoken_to=chains.unmarked.accounts.officers)
    for k, sentence in enumerate(parsed.sentences):
        if points_back(sentence) is not None:
            media.remember_post(lines[k], chains.voices.speaking_before(sentence))
    for k, sentence in enumerate(parsed.sentences):
        line = lines[k]
        if sentence.text.rstrip().endswith("?"):
            continue
        found = candidates(line, coder, chains, located, told, heard)
        found = again(line, coder, earlier, sentence.start_char, found, heard) or found
        found = [c for c in found if not disclaimers.speaks_of_checking(c.found.head)]
        for candidate in found:
            if not candidate.found.learned:
                firm.append(len(claims))
            claims.append(
                _claim(candidate, k, earlier, chains, clues, passers, coder, readings, disclaimers, media, parsed)
            )
            earlier.append(claims[-1].claim)
    settled = contradicted(earlier, [earlier[n] for n in firm])
    claims = [replace(x, claim=claim) for x, claim in zip(claims, settled, strict=True)]
    encoder = coder.taught.encoder if coder.taught is not None else None
    return claims, Page(
        parsed.sentences, chains, encoder, disclaimers, publisher, media.own()
    ) if encoder is not None else None


def _body(register: Register, publisher: str | None) -> Who | None:
    """The publisher as a source, where it is a body that publishes what others told it."""
    source = register.resolve(publisher) if publisher and _is_body(register, publisher) else None
    return Who(source.name, source.name, source.kind, source, source.side) if source is not None else None


def _is_body(register: Register, name: str) -> bool:
    """Whether a publisher is a state body or the like: where its own report names it, it is a source."""
    source = register.resolve(name)
    return source is not None and source.kind in BODY_KINDS


def _claim(
    c: Candidate,
    k: int,
    earlier: list[Claim],
    chains: Chains,
    clues: Clues,
    passers: Passers,
    coder: Coder,
    readings: Readings,
    disclaimers: Disclaimers,
    media: Media,
    parsed: Parsed,
) -> Told:
    document = parsed.document
    n = len(earlier) + 1
    triggered = frozenset(t.i for t in c.found.tokens)
    found, span = c.found, (c.start, c.end)
    begin, stop = span
    lineage = chains.lineage(found.head, c.clause, triggered)
    lineage = load_choice().lineage(clues, found.head, c.clause, lineage)
    if found.event == "public-appeal" and lineage.whos and _appeals(found, lineage):
        lineage = Lineage(recording=lineage.recording)  # an appeal that is told of is no statement of those who make it
    clause = c.line.part(t for t in c.line.tokens if c.start <= t.idx < c.end)
    frame = c.line.part(t for t in c.line.tokens if not c.start <= t.idx < c.end)
    realis, shown = read_realis(
        found.event, found.realis, found.head, c.clause, c.line, coder.cues, c.within, triggered
    )
    if lineage.cue is not None and lineage.cue.lemma_.lower() in DENYING and denies(lineage.cue, found.head):
        realis, shown = "denied", lineage.cue
        begin, stop = _with_denial(span, lineage.cue)
    told = manner(found.event, realis, shown, found.head, c.clause, c.within, lineage.cue)
    if (also := weighed(realis, told)) != realis:
        realis, shown = also, found.head
    medium = media.read(lineage, k, clause)
    verification, doubt = disclaimers.read(lineage, found.head, clause, frame)
    spans = [FieldSpan(field="event", start=t.idx, end=t.idx + len(t)) for t in found.tokens]
    if shown is not None:
        spans.append(_span("realis", shown))
    if doubt is not None:
        spans.append(_span("verification", doubt))
    number = pick_number(found, span, coder.counts[found.event], lineage, readings)
    time, historical, words = pick_time(found, realis, span, lineage, readings)
    spans += words
    places, words = pick_places(found.event, found.head, span, lineage, readings)
    spans += words
    unit = pick_unit(span, lineage, readings, found)
    estimative = read_estimative([t for t in c.line.tokens if t.i in sentence_of(c)], lineage, media.publisher)
    if number:
        spans += number[1]
    if estimative:
        spans.append(FieldSpan(field="estimative", start=estimative[1][0], end=estimative[1][1]))
    actor = read_actor(found, c.clause, lineage, unit[0] if unit else None, readings.naming)
    subject = c.clause[0]
    before = (x for x in reversed(earlier[-3:]))
    same = next((e for e in before if e.event == found.event and c.start - e.end < FAR), None)
    if same is not None and subject.lower_ in CONTINUING and not lineage.hops and not same.chain:
        time, historical = time or same.time, historical or same.historical  # `This order …` goes on about it
        actor = same.actor or actor
        medium = same.medium if medium == "not-stated" else medium
    historical = historical or actor in PAST_SIDES
    if unit is None and not historical:
        unit = unit_of_story(found, span, readings, actor, lineage)
    if unit:
        spans += unit[1]
    claim = Claim(
        claim_id=f"{document.document}#c{n:04d}",
        document=document.document,
        start=begin,
        end=stop,
        quote=document.text[begin:stop],
        event=found.event,
        realis=realis,
        medium=medium,
        verification=verification,
        chain=load_outer().hops(passers, found.head, lineage),
        attribution_id=(lineage.attribution.attribution_id or None) if lineage.attribution else None,
        number=number[0] if number else None,
        estimative=estimative[0] if estimative else None,
        places=places,
        time=time,
        historical=historical,
        unit=unit[0].canonical if unit else None,
        actor=actor,
        spans=tuple(spans),
        confidence=confidence(found, c.support, len(c.clause), lineage, realis),
    )
    return Told(claim, lineage, found.head, clause, k)


def _appeals(found: Found, lineage: Lineage) -> bool:
    """Whether the one who is taken for the source of an appeal is who makes it."""
    source = lineage.whos[-1]
    makers = {t.i for verb in (found.head, *found.tokens) for t in agents(verb)}
    verb = next((t for t in (found.head, *found.head.ancestors) if t.pos_ in {"VERB", "AUX"}), found.head)
    if (
        lineage.recording is not None
        and verb.tag_ in {"VBZ", "VBP"}
        and not any(c.lower_ in {"has", "have"} for c in verb.children)
    ):
        return False  # `in which they ask the president …`: what they say in it
    released = lineage.recording.released_by if lineage.recording is not None else []
    return (
        source.at in makers
        or (lineage.cue is not None and lineage.cue.i in {t.i for t in found.tokens})
        or (lineage.attribution is None and bool(makers) and any(equal(source, w) for w in released))
    )


def _with_denial(span: tuple[int, int], cue: Token) -> tuple[int, int]:
    """What is denied together with who denies it, where that stands before it: the words alone would say the opposite."""
    words = [t for t in cue.subtree if t.i <= cue.i]
    if cue.idx >= span[0] or sum(t.is_alpha for t in words) > LONGEST_DENIER:
        return span
    return min(t.idx for t in words), span[1]


def sentence_of(c: Candidate) -> frozenset[int]:
    """The tokens whose words of probability govern a claim: its clause, and what stands above it in its sentence."""
    head = c.found.head
    above = {a.i for a in head.ancestors}
    governing = {x.i for a in head.ancestors for x in a.children if x.dep_ in {"acomp", "advmod", "attr"}}
    return frozenset({t.i for t in c.clause} | above | governing)


def _span(field: str, token: Token) -> FieldSpan:
    return FieldSpan(field=field, start=token.idx, end=token.idx + len(token))


def _tokens(doc: Doc, start: int, end: int) -> Iterable[Token]:
    span = doc.char_span(start, end, alignment_mode="expand")
    return span if span is not None else ()


__all__ = ["Coder", "Lineage", "find_claims", "fold"]
