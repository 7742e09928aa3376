"""Phone numbers, e-mail addresses and street addresses stand on no page; dates, counts and positions stay."""

from __future__ import annotations

import msgspec
import pytest
from publish_heap import TEXT_A, tables

from leadline.progress import SILENT
from leadline.publish import publish_dossier
from leadline.publish.contacts import handle, mask_contacts
from leadline.publish.highlight import Mark, segments
from leadline.publish.redact import Names
from leadline.schema import CLAIMS, DOCUMENTS, PersonMention
from leadline.settings import Settings

HIDDEN = [
    ("phone number", ["+380 67 123 4567", "(044) 123-45-67", "8 (912) 345-67-89", "0671234567", "555-123-4567", "tel. 23 45 67", "+7(912)345-67-89"]),
    ("account", ["@ivo_karan77", "@ivo.karan", "t.me/ivo_karan77", "https://t.me/s/ivo_karan77/4411", "https://www.instagram.com/ivo.karan", "vk.com/id12345", "https://www.facebook.com/profile.php?id=100012345678", "ok.ru/profile/571234", "linkedin.com/in/ivo-karan", "t.me/+AbCdEf123"]),
    ("e-mail address", ["m.bondarenko@example.org", "vera+home@post.example.net", "vera [at] example.org"]),
    (
        "address",
        [
            "14 Heron Street", "12/3 Main St", "Apt. 4, 12 Olena Teliha Avenue", "Heron Street 14", "Heron Street, No. 14",
            "vul. Sadova 14, kv. 5", "ul. Lenina, d. 14", "вул. Садова, 14", "улица Ленина, д. 14, кв. 5", "проспект Миру, 5",
        ],
    ),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "contact"), [(k, c) for k, found in HIDDEN for c in found])
def test_contacts_are_hidden_whole(kind, contact):
    assert mask_contacts(f"She says: {contact}, in Kesten.") == f"She says: [{kind}], in Kesten."


@pytest.mark.parametrize(
    "text",
    [
        "2022-09-01 to 2022-09-30", "on 01.09.2022 12:30", "between 50,000 and 60,000 soldiers", "200 000 000 rubles",
        "X (within 25 km of 48.50° N, 38.00° E)", "On Heron Street 14 soldiers fell", "the 14th brigade of 0.5 percent", "in 2019-2022",
        "https://maps.example/@48.5,37.9,12z",
    ],
)  # fmt: skip
def test_dates_counts_and_positions_are_no_contacts(text):
    assert mask_contacts(text) == text


def test_a_handle_is_hidden_on_a_network_that_is_not_known():
    assert mask_contacts("See https://posts.example/@ivo.karan now.") == "See https://posts.example/[account] now."


def test_a_known_channel_makes_no_other_known_that_stands_on_the_same_shelf():
    known = frozenset({handle("youtube.com/channel/UCfrontwords"), handle("facebook.com/profile.php?id=1")})
    text = "youtube.com/channel/UCfrontwords, youtube.com/channel/UCivokaran, facebook.com/profile.php?id=22"
    assert mask_contacts(text, known=known) == "youtube.com/channel/UCfrontwords, [account], [account]"


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("2022_14-heron-street.txt", "2022_[address].txt"),
        ("call_+380671234567.txt", "call_[phone number].txt"),
        ("2023-01-02-the-wall-street-journal.txt", "2023-01-02-the-wall-street-journal.txt"),
    ],
)
def test_contacts_in_names_of_files_are_hidden(name, shown):
    assert Names([]).mask_file(name) == shown


def test_a_contact_across_a_mark_and_around_a_name_is_hidden_whole():
    text = "He hides at 14 Karan Street now."
    names = Names([PersonMention(document="a", start=15, end=20, name="Karan", role="a soldier")])
    found = segments(text, [Mark(start=0, end=17, kind="claim")], names)
    assert "".join(s.text for s in found) == "He hides at [address] now."
    assert names.mask(text) == "He hides at [address] now."


def test_pages_print_no_contacts_unless_names_are_asked_for(make_engine, tmp_path):
    contacts = ("+380 67 123 4567", "m.bondarenko@example.org", "14 Heron Street")
    words = f"he hides at {contacts[2]}, phone {contacts[0]}, mail {contacts[1]}"
    found = tables()
    text = TEXT_A + "\n\n" + words
    start = text.index(words)
    (a, *others), (claim, *more) = found[DOCUMENTS], found[CLAIMS]
    found[DOCUMENTS] = [msgspec.structs.replace(a, text=text, title=words), *others]
    quoted = {"quote": words, "start": start, "end": start + len(words)}
    found[CLAIMS] = [msgspec.structs.replace(claim, **quoted), *more]
    engine = make_engine(found)
    shown = {}
    for names in (False, True):
        folder = tmp_path / str(names)
        folder.mkdir()
        publish_dossier(engine, Settings(shipped_register=False, names=names), folder, SILENT)
        shown[names] = "\n".join(p.read_text(encoding="utf-8") for p in folder.rglob("*.html"))
    assert not [c for c in contacts if c in shown[False]]
    assert "he hides at [address], [phone number], mail [e-mail address]" in shown[False]
    assert all(c in shown[True].replace("&#43;", "+") for c in contacts)
