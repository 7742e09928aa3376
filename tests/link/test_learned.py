"""Parameters moved by a case's own pairs and by what people judged."""

from __future__ import annotations

import numpy as np
import pytest

from leadline.link.learned import learned, of_documents, share_within
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
    found = learned(pairs([0] * 40), given, dict.fromkeys(range(40), (False, 1.0)), unjudged=False)
    assert place(found)[0] < place(given)[0] - 1  # forty pairs of one place that are not one incident
    assert found.comparisons["time"] == given.comparisons["time"]
    same = learned(pairs([4] * 40), given, dict.fromkeys(range(40), (True, 1.0)), unjudged=False)
    assert place(same)[4] > place(given)[4] + 1


def test_learned_counts_a_judgement_once_however_many_pairs_it_spans():
    given = load_parameters()
    one = learned(pairs([0]), given, {0: (False, 1.0)}, unjudged=False)
    spread = learned(pairs([0] * 10), given, dict.fromkeys(range(10), (False, 0.1)), unjudged=False)
    assert place(spread) == pytest.approx(place(one))


def both(place_levels, time_levels):
    table = np.full((len(place_levels), len(FIELDS)), -1, dtype=np.int8)
    table[:, PLACE], table[:, FIELDS.index("time")] = place_levels, time_levels
    n = np.arange(len(table))
    return weigh(n, n + 1, table, load_parameters())


def test_learned_from_pairs_of_one_day_that_most_share_a_place_so_the_place_tells_less():
    """A besieged town: of the pairs compared for their day most are of that place, whether they match or not."""
    given = load_parameters()
    found = learned(both([0] * 9000 + [4] * 1000, [0] * 10_000), given, {}, unjudged=True)
    assert place(found)[0] < place(given)[0]
    for c in found.comparisons.values():
        assert sum(x.m for x in c.levels) == pytest.approx(1, abs=1e-6)
        assert sum(x.u for x in c.levels) == pytest.approx(1, abs=1e-6)


def test_learned_nothing_of_a_field_from_pairs_that_are_compared_for_it_alone():
    given = load_parameters()
    found = learned(both([0] * 9000, [5] * 9000), given, {}, unjudged=True)
    assert place(found) == pytest.approx(place(given))
    assert found.comparisons["time"].levels[5].u > given.comparisons["time"].levels[5].u


def within(place_levels):
    """Pairs of claims of two origins in one document, each document with two claims, that reach these levels of the place."""
    table = np.full((len(place_levels), len(FIELDS)), -1, dtype=np.int8)
    table[:, PLACE], table[:, FIELDS.index("reported")], table[:, FIELDS.index("origin")] = place_levels, 0, 2
    n = 2 * np.arange(len(table))
    return weigh(n, n + 1, table, load_parameters())


def test_of_documents_learns_whether_a_document_tells_of_one_event():
    given = load_parameters()
    one, many = (of_documents(within(levels), given) for levels in ([0] * 95 + [4] * 5, [0] * 5 + [4] * 95))
    assert share_within(one) > 0.7 > 0.1 > share_within(many)
    assert share_within(given) == pytest.approx(0.034, abs=0.002)
    assert one.comparisons["place"] == given.comparisons["place"]


def test_of_documents_that_say_no_place_or_day_twice_keeps_the_file():
    given = load_parameters()
    assert of_documents(within([-1] * 50), given) is given


def test_of_documents_counts_a_claim_once_however_many_others_its_document_has():
    """One long list of events against ten reports of one event each: the list's pairs are many and its claims are few."""
    table = within([0] * 10)
    n = np.array([(a, b) for a in range(20, 28) for b in range(a + 1, 28)])
    levels = np.repeat(table.levels[:1], len(n), axis=0)
    levels[:, PLACE] = 4
    both = weigh(
        np.concatenate([table.left, n[:, 0]]), np.concatenate([table.right, n[:, 1]]),
        np.concatenate([table.levels, levels]), load_parameters(),
    )  # fmt: skip
    assert len(n) == 28  # pairs of the list
    assert share_within(of_documents(both, load_parameters())) > 0.4


def test_of_documents_believes_few_claims_little():
    given = load_parameters()
    shares = [share_within(of_documents(within([0] * n), given)) for n in (1, 5, 50)]
    assert shares == sorted(shares)
    assert shares[0] < 0.5 < shares[2]
