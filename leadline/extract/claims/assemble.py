"""From a parsed text to its claims."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from spacy.tokens import Doc, Token

from leadline.codebook import Codebook, Pattern
from leadline.extract.attribution.quotes import find_quotations
from leadline.extract.claims.actors import read_actor
from leadline.extract.claims.chains import Chains
from leadline.extract.claims.confidence import confidence
from leadline.extract.claims.disputes import contradicted
from leadline.extract.claims.estimative import read_estimative
from leadline.extract.claims.events import (
    SURE,
    Found,
    Rules,
    compile_rules,
    find_events,
    grounds_of,
    may_hold_event,
    top,
)
from leadline.extract.claims.fields import (
    PAST_SIDES,
    Readings,
    describe_recordings,
    pick_number,
    pick_places,
)
from leadline.extract.claims.lineage import Lineage
from leadline.extract.claims.medium import Media, MediumRule, compile_media
from leadline.extract.claims.naming import Naming
from leadline.extract.claims.realis import CueRule, compile_cues, read_realis
from leadline.extract.claims.segments import clause_head, clause_tokens, longest_run
from leadline.extract.claims.taught import Taught, taught_for
from leadline.extract.claims.verification import Checks, Disclaimers, compile_checks
from leadline.extract.claims.when import pick_time
from leadline.extract.claims.who import BODY_KINDS, Who
from leadline.extract.claims.whose import pick_unit, unit_of_story
from leadline.extract.claims.words import Line, find, line_of
from leadline.extract.numbers import NumberReading
from leadline.extract.parse import Parsed
from leadline.extract.places import PlaceReading
from leadline.extract.times import TimeReading
from leadline.extract.units import UnitReading
from leadline.register import Register, fold
from leadline.schema import Attribution, Claim, FieldSpan

LEAST = 0.5
"""Triggers that are less sure than this make no claim."""
RANK_STEP = 0.06
DEPTH_STEP = 0.05
"""Between events whose words stand in one clause: what the codebook ranks higher wins, and what stands nearer its verb."""
SHORTEST = 2
FAR = 400
"""Characters after which a sentence no longer goes on about the event before it."""
DENYING = frozenset({"deny", "refute", "reject", "dismiss", "rebut"})
REASON_STEP = 0.1
SHORT_QUOTE = 8
"""Words; a longer quotation is somebody's speech, a shorter one a term."""
ENOUGH = 2
"""Sure words of a taught model that show what a document is about, where no pattern does; a single one may deceive."""
CONTINUING = frozenset({"this", "that", "these", "such"})


@dataclass(frozen=True)
class Coder:
    """A codebook compiled for coding texts."""

    book: Codebook
    rules: Rules
    grounds: Rules
    cues: tuple[CueRule, ...]
    media: dict[str, MediumRule]
    checks: Checks
    counts: dict[str, tuple[Pattern, ...]]
    again: tuple[Pattern, ...] = ()
    taught: Taught | None = None

    @classmethod
    def of(cls, book: Codebook) -> Coder:
        """Compile a codebook."""
        rules = compile_rules(book)
        return cls(
            book=book,
            rules=rules,
            grounds=grounds_of(rules),
            cues=compile_cues(book),
            media=compile_media(book),
            checks=compile_checks(book),
            counts={e.code: tuple(map(book.pattern, e.counts)) for e in book.events},
            again=tuple(map(book.pattern, book.file.again)),
            taught=taught_for(book),
        )


