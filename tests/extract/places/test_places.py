"""Names found, judged, given a role and a place; sentences written for the test."""

from __future__ import annotations

import math

import pytest

from leadline.extract.language import load_language
from leadline.extract.places import Gazetteer, find_places, read_spans


def km(r, lat, lon):
    a, b = math.radians(r.lat), math.radians(lat)
    h = math.sin((b - a) / 2) ** 2 + math.cos(a) * math.cos(b) * math.sin(math.radians(lon - r.lon) / 2) ** 2
    return 12742 * math.asin(math.sqrt(h))


# -- finding ----------------------------------------------------------------------------------------------------------


def test_places_common_words_are_no_places(read):
    text = "Along came May. Date and time were kept. Will and Mary saw Vladimir on Sunday in August. No one came. Of course."
    assert read(text) == {}


def test_places_takes_the_longest_name(read):
    found = read("He was born in New York City and lived in the Luhansk People's Republic until the war.")
    assert {"New York City", "Luhansk People's Republic"} <= set(found)
    assert "York" not in found


@pytest.mark.parametrize(
    ("text", "name", "kind"),
    [
        ("Fighting went on in the Irkutsk region.", "Irkutsk region", "admin1"),
        ("Troops fell back in Kharkiv Oblast on Monday.", "Kharkiv Oblast", "admin1"),
        ("They were held in Laurel County, Kentucky.", "Laurel County", "admin2"),
        ("Shelling hit the southern front again.", "southern front", "front"),
        ("Units pushed towards the Azov coast.", "Azov coast", "coast"),
        ("He lives in eastern Ukraine.", "eastern Ukraine", "area"),
    ],
)
def test_places_reads_the_word_that_says_what_is_meant(read, text, name, kind):
    assert read(text)[name].kind == kind


def test_places_region_words_reach_over_and(read):
    found = read("Drones crossed the Kharkiv and Belgorod regions at night.")
    assert found["Kharkiv"].kind == "admin1"
    assert found["Belgorod regions"].admin1 == "Belgorod Oblast"


def test_places_a_stretch_of_front_is_wider_than_the_town(read):
    found = read("The brigade held the Pokrovsk axis. Later it rested in Lviv, Ukraine.")
    assert found["Pokrovsk axis"].precision_m >= 25_000
    assert found["Lviv"].precision_m < 15_000


def test_places_read_full_stops_of_abbreviations(read):
    found = read("He moved from Charleston, W.Va. to Columbus, Ohio. Later he saw the U.S. and the UK.")
    assert found["W.Va."].admin1 == "West Virginia"
    assert found["Charleston"].admin1 == "West Virginia"
    assert found["U.S."].country == "US"
    assert "Ohio" in found
    assert "Ohio." not in found


def test_places_acronyms_are_no_villages(read):
    found = read("The NATO summit and the UN were told that HIV spread in Kenya.")
    assert set(found) == {"Kenya"}


def test_places_headlines_in_capitals(read):
    found = read("SHELLING REPORTED NEAR KHARKIV\n\nTwo people died in Kharkiv on Friday, officials in Ukraine said.")
    assert found["KHARKIV"].gazetteer_id == found["Kharkiv"].gazetteer_id


def test_places_glued_words(read):
    found = read("The men sat in a basement inKharkiv. Others came back to Poltava, Ukraine.")
    assert found["Kharkiv"].start == len("The men sat in a basement in")


def test_places_in_boilerplate_are_not_read(gazetteer):
    text = "He was in Berlin. Read more: Paris news. She was in Madrid."
    cut = (text.index("Read"), text.index("She"))
    names = [r.name for r in find_places(load_language()(text), gazetteer, boilerplate=(cut,))]
    assert names == ["Berlin", "Madrid"]


@pytest.mark.parametrize("text", ["", " ", "\n\n", "no names here at all", "…", "A", "123 456", "\N{PILE OF POO}"])
def test_places_of_nothing(gazetteer, text):
    assert find_places(load_language()(text), gazetteer) == ()


def test_places_without_entities(gazetteer):
    doc = load_language()("He was born in Toulouse, France.", disable=["ner"])
    assert [r.name for r in find_places(doc, gazetteer)] == ["Toulouse", "France"]


