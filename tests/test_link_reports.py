"""What the benchmark of reports of shootings makes of the corpus and of the tables, and the codebook that it brings."""

from __future__ import annotations

import pytest
from benchmark_modules import ROOT, benchmark

from leadline.codebook import load_codebook
from leadline.extract.claims.coded.coding import LEAST
from leadline.extract.claims.coded.events import find_events
from leadline.extract.claims.coded.triggers import compile_rules
from leadline.extract.claims.words import line_of
from leadline.extract.language import load_language
from leadline.link.parameters import load_parameters

BOOK = load_codebook(ROOT / "benchmarks" / "link_reports.toml")
EXAMPLES = [(e.code, x.text, x.realis) for e in BOOK.events for x in e.examples]


@pytest.fixture(scope="module")
def module():
    return benchmark("link_reports")


@pytest.fixture(scope="module")
def rules():
    return compile_rules(BOOK)


@pytest.mark.parametrize(("code", "text", "realis"), EXAMPLES)
def test_examples_of_the_codebook_hold(code, text, realis, rules):
    found = {f.event for f in find_events(line_of(load_language()(text)[:]), rules) if f.weight >= LEAST}
    assert (code in found) == (realis is not None)


def test_the_parameters_name_events_of_the_codebook(module):
    assert {e for events in load_parameters(module.PARAMETERS).families.values() for e in events} < set(BOOK.names)


def test_joined_prints_tokens_as_a_paper_would_and_knows_where_each_stands(module):
    tokens = [
        "A",
        "3-year",
        "-",
        "old",
        "(",
        "a",
        "boy",
        ")",
        "did",
        "n't",
        '"',
        "wake",
        '"',
        ".",
        "//n",
        "Smith",
        "\u2019s",
        "dog",
        "-",
        "Rex",
    ]
    text, at = module.joined(tokens)
    assert text == 'A 3-year-old (a boy) didn\'t "wake".\n\nSmith\u2019s dog - Rex'
    assert [text[a:b] for a, b in at] == ["" if t == "//n" else t for t in tokens]


def test_read_reports_hides_the_incident_and_finds_marked_words(module, tmp_path):
    rows = [(0, 0, "2031-03-04"), (1, 0, "Mill"), (1, 1, "shooting"), (2, 0, "Two"), (2, 1, "died"), (2, 2, ".")]
    conll = "#begin document\n" + "".join(f"0/77/ff00\t{s}\t{k}\t{t}\t-\n" for s, k, t in rows)
    (tmp_path / "dataset.conll").write_text(conll, encoding="utf-8")
    (tmp_path / "event_mentions.json").write_text(
        '[{"conll_doc_key": "0/77/ff00", "sent_id": 2, "tokens_number": [1], "description": "77.death.1"}]',
        encoding="utf-8",
    )
    (report,) = module.read_reports(tmp_path)
    assert (report.name, report.day, report.incident) == ("g0000.txt", "2031-03-04", "77")
    assert report.text == "Mill shooting\n\nTwo died. "
    assert [(report.text[a:b], i) for a, b, i in report.marked] == [("died", "77")]


def test_truth_of_a_claim_is_what_is_marked_inside_it(module):
    report = module.Report("g.txt", "x" * 100, "2031-03-04", "77", ((5, 9, "77"), (20, 24, "0")))

    def of(start, end):
        return module.truth({"claim_id": "c", "start": start, "end": end}, report, "gun")

    assert of(0, 10) == of(0, 30) == "77/gun"
    assert of(15, 30) == "other:c"
    assert of(6, 30) == "other:c"  # half of a marked word is not inside
    assert of(30, 99) is None


def test_points_leave_out_pairs_whose_truth_nobody_knows(module):
    gold = {"a": "1/gun", "b": "1/gun", "x": "other:x", "y": "other:y"}
    said = {("a", "b"): 0.9, ("a", "x"): 0.3, ("x", "y"): 0.5, ("a", "u"): 0.5}
    document = {"a": "d", "b": "d", "x": "e", "y": "e", "u": "e"}
    assert module.points(said, gold, document, across=False) == [(0.9, True), (0.3, False)]
    assert module.points(said, gold, document, across=True) == [(0.3, False)]


def test_share_together_counts_a_claim_of_several_incidents_wherever_it_is(module):
    draws = [(0, "a", "p"), (0, "a", "q"), (0, "b", "q"), (1, "a", "p"), (1, "b", "b")]
    assert module.share_together([("a", "b")], draws) == {("a", "b"): 0.5}


def test_documents_are_of_the_incident_that_holds_most_of_their_claims_arrests_aside(module):
    names = ["d1", "d2", "d3"]
    reports = [module.Report(n, "", "", "77") for n in names]
    claims = [{"claim_id": f"{n}{k}", "document": n} for n in names[:2] for k in range(3)]
    incidents = [
        {"incident_id": "i", "event": "shooting", "claims": ["d10", "d20", "d21"]},
        {"incident_id": "j", "event": "arrest", "claims": ["d11", "d12", "d22"]},
    ]
    found = module.incident_of_documents(reports, module.Linked(claims, [], incidents, []), {"arrest"})
    assert found == {"d1": "i", "d2": "i", "d3": "d3"}


def test_without_the_reports_the_benchmark_says_why_it_is_skipped(module, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("sys.argv", ["link_reports.py", "--shared", str(tmp_path), "--json"])
    assert module.main() == module.SKIPPED
    assert "not beside the repository" in capsys.readouterr().err
