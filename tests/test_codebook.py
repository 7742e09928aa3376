"""Codebooks: the pattern language, the merging of files, and errors that name the exact place."""

from __future__ import annotations

import pytest

from leadline.codebook import FOLDER, check_codebook, load_codebook, parse_pattern
from leadline.errors import CodebookError

CODES = (
    "blocking-force", "order-to-fire", "execution", "threat", "unlawful-detention", "ill-treatment", "forced-return",
    "suicidal-order", "prosecution", "refusal", "public-appeal", "desertion", "mutiny", "surrender", "losses", "territory",
    "official-response", "other",
)  # fmt: skip

SMALL = """
title = "Hospitals"
version = "1"
base = "common"
[classes]
hospital = ["hospital", "clinic", "field hospital"]
[[events]]
code = "attack"
label = "Attack on a hospital"
definition = "A hospital is hit."
triggers = [{ words = "hit|strike|shell ..4 @hospital", weight = 0.9 }]
examples = [{ text = "Shells hit the clinic.", realis = "actual" }]
"""


@pytest.fixture
def write(tmp_path):
    def write(text: str, name: str = "book.toml"):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return write


def test_shipped_codebook_has_the_codes_of_the_design():
    assert load_codebook(None).names == CODES


def test_every_shipped_event_is_described_and_has_examples():
    for event in load_codebook(None).events:
        assert event.definition.endswith(".")
        assert event.triggers
        assert event.code == "other" or {e.realis is None for e in event.examples} == {True, False} or event.examples


def test_events_about_people_at_risk_are_protected():
    book = load_codebook(None)
    assert all(
        book.event(c).protect for c in ("refusal", "desertion", "unlawful-detention", "surrender", "public-appeal")
    )
    assert not book.event("territory").protect


def test_another_subject_is_another_file(write):
    book = load_codebook(write(SMALL))
    assert book.names == ("attack",)
    assert {r.code for r in book.file.realis} >= {"actual", "denied", "ordered"}  # from the base


def test_check_accepts_the_shipped_files():
    for path in sorted(FOLDER.glob("*.toml")):
        if path.stem != "common":
            check_codebook(path)


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ('label = "Attack on a hospital"\n', "", "$.events[0]"),
        ("weight = 0.9", 'weight = "much"', "$.events[0].triggers[0].weight"),
        ("weight = 0.9", "weight = 1.9", "$.events[0].triggers[0].weight"),
        ("@hospital", "@hospitals", "$.events[0].triggers[0].words"),
        ("hit|strike|shell ..4 @hospital", "hit ..4", "$.events[0].triggers[0].words"),
        ("hit|strike|shell", "hit|stri/ke", "$.events[0].triggers[0].words"),
        ('"field hospital"]', '"field @hospital"]', "$.classes.hospital[2]"),
        ('code = "attack"', 'code = "At Tack"', "$.events[0].code"),
        ("weight = 0.9", 'agent = "@hospital of"', "$.events[0].triggers[0].agent"),
        ('base = "common"', 'base = "nowhere"', "$.base"),
        ('version = "1"', 'version = "1"\nverison = "2"', "$.verison"),
        ("words =", "word =", "$.events[0].triggers[0].word"),
    ],
)
def test_check_names_the_exact_place(write, old, new, place):
    assert old in SMALL
    path = write(SMALL.replace(old, new, 1))
    with pytest.raises(CodebookError) as error:
        check_codebook(path)
    assert error.value.place == f"{path}: {place}"


def test_check_finds_a_code_that_stands_twice(write):
    second = SMALL[SMALL.index("[[events]]") :]
    with pytest.raises(CodebookError, match="stands twice") as error:
        check_codebook(write(SMALL + second))
    assert error.value.place.endswith("$.events[1].code")


def test_check_refuses_a_codebook_without_events(write):
    with pytest.raises(CodebookError, match="no events"):
        check_codebook(write('title = "Empty"\nversion = "1"\n'))


def test_bases_that_form_a_loop_are_an_error(write):
    write('title = "A"\nversion = "1"\nbase = "b.toml"\n', "a.toml")
    path = write('title = "B"\nversion = "1"\nbase = "a.toml"\n', "b.toml")
    with pytest.raises(CodebookError, match="loop"):
        load_codebook(path)


def test_a_file_that_is_missing_or_no_text_is_an_error(write, tmp_path):
    with pytest.raises(CodebookError, match="cannot be read"):
        load_codebook(tmp_path / "absent.toml")
    path = tmp_path / "bytes.toml"
    path.write_bytes(b"\xff\xfe\x00title")
    with pytest.raises(CodebookError):
        load_codebook(path)


def test_a_class_that_names_itself_adds_to_the_base(write):
    write(SMALL, "hospitals.toml")
    more = SMALL.replace('base = "common"', 'base = "hospitals.toml"').replace(
        '["hospital", "clinic", "field hospital"]', '["@hospital", "infirmary"]'
    )
    book = load_codebook(write(more, "more.toml"))
    assert book.classes["hospital"] == ("hospital", "clinic", "field hospital", "infirmary")


@pytest.mark.parametrize("words", ["", "..3 shoot", "shoot ..3", "to?", "a|"])
def test_patterns_that_mean_nothing_are_refused(words):
    with pytest.raises(ValueError):
        parse_pattern(words, {})


def test_a_pattern_joins_words_with_an_underscore():
    (step,) = parse_pattern("barn|field_hospital", {})
    assert step.plain == {"barn"}
    assert len(step.phrases[0]) == 2


def test_an_event_beside_which_words_count_must_be_one_of_the_codebook(tmp_path):
    file = tmp_path / "book.toml"
    file.write_text(
        'title = "t"\nversion = "1"\nbase = "common"\n[[events]]\ncode = "raid"\nlabel = "Raid"\ndefinition = "d"\n'
        'triggers = [{ words = "raid", beside = ["siege"] }]\n',
        encoding="utf-8",
    )
    with pytest.raises(CodebookError, match="no event is called 'siege'"):
        check_codebook(file)


def test_codebook_unknown_field_is_named_with_its_path_and_what_was_meant(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text('base = "common"\n[[events]]\ncod = "arrest"\n', encoding="utf-8")
    with pytest.raises(CodebookError, match=r"mine\.toml: \$\.events\[0\]\.cod: .*did you mean code"):
        check_codebook(path)
