"""Attributions in headlines, by nouns, and without a source. All texts are invented."""

from __future__ import annotations

import pytest

from leadline.extract.attribution import find_attributions
from leadline.extract.parse import parse_documents
from leadline.schema import Document


def read(text):
    """Source, cue and content of each attribution, as words."""
    document = Document(document="d", sha256="", text=text, series="d", language="en")
    found = find_attributions(next(parse_documents([document], entities=False)))

    def words(spans):
        return " … ".join(text[s:e] for s, e in spans)

    return [(words(a.source), words(a.cue), words(a.content)) for a in found]


@pytest.mark.parametrize(
    ("headline", "source", "cue", "content"),
    [
        ("300 deserted in a week, ministry says", "ministry", "says", "300 deserted in a week"),
        ("Up to 1,000 killed in barracks, officials say", "officials", "say", "Up to 1,000 killed in barracks"),
        ("General Staff: enemy lost 400 troops in a day", "General Staff", ":", "enemy lost 400 troops in a day"),
        ("UN report: 14 executions documented", "UN report", ":", "14 executions documented"),
    ],
)
def test_fragments_headlines(headline, source, cue, content):
    assert read(f"{headline}\n\nThe ferry was late.") == [(source, cue, content)]


@pytest.mark.parametrize("headline", ["War in Norland: what we know on day 600", "Live updates: army enters the town"])
def test_fragments_a_colon_alone_is_no_speaker(headline):
    assert read(f"{headline}\n\nThe ferry was late.") == []


@pytest.mark.parametrize(
    ("text", "source", "cue"),
    [
        ("Rumours that the regiment had mutinied spread in Ostrel.", "", "Rumours"),
        ("The governor's insinuation that the drivers had fled was met with laughter.", "The governor", "insinuation"),
    ],
)
def test_fragments_nouns_with_a_clause(text, source, cue):
    (found,) = read(text)
    assert found[0] == source
    assert cue in found[1]
    assert found[2].startswith("that the ")


def test_fragments_it_is_nobody():
    (found,) = read("It was reported that twelve men had fled from the mill.")
    assert found[0] == ""
    assert found[2] == "that twelve men had fled from the mill"
