"""Names of documents are safe, unique and independent of the order of paths; nothing in a folder stops the walk."""

from __future__ import annotations

import os
import socket
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ingested import write_files

from leadline.errors import InputError
from leadline.ingest.discover import discover, escape_name, passed_over


def names(*paths):
    return [f.name for f in discover(paths)]


def test_discover_names_are_relative_to_the_folder_and_sorted(tmp_path):
    heap = write_files(tmp_path / "heap", {"b.txt": "x", "a/c.txt": "x", "a/b/d.txt": "x", "é.txt": "x"})
    assert names(heap) == ["a/b/d.txt", "a/c.txt", "b.txt", "é.txt"]


def test_discover_a_single_file_is_called_by_its_name(tmp_path):
    heap = write_files(tmp_path / "heap", {"a/b.txt": "x"})
    assert names(heap / "a" / "b.txt") == ["b.txt"]


def test_discover_order_of_paths_and_overlap_change_nothing(tmp_path):
    heap = write_files(tmp_path / "heap", {"b.txt": "x", "a/c.txt": "x"})
    paths = [heap / "a", heap, heap / "a" / "c.txt", heap / "a" / ".." / "b.txt"]
    assert names(*paths) == names(*reversed(paths)) == ["a/c.txt", "b.txt"]


def test_discover_equal_names_get_as_much_of_their_folder_as_tells_them_apart(tmp_path):
    one = write_files(tmp_path / "one" / "texts", {"x.txt": "1", "only.txt": "1"})
    two = write_files(tmp_path / "two" / "texts", {"x.txt": "2"})
    assert names(one, two) == names(two, one) == ["one/texts/x.txt", "only.txt", "two/texts/x.txt"]


def test_discover_escapes_names_that_could_break_a_line_or_deceive(tmp_path):
    write_files(tmp_path, {"line\nend.txt": "x", "a\u202etxt.exe": "x", "🙂 ok.txt": "x", "back\\slash.txt": "x"})
    (tmp_path / os.fsdecode(b"caf\xe9.txt")).write_text("x")
    assert names(tmp_path) == ["a\\u202etxt.exe", "back\\\\slash.txt", "caf\\xe9.txt", "line\\nend.txt", "🙂 ok.txt"]


def test_discover_says_what_it_passed_over(tmp_path):
    heap, case = tmp_path / "heap", tmp_path / "heap" / "old case"
    for name in ("a.txt", ".git/config", "sub/.DS_Store", "~$letter.docx", ".kept.txt", "old case/case.toml"):
        (heap / name).parent.mkdir(parents=True, exist_ok=True)
        (heap / name).write_text("x")
    (case / "ledger.sqlite").write_text("")
    assert passed_over([heap]) == [".git/", ".kept.txt", "old case/", "sub/.DS_Store", "~$letter.docx"]
    both = [heap, heap / ".kept.txt"]
    assert ".kept.txt" not in passed_over(both)
    assert [f.name for f in discover(both)] == [".kept.txt", "a.txt"]
    assert passed_over([case]) == ["old case/"]  # a case named as the heap


def test_discover_passes_over_hidden_files_and_cases(tmp_path):
    heap = write_files(
        tmp_path,
        {
            "a.txt": "x",
            ".DS_Store": "x",
            ".git/config": "x",
            "case/case.toml": "x",
            "case/ledger.sqlite": "x",
            "case/originals/ab": "x",
        },
    )
    assert names(heap) == ["a.txt"]


def test_discover_follows_links_inside_the_heap_but_never_out_or_in_circles(tmp_path):
    heap = write_files(tmp_path / "heap", {"a/b.txt": "x"})
    outside = write_files(tmp_path / "outside", {"c.txt": "x"})
    (heap / "linked").symlink_to(outside)
    (heap / "inside").symlink_to(heap / "a" / "b.txt")
    (heap / "a" / "up").symlink_to(heap)
    (heap / "self").symlink_to(heap / "self")
    (heap / "nowhere").symlink_to(heap / "nothing")
    found = {f.name: f.problem for f in discover([heap])}
    assert found["a/b.txt"] == ""
    assert "leads out of the folder" in found["linked"]
    assert "leads back" in found["a/up"]
    assert found["nowhere"] == "the link leads nowhere"
    assert "cannot be opened" in found["self"]
    assert found["inside"] == ""
    assert len(found) == 6


def test_discover_never_opens_what_is_no_file(tmp_path, monkeypatch):
    os.mkfifo(tmp_path / "pipe")
    with socket.socket(socket.AF_UNIX) as s:
        monkeypatch.chdir(tmp_path)  # the path of a socket may not be long
        s.bind("socket")
    assert {f.name: f.problem for f in discover([tmp_path])} == {
        "pipe": "it is a named pipe",
        "socket": "it is a socket",
    }


def test_discover_lists_a_folder_that_cannot_be_read(tmp_path, monkeypatch):
    heap = write_files(tmp_path, {"a.txt": "x", "closed/b.txt": "x"})
    real = type(heap).iterdir

    def iterdir(self):
        if self.name == "closed":
            raise PermissionError(13, "Permission denied")
        return real(self)

    monkeypatch.setattr(type(heap), "iterdir", iterdir)
    found = {f.name: f.problem for f in discover([heap])}
    assert found == {"a.txt": "", "closed": "the folder cannot be read (Permission denied)"}


@pytest.mark.parametrize("what", ["empty", "absent"])
def test_discover_nothing_to_read_is_an_input_error(tmp_path, what):
    folder = tmp_path / what
    if what == "empty":
        folder.mkdir()
        (folder / "deeper").mkdir()
    with pytest.raises(InputError, match="no files were found" if what == "empty" else "no such file or folder"):
        discover([folder])


@given(st.text(), st.text())
def test_discover_escaped_names_are_one_line_and_never_meet(a, b):
    for name in (a, b):
        escaped = escape_name(name)
        assert len(escaped.splitlines()) <= 1
        assert not any(unicodedata.category(c) in {"Cc", "Cs", "Zl", "Zp"} for c in escaped)
    assert (escape_name(a) == escape_name(b)) == (a == b)
