"""Teach a codebook its events by example: marked sentences in, a small network out.

usage: train_events.py [FOLDER] [--codebook FILE] [--articles DIR] [--out FILE] [--without PATTERN]
       train_events.py [FOLDER] --cross-validate   what it finds in sentences it was not taught, and what each kind of feature adds

FOLDER (`training/coercion`) holds text files with a sentence or two a line. The words that tell an event stand in braces with the code:
`Two of them were {execution:put against the wall}.` A line without braces tells nothing that is coded. Each candidate word of a line is
one example; of the marked words it is the one nearest the root that is gold. A file that begins with the line `# reads on` holds pieces of running
text: each of its lines is seen beside the one before it, as a sentence in an article is. The marked articles beside FOLDER (`training/articles`)
are lines too, sentence by sentence; where a claim has no words in braces, all of it is its marked stretch.

Taught lines are dense with events and near misses; articles are not. Where DIR (`../shared/corpora/war-news`) is present, the words of its
articles whose sentences no pattern of the codebook matches are further examples of words that tell nothing, but for those that
`articles.csv` beside the lines says do (document, start, end, code: no text). Annotated articles are left out. `least.csv` (code, probability) holds
codes that are believed from a probability of their own, because their words tell much else beside the subject.

The network is a perceptron with two hidden layers over the numbers of `leadline.extract.claims.coded.contexts`; several are trained apart, with
dropout, and averaged. Deterministic on one machine, one core; no network.
"""

from __future__ import annotations

import argparse
import csv
import json
import re
import sys
import zlib
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import scipy.sparse as sp
from scipy.optimize import minimize_scalar

from leadline.codebook import SHIPPED, load_codebook
from leadline.extract.algebra import one_thread
from leadline.extract.attribution.features import hashed
from leadline.extract.claims.coded.contexts import ROLES, contexts_of
from leadline.extract.claims.coded.events import find_events
from leadline.extract.claims.coded.grammar import top
from leadline.extract.claims.coded.meanings import load_meanings
from leadline.extract.claims.coded.senses import Senses
from leadline.extract.claims.coded.triggers import compile_rules, grounds_of
from leadline.extract.claims.words import line_of
from leadline.extract.parse import parse_documents
from leadline.schema import Document

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "benchmarks"))
import marked_articles  # noqa: E402  (the benchmarks' reader of marked articles)

ROWS = 1 << 13
HIDDEN, INNER = 192, 96
MEMBERS = (1, 2, 3)
"""Seeds."""
EPOCHS, BATCH, RATE = 14, 256, 3e-3
DROPOUT, MARK_DROPOUT, ROLE_DROPOUT, DECAY = 0.4, 0.3, 0.15, 1e-2
SPARED = 0.5
"""Share of the words that tell nothing which are trained on; the others are like them."""
SPARED_IN_ARTICLES, ARTICLE_WEIGHT = 0.2, 0.5
"""The same of articles, and what a word of theirs weighs beside one of a taught line."""
LEAST = 0.17
"""Probability from which a word is heard. Chosen by totals of the five, `unread`, `press` and `blind`, below what is best for precision (.22): a missed claim
cannot be mended further on, a doubtful one is told to be so by its confidence."""
FOLDS = 3
BLOCK = 6
"""Lines beside each other often share words on purpose: a fold takes them together."""
LEARNED_FROM = "abcdefgpqrstuvwx"
"""First letters of the marked articles that networks and encoder are taught by: on the others is measured what they make of new ones."""
FIELDS = ("realis", "medium", "verification")
"""What marked articles say of a claim besides its event, that the encoder learns too."""
READS_ON = "# reads on"
MARK = re.compile(r"\{([a-z][a-z0-9-]*):([^{}]+)\}")


# -- marked sentences -------------------------------------------------------------------------------------------------


@dataclass
class Line:
    """A taught line: its text, its marked stretches `(start, end, code)`, the fold it belongs to, and what stands before it.

    `fields` are what marked articles say of each stretch besides: realis, medium, verification.
    """

    text: str
    marked: list[tuple[int, int, str]]
    block: str
    before: str = ""
    fields: list[tuple[str, ...]] = field(default_factory=list)


