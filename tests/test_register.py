"""The shipped source register, and what a register file may say."""

from __future__ import annotations

import pytest

from leadline.errors import CodebookError
from leadline.register import Register, Source, fold, load_register, read_register


@pytest.fixture(scope="module")
def register() -> Register:
    return load_register()


def test_no_name_belongs_to_two_sources(register):
    owners: dict[str, set[str]] = {}
    for s in register.sources.values():
        for name in (s.name, *s.aliases):
            owners.setdefault(fold(name), set()).add(s.id)
    assert {name: ids for name, ids in owners.items() if len(ids) > 1} == {}


def test_every_side_has_what_the_other_has(register):
    kinds = {side: {s.kind for s in register.sources.values() if s.side == side} for side in ("RUS", "UKR")}
    assert {"state-body", "armed-force", "person", "agency"} <= kinds["RUS"] & kinds["UKR"]


@pytest.mark.parametrize(
    ("name", "id"),
    [
        ("HUR", "hur"),
        ("ГУР МО", "hur"),
        ("Ukraine’s Main Intelligence Directorate", "hur"),
        ("British Defence Intelligence", "uk-mod"),
        ("Минобороны РФ", "rus-mod"),
        ("Верстка", "verstka"),
        ("iStories", "important-stories"),
        ("Evgeny Prigozhin", "prigozhin"),
    ],
)
def test_spellings_resolve(register, name, id):  # noqa: A002
    assert register.resolve(name).id == id


def test_yardsticks_stand_only_where_they_are_used(register):
    used = {s.yardstick: s.side for s in register.sources.values() if s.yardstick}
    assert used == {"PHIA": "GBR", "ICD203": "USA"}


def test_translators_are_relays(register):
    assert register.sources["wartranslated"].relays
    assert not register.sources["astra"].relays


def test_nobody_is_graded(register):
    assert all(s.reliability is None for s in register.sources.values())


def test_services_of_one_state_feed_one_list(register):
    assert register.family("sbu") == register.family("hur") == register.family("i-want-to-live")
    assert register.owners("hur") == ("hur", "ukr-mod", "ukraine")


def test_a_parent_that_is_missing_is_named():
    with pytest.raises(CodebookError, match="is not in the register") as error:
        Register([Source(id="a", name="A", kind="outlet", parent="b")])
    assert error.value.place == "sources[a].parent"


def test_a_wrong_medium_is_named_with_its_place(tmp_path):
    path = tmp_path / "register.toml"
    path.write_text(
        'title = "t"\n[[sources]]\nid = "a"\nname = "A"\nkind = "outlet"\nmedium = "rumour"\n', encoding="utf-8"
    )
    with pytest.raises(CodebookError, match=r"\$\.sources\[0\]\.medium"):
        read_register(path)
