"""The file in every case gives the library's verdicts with the standard library alone, and trusts nothing that it checks."""

from __future__ import annotations

import ast
import hashlib
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
from ingested import ingest, write_files
from test_anchors import rewrite

from leadline.custody import verify_case, withdraw
from leadline.engine import duckdb
from leadline.ledger import Ledger
from leadline.publish.integrity import CHAIN_SCRIPT
from leadline.verifier import EXIT_CODES, case, standalone
from leadline.verifier.chain import canonical, entry_hash, from_database, from_text
from leadline.verifier.findings import compare, inside

PAGE = "<p>page</p>"


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    folder = tmp_path_factory.mktemp("verifier")
    ingest(
        folder / "case",
        write_files(folder / "heap", {"a.txt": "Forty men left.", "b.txt": "The bridge was not crossed."}),
    )
    dossier(folder / "case", {"index.html": hashlib.sha256(PAGE.encode()).hexdigest()})
    return folder / "case"


def dossier(folder, listed):
    """A dossier whose manifest lists what we say, as its keeper could write it."""
    write_files(folder / "dossier", {"index.html": PAGE})
    manifest = "".join(f"{digest}  {name}\n" for name, digest in listed.items()).encode()
    (folder / "dossier" / "manifest.sha256").write_bytes(manifest)
    run = {
        "stage": "publish",
        "fingerprint": "p",
        "outputs": {"dossier": {"sha256": hashlib.sha256(manifest).hexdigest()}},
    }
    with Ledger.open(folder / "ledger.sqlite") as ledger:
        ledger.append("run", run)


@pytest.fixture
def folder(built, tmp_path):
    return shutil.copytree(built, tmp_path / "case")


def both(folder):
    """Findings of the library, after the file in the case (or the package's, where that was changed) said the same."""
    script = folder.parent / "verify.py"
    script.write_bytes(standalone())
    verdict = verify_case(folder)
    done = subprocess.run([sys.executable, "-I", "-S", script, folder], capture_output=True, text=True, check=False)
    assert done.returncode == verdict.exit_code, done.stdout + done.stderr
    lines = [f"{f.status}: {f.path}" for f in verdict.findings if f.status != "ok"]
    told = done.stdout.splitlines()[:-1]
    to_do = [line for line in told if line.startswith("to do where ")]
    assert [line.partition(" (")[0] for line in told if line not in to_do] == lines
    assert [line.split()[3] for line in to_do] == [f"{s}:" for s in verdict.counts() if s != "ok"]
    return {f.path: f.status for f in verdict.findings if f.status not in {"ok", "withdrawn", "leftover"}}


def change(path):
    path.chmod(0o644)
    path.write_bytes(path.read_bytes()[:-1] + b"\1")


DAMAGE = {
    "nothing": lambda c: None,
    "changed original": lambda c: change(next(p for p in (c / "originals").rglob("*") if p.is_file())),
    "changed table": lambda c: change(next((c / "tables").rglob("*.parquet"))),
    "changed page": lambda c: change(c / "dossier" / "index.html"),
    "changed settings": lambda c: change(c / "case.toml"),
    "changed verifier": lambda c: change(c / "verify.py"),
    "changed database": lambda c: change(c / "ledger.sqlite"),
    "changed text": lambda c: change(c / "ledger.jsonl"),
    "missing table": lambda c: next((c / "tables").rglob("*.parquet")).unlink(),
    "missing database": lambda c: (c / "ledger.sqlite").unlink(),
    "missing text": lambda c: (c / "ledger.jsonl").unlink(),
    "missing everything": lambda c: [shutil.rmtree(c / n) for n in ("originals", "tables", "dossier")],
    "planted": lambda c: write_files(c, {"originals/ab/cd": "x", "notes.txt": "x", "dossier/x.js": "x"}),
    "unsealed": lambda c: (c / "ledger.jsonl").rename(c / "ledger.open.jsonl"),
    "withdrawn": lambda c: withdraw(c, "a.txt", "asked", recompute=lambda ledger: None),
    "rewritten": lambda c: rewrite(c, lambda rows: rows),
    "cut": lambda c: rewrite(c, lambda rows: rows[:-1]),
}
EXPECTED = {"nothing": 0, "unsealed": 0, "withdrawn": 0, "rewritten": 0, "missing table": 6, "missing database": 6, "missing text": 6, "missing everything": 6, "planted": 7, "cut": 0}  # fmt: skip


@pytest.mark.parametrize("damage", DAMAGE)
def test_verifier_gives_the_same_verdict_alone(folder, damage):
    DAMAGE[damage](folder)
    both(folder)
    assert verify_case(folder).exit_code == EXPECTED.get(damage, 5)


