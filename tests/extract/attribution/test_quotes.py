"""Quotation marks: straight, curly, angled, nested, unbalanced and over several paragraphs."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadline.extract.attribution.quotes import find_quotations
from leadline.extract.paragraphs import paragraph_spans


def quoted(text):
    return [text[q.start : q.end] for q in find_quotations(text, paragraph_spans(text))]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("“Hold on,” she said, “and wait.”", ["“Hold on,”", "“and wait.”"]),
        ('"Hold on," she said, "and wait."', ['"Hold on,"', '"and wait."']),
        ("«Hold on», she said.", ["«Hold on»"]),
        ("„Hold on“, she said.", ["„Hold on“"]),
        ("``Hold on,'' she said.", ["``Hold on,''"]),
        ("She said ‘hold the bridge now’ and left.", ["‘hold the bridge now’"]),
        ("The men’s boots and the boys' caps weren’t there.", []),
        ("“He told us ‘hold on’ twice,” she said.", ["“He told us ‘hold on’ twice,”"]),
        ("“He said “hold on” to us,” she said.", ["“He said “hold on” to us,”"]),
        ('He wrote ("hold on") twice.', ['"hold on"']),
        ('A plank of 6" was found.', []),
    ],
)
def test_quotes_pairs(text, expected):
    assert quoted(text) == expected


def test_quotes_closing_mark_without_opening_goes_on_from_the_quotation_before():
    text = "“We stay here.” And behind us there is another line. It cannot be crossed.” The men left."
    assert quoted(text) == ["“We stay here.”", "And behind us there is another line. It cannot be crossed.”"]


def test_quotes_opening_mark_left_open_runs_to_the_end_of_its_paragraph():
    text = "She wrote: “We have no bread. Nobody comes.\n\nThe mayor left."
    assert quoted(text) == ["“We have no bread. Nobody comes."]
    assert not find_quotations(text, paragraph_spans(text))[0].closed


def test_quotes_several_paragraphs_with_repeated_opening_marks_continue():
    text = "“We have no bread.\n\n“Nobody comes,” she wrote."
    first, second = find_quotations(text, paragraph_spans(text))
    assert (first.continues, first.closed, second.closed) == (True, True, True)


@given(st.text(alphabet=st.sampled_from(list("ab ,.\n\"“”‘’'«»„(")), max_size=200))
def test_quotes_stand_inside_paragraphs_in_order(text):
    paragraphs = paragraph_spans(text)
    found = find_quotations(text, paragraphs)
    assert list(found) == sorted(found, key=lambda q: (q.start, q.end))
    for q in found:
        assert any(s <= q.start < q.end <= e for s, e in paragraphs)


def _ambiguous(n):
    return ["“" * n, "”" * n, '"a' * n, "‘a" * n, "a’ " * n, "“a” " * n, "''" * n, "“a\n" * n]


def test_quotes_take_linear_time_on_marks_only():
    def seconds(n):
        start = time.process_time()
        for text in _ambiguous(n):
            find_quotations(text, paragraph_spans(text))
        return time.process_time() - start

    assert min(seconds(16_000) for _ in range(3)) < 8 * 4 * max(seconds(2_000), 0.02)
