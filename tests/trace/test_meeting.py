"""Origins that may be one, from columns: nothing is dropped that reading would join, and most of the rest is."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from leadline.schema import Claim, Number, Place, TimeInterval
from leadline.trace.facts import Facts
from leadline.trace.heap import Heap, Nodes
from leadline.trace.kinds import Nature
from leadline.trace.local import KINDS, Local
from leadline.trace.matching import SAME, agreement, hold, same_artefact
from leadline.trace.meeting import Columns
from leadline.trace.rare import few, within
from leadline.trace.told import Told

PLACES = [("Ostrel", 48.0, 37.0), ("Sulmor", 48.1, 37.1), ("Hemmel", 50.0, 36.0), ("Oblast", None, None)]
SPEECH = [
    "we",
    "will",
    "not",
    "cross",
    "the",
    "bridge",
    "again",
    "and",
    "nobody",
    "can",
    "make",
    "us",
    "go",
    "back",
    "over",
    "there",
]


def drawn(rng: np.random.Generator, k: int) -> Local:
    """An origin with everything drawn, often the same as another's."""
    medium = str(rng.choice(["video", "intercepted-call", "official-statement", "investigation", "not-stated"]))
    body = str(rng.choice(["", "hur", "courier"])) or None
    speaker = str(rng.choice(["", "ivo marek", "dalia kors", "soldier"])) or None
    begin = int(rng.integers(0, 8))
    claims = []
    for j in range(int(rng.integers(1, 3))):
        name, lat, lon = PLACES[rng.integers(0, len(PLACES))]
        place = Place(name=name, lat=lat, lon=lon, precision_m=None if lat is None else 100.0, gazetteer_id=None)
        day = f"2031-03-{rng.integers(1, 4):02}"
        said = " ".join(SPEECH[int(rng.integers(0, 4)) : int(rng.integers(8, 14))])
        claims.append(
            Claim(
                claim_id=f"d{k:03}-{j}", document=f"d{k:03}", start=j, end=j + 1, quote=said, event="threat", realis="actual",
                medium=medium, verification="not-stated",
                unit=[None, "87th regiment", "9th regiment", "4th company"][rng.integers(0, 4)],
                number=[None, Number(low=n, high=n, unit=u)][rng.integers(0, 2)] if (n := float(rng.integers(1, 5))) and (u := "men") else None,
                time=[None, TimeInterval(start=day, end=day, phrase="then")][rng.integers(0, 2)],
                places=(place,) if rng.random() < 0.7 else (),
            )
        )  # fmt: skip
    return Local(
        key=claims[0].claim_id, document=claims[0].document, kind=KINDS[medium], medium=medium,
        family="publication" if body == "courier" and speaker is None else KINDS[medium], body=body, body_name=body,
        speaker=speaker, speaker_named=speaker not in (None, "soldier"), claims=claims, named=bool(body or speaker),
        speech=tuple(SPEECH[begin : begin + int(rng.integers(0, 9))]), quoted=tuple(SPEECH[begin : begin + 8]),
    )  # fmt: skip


def nature(x: Local, day: int | None) -> Nature:
    on = None if day is None else f"2031-{1 + day // 28:02}-{1 + day % 28:02}"
    return Nature(x.document, "en", None, on, on, (), (), False, False, None)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def heap() -> tuple[Heap, list[Local]]:
    rng = np.random.default_rng(3)
    locals_ = [drawn(rng, k) for k in range(120)]
    told = Told()
    for x in locals_:
        told.add(x.document, x.claims, [x])
    days = [None if rng.random() < 0.1 else int(rng.integers(0, 100)) for _ in locals_]
    return Heap(told, {x.document: nature(x, d) for x, d in zip(locals_, days, strict=True)}, None), locals_  # type: ignore[arg-type]


def test_meeting_drops_no_pair_that_reading_joins(heap):
    world, locals_ = heap
    columns = Columns(locals_, world)
    assert columns.stock()  # bodies share turns of phrase here: their claims count as told in stock phrases
    dates = [(n.start, n.end) for n in world.natures.values()]
    held = [hold(x, d, frozenset()) for x, d in zip(locals_, dates, strict=True)]
    one, other = np.array(list(itertools.combinations(range(len(locals_)), 2))).T
    both_named = np.array([locals_[i].named and locals_[j].named for i, j in zip(one, other, strict=True)])
    one, other = one[both_named], other[both_named]
    likely = columns.likely(one, other)
    points = np.array([same_artefact(held[i], held[j])[0] for i, j in zip(one, other, strict=True)])
    assert (points >= SAME).sum() > 50
    assert not (points[~likely] >= SAME).any()
    assert (points[likely] >= SAME).mean() > 2 * (points >= SAME).mean()


def test_meetingagreement_as_when_read(heap):
    world, locals_ = heap
    columns = Columns(locals_, world)
    one, other = np.array(list(itertools.combinations(range(len(locals_)), 2))).T
    held = [hold(x, (None, None), frozenset()).facts if x.named else Facts() for x in locals_]
    read = [agreement(held[i], held[j]) for i, j in zip(one, other, strict=True)]
    assert columns._agreement(one, other).tolist() == read
    assert min(read) <= -6 and max(read) >= 3  # noqa: PT018 - the draw has agreement and contradiction


def test_meeting_pairs_share_something_rare_and_joined_origins_do_not_meet(heap):
    world, locals_ = heap
    columns = Columns(locals_, world)
    nodes = Nodes(world.told.names, world.told.number)
    one, other = columns.pairs(nodes)
    assert len(one) > 100
    assert all(
        locals_[i].key < locals_[j].key and locals_[i].named and locals_[j].named
        for i, j in zip(one, other, strict=True)
    )
    nodes.join(locals_[one[0]].key, locals_[other[0]].key)
    again = set(zip(*(x.tolist() for x in Columns(locals_, world).pairs(nodes)), strict=True))
    assert (one[0], other[0]) not in again


def test_meeting_large_groups_are_followed_between_neighbours_by_date():
    n = 100
    members, start, size = np.arange(n), np.array([0]), np.array([n])
    days = np.arange(n)[::-1].copy()
    one, other = within(*few(members, start, size, np.arange(n), days))
    assert set(np.abs(days[one] - days[other]).tolist()) == set(range(1, 13))
    joined = np.zeros(n, np.int64)
    assert few(members, start, size, joined, days)[2].tolist() == [4]  # a few stand for a set
