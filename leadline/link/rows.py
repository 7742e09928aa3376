"""Claims as the flat rows that are compared: one row for all claims that say the same of the same origin.

Claims of one origin in the same words (a text and its copies) are one row. A copy therefore brings no evidence of its
own, cannot move what else is linked, and a text that stands a million times costs one comparison.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec
import pyarrow as pa

from leadline.link.parameters import Parameters
from leadline.schema import Claim, Place, Published

EPOCH = dt.date(1970, 1, 1)
COARSE_M = 15_000.0
"""A place meant less precisely than this is a region rather than a place."""
STOP = frozenset(
    [
        "the",
        "and",
        "that",
        "for",
        "with",
        "from",
        "are",
        "was",
        "were",
        "have",
        "has",
        "had",
        "not",
        "but",
        "they",
        "their",
        "them",
        "his",
        "her",
        "its",
        "who",
        "which",
        "when",
        "where",
        "will",
        "would",
        "could",
        "should",
        "been",
        "being",
        "into",
        "than",
        "then",
        "there",
        "these",
        "those",
        "this",
        "our",
        "your",
        "you",
        "she",
        "him",
        "out",
        "over",
        "under",
        "about",
        "after",
        "before",
        "all",
        "any",
        "some",
        "more",
        "most",
        "other",
        "such",
        "only",
        "own",
        "same",
        "too",
        "very",
        "can",
        "just",
        "also",
        "said",
        "says",
        "told",
        "according",
    ]
)


class Row(msgspec.Struct, frozen=True):
    """One row: the smallest claim id stands for all claims in `claims`."""

    unique_id: str
    claims: tuple[str, ...]
    event: str
    sort: str
    """what may meet at all: kind of event, and single, series, generic or historical"""
    origin: str | None
    document: str
    attributed: bool
    """whether the document names somebody who says it; its own words may sum up what somebody says after them"""
    at: int
    """where in the document it stands"""
    start_day: int | None
    end_day: int | None
    reported_start: int | None
    reported_end: int | None
    place: str | None
    region: str | None
    lat: float | None
    lon: float | None
    precision_m: float | None
    unit: str | None
    counted: str | None
    low: float | None
    high: float | None
    actor: str | None
    realis: str
    stems: tuple[str, ...]
    keys: tuple[str, ...]
    """pairs of rare stems, for blocking"""


def make_rows(
    claims: Sequence[Claim],
    origin_of: Mapping[str, str],
    published: Mapping[str, Published | None],
    parameters: Parameters,
) -> list[Row]:
    """The rows of all claims, sorted by id."""
    family = {e: name for name, events in parameters.families.items() for e in events}
    counted = {w: name for name, words in parameters.counted.items() for w in words}
    groups: dict[tuple[str, ...], list[Claim]] = {}
    for c in with_context(claims, origin_of, parameters):
        # a claim without an origin (unnamed lineage) is its own
        key = (origin_of.get(c.claim_id, c.claim_id), c.event, c.realis, str(c.historical), " ".join(words(c.quote)))
        groups.setdefault(key, []).append(c)
    frequency = Counter(s for key in groups for s in set(stems(key[-1])))
    meeting = _sorts(claims, origin_of, family, parameters)
    rows = []
    for group in groups.values():
        group.sort(key=lambda c: c.claim_id)
        sort = min(meeting[c.claim_id] for c in group)
        rows.append(_row(group, origin_of, published, sort, counted, frequency))
    return sorted(rows, key=lambda r: r.unique_id)


def _sorts(
    claims: Sequence[Claim], origin_of: Mapping[str, str], family: Mapping[str, str], parameters: Parameters
) -> dict[str, str]:
    """What each claim may meet: its kind of event with its sort.

    A habit told beside one event of its kind, by the same origin in the same document, tells of that event's
    circumstances ("they take our phones") and meets it, unless it counts something or spans more than one event could.
    """
    groups: dict[tuple[str, ...], list[Claim]] = {}
    for c in claims:
        kind = family.get(c.event, c.event)
        groups.setdefault((kind, c.document, origin_of.get(c.claim_id, c.claim_id)), []).append(c)
    found = {}
    for (kind, *_), group in groups.items():
        own = {c.claim_id: sort_of(c, parameters) for c in group}
        beside = "single" in own.values()
        for c in group:
            vague = own[c.claim_id] in ("generic", "series") and c.number is None and c.time is None
            found[c.claim_id] = f"{kind}/{'single' if beside and vague else own[c.claim_id]}"
    return found


def with_context(claims: Sequence[Claim], origin_of: Mapping[str, str], parameters: Parameters) -> list[Claim]:
    """Claims that name no place, time or unit take it from their neighbours, where these agree on one.

    Neighbours are the claims of the same document, origin, kind of event and sort: a text says once where it was and goes
    on telling. Only the rows that are compared are filled in, never the claims themselves.
    """
    groups: dict[tuple[str, ...], list[Claim]] = {}
    for c in claims:
        key = (c.document, origin_of.get(c.claim_id, c.claim_id), c.event, sort_of(c, parameters))
        groups.setdefault(key, []).append(c)
    filled = []
    introduced = _introduced(claims, parameters)
    for group in groups.values():
        places = {tuple(sorted(p.gazetteer_id or p.name for p in c.places)): c.places for c in group if c.places}
        times = {(c.time.start, c.time.end): c.time for c in group if c.time}
        units = {c.unit for c in group if c.unit}
        for c in group:
            new: dict[str, Any] = {}
            if not c.places and len(places) == 1:
                new["places"] = next(iter(places.values()))
            elif not c.places and not places and (there := _meant(c, introduced)):
                new["places"] = there
            if c.time is None and len(times) == 1:
                new["time"] = next(iter(times.values()))
            if c.unit is None and len(units) == 1:
                new["unit"] = next(iter(units))
            filled.append(msgspec.structs.replace(c, **new) if new else c)
    return sorted(filled, key=lambda c: c.claim_id)


def _introduced(claims: Sequence[Claim], parameters: Parameters) -> dict[tuple[str, str], list[Claim]]:
    """Claims with a place, by document and kind of event; only of documents that name one place for that kind."""
    found: dict[tuple[str, str], list[Claim]] = {}
    for c in claims:
        if c.places and sort_of(c, parameters) != "historical":
            found.setdefault((c.document, c.event), []).append(c)
    one = {k: {tuple(sorted(p.gazetteer_id or p.name for p in c.places)) for c in group} for k, group in found.items()}
    return {k: group for k, group in found.items() if len(one[k]) == 1}


def _meant(c: Claim, introduced: Mapping[tuple[str, str], Sequence[Claim]]) -> tuple[Place, ...]:
    """The place of what a claim mentions as known ("the cellar") and another claim of the document has introduced."""
    if c.historical:
        return ()
    known = {_cut(n) for n in re.findall(r"(?<!\w)(?:the|this|that) (\w{4,})", c.quote.casefold())}
    donors = [d for d in introduced.get((c.document, c.event), ()) if known & set(stems(d.quote))]
    return donors[0].places if donors else ()


def sort_of(c: Claim, parameters: Parameters) -> str:
    """Whether a claim is of one event (`single`) or generic, a series, or about an earlier time.

    >>> from leadline.link.parameters import load_parameters
    >>> c = Claim(claim_id="1", document="d", start=0, end=1, quote="They repeatedly fired.", event="execution",
    ...           realis="actual", medium="video", verification="not-stated")
    >>> sort_of(c, load_parameters())
    'series'
    """
    if c.historical:
        return "historical"
    if c.realis == "generic":
        return "generic"
    text = " ".join(words(c.quote))
    if c.number is not None and (c.number.low or 0) > 1 and set(words(c.number.unit)) & set(parameters.series.counted):
        return "series"
    if any(re.search(rf"(?<!\w){re.escape(w)}(?!\w)", text) for w in parameters.series.words):
        return "series"
    if c.number is not None and " per " in f" {c.number.unit} ":
        return "series"
    if c.time is not None and c.time.start and c.time.end:
        days = (dt.date.fromisoformat(c.time.end[:10]) - dt.date.fromisoformat(c.time.start[:10])).days
        if days > parameters.series.longest_days:
            return "series"
    return "single"


def words(text: str) -> list[str]:
    """Folded words of a text."""
    text = unicodedata.normalize("NFKD", text.replace("’", "'")).casefold()
    text = "".join(c for c in text if not unicodedata.combining(c))
    return re.findall(r"\w+(?:'\w+)*", text)


def stems(text: str) -> list[str]:
    """Words that carry meaning, cut to what forms of a word share; each once, in order.

    >>> stems("the commanders shot two of the refusing soldiers")
    ['comman', 'shot', 'refus', 'soldie']
    """
    found = dict.fromkeys(_cut(w) for w in words(text) if len(w) > 3 and w not in STOP)
    return list(found)


def to_table(rows: Iterable[Row]) -> pa.Table:
    """The rows as Arrow, for Splink."""
    columns: dict[str, pa.DataType] = {
        **dict.fromkeys(
            (
                "unique_id",
                "event",
                "sort",
                "origin",
                "document",
                "place",
                "region",
                "unit",
                "counted",
                "actor",
                "realis",
            ),
            pa.string(),
        ),
        **dict.fromkeys(("at", "start_day", "end_day", "reported_start", "reported_end"), pa.int64()),
        **dict.fromkeys(("lat", "lon", "precision_m", "low", "high"), pa.float64()),
        "attributed": pa.bool_(),
        "stems": pa.list_(pa.string()),
        "keys": pa.list_(pa.string()),
    }
    listed = list(rows)
    return pa.table({name: pa.array([getattr(r, name) for r in listed], t) for name, t in columns.items()})


def day(iso: str | None) -> int | None:
    """Days since 1970 of an ISO day, None where open."""
    return (dt.date.fromisoformat(iso[:10]) - EPOCH).days if iso else None


def _cut(word: str) -> str:
    word = re.sub(r"'s$|'$", "", word)
    for ending in ("ings", "ing", "ed", "es", "s"):
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            word = word[: -len(ending)]
            break
    return word[:6]


def _row(
    group: Sequence[Claim],
    origin_of: Mapping[str, str],
    published: Mapping[str, Published | None],
    sort: str,
    counted: Mapping[str, str],
    frequency: Counter[str],
) -> Row:
    c = group[0]
    place = min(
        (p for x in group for p in x.places),
        key=lambda p: (p.precision_m is None, p.precision_m or 0.0, p.name),
        default=None,
    )
    coarse = place is not None and (place.precision_m or 0.0) > COARSE_M
    name = None if place is None else (place.gazetteer_id or " ".join(words(place.name)))
    time = next((x.time for x in group if x.time is not None), None)
    number = next((x.number for x in group if x.number is not None), None)
    dates = [p for x in group if (p := published.get(x.document)) is not None]
    first = min(dates, key=lambda p: (p.end, p.start), default=None)
    own = stems(c.quote)
    rare = sorted(own, key=lambda s: (frequency[s], s))[:4]
    return Row(
        unique_id=c.claim_id,
        claims=tuple(x.claim_id for x in group),
        event=c.event,
        sort=sort,
        origin=origin_of.get(c.claim_id),
        document=c.document,
        attributed=bool(c.chain),
        at=c.start,
        start_day=day(time.start or time.end) if time else None,
        end_day=day(time.end or time.start) if time else None,
        reported_start=day(first.start) if first else None,
        reported_end=day(first.end) if first else None,
        place=None if coarse else name,
        region=name if coarse else None,
        lat=place.lat if place else None,
        lon=place.lon if place else None,
        precision_m=place.precision_m if place else None,
        unit=_unit(next((x.unit for x in group if x.unit), None)),
        counted=_counted(number.unit, counted) if number else None,
        low=number.low if number else None,
        high=number.high if number else None,
        actor=next((x.actor for x in group if x.actor), None),
        realis=c.realis,
        stems=tuple(own),
        keys=tuple(sorted(f"{a} {b}" for i, a in enumerate(sorted(rare)) for b in sorted(rare)[i + 1 :])),
    )


def _unit(unit: str | None) -> str | None:
    """A unit by its figures where it has some (`1,439th regiment`, `1439 Regiment`), else by its words."""
    if unit is None:
        return None
    figures = re.sub(r"(?<=\d),(?=\d{3})", "", unit)
    return " ".join(re.sub(r"(?<=\d)(?:st|nd|rd|th)$", "", w) for w in words(figures))


def _counted(unit: str, counted: Mapping[str, str]) -> str:
    listed = words(unit)
    known = next((counted[w] for w in listed if w in counted), None)
    return known or (" ".join(listed) or "things")
