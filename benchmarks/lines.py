#!/usr/bin/env python3
"""Independent lines in small invented heaps whose lines are known: from the texts to the count, with the claims that extract finds.

usage: benchmarks/lines.py [--heap WORDS] [--copied] [--case DIR] [--json]

`eval/lines/heaps.toml` marks passages with the line that they go back to. Every two passages that a claim was found in are one
line or two (or fewer, where nobody shows whence a passage comes); `too many` is the error that a reader would be misled by.
`--copied` adds a copy of every document by an outlet that no register knows, two days later: no count may rise by that.
"""

from __future__ import annotations

import argparse
import csv
import json
import re
import tempfile
import tomllib
from datetime import date, timedelta
from itertools import combinations
from pathlib import Path
from typing import Any

import msgspec

from leadline.link.lines import Ties, independent_lines
from leadline.pipeline import open_case, run_case
from leadline.schema import (  # fmt: skip
    CLAIM_ORIGINS,
    CLAIMS,
    DOCUMENTS,
    ORIGIN_TIES,
    ORIGINS,
    Claim,
    ClaimOrigin,
    Document,
    Origin,
    OriginTie,
)
from leadline.settings import load_settings

FOLDER = Path(__file__).resolve().parent.parent / "eval" / "lines"
MARK = re.compile(r"\[\[(\w) (.*?)\]\]", re.S)
NO_LINE = "0"


class Passage(msgspec.Struct, frozen=True):
    """Some words of a document and the line that they go back to."""

    document: str
    quote: str
    line: str


def read_heaps() -> list[dict[str, Any]]:
    """The heaps as written."""
    return tomllib.loads((FOLDER / "heaps.toml").read_text(encoding="utf-8"))["heap"]


def copied(heap: dict[str, Any]) -> dict[str, Any]:
    """The heap with a copy of each document, marks and all."""
    more = []
    for d in heap["document"]:
        day = d.get("published")
        later = (date.fromisoformat(day) + timedelta(days=2)).isoformat() if day else ""
        more.append({**d, "name": f"{d['name']}-copy", "publisher": "Rook Mirror", "published": later})
    return {**heap, "document": [*heap["document"], *more]}


def lay_out(heap: dict[str, Any], folder: Path) -> list[Passage]:
    """Write a heap's texts without their marks, and `meta.csv` beside them; returns what was marked."""
    passages, rows = [], []
    (folder / "documents").mkdir(parents=True)
    for d in heap["document"]:
        name = f"{d['name']}.txt"
        passages += [Passage(name, m[2], m[1]) for m in MARK.finditer(d["text"])]
        (folder / "documents" / name).write_text(MARK.sub(r"\2", d["text"]).strip() + "\n", encoding="utf-8")
        rows.append({"document": name, "published": d.get("published", ""), "publisher": d.get("publisher", "")})
    with (folder / "meta.csv").open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, ["document", "published", "publisher"])
        writer.writeheader()
        writer.writerows(rows)
    return passages


class Read:
    """What Leadline makes of one heap."""

    def __init__(self, heap: dict[str, Any], folder: Path) -> None:
        self.passages = lay_out(heap, folder)
        settings = msgspec.structs.replace(load_settings(FOLDER / "leadline.toml"), meta=str(folder / "meta.csv"))
        for stage in ("ingest", "extract", "trace"):
            run_case([folder / "documents"] if stage == "ingest" else [], folder / "case", settings, only=stage)
        with open_case(folder / "case") as (_, _, engine):
            self.text = {d.document: d.text for d in engine.records(DOCUMENTS, Document)}
            self.claims = list(engine.records(CLAIMS, Claim))
            self.origins = {o.origin_id: o for o in engine.records(ORIGINS, Origin)}
            self.origin_of = {x.claim_id: x.origin_id for x in engine.records(CLAIM_ORIGINS, ClaimOrigin)}
            self.ties = Ties(engine.records(ORIGIN_TIES, OriginTie))

    def claims_in(self, p: Passage) -> list[Claim]:
        """Claims of which most stands in the passage, or in which most of it stands."""
        start = self.text[p.document].index(p.quote)
        end = start + len(p.quote)
        return [
            c
            for c in self.claims
            if c.document == p.document
            and 2 * (min(end, c.end) - max(start, c.start)) > min(end - start, c.end - c.start)
        ]

    def lines(self, *passages: Passage) -> int:
        """The lines behind all of these passages."""
        held = {self.origin_of[c.claim_id] for p in passages for c in self.claims_in(p)}
        return len(independent_lines(held, self.origins, self.ties))


def true_lines(*passages: Passage) -> int:
    """How many lines the passages go back to."""
    return len({p.line for p in passages} - {NO_LINE})


def main() -> int:
    """Print the figures, and for every heap what is counted too often or too seldom."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--heap", default="", help="only heaps whose name holds these words")
    parser.add_argument("--copied", action="store_true", help="with a copy of every document")
    parser.add_argument("--case", type=Path, help="folder for the cases; otherwise they are thrown away")
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args()
    n = dict.fromkeys(("heaps", "exact", "passages", "heard", "pairs", "right", "too many", "too few"), 0)
    with tempfile.TemporaryDirectory() as scratch:
        for heap in (h for h in read_heaps() if chosen.heap in h["name"]):
            read = Read(
                copied(heap) if chosen.copied else heap, (chosen.case or Path(scratch)) / heap["name"].replace(" ", "-")
            )
            heard = [p for p in read.passages if read.claims_in(p)]
            pairs = [(a, b, read.lines(a, b) - true_lines(a, b)) for a, b in combinations(heard, 2)]
            found, truth = read.lines(*heard), true_lines(*read.passages)
            n["heaps"] += 1
            n["exact"] += found == truth
            n["passages"] += len(read.passages)
            n["heard"] += len(heard)
            n["pairs"] += len(pairs)
            for name, count in (("right", sum(not x for *_, x in pairs)), ("too many", sum(x > 0 for *_, x in pairs)), ("too few", sum(x < 0 for *_, x in pairs))):  # fmt: skip
                n[name] += count
            if not chosen.json:
                print(
                    f"{heap['name']}: {found} lines, {truth} true; {len(heard)} of {len(read.passages)} passages heard"
                )
                for p in read.passages:
                    own = read.lines(p)
                    origins = sorted({read.origin_of[c.claim_id] for c in read.claims_in(p)})
                    wrong = [b.document for a, b, x in pairs if x and p in (a, b) for b in {a, b} - {p}]
                    print(f"  {p.line} {p.document:22} {own} {' '.join(origins) or 'not heard'}{'  wrong with ' + ', '.join(wrong) if wrong else ''}")  # fmt: skip
    figures = {
        "heaps with the exact number": n["exact"] / max(1, n["heaps"]),
        "passages heard": n["heard"] / max(1, n["passages"]),
        "pairs right": n["right"] / max(1, n["pairs"]),
        "pairs, too many lines": n["too many"] / max(1, n["pairs"]),
        "pairs, too few lines": n["too few"] / max(1, n["pairs"]),
    }
    print(json.dumps(figures) if chosen.json else "\n".join(f"{k:30} {v:.3f}" for k, v in figures.items()))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
