"""When a number is printed and when it is refused, and what a refusal says."""

from __future__ import annotations

import msgspec
import numpy as np
import pytest

from leadline.estimate.analysis import analyse, estimate_table
from leadline.estimate.checks import check_lists
from leadline.estimate.datasets import shipped
from leadline.estimate.gate import judge
from leadline.estimate.options import MODELS, Options
from leadline.estimate.outcome import outcome
from leadline.estimate.run_models import run_models
from leadline.estimate.tables import ListTable

EXACT = tuple(m for m in MODELS if m != "latent-class")
QUICK = Options(models=EXACT, draws=100)
GOOD = ListTable.of(
    ("A", "B", "C"),
    {(1, 1, 1): 40, (1, 1, 0): 60, (1, 0, 1): 50, (0, 1, 1): 45, (1, 0, 0): 80, (0, 1, 0): 75, (0, 0, 1): 70},
)


def model(name, n_hat, lower, upper, failures=(), **diagnostics):
    return outcome(name, QUICK, n_hat, (lower, upper), diagnostics, list(failures), bound=name == "chao")


def verdict(outcomes, table=GOOD, **kw):
    return judge(check_lists(table, QUICK, **kw), outcomes, QUICK)


def test_gate_passes_agreeing_models_and_spans_their_intervals():
    v = verdict(
        [model("chao", 450, 440, 470), model("loglinear-bic", 500, 430, 600), model("decomposable", 520, 450, 700)]
    )
    assert v.estimable
    assert (v.range.lower, v.range.upper) == (440, 700)  # not below the bound's lower end
    assert "loglinear-bic (430 to 600)" in v.reasons[0]


@pytest.mark.parametrize(
    ("outcomes", "words"),
    [
        ([model("loglinear-bic", 500, 430, 600)], "Fewer than two kinds"),
        ([model("loglinear-bic", 500, 430, 600), model("loglinear-stepwise", 510, 430, 600)], "Fewer than two kinds"),
        ([model("loglinear-bic", 500, 430, 600), model("decomposable", 1600, 900, 2000)], "factor of 3.2"),
        ([model("loglinear-bic", 500, 430, 600), model("decomposable", 520, 450, None)], "No upper limit"),
        (
            [model("loglinear-bic", 500, 430, 600), model("independence", 480, 450, 520), model("latent-class", None, None, None, ["not converged: R-hat 1.3 (limit 1.01)"], rhat=1.3)],
            "R-hat 1.3",
        ),
        (
            [model("loglinear-bic", 500, 430, 600), model("independence", 480, 450, 520), model("decomposable", 520, 450, None, ["2% of the posterior lies beyond 1e9: unbounded"], tail_mass=0.02)],
            "unbounded",
        ),
    ],
)  # fmt: skip
def test_gate_refusals(outcomes, words):
    v = verdict(outcomes)
    assert not v.estimable
    assert v.range is None
    assert words in " ".join(v.reasons)
    assert v.reasons[-1].startswith("What would change it")


def test_gate_names_lists_of_common_origin():
    v = verdict(
        [model("loglinear-bic", 500, 430, 600), model("decomposable", 520, 450, 700)], ties=[("A", "B", "one owner")]
    )
    assert not v.estimable
    assert "A and B have a common origin (one owner)" in " ".join(v.reasons)


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        (
            {(1, 1, 0): 30, (1, 0, 0): 20, (1, 0, 1): 9, (0, 0, 1): 15},
            "The list A contains the whole list B (30 records)",
        ),
        ({(1, 0, 0): 30, (0, 1, 0): 20, (0, 0, 1): 25}, "No record is on two lists"),
        ({(1, 0, 0): 30, (0, 1, 0): 20, (0, 0, 1): 25, (1, 1, 1): 2}, "Only 2 of 77 records"),
        ({(1, 0, 0): 300, (0, 1, 0): 200, (0, 0, 1): 250, (1, 1, 1): 12}, "one list only"),
        ({(1, 0, 0): 30, (0, 1, 0): 20, (0, 0, 1): 25, (1, 1, 0): 12}, "C shares no record"),
        (
            {(1, 0, 0): 30, (0, 1, 0): 20, (0, 0, 1): 25, (1, 1, 0): 12},
            "A check of the linking: without C fewer than 3 lists are left.",
        ),
        ({(1, 0, 0): 1}, "No record is on two lists"),
        ({(1, 1, 1): 50}, "The lists A and B hold the same 50 records"),
    ],
)
def test_gate_lists_own_checks(cells, words):
    table = ListTable.of(("A", "B", "C"), cells)
    found = analyse(table, QUICK)
    assert not found.estimate.estimable
    assert words in " ".join(found.estimate.reasons)
    assert found.estimate.observed == table.n


