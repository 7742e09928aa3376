"""Outlets are read where the document states them: the page's own site apart from the outlet of the text."""

from __future__ import annotations

import pytest

from leadline.ingest.publisher import find_outlets, host_name

BODY = (
    "Two men of the company refused to cross the river, their captain told a meeting of relatives in the town hall.\n\n"
)


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("© 2021 Harbour Post. All rights reserved.", "Harbour Post"),
        ("Mara Lind is the senior reporter for the Harbour Post, where she covers the coast.", "Harbour Post"),
        ("What is said here is the writer's view, not necessarily that of Harbour Post.", "Harbour Post"),
        ("Load More By Harbourpost", "Harbourpost"),
        ("CLICK HERE TO GET THE HARBOUR POST APP", "HARBOUR POST"),
        ("Sign up for Harbour Post's daily newsletter", "Harbour Post"),
        ("More information on the main page of Harbour.example", "Harbour.example"),
        ("Date: Unknown Source: https://www.harbour.example/a/b Tags: river", "harbour.example"),
    ],
)
def test_publisher_is_the_site_that_speaks_about_itself(line, name):
    found = find_outlets(BODY + line)
    assert (found.publisher, found.origin_publisher) == (name, None)


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("The Harbour Post could not independently verify the recording.", "The Harbour Post"),
        ("The Harbour Post has been unable to verify it.", "The Harbour Post"),
        ("Harbourweek has reached out to the ministry by mail for comment.", "Harbourweek"),
        ("Harbourweek contacted the ministry for comment.", "Harbourweek"),
        ("He said so at a briefing, according to an Oster News correspondent.", "Oster News"),
        ("This article was originally published by the Harbour Post.", "Harbour Post"),
        ("Republished with permission from Harbourweek.", "Harbourweek"),
        ("Date: Unknown Source: https://x.example/a Tags: oster.example.org, river", "oster.example.org"),
    ],
)
def test_publisher_of_the_text_is_the_outlet_that_reported_it(line, name):
    assert find_outlets(BODY + line).origin_publisher == name


def test_publisher_one_outlet_named_twice_is_written_as_in_the_text():
    found = find_outlets(
        f"{BODY}The Harbour Post could not independently verify it.\n\nMara Lind is a reporter for the Harbour Post."
    )
    assert (found.publisher, found.origin_publisher) == ("The Harbour Post", "The Harbour Post")


def test_publisher_of_a_copy_and_of_its_original_stay_apart():
    found = find_outlets(f"{BODY}Harbourweek reached out to the ministry for comment.\n\nLoad More By Quicknews")
    assert (found.publisher, found.origin_publisher) == ("Quicknews", "Harbourweek")


@pytest.mark.parametrize(
    "line",
    [
        "He could not independently verify it.", "The ministry reached out to the families for comment.", "They contacted us for comment.",
        "The recording could not be independently verified.", "The captain told the Harbour Post that he would stay.", "© 2021",
    ],
)  # fmt: skip
def test_publisher_is_not_invented(line):
    assert find_outlets(BODY + line).origin_publisher is None
    assert find_outlets(BODY + line).publisher is None


def test_publisher_host_of_an_address():
    assert host_name("https://www.harbour.example:8080/x?y#z") == "harbour.example"
    assert host_name("not an address") is None
    assert host_name("http://[broken") is None
