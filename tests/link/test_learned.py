"""Parameters moved by a case's own pairs and by what people judged."""

from __future__ import annotations

import numpy as np
import pytest

from leadline.link.learned import learned
from leadline.link.parameters import FIELDS, load_parameters
from leadline.link.scores import weigh

PLACE = FIELDS.index("place")


def pairs(levels):
    """Pairs that reach these levels of the place and leave every other field empty."""
    table = np.full((len(levels), len(FIELDS)), -1, dtype=np.int8)
    table[:, PLACE] = levels
    n = np.arange(len(levels))
    return weigh(n, n + 1, table, load_parameters())


def place(parameters):
    return [x.weight for x in parameters.comparisons["place"].levels]


def test_learned_without_labels_and_pairs_is_the_file():
    given = load_parameters()
    assert learned(pairs([0, 4]), given, {}, unjudged=False) is given


def test_learned_from_judgements_moves_the_level_they_were_about_and_leaves_other_fields():
    given = load_parameters()
    found = learned(pairs([0] * 40), given, {k: (False, 1.0) for k in range(40)}, unjudged=False)
    assert place(found)[0] < place(given)[0] - 1  # forty pairs of one place that are not one incident
    assert found.comparisons["time"] == given.comparisons["time"]
    same = learned(pairs([4] * 40), given, {k: (True, 1.0) for k in range(40)}, unjudged=False)
    assert place(same)[4] > place(given)[4] + 1


def test_learned_counts_a_judgement_once_however_many_pairs_it_spans():
    given = load_parameters()
    one = learned(pairs([0]), given, {0: (False, 1.0)}, unjudged=False)
    spread = learned(pairs([0] * 10), given, {k: (False, 0.1) for k in range(10)}, unjudged=False)
    assert place(spread) == pytest.approx(place(one))


def test_learned_from_pairs_finds_a_level_telling_less_where_many_reach_it():
    """A besieged town: most pairs are of that place, most are not one incident."""
    given = load_parameters()
    found = learned(pairs([0] * 9000 + [4] * 1000), given, {}, unjudged=True)
    assert place(found)[0] < place(given)[0]
    for c in found.comparisons.values():
        assert sum(x.m for x in c.levels) == pytest.approx(1, abs=1e-6)
        assert sum(x.u for x in c.levels) == pytest.approx(1, abs=1e-6)
