"""What people judged binds: in the incidents, in every draw, and it is shown on the pair."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_link_stage import HEMMEL, OSTREL, claim, link  # noqa: F401 - the fixture
from test_partitions import best, draw

from leadline.link.bonds import Bonds
from leadline.link.graph import BOUND
from leadline.schema import Judgement

NODES = tuple("abcdef")


def judged(decision, left, right, seq=1):
    return Judgement(
        seq=seq, time="", by="N. Reader", why="w", decision=decision, about="incident", left=(*left,), right=(*right,)
    )


@given(
    st.integers(0, 10_000),
    st.lists(
        st.tuples(st.sampled_from(["same", "different"]), st.sampled_from(list(itertools.combinations(NODES, 2)))),
        max_size=5,
    ),
)
@settings(max_examples=60, deadline=None)
def test_bonds_hold_in_the_best_partition_and_in_every_draw(seed, told):
    from leadline.judgements.conflicts import overruled

    said = [judged(kind, a, b, n) for n, (kind, (a, b)) in enumerate(told, 1)]
    dropped = overruled(said)
    bonds = Bonds(j for j in said if j.seq not in dropped)
    rng = np.random.default_rng(seed)
    edges = {(a, b): float(rng.normal(0, 4)) for a, b in itertools.combinations(NODES, 2) if rng.random() < 0.7}
    edges |= bonds.edges({n: n for n in NODES})
    drawn: dict[int, dict[str, str]] = {-1: {n: group[0] for group in best(NODES, edges) for n in group}}
    for d, n, c in draw(NODES, edges, power=0.7, draws=10, seed=seed):
        drawn.setdefault(d, {})[n] = c
    assert len(drawn) == 11
    for j in bonds.judgements:
        for where in drawn.values():
            assert (where[j.left[0]] == where[j.right[0]]) == (j.decision == "same")


def test_bonds_leave_the_rest_of_the_target_as_it_was():
    """With a and b bound, the odds that c joins them are those of both pairs together."""
    edges = {("a", "b"): BOUND, ("a", "c"): 1.0, ("b", "c"): -0.4}
    rows = draw("abc", edges, draws=4000, seed=3)
    joined = np.mean([c == "a" for _, n, c in rows if n == "c"])
    assert joined == pytest.approx(1 / (1 + np.exp(-0.6)), abs=0.03)


def test_bonds_split_a_row_only_where_people_told_its_claims_apart():
    copies = [claim("a"), claim("b"), claim("c")]
    assert len(list(Bonds([judged("different", "a", "x")]).split(copies))) == 1
    parts = list(Bonds([judged("different", "a", "b")]).split(copies))
    assert [[c.claim_id for c in p] for p in parts] == [["a", "c"], ["b"]]


def test_judged_different_claims_are_two_incidents_in_every_draw(link):  # noqa: F811
    twins = [claim(n, place=OSTREL, day="2031-03-03") for n in "ab"]
    assert link(twins).together("a", "b")
    found = link(twins, judgements=[judged("different", "a", "b")])
    assert not found.together("a", "b")
    clusters = {(d.draw, d.claim_id): d.cluster for d in found.draws}
    assert all(clusters[k, "a"] != clusters[k, "b"] for k in range(20))


def test_judged_same_claims_are_one_incident_whatever_their_sort(link):  # noqa: F811
    apart = [claim("a", place=OSTREL, day="2031-03-03"), claim("b", place=HEMMEL, day="2033-09-03", historical=True)]
    assert not link(apart).together("a", "b")
    found = link(apart, judgements=[judged("same", "a", "b", seq=7)])
    assert found.together("a", "b")
    (pair,) = found.pairs
    assert pair.probability == 1.0
    assert pair.features[-1].level == "judged the same by N. Reader (entry 7)"
    assert {f.field for f in pair.features} > {"place", "time"}  # what the machine compared is still shown


def test_rejected_claims_are_in_no_incident_and_no_draw(link):  # noqa: F811
    reject = Judgement(seq=1, time="", by="N", why="", decision="reject", about="claim", left=("a",))
    found = link([claim("a"), claim("b")], judgements=[reject])
    assert [i.claims for i in found.incidents] == [("b",)]
    assert {d.claim_id for d in found.draws} == {"b"}
