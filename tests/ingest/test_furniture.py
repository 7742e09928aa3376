"""Page furniture is marked by rule and position; the article is not."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadline.ingest.furniture import find_furniture, mark_furniture, title_of
from leadline.ingest.heading import read_heading

BODY = [
    "Men of the Third Company refused to leave their trench on Tuesday, two of their relatives told the Harbour Post.",
    "Their commander had ordered them to cross an open field by daylight, the relatives said.",
    "“Nobody came back the last time,” one of the men says in a video filmed in a cellar.",
    "The ministry did not comment. A spokesman had earlier denied that any unit had refused an order.",
    "About 40 conscripts from the same valley were detained in a basement, according to a support group.",
    "The group says that it holds letters of eleven families, none of whom has had an answer.",
]


def marked(text):
    return [text[start:end] for start, end in mark_furniture(text)]


def page(*before, after=()):
    return "\n\n".join([*before, *BODY, *after])


def test_furniture_an_article_alone_has_none():
    assert marked(page()) == []
    assert marked("\n".join(BODY)) == []


@pytest.mark.parametrize(
    "line",
    [
        "4 min read", "12 minutes read", "130 out of 5,000", "1.2K Shares", "0", "Your email address will not be published. Required fields are marked *", "Advertisement", "ADVERTISEMENT", "Load more",
        "Show comments", "Share on Facebook", "Facebook Twitter WhatsApp Email", "Sign up for our newsletter and miss nothing",
        "Follow us on Telegram", "JOIN US ON TELEGRAM! Daily notes on the war.", "Read also: A bridge falls at night",
        "See the video of the bridge", "Photo: Ministry of the Interior", "Source: Harbour Agency", "© 2021 Harbour Post. All rights reserved.",
        "The views expressed in this article are the author's.", "News Feed", "CLICK HERE TO GET THE APP", "* * *", "4 May 2021, 10:30", "Published: 4 May 2021", "Tuesday, May 4, 2021", "2021-05-04", "Updated 5 hours ago", "Leave a Reply",
         "Help us reach 900 members by June.",
        "Independent journalism needs readers who pay for it.", "Become a member today", "Continuation of the text under the video",
        "TWO BROTHERS WALK HOME FROM THE FRONT", "Already a subscriber? Log in", "03:21 / 10:05", "Image 2 of 3 prev next",
    ],
)  # fmt: skip
def test_furniture_lines_of_any_page_are_marked(line):
    text = "\n\n".join([*BODY[:3], line, *BODY[3:]])
    assert marked(text) == [line]


@pytest.mark.parametrize(
    "line",
    [
        "Read the order aloud, the captain told them, and shoot those who turn back.",
        "Support for the war is falling in the valley, a poll said.",
        "Share of refusals: the ministry counts 3 percent.",
        "Follow-up attacks cost the brigade a third of its men.",
        "More than 40 men were detained.",
        "Watch posts were placed behind the first line to stop those who fled.",
        "Help us, the men ask in the video.",
        "Members of the company were beaten, their families say.",
        "In June 2021, 19 men of the unit deserted.",
        "On 4 May 2021 they left.",
        "The order of 4 May 2021",
        "“SHOOT THEM,” the voice says.",
        "Newsreaders repeated the denial all evening.",
        "Donate your blood or go to the front, the recruits were told.",
        "He was filmed by a photographer of the agency (a friend of the family).",
    ],
)
def test_furniture_sentences_of_an_article_are_not_marked(line):
    assert marked("\n\n".join([*BODY[:3], line, *BODY[3:]])) == []


@pytest.mark.parametrize(
    "caption",
    [
        "Recruits at the river crossing, 3 May 2021. (Getty Images)",
        "Recruits at the river crossing (Mara Lind/AP)",
        "Recruits wait at the river crossing. Mara Lind/AFP/Getty Images",
        "For illustrative purposes only. A soldier looks over a field (Shutterstock)",
        "File photo of the bridge at Oster",
        "Recruits at the river crossing Shutterstock",
        "Mara Lind/Associated Press",
        "Recruits wait at the river crossing. Credit: Harbour Museum",
    ],
)
def test_furniture_captions_with_a_credit_are_marked(caption):
    assert marked("\n\n".join([BODY[0], caption, *BODY[1:]])) == [caption]


def test_furniture_a_wire_credit_does_not_make_a_quotation_a_caption():
    line = (
        "“We will not go,” the man says, and his voice can be heard twice, as the others repeat it after him (Reuters)"
    )
    assert marked("\n\n".join([*BODY[:2], line, *BODY[2:]])) == []


def test_furniture_a_line_that_names_whose_the_news_is_stays():
    credit, told = "Source: Harbour Agency", "Details: Nine men left the quay before dawn."
    assert marked("\n\n".join([*BODY[:2], credit, told, *BODY[2:]])) == []
    assert marked("\n\n".join([*BODY[:2], credit, *BODY[2:], told])) == [credit]


def test_furniture_author_block_and_biography():
    bio = "Mara Lind is a reporter who covers the coast for the Harbour Post. She studied law and lives by the sea."
    text = page(
        after=["A city prepares for a long winter. What comes next?\nAvatar\nMara Lind", "Reporter", bio, "Read more"]
    )
    assert marked(text) == [text[text.index("A city prepares") :]]


def test_furniture_what_an_interviewed_editor_says_is_article():
    said = "Mara Lind, who edits the paper, said that forty men had left their units and that a reporter had met them."
    assert said not in marked(page("Mara Lind", "Editor", after=[said]))


def test_furniture_by_line_on_top_only():
    assert marked(page("By Mara Lind and Jonas Weil in Oster")) == ["By Mara Lind and Jonas Weil in Oster"]
    assert marked(page("By Tuesday evening the men of the Third Company had left their trench.")) == []


def test_furniture_note_about_the_author_at_the_end():
    note = "Mara Lind is a freelance journalist and a fellow of the Harbour Institute."
    assert marked(page(after=[note])) == [note]
    assert marked(page(note)) == []


def test_furniture_tail_of_other_articles_after_a_heading():
    after = [
        "Related articles",
        "Band plays in the park",
        "The residents of Oster say that they have had no water since…",
    ]
    text = page(after=after)
    assert marked(text) == ["\n\n".join(after)]


def test_furniture_a_heading_in_the_middle_takes_no_article_with_it():
    text = "\n\n".join([BODY[0], "Related articles", *BODY[1:]])
    assert all(b not in m for m in marked(text) for b in BODY)


def test_furniture_crumbs_and_cut_off_repeats_of_the_title():
    title = "A company stays in its trench and says why"
    text = page(f"Home World {title}", title, "A company stays in its")
    assert marked(text) == [f"Home World {title}", "A company stays in its"]
    assert title_of(text) == title


def test_furniture_fund_raising_paragraph_also_with_glued_words():
    appeal = "Please join thefundraising of our team for this column and for travel to the coast. A coffee here is a day there. Thanks!"
    assert marked("\n".join([BODY[0], appeal, *BODY[1:]])) == [appeal]


def test_furniture_tracking_tags_and_initials_only_at_the_end():
    assert marked(page(after=["hp-world-07"])) == ["hp-world-07"]
    assert marked(page(after=["(ML)"])) == ["(ML)"]
    assert marked("\n\n".join([*BODY[:2], "front-line", *BODY[2:]])) == []


def test_furniture_labels_in_the_headline_are_cut_off():
    head = "A company stays Date: Unknown Source: https://example.org/a Tags: front, refusal"
    text = "\n".join([head, *BODY])
    assert title_of(text) == "A company stays"
    assert marked(text) == [head.removeprefix("A company stays ")]


def test_furniture_a_page_of_nothing_else_is_marked_completely():
    text = "3 min read\n\nAdvertisement\n\nSubscribe now\n\nShare this article\n\n0"
    assert marked(text) == [text]


def test_title_is_not_the_first_sentence_of_an_article():
    assert title_of(page()) is None
    assert title_of(page("2 min read", "Nobody goes: the trench that stayed")) == "Nobody goes: the trench that stayed"


@given(
    st.lists(
        st.sampled_from([*BODY, "Advertisement", "3 min read", "Related articles", "Read more", "Avatar", "", "x…"])
    )
)
def test_furniture_spans_are_ordered_apart_and_inside(lines):
    text = "\n".join(lines)
    last = 0
    for start, end in mark_furniture(text):
        assert last <= start < end <= len(text)
        assert text[start:end] == text[start:end].strip()
        last = end


@pytest.mark.shared
def test_furniture_of_the_annotated_articles(shared):
    """Everything that the annotators marked is marked, and no annotated claim is touched, counted over both."""
    gold = [json.loads(line) for line in (shared / "gold" / "documents.jsonl").read_text("utf-8").splitlines()]
    claims = [json.loads(line) for line in (shared / "gold" / "claims.jsonl").read_text("utf-8").splitlines()]
    pieces = missed = touched = 0
    for row in gold:
        text = (shared / "seeds" / row["document"]).read_text(encoding="utf-8")
        spans = mark_furniture(text)
        for piece in row["boilerplate"]:
            pieces += 1
            at = text.index(piece)
            missed += not any(a <= at and at + len(piece) <= b for a, b in spans)
        for claim in (c for c in claims if c["document"] == row["document"]):
            touched += any(a < claim["end"] and claim["start"] < b for a, b in spans)
    assert (missed, touched) == (0, 0), f"{missed} of {pieces} missed, {touched} of {len(claims)} claims touched"


@pytest.mark.shared
def test_furniture_takes_little_of_real_articles(shared):
    """A rule that eats paragraphs shows here: in real news, furniture is a small share of the characters."""
    total = found = 0
    for path in sorted((shared / "corpora" / "war-news").glob("*.txt"))[::5]:
        text = path.read_text(encoding="utf-8")
        total += len(text)
        found += sum(end - start for start, end in mark_furniture(text))
        longest = max((m for m in find_furniture(text)), key=lambda m: m.end - m.start, default=None)
        assert longest is None or longest.end - longest.start <= 700
    assert found < 0.03 * total


@pytest.mark.parametrize(
    "line",
    [
        "1. Summary executions of refusers .............. 7",
        "Blocking units and orders to fire . . . . . . . . 12",
        "Home News Opinion Sport",
        "World | Politics | War | More",
        "Image caption: Relatives protest outside the barracks",
        "We use cookies to improve what you see here. By going on you accept them.",
        "By continuing to browse you agree to our privacy policy",
        "Accept all | Reject all",
    ],
)
def test_furniture_contents_menus_captions_and_banners_are_marked(line):
    assert marked("\n\n".join([BODY[0], line, *BODY[1:]])) == [line]


def test_furniture_prose_that_looks_like_contents_or_a_menu_stays():
    text = "He waited ... and then 7 men left.\n\nWar and news about sport, business and more were banned, he said.\n\nBy using cookies they paid the guards."
    assert not marked(text)


def test_a_menu_is_no_outlet():
    page = "Home News Opinion Sport\n\nMen leave camp\nBy Mara Lind\nPublished 4 March 2031\n\nSixty men have left a camp in the north, it is said."
    found = read_heading(page, lambda name: False)
    assert (found.publisher, found.published) == (None, "2031-03-04")
