"""What stands in a stretch is found by where it stands, as a walk over all would find it."""

from __future__ import annotations

import random

import pytest

from leadline.extract.claims.ordered import Ordered


@pytest.mark.parametrize("seed", range(20))
def test_ordered_finds_what_a_walk_over_all_finds(seed):
    drawn = random.Random(seed)
    things = [(drawn.randrange(30), k) for k in range(drawn.randrange(40))]
    ordered, walked = Ordered(things, key=lambda x: x[0]), sorted(things)
    assert list(ordered) == walked
    for _ in range(50):
        start, end = drawn.randrange(-2, 34), drawn.randrange(-2, 34)
        assert ordered.within(start, end) == [x for x in walked if start <= x[0] < end]
        assert list(ordered.back_from(end)) == [x for x in reversed(walked) if x[0] < end]
