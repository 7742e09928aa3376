"""Whose story a text retells, and how each of its statements stands to it."""

from __future__ import annotations

from leadline.extract.claims.chosen.retold import Retold
from leadline.extract.claims.sources.who import Who, key_of
from leadline.extract.claims.statements.lineage import Lineage

OUTLET, WITNESS, OFFICIAL = (
    Who("Svirel", "Svirel", "outlet"),
    Who("cook", "cook", "soldier"),
    Who("Hall", "Hall", "official"),
)


def retold(*statements: tuple[int, tuple[Who, ...]]) -> Retold:
    """A text whose statements stand in numbered paragraphs and have these sources, outermost first."""
    return Retold(tuple(Lineage(whos=whos) for _, whos in statements), tuple(paragraph for paragraph, _ in statements))


def test_a_story_is_that_of_the_outlet_that_most_is_had_through():
    text = retold((0, (OUTLET,)), (1, (OUTLET, WITNESS)), (2, ()), (3, (OFFICIAL,)))
    assert text.main == (key_of(OUTLET), True)


def test_a_statement_within_the_story_has_it_before_and_after_and_nobody_between():
    text = retold((0, (OUTLET,)), (1, ()), (1, (OUTLET,)))
    told = text.at(1, frozenset({1}))
    assert (told["inside"], told["other since"], told["par 1"], told["next par"], told["named"]) == (
        True,
        False,
        True,
        True,
        True,
    )


def test_another_who_has_spoken_since_stands_between_a_statement_and_the_story():
    text = retold((0, (OUTLET,)), (0, (OUTLET,)), (1, (OFFICIAL,)), (1, ()))
    told = text.at(3, frozenset())
    assert (told["other since"], told["other beside"], told["main beside"], told["after"]) == (True, True, False, False)


def test_a_text_that_retells_nobody_says_only_that():
    assert retold((0, (WITNESS,)), (1, ())).at(1, frozenset()) == {"none": 1}