@dataclass(frozen=True)
class Candidate:
    """A clause with the event that its words show."""

    found: Found
    clause: tuple[Token, ...]
    start: int
    end: int
    within: frozenset[int] | None
    support: int
    line: Line


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
    doc, document = parsed.doc, parsed.document
    if not parsed.is_read:
        return ()
    found_places = list(places)
    located = frozenset(
        t.i for p in found_places if p.role in {"location", "metonym", "origin"} for t in _tokens(doc, p.start, p.end)
    )
    lines = [line_of(s, located) for s in parsed.sentences]
    if not any(may_hold_event(line, coder.rules, located) for line in lines):
        return ()  # most of the work below serves who says it: in a text without any trigger there is no it
    told = frozenset(f.event for line in lines for f in find_events(line, coder.grounds, located))
    heard, told = _of_the_subject(coder.taught.hits(doc), told, coder.book) if coder.taught else ([], told)
    carriers = [n for n in (document.publisher, document.origin_publisher) if n and not _is_body(register, n)]
    own = {n.casefold() for n in carriers} | {s.name.casefold() for n in carriers if (s := register.resolve(n))}
    quotations = [(q.start, q.end) for q in find_quotations(document.text, parsed.paragraphs)]
    naming = Naming(doc, register, own=frozenset(own), quotations=quotations)
    chains = Chains(doc, attributions, quotations, naming, parsed.paragraphs, _body(register, document.publisher))
    readings = Readings(doc, naming, list(numbers), list(times), found_places, list(units))
    describe_recordings(chains.recordings.all, readings)
    disclaimers = Disclaimers(parsed.sentences, chains, coder.checks)
    claims: list[Claim] = []
    firm: list[Claim] = []
    publisher = register.resolve(document.publisher) if document.publisher else None
    media = Media(coder.media, lines, publisher, document.publisher or "")
    for k, sentence in enumerate(parsed.sentences):
        if chains.voices.points_back(sentence):
            media.remember_post(lines[k], chains.voices.speaking_before(sentence))
    for k, sentence in enumerate(parsed.sentences):
        line = lines[k]
        if sentence.text.rstrip().endswith("?"):
            continue
        learned = [f for f in heard if sentence.start <= f.head.i < sentence.end]
        found = candidates(line, coder, chains, located, told, learned) or again(
            line, coder, claims, sentence.start_char
        )
        found = [c for c in found if not disclaimers.speaks_of_checking(c.found.head)]
        for candidate in found:
            claims.append(_claim(candidate, k, claims, chains, coder, readings, disclaimers, media, parsed))
            if not candidate.found.learned:
                firm.append(claims[-1])
    return contradicted(claims, firm)


def _of_the_subject(heard: list[Found], told: frozenset[str], book: Codebook) -> tuple[list[Found], frozenset[str]]:
    """What a taught model heard, where the document tells of the subject in sure words; and the events it so tells of.

    A word alone deceives: in an article about trade somebody refuses, threatens and withdraws too.
    """
    subject = frozenset(e.code for e in book.events if not e.context)
    sure = [f for f in heard if f.weight >= SURE and f.event in subject]
    if len(sure) >= ENOUGH:
        told |= {f.event for f in sure}
    return (heard if told & subject else []), told


def _body(register: Register, publisher: str | None) -> Who | None:
    """The publisher as a source, where it is a body that publishes what others told it."""
    source = register.resolve(publisher) if publisher and _is_body(register, publisher) else None
    return Who(source.name, source.name, source.kind, source, source.side) if source is not None else None


def _is_body(register: Register, name: str) -> bool:
    """Whether a publisher is a state body or the like: where its own report names it, it is a source."""
    source = register.resolve(name)
    return source is not None and source.kind in BODY_KINDS