def pythons():
    found = {shutil.which(f"python3.{n}") for n in range(9, 14)} - {None}
    return sorted(p for p in found if not subprocess.run([p, "-c", ""], capture_output=True, check=False).returncode)


def test_verifier_runs_on_every_python_from_3_9_that_is_here(folder, tmp_path):
    """In an empty environment, without site packages, from another folder; nothing is written beside the case."""
    before = sorted(p.name for p in folder.rglob("*"))
    for python in (sys.executable, *pythons()):
        done = subprocess.run([python, "-I", "-S", folder / "verify.py"], capture_output=True, text=True, env={"PATH": os.environ["PATH"], "HOME": str(Path.home())}, cwd=tmp_path, check=False)  # fmt: skip
        assert done.returncode == 0, (python, done.stderr)
        assert done.stdout.startswith("ok: ")
    assert sorted(p.name for p in folder.rglob("*")) == before


def test_verifier_is_python_3_9_and_imports_the_standard_library_only():
    tree = ast.parse(standalone(), feature_version=(3, 9))
    imported = {a.name for n in ast.walk(tree) if isinstance(n, ast.Import) for a in n.names}
    imported |= {n.module for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)}
    assert {m.partition(".")[0] for m in imported} <= sys.stdlib_module_names
    names = [n.name for n in tree.body if isinstance(n, ast.FunctionDef | ast.ClassDef)]
    assert len(names) == len(set(names))  # joined into one file, no part hides another's


def test_verifier_knows_the_stages_in_the_engine_s_order():
    assert case.STAGES == duckdb.STAGES


def test_verifier_exit_codes_are_the_documented_ones():
    assert EXIT_CODES == {"ok": 0, "withdrawn": 0, "leftover": 0, "changed": 5, "missing": 6, "unexpected": 7, "unproven": 8}  # fmt: skip


def test_verifier_says_what_is_no_case(tmp_path):
    script = tmp_path / "verify.py"
    script.write_bytes(standalone())
    done = subprocess.run([sys.executable, script, tmp_path / "heap"], capture_output=True, text=True, check=False)
    assert (done.returncode, "not a case" in done.stderr) == (3, True)


# -- nothing inside the case is trusted -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["../secret", "/etc/hostname", "a/../../secret", "C:\\secret", "..\\secret", "a//b", "./index.html", ""]
)
def test_verifier_follows_no_path_out_of_the_case(folder, name):
    secret = hashlib.sha256((folder.parent / "secret").write_bytes(b"s") and b"s").hexdigest()
    dossier(folder, {"index.html": hashlib.sha256(PAGE.encode()).hexdigest(), name: secret})
    assert not inside(name)
    assert set(both(folder).values()) == {"changed"}


@pytest.mark.parametrize("fingerprint", ["../../secret", "/tmp/x"])
def test_verifier_follows_no_path_in_an_entry(folder, fingerprint):
    with Ledger.open(folder / "ledger.sqlite") as ledger:
        ledger.append(
            "run", {"stage": "trace", "fingerprint": fingerprint, "outputs": {"origins": {"sha256": "0" * 64}}}
        )
    assert "changed" in both(folder).values()


def test_verifier_takes_no_other_algorithm(folder):
    """An MD5 that matches is no SHA-256 that matches, in the manifest as in an entry."""
    dossier(folder, {"index.html": hashlib.md5(PAGE.encode()).hexdigest()})
    assert both(folder) == {"dossier/index.html": "changed"}
    data = next(p for p in (folder / "originals").rglob("*") if p.is_file()).read_bytes()
    with Ledger.open(folder / "ledger.sqlite") as ledger:
        ledger.append("item", {"sha256": hashlib.md5(data).hexdigest(), "algorithm": "md5", "size": 1})
    assert both(folder)["ledger.sqlite"] == "changed"


@pytest.mark.parametrize("payload", [{}, {"sha256": None}, {"sha256": 3}, {"sha256": ["x"]}])
def test_verifier_survives_entries_that_say_nothing(folder, payload):
    with Ledger.open(folder / "ledger.sqlite") as ledger:
        ledger.append("item", payload)
    assert both(folder)["ledger.sqlite"] == "changed"


def test_verifier_takes_a_link_a_pipe_or_a_linked_folder_for_a_change(folder, tmp_path):
    original = next(p for p in (folder / "originals").rglob("*") if p.is_file())
    name = original.relative_to(folder).as_posix()
    shutil.move(original, tmp_path / "elsewhere")
    original.symlink_to(tmp_path / "elsewhere")
    assert both(folder) == {name: "changed"}
    original.unlink()
    os.mkfifo(original)  # opening it would wait for ever
    assert both(folder) == {name: "changed"}
    original.unlink()
    shutil.move(tmp_path / "elsewhere", original)
    shutil.move(folder / "tables", tmp_path / "tables")
    (folder / "tables").symlink_to(tmp_path / "tables")
    found = both(folder)
    assert found.pop("tables") == "unexpected"
    assert set(found.values()) == {"changed"}


