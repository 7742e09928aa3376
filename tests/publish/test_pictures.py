"""The pictures: lineage, disagreements, the funnel, who relies on whom; and what a rewrite did to the words."""

from __future__ import annotations

import itertools
import random

import msgspec
import pytest
from publish_heap import tables

from leadline.publish.compare import compare
from leadline.publish.drawings import MOST_NEAR, MOST_NODES, neighbours, source_graph
from leadline.publish.graph import COLUMN, components, layout
from leadline.publish.lineage import lineage
from leadline.publish.view import Views
from leadline.publish.view.disputes import dispute
from leadline.publish.view.documents import PART_CHARACTERS, PART_CLAIMS, part_borders
from leadline.publish.view.figures import figures
from leadline.publish.view.phrases import fitted, telling
from leadline.register import Register
from leadline.schema import (
    CLAIMS,
    INCIDENTS,
    ORIGINS,
    REFUSALS,
    SOURCE_EDGES,
    Conflict,
    Evidence,
    Number,
    Refusal,
    SourceEdge,
    TimeInterval,
)  # fmt: skip


@pytest.fixture
def views(make_engine):
    found = Views(make_engine(tables()), Register(()), {}, frozenset({"refusal"}), names=False)
    list(found.documents())
    return found


def test_lineage_draws_one_band_a_line_and_every_document(views):
    (incident,) = views.incidents()
    drawing = lineage(incident)
    assert [b.label for b in drawing.bands] == ["Line 1"]
    assert [b.label for b in drawing.boxes if b.kind == "carrier"] == ["The Harbour Post", "publisher unknown"]
    assert [b.label for b in drawing.boxes if b.kind == "origin"] == ["[a soldier]", "Veshan Military Intelligence"]
    assert len(drawing.curves) == 3  # speaker to releaser, and one into each document
    assert all(b.y + b.height <= drawing.height for b in drawing.boxes)


def test_lineage_of_many_documents_says_how_many_it_leaves_out(views):
    (incident,) = views.incidents()
    many = tuple(msgspec.structs.replace(incident.carriers[0], document=f"x{n}") for n in range(60))
    assert lineage(msgspec.structs.replace(incident, carriers=many)).hidden == 24


def claim(views, **more):
    return msgspec.structs.replace(views.claims["a.txt#c1"], **more)


def test_a_denial_says_who_denies_and_who_tells(views):
    told = claim(views, claim_id="1")
    denied = claim(views, claim_id="2", realis="denied", hops=(), publisher="The Harbour Post")
    found = dispute(Conflict(field="realis", values=("denied", "told"), claims=("2", "1")), [told, denied], str)
    assert found.values == ("denied by The Harbour Post itself", f"told by {told.hops[-1].name}")


def test_counts_are_ranges_with_their_open_ends(views):
    one = claim(views, claim_id="1", number=Number(low=40, high=60, unit="men"))
    two = claim(views, claim_id="2", number=Number(low=120, high=None, unit="men"))
    other = claim(views, claim_id="3", number=Number(low=900, high=900, unit="tanks"))
    found = dispute(Conflict(field="number", values=("a", "b"), claims=("1", "2")), [one, two, other], str)
    assert [(r.said, r.open_left, r.open_right) for r in found.rows] == [
        ("40 to 60 men", False, False),
        ("at least 120 men", False, True),
    ]
    low, high = found.rows
    assert low.left + low.width < high.left
    assert high.left + high.width == pytest.approx(100)
    assert (found.first, found.last) == ("0", "beyond 120")


def test_times_are_intervals_on_one_axis(views):
    one = claim(views, claim_id="1", time=TimeInterval(start="2022-09-01", end="2022-09-30", phrase="September"))
    two = claim(views, claim_id="2", time=TimeInterval(start="2022-09-30", end="2022-09-30", phrase="Friday"))
    found = dispute(Conflict(field="time", values=("x/y", "z"), claims=("1", "2")), [one, two], str)
    assert (found.first, found.last) == ("2022-09-01", "2022-09-30")
    assert found.rows[0].left == 0
    assert found.rows[1].left > 90


def edge(a: str, b: str, n: int = 1, ring: str | None = None) -> SourceEdge:
    return SourceEdge(
        relying=a, relying_name=a, relying_kind="publisher", relied_on=b, relied_on_name=b, relied_on_kind="body", kind="quotes", n_claims=n, ring=ring
    )  # fmt: skip


