"""Claims into incidents through the stage and its tables."""

from __future__ import annotations

import logging
import math

import msgspec
import pytest

from leadline.errors import CodebookError
from leadline.link import link_incidents
from leadline.link.parameters import SHIPPED, load_parameters
from leadline.link.rows import make_rows
from leadline.link.sorts import sort_of
from leadline.progress import SILENT
from leadline.schema import (
    CLAIM_ORIGINS,
    CLAIMS,
    DOCUMENTS,
    INCIDENTS,
    JUDGEMENTS,
    ORIGINS,
    PAIRS,
    PARTITIONS,
    Claim,
    ClaimOrigin,
    Document,
    Hop,
    Incident,
    Number,
    Origin,
    Pair,
    PartitionDraw,
    Place,
    Published,
    TimeInterval,
)
from leadline.settings import Settings

OSTREL = Place(name="Ostrel", lat=61.0, lon=52.0, precision_m=1000.0, gazetteer_id="g1")
PRIOR = math.log2(load_parameters().prior / (1 - load_parameters().prior))
HEMMEL = Place(name="Hemmel", lat=62.5, lon=55.0, precision_m=1000.0, gazetteer_id="g2")


def claim(name, *, document=None, quote=None, day=None, place=None, number=None, **more):
    quote = quote or f"Guards fired on men near the mill {name}."
    return Claim(
        claim_id=name, document=document or f"d-{name}", start=0, end=len(quote), quote=quote,
        **{"event": "order-to-fire", "realis": "ordered", "medium": "intercepted-call", "actor": "VRN", **more},
        verification="not-stated", places=(place,) if place else (), number=number,
        time=TimeInterval(start=day, end=day, phrase=day) if day else None,
    )  # fmt: skip


def document(name, day=None, series=None):
    published = Published(start=day, end=day, basis="given", evidence="test") if day else None
    return Document(document=name, sha256=name, text="", publisher=series, series=series or name, published=published)


class Linked:
    def __init__(self, engine):
        self.incidents = list(engine.records(INCIDENTS, Incident))
        self.pairs = list(engine.records(PAIRS, Pair))
        self.draws = list(engine.records(PARTITIONS, PartitionDraw))

    def of(self, claim_id):
        return next(i for i in self.incidents if claim_id in i.claims)

    def together(self, *claims):
        return len({self.of(c).incident_id for c in claims}) == 1


@pytest.fixture
def link(make_engine):
    def run(claims, documents=(), origin_of=None, judgements=(), **settings):
        origin_of = origin_of or {c.claim_id: f"o-{c.claim_id}" for c in claims}
        origins = [Origin(origin_id=o, kind="call", medium="intercepted-call") for o in sorted(set(origin_of.values()))]
        documents = documents or [document(d) for d in sorted({c.document for c in claims})]
        engine = make_engine(
            {DOCUMENTS: list(documents), CLAIMS: list(claims), ORIGINS: origins,
             CLAIM_ORIGINS: [ClaimOrigin(claim_id=c, origin_id=o) for c, o in sorted(origin_of.items())]}
        )  # fmt: skip
        engine.provide(JUDGEMENTS, judgements)
        engine.begin("link")
        link_incidents(engine, Settings(**{"partition_draws": 20, **settings}), SILENT)
        engine.seal("link", "link" * 4)
        engine.commit("link", "link" * 4)
        return Linked(engine)

    return run


@pytest.mark.parametrize("n", [0, 1])
def test_link_of_no_claim_and_of_one(link, n):
    found = link([claim("a")][:n])
    assert (len(found.incidents), found.pairs, len(found.draws)) == (n, [], 20 * n)


def test_link_of_documents_that_tell_of_practices_alone(link):
    """That claims of a document agree shows that it tells of one thing; where none is a single event no documents are compared."""
    told = [
        claim(f"{d}{k}", document=f"d{d}", quote=f"Men are repeatedly beaten there {d}{k}.", place=OSTREL, day="2031-03-03")
        for d in range(30)
        for k in range(3)
    ]  # fmt: skip
    assert link(told, [document(f"d{d}", "2031-03-04") for d in range(30)]).together("00", "112")


def test_link_claims_that_share_nothing_are_not_compared(link):
    found = link([claim("a", quote="Alpha bravo charlie."), claim("b", quote="Delta echoes foxtrot.")])
    assert found.pairs == []
    assert len(found.incidents) == 2


