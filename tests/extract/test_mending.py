"""Broken words are read whole, and every offset stands in the text as it was preserved."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leadline.extract.mending import mend
from leadline.extract.reading import Resources, read_document
from leadline.schema import Document
from leadline.settings import Settings


def document(text: str, **fields) -> Document:
    return Document(document="a", sha256="", text=text, series="a", language="en", **fields)


@pytest.fixture(scope="module")
def resources():
    return Resources.of(Settings())


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("con\u00adscripts de\u00adserted", "conscripts deserted"),
        ("\ufeffTwo \u200bmen\u2060", "Two men"),
        ("the o\ufb03cer de\ufb01ed", "the officer defied"),
        ("Zoe\u0308 Lo\u0301pez", "Zoë López"),
        ("87th Regi-\nment deserted", "87th Regiment deserted"),
        ("were beat-\r\n  en, he said", "were beaten, he said"),
        ("a self-\npropelled gun", "a self-propelled gun"),
        ("a three-\nyear term", "a three-year term"),
        ("**Two men** [deserted](https://a.example/x?y=1), he said.", "Two men deserted, he said."),
    ],
)
def test_mend_puts_words_together(text, whole):
    assert mend(document(text)).document.text == whole


@pytest.mark.parametrize(
    "text",
    [
        "",
        "He refused - and left.",
        "Kharkiv-\nBelgorod",
        "the 1990-\n91 war",
        "one -\ntwo",
        "naïve Łoś",
        "f**king",
        "2 ** 3",
        "[sic] (see https://a.example)",
    ],
)
def test_mend_leaves_whole_words_alone(text):
    assert mend(document(text)) is None


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="aBc é-\n\u00ad\u200b\ufb01\u0301.\r ", max_size=60))
def test_mend_leads_every_character_back(text):
    mended = mend(document(text))
    if mended is None:
        return
    whole = mended.document.text
    assert len(whole) == len(mended.starts) == len(mended.ends)
    assert list(mended.starts) == sorted(mended.starts)
    for i, c in enumerate(whole):
        start, end = mended.span(i, i + 1)
        assert 0 <= start <= end <= len(text)
        if c in "aBc.":
            assert c in text[start:end]


def test_mend_keeps_furniture_in_its_place():
    text = "Load mo\u00adre\nTwo men left. Load more"
    (first, second) = mend(document(text, boilerplate=((0, 10), (25, 34)))).document.boilerplate
    whole = mend(document(text)).document.text
    assert (whole[slice(*first)], whole[slice(*second)]) == ("Load more", "Load more")


def test_reading_of_broken_words_quotes_the_text_as_it_is(resources):
    text = (
        "At least 40 soldiers of the 87th Regi-\nment deserted near Bakh-\nmut, the\ngov\u00adernor said on 3 March 2023.\n\n"
        "“We re\ufb01used to \ufb01ght,” Andrij Melnyk told a re\u00adporter."
    )
    reading = read_document(document(text), resources)
    claim = next(c for c in reading.claims if c.event == "desertion")
    assert (
        text[claim.start : claim.end]
        == claim.quote
        == "At least 40 soldiers of the 87th Regi-\nment deserted near Bakh-\nmut"
    )
    assert (claim.unit, claim.number.low, [p.name for p in claim.places]) == ("87th regiment", 40, ["Bakhmut"])
    (hop,) = claim.chain
    assert (hop.canonical, text[hop.start : hop.end]) == ("governor", "gov\u00adernor")
    assert {text[t.start : t.end] for t in reading.times} == {"3 March 2023"}
    assert {text[p.start : p.end] for p in reading.persons} == {"Andrij Melnyk"}
    assert "Bakh-\nmut" in {text[p.start : p.end] for p in reading.places}
    for a in reading.attributions:
        assert all(0 <= s < e <= len(text) for s, e in (*a.source, *a.cue, *a.content))


@pytest.mark.parametrize(
    "unit",
    [
        "a-\n",
        "a-",
        "\u00ad",
        "\ufb01",
        "e\u0301",
        "a-\n   ",
        "ab-\ncd-\n",
        "-\n",
        " ",
        "**",
        "**a ",
        "[a",
        "[a](http://",
        "[a](http://b",
    ],
)
def test_mend_is_linear(unit):
    def seconds(n):
        text = unit * n
        began = time.process_time()
        mend(document(text))
        return time.process_time() - began

    seconds(100)
    assert seconds(16_000) < 3 * 8 * max(seconds(2_000), 0.01)
