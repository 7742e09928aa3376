"""Reading capture histories: every form that is read, and every table that is refused with its place."""

from __future__ import annotations

import csv

import pyarrow as pa
import pytest

from leadline.errors import InputError
from leadline.estimate.reading import Histories, read_histories
from leadline.estimate.tables import FrequencyTable, ListTable


def write(folder, text):
    path = folder / "lists.csv"
    path.write_text(text, encoding="utf-8")
    return path


def whole(source, **options):
    found = read_histories(source, **options)
    assert isinstance(found, Histories)
    return found.whole


EXPECTED = ListTable.of(("A", "B"), {(1, 0): 2, (0, 1): 1, (1, 1): 3})


@pytest.mark.parametrize(
    "text",
    [
        "A,B,count\n1,0,2\n0,1,1\n1,1,3\n",
        "\ufeffA;B;count\r\n1;0;2\r\n0;1;1\r\n1;1;3\r\n",
        "A,B\n" + "1,0\n" * 2 + "0,1\n" + "1,1\n" * 3,
        "A,B\n" + "TRUE,FALSE\n" * 2 + "False,True\n" + "TRUE,True\n" * 3,
        "id,A,B\n" + "".join(f"r{i},{p}\n" for i, p in enumerate(["1,0", "1,0", "0,1", "1,1", "1,1", "1,1"])),
        "incident,lists\n" + "".join(f"r{i},{p}\n" for i, p in enumerate(["A", "A", "B", "A;B", "B | A", "A;B"])),
        "record,list\n" + "".join(f"r{i},{x}\n" for i, p in enumerate(["A", "A", "B", "AB", "BA", "AB"]) for x in p),
    ],
)
def test_reading_all_forms_give_the_same_table(tmp_path, text):
    assert whole(write(tmp_path, text)).digest == EXPECTED.digest


def test_reading_arrow_and_pandas():
    columns = {"A": [1, 0, 1], "B": [0, 1, 1], "count": [2, 1, 3]}
    pandas = pytest.importorskip("pandas")
    assert whole(pa.table(columns)).digest == EXPECTED.digest
    assert whole(pandas.DataFrame(columns)).digest == EXPECTED.digest


def test_reading_frames_as_notebooks_hold_them():
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame({"A": [True, False, True], "B": [0.0, 1.0, 1.0], "count": [2, 1, 3]})
    assert whole(frame.astype({"B": "category", "count": "Int64"})).digest == EXPECTED.digest
    gap = frame.astype({"count": "Int64"})
    gap.loc[1, "count"] = pandas.NA
    with pytest.raises(InputError, match="row 2, column count: the cell is empty"):
        read_histories(gap)
    with pytest.raises(InputError, match="row 3, column B: the cell is empty"):
        read_histories(frame.assign(B=[0.0, 1.0, float("nan")]))
    for no_table in ([1, 2, 3], None, 7):
        with pytest.raises(InputError, match="is no table; expected a CSV path"):
            read_histories(no_table)


def test_reading_order_of_rows_changes_nothing(tmp_path):
    assert whole(write(tmp_path, "A,B,count\n1,1,3\n0,1,1\n1,0,2\n")).digest == EXPECTED.digest


def test_reading_choice_of_lists_and_strata(tmp_path):
    path = write(tmp_path, "A,B,C,place,count\n1,0,1,x,2\n0,1,0,x,1\n1,1,0,y,3\n0,0,1,y,4\n")
    found = read_histories(path, lists=["A", "B"], strata=["place"])
    assert found.whole.digest == EXPECTED.digest
    assert {k: t.n for k, t in found.strata.items()} == {"x": 3, "y": 3}
    noted = read_histories(path)
    assert "place" in noted.notes[0]
    assert noted.whole.n == 10


