"""How an event is told, by the layer that was taught realis: what it makes of the same word in another sentence."""

from __future__ import annotations

import numpy as np
import pytest

from leadline.codebook import load_codebook
from leadline.errors import CodebookError
from leadline.extract.claims.coded import telling as module
from leadline.extract.claims.coded.taught import taught_for
from leadline.extract.claims.coded.telling import CODES, load_telling, telling_for
from leadline.extract.language import load_language


@pytest.fixture(scope="module")
def taught():
    return taught_for(load_codebook(None))


def told(taught, text, word):
    doc = load_language()(text)
    heard = taught.reread(doc, taught.hear(doc))
    token = next(t for t in doc if t.text == word)
    return dict(zip(CODES, heard.told[token.i].tolist(), strict=True))


@pytest.mark.parametrize(
    ("usual", "once", "word"),
    [
        (
            "Soldiers who complain are beaten by the military police.",
            "On Monday a soldier who had complained was beaten by the military police.",
            "beaten",
        ),
        (
            "The wounded are sent back to the front before their stitches are out.",
            "Last week eleven wounded men were sent back to the front.",
            "sent",
        ),
    ],
)
def test_a_habit_is_told_apart_from_what_happened_once(taught, usual, once, word):
    habit, event = told(taught, usual, word), told(taught, once, word)
    assert habit["generic"] > 0.5 > event["generic"]
    assert event["actual"] > 0.5


def test_what_is_said_not_to_have_happened_is_denied(taught):
    assert told(taught, "The ministry said that nobody had been shot by the barrier troops.", "shot")["denied"] > 0.5


def test_each_word_that_was_read_has_the_chance_of_every_realis(taught):
    doc = load_language()("Two deserters were shot. It was a mild and pleasant evening by the lake.")
    heard = taught.reread(doc, taught.hear(doc))
    assert heard.told
    assert set(heard.told) <= set(heard.row)
    assert np.allclose([row.sum() for row in heard.told.values()], 1, atol=1e-4)


def test_another_encoder_or_none_has_no_such_layer(taught, monkeypatch):
    assert telling_for(None) is None
    assert telling_for(taught.encoder) is load_telling().ending
    monkeypatch.setattr(module, "below", lambda encoder: "another")
    assert telling_for(taught.encoder) is None


def test_a_broken_file_is_said_to_be_one(taught, tmp_path, monkeypatch):
    path = tmp_path / "telling.npz"
    np.savez(path, codes=np.array(CODES), encoder=np.array("x"))
    monkeypatch.setattr(module, "FILE", path)
    load_telling.cache_clear()
    with pytest.raises(CodebookError, match="train_telling"):
        telling_for(taught.encoder)
    load_telling.cache_clear()