@pytest.mark.parametrize("name", ["ledger.open.jsonl", "ledger.sqlite"])
def test_verifier_takes_a_link_for_no_ledger_where_nothing_is_sealed(folder, tmp_path, name):
    shutil.move(folder / "ledger.jsonl", folder / "ledger.open.jsonl")
    shutil.move(folder / name, tmp_path / name)
    (folder / name).symlink_to(tmp_path / name)
    assert both(folder)["ledger.sqlite"] in {"changed", "missing"}


def test_verifier_survives_a_payload_that_is_no_json(folder):
    rows = from_database(folder / "ledger.sqlite")[0]
    digest = entry_hash(len(rows) + 1, "t", "run", "{", rows[-1].hash)
    connection = sqlite3.connect(folder / "ledger.sqlite")
    connection.execute("INSERT INTO entries VALUES (?, 't', 'run', '{', ?, ?)", (len(rows) + 1, rows[-1].hash, digest))
    connection.commit()
    connection.close()
    (folder / "ledger.jsonl").unlink()
    assert both(folder)["ledger.sqlite"] == "changed"


def test_verifier_hard_links_are_compared_by_their_bytes(folder, tmp_path):
    original = next(p for p in (folder / "originals").rglob("*") if p.is_file())
    os.link(original, tmp_path / "other name")
    assert both(folder) == {}
    (tmp_path / "other name").chmod(0o644)
    (tmp_path / "other name").write_bytes(b"through the other name")
    assert both(folder) == {original.relative_to(folder).as_posix(): "changed"}


def test_verifier_prints_names_that_a_terminal_could_obey_as_escapes(folder):
    (folder / "x\x1b[2J\u202e\n.txt").write_text("x")
    assert both(folder) == {"x\\x1b[2J\\u202e\\n.txt": "unexpected"}


def test_verifier_text_that_is_another_than_the_database_is_found_though_both_are_whole(folder):
    """A keeper seals a database with other entries under the old text."""
    text = (folder / "ledger.jsonl").read_bytes().splitlines()
    connection = sqlite3.connect(folder / "ledger.sqlite")
    connection.execute("DROP TRIGGER entries_delete")
    connection.execute("DELETE FROM entries WHERE seq = (SELECT max(seq) FROM entries)")
    connection.commit()
    connection.close()
    body = json.loads(text[-1])["seal"] | {
        "sqlite": hashlib.sha256((folder / "ledger.sqlite").read_bytes()).hexdigest()
    }
    seal = canonical({"seal": body, "sha256": hashlib.sha256(canonical(body).encode()).hexdigest()})
    (folder / "ledger.jsonl").write_bytes(b"\n".join([*text[:-1], seal.encode(), b""]))
    assert both(folder)["ledger.sqlite"] == "changed"


def test_verifier_compare_does_not_read_what_it_need_not(tmp_path):
    assert compare(tmp_path, "a", "0" * 64).status == "missing"
    (tmp_path / "d").mkdir()
    assert compare(tmp_path, "d", "0" * 64).status == "changed"


def test_verifier_documented_check_without_any_program_of_ours(folder, tmp_path):
    """The lines of docs/custody.md, as they stand there, print the head and stop at a changed entry."""
    page = (Path(__file__).resolve().parent.parent / "docs" / "custody.md").read_text(encoding="utf-8")
    program = textwrap.dedent(re.search(r"```python\n(.*?)```", page, re.DOTALL)[1])

    def run():
        return subprocess.run(
            [sys.executable, "-I", "-c", program], cwd=folder, capture_output=True, text=True, check=False
        )

    assert run().stdout == f"head {verify_case(folder).head}\n"
    text = (folder / "ledger.jsonl").read_text()
    (folder / "ledger.jsonl").write_text(text.replace('"size":', '"size":1', 1))
    assert "AssertionError" in run().stderr


def test_verifier_lines_printed_on_the_integrity_page_check_the_chain(folder):
    text = folder / "ledger.jsonl"
    lines = CHAIN_SCRIPT.replace("python3", sys.executable).replace("CASE/ledger.jsonl", str(text))

    def printed():
        return subprocess.run(["sh", "-c", lines], capture_output=True, text=True, check=False)

    rows = from_text(text.read_bytes())[0]
    assert printed().stdout == f"{len(rows)} entries, head {rows[-1].hash}\n"
    text.write_bytes(text.read_bytes().replace(b'"size":', b'"size":1', 1))
    done = printed()
    assert (done.returncode, "was changed" in done.stderr) == (1, True)
