"""The number of a claim: which of the numbers of its clause counts what the event is about."""

from __future__ import annotations

import re

from spacy.tokens import Doc, Token

from leadline.codebook import Pattern
from leadline.extract.claims.coded.events import Found
from leadline.extract.claims.coded.grammar import NOUN_SUBJECTS, active_subject, agents, patients, subject_of
from leadline.extract.claims.details.fields import Readings, Spans, token_at
from leadline.extract.claims.lexicon import load_lexicon, rule_words
from leadline.extract.claims.sources.kinds import WITNESSES
from leadline.extract.claims.statements.lineage import Lineage
from leadline.extract.claims.words import line_of, occurs
from leadline.extract.numbers import NumberReading
from leadline.schema import FieldSpan, Number

WIDEST = 40
"""Characters of a number that reaches into a sentence from before it."""
BESIDE = 4
"""Tokens between a number's noun and an event's word that belong together whatever the parse makes of them."""
INSTANCES = rule_words("counted.instances")
ONE_EACH = WITNESSES | {"commander"}
"""Kinds of nouns that are one person each."""
COUNTED = frozenset({"count", "rate"})
TERMS = frozenset({"years", "year", "months"})
"""Units in which a sentence is counted."""
SHARES = re.compile(r"\b(?:of (?:which|whom)|among (?:them|whom)|including)\b")
"""What goes before those that are counted among others (`30 cases, of which nine are closed`)."""


def pick_number(
    found: Found, span: tuple[int, int], counts: tuple[Pattern, ...], lineage: Lineage, r: Readings
) -> tuple[Number, Spans] | None:
    """The number that counts what the event is about; none where several counts compete.

    Where people tell it of themselves, it is their number (`71 said they had been beaten`).
    """
    concerned = _concerned(found)
    heads = {t.i for t in concerned}
    roles = {found.head.i, *(t.i for t in found.tokens)}
    for t in concerned:
        roles |= {t.i, *(x.i for x in t.subtree if x.i <= t.i + 6)}
    tells_of_people = _has_people_for_subject(found.head)
    scored: list[tuple[bool, int, int, NumberReading]] = []
    share = _share_begins(found, r)
    for n in _numbers_of(found, span, heads, r):
        if not _may_count(n, found.event) or _is_whole_of_part(n, r):
            continue
        counted = _counted(n, r.doc)
        if counted is None:
            continue
        bare = n.counted_start is None
        near = counted.i in roles or counted.head.i in roles or found.head.i in {a.i for a in counted.ancestors}
        near = near or any(abs(t.i - counted.i) <= BESIDE for t in found.tokens)
        is_instance = counted.lemma_.lower() in INSTANCES
        holds = counted.i in {found.head.i, *(a.i for a in found.head.ancestors)}  # `864 cases of detention`
        holds = holds or (is_instance and _in_which(counted, found.head))
        fitting = bare or any(occurs(p, line_of(r.doc[counted.i : counted.i + 1])) for p in counts)
        is_term = n.kind == "duration"
        second = (is_term and tells_of_people) or n.start > share or _is_of_each(counted)
        if not fitting and counted.i not in roles:
            if is_instance and (holds or _is_how_often(counted, found.head)):
                scored.append((second, -1, abs(counted.i - found.head.i), n))
            continue
        if not near and not (fitting and holds) and not (fitting and _same_clause(counted, found.head)):
            continue
        weight = 2 * (counted.i in roles) + fitting + holds + (counted.i in heads or is_term)
        scored.append((second, -weight, abs(counted.i - found.head.i), n))
    scored.sort(key=lambda s: s[:3])
    if len(scored) > 2 and len({s[:2] for s in scored}) == 1:
        return None
    best = scored[0][3] if scored else _tellers(found, lineage, r) or _instances(found, lineage, r)
    if best is None:
        return _both(found)
    more = _with_one(best, r.doc)
    return Number(low=_plus(best.low, more), high=_plus(best.high, more), unit=best.unit), [
        FieldSpan(field="number", start=best.start, end=best.end)
    ]


def _counted(n: NumberReading, doc: Doc) -> Token | None:
    """What a number counts, or the figure itself where it stands for those counted (`more than sixty of them`)."""
    if n.counted_start is not None:
        return token_at(doc, n.counted_start)
    span = doc.char_span(n.start, n.end, alignment_mode="expand")
    return span.root if span is not None else None


