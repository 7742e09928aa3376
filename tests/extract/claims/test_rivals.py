"""Which events a clause tells where patterns and the taught model both found some."""

from __future__ import annotations

import numpy as np
import pytest

from leadline.extract.claims.coded.events import Found
from leadline.extract.claims.coded.rivals import contenders, coordinates
from leadline.extract.claims.coded.taught import Heard
from leadline.extract.parse import parse_documents
from leadline.schema import Document

CODES = ("prosecution", "forced-return")
TEXT = "The gunners were given suspended terms and were put back into the line."


@pytest.fixture(scope="module")
def doc():
    return next(parse_documents([Document(document="d", sha256="", text=TEXT, series="d", language="en")])).doc


def told(doc, word, event, *, learned=False, weight=0.8):
    token = next(t for t in doc if t.text == word)
    return Found(event, token, (token,), weight, 2, None, learned=learned)


def heard_at(doc, word, chance):
    at = next(t.i for t in doc if t.text == word)
    return Heard((), {at: 0}, np.array([[0.0, chance]], dtype=np.float32), CODES)


@pytest.mark.parametrize(("chance", "events"), [(0.7, ["prosecution", "forced-return"]), (0.5, ["prosecution"])])
def test_a_part_that_only_the_model_hears_is_a_claim_where_it_is_sure(doc, chance, events):
    hits = [told(doc, "given", "prosecution"), told(doc, "put", "forced-return", learned=True)]
    parts = coordinates(hits, hits[0].head, heard_at(doc, "put", chance))
    assert [members[0].event for _, members in parts] == events


def test_parts_that_tell_the_same_event_are_one_claim(doc):
    hits = [told(doc, "given", "prosecution"), told(doc, "put", "prosecution")]
    assert coordinates(hits, hits[0].head, Heard()) == [(hits[0].head, hits)]


@pytest.mark.parametrize(("chance", "weighed"), [(0.8, 2), (0.7, 1)])
def test_what_the_model_hears_is_weighed_against_a_pattern_where_it_is_all_but_certain(doc, chance, weighed):
    hits = [told(doc, "given", "prosecution"), told(doc, "put", "forced-return", learned=True)]
    assert len(contenders(hits, heard_at(doc, "put", chance))) == weighed