# -- roles ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "name", "role"),
    [
        ("Moscow says that it has taken the village.", "Moscow", "metonym"),
        ("According to Kyiv, the attack failed.", "Kyiv", "metonym"),
        ("Russia denied the report.", "Russia", "metonym"),
        ("Rain fell on Moscow all day.", "Moscow", "location"),
        ("The shells fell in Russia.", "Russia", "location"),
        ("A Russian soldier ran.", "Russian", "demonym"),
        ("The Germans advanced.", "Germans", "demonym"),
        ("Men mobilized from the Irkutsk region were sent to Bakhmut in Ukraine.", "Irkutsk region", "origin"),
        ("Men mobilized from the Irkutsk region were sent to Bakhmut in Ukraine.", "Bakhmut", "location"),
        ("They were called up from Omsk in the autumn.", "Omsk", "origin"),
        ("A soldier who said he was from Omsk filmed it.", "Omsk", "origin"),
        ("They were called up from eastern Siberia's Irkutsk region.", "eastern Siberia", "origin"),
        ("The shells came from Donetsk.", "Donetsk", "location"),
        ("Soldiers from Kazan refused to fight.", "Kazan", "origin"),
        ("The call was first reported by the Kyiv Independent.", "Kyiv", "organisation"),
        ("She wrote for The Washington Post for years.", "Washington", "organisation"),
    ],
)
def test_places_roles(read, text, name, role):
    assert read(text)[name].role == role


def test_places_of_persons_have_no_point(read):
    found = read("He met Paris Hilton and Jack London in London, England.")
    assert all(r.lat is None for r in found.values() if r.role == "person")
    assert found["London"].lat is not None or found["London"].role == "person"


# -- resolving --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "name", "lat", "lon"),
    [
        ("The storm hit Paris, Texas, on Monday.", "Paris", 33.66, -95.55),
        ("The storm hit Paris on Monday, France said.", "Paris", 48.85, 2.35),
        (
            "Police in Springfield said the man fled towards Chicago. Illinois troopers stopped him.",
            "Springfield",
            39.8,
            -89.64,
        ),
        ("In Tbilisi the parliament of Georgia voted. Batumi was calm.", "Georgia", 42, 43.5),
        ("Atlanta and Savannah will vote first, Georgia officials said. Macon follows.", "Georgia", 32.7, -83.4),
    ],
)
def test_places_context_decides(read, text, name, lat, lon):
    assert km(read(text)[name], lat, lon) < 100


def test_places_the_town_before_the_unit_of_its_name(read):
    found = read("Drones hit Kiev, and Donetsk was quiet. Later the Donetsk region was hit. Ukraine shot down six.")
    assert (found["Kiev"].kind, found["Donetsk"].kind) == ("settlement", "settlement")
    assert found["Donetsk region"].kind == "admin1"


def test_places_one_sense_a_name_unless_the_text_tells_two_apart(gazetteer):
    text = "He left Paris, Texas, for Paris, France. Paris, Texas, is small."
    found = [r for r in find_places(load_language()(text), gazetteer) if r.name == "Paris"]
    assert [r.country for r in found] == ["US", "FR", "US"]


VILLAGES = """id,name,alt_names,kind,country,admin1,admin2,lat,lon,precision_m,population
c,Velmark,,country,Velmark,,,50,30,300000,
w,Westreach,,admin1,Velmark,,,50,20,60000,
e,Eastreach,,admin1,Velmark,,,50,40,60000,
w1,Ostrel,,settlement,Velmark,Westreach,Low Hollow,50.0,20.0,2000,800
e1,Ostrel,,settlement,Velmark,Eastreach,High Hollow,50.0,40.0,2000,700
w2,Tarnik,,settlement,Velmark,Westreach,Far Fen,50.6,20.9,2000,900
e2,Tarnik,,settlement,Velmark,Eastreach,High Hollow,50.1,40.1,2000,600
n1,Quorin,,settlement,Velmark,Westreach,,50.0,20.5,2000,5000
n2,Quorin,,settlement,Velmark,Eastreach,,50.0,40.5,2000,5000
"""


