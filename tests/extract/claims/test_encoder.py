"""The transformer that reads a suspected sentence as a whole: its word pieces, its numbers, and what it moves."""

from __future__ import annotations

import math
import time

import numpy as np
import pytest

from leadline.codebook import load_codebook
from leadline.extract.claims.coded import encoder as enc
from leadline.extract.claims.coded.encoder import Encoder, Vocabulary
from leadline.extract.claims.coded.taught import taught_for

ROWS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "the", "shot", "##s", "cafe", ",", "was", "##x", "t", "'"]
WIDTH, INNER, CLASSES = 24, 36, 4


@pytest.fixture(scope="module")
def vocabulary():
    return Vocabulary.read("\n".join(ROWS))


@pytest.fixture(scope="module")
def arrays():
    random = np.random.default_rng(3)
    found = {"encoder.layers": np.array(2), "encoder.vocabulary": np.array("\n".join(ROWS))}

    def plain(name, *shape):
        found[f"encoder.{name}"] = random.normal(size=shape).astype(np.float32)

    def matrix(name, n, m):
        found[f"encoder.{name}"] = random.integers(-127, 128, (n, m)).astype(np.int8)
        found[f"encoder.{name}.scale"] = np.full((1, m), 0.01, np.float32)
        plain(f"{name}_bias", m)

    found["encoder.words"] = random.integers(-127, 128, (len(ROWS), WIDTH)).astype(np.int8)
    found["encoder.words.scale"] = random.random((len(ROWS), 1)).astype(np.float32)
    plain("places", enc.LONGEST, WIDTH)
    plain("norm", WIDTH)
    plain("norm_bias", WIDTH)
    for k in range(2):
        for name, n, m in (
            ("qkv", WIDTH, 3 * WIDTH),
            ("out", WIDTH, WIDTH),
            ("up", WIDTH, INNER),
            ("down", INNER, WIDTH),
        ):
            matrix(f"{k}.{name}", n, m)
        for name in ("norm1", "norm1_bias", "norm2", "norm2_bias"):
            plain(f"{k}.{name}", WIDTH)
    plain("head", WIDTH, CLASSES)
    plain("head_bias", CLASSES)
    return found


def slow_scores(arrays, ids):
    """The same sums one by one, by the textbook."""
    a = {
        name.removeprefix("encoder."): np.asarray(v, dtype=np.float64)
        for name, v in arrays.items()
        if v.dtype.kind != "U"
    }

    def norm(row, name):
        mean = sum(row) / len(row)
        spread = math.sqrt(sum((x - mean) ** 2 for x in row) / len(row) + 1e-12)
        return np.array([(x - mean) / spread * g + b for x, g, b in zip(row, a[name], a[f"{name}_bias"], strict=True)])

    def times(row, name):
        return row @ (a[name] * a[f"{name}.scale"]) + a[f"{name}_bias"]

    rows = [norm(a["words"][i] * a["words.scale"][i] + a["places"][k], "norm") for k, i in enumerate(ids)]
    size = WIDTH // enc.HEADS
    for k in range(2):
        qkv = [times(row, f"{k}.qkv") for row in rows]
        after = []
        for i, row in enumerate(rows):
            seen = np.zeros(WIDTH)
            for h in range(enc.HEADS):
                own = slice(h * size, (h + 1) * size)
                query = qkv[i][own]
                raw = [math.exp(query @ qkv[j][WIDTH:][own] / math.sqrt(size)) for j in range(len(rows))]
                seen[own] = sum(w * qkv[j][2 * WIDTH :][own] for j, w in enumerate(raw)) / sum(raw)
            mid = norm(row + times(seen, f"{k}.out"), f"{k}.norm1")
            up = [
                0.5 * x * (1 + math.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3))) for x in times(mid, f"{k}.up")
            ]
            after.append(norm(mid + times(np.array(up), f"{k}.down"), f"{k}.norm2"))
        rows = after
    return np.array([row @ a["head"] + a["head_bias"] for row in rows])


def test_word_pieces_are_the_longest_known_ones_in_small_letters_without_accents(vocabulary):
    found = vocabulary.of("The cafés, SHOTsx")
    assert [ROWS[i] for i in found.ids] == ["[CLS]", "the", "cafe", "##s", ",", "shot", "##s", "##x", "[SEP]"]
    assert found.first([0, 4, 8, 9, 11, 14]) == [1, 2, 2, 4, 5, 5]


