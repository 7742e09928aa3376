"""The embedded engine: what is written is read back, old tables stay until new ones are complete."""

from __future__ import annotations

import hashlib

import pytest

from leadline.engine.arrow import arrow_schema
from leadline.engine.duckdb import DuckDBEngine
from leadline.errors import CaseError
from leadline.schema import (
    CLAIM_ORIGINS,
    DOCUMENTS,
    ESTIMATES,
    TABLES,
    TIMES,
    ClaimOrigin,
    Document,
    Estimate,
    ModelEstimate,
    TimeMention,
)


def document(n: int) -> Document:
    return Document(
        document=f"d{n:03d}",
        sha256=hashlib.sha256(str(n).encode()).hexdigest(),
        text=f"Ünïcode 𝔘 {n}",
        series="x",
        language=None,
        boilerplate=((0, 2), (3, 5)),
    )


def length(batch) -> int:
    return sum(len(d.text) for d in batch)


@pytest.fixture
def engine(tmp_path):
    return DuckDBEngine(tmp_path / "tables", {}, batch_size=4)


def commit(engine, stage, fingerprint, tables):
    engine.begin(stage)
    for table, rows in tables.items():
        engine.write(table, rows)
    outputs = engine.seal(stage, fingerprint)
    engine.commit(stage, fingerprint)
    return outputs


def test_engine_reads_back_what_was_written(engine):
    docs = [document(n) for n in range(10)]
    commit(engine, "ingest", "a" * 64, {DOCUMENTS: docs})
    assert list(engine.records(DOCUMENTS, Document)) == docs
    assert [len(b) for b in engine.batches(DOCUMENTS)] == [4, 4, 2]


def test_engine_keeps_open_objects_and_renamed_columns(engine):
    estimate = Estimate(
        observed=1,
        lists=("a",),
        estimable=False,
        reasons=(),
        models=(
            ModelEstimate(
                name="chao", assumption="x", n_hat=None, lower=1.0, upper=None, diagnostics={"b": {"c": [1, None]}}
            ),
        ),
    )
    time = TimeMention(document="d", start=0, end=4, value="2022", start_day="2022-01-01", end_day=None)
    commit(engine, "estimate", "a" * 64, {ESTIMATES: [estimate]})
    commit(engine, "extract", "a" * 64, {TIMES: [time]})
    assert list(engine.records(ESTIMATES, Estimate)) == [estimate]
    assert list(engine.records(TIMES, TimeMention)) == [time]
    assert engine.read(TIMES).column_names[4:] == ["from", "to"]


def test_engine_unwritten_table_reads_as_empty(engine):
    assert engine.count(DOCUMENTS) == 0
    assert engine.read(DOCUMENTS).num_rows == 0
    assert list(engine.records(DOCUMENTS, Document)) == []


def test_engine_same_rows_give_the_same_bytes(tmp_path):
    digests = {
        commit(DuckDBEngine(tmp_path / str(n), {}), "ingest", "a" * 64, {DOCUMENTS: [document(1)]})["documents"][
            "sha256"
        ]
        for n in range(2)
    }
    assert len(digests) == 1


def test_engine_abandoned_stage_leaves_the_old_tables(engine):
    commit(engine, "ingest", "a" * 64, {DOCUMENTS: [document(1)]})
    engine.begin("ingest")
    engine.write(DOCUMENTS, [document(2), document(3)])
    engine.abandon()
    assert [d.document for d in engine.records(DOCUMENTS, Document)] == ["d001"]


def test_engine_sealed_but_uncommitted_tables_do_not_exist_for_readers(engine, tmp_path):
    commit(engine, "ingest", "a" * 64, {DOCUMENTS: [document(1)]})
    engine.begin("ingest")
    engine.write(DOCUMENTS, [document(2)])
    engine.seal("ingest", "b" * 64)  # killed here: the ledger still names the first fingerprint
    again = DuckDBEngine(tmp_path / "tables", {"ingest": "a" * 64})
    assert [d.document for d in again.records(DOCUMENTS, Document)] == ["d001"]


def test_engine_missing_table_says_what_to_do(engine):
    commit(engine, "ingest", "a" * 64, {DOCUMENTS: [document(1)]})
    engine.path(DOCUMENTS).unlink()
    with pytest.raises(CaseError, match="--from ingest"):
        engine.count(DOCUMENTS)


def test_engine_writing_outside_a_stage_is_an_error(engine):
    with pytest.raises(CaseError), engine.writer(DOCUMENTS):
        pass


def test_engine_sql_joins_tables(engine):
    commit(engine, "ingest", "a" * 64, {DOCUMENTS: [document(n) for n in range(3)]})
    commit(engine, "trace", "a" * 64, {CLAIM_ORIGINS: [ClaimOrigin(claim_id="d001", origin_id="o")]})
    found = engine.sql("select document from d join c on d.document = c.claim_id", d=DOCUMENTS, c=CLAIM_ORIGINS)
    assert found.to_pylist() == [{"document": "d001"}]


@pytest.mark.parametrize("workers", [1, 2])
def test_engine_map_batches_keeps_order_for_any_number_of_workers(engine, workers):
    docs = [document(n) for n in range(11)]
    commit(engine, "ingest", "a" * 64, {DOCUMENTS: docs})
    assert list(engine.map_batches(length, DOCUMENTS, workers=workers)) == [length(docs[i : i + 4]) for i in (0, 4, 8)]


@pytest.mark.parametrize("name", sorted(TABLES))
def test_engine_every_table_has_an_arrow_schema_with_descriptions(name):
    fields = list(arrow_schema(TABLES[name]))
    assert fields
    assert all(f.metadata and f.metadata[b"description"] for f in fields)
