"""The flow: what is unchanged is kept, what is stale is computed, the order of input changes nothing."""

from __future__ import annotations

import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest

from leadline.codebook import SHIPPED
from leadline.custody import verify_case
from leadline.errors import CaseError, InputError
from leadline.pipeline import FLOW, STAGES, open_case, run_case, stage, stale
from leadline.schema import CLAIMS, TABLES, Claim
from leadline.settings import Settings

TEXTS = {
    "one.txt": "Soldiers of the 14th brigade refused an order to attack on Monday, the Harbour Institute said on 3 May 2021.\n\n"
    "“We will not go,” a soldier says in the video released by the institute. “They take us to the basement if we refuse.”",
    "two.txt": "At least 40 conscripts deserted from a training ground near the front in April 2021, according to the ministry.",
    "three.txt": "The bakery on Mill Street opened a second shop, its owner told the local paper.",
}
SETTINGS = Settings(workers=1)


def heap(folder: Path, texts: dict[str, str]) -> Path:
    folder.mkdir(parents=True)
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def content(case: Path) -> dict[str, bytes]:
    """Tables and dossier, by name without the fingerprint folder."""
    tables = {f"{p.parent.parent.name}/{p.name}": p.read_bytes() for p in (case / "tables").rglob("*.parquet")}
    return tables | {
        p.relative_to(case).as_posix(): p.read_bytes() for p in (case / "dossier").rglob("*") if p.is_file()
    }


@pytest.fixture(scope="module")
def case(tmp_path_factory):
    folder = tmp_path_factory.mktemp("flow")
    run_case([heap(folder / "heap", TEXTS)], folder / "case", SETTINGS)
    return folder / "case"


@pytest.fixture
def copy(case, tmp_path):
    shutil.copytree(case.parent, tmp_path / "flow")
    return tmp_path / "flow" / "case"


def states(summary):
    return {r.stage: r.computed for r in summary.stages}


def test_pipeline_reads_only_what_an_earlier_stage_writes():
    seen: set[str] = {"ledger"}
    for s in FLOW:
        assert all(t.stage in seen for t in s.reads if s.name != "publish"), s.name
        seen.add(s.name)
    assert {t.stage for t in TABLES.values()} == set(STAGES) - {"publish"}


def test_pipeline_finds_claims_and_writes_the_dossier(case):
    with open_case(case) as (_, ledger, engine):
        claims = list(engine.records(CLAIMS, Claim))
        assert set(ledger.runs()) == {"settings", *STAGES}
    assert {c.document for c in claims} == {"one.txt", "two.txt"}
    assert (case / "dossier" / "index.html").is_file()


def test_pipeline_second_run_computes_nothing(copy):
    before = content(copy)
    summary = run_case([copy.parent / "heap"], copy)
    assert not any(states(summary).values())
    assert content(copy) == before


def test_pipeline_from_a_stage_recomputes_it_and_what_follows(copy):
    summary = run_case([copy.parent / "heap"], copy, start="link")
    assert states(summary) == {
        "ingest": False,
        "extract": False,
        "trace": False,
        "link": True,
        "estimate": True,
        "publish": True,
    }


def test_pipeline_changed_setting_recomputes_only_what_it_concerns(copy):
    summary = run_case((), copy, Settings(workers=1, title="Another title"))
    assert states(summary) == {"extract": False, "trace": False, "link": False, "estimate": False, "publish": True}


def test_pipeline_changed_text_is_noticed_though_every_path_exists(copy):
    path = copy.parent / "heap" / "two.txt"
    path.write_text(path.read_text().replace("40", "90"))
    summary = run_case([copy.parent / "heap"], copy)
    assert states(summary)["ingest"]
    assert states(summary)["extract"]
    with open_case(copy) as (_, _, engine):
        assert any("90" in c.quote for c in engine.records(CLAIMS, Claim))


def test_pipeline_damaged_table_is_computed_again(copy):
    before = content(copy)
    path = next((copy / "tables").rglob("incidents.parquet"))
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    summary = run_case([copy.parent / "heap"], copy)
    assert states(summary)["link"]
    assert content(copy) == before


def test_pipeline_damaged_page_is_written_again(copy):
    before = content(copy)
    (copy / "dossier" / "methods.html").write_text("gone")
    assert states(run_case([copy.parent / "heap"], copy)) == {s: s == "publish" for s in STAGES}
    assert content(copy) == before


def test_pipeline_same_heap_gives_the_same_bytes_elsewhere(case, tmp_path):
    names = list(TEXTS)
    folder = heap(tmp_path / "elsewhere", {n: TEXTS[n] for n in reversed(names)})
    run_case([folder], tmp_path / "case", Settings(workers=2, batch_size=1))
    one, two = content(case), content(tmp_path / "case")
    assert one.keys() == two.keys()
    assert [k for k in one if one[k] != two[k] and not k.endswith("manifest.sha256")] == []


