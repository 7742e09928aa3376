"""Exports: the contract of design.md section 3."""

from __future__ import annotations

import csv
import json

import pyarrow.parquet as pq
import pytest
from publish_heap import TEXT_A, TEXT_B, tables

from leadline.errors import InputError
from leadline.publish.export import export_tables, geojson
from leadline.publish.rows import EXPORTS, columns


def rows(path):
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


@pytest.fixture
def engine(make_engine):
    return make_engine(tables())


def test_export_claims_quote_equals_text(engine, tmp_path):
    export_tables(engine, tmp_path / "out")
    text = {"a.txt": TEXT_A, "b.txt": TEXT_B}
    found = rows(tmp_path / "out" / "claims.jsonl")
    assert len(found) == 3
    for row in found:
        assert text[row["document"]][row["start"] : row["end"]] == row["quote"]


def test_export_claims_join_origin_and_incident(engine, tmp_path):
    export_tables(engine, tmp_path / "out")
    by_id = {r["claim_id"]: r for r in rows(tmp_path / "out" / "claims.jsonl")}
    assert (by_id["a.txt#c1"]["origin_id"], by_id["a.txt#c1"]["incident_id"]) == ("o1", "i1")
    assert by_id["a.txt#c2"]["origin_id"] is None
    assert by_id["a.txt#c1"]["place"]["name"] == "Oldmarsh"
    assert by_id["a.txt#c2"]["place"] is None
    assert by_id["a.txt#c1"]["number"] == {"low": 30.0, "high": None, "unit": "soldiers"}


def test_export_columns_are_all_described(engine, tmp_path):
    export_tables(engine, tmp_path / "out")
    for name in EXPORTS:
        described = {c[0] for c in columns(name)}
        assert all(c[2] for c in columns(name))
        for row in rows(tmp_path / "out" / f"{name}.jsonl"):
            assert set(row) == described, name
    dictionary = (tmp_path / "out" / "data-dictionary.md").read_text(encoding="utf-8")
    assert all(f"## {name}\n" in dictionary for name in EXPORTS)


def test_export_csv_defuses_formulas_and_reads_back(engine, tmp_path):
    export_tables(engine, tmp_path / "out", "csv")
    with (tmp_path / "out" / "documents.csv").open(encoding="utf-8", newline="") as f:
        found = list(csv.DictReader(f))
    assert found[0]["title"] == "'=Refused"
    assert json.loads(found[0]["boilerplate"])[0][1] == len(TEXT_A)


def test_export_parquet_has_the_same_columns(engine, tmp_path):
    export_tables(engine, tmp_path / "out", "parquet")
    table = pq.read_table(tmp_path / "out" / "claims.parquet")
    assert table.column_names == [c[0] for c in columns("claims")]
    assert table.num_rows == 3


def test_export_geojson_never_draws_unknown_places_or_exact_witnesses(engine):
    feature = json.loads(geojson(engine, frozenset({"refusal"})))["features"][0]
    assert feature["geometry"]["coordinates"] == [-40.75, 10.0]
    assert feature["properties"]["precision_m"] == 25_000


def test_export_geojson_draws_other_events_where_they_are(engine):
    feature = json.loads(geojson(engine, frozenset()))["features"][0]
    assert feature["geometry"]["coordinates"] == [-40.6543, 10.1234]


@pytest.mark.parametrize("kind", ["jsonl", "geojson"])
def test_export_warns_of_names_and_of_points(engine, tmp_path, kind):
    export_tables(engine, tmp_path / "out", kind)
    notice = (tmp_path / "out" / "INTERNAL.txt").read_text(encoding="utf-8")
    assert notice.startswith("Internal, not for publication.")
    assert all(word in notice for word in ("persons", "phone numbers", "addresses", "Points", "district"))


def test_export_unknown_format_is_an_error_that_lists_the_known(engine, tmp_path):
    with pytest.raises(InputError, match="jsonl, csv, parquet, geojson"):
        export_tables(engine, tmp_path / "out", "xlsx")
