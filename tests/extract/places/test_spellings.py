"""Latin forms of Ukrainian names, as the build script makes them."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[3] / "scripts"))
from ukrainian_names import bgn, kmu, russian


@pytest.mark.parametrize(
    ("name", "latin"),
    [
        ("Знам'янка", "znamianka"),
        ("Юр'ївка", "yurivka"),
        ("Йосипівка", "yosypivka"),
        ("Розгін", "rozghin"),
        ("Щасливе", "shchaslyve"),
    ],
)
def test_spellings_official(name, latin):
    assert kmu(name) == latin


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("Іванівка", "ивановка"),
        ("Костянтинівка", "константиновка"),
        ("Водяне", "водяное"),
        ("Бахмутське", "бахмутское"),
    ],
)
def test_spellings_russian_form(name, form):
    if name == "Костянтинівка":
        pytest.xfail("names that differ in more than sounds need GeoNames' list")
    assert russian(name) == form


def test_spellings_of_russian_forms_with_and_without_glide():
    assert bgn("еленовка") == ("elenovka", "yelenovka")
    assert bgn("орел") == ("orel",)
