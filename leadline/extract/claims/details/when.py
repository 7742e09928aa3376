"""When a claim's event happened: the time in its clause, of its statement, or of the account that it is part of."""

from __future__ import annotations

import re
from datetime import date, timedelta
from itertools import takewhile

import msgspec
from spacy.tokens import Doc, Token

from leadline.extract.claims.coded.events import Found
from leadline.extract.claims.coded.grammar import subject_of
from leadline.extract.claims.details.fields import Readings, Spans, token_at
from leadline.extract.claims.details.presence import was_there
from leadline.extract.claims.lexicon import load_lexicon, rule_words
from leadline.extract.claims.ordered import Ordered
from leadline.extract.claims.statements.lineage import Lineage
from leadline.extract.times import TimeReading, time_interval
from leadline.schema import FieldSpan, Realis, TimeInterval

CASES = rule_words("when.cases")
LONGEST_PARAGRAPH = 10_000
"""Characters before a clause in which the day may stand that opened its account."""
PEOPLE = frozenset({"soldier", "commander", "relative", "official"})
SPEECH_ACTS = frozenset({"threat", "order-to-fire", "public-appeal", "official-response"})
"""Events that happen by being said: the time of the statement is theirs."""


def pick_time(
    found: Found, realis: Realis, span: tuple[int, int], lineage: Lineage, r: Readings
) -> tuple[TimeInterval | None, bool, Spans]:
    """The event's time, whether it is historical, and the words it was read from."""
    event = found.event
    inside = [t for t in r.times.within(*span) if t.kind != "SET"]
    if not any(t.first or t.last for t in inside) and event in SPEECH_ACTS and lineage.cue is not None:
        sentence = lineage.cue.sent
        inside = [t for t in r.times.within(sentence.start_char, sentence.end_char) if t.kind != "SET"]
    if not inside:
        inside = _of_what_governs(found, realis, r)
    if not inside and lineage.cue is not None:
        inside = _before_the_source(lineage.cue, span[0], r) or _said_in(lineage.cue, r.times)
    if not inside:
        inside = _told_on(found.head, lineage, r)
    if not inside and _tense(found.head, reported=True) and (there := was_there(found.head, lineage, r)) is not None:
        inside = [t for t in r.times.within(there.start_char, there.end_char) if t.kind in {"DATE", "TIME"}]
    inside = [t for t in inside if not _frames_a_superlative(t, r.doc)]
    if event != "public-appeal":  # an appeal happens by being posted
        inside = [t for t in inside if not _dates_a_release(t, r)]
    inside = [t for t in inside if not _dates_the_reason(t, found.head, r.doc)] or inside
    historical = any(t.is_historical for t in inside)
    inside = [_from_the_day_before(t, r) for t in inside]
    known = [t for t in inside if (t.first or t.last) and not _is_unmoored(t, realis, lineage, r.text)]
    if not known:
        return None, historical, []
    own = next((t for t in (found.head, *found.head.ancestors) if t.pos_ in {"VERB", "AUX"}), found.head)
    below = {t.i for t in own.subtree}
    best = max(known, key=lambda t: (_is_below(t, below, r.doc), t.kind == "DATE", _fineness(t), -t.start))
    interval = time_interval(best, r.text)
    return interval, historical, [FieldSpan(field="time", start=best.phrase_start, end=best.phrase_end)]


def _from_the_day_before(t: TimeReading, r: Readings) -> TimeReading:
    """`On 4 May they refused, and the next morning they were beaten`: counted from the day told just before, in the same paragraph."""
    text = r.text
    phrase = AFTER.fullmatch(text[t.start : t.end].lower())
    if phrase is None or t.anchor != "document":
        return t
    furthest = max(0, t.start - LONGEST_PARAGRAPH)
    start = max(furthest, text.rfind("\n", furthest, t.start) + 1)
    days = [
        x
        for x in r.times.within(start, t.start)
        if x.kind == "DATE" and x.granularity == "day" and x.first == x.last and x.first
    ]
    if not days or days[-1].first is None:
        return msgspec.structs.replace(t, first=None, last=None)
    day = date.fromisoformat(days[-1].first) + timedelta(days=phrase["which"] != "same")
    return msgspec.structs.replace(t, first=day.isoformat(), last=day.isoformat(), anchor="mentioned")