def _is_of_each(counted: Token) -> bool:
    """`Three detachments of 200 men each`, `got ten years each`: what is counted of every one of them is not how many they are."""
    return counted.i + 1 < len(counted.doc) and counted.nbor().lower_ in {"each", "apiece"}


def _share_begins(found: Found, r: Readings) -> int:
    """From where on those are counted among others, in a sentence whose main clause tells the event; its end where none are."""
    sentence = found.head.sent
    share = SHARES.search(r.text, sentence.start_char, sentence.end_char)
    told_before = share is not None and (found.head.idx < share.start() or found.head.like_num)
    return share.start() if share is not None and told_before else sentence.end_char


def _concerned(found: Found) -> list[Token]:
    """The nouns for those who do what an event's verb says or to whom it is done; of `who`, and of `they` in `after they refused`, those that it stands for."""
    verb = found.head
    done = [t for t in patients(verb, found.tokens) if not (t.i == verb.head.i and agents(verb))]  # `who had refused`
    nouns = [_antecedent(t, verb) for t in (*agents(verb), *done)]
    return [*nouns, *_shared_subject(verb), *_under_an_auxiliary(verb)]


def _antecedent(t: Token, verb: Token) -> Token:
    clause = verb
    while clause.dep_ == "conj" and clause.head.pos_ in {"VERB", "AUX"}:
        clause = clause.head
    if t.tag_ in {"WP", "WDT"} and clause.dep_ == "relcl":
        noun = clause.head
        before = noun.doc[noun.head.i - 1] if noun.dep_ == "pobj" and noun.head.i else noun
        return (
            before if t.lower_ == "who" and not _is_person(noun) and _is_person(before) else noun
        )  # `men from six brigades who refused`
    if t.lower_ == "they" and clause.dep_ == "advcl" and clause.i > clause.head.i:
        over = clause.head.children
        return next((c for c in over if c.dep_ in NOUN_SUBJECTS and c.tag_ == "NNS"), t)
    return t


def _under_an_auxiliary(verb: Token) -> list[Token]:
    """The subject that the parser hung on `were` (`Two of them were on Monday sentenced`)."""
    helpers = (c for c in verb.children if c.dep_ in {"aux", "auxpass"})
    return [s for h in helpers for s in h.children if s.dep_ in NOUN_SUBJECTS]


def _has_people_for_subject(head: Token) -> bool:
    """`Twelve men got six years` counts men; `the court gave them six years` years."""
    verb = next((t for t in (head, *head.ancestors) if t.pos_ in {"VERB", "AUX"}), head)
    subjects = (*verb.children, *_under_an_auxiliary(verb))
    return any(c.dep_ == "nsubjpass" or (c.dep_ == "nsubj" and _is_person(c)) for c in subjects)


def _is_person(noun: Token) -> bool:
    return load_lexicon().kind(noun.lemma_.lower()) in ONE_EACH


def _numbers_of(found: Found, span: tuple[int, int], heads: set[int], r: Readings) -> list[NumberReading]:
    """The numbers of a clause, those of its sentence that count whom it is about (`five men were shot after they refused`), and those that say
    in how many instances it happened (`recorded six conversations in which they threaten to shoot`).
    """
    sentence = found.head.sent

    def counts(n: NumberReading) -> bool:
        noun = token_at(r.doc, n.counted_start) if n.counted_start is not None else None
        if noun is None or noun.i in heads:
            return noun is not None
        above = noun.lemma_.lower() in INSTANCES and noun.i < found.head.i
        return above and (noun.is_ancestor(found.head) or _in_which(noun, found.head))

    return [
        n for n in r.numbers.within(sentence.start_char, sentence.end_char) if span[0] <= n.start < span[1] or counts(n)
    ]


def _may_count(n: NumberReading, event: str) -> bool:
    """Whether a number is of the kind that counts what such an event is about: `held for six years` counts nobody, a sentence of six years does."""
    if n.is_restatement or (n.low == n.high and n.low in {0, 1}):
        return False
    if n.kind == "measure":
        return event == "territory" and n.unit not in {"km", "mi", "m"}
    return n.kind in COUNTED or (n.kind == "duration" and event == "prosecution" and n.unit in TERMS)


def _plus(bound: float | None, more: int) -> float | None:
    return None if bound is None else bound + more


def _shared_subject(verb: Token) -> list[Token]:
    """To whom something is done where the verb stands behind another one (`Two men were tied together and driven over a minefield`)."""
    if verb.tag_ != "VBN" or any(c.dep_ in NOUN_SUBJECTS for c in verb.children):
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


