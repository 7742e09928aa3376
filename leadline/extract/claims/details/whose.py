"""The unit that a claim is about: named in its clause, the recording's speaker's, or the one whose story is being told."""

from __future__ import annotations

from collections.abc import Collection

from spacy.tokens import Token

from leadline.extract.claims.coded.events import Found
from leadline.extract.claims.coded.grammar import agents, patients
from leadline.extract.claims.details.fields import Readings, Spans, token_at
from leadline.extract.claims.lexicon import load_lexicon, rule_words
from leadline.extract.claims.ordered import Ordered, by_start
from leadline.extract.claims.sources.kinds import WITNESSES
from leadline.extract.claims.sources.who import key_of
from leadline.extract.claims.statements.lineage import Lineage, is_teller
from leadline.extract.claims.statements.voices import Voices
from leadline.extract.units import UnitReading
from leadline.schema import FieldSpan

REACH = 1500
"""Characters over which a story is still that of the unit that was named."""
TELLERS = WITNESSES | {"commander", "person"}
IN_PHRASE = 25
"""Words behind a teller's noun in which a unit is the teller's (`a driver who served in the 4th Brigade`)."""
BELONGING = rule_words("whose.belonging")
AGAINST = rule_words("whose.against")
TOPIC = rule_words("whose.topic")
KNOWN = frozenset({"the", "these", "those", "this", "that", "his", "her", "their", "our", "my", "your"})
TOLD_OF = frozenset(
    {"he", "him", "they", "them", "we", "us", "i", "me", "others", "all", "some", "most", "none", "nobody", "everyone"}
)
SEVERAL = 3
"""Tellers of one text from whom on each has a unit of his own."""
ROLES = frozenset({"nsubj", "nsubjpass", "dobj"})
OWN_UNITS = rule_words("whose.own_units")
OWNERS = frozenset({"his", "their", "our", "my"})


def describe_tellers(voices: Voices, r: Readings) -> None:
    """The units that those who speak say, or are said, to belong to: of each recording and of each teller."""
    numbered = by_start(u for u in r.units if u.number is not None)
    for v in voices.all if numbered else ():
        if v.recording is None or v.recording.speaker is None or not v.recording.is_one:
            continue
        unit, place = r.of_recording.get(id(v.recording), (None, None))
        own = (u for u in _among(numbered, v.content, r) if _is_own(u, v.content, r))
        r.of_recording[id(v.recording)] = (unit or next(own, None), place)
    r.of_himself = [u for u in numbered if _serves(u, r)]
    r.tellers |= {w.canonical for _, w in voices.seen_at if is_teller(w) and not w.plural and w.kind != "relative"}
    found: dict[str, list[UnitReading]] = {}
    for at, who in voices.seen_at if numbered else ():
        noun = r.doc[at]
        if who.source is not None or who.kind not in TELLERS:
            continue
        phrase = {t.i for t in noun.subtree if t.i <= at + IN_PHRASE}
        near = _among(numbered, phrase, r)
        own = (u for u in near if (t := token_at(r.doc, u.start)) is not None and t.i in phrase)
        if noun.pos_ not in {"VERB", "AUX"} and (unit := next(own, None)) is not None:
            found.setdefault(key_of(who), []).append(unit)
            if r.naming.people.is_named(noun):
                r.named_tellers.add(key_of(who))
    for name, units in found.items():  # two nameless soldiers may be called alike
        if len({u.canonical for u in units}) == 1:
            r.of_teller[name] = units[0]


def _is_own(unit: UnitReading, content: frozenset[int], r: Readings) -> bool:
    """Whether words name a unit as the speakers' own: `we belong to the 4th Brigade`, `soldiers of the 4th`."""
    token = token_at(r.doc, unit.start)
    if token is None or token.i not in content:
        return False
    return any(a.lemma_.lower() in BELONGING for a in token.ancestors if a.i in content) and not any(
        a.lemma_.lower() in AGAINST for a in token.ancestors if a.i in content
    )


def _serves(unit: UnitReading, r: Readings) -> bool:
    """Whether one person is said to be of a unit: `who says he serves in the 4th Brigade`, `I belong to the 4th`."""
    token = token_at(r.doc, unit.start)
    verb = next((t for t in token.ancestors if t.pos_ in {"VERB", "AUX"}), None) if token is not None else None
    if verb is None or verb.lemma_.lower() not in {"serve", "belong"}:
        return False
    return any(t.dep_ == "nsubj" and t.lower_ in {"he", "she", "i", "who"} for t in verb.children)


def _of_himself(start: int, lineage: Lineage, r: Readings) -> UnitReading | None:
    """The unit that whoever speaks has last been said to serve in, in the same paragraph."""
    who = lineage.whos[-1] if lineage.whos else None
    if who is None or who.source is not None or who.kind not in TELLERS:
        return None
    unit = next((u for u in reversed(r.of_himself) if u.start < start), None)
    return unit if unit is not None and "\n" not in r.text[unit.start : start] else None


def _among(units: Ordered[UnitReading], tokens: Collection[int], r: Readings) -> list[UnitReading]:
    """The units in the stretch of some tokens."""
    return units.within(r.doc[min(tokens)].idx, r.doc[max(tokens)].idx + 1) if tokens else []


def pick_unit(
    span: tuple[int, int], lineage: Lineage, r: Readings, found: Found | None = None
) -> tuple[UnitReading, Spans] | None:
    """The unit named in the clause, else the unit that a recording's speaker belongs to."""
    inside = r.units.within(*span)
    best = next((u for u in inside if u.number is not None), inside[0] if inside else None)
    if best is None:
        best = _of_himself(span[0], lineage, r)
    if best is None and lineage.recording is not None:
        best = r.of_recording.get(id(lineage.recording), (None, None))[0]
    if best is None and found is not None and lineage.whos and _goes_on(found):
        best = r.of_teller.get(key_of(lineage.whos[-1]))
    if best is None and found is not None:
        best = _beside(found.head, span, lineage, r)
    return (best, [FieldSpan(field="unit", start=best.start, end=best.end)]) if best is not None else None


