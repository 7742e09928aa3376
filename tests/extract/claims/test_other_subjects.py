"""Another subject is another codebook: `examples/police-violence.toml` is read and its examples hold."""

from __future__ import annotations

from pathlib import Path

import pytest

from leadline.codebook import load_codebook
from leadline.extract.claims.coded.coding import LEAST
from leadline.extract.claims.coded.events import find_events
from leadline.extract.claims.coded.triggers import compile_rules
from leadline.extract.claims.words import line_of
from leadline.extract.language import load_language

BOOK = load_codebook(Path(__file__).parents[3] / "examples" / "police-violence.toml")
EXAMPLES = [(e.code, x.text, x.realis) for e in BOOK.events for x in e.examples]


@pytest.fixture(scope="module")
def rules():
    return compile_rules(BOOK)


@pytest.mark.parametrize(("code", "text", "realis"), EXAMPLES)
def test_examples_of_the_codebook_hold(code, text, realis, rules):
    line = line_of(load_language()(text)[:])
    found = {f.event for f in find_events(line, rules) if f.weight >= LEAST}
    assert (code in found) == (realis is not None)
