"""The lines above an article give its outlet, date, address and author where they say so, and are no part of it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadline.ingest.describe import describe
from leadline.ingest.given import Given
from leadline.ingest.heading import read_heading
from leadline.ingest.reading import Parsed
from leadline.register import Register, Source

REGISTER = Register(
    [
        Source(id="ridge", name="Ridge", kind="outlet", aliases=("Гребень",)),
        Source(id="general-staff", name="General Staff", kind="armed-force"),
        Source(id="media", name="Western media", kind="class"),
    ]
)
BODY = (
    "\n\nTwo men of the company refused to cross the river, their captain told a meeting of relatives in the town hall.\n\n"
    "They had been told to take a bridge that nobody had come back from since the spring of that year."
)


def known(name):
    source = REGISTER.resolve(name)
    return source is not None and source.kind != "class"


def document(heading, body=BODY):
    parsed = Parsed(text=heading + body, media_type="text/plain", encoding="utf-8")
    return describe(parsed, document="a.txt", sha256="0" * 64, given=Given(), register=REGISTER)


@pytest.mark.parametrize(
    ("heading", "publisher", "day"),
    [
        ("Published: 5 June 2023\nSource: Harbour Light\n\nMen refuse to go", "Harbour Light", "2023-06-05"),
        ("Source: Harbour Light\n\nMen refuse to go", "Harbour Light", None),
        ("Men refuse to go\nRidge, 3 May 2022", "Ridge", "2022-05-03"),
        ("Люди отказались идти\nГребень, 3 мая 2022", "Гребень", "2022-05-03"),
        ("Men refuse to go\nHarbour Post, Tuesday, May 3, 2022 10:30 GMT", "Harbour Post", "2022-05-03"),
        ("Men refuse to go\nBy Mara Lind | The Courier | 3 May 2022", "The Courier", "2022-05-03"),
        ("Men refuse to go\nBy Mara Lind for The Courier", "The Courier", None),
        ("Men refuse to go\nThe Courier · 3 May 2022 · 4 min read", "The Courier", "2022-05-03"),
        ("Men refuse to go\nPosted by Mara Lind on 3 May 2022", None, "2022-05-03"),
        ("Men refuse to go\nHarbour News (May 3, 2022)", "Harbour News", "2022-05-03"),
        ("THE COURIER\nMen refuse to go\n3 May 2022", "THE COURIER", "2022-05-03"),
        ("Men refuse to go | Harbour Post", "Harbour Post", None),
        ('---\ntitle: Men refuse to go\npublisher: "Harbour Light"\ndate: 2022-05-03\n---', "Harbour Light", "2022-05-03"),
        ("**Outlet:** Harbour Light\n**Date:** 3 May 2022\n\n# Men refuse to go", "Harbour Light", "2022-05-03"),
        ("Source: Ridge | Date: May 3, 2022 | Author: Mara Lind\nMen refuse to go", "Ridge", "2022-05-03"),
        ("Men refuse to go\nHarbour Light, 3 May 2022\n\nA soldier told Harbour Light that he fled.", "Harbour Light", "2022-05-03"),
        ("From: Ridge <post@ridge.example>\nTo: desk@x.example\nSubject: Men refuse\nDate: Tue, 3 May 2022 10:12:00 +0300", "Ridge", "2022-05-03"),
        ("URL: https://t.me/s/ridge_war/12\nDate: 2022-05-03 10:22\n\nMen refuse to go", "@ridge_war", "2022-05-03"),
    ],
)  # fmt: skip
def test_heading_gives_outlet_and_date(heading, publisher, day):
    d = document(heading)
    assert d.publisher == publisher
    assert (d.published.start if d.published else None, d.published.basis if day else "stated") == (day, "stated")
    assert d.series == (REGISTER.resolve(publisher).id if publisher and REGISTER.resolve(publisher) else d.series)


@pytest.mark.parametrize(
    "heading",
    [
        "Men refuse to go\nOster, 3 May 2022",  # a town
        "Men refuse to go\nMara Lind, 3 May 2022",  # a person
        "Men refuse to go\n\nSource: General Staff\n\nDetails: two men were shot.",  # whom the news is from
        "Men refuse to go\nSource: Ridge / Harbour Post\nDate: 3 May 2022",  # two
        "Western media, 3 May 2022\nMen refuse to go",
        "Men refuse to go\nReporter: What happened?\nSoldier: They shot us.",
        "From: the front\nMen refuse to go",
        "Outlet: unknown\nMen refuse to go",
        "The men of the Ridge refused to go on 3 May 2022",
    ],
)
def test_heading_names_no_outlet_where_it_is_not_beyond_doubt(heading):
    assert document(heading).publisher is None


@pytest.mark.parametrize(
    "line",
    [
        "Accessed: 3 May 2022",
        "Incident date: 3 May 2022",
        "Retrieved on 3 May 2022",
        "Date: 03/05/2022",
        "Date: unknown",
    ],
)
def test_heading_another_day_is_no_publication_date(line):
    assert document(f"Men refuse to go\n{line}").published is None


def test_heading_an_update_counts_only_without_a_first_date():
    both = "Men refuse to go\nUpdated: 4 May 2022\nPublished: 3 May 2022"
    assert document(both).published.start == "2022-05-03"
    assert document("Men refuse to go\nUpdated: 4 May 2022").published.start == "2022-05-04"


def test_heading_is_shown_as_it_was_read_and_feeds_no_claim():
    text = "Men refuse to go\nBy Mara Lind | The Courier | 3 May 2022\nhttps://courier.example/a" + BODY
    d = document(text, "")
    assert [(f.field, f.quote) for f in d.heading] == [
        ("author", "Mara Lind"),
        ("publisher", "The Courier"),
        ("published", "3 May 2022"),
        ("url", "https://courier.example/a"),
    ]
    assert all(text[f.start : f.end] == f.quote for f in d.heading)
    assert [text[a:b] for a, b in d.boilerplate] == [
        "By Mara Lind | The Courier | 3 May 2022\nhttps://courier.example/a"
    ]
    assert d.title == "Men refuse to go"


@pytest.mark.parametrize(
    ("heading", "title", "furniture"),
    [
        ("Subject: Men refuse to go\nDate: 3 May 2022", "Men refuse to go", ["Subject: ", "Date: 3 May 2022"]),
        ("Offensive Campaign Assessment, May 3, 2022", "Offensive Campaign Assessment", [", May 3, 2022"]),
        ("Men refuse to go | Harbour Post", "Men refuse to go", [" | Harbour Post"]),
        ("Harbour Post, 3 May 2022\nMen refuse to go", "Men refuse to go", ["Harbour Post, 3 May 2022"]),
    ],
)
def test_heading_leaves_the_headline_in_the_article(heading, title, furniture):
    d = document(heading)
    assert (d.title, [d.text[a:b] for a, b in d.boilerplate]) == (title, furniture)


def test_heading_a_publisher_beside_a_source_makes_the_source_the_one_that_is_credited():
    d = document("Publisher: Harbour Light\nSource: Ridge\nDate: 3 May 2022\n\nMen refuse to go")
    assert (d.publisher, d.origin_publisher) == ("Harbour Light", "Ridge")


def test_heading_what_the_collector_gives_goes_before():
    parsed = Parsed(text=f"Source: Ridge\n{BODY}", media_type="text/csv", encoding="utf-8", publisher="Harbour Post")
    d = describe(parsed, document="a", sha256="0" * 64, given=Given(), register=REGISTER)
    assert d.publisher == "Harbour Post"


def test_heading_far_down_is_article():
    lines = "\n\n".join(f"Man {n} of the company was told to go and did not go, his mother says." for n in range(9))
    assert read_heading(f"{lines}\n\nRidge, 3 May 2022", known).fields == ()


@given(st.text(alphabet="Source: Ridge,|3 May20\nBy.-/", max_size=200))
def test_heading_quotes_stand_in_any_text(text):
    found = read_heading(text, known)
    assert all(text[f.start : f.end] == f.quote for f in found.fields)
    assert all(0 <= a < b <= len(text) for a, b in found.spans)
