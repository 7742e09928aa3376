"""Train the attribution model on the train part of PolNeAR and write it into the package.

usage: scripts/train_attribution.py [--polnear DIR] [--out FILE]

Needs the `dev` extra (numba); about four minutes of processor time for each member. The same input gives the same file on
the same machine. What is stored: tables of hashed single-word features, small weight matrices, and hashes of the single words that
may head a cue. No running text.
"""

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import argparse
import re
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import numba
import numpy as np
import scipy.sparse as sp
from spacy.symbols import VERB

from leadline.extract.attribution.columns import columns_of
from leadline.extract.attribution.features import cue_features, hashed, token_features
from leadline.extract.attribution.model import COLON, FILE, cue_neighbours, token_neighbours, word_keys
from leadline.extract.attribution.network import NAMES, Network
from leadline.extract.attribution.quotes import find_quotations, quoted_tokens
from leadline.extract.attribution.tagging import CONTENT, CUE, SOURCE, TAGS, allowed, encode
from leadline.extract.attribution.windows import Windows
from leadline.extract.parse import parse_documents
from leadline.schema import Document

ROWS = 1 << 16
WIDTH, HIDDEN = 32, 48
MEMBERS = ((11, 0.2, 0.25), (12, 0.3, 0.35), (13, 0.2, 0.3), (14, 0.3, 0.25))
"""Seed, dropout of hidden values and of features for each member; the scores of several members are averaged."""
RATE = 2e-3
ROLES = {"source": SOURCE, "cue": CUE, "content": CONTENT}
MIN_COUNT = 3  # words other than verbs must have headed a cue this often in training to be candidates


# -- gold -------------------------------------------------------------------------------------------------------------


def read_gold(folder):
    """`(document, [(annotator, {role: spans})])` of one part of PolNeAR, in the order of the file names."""
    for path in sorted((folder / "text").glob("*.txt")):
        text = path.read_text(encoding="utf-8")
        rows = []
        for annotation in sorted((folder / "attributions").glob(path.stem + "_*.ann")):
            lines = [line.split("\t") for line in annotation.read_text(encoding="utf-8").splitlines()]
            spans = {
                f[0]: [tuple(map(int, p.split())) for p in f[1].partition(" ")[2].split(";")]
                for f in lines
                if f[0].startswith("T") and len(f) > 1
            }
            for f in lines:
                parts = [p.split(":") for p in f[1].split()] if f[0].startswith("E") and len(f) > 1 else []
                if not parts or parts[0][0] not in ("Attribution", "Attribution-no-source"):
                    continue
                roles = {role: [] for role in ROLES}
                for name, key in parts[1:]:
                    role = re.sub(r"\d+$", "", name).lower()
                    if role in roles and key in spans:
                        roles[role] += spans[key]
                rows.append((annotation.stem.rsplit("_", 1)[1], roles))
        yield Document(document=path.name, sha256="", text=text, series=path.name, language="en"), rows


def tokens_in(doc, offset, spans):
    """Indices of the tokens that begin inside the spans."""
    found = set()
    for start, end in spans:
        first, last = np.searchsorted(offset, [start, end])
        found.update(i for i in range(first, last) if not doc[i].is_space)
    return sorted(found)


def head_of(doc, tokens):
    """The token that heads a cue: the first verb whose own head is outside, else the first such token."""
    inside = set(tokens)
    tops = [i for i in tokens if doc[i].head.i not in inside or doc[i].head.i == i] or tokens
    return next((i for i in tops if doc[i].pos_ in ("VERB", "AUX")), tops[0])


@dataclass
class Article:
    """One parsed article with its gold attributions as token indices."""

    columns: object
    rows: list
    annotators: int


def articles(folder):
    gold = list(read_gold(folder))
    for parsed, (_, rows) in zip(parse_documents((d for d, _ in gold), entities=False), gold, strict=True):
        doc = parsed.doc
        quote_of = quoted_tokens(doc, find_quotations(parsed.document.text, parsed.paragraphs))
        offset = np.array([t.idx for t in doc])
        found = []
        for _, roles in rows:
            tokens = {role: tokens_in(doc, offset, spans) for role, spans in roles.items()}
            if tokens["cue"]:
                found.append((head_of(doc, tokens["cue"]), tokens))
        yield Article(columns_of(doc, parsed.paragraphs, quote_of), found, max(1, len({a for a, _ in rows})))


# -- examples ---------------------------------------------------------------------------------------------------------


