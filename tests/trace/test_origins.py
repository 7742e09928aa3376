"""Origins within and across documents, carriers and ties, through the stage and its tables."""

from __future__ import annotations

import msgspec
import pytest
from trace_heap import Heap, Traced, traced

from leadline.link.lines import Ties, independent_lines
from leadline.schema import Hop, Number, Place


@pytest.fixture
def trace(make_engine, tmp_path):
    def run(heap: Heap) -> Traced:
        return traced(make_engine, tmp_path, heap)

    return run


CALL, VIDEO, TESTIMONY = "intercepted-call", "video", "testimony"


def test_origins_empty_case_works(trace):
    found = trace(Heap())
    assert (found.origins, found.relations, found.carriers) == ({}, [], {})


def test_origins_a_call_is_one_whoever_is_named_last(trace):
    t = trace(
        Heap().add("d", [
            ("Varn intelligence says a second line was set up.", ["Varn intelligence"], CALL),
            ("A soldier tells his wife of the order to fire.", ["Varn intelligence", "soldier"], CALL),
        ])
    )  # fmt: skip
    assert t.same("d-0", "d-1")
    o = t.origin("d-0")
    assert (o.kind, o.speaker, o.released_by) == ("call", "soldier", "Varn intelligence")


def test_origins_all_who_are_heard_on_one_call_are_one_origin(trace):
    t = trace(
        Heap().add("d", [
            ("In an intercepted call a soldier tells of the order.", ["Varn intelligence", "soldier"], CALL),
            ("“They lined them up,” he says.", ["Varn intelligence", "invader"], CALL),
            ("His wife asks whether the commander shot them himself.", ["Varn intelligence", "Mara Lind"], CALL),
        ])
    )  # fmt: skip
    assert t.same("d-0", "d-1", "d-2")


@pytest.mark.parametrize(
    "second", ["In a call released on Friday a commander orders men to fire.", "Other recordings have a commander say so.", "“Fire,” a commander says in an audio."]
)  # fmt: skip
def test_origins_a_call_brought_in_anew_is_another_and_tied(trace, second):
    t = trace(
        Heap().add("d", [
            ("In an intercepted call a soldier tells of the order.", ["Varn intelligence", "soldier"], CALL),
            (second, ["Varn intelligence", "commander"], CALL),
        ])
    )  # fmt: skip
    assert not t.same("d-0", "d-1")
    assert t.tied("d-0", "d-1", "same-releaser")


def test_origins_a_headline_over_what_another_outlet_is_cited_for(trace):
    held = {"event": "detention", "realis": "actual"}
    told = "Forty recruits were held in a barn at Hemmel for refusing to cross the Lenva bridge."
    t = trace(
        Heap()
        .add("a", [(told, ["recruits"], TESTIMONY, held)], publisher="Ferry Post", day="2031-03-01")
        .add("b", [("Recruits held in a barn at Hemmel", [], "not-stated", held), (f"{told[:-1]}, Ferry Post wrote.", ["Ferry Post"], "investigation", held)], title="Recruits held in a barn at Hemmel", publisher="Sund News", day="2031-03-02")
    )  # fmt: skip
    assert t.same("a-0", "b-0", "b-1")


def test_origins_one_call_under_two_speakers_is_one_where_the_words_are_the_same(trace):
    words = "“They would not go to the mill, so he lined up the three of them and fired,” the {} says."
    t = trace(
        Heap()
        .add("a", [(words.format("soldier"), ["Varn intelligence", "soldier"], CALL)], day="2031-03-01")
        .add("b", [(words.format("invader"), ["Varn intelligence", "invader"], CALL)], day="2031-03-02")
        .add("c", [("“We have no bread,” the cook says.", ["Varn intelligence", "cook"], CALL)], day="2031-03-02")
    )
    assert t.same("a-0", "b-0")
    assert not t.same("a-0", "c-0")


def test_origins_what_is_heard_through_a_witness_is_the_witness_s(trace):
    t = trace(
        Heap().add("d", [
            ("The wife of a driver, Mara Lind, said that her husband was tied to a tree.", ["wife of a driver"], TESTIMONY, {"at": (4, 20)}),
            ("She said that he told her of four others.", ["wife of a driver", "husband"], TESTIMONY),
            ("Her husband said that they had refused.", ["husband"], TESTIMONY),
            ("“He would shoot them,” Mara Lind said.", ["Mara Lind"], TESTIMONY),
            ("A driver of the same column said that nobody was tied.", ["driver"], TESTIMONY),
        ])
    )  # fmt: skip
    assert t.same("d-0", "d-1", "d-2", "d-3")
    assert not t.same("d-0", "d-4")


