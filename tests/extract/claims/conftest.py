"""Reading invented texts with the shipped codebook and an invented register."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from leadline.codebook import load_codebook
from leadline.extract.claims.chosen.choice import Member, Networks
from leadline.extract.claims.coded.coder import Coder
from leadline.extract.places import Gazetteer
from leadline.extract.reading import Resources, read_document
from leadline.register import Register, Source
from leadline.schema import Document, Published

SOURCES = (
    Source(id="norland", name="Government of Norland", kind="state-body", side="NOR"),
    Source(id="nds", name="Norland Defence Service", kind="state-body", aliases=("NDS", "Norland's Defence Service"), parent="norland", side="NOR"),
    Source(id="norland-army", name="Norlandic army", kind="armed-force", aliases=("Norlandic forces",), parent="norland", side="NOR"),
    Source(id="sudria", name="Government of Sudria", kind="state-body", side="SUD"),
    Source(id="sudria-mod", name="Sudrian War Ministry", kind="state-body", aliases=("Sudria's War Ministry",), parent="sudria", side="SUD"),
    Source(id="sudria-army", name="Sudrian army", kind="armed-force", aliases=("Sudrian forces",), parent="sudria", side="SUD"),
    Source(id="harbour", name="Harbour Post", kind="outlet"),
    Source(id="lanterna", name="Lanterna", kind="outlet"),
    Source(id="subtitles", name="FrontWords", kind="channel", relays=True),
    Source(id="office", name="Estimates Office", kind="state-body", yardstick="PHIA"),
    Source(id="orlov", name="Pavel Orlov", kind="person", aliases=("Orlov",), parent="sudria-mod", side="SUD"),
)  # fmt: skip


@pytest.fixture(scope="session")
def resources() -> Resources:
    return Resources(coder=Coder.of(load_codebook(None)), register=Register(SOURCES), gazetteer=Gazetteer.load())


@pytest.fixture(scope="session")
def patterns_alone(resources):
    """The same without the taught model."""
    return replace(resources, coder=replace(resources.coder, taught=None))


@pytest.fixture(scope="session")
def claims(resources):
    """The claims of a text: `claims("…", publisher="Harbour Post")`."""

    def read(text: str, **fields):
        date = fields.pop("date", "2031-06-20")
        published = Published(start=date, end=date, basis="given", evidence="test") if date else None
        d = Document(document="d", sha256="", text=text, series="d", language="en", published=published, **fields)
        found = read_document(d, resources).claims
        assert all(text[c.start : c.end] == c.quote for c in found)
        return found

    return read


@pytest.fixture(scope="session")
def source_of(claims):
    """Who says, innermost, the claim that words of a passage stand in: the name in the text and the one it goes by."""

    def source(text: str, words: str) -> str:
        at = text.index(words)
        claim = next(c for c in claims(text) if c.start <= at + len(words) // 2 < c.end)
        assert claim.chain, "nobody says it"
        return f"{claim.chain[-1].name} {claim.chain[-1].canonical}"

    return source


@pytest.fixture(scope="session")
def claim(claims):
    """The only claim of that event in a text."""

    def read(event: str, text: str, **fields):
        found = [c for c in claims(text, **fields) if c.event == event]
        assert len(found) == 1, [(c.event, c.quote) for c in claims(text, **fields)]
        return found[0]

    return read


def chain_of(claim):
    return [h.canonical for h in claim.chain]


def straight_sum(**clues: float) -> Networks:
    """Networks that sum a few clues: `straight_sum(rule=5.0)`."""
    names = {name.replace("_", " "): i for i, name in enumerate(clues)}
    nought = np.zeros((len(names), 1), dtype=np.float32)
    straight = np.array(list(clues.values()), dtype=np.float32)
    return Networks(names, (Member(nought, nought[0], nought[:1, 0], straight),))
