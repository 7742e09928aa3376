"""`leadline judge`: from the command to the ledger to the tables of the next run."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from leadline.cli import main
from leadline.custody import verify_case, withdraw
from leadline.errors import InputError
from leadline.judgements import judgements_that_apply
from leadline.ledger import Ledger
from leadline.pipeline import open_case, recompute, run_case
from leadline.schema import CLAIMS, INCIDENTS, Claim, Incident
from leadline.settings import Settings

TEXTS = {
    "one.txt": "Soldiers of the 14th brigade refused an order to attack on Monday, the Harbour Institute said on 3 May 2021.\n\n"
    "“We will not go,” a soldier says in the video released by the institute.",
    "two.txt": "At least 40 conscripts deserted from a training ground near the front in April 2021, according to the ministry.",
}


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("judge")
    (folder / "heap").mkdir()
    for name, text in TEXTS.items():
        (folder / "heap" / name).write_text(text, encoding="utf-8")
    run_case([folder / "heap"], folder / "case", Settings(workers=1))
    return folder


@pytest.fixture
def case(made, tmp_path):
    shutil.copytree(made, tmp_path / "flow")
    return tmp_path / "flow" / "case"


def call(*words: object):
    return CliRunner().invoke(main, [str(w) for w in words])


def judge(case, *words):
    return call("judge", case, *words, "--by", "N. Reader", "--why", "read twice")


def claims(case):
    with open_case(case) as (_, _, engine):
        return sorted(c.claim_id for c in engine.records(CLAIMS, Claim))


def incidents(case):
    with open_case(case) as (_, _, engine):
        return sorted(i.claims for i in engine.records(INCIDENTS, Incident))


def test_judge_same_binds_in_the_next_run_and_undo_gives_back_what_was(case):
    before, (first, *_, last) = incidents(case), claims(case)
    assert not any({first, last} <= set(i) for i in before)
    assert judge(case, "same", first, last).exit_code == 0
    summary = run_case((), case)
    assert {r.stage: r.computed for r in summary.stages} == {
        "extract": False, "trace": False, "link": True, "estimate": True, "publish": True,
    }  # fmt: skip
    assert any({first, last} <= set(i) for i in incidents(case))
    with open_case(case) as (_, _, engine):
        (j,) = judgements_that_apply(engine)
    assert call("judge", case, "--undo", j.seq, "--by", "N", "--why", "slip").exit_code == 0
    run_case((), case)
    assert incidents(case) == before
    assert "undone: taken back by entry" in call("judge", case, "list").output


def test_judge_reject_takes_a_claim_out_and_says_who_did(case):
    first = claims(case)[0]
    assert judge(case, "reject", first).exit_code == 0
    before, summary = len(claims(case)), run_case((), case)
    assert (summary.claims, summary.news.claims_gone, summary.news.claims) == (before - 1, 1, 0)
    assert not any(first in i for i in incidents(case))
    shown = " ".join(call("why", case, first).output.split())
    assert "rejected by N. Reader (entry" in shown
    assert "1 rejected" in call("why", case, "claims").output
    assert verify_case(case).exit_code == 0


def test_judge_accept_changes_no_table_and_is_shown_with_its_name(case):
    first, other = claims(case)[:2]
    assert "accepted" not in call("why", case, first).output
    judge(case, "accept", first)
    computed = {r.stage for r in run_case((), case).stages if r.computed}
    assert computed == {"publish"}
    assert "accepted by N. Reader" in " ".join(call("why", case, first).output.split())
    assert "accepted" not in call("why", case, other).output


def test_judge_correct_changes_the_event_that_later_stages_read(case):
    first = claims(case)[0]
    assert judge(case, "correct", first, "event=mutiny").exit_code == 0
    run_case((), case)
    with open_case(case) as (_, _, engine):
        (found,) = [i for i in engine.records(INCIDENTS, Incident) if first in i.claims]
    assert found.event == "mutiny"


def test_judge_refuses_a_contradiction_and_names_the_entries(case):
    a, b, c = claims(case)[:3]
    judge(case, "same", a, b)
    judge(case, "same", b, c)
    with Ledger.open(case / "ledger.sqlite", write=False) as ledger:
        made = [e.seq for e in ledger.entries("judgement")]
        head = ledger.head()
    refused = judge(case, "different", a, c)
    assert refused.exit_code != 0
    assert f"contradicts entries {made[0]}, {made[1]}" in refused.output
    assert "N. Reader" in refused.output
    with Ledger.open(case / "ledger.sqlite", write=False) as ledger:
        assert ledger.head() == head


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("accept", "nowhere"), "nothing that can be judged is called 'nowhere'"),
        (("same", "{a}"), "takes two ids"),
        (("same", "{a}", "{a}"), "share claims"),
        (("correct", "{a}", "event=dancing"), "event has no code 'dancing'"),
        (("correct", "{a}", "place=Ostrel"), "'place' cannot be corrected"),
        (("--undo", "1"), "entry 1 is no judgement"),
        (("list", "--undo", "1"), "--undo takes the number"),
        ((), "no decision was named"),
    ],
)
def test_judge_says_what_is_wrong(case, words, said):
    result = judge(case, *(w.format(a=claims(case)[0]) for w in words))
    assert result.exit_code == InputError.exit_code
    assert said in result.output


def test_judge_needs_a_name_and_a_reason(case):
    assert "--why is missing or empty" in call("judge", case, "accept", claims(case)[0], "--by", "N").output


def test_judgements_hold_no_content_and_outlive_a_withdrawal(case):
    mine = [c for c in claims(case) if c.startswith("one.txt")]
    judge(case, "reject", mine[0])
    with Ledger.open(case / "ledger.sqlite", write=False) as ledger:
        (entry,) = ledger.entries("judgement")
    (anchor,) = entry.payload["left"]
    assert set(anchor) == {"sha256", "text", "start", "end", "event", "realis", "coding"}
    assert len(anchor["coding"]) == 4
    withdraw(case, "one.txt", "a request", recompute=recompute)
    assert (
        "lapsed: 1 of 1 claims not found: its document is no longer in the case" in call("judge", case, "list").output
    )
    assert verify_case(case).exit_code == 0


def test_a_judgement_survives_an_extraction_that_numbers_anew(case, tmp_path):
    """Another document in front and other settings: the claim of the same words is still the rejected one."""
    mine = [c for c in claims(case) if c.startswith("two.txt")]
    judge(case, "reject", mine[0])
    (Path(case).parent / "heap" / "zero.txt").write_text(
        "Nine men deserted in May 2021, the ministry said.", encoding="utf-8"
    )
    run_case([Path(case).parent / "heap"], case)
    with open_case(case) as (_, _, engine):
        assert [j.left for j in judgements_that_apply(engine)] == [(mine[0],)]
    assert not any(mine[0] in i for i in incidents(case))


def test_judge_takes_the_ids_that_why_prints_where_a_file_is_named_after_a_person(tmp_path):
    (tmp_path / "heap").mkdir()
    text = (
        "Two conscripts refused an order to attack near the river on Monday, Ivo Karan told Harbour Post on 3 May 2021."
    )
    (tmp_path / "heap" / "ivo-karan_speaks.txt").write_text(text, encoding="utf-8")
    case = tmp_path / "case"
    run_case([tmp_path / "heap"], case, Settings(workers=1))
    shown = call("why", case, "claims").output
    assert "karan" not in shown.casefold()
    (claim,) = {word for word in shown.split() if "#" in word}
    assert call("why", case, claim).exit_code == 0
    assert judge(case, "accept", claim).exit_code == 0
    run_case([], case)
    assert "accepted by N. Reader" in call("why", case, claim).output


@pytest.mark.parametrize(
    ("asked", "offered"), [("one.txt", "one.txt#c"), ("tow.txt#c0001", ""), ("i", ""), ("x" * 12, "")]
)
def test_judge_offers_ids_that_are_like_what_was_typed_and_nothing_else(case, asked, offered):
    told = judge(case, "accept", asked).output
    assert "nothing that can be judged is called" in told
    if offered:
        assert f"did you mean {offered}" in told
    else:
        assert "lists claims" in told or "did you mean two.txt#" in told
