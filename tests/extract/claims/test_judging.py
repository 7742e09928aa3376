"""What marked articles taught about media and checking: the weights, their file, and what they decide."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from leadline.errors import CodebookError
from leadline.extract.attribution import find_attributions
from leadline.extract.claims.assemble import tell
from leadline.extract.claims.coded.sentences import fingerprint, meaning_of
from leadline.extract.claims.details.fields import FieldReadings
from leadline.extract.claims.judged import judging
from leadline.extract.claims.judged.carried import around, marks_of
from leadline.extract.claims.judged.checked import CODES
from leadline.extract.claims.judged.judging import FILE, judges_for
from leadline.extract.claims.judged.pairing import pairs
from leadline.extract.claims.judged.settled import FAR, STATED, VERIFIED, Covered, Settling, at_odds
from leadline.extract.claims.judged.trees import Trees
from leadline.extract.claims.judged.weighing import Weighing
from leadline.extract.claims.known import Known
from leadline.extract.numbers import find_numbers
from leadline.extract.parse import parse_documents
from leadline.extract.reading import read_document
from leadline.schema import Document

TWO_MEGABYTES = 2_000_000
CALL = """Army intelligence publishes call on order to shoot

The Norland Defence Service on Monday published an intercepted telephone call in which a Sudrian soldier tells his wife that two men of his company were shot for refusing to go back to the trenches.

"They were put against the wall in front of everybody," he says. "The rest were locked in the cellar."

The service said that the call was made on Friday near the river. It named neither the soldier nor his unit.

The Harbour Post was unable to check whether the recording is genuine.

The Sudrian War Ministry did not reply to questions. Talks on grain go on in the capital, where the ministers of both countries met on Sunday.

