"""The ledger only grows, shows every change, has one writer and holds no content."""

from __future__ import annotations

import hashlib
import json
import shutil
import sqlite3
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadline.errors import CaseError
from leadline.ledger import KINDS, Ledger
from leadline.verifier.chain import GENESIS, canonical, entry_hash, from_database, from_text

FIELDS = st.tuples(st.integers(1, 99), st.text(), st.text(), st.text(), st.text())


@pytest.fixture
def path(tmp_path):
    with Ledger.open(tmp_path / "ledger.sqlite") as ledger:
        for i in range(5):
            ledger.append("item", {"sha256": f"{i:064x}", "size": i})
        ledger.append("run", {"stage": "ingest", "fingerprint": "ab", "outputs": {}})
    return tmp_path / "ledger.sqlite"


def tamper(path, *statements):
    """Change the file as somebody with a database tool would, triggers out of the way."""
    connection = sqlite3.connect(path)
    for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'").fetchall():
        connection.execute(f"DROP TRIGGER {name}")
    for statement in statements:
        connection.execute(statement)
    connection.commit()
    connection.close()


def broken(path):
    return from_database(path)[1]


def test_ledger_chain_starts_at_genesis_and_each_entry_follows_the_one_before(path):
    with Ledger.open(path, write=False) as ledger:
        entries = list(ledger.entries())
        assert ledger.head() == entries[-1].hash
    assert broken(path) == []
    assert [e.seq for e in entries] == [1, 2, 3, 4, 5, 6]
    assert [e.previous for e in entries] == [GENESIS, *(e.hash for e in entries[:-1])]
    assert all(e.time.endswith("+00:00") for e in entries)


def test_ledger_filters_by_kind_in_order(path):
    with Ledger.open(path, write=False) as ledger:
        assert [e.payload["size"] for e in ledger.entries("item")] == [0, 1, 2, 3, 4]
        assert [e.kind for e in ledger.entries("run")] == ["run"]
        assert ledger.has("item", {"size": 3, "sha256": f"{3:064x}"})
        assert not ledger.has("item", {"size": 3})


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE entries SET payload = '{}' WHERE seq = 2",
        "DELETE FROM entries WHERE seq = 6",
        "INSERT INTO entries VALUES (9, 't', 'item', '{}', 'x', 'y')",
        "INSERT OR REPLACE INTO entries VALUES (2, 't', 'item', '{}', 'x', 'y')",
        "INSERT INTO entries VALUES (7, 't', 'item', '{}', 'not the head', 'y')",
    ],
)
def test_ledger_refuses_everything_but_an_append_at_the_end(path, statement):
    connection = sqlite3.connect(path)
    with pytest.raises(sqlite3.IntegrityError, match="only grows"):
        connection.execute(statement)
    connection.close()
    assert broken(path) == []


@pytest.mark.parametrize(
    ("statement", "reason"),
    [
        ("UPDATE entries SET payload = replace(payload, '3', '4') WHERE seq = 4", "content does not match"),
        ("UPDATE entries SET time = '2020-01-01' WHERE seq = 4", "content does not match"),
        ("UPDATE entries SET kind = 'refusal' WHERE seq = 4", "content does not match"),
        ("DELETE FROM entries WHERE seq = 3", "entry 3 is missing"),
        ("DELETE FROM entries WHERE seq = 1", "entry 1 is missing"),
        ("UPDATE entries SET seq = seq + 10 WHERE seq = 6", "entry 6 is missing"),
    ],
)
def test_ledger_check_names_the_place_of_a_change(path, statement, reason):
    tamper(path, statement)
    found = broken(path)
    assert any(reason in b for b in found)
    assert not any(b.startswith("entry 1:") for b in found)


def test_ledger_check_finds_a_rehashed_entry_by_the_one_after_it(path):
    with Ledger.open(path, write=False) as ledger:
        e = list(ledger.entries())[2]
    forged = canonical({"sha256": "f" * 64, "size": 2})
    digest = entry_hash(e.seq, e.time, e.kind, forged, e.previous)
    tamper(path, f"UPDATE entries SET payload = '{forged}', hash = '{digest}' WHERE seq = 3")
    assert broken(path) == ["entry 4: it does not follow the entry before it"]


def test_ledger_check_finds_two_swapped_entries(path):
    tamper(
        path,
        "UPDATE entries SET seq = 100 WHERE seq = 2",
        "UPDATE entries SET seq = 2 WHERE seq = 3",
        "UPDATE entries SET seq = 3 WHERE seq = 100",
    )
    assert {b.partition(":")[0] for b in broken(path)} >= {"entry 2", "entry 3"}


