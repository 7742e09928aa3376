"""Whom `he`, `she`, `it` and `they` mean, in passages of our own."""

from __future__ import annotations

import numpy as np
import pytest

from leadline.errors import CodebookError
from leadline.extract.archives import read_weights
from leadline.extract.claims.sources.fitting import gender_of_name
from leadline.extract.claims.sources.pronouns import FILE, Weights, load_weights
from leadline.extract.claims.sources.who import Who

PASSAGES = {  # passage: words of the claim, and a word of who says it
    "the one who sits there": (
        "Pavel talked for an hour.\n\nIn the next cell sits Denis, a welder who has a burnt hand. He says that the commander shot two deserters.",
        "shot two deserters",
        "Denis",
    ),
    "the one spoken to": (
        "The commander has left the regiment, the ministry said.\n\nHarbour Post spoke to a conscript of the regiment. He told the paper that refusers were beaten.",
        "refusers were beaten",
        "conscript",
    ),
    "one of several": (
        "In the clip twenty men stand in a yard. One of them reads from a sheet. He says deserters were shot.",
        "deserters were shot",
        "One of them",
    ),
    "a surname tells": (
        'Oleg Karpov was buried on Friday. Irina Karpova is a nurse. "They beat the refusers," she said.',
        "beat the refusers",
        "Karpova",
    ),
}


@pytest.mark.parametrize("name", PASSAGES)
def test_pronouns_mean_whom_the_text_brought_in(name, source_of):
    text, words, said = PASSAGES[name]
    assert said in source_of(text, words)


def test_pronouns_asked_in_each_other_end(claims):
    text = " ".join(f"One of them left the unit on day {n}." for n in range(400)) + " He said deserters were shot."
    assert isinstance(claims(text), tuple)


@pytest.mark.parametrize(
    ("name", "gender"), [("Irina Salova", "f"), ("Ilya Salov", "m"), ("Nadia Horbach", ""), ("Berlin", "")]
)
def test_gender_of_surnames(name, gender):
    assert gender_of_name(Who(name, name, "person")) == gender


def test_weights_choose_the_heavier():
    weights = Weights({"near": 1.0, "far": -1.0})
    assert weights.best([frozenset({"far"}), frozenset({"near", "unheard of"})]) == 1


def test_weights_are_shipped_and_broken_ones_are_told(tmp_path):
    assert load_weights().of["rule"] > 0
    np.savez(tmp_path / "w.npz", marks=np.array(["a"]))
    with pytest.raises(CodebookError, match="lack a part"):
        read_weights(tmp_path / "w.npz", Weights.read)
    assert FILE.exists()


def test_body_after_body_of_its_own_is_not_asked_back_and_back(claims):
    (claim,) = claims("Its press service slept. " * 400 + "Its press service said two soldiers deserted.")
    assert claim.event == "desertion"