def test_link_same_place_and_days_is_one_incident_with_explained_score(link):
    found = link([claim("a", place=OSTREL, day="2031-03-03"), claim("b", place=OSTREL, day="2031-03-03")])
    assert found.together("a", "b")
    pair = found.pairs[0]
    assert pair.probability > 0.9
    fields = {f.field: f for f in pair.features}
    assert fields["place"].level == "the same named place"
    assert fields["place"].weight > 0
    assert fields["time"].left == "2031-03-03/2031-03-03"
    prior = load_parameters().prior
    import math

    assert pair.weight == pytest.approx(math.log2(prior / (1 - prior)) + sum(f.weight for f in pair.features), abs=0.02)


def test_link_same_practice_years_apart_is_two_incidents(link):
    claims = [claim("a", day="2031-03-03"), claim("b", day="2034-09-25")]
    documents = [document("d-a", "2031-03-04"), document("d-b", "2034-09-25")]
    assert not link(claims, documents).together("a", "b")


def test_link_other_place_is_another_incident_though_the_words_agree(link):
    assert not link([claim("a", quote="Guards fired on nine men near the mill.", place=OSTREL), claim("b", quote="Guards fired on nine men near the mill.", place=HEMMEL)]).together("a", "b")  # fmt: skip


def test_link_historical_and_present_never_meet(link):
    found = link([claim("a", place=OSTREL), claim("b", place=OSTREL, historical=True)])
    assert not found.together("a", "b")
    assert found.of("b").historical
    assert not found.of("b").is_single_event


@pytest.mark.parametrize(
    ("quote", "more", "sort"),
    [
        ("Guards fired at the mill.", {}, "single"),
        ("Guards repeatedly fired at the mill.", {}, "series"),
        ("The town has seen a dramatic rise in shots at guards.", {}, "series"),
        ("Under a law passed in April, refusing an order carries a sentence of two years.", {}, "series"),
        ("Guards fired at the mill.", {"number": Number(low=14.0, high=None, unit="occasions")}, "series"),
        ("Guards fire on whoever leaves.", {"realis": "generic"}, "generic"),
        ("They lose men.", {"number": Number(low=600, high=1000, unit="men per day")}, "series"),
    ],
)
def test_link_series_and_habits_are_no_single_event(link, quote, more, sort):
    c = claim("a", quote=quote, place=OSTREL, **more)
    assert sort_of(c, load_parameters()) == sort
    assert link([c]).incidents[0].is_single_event == (sort == "single")


def test_link_counts_documents_series_and_origins(link):
    claims = [
        claim(n, place=OSTREL, day="2031-03-03", quote=f"Guards fired at the mill, as {n} was told.")
        for n in ("a", "b", "c")
    ]
    documents = [document("d-a", series="s1"), document("d-b", series="s1"), document("d-c", series="s2")]
    i = link(claims, documents, {"a": "o1", "b": "o1", "c": "o2"}).of("a")
    assert (i.n_documents, i.n_series, i.n_origins, i.n_independent) == (3, 2, 2, 2)
    assert i.n_no_publisher == 0


def test_link_documents_of_unknown_publishers_are_no_outlets(link):
    claims = [claim(n, place=OSTREL, day="2031-03-03", quote="Guards fired at the mill.") for n in ("a", "b", "c")]
    i = link(claims, [document("d-a", series="s1"), document("d-b"), document("d-c")], dict.fromkeys("abc", "o")).of(
        "a"
    )
    assert (i.n_documents, i.n_series, i.n_no_publisher) == (3, 1, 2)


def test_link_an_exact_count_and_a_lower_bound_that_it_meets_are_that_count(link):
    claims = [
        claim("a", place=OSTREL, day="2031-03-03", number=Number(low=2, high=2, unit="men")),
        claim("b", place=OSTREL, day="2031-03-03", number=Number(low=2, high=None, unit="soldiers")),
    ]
    i = link(claims).of("a")
    assert (i.number.low, i.number.high, [c.field for c in i.conflicts]) == (2, 2, [])