def _beside(head: Token, span: tuple[int, int], lineage: Lineage, r: Readings) -> UnitReading | None:
    """`Asked about the 4th Brigade, he said that …`: the one unit that the rest of the sentence names, of whoever does not speak."""
    sources = [(w.start, w.end) for w in lineage.whos if w.start is not None and w.end is not None]
    near = [
        u
        for u in r.units.within(head.sent.start_char, head.sent.end_char)
        if u.number is not None
        and not span[0] <= u.start < span[1]
        and not any(start <= u.start < end for start, end in sources)
        and not _speaks(u, r)
    ]
    topic = near and any(t.lemma_.lower() in TOPIC for t in (token_at(r.doc, near[0].start) or head).ancestors)
    return near[0] if topic and len({u.canonical for u in near}) == 1 else None


def unit_of_story(
    found: Found, span: tuple[int, int], r: Readings, actor: str | None, lineage: Lineage
) -> tuple[UnitReading, Spans] | None:
    """The unit named before, where the clause goes on about its men (`the men`, `they`, `his platoon`) or about it (`the brigade`).

    Only one unit may have been named in that reach, else nobody can tell whose men they are, and none of another side than the
    claim's.
    """
    before = [u for u in r.units.within(span[0] - REACH, span[0]) if u.number is not None] or _echoed(span[0], r)
    named = [u for u in before if not _speaks(u, r)]
    clause = [t for t in found.head.sent if span[0] <= t.idx < span[1]]
    by_kind = [
        u for t in clause if t.lower_ in _echelons(named) and _is_known(t) for u in named if u.echelon == t.lower_
    ]
    if not by_kind and (len({u.canonical for u in named}) != 1 or not _goes_on(found)):
        return None
    best = (by_kind or named)[-1]
    owners = {name for name, unit in r.of_teller.items() if unit.canonical == best.canonical}
    tellers = {key_of(w) for w in lineage.whos if w.source is None and w.kind in TELLERS}
    introduced = (
        lineage.whos[-1].name[:1].isupper() and not any(n in r.named_tellers for n in owners) if tellers else False
    )
    several = len(r.tellers) >= SEVERAL and not introduced  # who is named now may be the conscript spoken of before
    if several and not by_kind and owners and tellers and tellers.isdisjoint(owners):
        return None  # somebody else's unit
    if best.side and actor and best.side != actor:
        return None
    return best, [FieldSpan(field="unit", start=best.start, end=best.end)]


def _echoed(start: int, r: Readings) -> list[UnitReading]:
    """The one unit of a text up to here, where `the brigade` still means it."""
    first = r.one_unit
    if first is None or not first[0].start < start <= first[1]:
        return []
    named = [next(u for u in r.units.back_from(start) if u.number is not None)]
    near = r.doc.char_span(max(0, start - REACH), start, alignment_mode="expand")
    still = near is not None and any(t.lower_ == named[-1].echelon and _is_known(t) for t in near)
    return named[-1:] if still else []


def _speaks(unit: UnitReading, r: Readings) -> bool:
    """Whether a unit is named as who says or publishes something: what it tells is mostly about others."""
    mention = r.doc.char_span(unit.start, unit.end, alignment_mode="expand")
    words = load_lexicon()
    if mention is None:
        return False
    head = mention.root
    while head.dep_ in {"pobj", "poss", "prep", "compound"} and head.head.i != head.i:
        if head.lower_ in words.soldiers or head.lemma_.lower() in words.soldiers:
            return False
        head = head.head
        if head.lower_ in words.officials or head.lower_ in {
            "service",
            "channel",
            "page",
            "statement",
            "website",
            "account",
        }:
            return True
    return head.dep_ in {"nsubj", "agent"} and head.head.lemma_.lower() in words.reporting | words.releasing


def _echelons(named: list[UnitReading]) -> frozenset[str]:
    return frozenset(u.echelon for u in named if u.echelon)


def _is_known(noun: Token) -> bool:
    """Whether a noun is spoken of as known: `the brigade`, with nothing that tells it from another."""
    return any(c.lower_ in {"the", "this", "that"} for c in noun.children) and not any(
        c.dep_ in {"amod", "compound", "nummod", "poss", "relcl"} or (c.dep_ == "prep" and c.lower_ == "of")
        for c in noun.children
    )


def _goes_on(found: Found) -> bool:
    """Whether those it is about are spoken of as known, or only counted (`Seven were shot`)."""
    verb = found.head
    clause = next((t for t in (verb, *verb.ancestors) if t.pos_ in {"VERB", "AUX"}), verb)
    roles = [*agents(verb), *patients(verb, found.tokens)]
    roles += [t for t in clause.subtree if t.dep_ in ROLES and (t.head.i == clause.i or t.lower_ in TOLD_OF)]
    if any(t.lower_ in OWN_UNITS and any(c.lower_ in OWNERS for c in t.children) for t in clause.subtree):
        return True  # `left his unit`
    words = load_lexicon()
    if any(t.like_num or any(c.lower_ in OWNERS for c in t.children) for t in roles):
        return True
    for t in (*roles, *(t for t in found.tokens if t.pos_ in {"NOUN", "PRON"})):
        if t.lower_ in TOLD_OF:
            return True
        if (t.lower_ in words.soldiers or t.lemma_.lower() in words.soldiers) and any(
            c.lower_ in KNOWN for c in t.children
        ):
            return True
    return False
