"""The map and the timeline: nothing at 0, 0, nothing finer than allowed, Crimea is Ukraine's, open ends stay open."""

from __future__ import annotations

import json

import msgspec
import pytest

from leadline.publish.map import MOST_DOTS, listing, map_view
from leadline.publish.outlines import HEIGHT, OUTLINES, WIDTH
from leadline.publish.redact import Protection
from leadline.publish.timeline import LETTER, axis
from leadline.publish.timeline import WIDTH as AXIS
from leadline.publish.view import IncidentView
from leadline.schema import Incident, Place, TimeInterval


def view(
    n: int, place: Place | None = None, time: TimeInterval | None = None, event: str = "losses", **more: object
) -> IncidentView:
    incident = Incident(
        incident_id=f"i{n}",
        event=event,
        claims=(),
        documents=(),
        origins=(),
        n_documents=0,
        n_series=0,
        n_origins=0,
        n_independent=0,
        place=place,
        time=time,
        **more,
    )  # type: ignore[arg-type]
    return IncidentView(
        incident=incident,
        page=f"incidents/{n}.html",
        label=event,
        words="",
        where="",
        when="",
        counted="",
        lines=(),
        unnamed=(),
        conflicts=(),
        pairs=(),
    )


def place(lat: float | None, lon: float | None, precision: float | None = 2000.0) -> Place:
    return Place(name="Oldmarsh", lat=lat, lon=lon, precision_m=precision, gazetteer_id="x")


def time(start: str | None, end: str | None) -> TimeInterval:
    return TimeInterval(start=start, end=end, phrase="then")


def test_map_unknown_places_are_listed_and_never_drawn():
    found = map_view([view(1, place(48.0, 38.0)), view(2), view(3, place(None, None, None))], Protection(()))
    assert [i.incident.incident_id for i in found.unplaced] == ["i2", "i3"]
    assert [s.precision_km for s in found.spots] == [2.0]


def test_map_without_any_known_place_draws_nothing_and_lists_every_incident():
    found = map_view([view(1), view(2, place(None, None, None))], Protection(()))
    assert (found.pictures, found.spots) == ((), ())
    assert [i.incident.incident_id for part in listing(found, 1) for x in part for i in x.incidents] == ["i1", "i2"]
    assert map_view([], Protection(())) is None


def test_map_country_wide_places_are_listed_not_drawn():
    found = map_view([view(1, place(48.0, 38.0)), view(2, place(49.0, 32.0, 600_000.0))], Protection(()))
    assert [i.incident.incident_id for i in found.unplaced] == ["i2"]


def test_map_protected_events_are_drawn_on_the_coarse_grid_and_no_neighbour_undoes_it():
    same, beside, elsewhere = place(48.1234, 38.4321), place(48.12, 38.44), place(49.1234, 38.4321)
    beside = msgspec.structs.replace(beside, gazetteer_id="y")
    elsewhere = msgspec.structs.replace(elsewhere, gazetteer_id="z")
    views = [view(1, same, event="refusal"), view(2, same), view(3, beside), view(4, elsewhere)]
    protection = Protection({"refusal"}, [(v.incident.event, v.incident.place) for v in views])
    drawn = {i.incident.incident_id: s for s in map_view(views, protection).spots for i in s.incidents}
    assert {k: s.precision_km for k, s in drawn.items()} == {"i1": 25.0, "i2": 25.0, "i3": 25.0, "i4": 2.0}
    assert (drawn["i1"].x, drawn["i1"].y) == (drawn["i2"].x, drawn["i2"].y) == (drawn["i3"].x, drawn["i3"].y)


def test_map_a_protected_region_makes_no_place_in_it_coarse():
    region = place(48.1234, 38.4321, 90_000.0)
    protection = Protection({"refusal"}, [("refusal", region)])
    assert not protection.covers("losses", msgspec.structs.replace(place(48.1234, 38.4321), gazetteer_id="y"))


def test_map_a_point_that_several_places_share_bears_all_their_names():
    there = msgspec.structs.replace(place(48.1234, 38.4321), name="Newmarsh")
    incidents = [view(1, place(48.12, 38.43), event="refusal"), view(2, there, event="refusal")]
    found = map_view(incidents, Protection({"refusal"}))
    assert [s.name for s in found.spots] == ["Newmarsh, Oldmarsh"]


def test_map_historical_and_habitual_incidents_are_not_drawn():
    found = map_view(
        [
            view(1, place(48.0, 38.0)),
            view(2, place(48.5, 38.0), historical=True),
            view(3, place(48.5, 38.0), is_single_event=False),
        ],
        Protection(()),
    )
    assert len(found.spots) == 1


