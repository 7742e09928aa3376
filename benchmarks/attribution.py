#!/usr/bin/env python3
"""Attribution on PolNeAR dev: exact, character and linked F1, and articles per second beside the bare pipeline.

usage: benchmarks/attribution.py [--shared DIR] [--speed]

The figures are those of `eval/score.py`, run on what `find_attributions` returns.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from leadline.extract.attribution import find_attributions
from leadline.extract.parse import load_language, parse_documents
from leadline.schema import Document


def document(row):
    return Document(document=row["document"], sha256="", text=row["text"], series=row["document"], language="en")


def rows(documents, *, nested=True):
    for parsed in parse_documents(documents, entities=False):
        for a in find_attributions(parsed):
            if nested or a.parent is None:
                yield {"document": a.document, "source": a.source, "cue": a.cue, "content": a.content}


def scored(documents, gold, score, folder, **options):
    predicted = folder / "predicted.jsonl"
    predicted.write_text("".join(json.dumps(r) + "\n" for r in rows(documents, **options)), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, score, "attribution", predicted, gold], capture_output=True, text=True, check=True
    )
    return done.stdout


def seconds(run):
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


def speed(documents):
    language = load_language()
    texts = [d.text for d in documents]
    list(language.pipe(texts[:2]))
    bare = seconds(lambda: list(language.pipe(texts)))
    parse = seconds(lambda: list(parse_documents(documents, entities=False)))
    whole = seconds(lambda: [find_attributions(p) for p in parse_documents(documents, entities=False)])
    n = len(documents)
    print(f"articles per second, {n} articles, one process: bare pipeline {n / bare:.1f}; parse without entities ")
    print(f"{n / parse:.1f}; parse and attributions {n / whole:.1f} ({bare / whole:.0%} of bare)")


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--shared", type=Path, default=Path(__file__).parents[2] / "shared")
    options.add_argument("--speed", action="store_true")
    asked = options.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        prepare, score = asked.shared / "eval" / "prepare.py", asked.shared / "eval" / "score.py"
        dev = asked.shared / "corpora" / "polnear" / "dev"
        subprocess.run([sys.executable, prepare, "polnear", dev, folder], check=True, capture_output=True)
        lines = (folder / "documents.jsonl").read_text(encoding="utf-8").splitlines()
        documents = [document(json.loads(line)) for line in lines]
        for title, nested in (("all attributions", True), ("outermost only", False)):
            print(f"PolNeAR dev, {len(documents)} documents: {title}")
            print(scored(documents, folder / "gold.jsonl", score, folder, nested=nested))
        if asked.speed:
            speed(documents)


if __name__ == "__main__":
    main()
