#!/usr/bin/env python3
"""A codebook of another subject on sentences annotated by others: what the language of codebooks carries without code.

usage: benchmarks/police_events.py [--shared DIR] [--part train|dev] [--misses LABEL] [--json]

Reads India Police Events (Halterman et al. 2021) and codes every sentence by itself with `examples/police-violence.toml`. A sentence has a
label where a trigger of its event is at least as sure as a claim asks; ANY stands where anything is done: any event but the failure. The codebook was written
on the training part; `--part dev` is what is reported. Prints precision, recall and F1 by label.
"""

import argparse
import json
import sys
from pathlib import Path

from leadline.codebook import load_codebook
from leadline.extract.claims.coded.coding import LEAST
from leadline.extract.claims.coded.events import find_events
from leadline.extract.claims.coded.triggers import compile_rules
from leadline.extract.claims.words import line_of
from leadline.extract.language import load_language

ROOT = Path(__file__).resolve().parent.parent
COLUMNS = ("KILL", "ARREST", "ANY", "FAIL", "FORCE")
EVENTS = {"KILL": "kill", "ARREST": "arrest", "FAIL": "failure", "FORCE": "force"}
ABSENT = 77


def read_rows(path):
    """Sentences with the labels they have."""
    rows = []
    for line in path.read_text(encoding="utf-8").splitlines():
        text, *labels = line.split("\t")
        if len(labels) >= len(COLUMNS):
            rows.append((text.strip(), {c for c, v in zip(COLUMNS, labels, strict=False) if v.strip() != "0"}))
    return rows


def coded(texts):
    """The labels that the codebook gives to each sentence."""
    rules = compile_rules(load_codebook(ROOT / "examples" / "police-violence.toml"))
    for doc in load_language().pipe(texts, batch_size=64):
        events = set()
        for sentence in doc.sents:
            events |= {f.event for f in find_events(line_of(sentence), rules) if f.weight >= LEAST}
        found = {label for label, event in EVENTS.items() if event in events}
        yield found | ({"ANY"} if events - {"failure"} else set())


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--shared", type=Path, default=ROOT.parent / "shared")
    ap.add_argument("--part", choices=("train", "dev"), default="dev")
    ap.add_argument("--misses", choices=COLUMNS)
    ap.add_argument("--json", action="store_true")
    a = ap.parse_args()
    path = a.shared / "corpora" / "india-police-events" / "sents" / f"{a.part}.tsv"
    if not path.is_file():
        print("the annotated sentences are not beside the repository", file=sys.stderr)
        return ABSENT
    rows = read_rows(path)
    found = list(coded([text for text, _ in rows]))
    figures = {}
    for label in sorted(COLUMNS):
        right = sum(label in f and label in gold for (_, gold), f in zip(rows, found, strict=True))
        said, there = sum(label in f for f in found), sum(label in gold for _, gold in rows)
        p, r = right / max(1, said), right / max(1, there)
        figures[f"{label} F1"] = 2 * p * r / (p + r) if p + r else 0.0
        if not a.json:
            print(
                f"{label:8} precision {p:.3f}  recall {r:.3f}  F1 {figures[f'{label} F1']:.3f}  ({there} of {len(rows)} sentences)"
            )
    if a.misses:
        for (text, gold), f in zip(rows, found, strict=True):
            if (a.misses in gold) != (a.misses in f):
                print("missed" if a.misses in gold else "false ", text[:220])
    if a.json:
        print(json.dumps({k: round(v, 4) for k, v in figures.items()}, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
