"""Parsing: offsets stay true, sentences stay within paragraphs, and what is not to be read is not read."""

from __future__ import annotations

import hashlib
import time

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from leadline.errors import DependencyError
from leadline.extract.labels import label_of
from leadline.extract.language import Pinned, check_files
from leadline.extract.mending import mend
from leadline.extract.paragraphs import dateline_end, paragraph_spans
from leadline.extract.parse import LONGEST_PIECE, parse_documents, pieces_of
from leadline.extract.unread import looks_english, unread_stretches
from leadline.schema import Document


def document(text, **fields):
    return Document(**({"document": "d", "sha256": "", "text": text, "series": "d", "language": "en"} | fields))


def parse(text, *, entities=False, **fields):
    return next(parse_documents([document(text, **fields)], entities=entities))


def assert_offsets(parsed):
    text = parsed.document.text
    assert len(parsed.doc.text) == len(text)
    for token in parsed.doc:
        if not token.is_space:
            assert text[token.idx : token.idx + len(token)] == token.text


def test_parse_token_offsets_count_code_points_of_the_text():
    parsed = parse("  “Ждать,” said Ona 🙂.\r\n\r\nThe mayor of Brelk\x00 left.\n")
    assert_offsets(parsed)
    assert [s.text.split()[-1] for s in parsed.sentences][-1] == "left."


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(alphabet=st.sampled_from(list("ab .,'\"“”‘’\n\t\x00—é🙂АБ")), max_size=300))
def test_parse_offsets_hold_for_any_text(text):
    parsed = parse(text)
    assert_offsets(parsed)
    assert all(any(s <= x.start_char and x.end_char <= e for s, e in parsed.paragraphs) for x in stripped(parsed))


def stripped(parsed):
    for sentence in parsed.sentences:
        words = [t for t in sentence if not t.is_space]
        yield parsed.doc[words[0].i : words[-1].i + 1]


def test_parse_sentences_end_with_their_paragraph():
    parsed = parse("Convoy halted near Ostrel\n\nThe convoy was halted on Monday\nNobody was hurt")
    assert [s.text.strip() for s in parsed.sentences] == [
        "Convoy halted near Ostrel",
        "The convoy was halted on Monday",
        "Nobody was hurt",
    ]


def test_parse_footnotes_end_their_sentence():
    text = "Two men left.[3] A third stayed.[4][12] He said: “I wait.”[5] It rained.[citation needed] Two of them slept.[6]"
    whole = mend(Document(document="a", sha256="", text=text, series="a", language="en")).document.text
    assert [s.text.strip() for s in parse(whole).sentences] == [
        "Two men left.",
        "A third stayed.",
        "He said: “I wait.”",
        "It rained.",
        "Two of them slept.",
    ]


def test_parse_lines_broken_by_hand_are_one_paragraph():
    text = (
        "The second company left the village of Ostrel before the morning and\n"
        "was not seen again until the river froze, an officer told the council\n"
        "in a letter."
    )
    assert paragraph_spans(text) == [(0, len(text))]


def test_parse_short_lines_and_headlines_stay_apart():
    text = "Mutiny at Ostrel\nBy our reporter\nThe company left before the morning and was not seen again that week."
    assert len(paragraph_spans(text)) == 3


def test_parse_boilerplate_has_no_words():
    text = "The mayor left.\nSubscribe now, the mayor said.\nNobody came."
    start = text.index("Subscribe")
    end = text.index("\nNobody")
    parsed = parse(text, boilerplate=((start, end),))
    assert [s.text.strip() for s in parsed.sentences] == ["The mayor left.", "Nobody came."]
    assert parsed.in_boilerplate(start + 3, start + 5)
    assert not parsed.in_boilerplate(0, 5)
    assert_offsets(parsed)


@pytest.mark.parametrize("language", ["de", "uk", "ru", "fr"])
def test_parse_another_language_is_recorded_and_not_read(language):
    parsed = parse("Der Bürgermeister ging.", language=language)
    assert not parsed.is_read
    assert parsed.sentences == ()
    assert [u.reason for u in parsed.unread] == ["language"]


def test_parse_paragraph_in_another_language_is_not_read_inside_english():
    foreign = "Командир роты приказал солдатам оставаться на месте, сообщил представитель города в понедельник."
    parsed = parse(f"The mayor said that nobody had come to the village.\n\n{foreign}")
    assert [u.reason for u in parsed.unread] == ["language"]
    assert len(parsed.sentences) == 1


def test_parse_english_is_told_by_its_common_words():
    assert looks_english("RIVER CROSSING CLOSED AFTER THE STORM, TOWN COUNCIL OF OSTREL SAYS IN A NOTE TO ALL")
    assert not looks_english("El alcalde de la ciudad dijo que los soldados no habían llegado todavía al puente viejo")


