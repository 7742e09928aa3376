"""Is this run of words a place name here? A log-linear model over what stands in and around it.

The weights in `data/places-weights.json` are learned by `scripts/fit_places.py` from gold place names; the features are
about the language, none about a particular name.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from leadline.extract.places.lexicon import lexicon, usage
from leadline.extract.places.mentions import Mention
from leadline.extract.places.roles import LOCATIVE, PLACE_LABELS, entity_around, is_demonym

WEIGHTS = Path(__file__).parent.parent / "data" / "places-weights.json"
_OWN = {"main", "demonym"}
_NO_USAGE = 3.0  # pseudo-counts of a word of which nothing is known: as good as always a place


@cache
def weights() -> dict[str, dict[str, float]]:
    """The fitted weights: `mention` (with the model's entities), `mention_plain` (without), `resolve`."""
    found: dict[str, dict[str, float]] = json.loads(WEIGHTS.read_text(encoding="utf-8"))
    return found


def describe(doc: Any, mentions: Sequence[Mention]) -> None:
    """Fill each mention's features, those of the whole document included."""
    has_entities = doc.has_annotation("ENT_IOB")
    persons = {t.lower_ for e in doc.ents if e.label_ == "PERSON" and len(e) > 1 for t in e}
    flags = doc.to_array(["ORTH", "IS_LOWER"])
    lowered = set(flags[flags[:, 1] > 0, 0].tolist())
    for k, m in enumerate(mentions):
        m.features = _features(doc, m, mentions, k, has_entities, persons, lowered)
    _coherence(mentions)
    # one name, one sense: what speaks for a place elsewhere in the text speaks for it here
    for key in ("entity_place", "locative", "unit", "listed"):
        strong: dict[str, int] = {}
        for m in mentions:
            strong[m.folded] = strong.get(m.folded, 0) + (key in m.features)
        for m in mentions:
            if strong[m.folded] - (key in m.features) > 0:
                m.features["elsewhere_" + key] = 1.0


def probability(mention: Mention, *, entities: bool = True) -> float:
    """Probability that the mention is a place name (of any role but person and organisation)."""
    w = weights()["mention" if entities else "mention_plain"]
    z = sum(w.get(name, 0.0) * value for name, value in mention.features.items())
    return 1 / (1 + math.exp(-z))


SMALL_WORDS = frozenset({"ADP", "DET", "CCONJ", "SCONJ", "PRON", "ADV"})


def opens_sentence(doc: Any, token: Any) -> bool:
    """Whether a word has its capital from standing first (`In Kharkiv`), not from being part of a name."""
    return bool(token.is_sent_start) or token.i == 0 or bool(doc[token.i - 1].is_space or doc[token.i - 1].is_quote)


def _features(
    doc: Any, m: Mention, mentions: Sequence[Mention], k: int, has_entities: bool, persons: set[str], lowered: set[int]
) -> dict[str, float]:
    words = lexicon()
    f: dict[str, float] = {"bias": 1.0}
    first, last = doc[m.first], doc[m.last]
    before = doc[m.first - 1] if m.first else None
    after = doc[m.last + 1] if m.last + 1 < len(doc) else None
    single = m.first == m.last
    if has_entities:
        label, beyond = entity_around(doc, m)
        if label in PLACE_LABELS:
            f["entity_place"] = 1.0
            if beyond:
                f["entity_place_beyond"] = 1.0
        elif label in {"PERSON", "ORG"}:
            f[f"entity_{label.lower()}{'_beyond' if beyond else ''}"] = 1.0
        elif label:
            f["entity_other"] = 1.0
        if single and m.first and not beyond and label != "PERSON" and first.lower_ in persons:
            f["person_elsewhere"] = 1.0
    # the words beside it
    if m.start > first.idx:  # glued to the word before: "inKharkiv"
        if doc.text[first.idx : m.start] in LOCATIVE:
            f["locative"] = 1.0
    elif before is not None:
        if before.lower_ in LOCATIVE and (not before.is_title or opens_sentence(doc, before)):
            f["locative"] = 1.0
            if before.lower_ == "in":
                f["in"] = 1.0
            if before.lower_ == "of":
                f["of"] = 1.0
            if before.lower_ == "of" and m.first > 1 and doc[m.first - 2].lower_ in words.settlements:
                f["settlement_of"] = 1.0
        elif before.lower_ == "the":
            f["the"] = 1.0
        elif before.lower_ in words.settlements:
            f["settlement_before"] = 1.0
        elif before.lower_.rstrip(".") in words.persons.titles and before.text[0].isupper():
            f["title"] = 1.0
        elif before.text[0].isupper() and before.is_alpha and not before.is_sent_end and before.whitespace_:
            if not (opens_sentence(doc, before) and before.pos_ in SMALL_WORDS):
                f["capital_before"] = 1.0
        elif before.is_digit:
            f["digit_before"] = 1.0
        elif before.text[0].islower() and before.pos_ in {"VERB", "AUX"}:
            f["verb_before"] = 1.0
    if after is not None and last.whitespace_:
        if after.lower_.rstrip(".") in words.organisations.after and after.text[0].isupper():
            f["organisation_after"] = 1.0
        elif after.text[0].isupper() and after.is_alpha and after.idx - m.end == 1:
            f["capital_after"] = 1.0
        elif after.pos_ in {"NOUN"}:
            f["noun_after"] = 1.0
        elif after.pos_ in {"VERB", "AUX"}:
            f["verb_after"] = 1.0
    elif after is not None and after.text in {"'s", "’s"}:
        f["possessive"] = 1.0
    # lists and containment: "X, Y"
    if k and mentions[k - 1].last == m.first - 2 and doc[m.first - 1].text == ",":
        f["listed"] = 1.0
        if _holds(m, mentions[k - 1]):
            f["holds"] = 1.0
    if k + 1 < len(mentions) and mentions[k + 1].first == m.last + 2 and after is not None and after.text == ",":
        f["listed"] = 1.0
        if _holds(mentions[k + 1], m):
            f["held"] = 1.0
    if after is not None and after.text in {"-", "–", "—", "--", ":", "("} and _begins_paragraph(doc, m):
        f["dateline"] = 1.0
    # the name itself
    if m.unit:
        f["unit"] = 1.0
    if m.around_m:
        f["around"] = 1.0
    if not single:
        f["words"] = 1.0
    if last.pos_ == "PROPN" or first.pos_ == "PROPN":
        f["proper"] = 1.0
    if m.name.isupper() and len(m.name) > 4:
        f["shouted"] = 1.0
    sentence_start = bool(first.is_sent_start) or (before is not None and (before.is_space or before.is_punct))
    if sentence_start:
        f["sentence_start"] = 1.0
    if is_demonym(m):
        f["demonym"] = 1.0
    kinds = {p.kind for p in m.places if p.quality in {"main", "spelling", "alternative"}}
    for kind in ("country", "admin1", "water", "continent", "facility", "district"):
        if kind in kinds:
            f["kind_" + kind] = 1.0
    if kinds & {"area", "front", "coast"}:
        f["kind_area"] = 1.0
    if not single and kinds & {"area", "front", "coast", "water"}:
        f["area_words"] = 1.0
    if not kinds & {
        "settlement",
        "country",
        "admin1",
        "area",
        "water",
        "continent",
        "facility",
        "district",
        "front",
        "coast",
    }:
        f["only_admin2"] = 1.0
    qualities = {p.quality for p in m.places}
    if not qualities & {"main", "spelling"} and "demonym" not in qualities:
        f["no_main_name"] = 1.0
    people = max((p.population for p in m.places if p.quality != "shortened" or p.kind == "admin1"), default=0)
    if people or kinds <= {"settlement", "admin2", "admin3"}:
        f["people"] = math.log10(max(people, 100)) - 4
    f["many"] = math.log10(len({p.country for p in m.places}))
    if any(p.own for p in m.places):
        f["own"] = 1.0
    letters = sum(c.isalpha() for c in m.folded)
    if letters <= 3:
        f["short"] = 1.0
    if single:
        counts = usage().get(m.folded)
        if counts:
            total = counts.lower + counts.capital + _NO_USAGE
            f["usually_lower"] = counts.lower / total
            f["usually_person"] = counts.person / (counts.capital + _NO_USAGE)
            if counts.lower:  # names of few readers are mislabelled by the model; a word in lower case is no name
                f["usually_other"] = (counts.capital - counts.person - counts.place) / (counts.capital + _NO_USAGE)
            if sentence_start:
                f["start_usually_lower"] = counts.lower / total
        elif people < 100_000:
            f["rare"] = 1.0
        if doc.vocab.strings[m.name.lower()] in lowered:
            f["lower_here"] = 1.0
    return f


def _coherence(mentions: Sequence[Mention]) -> None:
    """What the other names of the document say: they name a unit that holds the place, or lie in one unit with it."""
    names: dict[str, Mention] = {}
    for m in mentions:
        names.setdefault(m.folded, m)
    named: dict[str, set[str]] = {}
    beside: dict[str, dict[str, float]] = {}
    for folded, m in names.items():
        share = 1 / len(m.places)
        for p in m.places:
            if p.kind in {"admin1", "admin2", "admin3", "country"}:
                named.setdefault(p.id, set()).add(folded)
            for unit in p.within[:-2]:
                at = beside.setdefault(unit, {})
                at[folded] = at.get(folded, 0.0) + share
    countries = {p.country for m in names.values() for p in m.places if p.kind == "country" and p.quality in _OWN}
    for folded, m in names.items():
        above = below = 0.0
        home = sum(p.country in countries for p in m.places if p.kind != "country") / len(m.places)
        for p in m.places:
            if any(named.get(u, set()) - {folded} for u in p.within[:-1]):
                above = 1.0
            for u in p.within[:-2]:
                below = max(below, sum(share for other, share in beside[u].items() if other != folded))
        for other in mentions:
            if other.folded == folded:
                if above:
                    other.features["named_above"] = above
                if home:
                    other.features["country_named"] = home
                if home == 1.0:
                    other.features["only_there"] = 1.0
                if below:
                    other.features["beside"] = math.log1p(below)


def _begins_paragraph(doc: Any, m: Mention) -> bool:
    i = m.first - 1
    n = 0
    while i >= 0 and n < 5:
        if doc[i].is_space and "\n" in doc[i].text:
            return True
        if doc[i].is_sent_end and doc[i].text in {".", "!", "?"}:
            return True
        i -= 1
        n += 1
    return i < 0


def _holds(outer: Mention, inner: Mention) -> bool:
    ids = {p.id for p in outer.places}
    return any(ids & set(p.within) for p in inner.places)
