"""The dossier: opens alone, loads nothing, runs nothing, names nobody who is not in the register."""

from __future__ import annotations

import base64
import gzip
import hashlib
import re
import shutil
import unicodedata
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import parse_qsl

import msgspec
import pytest
from publish_heap import TEXT_A, tables

from leadline.errors import LeadlineError
from leadline.progress import SILENT
from leadline.publish import page_files, publish_dossier
from leadline.publish.pages import _read as read_own
from leadline.publish.view import page_name
from leadline.publish.view.phrases import page_key
from leadline.schema import (
    CLAIMS,
    DOCUMENTS,
    ESTIMATES,
    INCIDENTS,
    JUDGEMENTS,
    PERSONS,
    PLACES,
    RELATIONS,
    EvidenceLine,
    Judgement,
    ModelEstimate,
    PlaceMention,
)
from leadline.settings import Settings


class Page(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.ids: set[str] = set()
        self.words: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if "id" in dict(attrs):
            self.ids.add(dict(attrs)["id"])

    def handle_data(self, data):
        self.words.append(data)


@pytest.fixture
def dossier(make_engine, tmp_path: Path) -> Path:
    return write(make_engine, tmp_path)


def write(make_engine, tmp_path: Path, **settings: object) -> Path:
    folder = tmp_path / "dossier"
    folder.mkdir()
    publish_dossier(make_engine(tables()), Settings(shipped_register=False, **settings), folder, SILENT)
    return folder


def pages(folder: Path) -> dict[Path, Page]:
    return {p: Page(p.read_text(encoding="utf-8")) for p in sorted(folder.rglob("*.html"))}


def test_dossier_has_a_page_for_every_incident_and_document(dossier):
    assert len(list((dossier / "incidents").glob("*.html"))) == 1
    assert len(list((dossier / "documents").glob("*.html"))) == 3
    assert {p.stem for p in dossier.glob("*.html")} == {
        "index",
        "incidents",
        "map",
        "timeline",
        "documents",
        "sources",
        "challenges",
        "methods",
        "integrity",
        "glossary",
        "dictionary",
    }


def test_dossier_no_two_files_share_a_name_on_any_file_system(make_engine, tmp_path):
    """Sticks are FAT, disks of Macs HFS+: neither knows `A.txt` from `a.txt`, nor one spelling of é from the other."""
    found = tables()
    names = ["é.txt", "e\u0301.txt", "É.txt", "ﬁle.txt", "file.txt", "FILE.txt", "Straße.txt", "STRASSE.txt"]
    found[DOCUMENTS] = [msgspec.structs.replace(found[DOCUMENTS][1], document=n) for n in sorted(names)] + found[
        DOCUMENTS
    ]
    folder = tmp_path / "dossier"
    folder.mkdir()
    publish_dossier(make_engine(found), Settings(shipped_register=False), folder, SILENT)
    assert len(list((folder / "documents").glob("*.html"))) == len(names) + 3
    written = [p.relative_to(folder).as_posix() for p in folder.rglob("*")]
    assert len({unicodedata.normalize("NFKC", n).casefold() for n in written}) == len(written)


def test_dossier_a_second_page_of_one_name_is_an_error(make_engine, tmp_path, monkeypatch):
    monkeypatch.setattr("leadline.publish.view.documents.page_name", lambda *_: "documents/one.html")
    with pytest.raises(FileExistsError, match=r"documents/one\.html"):
        write(make_engine, tmp_path)


def test_dossier_long_lists_are_cut_into_parts_that_say_so(make_engine, tmp_path, monkeypatch):
    monkeypatch.setattr("leadline.publish.page_files.LISTED", 2)
    folder = write(make_engine, tmp_path)
    parts = sorted(p.name for p in folder.glob("documents*.html"))
    assert parts == ["documents-2.html", "documents.html"]
    rows = [
        sum("data-row" in a for _, a in Page((folder / n).read_text()).tags)
        for n in ("documents.html", "documents-2.html")
    ]
    assert rows == [2, 1]
    for name in parts:
        text = (folder / name).read_text()
        assert "of 2 of this list" in text
        assert all(f'href="{other}"' in text for other in parts if other != name)
    hashes = [
        len(re.findall(r'<td class="hash">', (folder / n).read_text())) for n in ("integrity.html", "integrity-2.html")
    ]
    assert hashes == [2, 1]
    assert "The head of the ledger" not in (folder / "integrity-2.html").read_text()


def test_dossier_says_which_rewrites_it_does_not_compare(make_engine, tmp_path, monkeypatch):
    found = tables()
    found[RELATIONS] = [msgspec.structs.replace(found[RELATIONS][0], kind="rewrite", direction="to")]
    (folder := tmp_path / "dossier").mkdir()
    publish_dossier(make_engine(found), Settings(shipped_register=False), folder, SILENT)
    said = "This rewrite is not laid beside its original"
    assert not any(said in p.read_text() for p in folder.rglob("*.html"))
    shutil.rmtree(folder)
    folder.mkdir()
    monkeypatch.setattr("leadline.publish.document_pages.COMPARED", 0)
    publish_dossier(make_engine(found), Settings(shipped_register=False), folder, SILENT)
    assert [p.name for p in folder.rglob("*.html") if said in p.read_text()] == [
        page_name("documents", "b.txt").partition("/")[2]
    ]


def test_dossier_script_that_would_end_its_element_is_refused(tmp_path):
    for text in ("x = '</script>'", "a::after { content: '</STYLE>' }", "x = '<!--'"):
        (tmp_path / "a.js").write_text(text)
        with pytest.raises(LeadlineError, match="end the element"):
            read_own(tmp_path / "a.js")


def test_dossier_links_all_resolve(dossier):
    found = pages(dossier)
    n = 0
    for path, page in found.items():
        for tag, attrs in page.tags:
            if tag == "a":
                file, _, anchor = (attrs["href"] or "").partition("#")
                target = (path.parent / file).resolve() if file else path
                assert target in found, attrs["href"]
                if anchor.startswith("?"):
                    fields = {a["data-key"] for _, a in found[target].tags if "data-key" in a}
                    assert {k for k, _ in parse_qsl(anchor[1:], strict_parsing=True)} <= fields, attrs["href"]
                else:
                    assert not anchor or anchor in found[target].ids, attrs["href"]
                n += 1
    assert n > 60


def test_dossier_loads_nothing_and_runs_only_its_own_scripts(dossier):
    for path, page in pages(dossier).items():
        policy = next(
            a["content"] for t, a in page.tags if t == "meta" and a.get("http-equiv") == "Content-Security-Policy"
        )
        assert policy.startswith("default-src 'none'; style-src 'sha256-")
        assert "unsafe" not in policy
        text = path.read_text(encoding="utf-8")
        for script in re.findall(r"<script>(.*?)</script>", text, re.S):
            digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
            assert f"'sha256-{digest}'" in policy
        for tag, attrs in page.tags:
            assert tag not in {"iframe", "object", "embed", "link", "img", "form", "base"}
            assert tag != "script" or set(attrs) <= {"type", "id"}
            assert not any(name.startswith("on") or name in {"src", "srcset", "style", "action"} for name in attrs)
            assert "javascript:" not in (attrs.get("href") or "")
            assert "//" not in (attrs.get("href") or "")


def test_dossier_shows_hostile_text_as_text(dossier):
    everything = " ".join(w for page in pages(dossier).values() for w in page.words)
    assert "<script>alert(1)</script>" in everything
    assert "⟨U+202E⟩evil" in everything
    assert "\u202e" not in everything


def test_dossier_prints_roles_instead_of_names(dossier):
    for path in dossier.rglob("*"):
        if path.is_file():
            assert "karan" not in path.read_text(encoding="utf-8").casefold(), path
    assert "[a soldier]" in (next((dossier / "incidents").glob("*.html"))).read_text(encoding="utf-8")


def test_dossier_gathers_no_witness_on_a_page(dossier):
    """Only publishers, bodies and sources of the register have pages: not the soldier, who is named in neither."""
    titles = [next(w for w in p.words if w.strip()) for f, p in pages(dossier).items() if f.parent.name == "sources"]
    assert titles == ["The Harbour Post · Dossier"]
    assert "[a soldier]" in (dossier / "sources.html").read_text(encoding="utf-8")


def test_dossier_masks_names_in_names_of_files_and_ids(make_engine, tmp_path):
    found = tables()
    name = "2021_IVO-karan_refuses.txt"
    for table, rows in found.items():
        text = msgspec.json.encode(rows).decode().replace("a.txt", name)
        found[table] = msgspec.json.decode(text, type=list[table.record])
    folder = tmp_path / "dossier"
    folder.mkdir()
    publish_dossier(make_engine(found), Settings(shipped_register=False), folder, SILENT)
    everything = "".join(p.read_text(encoding="utf-8") for p in sorted(folder.rglob("*.html")))
    assert "karan" not in everything.casefold()
    assert "2021_[a soldier]_refuses.txt" in everything
    assert f"{page_key('documents', name)}#c1" in everything  # an id that `judge` and `why` take


def test_dossier_withholds_a_text_that_was_not_read(dossier, make_engine, tmp_path):
    """Nobody looked for persons in it, so its words could name a witness."""
    everything = "".join(p.read_text(encoding="utf-8") for p in sorted(dossier.rglob("*.html")))
    assert "Велик" not in everything
    assert "Not shown: it was not read" in everything
    assert "only English is read" in everything


def test_dossier_prints_names_when_asked(make_engine, tmp_path):
    folder = write(make_engine, tmp_path, names=True)
    assert any("Велик" in p.read_text(encoding="utf-8") for p in folder.rglob("*.html"))
    assert any("Karan" in p.read_text(encoding="utf-8") for p in folder.rglob("*.html"))


def test_dossier_every_page_says_internal(dossier):
    assert all("Internal, not for publication." in " ".join(p.words) for p in pages(dossier).values())


def test_dossier_draws_refusers_no_finer_than_a_district(dossier):
    text = " ".join(next(iter((dossier / "incidents").glob("*.html"))).read_text(encoding="utf-8").split())
    assert "within 25 km of 10.00° N, 40.75° W" in text
    assert not re.search(r"10\.12|40\.65", text)


def test_dossier_a_neighbouring_claim_does_not_give_the_point_of_a_refusal(make_engine, tmp_path):
    found = tables()
    a1, a2, b1 = found[CLAIMS]
    found[CLAIMS] = [a1, msgspec.structs.replace(a2, event="losses", places=a1.places), b1]
    (incident,) = found[INCIDENTS]
    losses = msgspec.structs.replace(incident, incident_id="i2", event="losses", claims=(a2.claim_id,))
    found[INCIDENTS] = [incident, losses]
    (tmp_path / "d").mkdir()
    publish_dossier(make_engine(found), Settings(shipped_register=False), tmp_path / "d", SILENT)
    text = "\n".join(p.read_text(encoding="utf-8") for p in (tmp_path / "d").rglob("*.html"))
    assert "within 25 km of 10.00° N, 40.75° W" in text
    assert not re.search(r"10\.12|40\.65|within 2 km", text)


def test_dossier_masks_no_place_that_the_gazetteer_knows(make_engine, tmp_path):
    found = tables()
    person = found[PERSONS][0]
    found[PERSONS] = [*found[PERSONS], msgspec.structs.replace(person, name="Greta Oldmarsh", start=5, end=8)]
    (tmp_path / "d").mkdir()
    publish_dossier(make_engine(found), Settings(shipped_register=False), tmp_path / "d", SILENT)
    text = "\n".join(p.read_text(encoding="utf-8") for p in (tmp_path / "d").rglob("*.html"))
    assert "Oldmarsh (within 25 km" in text
    assert "[a soldier] (within" not in text


def test_dossier_document_text_is_complete_but_for_names(dossier):
    shown = [
        " ".join("".join(page.words).split())
        for path, page in pages(dossier).items()
        if path.parent.name == "documents"
    ]
    wanted = " ".join(TEXT_A.replace("Ivo Karan", "[a soldier]").split())
    assert any(wanted in text for text in shown)


def test_dossier_never_prints_a_yardstick_word_without_its_scale(dossier):
    text = next((dossier / "incidents").glob("*.html")).read_text(encoding="utf-8")
    assert text.count("“probably”") == text.count("“probably”: 55% to 75% on the scale PHIA") == 1


def test_dossier_is_the_same_twice(make_engine, tmp_path, dossier):
    again = tmp_path / "again"
    again.mkdir()
    publish_dossier(make_engine(tables()), Settings(shipped_register=False), again, SILENT)
    one = {p.relative_to(dossier): p.read_bytes() for p in dossier.rglob("*") if p.is_file()}
    two = {p.relative_to(again): p.read_bytes() for p in again.rglob("*") if p.is_file()}
    assert one == two


def test_dossier_of_an_empty_case_is_written(make_engine, tmp_path):
    folder = tmp_path / "empty"
    folder.mkdir()
    publish_dossier(make_engine({}), Settings(shipped_register=False), folder, SILENT)
    assert "0 claims" in (folder / "index.html").read_text(encoding="utf-8")


def test_dossier_lists_incidents_beside_the_map_also_where_no_place_is_known(make_engine, tmp_path):
    found = tables()
    found[INCIDENTS] = [msgspec.structs.replace(i, place=None) for i in found[INCIDENTS]]
    (tmp_path / "d").mkdir()
    publish_dossier(make_engine(found), Settings(shipped_register=False), tmp_path / "d", SILENT)
    text = (tmp_path / "d/map.html").read_text(encoding="utf-8")
    assert "No incident has a place of known position." in text
    rows = text.split('id="unplaced"')[1]
    assert all(f"incidents/{p.name}" in rows for p in (tmp_path / "d/incidents").iterdir())
    assert 'id="map-data"' not in text


def test_denials_are_told_apart_from_evidence_that_it_happened(make_engine, tmp_path):
    found = tables()
    found[CLAIMS] = [msgspec.structs.replace(c, realis="denied") if c.document == "b.txt" else c for c in found[CLAIMS]]
    lines = (EvidenceLine(origins=("o1",), reason="alone"), EvidenceLine(origins=("o2",), reason="alone"))
    both = msgspec.structs.replace(found[INCIDENTS][0], lines=lines, n_independent=1)
    denied = msgspec.structs.replace(
        both,
        incident_id="i2",
        claims=tuple(c.claim_id for c in found[CLAIMS] if c.document == "b.txt"),
        lines=lines[1:],
        n_independent=0,
    )
    found[INCIDENTS] = [both, denied]
    publish_dossier(make_engine(found), Settings(shipped_register=False), tmp_path, SILENT)
    for page in ("index.html", "incidents.html"):
        rows = [r for r in re.split("<tr[ >]", (tmp_path / page).read_text(encoding="utf-8")) if "incidents/" in r]
        first, second = (next(r for r in rows if page_name("incidents", i) in r) for i in ("i1", "i2"))
        assert '1 <span class="soft">(and 1 denies it)' in first
        assert "nobody here tells it" not in first
        assert "denied; nobody here tells it" in second
    told = (tmp_path / page_name("incidents", "i1")).read_text(encoding="utf-8")
    assert "Line 2 only denies it" in told
    assert "Line 1 only denies it" not in told


def test_dossier_says_what_people_decided(make_engine, tmp_path):
    engine = make_engine(tables())
    base = {"time": "2026-11-28T10:00:00Z", "by": "N. Reader", "about": "claim"}
    engine.provide(
        JUDGEMENTS,
        [
            Judgement(seq=1, why="I read it, Ivo Karan says so", decision="accept", left=("a.txt#c1",), **base),
            Judgement(seq=2, why="a headline", decision="reject", left=("a.txt#c2",), **base),
            Judgement(
                seq=3, why="a statement", decision="correct", left=("b.txt#c1",), field="medium", value="audio", **base
            ),
        ],
    )
    publish_dossier(engine, Settings(shipped_register=False), tmp_path, SILENT)
    told = next((tmp_path / "incidents").glob("*.html")).read_text(encoding="utf-8")
    assert "accepted by N. Reader on 2026-11-28 (I read it, [a soldier] says so)" in told
    assert "medium corrected to audio by N. Reader" in told
    assert "a.txt#c2" not in told
    assert "3 decisions of people (N. Reader; the last on 2026-11-28) stand; they concern 3 of 3 claims" in told
    assert "correct" in told.partition("What people decided about it")[2].partition("</ul>")[0]
    rejected = tmp_path / page_name("documents", "a.txt")
    assert "rejected by N. Reader on 2026-11-28 (a headline)" in rejected.read_text(encoding="utf-8")
    methods = (tmp_path / "methods.html").read_text(encoding="utf-8")
    assert "a headline" in methods
    assert "karan" not in methods.casefold()


def test_dossier_says_of_every_model_of_a_refused_estimate_that_it_is_none(make_engine, tmp_path):
    found = tables()
    model = ModelEstimate(
        name="independence", assumption="the lists are independent", n_hat=120.0, lower=90.0, upper=160.0
    )
    found[ESTIMATES] = [msgspec.structs.replace(e, estimable=False, models=(model,)) for e in found[ESTIMATES]]
    (tmp_path / "dossier").mkdir()
    publish_dossier(make_engine(found), Settings(shipped_register=False), tmp_path / "dossier", SILENT)
    shown = (tmp_path / "dossier" / "index.html").read_text(encoding="utf-8")
    assert "the estimate is refused, and no figure here counts as an estimate</caption>" in shown
    assert re.search(r"independence<br><span[^>]*>not an estimate<", shown)


@pytest.mark.parametrize(("largest", "says"), [(1_900_000, "reach all 3 rows"), (1, "reach the first 1 of 3 rows")])
def test_dossier_first_part_of_a_list_holds_the_others_packed_or_says_how_many(
    make_engine, tmp_path, monkeypatch, largest, says
):
    monkeypatch.setattr(page_files, "LISTED", 1)
    monkeypatch.setattr(page_files, "LARGEST", largest)
    folder = write(make_engine, tmp_path)
    first = (folder / "documents.html").read_text(encoding="utf-8")
    assert says in first
    packed = re.findall(r'<script type="text/plain" data-rest="1">([^<]*)</script>', first)
    rows = [gzip.decompress(base64.b64decode(p)).decode() for p in packed]
    assert len(rows) == (2 if largest > 1 else 0)
    for n, row in enumerate(rows):
        assert row in (folder / f"documents-{n + 2}.html").read_text(encoding="utf-8")


def test_dossier_a_place_that_one_text_takes_for_a_person_is_named_in_notes_about_others(make_engine, tmp_path):
    found = tables()
    mistaken = msgspec.structs.replace(found[PERSONS][0], document="b.txt", name="Oldmarsh", start=0, end=5)
    found[PERSONS] = [*found[PERSONS], mistaken]
    place = PlaceMention(document="a.txt", start=0, end=8, name="Oldmarsh", gazetteer_id="x1")
    found[RELATIONS] = [
        msgspec.structs.replace(
            r, evidence=tuple(msgspec.structs.replace(e, note="Oldmarsh says so") for e in r.evidence)
        )
        for r in found[RELATIONS]
    ]
    for known, told in (([], False), ([place], True)):
        folder = tmp_path / str(told)
        folder.mkdir()
        publish_dossier(make_engine({**found, PLACES: known}), Settings(shipped_register=False), folder, SILENT)
        pages = "".join(p.read_text(encoding="utf-8") for p in (folder / "documents").glob("*.html"))
        assert ("Oldmarsh says so" in pages) == told
