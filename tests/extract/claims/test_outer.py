"""Through whom a text has what somebody says: what the choice of outer hops adds, what it leaves, and how bodies are named as releasers."""

from __future__ import annotations

from unittest import mock

import numpy as np
import pytest

from leadline.errors import CodebookError
from leadline.extract.claims import assemble
from leadline.extract.claims.chosen import outer
from leadline.extract.claims.chosen.outer import LONGEST, Outer, load_outer
from leadline.extract.claims.recordings.recordings import Recordings
from leadline.extract.claims.sources.naming import Naming
from leadline.extract.parse import parse_documents
from leadline.register import Register
from leadline.schema import Document

from .conftest import SOURCES, chain_of, straight_sum

STORY = (
    "Lanterna has collected the accounts of four families from the coast.\n\n"
    "The winter was hard, and the road to the port stayed closed until March.\n\n"
    "A welder said two conscripts were beaten with rifle butts."
)


def weighing(least: float, **clues: float) -> Outer:
    return Outer(straight_sum(**clues), least)


def chain_by(choice: Outer, claim, text: str, event: str = "ill-treatment") -> list[str]:
    with mock.patch.object(assemble, "load_outer", return_value=choice):
        return chain_of(claim(event, text))


def test_an_outlet_that_was_named_paragraphs_before_is_put_in_front(claim):
    assert chain_by(weighing(0.4, none=9.0), claim, STORY) == ["welder"]
    assert chain_by(weighing(0.4, out_outlet=9.0), claim, STORY) == ["Lanterna", "welder"]


def test_nobody_is_put_in_front_who_is_less_likely_than_asked(claim):
    assert chain_by(weighing(0.4, m_past=0.0), claim, STORY) == ["welder"]  # all are as likely
    assert chain_by(weighing(1.1, out_outlet=9.0), claim, STORY) == ["welder"]


def test_the_outer_hop_that_the_rules_found_stands(claim):
    text = (
        "Lanterna wrote about the port.\n\nA welder told Harbour Post that two conscripts were beaten with rifle butts."
    )
    by_rules = chain_by(weighing(1.1, none=1.0), claim, text)
    assert by_rules[-2] == "Harbour Post"
    assert chain_by(weighing(0.1, m_lead=9.0), claim, text)[-2:] == by_rules[-2:]


def test_what_nobody_says_has_no_outer_hop(claim):
    assert (
        chain_by(
            weighing(0.1, out_outlet=9.0), claim, "Lanterna has grown. Two conscripts were beaten with rifle butts."
        )
        == []
    )


def test_no_source_stands_twice_and_chains_end(claim):
    names = (
        "Lanterna, Harbour Post, the Norland Defence Service, the Estimates Office and FrontWords wrote about it.\n\n"
    )
    chain = chain_by(weighing(0.0, out_named=1.0), claim, names + STORY)
    assert len(chain) == LONGEST
    assert len(set(chain)) == len(chain)


def test_the_shipped_choice_gives_probabilities():
    shipped = load_outer()
    chances = shipped.networks.probabilities([{"none": 1.0, "bias": 1.0}, {"out outlet": 1.0, "bias": 1.0}])
    assert chances.sum() == pytest.approx(1.0, abs=1e-5)
    assert 0 < shipped.least < 1


def test_a_broken_file_of_weights_says_so(tmp_path):
    np.savez(tmp_path / "outer.npz", clues=np.array(["none"]))
    with mock.patch.object(outer, "FILE", tmp_path / "outer.npz"):
        load_outer.cache_clear()
        with pytest.raises(CodebookError, match=r"outer\.npz"):
            load_outer()
    load_outer.cache_clear()


def test_the_body_that_the_text_names_released_the_call_of_the_headline(claims):
    text = (
        "“They shot three of our own men”: Norland releases call of Sudrian soldier\n\n"
        "A Sudrian serviceman told his mother that his company had been beaten with rifle butts, according to an intercepted phone call "
        "that Norland's Defence Intelligence Directorate released on Friday.\n\n"
        '"On Monday they shot four of our lads," the soldier said.'
    )
    assert {c.chain[0].name for c in claims(text)} == {"Norland's Defence Intelligence Directorate"}


@pytest.mark.parametrize(("article", "recordings"), [("an", 1), ("another", 2)])
def test_another_call_is_not_that_of_the_headline(article, recordings):
    text = (
        "“They shot three of our own men”: Norland releases call of Sudrian soldier\n\n"
        f"In {article} intercepted phone call, which the Estimates Office released on Friday, a soldier spoke of a cellar."
    )
    parsed = next(
        parse_documents([Document(document="d", sha256="", text=text, series="d", language="en", published=None)])
    )
    found = Recordings(parsed.doc, Naming(parsed.doc, Register(SOURCES)))
    for i in found.positions():
        found.read(i)
    assert len(found.all) == recordings


@pytest.mark.parametrize(
    ("phrase", "expected"),
    [
        ("the Coastal Security Service of Norland", "Coastal Security Service of Norland"),
        ("the press service of the Norlandic army", "Norlandic army"),
    ],
)
def test_a_secret_service_is_a_body_and_a_press_service_speaks_for_one(claim, phrase, expected):
    found = claim("ill-treatment", f"Two conscripts were beaten with rifle butts, according to {phrase}.")
    assert found.chain[-1].canonical == expected