def test_origins_a_name_given_later_is_the_same_witness_s(trace):
    t = trace(
        Heap().add("d", [
            ("The wife of a driver says that he is held in a pit, Ferry Post wrote.", ["Ferry Post", "wife of a driver"], TESTIMONY),
            "The woman, whom the Ferry Post calls Mara, lives in Hemmel.",
            ("“They are beaten at night,” Mara said.", ["Ferry Post", "Mara"], TESTIMONY, {"kind": "direct"}),
        ])
    )  # fmt: skip
    assert t.same("d-0", "d-2")


def test_origins_a_witness_known_by_a_given_name_is_heard_by_the_outlet(trace):
    t = trace(
        Heap().add("d", [
            ("A woman told the paper that her husband is in a pit.", ["woman"], TESTIMONY),
            ("“They will shoot him,” said Mara, 34.", ["Mara"], "not-stated"),
        ], publisher="Ferry Post")
    )  # fmt: skip
    assert t.origin("d-1").kind == "testimony"
    assert t.same("d-0", "d-1") or t.tied("d-0", "d-1", "same-releaser")


def test_origins_another_prisoner_is_another_witness_and_tied(trace):
    t = trace(
        Heap().add("d", [
            ("A prisoner told the paper that few were left.", ["Ferry Post", "prisoner"], TESTIMONY, {"kind": "direct"}),
            ("Another prisoner said that men fought in a pit.", ["Ferry Post", "prisoner"], TESTIMONY, {"kind": "direct", "at": (54, 62)}),
        ])
    )  # fmt: skip
    assert not t.same("d-0", "d-1")
    assert t.tied("d-0", "d-1", "same-releaser")


def test_origins_all_who_stand_before_one_camera_are_one_video(trace):
    t = trace(
        Heap().add("d", [
            ("Reservists ask the governor for help in a video posted by FrontRelay.", ["FrontRelay", "reservists"], VIDEO),
            ("“Thirty of us are left,” a soldier says.", ["FrontRelay", "soldier"], VIDEO),
            ("“We will not go back,” he goes on.", ["soldier"], VIDEO),
            ("In a video of Friday recruits ask for boots.", ["FrontRelay", "recruits"], VIDEO),
        ])
    )  # fmt: skip
    assert t.same("d-0", "d-1", "d-2")
    assert not t.same("d-0", "d-3")


def test_origins_a_report_and_the_body_that_publishes_it_are_one(trace):
    t = trace(
        Heap().add("d", [
            ("Forty men were sent back.", [], "investigation"),
            ("Varn intelligence found a network of pits.", ["Varn intelligence"], "investigation"),
        ], publisher="Varn intelligence")
        .add("e", [
            ("Forty men were sent back to Hemmel.", [], "investigation"),
            ("Ferry Post reported a network of pits.", ["Ferry Post"], "investigation"),
        ], publisher="Ferry Post")
    )  # fmt: skip
    assert t.same("d-0", "d-1")
    assert not t.same("e-0", "e-1")


def test_origins_a_headline_adds_none(trace):
    body = [
        ("Eleven men were held in a pit, Ferry Post wrote.", ["Ferry Post"], "investigation", {"event": "detention", "realis": "actual"}),
        ("A soldier tells his mother of a flogging.", ["Varn intelligence", "soldier"], CALL, {"event": "ill-treatment", "realis": "actual"}),
    ]  # fmt: skip
    headline = ("Men held in a pit, hotline says", ["hotline"], TESTIMONY, {"event": "detention", "realis": "actual"})
    t = trace(Heap().add("d", [headline, *body], title="Men held in a pit, hotline says"))
    assert t.same("d-0", "d-1")
    assert not t.same("d-0", "d-2")
    own_voice = ("Men held in a pit", [], "not-stated", {"event": "detention", "realis": "actual"})
    t = trace(Heap().add("d", [own_voice, *body], title="Men held in a pit"))
    assert t.same("d-0", "d-1")
    denied = ("Ministry: nobody held", ["Varn defence ministry"], "official-statement", {"event": "detention", "realis": "denied"})  # fmt: skip
    t = trace(Heap().add("d", [denied, *body], title="Ministry: nobody held"))
    assert not t.same("d-0", "d-1")


