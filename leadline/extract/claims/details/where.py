"""The places of a claim: named in its clause, meant by `the town` or `the cellar`, or where the recording was made."""

from __future__ import annotations

from spacy.tokens import Doc, Token

from leadline.extract.claims.details.fields import Readings, Spans, token_at
from leadline.extract.claims.details.presence import was_there
from leadline.extract.claims.lexicon import rule_words
from leadline.extract.claims.statements.lineage import Lineage
from leadline.extract.places import PlaceReading
from leadline.schema import FieldSpan, Place

AREAS = rule_words("where.areas")
SITES = rule_words("where.sites")
POINTING = frozenset({"the", "this", "that"})
BEHIND = 5
"""Words behind a site's noun in which its place stands (`in a cellar in Corrin`)."""
AGO = 600
"""Characters over which `the town` means the place that was named."""
MOST_SITES = 100
"""Sites of one kind, those named last, of which `the cellar` may be one."""
MOST = 4
"""Places that one claim may have."""


def pick_places(
    event: str, head: Token, span: tuple[int, int], lineage: Lineage, r: Readings
) -> tuple[tuple[Place, ...], Spans]:
    """Where the event was: the places of its clause, what `the town` stands for, or where the recording was made."""
    located = [p for p in r.places.within(*span) if p.role == "location" and _is_where(p, r.doc)]
    fine = [p for p in located if p.kind != "country"] or located
    chosen = [p for k, p in enumerate(fine) if all(p.name != q.name for q in fine[:k])]
    if not chosen:
        chosen = _meant([t for t in head.sent if span[0] <= t.idx < span[1]], r)
    if all(p.kind == "country" for p in chosen) and lineage.recording is not None and event != "territory":
        place = r.of_recording.get(id(lineage.recording), (None, None))[1]
        chosen = [place] if place is not None else chosen
    if not chosen and (there := was_there(head, lineage, r)) is not None:
        near = r.places.within(there.start_char, there.end_char)
        chosen = [p for p in near if p.role == "location" and p.kind != "country"]
    chosen = chosen[:MOST]
    places = tuple(
        Place(name=p.name, lat=p.lat, lon=p.lon, precision_m=p.precision_m, gazetteer_id=p.gazetteer_id) for p in chosen
    )
    return places, [FieldSpan(field="places", start=p.start, end=p.end) for p in chosen]


def _meant(clause: list[Token], r: Readings) -> list[PlaceReading]:
    """What `the town`, `there` or `the cellar` of a clause without a name of a place stands for."""
    pointed = [t for t in clause if any(c.lower_ in POINTING for c in t.children)]
    there = (t for t in clause if t.lower_ in AREAS and (t in pointed or (t.lower_ == "there" and t.dep_ == "advmod")))
    if (area := next(there, None)) is not None:
        before = r.places.within(area.idx - AGO + 1, area.idx)
        return [p for p in before if p.role == "location" and p.kind != "country"][-1:]
    site = next((t for t in pointed if t.lemma_.lower() in SITES), None)
    return _where_it_was(site, r) if site is not None else []


def _where_it_was(site: Token, r: Readings) -> list[PlaceReading]:
    """Where `the cellar` is: in the place that an earlier sentence puts a cellar in, if there is but one."""
    found: dict[str, PlaceReading] = {}
    before = sorted({i for i in r.brought_in.get(site.lemma_, ()) if i < site.i})[-MOST_SITES:]
    for t in (r.doc[i] for i in before):
        inside = {x.i for x in t.subtree}
        last = r.doc[min(max(*inside, t.i + BEHIND), len(r.doc) - 1)]
        for p in r.places.within(r.doc[min(inside)].idx, last.idx + len(last)):
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
