"""The codes of the shipped codebook by definition: many ways of saying each, one passage a line."""

from __future__ import annotations

from pathlib import Path

import pytest

PASSAGES = [
    line.split(" :: ", 1)
    for line in (Path(__file__).parent / "passages.txt").read_text(encoding="utf-8").splitlines()
    if line and not line.startswith("#")
]


@pytest.mark.parametrize(("told", "text"), PASSAGES, ids=[text[:60] for _, text in PASSAGES])
def test_passages_are_coded_with_their_events_and_nothing_else(told, text, claims):
    wanted = [] if told == "none" else [tuple(part.split()) for part in told.split(";")]
    found = [(c.event, c.realis) for c in claims(text)]
    assert [event for event, _ in found] == [event for event, _ in wanted]
    assert all(is_told in {realis, "*"} for (_, realis), (_, is_told) in zip(found, wanted, strict=True))
