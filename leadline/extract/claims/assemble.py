"""From a parsed text to its claims."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from spacy.tokens import Token

from leadline.extract.claims.chosen.choice import load_choice
from leadline.extract.claims.chosen.outer import load_outer
from leadline.extract.claims.coded.believed import Setting, belief_for
from leadline.extract.claims.coded.coder import Coder
from leadline.extract.claims.coded.coding import DENYING, Candidate, candidates
from leadline.extract.claims.coded.events import Found
from leadline.extract.claims.coded.grammar import agents
from leadline.extract.claims.coded.resumed import FAR, again
from leadline.extract.claims.confidence import confidence
from leadline.extract.claims.details.counted import pick_number
from leadline.extract.claims.details.fields import FieldReadings
from leadline.extract.claims.details.when import pick_time
from leadline.extract.claims.details.where import pick_places
from leadline.extract.claims.details.whose import pick_unit, unit_of_story
from leadline.extract.claims.estimative import read_estimative
from leadline.extract.claims.judged.page import Told
from leadline.extract.claims.known import Known
from leadline.extract.claims.modality.denials import denies
from leadline.extract.claims.modality.disputes import contradicted
from leadline.extract.claims.modality.manner import manner
from leadline.extract.claims.modality.realis import read_realis
from leadline.extract.claims.modality.weighed import weighed
from leadline.extract.claims.sources.actors import read_actor
from leadline.extract.claims.sources.kinds import WITNESSES
from leadline.extract.claims.sources.who import equal
from leadline.extract.claims.statements.backwards import points_back
from leadline.extract.claims.statements.lineage import Lineage
from leadline.extract.numbers import NumberReading
from leadline.extract.parse import Parsed
from leadline.extract.places import PlaceReading
from leadline.extract.times import TimeReading
from leadline.extract.units import UnitReading
from leadline.register import Register
from leadline.schema import Attribution, Claim, FieldSpan, Realis

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
    fields = FieldReadings(tuple(numbers), tuple(times), tuple(places), tuple(units))
    text = Known.of(parsed, attributions, register, coder, fields)
    if text is None:
        return ()
    claims, page = tell(text), text.page()
    if coder.judges is not None and page is not None:
        claims = coder.judges.judge(claims, page)
    return tuple(x.claim for x in claims)


def tell(text: Known) -> list[Told]:
    """The claims of one text as the rules have them, beside what they were read from."""
    sentences = text.parsed.sentences
    for k, sentence in enumerate(sentences):
        if points_back(sentence) is not None:
            text.media.remember_post(text.lines[k], text.chains.voices.speaking_before(sentence))
    found = believed(text, proposed(text))
    text.read_meanings(k for k, some in found.items() if some)
    claims: list[Told] = []
    earlier: list[Claim] = []
    firm: list[int] = []
    for k, events in found.items():
        for candidate in _candidates(k, events, earlier, text):
            if not candidate.found.learned:
                firm.append(len(claims))
            claims.append(_claim(candidate, k, earlier, text))
            earlier.append(claims[-1].claim)
    settled = contradicted(earlier, [earlier[n] for n in firm])
    return [replace(x, claim=claim) for x, claim in zip(claims, settled, strict=True)]


def proposed(text: Known) -> dict[int, list[Candidate]]:
    """By number of sentence the clauses that the rules take to tell an event; a question tells none."""
    return {
        k: candidates(line, text.coder, text.chains, text.located, text.told, text.heard)
        for k, (sentence, line) in enumerate(zip(text.parsed.sentences, text.lines, strict=True))
        if not sentence.text.rstrip().endswith("?")
    }


def believed(text: Known, found: dict[int, list[Candidate]]) -> dict[int, list[Candidate]]:
    """Those that are believed to tell one; without a model for this codebook those that are more than faintly heard."""
    belief = belief_for(text.coder.encoder, text.heard.codes)
    if belief is None:
        return {k: [c for c in some if not c.faint] for k, some in found.items()}
    return belief.of(setting(text), found)


def setting(text: Known) -> Setting:
    """What the taught model hears in a text and its sentences."""
    book = text.coder.book
    subject = frozenset(e.code for e in book.events if not e.context)
    return Setting(text.heard, text.parsed.sentences, text.told, subject, {e.code: e.rank for e in book.events})


def _candidates(k: int, found: list[Candidate], earlier: list[Claim], text: Known) -> list[Candidate]:
    """The clauses of sentence number `k` that tell an event, or take up an earlier one."""
    start = text.parsed.sentences[k].start_char
    found = again(text.lines[k], text.coder, earlier, start, found, text.heard) or found
    return [c for c in found if not text.disclaimers.speaks_of_checking(c.found.head)]


def _claim(c: Candidate, k: int, earlier: list[Claim], text: Known) -> Told:
    """The claim of a clause of sentence number `k`, after the `earlier` ones of its text."""
    document, readings = text.parsed.document, text.readings
    found, span = c.found, (c.start, c.end)
    lineage = _lineage(c, text)
    clause = c.line.part(t for t in c.line.tokens if c.start <= t.idx < c.end)
    frame = c.line.part(t for t in c.line.tokens if not c.start <= t.idx < c.end)
    realis, shown, (begin, stop) = _realis(c, lineage, text)
    medium = text.media.read(lineage, k, clause)
    verification, doubt = text.disclaimers.read(lineage, found.head, clause, frame)
    number = pick_number(found, span, text.coder.counts[found.event], lineage, readings)
    time, historical, time_words = pick_time(found, realis, span, lineage, readings)
    places, place_words = pick_places(found.event, found.head, span, lineage, readings)
    unit = pick_unit(span, lineage, readings, found)
    estimative = read_estimative([t for t in c.line.tokens if t.i in sentence_of(c)], lineage, text.media.publisher)
    actor = read_actor(found, c.clause, lineage, unit[0] if unit else None, readings.naming)
    if (same := _goes_on_about(c, lineage, earlier)) is not None:  # `This order …`
        time, historical = time or same.time, historical or same.historical
        actor = same.actor or actor
        medium = same.medium if medium == "not-stated" else medium
    historical = historical or actor in PAST_SIDES
    if unit is None and not historical:
        unit = unit_of_story(found, span, readings, actor, lineage)
    spans = [
        *(_span("event", t) for t in found.tokens),
        *([_span("realis", shown)] if shown is not None else ()),
        *([_span("verification", doubt)] if doubt is not None else ()),
        *time_words,
        *place_words,
        *(number[1] if number else ()),
        *([FieldSpan(field="estimative", start=estimative[1][0], end=estimative[1][1])] if estimative else ()),
        *(unit[1] if unit else ()),
    ]
    claim = Claim(
        claim_id=f"{document.document}#c{len(earlier) + 1:04d}",
        document=document.document,
        start=begin,
        end=stop,
        quote=document.text[begin:stop],
        event=found.event,
        realis=realis,
        medium=medium,
        verification=verification,
        chain=load_outer().hops(text.passers, found.head, _through_the_line(found.head, lineage, text)),
        attribution_id=(lineage.attribution.attribution_id or None) if lineage.attribution else None,
        number=number[0] if number else None,
        estimative=estimative[0] if estimative else None,
        places=places,
        time=time,
        historical=historical,
        unit=unit[0].canonical if unit else None,
        actor=actor,
        spans=tuple(spans),
        confidence=confidence(c, lineage, realis, text.heard),
    )
    return Told(claim, lineage, found.head, clause, k)


def _lineage(c: Candidate, text: Known) -> Lineage:
    """Who says a clause: of an official answer who gives it; nobody, where it is an appeal that is only told of."""
    triggered = frozenset(t.i for t in c.found.tokens)
    answer = text.chains.answer(c.found.head) if c.found.event == "official-response" else None
    if answer is not None and not any(w.start is None for w in answer.whos):
        return answer  # one given by `it` or `he` is weighed like any other clause
    lineage = answer or text.chains.lineage(c.found.head, c.clause, triggered)
    lineage = load_choice().lineage(text.clues, c.found.head, c.clause, lineage)
    if c.found.event == "public-appeal" and lineage.whos and _appeals(c.found, lineage):
        return Lineage(recording=lineage.recording)  # such an appeal is no statement of those who make it
    return lineage


def _through_the_line(head: Token, lineage: Lineage, text: Known) -> Lineage:
    """What a soldier or a relative says under `Details:` is had through the one whom `Source:` names."""
    line = text.chains.unmarked.labelled.of(head) if lineage.whos and lineage.whos[0].kind in WITNESSES else None
    if line is None or any(equal(w, x) for w in line.whos for x in lineage.whos):
        return lineage
    return replace(lineage, hops=line.hops + lineage.hops, whos=line.whos + lineage.whos)


def _realis(c: Candidate, lineage: Lineage, text: Known) -> tuple[Realis, Token | None, tuple[int, int]]:
    """How a clause is told, the word that shows it, and the stretch to quote: a denial with who denies it."""
    found, span = c.found, (c.start, c.end)
    triggered = frozenset(t.i for t in found.tokens)
    realis, shown = read_realis(
        found.event, found.realis, found.head, c.clause, c.line, text.coder.cues, c.within, triggered
    )
    if lineage.cue is not None and lineage.cue.lemma_.lower() in DENYING and denies(lineage.cue, found.head):
        realis, shown = "denied", lineage.cue
        span = _with_denial(span, lineage.cue)
    told = manner(found.event, realis, shown, found.head, c.clause, c.within, lineage.cue)
    if (also := weighed(realis, told, heard=text.heard.told.get(found.head.i))) != realis:
        realis, shown = also, found.head
    return realis, shown, span


def _goes_on_about(c: Candidate, lineage: Lineage, earlier: list[Claim]) -> Claim | None:
    """The claim that a clause in the text's own words goes on about (`This order …`)."""
    if c.clause[0].lower_ not in CONTINUING or lineage.hops:
        return None
    near = (e for e in reversed(earlier[-3:]) if e.event == c.found.event and c.start - e.end < FAR)
    same = next(near, None)
    return same if same is not None and not same.chain else None


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
