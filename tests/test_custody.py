"""Verification names every changed, missing and added file; a withdrawal leaves no word, and can be stopped anywhere."""

from __future__ import annotations

import hashlib
import random
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from ingested import SETTINGS, ingest, write_files

from leadline.case import Case
from leadline.custody import verify_case, withdraw
from leadline.custody.remains import find_remains
from leadline.engine.duckdb import DuckDBEngine
from leadline.errors import CaseError, InputError
from leadline.ledger import Ledger
from leadline.schema import CLAIMS, DOCUMENTS, Claim, Document
from leadline.verifier.case import read_manifest
from leadline.verifier.chain import from_database

SECRET = "My brother Anton wrote to us from the cellar behind the dairy that eleven of them will not go back."
FILES = {
    "anton.txt": SECRET + "\nHe asked us to tell nobody his name until the winter is over and the roads are open.",
    "office.txt": "The district office said on 4 May 2021 that forty men had left their units since the spring.",
    "paper.txt": "Two captains were replaced after their companies refused to cross the river, the paper reported.",
}


def write_stage(case, ledger, stage, fingerprint, tables):
    """What the pipeline does for a stage: tables, then the ledger's entry, then the sweep."""
    runs = {e.payload["stage"]: e.payload["fingerprint"] for e in ledger.entries("run")}
    engine = DuckDBEngine(case.tables, {s: f for s, f in runs.items() if s != "publish"})
    engine.begin(stage)
    for table, records in tables(engine).items():
        engine.write(table, records)
    outputs = engine.seal(stage, fingerprint)
    ledger.append("run", {"stage": stage, "fingerprint": fingerprint, "outputs": outputs})
    engine.commit(stage, fingerprint)


def claims_of(engine):
    return {
        CLAIMS: [
            Claim(
                claim_id=f"c-{d.document}", document=d.document, start=0, end=40, quote=d.text[:40], event="refusal", realis="actual",
                medium="testimony", verification="not-stated", chain=(),
            )
            for d in engine.records(DOCUMENTS, Document)
        ]
    }  # fmt: skip


def write_dossier(case, ledger):
    shutil.rmtree(case.dossier, ignore_errors=True)
    texts = [d.text for d in DuckDBEngine(case.tables, {"ingest": last(ledger, "ingest")}).records(DOCUMENTS, Document)]
    pages = {
        "index.html": "<p>Overview</p>",
        "documents/a.html": "".join(f"<p>{t.replace(' not ', ' <mark>not</mark> ')}</p>" for t in texts),
    }
    write_files(case.dossier, pages)
    manifest = "".join(
        f"{hashlib.sha256(p.encode()).hexdigest()}  {name}\n" for name, p in sorted(pages.items())
    ).encode()
    (case.dossier / "manifest.sha256").write_bytes(manifest)
    ledger.append(
        "run",
        {
            "stage": "publish",
            "fingerprint": "p",
            "outputs": {"dossier": {"sha256": hashlib.sha256(manifest).hexdigest()}},
        },
    )


def last(ledger, stage):
    return [e.payload["fingerprint"] for e in ledger.entries("run") if e.payload["stage"] == stage][-1]


def recompute(ledger):
    case = Case.open(ledger.path.parent)
    write_stage(case, ledger, "extract", hashlib.sha256(last(ledger, "ingest").encode()).hexdigest(), claims_of)
    write_dossier(case, ledger)


def build(folder):
    heap = write_files(folder / "heap", FILES)
    ingest(folder / "case", heap)
    with Ledger.open(folder / "case" / "ledger.sqlite") as ledger:
        recompute(ledger)
    write_files(folder / "case" / "exports", {"claims.jsonl": SECRET})
    return folder / "case"


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    return build(tmp_path_factory.mktemp("custody"))


@pytest.fixture
def case(built, tmp_path):
    shutil.copytree(built.parent, tmp_path / "copy")
    return tmp_path / "copy" / "case"


def files(case):
    return sorted(p for p in case.rglob("*") if p.is_file())