def test_a_place_between_words_or_behind_what_is_read_has_no_piece(vocabulary):
    assert vocabulary.of("the shot").first([3]) == [-1]
    long = vocabulary.of("the " * 1000)
    assert len(long.ids) == enc.LONGEST
    assert long.first([0, 3996]) == [1, -1]


def test_unknown_and_endless_words_are_one_unknown_piece_and_nothing_is_nothing(vocabulary):
    assert vocabulary.of("привет q" + "t" * 5000).ids == [2, 1, 1, 3]
    assert vocabulary.of(" \n ").ids == [2, 3]
    assert vocabulary.of("́").ids == [2, 1, 3]  # an accent alone: no letter is left


def test_a_vocabulary_without_its_marks_is_an_error():
    with pytest.raises(KeyError):
        Vocabulary.read("the\nshot")


def test_cutting_hostile_text_takes_linear_time(vocabulary):
    def seconds(n):
        start = time.process_time()
        vocabulary.of("tx" * n + " " + "'" * n)
        return time.process_time() - start

    assert seconds(400_000) < 20 * max(seconds(40_000), 0.005)


def test_scores_are_those_of_the_textbook(arrays):
    found = Encoder.read(arrays)
    ids = found.vocabulary.of("The shots was, the cafe").ids
    rows = [1, 3, 5]
    told = np.exp(slow_scores(arrays, ids)[rows])
    (own,) = found.chances([ids], [rows])
    assert np.allclose(own, (told / told.sum(axis=1, keepdims=True))[:, 1:], atol=2e-4)


@pytest.mark.parametrize("together", [1, 12, 400])
def test_texts_read_together_say_what_each_says_alone(arrays, monkeypatch, together):
    monkeypatch.setattr(enc, "TOGETHER", together)
    found = Encoder.read(arrays)
    texts = [
        found.vocabulary.of(text).ids for text in ("The shots was, the cafe", "shot", "", "the cafes the shot the")
    ]
    asked = [[1, 3, 5], [1], [], [2, 4]]
    alone = [found.chances([ids], [rows])[0] for ids, rows in zip(texts, asked, strict=True)]
    assert [len(x) for x in alone] == [3, 1, 0, 2]
    assert not np.allclose(alone[0][0], alone[1][0], atol=1e-3)
    for own, other in zip(found.chances(texts, asked), alone, strict=True):
        assert np.allclose(own, other, atol=1e-5)
    assert found.chances([], []) == []


def test_the_end_of_what_stands_before_is_read_with_a_text(vocabulary):
    found = vocabulary.of("shots", "the " * 40 + "cafes the")
    ids = [ROWS[i] for i in found.ids]
    assert ids[:2] == ["[CLS]", "the"]
    assert ids[-7:] == ["cafe", "##s", "the", "[SEP]", "shot", "##s", "[SEP]"]
    assert len(ids) == 1 + enc.BEFORE + 1 + 2 + 1
    assert found.first([0]) == [len(ids) - 3]
    none = vocabulary.of("shots", "the shot" + "s" * enc.BEFORE)  # a word is not begun in its middle
    assert [ROWS[i] for i in none.ids] == ["[CLS]", "[SEP]", "shot", "##s", "[SEP]"]


def test_an_archive_without_an_encoder_has_none_and_one_that_lacks_a_part_is_an_error(arrays):
    assert Encoder.read({"codes": np.array(["execution"])}) is None
    with pytest.raises(KeyError):
        Encoder.read({k: v for k, v in arrays.items() if k != "encoder.1.up"})


def test_the_shipped_encoder_knows_the_word_that_tells_an_event_from_the_same_word_of_other_things():
    found = taught_for(load_codebook(None))
    assert found is not None
    assert found.encoder is not None
    codes = found.codes

    def chance(text, word, code):
        pieces = found.encoder.vocabulary.of(text)
        row = pieces.first([text.index(word)])
        return float(found.encoder.chances([pieces.ids], [row])[0][0, codes.index(code)])

    for told, other, word, code in (
        ("Two soldiers were shot by their own commander on the ridge.", "The photographer shot three rolls of film on the ridge.", "shot", "execution"),
        ("Forty reservists refused to go back to the line.", "The ministers refused to publish the budget.", "refused", "refusal"),
        ("The ministry denied that any soldier had been beaten.", "The stadium denied entry to fans without a ticket.", "denied", "official-response"),
    ):  # fmt: skip
        assert chance(told, word, code) > 0.5 > 0.2 > chance(other, word, code)
