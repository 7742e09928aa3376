"""The annotations of eval/war-news: well formed by themselves, and in their place where the articles are at hand."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from benchmark_modules import benchmark

from leadline.schema import CARRIER_KINDS, MEDIA, REALIS, VERIFICATION

ROOT = Path(__file__).resolve().parent.parent
GOLD = ROOT / "eval" / "war-news"
ARTICLES = ROOT.parent / "shared" / "corpora" / "war-news"


def rows(name: str) -> list[dict]:
    return [json.loads(line) for line in (GOLD / name).read_text(encoding="utf-8").splitlines()]


def test_annotations_use_the_codes_of_the_schema():
    for r in rows("claims.jsonl"):
        assert r["realis"] in REALIS
        assert r["medium"] in MEDIA
        assert r["verification"] in VERIFICATION
    assert {d["copy_kind"] for d in rows("documents.jsonl")} <= set(CARRIER_KINDS)


def test_annotations_hold_no_words_of_the_articles():
    assert not any("quote" in r for r in rows("claims.jsonl"))
    assert all(isinstance(b, list) for d in rows("documents.jsonl") for b in d["boilerplate"])


def test_every_hop_has_accepted_names():
    aliases = json.loads((GOLD / "aliases.json").read_text(encoding="utf-8"))
    assert {h for r in rows("claims.jsonl") for h in r["chain"]} == set(aliases)


def test_no_annotated_claim_stands_in_boilerplate():
    boilerplate = {d["document"]: d["boilerplate"] for d in rows("documents.jsonl")}
    for r in rows("claims.jsonl"):
        assert not any(s < r["end"] and r["start"] < e for s, e in boilerplate[r["document"]]), r


def test_each_article_and_its_claims_are_of_one_set():
    sets = {d["document"]: d["set"] for d in rows("documents.jsonl")}
    assert sorted(sets.values()) == ["a"] * 10 + ["b"] * 12 + ["c"] * 22
    assert all(r["set"] == sets[r["document"]] for r in rows("claims.jsonl"))


def test_meta_of_a_set_names_its_articles_and_no_other():
    for one in "abc":
        documents = [d for d in rows("documents.jsonl") if d["set"] == one]
        wanted = ["document,published", *(f"{d['document']},{d['published']}" for d in documents)]
        assert benchmark("war_news_gold").meta(documents).splitlines() == wanted


@pytest.mark.shared
@pytest.mark.skipif(not ARTICLES.is_dir(), reason=f"the articles are not at hand ({ARTICLES})")
@pytest.mark.parametrize(("sets", "counts"), [("a", (103, 10)), ("b", (167, 12)), ("c", (308, 22)), ("ab", (270, 22))])
def test_quotes_stand_where_the_annotations_say(tmp_path, sets, counts):
    claims, documents = benchmark("war_news_gold").restored(ARTICLES, sets)
    assert (len(claims), len(documents)) == counts
    gold = benchmark("war_news_gold").lay_out(tmp_path, ARTICLES, sets)
    assert {p.name for p in (tmp_path / "seeds").iterdir()} == {d["document"] for d in documents}
    text = (gold.parent / "seeds" / claims[0]["document"]).read_text(encoding="utf-8")
    assert text[claims[0]["start"] : claims[0]["end"]] == claims[0]["quote"]


@pytest.mark.shared
@pytest.mark.skipif(not ARTICLES.is_dir(), reason=f"the articles are not at hand ({ARTICLES})")
def test_who_asks_for_no_set_gets_nothing_of_the_blind_one():
    claims, documents = benchmark("war_news_gold").restored(ARTICLES)
    assert {row["set"] for row in (*claims, *documents)} == {"a", "b"}


@pytest.mark.parametrize("sets", ["c", "bc"])
def test_misses_of_the_blind_set_are_refused(monkeypatch, capsys, sets):
    monkeypatch.setattr(sys, "argv", ["war_news_gold.py", "claims.jsonl", "--set", sets, "--misses"])
    with pytest.raises(SystemExit) as ended:
        benchmark("war_news_gold").main()
    assert ended.value.code == 2
    assert "would open a blind set" in capsys.readouterr().err


@pytest.mark.shared
@pytest.mark.skipif(not ARTICLES.is_dir(), reason=f"the articles are not at hand ({ARTICLES})")
def test_a_changed_article_is_noticed(tmp_path):
    for d in rows("documents.jsonl"):
        text = (ARTICLES / d["document"]).read_text(encoding="utf-8")
        (tmp_path / d["document"]).write_text("x" + text, encoding="utf-8")
    with pytest.raises(ValueError, match="other words than those annotated"):
        benchmark("war_news_gold").restored(tmp_path)