def read_line(line):
    """Text and marked stretches of a line; raises `ValueError` where a brace has no partner."""
    text, marked, at = "", [], 0
    for m in MARK.finditer(line):
        text += line[at : m.start()]
        marked.append((len(text), len(text) + len(m[2]), m[1]))
        text += m[2]
        at = m.end()
    text += line[at:]
    if "{" in text or "}" in text:
        raise ValueError("a brace without its partner, or without a code")
    return text, marked


def read_folder(folder, codes):
    """Every line of the files; a fault ends the run and is named by file and line."""
    lines, faults = [], []
    for path in sorted(folder.glob("*.txt")):
        rows, before = path.read_text(encoding="utf-8").splitlines(), ""
        reads_on = rows[:1] == [READS_ON]
        for k, row in enumerate(rows):
            if not row.strip() or row.startswith("#"):
                continue
            try:
                text, marked = read_line(row.strip())
                unknown = [c for _, _, c in marked if c not in codes]
                if unknown:
                    raise ValueError(f"no event is called {unknown[0]!r}")
                lines.append(Line(text, marked, f"{path.name} {k // BLOCK}", before))
                before = text if reads_on else ""
            except ValueError as e:
                faults.append(f"{path}:{k + 1}: {e}")
    if faults:
        sys.exit("\n".join(faults))
    if not any(line.marked for line in lines):
        sys.exit(
            f"{folder}: found {len(lines)} lines in its .txt files, none with an event in braces; expected lines such as {{code:words}}"
        )
    return lines


def read_articles(folder, codes, without="$^"):
    """The sentences of the marked articles in `LEARNED_FROM`, each seen beside the one before it; claims are their marked stretches.

    Articles whose name begins as the pattern `without` says are passed over: on them is measured what is made of new ones.
    """
    documents, told = [], {}
    for article in marked_articles.read_articles(folder):
        if article.name[0] not in LEARNED_FROM or re.match(without, article.name):
            continue
        documents.append(Document(document=article.name, sha256="", text=article.text, series="", language="en"))
        told[article.name] = [
            (*claim["told"], claim["event"], tuple(claim[f] for f in FIELDS)) for claim in article.claims
        ]
    lines = []
    for parsed in parse_documents(documents):
        name, before = parsed.document.document, ""
        for sentence in parsed.sentences:
            start, end = sentence.start_char, sentence.end_char
            here = [(a - start, min(b, end) - start, *rest) for a, b, *rest in told[name] if start <= a < end]
            if any(code not in codes for _, _, code, _ in here):
                sys.exit(f"{name}: a claim has an event that is not in the codebook")
            marked = [(a, b, code) for a, b, code, _ in here]
            lines.append(Line(sentence.text.rstrip(), marked, f"articles {name}", before, [f for *_, f in here]))
            before = sentence.text.strip()
    return lines


# -- examples ---------------------------------------------------------------------------------------------------------


@dataclass
class Examples:
    """Candidates of all lines: numbers, hashed rows, class (0 tells nothing), weight, and the line each stands in."""

    roles: np.ndarray
    rows: np.ndarray
    classes: np.ndarray
    weights: np.ndarray
    line: np.ndarray

    def part(self, chosen):
        return Examples(*(getattr(self, n)[chosen] for n in ("roles", "rows", "classes", "weights", "line")))


def senses_of(book):
    return Senses.of(load_meanings(), book, sorted(book.classes))


