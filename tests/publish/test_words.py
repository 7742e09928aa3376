"""All strings of the interface stand in one catalogue: none in a template, none missing, none unused."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import msgspec

from leadline.publish import pages, words
from leadline.publish.view import challenges
from leadline.publish.view.figures import Figures

ROOT = Path(pages.__file__).parent
TEMPLATES = sorted((ROOT / "templates").glob("*.html"))
CODES = {  # groups that `code` looks up by a value of the tables
    "basis", "decision", "judged", "judgement_state", "carrier", "credibility", "ceiling", "field", "medium", "origin_kind", "realis", "relation_kind", "reliability", "reliance",
    "review", "source_kind", "telling", "tie", "verification",
}  # fmt: skip
SPOKEN = {
    "km",
    "SHA-256",
    "CASE",
    "cd",
    "dossier",
    "sha256sum",
    "manifest",
    "sha256",
    "originals",
    "c",
    "leadline",
    "verify",
    "amp",
    "py",
    "python3",
    "grep",
    "kind",
    "anchor",
    "anchors",
    "ledger",
    "jsonl",
    "FILE",
}


def entries(table: dict[str, object], path: str = "") -> Iterator[str]:
    for key, value in table.items():
        if isinstance(value, dict) and set(value) != {"one", "many"}:
            yield from entries(value, f"{path}{key}.")
        else:
            yield path + key


def sources() -> str:
    return "\n".join(p.read_text(encoding="utf-8") for p in sorted(ROOT.rglob("*.py")) + TEMPLATES)


def test_templates_hold_no_words_of_their_own():
    for path in TEMPLATES:
        text = path.read_text(encoding="utf-8")
        bare = re.sub(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", " ", text, flags=re.S)
        shown = re.sub(r"<[^>]*>|&[a-z]+;", " ", bare)
        spoken = {w for w in re.findall(r"[A-Za-z][A-Za-z0-9-]*", shown) if not w.startswith("data-")}
        assert spoken <= SPOKEN, path.name
        for attribute in re.findall(r'(?:aria-label|title|placeholder|alt)="([^"]*)"', bare):
            assert not re.search("[A-Za-z]", attribute), (path.name, attribute)


def test_scripts_hold_no_words_of_their_own():
    for name in ("tables.js", "map.js"):
        text = (ROOT / "templates" / name).read_text(encoding="utf-8")
        code = re.sub(r"/\*.*?\*/|//[^\n]*", "", text, flags=re.S)
        assert not [
            s
            for s in re.findall(r'"([^"]*)"', code)
            if re.search(r"[a-z]+ [a-z]+", s) and s != "use strict" and s != "land part" and "[" not in s
        ]


def test_catalogue_has_every_key_that_is_asked_for():
    known = set(entries(words.catalogue()))
    asked = re.findall(r"""\b(?:t|say)\(\s*f?["']([a-z_]+\.[A-Za-z_.-]+)["']\s*[,)]""", sources())
    assert len(asked) > 150
    assert set(asked) <= known


def test_catalogue_holds_nothing_that_nobody_asks_for():
    text = sources()
    for key in entries(words.catalogue()):
        group = key.partition(".")[0]
        if group in CODES or group in {
            "glossary",
            "challenge",
            "answer",
            "meaning",
            "carrier_text",
            "nav",
            "count",
            "funnel",
            "methods",
            "limits",
            "language",
        }:
            continue
        whole = re.search(rf"""["']{re.escape(key)}["']""", text)
        parts = group == "filter" or re.search(rf"""["']{group}\.["'{{]|f"{group}\\.""", text)
        assert whole or parts or f"{group}.{{" in text, key


def test_every_question_has_its_words_and_every_answer_its_figure(monkeypatch):
    shape = msgspec.inspect.type_info(Figures).fields
    values = {
        f.encode_name: {"int": 3, "float": 0.5, "str": "x"}.get(f.type.__class__.__name__[:-4].lower(), (("ORD", 2),))
        for f in shape
    }
    asked: set[str] = set()
    monkeypatch.setattr(challenges, "say", lambda key, **_: asked.add(key) or key)
    found = challenges.challenges(Figures(**values))
    told = words.catalogue()["challenge"]
    assert [q.key for q in found] == list(told)
    assert all(set(q) == {"question", "answer", "weak"} for q in told.values())
    assert all(q.figures for q in found)
    assert {f"answer.{k}" for k in words.catalogue()["answer"]} == asked


def test_values_are_escaped_and_made_visible_inside_markup():
    assert "<b>" not in words.t("origin.carried", id="<b>", documents="\u202e")
    assert "⟨U+202E⟩" in words.t("origin.carried", id="x", documents="\u202e")
    assert words.visible("a" + "\u0301" * 3) == "a" + "\u0301" * 3
    assert "⟨U+0301⟩" in words.visible("a" + "\u0301" * 5)
