"""Adversarial text takes linear time in every module that looks through a text by itself, and through all of `extract`.

Each unit is repeated to a short and to a text eight times as long. Quadratic work takes 64 times as long; three times what is
linear is allowed, since processor time is noisy too.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from leadline.custody.remains import sequences
from leadline.extract.attribution.quotes import find_quotations
from leadline.extract.paragraphs import paragraph_spans
from leadline.extract.parse import LONGEST_SENTENCE, parse_documents
from leadline.extract.reading import Resources, read_documents
from leadline.extract.unread import unread_stretches
from leadline.ingest import dates, furniture, heading, language, markup, publisher
from leadline.ingest.decode import decode
from leadline.publish.contacts import mask_contacts
from leadline.publish.redact import Names
from leadline.register import load_register
from leadline.schema import Document, PersonMention
from leadline.settings import Settings
from leadline.trace.credits import Publishers, find_credits
from leadline.trace.signs import spun_signs, translation_signs
from leadline.trace.text import quotations, view

GROWTH = 8
SHORT = 3_000
UNITS = [
    # marks
    '"', "“", "”", "“a ", "“aaaaaaaa, he says. ", "‘ ", "« ", "» ", "„", "''", "``", "(", ")", "[", "...", "…", ".” ", ".)", "?! ",
    "- ", "—", "— Aaaaaaaaaaaa ", "_ ", "/ ", "\\", ", ", " , ", ": ", "; ", "@a ", "#a ", "$1 ", "5% ", "* ", "| a ",
    # blanks and characters of several bytes
    " ", "\t", "\n", " \n", "\n\n", "\r\n", "\u00a0", "\u200b", "\u00ad", "\u202e", "e\u0301", "İ", "ß", "😀 ", "а", "а ", "аб, ", "é",
    # words, names, capitals
    "a ", "a-", "a'", "a.", "A. ", "J. K. ", "A1 ", "A1-", "AB ", "O'", "van der ", "de la ", "Mr. ", "and A1 and ", "THE MEN REFUSED ",
    "said ", "he said she said ", "according to A1, ", "Translated by ", "first appeared on ", "By A1 ", "A > ", "at A for ",
    # figures and dates
    "1,", "1,000,", "1 ", "1-", "1.", "1.1.", "12:", "12/1/", "2019-", "2019-01-", "2022 2023 ", "January 1 ", "1 January ", "Monday, ",
    "Monday, January 1 ", "last year ", "Date: ", "Published: ", "1. ",
    # pages
    "<a", "<a ", "<div>", "<script>", "<!--", "<![CDATA[", "&", "&#", "&amp;", "https://", "http://a.", "www.a.", "a@b.", "Source: http://a",
    "Tags: a", "Load more\n", "3 min read\n", "a,b,c\n", "a: b\n", "Photo: ", '{"a": ',
]  # fmt: skip


def document(text: str) -> Document:
    return Document(document="a.txt", sha256="", text=text, series="a", publisher="Ferry Post", language="en")


PUBLISHERS = Publishers(load_register((), shipped=True), ["Ferry Post", "A1", "The Daily A"])
MODULES: dict[str, Callable[[str], object]] = {
    "ingest.decode": lambda text: decode(text.encode() + b"x"),
    "ingest.markup": lambda text: markup.read_plainly("<html><body>" + text),
    "ingest.dates, stated": dates.stated_date,
    "ingest.dates, inferred": dates.inferred_date,
    "ingest.dates, file name": lambda text: dates.date_in_name("2021-03-04-a.txt", text),
    "ingest.furniture": furniture.find_furniture,
    "ingest.heading": lambda text: heading.read_heading(text, lambda name: name == "A"),
    "ingest.publisher": publisher.find_outlets,
    "ingest.language": language.main_language,
    "extract.parse, stretches": lambda text: unread_stretches(document(text)),
    "extract.attribution.quotes": lambda text: find_quotations(text, paragraph_spans(text)),
    "trace.text": lambda text: view(document(text)),
    "trace.text, quotations": quotations,
    "trace.signs, spun": spun_signs,
    "trace.signs, translation": translation_signs,
    "trace.credits": lambda text: find_credits(document(text), PUBLISHERS),
    "publish.contacts": mask_contacts,
    "publish.contacts, file name": lambda text: mask_contacts(text, file_name=True),
    "custody.remains": sequences,
}


def grown(work: Callable[[str], object], unit: str, short: int, least: float) -> tuple[float, float]:
    """Processor seconds of the short and of the long text; `least` is what counts as nothing."""

    def seconds(length: int) -> float:
        text = (unit * (length // len(unit) + 1))[:length]
        began = time.process_time()
        work(text)
        return time.process_time() - began

    return max(seconds(short), least), seconds(GROWTH * short)


def assert_linear(work: Callable[[str], object], unit: str, short: int = SHORT, least: float = 0.01) -> None:
    small, large = grown(work, unit, short, least)
    if large >= 3 * GROWTH * small:  # a pause of the machine, or quadratic: only the second comes again
        small, large = grown(work, unit, short, least)
    assert large < 3 * GROWTH * small, f"{unit!r}: {small:.3f} s became {large:.3f} s"


@pytest.mark.parametrize("module", MODULES)
def test_time_is_linear_on_adversarial_text(module):
    MODULES[module]("Two men refused to go, said the Ferry Post. " * 20)
    for unit in UNITS:
        assert_linear(MODULES[module], unit)


@pytest.fixture(scope="module")
def resources():
    return Resources.of(Settings())


@pytest.mark.parametrize("unit", ["A. ", "@a ", "dozens of ", "shoot anyone who ", "he said that ", "“No "])
def test_time_of_the_whole_reading_is_linear_in_a_sentence_without_end(resources, unit):
    def read(text):
        (reading,) = read_documents([document(text)], resources)
        assert reading.unread is None or "failed" not in reading.unread.reason

    read(unit * 10)
    assert_linear(read, unit, short=1_200, least=0.2)


@pytest.mark.parametrize("unit", ["shoot anyone who ", "A. ", "the men of "])
def test_no_sentence_is_longer_than_the_longest(unit):
    text = "The men refused to go. " + unit * 900 + "He said so.\n\nThey left."
    parsed = next(parse_documents([document(text)]))
    assert max(len(s) for s in parsed.sentences) <= LONGEST_SENTENCE
    assert all(text[t.idx : t.idx + len(t)] == t.text for t in parsed.doc if not t.is_space)
    assert parsed.sentences[0].text == "The men refused to go."
    assert parsed.sentences[-1].text == "They left."


def test_a_sentence_without_end_hides_no_claim(resources):
    """Before sentences were cut, one of 700 clauses ended the reading of its whole document."""
    claim = "Two conscripts deserted from the fort, the governor said."
    (reading,) = read_documents([document(f"{claim}\n\n" + "shoot anyone who " * 900)], resources)
    assert reading.unread is None
    assert claim.partition(",")[0] in [c.quote for c in reading.claims]


def test_persons_are_masked_in_linear_time():

    mention = PersonMention(document="a", start=0, end=9, name="Ivo Karan", role="a soldier")
    names = Names([mention])
    for unit in ("Ivo ", "Ivo  ", "Karan-", "Ivo_", "%20"):
        assert_linear(names.mask, unit)
        assert_linear(names.mask_file, unit)