def test_gate_names_all_lists_that_meet_no_other_and_those_that_would_be_left():
    cells = {(1, 1, 1, 0, 0): 30, (1, 0, 1, 0, 0): 9, (1, 0, 0, 0, 0): 20, (0, 0, 0, 1, 0): 15, (0, 0, 0, 0, 1): 12}
    reasons = " ".join(analyse(ListTable.of(("A", "B", "C", "D", "E"), cells), QUICK).estimate.reasons)
    assert "The lists D, E share no record with any other list." in reasons
    assert "an estimate without D, E (--lists A,B,C)" in reasons


def test_gate_names_the_lists_to_leave_out_and_those_confirmed_least():
    found = analyse(ListTable.of(("A", "B", "C"), {(1, 1, 0): 30, (1, 0, 0): 20, (1, 0, 1): 9, (0, 0, 1): 15}), QUICK)
    assert "Leave B out (--lists A,C)" in found.estimate.reasons[-1]
    cells = {(1, 0, 0): 300, (0, 1, 0): 200, (0, 0, 1): 250, (1, 1, 0): 40, (0, 1, 1): 10}
    sparse = analyse(ListTable.of(("A", "B", "C"), cells), QUICK)
    assert "Least confirmed: C (4% of its records), A (12% of its records)" in sparse.estimate.reasons[-1]


def test_gate_small_lists_inside_others_are_no_reason_among_many_but_are_told():
    rng = np.random.default_rng(1)
    rates = [0.5, 0.4, 0.3, 0.3, 0.2, 0.2, 0.15, 0.01]
    names = [f"L{j}" for j in range(8)]
    caught = rng.random((600, 8)) < rates
    caught[:, 7] &= caught[:, 0]
    table = ListTable.from_memberships(([names[j] for j in np.flatnonzero(row)] for row in caught if row.any()), names)
    checks = check_lists(table, QUICK)
    assert not any("L7" in reason for reason in checks.reasons)
    assert any("whole list L7" in note and "by chance" in note for note in checks.notes)


@pytest.mark.parametrize(("spread", "passes"), [(0.0, True), (1.2, False)])
def test_gate_independence_of_many_lists_is_tested_too(spread, passes):
    rng = np.random.default_rng(2)
    logit = -1.8 + rng.normal(0.0, spread, (800, 1))
    caught = rng.random((800, 14)) < 1 / (1 + np.exp(-logit))
    names = [f"L{j}" for j in range(14)]
    table = ListTable.from_memberships(([names[j] for j in np.flatnonzero(row)] for row in caught if row.any()), names)
    found = run_models(table, Options(models=("independence",)))[0]
    assert found.passes is passes
    assert passes or "how many lists records are on" in found.failures[0]


def test_gate_two_lists_and_no_record():
    two = analyse(ListTable.of(("A", "B"), {(1, 0): 20, (0, 1): 30, (1, 1): 25}), QUICK).estimate
    assert not two.estimable
    assert "2 lists" in two.reasons[0]
    assert any(m.n_hat for m in two.models)  # the table of models is there all the same
    none = analyse(ListTable.of(("A", "B", "C"), {}), QUICK).estimate
    assert none.observed == 0
    assert "No record" in " ".join(none.reasons)


def test_gate_refuses_uk5_and_still_returns_its_models():
    found = estimate_table(shipped("uk5"), QUICK)
    assert not found.estimable
    assert found.range is None
    assert "coverage is 0.19" in " ".join(found.reasons)
    by_name = {m.name: m for m in found.models}
    assert set(by_name) == set(EXACT)
    assert by_name["loglinear-bic"].n_hat == pytest.approx(25311.291, rel=1e-6)
    assert by_name["decomposable"].n_hat == 22990


def test_gate_kosovo_has_a_range_that_holds_the_later_count():
    found = estimate_table(shipped("kosovo"), msgspec.structs.replace(QUICK, draws=200))
    assert found.estimable
    assert found.range.lower < 10401 < found.range.upper
    assert all(m.assumption for m in found.models)


def test_gate_frequencies_give_a_bound_and_no_estimate():
    found = estimate_table(shipped("freq_ill"))
    assert not found.estimable
    assert [m.name for m in found.models] == ["chao"]
    assert found.models[0].n_hat == pytest.approx(9273.5109, rel=1e-6)


def test_near_separable_table_does_not_hang():
    cells = {(1, 1, 0, 0): 40, (1, 0, 0, 0): 30, (0, 1, 0, 0): 35, (0, 0, 1, 1): 45, (0, 0, 1, 0): 33, (0, 0, 0, 1): 37}
    found = analyse(ListTable.of(("A", "B", "C", "D"), cells), QUICK).estimate
    assert found.observed == 220
    assert found.models
