"""Who says it: chains from registers, recordings, quotations, anaphora and the grammar of unmarked sources."""

from __future__ import annotations

import pytest

from .conftest import chain_of

CALL = """Norland's Defence Service on Friday released an intercepted phone call from a Sudrian soldier to his sister.

“If anyone comes running back, we shoot him,” the soldier says. “Behind us there is another line of troops.”

Harbour Post could not verify the authenticity of the recording."""


def test_a_call_has_its_releaser_and_its_speaker(claim):
    c = claim("order-to-fire", CALL, publisher="Harbour Post")
    assert chain_of(c) == ["Norland Defence Service", "Sudrian soldier"]
    assert c.medium == "intercepted-call"
    assert c.realis == "generic"


def test_a_quotation_without_a_cue_goes_on_with_its_speaker(claim):
    assert chain_of(claim("blocking-force", CALL, publisher="Harbour Post")) == [
        "Norland Defence Service",
        "Sudrian soldier",
    ]


def test_a_relay_is_a_hop(claim):
    text = (
        "FrontWords shared a video in which Sudrian troops said they were refusing to storm the hill. "
        "“We will not go to the slaughter,” one of the men says."
    )
    c = claim("refusal", text.split(". ")[0] + ".")
    assert chain_of(c) == ["FrontWords", "Sudrian troops"]
    assert c.medium == "video"


@pytest.mark.parametrize(
    ("text", "event", "expected"),
    [
        ("Sudrian gunners deserted, according to a report by Harbour Post.", "desertion", ["Harbour Post"]),
        ("Two gunners were beaten with rifle butts, the mother of one of them told Lanterna.", "ill-treatment", ["Lanterna", "mother of one of them"]),
        ("Reports are emerging of conscripts being locked in cellars for refusing to fight.", "unlawful-detention", ["unnamed reports"]),
        ("Lanterna found at least nine cellars for soldiers who refused to fight.", "unlawful-detention", ["Lanterna"]),
        ("Sudria's War Ministry said, citing a report from Pavel Orlov, that 200 soldiers had surrendered.", "surrender", ["Sudrian War Ministry", "Pavel Orlov"]),
        ("Sudrian commanders threw deserters into a pit. This was reported by the outlet Lanterna.", "unlawful-detention", ["Lanterna"]),
        ("Around 60 conscripts deserted from the fort.", "desertion", []),
        ("Sudrian soldiers are mutinying against their officers near the dam, videos from the front show.", "mutiny", ["Sudrian soldiers"]),
    ],
)  # fmt: skip
def test_chain(claim, text, event, expected):
    assert chain_of(claim(event, text)) == expected


def test_the_carrier_is_no_hop(claim):
    text = "Two conscripts deserted, Harbour Post reported."
    assert chain_of(claim("desertion", text, publisher="Harbour Post")) == []
    assert chain_of(claim("desertion", text)) == ["Harbour Post"]


def test_pronouns_and_the_agency_mean_whoever_was_named(claims):
    text = (
        "Norland's Defence Service published a bulletin. The agency said 40 Sudrian soldiers had deserted. "
        "Pavel Orlov denied it. He said no soldier had been executed for refusing to attack."
    )
    found = {(c.event, c.realis): chain_of(c) for c in claims(text)}
    assert found["desertion", "actual"] == ["Norland Defence Service"]
    assert found["desertion", "denied"] == ["Pavel Orlov"]
    assert found["execution", "denied"] == ["Pavel Orlov"]


def test_another_person_of_the_same_surname_is_not_the_registered_one(claim):
    c = claim("execution", "Deserters were shot by their own commanders, former convict Anton Orlov said.")
    assert chain_of(c) == ["Anton Orlov"]


def test_a_title_is_no_given_name(claim):
    c = claim("execution", "Deserters were shot by their own commanders, President Orlov said.")
    assert chain_of(c) == ["Pavel Orlov"]


def test_every_hop_with_a_position_stands_there(claims):
    for c in claims(CALL):
        for hop in c.chain:
            if hop.start is not None:
                assert CALL[hop.start : hop.end] == hop.name
            assert len(hop.canonical.split()) <= 8


def test_two_recordings_keep_their_speakers_apart(claims):
    text = (
        "A Sudrian sergeant says in a video that his platoon refused to attack.\n\n"
        "In another video, a Sudrian conscript says 11 men were tied to trees.\n\n"
        "The sergeant says the wounded were sent back to the front."
    )
    found = {c.event: chain_of(c) for c in claims(text)}
    assert found["refusal"] == ["Sudrian sergeant"]
    assert found["ill-treatment"] == ["Sudrian conscript"]
    assert found["forced-return"] == ["Sudrian sergeant"]


def test_a_blogger_of_the_military_is_not_the_army(claim):
    told = claim("execution", "A Sudrian army blogger claimed that three conscripts were shot by their own commanders.")
    assert chain_of(told) == ["Sudrian army blogger"]
    spoken = claim(
        "execution", "A Sudrian army spokesman said that three conscripts were shot by their own commanders."
    )
    assert chain_of(spoken)[0] == "Sudrian army"
