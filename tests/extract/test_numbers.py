"""Numbers: bounds, what is counted, and what is no count."""

from __future__ import annotations

import time

import pytest
import spacy
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from leadline.extract.language import load_language
from leadline.extract.numbers import as_number, find_numbers
from leadline.extract.numerals import items, lexicon

BLANK = spacy.blank("en")


def read(text):
    return find_numbers(load_language()(text))


def one(text):
    (reading,) = read(text)
    return reading


@pytest.mark.parametrize(
    ("text", "low", "high", "unit"),
    [
        ("More than 40,000 Arlian soldiers have deserted.", 40000, None, "soldiers"),
        ("Men from at least 14 different districts complained.", 14, None, "districts"),
        ("They lose 300 to 1,200 men a day.", 300, 1200, "men per day"),
        ("They lost 70 to 80,000 men.", 70000, 80000, "men"),
        ("He got six and a half years.", 6.5, 6.5, "years"),
        ("They lost two and a half thousand men.", 2500, 2500, "men"),
        ("They lose between 300 and 1,200 men every day.", 300, 1200, "men per day"),
        ("The terms were raised to 3-10 years.", 3, 10, "years"),
        ("Nine settlements were retaken.", 9, 9, "settlements"),
        ("They found more than a dozen cellars there.", 12, None, "cellars"),
        ("The pit held up to 300 prisoners.", None, 300, "prisoners"),
        ("As many as 300 prisoners were held.", None, 300, "prisoners"),
        ("No more than 20 men returned.", None, 20, "men"),
        ("No fewer than 20 men returned.", 20, None, "men"),
        ("Fewer than 20 men returned.", None, 20, "men"),
        ("A hundred or more men returned.", 100, None, "men"),
        ("Some 50+ men returned.", 50, None, "men"),
        ("Dozens of conscripts refused.", 24, None, "conscripts"),
        ("Tens of thousands of people fled.", 20000, None, "people"),
        ("Several hundred fighters arrived.", 300, None, "fighters"),
        ("Half a dozen tanks burned.", 6, 6, "tanks"),
        ("They need 2-3 million shells.", 2e6, 3e6, "shells"),
        ("Two hundred and ten of the prisoners died.", 210, 210, "prisoners"),
        ("They freed 90 square kilometers of land.", 90, 90, "km2"),
        ("A nine-storey building burned.", 9, 9, "storey"),
        ("Twelve wounded were brought in.", 12, 12, "wounded"),
        ("They killed 12.", 12, 12, ""),
        ("They lose 4-5 per day.", 4, 5, "per day"),
        ("They lost 300soldiers there.", 300, 300, ""),
        ("They lost 473 400 men.", 473400, 473400, "men"),
        ("On June 5 200 men fled.", 200, 200, "men"),
        ("During the last day 1260 Arlian soldiers fled.", 1260, 1260, "soldiers"),
        ("They lost 1\u202f200 men.", 1200, 1200, "men"),
    ],
)
def test_numbers_have_bounds_and_units(text, low, high, unit):
    reading = one(text)
    assert (reading.low, reading.high, reading.unit) == (low, high, unit)


@pytest.mark.parametrize(
    ("text", "low", "kind", "unit"),
    [
        ("About 30 percent of the men fled.", 30, "percentage", "percent"),
        ("One in five soldiers fled.", 0.2, "share", "soldiers"),
        ("It cost $5 million.", 5e6, "money", "$"),
        ("It cost £5m.", 5e6, "money", "£"),
        ("More than half of the soldiers fled.", 0.5, "share", "soldiers"),
        ("Two-thirds of the soldiers fled.", 2 / 3, "share", "soldiers"),
        ("They were paid 200,000 rubles a month.", 200000, "money", "rubles per month"),
        ("They walked 15 km.", 15, "measure", "km"),
        ("They waited for two weeks.", 2, "duration", "weeks"),
        ("They lose 200 men a week.", 200, "rate", "men per week"),
    ],
)
def test_numbers_have_a_kind(text, low, kind, unit):
    reading = one(text)
    assert (reading.low, reading.kind, reading.unit) == (pytest.approx(low), kind, unit)


