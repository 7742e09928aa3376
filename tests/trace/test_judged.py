"""What people decided about origins, applied to what trace resolved."""

from __future__ import annotations

from leadline.link.lines import Ties, independent_lines
from leadline.schema import Claim, ClaimOrigin, Evidence, Judgement, Origin, OriginTie
from leadline.trace.heap import Resolved
from leadline.trace.judged import as_judged, untied

REASON = (Evidence(rule="body", note="one body"),)


def claim(name, quote="They fired."):
    return Claim(
        claim_id=name, document=f"d-{name}", start=0, end=len(quote), quote=quote, event="threat", realis="actual",
        medium="video", verification="not-stated",
    )  # fmt: skip


def origin(name, *claims):
    return Origin(
        origin_id=name, kind="video", medium="video", claims=claims, documents=tuple(f"d-{c}" for c in claims)
    )


def resolved(*origins, rests_on=()):
    return Resolved(
        origins,
        tuple(ClaimOrigin(claim_id=c, origin_id=o.origin_id) for o in origins for c in o.claims),
        (),
        rests_on,
        {},
    )


def judged(decision, left, right, about="origin"):
    return Judgement(seq=4, time="", by="N", why="seen", decision=decision, about=about, left=(*left,), right=(*right,))


def sets(found):
    return sorted(o.claims for o in found.origins)


def test_without_judgements_nothing_moves():
    found = resolved(origin("o1", "a"), origin("o2", "b"))
    assert as_judged(found, [], {}) is found


def test_same_makes_one_origin_with_its_reason():
    found = as_judged(resolved(origin("o1", "a"), origin("o2", "b", "c")), [judged("same", "a", "b")], {})
    assert sets(found) == [("a", "b", "c")]
    assert found.origins[0].documents == ("d-a", "d-b", "d-c")
    assert found.origins[0].evidence[-1].note == "one origin, by the judgement of N (entry 4): seen"
    assert {x.origin_id for x in found.claim_origins} == {found.origins[0].origin_id}


def test_different_takes_the_second_side_out_with_its_copies():
    claims = {c.claim_id: c for c in (claim("a"), claim("b", "Shots fell."), claim("c", "Shots  fell."), claim("d"))}
    found = as_judged(resolved(origin("o1", *"abcd")), [judged("different", "a", "b")], claims)
    assert sets(found) == [("a", "d"), ("b", "c")]
    assert all(o.evidence[-1].rule == "judgement" for o in found.origins)


def test_what_rested_on_an_origin_follows_it():
    rests = (("o3", "o1", REASON[0]), ("o1", "o2", REASON[0]))
    found = as_judged(
        resolved(origin("o1", "a"), origin("o2", "b"), origin("o3", "c"), rests_on=rests),
        [judged("same", "a", "b")],
        {},
    )
    (left,) = found.rests_on
    assert left[0] == "o3" or left[0] == next(x.origin_id for x in found.claim_origins if x.claim_id == "c")
    assert left[1] == next(x.origin_id for x in found.claim_origins if x.claim_id == "a")


def test_origins_judged_independent_are_two_lines_and_the_rest_of_the_group_stays_one():
    origins = {n: origin(n, n[-1]) for n in ("o-a", "o-b", "o-c")}
    star = [OriginTie(origin_l="o-a", origin_r=n, reason="same-releaser", evidence=REASON) for n in ("o-b", "o-c")]
    assert len(independent_lines(origins, origins, Ties(star))) == 1
    # the hub of the star leaves: those it tied together must stay tied
    left = untied(star, [judged("different", "b", "a", "line")], {"a": "o-a", "b": "o-b", "c": "o-c"})
    assert [line.origins for line in independent_lines(origins, origins, Ties(left))] == [("o-a",), ("o-b", "o-c")]


def test_origins_judged_independent_keep_their_ties_to_another_body():
    star = [
        OriginTie(origin_l="o-a", origin_r="o-b", reason="same-releaser", evidence=REASON, through="post"),
        OriginTie(origin_l="o-a", origin_r="o-c", reason="same-releaser", evidence=REASON, through="herald"),
    ]
    where = {"a": "o-a", "b": "o-b", "c": "o-c"}
    assert untied(star, [judged("different", "a", "b", "line")], where) == star[1:]


def test_a_direct_tie_goes_where_people_say_so():
    tie = OriginTie(origin_l="o-a", origin_r="o-b", reason="rests-on", evidence=REASON)
    where = {"a": "o-a", "b": "o-b"}
    assert untied([tie], [judged("different", "a", "b", "line")], where) == []
    assert untied([tie], [judged("different", "a", "b", "incident")], where) == [tie]
