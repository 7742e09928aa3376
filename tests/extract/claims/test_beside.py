"""Who stands beside a verb of saying, by the order of the words."""

from __future__ import annotations

import pytest

from leadline.extract.claims.statements.beside import before, behind
from leadline.extract.claims.statements.tails import tails
from leadline.extract.parse import parse_documents
from leadline.schema import Document


def parsed(text):
    return next(iter(parse_documents([Document(document="d", sha256="", text=text, series="d", language="en")]))).doc


def words(tokens):
    return " ".join(t.text for t in tokens)


@pytest.mark.parametrize(
    ("text", "verb", "phrase"),
    [
        ("Men fled, the head of the ward, Ivo Rand, said on Sunday.", "said", "the head of the ward , Ivo Rand ,"),
        (
            "In Karsk, Halina, 63, who hid in a well, told us that men fled.",
            "told",
            "Halina , 63 , who hid in a well ,",
        ),
        ("Men fled and the clerk said so.", "said", "the clerk"),
        ("When men fled, said the clerk.", "said", ""),
    ],
)
def test_before_a_verb(text, verb, phrase):
    assert words(before(next(t for t in parsed(text) if t.text == verb))) == phrase


def test_behind_a_verb():
    doc = parsed("Men fled, writes the weekly Morgen, because the gate stood open.")
    assert words(behind(next(t for t in doc if t.text == "writes"))) == "the weekly Morgen"


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("Forty men have left the dam since May, the exile outlet Svirel has found.", "the exile outlet Svirel"),
        ("Geolocated.", None),
        ("When the men had left the dam, the outlet has found nobody.", None),
    ],
)
def test_a_sentence_that_closes_with_who_found_it(text, source):
    said = [words(x.source) for x in tails(parsed(text), set())]
    assert said == ([source] if source else [])