def test_reading_frequencies(tmp_path):
    found = read_histories(write(tmp_path, "captures,units\n1,15\n3,2\n"))
    assert isinstance(found, FrequencyTable)
    assert found.units.tolist() == [15, 0, 2]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", ["empty"]),
        ("A,B,count\n", ["no row"]),
        ("A,B,count\n1,0\n", ["row 2", "2 cells", "3"]),
        ("A,B,count\n1,0,-2\n0,1,4\n", ["row 2", "column count", "negative"]),
        ("A,B,count\n1,0,2.5\n0,1,4\n", ["row 2", "column count", "whole number"]),
        ("A,B,count\n1,0,many\n0,1,4\n", ["row 2", "column count", "no number"]),
        ("A,B,count\n1,0,\n0,1,4\n", ["row 2", "column count", "empty"]),
        ("A,B,count\n1,,2\n0,1,4\n", ["row 2", "column B", "empty"]),
        ("A,B,count\n1,2,2\n0,1,4\n", ["row 2", "column B", "'2'"]),
        ("A,B,count\n1,0,2\n0,0,4\n0,1,1\n", ["row 3", "no list"]),
        ("A,B,count\n1,0,2\n0,1,4\n1,0,1\n", ["row 4", "second time", "row 2"]),
        ("A,count\n1,2\n", ["one list", "A"]),
        ("A,B,C,count\n1,0,0,2\n0,1,0,4\n", ["column C", "no record"]),
        ("A,B,C,count\n1,1,0,2\n1,0,1,4\n", ["column A", "all 6"]),
        ("A,B,count\n1,0,0\n0,1,0\n", ["all counts are 0"]),
        ("A,A,count\n1,0,1\n", ["'A' stands twice"]),
        ("A,,count\n1,0,1\n", ["column 2 has no name"]),
        ("A,B,count\n1,0,1e300\n0,1,2\n", ["too large"]),
        ("captures,units\n0,4\n", ["row 2", "0 times"]),
        ("captures,units\n2,4\n2,4\n", ["row 3", "2 captures stand there twice"]),
        ("captures,units\n1,4\n999999999,4\n", ["row 3", "column captures", "columns are swapped"]),
        ("\n\nA,B,count\n\n1,0,2\n\n0,1,x\n", ["row 7", "column count", "'x'"]),
        ("A,B,count\n1,0,2\n1,0,2\n", ["row 3", "second time", "row 2"]),
        ("id,A,B\nr1,1,0\nr2,0,1\nr1,1,0\n", ["row 4", "'r1'", "second time", "row 2"]),
        ("A,B,total\n1,0,20\n0,1,40\n1,1,3\n", ["column total", "rename total to count"]),
        ("A,B,total\n1,0,20\n0,1,1\n1,1,3\n", ["row 2", "column total", "to be called `count`"]),
        ("A,B\nyes,no\nno,yes\n", ["column A holds 'yes'"]),
        ("# lists of mine\nA,B,count\n1,0,2\n", ["row 2", "3 cells", "'# lists of mine'"]),
        ("A,B,count\n1,1,40\n", ["all 40 records are on the same lists (A, B)"]),
        ('A,B,count\n1,0,"' + "x" * 20_000, ["row 2", "column count", "xxx...'"]),
    ],
)
def test_reading_refusals_name_the_place(tmp_path, text, words):
    path = write(tmp_path, text)
    with pytest.raises(InputError) as raised:
        read_histories(path)
    message = str(raised.value)
    assert str(path) in message
    for word in words:
        assert word in message


def test_reading_a_quotation_mark_that_is_not_closed(tmp_path):
    path = write(tmp_path, 'A,B,count\n1,0,"' + "x" * 200_000)
    limit = csv.field_size_limit(131_072)  # Python's own; others may have raised it
    try:
        with pytest.raises(InputError, match=r"row 2: .*quotation mark"):
            read_histories(path)
    finally:
        csv.field_size_limit(limit)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ("A,B,count\n1,0,3\nPréfet,1,4\n".encode("latin-1"), ["row 3", "not UTF-8", "save it as CSV UTF-8"]),
        ("A,B,count\n1,0,3\n".encode("utf-16"), ["UTF-16"]),
        (b"PK\x03\x04\x14\x00\x06\x00", ["a spreadsheet or zip archive"]),
        (bytes(range(256)) * 50, ["no text"]),
    ],
)
def test_reading_says_what_kind_of_file_it_is_instead(tmp_path, data, words):
    path = tmp_path / "lists.csv"
    path.write_bytes(data)
    with pytest.raises(InputError) as raised:
        read_histories(path)
    for word in (str(path), *words):
        assert word in str(raised.value)


def test_reading_a_stratum_that_is_missing(tmp_path):
    path = write(tmp_path, "A,B,place,count\n1,0,x,2\n0,1,,4\n1,1,y,3\n")
    assert whole(path).n == 9
    with pytest.raises(InputError, match="row 3, column place: the cell is empty"):
        read_histories(path, strata=["place"])


def test_reading_holds_rows_that_repeat_once(tmp_path):
    """A million records of few patterns take the memory of the patterns."""
    import tracemalloc

    path = write(tmp_path, "A,B,C\n" + "1,0,1\n0,1,1\n1,1,0\n0,0,1\n" * 50_000)
    tracemalloc.start()
    table = whole(path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert table.n == 200_000
    assert peak < 2_000_000


def test_reading_unknown_names(tmp_path):
    path = write(tmp_path, "A,B,count\n1,0,2\n0,1,4\n")
    with pytest.raises(InputError, match="'Z'"):
        read_histories(path, lists=["A", "Z"])
    with pytest.raises(InputError, match="'Z'"):
        read_histories(path, strata=["Z"])
    with pytest.raises(InputError, match="cannot be read"):
        read_histories(tmp_path / "absent.csv")


def test_tables_members_of_one_list_are_a_known_population():
    table = ListTable.of(("A", "B", "C"), {(1, 1, 0): 3, (1, 0, 0): 2, (0, 0, 1): 1, (1, 0, 1): 4})
    members = table.members("A")
    assert members.lists == ("B", "C")
    assert members.n == 7  # two of the nine are on no other list
    assert members.sizes.tolist() == [3, 4]
