"""The command line: what people type and what they are told."""

from __future__ import annotations

import re
import subprocess
import sys
import time

import pytest
from click.testing import CliRunner

from leadline.cli import main
from leadline.cli.show import draw
from leadline.walk import Node


@pytest.fixture
def heap(tmp_path):
    folder = tmp_path / "heap"
    folder.mkdir()
    (folder / "a.txt").write_text(
        "Two soldiers of the 14th brigade refused to fight, the agency said on Friday, 5 May 2023.", encoding="utf-8"
    )
    (folder / "b.txt").write_bytes(b"\x7fELF\x00\x00\x01\x02")
    return folder


def call(*words: object):
    return CliRunner().invoke(main, [str(w) for w in words])


def test_cli_run_ends_with_the_summary_and_the_address(heap, tmp_path):
    result = call("run", heap, "--case", tmp_path / "case", "--workers", 1)
    assert result.exit_code == 0, result.output
    assert "1 kept, 1 refused" in " ".join(result.output.split())
    assert "not estimable" in result.output
    assert (tmp_path / "case" / "dossier" / "index.html").as_uri() in result.output.replace("\n", "")
    again = call("run", heap, "--case", tmp_path / "case")
    assert again.output.count("unchanged, kept") == 6
    for what in ("claims", "incidents", "a.txt"):
        assert call("why", tmp_path / "case", what).exit_code == 0
    assert call("verify", tmp_path / "case").exit_code == 0
    assert call("export", tmp_path / "case", "--to", tmp_path / "out").exit_code == 0
    assert (tmp_path / "out" / "claims.jsonl").stat().st_size > 0


