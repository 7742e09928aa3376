"""Places that no gazetteer knows: a name behind a word of place, or behind what it is called (`the village of …`, `the … barracks`).

They have a name and no point. A claim in a hamlet is better told with its name than with that of the next town in the text.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from spacy.tokens import Doc, Token

from leadline.extract.claims.details.fields import FieldReadings
from leadline.extract.claims.not_names import load_not_names
from leadline.extract.claims.sources.naming import Naming
from leadline.extract.places import PlaceReading
from leadline.extract.places.lexicon import lexicon

LONGEST = 4
"""Words of one name."""
CONFIDENCE = 0.5
"""That it is a place's name and this place is meant, of which nothing but its name is known."""
PEOPLES = frozenset({"NORP", "LANGUAGE"})
ACTING = frozenset({"nsubj", "nsubjpass", "poss", "agent"})


class Named(NamedTuple):
    """A run of words with capitals: its first and last token, the noun behind it that says what is there."""

    first: int
    last: int
    site: int | None
    text: str
    like_a_person: bool


def with_unlisted(fields: FieldReadings, doc: Doc, naming: Naming) -> list[PlaceReading]:
    """The places that a gazetteer knows and those that it does not.

    A name that goes on behind a known one (`Port` of `Port Vell`) is another place. What the recogniser takes for a person is one
    only where it also acts or has something.
    """
    known = {i: p for p in fields.places for i in _tokens(doc, p.start, p.end)}
    names = [n for n in _names(doc, _taken(fields, doc), naming) if not _is_known(n, doc, known)]
    acting = {w for n in names if n.like_a_person and doc[n.last].dep_ in ACTING for w in n.text.split()}
    names = [
        n for n in names if not (n.like_a_person and acting.intersection(n.text.split())) and not _describes(n, doc)
    ]
    shown = {n.text for n in names if _is_shown(n, doc) or (not n.like_a_person and _is_taken(doc[n.last]))}
    found = [n for n in names if n.text in shown and (_is_shown(n, doc) or doc[n.last].dep_ not in ACTING)]
    covered = {i for n in found for i in range(n.first, n.last + 1)}
    places = [p for p in fields.places if covered.isdisjoint(_tokens(doc, p.start, p.end))]
    return [*places, *(_reading(doc, n.first, n.last if n.site is None else n.site) for n in found)]


def _is_known(n: Named, doc: Doc, known: dict[int, PlaceReading]) -> bool:
    """Whether the gazetteer has a name to its end, or it begins with that of a body (`the Vell Gazette`) that has no site of its own."""
    over = [known[i] for i in range(n.first, n.last + 1) if i in known]
    return any(
        p.role == "person" or (p.role == "organisation" and n.site is None)
        or (p.role != "organisation" and p.end > doc[n.last].idx)
        for p in over
    )  # fmt: skip


def _describes(n: Named, doc: Doc) -> bool:
    """`In the Orlov case`, `in Vell's army`: the name only says which."""
    last = doc[n.last]
    return n.site is None and last.dep_ in {"compound", "nmod", "amod", "poss"} and last.head.i > n.last


def _reading(doc: Doc, first: int, last: int) -> PlaceReading:
    start, end = doc[first].idx, doc[last].idx + len(doc[last])
    return PlaceReading(
        start=start, end=end, name=" ".join(doc.text[start:end].split()), gazetteer_id=None, lat=None, lon=None, precision_m=None,
        kind=None, country=None, admin1=None, confidence=CONFIDENCE, role="location",
    )  # fmt: skip


def _tokens(doc: Doc, start: int, end: int) -> range:
    span = doc.char_span(start, end, alignment_mode="expand")
    return range(span.start, span.end) if span is not None else range(0)


def _taken(fields: FieldReadings, doc: Doc) -> set[int]:
    """The words of times and units, which are no names of places."""
    spans = [*((t.start, t.end) for t in fields.times), *((u.start, u.end) for u in fields.units)]
    return {i for start, end in spans for i in _tokens(doc, start, end)}


def _names(doc: Doc, taken: set[int], naming: Naming) -> Iterator[Named]:
    """Runs of words with capitals that name no outlet or body."""
    words = lexicon()
    bodies = load_not_names().bodies | words.organisations.after | words.persons.titles | words.unlisted.others
    written_small = {t.text for t in doc if t.is_lower}
    i = 0
    while i < len(doc):
        if not _has_capital(doc[i]):
            i += 1
            continue
        last = i
        while last + 1 < len(doc) and _has_capital(doc[last + 1]) and doc[last].whitespace_:
            last += 1
        run = doc[i : last + 1]
        inside = set(range(i, last + 1))
        is_name = (
            len(run) <= LONGEST
            and doc[last].tag_ in {"NNP", "NNPS"}
            and not run.text.isupper()
            and not (last + 1 < len(doc) and doc[last + 1].like_num)  # `in Article 337`
            and inside.isdisjoint(taken)
            and not any(t.ent_type_ in PEOPLES for t in run)
            and not any(t.i in naming.outlets.by_token or t.lower_ in written_small for t in run)
            and not any(t.lower_.rstrip(".") in bodies for t in run)
            and not naming.named.within(i, last + 1)
        )
        if is_name:
            yield Named(i, last, _site(doc, last), run.text, any(naming.people.is_named(t) for t in run))
        i = last + 1


def _has_capital(t: Token) -> bool:
    return t.text[0].isupper() and t.tag_ in {"NNP", "NNPS", "NN", "JJ", "NNS"} and any(c.isalpha() for c in t.text)


def _site(doc: Doc, last: int) -> int | None:
    """The noun behind a name that says what is there (`the … barracks`, `the … salt works`)."""
    words = lexicon()
    for k in (last + 1, last + 2):
        if k >= len(doc) or not doc[k - 1].whitespace_ or not doc[k].is_lower or doc[k].tag_ not in {"NN", "NNS"}:
            return None
        if doc[k].lower_ in words.unlisted.sites or doc[k].lower_ in words.around or doc[k].lower_ in words.units:
            is_another = k + 1 < len(doc) and doc[k + 1].lower_ == "of"  # `the Baltic port of …`
            return None if is_another else k
    return None


def _is_shown(n: Named, doc: Doc) -> bool:
    """Whether the words before a name say that it is one of a place."""
    words = lexicon()
    k = n.first - 1
    while k >= 0 and (doc[k].lower_ == "the" or doc[k].is_quote or (doc[k].tag_ in {"JJ", "VBN"} and doc[k].is_lower)):
        k -= 1
    if k < 1:
        return False
    before = doc[k].lower_
    if before == "of":
        noun = doc[k - 1].lower_
        return noun in words.settlements or noun in words.unlisted.sites or noun in words.compass
    if before in words.settlements and k == n.first - 1:
        return True  # `the village Vell`
    return before in words.unlisted.before or (n.site is not None and before in words.unlisted.before_sites)


def _is_taken(name: Token) -> bool:
    """`Left Vell`, `took Vell`: whether a name is of what troops take, hold or leave."""
    return name.dep_ == "dobj" and name.head.lemma_.lower() in lexicon().unlisted.taken