def test_link_two_counts_stay_two(link):
    claims = [
        claim("a", place=OSTREL, day="2031-03-03", number=Number(low=12, high=None, unit="cellars")),
        claim("b", place=OSTREL, day="2031-03-03", number=Number(low=15, high=None, unit="camps")),
    ]
    i = link(claims).of("a")
    assert (i.number.low, i.number.high) == (12, None)
    assert [(c.field, c.values, c.claims) for c in i.conflicts] == [
        ("number", ("at least 12 cellars", "at least 15 camps"), ("a", "b"))
    ]


def test_link_denial_is_a_conflict_not_another_incident(link):
    claims = [claim("a", place=OSTREL, day="2031-03-03"), claim("b", place=OSTREL, day="2031-03-03", realis="denied")]
    i = link(claims).of("a")
    assert set(i.claims) == {"a", "b"}
    assert [c.field for c in i.conflicts] == ["realis"]


def test_link_a_copy_is_no_evidence_of_its_own(link):
    """A hundred copies are one row: no pair, no draw and no incident changes but for the copy's own membership."""
    claims = [
        claim("a", place=OSTREL, quote="Guards fired at the mill."),
        claim("b", place=OSTREL, quote="Men were shot beside the lock."),
    ]
    origin_of = {"a": "o1", "b": "o2"}
    before = link(claims, origin_of=origin_of)
    copies = [claim(f"x{k:03d}", place=OSTREL, quote="Guards fired at the mill.") for k in range(100)]
    rows = make_rows([*claims, *copies], {**origin_of, **{c.claim_id: "o1" for c in copies}}, {}, load_parameters())
    assert [len(r.claims) for r in rows] == [101, 1]
    assert len(before.pairs) == 1


def test_link_a_claim_takes_the_place_of_its_neighbours(link):
    claims = [
        claim("a", document="d1", place=OSTREL, quote="Guards fired at the mill."),
        claim("b", document="d1", quote="Nobody was allowed across the lock."),
        claim("c", document="d2", place=HEMMEL, quote="A boat was stopped on the river."),
    ]
    found = link(claims, [document("d1"), document("d2")], {"a": "o1", "b": "o1", "c": "o2"})
    assert found.together("a", "b")
    assert not found.together("a", "c")


def test_link_order_of_input_changes_nothing(make_engine, link, tmp_path):
    claims = [claim(f"c{k}", place=(OSTREL, HEMMEL)[k % 2], day=f"2031-03-0{1 + k % 3}") for k in range(8)]
    rows = make_rows(claims, {}, {}, load_parameters())
    assert rows == make_rows(claims[::-1], {}, {}, load_parameters())


def test_link_is_silent(link, caplog, capfd):
    with caplog.at_level(logging.DEBUG):
        link([claim("a", place=OSTREL), claim("b", place=OSTREL)])
    assert not [r for r in caplog.records if r.name.startswith("splink")]
    assert capfd.readouterr() == ("", "")


def test_link_learns_from_many_pairs_and_stays_sound(link):
    claims = []
    for k in range(16):
        place = Place(name=f"P{k}", lat=60 + k / 10, lon=50.0, precision_m=800.0, gazetteer_id=f"g{k}")
        for j in range(4):
            day = f"2031-{1 + k % 12:02d}-{1 + k % 27:02d}"
            claims.append(
                claim(
                    f"c{k:02d}{j}",
                    place=place if j != 3 else None,
                    day=day,
                    quote=f"Men number {k} of town{k} were fired at {j}.",
                )
            )
    found = link(claims, min_pairs_for_em=50)
    right = sum(len({c[1:3] for c in i.claims}) == 1 for i in found.incidents)
    assert right / len(found.incidents) > 0.9
    assert len(found.incidents) < 40


def test_link_parameters_name_the_wrong_place(tmp_path):
    bad = tmp_path / "p.toml"
    bad.write_text(
        SHIPPED.read_text(encoding="utf-8").replace("m = 0.5, u = 0.006", "m = 0.7, u = 0.006"), encoding="utf-8"
    )
    with pytest.raises(CodebookError, match=r"comparisons\.origin\.levels: the m of the levels add up to 1\.2"):
        load_parameters(bad)


def test_link_parameters_of_another_subject_say_only_what_differs(tmp_path):
    own = tmp_path / "p.toml"
    own.write_text('title = "shootings"\n[families]\ngun-violence = ["shooting", "killing"]\n', encoding="utf-8")
    found, shipped = load_parameters(own), load_parameters()
    assert found.families == {"gun-violence": ("shooting", "killing")}
    assert (found.comparisons, found.series, found.prior) == (shipped.comparisons, shipped.series, shipped.prior)