@dataclass
class Example:
    """Feature rows, neighbours, class of each item, and where sequences begin."""

    rows: np.ndarray
    neighbours: list
    classes: np.ndarray
    bounds: np.ndarray


def candidates(c, words):
    return np.flatnonzero(((c.pos == VERB) | np.isin(word_keys(c), words)) & ~c.space)


def cue_example(article, words):
    c = article.columns
    at = candidates(c, words)
    votes = np.zeros(len(c))
    for head, _ in article.rows:
        votes[head] += 1 / article.annotators
    rows = hashed(cue_features(c, at), ROWS).astype(np.int32)
    return Example(rows, cue_neighbours(c, at), (votes[at] >= 0.5).astype(np.int64), np.array([0, len(at)]))


def token_examples(article, chances):
    c = article.columns
    windows = Windows(c, COLON)
    for head, tokens in article.rows:
        at = windows.of(head)
        roles = np.zeros(len(at), dtype=np.int64)
        for role in ("content", "source", "cue"):
            roles[np.isin(at, tokens[role])] = ROLES[role]
        bounds = np.array([0, len(at)])
        rows = hashed(token_features(c, np.full(len(at), head), at, chances), ROWS).astype(np.int32)
        yield Example(rows, token_neighbours(c, at, bounds), encode(roles), bounds)


def joined(examples):
    """Several examples as one batch."""
    sizes = np.cumsum([0] + [len(e.rows) for e in examples])
    neighbours = [
        np.concatenate(
            [np.where(e.neighbours[k] >= 0, e.neighbours[k] + s, -1) for e, s in zip(examples, sizes, strict=False)]
        )
        for k in range(len(examples[0].neighbours))
    ]
    bounds = np.concatenate([[0]] + [e.bounds[1:] + s for e, s in zip(examples, sizes, strict=False)])
    return Example(
        np.vstack([e.rows for e in examples]), neighbours, np.concatenate([e.classes for e in examples]), bounds
    )


# -- losses -----------------------------------------------------------------------------------------------------------


def softmax_loss(scores, example, _):
    e = np.exp(scores - scores.max(axis=1, keepdims=True))
    p = e / e.sum(axis=1, keepdims=True)
    items = np.arange(len(p))
    loss = -np.log(p[items, example.classes] + 1e-9).mean()
    p[items, example.classes] -= 1
    return loss, (p / len(p)).astype(np.float32), None


def crf_loss(scores, example, transitions):
    follow, start, end = allowed()
    n = len(example.bounds) - 1
    loss, slope, change = crf_gradient(
        scores.astype(np.float64),
        example.bounds,
        example.classes,
        (follow + transitions).astype(np.float64),
        start,
        end,
    )
    return loss / n, (slope / n).astype(np.float32), (change / n * (follow == 0)).astype(np.float32)


@numba.njit(cache=True)
def log_sum(values):
    top = values.max()
    return top + np.log(np.exp(values - top).sum())


@numba.njit(cache=True)
def crf_gradient(scores, bounds, classes, follow, start, end):
    """Negative log-likelihood of a linear-chain conditional random field, and its slopes."""
    k = scores.shape[1]
    slope, change, loss = np.zeros_like(scores), np.zeros((k, k)), 0.0
    for q in range(len(bounds) - 1):
        a, n = bounds[q], bounds[q + 1] - bounds[q]
        if n == 0:
            continue
        forward, backward = np.empty((n, k)), np.empty((n, k))
        forward[0], backward[n - 1] = start + scores[a], end
        for i in range(1, n):
            for t in range(k):
                forward[i, t] = log_sum(forward[i - 1] + follow[:, t]) + scores[a + i, t]
        for i in range(n - 2, -1, -1):
            for t in range(k):
                backward[i, t] = log_sum(follow[t] + scores[a + i + 1] + backward[i + 1])
        total = log_sum(forward[n - 1] + end)
        gold = start[classes[a]] + end[classes[a + n - 1]]
        for i in range(n):
            now = classes[a + i]
            gold += scores[a + i, now]
            slope[a + i] += np.exp(forward[i] + backward[i] - total)
            slope[a + i, now] -= 1
            if i:
                was = classes[a + i - 1]
                gold += follow[was, now]
                for t in range(k):
                    change[t] += np.exp(forward[i - 1, t] + follow[t] + scores[a + i] + backward[i] - total)
                change[was, now] -= 1
        loss += total - gold
    return loss, slope, change


