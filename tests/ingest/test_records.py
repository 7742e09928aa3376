"""JSON lines and CSV: columns as said or guessed, bytes of each record, bad records alone."""

from __future__ import annotations

import json

import pytest
from ingested import SETTINGS, ingest, write_files

from leadline.errors import InputError
from leadline.ingest.store import digest


def run(tmp_path, files, columns=None, settings=SETTINGS):
    return ingest(tmp_path / "case", write_files(tmp_path / "heap", files), columns=columns, settings=settings)


def test_records_jsonl_of_the_scorers_is_read_as_it_is(tmp_path):
    rows = [
        {"document": "b", "text": "They refused to go.\nNobody went.", "published": "2021-05-04", "language": "en"},
        {"document": "a", "text": "Sie weigerten sich.", "published": None, "language": "de"},
    ]
    documents, refusals = run(tmp_path, {"documents.jsonl": "".join(json.dumps(r) + "\n" for r in rows)})
    assert not refusals
    assert [d.document for d in documents] == ["a", "b"]
    a, b = documents
    assert (a.text, a.language, a.published) == ("Sie weigerten sich.", "de", None)
    assert (b.text, b.published.start, b.published.end, b.published.basis) == (
        "They refused to go.\nNobody went.", "2021-05-04", "2021-05-04", "given",
    )  # fmt: skip
    assert b.media_type == "application/jsonl"


def test_records_original_of_a_line_is_the_line(tmp_path):
    lines = ['{"document": "a", "text": "Ja, wir gehen nicht."}', '{"text":  "Nein.", "document": "b"}']
    documents, _ = run(tmp_path, {"x.jsonl": "\ufeff" + "\n".join(lines)})
    assert [d.sha256 for d in documents] == [digest(("\ufeff" + lines[0] + "\n").encode()), digest(lines[1].encode())]


def test_records_bad_lines_are_refused_alone_and_counted(tmp_path):
    lines = [
        '{"document": "a", "text": "One refused."}',
        "{broken",
        "",
        "[1, 2]",
        '{"document": "e"}',
        '{"text": "Two refused."}',
        '{"document": "a", "text": "Three."}',
    ]
    documents, refusals = run(tmp_path, {"x.jsonl": "\n".join(lines)})
    assert [d.document for d in documents] == ["a", "x.jsonl:6"]
    assert refusals[0].reason.endswith("(x.jsonl, line 5)")
    assert [(r.document, r.reason.split(";")[0].split(" (")[0]) for r in refusals] == [
        ("e", "the record holds no text"),
        ("x.jsonl, line 7: a", "another item is called a too"),
        ("x.jsonl:2", "the line is not JSON"),
        ("x.jsonl:4", "the line is JSON, but not an object with named fields"),
    ]


def test_records_csv_with_quotes_line_ends_and_the_usual_column_names(tmp_path):
    table = 'ID,Headline,Date,Outlet,Body\n1,"A ""no"" vote",2021-05-04,Harbour Post,"First line.\nSecond, line."\n2,Other,,,"Text with =SUM(A1) in it"\n'
    documents, refusals = run(tmp_path, {"x.csv": table})
    assert not refusals
    one, two = documents
    assert (one.document, one.title, one.publisher, one.series) == ("1", 'A "no" vote', "Harbour Post", "harbour post")
    assert one.text == "First line.\nSecond, line."
    assert one.published.start == "2021-05-04"
    assert (two.published, two.publisher, two.text) == (None, None, "Text with =SUM(A1) in it")


@pytest.mark.parametrize("cell", ["=2+5", "+1", "-1 men", "@cmd", '=HYPERLINK("http://x")'])
def test_records_a_cell_that_looks_like_a_formula_stays_text(tmp_path, cell):
    documents, _ = run(tmp_path, {"x.csv": 'id,text\n7,"' + cell.replace('"', '""') + ' said the man"\n'})
    assert documents[0].text == f"{cell} said the man"


def test_records_column_map_goes_before_guesses(tmp_path):
    table = "key;body;story\n9;teaser;The men did not go.\n"
    documents, _ = run(tmp_path, {"x.csv": table}, columns={"text": "story", "document": "key"})
    assert [(d.document, d.text) for d in documents] == [("9", "The men did not go.")]


def test_records_a_table_is_told_by_content_where_columns_are_named(tmp_path):
    documents, _ = run(
        tmp_path, {"export.txt": "nr\tstory\n1\tThey left.\n"}, columns={"text": "story", "document": "nr"}
    )
    assert [(d.document, d.text) for d in documents] == [("1", "They left.")]


def test_records_a_text_that_begins_with_a_brace_is_a_text(tmp_path):
    documents, _ = run(tmp_path, {"a.txt": "{sic} is what the clerk wrote.\nNobody went."})
    assert documents[0].text.startswith("{sic}")


