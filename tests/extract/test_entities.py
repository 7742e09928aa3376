"""Entities: what is decoded for all tokens at once is what spaCy's recogniser finds action by action."""

from __future__ import annotations

import gc
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from threadpoolctl import threadpool_info

from leadline.extract.algebra import one_thread
from leadline.extract.language import load_language, load_recogniser
from leadline.extract.parse import parsed_pieces

EXAMPLE = Path(__file__).parents[2] / "examples" / "marrow-line" / "documents"
WORDS = [
    "Anna", "Orlova", "Kyiv", "the", "United", "Nations", "said", "on", "Monday", "3", "March", "2022", ",", ".", "\n", "  ",
    "42nd", "Brigade", "of", "$", "5", "million", "per", "cent", "Dr.", "“", "”", "Second", "World", "War", "a.m.", "Äöü",
]  # fmt: skip


def entities(doc):
    return [(e.start, e.end, e.label_) for e in doc.ents]


def both(texts):
    """The entities of each text as spaCy's own recogniser and as ours finds them."""
    ours = parsed_pieces(texts, entities=True)
    theirs = parsed_pieces(texts, entities=False)
    with one_thread():
        theirs = list(load_language().get_pipe("ner").pipe(theirs))
    return [entities(d) for d in theirs], [entities(d) for d in ours]


def paragraphs(folder):
    return [
        p
        for f in sorted(folder.glob("*.txt"))
        for p in f.read_text(encoding="utf-8", errors="replace").split("\n\n")
        if p.strip()
    ]


def test_entities_are_those_of_the_recogniser():
    theirs, ours = both(paragraphs(EXAMPLE))
    assert ours == theirs
    assert sum(map(len, ours)) > 50


@pytest.mark.shared
def test_entities_are_those_of_the_recogniser_in_news(shared):
    texts = [
        p for f in sorted((shared / "corpora" / "war-news").glob("*.txt"))[::40] for p in f.read_text().split("\n")
    ]
    theirs, ours = both([t for t in texts if t.strip()])
    assert ours == theirs
    assert sum(map(len, ours)) > 500


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.lists(st.sampled_from(WORDS), max_size=30).map(" ".join), max_size=4))
def test_entities_are_those_of_the_recogniser_in_any_order_of_words(texts):
    theirs, ours = both(texts)
    assert ours == theirs


def test_entities_do_not_depend_on_the_texts_beside():
    texts = paragraphs(EXAMPLE)[:12]
    alone = [entities(parsed_pieces([t], entities=True)[0]) for t in texts]
    assert [entities(d) for d in parsed_pieces(texts, entities=True)] == alone


def test_texts_without_words_have_no_entities():
    docs = parsed_pieces(["", "\n", "x"], entities=True)
    load_recogniser().mark([])
    assert [entities(d) for d in docs] == [[], [], []]


def test_one_thread_within_the_block_and_as_before_after_it():
    def threads():
        return {i["filepath"]: i["num_threads"] for i in threadpool_info() if i["user_api"] == "blas"}

    gc.collect()  # a reading that another test left half-way holds the limit until it is collected
    before = threads()
    assert before
    with one_thread():
        assert set(threads().values()) == {1}
    assert threads() == before
