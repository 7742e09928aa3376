"""Teach who says a clause: marked articles in, small networks over the clues of `leadline.extract.claims.chosen.clues` out.

usage: train_choice.py [--cross-validate] [--out FILE] [--only PREFIX]

`--cross-validate` first prints the share of right last hops by the rules and with the choice, on articles not learned from; `--only` takes
none but the marked articles whose name begins so.

Every article of `training/articles` and of the open sets of `eval/invented` is read by rules alone. Each claim found that pairs with a
marked one is an example: those who may have said it, with the clues for each, and which of them the marks accept. A network with one hidden
layer beside a straight sum gives each a score; the loss is the negative logarithm of the probability of all accepted ones together. Several
are trained apart, with dropout, and averaged. The rules were made from the open sets, so they look better on those than they are: what is
learned there weighs less. Deterministic on one machine, one core, some minutes, most of them reading; no network.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
import tempfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from unittest import mock

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import msgspec
import numpy as np
import scipy.sparse as sp

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "benchmarks"))

import claims as flow  # noqa: E402  (the benchmarks' way of running a stage)
import invented_gold  # noqa: E402
import marked_articles  # noqa: E402

from leadline.codebook import SHIPPED, load_codebook  # noqa: E402
from leadline.extract.claims import assemble  # noqa: E402
from leadline.extract.claims.chosen.choice import FILE, Member, Projection, probable  # noqa: E402
from leadline.extract.claims.chosen.clues import Possible  # noqa: E402
from leadline.extract.claims.coded.sentences import fingerprint  # noqa: E402
from leadline.extract.claims.coded.taught import taught_for  # noqa: E402
from leadline.extract.reading import Resources, read_documents  # noqa: E402
from leadline.register import fold, load_register  # noqa: E402
from leadline.settings import load_settings  # noqa: E402

OPEN = {"open": 1.0, "news": 0.5, "wire": 1.0}
"""The open sets and what a claim of theirs weighs beside one of a marked article."""
OPTIONAL, THROUGH = 0.5, 0.6
"""What an optional claim weighs; and one accepted whose whole chain is not the marked one, beside one whose is."""
SEEN = 5
"""A clue counts that stands with so many candidates."""
HIDDEN, EPOCHS, BATCH, RATE, DECAY, DROPOUT, CLUE_DROPOUT = 48, 30, 32, 3e-3, 0.1, 0.4, 0.15
DIRECTIONS, SPREAD = 24, 0.5
"""Directions of the meaning of a clause's sentence, and the spread of each as a clue."""
MEMBERS = (0, 1, 2)
"""Seeds."""
MARGIN = 0.4
FOLDS = 4
REAL = "in the form of real pages (p-)"
KINDS = (("d", "dense (a-d)"), ("m", "ordinary (e-m)"), ("z", REAL))
"""The kinds of marked articles, by the last first letter of each."""


@dataclass(frozen=True)
class Example:
    """A claim: those who may have said it, which of them the marks accept, and whether with the whole chain."""

    document: str
    group: str
    weight: float
    required: bool
    possible: list[Possible]
    accepted: list[bool]
    whole: list[bool]
    ruled: int
    right: bool
    told: np.ndarray


def kind_of(document: str) -> str:
    """What kind of marked article one is, by its name."""
    return next(name for last, name in KINDS if document[0] <= last)


