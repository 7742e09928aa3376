"""The trained part: its file, its features, and that it stays what was measured."""

from __future__ import annotations

import subprocess
import sys

import numpy as np

from leadline.extract.attribution.features import hashed
from leadline.extract.attribution.lexicon import load_lexicon
from leadline.extract.attribution.model import FILE, load_model
from leadline.extract.attribution.network import gathered


def test_model_file_is_small_and_holds_numbers_only():
    assert FILE.stat().st_size < 30e6
    with np.load(FILE, allow_pickle=False) as archive:
        assert all(archive[name].dtype.kind in "if" for name in archive.files)


def test_model_members_have_one_shape():
    model = load_model()
    assert len({n.table.shape for n in (*model.cues.members, *model.tags.members)}) == 1
    assert model.transitions.shape == (13, 13)


def test_model_hashed_features_are_the_same_in_every_process():
    code = (
        "import numpy as np; from leadline.extract.attribution.features import hashed;"
        "print(hashed([[np.array([5, 2**62])], [np.array([1, 2]), np.array([3, 4])]], 65536).tolist())"
    )
    here = hashed([[np.array([5, 2**62])], [np.array([1, 2]), np.array([3, 4])]], 65536).tolist()
    done = subprocess.run(
        [sys.executable, "-c", code], env={"PYTHONHASHSEED": "1"}, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == str(here)


def test_model_gathered_puts_zeros_where_no_neighbour_is():
    values = np.array([[1.0], [2.0]], dtype=np.float32)
    assert gathered(values, [np.array([0, 1]), np.array([1, -1])]).tolist() == [[1.0, 2.0], [2.0, 0.0]]


def test_lexicon_is_of_lemmas_in_small_letters():
    lexicon = load_lexicon()
    every = [
        w
        for group in (lexicon.verbs_of_speech, lexicon.carriers, lexicon.makings, *lexicon.kinds.values())
        for w in group
    ]
    assert all(w == w.lower() and " " not in w for w in every)
    assert lexicon.kinds_of("report") == {"carrier"}


def test_model_ensemble_is_the_mean_of_its_members():
    tags = load_model().tags
    rows = np.random.default_rng(7).integers(0, tags.rows, size=(40, 46))
    here = np.arange(40)
    neighbours = [
        here + shift if shift <= 0 else np.where(here + shift < 40, here + shift, -1) for shift in (-2, -1, 0, 1, 2)
    ]
    neighbours = [np.maximum(n, -1) for n in (*neighbours, here - 3)]
    alone = [m.scores(rows, neighbours) for m in tags.members]
    assert len(alone) > 1
    assert not np.allclose(alone[0], alone[1])
    assert np.allclose(tags.scores(rows, neighbours), np.mean(alone, axis=0), atol=1e-4)
