"""Values for people, and addresses of pages."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from leadline import schema
from leadline.publish.redact import coarse
from leadline.publish.words import say

WIDE, NARROW = 8.2, 6.5  # pixels of a letter of 12 pixels in the widest of the page's fonts
GLANCE = (5, 32)  # words that are read at a glance


def page_name(folder: str, record_id: str) -> str:
    """File of a record's page: a digest, so that no name gets into an address.

    >>> page_name("incidents", "i1")
    'incidents/4cd9b7672d7f.html'
    """
    return f"{folder}/{page_key(folder, record_id)}.html"


def page_key(folder: str, record_id: str) -> str:
    """The digest that a record's page is called by; `folder` says what kind of record it is.

    >>> page_key("documents", "ivo-karan.txt")
    '990f4d7134d5'
    """
    del folder  # ids of different kinds may meet: their pages stand in different folders
    return hashlib.sha256(record_id.encode("utf-8", "surrogatepass")).hexdigest()[:12]


def part_name(page: str, part: int) -> str:
    """File of a further part of a page that is too long for one.

    >>> part_name("documents/ab.html", 0), part_name("documents/ab.html", 1)
    ('documents/ab.html', 'documents/ab-2.html')
    """
    return page if part == 0 else f"{page.removesuffix('.html')}-{part + 1}.html"


def anchor(claim_id: str) -> str:
    """Address of a claim within a page."""
    return "c" + hashlib.sha256(claim_id.encode("utf-8", "surrogatepass")).hexdigest()[:10]


def interval(start: str | None, end: str | None) -> str:
    """An interval for people.

    >>> interval("2022-09-01", "2022-09-30"), interval("2022-02-01", None), interval(None, None)
    ('2022-09-01 to 2022-09-30', 'from 2022-02-01 on', 'time unknown')
    """
    if start and end:
        return start if start == end else say("time.between", start=start, end=end)
    if start:
        return say("time.since", start=start)
    return say("time.until", end=end) if end else say("time.unknown")


def bounds(n: schema.Number) -> str:
    """A count for people.

    >>> bounds(schema.Number(low=50000, high=None, unit="soldiers"))
    'at least 50,000 soldiers'
    """
    low, high = (None if x is None else f"{x:,.0f}" if float(x).is_integer() else f"{x:,}" for x in (n.low, n.high))
    if low is None:
        return say("number.most", high=high, unit=n.unit)
    if high is None:
        return say("number.least", low=low, unit=n.unit)
    return f"{low} {n.unit}" if low == high else say("number.between", low=low, high=high, unit=n.unit)


def place(p: schema.Place, *, protect: bool) -> str:
    """A place for people, no finer than it may be drawn.

    >>> place(schema.Place(name="X", lat=48.59, lon=38.0, precision_m=2000.0, gazetteer_id="1"), protect=True)
    'X (within 25 km of 48.50° N, 38.00° E)'
    """
    drawn = coarse(p, protect=protect)
    if drawn.lat is None or drawn.lon is None:
        return say("place.no_position", name=p.name)
    point = say(
        "place.point",
        lat=f"{abs(drawn.lat):.2f}",
        ns="N" if drawn.lat >= 0 else "S",
        lon=f"{abs(drawn.lon):.2f}",
        ew="E" if drawn.lon >= 0 else "W",
    )
    if drawn.precision_m:
        return say("place.within", name=p.name, km=f"{drawn.precision_m / 1000:,.0f}", point=point)
    return say("place.near", name=p.name, point=point)


def place_short(p: schema.Place, *, protect: bool) -> str:
    r"""A place for a table: its name, and how wide it is meant.

    >>> place_short(schema.Place(name="X", lat=48.59, lon=38.0, precision_m=2000.0, gazetteer_id="1"), protect=True)
    'X (±\xa025\xa0km)'
    """
    drawn = coarse(p, protect=protect)
    if drawn.lat is None or drawn.lon is None:
        return say("place.no_position", name=p.name)
    if not drawn.precision_m:
        return p.name
    return say("place.about", name=p.name, km=f"{drawn.precision_m / 1000:,.0f}")


def telling(words: str, realis: str, n_facts: int, confidence: float) -> tuple[bool, bool, int, int, float]:
    """How much words tell of an event to somebody who reads nothing else, as a key: the largest is the most telling.

    A denial tells least, then what is only ordered, possible or habitual; then words that begin with a pronoun or an empty phrase ("It is
    not the conversation that"), or are too few or too many to be read at a glance; then those with fewer facts (number, unit, place ...).

    >>> empty, full = "It is not the conversation that was released", "Forty men of the 5th Brigade refused to board the trucks"
    >>> telling(full, "actual", 1, 0.6) > telling(empty, "actual", 3, 0.9)
    True
    """
    found = words.strip("“”\"'«»()[] ").split()
    first = found[0].lower().strip(",.") if found else ""
    fit = (first not in say("hollow.first").split()) + (GLANCE[0] <= len(found) <= GLANCE[1])
    return realis != "denied", realis == "actual", fit, n_facts, confidence


def unquoted(words: str) -> str:
    """Words that will stand in quotation marks, without marks at their ends that enclose them all or have no partner.

    >>> unquoted("“We refused"), unquoted("“We refused”"), unquoted("he said “no”"), unquoted('"We refused.')
    ('We refused', 'We refused', 'he said “no”', 'We refused.')
    """
    for opening, closing in ("“”", "«»", '""'):
        first, last = words.startswith(opening), words.endswith(closing)
        inner = words[first : len(words) - last]
        if first and last and opening not in inner and closing not in inner:
            return inner
        odd = words.count(opening) % 2 if opening == closing else words.count(opening) - words.count(closing)
        if first and odd > 0:
            return words[1:]
        if last and (odd < 0 or (odd and opening == closing)):
            return words[:-1]
    return words


def shortened(text: str, longest: int) -> str:
    """A text cut at a word, with a mark that it was cut; a word longer than that is cut inside.

    >>> shortened("one two three", 9), shortened("x" * 30, 9)
    ('one two …', 'xxxxxxxxx…')
    """
    if len(text) <= longest:
        return text
    head, space, _ = text[: longest + 1].rpartition(" ")
    return f"{head} …" if space else text[:longest] + "…"


def fitted(text: str, pixels: float) -> str:
    """A text cut to a width in letters of 12 pixels, of which capitals and figures are wider than others.

    >>> fitted("Harbour Post", 170.0), fitted("20220619T140000Z_GB_en_ab53.txt", 120.0)
    ('Harbour Post', '20220619T1400…')
    """
    room = pixels
    for n, letter in enumerate(text):
        room -= WIDE if letter.isupper() or letter.isdigit() or letter in "@_—" else NARROW
        if room < 0:
            return text[: max(1, n - 1)].rstrip() + "…"
    return text


def all_denied(realis: Iterable[str]) -> bool:
    """Whether there are claims and each is a denial.

    >>> all_denied(["denied"]), all_denied(["denied", "actual"]), all_denied([])
    (True, False, False)
    """
    return set(realis) == {"denied"}
