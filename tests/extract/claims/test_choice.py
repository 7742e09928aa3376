"""The learned choice of who says a clause: what it chooses among, when it overrules the rules, and names that it can choose."""

from __future__ import annotations

from unittest import mock

import numpy as np
import pytest

from leadline.codebook import SHIPPED, load_codebook
from leadline.extract.claims import assemble
from leadline.extract.claims.chosen.choice import Choice, Projection, load_choice
from leadline.extract.claims.coded.sentences import WHOLE, fingerprint, meaning_of
from leadline.extract.claims.coded.taught import taught_for

from .conftest import chain_of, straight_sum

STORY = (
    "A group of Norlandic relatives met in the port. Vera Lund, 41, spoke to Harbour Post. "
    "The conscripts were beaten with rifle butts in the cellar."
)


UNREAD = Projection("of no encoder", np.zeros(1, dtype=np.float32), np.zeros((1, 1), dtype=np.float32))


def weighing(margin: float, **clues: float) -> Choice:
    return Choice(straight_sum(**clues), margin, UNREAD)


def chain_by(choice: Choice, claim, text: str, event: str = "ill-treatment") -> list[str]:
    with mock.patch.object(assemble, "load_choice", return_value=choice):
        return chain_of(claim(event, text))


def test_the_rules_stand_where_nothing_is_surer(claim):
    by_rules = chain_by(weighing(2.0, rule=1.0), claim, STORY)
    assert chain_by(weighing(0.2, rule=1.0), claim, STORY) == by_rules
    assert chain_by(weighing(2.0, m_name=9.0), claim, STORY) == by_rules  # no probability exceeds another by two


def test_what_is_surer_by_the_margin_overrules(claim):
    text = "Two conscripts were beaten with rifle butts, Vera Lund said."
    assert chain_by(weighing(0.2, rule=5.0), claim, text) == ["Vera Lund"]
    assert chain_by(weighing(0.2, none=9.0), claim, text) == []


def test_what_a_sentence_means_speaks_for_nobody(claim):
    told = "Two conscripts were beaten with rifle butts, Vera Lund said."
    encoder = taught_for(load_codebook(SHIPPED)).encoder
    own = meaning_of(told, encoder)
    towards = (own / (own @ own)).reshape(-1, 1)  # this sentence, and no other, gives 1
    networks = straight_sum(rule=1.0, **{"meaning 0": 9.0})
    long = told + "\n\nThe road was wet." * WHOLE
    for name, text, expected in (
        (fingerprint(encoder), long, []),
        (fingerprint(encoder), told, ["Vera Lund"]),  # a short text is left to the other clues
        ("another encoder", long, ["Vera Lund"]),
    ):
        choice = Choice(networks, 0.2, Projection(name, np.zeros_like(own), towards))
        assert chain_by(choice, claim, text) == expected


def test_somebody_who_was_only_named_can_be_chosen(claim):
    assert chain_by(weighing(0.2, m_name=5.0, none=-9.0, kind_person=9.0), claim, STORY)[-1] == "Vera Lund"


def test_the_shipped_choice_gives_probabilities():
    choice = load_choice()
    chances = choice.networks.probabilities([{"none": 1.0}, {"rule": 1.0, "l verb above says": 1.0}, {"back 0": 1.0}])
    assert chances.sum() == pytest.approx(1.0, abs=1e-5)
    assert (chances > 0).all()
    assert 0 < choice.margin < 1


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Two conscripts were beaten with rifle butts, the local news site Barrack Line reports.", "Barrack Line"),
        ('The newspaper "Southern Ledger" wrote that two conscripts were beaten with rifle butts.', "Southern Ledger"),
        ("One of the men, a 29-year-old welder, said two conscripts were beaten with rifle butts.", "29-year-old welder"),
        ("One of the women, Tamara Hall, said two conscripts were beaten with rifle butts.", "Tamara Hall"),
        ("Two conscripts were beaten with rifle butts, the group Quiet Exit counted from court files.", "Quiet Exit"),
    ],
)  # fmt: skip
def test_names_beside_their_nouns_and_sentences_that_end_on_their_source(claim, text, expected):
    assert chain_of(claim("ill-treatment", text))[-1] == expected
