"""The examples in the shipped codebook are coded as they say."""

from __future__ import annotations

import pytest

from leadline.codebook import load_codebook

EXAMPLES = [(e.code, x.text, x.realis) for e in load_codebook(None).events for x in e.examples]


@pytest.mark.parametrize(("code", "text", "realis"), EXAMPLES)
def test_example_is_coded_as_it_says(claims, code, text, realis):
    found = {(c.event, c.realis) for c in claims(text)}
    if realis is None:
        assert code not in {event for event, _ in found}
    else:
        assert (code, realis) in found
