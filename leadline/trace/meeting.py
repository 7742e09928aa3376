"""Which origins of a heap may be one, from columns alone: what they share that is rare, and what their facts allow.

An origin is a row; those that something identifies are numbered in the order of their keys. `matching.same_artefact` reads two origins
in full; most pairs that share a stem and a body tell of different things, which is known here without reading either.
"""

from __future__ import annotations

import datetime as dt
from array import array
from collections.abc import Iterable
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from leadline.trace import near
from leadline.trace.facts import FAR_DEGREES, Facts, facts_of
from leadline.trace.heap import Heap, Nodes
from leadline.trace.local import RECORDINGS, Local
from leadline.trace.matching import (
    BEST_WORDING,
    LONG_RUN,
    NO_OCCASION,
    QUOTE_MARKS,
    SAME,
    near_in_time,
    run_hashes,
    telling,
    words_of,
)
from leadline.trace.rare import few, groups, rarest, within
from leadline.trace.roles import compatible
from leadline.trace.sets import Mask, Sets
from leadline.trace.shelf import Column, Rows, ranges
from leadline.trace.text import hash_of

BLOCK = 1 << 17
"""Pairs that are looked at together."""
MOST = 400
"""Values of two origins that are compared each with each; of more the pair is read."""
NEVER = np.iinfo(np.int64).min


