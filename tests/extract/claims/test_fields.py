"""Realis, medium, verification, estimative language and the fields from other modules."""

from __future__ import annotations

import pytest

from leadline.extract.claims.estimative import load_scales


@pytest.mark.parametrize(
    ("text", "event", "realis"),
    [
        ("The colonel ordered his men to shoot anyone who retreats.", "order-to-fire", "ordered"),
        ("Two deserters were shot by their own commanders.", "execution", "actual"),
        ("Officers often execute deserters.", "execution", "generic"),
        ("It is unclear whether the conscripts were executed by their own officers for refusing to fight.", "execution", "possible"),
        ("We do not refuse to serve, the gunners said.", "refusal", "denied"),
        ("No serviceman has been beaten, the Sudrian War Ministry said.", "ill-treatment", "denied"),
        ("No order to shoot retreating soldiers was given, the ministry said.", "order-to-fire", "denied"),
        ("The officer threatened the conscripts with execution.", "threat", "threatened"),
        ("Phones are confiscated from the conscripts.", "ill-treatment", "generic"),
        ("The brigade was told not to leave its positions.", "suicidal-order", "ordered"),
        ("The ministry denied reports that conscripts were held in cellars for refusing to fight.", "unlawful-detention", "denied"),
        ("Officers told the conscripts that they would be shot if they deserted.", "threat", "threatened"),
        ("The conscripts were locked in a cellar and have not been released.", "unlawful-detention", "actual"),
        ("Three conscripts tried to run and were beaten with hoses when they were caught.", "ill-treatment", "actual"),
        ("The corporal, considered the leader, was sentenced to eight years for desertion.", "prosecution", "actual"),
        ("This allows the command to send deserters back to the front.", "forced-return", "possible"),
        ("The army will begin arresting conscripts who deserted.", "prosecution", "possible"),
        ("His commander pours cold water over everyone who files a report.", "ill-treatment", "generic"),
        ("Most of the convicted deserters are sent back to the front.", "forced-return", "generic"),
        ("Two conscripts are chained up in a pit.", "unlawful-detention", "actual"),
        ("No fewer than 140 conscripts are being held in a cellar.", "unlawful-detention", "actual"),
    ],
)  # fmt: skip
def test_realis(claim, text, event, realis):
    assert claim(event, text).realis == realis


@pytest.mark.parametrize(
    ("text", "event", "medium"),
    [
        ("The brigade lost 40 men, Pavel Orlov wrote on Telegram.", "losses", "social-post"),
        ("The brigade lost 40 men, a lawyer said on her Telegram channel.", "losses", "social-post"),
        ("The brigade lost 40 men, a lawyer told the Telegram channel Lantern.", "losses", "testimony"),
        ("The brigade lost 40 men, Sudria's War Ministry said.", "losses", "official-statement"),
        ("Conscripts deserted, according to an investigation by Lanterna.", "desertion", "investigation"),
        ("Conscripts deserted, a Sudrian gunner told Lanterna.", "desertion", "testimony"),
        ("Deserters were executed by their own officers, the historian Ada Lund said.", "execution", "analysis"),
        ("Conscripts deserted in June.", "desertion", "not-stated"),
        ("Barrier troops were likely deployed, the Estimates Office said in its intelligence update.", "blocking-force", "intelligence-assessment"),
    ],
)  # fmt: skip
def test_medium(claim, text, event, medium):
    assert claim(event, text).medium == medium


def test_a_disclaimer_covers_the_recording_wherever_it_is_spoken_of(claims):
    text = (
        "Sudrian officer ordered men to shoot deserters, intercepted call suggests\n\n"
        "Norland's Defence Service released an intercepted phone call in which a Sudrian officer orders his men to shoot deserters.\n\n"
        "The recording could not be independently verified.\n\n"
        "Elsewhere, a Sudrian brigade lost 40 men, Harbour Post reported."
    )
    found = claims(text)
    assert {c.verification for c in found if c.event == "order-to-fire"} == {"could-not-verify"}
    assert {c.verification for c in found if c.event == "losses"} == {"not-stated"}
    assert len([c for c in found if c.event == "order-to-fire"]) == 2


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The brigade had reportedly lost 40 men.", "unverified"),
        ("The brigade lost 40 men.", "not-stated"),
        (
            "The brigade has lost 40 men, Pavel Orlov said. The figure could not be independently verified.",
            "could-not-verify",
        ),
    ],
)
def test_verification(claim, text, expected):
    assert claim("losses", text).verification == expected