def test_graph_puts_who_tells_left_of_whom_they_rely_on():
    drawing = layout(
        {("paper", "agency"): 3.0, ("blog", "paper"): 1.0, ("agency", "ministry"): 2.0, ("blog", "agency"): 1.0}
    )
    x = {n.key: n.x for n in drawing.nodes}
    assert x["blog"] < x["paper"] < x["agency"] < x["ministry"]
    columns = sorted(x.values())
    assert all(b - a >= COLUMN for a, b in itertools.pairwise(columns))


def test_graph_is_the_same_whatever_the_order_of_its_links():
    rng = random.Random(4)
    links = [((f"s{rng.randrange(60)}", f"t{rng.randrange(40)}"), float(rng.randrange(1, 9))) for _ in range(200)]
    first = layout(dict(sorted(links)))
    rng.shuffle(links)
    assert layout(dict(sorted(dict(sorted(links)).items(), reverse=True))) == first


def test_graph_of_circles_ends_and_keeps_them_together():
    links = {(f"n{k}", f"n{(k + 1) % 5}"): 1.0 for k in range(5)}
    assert components(links) == [("n0", "n1", "n2", "n3", "n4")]
    drawing = layout(links, circular=set(links))
    assert len({n.x for n in drawing.nodes}) == 1
    assert all(n.in_circle for n in drawing.nodes)
    assert all(e.circular for e in drawing.edges)


def test_graph_of_five_hundred_sources_draws_the_weightiest_and_every_ring(make_engine):
    rng = random.Random(2)
    edges = [edge(f"outlet {k:03d}", f"body {rng.randrange(100):02d}", rng.randrange(1, 50)) for k in range(400)]
    edges += [edge("blog a", "blog b", 1, ring="blog a"), edge("blog b", "blog a", 1, ring="blog a")]
    listed = sorted(edges, key=lambda e: (e.relying, e.relied_on))
    views = Views(make_engine({SOURCE_EDGES: listed}), Register(()), {}, frozenset(), names=False)
    found = source_graph(listed, views.sources())
    assert len(found.nodes) <= MOST_NODES
    assert {"blog a", "blog b"} <= {n.name for n in found.nodes if n.ring}
    assert found.left_out == len({k for e in edges for k in (e.relying, e.relied_on)}) - len(found.nodes)
    spots = [(n.x, n.y) for n in found.nodes]
    assert len(set(spots)) == len(spots)  # no box on another


def test_compare_lays_paragraphs_beside_each_other():
    original = "They took the town in May.\nThe unit had 40 men.\nNobody was there."
    copy = "They captured the metropolis in Could.\nThe device had 40 men."
    found = compare(original, copy)
    assert [("".join(p.text for p in r.original if p.changed)) for r in found.rows] == ["took town May.", "unit "]
    assert ("May", "Could", 1) in found.swapped
    assert ("unit", "device", 1) in found.swapped
    assert "\n".join("".join(p.text for p in r.copy) for r in found.rows) == copy


def test_compare_of_the_same_words_shows_nothing():
    assert compare("They took the town.", "They took the town.") is None
    assert compare("", "They took the town.") is None


def test_compare_of_very_long_texts_says_that_it_is_skipped():
    assert compare("word " * 5000, "other " * 5000).skipped


def test_compare_hides_a_damaged_name_that_stands_for_a_hidden_one():
    found = compare("the analyst, [an analyst], told us so", "the analyst, Good Karan, told us so")
    assert "Karan" not in "".join(p.text for r in found.rows for p in r.copy)


def test_compare_hides_a_damaged_name_beside_a_role_of_which_a_word_is_common():
    found = compare("it told [a soldier] of the river", "it told a Karan of the river")
    assert "Karan" not in "".join(p.text for r in found.rows for p in r.copy)


@pytest.mark.parametrize("text", ["", "short", "w" * 1_000_000, "a word " * 60_000, "line\n" * 80_000])
def test_parts_of_a_text_cover_it_without_overlap(text):
    borders = part_borders(text, list(range(0, len(text), 50)))
    assert "".join(text[a:b] for a, b in borders) == text
    assert all(0 < b - a <= PART_CHARACTERS for a, b in borders if text)
    starts = list(range(0, len(text), 50))
    assert all(sum(a <= s < b for s in starts) <= PART_CLAIMS for a, b in borders[:3])