# -- training ---------------------------------------------------------------------------------------------------------


class Trainer:
    """Adam on the network of `leadline.extract.attribution.network`, with dropout on features and hidden values."""

    def __init__(self, classes, n_neighbours, *, seed, dropout, feature_dropout):
        r = self.random = np.random.default_rng(seed)

        def weights(n, m):
            return (r.normal(size=(n, m)) * np.sqrt(2 / n)).astype(np.float32)

        self.weights = {
            "table": (r.normal(size=(ROWS, WIDTH)) * 0.05).astype(np.float32),
            "bias0": np.zeros(WIDTH, np.float32),
            "weights1": weights(n_neighbours * WIDTH, HIDDEN),
            "bias1": np.zeros(HIDDEN, np.float32),
            "weights2": weights(n_neighbours * HIDDEN, HIDDEN),
            "bias2": np.zeros(HIDDEN, np.float32),
            "weights3": weights(WIDTH + 2 * HIDDEN, classes),
            "bias3": np.zeros(classes, np.float32),
            "transitions": np.zeros((classes, classes), np.float32),
        }
        self.mean = {k: np.zeros_like(v) for k, v in self.weights.items()}
        self.square = {k: np.zeros_like(v) for k, v in self.weights.items()}
        self.dropout, self.feature_dropout, self.steps = dropout, feature_dropout, 0

    def dropped(self, values):
        keep = (self.random.random(values.shape, dtype=np.float32) > self.dropout) / np.float32(1 - self.dropout)
        keep = keep.astype(np.float32)
        return values * keep, keep

    def step(self, example, loss_of, rate):
        w = self.weights
        n, n_features = example.rows.shape
        used, place = np.unique(example.rows, return_inverse=True)
        keep = (self.random.random((n, n_features), dtype=np.float32) > self.feature_dropout) / (
            1 - self.feature_dropout
        )
        picks = sp.csr_matrix(
            (keep.astype(np.float32).ravel(), place.ravel(), np.arange(0, n * n_features + 1, n_features)),
            shape=(n, len(used)),
        )
        links = [link_matrix(k, n) for k in example.neighbours]
        z0 = picks @ w["table"][used] + w["bias0"]
        h0, keep0 = self.dropped(np.maximum(z0, 0))
        c1 = np.hstack([m @ h0 for m in links])
        z1 = c1 @ w["weights1"] + w["bias1"]
        h1, keep1 = self.dropped(np.maximum(z1, 0))
        c2 = np.hstack([m @ h1 for m in links])
        z2 = c2 @ w["weights2"] + w["bias2"]
        h2, keep2 = self.dropped(np.maximum(z2, 0))
        c3 = np.hstack([h0, h1, h2])
        loss, d, change = loss_of(c3 @ w["weights3"] + w["bias3"], example, w["transitions"])
        slopes = {"weights3": c3.T @ d, "bias3": d.sum(axis=0)}
        back = d @ w["weights3"].T
        d0, d1, d2 = back[:, :WIDTH].copy(), back[:, WIDTH : WIDTH + HIDDEN].copy(), back[:, WIDTH + HIDDEN :]
        d2 = d2 * keep2 * (z2 > 0)
        slopes |= {"weights2": c2.T @ d2, "bias2": d2.sum(axis=0)}
        back = d2 @ w["weights2"].T
        for k, m in enumerate(links):
            d1 += m.T @ back[:, k * HIDDEN : (k + 1) * HIDDEN]
        d1 = d1 * keep1 * (z1 > 0)
        slopes |= {"weights1": c1.T @ d1, "bias1": d1.sum(axis=0)}
        back = d1 @ w["weights1"].T
        for k, m in enumerate(links):
            d0 += m.T @ back[:, k * WIDTH : (k + 1) * WIDTH]
        d0 = d0 * keep0 * (z0 > 0)
        slopes["bias0"] = d0.sum(axis=0)
        if change is not None:
            slopes["transitions"] = change
        self.steps += 1
        for name, slope in slopes.items():
            self.adam(name, slice(None), slope, rate)
        self.adam("table", used, picks.T @ d0, rate)
        return loss

    def adam(self, name, where, slope, rate):
        m, v = self.mean[name], self.square[name]
        m[where] += 0.1 * (slope - m[where])
        v[where] += 0.01 * (slope * slope - v[where])
        t = min(self.steps, 2000)
        rate = rate * np.sqrt(1 - 0.99**t) / (1 - 0.9**t)
        self.weights[name][where] -= rate * m[where] / (np.sqrt(v[where]) + 1e-8)