def test_records_unusable_tables_say_what_they_have(tmp_path):
    _, refusals = run(tmp_path, {"x.csv": "when,where\n1,2\n", "y.json": '[{"text": "a"}]', "a.txt": "x"})
    assert [r.document for r in refusals] == ["x.csv", "y.json"]
    assert "its columns are when, where" in refusals[0].reason
    assert "one object a line" in refusals[1].reason


def test_records_unknown_field_or_column_is_named(tmp_path):
    with pytest.raises(InputError, match=r"'body'.*one of document, text"):
        run(tmp_path, {"x.csv": "a,b\n1,2\n"}, columns={"body": "a"})
    _, refusals = run(tmp_path, {"x.csv": "a,b\n1,2\n"}, columns={"text": "c"})
    assert "no column 'c'; its columns are a, b" in refusals[0].reason


def test_records_too_long_a_record_is_refused_with_its_line(tmp_path):
    rows = [
        {"document": "a", "text": "short"},
        {"document": "b", "text": "x" * 30_000},
        {"document": "c", "text": "short"},
    ]
    small = type(SETTINGS)(shipped_register=False, workers=1, max_document_mb=0.02)
    documents, refusals = run(tmp_path, {"x.jsonl": "\n".join(map(json.dumps, rows))}, settings=small)
    assert [d.document for d in documents] == ["a", "c"]
    assert [(r.document, "max_document_mb" in r.reason) for r in refusals] == [("x.jsonl:2", True)]


def test_records_cp1251_csv_is_decoded(tmp_path):
    documents, _ = run(
        tmp_path, {"x.csv": "id,text\n1,Солдаты отказались идти вперёд.\n2,Они остались на месте.\n".encode("cp1251")}
    )
    assert [d.text for d in documents] == ["Солдаты отказались идти вперёд.", "Они остались на месте."]


def test_records_a_stray_quote_inside_a_cell_moves_no_row(tmp_path):
    documents, _ = run(
        tmp_path, {"x.csv": 'id,text\n1,The 5" gun was left behind.\n2,They stayed.\n3,"So, ""we"" left."\n'}
    )
    assert [d.text for d in documents] == ['The 5" gun was left behind.', "They stayed.", 'So, "we" left.']


def test_records_a_row_longer_than_a_document_may_be_is_refused_and_the_next_are_read(tmp_path):
    table = (
        'id,text\n1,They left.\n2,"' + "long\n" * 8000 + '"\n3,They stayed.\n4,' + "x" * 30_000 + "\n5,They returned.\n"
    )
    small = type(SETTINGS)(shipped_register=False, workers=1, max_document_mb=0.02)
    documents, refusals = run(tmp_path, {"x.csv": table}, settings=small)
    assert [d.document for d in documents] == ["1", "3", "5"]
    assert [(r.document, "max_document_mb" in r.reason) for r in refusals] == [("x.csv:3", True), ("x.csv:8005", True)]


def test_records_an_encoding_is_that_of_the_table_not_of_a_short_row(tmp_path):
    rows = "".join(
        f"{i},{t}\n" for i, t in enumerate(["Солдаты отказались идти вперёд, сообщила разведка.", "Нет", "Да"])
    )
    documents, _ = run(tmp_path, {"x.csv": f"id,text\n{rows}".encode("koi8-r")})
    assert [d.text for d in documents][1:] == ["Нет", "Да"]
    assert {d.encoding for d in documents} == {"koi8-r"}


def test_records_utf16_tables_are_refused_with_what_to_do(tmp_path):
    _, (refusal,) = run(tmp_path, {"x.csv": "id,text\n1,They left.\n".encode("utf-16")})
    assert "save it as UTF-8" in refusal.reason


@pytest.mark.parametrize("value", ['["a", "b"]', '{"a": 1}', "7", "true"])
def test_records_a_text_that_is_no_text_is_refused(tmp_path, value):
    documents, refusals = run(
        tmp_path, {"x.jsonl": f'{{"document": "a", "text": "They left."}}\n{{"document": "b", "text": {value}}}\n'}
    )
    assert [d.document for d in documents] == ["a"]
    assert "'text' is not a text" in refusals[0].reason


def test_records_a_language_is_taken_where_it_is_a_code(tmp_path):
    rows = [
        {"document": str(i), "text": "The men refused to go forward that night.", "language": code}
        for i, code in enumerate(["en-GB", "EN", "English", "xx1"])
    ]
    documents, _ = run(tmp_path, {"x.jsonl": "\n".join(map(json.dumps, rows))})
    assert {d.language for d in documents} == {"en"}
