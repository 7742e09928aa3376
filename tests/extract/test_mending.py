"""Broken words are read whole, and every offset stands in the text as it was preserved."""

from __future__ import annotations

import textwrap
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leadline.extract.mending import mend
from leadline.extract.misread import joint
from leadline.extract.reading import Resources, read_document
from leadline.schema import Document
from leadline.settings import Settings


def document(text: str, **fields) -> Document:
    return Document(document="a", sha256="", text=text, series="a", language="en", **fields)


@pytest.fixture(scope="module")
def resources():
    return Resources.of(Settings())


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("con\u00adscripts de\u00adserted", "conscripts deserted"),
        ("\ufeffTwo \u200bmen\u2060", "Two men"),
        ("the o\ufb03cer de\ufb01ed", "the officer defied"),
        ("Zoe\u0308 Lo\u0301pez", "Zoë López"),
        ("87th Regi-\nment deserted", "87th Regiment deserted"),
        ("were beat-\r\n  en, he said", "were beaten, he said"),
        ("a self-\npropelled gun", "a self-propelled gun"),
        ("a three-\nyear term", "a three-year term"),
        ("**Two men** [deserted](https://a.example/x?y=1), he said.", "Two men deserted, he said."),
        ("*Two men* of the __Ferry Post__ and _Ida Marsh_.", "Two men of the Ferry Post and Ida Marsh."),
        ("the bri-\ngade’s men", "the brigade’s men"),
        ("Ida\u00a0Marsh said\u202fso.  He  left", "Ida Marsh said so. He left"),
        ("He left,[2] she said.[3][4] They ran.¹² It was²", "He left, she said. They ran. It was"),
        ("&ldquo;He left,&rdquo; the AT&amp;T man&#8217;s son said", "“He left,” the AT&T man’s son said"),
        ("He left.<br/>She <b>stayed</b>.", "He left.\n\nShe stayed."),
        ("â€œHe left,â€\ufffd JosÃ© saidâ€¦ itâ€™s", "“He left,” José said… it’s"),
        ("\u0093He left,\u0094 itâ\u0080\u0099s", "“He left,” it’s"),
        ("the cоmmаnder оf Оstrel", "the commander of Ostrel"),
        (
            "refused toattack; ofhtheir video, held in abasement in acellarin Ostrel.",
            "refused to attack; of their video, held in abasement in acellarin Ostrel.",
        ),
        ("from a basementin Ostrel thatthey left", "from a basement in Ostrel that they left"),
        ("The c0mmander of the 77th regirnent to1d tw0 rnen", "The commander of the 77th regiment told two men"),
        ("> He left and\n> she stayed.\n>> So it is.", "He left and\nshe stayed.\nSo it is."),
        ("⚡️❗️He left 🔥🔥 and ran\n🔹She stayed", "\nHe left and ran\n\nShe stayed"),
    ],
)
def test_mend_puts_words_together(text, whole):
    assert mend(document(text)).document.text == whole


@pytest.mark.parametrize(
    "text", ["carte blanche, outspent by a raison d’être", "the inboxes overpromise, notwithstanding NY1"]
)
def test_words_that_no_list_has_are_not_parted_at_a_chance_syllable(text):
    assert mend(document(text)) is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "He refused - and left.",
        "Kharkiv-\nBelgorod",
        "the 1990-\n91 war",
        "one -\ntwo",
        "naïve Łoś",
        "f**king",
        "2 ** 3",
        "[sic] (see https://a.example)",
        "killed [12] men on 4 km² in 10³",
        "a > b and a_b of x_1_y at 2 * 3",
        "CAFÉ” and CÔTÉ – À la",
        "the word Солдат and ж",
        "&unknown; R&D; a <3 b",
        "Two men   40   Ostrel",
        "the otkazniki and bespredel of anton and hisham; asado",
        "stern modern corner of Sarn, Horner and Bernard; theofficial; A10 M1 H1N1 1st 10th B0 FO1",
        "see shoreandsea.example or #refusetogo",
    ],
)
def test_mend_leaves_whole_words_alone(text):
    assert mend(document(text)) is None


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="aBc é-\n\u00ad\u200b\ufb01\u0301.\r \u00a0>*_[2]&;а🔥<b", max_size=60))
def test_mend_leads_every_character_back(text):
    mended = mend(document(text))
    if mended is None:
        return
    whole = mended.document.text
    assert len(whole) == len(mended.starts) == len(mended.ends)
    assert list(mended.starts) == sorted(mended.starts)
    for i, c in enumerate(whole):
        start, end = mended.span(i, i + 1)
        assert 0 <= start <= end <= len(text)
        if c in "Bc.":
            assert c in text[start:end]


def test_mend_keeps_furniture_in_its_place():
    text = "Load mo\u00adre\nTwo men left. Load more"
    (first, second) = mend(document(text, boilerplate=((0, 10), (25, 34)))).document.boilerplate
    whole = mend(document(text)).document.text
    assert (whole[slice(*first)], whole[slice(*second)]) == ("Load more", "Load more")


