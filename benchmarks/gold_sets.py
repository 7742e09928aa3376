"""What the benchmarks on annotated articles share: reading rows, the layout that `score_claims.py` expects, running it.

The scorer lies outside the repository. Where it is absent a benchmark says so and ends with `SKIPPED`.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"
SKIPPED = 77


def read_rows(path: Path) -> list[dict]:
    """The objects of a JSON-lines file."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def lay_out(
    folder: Path, claims: Iterable[dict], documents: Iterable[dict], aliases: Path, articles: Iterable[Path]
) -> Path:
    """Write `gold/` and `seeds/` into `folder`, which the scorer finds beside each other; returns the gold folder."""
    gold, seeds = folder / "gold", folder / "seeds"
    gold.mkdir()
    seeds.mkdir()
    for name, rows in (("claims", claims), ("documents", documents)):
        lines = (json.dumps(row, ensure_ascii=False, sort_keys=True) + "\n" for row in rows)
        (gold / f"{name}.jsonl").write_text("".join(lines), encoding="utf-8")
    shutil.copy(aliases, gold / "aliases.json")
    for article in articles:
        shutil.copy(article, seeds / article.name)
    return gold


def scored(shared: Path, claims: Path, gold: Path, *flags: str) -> str:
    """What the scorer prints about the exported `claims`. Raises `SystemExit` with its own words where it refuses them."""
    scorer = shared / "eval" / "score_claims.py"
    done = subprocess.run(
        [sys.executable, scorer, claims, "--gold", gold, *flags], capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise SystemExit(done.stderr.strip() or f"{scorer.name} ended with {done.returncode}")
    return done.stdout
