"""What comparisons see of a text."""

from __future__ import annotations

import pytest

from leadline.schema import Document
from leadline.trace.text import quotations, skeleton, view


def doc(text: str, **more) -> Document:
    return Document(document="d", sha256="", text=text, series="d", **more)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("prigozhin", "пригожин"),
        ("surovikin", "surowikin"),
        ("gerasimov", "герасимов"),
        ("avdiivka", "авдіївка"),
        ("bakhmut", "бахмут"),
    ],
)
def test_text_skeleton_meets_across_transliterations(one, other):
    assert skeleton(one) == skeleton(other)


def test_text_skeleton_ignores_case_endings():
    assert skeleton("мишустиным") == skeleton("mishustin")


def test_text_skeleton_keeps_different_names_apart():
    assert skeleton("orlenko") != skeleton("marenko")


def test_text_view_leaves_boilerplate_out():
    text = "Share this page now. The Varn brigade stayed."
    v = view(doc(text, boilerplate=((0, 20),)))
    assert v.words == ("the", "varn", "brigade", "stayed")
    assert text[v.starts[1] : v.ends[1]] == "Varn"


def test_text_view_scales_numbers():
    one = view(doc("Some 812.5 thousand were counted."))
    other = view(doc("Всего 812,5 тысячи учтено."))
    assert one.anchors[-1][0] == other.anchors[-1][0] == "#812500"


def test_text_view_knows_quoted_words():
    v = view(doc("He said: “We will never go back there.” Then he left."))
    assert [v.words[i] for i in sorted(v.quoted)] == ["we", "will", "never", "go", "back", "there"]


def test_text_quotations_take_all_styles_and_survive_unpaired_marks():
    text = '“We stay right here tonight.” and "They went back there again" and «Никто не пойдёт туда» and “open'
    assert len(quotations(text)) == 3


def test_text_empty_document_has_no_words():
    v = view(doc(""))
    assert v.words == ()
    assert v.sentences == ()
    assert v.sentence_of(5) is None
