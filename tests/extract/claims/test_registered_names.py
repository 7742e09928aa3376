"""Which words of a text are names of the register: the shipped one on ordinary sentences, and what its sources' statements are."""

from __future__ import annotations

from dataclasses import replace

import pytest
import spacy

from leadline.extract.claims.judged.usual import usual_medium
from leadline.extract.claims.sources.names import find_names
from leadline.extract.claims.sources.who import Who
from leadline.extract.reading import read_document
from leadline.register import Register, Source, load_register
from leadline.schema import Document
from tests.extract.claims.conftest import chain_of

WORDS = spacy.blank("en")


@pytest.fixture(scope="module")
def shipped() -> Register:
    return load_register()


def names(text: str, register: Register) -> list[tuple[str, str]]:
    doc = WORDS(text)
    return [(doc[n.start : n.end].text, n.source.id) for n in find_names(doc, register)]


@pytest.mark.parametrize(
    "sentence",
    [
        "Independent journalists counted the graves behind the mill.",
        "Insider accounts of the beating differ.",
        "Times have changed since then, the driver added.",
        "Get lost, the sergeant told the two men.",
        "I want to live, he kept saying.",
        "Schemes to buy a way out cost a year's pay.",
        "Shot in the leg, he crawled back at night.",
        "Mirror images of it were sent to both mothers.",
        "The sun was up when they were led out.",
        "Metro stations were searched for men of age.",
        "Express trains took them west.",
        "Standard rules say that a doctor must see them.",
        "Assembly points filled with men by noon.",
        "Paper money was found on the body.",
        "Thirteenth in the line was a boy of nineteen.",
        "Foreign policy experts saw it otherwise.",
        "Come back alive, she wrote.",
        "Our house burned that night.",
        "Defense news was read out to them.",
        "Forest roads were watched.",
        "Time ran out for the men in the pit.",
        "He sat in the War Zone bar with 24 kg of bread, 1 + 1 for each.",
        "The Intercept Shows How They Were Driven Forward",
        "The Hindu soldier asked for leave.",
        "Focus groups were held in spring.",
    ],
)
def test_ordinary_words_are_no_source(sentence, shipped):
    assert names(sentence, shipped) == []


@pytest.mark.parametrize(
    ("sentence", "found"),
    [
        ("The Independent asked for the list.", [("Independent", "independent")]),
        ("He told the Times that he ran.", [("Times", "times")]),
        ("He told Times Radio that he ran.", [("Times Radio", "times-radio")]),
        ("According to The Mirror, nobody answered.", [("Mirror", "mirror")]),
        ("The group Get Lost hid them.", [("Get Lost", "get-lost")]),
        ("The I Want to Live project took the call.", [("I Want to Live project", "i-want-to-live")]),
        ("Interfax-Ukraine quoted the order.", [("Interfax-Ukraine", "interfax-ukraine")]),
        ("Hromadske Radio aired it.", [("Hromadske Radio", "hromadske-radio")]),
        ("L’Express met two of them.", [("L’Express", "l-express")]),
        ("The TASS desk was silent.", [("TASS", "tass")]),
        ("RBC-Ukraine and Bild had it first.", [("RBC-Ukraine", "rbc-ukraine"), ("Bild", "bild")]),
        ("Ukraine's human rights commissioner wrote back.", [("Ukraine's human rights commissioner", "ukr-ombudsman")]),
    ],
)
def test_a_name_stands_with_its_article_and_its_capitals(sentence, found, shipped):
    assert names(sentence, shipped) == found


def test_a_name_that_the_register_also_gives_without_an_article_needs_none():
    register = Register([Source(id="ferry", name="Ferry", kind="outlet", aliases=("The Ferry",))])
    assert names("Ferry wrote so.", register) == [("Ferry", "ferry")]
    register = Register([Source(id="ferry", name="The Ferry", kind="outlet")])
    assert names("Ferry men wrote so.", register) == []


@pytest.mark.parametrize(
    ("text", "chain", "medium"),
    [
        (
            "Two men were shot for refusing to advance, Interfax-Ukraine reported, citing the State Bureau of Investigation.",
            ["Interfax-Ukraine", "State Bureau of Investigation of Ukraine"],
            "official-statement",
        ),
        ("UALosses counted 40 soldiers killed at the bridge in May.", ["UALosses"], "investigation"),
        (
            "Deserters were shot at the dam, the Jamestown Foundation said on Friday.",
            ["Jamestown Foundation"],
            "analysis",
        ),
    ],
)
def test_new_sources_are_heard_under_their_names(text, chain, medium, shipped, resources):
    d = Document(document="d", sha256="", text=text, series="d", language="en")
    found = read_document(d, replace(resources, register=shipped)).claims
    assert [chain_of(c) for c in found[:1]] == [chain]
    assert found[0].medium == medium


@pytest.mark.parametrize(
    ("source", "owner", "medium"),
    [
        (Source(id="a", name="Ada Brenn", kind="person", medium="analysis"), "", "analysis"),
        (Source(id="a", name="Ada Brenn", kind="person"), "international", "investigation"),
        (Source(id="a", name="Ada Brenn", kind="person", medium="official-statement"), "international", "official-statement"),
        (Source(id="a", name="Ada Brenn", kind="person"), "state-body", "official-statement"),
    ],
)  # fmt: skip
def test_a_person_says_what_the_register_or_the_office_says(source, owner, medium):
    who = Who(source.name, source.name, "person", source, owner_kind=owner)
    assert usual_medium(who, spoken_to=False) == medium


def test_an_office_is_canonically_its_registered_holder(resources):
    mayor = Source(id="wehl", name="Oda Wehl", kind="person", aliases=("Odda Wehl",))
    register = Register([*resources.register.sources.values(), mayor])
    text = "Odda Wehl, the mayor of Karsk, spoke on Friday. Two deserters were shot at the dam, the mayor said."
    d = Document(document="d", sha256="", text=text, series="d", language="en")
    found = read_document(d, replace(resources, register=register)).claims
    assert {h.canonical for c in found for h in c.chain} == {"Oda Wehl"}