def test_origins_another_video_opens_a_new_one(trace):
    t = trace(
        Heap().add("d", [
            ("A soldier says that they were sent to die.", ["soldier"], VIDEO),
            ("“Nobody helps us,” the soldier says.", ["soldier"], VIDEO),
            ("In another video a soldier asks for an inquiry.", ["soldier"], VIDEO),
            ("“We want to go home,” the soldier says.", ["soldier"], VIDEO),
        ])
    )  # fmt: skip
    assert t.same("d-0", "d-1")
    assert t.same("d-2", "d-3")
    assert not t.same("d-0", "d-2")


def test_origins_a_role_is_nobody_in_particular_across_documents(trace):
    t = trace(
        Heap()
        .add("a", [("A soldier says that the mill burned at dawn.", ["soldier"], VIDEO)], day="2031-03-01")
        .add("b", [("A soldier says that his company refused to march.", ["soldier"], VIDEO)], day="2031-03-01")
    )
    assert not t.same("a-0", "b-0")
    assert not t.ties


def test_origins_same_body_same_artefact_across_documents(trace):
    words = "“Whoever leaves the mill at Ostrel before the whistle is shot by my own hand,” the commander says."
    t = trace(
        Heap()
        .add("a", [("A commander orders men to fire at Ostrel.", ["Varn intelligence", "commander"], CALL), (words, ["Varn intelligence", "commander"], CALL)], day="2031-03-01")
        .add("b", ["The call lasts two minutes and starts with laughter.", (words.replace("the commander says", "a voice tells them"), ["Varn intelligence", "commander"], CALL)], day="2031-03-02")
        .add("c", [("“Bring me the list of the drivers by noon or I come myself,” the commander says.", ["Varn intelligence", "commander"], CALL)], day="2031-09-02")
    )  # fmt: skip
    assert t.same("a-0", "a-1", "b-1")
    assert not t.same("a-0", "c-0")
    assert t.tied("a-0", "c-0", "same-releaser")
    assert any(e.rule == "same-artefact" and "quoted speech" in e.note for e in t.origin("a-0").evidence)


def test_origins_a_relay_ties_nothing(trace):
    t = trace(
        Heap()
        .add("a", [("A soldier of the 4th company says that they stay in the barn.", ["FrontRelay", "soldier"], VIDEO)])
        .add("b", [("A driver from Hemmel asks the governor to bring back his sons.", ["FrontRelay", "driver"], VIDEO)])
    )
    assert not t.same("a-0", "b-0")
    assert t.ties == []
    assert t.origin("a-0").released_by is None


def test_origins_bodies_of_one_owner_are_tied(trace):
    t = trace(
        Heap().add("d", [
            ("Varn intelligence says that forty men were held.", ["Varn intelligence"], "intelligence-assessment"),
            ("The Varn defence ministry denies it.", ["Varn defence ministry"], "official-statement"),
        ])
    )  # fmt: skip
    assert t.tied("d-0", "d-1", "same-owner")


def test_origins_same_person_on_two_occasions_is_two_tied(trace):
    t = trace(
        Heap()
        .add(
            "a",
            [("Oda Brenn says that seven villages were retaken.", ["Oda Brenn"], "official-statement")],
            day="2031-03-01",
        )
        .add(
            "b",
            [("Oda Brenn promises new boots for the drivers.", ["Oda Brenn"], "official-statement")],
            day="2031-07-01",
        )
    )
    assert not t.same("a-0", "b-0")
    assert t.tied("a-0", "b-0", "same-speaker")


def test_origins_directly_quoted_witness_is_apart_from_the_outlets_own_account(trace):
    t = trace(
        Heap().add("d", [
            ("The Ferry Post counted fifteen cellars.", ["Ferry Post"], "investigation"),
            ("Doctors report many wounded.", ["Ferry Post", "doctors"], "testimony", {"kind": "indirect"}),
            ("“They take our phones,” a relative says.", ["Ferry Post", "relative"], "testimony", {"kind": "direct"}),
        ])
    )  # fmt: skip
    assert t.same("d-0", "d-1")
    assert not t.same("d-0", "d-2")
    assert t.tied("d-0", "d-2", "same-releaser")


