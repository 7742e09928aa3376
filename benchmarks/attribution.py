"""Attribution on PolNeAR dev: exact, character and linked F1, what each part adds.

usage: benchmarks/attribution.py [--json] [--shared DIR]

The figures are those of `eval/score.py`. `--json` prints the figures of all parts together, for the gate; without the
corpus the exit code is 77.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from leadline.extract.attribution import find_attributions
from leadline.extract.attribution.columns import columns_of
from leadline.extract.attribution.draft import offsets
from leadline.extract.attribution.model import load_model
from leadline.extract.attribution.outermost import outermost
from leadline.extract.attribution.quotes import find_quotations, quoted_tokens
from leadline.extract.attribution.rules import draft_by_rules
from leadline.extract.parse import parse_documents
from leadline.schema import Document

SKIPPED = 77
LINE = re.compile(
    r"(source|cue|content|linked)\s+(?:exact )?P [\d.]+ R [\d.]+ F1 ([\d.]+)(?:\s+characters P [\d.]+ R [\d.]+ F1 ([\d.]+))?"
)


def all_parts(parsed, *, nested=True):
    return [(a.source, a.cue, a.content) for a in find_attributions(parsed) if nested or a.parent is None]


def rules_only(parsed):
    quotations = find_quotations(parsed.document.text, parsed.paragraphs)
    return spans(parsed.doc, draft_by_rules(parsed.doc, quotations))


def model_only(parsed):
    quote_of = quoted_tokens(parsed.doc, find_quotations(parsed.document.text, parsed.paragraphs))
    columns, model = columns_of(parsed.doc, parsed.paragraphs, quote_of), load_model()
    return spans(parsed.doc, outermost(columns, model, model.chances(columns)))


def spans(doc, drafts):
    return [(offsets(doc, d.source), offsets(doc, d.cue), offsets(doc, d.content)) for d in drafts]


PARTS = {
    "rules over the parse alone": rules_only,
    "model alone": model_only,
    "all parts, outermost only": lambda parsed: all_parts(parsed, nested=False),
    "all parts, nested chains too": all_parts,
}


def scored(articles, find, gold, score, folder):
    """Figures of one way to find attributions, by name."""
    predicted = folder / "predicted.jsonl"
    with predicted.open("w", encoding="utf-8") as f:
        for parsed in articles:
            for source, cue, content in find(parsed):
                row = {"document": parsed.document.document, "source": source, "cue": cue, "content": content}
                f.write(json.dumps(row) + "\n")
    command = [sys.executable, score, "attribution", predicted, gold]
    printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    figures = {}
    for m in LINE.finditer(printed):
        figures[f"{m[1]} F1"] = float(m[2])
        if m[3]:
            figures[f"{m[1]} character F1"] = float(m[3])
    return figures


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--shared", type=Path, default=Path(__file__).resolve().parents[2] / "shared")
    options.add_argument("--json", action="store_true")
    asked = options.parse_args()
    dev = asked.shared / "corpora" / "polnear" / "dev"
    if not dev.is_dir():
        print("PolNeAR is not beside the repository", file=sys.stderr)
        return SKIPPED
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        prepare, score = asked.shared / "eval" / "prepare.py", asked.shared / "eval" / "score.py"
        subprocess.run([sys.executable, prepare, "polnear", dev, folder], check=True, capture_output=True)
        rows = [json.loads(line) for line in (folder / "documents.jsonl").read_text(encoding="utf-8").splitlines()]
        documents = [
            Document(document=r["document"], sha256="", text=r["text"], series="", language="en") for r in rows
        ]
        articles = list(parse_documents(documents, entities=False))
        gold = folder / "gold.jsonl"
        if asked.json:
            print(json.dumps(scored(articles, all_parts, gold, score, folder)))
            return 0
        table = {part: scored(articles, find, gold, score, folder) for part, find in PARTS.items()}
        measures = list(next(iter(table.values())))
        print(
            f"PolNeAR dev, {len(documents)} documents\n\n| F1 | {' | '.join(m.replace(' F1', '') for m in measures)} |"
        )
        print("|" + "---|" * (len(measures) + 1))
        for part, figures in table.items():
            print(f"| {part} | {' | '.join(f'{figures[m]:.3f}' for m in measures)} |")
    return 0


if __name__ == "__main__":
    sys.exit(main())
