"""Heaps of reports with known lineage: an invented war, generated at the level of documents and claims.

A heap holds incidents, several of each kind so that some look alike; each incident has one to three origins (a call
released by a service, a soldier's video passed on by relays, an inquiry by a monitor, a person's word to an outlet);
each origin is reported independently by some outlets and then travels in disguise. What is true is kept beside it: the
origin and incident of every claim, and for every document what it was made from and how.
"""

from __future__ import annotations

import datetime as dt
import random
import re
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from leadline.register import Register, Source
from leadline.schema import Claim, Document, Hop, Number, Place, Published, TimeInterval

WORLD = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
DISGUISES = ("verbatim", "partial", "excerpt", "wire", "spun", "translated", "damaged", "aggregated", "circular")
TRANSLATED = 3


@dataclass
class Incident:
    key: str
    event: str
    slots: dict[str, str]
    n: int
    date: dt.date
    place: Place


@dataclass
class Origin:
    key: str
    kind: str
    incident: Incident
    body: str | None
    speaker: str | None
    quotes: list[str]
    details: list[tuple[int, dict[str, str]]]
    n: int
    released: dt.date


@dataclass
class Sentence:
    """One sentence; `tell` gives it in telling 0 to 3; claim fields are None where it is no claim."""

    tell: tuple[str, ...]
    shown: int
    claim: dict | None = None
    origin: str | None = None
    incident: str | None = None

    @property
    def text(self) -> str:
        return self.tell[self.shown]


@dataclass
class Report:
    key: str
    publisher: str
    published: dt.date | None
    sentences: list[Sentence]
    disguise: str
    made_from: str | None = None
    credit: str | None = None
    kind: str | None = None
    direction_known: bool = False


@dataclass
class World:
    """A heap and the truth about it."""

    documents: list[Document] = field(default_factory=list)
    claims: list[Claim] = field(default_factory=list)
    origin_of: dict[str, str] = field(default_factory=dict)
    incident_of: dict[str, str] = field(default_factory=dict)
    disguise_of: dict[str, str] = field(default_factory=dict)
    relations: dict[tuple[str, str], tuple[str, bool]] = field(default_factory=dict)
    """(taker, giver) to kind and whether anything shows the direction"""
    family: dict[str, str] = field(default_factory=dict)
    """document to the root it descends from: documents of two roots have no relation"""


def register() -> Register:
    """The register of the invented war."""
    s: list[Source] = []
    s += [Source(id=_slug(n), name=n, kind="outlet") for n in WORLD["outlets"]]
    s += [Source(id=_slug(n), name=n, kind="state-body") for n in WORLD["services"]]
    s += [Source(id=_slug(n), name=n, kind="monitor") for n in WORLD["monitors"]]
    s += [Source(id=_slug(n), name=n, kind="channel", relays=True) for n in WORLD["relays"]]
    return Register(s)


def register_toml() -> str:
    """The register as a file for a case."""
    entries = [
        f'[[sources]]\nid = "{s.id}"\nname = "{s.name}"\nkind = "{s.kind}"\nrelays = {str(s.relays).lower()}'
        for s in register().sources.values()
    ]
    return "\n".join(['title = "lineage benchmark"', *entries])


def make_heap(seed: int, size: int = 120) -> World:
    """A heap of about `size` documents."""
    rng = random.Random(seed)
    heap: list[Report] = []
    incidents: list[Incident] = []
    origins: list[Origin] = []
    while len(heap) < size:
        incident = _incident(rng, len(incidents), incidents)
        incidents.append(incident)
        here: set[tuple[str, str | None, str | None]] = set()
        for _ in range(rng.choice((1, 1, 2, 2, 3))):
            origin = _origin(rng, len(origins), incident)
            # one body makes one inquiry into one incident; it may release calls of two speakers, and two soldiers may film
            identity = (origin.kind, origin.body, origin.speaker)
            if origin.kind != "video" and identity in here:
                continue
            here.add(identity)
            origins.append(origin)
            firsts = [_first_report(rng, len(heap) + i, origin) for i in range(rng.choice((1, 1, 2, 3)))]
            if len({f.publisher for f in firsts}) < len(firsts):
                firsts = firsts[:1]
            heap += firsts
            for _ in range(rng.choice((0, 1, 2, 3, 4))):
                disguise = rng.choice(DISGUISES[:7])
                heap.append(_derive(rng, len(heap), rng.choice(firsts), disguise))
        if rng.random() < 0.5:
            heap.append(_aggregate(rng, len(heap), heap))
        if rng.random() < 0.25:
            heap += _circle(rng, len(heap), _incident(rng, 1000 + len(incidents), incidents))
    return _write(rng, heap)


