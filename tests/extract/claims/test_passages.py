"""The codes of the shipped codebook by definition: many ways of saying each, one passage a line.

The patterns alone are tested word by word; how often the taught model adds to them what should not be there is counted.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from leadline.extract.reading import read_document
from leadline.schema import Document

PASSAGES = [
    line.split(" :: ", 1)
    for line in (Path(__file__).parent / "passages.txt").read_text(encoding="utf-8").splitlines()
    if line and not line.startswith("#")
]


FEW = 0.05
"""Share of the passages in which the taught model may add a claim, near misses of every code being most of them."""


def coded(text, resources):
    return read_document(Document(document="d", sha256="", text=text, series="d", language="en"), resources).claims


@pytest.mark.parametrize(("told", "text"), PASSAGES, ids=[text[:60] for _, text in PASSAGES])
def test_passages_are_coded_by_patterns_with_their_events_and_nothing_else(told, text, patterns_alone):
    wanted = [] if told == "none" else [tuple(part.split()) for part in told.split(";")]
    found = [(c.event, c.realis) for c in coded(text, patterns_alone)]
    assert [event for event, _ in found] == [event for event, _ in wanted]
    assert all(is_told in {realis, "*"} for (_, realis), (_, is_told) in zip(found, wanted, strict=True))


def test_the_taught_model_adds_little_to_passages_that_say_nothing_more(resources, patterns_alone):
    added = [text for _, text in PASSAGES if len(coded(text, resources)) > len(coded(text, patterns_alone))]
    assert len(added) <= FEW * len(PASSAGES), added
