"""Names of persons are found wherever they stand, so that pages can show a role instead."""

from __future__ import annotations

import pytest

from leadline.extract.claims.persons import find_persons
from leadline.extract.parse import parse_documents
from leadline.register import Register, Source
from leadline.schema import Document

REGISTER = Register(
    [
        Source(id="orlov", name="Pavel Orlov", kind="person"),
        Source(id="post", name="Harbour Post", kind="outlet"),
        Source(id="daughters", name="Daughters of Marika", kind="monitor"),
    ]
)


def persons(text: str, **fields):
    d = Document(document="d", sha256="", text=text, series="d", language="en", **fields)
    found = find_persons(next(parse_documents([d])), REGISTER)
    assert all(text[p.start : p.end] == p.name for p in found)
    return found


def test_later_bare_surnames_and_first_names_are_found_too():
    found = persons("Private Anton Lund deserted in May. Lund told Harbour Post that he ran. Anton is 20.")
    assert {p.name for p in found} >= {"Anton Lund", "Lund", "Anton"}


def test_registered_persons_carry_their_entry_and_bodies_are_no_persons():
    found = persons("Pavel Orlov said nothing. Harbour Post asked Pavel Orlov again.")
    assert {p.source_id for p in found} == {"orlov"}
    assert "Harbour Post" not in {p.name for p in found}


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Marten was a baker. In the second week he was sent up the slope, and two men were shot.", "Marten"),
        ("Sofia, 31, lives near the coast. Her son was beaten.", "Sofia"),
        ("A medic who asked to be called Viktor said that six conscripts were shot.", "Viktor"),
        ("Bloggers were angry. One of them, who writes as Grey Heron, said that two men were shot.", "Grey Heron"),
        ('"They beat two men," said the storekeeper, Aro Hellman, pointing at the wall.', "Aro Hellman"),
        ("Another former detainee, Ismo, said that the guards had beaten two men.", "Ismo"),
        ("A gunner from the same village, Taavi, said that two men were shot.", "Taavi"),
        ("Why did you leave?\n\nIvo Mark: Because they beat us.", "Ivo Mark"),
    ],
)
def test_who_is_named_as_a_source_is_a_person_whatever_the_recogniser_says(text, name):
    assert name in {p.name for p in persons(text)}


def test_a_word_of_a_registered_bodys_name_is_nobodys_and_the_same_word_elsewhere_is_a_persons():
    text = "Daughters of Marika, a journalist collective, asked her. Marika Lund said that her son was beaten."
    assert [p.name for p in persons(text)] == ["Marika Lund"]


def test_an_outlet_that_no_register_knows_is_no_person_and_who_writes_for_it_is():
    names = {
        p.name
        for p in persons("Marika Lund told the Sorrel Gazette that her son was beaten. Sorrel Wire asked Ivo Lund.")
    }
    assert {"Marika Lund", "Ivo Lund"} <= names
    assert not {n for n in names if "Sorrel" in n}


def test_bylines_in_boilerplate_are_found():
    text = "By Greta Holm\n\nTwo conscripts deserted from the fort."
    assert "Greta Holm" in {p.name for p in persons(text, boilerplate=((0, 13),))}


def test_a_namesake_of_a_registered_person_is_somebody_else():
    found = persons("Deserters were shot by their own commanders, former convict Anton Orlov said.")
    assert [(p.name, p.source_id) for p in found] == [("Anton Orlov", None)]


def names(text: str, **fields) -> set[str]:
    return {p.name for p in persons(text, **fields)}


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("He called his mother Olena before the attack.", "Olena"),
        ("She has a son named Bohdan, who deserted.", "Bohdan"),
        ("Olena, his mother, has not heard from him.", "Olena"),
        ("The mother of Danylo went to the office.", "Danylo"),
        ("His wife, Halyna, wrote to us. We met Halyna in May.", "Halyna"),
    ],
)
def test_given_names_of_relatives_are_persons(text, name):
    assert name in names(text)


def test_a_name_beside_the_word_for_a_relative_is_printed_as_a_relative():
    found = persons("He called his mother Olena before the attack.")
    assert [(p.name, p.role) for p in found] == [("Olena", "a relative")]


@pytest.mark.parametrize(
    "text",
    [
        "He told his mother Monday that he would run.",
        "The General Staff put losses at forty, the General Staff said.",
        "Reports from the Commander-in-Chief were late.",
        "The Verdun-style meat grinder went on.",
        "Dunmarrow Province, June 30. Two men ran.",
    ],
)
def test_bodies_posts_regions_and_days_are_no_persons(text):
    assert not names(text)


def test_regions_in_furniture_are_no_persons_but_a_name_before_one_is():
    text = "Greta Holm Dunmarrow Province\n\nTwo conscripts deserted from the fort."
    found = names(text, boilerplate=((0, 29),))
    assert any("Greta Holm" in n for n in found)
    assert not any("Province" in n for n in found)


def test_a_post_before_a_name_is_no_part_of_it():
    assert names("Commander-in-Chief Oleksandr Heron spoke.") == {"Oleksandr Heron"}


@pytest.mark.parametrize(
    "text",
    [
        "Ivanov was executed, officials said.",
        "They executed Ivanov. Ivanov's commander watched.",
        "Officials and Ivanov met.",
    ],
)
def test_a_bare_surname_takes_no_role_from_other_people(text):
    found = [p for p in persons(text) if p.name == "Ivanov"]
    assert found
    assert {p.role for p in found} == {"a person"}


def test_a_role_that_words_give_is_kept():
    found = persons("Anton Lund, a soldier of the fort, ran. Lund is well.")
    assert {p.role for p in found} == {"a soldier"}


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("The governor of the northern province, Ivo Rask, wrote that the men had come home.", "Ivo Rask"),
        ("Fighters left the hill.\n\n(Reporting by A. Holm and Greta Lund; editing by R. Costa)", "R. Costa"),
        ("Nora van der Meer said the sons had been beaten.", "Nora van der Meer"),
        ("Nobody else went up the slope. Marek did.", "Marek"),
    ],
)
def test_names_that_the_recogniser_passes_over_are_found(text, name):
    assert name in names(text)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("Russian President Anton Lund spoke in Kyiv. Russian soldiers fled to Kyiv.", "Russian"),
        ("Secretary of State Anton Lund said the State did nothing.", "State"),
        ("Defense Secretary Anton Lund wrote to the Ministry of Defense.", "Defense"),
        ("A lawyer of the DOJ said so. The DOJ asked the Armed Forces.", "DOJ"),
        ("Sergeant N. He is alive. He has been taken to hospital.", "He"),
    ],
)
def test_peoples_bodies_and_words_of_the_language_are_not_hidden(text, word):
    assert not [n for n in names(text) if word in n.replace("-", " ").split()]