Rain is expected in the valley until the end of the week.
"""


@pytest.fixture(scope="module")
def encoder(resources):
    return resources.coder.taught.encoder


def test_the_shipped_weights_belong_to_the_shipped_encoder(resources, encoder):
    assert judges_for(fingerprint(encoder)) is not None
    assert resources.coder.judges is not None
    assert FILE.stat().st_size < TWO_MEGABYTES


def test_a_codebook_with_another_encoder_or_none_is_read_by_the_rules_alone(encoder):
    assert judges_for("") is None
    assert judges_for(fingerprint(replace(encoder, words=-encoder.words))) is None


def test_a_broken_file_is_named(monkeypatch, tmp_path, encoder):
    path = tmp_path / "judging.npz"
    path.write_bytes(b"no archive")
    monkeypatch.setattr(judging, "FILE", path)
    with pytest.raises(CodebookError, match="cannot be read"):
        judges_for(fingerprint(encoder))


def test_a_call_that_nobody_could_check(resources):
    document = Document(document="d", sha256="", text=CALL, series="d", language="en", publisher="Harbour Post")
    found = {c.event: c for c in read_document(document, resources).claims if "shoot" not in c.quote}
    shot, locked = found["execution"], found["unlawful-detention"]
    assert (shot.medium, shot.verification) == ("intercepted-call", "could-not-verify")
    assert (locked.medium, locked.verification) == ("intercepted-call", "could-not-verify")


def test_a_reservation_in_the_claims_own_words_leaves_it_unverified(resources):
    text = CALL.replace(
        "Rain is expected", "Two deserters were reportedly shot at the mill on Thursday.\n\nRain is expected"
    )
    document = Document(document="d", sha256="", text=text, series="d", language="en", publisher="Harbour Post")
    (shot,) = [c for c in read_document(document, resources).claims if "at the mill" in c.quote]
    assert shot.verification == "unverified"


def test_media_named_in_the_lead_and_how_a_speaker_is_brought_in_are_marks(resources):
    parsed = next(parse_documents([Document(document="d", sha256="", text=CALL, series="d", language="en")]))
    fields = FieldReadings((), (), (), ())
    text = Known.of(parsed, find_attributions(parsed), resources.register, resources.coder, fields)
    page = text.page()
    locked = next(x for x in tell(text) if x.claim.event == "unlawful-detention")
    marks = marks_of(locked, page)
    assert {"says lead intercepted-call", "voice cue say", "voice cue tell"} <= marks.keys()
    assert "says here intercepted-call" not in marks


@pytest.mark.parametrize(("asked", "of_all"), [("the number of the dead", False), ("the account of the dead", True)])
def test_a_number_that_could_not_be_checked_is_none_of_what_gives_no_number(resources, asked, of_all):
    words = CALL.replace("was unable to check whether the recording is genuine", f"could not check {asked}")
    parsed = next(parse_documents([Document(document="d", sha256="", text=words, series="d", language="en")]))
    fields = FieldReadings(find_numbers(parsed.doc), (), (), ())
    text = Known.of(parsed, find_attributions(parsed), resources.register, resources.coder, fields)
    told, page = tell(text), text.page()
    covered = {told[j].claim.number is not None for j, _, _ in pairs(told, page, resources.coder.judges.heard(page))}
    assert covered == ({True, False} if of_all else {True})


def test_a_few_sentences_are_left_to_the_rules(resources):
    text = " ".join(CALL.split("\n\n")[1:3])
    document = Document(document="d", sha256="", text=text, series="d", language="en")
    by_rules = replace(resources, coder=replace(resources.coder, judges=None))
    assert read_document(document, resources).claims == read_document(document, by_rules).claims


def test_what_is_stated_of_checking_has_a_word_that_shows_it(resources):
    document = Document(document="d", sha256="", text=CALL, series="d", language="en", publisher="Harbour Post")
    stated = [c for c in read_document(document, resources).claims if c.verification != "not-stated"]
    assert stated
    for claim in stated:
        assert [s for s in claim.spans if s.field == "verification"]


def test_reading_is_the_same_twice(resources):
    document = Document(document="d", sha256="", text=CALL, series="d", language="en")
    assert read_document(document, resources).claims == read_document(document, resources).claims


def test_meaning_of_nothing_is_zero_and_of_like_sentences_alike(encoder):
    assert not meaning_of("", encoder).any()
    one, other, third = (
        meaning_of(text, encoder)
        for text in (
            "The paper could not verify the video.",
            "We were unable to confirm the footage.",
            "Rain is expected.",
        )
    )

    def cosine(a, b):
        return float(a @ b / np.linalg.norm(a) / np.linalg.norm(b))

    assert cosine(one, other) > cosine(one, third)


def test_unknown_marks_weigh_nothing_and_known_ones_decide():
    model = Weighing(
        codes=("a", "b"), row={"cue write": 0}, table=np.array([[2.0, -2.0]], dtype=np.float32),
        middle=np.zeros(1, dtype=np.float32), dense=np.array([[0.0, 3.0]], dtype=np.float32), bias=np.zeros(2, dtype=np.float32),
    )  # fmt: skip
    numbers = np.array([[0.0], [0.0], [1.0]], dtype=np.float32)
    chances = model.chances([{"cue write": 1.0}, {"cue sing": 1.0}, {}], numbers)
    assert chances.sum(axis=1) == pytest.approx(1)
    assert chances[0, 0] == pytest.approx(1 / (1 + np.exp(-4)), abs=1e-5)
    assert chances[1] == pytest.approx([0.5, 0.5])
    assert chances[2, 1] > 0.9


def test_trees_go_left_at_or_below_the_threshold_and_add_up():
    whole = {"left": [1, 1, 2, 3], "right": [2, 1, 2, 3], "number": [0, 0, 0, 0]}
    trees = Trees(
        names=("x",), threshold=np.array([0.5, 0, 0, 0], dtype=np.float32), value=np.array([0, -1, 2, 0.25], dtype=np.float32),
        roots=np.array([0, 3]), bias=0.5, depth=1, **{k: np.array(v) for k, v in whole.items()},
    )  # fmt: skip
    chances = trees.chances(np.array([[0.5], [0.6]], dtype=np.float32))
    assert chances == pytest.approx([1 / (1 + np.exp(0.25)), 1 / (1 + np.exp(-2.75))], abs=1e-5)


def test_what_stands_around_a_claim_leaves_out_the_claim_itself():
    chances = np.eye(3, dtype=np.float32)
    found = around([0, 0, 1], ["he", "she", "he"], chances).reshape(3, 5, 3)
    before, elsewhere, after, speaker, paragraph = found[1]
    assert before == pytest.approx(chances[0])
    assert not elsewhere.any()
    assert after == pytest.approx(chances[2])
    assert not speaker.any()
    assert paragraph == pytest.approx(chances[0])
    assert found[0][3] == pytest.approx(chances[2])
    assert found[2][1] == pytest.approx(chances[1])


def test_trees_of_each_code_and_the_logistic_model_are_heard_alike():
    def tree(value):
        return Trees(
            names=("covered verified",), threshold=np.array([0.5, 0, 0], dtype=np.float32), bias=0.0, depth=1,
            value=np.array([0, 0, value], dtype=np.float32), roots=np.array([0]),
            number=np.array([0, 0, 0]), left=np.array([1, 1, 2]), right=np.array([2, 1, 2]),
        )  # fmt: skip

    n = len(CODES)
    even = Weighing(
        codes=CODES, row={}, table=np.zeros((0, n), dtype=np.float32), middle=np.zeros(n - 1, dtype=np.float32),
        dense=np.zeros((n - 1, n), dtype=np.float32), bias=np.zeros(n, dtype=np.float32),
    )  # fmt: skip
    verified = CODES.index("verified")
    models = Settling(even, tuple(tree(9.0 if k == verified else 0.0) for k in range(n)))
    sure = np.zeros(n - 1, dtype=np.float32)
    sure[verified - 1] = 0.9
    nothing, likely = models.chances(
        [{}, {}], [Covered(np.zeros(n - 1, dtype=np.float32), {}), Covered(sure, {})], [{}, {}]
    )
    raised = [1.0 if k == 0 else VERIFIED if k == verified else STATED for k in range(n)]
    assert nothing == pytest.approx([0.2 * factor for factor in raised])
    assert likely[verified] == pytest.approx((0.2 + 1) / 2 * VERIFIED, abs=1e-3)
    assert VERIFIED < 1 < STATED, "what is told wrongly is the worst as `verified`"


def test_what_others_deny_is_against_a_claim_and_what_the_same_one_says_is_not():
    events = ["unlawful-detention", "execution", "unlawful-detention", "official-response"]
    sentences = [2, 4, 5, 6]
    told, own, denial, answer = at_odds(
        events, [False, False, True, False], [False, False, True, False], ["guard", "ministry", "ministry", ""], sentences, [1, 2, 2, 2]
    )  # fmt: skip
    assert (told["against"], told["against of event"], told["against by office"]) == (1, 1, 1)
    assert told["against near"] == told["against of event near"] == pytest.approx(1 / 4)
    assert told["against in paragraph"] == 0
    assert told["answered soon"] == pytest.approx(1 / 4)
    assert own["against"] == 0
    assert denial["is denied"] == 1
    assert denial["against"] == 2
    assert denial["against of event"] == 1
    assert answer["against in paragraph"] == 1


def test_what_is_far_away_is_not_against_a_claim():
    near, far = ([0, FAR], [0, FAR + 1])
    for sentences, expected in ((near, 1), (far, 0)):
        (first, _) = at_odds(["threat"] * 2, [False, True], [False] * 2, ["a", "b"], sentences, [0, 9])
        assert first["against"] == expected
