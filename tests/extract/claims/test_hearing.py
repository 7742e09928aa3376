"""What sentences say on checking: which are listened to, and what is heard in them."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from leadline.extract.claims.coded.sentences import meaning_of
from leadline.extract.claims.judged.checked import CODES, HEARD, SPEAKS, signs_of
from leadline.extract.language import load_language

NEWS = Path(__file__).parents[3] / "training" / "verification" / "news.csv"
NOTHING = (
    "The independent outlet Wharf reports that at least sixty soldiers are kept in a boathouse.",
    "They put us in front, and there are others behind us, so we cannot go back.",
    "Her son could not tell her where they were being taken.",
    "An alleged intercepted call was made public by the neighbour's intelligence on Sunday.",
    "Recruits were allegedly kept in a boathouse without food.",
    "According to an investigation by the independent outlet Wharf, nine hundred men have left.",
    "The commander confirmed the order and told them to move out at dawn.",
    "The court rejected the private's complaint and confirmed the sentence.",
    "The warders denied the refusers bread.",
    "The colonel dismissed the chaplain after the sermon.",
    "His death was confirmed by the town hall, which will pay for the funeral.",
    "The men have not been paid since they came back from the island.",
    "Parliament rejected the proposal after a long dispute over the territory.",
    "He called his wife from a satellite phone that did not belong to him.",
    "The press officer could not be reached for comment.",
)
CHECKING = {
    "The Harbour Post could not independently verify the recording.": "could-not-verify",
    "Reporters were unable to establish whether the shooting took place.": "could-not-verify",
    "Wharf was not able to confirm the prisoner's account.": "could-not-verify",
    "Nobody outside the fort can check what they tell.": "could-not-verify",
    "Not all of these letters could be tested.": "could-not-verify",
    "The number of dead has not been independently confirmed.": "unverified",
    "He offered no evidence for the accusation.": "unverified",
    "Analysts geolocated the video to the old cannery.": "verified",
    "Wharf has reviewed the order, and two officers confirmed that it is genuine.": "verified",
    "The war ministry denied that anybody had been shot.": "disputed",
    "A spokesman dismissed the report as a fabrication.": "disputed",
}


@pytest.fixture(scope="module")
def heard(resources):
    def code(text):
        if not SPEAKS.search(text):
            return "not-stated"
        meaning = meaning_of(text, resources.coder.taught.encoder)
        (chances,) = resources.coder.judges.sentences.chances([signs_of(load_language()(text)[:])], np.array([meaning]))
        return CODES[1 + int(chances[1:].argmax())] if 1 - chances[0] >= HEARD else "not-stated"

    return code


@pytest.mark.parametrize("text", NOTHING)
def test_words_of_checking_that_check_nothing_are_not_heard(heard, text):
    assert heard(text) == "not-stated"


@pytest.mark.parametrize(("text", "code"), CHECKING.items())
def test_sentences_on_checking_are_heard(heard, text, code):
    assert heard(text) == code


@pytest.mark.parametrize(
    ("text", "listened"),
    [
        ("We cannot go back and nobody feeds us.", False),
        ("We cannot establish who went back.", True),
        ("Nobody can go back, and none of them was fed.", False),
        ("Neither side can prove it.", True),
        ("An independent outlet and an alleged order.", False),
        ("She has no doubt.", True),
        ("Undoubtedly they consistently work on.", False),
        ("Denys told the prime minister so.", False),
        ("He denies it.", True),
    ],
)
def test_inability_counts_where_something_is_to_be_found_out(text, listened):
    assert bool(SPEAKS.search(text)) is listened


def test_signs_tell_who_could_not_do_what():
    signs = signs_of(load_language()("The agency could not confirm the call.")[:])
    assert {"confirm > agency", "confirm > call", "confirm > neg", "confirm VB"} <= set(signs)


def test_judged_sentences_of_the_news_hold_no_text_and_each_stands_once():
    with NEWS.open(encoding="utf-8", newline="") as f:
        rows = list(csv.DictReader(f))
    assert rows
    assert {row["code"] for row in rows} <= {"none", *CODES[1:]}
    assert all(int(row["start"]) < int(row["end"]) for row in rows)
    assert len({(row["document"], row["start"]) for row in rows}) == len(rows)