def test_cli_help_loads_no_heavy_package():
    code = "import sys; from leadline.cli import main; sys.argv = ['leadline', '--help']\ntry: main()\nexcept SystemExit: pass\nprint(sorted(m for m in ('spacy', 'pyarrow', 'duckdb', 'scipy', 'numpy', 'rich', 'jinja2') if m in sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("why", "nowhere", "x"), "not a case folder"),
        (("run", "--case", "nowhere/case"), "there is no case at nowhere/case"),
        (("run", "nowhere", "--case", "case", "--column", "text"), "FIELD=COLUMN"),
        (("codebook", "check", "nowhere.toml"), "nowhere.toml"),
    ],
)
def test_cli_errors_are_one_message_without_traceback(words, message, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result = call(*words)
    assert result.exit_code not in {0, 1}
    assert message in result.output
    assert "Traceback" not in result.output


def test_why_lets_no_control_character_of_a_document_through(capsys):
    draw(
        Node(title="a \x1b]0;title\x07", quote="\x1b[31mred \u202eevil [bold]b[/bold]", details=("\x9b2J",), place="p")
    )
    shown = capsys.readouterr().out
    assert not {"\x1b", "\x07", "\x9b", "\u202e"} & set(shown)
    assert "⟨U+001B⟩[31mred ⟨U+202E⟩evil [bold]b[/bold]" in shown


def test_cli_withdraw_names_a_document_that_shares_words_once_and_first(heap, tmp_path):
    """The same document stands in several tables; who reads the list wants to know which documents to open."""
    (heap / "c.txt").write_text(
        "The harbour was quiet. Two soldiers of the 14th brigade refused to fight, a clerk wrote in her diary that evening.",
        encoding="utf-8",
    )
    assert call("run", heap, "--case", tmp_path / "case", "--workers", 1).exit_code == 0
    result = call("withdraw", tmp_path / "case", "a.txt", "--reason", "asked by the witness")
    assert result.exit_code == 0, result.output
    shared = [line for line in result.output.splitlines() if line.startswith("look at this yourself")]
    assert shared[0].startswith("look at this yourself: document c.txt shares")
    assert sum("document c.txt" in line for line in shared) == 1
    assert not any(".parquet" in line for line in shared)


def test_cli_withdraw_says_what_it_cannot_reach_and_why_says_withdrawn(heap, tmp_path):
    case = tmp_path / "case"
    assert call("run", heap, "--case", case, "--workers", 1).exit_code == 0
    done = call("withdraw", case, "a.txt", "--reason", "asked by the witness")
    for place in ("exports", "dossiers", "folder it was read from", "backups"):
        assert place in done.output.splitlines()[-1]
    for what in ("a.txt", "a.txt#c1"):
        told = call("why", case, what)
        assert told.exit_code == 0, told.output
        assert "withdrawn from this case" in told.output
        assert "asked by the witness" in told.output
        assert "when: 20" in told.output
    assert "nothing in the case is called" in call("why", case, "c.txt").output


def test_cli_why_begins_with_what_it_is_for(heap, tmp_path):
    assert call("run", heap, "--case", tmp_path / "case", "--workers", 1).exit_code == 0
    first = call("why", tmp_path / "case", "claims").output.splitlines()[0]
    assert first.startswith("Internal, not for publication; persons outside the source register appear by role, ids ")
    assert "--names shows them" in first
    named = call("why", tmp_path / "case", "claims", "--names").output.splitlines()[0]
    assert named == "Internal, not for publication; persons are named."


@pytest.fixture
def case(heap, tmp_path):
    folder = tmp_path / "case"
    assert call("run", heap, "--case", folder, "--workers", 1).exit_code == 0
    return folder


def words_of(result) -> str:
    return " ".join(result.output.split())


@pytest.mark.parametrize("command", ["extract", "trace", "link", "publish"])
def test_cli_stage_on_no_case_says_that_there_is_none(command, tmp_path):
    result = call(command, tmp_path / "mistyped")
    assert f"there is no case at {tmp_path / 'mistyped'}" in result.output
    assert result.exit_code == 3
    assert not (tmp_path / "mistyped").exists()


def test_cli_run_of_an_empty_folder_leaves_no_case(tmp_path):
    (tmp_path / "empty").mkdir()
    result = call("run", tmp_path / "empty", "--case", tmp_path / "case")
    assert "no files were found" in result.output
    assert not (tmp_path / "case").exists()


def test_cli_says_that_a_run_is_unfinished(heap, tmp_path):
    folder = tmp_path / "case"
    assert call("ingest", heap, "--case", folder).exit_code == 0
    for words in (
        ("why", folder, "incidents"),
        ("export", folder, "--to", tmp_path / "out"),
        ("judge", folder, "list"),
    ):
        assert "this case is unfinished (extract, trace, link, estimate, publish never ran" in words_of(call(*words))
    assert call("run", "--case", folder, "--workers", 1).exit_code == 0
    for words in (
        ("why", folder, "incidents"),
        ("export", folder, "--to", tmp_path / "out"),
        ("judge", folder, "list"),
    ):
        assert "unfinished" not in call(*words).output


def test_cli_why_says_that_a_later_stage_is_older_than_what_it_reads(heap, case):
    (heap / "d.txt").write_text("Nine soldiers deserted near the harbour, a clerk said on Monday.", encoding="utf-8")
    assert call("ingest", heap, "--case", case).exit_code == 0
    assert "unfinished (extract, trace, link, publish: older than what they read" in words_of(
        call("why", case, "incidents")
    )


@pytest.mark.parametrize("damage", ["longer", "as long", "gone"])
def test_cli_run_and_export_say_that_an_original_is_damaged(heap, case, tmp_path, damage):
    kept = next(p for p in (case / "originals").rglob("*") if p.is_file())
    data = kept.read_bytes()
    kept.chmod(0o600)
    if damage == "gone":
        kept.unlink()
    else:
        kept.write_bytes(data + b"!" if damage == "longer" else bytes([data[0] ^ 1]) + data[1:])
    for words in (("run", heap, "--case", case), ("export", case, "--to", tmp_path / "out")):
        result = call(*words)
        assert result.exit_code == 5
        assert kept.name in result.output
        assert "1 of 1 originals are not what the ledger says" in words_of(result)
    kept.write_bytes(data)
    assert call("run", heap, "--case", case).exit_code == 0


def test_originals_that_are_not_read_through_are_counted(case, monkeypatch):
    from leadline.pipeline import look_at_originals, open_case, state

    with open_case(case) as (found, ledger, _):
        assert look_at_originals(found, ledger) == state.OriginalsState(n=1, n_digested=1)
        monkeypatch.setattr(state, "DIGESTED_BYTES", 1)
        assert look_at_originals(found, ledger) == state.OriginalsState(n=1, n_digested=0)


def test_cli_writes_nothing_for_others_into_the_case(case, tmp_path):
    for words in (
        ("anchor", case, "--to", case / "anc"),
        ("export", case, "--to", case),
        ("export", case, "--to", case / "dossier" / ".." / "out"),
    ):
        result = call(*words)
        assert result.exit_code == 2
        assert "inside the case" in result.output
        assert f"--to {tmp_path.resolve() / 'case-out'}" in result.output
    assert call("export", case, "--to", case / "exports" / "today").exit_code == 0
    assert call("verify", case).exit_code == 0


def test_cli_run_names_rows_of_meta_that_name_no_document(heap, tmp_path):
    meta = tmp_path / "meta.csv"
    meta.write_text("document,published\na.txt,2023-05-05\na.tx,2023-05-06\nb.txt,\n", encoding="utf-8")
    for _ in range(2):  # also where nothing is computed anew
        result = call("run", heap, "--case", tmp_path / "case", "--meta", meta, "--workers", 1)
        assert "the row a.tx of --meta names no document" in words_of(result)
        assert result.output.count("not used:") == 1


def test_cli_verify_says_what_to_do_of_each_kind(case):
    assert "to do" not in call("verify", case).output
    (case / "stray.txt").write_text("x", encoding="utf-8")
    (case / "dossier" / "index.html").unlink()
    lines = call("verify", case).output.splitlines()
    assert [line.split(":")[0] for line in lines if line.startswith("to do")] == [
        "to do where missing",
        "to do where unexpected",
    ]
    assert lines[-1].startswith("missing: ")


def test_cli_judge_checks_what_is_meant_before_who_decides(case):
    assert "nothing that can be judged is called 'c9'" in call("judge", case, "accept", "c9").output
    assert "--by is missing or empty" in call("judge", case, "accept", "a.txt#c0001").output
    assert "required" in call("judge", "--help").output


def test_cli_a_run_without_claims_says_what_was_read_and_why_there_is_none(tmp_path):
    (tmp_path / "lists.csv").write_text(
        "id,text,in_a,in_b\n1,A road was mended in spring,1,0\n2,The bridge reopened,1,1\n", encoding="utf-8"
    )
    told = " ".join(call("run", tmp_path / "lists.csv", "--case", tmp_path / "case", "--workers", 1).output.split())
    assert "no claim: 2 of 2 documents were read" in told
    assert "rows of a table" in told
    assert "leadline estimate FILE" in told


def test_cli_a_run_with_claims_says_nothing_of_that(heap, tmp_path):
    assert "no claim" not in call("run", heap, "--case", tmp_path / "case", "--workers", 1).output


def test_cli_size_limit_names_the_setting_and_where_it_is_written(tmp_path):
    (tmp_path / "heap").mkdir()
    (tmp_path / "heap" / "long.txt").write_text("word " * 300_000, encoding="utf-8")
    (tmp_path / "heap" / "short.txt").write_text("Two men deserted.", encoding="utf-8")
    (tmp_path / "s.toml").write_text("max_document_mb = 1", encoding="utf-8")
    told = call("run", tmp_path / "heap", "--case", tmp_path / "case", "--settings", tmp_path / "s.toml").output
    assert "write `max_document_mb = NUMBER` into a settings file (TOML) and name that: --settings FILE" in " ".join(
        told.split()
    )


def test_cli_codebook_check_reads_the_model_that_the_codebook_names(tmp_path):
    from leadline.codebook import FOLDER

    book = (FOLDER / "coercion.toml").read_text(encoding="utf-8")
    for learned in ("absent.npz", "junk.npz"):
        (tmp_path / "junk.npz").write_bytes(b"no model")
        file = tmp_path / "mine.toml"
        file.write_text(re.sub(r"(?m)^learned = .*$", f'learned = "{learned}"', book), encoding="utf-8")
        assert f'learned = "{learned}"' in file.read_text(encoding="utf-8")
        done = call("codebook", "check", file)
        assert done.exit_code != 0
        assert learned in done.output
        assert "ok" not in done.output.split()
    assert call("codebook", "check", FOLDER / "coercion.toml").exit_code == 0


def test_cli_work_that_is_not_drawn_says_how_far_it_is(capsys):
    from leadline.cli.show import Bars

    bars = Bars(silence=0.05)
    bars.begin("extract", 4)
    bars.advance()
    time.sleep(0.3)
    bars.close()
    told = capsys.readouterr().err
    assert "leadline: extract: 1 of 4 after" in told
    time.sleep(0.15)
    assert capsys.readouterr().err == ""
