"""Whose soldiers are meant, and who they are when a text names them in passing."""

from __future__ import annotations

from leadline.extract.claims.sources.naming import Naming
from leadline.extract.parse import parse_documents
from leadline.register import Register, Source
from leadline.schema import Document
from tests.extract.claims.conftest import chain_of


def test_the_speaker_of_a_call_is_not_of_the_side_that_listened_in(claim):
    found = claim(
        "execution",
        "Norland's Defence Service published an intercepted call on Monday. “Two of our men were shot for running away,” the soldier says "
        "to his wife. Norlandic troops hold the bank opposite the Sudrian army.",
    )
    assert chain_of(found) == ["Norland Defence Service", "Sudrian soldier"]
    assert found.actor == "SUD"


def test_the_enemy_is_the_other_side_of_the_one_who_says_so(claim):
    found = claim(
        "execution",
        "The Norlandic army said the enemy shot two deserters near the dam. The Sudrian army did not comment.",
    )
    assert found.actor == "SUD"


def test_an_apposition_shows_a_person_whom_she_means_later(claims):
    found = claims(
        "Velda, the mother of a gunner, told Lanterna that her son was thrown into a pit. “They were beaten with rifle butts,” she said."
    )
    assert [(c.event, chain_of(c)) for c in found] == [
        ("unlawful-detention", ["Lanterna", "Velda"]),
        ("ill-treatment", ["Lanterna", "Velda"]),
    ]
    assert found[1].medium == "testimony"


def test_what_officers_tell_the_men_is_told_of_and_not_attributed(claim):
    assert chain_of(claim("threat", "Officers told them that they would be shot.")) == []


def test_it_is_noted_goes_on_with_the_body_that_reported_last(claims):
    found = claims(
        "The regiment lost 40 men, the Norland Defence Service reports. It is noted that 30 conscripts were thrown into a cellar."
    )
    assert chain_of(found[-1]) == ["Norland Defence Service"]


def test_the_outlet_in_front_of_its_verb_is_one_source(claim):
    found = claim(
        "unlawful-detention",
        "At least 40 soldiers who refused to attack are held in cellars near the town, the independent outlet Zona reported.",
    )
    assert chain_of(found) == ["Zona"]


def test_a_capital_that_spoke_before_its_ministry_did_is_its_government():
    """Asked again once the whole text was read, a capital is not the body named after it."""
    state = Source(id="ru", name="Government of Russia", kind="state-body", side="RUS")
    ministry = Source(id="ru-mod", name="Russian Defence Ministry", kind="state-body", parent="ru", side="RUS")
    text = "Moscow said on Monday that nobody was held. The Russian Defence Ministry said on Tuesday that it would look into it. Moscow said no more."
    d = Document(document="d", sha256="", text=text, series="d", language="en")
    doc = next(parse_documents([d])).doc
    naming = Naming(doc, Register((state, ministry)))
    first, last = (t for t in doc if t.text == "Moscow")
    assert naming.who([first]).canonical == "Government of Russia"
    assert naming.who([t for t in doc if t.text in {"Russian", "Defence", "Ministry"}]).canonical == ministry.name
    assert naming.who([first], remember=False).canonical == "Government of Russia"
    assert naming.who([last], remember=False).canonical == ministry.name