class Columns:
    """Origins as rows, in the order in which they were read."""

    def __init__(self, locals_: Iterable[Local], heap: Heap) -> None:
        self.key, self.first, self.last = array("q"), array("q"), array("q")
        """number of the claim that is its key, first and last day of publication"""
        self.named, self.standing, self.recorded = array("b"), array("b"), array("b")
        self.who = {name: array("i") for name in ("body", "speaker", "family", "medium")}
        self.page = array("i")
        """of its document"""
        self._names: dict[str | None, int] = {None: -1}
        self.known, self.part = array("b"), array("b")
        """whether the speaker is named; which sizes of unit are"""
        self.sets = {n: Sets() for n in ("units", "places", "names", "counts", "telling", "counted")}
        self.points, self.days = Sets(), Sets()
        self.length = array("i")
        """words of speech"""
        self.keys = tuple(Column(np.uint64) for _ in range(3))
        """what two must share to be compared: facts, stems with who stands behind them, runs of words"""
        self.speech = Column(np.uint64)
        self._phrase, self._body = array("Q"), array("i")
        for x in locals_:
            self._add(x, heap)

    def _add(self, x: Local, heap: Heap) -> None:
        n = heap.natures[x.document]
        published = [NEVER if d is None else dt.date.fromisoformat(d[:10]).toordinal() for d in (n.start, n.end)]
        self.key.append(heap.told.number[x.key])
        self.first.append(published[0])
        self.last.append(published[1])
        self.named.append(x.named)
        self.standing.append(x.family in NO_OCCASION)
        self.recorded.append(x.family in RECORDINGS.values())
        self.page.append(heap.told.page_of[x.document])
        for name, numbers in self.who.items():
            value = getattr(x, name)
            numbers.append(self._names.setdefault(value, len(self._names) - 1))
        self.known.append(x.speaker_named)
        self.length.append(len(x.speech))
        self._facts(facts_of(x.claims) if x.named else Facts())
        runs = run_hashes(x.speech, LONG_RUN) if x.named else frozenset()
        self.speech.add(np.array(sorted(runs), np.uint64))
        for column, found in zip(self.keys, (*_keys(x), _runs(x) | runs) if x.named else ((), (), ()), strict=True):
            column.add(np.array(list(found), np.uint64))
        for c in x.claims if x.body is not None else ():
            if not QUOTE_MARKS & set(c.quote):
                found = words_of(c.quote).runs
                self._phrase.extend(found)
                self._body.extend([self.who["body"][-1]] * len(found))

    def _facts(self, f: Facts) -> None:
        for name, found in (
            ("units", f.units),
            ("places", f.places),
            ("names", f.names),
            ("counts", f.counts),
            ("telling", telling(f.counts)),
            ("counted", {n[0] for n in f.counts}),
        ):
            self.sets[name].add(found)
        self.points.add(f.points)
        self.days.add(f.days)
        self.part.append(sum(1 << part for part in {part for part, _ in f.echelons}))

    def stock(self) -> frozenset[int]:
        """Runs of words, outside quoted speech, that origins of different bodies have: turns of phrase ("denied that he was there").

        Speech is left out: two bodies may release one recording.
        """
        if not self._phrase:
            return frozenset()
        run, body = np.frombuffer(self._phrase, np.uint64), np.frombuffer(self._body, np.int32)
        order, start, _ = near.buckets(run)
        least, most = (f.reduceat(body[order], start) for f in (np.minimum, np.maximum))
        return frozenset(run[order[start[least != most]]].tolist())

    # -- candidates ----------------------------------------------------------------------------------------------------

    def pairs(self, nodes: Nodes) -> tuple[Rows, Rows]:
        """Rows of origins not yet joined that share something rare, smaller key first, sorted by their keys.

        Of facts, stems and runs only the rarest of each origin are followed (two that tell of one artefact share several),
        and of origins already joined a few stand for all: what is looked at grows with the heap, not with its square.
        """
        named = np.flatnonzero(np.frombuffer(self.named, np.int8)) if self.named else np.zeros(0, np.int64)
        if not len(named):
            return named, named
        key = np.frombuffer(self.key, np.int64)
        named = named[np.argsort(key[named], kind="stable")]
        leader = np.array([nodes.leader(k) for k in key[named].tolist()], np.int64)
        document, first = np.frombuffer(self.page, np.int32)[named], np.frombuffer(self.first, np.int64)[named]
        kept = [rarest(column, named) for column in self.keys]
        values, holders = (np.concatenate([k[i] for k in kept]) for i in (0, 1))
        codes = [np.empty(0, np.int64)]
        for members, start, size in groups(values, holders, leader):
            some = few(members, start, size, leader, first)
            i, j = within(*some)
            other = (leader[i] != leader[j]) & (document[i] != document[j])
            codes.append(np.unique(np.minimum(i, j)[other] * len(named) + np.maximum(i, j)[other]))
        code = np.unique(np.concatenate(codes))
        return named[code // len(named)], named[code % len(named)]

    def likely(self, one: Rows, other: Rows) -> Mask:
        """Of pairs of rows whether `same_artefact` can find them one: all that it looks at but wording."""
        return np.concatenate(
            [
                np.zeros(0, bool),
                *(self._likely(one[k : k + BLOCK], other[k : k + BLOCK]) for k in range(0, len(one), BLOCK)),
            ]
        )

    def _likely(self, one: Rows, other: Rows) -> Mask:
        body, speaker, family, medium = (
            [np.frombuffer(self.who[n], np.int32)[rows] for rows in (one, other)]
            for n in ("body", "speaker", "family", "medium")
        )
        known, recorded, standing = (
            [np.frombuffer(column, np.int8)[rows].astype(bool) for rows in (one, other)]
            for column in (self.known, self.recorded, self.standing)
        )
        same_body = (body[0] >= 0) & (body[0] == body[1])
        another = (body[0] >= 0) & (body[1] >= 0) & ~same_body
        same_person = known[0] & known[1] & (speaker[0] == speaker[1])
        one_voice = self._compatible(*speaker)
        call, unsaid = self._names.get("call", -2), self._names.get("not-stated", -2)
        open_ = one_voice | (known[0] != known[1]) | ((family[0] == call) & (family[1] == call))
        open_ &= (family[0] == family[1]) | (medium[0] == unsaid) | (medium[1] == unsaid)
        open_ &= ~another | recorded[0]
        gap = self._gap(one, other)
        one_call = (medium[0] == medium[1]) & ((body[0] < 0) != (body[1] < 0)) & (gap >= 0) & (gap <= 3)
        words = np.frombuffer(self.length, np.int32)
        speak = (words[one] >= LONG_RUN) & (words[other] >= LONG_RUN)
        alone = same_body | same_person | one_call
        need = another | ~one_voice | ~alone  # words of speech in a row
        open_ &= ~need | speak
        points = BEST_WORDING + 0.5 * same_body + 0.5 * same_person
        points += np.where((gap < 0) | standing[0], 0.0, near_in_time(gap))
        at = np.flatnonzero(open_)
        points[at] += self._agreement(one[at], other[at])
        at = at[points[at] + 2.0 * speak[at] >= SAME]
        spoken = at[speak[at] & (need[at] | (points[at] < SAME))]
        quoted = np.zeros(len(one), bool)
        quoted[spoken] = self._speak_alike(one[spoken], other[spoken])
        found = np.zeros(len(one), bool)
        found[at] = (quoted[at] | ~need[at]) & (points[at] + 2.0 * quoted[at] >= SAME)
        return found

    def _compatible(self, one: npt.NDArray[np.int32], other: npt.NDArray[np.int32]) -> Mask:
        names = list(self._names)  # the first stands for nobody
        n = len(names) + 1
        code, back = np.unique((one.astype(np.int64) + 1) * n + other + 1, return_inverse=True)
        said = [compatible(names[c // n], names[c % n]) for c in code.tolist()]
        return np.array(said, bool)[back]

    def _gap(self, one: Rows, other: Rows) -> Rows:
        """Days between publication, -1 where one is unknown."""
        first, last = np.frombuffer(self.first, np.int64), np.frombuffer(self.last, np.int64)
        known = np.minimum.reduce([first[one], last[one], first[other], last[other]]) != NEVER
        gap = np.maximum(np.maximum(first[other] - last[one], first[one] - last[other]), 0)
        return np.where(known, gap, -1)

    def _agreement(self, one: Rows, other: Rows) -> npt.NDArray[np.float64]:
        """The points of `matching` for facts that agree or contradict; what is too much to look at from here may agree in all."""
        points = np.full(len(one), 4.0)
        columns = [*self.sets.values(), self.points, self.days]
        small = np.logical_and.reduce([c.sizes(one) * c.sizes(other) <= MOST for c in columns])
        a, b = one[small], other[small]
        met = {name: column.meet(a, b) for name, column in self.sets.items()}
        part = np.frombuffer(self.part, np.int8)
        found = np.where(met["units"], 1.5, np.where(part[a] & part[b], -4.0, 0.0))
        found += np.where(met["places"], 1.0, np.where(~met["names"] & self._far(a, b), -3.0, 0.0))
        found += np.where(met["telling"], 1.5, np.where(~met["counts"] & met["counted"], -2.0, 0.0))
        points[small] = found - self._other_days(a, b)
        return points

    @cached_property
    def _where(self) -> npt.NDArray[np.float64]:
        listed: list[Any] = [*self.points.numbers, (0.0, 0.0)]
        return np.array(listed)[np.frombuffer(self.points.values or array("i", [0]), np.int32)]

    @cached_property
    def _when(self) -> Rows:
        """First and last day of each time, as numbers in order."""
        listed: list[Any] = [*self.days.numbers, ("", "")]
        _, rank = np.unique(np.array(listed, str), return_inverse=True)
        return rank.reshape(-1, 2)[np.frombuffer(self.days.values or array("i", [0]), np.int32)]

    def _far(self, one: Rows, other: Rows) -> Mask:
        """Whether both have precise places and all of one are far from all of the other."""
        where = self._where
        pair, i, j = self.points.crossed(one, other)
        near_ = np.abs(where[i] - where[j]).max(axis=1) <= FAR_DEGREES
        far = (self.points.sizes(one) > 0) & (self.points.sizes(other) > 0)
        far[pair[near_]] = False
        return far

    def _other_days(self, one: Rows, other: Rows) -> Mask:
        """Whether both say when it was and none of these times overlap."""
        when = self._when
        pair, i, j = self.days.crossed(one, other)
        apart = (self.days.sizes(one) > 0) & (self.days.sizes(other) > 0)
        apart[pair[(when[i, 0] <= when[j, 1]) & (when[j, 0] <= when[i, 1])]] = False
        return apart

    def _speak_alike(self, one: Rows, other: Rows) -> Mask:
        """Whether the speech of both has `LONG_RUN` words in a row."""
        alike = np.zeros(len(one), bool)
        for k in range(0, len(one), BLOCK // 8):
            keys: list[npt.NDArray[np.uint64]] = []
            for rows in (one[k : k + BLOCK // 8], other[k : k + BLOCK // 8]):
                names, back = np.unique(rows, return_inverse=True)
                values, at = self.speech.read(names)
                size = np.diff(at)[back]
                held = ranges(at[:-1][back], size)
                pair = np.repeat(np.arange(len(rows)), size).astype(np.uint64)
                keys.append((pair << np.uint64(44)) | (values[held] >> np.uint64(20)))
            alike[k + (np.intersect1d(keys[0], keys[1]) >> np.uint64(44)).astype(np.int64)] = True
        return alike


def _keys(x: Local) -> tuple[set[int], set[int]]:
    """What two origins must share to be compared, words in a row aside: facts, stems with who stands behind them."""
    facts: set[tuple[str, ...]] = set()
    who = [k for k in (x.body, x.speaker if x.speaker_named else None) if k]
    for c in x.claims:
        if x.medium in RECORDINGS:
            facts |= {("place", x.medium, c.event, str(p.gazetteer_id or p.name)) for p in c.places}
            facts |= {("unit", x.medium, c.event, c.unit)} if c.unit else set()
        if c.number:
            facts |= {("count", k, str(c.number.low), str(c.number.high)) for k in who}
    stems = {s for c in x.claims for s in words_of(c.quote).stems} if who else set()
    return {hash_of(k) for k in facts}, {_stem_key(k, s) for k in who for s in stems}


@lru_cache(maxsize=200_000)
def _stem_key(who: str, stem: str) -> int:
    return hash_of(("stem", who, stem))


def _runs(x: Local) -> set[int]:
    return {run for c in x.claims for run in words_of(c.quote).runs}
