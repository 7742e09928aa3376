"""What stands behind claims and incidents, and the ceiling of a grade that follows."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from leadline.link.incidents import incident
from leadline.link.lines import Ties
from leadline.link.parameters import load_parameters
from leadline.link.support import LISTED, Lineage, backing, support
from leadline.schema import Claim, Number, Origin, OriginTie

PARAMETERS = load_parameters("")
BODIES = {"o1": "Varn intelligence", "o2": "Varn intelligence", "o3": "Coast Rights Group", "o4": None}
ORIGINS = {
    o: Origin(origin_id=o, kind="call" if body else "reports", medium="not-stated", released_by=body)
    for o, body in BODIES.items()
}
TIE = OriginTie(origin_l="o1", origin_r="o2", reason="same-releaser")


def claim(name, *, event="execution", realis="actual", number=None):
    return Claim(
        claim_id=name, document=f"d-{name}", start=0, end=4, quote="told", event=event, realis=realis, medium="not-stated",
        verification="not-stated", number=None if number is None else Number(low=number[0], high=number[1], unit=number[2]),
    )  # fmt: skip


def lineage(origin_of, carriers=None):
    return Lineage({}, carriers or {}, origin_of, ORIGINS, Ties([TIE]))


def told(claims, origin_of):
    held = lineage(origin_of)
    found = incident(claims, held, PARAMETERS)
    return found, {s.claim_id: s for s in support(found, {c.claim_id: c for c in claims}, held, PARAMETERS)}


def test_support_two_bodies_lift_the_ceiling_and_two_calls_of_one_do_not():
    one, _ = told([claim("a"), claim("b")], {"a": "o1", "b": "o2"})
    two, _ = told([claim("a"), claim("b")], {"a": "o1", "b": "o3"})
    assert (one.n_origins, one.n_independent, one.credibility_ceiling) == (2, 1, 2)
    assert (two.n_independent, two.credibility_ceiling) == (2, 1)
    assert two.releasers == ("Coast Rights Group", "Varn intelligence")


def test_support_unnamed_lineage_is_no_line_and_says_so():
    found, _ = told([claim("a")], {"a": "o4"})
    assert (found.n_origins, found.credibility_ceiling) == (0, 2)
    assert found.ceiling_reason.startswith("no line of evidence")


def test_support_counts_documents_by_carrier_kind():
    held = lineage({"a": "o1", "b": "o1"}, {"d-a": "original", "d-b": "copy"})
    assert backing([claim("a"), claim("b")], held).carriers == {"copy": 1, "original": 1}


def test_support_of_a_count_needs_another_source_of_that_count():
    claims = [
        claim("a", number=(9, 9, "soldiers")), claim("b"), claim("c", number=(40, None, "soldiers")),
        claim("d", number=(8, 12, "soldiers")), claim("e", realis="denied"),
    ]  # fmt: skip
    found, behind = told(claims, {"a": "o1", "b": "o3", "c": "o3", "d": "o1", "e": "o3"})
    assert found.n_independent == 2
    assert (behind["a"].n_claims, behind["a"].n_independent, behind["a"].credibility_ceiling) == (2, 1, 2)
    assert (behind["b"].n_claims, behind["b"].credibility_ceiling) == (4, 1)  # the event itself has two lines
    assert (behind["c"].n_claims, behind["c"].n_independent) == (1, 1)
    assert (behind["e"].n_claims, behind["e"].n_independent) == (1, 1)  # a denial is supported by denials alone


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from("abcd"), st.sampled_from(["o1", "o2", "o3", "o4"])), min_size=1, max_size=6),
    st.data(),
)
def test_support_order_changes_nothing_and_a_copy_raises_nothing(held, data):
    numbers = {"a": None, "b": (9, 9, "soldiers"), "c": (5, None, "soldiers"), "d": (30, 30, "vehicles")}
    claims = [claim(f"{k}", number=numbers[kind]) for k, (kind, _) in enumerate(held)]
    origin_of = {f"{k}": o for k, (_, o) in enumerate(held)}
    found, behind = told(claims, origin_of)
    assert told(data.draw(st.permutations(claims)), origin_of) == (found, behind)
    of = data.draw(st.integers(0, len(held) - 1))
    copy = claim("z", number=numbers[held[of][0]])
    more, then = told([*claims, copy], {**origin_of, "z": origin_of[f"{of}"]})
    assert (more.n_origins, more.n_independent) == (found.n_origins, found.n_independent)
    assert more.credibility_ceiling == found.credibility_ceiling
    assert all(then[c].n_independent == behind[c].n_independent for c in behind)


def test_support_a_denial_or_a_mere_possibility_confirms_nothing():
    """The denial of a second body is a line about the incident, but nobody may call the incident confirmed by it."""
    where = {"a": "o1", "b": "o3"}
    for realis in ("denied", "possible", "threatened"):
        found, _ = told([claim("a"), claim("b", realis=realis)], where)
        assert len(found.lines) == 2
        assert (found.n_independent, found.credibility_ceiling) == (1, 2)
    only, _ = told([claim("b", realis="denied")], where)
    assert (only.n_independent, len(only.lines)) == (0, 1)
    guessed, _ = told([claim("b", realis="possible")], where)
    assert guessed.n_independent == 1


def test_support_lists_a_hundred_lines_with_a_claim_and_counts_all():
    """Of an event that hundreds of origins tell of, the incident lists every line; with each claim they would cost the square."""
    many = {f"o{k:03}": Origin(origin_id=f"o{k:03}", kind="call", medium="not-stated") for k in range(LISTED + 50)}
    claims = [claim(o) for o in many]
    held = Lineage({}, {}, {o: o for o in many}, many, Ties([]))
    found = incident(claims, held, PARAMETERS)
    first = next(support(found, {c.claim_id: c for c in claims}, held, PARAMETERS))
    assert (len(found.lines), first.n_independent, len(first.lines)) == (LISTED + 50, LISTED + 50, LISTED)
    assert first.lines == found.lines[:LISTED]