def test_origins_citation_is_followed_to_what_the_cited_text_rests_on(trace):
    t = trace(
        Heap()
        .add("a", [("Guards fired on nine men who left the mill at Ostrel, a soldier says in the call.", ["Varn intelligence", "soldier"], CALL)], publisher="Ferry Post", day="2031-03-01")
        .add("b", ["An unrelated lead about the weather.", ("Guards fired on nine men who left the mill at Ostrel, the Ferry Post reports.", ["Ferry Post"], "not-stated")], publisher="Sund News", day="2031-03-03")
    )  # fmt: skip
    assert t.same("a-0", "b-1")
    assert t.origin("b-1").kind == "call"
    r = next(r for r in t.relations if r.kind in ("cites", "quotes"))
    assert (r.document, r.other, r.direction) == ("a", "b", "to")


def told_twice(*, cited: str, day: str, second: str = "2031-04-10", **facts) -> Heap:
    """One outlet tells much the same of two calls, of different soldiers, and another cites it."""
    report = (
        "Guards fired on nine men who left the mill by the old road",
        ["Varn intelligence", "soldier"],
        CALL,
        facts,
    )
    other = ("Guards fired on nine men who left the mill by the ice road", ["Varn defence ministry", "sergeant"], CALL)
    citing = (f"{cited}, the Ferry Post reports.", ["Ferry Post"], "not-stated", facts)
    return (
        Heap()
        .add("a", ["The men had come in March.", report], publisher="Ferry Post", day="2031-03-01")
        .add("b", ["Rain fell for days in the valley.", other], publisher="Ferry Post", day=second)
        .add("c", ["An unrelated lead about the weather.", citing], publisher="Sund News", day=day)
    )


def test_origins_a_citation_that_may_mean_either_of_two_reports_means_neither(trace):
    cited = "Guards fired on nine men who left the mill"
    t = trace(told_twice(cited=cited, day="2031-09-01"))
    assert not t.same("c-1", "a-1")
    assert not t.same("c-1", "b-1")
    soon = trace(told_twice(cited=cited, day="2031-04-12"))
    assert soon.same("c-1", "b-1")  # published two days before
    before = trace(told_twice(cited=cited, day="2031-04-02"))
    assert before.same("c-1", "a-1")  # the other was not yet there


def test_origins_a_citation_long_after_holds_by_a_fact_in_common(trace):
    cited = "Guards fired on nine men who left the mill by the old road"
    t = trace(told_twice(cited=cited, day="2031-09-01", unit="412 brigade"))
    assert t.same("c-1", "a-1")


def test_origins_of_equals_the_outlets_own_report_is_cited(trace):
    line = "Guards fired on nine men who left the mill at Ostrel"
    heap = Heap().add("z", [(f"{line}.", [], "not-stated")], publisher="Ferry Post", day="2031-03-01")
    passed = (f"{line}, Varn intelligence says.", ["Varn intelligence"], "official-statement")
    heap.add("a", ["Rain fell for days.", passed], publisher="Ferry Post", day="2031-03-01")
    citing = (f"{line}, the Ferry Post reports.", ["Ferry Post"], "not-stated")
    t = trace(heap.add("c", ["A lead on the weather.", citing], publisher="Sund News", day="2031-03-03"))
    assert t.same("c-1", "z-0")


def test_origins_a_ring_of_citations_is_shown_as_circular(trace):
    def told(n):
        return f"Guards fired on nine men who left the mill at Ostrel, the {n} reports."

    t = trace(
        Heap()
        .add("a", [(told("Sund News"), ["Sund News"], "not-stated")], publisher="Ferry Post", day="2031-03-01")
        .add(
            "b",
            ["Rain fell for days in the valley.", (told("Ferry Post"), ["Ferry Post"], "not-stated")],
            publisher="Sund News",
            day="2031-03-01",
        )
    )
    o = t.origin("a-0")
    assert t.same("a-0", "b-1")
    assert (o.kind, o.released_by) == ("reports", None)
    assert o.evidence[0].rule == "circular"