def make_many(size: int) -> World:
    """At least `size` documents: the heaps of `many_heaps` put together."""
    whole = World()
    for heap in many_heaps(size):
        whole.documents += heap.documents
        whole.claims += heap.claims
        whole.origin_of |= heap.origin_of
        whole.incident_of |= heap.incident_of
    return whole


def many_heaps(size: int) -> Iterator[World]:
    """Heaps of at least `size` documents together, one at a time, each with syllables of its own for its names of people and places.

    Bodies, outlets and turns of phrase are the same in all, as in one war's news; what happens is not.
    """
    shipped, made, seed = WORLD["syllables"], 0, 0
    while made < size:
        rng = random.Random(seed)
        syllables = ["".join(rng.choice(x) for x in ("bdfgklmnprstvz", "aeiou", "lmnrstk")) for _ in range(30)]
        try:
            WORLD["syllables"] = syllables
            heap = make_heap(seed, 100)
        finally:
            WORLD["syllables"] = shipped
        mark = f"h{seed:05d}"
        yield World(
            documents=[msgspec.structs.replace(d, document=mark + d.document) for d in heap.documents],
            claims=[
                msgspec.structs.replace(c, claim_id=mark + c.claim_id, document=mark + c.document) for c in heap.claims
            ],
            origin_of={mark + c: f"{mark}:{o}" for c, o in heap.origin_of.items()},
            incident_of={mark + c: f"{mark}:{i}" for c, i in heap.incident_of.items()},
        )
        made, seed = made + len(heap.documents), seed + 1


# -- what happened -----------------------------------------------------------------------------------------------------------


def _name(rng: random.Random) -> str:
    return "".join(rng.choice(WORLD["syllables"]) for _ in range(2)).capitalize()


def _incident(rng: random.Random, n: int, before: list[Incident]) -> Incident:
    date = dt.date(2031, 1, 10) + dt.timedelta(rng.randrange(600))
    event = rng.choice(sorted(WORLD["events"]))
    if before and rng.random() < 0.4:  # a look-alike: the same kind of event days later in another place
        event = before[-1].event
        date = before[-1].date + dt.timedelta(rng.randrange(1, 20))
    place = _name(rng) + rng.choice(WORLD["endings"])
    same_place = [b for b in before if b.event == event]
    if same_place and rng.random() < 0.2:  # and some places see the same again, weeks or months later
        earlier = rng.choice(same_place)
        place, date = earlier.slots["place"], earlier.date + dt.timedelta(rng.randrange(15, 200))
    # a unit is in the news more than once
    again = rng.choice(before).slots["unit"] if before and rng.random() < 0.3 else None
    kind = rng.choice(("Regiment", "Brigade", "Battalion"))
    slots = {
        "place": place,
        "unit": again or f"{rng.randrange(3, 1600)} {kind}",
        "commander": f"{rng.choice(WORLD['given'])} {_name(rng)}{rng.choice(WORLD['surnames_end'])}",
        "day": f"{date.day} {WORLD['months'][date.month - 1]}",
    }
    at = random.Random(place)
    point = Place(
        name=place,
        lat=round(at.uniform(60, 64), 4),
        lon=round(at.uniform(50, 60), 4),
        precision_m=1500.0,
        gazetteer_id=f"g-{place}",
    )
    return Incident(f"i{n}", event, slots, rng.randrange(6, 90), date, point)


