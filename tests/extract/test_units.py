"""Military units: one canonical form for every spelling, and no unit where there is none."""

from __future__ import annotations

import time

import pytest
import spacy
from hypothesis import given, settings
from hypothesis import strategies as st

from leadline.extract.units import find_units
from leadline.extract.units.named import formations

NLP = spacy.blank("en")


def read(text):
    return find_units(NLP(text))


def one(text):
    (reading,) = read(text)
    return reading


@pytest.mark.parametrize(
    "text",
    [
        "the 1219 Regiment",
        "the 1219th regiment",
        "the 1,219th regiment",
        "the 1219th Motorised Rifle Regiment",
        "the 1,219th motor rifle regiment",
        "the 1219th Separate Guards Tank Regiment",
        "Regiment No. 1219",
        "regiment number 1219",
        "the 1219th MRR",
        "the 1219thregiment",
    ],
)
def test_units_spellings_are_one(text):
    assert one(f"Men of {text} fled.").canonical == "1219th regiment"


@pytest.mark.parametrize(
    ("text", "canonical", "branch"),
    [
        ("the Third Assault Brigade", "3rd brigade", "assault"),
        ("the 2nd Company of it", "2nd company", None),
        ("the 5th battalion", "5th battalion", None),
        ("the 58th Combined Arms Army", "58th army", "combined arms"),
        ("the 3rd Army Corps", "3rd corps", "army"),
        ("the 12th Army Aviation Brigade", "12th brigade", "army aviation"),
        ("the 9th motorized rifle brigade", "9th brigade", "motor rifle"),
        ("the 61st battalion tactical group", "61st battalion tactical group", None),
        ("military unit 29999", "military unit 29999", None),
        ("v/ch 29999", "military unit 29999", None),
        ("military unit No. 29999", "military unit 29999", None),
        ("the Granit Battalion", "Granit battalion", None),
        ("the “Granit” battalion", "Granit battalion", None),
    ],
)
def test_units_are_read(text, canonical, branch):
    reading = one(f"He served in {text}.")
    assert (reading.canonical, reading.branch) == (canonical, branch)


def test_units_share_an_echelon_word():
    assert [u.canonical for u in read("The 25th and 144th brigades of Russia met the 7th, 8th and 9th Battalions.")] == [
        "25th brigade", "144th brigade", "7th battalion", "8th battalion", "9th battalion",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "side"),
    [
        ("Russia's 1219th regiment", "RUS"),
        ("the Russian 1219th Regiment", "RUS"),
        ("the 1219th regiment of the Ukrainian army", "UKR"),
        ("Ukraine's elite 61st Brigade", "UKR"),
        ("the 61st Brigade", None),
    ],
)
def test_units_have_the_side_that_the_words_state(text, side):
    assert one(f"Men of {text} fled.").side == side


def test_units_side_holds_for_every_mention():
    assert [u.side for u in read("Russia's 61st Brigade fled. The 61st Brigade returned.")] == ["RUS", "RUS"]


def test_units_conflicting_sides_are_not_passed_on():
    units = read("Russia's 61st Brigade met Ukraine's 61st Brigade. The 61st Brigade fled.")
    assert [u.side for u in units] == ["RUS", "UKR", None]


def test_units_without_echelon_are_known_from_the_text():
    assert [u.canonical for u in read("Men of the 1,219th regiment fled. The 1,219th was disbanded.")] == [
        "1219th regiment"
    ] * 2
    assert [u.canonical for u in read("Men of the 17th regiment fled on the 17th.")] == ["17th regiment"]


@pytest.mark.parametrize(
    "text",
    [
        "Three brigades and 20 battalions fled.",
        "It was the second company to leave the country.",
        "More than 10 battalion tactical groups fled.",
        "The company said its 3rd division grew.".replace("3rd ", ""),
        "A brigade of 3,000 men fled.",
        "A T-72 company fled.".replace("company", "crew"),
        "The Russian army fled.",
        "Some companies sold 1219 units.",
    ],
)
def test_units_are_not_seen_in_counts(text):
    assert read(text) == ()


@pytest.mark.parametrize("formation", formations(), ids=lambda f: f.canonical)
def test_units_listed_formations_are_found_by_every_name(formation):
    for name in formation.names:
        assert one(f"It was said of {name} there.").canonical == formation.canonical


def test_units_list_names_each_formation_once():
    names = [n for f in formations() for n in f.names]
    assert len(names) == len(set(names))


@settings(max_examples=150, deadline=None)
@given(st.integers(1, 9999), st.sampled_from(["regiment", "brigade", "battalion"]), st.booleans())
def test_units_any_number_is_read_with_and_without_comma(n, echelon, comma):
    ending = "th" if n % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(n % 10, "th")
    written = f"{n:,}" if comma else str(n)
    assert one(f"Men of the {written}{ending} {echelon} fled.").canonical == f"{n}{ending} {echelon}"


@pytest.mark.parametrize("piece", ["1st Guards", "5th and the", "Regiment No.", "Rifle", "military unit", "Storm"])
def test_units_are_linear_on_adversarial_text(piece):
    def seconds(n):
        words = (piece.split() * n)[:n]
        doc = spacy.tokens.Doc(NLP.vocab, words=words, spaces=[True] * n)
        began = time.process_time()
        find_units(doc)
        return time.process_time() - began

    seconds(50)
    small, large = seconds(1_000), min(seconds(8_000) for _ in range(3))  # a collection of garbage may fall into one
    assert large < 8 * 3 * max(small, 0.02)  # eight times the text; quadratic would be 64