def test_incident_shared_claims_lead_to_each_incident(make_engine):
    found = tables()
    twice = msgspec.structs.replace(found[INCIDENTS][0], incident_id="i2")
    found[INCIDENTS].append(twice)
    views = Views(make_engine(found), Register(()), {}, frozenset(), names=False)
    list(views.documents())
    assert len(views.claims[found[CLAIMS][0].claim_id].incident_pages) == 2


def test_figures_count_a_circular_claim_once_and_only_items_that_have_a_digest(make_engine):
    found = tables()
    origin = found[ORIGINS][0]
    found[ORIGINS][0] = msgspec.structs.replace(origin, evidence=(Evidence(rule="circular", note="a ring"),))
    around = [edge("a", "b", 1, ring="a"), edge("b", "a", 1, ring="a")]
    found[SOURCE_EDGES] = [msgspec.structs.replace(e, n_circular=len(origin.claims)) for e in around]
    found[REFUSALS] = [
        Refusal(document="unreadable", sha256=None, size=None, reason="it cannot be opened"),
        Refusal(document="x.zip", sha256="ab", size=1, reason="format"),
    ]
    views = Views(make_engine(found), Register(()), {}, frozenset(), names=False)
    documents = [parts[0] for parts in views.documents()]
    counted = figures(views, documents, views.incidents(), 1)
    assert counted.n_circular_claims == len(origin.claims) > 0
    assert (counted.n_refused, counted.n_hashed) == (2, len(documents) + 1)


def test_dispute_about_the_fact_itself_says_who_tells_and_who_denies_it(views):
    one, two, other = list(views.claims.values())[:3]
    claims = [one, msgspec.structs.replace(two, realis="denied"), other]
    found = dispute(
        Conflict(field="realis", values=("denied", "told"), claims=(one.claim_id, two.claim_id)), claims, str
    )
    sides = dict(found.sides)
    assert set(sides) == {"told", "denied"}
    assert [page for _, page in sides["denied"]] == [f"{two.document_page}#{two.anchor}"]
    assert {page for _, page in sides["told"]} <= {f"{c.document_page}#{c.anchor}" for c in (one, other)}
    assert all(who for side in sides.values() for who, _ in side)


def sources_of(make_engine, edges: list[SourceEdge]):
    listed = sorted(edges, key=lambda e: (e.relying, e.relied_on))
    return Views(make_engine({SOURCE_EDGES: listed}), Register(()), {}, frozenset(), names=False).sources()


def test_graph_of_one_source_holds_the_strongest_of_its_neighbours_alone(make_engine):
    edges = [edge("paper", f"s{n:03d}", n + 1) for n in range(60)] + [edge("agency", "paper"), edge("agency", "s001")]
    sources = {s.key: s for s in sources_of(make_engine, edges)}
    found = neighbours(edges, "paper", sources)
    names = {n.name for n in found.nodes}
    assert len(names) == MOST_NEAR + 2
    assert {"paper", "agency", "s059"} <= names
    assert "s000" not in names
    assert found.left_out == 60 - MOST_NEAR
    assert len(found.edges) == MOST_NEAR + 1  # none between two neighbours
    assert neighbours([], "paper", sources) is None


def test_graph_labels_fit_their_boxes_and_documents_come_after_names(make_engine):
    edges = [edge(f"document:{n}", "agency", 50) for n in range(MOST_NODES)] + [edge("paper", "agency")]
    found = source_graph(edges, sources_of(make_engine, edges))
    assert "paper" in {n.name for n in found.nodes}
    assert fitted("W" * 60, 100.0).endswith("…")
    assert len(fitted("W" * 60, 100.0)) < len(fitted("i" * 60, 100.0)) < 17


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        (
            ("Forty men of the 5th Brigade refused to board", "actual", 1, 0.5),
            ("It is not the conversation that", "actual", 3, 0.9),
        ),
        (("He fled", "actual", 0, 0.5), ("Forty men of the 5th Brigade refused to board", "denied", 3, 0.9)),
        (
            ("Forty men of the 5th Brigade refused", "actual", 0, 0.5),
            ("Forty men of the 5th Brigade may refuse", "possible", 3, 0.9),
        ),
        (
            ("Forty men of the 5th Brigade refused", "actual", 2, 0.5),
            ("Soldiers of the 5th Brigade refused it", "actual", 1, 0.9),
        ),
    ],
)
def test_words_of_an_incident_are_those_that_tell_most(better, worse):
    assert telling(*better) > telling(*worse)
