"""The comparisons: for each field the conditions of its agreement levels, best first, in SQL.

The labels and probabilities of the levels are data (parameters.toml); a condition here and a level there belong together
by position. A field that one of the two claims leaves empty says nothing: its weight is zero.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from leadline.link.parameters import Parameters

KM = (
    "(12742 * asin(least(1.0, sqrt(power(sin(radians(lat_r - lat_l) / 2), 2) + cos(radians(lat_l)) * cos(radians(lat_r))"
    " * power(sin(radians(lon_r - lon_l) / 2), 2)))))"
)
# `greatest` passes over nulls, so that both days have to be asked for
GAP = "(greatest(start_day_l - end_day_r, start_day_r - end_day_l, 0) + 0 * start_day_l * start_day_r)"
# told of a day on which the other had long been published; a day after its own telling is foretold and proves nothing
AFTER_L, AFTER_R = (
    f"coalesce(start_day_{a} > reported_end_{b} + 1 and start_day_{a} <= reported_end_{a}, false)"
    for a, b in ("lr", "rl")
)
REPORTED = "greatest(reported_start_l - reported_end_r, reported_start_r - reported_end_l, 0)"
LONGEST = "greatest(end_day_l - start_day_l, end_day_r - start_day_r)"
SHARED = "len(list_intersect(stems_l, stems_r))"
FEWEST = "least(len(stems_l), len(stems_r))"
SOME_WORDS = f"({SHARED} >= 2 and {SHARED} >= 0.25 * {FEWEST})"
REACH = "(coalesce(precision_m_l, 0) + coalesce(precision_m_r, 0)) / 1000"
HIGH_L, HIGH_R = "coalesce(high_l, 1e18)", "coalesce(high_r, 1e18)"
# a headline or a lead, and who says it further down
SUMMARY = (
    "document_l = document_r and ((attributed_r and not attributed_l and at_l < at_r) "
    "or (attributed_l and not attributed_r and at_r < at_l))"
)
LOW_L, LOW_R = "coalesce(low_l, -1e18)", "coalesce(low_r, -1e18)"


# who denies tells in other words, and of nothing that was done in some way
DENIAL = "((realis_l = 'denied') <> (realis_r = 'denied'))"


def _null(*columns: str) -> str:
    return " or ".join(f"{c}_l is null or {c}_r is null" for c in columns)


# which of several namesakes a text means the gazetteer guesses: one name that two texts read otherwise contradicts nothing
OTHER_ENTRY = (
    "coalesce(place_name_l = place_name_r and lat_l is not null and lat_r is not null and "
    "coalesce(place_l, region_l) <> coalesce(place_r, region_r), false)"
)
# and one that it found for one text alone is one place
ONE_NAME = "coalesce(place_name_l = place_name_r and (lat_l is null or lat_r is null), false)"
# a name that no gazetteer has (a club, a corner, a misspelling) may be in any place that has a point
NO_PLACE = (
    "(coalesce(place_l, region_l) is null or coalesce(place_r, region_r) is null or ("
    f"{OTHER_ENTRY} or not {ONE_NAME} and "
    "coalesce(place_l, region_l) <> coalesce(place_r, region_r) and (lat_l is null) <> (lat_r is null)))"
)
PARTS = ("squad", "section", "platoon", "company", "battery", "crew", "detachment")


def _part_of(side: str) -> str:
    """Whether the unit is part of a larger one."""
    return "(" + " or ".join(f"unit_{side} like '%{word}%'" for word in PARTS) + ")"


CONDITIONS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    # field: condition of "nothing to compare", conditions of all levels but the last
    "event": (_null("event"), ("event_l = event_r",)),
    "origin": (_null("origin"), ("origin_l = origin_r", SUMMARY)),
    "time": (
        f"({_null('start_day', 'end_day')}) and not ({AFTER_L} or {AFTER_R})",
        (
            f"{GAP} = 0 and {LONGEST} <= 3",
            f"{GAP} = 0 and {LONGEST} <= 31",
            f"{GAP} = 0",
            f"{GAP} <= 3",
            f"{GAP} <= 31",
            f"{AFTER_L} or {AFTER_R}",
        ),
    ),
    "reported": (
        # an old origin can be told again any time: publication dates tell origins apart, not tellings of one
        f"{_null('reported_start', 'reported_end')} or origin_l = origin_r",
        ("document_l = document_r", f"{REPORTED} <= 3", f"{REPORTED} <= 31", f"{REPORTED} <= 183"),
    ),
    "place": (
        # what is known to a hundred metres is elsewhere at five kilometres; a village is told of by the next one
        NO_PLACE,
        (
            f"place_l = place_r or {ONE_NAME}",
            "region_l = region_r",
            f"{KM} <= {REACH} and {REACH} <= 300",
            f"{KM} <= 30 and {KM} <= 20 * {REACH}",
        ),
    ),
    # the 3rd company may be of the 112th regiment
    "unit": (f"{_null('unit')} or {_part_of('l')} <> {_part_of('r')}", ("unit_l = unit_r",)),
    "number": (
        f"{_null('counted')} or counted_l <> counted_r",
        (
            (
                "coalesce(low_l, -1) = coalesce(low_r, -1) and coalesce(high_l, -1) = coalesce(high_r, -1) "
                "and coalesce(low_l, high_l) >= 3"
            ),
            f"{LOW_L} <= {HIGH_R} and {LOW_R} <= {HIGH_L}",
        ),
    ),
    "actor": (_null("actor"), ("actor_l = actor_r",)),
    "realis": (f"{_null('realis')} or {DENIAL}", ("realis_l = realis_r",)),
    "wording": (
        # a text does not say a thing twice in the same words: that two of its sentences share few shows nothing
        f"len(stems_l) = 0 or len(stems_r) = 0 or {DENIAL} or (document_l = document_r and not {SOME_WORDS})",
        (
            f"{SHARED} >= 4 and {SHARED} >= 0.6 * {FEWEST}",
            f"{SHARED} >= 3 and {SHARED} >= 0.4 * {FEWEST}",
            SOME_WORDS,
        ),
    ),
}


def comparisons(parameters: Parameters) -> list[Any]:
    """The Splink comparisons with the given probabilities."""
    import splink.comparison_level_library as cll
    import splink.comparison_library as cl

    found = []
    for name, (null, conditions) in CONDITIONS.items():
        levels = parameters.comparisons[name].levels
        built = [cll.CustomLevel(null, "nothing to compare").configure(is_null_level=True)]
        for condition, level in zip(conditions, levels, strict=False):
            built.append(
                cll.CustomLevel(condition, level.label).configure(m_probability=level.m, u_probability=level.u)
            )
        built.append(cll.ElseLevel().configure(m_probability=levels[-1].m, u_probability=levels[-1].u))
        found.append(cl.CustomComparison(output_column_name=name, comparison_levels=built))
    return found