def examples(lines, book):
    """The candidates of lines; a marked stretch without any candidate is passed over."""
    codes, senses = book.names, senses_of(book)
    texts = [f"{line.before}\n\n" if line.before else "" for line in lines]
    documents = (
        Document(document=str(k), sha256="", text=before + line.text, series="", language="en")
        for k, (before, line) in enumerate(zip(texts, lines, strict=True))
    )
    parts = []
    for k, (parsed, before, line) in enumerate(zip(parse_documents(documents), texts, lines, strict=True)):
        context = contexts_of(parsed.doc, senses)
        classes = np.zeros(len(context.at), dtype=np.int64)
        place = {i: n for n, i in enumerate(context.at.tolist())}
        for start, end, code in line.marked:
            span = parsed.doc.char_span(len(before) + start, len(before) + end, alignment_mode="expand")
            words = [t for t in span if t.i in place]
            if words:
                classes[place[top(tuple(words)).i]] = 1 + codes.index(code)
        own = np.array([parsed.doc[i].idx >= len(before) for i in context.at.tolist()], dtype=bool)
        rows = hashed(context.marks, ROWS).astype(np.int32)
        parts.append((context.roles[own], rows[own], classes[own], np.full(own.sum(), k)))
    roles, rows, classes, line = (np.concatenate([p[n] for p in parts]) for n in range(4))
    return Examples(roles, rows, classes, np.ones(len(classes), np.float32), line)


def read_least(folder, codes):
    """The probability from which each code is believed: `LEAST`, or what `least.csv` of the folder says."""
    path, own = folder / "least.csv", {}
    if path.is_file():
        with path.open(encoding="utf-8", newline="") as f:
            own = {row["code"]: float(row["least"]) for row in csv.DictReader(f)}
        if unknown := sorted(set(own) - set(codes)):
            raise SystemExit(f"{path}: {unknown[0]!r} is no event of the codebook; expected one of {', '.join(codes)}")
    return np.array([own.get(c, LEAST) for c in codes], dtype=np.float32)


def read_judged(folder):
    """Words of articles that were read and do tell an event: `{document: {start: code}}`."""
    path = folder / "articles.csv"
    judged = {}
    if path.is_file():
        with path.open(encoding="utf-8", newline="") as f:
            for row in csv.DictReader(f):
                judged.setdefault(row["document"], {})[int(row["start"])] = row["code"]
    return judged


def articles(folder, judged, book):
    """Examples from the articles of a folder: words in sentences without any hit of a pattern, and the judged ones."""
    annotated = ROOT / "eval" / "war-news" / "documents.jsonl"
    held_out = {json.loads(row)["document"] for row in annotated.read_text(encoding="utf-8").splitlines()}
    documents = (
        Document(document=p.name, sha256="", text=p.read_text(encoding="utf-8"), series="", language="en")
        for p in sorted(folder.glob("*.txt"))
        if p.name not in held_out
    )
    rules, senses, random = compile_rules(book), senses_of(book), np.random.default_rng(0)
    grounds = grounds_of(rules)
    parts = []
    for parsed in parse_documents(documents):
        context = contexts_of(parsed.doc, senses)
        lines = [line_of(s) for s in parsed.sentences]
        told = frozenset(f.event for line in lines for f in find_events(line, grounds))
        hit = {
            t.i
            for sentence, line in zip(parsed.sentences, lines, strict=True)
            if any(f.weight >= 0.5 for f in find_events(line, rules, told=told))
            for t in sentence
        }
        here = judged.get(parsed.document.document, {})
        starts = [parsed.doc[i].idx for i in context.at.tolist()]
        classes = np.array([1 + book.names.index(here[s]) if s in here else 0 for s in starts], dtype=np.int64)
        kept = (classes > 0) | (~np.isin(context.at, list(hit)) & (random.random(len(classes)) < SPARED_IN_ARTICLES))
        weights = np.where(classes > 0, 1, ARTICLE_WEIGHT / SPARED_IN_ARTICLES)
        rows = hashed(context.marks, ROWS).astype(np.int32)
        parts.append((context.roles[kept], rows[kept], classes[kept], weights[kept].astype(np.float32)))
    roles, rows, classes, weights = (np.concatenate([p[n] for p in parts]) for n in range(4))
    return Examples(roles, rows, classes, weights, np.full(len(classes), -1))


# -- training ---------------------------------------------------------------------------------------------------------


