"""Names of persons are found wherever they stand, so that pages can show a role instead."""

from __future__ import annotations

from leadline.extract.claims.persons import find_persons
from leadline.extract.parse import parse_documents
from leadline.register import Register, Source
from leadline.schema import Document

REGISTER = Register(
    [Source(id="orlov", name="Pavel Orlov", kind="person"), Source(id="post", name="Harbour Post", kind="outlet")]
)


def persons(text: str, **fields):
    d = Document(document="d", sha256="", text=text, series="d", language="en", **fields)
    found = find_persons(next(parse_documents([d])), REGISTER)
    assert all(text[p.start : p.end] == p.name for p in found)
    return found


def test_later_bare_surnames_and_first_names_are_found_too():
    found = persons("Private Anton Lund deserted in May. Lund told Harbour Post that he ran. Anton is 20.")
    assert {p.name for p in found} >= {"Anton Lund", "Lund", "Anton"}


def test_registered_persons_carry_their_entry_and_bodies_are_no_persons():
    found = persons("Pavel Orlov said nothing. Harbour Post asked Pavel Orlov again.")
    assert {p.source_id for p in found} == {"orlov"}
    assert "Harbour Post" not in {p.name for p in found}


def test_bylines_in_boilerplate_are_found():
    text = "By Greta Holm\n\nTwo conscripts deserted from the fort."
    assert "Greta Holm" in {p.name for p in persons(text, boilerplate=((0, 13),))}


def test_a_namesake_of_a_registered_person_is_somebody_else():
    found = persons("Deserters were shot by their own commanders, former convict Anton Orlov said.")
    assert [(p.name, p.source_id) for p in found] == [("Anton Orlov", None)]
