"""Events in words that no pattern foresaw: the taught model, its file, and the script that trains it."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import numpy as np
import pytest

from leadline.codebook import SHIPPED, content_of, load_codebook
from leadline.errors import CodebookError
from leadline.extract.claims.coded import meanings, taught
from leadline.extract.claims.coded.coder import Coder
from leadline.extract.claims.coded.contexts import contexts_of
from leadline.extract.claims.coded.meanings import load_meanings
from leadline.extract.claims.coded.senses import Senses, hash_of
from leadline.extract.parse import parse_documents
from leadline.extract.reading import read_document
from leadline.schema import Document

ROOT = Path(__file__).parents[3]
TOLD = "Two conscripts were shot for refusing to return to the trenches, their sergeant said.\n\n"
"""What tells that a document is about the subject."""
UNFORESEEN = [
    line.split(" :: ", 1)
    for line in (Path(__file__).parent / "unforeseen.txt").read_text(encoding="utf-8").splitlines()
    if not line.startswith("#")
]
STRUNG_UP = UNFORESEEN[0][1]
OTHER_THINGS = (
    "The minister refused to be drawn on the price of gas.",
    "The striker was shot down by the referee's whistle and left the pitch.",
    "The two presidents exchanged views on the grain corridor and agreed to meet again.",
    "The bank threatened to close eleven branches in the valley.",
    "Heavy rain forced the organisers to move the concert indoors.",
    "Our reporter travelled to the town by bus and stayed with a baker's family.",
)


def document(text):
    return Document(document="d", sha256="", text=text, series="d", language="en")


def parsed(text):
    return next(parse_documents([document(text)])).doc


@pytest.fixture(scope="module")
def model():
    found = taught.taught_for(load_codebook(None))
    assert found is not None
    return found


@pytest.fixture(scope="module")
def script():
    path = ROOT / "scripts" / "train_events.py"
    spec = importlib.util.spec_from_file_location("train_events", path)
    module = sys.modules["train_events"] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_unforeseen_wording_is_coded_more_often_than_by_patterns(resources, patterns_alone):
    def coded(by):
        found = []
        for _, text in UNFORESEEN:
            claims = read_document(document(TOLD + text), by).claims
            found.append([c.event for c in claims if c.start >= len(TOLD)])
        return found

    with_model, without = coded(resources), coded(patterns_alone)
    wanted = [code for code, _ in UNFORESEEN]
    assert sum(code in found for code, found in zip(wanted, without, strict=True)) <= 12
    assert sum(code in found for code, found in zip(wanted, with_model, strict=True)) >= 17


def test_few_other_things_are_coded_even_beside_the_subject(resources):
    found = [
        text
        for text in OTHER_THINGS
        if any(c.start >= len(TOLD) for c in read_document(document(TOLD + text), resources).claims)
    ]
    assert len(found) <= 2, found


def test_a_threshold_of_a_code_is_read_and_a_code_that_is_none_is_refused(script, tmp_path):
    codes = load_codebook(None).names
    (tmp_path / "least.csv").write_text("code,least\nthreat,0.4\n", encoding="utf-8")
    least = dict(zip(codes, script.read_least(tmp_path, codes).round(2).tolist(), strict=True))
    assert least["threat"] == pytest.approx(0.4)
    assert least["mutiny"] == pytest.approx(script.LEAST)
    (tmp_path / "least.csv").write_text("code,least\nthreats,0.4\n", encoding="utf-8")
    with pytest.raises(SystemExit, match="'threats' is no event of the codebook"):
        script.read_least(tmp_path, codes)


def test_the_shipped_model_believes_from_the_thresholds_beside_its_lines(script, model):
    assert model.least.tolist() == script.read_least(ROOT / "training" / "coercion", model.codes).tolist()


def test_what_is_heard_counts_only_where_the_document_tells_of_the_subject(resources):
    text = "The mortar section would not climb out of the trench again."
    assert resources.coder.taught.hear(parsed(text)).hits
    assert read_document(document(text), resources).claims == ()
    assert [c.event for c in read_document(document(TOLD + text), resources).claims if c.start >= len(TOLD)]


def test_a_pattern_goes_before_what_is_heard_in_the_same_clause(resources, patterns_alone):
    text = "Two conscripts were shot for refusing to return to the trenches, their sergeant said."
    assert [(c.event, c.start, c.end) for c in read_document(document(text), resources).claims] == [
        (c.event, c.start, c.end) for c in read_document(document(text), patterns_alone).claims
    ]


def test_chances_are_probabilities_and_the_same_each_time(model):
    doc = parsed(TOLD + STRUNG_UP)
    first, second = (model.chances(contexts_of(doc, model.senses)) for _ in range(2))
    assert np.array_equal(first, second)
    assert ((first >= 0) & (first.sum(axis=1, keepdims=True) <= 1.0001)).all()


def test_a_word_means_the_same_whatever_other_documents_say(model):
    alone = model.hear(parsed(STRUNG_UP)).hits
    beside = model.hear(parsed(STRUNG_UP + "\n\n" + OTHER_THINGS[0])).hits
    assert [(f.event, f.head.text) for f in alone] == [
        (f.event, f.head.text) for f in beside if f.head.i < len(parsed(STRUNG_UP))
    ]


def test_a_text_without_candidates_is_heard_as_nothing(model):
    assert model.hear(parsed("?! ...")).hits == ()
    assert model.hear(parsed("")).hits == ()


# -- the file ---------------------------------------------------------------------------------------------------------


def book_with(folder, arrays, name="own.npz"):
    """A codebook of its own folder on top of the shipped one, which names a model made of `arrays`."""
    if isinstance(arrays, bytes):
        (folder / name).write_bytes(arrays)
    else:
        np.savez(folder / name, **arrays)
    path = folder / "own.toml"
    path.write_text(f'title = "Own"\nversion = "1"\nbase = "coercion"\nlearned = "{name}"\n', encoding="utf-8")
    return load_codebook(path)


@pytest.fixture
def arrays():
    with np.load(SHIPPED.with_name("coercion-events.npz"), allow_pickle=False) as archive:
        return dict(archive)


def test_a_codebook_without_a_model_is_read_by_patterns_alone(tmp_path):
    path = tmp_path / "plain.toml"
    path.write_text(
        'title = "Plain"\nversion = "1"\nbase = "common"\n[[events]]\ncode = "x"\nlabel = "X"\ndefinition = "x"\n',
        encoding="utf-8",
    )
    assert Coder.of(load_codebook(path)).taught is None


def test_a_codebook_on_a_base_takes_over_its_model(tmp_path):
    path = tmp_path / "above.toml"
    path.write_text('title = "Above"\nversion = "1"\nbase = "coercion"\n', encoding="utf-8")
    assert Coder.of(load_codebook(path)).taught is not None


def test_a_model_that_is_not_there_is_named_with_its_place(tmp_path):
    path = tmp_path / "own.toml"
    path.write_text('title = "Own"\nversion = "1"\nbase = "coercion"\nlearned = "nowhere.npz"\n', encoding="utf-8")
    with pytest.raises(CodebookError, match=r"nowhere\.npz") as caught:
        load_codebook(path)
    assert "$.learned" in str(caught.value)


@pytest.mark.parametrize("content", [b"", b"no archive at all", b"PK\x03\x04 broken"])
def test_a_broken_model_is_a_clear_error(content, tmp_path):
    with pytest.raises(CodebookError, match="cannot be read"):
        Coder.of(book_with(tmp_path, content))


def test_a_damaged_table_of_word_vectors_is_a_clear_error(tmp_path, monkeypatch):
    data = bytearray(meanings.FILE.read_bytes())
    data[len(data) // 2 : len(data) // 2 + 64] = bytes(64)
    (tmp_path / "meanings.npz").write_bytes(data)
    monkeypatch.setattr(meanings, "FILE", tmp_path / "meanings.npz")
    with pytest.raises(CodebookError, match="word vectors cannot be read"):
        meanings.load_meanings.__wrapped__()


@pytest.mark.parametrize("edited", ["own.npz", "below.toml"])
def test_a_codebook_is_another_where_its_model_or_its_base_is_edited(edited, tmp_path):
    (tmp_path / "own.npz").write_bytes(b"one")
    (tmp_path / "below.toml").write_text(SHIPPED.read_text(encoding="utf-8"), encoding="utf-8")
    (tmp_path / SHIPPED.with_suffix(".npz").name).write_bytes(b"shipped")
    book = tmp_path / "own.toml"
    book.write_text('title = "Own"\nversion = "1"\nbase = "below.toml"\nlearned = "own.npz"\n', encoding="utf-8")
    before = content_of(book)
    assert content_of(book) == before
    text = (tmp_path / edited).read_bytes()
    (tmp_path / edited).write_bytes(
        text.replace(b"one", b"two") if edited == "own.npz" else text.replace(b"soldier", b"gunner")
    )
    assert content_of(book) != before


def test_a_model_that_lacks_a_part_is_a_clear_error(arrays, tmp_path):
    del arrays["inner1"]
    with pytest.raises(CodebookError, match="inner1"):
        Coder.of(book_with(tmp_path, arrays))


def test_a_model_of_other_word_vectors_is_refused(arrays, tmp_path):
    arrays["meanings"] = np.array("0" * 64)
    with pytest.raises(CodebookError, match="word vectors"):
        Coder.of(book_with(tmp_path, arrays))


def test_a_model_of_another_width_is_refused(arrays, tmp_path):
    arrays["dense0"] = arrays["dense0"][:-1]
    with pytest.raises(CodebookError, match="numbers a word"):
        Coder.of(book_with(tmp_path, arrays))


def test_a_model_that_knows_an_event_which_the_codebook_has_not_is_refused(arrays, tmp_path):
    arrays["codes"] = np.array([*arrays["codes"][:-1], "siege"])
    with pytest.raises(CodebookError, match="siege"):
        Coder.of(book_with(tmp_path, arrays))


def test_a_model_that_needs_a_class_which_the_codebook_has_not_is_refused(arrays, tmp_path):
    arrays["classes"] = np.array([*arrays["classes"][:-1], "sirens"])
    with pytest.raises(CodebookError, match="sirens"):
        Coder.of(book_with(tmp_path, arrays))


# -- teaching ---------------------------------------------------------------------------------------------------------


def test_every_taught_line_can_be_read(script):
    lines = script.read_folder(ROOT / "training" / "coercion", load_codebook(None).names)
    codes = {code for line in lines for _, _, code in line.marked}
    assert codes == set(load_codebook(None).names)
    assert sum(not line.marked for line in lines) > 1000
    assert all(line.text[a:b].strip() for line in lines for a, b, _ in line.marked)


def test_marks_are_taken_out_of_a_line_and_remembered(script):
    assert script.read_line("He {refusal:would not go} and {desertion:ran}.") == (
        "He would not go and ran.", [(3, 15, "refusal"), (20, 23, "desertion")]
    )  # fmt: skip


@pytest.mark.parametrize(
    "row", ["He {refusal:would not go.", "He would} not go.", "He {would not} go.", "He {siege:sat} there."]
)
def test_a_faulty_line_is_named_with_file_and_number(row, script, tmp_path):
    (tmp_path / "a.txt").write_text(f"It rained.\n{row}\n", encoding="utf-8")
    with pytest.raises(SystemExit, match=r"a\.txt:2: "):
        script.read_folder(tmp_path, load_codebook(None).names)


def test_another_subject_is_taught_by_a_few_lines(script, tmp_path, monkeypatch):
    marked = [
        "Shells {attack:hit} the clinic on Monday.", "A rocket {attack:struck} the maternity ward.",
        "Mortars {attack:damaged} the infirmary again.", "The ward was {attack:bombed} at night.",
    ]  # fmt: skip
    plain = [
        "The clinic opened on Monday.",
        "A nurse walked to the ward.",
        "The minister visited the infirmary.",
        "It rained at night.",
    ]
    (tmp_path / "lines.txt").write_text("\n".join((marked + plain) * 12), encoding="utf-8")
    path = tmp_path / "hospitals.toml"
    head = 'title = "Hospitals"\nversion = "1"\nbase = "common"\n'
    event = '[[events]]\ncode = "attack"\nlabel = "Attack"\ndefinition = "A hospital is hit."\n'
    path.write_text(head + event, encoding="utf-8")
    monkeypatch.setattr(script, "MEMBERS", (1,))
    out = tmp_path / "hospitals.npz"
    nowhere = tmp_path / "no-articles"
    for _ in range(2):
        monkeypatch.setattr(
            sys,
            "argv",
            ["train_events.py", str(tmp_path), "--codebook", str(path), "--articles", str(nowhere), "--out", str(out)],
        )
        script.main()
        kept = out.read_bytes()
    path.write_text(head + 'learned = "hospitals.npz"\n' + event, encoding="utf-8")
    model = taught.taught_for(load_codebook(path))
    assert [f.event for f in model.hear(parsed("A drone hit the hospital in the morning.")).hits] == ["attack"]
    assert model.hear(parsed("A doctor opened the door.")).hits == ()
    script.main()
    assert out.read_bytes() == kept


def test_a_long_text_is_heard_in_stretches_as_if_it_were_whole(model, monkeypatch):
    doc = parsed("The colonel executed two deserters. It rained on the port. He had them tied to a tree. " * 12)
    whole = model.hear(doc)
    monkeypatch.setattr(taught, "STRETCH", 50)
    monkeypatch.setattr(taught, "MARGIN", 20)
    assert len(list(taught.stretches(doc))) > 3
    cut = model.hear(doc)
    assert list(cut.row) == list(whole.row)
    assert [(f.event, f.head.i) for f in cut.hits] == [(f.event, f.head.i) for f in whole.hits]
    assert np.allclose(cut.chances, whole.chances, atol=1e-5)


# -- what a word is seen with -----------------------------------------------------------------------------------------


def test_roles_of_a_word_are_its_own_subject_and_object(model):
    doc = parsed("The colonel executed two deserters.")
    context = contexts_of(doc, model.senses)
    place = [doc[i].text for i in context.at].index("executed")
    width = model.senses.width

    def role(k):
        return context.roles[place, k * width : (k + 1) * width]

    def numbers(word):
        token = next(t for t in doc if t.text == word)
        return model.senses.of_words(np.array([hash_of(word)]), np.array([hash_of(token.lemma_)]))[0]

    assert np.allclose(role(0), numbers("executed"), atol=1e-5)
    assert np.allclose(role(2), numbers("colonel"), atol=1e-5)
    assert np.allclose(role(3), numbers("deserters"), atol=1e-5)
    assert not role(1).any()


def test_words_of_like_meaning_lie_near_each_other():
    meanings = load_meanings()
    keys = np.array([hash_of(w) for w in ("mutiny", "rebellion", "pension")])
    mutiny, rebellion, pension = meanings.of(keys, keys)
    assert mutiny @ rebellion > mutiny @ pension + 0.2
    assert not meanings.of(np.array([1]), np.array([1])).any()


def test_senses_know_the_classes_that_list_a_word():
    book = load_codebook(None)
    senses = Senses.of(load_meanings(), book, ["commander", "troops"])
    keys = np.array([hash_of(w) for w in ("colonel", "conscript", "pension")])
    assert senses.of_words(keys, keys)[:, -2:].tolist() == [[1, 0], [0, 1], [0, 0]]
    with pytest.raises(KeyError, match="sirens"):
        Senses.of(load_meanings(), book, ["sirens"])
