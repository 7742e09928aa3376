"""The example case, end to end: Leadline finds in it what `expected.toml`, written by reading, says is there.

A check listed there as a shortfall must fail; when it starts to hold, strike it from the list.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from example_checks import EXAMPLE, Found, checks, read_expected

from leadline.pipeline import Summary, run_case
from leadline.settings import load_settings

EXPECTED = read_expected()
CHECKS = checks(EXPECTED)
SHORTFALLS = {name: s["reason"] for s in EXPECTED.get("shortfall", ()) for name in s["checks"]}

# What the example must show whatever else falls short: bad input and furniture are kept out, who copied whom, that the two
# calls are two origins of one body, that the two videos are two lines, and that nothing is estimated.
CORE = (
    "counts",
    "relation ",
    "no copy ",
    "no claim ",
    "prose ",
    "other origin ford-order tarn-quay",
    "not independent ford-order tarn-quay",
    "other origin kesten trees",
    "independent kesten trees",
    "same origin ford-order ford-order-copy",
    "same origin ford-order ford-order-excerpt",
    "same origin ford-order ford-order-spun",
    "not estimable",
)


@pytest.fixture(scope="session")
def run(tmp_path_factory: pytest.TempPathFactory) -> Summary:
    settings = load_settings(EXAMPLE / "leadline.toml")
    return run_case([EXAMPLE / "documents"], tmp_path_factory.mktemp("example") / "case", settings)


@pytest.fixture(scope="session")
def found(run: Summary) -> Found:
    return Found.read(Path(run.folder), EXPECTED)


@pytest.mark.parametrize("name", sorted(CHECKS))
def test_example_finding(found: Found, name: str):
    try:
        CHECKS[name](found)
    except AssertionError as e:
        if name in SHORTFALLS:
            return
        pytest.fail(f"{name}: {e}")
    if name in SHORTFALLS:
        pytest.fail(f"{name} holds now: strike it from [[shortfall]] in {EXAMPLE / 'expected.toml'}")


def test_shortfalls_name_checks_outside_the_core():
    assert set(SHORTFALLS) <= set(CHECKS)
    assert not [name for name in SHORTFALLS if name.startswith(CORE)]
    assert all(len(reason.split()) > 3 for reason in SHORTFALLS.values())


def test_shortfalls_are_few():
    assert len(SHORTFALLS) <= 0.15 * len(CHECKS)


def test_example_heap_is_given_and_kept_or_refused(run: Summary):
    lines = (EXAMPLE / "documents" / "19-linewatch.jsonl").read_text(encoding="utf-8").splitlines()
    given = len([p for p in (EXAMPLE / "documents").iterdir() if p.suffix != ".jsonl"]) + len(lines)
    assert (given, run.kept + run.refused) == (EXPECTED["counts"]["given"], EXPECTED["counts"]["given"])
    assert len({json.loads(line)["document"] for line in lines}) == len(lines)


def test_example_page_with_scripts_leaves_none_in_the_dossier(run: Summary):
    pages = sorted(Path(run.dossier).parent.rglob("*.html")) if run.dossier else []
    assert pages
    for page in pages:
        text = re.sub(r"<script>.*?</script>", "", page.read_text(encoding="utf-8"), flags=re.S)  # the dossier's own
        assert not any(mark in text for mark in ("tracker.invalid", "cdn.invalid", "onerror=", "javascript:")), (
            page.name
        )


@pytest.mark.parametrize("name", ["Grell", "Jonas", "Pell covers", "Draskey"])
def test_example_dossier_names_no_soldier_and_no_reporter(run: Summary, name: str):
    naming = [
        p.name for p in Path(run.dossier).parent.rglob("*") if p.is_file() and name in p.read_text(encoding="utf-8")
    ]
    assert not naming


def test_example_places_lie_in_the_open_ocean():
    rows = (EXAMPLE / "gazetteer.csv").read_text(encoding="utf-8").splitlines()[1:]
    points = [tuple(float(x) for x in row.split(",")[7:9]) for row in rows]
    assert all(-52 < lat < -44 and -130 < lon < -118 for lat, lon in points)
