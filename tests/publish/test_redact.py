"""Namesakes: the role of one person is not said of another who bears the same name."""

from __future__ import annotations

from leadline.publish.redact import Names
from leadline.schema import PersonMention


def mention(name: str, role: str) -> PersonMention:
    return PersonMention(document="a", start=0, end=len(name), name=name, role=role)


def test_a_bare_surname_of_several_roles_is_a_person():
    names = Names([mention("Sergei Ivanov", "an official"), mention("Ivanov", "a person")])
    assert names.mask("Sergei Ivanov spoke; Ivanov was executed.") == "[an official] spoke; [a person] was executed."


def test_a_full_name_of_two_roles_is_a_person_and_of_one_role_keeps_it():
    both = [mention("Ivo Karan", role) for role in ("a soldier", "a person", "an official", "a soldier")]
    assert Names(both).mask("Ivo Karan spoke") == "[a person] spoke"
    assert Names(both[1::-1]).mask("Ivo Karan spoke") == "[a soldier] spoke"


def test_a_name_without_its_title_or_its_hyphen_is_the_same_name():
    names = Names([mention("Major Joran Feld", "an officer"), mention("Hanne Solberg-Quist", "an official")])
    assert names.mask("Joran Feld, Hanne Solberg Quist") == "[an officer], [an official]"
    assert names.mask("Joran stayed in Solberg.") == "Joran stayed in Solberg."
