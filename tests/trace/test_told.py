"""What documents tell, on disk: pages come back as they were put in, in any order and however few are at hand."""

from __future__ import annotations

import pytest

from leadline.schema import Attribution, Claim, Evidence, Hop
from leadline.trace import told
from leadline.trace.heap import Heap, Nodes
from leadline.trace.local import Local
from leadline.trace.told import Grouped, Selected, Told


def claim(document: str, k: int, name: str = "Ivo Marek") -> Claim:
    hop = Hop(name=name, canonical=name, cue="said", start=1, end=2)
    return Claim(
        claim_id=f"{document}-{k}", document=document, start=k, end=k + 1, quote="x", event="threat", realis="actual",
        medium="video", verification="not-stated", chain=(hop,),
    )  # fmt: skip


def local(*claims: Claim) -> Local:
    c = claims[0]
    return Local(
        key=c.claim_id, document=c.document, kind="video", medium="video", family="video", body=None, body_name=None,
        speaker="marek", speaker_named=True, claims=list(claims), named=True, speech=("we", "go"), heard=("kors",),
    )  # fmt: skip


@pytest.fixture
def heap(monkeypatch) -> Heap:
    monkeypatch.setattr(told, "PAGES", 2)
    pages = Told()
    for document in ("c", "a", "b", "d"):
        claims = [claim(document, k) for k in range(3)]
        restored = claim(document, 1, "Dalia Kors")  # read otherwise in its origin than in the table
        pages.add(document, claims, [local(claims[0]), local(restored)])
    return Heap(pages, {}, None)


def test_told_gives_back_what_was_put_in(heap):
    for document in ("d", "a", "c", "b", "a"):
        claims = [claim(document, k) for k in range(3)]
        assert heap.by_document[document] == claims
        assert heap.locals_[document] == [local(claims[0]), local(claim(document, 1, "Dalia Kors"))]
        assert heap.claims[f"{document}-1"] == claims[1]
        assert heap.local_of[f"{document}-1"].claims[0].chain[0].name == "Dalia Kors"
        assert heap.local_of.get(f"{document}-2") is None
        assert heap.told.document_of(f"{document}-2") == document
    assert heap.by_document.get("nobody", ()) == ()
    assert heap.told.names == sorted(heap.claims)
    assert list(heap.locals_) == ["c", "a", "b", "d"]


def test_told_selected_origins_are_a_sequence(heap):
    some = Selected(heap.told)
    for page, place in ((3, 1), (0, 0)):
        some.add(page, place)
    assert [x.key for x in some] == ["d-1", "c-0"]
    assert [x.key for x in some[1:]] == ["c-0"]


def test_told_groups_records_that_come_mixed():
    one, other = [claim("a", k) for k in range(3)], [claim("b", k) for k in range(2)]
    grouped = Grouped(list[Claim])
    grouped.extend([one[0], one[1], other[0]])
    grouped.extend([one[2], other[1]])
    assert (grouped.of("a"), grouped.of("b"), grouped.of("c")) == (one, other, [])
    assert Grouped(list[Attribution]).of("a") == []


def test_nodes_smallest_claim_leads_and_reasons_stay_with_the_set():
    names = ["a", "b", "c", "d"]
    nodes = Nodes(names, {c: k for k, c in enumerate(names)})
    reason, another = (Evidence(rule="carried", note=note) for note in "xy")
    nodes.join("d", "b", reason)
    nodes.join("c", "d", another)
    nodes.join("b", "c", reason)  # already one: a reason that joined nothing is none
    assert [nodes.find(c) for c in names] == ["a", "b", "b", "b"]
    assert sorted(e.note for e in nodes.reasons("d")) == ["x", "y"]
    assert list(nodes.reasons("a")) == []