def test_origins_own_voice_is_one_document_and_first_hand_only_where_shown(trace):
    t = trace(
        Heap()
        .add("a", [("Guards fired on nine men near Ostrel.", [], "not-stated"), "A driver told the Ferry Post so."], publisher="Ferry Post")
        .add("b", [("Two boats sank off Hemmel that night.", [], "not-stated")], publisher="Sund News")
    )  # fmt: skip
    assert t.origin("a-0").kind == t.origin("b-0").kind == "document"
    assert "first-hand" in {e.rule for e in t.origin("a-0").evidence}
    assert "first-hand" not in {e.rule for e in t.origin("b-0").evidence}
    assert (t.carriers["a"].carrier_kind, t.carriers["b"].carrier_kind) == ("original", "unknown")


def test_origins_what_a_spokesman_says_is_his_body_s(trace):
    t = trace(
        Heap().add("d", [
            ("No such order was given, Ivo Marek told Sund News.", ["Sund News", "Ivo Marek"], "official-statement", {"realis": "denied"}),
            ("Sund News counted nine graves.", ["Sund News"], "investigation", {"event": "execution", "realis": "actual"}),
            ("The Varn defence ministry called the recording a fake.", ["Varn defence ministry"], "official-statement"),
        ])
    )  # fmt: skip
    assert t.origin("d-0").released_by == "Varn defence ministry"
    assert not t.tied("d-0", "d-1", "same-releaser")
    assert t.same("d-0", "d-2") or t.tied("d-0", "d-2", "same-releaser")


def test_origins_what_sources_reported_is_no_work_of_the_body_that_says_so(trace):
    t = trace(
        Heap().add("d", [
            ("Varn intelligence counted nine graves near Ostrel.", ["Varn intelligence"], "intelligence-assessment"),
            ("Refusals there have been reported by several sources.", ["Varn intelligence", "several sources"], "not-stated", {"cue": "reported"}),
            ("Sources told it that a second crew refused.", ["Varn intelligence", "sources"], "not-stated", {"cue": "told"}),
        ], publisher="Varn intelligence")
    )  # fmt: skip
    assert t.origin("d-1").kind == "unnamed"
    assert t.origin("d-2").kind != "unnamed"


def test_origins_what_may_be_either_outlet_s_ties_each_but_not_both(trace):
    text = [
        "Guards fired on nine men at the sluice near Ostrel before the boats came in on the Monday of the flood.",
        "The nine had asked for bread and for a day of rest, and the guards had been told to let nobody by.",
    ]
    shared = [(text[0], [], "not-stated"), text[1], "Our reporter met the women."]
    own = "A driver told the {} so."
    t = trace(
        Heap()
        .add("a", shared, publisher="Ferry Post")
        .add("b", shared, publisher="Sund News")
        .add("c", [("Two boats sank off Hemmel at night.", [], "not-stated"), own.format("Ferry Post")], publisher="Ferry Post")
        .add("d", [("A bridge at Molde was mined by its guards.", [], "not-stated"), own.format("Sund News")], publisher="Sund News")
    )  # fmt: skip
    assert t.same("a-0", "b-0")
    through = {tie.through for tie in t.ties if t.origin_of["a-0"] in (tie.origin_l, tie.origin_r)}
    assert through == {"ferry", "sund"}
    lines = independent_lines({t.origin_of["c-0"], t.origin_of["d-0"]}, t.origins, Ties(t.ties))
    assert len(lines) == 2


def test_origins_unnamed_reports_are_their_own_kind(trace):
    t = trace(Heap().add("d", [("Reports of shootings have surfaced.", ["unnamed reports"], "not-stated")]))
    assert t.origin("d-0").kind == "reports"


def test_origins_aggregate_has_evidence_for_each_outlet(trace):
    t = trace(
        Heap().add("d", [
            ("The Ferry Post counted nine men.", ["Ferry Post"], "investigation"),
            ("The Ferry Post saw a granary.", ["Ferry Post"], "investigation"),
            ("The Sund News heard of a boat.", ["Sund News"], "investigation"),
            ("The Sund News met a nurse.", ["Sund News"], "investigation"),
        ], publisher="Mill Digest")
    )  # fmt: skip
    assert t.carriers["d"].carrier_kind == "aggregate"
    assert len(t.carriers["d"].carrier_evidence) == 2


def test_origins_every_claim_has_exactly_one_origin_that_lists_it(trace):
    h = Heap()
    for k in range(4):
        h.add(f"d{k}", [("Guards fired on nine men.", [], "not-stated"), ("A soldier says so.", ["Varn intelligence", "soldier"], CALL, {"number": Number(low=9, high=9, unit="men")})])  # fmt: skip
    t = trace(h)
    assert set(t.origin_of) == {c.claim_id for c in h.claims}
    listed = [c for o in t.origins.values() for c in o.claims]
    assert sorted(listed) == sorted(t.origin_of)