def test_ledger_every_flipped_bit_of_its_text_is_found(path):
    """All bits: a line is the one way to write its content, so no byte of the text is free to change."""
    data = path.with_name("ledger.jsonl").read_bytes()
    assert from_text(data)[2] == []
    for i in range(len(data)):
        for bit in range(8):
            flipped = bytearray(data)
            flipped[i] ^= 1 << bit
            assert from_text(bytes(flipped))[2], (i, bit)


@pytest.mark.parametrize("cut", [1, 2, 100])
def test_ledger_text_cut_or_longer_is_found(path, cut):
    data = path.with_name("ledger.jsonl").read_bytes()
    lines = data.split(b"\n")
    assert from_text(data[:-cut])[2]
    assert from_text(data + b"\n" * cut)[2]
    assert from_text(b"\n".join([*lines[:-2], b""]))[2]  # without its seal
    assert from_text(b"\n".join(lines[:-3] + lines[-2:]))[2]  # without its last entry


def test_ledger_text_holds_the_entries_and_the_digest_of_the_database(path):
    rows, seal, wrong = from_text(path.with_name("ledger.jsonl").read_bytes())
    assert wrong == []
    assert rows == from_database(path)[0]
    assert seal.sqlite == hashlib.sha256(path.read_bytes()).hexdigest()
    with Ledger.open(path, write=False) as ledger:
        assert (seal.entries, seal.head) == (6, ledger.head())


def test_ledger_is_not_sealed_while_it_is_written_and_again_when_it_is_closed(path):
    with Ledger.open(path) as ledger:
        assert path.with_name("ledger.jsonl").exists()  # nothing has changed yet
        ledger.append("item", {"size": 9})
        assert not path.with_name("ledger.jsonl").exists()
        assert path.with_name("ledger.open.jsonl").exists()
    assert not path.with_name("ledger.open.jsonl").exists()
    assert len(from_text(path.with_name("ledger.jsonl").read_bytes())[0]) == 7


def test_ledger_opened_without_an_append_keeps_its_bytes(path):
    before = {p.name: p.read_bytes() for p in path.parent.iterdir()}
    Ledger.open(path).close()
    assert {p.name: p.read_bytes() for p in path.parent.iterdir()} == before


@pytest.mark.parametrize("name", ["ledger.sqlite", "ledger.jsonl"])
def test_ledger_changed_from_outside_is_not_continued(path, name):
    changed = path.with_name(name)
    data = bytearray(changed.read_bytes())
    data[-40] ^= 1
    changed.write_bytes(data)
    with pytest.raises(CaseError, match="changed since the last run"):
        Ledger.open(path)
    assert changed.read_bytes() == data


@pytest.mark.parametrize("kind", ["wal", "journal"])
def test_ledger_with_a_log_put_beside_it_is_not_continued(path, tmp_path_factory, kind):
    """SQLite would take an entry from it into the file before anybody looks."""
    other = shutil.copy(path, tmp_path_factory.mktemp("other") / "ledger.sqlite")
    connection = sqlite3.connect(other)
    connection.execute("INSERT INTO entries SELECT 7, 't', 'run', '{}', hash, 'x' FROM entries WHERE seq = 6")
    connection.commit()
    log = other.with_name("ledger.sqlite-wal").read_bytes()
    connection.close()
    assert log
    path.with_name(f"ledger.sqlite-{kind}").write_bytes(log)
    before = path.read_bytes()
    with pytest.raises(CaseError, match="stands beside it"):
        Ledger.open(path)
    assert path.read_bytes() == before


def test_ledger_that_lost_entries_while_it_was_unsealed_is_not_continued(path):
    opened = path.with_name("ledger.open.jsonl")
    path.with_name("ledger.jsonl").rename(opened)  # as a stopped run leaves it
    text = opened.read_bytes()
    tamper(path, "DELETE FROM entries WHERE seq > 3")
    with pytest.raises(CaseError, match="do not continue"):
        Ledger.open(path)
    path.unlink()
    with pytest.raises(CaseError, match="it is gone"):
        Ledger.open(path)
    assert not path.exists()
    assert opened.read_bytes() == text


def test_ledger_of_an_earlier_version_is_brought_up_to_date_and_keeps_its_entries(path):
    rows = from_database(path)[0]
    former = ", ".join(f"'{k}'" for k in KINDS if k != "anchor")
    path.with_name("ledger.jsonl").unlink()
    tamper(
        path,
        "ALTER TABLE entries RENAME TO e",
        "CREATE TABLE entries (seq INTEGER PRIMARY KEY, time TEXT NOT NULL, kind TEXT NOT NULL CHECK "
        f"(kind IN ({former})), payload TEXT NOT NULL, previous TEXT NOT NULL, hash TEXT NOT NULL) STRICT",
        "INSERT INTO entries SELECT * FROM e ORDER BY seq",
        "DROP TABLE e",
    )
    with Ledger.open(path) as ledger:
        ledger.append("anchor", {"files": {}})
    assert from_database(path)[0][:-1] == rows
    assert broken(path) == []
    connection = sqlite3.connect(path)
    with pytest.raises(sqlite3.IntegrityError, match="only grows"):
        connection.execute("DELETE FROM entries WHERE seq = 1")
    connection.close()