def bad(case):
    return {f.path: f.status for f in verify_case(case).findings if f.status not in {"ok", "leftover", "withdrawn"}}


# -- verify -----------------------------------------------------------------------------------------------------------


def test_verify_an_untouched_case_is_ok_and_nothing_is_written(case):
    before = {p: p.stat().st_mtime_ns for p in case.rglob("*")}
    verdict = verify_case(case)
    assert (verdict.status, verdict.exit_code) == ("ok", 0)
    assert verdict.counts() == {"ok": len(checked(case))}
    assert {p: p.stat().st_mtime_ns for p in case.rglob("*")} == before
    with Ledger.open(case / "ledger.sqlite", write=False) as ledger:
        assert verdict.head == ledger.head()


def checked(case):
    """Files that verification vouches for: all but the lock, which is empty, and the exports."""
    return [p for p in files(case) if "exports" not in p.parts and p.name != "writer.lock"]


def test_verify_names_every_file_in_which_a_bit_is_flipped(case):
    rng = random.Random(7)
    for path in checked(case):
        data = path.read_bytes()
        path.chmod(0o644)
        for bit in rng.sample(range(8 * len(data)), min(12, 8 * len(data))):
            flipped = bytearray(data)
            flipped[bit // 8] ^= 1 << bit % 8
            path.write_bytes(flipped)
            assert bad(case) == {path.relative_to(case).as_posix(): "changed"}
        path.write_bytes(data)
    assert verify_case(case).status == "ok"


def test_verify_names_truncated_appended_and_missing_files(case):
    for path in checked(case):
        data, name = path.read_bytes(), path.relative_to(case).as_posix()
        path.chmod(0o644)
        for changed in (data[:-1], data + b"\0", b""):
            path.write_bytes(changed)
            assert bad(case)[name] == "changed"
            assert set(bad(case)) <= {name, "ledger.sqlite"}  # without its text, the ledger's seal is gone too
            assert verify_case(case).exit_code == 5
        path.unlink()
        assert bad(case) == {name: "missing"}
        assert verify_case(case).exit_code == 6
        path.write_bytes(data)


def test_verify_finds_two_files_swapped(case):
    one, two = [p for p in checked(case) if "originals" in p.parts][:2]
    a, b = one.read_bytes(), two.read_bytes()
    for path, data in ((one, b), (two, a)):
        path.chmod(0o644)
        path.write_bytes(data)
    assert set(bad(case).values()) == {"changed"}
    assert len(bad(case)) == 2


@pytest.mark.parametrize(
    "name",
    [
        "notes.txt",
        "originals/ab/abcd",
        "originals/stray",
        "dossier/extra.html",
        "dossier/js/x.js",
        "tables/stray.parquet",
        "odd/x",
    ],
)
def test_verify_reports_files_that_nothing_lists(case, name):
    write_files(case, {name: "planted"})
    found = bad(case)
    assert list(found.values()) == ["unexpected"]
    assert name.startswith(next(iter(found)).rstrip("/"))
    assert verify_case(case).exit_code == 7


def test_verify_reports_a_planted_table_beside_the_current_ones(case):
    place = next(p.parent for p in files(case) if p.name == "claims.parquet")
    write_files(place, {"origins.parquet": "planted"})
    assert list(bad(case).values()) == ["unexpected"]


def test_verify_changed_goes_before_missing(case):
    one, two = checked(case)[:2]
    one.chmod(0o644)
    one.write_bytes(b"x")
    two.unlink()
    assert set(bad(case).values()) == {"changed", "missing"}
    assert verify_case(case).exit_code == 5


@pytest.mark.parametrize("how", ["missing", "garbage", "empty"])
def test_verify_without_the_database_the_text_still_proves_the_rest(case, how):
    path = case / "ledger.sqlite"
    path.unlink()
    if how != "missing":
        path.write_bytes(b"" if how == "empty" else b"garbage" * 1000)
    assert bad(case) == {"ledger.sqlite": "missing" if how == "missing" else "changed"}
    (case / "case.toml").write_text("format = 99")
    assert bad(case)["case.toml"] == "changed"


@pytest.mark.parametrize("how", ["missing", "garbage", "empty"])
def test_verify_without_the_text_the_entries_are_read_but_not_sealed(case, how):
    path = case / "ledger.jsonl"
    path.unlink()
    if how != "missing":
        path.write_bytes(b"" if how == "empty" else b"garbage\n" * 1000)
    found = bad(case)
    assert found.pop("ledger.jsonl") == ("missing" if how == "missing" else "changed")
    assert set(found) <= {"ledger.sqlite"}
    (case / "case.toml").write_text("format = 99")
    assert bad(case)["case.toml"] == "changed"


def test_verify_without_any_ledger_nothing_is_proven(case):
    for name in ("ledger.jsonl", "ledger.sqlite"):
        (case / name).unlink()
    assert bad(case) == {"ledger.sqlite": "missing"}
    assert verify_case(case).exit_code == 6


@pytest.mark.parametrize("name", ["ledger.sqlite", "ledger.jsonl"])
def test_verify_an_older_database_or_text_alone_is_found(case, tmp_path, name):
    older = (case / name).read_bytes()
    ingest(case, write_files(tmp_path / "copy" / "heap", {"new.txt": "A third captain was replaced on Monday."}))
    (case / name).write_bytes(older)
    assert bad(case).pop(name, bad(case).get("ledger.sqlite")) == "changed"


def test_verify_an_older_ledger_put_back_leaves_what_it_does_not_list(case, tmp_path):
    older = {name: (case / name).read_bytes() for name in ("ledger.sqlite", "ledger.jsonl")}
    ingest(case, write_files(tmp_path / "copy" / "heap", {"new.txt": "A third captain was replaced on Monday."}))
    for name, data in older.items():
        (case / name).write_bytes(data)
    assert verify_case(case).status in {"changed", "missing"}


@pytest.mark.parametrize("name", ["ledger.sqlite-wal", "ledger.sqlite-journal", "writer.lock"])
def test_verify_bytes_beside_a_sealed_ledger_are_reported(case, name):
    (case / name).write_bytes(b"x")
    assert bad(case)[name] == "unexpected"


@pytest.mark.parametrize("text", ["format = 1\nsettings = 3\n", "not toml [", "format = 99\n"])
def test_verify_a_broken_case_file(case, text):
    (case / "case.toml").write_text(text)
    assert bad(case) == {"case.toml": "changed"}


def test_verify_case_file_is_the_one_the_ledger_names(case):
    (case / "case.toml").write_text((case / "case.toml").read_text().replace("names = false", "names = true"))
    assert bad(case) == {"case.toml": "changed"}


def test_verify_what_is_no_case_is_an_error(tmp_path):
    with pytest.raises(CaseError, match="not a case folder"):
        verify_case(tmp_path)


def test_verify_a_dossier_on_its_way_into_place_is_no_fault(case):
    """The states between `the ledger names the new dossier` and `the new dossier stands in the old one's place`."""
    (case / "dossier").rename(case / ".dossier-new")
    assert verify_case(case).status == "ok"
    write_files(case / "dossier", {"index.html": "the dossier before", "manifest.sha256": "old"})
    assert verify_case(case).status == "ok"
    assert {f.path for f in verify_case(case).findings if f.status == "leftover"} >= {"dossier/index.html"}
    (case / ".dossier-new" / "index.html").write_text("changed")
    assert bad(case) == {".dossier-new/index.html": "changed"}


def test_verify_manifest_is_what_sha256sum_reads(case):
    if shutil.which("sha256sum") is None:
        pytest.skip("sha256sum is not installed")
    done = subprocess.run(
        ["sha256sum", "-c", "--strict", "manifest.sha256"],
        cwd=case / "dossier",
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    assert set(read_manifest((case / "dossier" / "manifest.sha256").read_text())) == {"index.html", "documents/a.html"}


def test_verify_works_on_a_write_protected_copy(built, public_folder):
    """In a process without rights of the administrator, since those pass over permissions."""
    case = shutil.copytree(built, public_folder / "case")
    for path in (case, *case.rglob("*")):
        path.chmod(0o555 if path.is_dir() else 0o444)
    code = (
        "import os\nfrom pathlib import Path\nfrom leadline.custody import verify_case\nimport pyarrow.parquet, tomllib\n"
        "if os.getuid() == 0: os.setuid(65534)\n"
        f"print(verify_case(Path({str(case)!r})).status)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    for path in (case, *case.rglob("*")):
        path.chmod(0o755)
    assert done.stdout == "ok\n", done.stderr


# -- withdraw -----------------------------------------------------------------------------------------------------------


def words(text):
    return [w.lower() for w in re.findall(r"\w+", text)]


def holds_content(case, text=FILES["anton.txt"]):
    """Files that hold five words of the text in a row, Parquet unpacked and tags taken out."""
    w = words(text)
    wanted = {tuple(w[i : i + 5]) for i in range(len(w) - 4)}
    found = []
    for path in files(case):
        content = path.read_bytes().decode("utf-8", "ignore")
        if path.suffix == ".parquet":
            content = str(pq.ParquetFile(path).read().to_pydict())
        have = words(re.sub(r"<[^>]*>", " ", content))
        if any(tuple(have[i : i + 5]) in wanted for i in range(len(have) - 4)):
            found.append(path.name)
    return found


def test_withdraw_leaves_no_five_words_in_a_row_anywhere(case):
    assert set(holds_content(case)) >= {"documents.parquet", "claims.parquet", "a.html", "claims.jsonl"}
    done = withdraw(case, "anton.txt", "asked by the family", recompute=recompute)
    assert holds_content(case) == []
    assert done.documents == ("anton.txt",)
    assert done.remains == ()
    assert "anton" not in "".join(p.name for p in files(case))
    assert not any(b"anton" in p.read_bytes() for p in files(case))


def test_withdraw_keeps_digest_reason_and_entry_and_verify_says_withdrawn(case):
    done = withdraw(case, "anton.txt", "asked by the family", recompute=recompute)
    verdict = verify_case(case)
    (sha256,) = done.originals
    assert [f.path for f in verdict.findings if f.status == "withdrawn"] == [f"originals/{sha256[:2]}/{sha256}"]
    assert (verdict.status, verdict.exit_code) == ("ok", 0)
    with Ledger.open(case / "ledger.sqlite", write=False) as ledger:
        (entry,) = ledger.entries("withdrawal")
        assert entry.payload["reason"] == "asked by the family"
        assert sha256 in {e.payload["sha256"] for e in ledger.entries("item")}
    assert from_database(case / "ledger.sqlite")[1] == []


def test_withdraw_other_documents_and_their_claims_stay(case):
    withdraw(case, "anton.txt", "asked", recompute=recompute)
    with Ledger.open(case / "ledger.sqlite", write=False) as ledger:
        engine = DuckDBEngine(case / "tables", {s: last(ledger, s) for s in ("ingest", "extract")})
    assert [d.document for d in engine.records(DOCUMENTS, Document)] == ["office.txt", "paper.txt"]
    assert [c.document for c in engine.records(CLAIMS, Claim)] == ["office.txt", "paper.txt"]


def test_withdraw_content_is_refused_when_it_comes_again_in_any_form(case):
    withdraw(case, "anton.txt", "asked", recompute=recompute)
    heap = case.parent / "heap"
    write_files(
        heap, {"renamed.txt": FILES["anton.txt"], "win.txt": FILES["anton.txt"].replace("\n", "\r\n").encode("utf-16")}
    )
    documents, refusals = ingest(case, heap)
    assert [d.document for d in documents] == ["office.txt", "paper.txt"]
    assert len(refusals) == 3
    assert all(r.document.startswith("withdrawn-") and "was withdrawn" in r.reason for r in refusals)
    assert holds_content(case) == []
    assert verify_case(case).status == "ok"


def test_withdraw_takes_copies_of_the_same_words_with_it(tmp_path):
    text = FILES["anton.txt"]
    heap = write_files(
        tmp_path / "heap",
        {"a.txt": text, "b.txt": text, "c.txt": text.replace("\n", "\r\n"), "d.txt": FILES["paper.txt"]},
    )
    ingest(tmp_path / "case", heap)
    done = withdraw(tmp_path / "case", "b.txt", "asked", recompute=recompute)
    assert done.documents == ("a.txt", "b.txt", "c.txt")
    assert len(done.originals) == 2
    assert holds_content(tmp_path / "case") == []


def test_withdraw_reports_documents_that_quote_the_same_words(tmp_path):
    heap = write_files(
        tmp_path / "heap",
        {
            "a.txt": FILES["anton.txt"],
            "b.txt": f"The paper prints the letter: “{SECRET}” No more is known of the sender.",
        },
    )
    ingest(tmp_path / "case", heap)
    remains = withdraw(tmp_path / "case", "a.txt", "asked", recompute=lambda ledger: None).remains
    assert {Path(r.path).parts[0]: r.document for r in remains} == {"tables": "b.txt", "originals": None}
    assert all(r.n_sequences >= 10 for r in remains)


def test_withdraw_one_record_of_a_file_leaves_the_others(tmp_path):
    heap = write_files(
        tmp_path / "heap",
        {"x.jsonl": f'{{"document": "1", "text": "{SECRET}"}}\n{{"document": "2", "text": "The river rose."}}\n'},
    )
    ingest(tmp_path / "case", heap)
    withdraw(tmp_path / "case", "1", "asked", recompute=recompute)
    assert holds_content(tmp_path / "case", SECRET) == []
    documents, refusals = ingest(tmp_path / "case", heap)
    assert ([d.document for d in documents], len(refusals)) == (["2"], 1)


def test_withdraw_by_digest_and_what_it_does_not_know(case):
    sha256 = hashlib.sha256(FILES["anton.txt"].encode()).hexdigest()
    with pytest.raises(InputError, match=r"no item is called 'nobody\.txt'"):
        withdraw(case, "nobody.txt", "asked", recompute=recompute)
    with pytest.raises(InputError, match="no item is called"):
        withdraw(case, sha256[:5], "asked", recompute=recompute)
    with pytest.raises(InputError, match="no reason"):
        withdraw(case, "anton.txt", "  ", recompute=recompute)
    assert withdraw(case, sha256[:8], "asked", recompute=recompute).originals == (sha256,)


def test_withdraw_twice_is_once(case):
    first = withdraw(case, "anton.txt", "asked", recompute=recompute)
    second = withdraw(case, "anton.txt", "another reason", recompute=recompute)
    assert (first.repeated, second.repeated, second.reason) == (False, True, "asked")
    with Ledger.open(case / "ledger.sqlite", write=False) as ledger:
        assert sum(1 for _ in ledger.entries("withdrawal")) == 1


# -- crashes ------------------------------------------------------------------------------------------------------------

CALLS = [("os", "fsync"), ("os", "rename"), ("os", "replace"), ("os", "unlink"), ("os", "mkdir"), ("os", "rmdir")]


class Stopped(BaseException):
    """Stands for the end of the process: nothing may catch it."""


def stop_at(monkeypatch, n):
    """Stop at the n-th call that changes the disk; returns a list whose length counts the calls."""
    calls = []
    for module, name in CALLS:
        real = getattr(sys.modules[module], name)

        def call(*args, _real=real, _name=name, **kwargs):
            calls.append(_name)
            if len(calls) == n:
                raise Stopped(_name)
            return _real(*args, **kwargs)

        monkeypatch.setattr(sys.modules[module], name, call)
    real_extend = Ledger.extend

    def extend(self, entries):
        calls.append("extend")
        if len(calls) == n:
            raise Stopped("extend")
        return real_extend(self, entries)

    monkeypatch.setattr(Ledger, "extend", extend)
    return calls


def test_crash_of_ingest_at_every_call_leaves_the_old_or_the_new_state(tmp_path, monkeypatch):
    undisturbed = write_files(tmp_path / "plain" / "heap", FILES)
    ingest(tmp_path / "plain" / "case", undisturbed)
    expected = {p.name: p.read_bytes() for p in (tmp_path / "plain" / "case" / "tables").rglob("*.parquet")}
    for n in range(1, 200):
        here = tmp_path / str(n)
        heap = write_files(here / "heap", {"office.txt": FILES["office.txt"]})
        ingest(here / "case", heap)
        write_files(heap, FILES)
        with monkeypatch.context() as m:
            calls = stop_at(m, n)
            try:
                ingest(here / "case", heap)
                finished = len(calls) < n
            except Stopped:
                finished = False
        verdict = verify_case(here / "case")
        assert verdict.status == "ok", (
            n,
            calls[-1],
            [f for f in verdict.findings if f.status not in {"ok", "leftover"}],
        )
        ingest(here / "case", heap)
        assert verify_case(here / "case").counts().keys() == {"ok"}, (n, calls[-1])
        tables = {p.name: p.read_bytes() for p in (here / "case" / "tables").rglob("*.parquet")}
        assert tables == expected
        shutil.rmtree(here)
        if finished:
            assert n > 15
            return
    pytest.fail("the run never finished")


def test_withdrawal_lets_nobody_else_write_before_it_is_done(case):
    """Neither another run in this process nor one in another gets in between the deletion and the new tables."""
    asked = []

    def recompute_while_others_ask(ledger):
        code = f"import sys\nfrom pathlib import Path\nfrom leadline.ledger import Ledger\nLedger.open(Path({str(ledger.path)!r}))"
        asked.append(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False).stderr)
        with pytest.raises(CaseError, match="another Leadline is writing"):
            Ledger.open(ledger.path)
        recompute(ledger)
        assert not list(find_remains(case, {0}))  # reads the files beside the lock, and must not lose it
        asked.append(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False).stderr)

    withdraw(case, "anton.txt", "asked", recompute=recompute_while_others_ask)
    assert len(asked) == 2
    assert all("another Leadline is writing" in said for said in asked)
    assert verify_case(case).status == "ok"


def test_crash_of_a_withdrawal_at_every_call_is_finished_by_repeating_it(built, tmp_path, monkeypatch):
    for n in range(1, 200):
        case = tmp_path / str(n) / "case"
        shutil.copytree(built, case)
        with monkeypatch.context() as m:
            calls = stop_at(m, n)
            try:
                withdraw(case, "anton.txt", "asked", recompute=recompute)
                finished = len(calls) < n
            except Stopped:
                finished = False
        verdict = verify_case(case)
        assert verdict.status in {"ok", "unexpected"}, (n, calls[-1], verdict.findings)
        withdraw(case, "anton.txt", "asked", recompute=recompute)
        assert holds_content(case) == [], (n, calls[-1])
        assert verify_case(case).counts().keys() <= {"ok", "withdrawn"}, (n, calls[-1])
        shutil.rmtree(case)
        if finished:
            assert n > 15
            return
    pytest.fail("the withdrawal never finished")


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs SIGKILL")
def test_crash_by_kill_at_random_moments(tmp_path):
    heap = write_files(
        tmp_path / "heap",
        {f"{i:03}.txt": f"On day {i} the men refused again to leave their trench." for i in range(150)},
    )
    code = f"import sys; sys.path.insert(0, {str(Path(__file__).parent)!r})\nfrom pathlib import Path\nfrom ingested import ingest\nprint('go', flush=True)\ningest(Path({str(tmp_path / 'case')!r}), Path({str(heap)!r}))\n"
    rng = random.Random(11)
    for _ in range(4):
        with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) as process:
            process.stdout.readline()
            time.sleep(rng.uniform(0.0, 0.4))
            process.kill()
            process.wait()
        if (tmp_path / "case" / "ledger.sqlite").exists():
            verdict = verify_case(tmp_path / "case")
            assert verdict.status == "ok", [f for f in verdict.findings if f.status not in {"ok", "leftover"}]
    documents, _ = ingest(tmp_path / "case", heap, settings=SETTINGS)
    assert len(documents) == 150
    assert verify_case(tmp_path / "case").counts().keys() == {"ok"}
