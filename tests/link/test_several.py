"""One claim in several incidents: it is in each that others tell of, its count in none, and no event is made of its places alone."""

from __future__ import annotations

import msgspec
from test_link_stage import HEMMEL, OSTREL, claim, link  # noqa: F401 - the fixture

from leadline.estimate.linkage import tables_of_draws
from leadline.schema import Number

DAY = {"day": "2031-03-03"}
MEN = Number(low=3.0, high=3.0, unit="men")


def summing(name, **more):
    """A claim that sums up what happened in two places 230 km apart."""
    return msgspec.structs.replace(claim(name, number=MEN, **DAY, **more), places=(OSTREL, HEMMEL))


def told(found, name):
    return [i for i in found.incidents if name in i.claims]


def events():
    return [
        claim("a1", place=OSTREL, **DAY), claim("a2", place=OSTREL, **DAY, number=Number(low=1.0, high=1.0, unit="men")),
        claim("b1", place=HEMMEL, **DAY), claim("b2", place=HEMMEL, **DAY),
    ]  # fmt: skip


def test_several_a_sum_is_in_both_incidents_and_its_count_in_neither(link):  # noqa: F811
    found = link([*events(), summing("s")])
    assert sorted(i.claims for i in found.incidents) == [("a1", "a2", "s"), ("b1", "b2", "s")]
    ostrel, hemmel = sorted(told(found, "s"), key=lambda i: i.claims)
    assert (ostrel.place.name, hemmel.place.name) == ("Ostrel", "Hemmel")
    assert (ostrel.number.high, hemmel.number) == (1.0, None)
    assert ostrel.conflicts == hemmel.conflicts == ()
    assert ostrel.incident_id != hemmel.incident_id
    assert (ostrel.n_documents, hemmel.n_documents) == (3, 3)  # it does stand behind both


def test_several_a_denial_of_two_events_is_a_conflict_in_both(link):  # noqa: F811
    found = link([*events(), summing("s", realis="denied")])
    assert len(told(found, "s")) == 2
    assert all(any(c.field == "realis" for c in i.conflicts) for i in told(found, "s"))


def test_several_places_that_nobody_else_tells_of_make_no_events(link):  # noqa: F811
    assert [i.claims for i in link([summing("s")]).incidents] == [("s",)]
    assert [i.claims for i in link([summing("s"), summing("t")]).incidents] == [("s", "t")]
    half = link([*events()[:2], summing("s"), summing("t")])
    assert sorted(i.claims for i in half.incidents) == [("a1", "a2", "s", "t")]


def test_several_draws_hold_every_claim_and_never_one_twice_in_a_cluster(link):  # noqa: F811
    found = link([*events(), summing("s"), summing("t")])
    rows = [(d.draw, d.claim_id, d.cluster) for d in found.draws]
    assert len(rows) == len(set(rows))
    for k in range(20):
        assert {c for d, c, _ in rows if d == k} == {"a1", "a2", "b1", "b2", "s", "t"}
    lists = {c: frozenset({"A"}) for c in ("a1", "a2", "b1", "b2")} | {"s": frozenset({"B"}), "t": frozenset({"B"})}
    for t in tables_of_draws(rows, lists, ("A", "B")):
        assert t.n == 2  # two events, each on both lists: a sum adds no third


def test_several_pairs_are_shown_once_and_never_of_a_claim_with_itself(link):  # noqa: F811
    found = link([*events(), summing("s"), summing("t")])
    shown = [(p.claim_l, p.claim_r) for p in found.pairs]
    assert len(shown) == len(set(shown))
    assert shown == sorted(shown)
    assert all(a < b for a, b in shown)


def test_several_a_series_and_places_close_by_stay_one(link):  # noqa: F811
    near = msgspec.structs.replace(HEMMEL, lat=OSTREL.lat + 0.1, lon=OSTREL.lon, name="Ostrel Mill", gazetteer_id="g9")
    one = msgspec.structs.replace(claim("s", **DAY), places=(OSTREL, near))
    found = link([*events(), one])
    assert len(told(found, "s")) == 1