def test_link_parameters_refuse_a_comparison_that_the_model_does_not_have(tmp_path):
    bad = tmp_path / "p.toml"
    bad.write_text('[comparisons.colour]\nlevels = [{ label = "x", m = 0.5, u = 0.5 }]\n', encoding="utf-8")
    with pytest.raises(CodebookError, match="comparisons unknown: colour"):
        load_parameters(bad)


def test_link_few_shared_words_tell_nothing_within_one_document(link):
    """A text does not say a thing twice in the same words; two texts that tell of one thing share some."""
    quotes = {"a": "Guards fired on men near the mill.", "b": "A crate of apples fell over at dusk."}
    for documents, told in ((("d", "d"), False), (("d", "e"), True)):
        found = link(
            [claim(n, document=d, quote=q, place=OSTREL) for (n, q), d in zip(quotes.items(), documents, strict=True)]
        )
        assert ("wording" in {f.field for f in found.pairs[0].features}) is told


def test_link_near_depends_on_how_precisely_the_places_are_known(link):
    for precision, level in ((100.0, "elsewhere"), (1000.0, "at most 30 km apart")):
        near = [
            Place(name=n, lat=61.0 + k / 10, lon=52.0, precision_m=precision, gazetteer_id=n)
            for k, n in enumerate("pq")
        ]  # eleven kilometres from each other
        found = link([claim(p.name, place=p, day="2031-03-03") for p in near])
        assert {f.field: f.level for f in found.pairs[0].features}["place"] == level


def test_link_one_name_read_as_two_places_contradicts_nothing(link):
    namesake = msgspec.structs.replace(HEMMEL, name="Ostrel")
    for place, level in ((namesake, None), (HEMMEL, "elsewhere")):
        found = link([claim("a", place=OSTREL, day="2031-03-03"), claim("b", place=place, day="2031-03-03")])
        assert {f.field: f.level for f in found.pairs[0].features}.get("place") == level


def test_link_one_name_that_was_found_in_one_text_alone_is_one_place(link):
    unread = Place(name="OSTREL", lat=None, lon=None, precision_m=None, gazetteer_id=None)
    found = link([claim("a", place=OSTREL, day="2031-03-03"), claim("b", place=unread, day="2031-03-03")])
    assert {f.field: f.level for f in found.pairs[0].features}["place"] == "the same named place"


def test_link_a_name_that_no_gazetteer_has_contradicts_no_place_with_a_point_but_another_such_name(link):
    def named(name):
        return Place(name=name, lat=None, lon=None, precision_m=None, gazetteer_id=None)

    def compared(left, right):
        found = link([claim("a", place=left, day="2031-03-03"), claim("b", place=right, day="2031-03-03")])
        return {f.field: f.level for f in found.pairs[0].features}.get("place")

    assert compared(named("Ostrl"), OSTREL) is None
    assert compared(OSTREL, named("the Old Mill")) is None
    assert compared(named("Sarn"), named("Brelau")) == "elsewhere"


def reports(n, *, one_event):
    """Each report: three sources on an event, of which the last says neither where nor when; or three events."""
    made, days = [], []
    for k in range(n):
        for x in "abc":
            at = k if one_event else 3 * k + ord(x)
            place = Place(name=f"P{at}", lat=40.0 + at, lon=0.0, precision_m=1000.0, gazetteer_id=f"p{at}")
            day = f"2031-{1 + at % 12:02}-{1 + at % 28:02}"
            where = {} if x == "c" else {"place": place, "day": day}
            made.append(claim(f"{k:02}{x}", document=f"d{k:02}", quote=f"Word{k}{x} said{x}{k} thing{x}{k}.", **where))
        days.append(document(f"d{k:02}", f"2031-{1 + k % 12:02}-28"))
    return made, days


def test_link_reports_of_one_event_each_put_together_what_says_neither_where_nor_when(link):
    found = link(*reports(12, one_event=True))
    assert found.together("00a", "00b", "00c")
    assert not found.together("00a", "01a")
    lent = next(p for p in found.pairs if (p.claim_l, p.claim_r) == ("00a", "00c"))
    assert not {"place", "time"} & {f.field for f in lent.features}  # that it has them from the other tells nothing
    again = link(*reports(12, one_event=False))
    assert not again.together("00a", "00b")
    assert not again.together("00a", "00c")