def _is_unmoored(t: TimeReading, realis: Realis, lineage: Lineage, text: str) -> bool:
    """Whether a time is counted from a day that is not its own.

    `The same night` of a habit is no night in particular; `overnight` and `yesterday` in a recording are counted from the
    day it was made, which is not the day on which the document was published.
    """
    if realis == "generic":
        return t.anchor != "absolute" and t.granularity not in PERIODS
    by_day = (t.kind == "TIME" or t.granularity == "day") and not t.is_relative
    in_full = any(c.isdigit() for c in text[t.start : t.end])  # only the year of `Oct. 17` is the document's
    return lineage.recording is not None and t.anchor == "document" and by_day and not in_full


def _dates_a_release(t: TimeReading, r: Readings) -> bool:
    """Whether a time says when something was released (`a call published on 8 October`) and not when it happened.

    What was received or posted is none where it is a person or a case (`courts received 300 cases`, `guards were posted`).
    """
    verb = _verb_at(t, r.doc)
    if verb is None or verb.lemma_.lower() not in load_lexicon().releasing or _counts_on(t, r.text):
        return False
    things = [c for c in verb.children if c.dep_ in {"dobj", "nsubjpass"}]
    return not any(c.lemma_.lower() in CASES or load_lexicon().kind(c.lemma_.lower()) in PEOPLE for c in things)


def _counts_on(t: TimeReading, text: str) -> bool:
    """`Has published fourteen names since last autumn`: over how long it was told of is over how long it was."""
    return text[t.phrase_start : t.phrase_end].lower().startswith("since ")


def _verb_at(t: TimeReading, doc: Doc) -> Token | None:
    """The verb that a time belongs to."""
    span = doc.char_span(t.start, t.end, alignment_mode="expand")
    if span is None:
        return None
    return next((a for a in (span.root, *span.root.ancestors) if a.pos_ in {"VERB", "AUX"}), None)


def _dates_the_reason(t: TimeReading, head: Token, doc: Doc) -> bool:
    """Whether a time says when that was for which something was done (`sentenced for refusing on 2 December to …`)."""
    verb = _verb_at(t, doc)
    while verb is not None and verb.i not in {head.i, verb.head.i}:
        if verb.dep_ == "pcomp" and verb.head.lower_ in {"for", "over"}:
            return head.i in {a.i for a in verb.ancestors}
        verb = verb.head
    return False


def _of_what_governs(found: Found, realis: Realis, r: Readings) -> list[TimeReading]:
    """The time of the clause beside which one stands (`said that in May they were held and that they were beaten`), and, for what
    happens by being said, of the verb above it (`In July the officer ordered that they be tied up`, `says on Friday that they will not go`).
    """
    verb = next((t for t in (found.head, *found.head.ancestors) if t.pos_ in {"VERB", "AUX"}), found.head)
    said = (
        found.event in SPEECH_ACTS
        or realis in {"ordered", "threatened"}
        or (found.event == "refusal" and _is_to_come(verb))
    )
    above: set[int] = set()
    while verb.head.i != verb.i and verb.head.pos_ in {"VERB", "AUX"}:
        beside = verb.dep_ == "conj" and verb.tag_ in {"VBD", "VBN"} and verb.head.tag_ in {"VBD", "VBN"}
        if not (beside or (said and verb.dep_ in {"ccomp", "xcomp"})):
            break
        verb = verb.head
        above.add(verb.i)
    sentence = found.head.sent
    return [
        t
        for t in r.times.within(sentence.start_char, found.head.idx)
        if t.kind == "DATE" and (over := _verb_at(t, r.doc)) is not None and over.i in above
    ]


def _is_to_come(verb: Token) -> bool:
    """Whether a verb tells what one will or would not do, or is not going to do."""
    return any(c.dep_ == "aux" and c.lower_ in {"will", "would", "wo", "’ll", "'ll"} for c in verb.children) or (
        verb.lower_ == "going" and any(c.dep_ == "neg" for c in verb.children)
    )


def _frames_a_superlative(t: TimeReading, doc: Doc) -> bool:
    """`The heaviest losses of the year`: the year is what is compared in, not when it happened."""
    token = token_at(doc, t.start)
    while token is not None and token.dep_ in {"det", "amod", "nummod", "compound"} and token.head.i != token.i:
        token = token.head
    if token is None or token.dep_ != "pobj" or token.head.lower_ not in {"of", "in"}:
        return False
    return any(c.tag_ == "JJS" for c in token.head.head.children)


AFTER = re.compile(r"the (?P<which>next|following|same) (?:day|morning|afternoon|evening|night)")
PERIODS = rule_words("when.periods")