def test_origins_the_same_words_do_not_join_two_bodies(trace):
    """A copy that names another body tells of another origin, however alike the rest is."""
    told = "On the last day of the fair forty men of the garrison at Ostrel were driven across the ford and shot at from the mill, {who} says."
    more = "Nobody had told their families, and the barges that carried coal past Sulmor all winter had stopped the week before."
    t = trace(
        Heap()
        .add("a", [(told.format(who="Varn intelligence"), ["Varn intelligence"], "investigation"), more])
        .add("b", [(told.format(who="Lenva Rights Group"), ["Lenva Rights Group"], "investigation"), more])
        .add("c", [(told.format(who="Varn intelligence"), ["Varn intelligence"], "official-statement"), more])
    )
    assert not t.same("a-0", "b-0")
    assert t.same("a-0", "c-0")


def test_origins_a_recording_is_known_by_the_speech_beside_its_claims(trace):
    speech = "“We were forty and now we are nineteen of us,” he says."
    t = trace(
        Heap()
        .add("a", [("A private says that they refused to storm the mill.", ["FrontRelay", "private"], VIDEO), speech], day="2031-03-01")
        .add("b", ["A channel showed it first.", ("A soldier tells why nobody went to the ford.", ["FrontRelay", "soldier"], VIDEO), speech], day="2031-03-02")
        .add("c", [("A sergeant tells why nobody went to the ford.", ["FrontRelay", "sergeant"], VIDEO), "“Send us our boots before the frost comes,” he says."], day="2031-03-02")
    )  # fmt: skip
    assert t.same("a-0", "b-1")
    assert not t.same("a-0", "c-0")


def test_origins_two_people_heard_in_one_recording_of_a_channel_are_one(trace):
    t = trace(
        Heap()
        .add("a", [
            ("A soldier says that they refused.", ["FrontRelay", "soldier"], VIDEO),
            ("The commander told them that whoever stays is shot.", ["FrontRelay", "commander"], VIDEO),
        ])
        .add("b", [
            ("A soldier says that they refused.", ["FrontRelay", "soldier"], VIDEO, {"unit": "87th regiment"}),
            ("A soldier says that boats were burned.", ["FrontRelay", "soldier"], VIDEO, {"unit": "9th brigade"}),
        ])
    )  # fmt: skip
    assert t.same("a-0", "a-1")
    assert t.origin("a-0").speaker == "soldier"
    assert not t.same("b-0", "b-1")


def test_origins_a_call_whose_releaser_one_text_leaves_out(trace):
    about = {"unit": "87th regiment", "event": "blocking-force"}
    t = trace(
        Heap()
        .add("a", [("A platoon of the regiment was posted behind the lock to turn men back.", ["Varn intelligence", "private"], CALL, dict(about))], day="2031-03-01")
        .add("b", [("His section was put behind the lock so that no man could turn back.", ["soldier"], CALL, dict(about))], day="2031-03-02")
        .add("c", [("A year on, a platoon was told to hold whoever came back over the lock.", ["soldier"], CALL, dict(about))], day="2032-03-02")
    )  # fmt: skip
    assert t.same("a-0", "b-0")
    assert not t.same("a-0", "c-0")


def test_origins_what_a_text_says_of_a_recording_leads_to_it(trace):
    t = trace(
        Heap().add("d", [
            ("One of the appeals came from men called up at Hemmel.", [], VIDEO),
            ("“We ask for help,” a soldier says.", ["soldier"], VIDEO),
            ("Another video showed a burned boat.", [], VIDEO),
        ])
    )  # fmt: skip
    assert t.same("d-0", "d-1")
    assert not t.same("d-1", "d-2")


def test_origins_a_reporter_in_the_third_person_is_first_hand(trace):
    t = trace(
        Heap().add("d", [("Thirty men refused to board at Ostrel.", [], "not-stated"), "A reporter of this newspaper watched from the mill."], publisher="Ferry Post")
    )  # fmt: skip
    assert "first-hand" in {e.rule for e in t.origin("d-0").evidence}


