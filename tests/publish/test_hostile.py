"""Source texts that try to run, load, hide or break something: they are shown as text, and the pages stay whole."""

from __future__ import annotations

import re

import pytest
from publish_hostile import hostile
from test_dossier import Page

from leadline.progress import SILENT
from leadline.publish import publish_dossier
from leadline.settings import Settings


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    from leadline.engine.duckdb import DuckDBEngine

    folder = tmp_path_factory.mktemp("hostile")
    engine, found = DuckDBEngine(folder / "tables", {}), hostile()
    for stage in ("ingest", "extract", "trace", "link", "estimate"):
        engine.begin(stage)
        for t, rows in found.items():
            if t.stage == stage:
                engine.write(t, rows)
        engine.seal(stage, stage * 4)
        engine.commit(stage, stage * 4)
    (folder / "dossier").mkdir()
    publish_dossier(engine, Settings(shipped_register=False), folder / "dossier", SILENT)
    return {p: p.read_text(encoding="utf-8") for p in sorted((folder / "dossier").rglob("*.html"))}


def test_hostile_text_makes_no_element_and_no_attribute(pages):
    for path, text in pages.items():
        own = re.sub(r"<(script|style)>.*?</\1>", "", text, flags=re.S)
        page = Page(own)
        tags = {t for t, _ in page.tags}
        assert not tags & {"img", "iframe", "object", "embed", "link", "form", "base"}, path.name
        assert sum(t == "meta" for t, _ in page.tags) == 5
        for tag, attrs in page.tags:
            assert not any(n.startswith("on") or n in {"src", "style", "action"} for n in attrs), (path.name, tag)
            assert "javascript" not in (attrs.get("href") or "")
            assert "evil.invalid" not in (attrs.get("href") or "")
            assert tag != "script" or attrs == {"type": "text/plain", "id": "map-data"}


def test_hostile_text_is_shown_as_text(pages):
    shown = " ".join(" ".join(Page(t).words) for t in pages.values())
    assert "<script>window.hit=1</script>" in shown
    assert "{{7*7}}" in shown
    assert "⟨U+202E⟩evil⟨U+202C⟩⟨U+200B⟩⟨U+2066⟩" in shown
    assert "⟨U+0306⟩" in shown


def test_hostile_characters_stand_nowhere_in_the_pages(pages):
    for path, text in pages.items():
        assert not re.search("[\u202a-\u202e\u2066-\u2069\u200b-\u200f]", text), path.name


def test_a_word_of_ten_million_letters_breaks_no_page(pages):
    assert max(len(t.encode()) for t in pages.values()) < 2_000_000
    assert sum(t.count("w" * 100_000) for t in pages.values()) >= 50


def test_hostile_pages_hide_names(pages):
    assert all("karan" not in t.casefold() for t in pages.values())
