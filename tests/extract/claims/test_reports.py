"""How war reports tell things: bodies and persons by their office, attributions that close a sentence, posts, orders."""

from __future__ import annotations

import pytest

from .conftest import chain_of


def test_reports_a_person_by_office_is_named_and_not_taken_for_the_body(claims):
    text = (
        "The head of the Estimates Office, Mirela Osk, said: “The brigade lost 40 soldiers.”\n\n"
        "The office had counted 12 soldiers killed in one day, said Osk."
    )
    losses = [c for c in claims(text) if c.event == "losses"]
    assert [chain_of(c)[0] for c in losses] == ["Mirela Osk", "Mirela Osk"]


def test_reports_according_to_at_the_end_covers_both_parts_of_the_sentence(claims):
    text = "The brigade is losing 90 soldiers every day, and it lost 500 soldiers in one battle, according to Norland Defence Service."
    assert [chain_of(c) for c in claims(text) if c.event == "losses"] == [["Norland Defence Service"]] * 2


def test_reports_the_body_stands_in_the_setting_of_an_impersonal_verb(claim):
    text = "The War Ministry of Sudria spoke first. In the evening report of the Norland Defence Service, it was reported that 60 soldiers were killed."
    assert chain_of(claim("losses", text)) == ["Norland Defence Service"]


def test_reports_a_byline_is_no_source(claim):
    text = "The brigade suffered heavy losses on Monday, Nora Hall reports."
    assert claim("losses", text).chain == ()


def test_reports_a_page_named_afterwards_makes_the_statement_a_post(claim):
    text = (
        "Pavel Orlov has said that 60 soldiers of the brigade were killed near the dam.\n\n"
        "That's according to the Facebook page of the ministry, Harbour Post reports."
    )
    assert claim("losses", text).medium == "social-post"


def test_reports_an_assessment_stays_one_when_it_is_posted(claim):
    text = "The Estimates Office said in a tweet that the brigade had suffered heavy losses."
    assert claim("losses", text).medium == "intelligence-assessment"


def test_reports_objects_are_shared_by_coordinate_verbs(claim):
    found = claim("losses", "Defenders at the dam killed, wounded or captured 500 Sudrian troops.")
    assert found.number is not None
    assert found.number.low == 500


@pytest.mark.parametrize(
    ("text", "realis"),
    [
        ("The soldiers at the dam were ordered by the capital to surrender.", "ordered"),
        ("The soldiers at the dam surrendered.", "actual"),
    ],
)
def test_reports_a_passive_order_governs_what_is_ordered(claim, text, realis):
    assert claim("surrender", text).realis == realis


def test_reports_the_first_of_two_finite_verbs_does_not_govern_the_second(claim):
    text = "The brigade was trying to cross the river but suffers heavy losses, the soldiers say."
    assert claim("losses", text).realis == "actual"


@pytest.mark.parametrize(
    "text",
    [
        "Residents of the occupied territory keep their shops open, and the soldiers watch.",
        "It is no longer clear where the border of the soldiers' district lies.",
        "Many leaders refused to condemn the invasion, whatever their soldiers think.",
    ],
)
def test_reports_what_only_sounds_like_an_event_makes_no_claim(claims, text):
    assert [c.event for c in claims(text) if c.event in {"territory", "refusal"}] == []


def test_reports_a_period_that_opens_a_statement_dates_what_it_tells(claim):
    found = claim(
        "blocking-force", "Last week, a deserter claimed that the army had placed a blocking unit behind them."
    )
    assert (found.time.start, found.time.end) == ("2031-06-09", "2031-06-15")


def test_reports_the_day_of_a_statement_does_not(claim):
    assert claim("losses", "On Tuesday, the soldiers said that the brigade had lost 40 men.").time is None


def test_reports_the_day_of_a_release_is_no_day_of_the_order(claim):
    text = (
        "A Sudrian commander ordered his soldiers to shoot anyone who retreats, according to an intercepted call "
        "published by the Norland Defence Service on 8 May 2021."
    )
    assert claim("order-to-fire", text).time is None


def test_reports_the_day_of_the_order_is_its_day(claim):
    text = "On 8 May 2021 a Sudrian commander ordered his soldiers to shoot anyone who retreats, a gunner said."
    found = claim("order-to-fire", text).time
    assert found is not None
    assert (found.start, found.end) == ("2021-05-08", "2021-05-08")
