"""When a claim's event happened: the day that opens an account, and times that are counted from another day."""

from __future__ import annotations

import pytest


def days(claim):
    return (claim.time.start, claim.time.end) if claim.time else None


@pytest.mark.parametrize(
    ("text", "event", "day"),
    [
        # what was going on when the account opens was on that day
        ("On 9 June he called from a truck. He and five other conscripts were being driven back to the front without rifles.", "forced-return", "2031-06-09"),
        ("On 9 June he wrote that he was in a cellar together with soldiers who refused to fight.", "unlawful-detention", "2031-06-09"),
        # a tale goes on in the plain past
        ("On June 9 the second company came under fire. Two soldiers were shot by their own commanders for retreating.", "execution", "2031-06-09"),
        # what a call or a letter tells in the past was before it
        ("On 9 June he called home. Two soldiers were shot by their own commanders for retreating.", "execution", None),
        ("On 9 June he wrote that two soldiers had been shot by their own commanders.", "execution", None),
        # the next paragraph, or the next date, is another account
        ("On June 9 the second company came under fire.\n\nTwo soldiers were shot by their own commanders for retreating.", "execution", None),
        # a date inside a sentence opens nothing
        ("The company that came under fire on June 9 is weak. Two soldiers were shot by their own commanders.", "execution", None),
    ],
)  # fmt: skip
def test_the_day_that_opens_an_account(claims, text, event, day):
    found = [c for c in claims(text) if c.event == event]
    assert found
    assert {days(c) for c in found} == {(day, day) if day else None}


def test_a_recording_counts_days_from_its_own(claims):
    released = "The Norland Defence Service released an intercepted phone call. "
    (told,) = [c for c in claims(released + "“They tied eleven deserters to trees yesterday,” a Sudrian officer says in it.") if c.event == "ill-treatment"]  # fmt: skip
    assert told.time is None
    (dated,) = [c for c in claims(released + "“They tied eleven deserters to trees on June 3,” a Sudrian officer says in it.") if c.event == "ill-treatment"]  # fmt: skip
    assert days(dated) == ("2031-06-03", "2031-06-03")


def test_a_habit_is_of_no_night(claims):
    text = "On June 3 the list was read. Deserters are usually driven back to the front the same night."
    assert [c.time for c in claims(text) if c.event == "forced-return"] == [None]


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("They refused an order on June 3. The following day eleven deserters were tied to trees.", "2031-06-04"),
        ("The list was read on June 3. Eleven deserters were tied to trees the same evening.", "2031-06-03"),
        # of no day that is told, it is not the day after the document's
        ("They refused an order, and the next morning eleven deserters were tied to trees.", None),
    ],
)
def test_the_next_day_is_counted_from_the_one_told(claims, text, day):
    (found,) = [c for c in claims(text) if c.event == "ill-treatment"]
    assert days(found) == ((day, day) if day else None)


@pytest.mark.parametrize(
    ("text", "event", "day"),
    [
        ("The source wrote that the refusers were driven back to the front on 9 June and that those who lagged behind were beaten by the guards.", "ill-treatment", "2031-06-09"),
        ("On 9 June the officer ordered that the refusers be tied to a tree.", "ill-treatment", "2031-06-09"),
        ("In its ruling of 9 June the court sentenced the soldier to three years for refusing, on 2 June, to return to the front.", "prosecution", "2031-06-09"),
    ],
)  # fmt: skip
def test_a_time_told_of_the_clause_beside_or_above(claims, text, event, day):
    assert {days(c) for c in claims(text) if c.event == event} == {(day, day)}


@pytest.mark.parametrize(
    ("text", "event", "first", "last"),
    [
        # what is put before a source that is only put in belongs to what it says
        ("On June 3, the ministry said, two soldiers were shot by their own commanders.", "execution", "2031-06-03", "2031-06-03"),
        # the time under the event's own verb goes before that of the one who counts
        ("In May Lanterna counted forty conscripts who had refused to fight since 2 March 2031.", "refusal", "2031-03-02", None),
    ],
)  # fmt: skip
def test_which_time_of_its_sentence(claims, text, event, first, last):
    (told,) = [c for c in claims(text) if c.event == event]
    assert told.time is not None
    assert told.time.start == first
    assert last is None or told.time.end == last


def test_an_order_told_in_a_tale_is_no_source_of_it(claims):
    text = "On 9 June they were told to line up in the yard. Eleven deserters were beaten there with hoses."
    (beaten,) = [c for c in claims(text) if c.event == "ill-treatment"]
    assert days(beaten) == ("2031-06-09", "2031-06-09")
    said = text.replace("they were told to line up in the yard", "a lawyer told reporters of it")
    assert [c.time for c in claims(said) if c.event == "ill-treatment"] == [None]