def test_parse_empty_text_and_white_space_hold_nothing():
    for text in ("", " \n\t\n"):
        parsed = parse(text)
        assert parsed.sentences == ()
        assert len(parsed.doc.text) == len(text)


def test_parse_unbroken_runs_are_not_read():
    text = "He left. " + "x" * 5000 + " She stayed."
    parsed = parse(text)
    assert [s.text.strip() for s in parsed.sentences] == ["He left.", "She stayed."]
    assert [u.reason for u in parsed.unread] == ["unbroken"]


def test_parse_long_paragraphs_are_cut_between_sentences():
    text = "The men left the fort at night. " * 1000
    pieces = list(pieces_of(text, 0, len(text)))
    assert all(e - s <= LONGEST_PIECE for s, e in pieces)
    assert all(text[s:e].endswith(".") and text[s:e].startswith("The") for s, e in pieces)
    assert sum(text[s:e].count("left") for s, e in pieces) == 1000


def test_parse_cutting_and_language_take_linear_time():
    seconds = []
    for n in (100_000, 800_000):
        text = '("a\n' * n
        start = time.process_time()
        unread_stretches(document(text))
        paragraph_spans(text)
        seconds.append(time.process_time() - start)
    assert seconds[1] < 8 * 4 * max(seconds[0], 0.02)


def test_parse_changed_model_file_is_refused(tmp_path):
    (tmp_path / "weights").write_bytes(b"other")
    pinned = Pinned(
        package="p",
        version="1",
        common_words=frozenset(),
        names={},
        sha256={"weights": hashlib.sha256(b"right").hexdigest()},
    )
    with pytest.raises(
        DependencyError, match=r"weights: a file of the English model has the digest .* To do: reinstall"
    ):
        check_files(tmp_path, pinned, todo="pip install p==1")
    (tmp_path / "weights").write_bytes(b"right")
    check_files(tmp_path, pinned, todo="")
    with pytest.raises(DependencyError, match="cannot be read"):
        check_files(tmp_path, msgspec.structs.replace(pinned, sha256={"gone": "0"}), todo="")


def test_parse_paragraph_at_offset():
    parsed = parse("One came.\n\nTwo left.")
    assert [parsed.paragraph_at(k) for k in (0, 5, 11, 15)] == [0, 0, 1, 1]


REPORT = "Twelve men of a rifle company have left their post, the command of the garrison said on Monday."


@pytest.mark.parametrize(
    "dateline",
    [
        "PORT SALVE, May 20 (Wire) - ",
        "LOWBRIDGE, Sudria, 3 June (NORPRESS) — ",
        "MILLTOWN — ",
        "ST. ANNE'S -- ",
        "Lowbridge, Sudria (Wire)- ",
        "Milltown – ",
        "SALVE, June 4. /NORPRESS/. ",
        "(Wire) - ",
    ],
)
def test_a_dateline_is_no_part_of_the_sentence_behind_it(dateline):
    """The place, the day and the agency stand apart, so that the report's first sentence is parsed as it was written."""
    text = f"A heading\n\n{dateline}{REPORT}"
    d = Document(document="d", sha256="", text=text, series="d", language="en")
    parsed = next(parse_documents([d]))
    assert parsed.sentences[-1].text.strip() == REPORT
    assert len(parsed.paragraphs) == 2


@pytest.mark.parametrize(
    "opening",
    [
        "The company - a rifle company - ",
        "Vera – Wife of a gunner – ",
        "Monday – ",
        "In Milltown - ",
        "Twelve of them — ",
    ],
)
def test_a_dash_alone_makes_no_dateline(opening):
    """What stands before a dash is a dateline only where it is a place, or names an agency."""
    text = opening + REPORT
    assert dateline_end(text, 0, len(text)) == 0


@pytest.mark.parametrize(
    ("line", "label"),
    [("Details: it rains.", "details"), ("For reference: it rains.", "for reference"), ("Corporal: it rains.", "")],
)
def test_a_label_says_what_its_paragraph_is(line, label):
    """`Details:` stands apart from the sentence behind it; a speaker's label is part of the paragraph."""
    assert label_of(line, 0, len(line))[0] == label
    assert len(list(pieces_of(line, 0, len(line)))) == (2 if label else 1)


@pytest.mark.parametrize(
    ("opening", "cut"),
    [
        ("Riga - A list shows that ", "Riga - "),
        ("New York, May 3 — The paper wrote that ", "New York, May 3 — "),
        ("Anna Orlova – Kyiv lawyer of the families – and others said ", ""),
        ("Anna Orlova – Kyiv lawyer of the families said ", ""),
        ("Ivan Petrov – “Two of us left, and ", ""),
        ("Yesterday – Two men said ", ""),
    ],
)
def test_a_name_before_a_dash_is_no_dateline(opening, cut):
    text = opening + "two soldiers had deserted near the river on Monday and that both of them had fled."
    assert text[: dateline_end(text, 0, len(text))] == cut