def test_origins_two_men_of_one_brigade_are_nobody_in_particular(trace):
    who = "soldier of the 14th Brigade"
    t = trace(
        Heap()
        .add("a", [("He says that the boats were burned at noon.", [who], "testimony", {"kind": "direct"})], publisher="Ferry Post")
        .add("b", [("He asks for boots and for his brother.", [who], "testimony", {"kind": "direct"})], publisher="Sund News")
    )  # fmt: skip
    assert not t.same("a-0", "b-0")
    assert not t.tied("a-0", "b-0", "same-speaker")


def test_origins_a_persons_words_from_an_outlet_that_spoke_with_them_once(trace):
    said = ("Nine men had no boots, the nurse remembers.", ["Dalia Kors"], "testimony")
    later = (
        "The Ferry Post reports: wages owed since spring never came.",
        ["Ferry Post", "Dalia Kors"],
        "testimony",
    )
    once = Heap().add("a", [said], publisher="Ferry Post").add("b", [later], publisher="Sund News")
    assert trace(once).same("a-0", "b-0")
    twice = Heap().add("a", [said], publisher="Ferry Post").add("b", [later], publisher="Sund News")
    twice.add(
        "c",
        [("On the second day she spoke of a granary.", ["Dalia Kors"], "testimony")],
        publisher="Ferry Post",
        day="2031-09-09",
    )
    t = trace(twice)
    assert not t.same("a-0", "b-0")  # which of the two conversations it was, nobody can say


def test_origins_another_choice_among_namesakes_keeps_no_call_apart(trace):
    def place(lat, key):
        return (Place(name="Ostrel", lat=lat, lon=55.0, precision_m=1500.0, gazetteer_id=key),)

    who = ["Varn intelligence", "soldier"]
    told = "On 3 March nine drivers of the 412 Brigade were shot at Ostrel, says a soldier."
    again = "Varn intelligence released a call: nine men of the 412 Brigade shot at Ostrel."
    heap = Heap().add("a", [(told, who, CALL, {"unit": "412 brigade", "places": place(48.0, "g1")})], day="2031-03-04")
    heap.add("b", [(again, who, CALL, {"unit": "412 brigade", "places": place(51.0, "g2")})], day="2031-03-05")
    assert trace(heap).same("a-0", "b-0")


def test_origins_a_turn_of_phrase_joins_nothing(trace):
    phrase = "The colonel later denied that he had ever been present there."
    heap = Heap()
    for k, (body, day) in enumerate(
        (
            ("Varn intelligence", "2031-03-04"),
            ("Varn intelligence", "2031-03-06"),
            ("Varn defence ministry", "2031-09-01"),
        )
    ):
        heap.add(f"d{k}", [(f"{'Rain fell. ' * k}{phrase}", [body, "soldier"], CALL)], publisher=f"Outlet {k}", day=day)
    assert not trace(heap).same("d0-0", "d1-0")


@pytest.mark.parametrize(
    ("words", "one"),
    [("“Seventeen of us went, five came back,”", True), ("“Nobody has paid us since the spring,”", False)],
)
def test_origins_a_soldier_whom_another_text_names_is_known_by_his_words(trace, words, one):
    told = {"event": "suicidal-order", "realis": "actual"}
    t = trace(
        Heap()
        .add("a", [("“Seventeen of us went, five came back,” says Ivo Hradek in a video from the wood near Ostrel.", ["Ivo Hradek"], VIDEO, told)], day="2031-03-02")
        .add("b", [(f"{words} a conscript says in a video from the wood near Ostrel.", ["conscript"], VIDEO, told)], day="2031-03-03")
    )  # fmt: skip
    assert t.same("a-0", "b-0") == one


def test_origins_two_events_of_one_clause_are_from_one_video(trace):
    heap = Heap().add("d", [("A man, Ivo Hradek, asks in a video why his platoon was sent to Ostrel without shells.", ["Ivo Hradek"], VIDEO)])  # fmt: skip
    (asks,) = heap.claims
    inner = asks.quote.index("his platoon")
    heap.claims.append(
        msgspec.structs.replace(
            asks, claim_id="d-inner", start=inner, quote=asks.quote[inner:], event="suicidal-order",
            chain=(Hop(name="man", canonical="soldier", cue="asks", start=None, end=None),),
        )
    )  # fmt: skip
    assert trace(heap).same("d-0", "d-inner")
