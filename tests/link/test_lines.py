"""Independent lines of evidence."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from leadline.link.lines import Ties, independent_lines, named
from leadline.schema import Evidence, Origin, OriginTie


def origin(name, kind="call", rules=()):
    return Origin(
        origin_id=name, kind=kind, medium="not-stated", evidence=tuple(Evidence(rule=r, note=r) for r in rules)
    )


def tie(a, b, reason, through=None):
    left, right = sorted((a, b))
    evidence = (Evidence(rule=reason, note=f"{reason}!"),)
    return OriginTie(origin_l=left, origin_r=right, reason=reason, evidence=evidence, through=through)


def count(names, ties=(), **kinds):
    origins = {n: kinds.get(n, origin(n)) for n in names}
    return len(independent_lines(names, origins, Ties(ties)))


def test_lines_untied_origins_are_lines_of_their_own():
    assert count("abc") == 3


def test_lines_two_calls_of_one_body_are_one_line_with_the_reason():
    lines = independent_lines("ab", {n: origin(n) for n in "ab"}, Ties([tie("a", "b", "same-releaser")]))
    assert [(x.origins, x.reason) for x in lines] == [(("a", "b"), "same-releaser!")]


def test_lines_follow_a_body_through_an_origin_outside_the_incident():
    ties = [tie("a", "b", "same-releaser"), tie("a", "c", "same-releaser")]
    assert count("bc", ties) == 1


def test_lines_do_not_chain_different_reasons_outside_the_incident():
    ties = [tie("a", "b", "same-releaser"), tie("a", "c", "same-speaker")]
    assert count("bc", ties) == 2


def test_lines_unnamed_lineage_and_unshown_own_voice_count_as_nothing():
    kinds = {
        "a": origin("a", "reports"),
        "b": origin("b", "unnamed"),
        "c": origin("c", "document", ["own-voice"]),
        "d": origin("d", "document", ["own-voice", "first-hand"]),
    }
    assert count("abcd", **kinds) == 1
    assert named("abcd", kinds) == ("c", "d")


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from("abcdef"),
            st.sampled_from("abcdef"),
            st.sampled_from(["same-releaser", "same-owner", "same-speaker", "rests-on"]),
            st.sampled_from(["post", "herald", None]),
        )
    ),
    st.permutations(list("abcdef")),
)
def test_lines_more_ties_never_raise_the_count_and_order_changes_nothing(pairs, order):
    ties = [tie(a, b, r, t) for a, b, r, t in pairs if a != b]
    counts = [count("abcdef", ties[:k]) for k in range(len(ties) + 1)]
    assert counts == sorted(counts, reverse=True)
    assert count(order, ties[::-1]) == counts[-1]


def test_lines_what_may_be_either_body_s_makes_the_two_no_one_body():
    ties = [tie("a", "b", "same-releaser", "post"), tie("b", "c", "same-releaser", "herald")]
    assert count("ac", ties) == 2
    assert count("abc", ties) == 1  # among the origins of an incident it stands for whichever of them it is
