"""Teach whom `he`, `she`, `it` and `they` mean: marked articles in, the weights of the marks of `leadline.extract.claims.sources.agreeing` out.

usage: train_pronouns.py [--cross-validate] [--out FILE]

`--cross-validate` prints, by pronoun, how many are resolved right by the rules and by the weights, on articles not learned from.

Each pronoun that is the source of a marked claim is an example: those whom it may mean, with their marks, and which of them the innermost
hop of the claim names. A softmax over them (a conditional logit) with a ridge penalty. Deterministic, one core, two minutes; no network.
"""

from __future__ import annotations

import zlib
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest import mock

import numpy as np
from scipy.optimize import minimize
from spacy.tokens import Token
from train_choice import arguments, is_named, marked_articles, plain

from leadline.extract.attribution import find_attributions
from leadline.extract.attribution.quotes import find_quotations
from leadline.extract.claims.sources.agreeing import clues
from leadline.extract.claims.sources.mentioned import PRONOUNS, Rival
from leadline.extract.claims.sources.naming import Naming
from leadline.extract.claims.sources.pronouns import FILE, Pronouns
from leadline.extract.claims.sources.who import LONGEST_NAME, Who
from leadline.extract.claims.statements.voices import Voices
from leadline.extract.parse import load_language, parse_documents
from leadline.register import load_register
from leadline.schema import Document
from leadline.settings import load_settings

RIDGE = 4.0
"""Penalty on the weights; 1 to 8 give the same in cross-validation, within four of 540."""
LEAST = 3
"""Times that a mark must be seen to be weighed."""
FOLDS = 8
SHORTEST = 4
"""Letters of a marked name that a whole noun phrase is searched for."""


@dataclass(frozen=True)
class Example:
    """A pronoun: the marks of those whom it may mean, which of them are right, which of them by their names, and whether the rules are."""

    document: str
    form: str
    marks: list[frozenset[str]]
    right: list[bool]
    by_name: list[bool]
    ruled: bool


def examples() -> list[Example]:
    """The pronouns that are sources of marked claims, in the order of the articles."""
    articles = marked_articles.read_articles(marked_articles.ARTICLES, "")
    load_language()
    with TemporaryDirectory() as folder:
        _, settings = marked_articles.lay_out_articles(Path(folder), articles)
        register = load_register(load_settings(settings).registers)
    found = []
    for a in articles:
        asked: dict[int, tuple[Who | None, list[Rival], list[frozenset[str]]]] = {}

        def ask(text: Pronouns, head: Token, rivals: list[Rival], rule: Who | None, asked=asked) -> Who | None:
            asked.setdefault(head.i, (rule, rivals, clues(text, head, rivals, rule) if rivals else []))
            return rule

        parsed = next(parse_documents([Document(document=a.name, sha256="", text=a.text, series="", language="en")]))
        attributions, doc = find_attributions(parsed), parsed.doc
        quotations = [(q.start, q.end) for q in find_quotations(a.text, parsed.paragraphs)]
        naming = Naming(doc, register, own=frozenset({a.publisher.casefold()}), quotations=quotations)
        with mock.patch.object(Pronouns, "_likeliest", ask):
            Voices(doc, attributions, naming, parsed.paragraphs)
        for i, names in _sources(a, attributions, doc).items():
            if i in asked:
                rule, rivals, marks = asked[i]
                by_name = [any(is_named(n, r.who) for n in names) for r in rivals]
                right = [b or any(_in_phrase(n, r) for n in names) for b, r in zip(by_name, rivals, strict=True)]
                ruled = rule is not None and any(is_named(n, rule) for n in names)
                found.append(Example(a.name, PRONOUNS[doc[i].lower_], marks, right, by_name, ruled))
    return found


