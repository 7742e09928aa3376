"""The gazetteer: what is in it, how it is asked, and a case's own files."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from leadline.errors import InputError
from leadline.extract.places import Gazetteer
from leadline.extract.places.names import exact_key, fold, folded_key

HEADER = "id,name,alt_names,kind,country,admin1,admin2,lat,lon,precision_m,population\n"


@pytest.mark.parametrize(
    ("one", "other"),
    [("Saint-Étienne", "st. etienne"), ("Donets’k", "Donetsk"), ("ŁÓDŹ", "lodz"), ("Fort  Worth", "Ft. Worth")],
)
def test_names_fold_joins_spellings(one, other):
    assert fold(one) == fold(other)


def test_names_fold_keeps_letters_that_differ():
    assert fold("Київ") != fold("Киів")
    assert fold("Гай") != fold("Гаи")


def test_names_exact_key_is_no_folded_key():
    assert exact_key("us") != folded_key("us")
    assert exact_key("US") != exact_key("us")


@pytest.mark.parametrize("name", ["Київ", "Kiev", "Kyiv", "КИЕВ"])
def test_gazetteer_finds_every_spelling(gazetteer, name):
    best = max(gazetteer.lookup(name), key=lambda p: (p.capital, p.population))
    assert (best.country, best.capital, round(best.lat), round(best.lon)) == ("UA", True, 50, 31)


def test_gazetteer_abbreviations_count_as_written(gazetteer):
    assert [p.id for p in gazetteer.lookup("US")] == ["country:US"]
    assert "country:US" not in [p.id for p in gazetteer.lookup("us")]
    assert gazetteer.lookup("W.Va.")[0].name == "West Virginia"


def test_gazetteer_gives_all_namesakes_of_a_village(gazetteer):
    found = gazetteer.lookup("Іванівка")
    assert len(found) > 100
    assert len({p.id for p in found}) == len(found)
    assert len({p.admin1 for p in found}) > 15


def test_gazetteer_spellings_belong_to_names(gazetteer):
    """What GeoNames lists for one village holds for all of that name."""
    cyrillic = {p.id for p in gazetteer.lookup("Степанівка") if p.country == "UA"}
    assert len(cyrillic) > 20
    for latin in ("Stepanivka", "Stepanovka", "Степановка"):
        assert cyrillic <= {p.id for p in gazetteer.lookup(latin)}


def test_gazetteer_former_names_stay_with_one_place(gazetteer):
    """Artemivsk was Bakhmut: a former name is no spelling that other places of the name share."""
    assert {p.admin1 for p in gazetteer.lookup("Artemivsk") if p.name == "Bakhmut"} == {"Donetsk Oblast"}


def test_gazetteer_villages_lie_within_their_hromada(gazetteer):
    place = next(p for p in gazetteer.lookup("Розсипне") if p.admin1 == "Luhansk Oblast")
    assert place.id.startswith("katottg:UA44")
    assert place.precision_m == 15_000
    assert [u.split(":")[0] for u in place.within] == ["katottg", "geonames", "geonames", "country"]


def test_gazetteer_every_row_is_sound(gazetteer):
    shipped = gazetteer._shipped
    assert shipped is not None
    assert (shipped.key[1:] >= shipped.key[:-1]).all()
    assert shipped.place.min() >= 0
    assert shipped.place.max() < len(shipped.ids)
    known = shipped.lat == shipped.lat
    assert (abs(shipped.lat[known]) <= 90).all()
    assert (abs(shipped.lon[known]) <= 180).all()
    assert not ((shipped.lat == 0) & (shipped.lon == 0)).any()
    assert (shipped.precision[known] > 0).all()
    assert (shipped.parent < len(shipped.ids)).all()


def test_gazetteer_covers_ukraine(gazetteer):
    ids = gazetteer._shipped.ids.to_pylist()
    assert sum(i.startswith("katottg:") for i in ids) > 25_000
    assert len(set(ids)) == len(ids)


def test_gazetteer_opens_quickly_and_imports_no_pandas():
    code = (
        "import sys, time\nfrom leadline.extract.places.gazetteer import Gazetteer\nt = time.process_time()\n"
        "Gazetteer.load().lookup('Paris')\nprint(time.process_time() - t, 'pandas' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    seconds, pandas = done.stdout.split()
    assert float(seconds) < 0.15
    assert pandas == "False"


def own(tmp_path: Path, rows: str) -> Path:
    path = tmp_path / "places.csv"
    path.write_text(HEADER + rows, encoding="utf-8")
    return path


def test_gazetteer_own_file_comes_first(tmp_path):
    path = own(
        tmp_path,
        "x1,Paris,Lutetia|LUT,settlement,XX,Northmark,,10,20,3000,900\nx2,Northmark,,admin1,XX,,,11,21,90000,\n",
    )
    both = Gazetteer.load([path])
    assert [p.id for p in both.lookup("Paris")] == ["x1"]
    assert [p.id for p in both.lookup("LUT")] == ["x1"]
    assert both.lookup("Lutetia")[0].within == ("x2", "name:xx")
    assert len(both.lookup("Berlin")) > 1
    alone = Gazetteer.load([path], shipped=False)
    assert alone.lookup("Berlin") == ()
    assert alone.lookup("Northmark")[0].lat == 11


def test_gazetteer_own_file_may_leave_points_unknown(tmp_path):
    place = Gazetteer.load([own(tmp_path, "a,Velm,,,,,,,,,\n")], shipped=False).lookup("VELM")[0]
    assert (place.lat, place.lon, place.precision_m, place.kind, place.country) == (
        None,
        None,
        None,
        "settlement",
        None,
    )


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ("a,Velm,,,,,,91,0,,\n", "'lat' holds '91'"),
        ("a,Velm,,,,,,north,0,,\n", "'lat' holds 'north'"),
        ("a,Velm,,,,,,nan,0,,\n", "'lat' holds 'nan'"),
        ("a,Velm,,,,,,5,,,\n", "one of lat and lon is empty"),
        ("a,Velm,,hill,,,,,,,\n", "'kind' holds 'hill'"),
        ("a,Velm,,,,,,,,,\na,Orrin,,,,,,,,,\n", "stands twice"),
        ("a,,,,,,,,,,\n", "empty"),
    ],
)
def test_gazetteer_own_file_errors_name_line_and_column(tmp_path, rows, said):
    with pytest.raises(InputError, match=said) as e:
        Gazetteer.load([own(tmp_path, rows)])
    assert "places.csv:" in str(e.value)


def test_gazetteer_own_file_without_columns(tmp_path):
    path = tmp_path / "p.csv"
    path.write_text("place;x\n", encoding="utf-8")
    with pytest.raises(InputError, match="no column 'id'"):
        Gazetteer.load([path])
    path.write_bytes(b"id,name\n1,\xe8\n")
    with pytest.raises(InputError, match="cannot be read"):
        Gazetteer.load([path])
    with pytest.raises(InputError, match="cannot be read"):
        Gazetteer.load([tmp_path / "absent.csv"])
