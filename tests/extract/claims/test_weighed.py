"""Realis weighed: the names that the words around an event give, and what the model taught by marked articles makes of them."""

from __future__ import annotations

import numpy as np
import pytest

from leadline.errors import CodebookError
from leadline.extract.claims.judged.weighing import Weighing
from leadline.extract.claims.modality import weighed as module
from leadline.extract.claims.modality.manner import form_of, noun_class
from leadline.extract.claims.modality.weighed import CODES, load_weights, weighed
from leadline.extract.language import load_language


@pytest.mark.parametrize(
    ("text", "verb", "form"),
    [
        ("They'd been flogged by the guards.", "flogged", "had passive"),
        ("The men were beaten and sent back.", "sent", "past passive"),
        ("He would shoot them.", "shoot", "would"),
        ("Guards are beating them.", "beating", "present going on"),
        ("Officers shoot deserters.", "shoot", "present"),
    ],
)
def test_the_form_of_a_verb(text, verb, form):
    token = next(t for t in load_language()(text) if t.text == verb)
    assert form_of(token) == form


@pytest.mark.parametrize(
    ("text", "noun", "kind"),
    [
        ("Soldiers who refuse are shot.", "Soldiers", "bare many described"),
        ("The two soldiers left.", "soldiers", "counted many"),
        ("His officers left.", "officers", "owned many"),
        ("They left.", "They", "they"),
    ],
)
def test_whom_a_noun_phrase_means(text, noun, kind):
    token = next(t for t in load_language()(text) if t.text == noun)
    assert noun_class(token) == kind


def test_nothing_known_keeps_the_answer_of_the_rules():
    assert all(weighed(code, frozenset({"a name that no example showed"})) == code for code in CODES)


def test_a_cue_is_never_made_actual():
    table = np.zeros((1, len(CODES)), dtype=np.float32)
    nothing = np.zeros((0, len(CODES)), dtype=np.float32)
    sure = Weighing(CODES, {"sure": 0}, table, nothing[:, 0], nothing, table[0].copy())
    table[0, CODES.index("actual")] = 50
    assert weighed("denied", {"sure"}, sure) == "denied"
    table[0, CODES.index("generic")] = 90
    assert weighed("actual", {"sure"}, sure) == "generic"


def test_sums_do_not_hang_on_the_order_in_which_marks_come():
    names = sorted(load_weights().row)[:400]
    back = [dict.fromkeys(some, 1.0) for some in (names, reversed(names))]
    one, other = load_weights().chances(back, np.zeros((2, 0), dtype=np.float32))
    assert one.tobytes() == other.tobytes()


def test_a_broken_file_is_said_to_be_one(tmp_path, monkeypatch):
    path = tmp_path / "realis.npz"
    np.savez(path, codes=np.array(["actual"]))
    monkeypatch.setattr(module, "FILE", path)
    load_weights.cache_clear()
    with pytest.raises(CodebookError, match="train_realis"):
        load_weights()
    load_weights.cache_clear()


def test_what_the_whole_sentence_says_is_weighed_beside_the_names():
    nothing = np.zeros((0, len(CODES)), dtype=np.float32)
    even = Weighing(CODES, {}, nothing, nothing[:, 0], nothing, np.zeros(len(CODES), dtype=np.float32))
    heard = np.full(len(CODES), 0.006, dtype=np.float32)
    heard[CODES.index("generic")] = 0.97
    assert weighed("actual", (), even, heard) == "generic"
    assert weighed("denied", (), even, heard) == "denied", "a cue has the greater bonus"
    heard[CODES.index("generic")] = 0.4
    assert weighed("actual", (), even, heard) == "actual"
