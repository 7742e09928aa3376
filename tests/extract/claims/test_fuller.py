"""A source by the fullest name that the text gives it: what a name takes in, and what it leaves."""

from __future__ import annotations

import pytest

from leadline.extract.reading import read_document
from leadline.publish.redact import Names
from leadline.schema import Document

NAMED = [
    ("{} said two conscripts were beaten with rifle butts.", "Both armies", "Both armies"),
    ("A {} said two conscripts were beaten with rifle butts.", "person close to the army's command", None),
    ("{} said two conscripts were beaten with rifle butts.", "Lawyers who act for soldiers", None),
    ("An {} said two conscripts were beaten with rifle butts.", "assistant to the judge", None),
    ("Four clerks left the camp. {} said two conscripts were beaten with rifle butts.", "Three of the clerks", None),
    ("{} told staff that he had been beaten with rifle butts.", "Private T.", None),
    # what a name leaves
    ("Her {} said two conscripts were beaten with rifle butts.", "brother", None),
    ("The {}, who had come from the coast, said two conscripts were beaten with rifle butts.", "welder", None),
    ("A {} said two conscripts were beaten with rifle butts.", "welder", None),
]


@pytest.mark.parametrize(("text", "words", "expected"), NAMED, ids=[words for _, words, _ in NAMED])
def test_a_hop_is_named_as_the_text_names_it(claims, text, words, expected):
    found = [c for c in claims(text.format(words)) if c.event == "ill-treatment"]
    assert [c.chain[-1].name for c in found] == [expected or words]


def test_a_name_is_the_words_at_its_place(claims):
    text = "A person close to the army's command said two conscripts were beaten with rifle butts."
    hop = claims(text)[0].chain[-1]
    assert text[hop.start : hop.end] == hop.name
    assert hop.canonical == "person"


def test_one_of_several_is_not_named_as_all_of_them(claims):
    text = (
        "Five welders came back from the coast. They had been held in a school.\n\n"
        "One of them said two conscripts were beaten with rifle butts."
    )
    (c,) = (c for c in claims(text) if c.event == "ill-treatment")
    assert c.chain[-1].name == "One of them"


def test_who_the_one_is_says_more_than_one_of_them(claims):
    text = "Five men came back from the coast.\n\nOne of them, a former gunner, said two conscripts were beaten with rifle butts."
    (c,) = (c for c in claims(text) if c.event == "ill-treatment")
    assert c.chain[-1].name == "former gunner"


def test_what_is_longer_than_a_name_is_cut_before_the_clause_that_makes_it_so(claims):
    text = "A clerk in the recruitment office who had worked there for eleven long years said two conscripts were beaten with rifle butts."
    (c,) = (c for c in claims(text) if c.event == "ill-treatment")
    assert c.chain[-1].name == "clerk in the recruitment office"


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("Marek Dorn's wife", "[a person]'s wife"),
        ("Ivo Lund's brother", "[a person]'s brother"),
        ("Tomas's mother", "[a person]'s mother"),
        ("A friend who served with Dima", "friend who served with [a person]"),
    ],
)
def test_persons_in_a_name_are_hidden_where_it_is_printed(resources, words, shown):
    text = f"{words} said two conscripts were beaten with rifle butts."
    reading = read_document(Document(document="d", sha256="", text=text, series="d", language="en"), resources)
    assert [Names(reading.persons).mask(c.chain[-1].name) for c in reading.claims] == [shown]


def test_whose_relatives_somebody_is_may_be_a_place(resources):
    text = "Ukraine's wives said two conscripts were beaten with rifle butts."
    reading = read_document(Document(document="d", sha256="", text=text, series="d", language="en"), resources)
    assert reading.persons == ()