def _origin(rng: random.Random, n: int, incident: Incident) -> Origin:
    kind = rng.choice(("call", "call", "video", "investigation", "testimony"))
    body = speaker = None
    if kind == "call":
        body, speaker = rng.choice(WORLD["services"][:2]), rng.choice(("soldier", "commander", "sergeant"))
    elif kind == "video":
        speaker = "soldier"
    elif kind == "investigation":
        body = rng.choice(WORLD["monitors"])
    else:
        speaker = f"{rng.choice(WORLD['given'])} {_name(rng)}{rng.choice(WORLD['surnames_end'])}"
    vehicles = WORLD["vehicles"]
    details = [(i, {"vehicle": rng.choice(vehicles)}) for i in rng.sample(range(len(WORLD["details"])), 5)]
    quotes = [_utterance(rng, part) for part in rng.sample(WORLD["quotes"][0]["parts"], 4)]
    count = incident.n + rng.choice((0, 0, 0, rng.randrange(1, 9)))
    released = incident.date + dt.timedelta(rng.randrange(1, 12))
    return Origin(f"o{n}", kind, incident, body, speaker, quotes, details, count, released)


def _utterance(rng: random.Random, part: str) -> str:
    """What somebody says, with something that nobody else would say."""
    name = _name(rng)
    tail = rng.choice((
        f"since {name} went to the {rng.choice(('river', 'depot', 'chapel', 'mill'))}",
        f"as {name} told {_name(rng)}",
        f"and {name} knows it {rng.choice(('too', 'well', 'by heart'))}",
        f"after {rng.randrange(2, 29)} {rng.choice(('nights', 'weeks', 'shifts'))} of this",
        f"ask {name} from the {rng.choice(('second', 'third', 'fourth'))} {rng.choice(('platoon', 'crew', 'post'))}",
        f"not even {name} would {rng.choice(('believe it', 'eat that', 'go there'))}",
    ))  # fmt: skip
    return f"{part} {tail}"


# -- telling it ---------------------------------------------------------------------------------------------------------------


def _lead(o: Origin, relay: str) -> tuple[str, ...]:
    core = [t.format(**o.incident.slots) for t in WORLD["events"][o.incident.event]["core"]]
    who = {
        "call": (f"according to a call released by {o.body}", f"{o.body} released a recording that says so", f"a {o.speaker} says in a call made public by {o.body}", f"after a telephonic conversation diffused by {o.body}"),
        "video": (f"a soldier says in a video shared by {relay}", f"according to a soldier in a video posted by {relay}", f"in footage that {relay} captioned a soldier says", f"affirms a soldier in a video relayed by {relay}"),
        "investigation": (f"according to an inquiry by {o.body}", f"{o.body} found in an investigation", f"an investigation of {o.body} says", f"after an inquiry of {o.body}"),
        "testimony": (f"{o.speaker} said in an interview", f"according to {o.speaker}, who was there", f"{o.speaker} recalled", f"recounts {o.speaker}"),
    }[o.kind]  # fmt: skip
    return tuple(f"{c}, {w}." for c, w in zip(core, who, strict=True))


def _hops(o: Origin, relay: str) -> list[str]:
    hops = [relay] if o.kind == "video" else []
    if o.body:
        hops.append(o.body)
    if o.speaker:
        hops.append(o.speaker)
    return hops


def _resolved(rng: random.Random, i: Incident) -> dict:
    """What a reader carries over from the lead to a later sentence: now and then the unit or the place."""
    return {k: v for k, v in (("unit", i.slots["unit"].lower()), ("place", i.place)) if rng.random() < 0.4}


def _coded(o: Origin, hops: list[str], **more: object) -> dict:
    medium = {"call": "intercepted-call", "video": "video", "investigation": "investigation", "testimony": "testimony"}[
        o.kind
    ]
    event = WORLD["events"][o.incident.event]
    return {"event": o.incident.event, "realis": event["realis"], "medium": medium, "chain": hops, **more}


