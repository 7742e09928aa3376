"""What a time expression says by itself, before any document date is known."""

from __future__ import annotations

from typing import Literal

import msgspec

Edge = Literal["start", "mid", "end", "earlier", "later"]
Basis = Literal["document", "mentioned"]


class Point(msgspec.Struct, frozen=True, kw_only=True):
    """A stretch of the calendar, as far as the words give it: "June 5", "last week", "the end of 2022".

    Either calendar fields are set, or `shift` (a unit and how many of them before or after the basis), or both: "June
    last year" is month 6 within the year shifted by -1. `toward` is "last" (-1), "this" (0) or "next" (1) before a
    calendar name ("last September"). `recall` names a unit whose last mention is meant, where there is one: "the quarter". `year_to` ends a run of years ("2031-32"), `counted` marks "two weeks ago",
    `before` takes days off ("overnight into Monday").
    """

    year: int | None = None
    year_to: int | None = None
    month: int | None = None
    day: int | None = None
    day_to: int | None = None
    weekday: int | None = None
    quarter: int | None = None
    half: int | None = None
    season: str | None = None
    weekend: bool = False
    decade: int | None = None
    century: int | None = None
    feast: str | None = None
    toward: int | None = None
    shift: tuple[str, float] | None = None
    shift_to: float | None = None
    basis: Basis = "document"
    edge: Edge | None = None
    part: str | None = None
    clock: tuple[int, int] | None = None
    stretch: tuple[str, int, int] | None = None
    recall: str | None = None
    before: int = 0
    counted: bool = False
    rough: bool = False


class Length(msgspec.Struct, frozen=True, kw_only=True):
    """A duration: "three years", "several months"; `toward` set for "the past two months" and "the next few days"; `word` is the vague quantity word."""

    unit: str
    low: float | None
    high: float | None
    exact: bool = True
    toward: int | None = None
    word: str = ""


class Repeat(msgspec.Struct, frozen=True, kw_only=True):
    """Something that recurs: "every Monday", "daily"; `value` is its TIMEX3 value."""

    value: str


class Loose(msgspec.Struct, frozen=True, kw_only=True):
    """A reference without bounds: "now", "recently", "soon"."""

    value: Literal["PAST_REF", "PRESENT_REF", "FUTURE_REF"]


class Nothing(msgspec.Struct, frozen=True, kw_only=True):
    """Words that were read and say no time: an age, a fraction. They are kept from being read otherwise."""


NOTHING = Nothing()
Meaning = Point | Length | Repeat | Loose | Nothing
