"""Fit what a sentence says on checking to marked sentences: the part `sentences` of `leadline/extract/data/judging.npz`; the other parts stay.

usage: train_hearing.py [--shared DIR]
       train_hearing.py --cross-validate     what is heard in real news that it was not fitted to

Sentences: those of `training/verification/*.txt`, and, where DIR (`../shared`) is present, those of the war-news articles that `news.csv` beside them says do
(document, start, end, code: no text; every sentence with a word of checking in 425 articles, judged by eye, the doubtful left out; no article of set c). Invented lines
are dense with checking, the news is not: taught by lines alone, a model hears checking in most sentences that say `cannot` or `rejected`.
"""

from __future__ import annotations

import argparse
import csv
from collections import Counter
from pathlib import Path

import numpy as np
import scipy.sparse as sp
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

from leadline.codebook import load_codebook
from leadline.extract.algebra import one_thread
from leadline.extract.archives import arrays_of
from leadline.extract.claims.coded.sentences import fingerprint, meaning_of
from leadline.extract.claims.coded.taught import taught_for
from leadline.extract.claims.judged.checked import CODES, HEARD, SPEAKS, signs_of
from leadline.extract.claims.judged.judging import FILE
from leadline.extract.claims.judged.weighing import Weighing
from leadline.extract.language import load_language

ROOT = Path(__file__).resolve().parent.parent
LINES = ROOT / "training" / "verification"
SHARED = ROOT.parent / "shared"
LEAST_OFTEN = 2
STRENGTH = 0.64
"""Inverse of the ridge penalty."""
SPREAD = 0.125
"""What one standard deviation of a number of a meaning counts beside a sign that is there."""
NEVER = -20.0
"""Score of a code that no example has."""
FOLDS = 5


class Heard:
    """Sentences with a word of checking: signs, meanings, classes, and the document of each (0 for invented lines)."""

    def __init__(self, marked, encoder):
        marked = [(text, code, group) for text, code, group in marked if SPEAKS.search(text)]
        self.signs = [signs_of(doc[:]) for doc in load_language().pipe(text for text, _, _ in marked)]
        self.meanings = np.array([meaning_of(text, encoder) for text, _, _ in marked])
        self.codes = np.array([CODES.index("not-stated" if code == "none" else code) for _, code, _ in marked])
        self.groups = np.array([group for _, _, group in marked])


def invented(folder):
    """The marked sentences of `training/verification`: text, code and 0."""
    for path in sorted(folder.glob("*.txt")):
        for line in path.read_text(encoding="utf-8").splitlines():
            code, bar, text = line.partition("|")
            if bar:
                yield text.replace("[", "").replace("]", ""), code, 0


def real(folder, articles):
    """The judged sentences of the news, where the articles are at hand: text, code and the number of the article."""
    if not articles.is_dir():
        return
    with (folder / "news.csv").open(encoding="utf-8", newline="") as f:
        rows = list(csv.DictReader(f))
    names = sorted({row["document"] for row in rows})
    texts = {name: (articles / name).read_text(encoding="utf-8") for name in names}
    for row in rows:
        text = texts[row["document"]][int(row["start"]) : int(row["end"])]
        yield text, row["code"], 1 + names.index(row["document"])


def fit(heard, chosen):
    """A model of what the chosen sentences say on checking, as it is stored."""
    counts = Counter(sign for k in chosen for sign in heard.signs[k])
    names = sorted(sign for sign, n in counts.items() if n >= LEAST_OFTEN)
    known = set(names)
    table = DictVectorizer().fit([dict.fromkeys(names, 1.0)])
    signs = table.transform([{n: v for n, v in heard.signs[k].items() if n in known} for k in chosen])
    numbers = heard.meanings[chosen]
    middle, scale = numbers.mean(axis=0), SPREAD / (numbers.std(axis=0) + 1e-6)
    rows = sp.hstack([signs, sp.csr_matrix((numbers - middle) * scale)]).tocsr()
    model = LogisticRegression(C=STRENGTH, max_iter=2000).fit(rows, heard.codes[chosen])
    return stored("sentences", model, CODES, names, middle, scale)


def stored(name, model, codes, marks, middle=(), scale=()):
    """The arrays of a model under a name, with the scale of its numbers folded in."""
    weights = np.zeros((len(codes), model.coef_.shape[1]))
    bias = np.full(len(codes), NEVER)
    weights[model.classes_], bias[model.classes_] = model.coef_, model.intercept_
    dense = weights[:, len(marks) :].T.copy()
    dense[: len(scale)] *= np.reshape(scale, (-1, 1))
    center = np.zeros(len(dense), dtype=np.float32)
    center[: len(middle)] = middle
    arrays = {f"{name}.marks": np.array("\n".join(marks)), f"{name}.codes": np.array(codes)}
    arrays |= {f"{name}.middle": center, f"{name}.bias": bias.astype(np.float32)}
    for part, values in (("table", weights[:, : len(marks)].T), ("dense", dense)):
        steps = np.abs(values).max(axis=1, keepdims=True) / 127 + 1e-12
        arrays[f"{name}.{part}"] = np.round(values / steps).astype(np.int8)
        arrays[f"{name}.{part}.scale"] = steps.astype(np.float32)
    return arrays


def cross_validate(heard):
    """Print how many sentences of articles that were left out are heard, and how many of these rightly, by code."""
    news = np.flatnonzero(heard.groups)
    lines = np.flatnonzero(heard.groups == 0)
    found = np.zeros(len(news), dtype=int)
    for taught, left in GroupKFold(FOLDS).split(news, groups=heard.groups[news]):
        model = Weighing.read(fit(heard, np.concatenate([lines, news[taught]])), "sentences")
        own = news[left]
        chances = model.chances([heard.signs[k] for k in own], heard.meanings[own])
        found[left] = np.where(1 - chances[:, 0] >= HEARD, 1 + chances[:, 1:].argmax(axis=1), 0)
    gold = heard.codes[news]
    print(f"{len(news)} sentences of the news with a word of checking; {(gold > 0).sum()} speak of it")
    for n, code in enumerate(CODES):
        if n:
            said = found == n
            print(f"{code:18} heard {said.sum():3}, right {(said & (gold == n)).sum():3} of {(gold == n).sum():3}")
    print(f"{'all':18} heard {(found > 0).sum():3}, right {((found > 0) & (found == gold)).sum():3}")


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--shared", type=Path, default=SHARED)
    options.add_argument("--cross-validate", action="store_true")
    asked = options.parse_args()
    encoder = taught_for(load_codebook(None)).encoder
    with one_thread():
        marked = [*invented(LINES), *real(LINES, asked.shared / "corpora" / "war-news")]
        heard = Heard(marked, encoder)
        if asked.cross_validate:
            cross_validate(heard)
            return
        sentences = fit(heard, np.arange(len(heard.codes)))
    arrays = {k: v for k, v in arrays_of(FILE).items() if not k.startswith("sentences.")}
    np.savez_compressed(FILE, **arrays | sentences | {"encoder": np.array(fingerprint(encoder))})
    print(f"{len(heard.codes)} sentences; {FILE.name}: {FILE.stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
