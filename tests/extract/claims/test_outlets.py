"""Outlets that a text names without a register's help, and hops by the words that name them."""

from __future__ import annotations

import pytest

from leadline.extract.claims.sources.outlets import Outlets
from leadline.extract.parse import parse_documents
from leadline.schema import Document


def outlets_of(text):
    document = Document(document="d", sha256="", text=text, series="d", language="en")
    doc = next(iter(parse_documents([document]))).doc
    return doc, Outlets(doc)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Two men fled, the independent outlet Sud i Delo has counted.", "Sud i Delo"),
        ("Two men fled, the Karsk Gazette wrote on Monday.", "Karsk Gazette"),
        ("A soldier told The Karsk Ledger that two men had fled.", "The Karsk Ledger"),
        ("Two men fled, Radio Karsk reported.", "Radio Karsk"),
        ("He reached a reporter from the Karsk Wave radio station.", "Karsk Wave"),
        ("A report by the Northern Broadcasting Service says so.", "Northern Broadcasting Service"),
        ("A medic told Rassvet that two men had fled. Rassvet writes that both are alive.", "Rassvet"),
    ],
)
def test_what_stands_beside_a_name_or_ends_it_shows_an_outlet(text, name):
    doc, outlets = outlets_of(text)
    found = {w.canonical for t in doc if (w := outlets.at(t)) is not None}
    assert found == {name}


def test_two_outlets_are_named_behind_their_noun():
    doc, outlets = outlets_of("Two outlets, Nastoyashchy Den and Svirel, have reported further cases.")
    assert {w.canonical for t in doc if (w := outlets.at(t))} == {"Nastoyashchy Den", "Svirel"}


def test_a_name_once_shown_is_the_same_outlet_later():
    doc, outlets = outlets_of(
        "The exile site Slovo i Pravda has the names. Two men fled, Slovo i Pravda writes. The lawyer Ivan Slovo did not answer."
    )
    found = [outlets.at(t) for t in doc if t.text == "Slovo"]
    assert [w.canonical if w else None for w in found] == ["Slovo i Pravda", "Slovo i Pravda", None]


@pytest.mark.parametrize("text", ["The train stood at the station Lozova.", "Nora Post fled on Monday."])
def test_places_and_persons_are_none(text):
    doc, outlets = outlets_of(text)
    assert all(outlets.at(t) is None for t in doc)


def test_the_update_is_that_of_the_body_that_said_it(claims):
    found = claims(
        "Sudrian officers have shot at their own men, Velian defence intelligence said in an update on Monday.\n\n"
        '"Officers have shot at their own men in two sectors," the update reads.'
    )
    assert [[h.name for h in c.chain] for c in found] == [["Velian defence intelligence"]] * 2


def test_the_name_of_a_hop_has_no_date_in_it(claims):
    found = claims(
        "Velia's security service on March 12 published an intercepted call of a Sudrian soldier. "
        "In it the soldier says that the commander shot two of his own men."
    )
    assert [h.name for c in found for h in c.chain if "service" in h.name] == ["Velia's security service"] * len(found)


def test_the_site_is_the_one_that_was_called_so_and_a_hyphen_is_inside_a_name():
    doc, outlets = outlets_of(
        "The paper Karsk-Inform and the site Rassvet have the names. Rassvet spoke to six men. The paper spoke to two, the site says."
    )
    last = [t for t in doc if t.text in {"paper", "site"}][-2:]
    assert [str(doc[a : b + 1]) for a, b in map(outlets.called, last)] == ["Karsk-Inform", "Rassvet"]


NAMED = {  # passage: words of the claim, and the source as it must be called
    "the outlet that has not spoken yet": (
        "A new report by the exile website Svirel has put names to it. The website documented that 148 deserters were shot.",
        "deserters were shot",
        "Svirel",
    ),
    "the group, after an agency": (
        "The captain left, according to the rights group Open Barracks, the agency Sudria Press reported. The Karsk-based organization said that deserters were shot.",
        "deserters were shot",
        "Open Barracks",
    ),
    "the daily with an article": (
        "The Velian daily The Karsk Star publishes a diary. According to the newspaper, deserters were shot.",
        "deserters were shot",
        "The Karsk Star",
    ),
    "the channel with a verb in its name": (
        "The clip was shared by the Telegram channel Write Him Home. The channel said that deserters were shot.",
        "deserters were shot",
        "Write Him Home",
    ),
    "a name behind what one is": (
        "Another deserter, a cook who asked to be called Emil, said that refusers were beaten.",
        "refusers were beaten",
        "Emil",
    ),
    "the colonel": (
        "A spokesman, Colonel Ivo Hall, said the barracks had been closed. The colonel says that deserters were shot.",
        "deserters were shot",
        "Ivo Hall",
    ),
    "somebody by a word that says little": (
        "The newspaper's contact, a lawyer from Karsk named Ivo Hall, says that deserters were shot.",
        "deserters were shot",
        "Ivo Hall",
    ),
    "a noun with hyphens": (
        "My late father-in-law was a gunner. He told me that deserters were shot.",
        "deserters were shot",
        "father-in-law",
    ),
    "nobody who is a city": (
        "The governor, Ivo Hall, came on Sunday. In the city of Rubova deserters were shot, he wrote.",
        "deserters were shot",
        "governor",
    ),
    "nobody in the words quoted": (
        'In a call a man named Emil talks to his mother. "The lieutenant left on Monday. They shot two deserters," he tells her.',
        "shot two deserters",
        "Emil",
    ),
}


@pytest.mark.parametrize("name", NAMED)
def test_sources_are_called_by_what_the_text_names_them(name, source_of):
    text, words, said = NAMED[name]
    assert said in source_of(text, words)


def test_who_makes_a_call_public_stands_before_who_speaks_in_it(claims):
    text = "Velia's security service made public a conversation of a Sudrian gunner with his sister. “They shot two deserters,” says the gunner."
    (claim,) = (c for c in claims(text) if "deserters" in c.quote)
    assert [h.name for h in claim.chain][:1] == ["Velia's security service"]


def test_who_puts_a_film_out_stands_before_what_it_shows(claims):
    (claim, *_) = claims(
        "The Telegram channel Rassvet put out a video that appears to show deserters being beaten in a yard."
    )
    assert [h.canonical for h in claim.chain][:1] == ["Rassvet"]


def test_what_women_say_under_details_is_had_through_the_source_of_the_page(claims):
    found = claims(
        "Wives complain\n\nSource: the Karsk Gazette\n\nDetails: The women say that deserters were shot in May."
    )
    claim = next(c for c in found if "deserters were shot" in c.quote)
    assert [h.name for h in claim.chain] == ["Karsk Gazette", "women"]