def _sources(article, attributions, doc) -> dict[int, list[list[str]]]:
    """The pronouns that are sources of marked claims, each with the names that the marks accept."""
    found: dict[int, list[list[str]]] = {}
    for g in article.claims:
        if not g["chain"]:
            continue
        middle = (g["told"][0] + g["told"][1]) // 2
        around = [a for a in attributions if a.source and any(s <= middle < e for s, e in a.content)]
        if not around:
            continue
        inner = min(around, key=lambda a: sum(e - s for s, e in a.content))
        span = doc.char_span(inner.source[0][0], inner.source[-1][1], alignment_mode="expand")
        if len(span) == 1 and span[0].lower_ in PRONOUNS:
            last = g["chain"][-1]
            found.setdefault(span[0].i, []).append([last, *article.aliases.get(last, [])])
    return found


def _in_phrase(names: list[str], rival: Rival) -> bool:
    """Whether a noun phrase that mentions somebody has one of the names, up to its first comma."""
    for t in rival.nouns:
        phrase = t.doc[t.left_edge.i : min(t.right_edge.i + 1, t.i + LONGEST_NAME + 1)].text.split(",")[0]
        if any(plain(n) in plain(phrase) for n in names if len(n) >= SHORTEST):
            return True
    return False


def fit(taught: list[Example]) -> dict[str, float]:
    """The weight of each mark: those under which the right ones are likeliest."""
    taught = [e for e in taught if any(e.right) and not all(e.right)]
    seen = Counter(m for e in taught for found in e.marks for m in found)
    names = sorted(m for m, n in seen.items() if n >= LEAST)
    column = {m: k for k, m in enumerate(names)}
    sizes = np.array([len(e.marks) for e in taught])
    starts, group = np.concatenate([[0], np.cumsum(sizes)[:-1]]), np.repeat(np.arange(len(taught)), sizes)
    x = np.zeros((int(sizes.sum()), len(names)))
    for row, found in enumerate(f for e in taught for f in e.marks):
        x[row, [column[m] for m in found if m in column]] = 1
    right = np.array([float(r) for e in taught for r in e.right])

    def loss(weights):
        sums = x @ weights
        shifted = np.exp(sums - np.maximum.reduceat(sums, starts)[group])
        whole, good = np.add.reduceat(shifted, starts), np.add.reduceat(shifted * right, starts)
        slope = x.T @ (shifted / whole[group] - shifted * right / good[group])
        return -np.log(good / whole).sum() + RIDGE / 2 * weights @ weights, slope + RIDGE * weights

    found = minimize(loss, np.zeros(len(names)), jac=True, method="L-BFGS-B", options={"maxiter": 300})
    return dict(zip(names, map(float, found.x), strict=True))


def cross_validate(table: list[Example]) -> None:
    """Print how many pronouns are right on articles that were not learned from."""
    fold = [zlib.crc32(e.document.encode()) % FOLDS for e in table]
    told: Counter[tuple[str, str]] = Counter()
    for f in range(FOLDS):
        weights = fit([e for e, k in zip(table, fold, strict=True) if k != f])
        for e in (e for e, k in zip(table, fold, strict=True) if k == f):
            sums = [sum(weights.get(m, 0.0) for m in found) for found in e.marks]
            named = e.by_name[sums.index(max(sums))] if sums else e.ruled
            for form in (e.form, "all"):
                told[form, "n"] += 1
                told[form, "rules"] += e.ruled
                told[form, "weights"] += named
                told[form, "possible"] += any(e.by_name) or (not sums and e.ruled)
    for form in ("he", "she", "it", "they", "all"):
        n, rules, weights, possible = (told[form, x] for x in ("n", "rules", "weights", "possible"))
        print(
            f"{form}: {n}, right by rules {rules} ({rules / n:.3f}), by weights {weights} ({weights / n:.3f}), at best {possible}"
        )


def main() -> None:
    """Train and write, or cross-validate too."""
    asked = arguments(__doc__, FILE)
    table = examples()
    print(f"{len(table)} pronouns, {sum(len(e.marks) for e in table)} whom they may mean")
    if asked.cross_validate:
        cross_validate(table)
    weights = fit(table)
    values = np.array([weights[m] for m in sorted(weights)], dtype=np.float32)
    np.savez_compressed(asked.out, marks=np.array(sorted(weights)), weights=values)
    print(f"{len(weights)} weights written to {asked.out}")


if __name__ == "__main__":
    main()
