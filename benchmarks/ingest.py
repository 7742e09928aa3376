"""Ingest measured: furniture, dates, outlets, encodings, speed and memory.

usage: ingest.py [--json]

Furniture and outlets against the annotated articles in ../shared/gold and eval/war-news (sets a and b); dates against the days that
the file names of war-news and PolNeAR carry (the names themselves are not looked at); encodings by writing
news texts in each encoding and reading them back. `--json` prints the gate's figures.
"""

from __future__ import annotations

import json
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import suppress
from datetime import date
from pathlib import Path

from war_news_gold import LOOKED_AT

from leadline.case import Case
from leadline.engine.duckdb import DuckDBEngine
from leadline.ingest import ingest_documents
from leadline.ingest.dates import inferred_date, stated_date
from leadline.ingest.decode import UnreadableError, decode
from leadline.ingest.furniture import mark_furniture
from leadline.ingest.language import main_language
from leadline.ingest.publisher import find_outlets
from leadline.ledger import Ledger
from leadline.progress import SILENT
from leadline.schema import DOCUMENTS
from leadline.settings import Settings

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"
NEWS = SHARED / "corpora" / "war-news"


def lines(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def furniture(gold: Path, texts: Path) -> dict[str, float]:
    """Share of annotated furniture that is marked (pieces and characters), and annotated claims that it touches."""
    pieces = found = characters = covered = touched = n_claims = marked = 0
    claims = lines(gold / "claims.jsonl")
    for row in lines(gold / "documents.jsonl"):
        if row.get("set", LOOKED_AT[0]) not in LOOKED_AT:
            continue  # set c measures claims alone; the floor of furniture was set on a and b
        text = (texts / row["document"]).read_text(encoding="utf-8")
        spans = mark_furniture(text)
        marked += sum(b - a for a, b in spans)
        for piece in row["boilerplate"]:
            start, end = (text.index(piece), text.index(piece) + len(piece)) if isinstance(piece, str) else piece
            inside = sum(max(0, min(b, end) - max(a, start)) for a, b in spans)
            pieces, characters, covered = pieces + 1, characters + end - start, covered + inside
            found += inside >= 0.9 * (end - start)
        mine = [c for c in claims if c["document"] == row["document"]]
        n_claims += len(mine)
        touched += sum(any(a < c["end"] and c["start"] < b for a, b in spans) for c in mine)
    return {"pieces": pieces, "found": found, "characters": characters, "covered": covered, "marked": marked, "claims": n_claims, "touched": touched}  # fmt: skip


def outlets() -> dict[str, list[int]]:
    """Publisher and credited outlet of the five annotated articles: right, wrong, missed, rightly unknown."""
    counts: dict[str, list[int]] = {}
    for row in lines(SHARED / "gold" / "documents.jsonl"):
        found = find_outlets((SHARED / "seeds" / row["document"]).read_text(encoding="utf-8"))
        for field in ("publisher", "origin_publisher"):
            want, got = row[field], getattr(found, field)
            cell = counts.setdefault(field, [0, 0, 0, 0])
            cell[3 if want == got is None else 0 if want == got else 2 if got is None else 1] += 1
    return counts


def dates() -> dict[str, Counter[str]]:
    """For each corpus: documents, dates read, and whether the true day is within them."""
    counts: dict[str, Counter[str]] = {}
    sources = {
        "war-news": (NEWS, r"(\d{4})(\d\d)(\d\d)T"),
        "PolNeAR": (SHARED / "corpora" / "polnear" / "train" / "text", r"_(\d{4})-(\d\d)-(\d\d)_"),
    }
    for name, (folder, pattern) in sources.items():
        count = counts.setdefault(name, Counter())
        for path in sorted(folder.glob("*.txt")):
            if not (match := re.search(pattern, path.name)):
                continue
            true, text = date(*map(int, match.groups())), path.read_text(encoding="utf-8")
            published = stated_date(text) or inferred_date(text, mark_furniture(text))
            count["documents"] += 1
            if published:
                slack = abs((date.fromisoformat(published.start) - true).days) <= 1  # an article may be a day later
                within = published.start <= true.isoformat() <= published.end
                count[f"{published.basis} {'right' if within or slack else 'wrong'}"] += 1
    return counts


def encodings() -> dict[str, tuple[int, int]]:
    """Texts read back unchanged, of all that the encoding can hold."""
    rows = lines(SHARED / "corpora" / "translations" / "ru-en.jsonl")
    russian = [r["text"] for r in rows if r["version"].startswith("src")]
    english = [p.read_text(encoding="utf-8") for p in sorted(NEWS.glob("*.txt"))]
    result = {}
    for encoding in ("utf-8", "utf-16-le", "utf-16-be", "cp1252", "cp1251", "koi8-r", "cp866"):
        good = n = 0
        for text in russian if encoding not in {"cp1252"} else english:
            try:
                data = text.encode(encoding)
            except UnicodeEncodeError:
                data = text.encode(encoding, "ignore")
            if encoding == "cp1252" and data.isascii():
                continue
            n += 1
            with suppress(UnreadableError):
                good += decode(data).text == data.decode(encoding).replace("\r\n", "\n")
        result[encoding] = good, n
    return result


def languages() -> tuple[int, int]:
    """Texts of known language told rightly."""
    rows = lines(SHARED / "corpora" / "translations" / "ru-en.jsonl")
    good = sum(main_language(r["text"]) == ("ru" if r["version"].startswith("src") else "en") for r in rows)
    return good, len(rows)


def run(source: Path) -> tuple[int, float, float]:
    """Ingest in this process: documents, seconds of processor time (the disk not counted), peak memory in MB."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings()
        case = Case.create(Path(folder) / "case", settings, "0")
        engine = DuckDBEngine(case.tables, {})
        began = time.process_time()
        with Ledger.open(case.ledger_path) as ledger:
            engine.begin("ingest")
            ingest_documents([source], engine=engine, ledger=ledger, case=case, settings=settings, progress=SILENT)
            engine.seal("ingest", "x" * 64)
            engine.commit("ingest", "x" * 64)
        seconds = time.process_time() - began
        return engine.count(DOCUMENTS), seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def in_process_of_its_own(source: Path) -> tuple[int, float, float]:
    """`run`, in a fresh process, so that its peak is its own."""
    done = subprocess.run([sys.executable, __file__, "--run", source], capture_output=True, text=True, check=True)
    n, seconds, peak = json.loads(done.stdout)
    return n, seconds, peak


def copies(n: int, folder: Path) -> Path:
    """A JSON lines file of n documents made of the articles of war-news."""
    texts = [p.read_text(encoding="utf-8") for p in sorted(NEWS.glob("*.txt"))]
    path = folder / f"{n}.jsonl"
    with path.open("w", encoding="utf-8") as f:
        for i in range(n):
            f.write(json.dumps({"document": f"d{i:06}", "text": f"{texts[i % len(texts)]}\n{i}"}) + "\n")
    return path


def main() -> int:
    if sys.argv[1:2] == ["--run"]:
        print(json.dumps(run(Path(sys.argv[2]))))
        return 0
    if not NEWS.is_dir():
        print("the shared texts are not beside the repository", file=sys.stderr)
        return 77
    seeds = furniture(SHARED / "gold", SHARED / "seeds")
    news = furniture(ROOT / "eval" / "war-news", NEWS)
    read = dates()
    wrong = sum(n for c in read.values() for k, n in c.items() if k.endswith("wrong"))
    known = sum(n for c in read.values() for k, n in c.items() if k != "documents")
    if "--json" in sys.argv:
        coded = encodings()
        figures = {
            "furniture_found_seeds": seeds["found"] / seeds["pieces"],
            "furniture_covered_war_news": news["covered"] / max(news["characters"], 1),
            "claims_touched": seeds["touched"] + news["touched"],
            "dates_wrong": wrong,
            "encodings_right": sum(g for g, _ in coded.values()) / sum(n for _, n in coded.values()),
            "languages_right": (lambda g: g[0] / g[1])(languages()),
        }
        print(json.dumps(figures))
        return 0
    for name, f in (("five annotated articles", seeds), ("annotated war-news articles (a and b)", news)):
        print(f"furniture, {name}: {f['found']} of {f['pieces']} pieces, {f['covered']} of {f['characters']} characters found; "
              f"{f['marked']} characters marked in all; {f['touched']} of {f['claims']} annotated claims touched")  # fmt: skip
    for field, (right, bad, missed, unknown) in outlets().items():
        print(f"{field}, five articles: {right} right, {bad} wrong, {missed} missed, {unknown} rightly unknown")
    for name, c in read.items():
        rest = ", ".join(f"{n} {k}" for k, n in sorted(c.items()) if k != "documents")
        print(f"dates without the file name, {name}: of {c['documents']} documents {rest or 'none'}")
    print(f"dates: {wrong} of {known} read are wrong")
    for encoding, (good, n) in encodings().items():
        print(f"encoding {encoding}: {good} of {n} texts read back unchanged")
    good, n = languages()
    print(f"language: {good} of {n} news texts")
    n, seconds, peak = in_process_of_its_own(NEWS)
    print(
        f"speed: {n} articles in {seconds:.1f} s of processor time ({n / seconds:.0f} a second), peak {peak:.0f} MB, one process"
    )
    with tempfile.TemporaryDirectory() as folder:
        for size in (500, 4000):
            n, seconds, peak = in_process_of_its_own(copies(size, Path(folder)))
            print(f"memory: {n} documents in {seconds:.1f} s, peak {peak:.0f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
