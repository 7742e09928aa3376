"""Places that no gazetteer knows: what the words around a name show of it, and what is no place."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize(
    ("text", "event", "places"),
    [
        ("Six deserters were locked in a barn near Ostrivka, a lawyer said.", "unlawful-detention", ["Ostrivka"]),
        ("Deserters were beaten in the village of Mala Lozva for two days, a lawyer said.", "ill-treatment", ["Mala Lozva"]),
        ("Eleven conscripts were executed at the Velmo bridge for retreating, a lawyer said.", "execution", ["Velmo bridge"]),
        # of a longer name the part that a gazetteer knows is another place
        ("Two conscripts were shot by their own commanders in Port Velm for retreating.", "execution", ["Port Velm"]),
        ("Deserters were beaten in the Orlov case, a lawyer said.", "ill-treatment", []),
        # who acts elsewhere is somebody
        ("Conscripts refused to attack near Petrenko. Petrenko said that he had seen it.", "refusal", []),
        ("Deserters were beaten, a lawyer wrote in English.", "ill-treatment", []),
        ("Deserters were beaten in March, and conscripts refused to attack.", "ill-treatment", []),
    ],
)  # fmt: skip
def test_a_name_behind_a_word_of_place(claim, text, event, places):
    found = claim(event, text).places
    assert [p.name for p in found] == places
    assert all(p.lat is None and p.gazetteer_id is None for p in found)


def test_what_is_shown_to_be_a_place_is_one_elsewhere(claims):
    text = "Ostrivka is quiet now, a lawyer said.\n\nSix deserters were locked in a barn near Ostrivka.\n\nTwo conscripts deserted from Ostrivka in May."
    (left,) = [c for c in claims(text) if c.event == "desertion"]
    assert [p.name for p in left.places] == ["Ostrivka"]