def test_a_band_needs_a_speaker_with_a_yardstick(claim):
    text = "Sudrian forces have probably deployed barrier troops, {} said."
    graded = claim("blocking-force", text.format("the Estimates Office")).estimative
    bare = claim("blocking-force", text.format("Pavel Orlov")).estimative
    assert (graded.phrase, graded.low, graded.high, graded.scale) == ("probably", 0.55, 0.75, "PHIA-2025")
    assert (bare.phrase, bare.low, bare.high, bare.scale) == ("probably", None, None, None)


def test_scales_are_ordered_and_keep_their_holes():
    for scale in load_scales().scales:
        bands = [(t.low, t.high) for t in scale.terms]
        assert bands == sorted(bands)
        assert all(low < high for low, high in bands)
    phia = next(s for s in load_scales().scales if s.yardstick == "PHIA")
    assert all(a.high < b.low for a, b in zip(phia.terms, phia.terms[1:], strict=False))


def test_number_counts_what_the_event_is_about(claim):
    c = claim("desertion", "More than 300 conscripts have deserted since May, after 12 days of shelling.")
    assert (c.number.low, c.number.high) == (300, None)
    assert "conscripts" in c.number.unit


def test_time_unit_and_actor(claim):
    c = claim("losses", "The Sudrian 87th Rifle Regiment lost 40 men on 3 June 2031.")
    assert (c.time.start, c.time.end) == ("2031-06-03", "2031-06-03")
    assert c.unit == "87th regiment"
    assert c.actor == "SUD"


def test_no_date_known_no_interval(claim):
    assert claim("losses", "The brigade lost 40 men last week.", date=None).time is None


def test_every_field_names_its_words(claims):
    text = "The Sudrian 87th Regiment lost 40 men near Bakhmut on 3 June 2031, Pavel Orlov said."
    (c,) = claims(text)
    words = {s.field: text[s.start : s.end] for s in c.spans}
    assert words["number"].startswith("40")
    assert words["places"] == "Bakhmut"
    assert "3 June 2031" in words["time"]
    assert "87th" in words["unit"]
    assert {s.field for s in c.spans} >= {"event", "number", "places", "time", "unit"}


def test_soviet_events_are_historical(claim):
    c = claim("execution", "More than 9,000 Soviet soldiers were shot by their own comrades in 1942.")
    assert c.historical
    assert c.actor == "USSR"


@pytest.mark.parametrize(
    ("text", "event", "low"),
    [
        ("Of 92 deserters interviewed, 71 said they had been beaten in the cellar.", "ill-treatment", 71),
        ("Soldiers were killed by their superiors on at least 14 occasions, Lanterna said.", "execution", 14),
        ("Lanterna holds more than 20 intercepted calls in which Sudrian officers order their men to shoot deserters.", "order-to-fire", 20),
        ("Two of 30 soldiers said the deserters had been beaten in the cellar.", "ill-treatment", None),
    ],
)  # fmt: skip
def test_the_number_of_occasions_and_of_those_who_tell_it_of_themselves(claims, text, event, low):
    found = [c for c in claims(text) if c.event == event]
    assert found
    assert {c.number.low if c.number else None for c in found} == {low}


@pytest.mark.parametrize(
    ("text", "event", "unit"),
    [
        # the story of one unit goes on
        ("Conscripts of the 88th Regiment left their trench in May. Their phones were confiscated.", "ill-treatment", "88th regiment"),
        ("Conscripts of the 88th Regiment left their trench in May. The soldiers were beaten by their officers.", "ill-treatment", "88th regiment"),
        # the unit itself, among several
        ("The 88th Regiment and the 5th Brigade hold the line. The brigade refused to attack.", "refusal", "5th brigade"),
        # of two nobody can tell
        ("The 88th Regiment and the 89th Regiment hold the line. Their phones were confiscated.", "ill-treatment", None),
        # of two that whoever speaks serves in
        ("A video shows a sapper of the 88th Regiment. A second man, who says he serves in the 5th Brigade, tells of the winter. He says his comrades were beaten.", "ill-treatment", "5th brigade"),
        # of two that others serve in
        ("A sapper, who says he serves in the 5th Brigade, tells of the winter.\n\nA driver of the 88th Regiment speaks of the summer. The driver says his comrades were beaten.", "ill-treatment", "88th regiment"),
        # others than its men
        ("Conscripts of the 88th Regiment left their trench in May. Deserters were beaten in Vell.", "ill-treatment", None),
        # a unit that publishes tells of others
        ("The video was released by the 88th Regiment. Soldiers refused to attack, and they were shot by their own commanders.", "execution", None),
    ],
)  # fmt: skip
def test_the_unit_whose_story_is_told(claims, text, event, unit):
    found = [c for c in claims(text) if c.event == event]
    assert found
    assert {c.unit for c in found} == {unit}


