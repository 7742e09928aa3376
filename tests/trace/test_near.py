"""Near-duplicates on arrays: what MinHash promises, and what it costs on one text many times."""

from __future__ import annotations

import random

import numpy as np
import pytest

from leadline.trace import near

WORDS = [f"w{k}" for k in range(3000)]


def article(rng, n=300):
    return [rng.choice(WORDS) for _ in range(n)]


def shingle_sets(words):
    return {tuple(words[i : i + near.SHINGLE]) for i in range(len(words) - near.SHINGLE + 1)}


def test_near_agreement_estimates_jaccard():
    rng = random.Random(7)
    true, texts = [], []
    for changed in range(0, 60, 2):
        one = article(rng)
        other = [w if rng.random() > changed / 300 else "swapped" for w in one]
        a, b = shingle_sets(one), shingle_sets(other)
        true.append(len(a & b) / len(a | b))
        texts += [" ".join(one), " ".join(other)]
    rows = near.digests(texts)
    found = near.agreement(rows, np.arange(60).reshape(30, 2))
    assert abs(float(np.mean(found - true))) < 0.03
    assert float(np.abs(found - true).max()) < 0.25  # four standard deviations of 64 permutations


def test_near_copies_meet_and_strangers_do_not():
    rng = random.Random(8)
    texts = [" ".join(article(rng)) for _ in range(200)]
    texts += [t.upper().replace(" ", ", ") for t in texts[:50]]  # case and punctuation are not words
    pairs = near.meeting(near.bands(near.digests(texts)))
    assert {tuple(p) for p in pairs.tolist()} == {(i, 200 + i) for i in range(50)}


@pytest.mark.parametrize("batch", [1, 500, 100_000])
def test_near_digests_do_not_depend_on_batches(monkeypatch, batch):
    texts = ["", "one", "one two three", "eins zwei drei vier fünf", "“раз” — два, три четыре пять шесть", "…"] * 3
    whole = near.digests(texts)
    monkeypatch.setattr(near, "BATCH_BYTES", batch)
    assert (near.digests(texts) == whole).all()
    assert (whole[:6] == whole[6:12]).all()


def test_near_short_texts_are_told_apart_by_their_own_words_alone():
    hashes, at = near.shingles(["ab", "ab cd", "cd", "ab cd"])
    assert at.tolist() == [0, 1, 2, 3, 4]
    assert hashes[1] == hashes[3]
    assert len(set(hashes.tolist())) == 3


def test_near_one_text_very_often_costs_a_line_of_pairs():
    keys = near.bands(near.digests(["the same few words again and again"] * 5000))
    pairs = near.meeting(keys)
    assert len(pairs) < 2 * 5000
    assert set(pairs.ravel().tolist()) == set(range(5000))


def test_near_no_texts_and_no_words():
    assert near.digests([]).shape == (0, near.N_PERMUTATIONS)
    assert near.meeting(near.bands(near.digests([]))).shape == (0, 2)
