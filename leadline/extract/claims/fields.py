"""The fields read by other modules of `extract`, chosen for one claim: number and places."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from spacy.tokens import Doc, Token

from leadline.codebook import Pattern
from leadline.extract.claims.events import Found
from leadline.extract.claims.grammar import agents, patients
from leadline.extract.claims.lineage import Lineage
from leadline.extract.claims.naming import Naming
from leadline.extract.claims.recordings import Recording
from leadline.extract.claims.words import line_of, occurs
from leadline.extract.numbers import NumberReading
from leadline.extract.places import PlaceReading
from leadline.extract.times import TimeReading
from leadline.extract.units import UnitReading
from leadline.schema import FieldSpan, Number, Place

AREAS = frozenset(
    {
        "area",
        "region",
        "town",
        "city",
        "village",
        "settlement",
        "district",
        "metropolis",
        "place",
        "sector",
        "there",
        "direction",
        "territory",
        "stronghold",
        "suburb",
    }
)
NEXT = 45
"""Tokens after a recording's first mention within which its speaker's unit is named."""
BESIDE = 4
MEMBERSHIP = frozenset({"member", "belong", "serve", "introduce", "identify"})
SITES = frozenset(
    {
        "cellar",
        "basement",
        "pit",
        "camp",
        "school",
        "garage",
        "barracks",
        "warehouse",
        "hangar",
        "prison",
        "factory",
        "farm",
        "shed",
        "depot",
        "kiln",
        "container",
        "dairy",
        "sawmill",
    }
)
BEHIND = 5
"""Words behind a site's noun in which its place stands (`in a cellar in Corrin`)."""
INSTANCES = frozenset(
    {"case", "interview", "instance", "incident", "occasion", "complaint", "letter", "account", "statement", "report"}
)
COUNTED = frozenset({"count", "rate", "measure"})
PAST_SIDES = frozenset({"USSR", "DEU-1945"})


@dataclass
class Readings:
    """What the other modules found in one text."""

    doc: Doc
    naming: Naming
    numbers: Sequence[NumberReading]
    times: Sequence[TimeReading]
    places: Sequence[PlaceReading]
    units: Sequence[UnitReading]
    of_recording: dict[int, tuple[UnitReading | None, PlaceReading | None]] = field(default_factory=dict)
    of_teller: dict[str, UnitReading] = field(default_factory=dict)
    tellers: set[str] = field(default_factory=set)
    named_tellers: set[str] = field(default_factory=set)


Spans = list[FieldSpan]


def pick_number(
    found: Found, span: tuple[int, int], counts: tuple[Pattern, ...], lineage: Lineage, r: Readings
) -> tuple[Number, Spans] | None:
    """The number that counts what the event is about; none where several counts compete.

    Where people tell it of themselves, it is their number (`71 said they had been beaten`).
    """
    roles = {found.head.i, *(t.i for t in found.tokens)}
    verb = found.head
    for t in (*agents(verb), *patients(verb, found.tokens), *_shared_subject(verb)):
        roles |= {t.i, *(x.i for x in t.subtree if x.i <= t.i + 6)}
    scored: list[tuple[int, int, NumberReading]] = []
    for n in r.numbers:
        if not span[0] <= n.start < span[1] or n.is_restatement:
            continue
        if n.kind not in COUNTED and not (
            n.kind == "duration" and found.event == "prosecution" and n.unit in {"years", "year", "months"}
        ):
            continue
        if n.kind == "measure" and (found.event != "territory" or n.unit in {"km", "mi", "m"}):
            continue
        if (n.low == n.high and n.low in {0, 1}) or _is_whole_of_part(n, r):
            continue
        counted = token_at(r.doc, n.counted_start if n.counted_start is not None else n.start)
        if counted is None:
            continue
        bare = n.counted_start is None
        near = counted.i in roles or counted.head.i in roles or found.head.i in {a.i for a in counted.ancestors}
        near = near or any(abs(t.i - counted.i) <= BESIDE for t in found.tokens)
        holds = counted.i in {found.head.i, *(a.i for a in found.head.ancestors)}  # `864 cases of detention`
        fitting = bare or any(occurs(p, line_of(r.doc[counted.i : counted.i + 1])) for p in counts)
        if not fitting and counted.i not in roles:
            if counted.lemma_.lower() in INSTANCES and (holds or _is_how_often(counted, found.head)):
                scored.append((-1, abs(counted.i - found.head.i), n))
            continue
        if not near and not (fitting and holds) and not (fitting and _same_clause(counted, found.head)):
            continue
        scored.append((-(2 * (counted.i in roles) + fitting + holds), abs(counted.i - found.head.i), n))
    scored.sort(key=lambda s: s[:2])
    if len(scored) > 2 and len({s[0] for s in scored}) == 1:
        return None
    best = scored[0][2] if scored else _tellers(found, lineage, r) or _instances(found, lineage, r)
    if best is None:
        return _both(found)
    more = _with_one(best, r.doc)
    return Number(low=_plus(best.low, more), high=_plus(best.high, more), unit=best.unit), [
        FieldSpan(field="number", start=best.start, end=best.end)
    ]