def _first_report(rng: random.Random, n: int, o: Origin) -> Report:
    """A report by an outlet that has the origin itself."""
    shown = rng.randrange(3)
    relay = rng.choice(WORLD["relays"])
    hops = _hops(o, relay)
    i = o.incident
    mark = {"origin": o.key, "incident": i.key}
    body: list[Sentence] = []
    if rng.random() < 0.6:
        number = tuple(t.format(n=o.n) + "." for t in WORLD["numbers"]["tell"])
        body.append(Sentence(number, shown, _coded(o, hops, number=o.n, **(_resolved(rng, i))), **mark))
    quoted = rng.sample(o.quotes, 3)
    speech = f"“{'. '.join(quoted)}.”"
    who = o.speaker or "a witness"
    body.append(
        Sentence(
            (f"{speech[:-1]}” the {who} said." if not o.speaker or o.speaker.islower() else f"{speech} {who} said.",)
            * 4,
            shown,
            _coded(o, [*hops[:-1], who] if o.speaker else hops, **_resolved(rng, i)),
            **mark,
        )
    )
    chosen = rng.sample(o.details, rng.randrange(2, 5))
    for k, slots in chosen:
        tell = tuple(t.format(**slots) + "." for t in WORLD["details"][k]["tell"])
        coded = _coded(o, hops, event="ill-treatment") if rng.random() < 0.3 else None
        body.append(Sentence(tell, shown, coded, **(mark if coded else {})))
    rng.shuffle(body)
    style = {w: rng.choice(options) for w, options in WORLD["house"].items()}
    for s in body:
        s.shown = rng.randrange(3)
    background = rng.sample(WORLD["background"]["tell"], 1)
    coded = {"event": "desertion", "realis": "generic", "medium": "not-stated", "chain": []}
    body.append(Sentence(_filler(rng, 1)[0].tell, shown, coded, f"own:{n}", f"own:{n}"))
    body += [Sentence((background[0] + ".",) * 4, shown), *_filler(rng, 1)]
    lead = Sentence(
        _lead(o, relay), shown, _coded(o, hops, place=i.place, time=i.date, unit=i.slots["unit"].lower()), **mark
    )
    published = o.released + dt.timedelta(rng.choice((0, 0, 1, 2)))
    publisher = rng.choice(WORLD["outlets"])
    sentences = [lead, *body]
    if o.kind == "testimony":
        sentences[0] = Sentence(
            tuple(re.sub(r"\.$", f", told the {publisher}.", t) if k != 1 else t for k, t in enumerate(lead.tell)),
            shown,
            lead.claim,
            **mark,
        )
    sentences = [_styled(rng, s, style) for s in sentences]
    return Report(f"d{n:04d}", publisher, published if rng.random() < 0.85 else None, sentences, "original")


def _styled(rng: random.Random, s: Sentence, style: dict[str, str]) -> Sentence:
    """A sentence in an outlet's own style; quoted words and the translated telling stay as they are."""

    def change(text: str) -> str:
        if text.startswith("“"):
            return text
        text = re.sub(r"[a-z]+", lambda m: style.get(m[0], m[0]), text)
        if rng.random() < 0.35:
            text = f"{rng.choice(WORLD['asides']['tell'])} {text if text.split()[0] in WORLD['given'] else text[0].lower() + text[1:]}"
        return text

    shown = change(s.text)
    tell = tuple(shown if k == s.shown else t for k, t in enumerate(s.tell))
    return Sentence(tell, s.shown, s.claim, s.origin, s.incident)


# -- disguises ----------------------------------------------------------------------------------------------------------------


def _derive(rng: random.Random, n: int, source: Report, disguise: str) -> Report:
    publisher = rng.choice([p for p in WORLD["outlets"] if p != source.publisher])
    dated = source.published is not None and rng.random() < 0.8
    published = source.published + dt.timedelta(rng.randrange(1, 6)) if dated and source.published else None
    credit = source.publisher if rng.random() < 0.4 else None
    sentences = [Sentence(s.tell, s.shown, s.claim, s.origin, s.incident) for s in source.sentences]
    kind = "copy"
    if disguise in ("partial", "excerpt"):
        keep = max(2, round(len(sentences) * (0.45 if disguise == "partial" else 0.3)))
        start = rng.randrange(len(sentences) - keep + 1)
        sentences, kind = sentences[start : start + keep], "excerpt"
    elif disguise == "wire":
        sentences, kind = [*_filler(rng, 8), *sentences, *_filler(rng, 6)], "excerpt"
    elif disguise == "spun":
        sentences, kind, credit = [_changed(s, _spinner(rng)) for s in sentences], "rewrite", None
    elif disguise == "translated":
        for s in sentences:
            s.shown = TRANSLATED
        sentences, kind = [_changed(s, _foreign(rng)) for s in sentences], "translation"
    elif disguise == "damaged":
        sentences = [_changed(s, _damage(rng)) for s in sentences]
    if credit:
        sentences.append(Sentence((f"The {credit} first reported the story.",) * 4, 0))
    # a spun or translated text shows its own damage
    known = bool(credit or published or disguise in ("spun", "translated"))
    return Report(f"d{n:04d}", publisher, published, sentences, disguise, source.key, credit, kind, known)


