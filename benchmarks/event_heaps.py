"""Invented heaps of reports that tell of one event each, most of them of the same one, for `scale_link.py --reports`.

Seven documents of ten tell of one event; one of ten of an event like it, in the same town three weeks later; the rest of smaller ones,
15 in 100 in that town and as many on that day. A document tells of its event in one to five claims of several origins, and now and then of
another one; of its claims half name the place and half the day, and one in twelve names a wrong one. What is in a text and not said of every event (names,
streets) a document has some of.
"""

from __future__ import annotations

import collections
import datetime as dt
import random
from dataclasses import dataclass

from leadline.schema import (
    CLAIM_ORIGINS,
    CLAIMS,
    DOCUMENTS,
    ORIGINS,
    Claim,
    ClaimOrigin,
    Document,
    Number,
    Origin,
    Place,
    Published,
    TimeInterval,
)

START = dt.date(2031, 1, 1)
LARGE, LIKE_IT, TOWN = 0.7, 0.1, 0.15
MISREAD, ASIDE = 0.08, 0.03
DELAYS = (0, 0, 0, 1, 1, 1, 2, 2, 3, 7, 30, 200)


@dataclass(frozen=True)
class Event:
    """What happened: where, on which day, how many, and the words that only its reports have."""

    name: str
    place: Place
    day: dt.date
    count: float
    words: tuple[str, ...]


class World:
    """Towns, words and events of a heap; everything is drawn from one stream."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.places = [
            Place(name=self.word(), lat=48 + rng.random() * 3, lon=35 + rng.random() * 4, precision_m=1500.0, gazetteer_id=f"g{k}")
            for k in range(80)
        ]  # fmt: skip
        self.streets = [tuple(self.word() for _ in range(12)) for _ in self.places]
        self.common = [self.word() for _ in range(500)]

    def word(self) -> str:
        """A new word, which is as good as never made twice."""
        return "".join(self.rng.choice("bdfgklmnprstvz") + self.rng.choice("aeiou") for _ in range(3)) + "k"

    def event(self, name: str, place: int, day: int) -> Event:
        """An event with a count and names of its own and some of its town's streets."""
        own = (*(self.word() for _ in range(24)), *self.rng.sample(self.streets[place], 6))
        count = float(self.rng.choice((1, 2, 3, 4, 5, 7)))
        return Event(name, self.places[place], START + dt.timedelta(day), count, own)


def events(world: World, n: int, large: float = LARGE, like_it: float = LIKE_IT) -> list[Event]:
    """The event of each of `n` documents, in no order."""
    rng = world.rng
    told = [world.event("large", 0, 400)] * round(n * large) + [world.event("like it", 0, 421)] * round(n * like_it)
    while len(told) < n:
        place = 0 if rng.random() < TOWN else rng.randrange(len(world.places))
        day = 400 if rng.random() < TOWN else rng.randrange(800)
        told += [world.event(f"e{len(told)}", place, day)] * rng.choice((1, 1, 2, 3, 5, 9, 20))
    rng.shuffle(told := told[:n])
    return told


def heap(n: int, rng: random.Random, large: float = LARGE, like_it: float = LIKE_IT) -> tuple[dict, dict[str, str]]:
    """Tables with `n` documents, and the true event of each claim."""
    world = World(rng)
    told = events(world, n, large, like_it)
    claims: list[Claim] = []
    origins: dict[str, list[str]] = collections.defaultdict(list)
    documents, truth = [], {}
    for k, main in enumerate(told):
        name = f"d{k:07}"
        published = (main.day + dt.timedelta(rng.choice(DELAYS))).isoformat()
        known = rng.sample(main.words, rng.randint(10, 22))
        text: list[str] = []
        for _ in range(rng.choice((1, 2, 3, 3, 5))):
            event = rng.choice(told) if rng.random() < ASIDE else main
            words = rng.sample(known if event is main else event.words, 4) + rng.choices(world.common, k=4)
            rng.shuffle(words)
            quote = " ".join(words)
            at = len(" ".join(text)) + bool(text)
            text.append(quote)
            line = f"{event.name} source {rng.randrange(8)}" if rng.random() < 0.4 else f"{name} source"
            claims.append(_claim(world, event, f"{name}#c{at:05}", name, at, quote))
            origins[line].append(claims[-1].claim_id)
            truth[claims[-1].claim_id] = event.name
        text.append(" ".join([*known, *rng.choices(world.common, k=40), *(world.word() for _ in range(4))]))
        documents.append(
            Document(
                document=name, sha256=name, text=" ".join(text), series=f"s{k % 300}",
                published=Published(start=published, end=published, basis="given", evidence="made"),
            )
        )  # fmt: skip
    return tables_of(documents, claims, origins), truth


def tables_of(documents: list[Document], claims: list[Claim], origins: dict[str, list[str]]) -> dict[str, list]:
    """The tables that link reads, from documents, claims and the claims of each origin."""
    return {
        DOCUMENTS: sorted(documents, key=lambda d: d.document),
        CLAIMS: sorted(claims, key=lambda c: c.claim_id),
        ORIGINS: [
            Origin(origin_id=o, kind="testimony", medium="testimony", claims=tuple(c))
            for o, c in sorted(origins.items())
        ],
        CLAIM_ORIGINS: [
            ClaimOrigin(claim_id=c, origin_id=o) for c, o in sorted((c, o) for o, cs in origins.items() for c in cs)
        ],
    }


def _claim(world: World, event: Event, claim_id: str, document: str, at: int, quote: str) -> Claim:
    """A claim of the event that names some of where, when and how many, and now and then what is wrong."""
    rng = world.rng
    place = rng.choice(world.places) if rng.random() < MISREAD else event.place
    day = (event.day + dt.timedelta(rng.randint(-40, 40) if rng.random() < MISREAD else 0)).isoformat()
    return Claim(
        claim_id=claim_id, document=document, start=at, end=at + len(quote), quote=quote,
        event=rng.choice(("execution", "execution", "death")), realis="actual", medium="testimony", verification="not-stated", chain=(),
        places=(place,) if rng.random() < 0.5 else (),
        time=TimeInterval(start=day, end=day, phrase="d") if rng.random() < 0.5 else None,
        number=Number(low=event.count, high=event.count, unit="soldiers") if rng.random() < 0.4 else None,
        unit=None,
    )  # fmt: skip
