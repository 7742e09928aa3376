"""Scores exported claims against war-news articles that were annotated apart from the rules: sets a (ten), b (twelve) and c (22).

usage: war_news_gold.py CLAIMS.jsonl [--set SETS] [--shared DIR] [--misses] [--json]
       war_news_gold.py --articles FOLDER [--set SETS]   copies the articles there, to run Leadline on, and their meta.csv beside it
       war_news_gold.py --check [--set SETS]             only checks every annotation against the articles

SETS is one letter or several (`a`, `ab`). Without it a and b are scored, and all three copied or checked. Claims on articles of
other sets are passed over by the scorer. Set c is blind: nothing is fitted to it, only totals are printed of it, `--misses` is refused.

The annotations (`eval/war-news`) hold no text: offsets and the SHA-256 of each quote. With the articles at hand, this
script fills the quotes in, lays the files out as `score_claims.py` expects them, and runs it.
"""

from __future__ import annotations

import argparse
import hashlib
import shutil
import sys
import tempfile
from pathlib import Path

import gold_sets
from gold_sets import ROOT, SHARED, read_rows

ANNOTATIONS = ROOT / "eval" / "war-news"
LOOKED_AT = "ab"
"""The sets whose misses were looked at, and that something may be fitted to."""
SETS = LOOKED_AT + "c"


def restored(articles: Path, sets: str = LOOKED_AT) -> tuple[list[dict], list[dict]]:
    """Claims and documents of `sets` (letters of `SETS`) with their words filled in from `articles`.

    Raises `ValueError` where an article is not the one that was annotated.
    """
    documents = [d for d in read_rows(ANNOTATIONS / "documents.jsonl") if d["set"] in sets]
    texts = {d["document"]: (articles / d["document"]).read_text(encoding="utf-8") for d in documents}
    claims = []
    for row in read_rows(ANNOTATIONS / "claims.jsonl"):
        if row["document"] not in texts:
            continue
        quote = texts[row["document"]][row["start"] : row["end"]]
        if hashlib.sha256(quote.encode()).hexdigest() != row["quote_sha256"]:
            raise ValueError(f"{row['document']} {row['start']}..{row['end']}: other words than those annotated")
        claims.append({k: v for k, v in row.items() if k != "quote_sha256"} | {"quote": quote})
    for d in documents:
        d["boilerplate"] = [texts[d["document"]][start:end] for start, end in d["boilerplate"]]
    return claims, documents


def meta(documents: list[dict]) -> str:
    """The rows of meta.csv about `documents`, under its header."""
    header, *lines = (ANNOTATIONS / "meta.csv").read_text(encoding="utf-8").splitlines()
    names = {d["document"] for d in documents}
    return "".join(f"{line}\n" for line in [header, *(line for line in lines if line.split(",")[0] in names)])


def lay_out(folder: Path, articles: Path, sets: str = LOOKED_AT) -> Path:
    """Write `gold/` and `seeds/` of `sets` into `folder`; returns the gold folder."""
    claims, documents = restored(articles, sets)
    texts = [articles / d["document"] for d in documents]
    return gold_sets.lay_out(folder, claims, documents, ANNOTATIONS / "aliases.json", texts)


def letters(text: str) -> str:
    """`text` where it names sets and nothing else."""
    if not text or set(text) - set(SETS):
        raise argparse.ArgumentTypeError(f"{text!r} names no sets; expected letters of {SETS}")
    return text


def main() -> int:
    """Run the scorer, or one of the two helpers."""
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("claims", nargs="?", type=Path)
    ap.add_argument("--shared", type=Path, default=SHARED, help="folder with corpora/ and eval/")
    ap.add_argument("--articles", type=Path, help="copy the articles into this folder, meta.csv beside it")
    ap.add_argument("--set", type=letters, help=f"letters of {SETS}: some of the sets alone")
    ap.add_argument("--check", action="store_true", help="check the annotations and stop")
    ap.add_argument("--misses", action="store_true", help=f"sets {' and '.join(LOOKED_AT)} only")
    ap.add_argument("--json", action="store_true")
    a = ap.parse_args()
    articles = a.shared / "corpora" / "war-news"
    sets = a.set or (SETS if a.check or a.articles else LOOKED_AT)
    if a.misses and set(sets) - set(LOOKED_AT):
        ap.error(f"--misses would open a blind set; expected --set with letters of {LOOKED_AT}")
    claims, documents = restored(articles, sets)
    if a.check:
        print(f"{len(claims)} annotations stand where they should in {len(documents)} articles")
        return 0
    if a.articles:
        a.articles.mkdir(parents=True, exist_ok=True)
        for d in documents:
            shutil.copy(articles / d["document"], a.articles / d["document"])
        dates = a.articles.parent / f"{a.articles.name}-meta.csv"
        dates.write_text(meta(documents), encoding="utf-8")
        print(f"{a.articles}: {len(documents)} articles; dates in {dates}")
        return 0
    if a.claims is None:
        ap.error("name the exported claims.jsonl")
    with tempfile.TemporaryDirectory() as folder:
        gold = lay_out(Path(folder), articles, sets)
        flags = [f"--{name}" for name in ("misses", "json") if getattr(a, name)]
        print(gold_sets.scored(a.shared, a.claims, gold, *flags), end="")
    return 0


if __name__ == "__main__":
    sys.exit(main())
