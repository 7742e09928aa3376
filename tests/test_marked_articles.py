"""The marked articles that reading learns from: every claim stands where it should, and faults are named by file and line."""

import pytest
from benchmark_modules import benchmark

ARTICLE = """publisher: Harbour Gazette
kind: outlet
published: 2021-05-03
---
Men locked up

Two men are locked in a cellar, Ilya Brandt said.
---
claim | event | realis | chain | medium | verification | more
Two men {are locked} in a cellar | unlawful-detention | actual | Lantern > Ilya Brandt / Brandt | testimony | not-stated | number=2; time=2021-05..; optional
"""


@pytest.fixture(scope="module")
def marked():
    return benchmark("marked_articles")


def test_every_article_is_well_formed(marked):
    folders = (marked.ARTICLES, marked.UNREAD, marked.MODELLED, marked.SEALED)
    learned, unread, modelled, sealed = map(marked.read_articles, folders)
    assert len(learned) >= 288
    assert len(unread) == 48
    assert len(modelled) == 49
    assert len(sealed) == 32
    assert not {a.name for a in learned} & {a.name for a in (*unread, *modelled, *sealed)}
    for a in (*learned, *unread, *modelled, *sealed):
        for c in a.claims:
            assert a.text[c["start"] : c["end"]] == c["quote"]
            assert c["start"] <= c["told"][0] < c["told"][1] <= c["end"]


def test_the_second_hand_marked_the_same_articles(marked):
    events = frozenset(marked.load_codebook(marked.SHIPPED).names)
    marks = sorted((marked.UNREAD / "second").glob("*.txt"))
    assert len(marks) == 24
    for path in marks:
        first, second = (marked.read_article(marked.UNREAD / path.name, events, of) for of in (None, path))
        assert first.text == second.text
        assert second.claims
        assert [c["quote"] for c in first.claims] != [c["quote"] for c in second.claims]


def test_a_fault_of_the_second_hand_is_named_in_its_file(marked, tmp_path):
    article, marks = tmp_path / "x.txt", tmp_path / "second.txt"
    article.write_text(ARTICLE, encoding="utf-8")
    marks.write_text("Two men {are locked} in a hole | unlawful-detention | actual | - | testimony | not-stated |\n")
    with pytest.raises(ValueError, match=r"second\.txt:1: 'Two men are locked in a hole' stands 0 times"):
        marked.read_article(article, frozenset({"unlawful-detention"}), marks)


def test_a_claim_has_its_fields(marked, tmp_path):
    path = tmp_path / "x.txt"
    path.write_text(ARTICLE, encoding="utf-8")
    a = marked.read_article(path, frozenset({"unlawful-detention"}))
    (claim,) = a.claims
    assert a.text[slice(*claim["told"])] == "are locked"
    assert claim["chain"] == ["Lantern", "Ilya Brandt"]
    assert a.aliases["Ilya Brandt"] == {"Brandt"}
    assert claim["number"] == {"low": 2, "high": 2}
    assert claim["time"] == "2021-05/.."
    assert claim["optional"]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("Two men {are locked}", "Two men {were locked}", "stands 0 times"),
        ("unlawful-detention |", "detention |", "found 'detention'"),
        ("number=2", "number=two", "found 'number=two'"),
        ("kind: outlet", "kind: paper", "found kind 'paper'"),
        (" | not-stated | number", " | number", "found 'number="),
        ("Lantern > Ilya Brandt", "-", "expected `-` alone"),
    ],
)
def test_a_fault_is_named_with_its_line(marked, tmp_path, old, new, said):
    path = tmp_path / "x.txt"
    path.write_text(ARTICLE.replace(old, new), encoding="utf-8")
    with pytest.raises(ValueError, match=r"x\.txt") as caught:
        marked.read_article(path, frozenset({"unlawful-detention"}))
    assert said in str(caught.value)
    if "kind" not in old:
        assert "x.txt:10:" in str(caught.value)


def test_misses_of_unread_articles_are_not_shown(marked, monkeypatch, capsys):
    monkeypatch.setattr("sys.argv", ["marked_articles.py", str(marked.UNREAD), "--misses"])
    with pytest.raises(SystemExit):
        marked.main()
    assert "unread" in capsys.readouterr().err