def _plus(bound: float | None, more: int) -> float | None:
    return None if bound is None else bound + more


def _shared_subject(verb: Token) -> list[Token]:
    """To whom something is done where the verb stands behind another one (`Two men were tied together and driven over a minefield`)."""
    if verb.tag_ != "VBN" or any(c.dep_ in {"nsubj", "nsubjpass"} for c in verb.children):
        return []
    first = verb
    while first.dep_ in {"conj", "xcomp", "acomp"} and first.head.pos_ in {"VERB", "AUX"}:
        first = first.head
        found = [c for c in first.children if c.dep_ == "nsubjpass" or (c.dep_ == "nsubj" and first.lemma_ == "be")]
        if found:
            return found
    return []


def _is_how_often(counted: Token, head: Token) -> bool:
    """`Were killed on at least fourteen occasions`: in how many instances the clause's event happened."""
    return (
        counted.lemma_.lower() in {"occasion", "case", "instance"}
        and counted.dep_ == "pobj"
        and counted.head.head.i in {head.i, *(t.i for t in head.ancestors if t.sent == head.sent)}
        and _same_clause(counted, head)
    )


def _with_one(n: NumberReading, doc: Doc) -> int:
    """1 where the counted are told beside one more (`he and two friends were locked up`, `was put in a pit with nine others`)."""
    counted = token_at(doc, n.counted_start) if n.counted_start is not None else None
    if counted is None or n.low is None or n.low != n.high:
        return 0
    if counted.dep_ == "conj" and counted.head.pos_ in {"PRON", "PROPN"} and counted.head.tag_ != "PRP$":
        alone = counted.head.lower_ not in {"they", "them", "we", "us", "you", "those"}
        return int(alone and counted.head.dep_ in {"nsubj", "nsubjpass", "dobj"})
    others = counted.lemma_.lower() == "other" or any(c.lower_ == "other" for c in counted.children)
    over = counted.head.head if counted.dep_ == "pobj" and counted.head.lower_ == "with" else None
    subject = None if over is None else next((c for c in over.children if c.dep_ in {"nsubj", "nsubjpass"}), None)
    return int(others and subject is not None and subject.lower_ in {"he", "she", "i", "him"})


def _both(found: Found) -> tuple[Number, Spans] | None:
    """`Both died the same day`, `both men were shot`."""
    roles = (*agents(found.head), *patients(found.head, found.tokens))
    both = next(
        (
            t
            for r in roles
            for t in (r, *r.children)
            if t.lower_ == "both" and t.dep_ not in {"preconj", "cc"} and (t.i == r.i or r.tag_ == "NNS")
        ),
        None,
    )
    if both is None:
        return None
    return Number(low=2, high=2, unit=""), [FieldSpan(field="number", start=both.idx, end=both.idx + len(both))]