def candidates(
    line: Line,
    coder: Coder,
    chains: Chains,
    located: frozenset[int],
    told: frozenset[str],
    learned: Iterable[Found] = (),
) -> list[Candidate]:
    """The clauses of a sentence that hold an event, each with the event that fits best.

    What the taught model heard (`learned`) counts in clauses in which no pattern found anything.
    """
    groups: dict[int, list[tuple[Found, Token, frozenset[int] | None]]] = {}
    parts: dict[int, Line] = {}

    def scope(head: Token) -> Line:
        if head.i not in parts:
            within = chains.contents(head)
            parts[head.i] = line.part(clause_tokens(clause_head(head, within), within))
        return parts[head.i]

    by_pattern: set[int] = set()
    for found in (*find_events(line, coder.rules, located, scope, told), *learned):
        within = chains.contents(found.head)
        head = clause_head(found.head, within)
        if found.learned and head.i in by_pattern:
            continue
        if found.weight - DEPTH_STEP * _depth(found, head) < LEAST or _attributive(found):
            continue
        if found.head.pos_ in {"NOUN", "PROPN"} and found.head.i in chains.voices.sources:
            continue  # `a deserter told` tells what the deserter says
        if any(
            (other := chains.contents(t)) is not within
            and other is not None
            and len(other) > SHORT_QUOTE
            and found.head.i not in other
            for t in found.tokens
        ):
            continue  # words of a frame and words of what it quotes are no one event
        groups.setdefault(head.i, []).append((found, head, within))
        if not found.learned:
            by_pattern.add(head.i)
    context = frozenset(e.code for e in coder.book.events if e.context)
    chosen: list[Candidate] = []
    for _, group in sorted(groups.items()):
        group = [g for g in group if not any(_holds(o[0], g[0]) for o in group)]
        head, within = group[0][1], group[0][2]
        parts_of = coordinates(group, head)
        for part_head, members in parts_of:
            best = max(members, key=lambda f: (_score(f, part_head), -f.head.i, f.event))
            others = frozenset(t.i for h, _ in parts_of if h.i not in {part_head.i, head.i} for t in h.subtree)
            clause = [t for t in clause_tokens(part_head, within) if t.i not in others or part_head.i in others]
            start, end = longest_run(clause, best.head.i)
            words = [t for t in clause if start <= t.idx < end]
            if sum(t.is_alpha for t in words) >= SHORTEST:
                support = sum(f.event == best.event for f in members)
                chosen.append(Candidate(best, tuple(words), start, end, within, support, line))
    return [
        c
        for c in chosen
        if not any(
            o is not c
            and o.found.event == c.found.event
            and o.start <= c.start
            and c.end <= o.end
            and (o.end - o.start) > (c.end - c.start)
            for o in chosen
        )
        and not any(_is_denied_by(o.found, c.found, context) for o in chosen)
    ]


def _is_denied_by(denied: Found, denial: Found, context: frozenset[str]) -> bool:
    """Whether an answer is the denial of an event of the subject, which is then told as denied and not twice (`denied that he was beaten`)."""
    return (
        denial.event in context
        and denied.event not in context
        and denial.head.lemma_.lower() in DENYING
        and denial.head.i in {a.i for a in denied.head.ancestors}
    )


def coordinates(
    group: list[tuple[Found, Token, frozenset[int] | None]], head: Token
) -> list[tuple[Token, list[Found]]]:
    """The coordinate parts of a clause (`were beaten and sent back`) with their events, where these differ and are sure."""
    parts: dict[int, tuple[Token, list[Found]]] = {}
    for found, _, _ in group:
        token = found.head
        own = head
        while token.i not in {head.i, token.head.i}:
            if (
                token.pos_ == "VERB"
                and token.head.pos_ in {"VERB", "AUX"}
                and (
                    token.dep_ == "conj"
                    or (token.dep_ == "advcl" and token.tag_ == "VBG" and token.i > token.head.i and _bare(token))
                )
            ):
                own = token
            token = token.head
        parts.setdefault(own.i, (own, []))[1].append(found)
    strong = {i: max(fs, key=lambda f: _score(f, h)) for i, (h, fs) in parts.items()}
    sure = {i for i, f in strong.items() if f.weight >= SURE}
    if len({strong[i].event for i in sure}) < 2 or len({f.event for f in strong.values()}) < len(strong):
        return [(head, [f for f, _, _ in group])]
    return [parts[i] for i in sorted(sure)]


def _bare(participle: Token) -> bool:
    """Whether a participle tells what else was done (`…, executing ten of them`), with neither conjunction nor preposition."""
    return not any(
        c.dep_ in {"mark", "advmod", "prep"} and c.i < participle.i for c in participle.children if c.tag_ != "RB"
    )


def again(line: Line, coder: Coder, claims: list[Claim], start: int) -> list[Candidate]:
    """A sentence that repeats the event spoken of just before (`the group is notorious for this practice`)."""
    if not claims or start - claims[-1].end > FAR or not line.tokens:
        return []
    match = next((m for p in coder.again for m in find(p, line)), None)
    if match is None:
        return []
    tokens = tuple(line.tokens[i] for i in match.words)
    event = coder.book.event(claims[-1].event)
    found = Found(event.code, top(tokens), tokens, LEAST, event.rank, None)
    clause = clause_tokens(clause_head(found.head))
    begin, end = longest_run(clause, found.head.i)
    return [Candidate(found, tuple(t for t in clause if begin <= t.idx < end), begin, end, None, 1, line)]


