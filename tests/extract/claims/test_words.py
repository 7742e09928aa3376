"""The matching of patterns, over words as a damaged text has them."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leadline.codebook import parse_pattern
from leadline.extract.claims.words import find, line_of, occurs, stems
from leadline.extract.language import load_language

CLASSES = {"flight": ("retreat", "run away|back", "turn tail"), "men": ("soldier", "gunner")}


def line(text: str):
    return line_of(load_language()(text)[:])


@pytest.mark.parametrize(
    ("words", "text", "expected"),
    [
        ("shoot @men", "They shot the soldiers.", True),
        ("shoot ..2 @flight", "Shoot whoever runs back.", True),
        ("shoot ..1 @flight", "Shoot the first man who runs back.", False),
        ("human|meat wave", "Another “human-wave” attack failed.", True),
        ("desert/V", "The desert is wide.", False),
        ("=fell", "Trees fall.", False),
        ("=fell", "It fell.", True),
        ("give up", "He gave it up.", False),
        ("send back? to front", "They were sent to the front.", True),
        ("cellar", "a video from a cellarin Lower Marsh", True),
        ("field_hospital|barn", "The field hospital burned.", True),
        ("mutiny", "They are mutinying.", True),
    ],
)
def test_pattern_matches(words, text, expected):
    assert occurs(parse_pattern(words, CLASSES), line(text)) is expected


def test_a_match_lists_its_words_without_the_gap():
    found = line("They shot two of the gunners.")
    (match,) = find(parse_pattern("shoot ..4 @men", CLASSES), found)
    assert [found.tokens[k].text for k in match.words] == ["shot", "gunners"]


def test_stems_cover_doubled_and_dropped_letters():
    assert "cut" in stems("cutting")
    assert "fire" in stems("firing")
    assert "tie" in stems("tied")


def test_time_is_linear_in_an_adversarial_sentence():
    pattern = parse_pattern("shoot ..8 shoot ..8 shoot ..8 gunner", CLASSES)
    nlp = load_language()
    seconds = []
    for n in (200, 800):
        words = line_of(nlp.make_doc("shoot " * n)[:])
        begin = time.process_time()
        assert list(find(pattern, words)) == []
        seconds.append(time.process_time() - begin)
    assert seconds[1] < 12 * seconds[0] + 0.05


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.sampled_from(["shoot", "run", "back", "the", "gunner", ",", "“", "retreat"]), min_size=1, max_size=30)
)
def test_a_match_lies_within_the_line_and_in_order(words):
    found = line_of(load_language().make_doc(" ".join(words))[:])
    for match in find(parse_pattern("shoot ..3 @flight|gunner", CLASSES), found):
        assert list(match.words) == sorted(set(match.words))
        assert match.end <= len(found.tokens)
