"""What a text says about checking and denying, and which claims that covers."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (
            "A video shows soldiers shooting at their own comrades. Lanterna geolocated the footage to the dam.",
            "verified",
        ),
        ("A video shows soldiers shooting at their own comrades. The video could not be verified.", "could-not-verify"),
        (
            "A video shows soldiers shooting at their own comrades. The Sudrian War Ministry called the video a fake.",
            "disputed",
        ),
        ("Barrier troops shot retreating conscripts near the dam, Lanterna reported.", "not-stated"),
        ("Barrier troops reportedly shot retreating conscripts near the dam.", "unverified"),
        (
            "The Norlandic army said, without providing evidence, that barrier troops shot retreating conscripts.",
            "unverified",
        ),
    ],
)
def test_verification_of_an_execution(text, code, claims):
    found = [c for c in claims(text) if c.event == "execution"]
    assert found
    assert {c.verification for c in found} == {code}


def test_an_event_that_another_source_denies_is_disputed(claims):
    found = claims(
        "Sudrian deserters are held in a cellar near the dam, Lanterna reported. The Sudrian War Ministry denied that soldiers were "
        "held in cellars."
    )
    told = next(c for c in found if c.event == "unlawful-detention" and c.realis == "actual")
    assert told.verification == "disputed"
    assert any(s.field == "verification" for s in told.spans)


def test_people_who_do_not_do_it_themselves_deny_nothing_told_of_others(claims):
    found = claims(
        "The third company refused to attack, Lanterna reported. “We do not refuse to serve,” a gunner says."
    )
    assert [c.verification for c in found if c.realis == "actual"] == ["not-stated"]


def test_deaths_confirmed_by_name_are_verified(claim):
    found = claim("losses", "Lanterna has confirmed the deaths of 900 Sudrian soldiers by name.")
    assert found.verification == "verified"
