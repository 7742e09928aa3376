"""Teach through whom a text has what somebody says: marked articles in, small networks over the clues of `leadline.extract.claims.chosen.passers` out.

usage: train_outer.py [--cross-validate] [--out FILE] [--only PREFIX]

`--cross-validate` first prints, for marked claims whose innermost hop is found, how many whole chains are right by rules and by the choice, on
articles not learned from; `--only` takes none but the marked articles whose name begins so.

The same articles, networks and training as `train_choice.py`, whose answer of innermost hops is taken. Each marked claim whose innermost
hop is right is an example, and another one for each of its outer hops: those who may have passed on what this one says, or nobody, with
their clues, and which of them the marks accept. Deterministic on one machine, one core, some minutes, most of them reading; no network.
"""

from __future__ import annotations

import zlib
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

import numpy as np
from train_choice import (
    FOLDS,
    MEMBERS,
    OPTIONAL,
    REAL,
    Table,
    all_examples,
    arguments,
    flow,
    is_named,
    kind_of,
    paired,
    train,
    write,
)

from leadline.extract.claims import assemble
from leadline.extract.claims.chosen.choice import probable
from leadline.extract.claims.chosen.outer import FILE
from leadline.extract.claims.chosen.passers import Passer
from leadline.extract.reading import Resources, read_documents
from leadline.settings import load_settings

EPOCHS, SEEN = 20, 12
ELSEWHERE = 0.25
"""What a question of an article weighs whose form is not that of a real page: outlets that others retell hardly stand in those."""
LEAST = 0.4
"""How probable one must be who is taken to have passed on what another says."""


@dataclass(frozen=True)
class Question:
    """Through whom the text has what one hop of a claim says: the possible ones, and which of them the marks accept."""

    document: str
    group: str
    weight: float
    required: bool
    claim: tuple[str, int]
    hops: int
    possible: list[Passer]
    accepted: list[bool]
    whole: list[bool]


class Recorder:
    """Stands in for the choice of outer hops: keeps what it is asked, and leaves the answer of the rules."""

    def __init__(self) -> None:
        self.asked: list[tuple] = []

    def hops(self, passers, head, lineage):
        self.asked.append((passers, head, lineage))
        return lineage.hops


def weighed(document: str, group: str, weight: float) -> float:
    """What a question weighs: those of articles whose form is not that of a real page less."""
    return weight * (1 if group == "marked" and kind_of(document) == REAL else ELSEWHERE)


def questions(folder: Path, settings: Path, rows: list[dict], aliases: dict[str, list[str]], group: str, weight: float) -> list[Question]:  # fmt: skip
    """The questions that the articles of a folder give."""
    flow.leadline("ingest", folder, "--settings", settings, "--case", settings.parent / f"case-{group}")
    resources, found = Resources.of(load_settings(settings)), []
    for document in flow.documents(settings.parent / f"case-{group}"):
        recorder = Recorder()
        with mock.patch.object(assemble, "load_outer", return_value=recorder):
            reading = next(iter(read_documents([document], resources)))
        for g, j in paired([g for g in rows if g["document"] == document.document], reading.claims):
            passers, head, lineage = recorder.asked[j]
            marked = [[h, *aliases.get(h, [])] for h in g["chain"]]
            if not marked or not lineage.whos or not is_named(marked[-1], lineage.hops[-1]):
                continue
            inner, rest = lineage.whos[-1], marked[:-1]
            while inner is not None:
                possible = passers.of(inner, head, lineage)
                right = [
                    (p.who is None) if not rest else (p.who is not None and is_named(rest[-1], p.who.hop("")))
                    for p in possible
                ]
                found.append(
                    Question(
                        document.document, group, weighed(document.document, group, weight * (OPTIONAL if g.get("optional") else 1)),
                        not g.get("optional"),
                        (document.document, j), len(marked), possible, right, [False] * len(right),
                    )
                )  # fmt: skip
                inner = next((p.who for p, r in zip(possible, right, strict=True) if r), None)
                rest = rest[:-1]
    return found


def cross_validate(table: Table) -> None:
    """Print how many whole chains are right on articles that were not learned from, by rules and by the choice."""
    fold = np.array([zlib.crc32(q.document.encode()) % FOLDS if q.group == "marked" else -1 for q in table.examples])
    right: dict[tuple[str, int], list[list[bool]]] = {}
    hops: dict[tuple[str, int], int] = {}
    for f in range(FOLDS):
        members = tuple(train(table, np.flatnonzero((fold != f) & table.teaching), seed, EPOCHS) for seed in MEMBERS)
        for k in np.flatnonzero(fold == f):
            q = table.examples[k]
            if not q.required:
                continue
            chances = probable(table.x[table.rows_of(k)].toarray(), members)
            chances[0] = 0
            ruled = next(i for i, p in enumerate(q.possible) if p.clues.get("rule"))
            likeliest = int(chances.argmax())
            best = ruled or (likeliest if chances[likeliest] >= LEAST else 0)  # whom the rules name, that stands
            answers = right.setdefault(q.claim, [[], []])
            for answer, i in zip(answers, (ruled, best), strict=True):
                answer.append(q.accepted[i])
            hops[q.claim] = q.hops
    told: Counter[tuple[str, str]] = Counter()
    for claim, answers in right.items():
        hopped = "several hops" if hops[claim] > 1 else "one hop"
        for group in (hopped, f"{hopped}, {kind_of(claim[0])}"):
            told[group, "n"] += 1
            for name, answer in zip(("rules", "choice"), answers, strict=True):
                told[group, name] += all(answer) and len(answer) == hops[claim]
    for group in sorted({g for g, _ in told}):
        n, rules, choice = (told[group, x] for x in ("n", "rules", "choice"))
        print(f"{group}: {n} claims, whole chain by rules {rules / n:.3f}, by the choice {choice / n:.3f}")


def main() -> None:
    """Train and write, or cross-validate."""
    asked = arguments(__doc__, FILE)
    table = Table(all_examples(asked.only, questions), SEEN)
    print(
        f"{len(table.examples)} questions, {sum(q.hops > 1 for q in table.examples)} of claims with several hops; {len(table.names)} clues"
    )
    if asked.cross_validate:
        cross_validate(table)
    write(
        asked.out, table, [train(table, np.flatnonzero(table.teaching), seed, EPOCHS) for seed in MEMBERS], least=LEAST
    )


if __name__ == "__main__":
    main()
