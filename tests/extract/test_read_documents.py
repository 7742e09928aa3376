"""The stage as a whole: what is read, what is left unread and why, and that one document never ends a run."""

from __future__ import annotations

import random

import pytest

from leadline.extract import extract_claims, reading
from leadline.extract.language import pinned_model
from leadline.extract.reading import Resources, read_documents
from leadline.ingest.language import LANGUAGES, SINGLE
from leadline.schema import CLAIMS, DOCUMENTS, PLACES, UNREAD, Claim, Document, PlaceMention, Unread
from leadline.settings import Settings

SETTINGS = Settings(workers=1)
ENGLISH = "Two conscripts deserted from the fort, the governor said."
RUSSIAN = "Солдаты отказались идти в атаку, и командир приказал запереть их в подвале до утра."


def document(name: str, text: str, **fields) -> Document:
    return Document(document=name, sha256="", text=text, series="s", **{"language": "en", **fields})


@pytest.fixture
def extracted(make_engine):
    """The engine after `extract` has read the given documents."""

    def run(*documents: Document):
        engine = make_engine({DOCUMENTS: list(documents)})
        engine.begin("extract")
        extract_claims(engine, SETTINGS)
        return engine

    return run


def reasons(engine) -> dict[str, str]:
    return {u.document: u.reason for u in engine.records(UNREAD, Unread)}


def test_reading_lists_what_it_left_unread(extracted):
    engine = extracted(
        document("a-read", ENGLISH),
        document("b-russian", RUSSIAN, language="ru"),
        document("c-furniture", "Load more", boilerplate=((0, 9),)),
        document("d-empty", " \n"),
        document("e-undetected", RUSSIAN * 2, language=None),
    )
    assert reasons(engine) == {
        "b-russian": "the text is in Russian (ru); only English is read",
        "c-furniture": "nothing but page furniture",
        "d-empty": "the document holds no text",
        "e-undetected": "no paragraph is in English; only English is read",
    }
    assert {c.document for c in engine.records(CLAIMS, Claim)} == {"a-read"}


def test_reading_goes_on_after_a_document_that_fails(extracted, monkeypatch):
    find = reading.find_attributions

    def fail_on_one(parsed):
        if parsed.document.document == "b":
            raise TypeError("no such thing")
        return find(parsed)

    monkeypatch.setattr(reading, "find_attributions", fail_on_one)
    engine = extracted(document("a", ENGLISH), document("b", ENGLISH), document("c", ENGLISH))
    assert reasons(engine) == {"b": "reading failed: TypeError: no such thing; please report this"}
    assert [c.document for c in engine.records(CLAIMS, Claim)] == ["a", "c"]


def test_reading_keeps_demonyms_out_of_the_places(extracted, monkeypatch):
    find, roles = reading.find_places, []

    def remember(*a, **k):
        found = find(*a, **k)
        roles.extend((p.name, p.role) for p in found)
        return found

    monkeypatch.setattr(reading, "find_places", remember)
    engine = extracted(document("a", "Ukrainians say that two conscripts deserted near Kharkiv."))
    assert roles == [("Ukrainians", "demonym"), ("Kharkiv", "location")]
    assert [p.name for p in engine.records(PLACES, PlaceMention)] == ["Kharkiv"]


def test_reading_has_a_name_for_every_language_that_ingest_tells_apart():
    told = {code for codes in LANGUAGES.values() for code in codes} | set(SINGLE.values()) | {"ja", "zh"}
    assert told - {"en"} <= set(pinned_model().names)


@pytest.mark.shared
def test_reading_fails_on_no_war_news_article(shared):
    paths = sorted((shared / "corpora" / "war-news").rglob("*.txt"))
    chosen = random.Random(7).sample(paths, 40)
    documents = [document(p.name, p.read_text(encoding="utf-8"), language=None) for p in sorted(chosen)]
    failed = [r.unread for r in read_documents(documents, Resources.of(SETTINGS)) if r.unread]
    assert not [u for u in failed if "failed" in u.reason]


def hidden(text: str) -> set[str]:
    (found,) = read_documents([document("a", text)], Resources.of(SETTINGS))
    return {p.name for p in found.persons}


def test_a_place_that_the_recogniser_takes_for_a_person_is_not_hidden_where_the_text_speaks_of_its_outside():
    outside = "Soldiers were injured in a human wave attack outside Avdiivka. “We’re just sent in,” one said."
    assert "Avdiivka" not in hidden(outside)


def test_a_name_that_the_text_also_uses_of_somebody_stays_hidden():
    assert "Avdiivka" in hidden("They met outside Avdiivka. Anton Avdiivka told us that he ran.")
