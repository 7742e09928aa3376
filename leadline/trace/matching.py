"""Do two claims, or two origins of two documents, tell of the same artefact? Scored on what they say, never on a role.

The score is a sum of points with reasons; `SAME` was set on the lineage benchmark (benchmarks/lineage.py).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from functools import lru_cache

import msgspec
import numpy as np
import numpy.typing as npt

from leadline.schema import Claim
from leadline.trace.facts import Facts, facts_of
from leadline.trace.local import RECORDINGS, Local
from leadline.trace.roles import compatible
from leadline.trace.text import NUMBER_WORDS, WORD, content_stems, fold_word, hash_of

SAME = 2.5
LONG_RUN = 6
SAME_CALL = 10
"""Words of quoted speech in a row that two texts must share where they name others as who speaks on a call."""
PHRASE = 4
"""Words in a row that two texts which quote the same speech share at least once."""
BEST_WORDING = 3.0
"""The most points that wording gives."""
QUOTE_MARKS = frozenset('“”"«»„')
NO_OCCASION = frozenset({"investigation", "publication"})
"""What may come out long after what it is about."""
Count = tuple[str, float | None, float | None]


class Words(msgspec.Struct, frozen=True):
    """A claim's words, folded, with the stems that carry meaning and all runs of `LONG_RUN` words."""

    words: tuple[str, ...]
    stems: frozenset[str]
    runs: frozenset[int]
    """hashes of all runs"""


@lru_cache(maxsize=100_000)
def words_of(quote: str) -> Words:
    """Folded words, content stems and runs of a quote."""
    words = tuple(fold_word(m[0]) for m in WORD.finditer(quote))
    figures = [NUMBER_WORDS.get(w, w) for w in words]  # "forty" is "40"
    return Words(words, frozenset(content_stems(figures)), run_hashes(words, LONG_RUN))


def runs_of(words: tuple[str, ...], n: int) -> frozenset[tuple[str, ...]]:
    """All runs of `n` words."""
    return frozenset(words[i : i + n] for i in range(len(words) - n + 1))


def run_hashes(words: tuple[str, ...], n: int) -> frozenset[int]:
    """Hashes of all runs of `n` words, the same in every process."""
    return frozenset(hash_of(("run", *words[i : i + n])) for i in range(len(words) - n + 1))


_runs_known = lru_cache(maxsize=20_000)(runs_of)


def common_run(a: tuple[str, ...], b: tuple[str, ...]) -> int:
    """Length of the longest run of words that both hold.

    Only places where a word of one stands in the other are followed, not every pair of words.

    >>> common_run(("we", "will", "not", "go"), ("they", "will", "not", "go"))
    3
    """
    at: dict[str, list[int]] = {}
    for j, y in enumerate(b):
        at.setdefault(y, []).append(j)
    best = 0
    row: dict[int, int] = {}
    for x in a:
        row = {j: row.get(j - 1, 0) + 1 for j in at.get(x, ())}
        best = max(best, *row.values()) if row else best
    return best


def wording(c: Claim, d: Claim) -> float:
    """Points for two claims in the same words."""
    a, b = words_of(c.quote), words_of(d.quote)
    shared = len(a.stems & b.stems)
    same_event = 0.5 if c.event == d.event else 0.0
    if shared < 2:
        return same_event
    if not a.runs.isdisjoint(b.runs):
        return same_event + 2.5
    fewest = min(len(a.stems), len(b.stems))
    if shared >= 4 and shared >= 0.5 * fewest:
        return same_event + 2.0
    return same_event + (1.0 if shared >= 0.34 * fewest else 0.0)


def _in_words(c: Claim, d: Claim) -> tuple[str, ...]:
    """Why `wording` gives two claims points."""
    a, b = words_of(c.quote), words_of(d.quote)
    shared, fewest = len(a.stems & b.stems), min(len(a.stems), len(b.stems))
    if shared < 2:
        return ()
    if not a.runs.isdisjoint(b.runs):
        return (f"{common_run(a.words, b.words)} words in a row are the same",)
    return (f"{shared} of {fewest} content words are the same",) if shared >= 0.34 * fewest else ()