def _is_whole_of_part(n: NumberReading, r: Readings) -> bool:
    """`Seven of the 11 were killed`: the 11 are those of whom seven are counted."""
    token = token_at(r.doc, n.start)
    of = token.head if token is not None and token.dep_ == "pobj" else None
    return of is not None and of.lower_ == "of" and of.head.like_num and of.i == of.head.i + 1


def _instances(found: Found, lineage: Lineage, r: Readings) -> NumberReading | None:
    """`In 11 interviews, soldiers said that …`, `in 87 of them …`: in how many instances something is told, at the front of its sentence."""
    sentence = found.head.sent
    front = lineage.cue if lineage.cue is not None and lineage.cue.sent == sentence else found.head
    for n in r.numbers:
        token = token_at(r.doc, n.start)
        if token is None or token.sent.start != sentence.start or token.i > front.i or n.kind != "count":
            continue
        case = token.head if token.dep_ == "nummod" else token
        opens = case.dep_ == "pobj" and case.head.lower_ == "in" and case.head.i - sentence.start <= 1
        partitive = case.i == token.i and any(c.lower_ == "of" for c in token.children)
        if opens and (partitive or case.lemma_.lower() in INSTANCES) and (n.low, n.high) != (1, 1):
            return n
    return None


def _tellers(found: Found, lineage: Lineage, r: Readings) -> NumberReading | None:
    """How many say it, where it befell those who say it."""
    roles = (*agents(found.head), *patients(found.head, found.tokens))
    if lineage.cue is None or not any(t.lower_ in {"they", "them"} for t in roles):
        return None
    subject = next((c for c in lineage.cue.children if c.dep_ == "nsubj"), None)
    if subject is None:
        return None
    at = {subject.idx, *(c.idx for c in subject.lefts)}
    counted = [n for n in r.numbers if n.kind == "count" and (n.start in at or n.counted_start == subject.idx)]
    return next((n for n in counted if not n.is_restatement and (n.low, n.high) != (1, 1)), None)


def _same_clause(counted: Token, head: Token) -> bool:
    """Whether no other verb stands between a counted noun and the event's word."""
    verb = next((a for a in counted.ancestors if a.pos_ in {"VERB", "AUX"}), None)
    own = head if head.pos_ in {"VERB", "AUX"} else next((a for a in head.ancestors if a.pos_ in {"VERB", "AUX"}), head)
    return verb is None or verb.i == own.i or verb.dep_ not in {"advcl", "relcl", "acl", "ccomp"}


def pick_places(
    event: str, head: Token, span: tuple[int, int], lineage: Lineage, r: Readings
) -> tuple[tuple[Place, ...], Spans]:
    """Where the event was: the places of its clause, what `the town` stands for, or where the recording was made."""
    located = [p for p in r.places if p.role == "location" and span[0] <= p.start < span[1] and _is_where(p, r.doc)]
    fine = [p for p in located if p.kind != "country"] or located
    chosen = [p for k, p in enumerate(fine) if all(p.name != q.name for q in fine[:k])]
    if not chosen:
        clause = [t for t in head.sent if span[0] <= t.idx < span[1]]
        generic = next(
            (
                t
                for t in clause
                if t.lower_ in AREAS
                and (
                    (t.lower_ == "there" and t.dep_ == "advmod")
                    or any(c.lower_ in {"the", "this", "that"} for c in t.children)
                )
            ),
            None,
        )
        site = next(
            (
                t
                for t in clause
                if t.lemma_.lower() in SITES and any(c.lower_ in {"the", "this", "that"} for c in t.children)
            ),
            None,
        )
        if generic is None and site is not None:
            chosen = _where_it_was(site, r)
        if generic is not None:
            before = [
                p
                for p in r.places
                if p.role == "location"
                and p.kind != "country"
                and p.start < generic.idx
                and generic.idx - p.start < 600
            ]
            chosen = before[-1:]
    if all(p.kind == "country" for p in chosen) and lineage.recording is not None and event != "territory":
        place = r.of_recording.get(id(lineage.recording), (None, None))[1]
        chosen = [place] if place is not None else chosen
    places = tuple(
        Place(name=p.name, lat=p.lat, lon=p.lon, precision_m=p.precision_m, gazetteer_id=p.gazetteer_id)
        for p in chosen[:4]
    )
    return places, [FieldSpan(field="places", start=p.start, end=p.end) for p in chosen[:4]]


