"""Teach a last layer of the encoder how an event is told, from the marked articles: what sentence and word together say of realis.

usage: python scripts/train_telling.py [--cross-validate] [--write]

The examples are those of `train_realis.py`. Of the encoder (`train_encoder.py`) all layers but the last stand as they are; the last is taught
once more, to tell realis at the event's word. `--cross-validate` says, in four folds by article, how often names and layer together are
right; those of articles `h` to `m` count, as the layers below were taught events by the others. `--write` fits on all and writes
`leadline/extract/data/telling.npz`, which belongs to that encoder: teach it again after `train_encoder.py`.

Needs what Leadline does not: pip install torch==2.13.0. One thread, fixed seeds: deterministic on one machine; some minutes.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
import torch
from torch import nn
from torch.nn import functional
from train_realis import ARTICLES, Example, examples, read_articles, report
from train_realis import fit as fit_names

from leadline.codebook import SHIPPED, load_codebook
from leadline.extract.algebra import one_thread
from leadline.extract.claims.coded.encoder import HEADS, Encoder, Layer
from leadline.extract.claims.coded.taught import taught_for
from leadline.extract.claims.coded.telling import CODES, FILE, below
from leadline.extract.claims.modality.weighed import weighed

FOLDS = 4
EPOCHS, BATCH, RATE, HEAD_RATE, DECAY, WARM = 4, 16, 4e-4, 2e-3, 0.01, 0.1
DROPOUT, BLUR, SEEN = 0.2, 0.15, 0.1
"""Shares left out: of what the head reads, of what the layer adds, of what it looks at."""
POOL = 40
"""Batches of which the texts are brought into order of length."""
PARTS = ("qkv", "out", "up", "down")


class Text:
    """The pieces of an example's sentence, and of the end of the one before, as they come to the last layer; the row of the event's word."""

    def __init__(self, encoder: Encoder, example: Example):
        place = example.place
        pieces = encoder.vocabulary.of(place.sentence, place.before)
        states, _ = encoder.after(len(encoder.layers) - 1, [pieces.ids])
        self.states = torch.from_numpy(states.astype(np.float16))
        self.row = max(0, *pieces.first([place.at]))
        self.code = CODES.index(example.realis)
        self.weight = example.weight * (1 if example.realis == "actual" else 2)


class Last(nn.Module):
    """A last layer, as it stands in the encoder at first, with a head over the codes."""

    def __init__(self, layer: Layer):
        super().__init__()
        start = {}
        for name in PARTS:
            matrix = getattr(layer, name)
            start |= {name: matrix.weights, f"{name}_bias": matrix.bias}
        for name in ("norm1", "norm2"):
            start |= dict(zip((name, f"{name}_bias"), getattr(layer, name), strict=True))
        self.part = nn.ParameterDict({name: nn.Parameter(torch.tensor(value)) for name, value in start.items()})
        self.head = nn.Linear(len(layer.norm1[0]), len(CODES))
        self.blur, self.drop = nn.Dropout(BLUR), nn.Dropout(DROPOUT)

    def forward(self, x, mask, rows):
        part, (n, m, width), own = self.part, x.shape, torch.arange(len(x))
        q, k, v = (x @ part["qkv"] + part["qkv_bias"]).view(n, m, 3, HEADS, -1).permute(2, 0, 3, 1, 4)
        q, x = q[own, :, rows][:, :, None], x[own, rows]
        missed = SEEN if self.training else 0.0
        seen = functional.scaled_dot_product_attention(q, k, v, attn_mask=mask[:, None, None, :], dropout_p=missed)
        seen = seen.transpose(1, 2).reshape(n, width) @ part["out"] + part["out_bias"]
        x = functional.layer_norm(x + self.blur(seen), (width,), part["norm1"], part["norm1_bias"], eps=1e-12)
        up = functional.gelu(x @ part["up"] + part["up_bias"], approximate="tanh")
        x = x + self.blur(up @ part["down"] + part["down_bias"])
        return self.head(self.drop(functional.layer_norm(x, (width,), part["norm2"], part["norm2_bias"], eps=1e-12)))


def laid(texts: Sequence[Text]):
    """A batch: states, which of them are there, rows."""
    longest = max(len(t.states) for t in texts)
    x = torch.zeros(len(texts), longest, texts[0].states.shape[1])
    mask = torch.zeros(len(texts), longest, dtype=torch.bool)
    for k, t in enumerate(texts):
        x[k, : len(t.states)], mask[k, : len(t.states)] = t.states.float(), True
    return x, mask, torch.tensor([t.row for t in texts])


def batches(texts: Sequence[Text], random: np.random.Generator) -> Iterator[list[Text]]:
    """All texts once, those of like length together."""
    order = random.permutation(len(texts)).tolist()
    found = []
    for k in range(0, len(order), BATCH * POOL):
        pool = sorted((texts[i] for i in order[k : k + BATCH * POOL]), key=lambda t: len(t.states))
        found += [pool[j : j + BATCH] for j in range(0, len(pool), BATCH)]
    return (found[k] for k in random.permutation(len(found)))


def fit(encoder: Encoder, texts: Sequence[Text]) -> Last:
    """A layer taught the texts."""
    torch.manual_seed(0)
    random, last = np.random.default_rng(0), Last(encoder.layers[-1])
    adam = torch.optim.AdamW(
        [{"params": last.part.parameters()}, {"params": last.head.parameters()}], weight_decay=DECAY
    )
    total, step = EPOCHS * -(-len(texts) // BATCH), 0
    for _ in range(EPOCHS):
        last.train()
        for some in batches(texts, random):
            share = min(1.0, (step + 1) / (WARM * total)) * (1 - step / total)
            for group, rate in zip(adam.param_groups, (RATE, HEAD_RATE), strict=True):
                group["lr"] = rate * max(0.0, share)
            codes, weights = torch.tensor([t.code for t in some]), torch.tensor([t.weight for t in some])
            loss = functional.cross_entropy(last(*laid(some)), codes, reduction="none") * weights
            adam.zero_grad()
            (loss.sum() / weights.sum()).backward()
            nn.utils.clip_grad_norm_(last.parameters(), 1.0)
            adam.step()
            step += 1
    return last.eval()


@torch.no_grad()
def chances(last: Last, texts: Sequence[Text]) -> list[np.ndarray]:
    """What a layer makes of texts."""
    return [row for k in range(0, len(texts), 32) for row in last(*laid(texts[k : k + 32])).softmax(-1).numpy()]


def cross_validate(encoder: Encoder, found: Sequence[Example], texts: Sequence[Text]) -> None:
    """How often names, layer and both are right in articles that they were not taught."""
    fold = {name: k % FOLDS for k, name in enumerate(sorted({x.article for x in found}))}
    alone, both = [""] * len(found), [""] * len(found)
    for f in range(FOLDS):
        here = [k for k, x in enumerate(found) if fold[x.article] == f]
        others = [k for k, x in enumerate(found) if fold[x.article] != f]
        names, last = fit_names([found[k] for k in others]), fit(encoder, [texts[k] for k in others])
        for k, heard in zip(here, chances(last, [texts[k] for k in here]), strict=True):
            x = found[k]
            alone[k], both[k] = weighed(x.ruled, x.names, names), weighed(x.ruled, x.names, names, heard)
    for said, low, high in (("all", "a", "z"), ("h to m", "h", "m"), ("p to x", "p", "x")):
        own = [k for k, x in enumerate(found) if low <= x.article[0] <= high]
        for called, answers in (("names", alone), ("both", both)):
            print(report(f"{said}, {called}", [found[k] for k in own], [answers[k] for k in own]))


def write(encoder: Encoder, last: Last) -> None:
    """The shipped file: matrices as bytes with a scale for each column, the rest as they are."""
    arrays = {"encoder": np.array(below(encoder)), "codes": np.array(CODES)}
    for name, value in last.part.items():
        value = value.detach().numpy()
        if name in PARTS:
            scale = np.abs(value).max(axis=0, keepdims=True) / 127 + 1e-12
            arrays[f"layer.{name}.scale"], value = scale.astype(np.float32), np.round(value / scale).astype(np.int8)
        arrays[f"layer.{name}"] = value
    arrays["head"] = last.head.weight.detach().numpy().T
    arrays["head_bias"] = last.head.bias.detach().numpy()
    np.savez_compressed(FILE, **arrays)


def main() -> int:
    """Cross-validate and write, where asked."""
    torch.set_num_threads(1)
    taught = taught_for(load_codebook(SHIPPED))
    if taught is None or taught.encoder is None:
        sys.exit("the shipped codebook has no encoder; expected one that scripts/train_encoder.py taught")
    found = examples(read_articles(ARTICLES))
    with one_thread():
        texts = [Text(taught.encoder, x) for x in found]
    print(f"{len(found)} claims found", flush=True)
    if "--cross-validate" in sys.argv:
        cross_validate(taught.encoder, found, texts)
    if "--write" in sys.argv:
        write(taught.encoder, fit(taught.encoder, texts))
    return 0


if __name__ == "__main__":
    sys.exit(main())
