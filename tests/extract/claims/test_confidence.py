"""The confidence of claims: how they were found is weighed, and the weights belong to the codebook."""

import pytest

from leadline.codebook import SHIPPED, load_codebook
from leadline.extract.claims.confidence import load_weights, probability
from leadline.schema import Realis

SURE = {"intercept": 1.0, "weight": 0.9, "support": 0.5, "heard": 0.95, "rival": 0.02, "attributed": 1.0}


def test_weights_name_events_of_the_codebook_and_known_realis():
    named = {
        kind: {n.split(" ", 1)[1] for n in load_weights() if n.startswith(f"{kind} ")} for kind in ("event", "realis")
    }
    assert named["event"] <= set(load_codebook(SHIPPED).names)
    assert named["event"], "no event has a weight of its own"
    assert named["realis"] <= set(Realis.__args__)


@pytest.mark.parametrize(("feature", "worse"), [("heard", 0.05), ("weight", 0.3), ("support", 0.0), ("rival", 0.9)])
def test_what_speaks_against_a_claim_lowers_its_confidence(feature, worse):
    assert probability(SURE | {feature: worse}) < probability(SURE)


def test_a_feature_without_a_weight_says_nothing():
    assert probability(SURE | {"event of-another-codebook": 1.0}) == probability(SURE)
