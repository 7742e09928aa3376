"""What a run says it changed."""

from __future__ import annotations

from pathlib import Path

from leadline.pipeline import run_case
from leadline.pipeline.news import News, Snapshot, compare

CALL = "On 3 March 2022 the Sarn Intelligence published a call. “We refused to attack Oldmarsh,” a soldier of the 14th brigade said in it.\n"
OTHER = "The Harbour Post spoke to a mother. “My son was beaten by his commander on 5 March 2022,” she said.\n"


def test_a_first_run_has_no_news_and_a_second_none_to_tell(tmp_path: Path):
    heap = tmp_path / "heap"
    heap.mkdir()
    (heap / "a.txt").write_text(CALL)
    first = run_case([heap], tmp_path / "case")
    assert first.news is None
    assert run_case([heap], tmp_path / "case").news == News()


def test_a_run_over_a_larger_heap_tells_what_came(tmp_path: Path):
    heap = tmp_path / "heap"
    heap.mkdir()
    (heap / "a.txt").write_text(CALL)
    before = run_case([heap], tmp_path / "case")
    (heap / "b.txt").write_text(OTHER)
    after = run_case([heap], tmp_path / "case")
    assert after.news.documents == 1
    assert after.news.documents_gone == 0
    assert after.news.claims == after.claims - before.claims > 0
    assert after.news.claims_gone == 0


def test_an_incident_that_is_joined_is_not_new_and_one_whose_claims_went_is_gone():
    a, b, c = (("d", n, n + 1) for n in range(3))
    base = {"documents": frozenset(), "estimates": ()}
    old = Snapshot(
        claims=frozenset({a, b, c}), incidents=((frozenset({a}), 1), (frozenset({b}), 1), (frozenset({c}), 2)), **base
    )
    new = Snapshot(claims=frozenset({a, b}), incidents=((frozenset({a, b}), 2),), **base)
    found = compare(old, new)
    assert (found.incidents, found.incidents_gone, found.better_supported, found.less_supported) == (0, 1, 1, 0)
    assert found.incidents_joined == 1
    back = compare(new, old)
    assert (back.incidents, back.incidents_gone, back.incidents_split) == (1, 0, 1)
    assert found.claims_gone == 1


def test_every_incident_of_before_is_accounted_for():
    a, b, c, d = (("d", n, n + 1) for n in range(4))
    base = {"documents": frozenset(), "claims": frozenset(), "estimates": ()}
    # a claim of two places is in two incidents; one of them goes, and the claim still stands in the other
    old = Snapshot(incidents=((frozenset({a, b}), 1), (frozenset({a, c}), 1), (frozenset({d}), 1)), **base)
    new = Snapshot(incidents=((frozenset({a, b}), 1),), **base)
    found = compare(old, new)
    assert (found.incidents_gone, found.incidents_joined) == (2, 0)
    assert len(old.incidents) - found.incidents_gone - found.incidents_joined == len(new.incidents)
