"""The source graph: who relies on whom, and rings."""

from __future__ import annotations

import pytest
from trace_heap import Heap, traced

SAID = "Guards of the 412 Brigade fired on nine men who left the mill at Ostrel that night"
CALL = "intercepted-call"


@pytest.fixture
def edges(make_engine, tmp_path):
    def run(heap: Heap):
        return traced(make_engine, tmp_path, heap).edges

    return run


def test_graph_follows_a_chain_from_the_publisher_inwards(edges):
    chain = ["Sund News", "FrontRelay", "Varn intelligence", "commander"]
    found = edges(Heap().add("a", [(f"{SAID}.", chain, CALL), (f"{SAID} twice.", chain, CALL)], publisher="Ferry Post"))
    told = {k: (e.n_claims, e.n_documents) for k, e in found.items() if k[2] != "owner"}
    assert told == {
        ("ferry", "sund", "cites"): (2, 1),
        ("sund", "relay", "relays"): (2, 1),
        ("relay", "varn-intel", "releases"): (2, 1),
    }  # the commander is nobody in particular and no body
    assert found["varn-intel", "state", "owner"].evidence[0].note.startswith("the source register names")


def test_graph_direct_words_of_an_outlet_are_a_quotation(edges):
    told = (f"{SAID}.", ["Sund News"], "not-stated", {"kind": "direct"})
    assert set(edges(Heap().add("a", [told], publisher="Ferry Post"))) == {("ferry", "sund", "quotes")}


def test_graph_an_unregistered_publisher_of_the_heap_is_cited_like_any_outlet(edges):
    heap = Heap().add("a", [(f"{SAID}.", ["Mill Tribune"], "not-stated")], publisher="Ferry Post")
    heap.add("b", ["The mill is closed on Sundays."], publisher="Mill Tribune")
    found = edges(heap)
    assert set(found) == {("ferry", "mill tribune", "cites")}
    assert found["ferry", "mill tribune", "cites"].relied_on_name == "Mill Tribune"


def test_graph_a_copy_relies_on_what_it_was_taken_from(edges):
    story = [
        (f"{SAID}.", ["Varn intelligence", "soldier"], CALL),
        "A nurse counted nineteen wounded in the granary yard.",
    ]
    heap = Heap().add("a", story, publisher="Ferry Post", day="2031-03-01")
    heap.add("b", story, publisher="Sund News", day="2031-03-09").add(
        "c", story, publisher="Sund News", day="2031-03-09"
    )
    e = edges(heap)["sund", "ferry", "copies"]
    assert (e.directed, e.n_documents, e.n_claims, e.ring) == (True, 2, 2, None)


def test_graph_a_copy_without_direction_is_marked(edges):
    story = [
        (f"{SAID}.", ["Varn intelligence", "soldier"], CALL),
        "A nurse counted nineteen wounded in the granary yard.",
    ]
    heap = Heap().add("a", story, publisher="Sund News").add("b", story, publisher="Ferry Post")
    assert [k for k, e in edges(heap).items() if not e.directed] == [("ferry", "sund", "copies")]


def test_graph_a_document_of_unknown_publisher_stands_for_itself(edges):
    found = edges(Heap().add("a", [(f"{SAID}.", ["Varn intelligence"], CALL)]))
    e = found["document:a", "varn-intel", "releases"]
    assert (e.relying_name, e.relying_kind, e.relied_on_name, e.relied_on_kind) == (
        "a", "document", "Varn intelligence", "state-body",
    )  # fmt: skip


def test_graph_circular_reporting_is_counted_and_its_ring_marked(edges):
    heap = Heap()
    heap.add("a", [(f"{SAID}, the Sund News reports.", ["Sund News"], "not-stated")], publisher="Ferry Post")
    heap.add(
        "b", ["It rained.", (f"{SAID}, the Ferry Post reports.", ["Ferry Post"], "not-stated")], publisher="Sund News"
    )
    found = edges(heap)
    marked = {k: (e.ring, e.n_circular) for k, e in found.items() if k[2] == "cites"}
    assert marked == {("ferry", "sund", "cites"): ("ferry", 1), ("sund", "ferry", "cites"): ("ferry", 1)}


def test_graph_outlets_that_cite_each_other_on_two_stories_are_no_circular_report(edges):
    heap = Heap()
    heap.add("a", [(f"{SAID}, the Sund News reports.", ["Sund News"], "not-stated")], publisher="Ferry Post")
    heap.add(
        "b",
        [("Forty recruits at Hemmel asked the governor for boots.", ["Ferry Post"], "not-stated")],
        publisher="Sund News",
    )
    found = edges(heap)
    assert {e.n_circular for e in found.values()} == {0}
    assert {e.ring for e in found.values()} == {"ferry"}  # they rely on each other all the same


def test_graph_order_of_documents_changes_nothing(make_engine, tmp_path):
    def run(order):
        heap = Heap()
        for k in order:
            heap.add(
                f"d{k}",
                [(f"{SAID} at {k}.", ["Sund News", "soldier"], CALL)],
                publisher="ferry post" if k % 2 else "Ferry Post",
            )
        return traced(make_engine, tmp_path / str(order[0]), heap).edges

    for k in (0, 5):
        (tmp_path / str(k)).mkdir()
    forward, backward = run(range(6)), run(range(5, -1, -1))
    assert forward == backward
    assert len(forward["ferry", "sund", "cites"].evidence) == 3