@pytest.mark.parametrize(
    "text",
    [
        "The 1,219th regiment met the 37th brigade.",
        "Stalwart signed order number 219.",
        "They signed Order No. 219.",
        "The man is 27 years old.",
        "The 27-year-old man fled.",
        "Ivo Marr, 34, fled.",
        "They fled on 5 June 2031 at 10:30 p.m.",
        "A T-72 burned near a Leopard 2 tank.",
        "Article 337 applies.",
        "Call +10 44 123 45 67 now.",
        "He lives at 5 Lark Street.",
        "It was the third attempt.",
        "One thing is certain.",
        "One of the men fled.",
        "Many fled and few returned.",
        "A veteran of World War Two spoke.",
        "The account 123456789012 was closed.",
        "They reached the zero line.",
        "He fired the 9M rocket.",
        "Losses mounted over the past few days.",
    ],
)
def test_numbers_are_not_seen_where_nothing_is_counted(text):
    assert read(text) == ()


def test_numbers_restatement_in_brackets_is_marked():
    first, second = read("They freed 90 square kilometers (35 square miles) of land.")
    assert (first.unit, first.is_restatement, second.unit, second.is_restatement) == ("km2", False, "mi2", True)


def test_numbers_change_is_no_range():
    assert one("The garrison rose from 300 to 900 men.").low == 900
    assert one("The garrison needs from 300 to 900 men.").low == 300


def test_numbers_end_with_their_line():
    assert one("Killed 12\n\nSoldiers mourn").unit == ""


def test_numbers_counted_words_stand_in_the_text():
    text = "More than 40,000 Arlian soldiers have deserted."
    reading = one(text)
    assert text[reading.start : reading.end] == "More than 40,000"
    assert text[reading.counted_start : reading.counted_end] == "soldiers"


def test_numbers_become_a_claims_number():
    number = as_number(one("Up to 300 men fled."))
    assert (number.low, number.high, number.unit) == (None, 300, "men")


def test_numbers_vague_words_have_a_published_source():
    for word, entry in lexicon("vague")["quantity"].items():
        assert entry["source"], word
        assert entry.get("high", entry["low"]) >= entry["low"]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("one thousand two hundred and thirty-four", 1234),
        ("nineteen ninety-six", 1996),
        ("twenty twenty-two", 2022),
        ("a hundred and five thousand", 105000),
        ("3.5 million", 3.5e6),
        ("2 1/2", 2.5),
        ("1,234,567", 1234567),
        ("twenty-first", 21),
    ],
)
def test_numerals_are_read(text, value):
    assert [i.value for i in items(text)] == [value]


def spell(n):
    small = [*lexicon("numerals")["cardinals"]]
    if n < 20:
        return small[n]
    if n < 100:
        return small[18 + n // 10] + (f"-{small[n % 10]}" if n % 10 else "")
    if n < 1000:
        return f"{small[n // 100]} hundred" + (f" and {spell(n % 100)}" if n % 100 else "")
    return f"{spell(n // 1000)} thousand" + (f" {spell(n % 1000)}" if n % 1000 else "")


@settings(max_examples=120, deadline=None)
@given(st.integers(0, 999_999))
def test_numerals_spelled_and_written_agree(n):
    assert [i.value for i in items(spell(n))] == [n]
    assert [i.value for i in items(f"{n:,}")] == [n]


WORDS = [
    "1,200",
    "300",
    "to",
    "or",
    "5",
    "million",
    "dozens",
    "of",
    "a",
    "the",
    "several",
    "hundred",
    "more",
    "than",
    "at",
    "least",
    "up",
    "few",
    "soldiers",
    "men",
    "day",
    "per",
    "-",
    "(",
    ")",
    "$",
    "%",
    ".",
    ",",
    "one",
    "two",
]


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.sampled_from(WORDS), max_size=40))
def test_numbers_hold_their_invariants_on_any_words(words):
    text = " ".join(words)
    end = 0
    for r in find_numbers(BLANK(text)):
        assert end <= r.start < r.end <= len(text)
        assert r.low is not None or r.high is not None
        assert r.low is None or r.high is None or r.low <= r.high
        end = r.end


@pytest.mark.parametrize(
    "piece", ["more than", "5 -", "one hundred and", "from 5 to", "+", "1", "a dozen", "5 of the big"]
)
def test_numbers_are_linear_on_adversarial_text(piece):
    def seconds(n):
        words = (piece.split() * n)[:n]
        doc = spacy.tokens.Doc(BLANK.vocab, words=words, spaces=[True] * n)
        began = time.process_time()
        find_numbers(doc)
        return time.process_time() - began

    seconds(50)
    small, large = seconds(1_000), min(seconds(8_000) for _ in range(3))  # a collection of garbage may fall into one
    assert large < 8 * 3 * max(small, 0.02)  # eight times the text; quadratic would be 64
