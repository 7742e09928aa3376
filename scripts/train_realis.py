"""Teach what the words around an event say of its realis, from the marked articles, and say how well it does on articles not taught.

usage: python scripts/train_realis.py [--write]

The flow reads every article of `training/articles`; where it finds a marked claim, the names of `manner.py` and the rules' answer are
an example of the claim's realis. A multinomial logistic model with a ridge penalty; what is not actual weighs twice, optional claims half.
Ten folds by article give the figures that are printed, of the names alone; `--write` then fits on all and writes
`leadline/extract/data/realis.npz`. What the encoder hears beside is taught by `train_telling.py`, which reads the same examples.
"""

from __future__ import annotations

import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from leadline.extract.claims import assemble
from leadline.extract.claims.judged.weighing import Weighing
from leadline.extract.claims.modality.manner import manner
from leadline.extract.claims.modality.weighed import CODES, FILE, weighed
from leadline.extract.reading import Resources, read_documents
from leadline.register import load_register
from leadline.schema import Claim, Document, Published
from leadline.settings import Settings, load_settings

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "benchmarks"))
from marked_articles import ARTICLES, Article, lay_out_articles, read_articles  # noqa: E402  (the benchmarks' reader)

FOLDS = 10
FEWEST = 3
"""Examples that show a name before it is taught."""
PENALTY = 0.1
SHARED = 0.3
HELD, LONGER = 0.5, 3
"""When a claim is the marked one, as the scorer has it."""


class Place(NamedTuple):
    """An event's word: its sentence, the one before, and at which letter of the sentence it begins."""

    sentence: str
    before: str
    at: int


class Example(NamedTuple):
    """A claim that was found: its article, the marked realis, the rules' answer, the names, its weight, and where its word stands."""

    article: str
    realis: str
    ruled: str
    names: frozenset[str]
    weight: float
    place: Place


def examples(articles: Sequence[Article]) -> list[Example]:
    """The marked claims that the flow finds, as the rules read them."""
    seen: list[tuple[str, frozenset[str], Place]] = []

    def keep(event, ruled, shown, head, *others):
        names = frozenset(manner(event, ruled, shown, head, *others))
        sentence = head.sent
        before = head.doc[sentence.start - 1].sent.text.strip() if sentence.start else ""
        seen.append((ruled, names, Place(sentence.text, before, head.idx - sentence.start_char)))
        return names

    assemble.manner = keep
    found: list[Example] = []
    resources = Resources.of(Settings())
    for _, sitting in groupby(articles, key=lambda a: a.name[0]):  # names of publishers recur between sittings
        own = list(sitting)
        with tempfile.TemporaryDirectory() as folder:
            _, path = lay_out_articles(Path(folder), own)
            settings = load_settings(path)
            register = load_register(settings.registers, shipped=settings.shipped_register)
        for article in own:
            seen.clear()
            day = Published(start=article.published, end=article.published, basis="given", evidence="marked")
            document = Document(
                document=article.name, sha256="", text=article.text, series="a", language="en",
                publisher=article.publisher, published=day,
            )  # fmt: skip
            (reading,) = read_documents([document], replace(resources, register=register))
            found += matched(article, reading.claims, seen)
    return found


def matched(
    article: Article, claims: Sequence[Claim], seen: Sequence[tuple[str, frozenset[str], Place]]
) -> list[Example]:
    """Marked claims with the claims that hold them, one to one, best first."""
    pairs = []
    for i, gold in enumerate(article.claims):
        for j, claim in enumerate(claims):
            both = min(gold["end"], claim.end) - max(gold["start"], claim.start)
            share = both / (max(gold["end"], claim.end) - min(gold["start"], claim.start))
            size, long = gold["end"] - gold["start"], claim.end - claim.start
            if share >= SHARED or (both >= HELD * size and long <= LONGER * size):
                pairs.append((bool(gold.get("optional")), -share, i, j))
    taken: set[tuple[str, int]] = set()
    found = []
    for optional, _, i, j in sorted(pairs):
        if ("gold", i) not in taken and ("claim", j) not in taken:
            taken |= {("gold", i), ("claim", j)}
            ruled, names, place = seen[j]
            weight = 0.5 if optional else 1.0
            found.append(Example(article.name, article.claims[i]["realis"], ruled, names, weight, place))
    return found


def fit(found: Sequence[Example]) -> Weighing:
    """The model of some examples."""
    counts = Counter(n for x in found for n in x.names)
    row = {n: k for k, n in enumerate(sorted(n for n, c in counts.items() if c >= FEWEST))}
    cells = [(k, row[n]) for k, x in enumerate(found) for n in sorted(x.names) if n in row]
    at = np.array(cells).T
    table = csr_matrix((np.ones(len(cells)), (at[0], at[1])), shape=(len(found), len(row)))
    codes = np.array([CODES.index(x.realis) for x in found])
    weight = np.array([x.weight * (1 if x.realis == "actual" else 2) for x in found])
    model = LogisticRegression(C=PENALTY, max_iter=500).fit(table, codes, sample_weight=weight)
    weights, bias = np.zeros((len(row), len(CODES)), np.float32), np.full(len(CODES), -9.0, np.float32)
    weights[:, model.classes_], bias[model.classes_] = model.coef_.T, model.intercept_
    return Weighing(CODES, row, weights, np.zeros(0, np.float32), np.zeros((0, len(CODES)), np.float32), bias)


def report(name: str, found: Sequence[Example], answers: Sequence[str]) -> str:
    """The share that is right, of required claims and of those that are not actual."""
    asked = [(x, a) for x, a in zip(found, answers, strict=True) if x.weight == 1.0]
    other = [(x, a) for x, a in asked if x.realis != "actual"]
    shares = (f"{sum(x.realis == a for x, a in s)}/{len(s)}" for s in (asked, other))
    return f"{name}: {', not actual '.join(shares)}"


def main() -> int:
    """Cross-validate; write where asked."""
    found = examples(read_articles(ARTICLES))
    names = sorted({x.article for x in found})
    fold = {name: k % FOLDS for k, name in enumerate(names)}
    answers = [""] * len(found)
    for f in range(FOLDS):
        model = fit([x for x in found if fold[x.article] != f])
        for k, x in enumerate(found):
            if fold[x.article] == f:
                answers[k] = weighed(x.ruled, x.names, model)
    print(f"{len(names)} articles, {len(found)} claims found")
    print(report("rules", found, [x.ruled for x in found]))
    print(report("weighed, articles not taught", found, answers))
    if "--write" in sys.argv:
        write(fit(found))
    return 0


def write(model: Weighing) -> None:
    """The shipped file, the same bytes for the same examples."""
    one = np.float32(1)
    arrays = {
        "marks": np.array("\n".join(model.row)), "codes": np.array(CODES), "bias": model.bias, "middle": model.middle,
        "table": model.table.astype(np.float16), "table.scale": one, "dense": model.dense, "dense.scale": one,
    }  # fmt: skip
    np.savez_compressed(FILE, **{f"realis.{name}": array for name, array in arrays.items()})


if __name__ == "__main__":
    sys.exit(main())
