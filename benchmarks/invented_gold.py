"""Leadline on the invented, annotated articles of `eval/invented`: thirty-six open ones and twenty-eight blind ones.

usage: invented_gold.py [--set open|news|blind|wire|press] [--shared DIR] [--json]
       invented_gold.py --set open --misses     what was not found and what disagrees, claim by claim
       invented_gold.py CLAIMS.jsonl --set SET  scores an export instead of running the flow
       invented_gold.py --networks-alone        without the encoder; --patterns-alone: without anything taught
       invented_gold.py --check                 only checks every annotation against the articles

The whole flow runs on each set by itself, with the settings, register, gazetteer and dates that lie beside the articles.
Only totals are printed of the blind sets, `blind` and `press`: `--misses` is refused for them, unless `--end-the-blindness`
says that from then on the set is no longer blind. `--json` prints the figures of the sets as `open: recall` and so on. Without the scorer
(`../shared/eval`) nothing can be scored: exit code 77 and the reason.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
from gold_sets import ROOT, SHARED, SKIPPED, lay_out, read_rows, scored

from leadline.codebook import SHIPPED

INVENTED = ROOT / "eval" / "invented"
SETS = ("open", "news", "blind", "wire", "press")
LOOKED_AT = ("open", "news", "wire")
LEARNED = "coercion-events.npz"
Less = Callable[[Path], Path]
"""Puts a codebook into a folder that lacks some of what the shipped one is taught."""


def annotated(name: str) -> tuple[list[dict], list[dict], list[Path]]:
    """Claims, documents and article files of the set `name`."""
    claims, documents = (
        [row for row in read_rows(INVENTED / f"{table}.jsonl") if row["set"] == name]
        for table in ("claims", "documents")
    )
    return claims, documents, [INVENTED / name / d["document"] for d in documents]


def check(name: str) -> list[str]:
    """What is wrong with the annotations of a set, one line each; empty where every quote stands at its offsets."""
    claims, documents, files = annotated(name)
    texts = {path.name: path.read_text(encoding="utf-8") for path in files}
    wrong = [
        f"{path.name}: not annotated" for path in sorted((INVENTED / name).glob("*.txt")) if path.name not in texts
    ]
    for row in claims:
        text = texts.get(row["document"])
        if text is None or text[row["start"] : row["end"]] != row["quote"]:
            wrong.append(f"{row['document']} {row['start']}..{row['end']}: not {row['quote']!r}")
    for d in documents:
        wrong += [f"{d['document']}: no {line!r}" for line in d["boilerplate"] if line not in texts[d["document"]]]
    return wrong


def untaught(folder: Path) -> Path:
    """The shipped codebook without its taught model, in a file of the folder."""
    lines = SHIPPED.read_text(encoding="utf-8").splitlines()
    path = folder / "patterns-alone.toml"
    path.write_text("\n".join(x for x in lines if not x.startswith("learned = ")), encoding="utf-8")
    return path


def without_encoder(folder: Path) -> Path:
    """The shipped codebook in a folder, with the networks of its taught model and without the encoder."""
    with np.load(SHIPPED.with_name(LEARNED), allow_pickle=False) as archive:
        kept = {name: archive[name] for name in archive.files if not name.startswith("encoder.")}
    np.savez(folder / LEARNED, **kept)
    return Path(shutil.copy(SHIPPED, folder / "networks-alone.toml"))


def exported(name: str, folder: Path, *, less: Less | None = None) -> Path:
    """Run the whole flow on a set; returns the exported claims."""
    case, out = folder / "case", folder / "out"
    settings = INVENTED / "leadline.toml"
    codebook = ["--codebook", less(folder)] if less else []
    for words in (
        ["run", INVENTED / name, "--settings", settings, "--case", case, *codebook],
        ["export", case, "--format", "jsonl", "--to", out],
    ):
        done = subprocess.run(
            [sys.executable, "-m", "leadline", *map(str, words)], capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise SystemExit(done.stderr.strip())
    return out / "claims.jsonl"


def score(name: str, shared: Path, claims: Path | None, *flags: str, less: Less | None = None) -> str:
    """What the scorer prints about a set: of `claims`, or of a run of the whole flow."""
    gold_claims, documents, files = annotated(name)
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        gold = lay_out(folder, gold_claims, documents, INVENTED / "aliases.json", files)
        return scored(shared, claims or exported(name, folder, less=less), gold, *flags)


def main() -> int:
    """Check, or run and score."""
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("claims", nargs="?", type=Path)
    ap.add_argument("--set", choices=SETS, help="one of the sets alone")
    ap.add_argument("--shared", type=Path, default=SHARED, help="folder with eval/score_claims.py")
    ap.add_argument("--check", action="store_true", help="check the annotations and stop")
    ap.add_argument("--misses", action="store_true", help="sets open, news and wire only")
    ap.add_argument("--end-the-blindness", action="store_true", help="let --misses show a blind set")
    model = ap.add_mutually_exclusive_group()
    model.add_argument(
        "--patterns-alone", action="store_const", const=untaught, dest="less", help="without what is taught by example"
    )
    model.add_argument(
        "--networks-alone", action="store_const", const=without_encoder, dest="less", help="without the encoder"
    )
    ap.add_argument("--json", action="store_true")
    a = ap.parse_args()
    sets = (a.set,) if a.set else SETS
    if a.check:
        wrong = [line for name in sets for line in check(name)]
        print("\n".join(wrong) or "every annotation stands where it should")
        return 1 if wrong else 0
    if a.misses and a.set not in LOOKED_AT and not a.end_the_blindness:
        ap.error(
            "--misses would open a blind set; expected --set open, news or wire (or --end-the-blindness, once and for all)"
        )
    if a.claims and not a.set:
        ap.error("CLAIMS.jsonl is scored against one set; expected --set with it")
    if not (a.shared / "eval" / "score_claims.py").is_file():
        print(f"the scorer is not beside the repository ({a.shared.name}/eval/score_claims.py)", file=sys.stderr)
        return SKIPPED
    flags = [f"--{flag}" for flag in ("misses", "json") if getattr(a, flag)]
    reports = {name: score(name, a.shared, a.claims, *flags, less=a.less) for name in sets}
    if a.json:
        found = {f"{name}: {k}": round(v, 4) for name, text in reports.items() for k, v in json.loads(text).items()}
        print(json.dumps(found, indent=1))
        return 0
    for name, text in reports.items():
        print(f"{name} ({len(annotated(name)[1])} articles):\n{text}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