def likeness(c: Claim, d: Claim, facts: Callable[[Claim], Facts] | None = None) -> float:
    """Points for two claims saying the same; conflicts cost points.

    Words in a row, shared stems, the same count, unit and place count for; another count of the same thing, another
    unit or another place count against. `facts` gives a claim's facts where the caller has them.
    """
    points = wording(c, d)
    points += agreement(*(facts(x) if facts is not None else facts_of([x]) for x in (c, d)))
    if c.realis != d.realis and "denied" in (c.realis, d.realis):
        points -= 1.5
    return points


def agreement(a: Facts, b: Facts) -> float:
    """Points for facts that agree, less those for facts that contradict."""
    points = 0.0
    if not a.units.isdisjoint(b.units):
        points += 1.5
    elif a.other_unit(b):
        points -= 4.0
    if not a.places.isdisjoint(b.places):
        points += 1.0
    elif a.apart(b):
        points -= 3.0
    if a.counts and b.counts:
        if telling(a.counts & b.counts):
            points += 1.5
        elif a.counts.isdisjoint(b.counts) and {n[0] for n in a.counts} & {n[0] for n in b.counts}:
            points -= 2.0
    if a.days and b.days and not any(x[0] <= y[1] and y[0] <= x[1] for x in a.days for y in b.days):
        points -= 1.0
    return points


def _agreed(a: Facts, b: Facts) -> Iterator[str]:
    """Which facts two have in common, for people."""
    if units := a.units & b.units:
        yield f"the same unit ({min(units)})"
    if not a.places.isdisjoint(b.places):
        yield "the same place"
    if telling(a.counts & b.counts):
        yield "the same count"


def telling(counts: frozenset[Count]) -> frozenset[Count]:
    """Counts that are no commonplace: one and two of something are everywhere."""
    return frozenset(n for n in counts if (n[1] or n[2] or 0) >= 3)


class Held(msgspec.Struct, frozen=True):
    """An origin of one document with what every comparison of it needs."""

    local: Local
    facts: Facts
    told: tuple[Claim, ...]
    """its claims but those in stock phrases, whose words tell nothing"""
    events: frozenset[str]
    telling: frozenset[Count]
    phrases: frozenset[tuple[str, ...]]
    """runs of four words of its speech"""
    quoted: frozenset[str]
    """stems of the speech that its claims quote"""
    days: tuple[int, int] | None
    """first and last day on which its document can have been published"""


def hold(local: Local, published: tuple[str | None, str | None], stock: frozenset[int]) -> Held:
    """Prepare an origin of a document published within these days."""
    facts = facts_of(local.claims)
    return Held(
        local,
        facts,
        tuple(c for c in local.claims if stock.isdisjoint(words_of(c.quote).runs)),
        frozenset(c.event for c in local.claims),
        telling(facts.counts),
        runs_of(local.speech, PHRASE),
        frozenset(content_stems(local.quoted)),
        None if None in published else tuple(dt.date.fromisoformat(str(d)[:10]).toordinal() for d in published),  # type: ignore[arg-type]
    )


