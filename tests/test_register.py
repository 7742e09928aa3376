"""The shipped source register, and what a register file may say."""

from __future__ import annotations

import pytest

from leadline.errors import CodebookError
from leadline.register import SHIPPED, Register, Source, fold, load_register, read_register


@pytest.fixture(scope="module")
def register() -> Register:
    return load_register()


def test_no_name_belongs_to_two_sources(register):
    owners: dict[str, set[str]] = {}
    for s in register.sources.values():
        for name in (s.name, *s.aliases):
            owners.setdefault(fold(name), set()).add(s.id)
    assert {name: ids for name, ids in owners.items() if len(ids) > 1} == {}


def test_every_owner_is_there_and_no_two_entries_share_an_id(register):
    read = read_register(SHIPPED)
    assert len({s.id for s in read}) == len(read) == len(register.sources)
    assert {s.parent for s in read if s.parent} <= set(register.sources)


def test_a_later_spelling_never_hides_an_earlier_one(register):
    """A name in capitals alone matches no other, so where another spelling of it stands in the entry it must not stand last."""
    wrong = []
    for s in register.sources.values():
        last = {fold(n): n for n in (s.name, *s.aliases)}
        wrong += [n for n in (s.name, *s.aliases) if (x := last[fold(n)]).isupper() and x.isalpha() and not n.isupper()]
    assert wrong == []


def test_only_the_parties_have_armies(register):
    """`The enemy` is the other army known, which a third would leave open."""
    assert {s.side for s in register.sources.values() if s.kind == "armed-force"} == {"RUS", "UKR"}


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
        ("The Kyiv Independent", "kyiv-independent"),
        ("Ukrayinska Pravda", "ukrainska-pravda"),
        ("RBK-Ukraine", "rbc-ukraine"),
        ("Go by the Forest", "get-lost"),
        ("Estonia's Foreign Intelligence Service", "estonia-efis"),
        ("Aliaksandr Lukashenka", "lukashenko"),
        ("South Korea’s spy agency", "south-korea-nis"),
        ("Юрий Подоляка", "podolyaka"),
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


def test_heads_and_projects_hang_on_their_bodies(register):
    assert register.owners("sverdlin") == ("sverdlin", "get-lost")
    assert register.owners("yatsenko") == ("yatsenko", "i-want-to-live", "hur", "ukr-mod", "ukraine")
    assert register.owners("schemes") == ("schemes", "rfe-rl")
    assert register.family("matviichuk") == register.family("zmina")


def test_a_parent_that_is_missing_is_named():
    with pytest.raises(CodebookError, match="is not in the register") as error:
        Register([Source(id="a", name="A", kind="outlet", parent="b")])
    assert error.value.place == "sources[a].parent"


SOURCE = '[[sources]]\nid = "{id}"\nname = "{name}"\nkind = "outlet"\n'


def written(tmp_path, name, *sources, more=""):
    path = tmp_path / name
    path.write_text('title = "t"\n' + "".join(sources) + more, encoding="utf-8")
    return path


def entry(id, name=None, **fields):  # noqa: A002
    return SOURCE.format(id=id, name=name or id) + "".join(f'{k} = "{v}"\n' for k, v in fields.items())


def test_a_loop_of_owners_over_two_files_names_every_entry_and_file(tmp_path):
    one = written(tmp_path, "one.toml", entry("x"), entry("a", parent="b"), entry("b", parent="x"))
    two = written(tmp_path, "two.toml", entry("y"), entry("b", parent="a"))
    with pytest.raises(CodebookError, match="the owners form a loop: a -> b -> a") as error:
        load_register([one, two], shipped=False)
    assert f"a: {one}: $.sources[1]" in str(error.value)
    assert f"b: {two}: $.sources[1]" in str(
        error.value
    )  # the case's entry, which closed the loop, not the one it replaced


def test_a_source_that_owns_itself_is_a_loop(tmp_path):
    with pytest.raises(CodebookError, match="a -> a") as error:
        load_register([written(tmp_path, "r.toml", entry("a", parent="a"))], shipped=False)
    assert error.value.place == f"{tmp_path / 'r.toml'}: $.sources[0].parent"


def test_a_loop_is_reported_without_those_who_hang_on_it(tmp_path):
    path = written(tmp_path, "r.toml", entry("a", parent="b"), entry("b", parent="c"), entry("c", parent="b"))
    with pytest.raises(CodebookError, match="loop: b -> c -> b"):
        load_register([path], shipped=False)


def test_a_name_of_two_sources_is_an_error_that_names_both(tmp_path):
    path = written(tmp_path, "r.toml", entry("a", "The Ferry Post"), entry("b", "ferry post"))
    with pytest.raises(CodebookError, match="two sources, 'a' and 'b'") as error:
        read_register(path)
    assert error.value.place == f"{path}: $.sources[1]"


def test_what_a_case_says_of_a_name_stands_before_the_shipped(tmp_path):
    path = written(tmp_path, "r.toml", entry("local-hur", "HUR"))
    assert load_register([path]).resolve("HUR").id == "local-hur"
    assert load_register([path]).resolve("ГУР").id == "hur"


def test_a_grade_says_who_gave_it_and_when(tmp_path):
    for wrong in (
        '{grade = "B", by = "", date = "2024-01-02"}',
        '{grade = "B", by = "O. Brenn", date = "in spring"}',
        '{grade = "G", by = "O. Brenn", date = "2024-01-02"}',
    ):
        with pytest.raises(CodebookError, match=r"\$\.sources\[0\]\.reliability"):
            read_register(written(tmp_path, "r.toml", entry("a"), more=f"reliability = {wrong}\n"))
    good = written(
        tmp_path, "r.toml", entry("a"), more='reliability = {grade = "B", by = "O. Brenn", date = "2024-01-02"}\n'
    )
    assert read_register(good)[0].reliability.grade == "B"


def test_a_wrong_medium_is_named_with_its_place(tmp_path):
    path = tmp_path / "register.toml"
    path.write_text(
        'title = "t"\n[[sources]]\nid = "a"\nname = "A"\nkind = "outlet"\nmedium = "rumour"\n', encoding="utf-8"
    )
    with pytest.raises(CodebookError, match=r"\$\.sources\[0\]\.medium"):
        read_register(path)