def test_link_claims_of_two_documents_that_tell_of_one_event_have_it_from_these(link):
    """What a claim does not say the rest of its document says; and the features still add up to the weight."""
    claims, documents = reports(12, one_event=True)
    names = "Wessel Ardenne of Molkery"
    told = {"d00": names, "dx": f"Colleagues of {names} grieve.", "dy": "Of another matter nothing is known."}
    others = [claim(f"x{d}", document=d, quote=f"Something else entirely {d}.") for d in ("dx", "dy")]
    documents = [*documents, document("dx", "2031-01-27"), document("dy", "2031-11-27")]
    documents = [msgspec.structs.replace(d, text=told.get(d.document, d.document * 3)) for d in documents]
    found = link([*claims, *others], documents)
    of_x = {p.claim_l: p for p in found.pairs if p.claim_r == "xdx"}
    assert of_x["00c"].probability > 0.5
    assert max((p.probability for c, p in of_x.items() if not c.startswith("00")), default=0.0) < 0.1
    assert "almost surely" in {f.field: f.level for f in of_x["00c"].features}["reported"]
    assert found.together("00c", "xdx")
    assert not found.together("00c", "xdy")
    for p in found.pairs:
        assert p.weight == pytest.approx(sum(f.weight for f in p.features) + PRIOR, abs=0.001)


def test_link_a_habit_beside_an_event_is_of_its_incident(link):
    claims = [
        claim("a", document="d1", quote="They hold us in the pit without water.", event="ill-treatment"),
        claim("b", document="d1", quote="Phones are confiscated.", event="ill-treatment", realis="generic"),
        claim("c", document="d2", quote="Phones are confiscated.", event="ill-treatment", realis="generic"),
        claim("d", document="d1", quote="They beat those who refuse.", event="ill-treatment", realis="generic"),
    ]
    found = link(claims, origin_of={"a": "o1", "b": "o1", "c": "o2", "d": "o1"})
    assert found.together("a", "b")
    assert not found.together("b", "c")
    assert not found.together("a", "d")  # a practice of an army, and no circumstance of one event


def test_link_a_headline_is_of_the_incident_that_the_body_tells(link):
    def told(name, at, quote, hops):
        chain = tuple(Hop(name=h, canonical=h, cue="says", start=None, end=None) for h in hops)
        return msgspec.structs.replace(claim(name, document="d1", quote=quote, medium="video"), chain=chain, start=at)

    headline = told("a", 0, "Guards fired on retreating men at the lock.", [])
    body = told("b", 90, "Guards of ours fired on men retreating over the lock, he says.", ["soldier"])
    later = told("c", 400, "Guards fired on boats that carried retreating men.", [])
    found = link([headline, body, later], origin_of={"a": "own", "b": "o1", "c": "own2"})
    assert found.together("a", "b")
    level = {(p.claim_l, p.claim_r): next(f.level for f in p.features if f.field == "origin") for p in found.pairs}
    assert level["a", "b"].startswith("a document's headline")
    assert level["b", "c"] == "different origins"


def test_link_the_cellar_named_earlier_is_meant_later(link):
    about = {"event": "unlawful-detention", "document": "d1"}
    claims = [
        claim("a", place=OSTREL, quote="Men who refuse are held in the cellar of a mill.", **about),
        claim("b", quote="Some forty of them were in the cellar by then.", **about),
        claim("c", quote="A cart was stopped with nine recruits.", **about),
    ]
    found = link(claims)
    assert found.together("a", "b")
    assert not found.together("a", "c")


def test_link_one_count_by_two_nouns_is_no_conflict(link):
    claims = [
        claim("a", place=OSTREL, day="2031-03-03", number=Number(low=30, high=30, unit="men")),
        claim("b", place=OSTREL, day="2031-03-03", number=Number(low=30, high=30, unit="soldiers")),
    ]
    assert link(claims).of("a").conflicts == ()