def _in_which(counted: Token, head: Token) -> bool:
    """`Six cases since May in which men were shot`: whether a clause tells what happened in what is counted, whatever the parser hangs it on."""
    return any(t.lower_ == "which" and t.nbor(-1).lower_ == "in" for t in head.doc[counted.i + 1 : head.i])


def _with_one(n: NumberReading, doc: Doc) -> int:
    """1 where the counted are told beside one more (`he and two friends were locked up`, `was put in a pit with nine others`)."""
    counted = token_at(doc, n.counted_start) if n.counted_start is not None else None
    if counted is None or n.low is None or n.low != n.high:
        return 0
    if counted.dep_ == "conj" and counted.head.tag_ == "NN" and _is_person(counted.head):
        return int(any(c.lower_ in {"a", "an", "the"} for c in counted.head.children))  # `a sergeant and six men`
    if counted.dep_ == "conj" and counted.head.pos_ in {"PRON", "PROPN"} and counted.head.tag_ != "PRP$":
        alone = counted.head.lower_ not in {"they", "them", "we", "us", "you", "those"}
        return int(alone and counted.head.dep_ in {"nsubj", "nsubjpass", "dobj"})
    others = counted.lemma_.lower() == "other" or any(c.lower_ == "other" for c in counted.children)
    over = counted.head.head if counted.dep_ == "pobj" and counted.head.lower_ == "with" else None
    subject = None if over is None else subject_of(over)
    return int(others and subject is not None and subject.lower_ in {"he", "she", "i", "him"})


def _both(found: Found) -> tuple[Number, Spans] | None:
    """`Both died the same day`, `both men were shot`; `he and a friend` are two as well."""
    roles = (*agents(found.head), *patients(found.head, found.tokens))
    pair = next((c for t in roles for c in t.children if c.dep_ == "conj" and _is_pair(t, c)), None)
    if pair is not None:
        first = pair.head.left_edge
        return Number(low=2, high=2, unit=""), [FieldSpan(field="number", start=first.idx, end=pair.idx + len(pair))]
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


def _is_pair(first: Token, other: Token) -> bool:
    """Whether two words joined by `and` are one person each (`he and a friend`, `my brother and his neighbour`), and no third is."""
    alone = first.lower_ in {"he", "she", "i"} or (first.tag_ == "NN" and _is_person(first))
    joined = any(c.lower_ == "and" for c in first.children) and not any(c.dep_ == "conj" for c in other.children)
    determined = any(c.dep_ in {"det", "poss"} and c.lower_ not in {"no", "any", "every"} for c in other.children)
    return alone and joined and other.tag_ == "NN" and _is_person(other) and determined


def _is_whole_of_part(n: NumberReading, r: Readings) -> bool:
    """`Seven of the 11 were killed`: the 11 are those of whom seven are counted."""
    token = token_at(r.doc, n.start)
    of = token.head if token is not None and token.dep_ == "pobj" else None
    return of is not None and of.lower_ == "of" and of.head.like_num and of.i == of.head.i + 1


def _instances(found: Found, lineage: Lineage, r: Readings) -> NumberReading | None:
    """`In 11 interviews, soldiers said that …`, `in 87 of them …`: in how many instances something is told, at the front of its sentence."""
    sentence = found.head.sent
    front = lineage.cue if lineage.cue is not None and lineage.cue.sent == sentence else found.head
    for n in r.numbers.within(sentence.start_char - WIDEST, sentence.end_char):
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
    subject = active_subject(lineage.cue)
    if subject is None:
        return None
    at = {subject.idx, *(c.idx for c in subject.lefts)}
    beside = r.numbers.within(subject.sent.start_char, subject.sent.end_char)
    counted = [n for n in beside if n.kind == "count" and (n.start in at or n.counted_start == subject.idx)]
    return next((n for n in counted if not n.is_restatement and (n.low, n.high) != (1, 1)), None)


def _same_clause(counted: Token, head: Token) -> bool:
    """Whether no other verb stands between a counted noun and the event's word."""
    verb = next((a for a in counted.ancestors if a.pos_ in {"VERB", "AUX"}), None)
    own = head if head.pos_ in {"VERB", "AUX"} else next((a for a in head.ancestors if a.pos_ in {"VERB", "AUX"}), head)
    return verb is None or verb.i == own.i or verb.dep_ not in {"advcl", "relcl", "acl", "ccomp"}