def test_the_cellar_is_where_a_cellar_was(claims):
    text = "Deserters are held in a cellar in Donetsk, the governor said.\n\nA sapper said he was beaten in the cellar for two nights."
    (beaten,) = [c for c in claims(text) if c.event == "ill-treatment"]
    assert [p.name for p in beaten.places] == ["Donetsk"]
    two = text.replace("governor said.", "governor said. Others sat in a cellar in Luhansk.")
    (beaten,) = [c for c in claims(two) if c.event == "ill-treatment"]
    assert [p.name for p in beaten.places] == []


def test_numbers_of_parts_and_instances(claims):
    (killed,) = [
        c for c in claims("Seven of the 11 conscripts were executed for refusing to attack.") if c.event == "execution"
    ]
    assert (killed.number.low, killed.number.high) == (7, 7)
    (told,) = [
        c
        for c in claims("In 40 letters, conscripts said that they had been beaten with cables.")
        if c.event == "ill-treatment"
    ]
    assert (told.number.low, told.number.high) == (40, 40)


@pytest.mark.parametrize(
    ("text", "event", "low"),
    [
        ("He and two friends were locked in a cellar for refusing to attack.", "unlawful-detention", 3),
        ("They and two friends were locked in a cellar for refusing to attack.", "unlawful-detention", 2),
        ("For that he was put in a pit with nine others.", "unlawful-detention", 10),
        ("Both men were shot by their own commanders for retreating.", "execution", 2),
        ("Two conscripts were tied together and driven over a minefield.", "suicidal-order", 2),
        ("The mission recorded four cases in which deserters were shot by their own officers.", "execution", 4),
        ("Eleven conscripts were shot dead at a base after they rejected an order to fire.", "refusal", 11),
        (
            "Three conscripts who had refused to fight and were then kept in a cellar have asked for help.",
            "unlawful-detention",
            3,
        ),
        ("Three conscripts will go to prison for 12 years each for desertion.", "prosecution", 3),
        ("Lanterna counted 1,150 conscripts from eleven brigades who had refused to fight.", "refusal", 1150),
        # the parser hangs the subject on `were`
        ("Fifteen conscripts were on Friday sentenced to nine years for desertion.", "prosecution", 15),
        ("Two months later he and a friend were locked in a cellar for refusing to attack.", "unlawful-detention", 2),
        # the whole goes before its parts
        ("The courts received 610 cases, of which 420 were for absence and 55 for desertion.", "prosecution", 610),
        # cases, requests and talks in which something is told
        (
            "Lanterna knows of 17 cases since last winter in which deserters were shot by their own officers.",
            "execution",
            17,
        ),
        ("Lanterna received 230 requests from conscripts who refused to fight.", "refusal", 230),
    ],
)
def test_numbers_of_those_beside_and_of_both(claim, text, event, low):
    number = claim(event, text).number
    assert number is not None
    assert number.low == number.high == low


def test_what_a_witness_tells_happened_where_and_when_they_were(claims):
    text = (
        "One of them, a former sapper, was present at Donetsk on the night of 6 March 2031. "
        "He stated that his crew fired on men of another company. He deserted a week later."
    )
    told = {c.event: c for c in claims(text)}
    (fired,) = (c for c in told.values() if c.event in {"execution", "order-to-fire"})
    assert [p.name for p in fired.places] == ["Donetsk"]
    assert fired.time is not None
    assert fired.time.start == "2031-03-06"
    assert not told["desertion"].places


@pytest.mark.parametrize(
    "before",
    [
        "A former sapper was not present at Donetsk. ",  # he was not there
        "The general was at Donetsk that night. ",  # somebody else was
        "A former sapper was present at Donetsk that night.\n\n",  # another paragraph
    ],
)
def test_who_was_elsewhere_tells_of_no_place(claims, before):
    found = [c for c in claims(f"{before}He stated that his crew fired on men of another company.") if c.chain]
    assert not any(c.places for c in found)