@pytest.fixture(scope="module")
def invented(tmp_path_factory):
    path = tmp_path_factory.mktemp("g") / "velmark.csv"
    path.write_text(VILLAGES, encoding="utf-8")
    return Gazetteer.load([path], shipped=False)


def test_places_villages_named_together_lie_together(read, invented):
    """Both names have namesakes with more people elsewhere, but one unit holds both."""
    found = read("Men were held in Ostrel. Others were held in Tarnik. Nothing more is known of Velmark.", invented)
    assert (found["Ostrel"].gazetteer_id, found["Tarnik"].gazetteer_id) == ("e1", "e2")


def test_places_a_stated_distance_decides(read, invented):
    near = read("The cellar is in Ostrel. It is located 13 km from Tarnik in Velmark.", invented)
    far = read("The cellar is in Ostrel. It is located 93 km from Tarnik in Velmark.", invented)
    assert (near["Ostrel"].gazetteer_id, near["Tarnik"].gazetteer_id) == ("e1", "e2")
    assert (far["Ostrel"].gazetteer_id, far["Tarnik"].gazetteer_id) == ("w1", "w2")


def test_places_a_tie_far_apart_stays_unresolved(read, invented):
    r = read("Shells fell in Quorin all night, Velmark said.", invented)["Quorin"]
    assert (r.lat, r.lon, r.precision_m, r.gazetteer_id) == (None, None, None, None)


def test_places_a_named_unit_breaks_the_tie(read, invented):
    assert read("Shells fell in Quorin, Eastreach, all night.", invented)["Quorin"].gazetteer_id == "n2"
    assert (
        read("Shells fell in Quorin all night. The governor of Westreach came.", invented)["Quorin"].gazetteer_id
        == "n1"
    )


def test_places_a_stated_border_decides(read, gazetteer):
    text = "The camp is in {}, on the border of the Kharkiv and Belgorod regions of Ukraine and Russia."
    assert km(read(text.format("Kozacha Lopan"))["Kozacha Lopan"], 50.33, 36.19) < 20


def test_places_read_spans_resolves_given_names(gazetteer):
    text = "Oxford beat Cambridge in England."
    doc = load_language()(text)
    found = read_spans(doc, gazetteer, ((0, 6), (12, 21), (25, 32)))
    assert [r.name for r in found] == ["Oxford", "Cambridge", "England"]
    assert {r.country for r in found} == {"GB"}


def test_places_are_the_same_in_any_process(gazetteer):
    """Nothing depends on what was read before."""
    text = "Troops left Ivanivka for Mykolaivka in Kherson Oblast, 12 km from Oleksandrivka. Springfield is far."
    fresh = find_places(load_language()(text), Gazetteer.load())
    assert find_places(load_language()(text), gazetteer) == fresh


def test_places_time_grows_with_the_text(gazetteer):
    """A hundred times the text takes no more than a few hundred times as long."""
    import time

    doc = load_language()("Shells fell in Ivanivka, 5 km from Springfield, on the border of Texas. ", disable=["ner"])
    from spacy.tokens import Doc

    def seconds(n):
        whole = Doc.from_docs([doc] * n)
        began = time.process_time()
        find_places(whole, gazetteer)
        return time.process_time() - began

    seconds(2)
    assert seconds(400) < 200 * max(seconds(4), 0.01)


# -- other people's texts ---------------------------------------------------------------------------------------------


@pytest.mark.shared
def test_places_villages_of_a_seed_article(read, request):
    """Two villages 15 km apart on a border that the text names; most of their namesakes lie elsewhere."""
    seeds = request.config.rootpath.parent / "shared" / "seeds"
    if not seeds.exists():
        pytest.skip(f"{seeds} is not there")
    (path,) = seeds.glob("002*.txt")
    found = read(path.read_text(encoding="utf-8"))
    for name in ("Rassypnoye", "Zaytsevo"):
        assert km(found[name], 49.87, 38.28) < 40


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("In Kherson, three refused. Ukraine said so.", "Kherson"),
        ("From Kupiansk they were sent to Luhansk. Ukraine confirmed it.", "Kupiansk"),
        ("At Zaitsevo, in the Donetsk region, they were held.", "Zaitsevo"),
    ],
)
def test_places_a_preposition_that_opens_a_sentence_is_one(read, text, name):
    assert name in read(text)
