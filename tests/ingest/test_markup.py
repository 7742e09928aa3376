"""Pages become text: the article with its stated metadata, nothing that runs, and no page stops the run."""

from __future__ import annotations

import time

import pytest

from leadline.ingest.decode import Decoded, UnreadableError
from leadline.ingest.markup import MAX_DEPTH, parse_html, read_plainly, without_unshown
from leadline.ingest.reading import is_html, parse_file

PARAGRAPHS = [
    "Men of the Third Company refused to leave their trench on Tuesday, two relatives told the Harbour Post.",
    "Their commander had ordered them to cross an open field by daylight, the relatives said.",
    "The ministry did not comment & a spokesman had earlier denied that any unit had refused an order.",
]
HEAD = """<meta charset="utf-8"><title>A company stays | Harbour Post</title>
<meta property="og:site_name" content="Harbour Post"><link rel="canonical" href="https://harbour.example/a">
<meta property="article:published_time" content="2021-05-04T10:00:00Z">"""


def page(head=HEAD, extra=""):
    body = "".join(f"<p>{p.replace('&', '&amp;')}</p>" for p in PARAGRAPHS)
    return f"<!DOCTYPE html><html><head>{head}</head><body><article><h1>A company stays</h1>{body}{extra}</article></body></html>"


def test_markup_the_title_names_the_site_where_nothing_else_does():
    head = "<title>A company stays | Harbour Post</title>"
    assert parse_file(page(head).encode()).publisher == "Harbour Post"
    assert parse_file(page("<title>A company stays</title>").encode()).publisher is None


def test_markup_gives_text_title_outlet_date_and_address():
    parsed = parse_file(page().encode())
    assert all(p in parsed.text for p in PARAGRAPHS)
    assert parsed.text.count("A company stays") == 1
    assert (parsed.title, parsed.publisher) == ("A company stays", "Harbour Post")
    assert (parsed.published, parsed.url, parsed.media_type) == ("2021-05-04", "https://harbour.example/a", "text/html")


def test_markup_invents_no_date():
    undated = page(HEAD.replace("2021-05-04T10:00:00Z", ""), "<p>© 2019 Harbour Post</p>")
    assert parse_file(undated.encode()).published is None


HOSTILE = """<script>alert('one')</script><svg onload="alert('two')"><script>alert('three')</script></svg>
<img src="http://tracker.example/x.gif" onerror="alert('four')"><a href="javascript:alert('five')">known order</a>
<iframe src="http://frame.example"></iframe><style>@import url(http://style.example)</style>
<form action="http://form.example"><button onclick="alert('six')">Send</button></form><template>seven</template>
<object data="http://object.example"></object><math><mtext>eight</mtext></math>"""


@pytest.mark.parametrize("deep", [False, True])
def test_markup_scripts_handlers_and_addresses_do_not_survive(deep):
    nest = "<div>" * (MAX_DEPTH + 10) if deep else ""
    text = parse_file(page(extra=nest + HOSTILE).encode()).text
    assert PARAGRAPHS[0] in text
    assert "known order" in text
    for gone in ("alert", "onerror", "onload", "onclick", "javascript", "example", "import", "<", "Send"):
        assert gone not in text


def test_markup_quoted_tags_stay_words():
    text = parse_file(
        page(extra="<p>The form said &lt;script&gt;alert(1)&lt;/script&gt;, nothing else of note.</p>").encode()
    ).text
    assert "<script>alert(1)</script>" in text


def test_markup_address_that_runs_is_no_address():
    assert parse_file(page(HEAD.replace("https://harbour.example/a", "javascript:alert(1)")).encode()).url is None


@pytest.mark.parametrize("depth", [150, 5_000, 100_000])
def test_markup_deep_nesting_does_not_stop_it(depth):
    data = f"<html><body>{'<div>' * depth}<p>{PARAGRAPHS[0]}</p>{'</div>' * depth}</body></html>".encode()
    assert PARAGRAPHS[0] in parse_file(data).text


@pytest.mark.parametrize(
    "piece", ["<", "<!--", "<a ", "&", "<![if x]>", "<b>", "<script>", '<a href="', "</div>", "<![ foo ["]
)
def test_markup_time_is_linear_on_broken_pages(piece):
    start = time.process_time()
    parse_file(f"<html><body><p>{PARAGRAPHS[0]}</p>{piece * 20_000}".encode())
    assert time.process_time() - start < 5


def test_markup_declared_encoding():
    text = "Солдаты отказались идти вперёд, сообщила разведка в понедельник вечером в городе."
    for encoding in ("cp1251", "koi8-r", "utf-8", "utf-16"):
        declared = "koi8-r" if encoding == "koi8-r" else encoding
        data = f'<html><head><meta charset="{declared}"></head><body><p>{text}</p></body></html>'.encode(encoding)
        assert text in parse_file(data).text


def test_markup_is_told_by_content():
    assert is_html(b"<!-- a comment --><html><body>x")
    assert is_html("\ufeff<!DOCTYPE html><p>x".encode())
    assert is_html("<html><p>x".encode("utf-16"))
    assert is_html(b"<p>one</p>\n<p>two</p> <p>three</p>")
    assert not is_html(b"The page begins with <p> and goes on.")
    assert not is_html(b"<unclear> said the man, <noise> and hung up.")


def test_markup_page_without_text_is_refused():
    with pytest.raises(UnreadableError, match="no text"):
        parse_file(b"<html><head><title></title></head><body><script>render()</script></body></html>")


def test_plain_reading_ends_script_in_any_letter_case():
    assert read_plainly("<SCRIPT>x</Script><p>They refused.").text == "They refused."


@pytest.mark.parametrize("name", ["template", "textarea", "iframe"])
def test_markup_what_no_browser_shows_is_no_text(name):
    shown = (
        "<p>Two men of a company at the river refused to go forward, their captain told the harbour's newspaper.</p>"
    )
    page = f"<html><body><article>{shown}<{name} id=x><p>Guards shot forty of them.</p></{name.upper()} >{shown}</article></body></html>"
    text = parse_html(Decoded(page, "utf-8")).text
    assert "refused" in text
    assert "forty" not in text


def test_markup_unclosed_elements_take_linear_time():
    began = time.process_time()
    page = "<template><textarea>" * 50_000
    assert without_unshown(page) == page
    assert time.process_time() - began < 2