class Trainer:
    """Adam on the network of `leadline.extract.claims.coded.taught`."""

    def __init__(self, width, classes, seed):
        r = self.random = np.random.default_rng(seed)

        def weights(n, m, gain=2.0):
            return (r.normal(size=(n, m)) * np.sqrt(gain / n)).astype(np.float32)

        self.weights = {
            "dense": weights(width, HIDDEN),
            "table": (r.normal(size=(ROWS, HIDDEN)) * 0.03).astype(np.float32),
            "bias0": np.zeros(HIDDEN, np.float32),
            "inner": weights(HIDDEN, INNER),
            "bias1": np.zeros(INNER, np.float32),
            "outer": weights(HIDDEN + INNER, classes, 0.5),
            "bias2": np.zeros(classes, np.float32),
        }
        self.mean = {k: np.zeros_like(v) for k, v in self.weights.items()}
        self.square = {k: np.zeros_like(v) for k, v in self.weights.items()}
        self.steps = 0

    def kept(self, shape, share):
        return ((self.random.random(shape, dtype=np.float32) > share) / np.float32(1 - share)).astype(np.float32)

    def step(self, e, rate):
        w, (n, marks) = self.weights, e.rows.shape
        roles = e.roles * self.kept(e.roles.shape, ROLE_DROPOUT)
        used, place = np.unique(e.rows, return_inverse=True)
        keep = self.kept((n, marks), MARK_DROPOUT)
        picks = sp.csr_matrix((keep.ravel(), place.ravel(), np.arange(0, n * marks + 1, marks)), (n, len(used)))
        z0 = roles @ w["dense"] + picks @ w["table"][used] + w["bias0"]
        keep0 = self.kept(z0.shape, DROPOUT)
        h0 = np.maximum(z0, 0) * keep0
        z1 = h0 @ w["inner"] + w["bias1"]
        keep1 = self.kept(z1.shape, DROPOUT)
        both = np.hstack([h0, np.maximum(z1, 0) * keep1])
        p = softmax(both @ w["outer"] + w["bias2"])
        p[np.arange(n), e.classes] -= 1
        d = p * (e.weights / n)[:, None]
        back = d @ w["outer"].T
        d1 = back[:, HIDDEN:] * keep1 * (z1 > 0)
        d0 = (back[:, :HIDDEN] + d1 @ w["inner"].T) * keep0 * (z0 > 0)
        slopes = {
            "outer": both.T @ d, "bias2": d.sum(axis=0), "inner": h0.T @ d1, "bias1": d1.sum(axis=0),
            "dense": roles.T @ d0, "bias0": d0.sum(axis=0),
        }  # fmt: skip
        self.steps += 1
        for name, slope in slopes.items():
            self.adam(name, slice(None), slope, rate)
        self.adam("table", used, picks.T @ d0, rate)

    def adam(self, name, where, slope, rate):
        w, m, v = self.weights[name], self.mean[name], self.square[name]
        m[where] += 0.1 * (slope - m[where])
        v[where] += 0.01 * (slope * slope - v[where])
        t = min(self.steps, 2000)
        if not name.startswith("bias"):
            w[where] *= 1 - rate * DECAY
        w[where] -= rate * np.sqrt(1 - 0.99**t) / (1 - 0.9**t) * m[where] / (np.sqrt(v[where]) + 1e-8)


def softmax(scores):
    e = np.exp(scores - scores.max(axis=1, keepdims=True))
    return (e / e.sum(axis=1, keepdims=True)).astype(np.float32)


def joined(*several):
    """Several examples as one."""
    names = ("roles", "rows", "classes", "weights", "line")
    return Examples(*(np.concatenate([getattr(e, n) for e in several]) for n in names))


def thinned(e, seed):
    """The examples of taught lines with fewer words that tell nothing, these weighing more."""
    spared = (e.classes > 0) | (np.random.default_rng(seed).random(len(e.classes)) < SPARED)
    part = e.part(np.flatnonzero(spared))
    part.weights = np.where(part.classes > 0, 1, 1 / SPARED).astype(np.float32)
    return part