def link_matrix(neighbours, n):
    """The sparse matrix that picks each item's neighbour."""
    there = np.flatnonzero(neighbours >= 0)
    return sp.csr_matrix((np.ones(len(there), np.float32), (there, neighbours[there])), shape=(n, n))


def fit(trainer, examples, loss_of, *, epochs, batch, title):
    order = np.random.default_rng(trainer.steps + epochs)
    total, done = epochs * len(examples) / batch, 0
    average_from = int(0.7 * total)  # the mean of the last weights is steadier than the last ones
    mean = {name: np.zeros_like(value) for name, value in trainer.weights.items()}
    for epoch in range(epochs):
        shuffled = order.permutation(len(examples))
        losses = []
        for i in range(0, len(shuffled), batch):
            chosen = joined([examples[k] for k in shuffled[i : i + batch]])
            losses.append(trainer.step(chosen, loss_of, RATE * (1 - 0.95 * done / total)))
            done += 1
            if done >= average_from:
                for name, value in trainer.weights.items():
                    mean[name] += (value - mean[name]) / (done - average_from + 1)
        print(f"{title}: epoch {epoch + 1} of {epochs}, loss {np.mean(losses):.4f}", flush=True)
    return mean


def fit_cues(examples, seed):
    trainer = Trainer(2, len(examples[0].neighbours), seed=seed, dropout=0.3, feature_dropout=0.3)
    return fit(trainer, [e for e in examples if len(e.rows)], softmax_loss, epochs=5, batch=3, title="cues")


def probabilities(weights, example):
    network = Network(**{name: weights[name] for name in NAMES})
    scores = network.scores(example.rows, example.neighbours)
    return 1 / (1 + np.exp(scores[:, 0] - scores[:, 1]))


def stored(weights, prefix):
    """The arrays of one network; the table as bytes with one scale."""
    scale = np.abs(weights["table"]).max() / 127
    out = {f"{prefix}_{k}": v.astype(np.float16) for k, v in weights.items() if k not in ("table", "transitions")}
    out[f"{prefix}_table"] = np.round(weights["table"] / scale).astype(np.int8)
    out[f"{prefix}_scale"] = np.float32(scale)
    return out


def fit_member(corpus, words, member):
    """Weights of both networks of one member."""
    seed, dropout, feature_dropout = member
    cues = [cue_example(a, words) for a in corpus]
    cue_weights = fit_cues(cues, seed)
    # The tags learn with the cue probabilities of models that have not seen the article, as in use.
    halves = [fit_cues(cues[0::2], seed), fit_cues(cues[1::2], seed)]
    tokens = []
    for k, (article, example) in enumerate(zip(corpus, cues, strict=True)):
        chances = np.zeros(len(article.columns), dtype=np.float32)
        if len(example.rows):
            chances[candidates(article.columns, words)] = probabilities(halves[(k + 1) % 2], example)
        tokens += [e for e in token_examples(article, chances) if len(e.rows)]
    trainer = Trainer(TAGS, len(tokens[0].neighbours), seed=seed, dropout=dropout, feature_dropout=feature_dropout)
    return cue_weights, fit(trainer, tokens, crf_loss, epochs=4, batch=32, title="tags")


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--polnear", type=Path, default=Path(__file__).parents[2] / "shared" / "corpora" / "polnear")
    options.add_argument("--out", type=Path, default=FILE)
    asked = options.parse_args()
    corpus = list(articles(asked.polnear / "train"))
    counts = Counter(int(word_keys(a.columns)[head]) for a in corpus for head, _ in a.rows)
    words = np.array(sorted(k for k, n in counts.items() if n >= MIN_COUNT), dtype=np.int64)
    print(f"{len(corpus)} articles, {sum(len(a.rows) for a in corpus)} attributions, {len(words)} candidate words")
    with ProcessPoolExecutor(2, mp_context=get_context("fork")) as pool:
        members = list(pool.map(partial(fit_member, corpus, words), MEMBERS))
    arrays = {"words": words, "members": np.array(len(members))}
    for k, (cue_weights, tag_weights) in enumerate(members):
        arrays |= stored(cue_weights, f"cues{k}") | stored(tag_weights, f"tags{k}")
        arrays[f"transitions{k}"] = tag_weights["transitions"]
    np.savez_compressed(asked.out, **arrays)
    print(f"{asked.out.name}: {asked.out.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
