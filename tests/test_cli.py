"""The command line: what people type and what they are told."""

from __future__ import annotations

import subprocess
import sys

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
        (("run", "--case", "nowhere/case"), "no files or folders were named"),
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
    assert first == "Internal, not for publication; persons outside the source register appear by role."
    named = call("why", tmp_path / "case", "claims", "--names").output.splitlines()[0]
    assert named == "Internal, not for publication; persons are named."
