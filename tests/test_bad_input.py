"""Bad input: a clear message, nothing lost, the rest goes on. One test a line of the list; pages are tested with publish."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest
from ingested import SETTINGS, ingest, write_files

from leadline.case import FORMAT, Case
from leadline.custody import verify_case
from leadline.errors import CaseError, InputError
from leadline.settings import Settings

GOOD = {"good.txt": "Two men refused to cross the river, their captain told a meeting of relatives in the town hall."}
RUSSIAN = "Солдаты отказались идти вперёд, сообщила разведка. Никто не уходит, говорит командир на записи.\n"


def beside_good(tmp_path, files, settings=SETTINGS):
    """Ingest the files beside a good one, which must come through; returns the other documents and the refusals."""
    documents, refusals = ingest(
        tmp_path / "case", write_files(tmp_path / "heap", {**GOOD, **files}), settings=settings
    )
    assert [d.text for d in documents if d.document == "good.txt"] == [GOOD["good.txt"]]
    assert len(documents) + len(refusals) == 1 + len(files)
    assert verify_case(tmp_path / "case").status == "ok"
    return [d for d in documents if d.document != "good.txt"], refusals


def test_bad_input_empty_folder(tmp_path):
    (tmp_path / "heap").mkdir()
    with pytest.raises(InputError, match=r"heap: no files were found; expected texts\. To do: name a folder"):
        ingest(tmp_path / "case", tmp_path / "heap")


def test_bad_input_empty_file(tmp_path):
    _, (refusal,) = beside_good(tmp_path, {"empty.txt": ""})
    assert (refusal.document, refusal.size, refusal.reason) == ("empty.txt", 0, "the file is empty")


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"\x89PNG\r\n\x1a\n" + bytes(64), "PNG image"),
        (b"%PDF-1.7\n%\xe2\xe3", "PDF"),
        (os.urandom(4000), "control bytes|program"),
    ],
)
def test_bad_input_binary_renamed_txt(tmp_path, data, what):
    _, (refusal,) = beside_good(tmp_path, {"text.txt": data})
    assert refusal.document == "text.txt"
    assert any(w in refusal.reason for w in what.split("|"))
    assert refusal.size == len(data)


def test_bad_input_200_mb_text_is_refused_by_the_setting_without_being_read(tmp_path):
    heap = write_files(tmp_path / "heap", GOOD)
    with (heap / "huge.txt").open("wb") as f:  # sparse: 200 MB that take no room
        f.write(b"They refused.\n")
        f.truncate(200_000_000)
    documents, (refusal,) = ingest(tmp_path / "case", heap)
    assert [d.document for d in documents] == ["good.txt"]
    assert refusal.reason.startswith("it has 200.0 MB, the setting max_document_mb allows 20;")


def test_bad_input_a_larger_limit_takes_the_larger_text(tmp_path):
    files = {"long.txt": "They refused to go. " * 1000}
    assert not beside_good(tmp_path / "a", files, Settings(shipped_register=False, max_document_mb=0.01))[0]
    assert beside_good(tmp_path / "b", files, Settings(shipped_register=False, max_document_mb=0.03))[0]


def test_bad_input_one_line_of_20_mb(tmp_path):
    text = "The commander said on 4 March 2021 that his men would not go. " * 320_000
    text = text[:19_990_000].rstrip()
    (document,), refusals = beside_good(tmp_path, {"line.txt": text})
    assert not refusals
    assert document.text == text
    assert document.language == "en"


def test_bad_input_one_word_of_10_mb(tmp_path):
    (document,), _ = beside_good(tmp_path, {"word.txt": "a" * 10_000_000})
    assert len(document.text) == 10_000_000


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "cp1251", "koi8-r", "cp1252"])
def test_bad_input_encodings_without_a_mark(tmp_path, encoding):
    text = RUSSIAN * 2 if encoding != "cp1252" else "The café’s owner — José — said “nobody goes”, and paid £5.\n" * 2
    (document,), _ = beside_good(tmp_path, {"text.txt": text.encode(encoding)})
    assert (document.text, document.encoding) == (text, encoding)


def test_bad_input_nul_bytes(tmp_path):
    (document,), _ = beside_good(tmp_path, {"nul.txt": b"They refused\x00 to go. " + b"Nobody went that night. " * 60})
    assert document.text.startswith("They refused\ufffd to go.")
    assert document.encoding == "utf-8, 1 characters replaced"


def test_bad_input_unbalanced_quotes_and_marks_stay_as_found(tmp_path):
    text = 'He said: “If someone comes back, we wait." And then: ‘nobody‘ « went ” (or so'
    (document,), _ = beside_good(tmp_path, {"quotes.txt": text})
    assert document.text == text


def test_bad_input_csv_with_an_unbalanced_quote_loses_no_other_file(tmp_path):
    documents, refusals = ingest(
        tmp_path / "case",
        write_files(tmp_path / "heap", {**GOOD, "x.csv": 'id,text\n1,"They refused.\n2,They left.\n'}),
    )
    assert "good.txt" in [d.document for d in documents]
    assert len(documents) + len(refusals) == 2


def test_bad_input_text_of_only_boilerplate(tmp_path):
    text = "3 min read\n\nAdvertisement\n\nShare this article\n\nSubscribe now"
    (document,), _ = beside_good(tmp_path, {"page.txt": text})
    assert document.boilerplate == ((0, len(text)),)


def test_bad_input_deep_nested_html(tmp_path):
    page = "<html><body>" + "<div>" * 50_000 + "They refused to go." + "</div>" * 50_000
    (document,), _ = beside_good(tmp_path, {"deep.html": page})
    assert document.text == "They refused to go."


def test_bad_input_html_with_scripts_and_handlers(tmp_path):
    page = "<html><body onload=evil()><p onclick='evil()'>They refused to go to the river.</p><script>evil()</script><p>Nobody went there at all.</p>"
    (document,), _ = beside_good(tmp_path, {"page.html": page})
    assert "They refused to go to the river." in document.text
    assert "evil" not in document.text
    assert b"evil" in (tmp_path / "case" / "originals" / document.sha256[:2] / document.sha256).read_bytes()


def test_bad_input_file_names(tmp_path):
    names = {
        "line\nend.txt": "x",
        "..dots..txt": "y",
        "🪖 helmet.txt": "z",
        "a\u202ecod.txt": "w",
        "=cmd.txt": "v",
        " space .txt": "u",
    }
    files = {name: f"They refused to go, number {mark} said to us." for name, mark in names.items()}
    heap = write_files(tmp_path / "heap", files)
    (heap / os.fsdecode(b"caf\xe9\xff.txt")).write_text("They refused, said a voice nobody knew.")
    documents, refusals = ingest(tmp_path / "case", heap)
    assert not refusals
    assert [d.document for d in documents] == [
        " space .txt",
        "=cmd.txt",
        "a\\u202ecod.txt",
        "caf\\xe9\\xff.txt",
        "line\\nend.txt",
        "🪖 helmet.txt",
    ]


def test_bad_input_ids_that_point_elsewhere_stay_names(tmp_path):
    heap = write_files(tmp_path / "heap", {"x.jsonl": '{"document": "../../outside", "text": "They refused to go."}'})
    (document,), _ = ingest(tmp_path / "case", heap)
    assert document.document == "../../outside"
    assert {p.name for p in tmp_path.iterdir()} == {"heap", "case"}


def test_bad_input_unreadable_file(tmp_path, monkeypatch):
    real = Path.open

    def refuse(self, *args, **kwargs):
        if self.name == "closed.txt" and "rb" in args:
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        return real(self, *args, **kwargs)

    monkeypatch.setattr(Path, "open", refuse)
    _, (refusal,) = beside_good(tmp_path, {"closed.txt": "They refused."})
    assert (refusal.document, refusal.sha256) == ("closed.txt", None)
    assert "Permission denied" in refusal.reason


def test_bad_input_links_in_circles(tmp_path):
    heap = write_files(tmp_path / "heap", GOOD)
    (heap / "loop").symlink_to(heap)
    documents, (refusal,) = ingest(tmp_path / "case", heap)
    assert len(documents) == 1
    assert (refusal.document, refusal.reason) == ("loop", "the link leads back to a folder above it")


@pytest.mark.skipif(os.name == "nt", reason="POSIX permissions")
def test_bad_input_no_write_permission(public_folder):
    """In a process without rights of the administrator, since those pass over permissions."""
    public_folder.chmod(0o555)
    code = (
        "import os, sys\n"
        "from pathlib import Path\n"
        "from leadline.case import Case\nfrom leadline.errors import CaseError\nfrom leadline.settings import Settings\n"
        "if os.getuid() == 0: os.setuid(65534)\n"
        f"try: Case.create(Path({str(public_folder / 'case')!r}), Settings(), '0')\n"
        "except CaseError as e: print(e); sys.exit(e.exit_code)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    public_folder.chmod(0o755)
    assert done.returncode == 3, done.stdout + done.stderr
    assert "cannot be written (Permission denied)" in done.stdout


def test_bad_input_disk_full_keeps_the_old_state(tmp_path, monkeypatch):
    heap = write_files(tmp_path / "heap", GOOD)
    before, _ = ingest(tmp_path / "case", heap)
    write_files(heap, {"new.txt": "Three men refused to go."})

    def full(fd):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as m:
        m.setattr(os, "fsync", full)
        with pytest.raises(CaseError, match="No space left on device"):
            ingest(tmp_path / "case", heap)
    assert verify_case(tmp_path / "case").status == "ok"
    after, _ = ingest(tmp_path / "case", heap)
    assert [d.document for d in after] == ["good.txt", "new.txt"]
    assert after[0] == before[0]
    assert verify_case(tmp_path / "case").counts().keys() == {"ok"}


def test_bad_input_case_from_a_newer_version(tmp_path):
    ingest(tmp_path / "case", write_files(tmp_path / "heap", GOOD))
    path = tmp_path / "case" / "case.toml"
    path.write_text(path.read_text().replace(f"format = {FORMAT}", f"format = {FORMAT + 1}"))
    with pytest.raises(CaseError, match=f"format {FORMAT + 1}.*expected format {FORMAT} or older.*newer Leadline"):
        Case.open(tmp_path / "case")
