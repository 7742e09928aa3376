"""What is told only to be called untrue is denied; what is said beside it is not."""

from __future__ import annotations

import pytest

from leadline.extract.reading import read_document
from leadline.schema import Document


def coded(text, resources):
    d = Document(document="d", sha256="", text=text, series="d", language="en")
    return {(c.event, c.realis) for c in read_document(d, resources).claims}


@pytest.mark.parametrize(
    ("text", "event"),
    [
        ("Reports that soldiers of the brigade were shot for retreating are untrue, the ministry said.", "execution"),
        ("The ministry said reports that soldiers were shot for retreating are untrue.", "execution"),
        ("Claims that the men were held in a cellar are false, a spokesman said.", "unlawful-detention"),
        ("Claims that deserters are beaten are not true, said the commander.", "ill-treatment"),
        ("It is not true that deserters were executed, the general staff said.", "execution"),
        ("It is a lie that our men were beaten, the colonel said.", "ill-treatment"),
        ("Officials denied reports that soldiers had been shot for retreating.", "execution"),
    ],
)
def test_what_is_called_untrue_is_denied(resources, text, event):
    assert {r for e, r in coded(text, resources) if e == event} == {"denied"}


@pytest.mark.parametrize(
    ("text", "event"),
    [
        ("Reports that the men were beaten were confirmed by two witnesses.", "ill-treatment"),
        ("The ministry reported that two deserters were shot; the claim about bridges is false.", "execution"),
        (
            "Two conscripts were beaten by their officers, and the report about their transfer was wrong.",
            "ill-treatment",
        ),
        ("It is true that deserters were executed, the general staff said.", "execution"),
    ],
)
def test_what_is_said_beside_a_falsehood_stays_told(resources, text, event):
    assert {r for e, r in coded(text, resources) if e == event} == {"actual"}
