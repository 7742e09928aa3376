"""`why`: every number and id can be walked down to the words."""

from __future__ import annotations

import msgspec
import pytest
from publish_heap import TEXT_A, span, tables

from leadline.errors import InputError
from leadline.publish.view.phrases import page_key
from leadline.schema import CLAIMS, ESTIMATES, INCIDENTS, ORIGINS, PERSONS, EvidenceLine, ModelEstimate
from leadline.settings import Settings
from leadline.walk import NUMBERS, Node, why


def flat(node: Node) -> list[Node]:
    return [node, *(n for c in node.children for n in flat(c))]


@pytest.fixture
def engine(make_engine):
    return make_engine(tables())


def test_why_incident_ends_at_the_words_of_every_claim(engine):
    nodes = flat(why(engine, "i1"))
    quotes = {n.quote for n in nodes}
    assert {
        "his company refused to attack on Monday",
        "about forty others refused to fight",
        "Soldiers of the 14th brigade refused an order",
    } <= quotes
    assert any("released by one body" in n.title for n in nodes)
    assert any(n.place.startswith("a.txt:") for n in nodes)


def test_why_incident_shows_claims_whose_origin_is_no_line(make_engine):
    """A voice that is not first-hand is an origin of the incident and no line: its words must be there all the same."""
    found = tables()
    found[INCIDENTS] = [
        msgspec.structs.replace(i, lines=(EvidenceLine(origins=("o2",), reason="alone"),)) for i in found[INCIDENTS]
    ]
    quotes = {n.quote for n in flat(why(make_engine(found), "i1"))}
    assert "his company refused to attack on Monday" in quotes


def test_why_incidents_shows_words_of_each_with_their_place(engine):
    listed = why(engine, "incidents").children
    assert [n.title for n in listed] == ["i1  refusal"]
    assert why(engine, "incidents").title == "1 incident"
    assert listed[0].quote in {"his company refused to attack on Monday", "about forty others refused to fight"}
    assert listed[0].place.startswith(("a.txt:", "b.txt:"))
    assert "place: Oldmarsh" in listed[0].details


def test_why_incident_says_which_lines_only_deny_it(make_engine):
    """A denial is evidence of its own, but nobody may take it for one more voice that tells the incident."""
    found = tables()
    found[CLAIMS] = [msgspec.structs.replace(c, realis="denied") if c.document == "b.txt" else c for c in found[CLAIMS]]
    lines = (EvidenceLine(origins=("o1",), reason="alone"), EvidenceLine(origins=("o2",), reason="alone"))
    found[INCIDENTS] = [msgspec.structs.replace(i, lines=lines, n_independent=1) for i in found[INCIDENTS]]
    walk = why(make_engine(found), "i1")
    assert "independent: 1 (beside them, only denying it: 1)" in walk.details[0]
    assert why(make_engine(found), "incidents").children[0].quote.startswith(("his company", "Soldiers of the 14th"))
    assert [n.title for n in walk.children if n.title.startswith("line")] == [
        "line 1: alone",
        "line 2 only denies it: alone",
    ]


def test_why_origin_names_what_it_is_not_independent_of(engine):
    assert any(n.title == "not independent of o2: same-releaser" for n in flat(why(engine, "o1")))


def test_why_claim_shows_its_chain(engine):
    titles = [n.title for n in flat(why(engine, "a.txt#c1"))]
    assert any("according to Veshan Military Intelligence" in t for t in titles)


def test_why_document_shows_relations_and_claims(engine):
    titles = [n.title for n in flat(why(engine, "a.txt"))]
    assert "quotes (to) b.txt" in titles
    assert any(t.startswith("a.txt#c1") for t in titles)


@pytest.mark.parametrize("number", NUMBERS)
def test_why_every_number_of_the_summary_has_an_answer(engine, number):
    assert len(flat(why(engine, number))) > 1


def test_why_unknown_id_lists_similar_ones(engine):
    with pytest.raises(InputError, match=r"did you mean a\.txt#c1"):
        why(engine, "A.TXT#c1")


def told(node: Node) -> str:
    return "\n".join(" ".join((n.title, *n.details, n.quote, n.place)) for n in flat(node))


@pytest.mark.parametrize("what", [*NUMBERS, "i1", "o1", "o2", "a.txt", "b.txt", "a.txt#c1", "b.txt#c1"])
def test_why_shows_persons_outside_the_register_by_role_unless_names_are_asked_for(engine, what):
    shown = told(why(engine, what))
    assert "karan" not in shown.casefold()
    assert "Veshan Military Intelligence" in shown or what not in {"i1", "o1", "o2", "a.txt#c1", "b.txt#c1"}