def _is_below(t: TimeReading, below: set[int], doc: Doc) -> bool:
    """Whether a time stands under the event's own verb (`last month it counted forty who had refused since May`)."""
    verb = _verb_at(t, doc)
    return verb is not None and verb.i in below


def _before_the_source(cue: Token, start: int, r: Readings) -> list[TimeReading]:
    """The time that opens a sentence whose source is only put in (`By Thursday, they said, six were gone`): it is what they say."""
    subject = subject_of(cue)
    first = min(cue.i, subject.left_edge.i) if subject is not None else cue.i
    last = max(cue.i, subject.right_edge.i) if subject is not None else cue.i
    doc, opening = r.doc, cue.sent
    if first == opening.start or last + 1 >= len(doc) or doc[last + 1].idx > start:
        return []
    if doc[first - 1].text != "," or doc[last + 1].text != ",":
        return []
    return [t for t in r.times.within(opening.start_char, doc[first].idx) if t.kind in {"DATE", "TIME"}]


def _said_in(cue: Token, times: Ordered[TimeReading]) -> list[TimeReading]:
    """The period in which a statement was made, where it opens the sentence (`Last week the ministry claimed that …`).

    What is claimed of no other time was news then. The day of a statement says less: events are told the day after.
    """
    subject = subject_of(cue)
    first = subject.left_edge.idx if subject is not None else cue.idx
    return [
        t
        for t in times.within(cue.sent.start_char, first)
        if t.granularity in PERIODS and t.kind == "DATE" and not t.is_historical
    ]


def _told_on(head: Token, lineage: Lineage, r: Readings) -> list[TimeReading]:
    """The day that opened the account this clause goes on with (`On 9 November he called. He was being driven to the front.`).

    It holds to the end of the paragraph or to the next date. What was going on then was on that day; what is told in the plain
    past was only where the account itself is told, not where it was said that day, and nothing that had happened before.
    """
    sentence, cue = head.sent, lineage.cue
    said_here = head.dep_ == "ccomp" or (cue is not None and cue.sent == sentence)
    tense = _tense(head, said_here)
    if tense not in {"going on", "past"}:
        return []
    text = r.text
    start = text.rfind("\n\n", max(0, sentence.start_char - LONGEST_PARAGRAPH), sentence.start_char) + 1
    start = max(start, sentence.start_char - LONGEST_PARAGRAPH)
    before = takewhile(lambda t: t.start >= start, r.times.back_from(sentence.end_char))
    last = next((t for t in before if start <= t.phrase_start and t.kind == "DATE"), None)
    if last is None or last.granularity != "day" or last.first is None or last.first != last.last or last.is_historical:
        return []
    if last.start >= sentence.start_char and (tense != "going on" or not said_here or last.start > head.idx):
        return []
    opening = r.doc.char_span(last.start, last.end, alignment_mode="expand").sent
    if len(re.findall(r"\w+", text[opening.start_char : last.phrase_start])) > 1:  # `On`
        return []
    if tense == "past":
        words = load_lexicon()
        said = any(
            {t.lower_, t.lemma_.lower()} & (words.reporting | words.contacting) and not _is_told_to(t) for t in opening
        )
        if said or said_here:
            return []
    return [last]


def _is_told_to(t: Token) -> bool:
    """`They were told to line up`: an order that the tale tells of, and no source of it."""
    return t.tag_ == "VBN" and {c.dep_ for c in t.children} >= {"auxpass", "xcomp"}


def _tense(head: Token, reported: bool) -> str:
    """`going on`, `past`, or nothing that a day told before would date; a reported state went on when it was told."""
    verb = next((t for t in (head, *head.ancestors) if t.pos_ in {"VERB", "AUX"}), None)
    if verb is None or verb.sent != head.sent:
        return ""
    helpers = {c.lower_ for c in verb.children if c.dep_ in {"aux", "auxpass"}}
    if helpers & {"had", "has", "have", "'d", "’d", "will", "would", "could", "can", "may", "might", "should", "to"}:
        return ""
    if "being" in helpers or (
        verb.tag_ == "VBG" and helpers & {"was", "were", "is", "are", "am", "'re", "’re", "'m", "’m"}
    ):
        return "going on"
    if reported and verb.lemma_ == "be" and verb.pos_ == "AUX" and verb.tag_ == "VBD":
        return "going on"
    return "past" if verb.tag_ == "VBD" or (verb.tag_ == "VBN" and helpers & {"was", "were"}) else ""


def _fineness(t: TimeReading) -> int:
    return {"day": 3, "week": 2, "month": 2, "season": 1, "quarter": 1, "year": 1}.get(t.granularity or "", 0)