def _where_it_was(site: Token, r: Readings) -> list[PlaceReading]:
    """Where `the cellar` is: in the place that an earlier sentence puts a cellar in, if there is but one."""
    found: dict[str, PlaceReading] = {}
    for t in r.doc[: site.i]:
        if t.lemma_ != site.lemma_ or not any(c.lower_ in {"a", "an"} for c in t.children):
            continue
        inside = {x.i for x in t.subtree}
        for p in r.places:
            token = token_at(r.doc, p.start)
            if p.role == "location" and p.kind != "country" and token is not None:
                behind = token.i in inside or (token.head.head.i == t.head.head.i and 0 < token.i - t.i <= BEHIND)
                if behind:
                    found[p.name] = p
    return list(found.values()) if len(found) == 1 else []


def _is_where(place: PlaceReading, doc: Doc) -> bool:
    """A country is where something happened only after a word of place (`in Ukraine`), not as a doer or owner."""
    token = token_at(doc, place.start)
    if token is not None and token.dep_ == "pobj" and token.head.dep_ == "agent":
        return False  # `ordered by the capital`
    if place.kind != "country":
        return True
    if token is None:
        return False
    before = [
        t
        for t in doc[max(token.sent.start, token.i - 4) : token.i]
        if t.lower_ not in {"the", "occupied", "eastern", "southern"}
    ]
    return bool(before) and before[-1].lower_ in {"in", "inside", "across", "throughout", "within", "into"}


def describe_recordings(recordings: list[Recording], r: Readings) -> None:
    """Unit and place of each recording, from the sentences that introduce it."""
    for recording in recordings:
        unit: UnitReading | None = None
        place: PlaceReading | None = None
        for i in recording.mentions:
            sentence = r.doc[i].sent
            lo, hi = sentence.start_char, sentence.end_char
            units = [u for u in r.units if lo <= u.start < hi and u.number is not None]
            unit = unit or (units[0] if units else None)
            places = [p for p in r.places if lo <= p.start < hi and p.role == "location" and p.kind != "country"]
            place = place or (places[0] if places else None)
        if unit is None and recording.is_one and recording.mentions:  # where its speaker is introduced, right after it
            first = r.doc[recording.mentions[0]]
            limit = min(
                (m for o in recordings for m in o.mentions if m > first.i and o is not recording), default=len(r.doc)
            )
            near = [u for u in r.units if first.idx <= u.start < r.doc[min(limit, first.i + NEXT, len(r.doc) - 1)].idx]
            unit = next((u for u in near if u.number is not None and "\n" not in r.doc.text[first.idx : u.start]), None)
            unit = unit or next((u for i in recording.mentions[1:] if (u := _introduced_after(i, r)) is not None), None)
        r.of_recording[id(recording)] = (unit, place)


def _introduced_after(mention: int, r: Readings) -> UnitReading | None:
    """The unit that those who speak say they are of, in the paragraph of a later mention (`They introduce themselves as members of …`)."""
    start = r.doc[mention].idx
    end = r.doc.text.find("\n", start)
    for u in r.units:
        if u.number is None or not start <= u.start < (end if end >= 0 else len(r.doc.text)):
            continue
        token = token_at(r.doc, u.start)
        if token is not None and any(a.lemma_.lower() in MEMBERSHIP for a in token.ancestors):
            return u
    return None


def token_at(doc: Doc, offset: int) -> Token | None:
    """The token at a character, None outside of the text."""
    span = doc.char_span(offset, offset + 1, alignment_mode="expand")
    return span[0] if span is not None and len(span) else None
