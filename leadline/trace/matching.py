"""Do two claims, or two origins of two documents, tell of the same artefact? Scored on what they say, never on a role.

The score is a sum of points with reasons; `SAME` was set on the lineage benchmark (benchmarks/lineage.py).
"""

from __future__ import annotations

import datetime as dt
from functools import lru_cache

import msgspec

from leadline.schema import Claim
from leadline.trace.artefacts import RECORDINGS, Local
from leadline.trace.facts import Facts, facts_of
from leadline.trace.roles import compatible
from leadline.trace.text import WORD, content_stems, fold_word

SAME = 2.5
LONG_RUN = 6


class Words(msgspec.Struct, frozen=True):
    """A claim's words, folded, with the stems that carry meaning."""

    words: tuple[str, ...]
    stems: frozenset[str]


@lru_cache(maxsize=100_000)
def words_of(quote: str) -> Words:
    """Folded words and content stems of a quote."""
    words = tuple(fold_word(m[0]) for m in WORD.finditer(quote))
    return Words(words, frozenset(content_stems(words)))


def common_run(a: tuple[str, ...], b: tuple[str, ...]) -> int:
    """Length of the longest run of words that both hold.

    >>> common_run(("we", "will", "not", "go"), ("they", "will", "not", "go"))
    3
    """
    best = 0
    row = [0] * (len(b) + 1)
    for x in a:
        new = [0] * (len(b) + 1)
        for j, y in enumerate(b):
            if x == y:
                new[j + 1] = row[j] + 1
                best = max(best, new[j + 1])
        row = new
    return best


def wording(c: Claim, d: Claim) -> tuple[float, tuple[str, ...]]:
    """Points for two claims in the same words, and why."""
    a, b = words_of(c.quote), words_of(d.quote)
    shared = len(a.stems & b.stems)
    fewest = min(len(a.stems), len(b.stems))
    run = common_run(a.words, b.words) if shared >= 2 else 0
    same_event = 0.5 if c.event == d.event else 0.0
    if run >= LONG_RUN:
        return same_event + 2.5, (f"{run} words in a row are the same",)
    if shared >= 4 and shared >= 0.5 * fewest:
        return same_event + 2.0, (f"{shared} of {fewest} content words are the same",)
    if shared >= 2 and shared >= 0.34 * fewest:
        return same_event + 1.0, (f"{shared} of {fewest} content words are the same",)
    return same_event, ()


def likeness(c: Claim, d: Claim) -> tuple[float, tuple[str, ...]]:
    """Points for two claims saying the same, and why; conflicts cost points.

    Words in a row, shared stems, the same count, unit and place count for; another count of the same thing, another
    unit or another place count against.
    """
    points, reasons = wording(c, d)
    more, agreed = _facts_agree(facts_of([c]), facts_of([d]))
    if c.realis != d.realis and "denied" in (c.realis, d.realis):
        points -= 1.5
    return points + more, (*reasons, *agreed)


def _facts_agree(a: Facts, b: Facts) -> tuple[float, tuple[str, ...]]:
    points, reasons = 0.0, []
    if a.units & b.units:
        points += 1.5
        reasons.append(f"the same unit ({min(a.units & b.units)})")
    elif a.other_unit(b):
        points -= 4.0
    if a.places & b.places:
        points += 1.0
        reasons.append("the same place")
    elif a.apart(b):
        points -= 3.0
    telling = {n for n in a.counts & b.counts if (n[1] or n[2] or 0) >= 3}
    if telling:
        points += 1.5
        reasons.append("the same count")
    elif not a.counts & b.counts and {n[0] for n in a.counts} & {n[0] for n in b.counts}:
        points -= 2.0
    if a.days and b.days and not any(x[0] <= y[1] and y[0] <= x[1] for x in a.days for y in b.days):
        points -= 1.0
    return points, tuple(reasons)