class Recorder:
    """Stands in for the choice: keeps what it would choose among, what the sentences mean, and leaves the rules' answer."""

    def __init__(self) -> None:
        self.asked: list[tuple[list[Possible], object, np.ndarray] | None] = []

    def lineage(self, among, head, clause, ruled):
        self.asked.append((among.possible(head, clause, ruled), ruled, among.told(head)))
        return ruled

    def every(self, lineage: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
        """Has something for every claim: None where its source was not to be chosen."""

        def asked(clause, text):
            n, found = len(self.asked), lineage(clause, text)
            if len(self.asked) == n:
                self.asked.append(None)
            return found

        return asked


def plain(name: str) -> str:
    return re.sub(r"[^\w' ]+", " ", name.lower().replace("’", "'")).strip()


def is_named(accepted: list[str], hop) -> bool:
    """Whether a hop has one of the accepted names in it, as whole words."""
    names = [plain(hop.canonical), plain(hop.name)]
    words = [plain(a) for a in accepted]
    return any(re.search(rf"(?<!\w){re.escape(w)}(?!\w)", n) for n in names if n for w in words if w)


def accepts(marked: list[list[str]], hops) -> bool:
    """Whether the last hop is the marked one, or both chains are empty."""
    return (not marked and not hops) or bool(marked and hops and is_named(marked[-1], hops[-1]))


def accepts_whole(marked: list[list[str]], hops) -> bool:
    """Whether every marked hop stands in the chain, in order, with at most one hop more."""
    at = 0
    for hop in hops:
        at += at < len(marked) and is_named(marked[at], hop)
    return at == len(marked) and len(hops) <= len(marked) + 1


def paired(rows: list[dict], claims) -> Iterator[tuple[dict, int]]:
    """Marked claims with the claims found that share a third of their words with them, one to one, best first."""
    pairs = []
    for i, g in enumerate(rows):
        for j, c in enumerate(claims):
            shared = min(g["end"], c.end) - max(g["start"], c.start)
            union = max(g["end"], c.end) - min(g["start"], c.start)
            held = 2 * shared >= g["end"] - g["start"] and c.end - c.start <= 3 * (g["end"] - g["start"])
            if shared > 0 and (shared / union >= 0.3 or held):
                pairs.append((bool(g.get("optional")), -shared / union, i, j))
    taken: set[tuple[str, int]] = set()
    for _, _, i, j in sorted(pairs):
        if ("g", i) not in taken and ("c", j) not in taken:
            taken |= {("g", i), ("c", j)}
            yield rows[i], j


def examples(folder: Path, settings: Path, rows: list[dict], aliases: dict[str, list[str]], group: str, weight: float) -> list[Example]:  # fmt: skip
    """The examples of the articles in a folder, read by rules alone."""
    flow.leadline("ingest", folder, "--settings", settings, "--case", settings.parent / f"case-{group}")
    documents = flow.documents(settings.parent / f"case-{group}")
    resources, found = Resources.of(load_settings(settings)), []
    for document in documents:
        recorder = Recorder()
        every = recorder.every(assemble._lineage)
        with (
            mock.patch.object(assemble, "load_choice", return_value=recorder),
            mock.patch.object(assemble, "_lineage", every),
        ):
            reading = next(iter(read_documents([document], resources)))
        mine = [g for g in rows if g["document"] == document.document]
        for g, j in paired(mine, reading.claims):
            marked = [[h, *aliases.get(h, [])] for h in g["chain"]]
            if (asked := recorder.asked[j]) is None:
                continue
            possible, ruled, told = asked
            hops = [p.lineage.hops for p in possible]
            mine_is = next(i for i, h in enumerate(hops) if h == ruled.hops)  # type: ignore[attr-defined]
            found.append(
                Example(
                    document.document, group, weight * (OPTIONAL if g.get("optional") else 1), not g.get("optional"), possible,
                    [accepts(marked, h) for h in hops], [accepts_whole(marked, h) for h in hops], mine_is,
                    accepts(marked, reading.claims[j].chain), told,
                )
            )  # fmt: skip
    return found


def all_examples(only: str, examples: Callable[..., list[Any]] = examples) -> list[Any]:
    """The examples of the marked articles and of the open sets, as `examples` takes them from a folder."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        articles = marked_articles.read_articles(marked_articles.ARTICLES, only)
        _, settings = marked_articles.lay_out_articles(folder, articles)
        settings.write_text(settings.read_text().replace("shipped_register = false\n", ""))
        own = msgspec.toml.decode((folder / "register.toml").read_bytes())
        shipped = load_register([], shipped=True)
        kept = {
            fold(s["name"]): s | {"id": f"publisher-{s['id']}"}
            for s in own["sources"]
            if not shipped.resolve(s["name"])
        }
        (folder / "register.toml").write_bytes(msgspec.toml.encode(own | {"sources": list(kept.values())}))
        aliases = {name: sorted(others) for a in articles for name, others in a.aliases.items()}
        rows = [c for a in articles for c in a.claims]
        found = examples(folder / "articles", settings, rows, aliases, "marked", 1.0)
        for name, weight in () if only else OPEN.items():
            aliases = json.loads((invented_gold.INVENTED / "aliases.json").read_text(encoding="utf-8"))
            own = folder / f"{name}.toml"
            text = (invented_gold.INVENTED / "leadline.toml").read_text(encoding="utf-8")
            text = text.replace('"../..', f'"{ROOT}').replace('"meta.csv"', f'"{invented_gold.INVENTED}/meta.csv"')
            own.write_text(re.sub(r'"(register.toml|gazetteer.csv)"', rf'"{invented_gold.INVENTED}/\1"', text))
            rows = invented_gold.annotated(name)[0]
            found += examples(invented_gold.INVENTED / name, own, rows, aliases, name, weight)
        return found


class Table:
    """The examples as rows of clues, one for each candidate."""

    def __init__(self, found: list[Any], seen: int = SEEN) -> None:
        self.examples = found
        counts = Counter(name for e in found for p in e.possible for name, value in p.clues.items() if value)
        self.names = sorted(name for name, count in counts.items() if count >= seen)
        column = {name: i for i, name in enumerate(self.names)}
        rows, columns, values, wanted, self.starts = [], [], [], [], [0]
        for e in found:
            for p, accepted, whole in zip(e.possible, e.accepted, e.whole, strict=True):
                for name, value in p.clues.items():
                    if value and name in column:
                        rows.append(len(wanted))
                        columns.append(column[name])
                        values.append(float(value))
                wanted.append((1.0 if whole or not any(e.whole) else THROUGH) if accepted else 0.0)
            self.starts.append(len(wanted))
        self.starts = np.array(self.starts)
        self.wanted = np.array(wanted, dtype=np.float32)
        shape = (len(wanted), len(self.names))
        self.x = sp.csr_matrix((np.array(values, dtype=np.float32), (rows, columns)), shape=shape)
        self.weights = np.array([e.weight for e in found], dtype=np.float32)
        self.teaching = np.array([any(e.accepted) and not all(e.accepted) for e in found])

    def rows_of(self, k: int) -> slice:
        return slice(self.starts[k], self.starts[k + 1])


def train(table: Table, chosen: np.ndarray, seed: int, epochs: int = EPOCHS) -> tuple[np.ndarray, ...]:
    """The weights of one member, by Adam with decoupled decay."""
    random = np.random.default_rng(seed)
    width = len(table.names)
    weights = [
        random.normal(0, 0.3, (width, HIDDEN)).astype(np.float32), np.zeros(HIDDEN, dtype=np.float32),
        random.normal(0, HIDDEN**-0.5, HIDDEN).astype(np.float32), np.zeros(width, dtype=np.float32),
    ]  # fmt: skip
    first, second, step = [np.zeros_like(w) for w in weights], [np.zeros_like(w) for w in weights], 0
    for epoch in range(epochs):
        order, rate = random.permutation(chosen), RATE * (1 - epoch / epochs)
        for batch in (order[k : k + BATCH] for k in range(0, len(order), BATCH)):
            rows = np.concatenate([np.arange(table.starts[k], table.starts[k + 1]) for k in batch])
            sizes = table.starts[batch + 1] - table.starts[batch]
            starts, owner = np.concatenate([[0], np.cumsum(sizes)[:-1]]), np.repeat(np.arange(len(batch)), sizes)
            x = table.x[rows]
            x.data *= (random.random(width) > CLUE_DROPOUT)[x.indices]
            kept = ((random.random((len(batch), HIDDEN)) > DROPOUT) / (1 - DROPOUT)).astype(np.float32)[owner]
            hidden = np.maximum(x @ weights[0] + weights[1], 0)
            score = (hidden * kept) @ weights[2] + x @ weights[3]
            score -= np.maximum.reduceat(score, starts)[owner]
            chance = np.exp(score)
            chance /= np.add.reduceat(chance, starts)[owner]
            wanted = chance * table.wanted[rows]
            wanted /= (np.add.reduceat(wanted, starts) + 1e-9)[owner]
            slope = ((chance - wanted) * table.weights[batch][owner] / len(batch)).astype(np.float32)
            inner = np.outer(slope, weights[2]) * kept * (hidden > 0)
            step += 1
            for k, g in enumerate((x.T @ inner, inner.sum(0), slope @ (hidden * kept), x.T @ slope)):
                first[k] = 0.9 * first[k] + 0.1 * g
                second[k] = 0.999 * second[k] + 0.001 * g * g
                move = first[k] / (1 - 0.9**step) / (np.sqrt(second[k] / (1 - 0.999**step)) + 1e-8)
                weights[k] -= (rate * (move + DECAY * weights[k] * (k != 1))).astype(np.float32)
    return tuple(weights)


def project(found: list[Example]) -> Projection:
    """The directions in which the meanings of the examples' sentences differ most, each brought to one spread."""
    told = np.array([e.told for e in found], dtype=np.float32)
    middle = told.mean(axis=0)
    directions = np.linalg.svd(told - middle, full_matrices=False)[2][:DIRECTIONS].T
    directions *= SPREAD / ((told - middle) @ directions).std(axis=0)
    encoder = fingerprint(taught_for(load_codebook(SHIPPED)).encoder)
    return Projection(encoder, middle.astype(np.float16), directions.astype(np.float16))


def with_meanings(found: list[Example], projection: Projection) -> list[Example]:
    """The examples with what the meanings of sentences say for nobody among the clues."""
    return [
        replace(
            e,
            possible=[
                p if p.who is not None else replace(p, clues=p.clues | projection.clues(e.told)) for p in e.possible
            ],
        )
        for e in found
    ]


def cross_validate(table: Table) -> None:
    """Print the shares of right last hops on articles that were not learned from."""
    fold = np.array([zlib.crc32(e.document.encode()) % FOLDS if e.group == "marked" else -1 for e in table.examples])
    right: dict[str, list[tuple[bool, bool]]] = {}
    for f in range(FOLDS):
        members = tuple(train(table, np.flatnonzero((fold != f) & table.teaching), seed) for seed in MEMBERS)
        for k in np.flatnonzero(fold == f):
            e = table.examples[k]
            if not e.required:
                continue
            chances = probable(table.x[table.rows_of(k)].toarray(), members)
            best = int(chances.argmax())
            if chances[best] < chances[e.ruled] + MARGIN:
                best = e.ruled
            kind = kind_of(e.document)
            outcome = (e.right, e.right if best == e.ruled else e.accepted[best])
            for group in (kind, "all"):
                right.setdefault(group, []).append(outcome)
    for group, pairs in sorted(right.items()):
        rules, choice = (sum(p[k] for p in pairs) / len(pairs) for k in (0, 1))
        print(f"{group}: {len(pairs)} claims, by rules {rules:.3f}, with the choice {choice:.3f}")


def write(path: Path, table: Table, members: list[tuple[np.ndarray, ...]], **more: Any) -> None:
    """Write networks, and what goes with them under its name."""
    arrays = {
        "clues": np.array(table.names),
        "members": np.array(len(members)),
        **{k: np.array(v) for k, v in more.items()},
    }
    for k, member in enumerate(members):
        for part, weights in zip(Member._fields, member, strict=True):
            if part == "inner":
                scale = np.abs(weights).max() / 127
                arrays[f"inner{k}.scale"] = np.float32(scale)
                weights = np.round(weights / scale).astype(np.int8)
            arrays[f"{part}{k}"] = weights
    np.savez_compressed(path, **arrays)
    print(f"{path.name}: {path.stat().st_size / 1e3:.0f} kB")


def arguments(doc: str | None, out: Path) -> argparse.Namespace:
    """What a training script is asked."""
    ap = argparse.ArgumentParser(description=doc, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--out", type=Path, default=out)
    ap.add_argument("--cross-validate", action="store_true")
    ap.add_argument("--only", default="", metavar="PREFIX")
    return ap.parse_args()


def main() -> None:
    """Train and write, or cross-validate."""
    asked = arguments(__doc__, FILE)
    found = all_examples(asked.only)
    projection = project(found)
    table = Table(with_meanings(found, projection))
    marked = sum(e.group == "marked" for e in table.examples)
    print(f"{len(table.examples)} claims, {marked} of them of marked articles; {len(table.names)} clues")
    if asked.cross_validate:
        cross_validate(table)
    members = [train(table, np.flatnonzero(table.teaching), seed) for seed in MEMBERS]
    write(asked.out, table, members, margin=MARGIN, **vars(projection))


if __name__ == "__main__":
    main()