def _score(found: Found, head: Token) -> float:
    reason = REASON_STEP if _is_reason(found.head) else 0.0
    return found.weight + RANK_STEP * found.rank - DEPTH_STEP * _depth(found, head) - reason


def _holds(outer: Found, inner: Found) -> bool:
    """Whether one event's words take in another's (`sentenced for desertion` is no desertion)."""
    return (
        outer.event != inner.event
        and outer.head.i != inner.head.i
        and outer.weight >= SURE
        and any(t.i == inner.head.i for t in outer.tokens)
        and outer.head.i
        in {a.i for a in inner.head.ancestors} | ({outer.tokens[-1].i} if outer.event == "prosecution" else set())
    )


def _is_reason(token: Token) -> bool:
    """Whether an event is told as the reason for another (`beaten after refusing`, `sentenced for desertion`)."""
    return any(t.dep_ in {"pcomp", "pobj"} and t.head.lower_ in {"for", "after", "over"} for t in (token, token.head))


def _depth(found: Found, head: Token) -> int:
    """Steps from the event's word up to the verb of its clause."""
    depth = 0
    token = found.head
    while token.i not in {head.i, token.head.i}:
        token, depth = token.head, depth + 1
    return depth


def _attributive(found: Found) -> bool:
    """Whether the event's word only describes a noun (`the occupied city`, `captured soldiers`)."""
    return found.head.dep_ == "amod" and found.head.tag_ in {"VBN", "VBD", "VBG"} and len(found.tokens) < 3


def _claim(
    c: Candidate,
    k: int,
    earlier: list[Claim],
    chains: Chains,
    coder: Coder,
    readings: Readings,
    disclaimers: Disclaimers,
    media: Media,
    parsed: Parsed,
) -> Claim:
    document = parsed.document
    n = len(earlier) + 1
    triggered = frozenset(t.i for t in c.found.tokens)
    found, span = c.found, (c.start, c.end)
    lineage = chains.lineage(found.head, c.clause, triggered)
    clause = c.line.part(t for t in c.line.tokens if c.start <= t.idx < c.end)
    frame = c.line.part(t for t in c.line.tokens if not c.start <= t.idx < c.end)
    realis, shown = read_realis(
        found.event, found.realis, found.head, c.clause, c.line, coder.cues, c.within, triggered
    )
    if lineage.cue is not None and lineage.cue.lemma_.lower() in DENYING and found.head.i != lineage.cue.i:
        realis, shown = "denied", lineage.cue
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
    unit = pick_unit(span, lineage, readings)
    estimative = read_estimative([t for t in c.line.tokens if t.i in sentence_of(c)], lineage, media.publisher)
    if number:
        spans += number[1]
    if estimative:
        spans.append(FieldSpan(field="estimative", start=estimative[1][0], end=estimative[1][1]))
    actor = read_actor(found, c.clause, lineage, unit[0] if unit else None, readings.naming)
    subject = c.clause[0]
    same = next((e for e in reversed(earlier[-3:]) if e.event == found.event and c.start - e.end < FAR), None)
    if same is not None and subject.lower_ in CONTINUING and not lineage.hops and not same.chain:
        time, historical = time or same.time, historical or same.historical  # `This order …` goes on about it
        actor = same.actor or actor
        medium = same.medium if medium == "not-stated" else medium
    historical = historical or actor in PAST_SIDES
    if unit is None and not historical:
        unit = unit_of_story(found, span, readings, actor)
    if unit:
        spans += unit[1]
    return Claim(
        claim_id=f"{document.document}#c{n:04d}",
        document=document.document,
        start=c.start,
        end=c.end,
        quote=document.text[c.start : c.end],
        event=found.event,
        realis=realis,
        medium=medium,
        verification=verification,
        chain=lineage.hops,
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