def _filler(rng: random.Random, k: int) -> list[Sentence]:
    """Sentences of a longer piece that have nothing to do with what it quotes."""
    words, made = WORLD["filler"], []
    for _ in range(k):
        who, did, what, tail = (rng.choice(words[x]) for x in ("who", "did", "what", "tail"))
        parts = [
            f"{who} {rng.choice(('of', 'in', 'from'))} {_name(rng)}{rng.choice(WORLD['endings'])}",
            did,
            f"{rng.randrange(3, 900)} {what}",
        ]
        tell = " ".join(parts) + (f" {tail}" if rng.random() < 0.6 else "")
        made.append(Sentence((tell[0].upper() + tell[1:] + ".",) * 4, 0))
    return made


def _changed(s: Sentence, change: Callable[[str], str]) -> Sentence:
    text = change(s.text)
    return Sentence((text,) * 4, 0, s.claim, s.origin, s.incident)


def _spinner(rng: random.Random) -> Callable[[str], str]:
    synonyms = WORLD["synonyms"]

    def word(m: re.Match[str]) -> str:
        w = m[0]
        options = synonyms.get(w.lower())
        if not options or rng.random() > 0.9:
            return w
        put = rng.choice(options)
        return put.capitalize() if w[0].isupper() else put

    def change(text: str) -> str:
        text = re.sub(r"[A-Za-z]+", word, text)
        text = re.sub(r"\bMay\b", "Could", text)
        text = re.sub(r"\bMarch\b", "Walk", text)
        return text.replace("according to", "in accordance to")

    return change


def _foreign(rng: random.Random) -> Callable[[str], str]:
    """Another language's spelling of names, its typography and its verbs of saying."""
    pair = rng.choice((("zh", "j"), ("sh", "ch"), ("u", "ou")))

    def change(text: str) -> str:
        text = re.sub(r"\b[A-Z][a-z]{4,}\b", lambda m: m[0][0] + m[0][1:].replace(*pair), text)
        if text.startswith("“"):
            return re.sub(r"” (?:the )?(\w.*?) said\.$", r"”, assures the \1.", text)
        return re.sub(r"(?<=[a-z]),(?= [a-z])", " ,", text)

    return change


def _damage(rng: random.Random) -> Callable[[str], str]:
    """Names misspelled, days shifted, as a careless hand does."""

    def name(m: re.Match[str]) -> str:
        w = m[0]
        if rng.random() < 0.5 or len(w) < 5:
            return w
        k = rng.randrange(1, len(w) - 1)
        return w[:k] + w[k + 1 :]

    def change(text: str) -> str:
        text = re.sub(r"(?<=[a-z] )[A-Z][a-z]+", name, text)
        months = WORLD["months"]
        return re.sub(
            r"\b(\d{1,2}) ([A-Z][a-z]+)\b",
            lambda m: f"{int(m[1]) % 27 + 1} {m[2]}" if m[2] in months and rng.random() < 0.3 else m[0],
            text,
        )

    return change


def _aggregate(rng: random.Random, n: int, heap: list[Report]) -> Report:
    """A digest of several outlets, each credited."""
    sources = [r for r in heap if r.disguise == "original"]
    chosen = rng.sample(sources, min(len(sources), rng.randrange(2, 5)))
    sentences = []
    for r in chosen:
        lead = r.sentences[0]
        assert lead.claim is not None
        other = next((s for s in r.sentences[1:] if s.claim and s.origin == lead.origin), None)
        for s in (lead, other):
            if s is None:
                continue
            coded = {**s.claim, "chain": [r.publisher, *s.claim["chain"]]} if s.claim else None
            text = s.tell[rng.randrange(3)].rstrip(".")
            sentences.append(Sentence((f"{r.publisher} reports: {text}.",) * 4, 0, coded, s.origin, s.incident))
    dates = [r.published for r in chosen if r.published]
    report = Report(
        f"d{n:04d}",
        rng.choice(WORLD["outlets"]),
        max(dates) + dt.timedelta(2) if dates else None,
        sentences,
        "aggregated",
    )
    report.made_from = ",".join(r.key for r in chosen)
    return report


