"""The stage as a whole: every item in one table, the ledger told once, the order and the batch size without effect."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from pathlib import Path

import pytest
from ingested import SETTINGS, ingest, write_files

from leadline.case import Case
from leadline.errors import CaseError, InputError
from leadline.ingest import input_fingerprint
from leadline.ingest.store import Originals, digest
from leadline.ledger import Ledger
from leadline.register import Source
from leadline.schema import Published
from leadline.settings import Settings

FILES = {
    "a.txt": "Two men refused to go, their captain told a meeting of relatives.",
    "b/c.txt": "Forty men left the camp at night, according to the district office.",
    "d.html": "<html><body><p>The office denied that anybody had left the camp at night.</p></body></html>",
    "e.jsonl": '{"document": "wire-1", "text": "The men returned on Monday, the wire said."}\n{"document": "wire-2", "text": ""}\n',
    "f.png": b"\x89PNG\r\n\x1a\n\x00\x00",
    "g.txt": "",
}  # fmt: skip


def entries(case, kind=None):
    with Ledger.open(case / "ledger.sqlite", write=False) as ledger:
        return list(ledger.entries(kind))


def test_stage_every_item_ends_in_one_table_and_its_original_is_kept(tmp_path):
    heap = write_files(tmp_path / "heap", FILES)
    documents, refusals = ingest(tmp_path / "case", heap)
    assert [d.document for d in documents] == ["a.txt", "b/c.txt", "d.html", "wire-1"]
    assert [r.document for r in refusals] == ["f.png", "g.txt", "wire-2"]
    assert [d.media_type for d in documents] == ["text/plain", "text/plain", "text/html", "application/jsonl"]
    store = Originals(tmp_path / "case" / "originals")
    for d in documents:
        assert digest(store.path(d.sha256).read_bytes()) == d.sha256
    assert store.path(digest(FILES["a.txt"].encode())).exists()
    assert all(r.sha256 and r.reason for r in refusals)


def test_stage_ledger_lists_each_item_once_and_holds_no_content(tmp_path):
    heap = write_files(tmp_path / "heap", FILES)
    documents, _ = ingest(tmp_path / "case", heap)
    first = [(e.kind, e.payload) for e in entries(tmp_path / "case") if e.kind != "run"]
    ingest(tmp_path / "case", heap)
    assert [(e.kind, e.payload) for e in entries(tmp_path / "case") if e.kind != "run"] == first
    assert sorted(kind for kind, _ in first) == ["item"] * 4 + ["refusal"] * 3
    assert {p["name_sha256"] for k, p in first if k == "item"} == {digest(d.document.encode()) for d in documents}
    assert all(set(p) == {"sha256", "size", "media_type", "name_sha256"} for k, p in first if k == "item")
    raw = (tmp_path / "case" / "ledger.sqlite").read_bytes()
    assert b"refused" not in raw
    assert b"a.txt" not in raw


def test_stage_a_changed_file_is_a_new_item_and_its_old_original_stays(tmp_path):
    heap = write_files(tmp_path / "heap", {"a.txt": "Two men refused."})
    ingest(tmp_path / "case", heap)
    write_files(heap, {"a.txt": "Three men refused."})
    documents, _ = ingest(tmp_path / "case", heap)
    assert [d.text for d in documents] == ["Three men refused."]
    assert len(entries(tmp_path / "case", "item")) == 2
    assert Originals(tmp_path / "case" / "originals").path(digest(b"Two men refused.")).exists()


def test_stage_identical_bytes_under_two_names_are_two_documents(tmp_path):
    documents, _ = ingest(
        tmp_path / "case", write_files(tmp_path / "heap", {"a.txt": "They refused.", "b.txt": "They refused."})
    )
    assert [d.document for d in documents] == ["a.txt", "b.txt"]
    assert documents[0].sha256 == documents[1].sha256
    assert len([p for p in (tmp_path / "case" / "originals").rglob("*") if p.is_file()]) == 1


def test_stage_tables_are_the_same_bytes_whatever_the_order_of_paths(tmp_path):
    heap = write_files(
        tmp_path / "heap", {f"{i:02}.txt": f"On day {i} the men refused again to leave." for i in range(20)}
    )
    paths = sorted(heap.iterdir())
    tables = []
    for n in range(2):
        random.Random(n).shuffle(paths)
        ingest(tmp_path / f"case{n}", *paths)
        tables.append({p.name: p.read_bytes() for p in (tmp_path / f"case{n}" / "tables").rglob("*.parquet")})
    assert tables[0] == tables[1]
    assert set(tables[0]) == {"documents.parquet", "refusals.parquet"}


def test_stage_batch_size_changes_no_row(tmp_path):
    heap = write_files(tmp_path / "heap", FILES)
    small = Settings(shipped_register=False, workers=1, batch_size=1)
    assert ingest(tmp_path / "one", heap, settings=small) == ingest(tmp_path / "two", heap)


def test_stage_given_dates_and_outlets_win_and_are_marked(tmp_path):
    heap = write_files(
        tmp_path / "heap",
        {
            "a.txt": "Title\n\nPublished: 4 May 2021\n\nThe men refused to go to the river that night.",
            "deep/b.txt": "Published: 4 May 2021\n\nThey stayed where they were, it is said.",
        },
    )
    meta = tmp_path / "heap" / "meta.csv"
    meta.write_text("document,published,publisher,note\na.txt,2021-05,Harbour Post,x\nb.txt,,,unknown\n")
    settings = Settings(shipped_register=False, workers=1, meta=str(meta))
    (a, b), refusals = ingest(tmp_path / "case", heap, settings=settings)
    assert refusals == []
    assert a.published == Published(start="2021-05-01", end="2021-05-31", basis="given", evidence="meta.csv: 2021-05")
    assert (a.publisher, a.series) == ("Harbour Post", "harbour post")
    assert (b.published.basis, b.publisher, b.series) == ("stated", None, "deep/b.txt")


@pytest.mark.parametrize(
    ("meta", "message"),
    [
        ("document,published\na.txt,05/04/2021\n", r"'05/04/2021' is no date.*2023-02-28"),
        ("document,published\na.txt,2021\na.txt,2022\n", "a.txt stands twice"),
        ("name,published\na.txt,2021\n", "the columns are name, published"),
        (None, "cannot be read"),
    ],
)
def test_stage_a_wrong_meta_file_stops_the_run_before_anything_is_written(tmp_path, meta, message):
    heap = write_files(tmp_path / "heap", {"a.txt": "They refused."})
    if meta is not None:
        (tmp_path / "meta.csv").write_text(meta)
    settings = Settings(shipped_register=False, meta=str(tmp_path / "meta.csv"))
    with pytest.raises(InputError, match=message):
        ingest(tmp_path / "case", heap, settings=settings)
    assert [e.payload["stage"] for e in entries(tmp_path / "case")] == [
        "settings"
    ]  # the case is made, and holds nothing


def test_stage_series_is_the_entry_of_the_register(tmp_path):
    register = tmp_path / "register.toml"
    source = Source(id="harbour-post", name="Harbour Post", kind="outlet", aliases=("HP",))
    register.write_text(
        f'title = "x"\n[[sources]]\nid = "{source.id}"\nname = "{source.name}"\nkind = "outlet"\naliases = ["HP"]\n'
    )
    heap = write_files(
        tmp_path / "heap",
        {
            "x.csv": "id,text,publisher\n1,They refused.,HP\n2,They left.,The Harbour Post\n3,They stayed.,Unknown Gazette\n"
        },
    )
    documents, _ = ingest(
        tmp_path / "case", heap, settings=Settings(shipped_register=False, registers=(str(register),))
    )
    assert [d.series for d in documents] == ["harbour-post", "harbour-post", "unknown gazette"]


def test_stage_fingerprint_follows_names_and_bytes_only(tmp_path):
    heap = write_files(tmp_path / "heap", {"a.txt": "x", "b.txt": "y"})
    same = write_files(tmp_path / "same", {"b.txt": "y", "a.txt": "x"})
    first = input_fingerprint([heap])
    assert first == input_fingerprint([same]) == input_fingerprint([heap / "b.txt", heap / "a.txt"])
    write_files(heap, {"a.txt": "z"})
    changed = input_fingerprint([heap])
    (heap / "b.txt").rename(heap / "c.txt")
    assert len({first, changed, input_fingerprint([heap])}) == 3


def test_stage_second_writer_is_told(tmp_path):
    heap = write_files(tmp_path / "heap", {"a.txt": "They refused."})
    ingest(tmp_path / "case", heap)
    with Ledger.open(Case.open(tmp_path / "case").ledger_path), pytest.raises(CaseError, match="another Leadline"):
        ingest(tmp_path / "case", heap, settings=SETTINGS)


def test_stage_a_row_of_meta_by_file_name_only_where_it_can_mean_one_document(tmp_path):
    heap = write_files(
        tmp_path / "heap",
        {"a/x.txt": "They left the camp at night.", "b/x.txt": "They came back at dawn.", "b/y.txt": "They stayed."},
    )
    (tmp_path / "meta.csv").write_text("document,published\nx.txt,2021-05-04\ny.txt,2021-05-05\na/x.txt,2021-05-06\n")
    documents, _ = ingest(
        tmp_path / "case", heap, settings=Settings(shipped_register=False, meta=str(tmp_path / "meta.csv"))
    )
    assert [d.published and d.published.start for d in documents] == ["2021-05-06", None, "2021-05-05"]


def test_stage_a_page_that_breaks_the_library_is_read_plainly(tmp_path, monkeypatch):
    import trafilatura

    def broken(*args, **kwargs):
        raise KeyError("deep inside")

    monkeypatch.setattr(trafilatura, "bare_extraction", broken)
    (document,), _ = ingest(
        tmp_path / "case", write_files(tmp_path / "heap", {"a.html": "<html><body><p>They refused.</p></body></html>"})
    )
    assert document.text == "They refused."


def test_stage_tables_do_not_depend_on_hash_seed_time_zone_or_locale(tmp_path):
    page = (
        "By Mara Lind\n\nMara Lind\n\nReporter\n\nPublished: 4 May 2021\n\n"
        + "The men refused to go. " * 20
        + "\n\n© 2021 Harbour Post. All rights reserved."
    )
    heap = write_files(
        tmp_path / "heap",
        {**FILES, "page.txt": page, "ru.txt": "Солдаты отказались идти вперёд, сообщила разведка.".encode("koi8-r")},
    )
    tests = Path(__file__).parent.parent
    digests = set()
    for i, (seed, zone, locale) in enumerate((("1", "UTC", "C"), ("2", "Pacific/Auckland", "tr_TR.UTF-8"))):
        case = tmp_path / f"case{i}"
        code = f"import sys; sys.path.insert(0, {str(tests)!r})\nfrom pathlib import Path\nfrom ingested import ingest\ningest(Path({str(case)!r}), Path({str(heap)!r}))"
        environment = {**os.environ, "PYTHONHASHSEED": seed, "TZ": zone, "LC_ALL": locale}
        subprocess.run([sys.executable, "-c", code], env=environment, check=True)
        digests.add(tuple(digest(p.read_bytes()) for p in sorted((case / "tables").rglob("*.parquet"))))
    assert len(digests) == 1
