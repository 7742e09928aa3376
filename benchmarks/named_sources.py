#!/usr/bin/env python3
"""How much of what real articles name as their sources the shipped register knows.

usage: benchmarks/named_sources.py [--shared DIR] [--unknown] [--json]

The 447 war-news articles and the five articles of `../shared` are read. Counted are the hops of chains whose name begins with a
capital, the publishers and the original publishers, and how many of each resolve in the register. A capital is no proof of a name
(`Russian soldier`), so the share of hops is a lower bound. `--unknown` lists what does not resolve, most frequent first. Exit code
77 where the shared articles are absent.
"""

import argparse
import json
import sys
import tempfile
from collections import Counter
from pathlib import Path

import claims as flow

from leadline.extract.reading import Resources, read_documents
from leadline.register import load_register
from leadline.settings import Settings

ROOT = Path(__file__).resolve().parent.parent
SKIPPED = 77


def named(files):
    """The names of hops, publishers and original publishers in some files, with how often each stands there."""
    with tempfile.TemporaryDirectory() as folder:
        flow.leadline("ingest", *files, "--case", Path(folder) / "case")
        documents = flow.documents(Path(folder) / "case")
        readings = read_documents(documents, Resources.of(Settings()))
        hops = Counter(h.canonical or h.name for r in readings for c in r.claims for h in c.chain)
    return {
        "hops": Counter({name: n for name, n in hops.items() if name[:1].isupper()}),
        "publishers": Counter(d.publisher for d in documents if d.publisher),
        "original publishers": Counter(d.origin_publisher for d in documents if d.origin_publisher),
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--shared", type=Path, default=ROOT.parent / "shared")
    parser.add_argument("--unknown", action="store_true", help="list the names that the register does not know")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    files = sorted((args.shared / "corpora" / "war-news").glob("*.txt")) + sorted((args.shared / "seeds").glob("*.txt"))
    if not files:
        print("the shared articles are absent", file=sys.stderr)
        sys.exit(SKIPPED)
    register = load_register()
    figures = {}
    for what, names in named(files).items():
        unknown = Counter({name: n for name, n in names.items() if register.resolve(name) is None})
        known, total = names.total() - unknown.total(), names.total()
        figures[what] = {"known": known, "total": total, "share": round(known / total, 3) if total else None}
        if not args.json:
            print(f"{what}: {known}/{total} known" + (f" ({known / total:.3f})" if total else ""))
            for name, n in unknown.most_common() if args.unknown else ():
                print(f"  {n:3} {name}")
    if args.json:
        print(json.dumps({"sources": len(register.sources), **figures}))


if __name__ == "__main__":
    main()
