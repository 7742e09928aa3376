"""Decisions found again after a new extraction, and what contradicts what."""

from __future__ import annotations

import itertools

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leadline.judgements import Decided, resolve
from leadline.judgements.anchors import Place, anchor
from leadline.judgements.claims import with_judgements
from leadline.judgements.conflicts import overruled
from leadline.schema import Claim, Judgement, Number

PLACE = Place(sha256="s1", text="t1")
PLACES = {"d": PLACE}


def claim(name, start=0, end=40, **more):
    return Claim(
        claim_id=name, document="d", start=start, end=end, quote="x" * (end - start),
        **{"event": "refusal", "realis": "actual", "medium": "video", **more}, verification="not-stated",
    )  # fmt: skip


def decision(kind, *claims, right=(), seq=1, **more):
    about = "incident" if kind in ("same", "different") else "claim"
    return Decided(
        seq=seq, decision=kind, by="N", why="w", **{"about": about, **more},
        left=tuple(anchor(c, PLACE) for c in claims), right=tuple(anchor(c, PLACE) for c in right),
    )  # fmt: skip


def state(d, claims, places=PLACES):
    (found,) = resolve([d], claims, places)
    return found.state, found.left, found.note


def test_a_decision_survives_new_numbers_of_claims():
    d = decision("reject", claim("d#c0001"))
    assert state(d, [claim("d#c0001", 50, 60), claim("d#c0002")]) == ("applies", ("d#c0002",), "")


def test_a_decision_follows_a_span_that_moved_a_little_and_not_one_that_moved_away():
    d = decision("reject", claim("a"))
    assert state(d, [claim("b", 2, 44)])[:2] == ("applies", ("b",))
    assert state(d, [claim("b", 30, 80)]) == (
        "lapsed",
        (),
        "1 of 1 claims not found: no claim is found at these words now",
    )


def test_a_decision_says_why_it_lapsed():
    d = decision("reject", claim("a"))
    assert "coded as another event" in state(d, [claim("a", event="threat")])[2]
    assert "no longer in the case" in state(d, [claim("a")], {})[2]
    assert "read as another text" in state(d, [claim("a")], {"d": Place(sha256="s1", text="t2")})[2]


def test_a_decision_holds_in_every_document_of_the_same_bytes():
    twin = msgspec.structs.replace(claim("b"), document="e")
    assert state(decision("reject", claim("a")), [claim("a"), twin], {**PLACES, "e": PLACE})[1] == ("a", "b")


def test_half_a_side_still_applies_and_says_what_is_missing():
    d = decision("same", claim("a"), claim("b", 50, 90), right=[claim("c", 100, 140)])
    (found,) = resolve([d], [claim("a"), claim("c", 100, 140)], PLACES)
    assert (found.state, found.left, found.right) == ("applies", ("a",), ("c",))
    assert found.note.startswith("1 of 3 claims not found")


def test_an_acceptance_lapses_where_the_claim_reads_otherwise_now():
    d = decision("accept", claim("a"))
    assert state(d, [claim("a")])[0] == "applies"
    counted = claim("a", number=Number(low=3.0, high=3.0, unit="men"))
    assert state(d, [counted])[0] == "lapsed"


def test_an_acceptance_after_a_correction_is_of_what_was_shown():
    correct = decision("correct", claim("a"), seq=1, field="event", value="mutiny")
    seen = msgspec.structs.replace(anchor(claim("a", event="mutiny"), PLACE), event="refusal")
    accept = msgspec.structs.replace(decision("accept", claim("a"), seq=2), left=(seen,))
    assert [j.state for j in resolve([correct, accept], [claim("a")], PLACES)] == ["applies", "applies"]
    undone = msgspec.structs.replace(correct, undone=3)
    assert [j.state for j in resolve([undone, accept], [claim("a")], PLACES)] == ["undone", "lapsed"]


def test_corrections_and_rejections_make_the_claims_that_stages_read():
    found = resolve(
        [
            decision("correct", claim("a"), field="historical", value="true"),
            decision("reject", claim("b", 50, 90), seq=2),
        ],
        [claim("a"), claim("b", 50, 90)],
        PLACES,
    )
    (left,) = with_judgements([claim("a"), claim("b", 50, 90)], found)
    assert (left.claim_id, left.historical) == ("a", True)


def judgement(seq, decision, a, b="", **more):
    about = "incident" if b else "claim"
    return Judgement(
        seq=seq,
        time="",
        by="N",
        why="",
        decision=decision,
        **{"about": about, **more},
        left=(a,),
        right=(b,) if b else (),
    )


@pytest.mark.parametrize(
    ("later", "clash"),
    [
        (judgement(2, "reject", "A"), {1: (2,)}),
        (judgement(2, "accept", "A"), {}),
        (judgement(2, "correct", "A", field="event", value="threat"), {1: (2,)}),
        (judgement(2, "correct", "A", field="realis", value="denied"), {}),
    ],
)
def test_of_two_decisions_on_one_claim_the_later_stands(later, clash):
    assert overruled([judgement(1, "correct", "A", field="event", value="execution"), later]) == clash


def test_one_origin_is_never_two_lines():
    same = judgement(1, "same", "A", "B", about="origin")
    assert overruled([same, judgement(2, "different", "A", "B", about="line")]) == {1: (2,)}
    assert overruled([same, judgement(2, "different", "A", "B", about="incident")]) == {}


@given(
    st.lists(
        st.tuples(st.sampled_from(["same", "different"]), st.sampled_from(list(itertools.combinations("ABCDE", 2)))),
        max_size=10,
    )
)
@settings(max_examples=200, deadline=None)
def test_what_is_left_never_contradicts_itself_and_the_latest_always_stands(made):
    told = [judgement(n, kind, a, b) for n, (kind, (a, b)) in enumerate(made, 1)]
    dropped = overruled(told)
    kept = [j for j in told if j.seq not in dropped]
    root = {c: c for c in "ABCDE"}
    for j in kept:
        if j.decision == "same":
            old, new = root[j.left[0]], root[j.right[0]]
            root = {c: new if r == old else r for c, r in root.items()}
    assert all(root[j.left[0]] != root[j.right[0]] for j in kept if j.decision == "different")
    assert not told or told[-1].seq not in dropped
    # nothing is dropped without need: put back beside the later ones that stand, it contradicts them
    for seq, entries in dropped.items():
        assert entries
        assert all(e > seq for e in entries)