def test_link_what_an_analyst_says_of_an_army_is_no_incident(link):
    general = claim("a", medium="analysis", quote="They are sent to die.")
    country = msgspec.structs.replace(OSTREL, precision_m=600_000.0)
    assert not link([general]).incidents[0].is_single_event
    assert not link([msgspec.structs.replace(general, places=(country,))]).incidents[0].is_single_event
    assert link([msgspec.structs.replace(general, places=(OSTREL,))]).incidents[0].is_single_event


def test_link_one_claim_of_two_villages_disagrees_with_nobody(link):
    both = msgspec.structs.replace(claim("a", day="2031-03-03"), places=(OSTREL, HEMMEL))
    one = claim("b", day="2031-03-03", place=HEMMEL)
    found = link([both, one], origin_of={"a": "o1", "b": "o1"})
    assert found.together("a", "b")
    assert found.of("a").conflicts == ()
    far = link(
        [claim("a", place=OSTREL), claim("b", place=HEMMEL)], origin_of={"a": "o1", "b": "o1"}, link_threshold=0.001
    )
    assert [(c.field, c.values) for c in far.of("a").conflicts] == [("place", ("Hemmel", "Ostrel"))]


def test_link_an_answer_is_no_incident(link):
    assert not link([claim("a", event="official-response", place=OSTREL)]).incidents[0].is_single_event


def test_link_an_undated_copy_of_a_historical_claim_adds_no_incident(link):
    day, quote = "1931-02-03", "On February 3, 1931 he signed the order."
    dated = claim("a", day=day, quote=quote, historical=True)
    undated = claim("b", day=day, quote=quote)
    found = link([dated, undated], origin_of={"a": "o1", "b": "o1"})
    assert found.together("a", "b")
    assert found.of("a").historical
    assert not found.of("a").is_single_event


def test_link_an_undated_copy_makes_no_event_of_a_summary(link):
    quote = "Men were beaten at the mill all through that year."
    dated = msgspec.structs.replace(claim("a", quote=quote, place=OSTREL), time=TimeInterval(start="2031-01-01", end="2031-12-31", phrase="that year"))  # fmt: skip
    found = link([dated, claim("b", quote=quote, place=OSTREL)], origin_of={"a": "o1", "b": "o1"})
    assert found.together("a", "b")
    assert not found.of("a").is_single_event


def test_link_a_day_after_the_other_was_published_is_another_incident(link):
    """What was published on 5 March cannot tell of 9 March, though it gives no day and all else agrees."""
    undated, dated = claim("a", place=OSTREL, quote="They sent us at it."), claim("b", place=OSTREL, day="2031-03-09")
    apart = link([undated, dated], [document("d-a", "2031-03-05"), document("d-b", "2031-03-20")])
    assert not apart.together("a", "b")
    assert {f.level for p in apart.pairs for f in p.features if f.field == "time"} == {
        "a day after the other was published"
    }
    later = link([undated, dated], [document("d-a", "2031-03-15"), document("d-b", "2031-03-20")])
    assert {f.field for p in later.pairs for f in p.features} & {"time"} == set()  # one has no day: nothing to compare
    foretold = link([undated, dated], [document("d-a", "2031-03-05"), document("d-b", "2031-03-05")])
    assert {f.field for p in foretold.pairs for f in p.features} & {"time"} == set()  # it was foretold by both


def test_link_a_denial_is_about_the_incident_that_others_tell_of_there(link):
    told = [claim("a", place=OSTREL, realis="actual"), claim("b", place=OSTREL, realis="actual")]
    denial = claim("c", place=OSTREL, realis="denied", quote="Nothing of this kind exists in the whole district.")
    found = link([*told, denial])
    assert found.together("a", "b", "c")
    elsewhere = claim("c", place=HEMMEL, realis="denied", quote="Nothing of this kind exists in the whole district.")
    assert not link([*told, elsewhere]).together("a", "c")


def test_link_a_company_may_be_of_the_regiment_that_another_report_names(link):
    def reports(unit):
        return [
            claim("a", place=OSTREL, day="2031-03-03", unit="112th regiment"),
            claim("b", place=OSTREL, day="2031-03-03", quote="Two crews shot at men who came back.", unit=unit),
        ]

    def weight(unit):
        (pair,) = link(reports(unit)).pairs
        return pair.weight

    assert weight("3rd company") == pytest.approx(weight(None))
    assert weight("9th regiment") < weight(None)