def _circle(rng: random.Random, n: int, incident: Incident) -> list[Report]:
    """Two or three outlets that attribute the same thing to each other."""
    k = rng.choice((2, 3))
    outlets = rng.sample(WORLD["outlets"], k)
    tell = [t.format(**incident.slots) for t in WORLD["events"][incident.event]["core"]]
    made = []
    for j in range(k):
        cited = outlets[(j + 1) % k]
        coded = {
            "event": incident.event,
            "realis": "actual",
            "medium": "not-stated",
            "chain": [cited],
            "unit": incident.slots["unit"].lower(),
            "place": incident.place,
        }
        lead = Sentence((f"{tell[j]}, according to the {cited}.",) * 4, 0, coded, f"circle:{n}", incident.key)
        lead = _styled(rng, lead, {w: rng.choice(o) for w, o in WORLD["house"].items()})
        made.append(
            Report(
                f"d{n + j:04d}",
                outlets[j],
                incident.date + dt.timedelta(3),
                [lead, *_filler(rng, 5)],
                "circular",
            )
        )
    return made


# -- writing it down -------------------------------------------------------------------------------------------------------------


def _write(rng: random.Random, heap: list[Report]) -> World:
    world = World()
    roots: dict[str, str] = {}
    for r in heap:
        text, at = "", []
        for s in r.sentences:
            at.append(len(text))
            text += s.text + ("\n\n" if rng.random() < 0.3 else " ")
        day = r.published.isoformat() if r.published else None
        published = Published(start=day, end=day, basis="given", evidence="generator") if day else None
        world.documents.append(
            Document(
                document=r.key,
                sha256=r.key,
                text=text,
                publisher=r.publisher,
                series=r.publisher,
                language="en",
                published=published,
            )
        )
        roots[r.key] = roots.get(r.made_from or "", r.key)
        world.family[r.key] = roots[r.key] if "," not in (r.made_from or "") else "mixed"
        for k, (s, start) in enumerate(zip(r.sentences, at, strict=True)):
            if s.claim is None or rng.random() < 0.05:  # no reader finds every claim
                continue
            claim_id = f"{r.key}-{k:02d}"
            own = s.origin and s.origin.startswith("own:")
            world.claims.append(_claim(claim_id, r.key, start, s))
            world.origin_of[claim_id] = str(s.origin)
            # an incident is of one kind of event: ill-treatment told along with an execution is another one
            world.incident_of[claim_id] = str(s.origin) if own else f"{s.incident}:{s.claim['event']}"
            world.disguise_of[claim_id] = r.disguise
        for giver in (r.made_from or "").split(","):
            if giver:
                kind = r.kind or "cites"
                world.relations[r.key, giver] = (kind, r.direction_known or r.disguise == "aggregated")
    rng.shuffle(world.documents)
    return world


def _claim(claim_id: str, document: str, start: int, s: Sentence) -> Claim:
    c = s.claim
    assert c is not None
    place, day, n = c.get("place"), c.get("time"), c.get("number")
    rng = random.Random(claim_id)
    if place and rng.random() < 0.04:  # a gazetteer takes a namesake now and then
        place = msgspec.structs.replace(place, lat=place.lat + 2, gazetteer_id=place.gazetteer_id + "-2")
    if day and rng.random() < 0.06:
        day += dt.timedelta(rng.choice((-7, -1, 1, 30)))
    iso = day.isoformat() if day else None
    return Claim(
        claim_id=claim_id,
        document=document,
        start=start,
        end=start + len(s.text),
        quote=s.text,
        event=c["event"],
        realis=c["realis"],
        medium=c["medium"],
        verification="not-stated",
        chain=tuple(Hop(name=h, canonical=h, cue="said", start=None, end=None) for h in c["chain"]),
        number=Number(low=float(n), high=float(n), unit="soldiers") if n else None,
        places=(place,) if place else (),
        time=TimeInterval(start=iso, end=iso, phrase="") if iso else None,
        unit=c.get("unit"),
        actor="Orsland",
        confidence=0.8,
    )


def _slug(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