def test_map_one_far_place_does_not_shrink_the_picture():
    found = map_view(
        [view(n, place(48.0 + n / 10, 38.0)) for n in range(5)] + [view(9, place(52.3, 104.3))], Protection(())
    )
    assert [len(p.spots) for p in found.pictures] == [5, 6]
    assert all(0 <= s.x <= WIDTH and 0 <= s.y <= HEIGHT for p in found.pictures for s in p.spots)


@pytest.mark.parametrize("lat", [-89.9, 0.0, 89.9])
def test_map_draws_anywhere_on_the_globe(lat):
    assert map_view([view(1, place(lat, 179.9)), view(2, place(-lat, -179.9))], Protection(())).pictures


def test_map_crimea_and_sevastopol_are_outlined_as_ukraine():
    outlines = {o["id"]: o["name"] for o in json.loads(OUTLINES.read_text(encoding="utf-8"))["outlines"]}
    assert outlines["UA-43"] == "Autonomous Republic of Crimea"
    assert outlines["UA-40"] == "Sevastopol"
    assert sum(k.startswith("UA-") for k in outlines) == 27


def test_map_a_picture_of_all_places_holds_their_areas_whole():
    found = map_view([view(1, place(48.0, 38.0)), view(2, place(48.2, 38.1, 150_000.0))], Protection(()))
    for s in found.pictures[-1].spots:
        assert s.x - s.radius >= 0
        assert s.x + s.radius <= WIDTH
        assert s.y - s.radius >= 0
        assert s.y + s.radius <= HEIGHT


@pytest.mark.parametrize(
    ("start", "end"),
    [("2019-04-01", "2019-11-21"), ("2019-02-03", "2019-12-02"), ("2019-01-01", "2020-12-31"), ("1931-02-03", "1931-02-03"), ("2000-01-01", "2022-12-31"), ("1800-05-05", "2022-01-01")],
)  # fmt: skip
def test_timeline_labels_do_not_run_together(start, end):
    found = axis([view(1, time=time(start, end))])
    labelled = [(x, label) for x, label in found.ticks if label]
    assert labelled
    assert len(found.ticks) <= 10
    for (x, label), (after, _) in zip(labelled, [*labelled[1:], (AXIS + LETTER, "")], strict=True):
        assert after - (x + LETTER * len(label)) >= LETTER - 0.2


def test_timeline_a_day_is_a_small_part_of_its_month():
    (bar,) = axis([view(1, time=time("1931-02-03", "1931-02-03"))]).bars
    assert bar.width == pytest.approx(AXIS / 28, abs=0.1)


def test_timeline_bars_span_their_interval_in_order():
    found = axis(
        [view(1, time=time("2022-09-01", "2022-09-30")), view(2, time=time("2022-01-01", "2022-12-31")), view(3)]
    )
    assert [b.view.incident.incident_id for b in found.bars] == ["i2", "i1"]
    assert found.bars[0].x == 0
    assert found.bars[0].width == pytest.approx(AXIS)
    assert found.bars[1].width == pytest.approx(30 / 365 * AXIS, abs=0.1)


def test_timeline_open_ends_are_marked_open():
    found = axis([view(1, time=time("2022-02-24", None)), view(2, time=time(None, "2022-03-01"))])
    assert {b.view.incident.incident_id: (b.open_start, b.open_end) for b in found.bars} == {
        "i1": (False, True),
        "i2": (True, False),
    }


def test_timeline_without_times_is_none():
    assert axis([view(1), view(2, time=time(None, None))]) is None


def test_map_of_many_places_merges_dots_and_loses_no_incident():
    views = [view(n, place(44 + n % 71 / 10, 30 + n // 71 / 10)) for n in range(5000)]
    found = map_view(views, Protection(()))
    for picture in found.pictures:
        assert len(picture.dots) <= MOST_DOTS < len(picture.spots)
        assert sum(d.n_incidents for d in picture.dots) == sum(len(s.incidents) for s in picture.spots)
        assert sum(d.n_places for d in picture.dots) == len(picture.spots)


def test_map_list_is_cut_into_parts_that_hold_every_incident_once():
    views = [view(n, place(48.0 + n % 3, 38.0)) for n in range(40)] + [view(n) for n in range(40, 60)]
    parts = listing(map_view(views, Protection(())), 7)
    listed = [i.incident.incident_id for part in parts for x in part for i in x.incidents]
    assert sorted(listed) == sorted(v.incident.incident_id for v in views)
    assert all(sum(len(x.incidents) for x in part) <= 7 for part in parts)
    assert [x.first for part in parts for x in part if x.spot].count(True) == 3