def test_reading_of_broken_words_quotes_the_text_as_it_is(resources):
    text = (
        "At least 40 soldiers of the 87th Regi-\nment deserted near Bakh-\nmut, the\ngov\u00adernor said on 3 March 2023.\n\n"
        "“We re\ufb01used to \ufb01ght,” Andrij Melnyk told a re\u00adporter."
    )
    reading = read_document(document(text), resources)
    claim = next(c for c in reading.claims if c.event == "desertion")
    assert (
        text[claim.start : claim.end]
        == claim.quote
        == "At least 40 soldiers of the 87th Regi-\nment deserted near Bakh-\nmut"
    )
    assert (claim.unit, claim.number.low, [p.name for p in claim.places]) == ("87th regiment", 40, ["Bakhmut"])
    (hop,) = claim.chain
    assert (hop.canonical, text[hop.start : hop.end]) == ("governor", "gov\u00adernor")
    assert {text[t.start : t.end] for t in reading.times} == {"3 March 2023"}
    assert {text[p.start : p.end] for p in reading.persons} == {"Andrij Melnyk"}
    assert "Bakh-\nmut" in {text[p.start : p.end] for p in reading.places}
    for a in reading.attributions:
        assert all(0 <= s < e <= len(text) for s, e in (*a.source, *a.cue, *a.content))


@pytest.mark.parametrize(
    "unit",
    [
        "a-\n",
        "a-",
        "\u00ad",
        "\ufb01",
        "e\u0301",
        "a-\n   ",
        "ab-\ncd-\n",
        "-\n",
        " ",
        "**",
        "**a ",
        "[a",
        "[a](http://",
        "[a](http://b",
        "_",
        "*a",
        "\u00a0",
        "\u00a0\u00a0",
        "[1]",
        "[1",
        "a¹",
        "&a",
        "&#1",
        "<b ",
        "<b a",
        "â",
        "â€",
        "Ã",
        "а",
        "аa",
        ">",
        "\n>",
        "> >",
        "🔥",
        "🔥 ",
        "toattack ",
        "toattack",
        "rn",
        "rn1 ",
        "1",
        "a1a0",
    ],
)
def test_mend_is_linear(unit):
    def seconds(n):
        text = unit * n
        began = time.process_time()
        mend(document(text))
        return time.process_time() - began

    seconds(100)
    assert min(seconds(16_000) for _ in range(3)) < 3 * 8 * max(
        seconds(2_000), 0.01
    )  # a pause does not come three times


REPORT = (
    "Varn intelligence said that commanders of the 77th Regiment locked 40 conscripts in a cellar because they refused to attack.\n\n"
    "“Two men were shot in front of us,” Ida Marsh told the Ferry Post. She said that a guard beat her son.\n\n"
    "Human rights group Open Shore said, without more, that six deserters were brought back to the front."
)


@pytest.mark.parametrize(
    "damage",
    [
        lambda t: t.replace(" ", "\u00a0"),
        lambda t: t.replace(" ", "  "),
        lambda t: t.replace("“", "&ldquo;").replace("”", "&rdquo;"),
        lambda t: t.replace(",", ",[4]").replace(".", ".[5]"),
        lambda t: t.replace(".", ".¹"),
        lambda t: t.replace("\n\n", "<br><br>"),
        lambda t: "\n\n".join(f"❗️❗️ {p} 🔥" for p in t.split("\n\n")),
        lambda t: t.encode().decode("cp1252", errors="replace"),
        lambda t: t.encode().decode("latin-1"),
        lambda t: t.replace("a", "а", 20),
        lambda t: "\n>\n".join(textwrap.fill(p, 64, initial_indent="> ", subsequent_indent="> ") for p in t.split("\n\n")),
        lambda t: t.replace("Ida Marsh", "_Ida Marsh_").replace("Ferry Post", "_Ferry Post_"),
    ],
    ids=["no-break", "double", "entities", "notes", "superscripts", "tags", "pictures", "misread", "misread-latin", "alike", "passed-on", "marks"],
)  # fmt: skip
def test_damaged_report_says_what_the_whole_one_says(resources, damage):
    """The same events from the same mouths, whatever the words were broken by."""

    def said(text):
        claims = read_document(document(text), resources).claims
        assert all(text[c.start : c.end] == c.quote for c in claims)
        return [(c.event, c.realis, c.number and c.number.low, [h.canonical for h in c.chain]) for c in claims]

    assert said(damage(REPORT)) == said(REPORT)
    assert len(said(REPORT)) >= 4


def test_what_a_word_is_does_not_depend_on_what_was_read_before(resources):
    """The model's own memory of forms grows with every text; order of input must change nothing."""
    assert mend(document("They refused toattack.")).document.text == "They refused to attack."
    read_document(document("Toattack is a word here: toattackers toattackin toattack, he said."), resources)
    joint.cache_clear()
    assert mend(document("They refused toattack.")).document.text == "They refused to attack."