def test_pipeline_failing_stage_leaves_the_last_complete_state(copy, monkeypatch):
    before = content(copy)

    def broken(*_args, **_kwargs):
        raise RuntimeError("stopped half-way")

    monkeypatch.setattr("leadline.trace.trace_origins", broken)
    with pytest.raises(RuntimeError, match="half-way"):
        run_case([copy.parent / "heap"], copy, start="trace")
    assert content(copy) == before
    monkeypatch.undo()
    assert not any(states(run_case([copy.parent / "heap"], copy)).values())


def test_pipeline_stage_alone_needs_what_it_reads(tmp_path):
    run_case([heap(tmp_path / "heap", TEXTS)], tmp_path / "case", SETTINGS, only="ingest")
    with pytest.raises(CaseError, match="leadline extract"):
        run_case((), tmp_path / "case", only="trace")


def test_pipeline_new_case_without_paths_is_an_error(tmp_path):
    with pytest.raises(CaseError, match="there is no case at"):
        run_case((), tmp_path / "case")


def test_pipeline_unknown_stage_lists_the_known(case):
    with pytest.raises(InputError, match="ingest, extract, trace"):
        run_case((), case, start="extrakt")


def test_pipeline_code_digest_ignores_compiled_files(tmp_path, monkeypatch):
    monkeypatch.setattr(stale, "PACKAGE", tmp_path)
    for name in ("trace/a.py", "trace/__pycache__/a.pyc", "schema.py", "register.py", "registers/r.toml"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("1")
    before = stale.code_digest(stage("trace"))
    (tmp_path / "trace/__pycache__/a.pyc").write_text("2")
    assert stale.code_digest(stage("trace")) == before
    (tmp_path / "trace/a.py").write_text("2")
    assert stale.code_digest(stage("trace")) != before


def test_pipeline_a_codebook_counts_with_its_base(tmp_path):
    common = (SHIPPED.parent / "common.toml").read_text(encoding="utf-8")
    (tmp_path / "below.toml").write_text(common, encoding="utf-8")
    book = tmp_path / "own.toml"
    book.write_text(
        'title = "Own"\nversion = "1"\nbase = "below.toml"\n[[events]]\ncode = "x"\nlabel = "X"\ndefinition = "x"\n',
        encoding="utf-8",
    )
    case = SimpleNamespace(settings=Settings(codebook=str(book)))
    runs = {name: {"outputs": {}} for name in STAGES}
    before = stale.fingerprint_of(stage("extract"), case, runs, "", (), {})
    assert stale.fingerprint_of(stage("extract"), case, runs, "", (), {}) == before
    edited = common.replace("[classes]", '[classes]\nnew_word = ["quern"]', 1)
    (tmp_path / "below.toml").write_text(edited, encoding="utf-8")
    assert stale.fingerprint_of(stage("extract"), case, runs, "", (), {}) != before
    book.write_text("no codebook", encoding="utf-8")
    assert stale.fingerprint_of(stage("extract"), case, runs, "", (), {}) != before  # the stage itself refuses it


def test_pipeline_stop_before_the_dossier_is_moved_is_finished_at_the_next_opening(copy, monkeypatch):
    def stop(case, _run):
        if (case.folder / ".dossier-new").exists():
            raise KeyboardInterrupt

    monkeypatch.setattr("leadline.pipeline.run.settle", stop)
    with pytest.raises(KeyboardInterrupt):
        run_case((), copy, Settings(workers=1, title="Moved later"))
    monkeypatch.undo()
    assert verify_case(copy).exit_code == 0
    run_case((), copy)
    assert "Moved later" in (copy / "dossier" / "index.html").read_text(encoding="utf-8")
    assert not (copy / ".dossier-new").exists()


def test_pipeline_stop_while_the_dossier_is_moved_leaves_one(copy, monkeypatch):
    before = content(copy)
    moved = Path.rename

    def stop(self, target):
        if Path(target).name == "dossier":
            raise KeyboardInterrupt
        return moved(self, target)

    monkeypatch.setattr(Path, "rename", stop)
    with pytest.raises(KeyboardInterrupt):
        run_case((), copy, start="publish")
    monkeypatch.undo()
    run_case((), copy)
    assert content(copy) == before
    assert verify_case(copy).exit_code == 0


def test_pipeline_case_settings_changed_by_hand_are_reported(copy):
    assert verify_case(copy).exit_code == 0
    path = copy / "case.toml"
    path.write_text(path.read_text().replace("seed = 20221104", "seed = 7"))
    assert verify_case(copy).exit_code == 5


def test_pipeline_reading_a_case_needs_no_lock(copy):
    with open_case(copy) as (_, _, one), open_case(copy) as (_, _, two):
        assert one.count(CLAIMS) == two.count(CLAIMS)