def same_artefact(one: Held, other: Held) -> tuple[float, tuple[str, ...]]:
    """Points for two documents' origins being one, and why.

    The same body or the same named person must stand behind both, or a long run of the same quoted words. What costs
    little is looked at first: most pairs fall there.
    """
    x, y = one.local, other.local
    if not (x.named and y.named):
        return 0.0, ()
    one_voice = compatible(x.speaker, y.speaker)
    may_be = one_voice or x.speaker_named != y.speaker_named  # one text's soldier has a name in another
    if not may_be and (x.family, y.family) != ("call", "call"):
        return 0.0, ()  # two who speak on a call are on one recording, where their words are the same
    if x.family != y.family and "not-stated" not in (x.medium, y.medium):
        return 0.0, ()
    same_body = x.body is not None and x.body == y.body
    same_person = x.speaker_named and y.speaker_named and x.speaker == y.speaker
    another_body = x.body is not None and y.body is not None and x.body != y.body
    if another_body and x.family not in RECORDINGS.values():
        return 0.0, ()  # a recording can come out through two bodies; two bodies' inquiries are two
    gap = days_apart(one.days, other.days)
    phrase = not one.phrases.isdisjoint(other.phrases)
    if not (same_body or same_person or phrase or _one_call(one, other, gap)) or (another_body and not phrase):
        return 0.0, ()
    points = agreement(one.facts, other.facts) + (0.5 if same_body else 0.0) + (0.5 if same_person else 0.0)
    near = gap is not None and gap <= 3 and x.family not in NO_OCCASION
    if gap is not None and x.family not in NO_OCCASION:
        points += float(near_in_time(np.array(gap)))
    quoted = phrase and _share_run(x.speech, y.speech, LONG_RUN if may_be else SAME_CALL)
    if points + (2.0 if quoted else 0.0) + BEST_WORDING < SAME:
        return 0.0, ()
    if ((another_body or not one_voice) and not quoted) or not (
        same_body or same_person or quoted or _one_call(one, other, gap)
    ):
        return 0.0, ()
    best, pair = _best_wording(one, other)
    points += best
    if quoted:
        points += 2.0
    elif not phrase and _silent(one, other):
        points -= 2.0  # both quote at length and not one phrase is the same
    if points < SAME:
        return points, ()
    why = [f"the same person speaks ({x.speaker})"] if same_person else []
    why += [f"released or collected by the same body ({x.body_name})"] if same_body else []
    why += [f"{common_run(x.speech, y.speech)} words of quoted speech are the same"] if quoted else []
    why += [*(_in_words(*pair) if pair else ()), *_agreed(one.facts, other.facts)]
    why += [f"published within {gap} days"] if near else []
    return points, tuple(why)


def _best_wording(one: Held, other: Held) -> tuple[float, tuple[Claim, Claim] | None]:
    best, pair = 0.0, None
    for c in one.told:
        for d in other.told:
            points = wording(c, d)
            if points > best:
                best, pair = points, (c, d)
                if best >= BEST_WORDING:
                    return best, pair
    return best, pair


def _one_call(one: Held, other: Held, gap: int | None) -> bool:
    """Whether one document names who released a recording and the other does not, and both tell the same of one place.

    Published within three days, of the same kind of event, at the same precise place or of the same unit or count: it
    would be a strange coincidence if these were two.
    """
    x, y = one.local, other.local
    if x.medium != y.medium or x.medium not in RECORDINGS or (x.body is None) == (y.body is None):
        return False
    if gap is None or gap > 3 or one.events.isdisjoint(other.events):
        return False
    a, b = one.facts, other.facts
    same = bool(a.points & b.points or a.units & b.units or one.telling & other.telling)
    return same and not a.contradict(b)


def _share_run(a: tuple[str, ...], b: tuple[str, ...], n: int) -> bool:
    """Whether both hold the same `n` words in a row."""
    return not _runs_known(a, n).isdisjoint(_runs_known(b, n))


def _silent(one: Held, other: Held) -> bool:
    """Whether both, which share no phrase, quote at length and of other things."""
    fewest = min(len(one.local.quoted), len(other.local.quoted))
    if fewest < 8:
        return False
    return len(one.quoted & other.quoted) < 0.34 * min(len(one.quoted), len(other.quoted))


def near_in_time(gap: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    """Points for so many days between the publication of two documents.

    >>> near_in_time(np.array([0, 14, 60, 61])).tolist()
    [1.0, 0.0, -1.0, -2.5]
    """
    return np.select([gap <= 3, gap <= 14, gap <= 60], [1.0, 0.0, -1.0], -2.5)


def days_apart(a: tuple[int, int] | None, b: tuple[int, int] | None) -> int | None:
    """Days between two intervals of days (as ordinals), 0 where they overlap, None where one is unknown.

    >>> days_apart((10, 11), (14, 14)), days_apart(None, (14, 14))
    (3, None)
    """
    if a is None or b is None:
        return None
    return max(0, b[0] - a[1], a[0] - b[1])