def same_artefact(one: Local, other: Local, gap: int | None) -> tuple[float, tuple[str, ...]]:
    """Points for two documents' origins being one, `gap` days apart (None where a date is unknown), and why.

    The same body or the same named person must stand behind both, or a long run of the same quoted words.
    """
    if not (one.named and other.named) or not compatible(one.speaker, other.speaker):
        return 0.0, ()
    if one.family != other.family and "not-stated" not in (one.medium, other.medium):
        return 0.0, ()
    best, why = -9.0, ()  # type: tuple[float, tuple[str, ...]]
    for c in one.claims:
        for d in other.claims:
            points, reasons = wording(c, d)
            if points > best:
                best, why = points, reasons
    speech, silent = _shared_speech(one, other)
    if speech >= LONG_RUN:
        best += 2.0
        why = (f"{speech} words of quoted speech are the same", *why)
    elif silent:
        best -= 2.0  # both quote at length and not one phrase is the same
    quoted = speech >= LONG_RUN
    same_body = one.body is not None and one.body == other.body
    same_person = one.speaker_named and other.speaker_named and one.speaker == other.speaker
    one_call = _one_call(one, other, gap)
    if not (same_body or same_person or quoted or one_call):
        return 0.0, ()
    if one.body and other.body and one.body != other.body and not (quoted and one.family in RECORDINGS.values()):
        return 0.0, ()  # a recording can come out through two bodies; two bodies' inquiries are two
    points, agreed = _facts_agree(facts_of(one.claims), facts_of(other.claims))
    why = (*why, *agreed)
    points += best + (0.5 if same_body else 0.0) + (0.5 if same_person else 0.0)
    if gap is not None and one.family not in ("investigation", "publication"):
        points += 1.0 if gap <= 3 else 0.0 if gap <= 14 else -1.0 if gap <= 60 else -2.5
        if gap <= 3:
            why = (*why, f"published within {gap} days")
    if same_body:
        why = (f"released or collected by the same body ({one.body_name})", *why)
    if same_person:
        why = (f"the same person speaks ({one.speaker})", *why)
    return points, why


def _one_call(one: Local, other: Local, gap: int | None) -> bool:
    """Whether one document names who released a recording and the other does not, and both tell the same of one place.

    Published within three days, of the same kind of event, at the same precise place or of the same unit or count: it
    would be a strange coincidence if these were two.
    """
    if one.medium != other.medium or one.medium not in RECORDINGS or (one.body is None) == (other.body is None):
        return False
    a, b = facts_of(one.claims), facts_of(other.claims)
    same = bool(
        a.points & b.points or a.units & b.units or {n for n in a.counts & b.counts if (n[1] or n[2] or 0) >= 3}
    )
    events = {c.event for c in one.claims} & {c.event for c in other.claims}
    return same and bool(events) and gap is not None and gap <= 3 and not a.contradict(b)


def _shared_speech(one: Local, other: Local) -> tuple[int, bool]:
    """Longest run of quoted words that both have, and whether both quote at length without sharing a phrase."""
    run = common_run(one.speech, other.speech)
    if len(one.quoted) < 4 or len(other.quoted) < 4:
        return run, False
    if run >= 4 or min(len(one.quoted), len(other.quoted)) < 8:
        return run, False
    a, b = words_of(" ".join(one.quoted)).stems, words_of(" ".join(other.quoted)).stems
    return run, len(a & b) < 0.34 * min(len(a), len(b))


def days_apart(a: tuple[str | None, str | None], b: tuple[str | None, str | None]) -> int | None:
    """Days between two intervals of days, 0 where they overlap, None where one is unknown.

    >>> days_apart(("2024-03-01", "2024-03-02"), ("2024-03-05", "2024-03-05"))
    3
    """
    if None in a or None in b:
        return None
    (a0, a1), (b0, b1) = (tuple(dt.date.fromisoformat(str(x)[:10]) for x in i) for i in (a, b))
    return max(0, (b0 - a1).days, (a0 - b1).days)
