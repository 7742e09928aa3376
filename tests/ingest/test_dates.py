"""Publication dates: stated or inferred with the words that show it, never invented."""

from __future__ import annotations

import pytest

from leadline.ingest.dates import any_interval, date_in_name, inferred_date, stated_date
from leadline.ingest.written import full_dates, iso_interval

BODY = "Two men of the company refused to cross the river, their captain told a meeting of relatives in the town hall."


def span(published):
    return published and (published.start, published.end, published.basis)


@pytest.mark.parametrize(
    "line",
    [
        "Published: 4 May 2021", "Published on May 4, 2021 at 10:30 am", "Posted on 4th May 2021", "Date: 2021-05-04", "Date 04.05.2021",
        "By Mara Lind | Published Tuesday, 4 May 2021", "4 May 2021", "Tuesday, May 4, 2021", "May 4, 2021, 10:30 a.m. EDT", "2021-05-04 10:30",
        "By Mara Lind, 4 May 2021", "Опубликовано: 4 мая 2021", "4 травня 2021, 10:30", "Oster, 4 May 2021", "13:40, 4 May 2021 GMT",
    ],
)  # fmt: skip
def test_dates_stated_in_a_line_of_their_own(line):
    found = stated_date(f"A company stays\n\n{line}\n\n{BODY}")
    assert span(found) == ("2021-05-04", "2021-05-04", "stated")
    assert found.evidence == line


def test_dates_stated_at_the_end_of_the_page():
    text = "\n".join([BODY] * 40 + ["Published: 4 May 2021"])
    assert span(stated_date(text)) == ("2021-05-04", "2021-05-04", "stated")


def test_dates_first_publication_goes_before_the_update():
    text = f"Title here\nUpdated: 6 May 2021\nPublished: 4 May 2021\n{BODY}"
    assert stated_date(text).start == "2021-05-04"
    assert stated_date(f"Title here\nLast updated: 6 May 2021\n{BODY}").start == "2021-05-06"


@pytest.mark.parametrize(
    "line",
    [
        "Date: Unknown", "Published: yesterday", "Date: 04/05/2021", "The order is dated 4 May 2021 and signed by the colonel.",
        "The men left the unit on 4 May 2021.", "Sept. 9, 2013 traffic problems.", "Posted to the front on 4 May 2021, he fled a week later, they said.",
        "Date: 31 February 2021", "“It was 4 May 2021”",
    ],
)  # fmt: skip
def test_dates_of_the_story_and_unknown_ones_are_not_stated(line):
    assert stated_date(f"A company stays\n\n{line}\n\n{BODY}") is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("On Thursday, May 5, they said that 300 men had left since March 2022.", ("2022-05-05", "2022-05-12")),
        ("They said so on Thursday 5 May. The war began in 2022.", ("2022-05-05", "2022-05-12")),
        (
            "On Wednesday, January 4, it became known. The unit was formed in December 2022.",
            ("2023-01-04", "2023-01-11"),
        ),
        (
            "This was reported at the end of 2021. Last year the camp was closed for a while.",
            ("2022-01-01", "2022-12-31"),
        ),
    ],
)
def test_dates_inferred_where_the_words_leave_one_year(text, expected):
    found = inferred_date(text)
    assert (found.start, found.end, found.basis) == (*expected, "inferred")
    assert found.evidence.split(" (")[0] in " ".join(text.split())


@pytest.mark.parametrize(
    "text",
    [
        "They refused on Thursday, May 5.",  # no year anywhere
        "They refused on Thursday, May 5; such orders were given in 1942.",  # neither 1942 nor 1943 fits
        "They refused on May 5. The war began in 2022.",  # no weekday
        "On 24 February 2022 the war began. They refused last week.",  # the latest date is no publication date
        "The shop of 2019 was closed last year.",  # a year beside `last year` shows nothing
        "By the end of 2030 there will be 1,000 members. They refused on Thursday, May 5.",
    ],
)
def test_dates_not_inferred_where_the_words_leave_more(text):
    assert inferred_date(text) is None


def test_dates_in_furniture_play_no_part():
    text = "We want 900 members in 2022.\nThey said so on Thursday, May 5."
    assert inferred_date(text) is not None
    assert inferred_date(text, ((0, 28),)) is None


@pytest.mark.parametrize("name", ["20210504T093000Z_a.txt", "a/2021-05-04-title.html", "post_2021.05.04.txt"])
def test_dates_in_a_file_name(name):
    assert span(date_in_name(name, BODY)) == ("2021-05-04", "2021-05-04", "inferred")
    assert date_in_name(name, f"{BODY} He was arrested on 6 May 2021.") is None


@pytest.mark.parametrize("name", ["000_6b74ef8c16.txt", "20219904.txt", "2021/a.txt", "120210504999.txt"])
def test_dates_not_in_other_figures_of_a_name(name):
    assert date_in_name(name, BODY) is None


def test_dates_full_forms_and_ambiguous_ones():
    text = "1 de mayo de 2021, 2. Mai 2021, May 3rd, 2021, 4 травня 2021, 05.05.2021, 2021-05-06, 5/17/2021, 17/05/2021, 05/06/2021, 1 May 2021st"
    assert [f.day.isoformat()[8:] for f in full_dates(text)][:8] == ["01", "02", "03", "04", "05", "06", "17", "17"]
    assert all(f.day.isoformat() != "2021-06-05" for f in full_dates(text))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2021", ("2021-01-01", "2021-12-31")),
        ("2021-02", ("2021-02-01", "2021-02-28")),
        ("2021-02-03T10:00:00+02:00", ("2021-02-03", "2021-02-03")),
        ("2021-02/2021-03-05", ("2021-02-01", "2021-03-05")),
        ("2021-03/2021-02", None),
        ("2021-02-30", None),
        ("soon", None),
    ],
)
def test_dates_given_by_a_collector(text, expected):
    assert iso_interval(text) == expected


def test_dates_in_words_from_a_column():
    assert any_interval("Tue, 4 May 2021 10:00") == ("2021-05-04", "2021-05-04")
    assert any_interval("4 May 2021 to 6 May 2021") is None
