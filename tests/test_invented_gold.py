"""The annotations of eval/invented are well formed, stand in their place, and the blind sets stay blind."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest
from benchmark_modules import benchmark

from leadline.codebook import load_codebook
from leadline.schema import CARRIER_KINDS, MEDIA, REALIS, VERIFICATION

ROOT = Path(__file__).resolve().parent.parent
GOLD = ROOT / "eval" / "invented"


def rows(name: str) -> list[dict]:
    return [json.loads(line) for line in (GOLD / name).read_text(encoding="utf-8").splitlines()]


@pytest.fixture(scope="module")
def invented():
    return benchmark("invented_gold")


@pytest.mark.parametrize(
    ("name", "counts"),
    [
        ("open", (182, 102, 10)),
        ("news", (376, 210, 14)),
        ("blind", (272, 137, 14)),
        ("wire", (346, 186, 12)),
        ("press", (314, 185, 14)),
    ],
)
def test_every_quote_stands_where_the_annotation_says(invented, name, counts):
    assert invented.check(name) == []
    claims, documents, files = invented.annotated(name)
    assert (len(claims), sum(not r.get("optional") for r in claims), len(documents)) == counts
    assert all(f.is_file() for f in files)


def test_a_changed_article_is_noticed(invented, tmp_path, monkeypatch):
    for name in invented.SETS:
        (tmp_path / name).mkdir()
        for file in (GOLD / name).glob("*.txt"):
            (tmp_path / name / file.name).write_text("x" + file.read_text(encoding="utf-8"), encoding="utf-8")
    for name in ("claims.jsonl", "documents.jsonl"):
        (tmp_path / name).write_bytes((GOLD / name).read_bytes())
    monkeypatch.setattr(invented, "INVENTED", tmp_path)
    assert len(invented.check("open")) == 182


def test_annotations_use_the_codes():
    events = {e.code for e in load_codebook().events}
    for r in rows("claims.jsonl"):
        assert r["event"] in events
        assert r["realis"] in REALIS
        assert r["medium"] in MEDIA
        assert r["verification"] in VERIFICATION
        assert {"low", "high", "unit"} == set(r.get("number", {"low", "high", "unit"}))
    assert {d["copy_kind"] for d in rows("documents.jsonl")} <= set(CARRIER_KINDS)


def test_every_hop_has_accepted_names():
    aliases = json.loads((GOLD / "aliases.json").read_text(encoding="utf-8"))
    assert {h for r in rows("claims.jsonl") for h in r["chain"]} == set(aliases)


def test_no_required_claim_stands_in_page_furniture(invented):
    for name in invented.SETS:
        claims, documents, files = invented.annotated(name)
        texts = {f.name: f.read_text(encoding="utf-8") for f in files}
        for d in documents:
            spans = [(texts[d["document"]].index(b), len(b)) for b in d["boilerplate"]]
            for r in claims:
                if r["document"] == d["document"] and not r.get("optional"):
                    assert not any(s < r["end"] and r["start"] < s + n for s, n in spans), r


def test_an_article_is_in_one_set_and_the_dates_are_those_of_the_annotation():
    documents = {d["document"]: d for d in rows("documents.jsonl")}
    assert len(documents) == len(rows("documents.jsonl")) == 64
    header, *lines = (GOLD / "meta.csv").read_text(encoding="utf-8").splitlines()
    assert header == "document,published,publisher"
    for document, published, publisher in (line.split(",") for line in lines):
        assert (documents[document]["published"] or "", documents[document]["publisher"] or "") == (
            published,
            publisher,
        )


def test_register_of_the_articles_repeats_no_id_of_the_example_case():
    ids = [
        source["id"]
        for path in (ROOT / "examples" / "marrow-line" / "register.toml", GOLD / "register.toml")
        for source in tomllib.loads(path.read_text(encoding="utf-8"))["sources"]
    ]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("words", [["--misses"], ["--set", "blind", "--misses"], ["--set", "press", "--misses"]])
def test_the_misses_of_a_blind_set_are_not_shown(invented, monkeypatch, capsys, words):
    monkeypatch.setattr(invented, "exported", lambda *_: pytest.fail("the flow ran"))
    monkeypatch.setattr("sys.argv", ["invented_gold.py", *words])
    with pytest.raises(SystemExit) as refused:
        invented.main()
    assert refused.value.code == 2
    assert "would open a blind set" in capsys.readouterr().err


def test_without_the_scorer_the_benchmark_says_so(invented, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("sys.argv", ["invented_gold.py", "--shared", str(tmp_path)])
    assert invented.main() == 77
    assert "the scorer is not beside the repository" in capsys.readouterr().err


@pytest.mark.shared
@pytest.mark.parametrize("name", ["open", "wire", "press"])
def test_the_gold_scored_against_itself_is_perfect(invented, shared, tmp_path, name):
    claims = [r for r in rows("claims.jsonl") if r["set"] == name]
    export = tmp_path / "claims.jsonl"
    export.write_text(
        "".join(
            json.dumps(
                {
                    **r,
                    "chain": [{"name": h} for h in r["chain"]],
                    "place": None,
                    "time": None,
                    "origin_id": r.get("origin"),
                }
            )
            + "\n"
            for r in claims
        ),
        encoding="utf-8",
    )
    found = json.loads(invented.score(name, shared, export, "--json"))
    assert found["recall"] == found["precision"] == found["event"] == found["chain"] == found["origins B3"] == 1.0