def test_ledger_second_writer_gets_a_clear_error_and_readers_do_not(path):
    with Ledger.open(path) as first:
        with pytest.raises(CaseError, match="another Leadline is writing"):
            Ledger.open(path)
        with Ledger.open(path, write=False) as reader:
            assert reader.head() == first.head()
    Ledger.open(path).close()


def test_ledger_lock_holds_between_processes_and_ends_with_its_process(path):
    code = f"import sys\nfrom pathlib import Path\nfrom leadline.ledger import Ledger\nl = Ledger.open(Path({str(path)!r}))\nprint('open', flush=True)\nsys.stdin.read()"
    with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout.readline() == b"open\n"
        with pytest.raises(CaseError, match="another Leadline"):
            Ledger.open(path)
        other.kill()
        other.wait()
    with Ledger.open(path) as ledger:
        assert ledger.append("run", {"stage": "x"}).seq == 7


def test_ledger_open_for_reading_cannot_write_and_leaves_no_file(path):
    before = sorted(p.name for p in path.parent.iterdir())
    with Ledger.open(path, write=False) as ledger, pytest.raises(CaseError, match="reading only"):
        ledger.append("item", {})
    assert sorted(p.name for p in path.parent.iterdir()) == before


def test_ledger_extend_adds_all_or_nothing(path):
    with Ledger.open(path) as ledger:
        with pytest.raises(CaseError):
            ledger.extend([("item", {"size": 9}), ("no such kind", {})])
        assert ledger.head() == list(ledger.entries())[-1].hash
        assert sum(1 for _ in ledger.entries()) == 6


def test_ledger_rejects_what_is_no_ledger(tmp_path):
    (tmp_path / "ledger.sqlite").write_text("this is not a database, it is a shopping list for a long winter")
    with pytest.raises(CaseError, match="cannot be used"):
        Ledger.open(tmp_path / "ledger.sqlite")
    with pytest.raises(CaseError, match="missing"):
        Ledger.open(tmp_path / "nothing.sqlite", write=False)


def test_ledger_is_not_begun_where_the_disk_takes_no_log(tmp_path, monkeypatch):
    """A full disk makes SQLite keep its older journal and say nothing; what was sealed so would change at the next opening."""

    class Full(sqlite3.Connection):
        def execute(self, statement, *values):
            return super().execute(statement.replace("journal_mode = WAL", "journal_mode"), *values)

    real = sqlite3.connect
    with monkeypatch.context() as m:
        m.setattr("leadline.ledger.sqlite3.connect", lambda *a, **k: real(*a, **k, factory=Full))
        with pytest.raises(CaseError, match="no write-ahead log"):
            Ledger.open(tmp_path / "ledger.sqlite")
    with Ledger.open(tmp_path / "ledger.sqlite") as ledger:
        ledger.append("item", {"sha256": "ab", "size": 1})
    sealed = from_text((tmp_path / "ledger.jsonl").read_bytes())[1].sqlite
    Ledger.open(tmp_path / "ledger.sqlite").close()
    assert hashlib.sha256((tmp_path / "ledger.sqlite").read_bytes()).hexdigest() == sealed


def test_ledger_is_written_ahead_and_folded_in_on_close(path):
    with Ledger.open(path) as ledger:
        ledger.append("item", {"size": 1})
        assert path.with_name("ledger.sqlite-wal").stat().st_size > 0
    assert not path.with_name("ledger.sqlite-wal").exists()


@given(FIELDS, FIELDS)
def test_ledger_hash_is_unambiguous(a, b):
    assert (entry_hash(*a) == entry_hash(*b)) == (a == b)


@given(
    st.dictionaries(
        st.text(), st.one_of(st.none(), st.integers(), st.text(), st.floats(allow_nan=False, allow_infinity=False))
    )
)
def test_ledger_canonical_payload_does_not_depend_on_key_order(payload):
    assert canonical(payload) == canonical(dict(reversed(payload.items())))
    canonical(payload).encode("ascii")


def test_ledger_canonical_refuses_what_json_cannot_say():
    with pytest.raises(ValueError, match="JSON"):
        canonical({"x": float("nan")})


def test_ledger_chain_can_be_checked_with_the_standard_library_as_documented(path):
    previous = "0" * 64
    connection = sqlite3.connect(path)
    for seq, time, kind, payload, before, digest in connection.execute("SELECT * FROM entries ORDER BY seq"):
        fields = ["leadline-ledger", 1, seq, time, kind, payload, before]
        assert before == previous
        assert digest == hashlib.sha256(json.dumps(fields, separators=(",", ":")).encode()).hexdigest()
        previous = digest
    connection.close()