def fit(e, classes, seed):
    """The weights of one network: the mean over the last third of the steps, which is steadier than the last."""
    trainer = Trainer(e.roles.shape[1], classes, seed)
    total, done, counted = EPOCHS * -(-len(e.classes) // BATCH), 0, 0
    mean = {name: np.zeros_like(value) for name, value in trainer.weights.items()}
    for _ in range(EPOCHS):
        order = trainer.random.permutation(len(e.classes))
        for i in range(0, len(order), BATCH):
            trainer.step(e.part(order[i : i + BATCH]), RATE * (1 - 0.95 * done / total))
            done += 1
            if done > 0.7 * total:
                counted += 1
                for name, value in trainer.weights.items():
                    mean[name] += (value - mean[name]) / counted
    return mean


def scores(w, e):
    first = e.roles @ w["dense"] + w["bias0"]
    for k in range(e.rows.shape[1]):
        first += w["table"][e.rows[:, k]]
    first = np.maximum(first, 0)
    second = np.maximum(first @ w["inner"] + w["bias1"], 0)
    return np.hstack([first, second]) @ w["outer"] + w["bias2"]


def folds_of(lines):
    return np.array([zlib.crc32(line.block.encode()) % FOLDS for line in lines])


def held_out_sharpness(e, others, fold, classes):
    """The sharpness of a network in the lines of the first fold, which it was not taught."""
    here = fold[e.line] == 0
    test = e.part(np.flatnonzero(here))
    weights = fit(joined(thinned(e.part(np.flatnonzero(~here)), MEMBERS[0]), *others), classes, MEMBERS[0])
    return sharpness(scores(weights, test), test)


def unseen_scores(e, others, fold, classes, seeds):
    """The mean scores of every candidate from networks that were not taught its line."""
    out = np.zeros((len(e.classes), classes), dtype=np.float32)
    for k in range(FOLDS):
        here = fold[e.line] == k
        train, test = e.part(np.flatnonzero(~here)), e.part(np.flatnonzero(here))
        fitted = (fit(joined(thinned(train, seed), *others), classes, seed) for seed in seeds)
        out[here] = np.mean([scores(w, test) for w in fitted], axis=0)
    return out


def sharpness(found, e):
    """The factor on the scores (an inverse temperature) with the least log loss; Guo et al. 2017, arXiv:1706.04599."""

    def loss(factor):
        p = softmax(found * np.float32(factor))
        return -np.log(p[np.arange(len(p)), e.classes] + 1e-9).mean()

    return float(minimize_scalar(loss, bounds=(0.2, 3), method="bounded").x)


def stored(weights, k):
    scale = np.float32(np.abs(weights["table"]).max() / 127)
    out = {f"{n}{k}": v.astype(np.float16) for n, v in weights.items() if n != "table"}
    return out | {f"table{k}": np.round(weights["table"] / scale).astype(np.int8), f"scale{k}": scale}


# -- what it finds ----------------------------------------------------------------------------------------------------


def line_table(p, e, n_lines):
    """For each line and code the highest probability among the line's words, and whether the line is marked with it."""
    best = np.zeros((n_lines, p.shape[1] - 1), dtype=np.float32)
    np.maximum.at(best, e.line, p[:, 1:])
    gold = np.zeros(best.shape, dtype=bool)
    told = e.classes > 0
    gold[e.line[told], e.classes[told] - 1] = True
    return best, gold


def average_precision(best, gold):
    order = np.argsort(-best.ravel(), kind="stable")
    right = gold.ravel()[order]
    precision = np.cumsum(right) / np.arange(1, len(right) + 1)
    return float((precision * right).sum() / right.sum())


def report(title, found, e, n_lines):
    p = softmax(found * np.float32(sharpness(found, e)))
    best, gold = line_table(p, e, n_lines)
    cells = []
    for least in (0.3, 0.5, 0.7):
        chosen = best >= least
        right = (chosen & gold).sum()
        cells.append(f"{right / gold.sum():.3f}/{right / max(chosen.sum(), 1):.3f}")
    print(f"{title:32} {average_precision(best, gold):.3f}   {'   '.join(cells)}", flush=True)


def cross_validate(lines, e, others, book):
    """What networks find in lines they were not taught, and what is lost without each kind of feature."""
    fold, classes = folds_of(lines), 1 + len(book.names)
    wide, narrow = senses_of(book).width, load_meanings().width
    print(f"{'':32} mean     recall/precision of line and code")
    print(f"{'':32} prec.    from .3        from .5        from .7")
    report(f"{len(MEMBERS)} networks", unseen_scores(e, others, fold, classes, MEMBERS), e, len(lines))

    def without(*columns):
        changed = [
            Examples(np.delete(x.roles, np.r_[columns], axis=1), x.rows, x.classes, x.weights, x.line)
            for x in (e, *others)
        ]
        return changed[0], changed[1:]

    def alone(title, examples, rest):
        report(title, unseen_scores(examples, rest, fold, classes, MEMBERS[:1]), examples, len(lines))

    alone("one network", e, others)
    alone("one, without articles", e, [])
    blank = [Examples(x.roles, np.zeros_like(x.rows), x.classes, x.weights, x.line) for x in (e, *others)]
    alone("one, without hashed marks", blank[0], blank[1:])
    vectors = len(ROLES) * wide

    def each(start, stop):
        return [slice(k * wide + start, k * wide + stop) for k in range(len(ROLES))]

    alone("one, without word vectors", *without(*each(0, narrow)))
    alone("one, without classes", *without(*each(narrow, wide)))
    alone("one, without the parser's numbers", *without(slice(vectors, e.roles.shape[1])))
    for name, roles in {
        "words it hangs together with": ROLES[1:11],
        "words beside it": ("before", "after"),
        "its sentence": ("sentence",),
    }.items():
        alone(
            f"one, without {name}",
            *without(*(slice(ROLES.index(r) * wide, (ROLES.index(r) + 1) * wide) for r in roles)),
        )


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("folder", nargs="?", type=Path, default=ROOT / "training" / "coercion")
    options.add_argument("--codebook", type=Path, default=SHIPPED)
    options.add_argument("--articles", type=Path, default=ROOT.parent / "shared" / "corpora" / "war-news")
    options.add_argument("--out", type=Path, default=SHIPPED.with_name("coercion-events.npz"))
    options.add_argument("--without", default="$^", help="a pattern of names of marked articles to be passed over")
    options.add_argument("--cross-validate", action="store_true")
    asked = options.parse_args()
    book = load_codebook(asked.codebook)
    codes, classes = book.names, 1 + len(book.names)
    lines = read_folder(asked.folder, codes) + read_articles(asked.folder.parent / "articles", codes, asked.without)
    with one_thread():
        e = examples(lines, book)
        print(f"{len(lines)} lines, {(e.classes > 0).sum()} events, {len(e.classes)} candidate words", flush=True)
        others = [articles(asked.articles, read_judged(asked.folder), book)] if asked.articles.is_dir() else []
        print(f"{sum(len(x.classes) for x in others)} words of articles", flush=True)
        if asked.cross_validate:
            cross_validate(lines, e, others, book)
            return
        arrays = {
            "codes": np.array(codes), "classes": np.array(sorted(book.classes)), "members": np.array(len(MEMBERS)), "meanings": np.array(load_meanings().name),
            "sharpness": np.float32(held_out_sharpness(e, others, folds_of(lines), classes)), "least": read_least(asked.folder, codes),
        }  # fmt: skip
        for k, seed in enumerate(MEMBERS):
            arrays |= stored(fit(joined(thinned(e, seed), *others), classes, seed), k)
            print(f"network {k + 1} of {len(MEMBERS)}", flush=True)
    if asked.out.is_file():
        with np.load(asked.out, allow_pickle=False) as archive:
            arrays |= {name: archive[name] for name in archive.files if name.startswith("encoder.")}
    np.savez_compressed(asked.out, **arrays)
    print(f"{asked.out.name}: {asked.out.stat().st_size / 1e6:.1f} MB, sharpness {arrays['sharpness']:.2f}")


if __name__ == "__main__":
    main()
