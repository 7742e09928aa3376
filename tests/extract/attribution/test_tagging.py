"""Tags and their best sequence."""

from __future__ import annotations

from itertools import pairwise, product

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from leadline.extract.attribution.tagging import TAGS, allowed, best_tags, encode, role_of


@given(st.lists(st.integers(0, 3), min_size=1, max_size=30))
def test_tagging_encode_keeps_roles_and_is_allowed(roles):
    tags = encode(np.array(roles))
    follow, start, end = allowed()
    assert role_of(tags).tolist() == roles
    assert start[tags[0]] == 0
    assert end[tags[-1]] == 0
    assert all(follow[a, b] == 0 for a, b in pairwise(tags))


def test_tagging_best_tags_are_the_best_of_all_sequences():
    random = np.random.default_rng(3)
    lengths = [3, 1, 2, 0, 3]
    bounds = np.concatenate([[0], np.cumsum(lengths)])
    scores = random.normal(size=(bounds[-1], TAGS)).astype(np.float32)
    transitions = random.normal(size=(TAGS, TAGS)).astype(np.float32)
    found = best_tags(scores, bounds, transitions)
    follow, start, end = allowed()
    for a, b in pairwise(bounds.tolist()):
        best, winner = -np.inf, ()
        for tags in product(range(TAGS), repeat=int(b - a)):
            if not tags:
                continue
            total = start[tags[0]] + end[tags[-1]] + sum(scores[a + i, t] for i, t in enumerate(tags))
            total += sum(follow[x, y] + transitions[x, y] for x, y in pairwise(tags))
            if total > best:
                best, winner = total, tags
        assert tuple(found[a:b]) == winner


def test_tagging_sequences_do_not_touch_each_other():
    random = np.random.default_rng(5)
    scores = random.normal(size=(12, TAGS)).astype(np.float32)
    transitions = np.zeros((TAGS, TAGS), dtype=np.float32)
    together = best_tags(scores, np.array([0, 7, 12]), transitions)
    apart = [best_tags(scores[:7], np.array([0, 7]), transitions), best_tags(scores[7:], np.array([0, 5]), transitions)]
    assert together.tolist() == np.concatenate(apart).tolist()