@pytest.mark.parametrize("what", ["i1", "o1", "a.txt#c1", "refusals"])
def test_why_names_persons_where_names_are_asked_for_or_set(engine, what):
    for node in (why(engine, what, names=True), why(engine, what, Settings(names=True))):
        assert "karan" in told(node).casefold()
    assert "karan" not in told(why(engine, what, Settings(names=True), names=False)).casefold()


def test_why_hides_a_name_by_its_offsets_where_its_letters_are_damaged(make_engine):
    """What stands in a text may differ from the name that was read in it: the offsets say what to hide."""
    found = tables()
    start, end = span(TEXT_A, "his company")  # stands for a name that was read otherwise than it is written
    moved = [msgspec.structs.replace(p, start=start, end=end) for p in found[PERSONS] if p.document == "a.txt"]
    found[PERSONS] = moved
    assert "[a soldier] refused to attack" in told(why(make_engine(found), "a.txt#c1"))


def test_why_draws_a_protected_event_no_finer_than_a_district(make_engine):
    shown = told(why(make_engine(tables()), "a.txt#c1"))
    assert "Oldmarsh (within 25 km of 10.00° N, 40.75° W)" in shown
    found = tables()
    found[CLAIMS] = [msgspec.structs.replace(c, event="losses") for c in found[CLAIMS]]
    # a neighbour does not undo it: the incident of this claim is still a refusal at the same place
    assert "within 25 km of 10.00° N" in told(why(make_engine(found), "a.txt#c1"))


def test_why_draws_a_place_of_no_protected_event_where_it_is(make_engine):
    found = tables()
    for table in (CLAIMS, INCIDENTS):
        found[table] = [msgspec.structs.replace(c, event="losses") for c in found[table]]
    assert "within 2 km of 10.12° N" in told(why(make_engine(found), "a.txt#c1"))


def test_why_finds_a_claim_and_a_document_by_what_it_shows_of_their_ids(make_engine):
    found = tables()
    found[CLAIMS] = [
        msgspec.structs.replace(c, document="x_ivo-karan.txt") if c.document == "b.txt" else c for c in found[CLAIMS]
    ]
    found[PERSONS] = [*found[PERSONS], msgspec.structs.replace(found[PERSONS][0], document="x_ivo-karan.txt")]
    found[CLAIMS] = [
        msgspec.structs.replace(c, claim_id="x_ivo-karan.txt#c1") if c.claim_id == "b.txt#c1" else c
        for c in found[CLAIMS]
    ]
    engine = make_engine(found)
    assert why(engine, f"{page_key('documents', 'x_ivo-karan.txt')}#c1") == why(engine, "x_ivo-karan.txt#c1")
    assert "karan" not in told(why(engine, "x_ivo-karan.txt#c1")).casefold()


def test_why_incident_sets_claims_of_other_incidents_apart(make_engine):
    found = tables()
    found[ORIGINS] = [
        msgspec.structs.replace(o, claims=("a.txt#c1", "a.txt#c2")) if o.origin_id == "o1" else o
        for o in found[ORIGINS]
    ]
    found[INCIDENTS] = [msgspec.structs.replace(i, claims=("a.txt#c1", "b.txt#c1")) for i in found[INCIDENTS]]
    nodes = flat(why(make_engine(found), "i1"))
    apart = [n for n in nodes if n.title.startswith("not about this incident: 1 claim of the same origin")]
    assert [c.quote for n in apart for c in n.children] == ["Soldiers of the 14th brigade refused an order"]
    assert sum("a.txt#c2" in n.title for n in nodes) == 1
    assert any("a.txt#c2" in n.title for n in flat(why(make_engine(found), "o1")))


def test_why_estimate_says_of_every_model_of_a_refused_one_that_it_is_none(make_engine):
    found = tables()
    model = ModelEstimate(
        name="independence", assumption="the lists are independent", n_hat=120.0, lower=90.0, upper=160.0
    )
    found[ESTIMATES] = [msgspec.structs.replace(e, estimable=False, models=(model,)) for e in found[ESTIMATES]]
    titles = [n.title for n in flat(why(make_engine(found), "estimate"))]
    assert "what each model would give; no figure here counts as an estimate" in titles
    assert "not an estimate: independence: 120 (90 to 160)" in titles
