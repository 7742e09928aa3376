"""Fit what decides the medium of claims to annotated articles: the part of `leadline/extract/data/judging.npz` whose names begin with `medium`.

usage: train_media.py [--shared DIR] [--out FILE]

Articles and marks are those of `train_judging.py`, which fits the rest of that file and says how much is right in articles left out. The readings
of the articles are better than those of texts that nobody has read, for what chooses who speaks was taught by the same articles: each fit leans on
something of the readings of its day. So the weights written are `FRESH` parts those of the fit and the rest those of the file, which were fitted
to other readings; the mean of both was better than either on articles that neither had seen (decision 9). A run is deterministic, given the file.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from types import SimpleNamespace

import numpy as np
from train_hearing import stored
from train_judging import MEDIA, SHARED, Sample, all_texts, fit_media

from leadline.codebook import load_codebook
from leadline.extract.algebra import one_thread
from leadline.extract.archives import arrays_of
from leadline.extract.claims.coded.sentences import fingerprint
from leadline.extract.claims.coded.taught import taught_for
from leadline.extract.claims.judged.judging import FILE, judges_for
from leadline.extract.claims.judged.weighing import Weighing

FRESH = 2 / 3
"""Share of the new fit in the weights."""


def averaged(name, fitted, before):
    """The mean of the logarithms of what two models make of a claim, as one model: both are linear."""
    new, old = Weighing.read(fitted, name), Weighing.read(before, name)
    if tuple(new.codes) != tuple(old.codes):
        raise SystemExit(f"{name}: the file decides between {old.codes}, the fit between {new.codes}")
    marks = sorted({*new.row, *old.row})
    table = np.zeros((len(marks), len(MEDIA)))
    for k, mark in enumerate(marks):
        for share, model in ((FRESH, new), (1 - FRESH, old)):
            if mark in model.row:
                table[k] += share * model.table[model.row[mark]]
    dense = FRESH * new.dense + (1 - FRESH) * old.dense
    bias = FRESH * (new.bias - new.middle @ new.dense) + (1 - FRESH) * (old.bias - old.middle @ old.dense)
    mean = SimpleNamespace(
        coef_=np.hstack([table.T, dense.T]), intercept_=bias + new.middle @ dense, classes_=np.arange(len(MEDIA))
    )
    return stored(name, mean, MEDIA, marks, new.middle)


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--shared", type=Path, default=SHARED)
    options.add_argument("--out", type=Path, default=FILE)
    asked = options.parse_args()
    judges = judges_for(fingerprint(taught_for(load_codebook(None)).encoder))
    if judges is None:
        raise SystemExit("the weights belong to another encoder than the codebook's: run train_hearing.py first")
    texts = list(all_texts(asked.shared, judges))
    with one_thread():
        sample = Sample(texts)
        write(sample, asked.out)


def write(sample, out):
    """Fit the media to all claims, and store the mean with those of the shipped file in their place."""
    before = dict(arrays_of(FILE))
    first, second, _ = fit_media(sample, np.arange(len(sample.place)))
    known = (MEDIA, sample.names, sample.middle, sample.scale)
    arrays = dict(before)
    for name, model in (("medium", first), ("medium again", second)):
        arrays |= averaged(name, stored(name, model, *known), before)
    np.savez_compressed(out, **arrays)
    print(
        f"{len(sample.texts)} articles, {(sample.media >= 0).sum()} claims, {out.name}: {out.stat().st_size / 1e6:.2f} MB"
    )


if __name__ == "__main__":
    main()
