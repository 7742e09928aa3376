"""Every single-bit change of a case is reported with the file named.

usage: bitflips.py [--json] [--sample N] [--case DIR]

On a small case (two documents through the whole flow, an anchor kept) every bit of every file that belongs to it is flipped,
one after the other, on the disk. For files that are vouched for by a digest, the verifier's comparison of that file is run on
each flip; for the ledger's text its reading. Then, for flips spread over all files, the whole of `verify` and the stand-alone
`verify.py` are run, and must name that file and no other. `--sample N` flips N bits a file instead of all; `--case DIR`
takes a copy of a case of your own (sampled), for large ones.

Exports and the empty `writer.lock` are no part of what is vouched for.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

from leadline.custody import keep_anchor, ledger_head, verify_case
from leadline.pipeline import run_case
from leadline.settings import Settings
from leadline.verifier.anchors import MAGIC, stamped_digest
from leadline.verifier.case import SEALED
from leadline.verifier.chain import Row, from_text
from leadline.verifier.findings import compare, digest

TEXTS = {
    "one.txt": "Soldiers of the 14th brigade refused an order to attack on Monday, the Harbour Institute said on 3 May 2021.",
    "two.txt": "At least 40 conscripts deserted from a training ground in April 2021, according to the ministry.",
}


def small_case(folder: Path) -> Path:
    """A case that went through the whole flow and keeps one (pending) proof."""
    heap = folder / "heap"
    heap.mkdir()
    for name, text in TEXTS.items():
        (heap / name).write_text(text, encoding="utf-8")
    case = folder / "case"
    run_case([heap], case, Settings(workers=1))
    head = ledger_head(case)
    pending = bytes.fromhex("83dfe30d2ef90c8e") + b"\x12\x11https://a.example"
    proof = folder / "a.ots"
    proof.write_bytes(
        MAGIC + b"\x01\x08" + stamped_digest(Row(head.seq, "", "", "", "", head.hash)) + b"\x00" + pending
    )
    keep_anchor(case, proof)
    return case


def vouched(case: Path) -> list[Path]:
    """Every file of a case but its exports and the lock."""
    files = sorted(p for p in case.rglob("*") if p.is_file())
    return [p for p in files if p.name != "writer.lock" and p.relative_to(case).parts[0] != "exports"]


def unnoticed(case: Path, path: Path, bits: Iterable[int]) -> tuple[int, list[int]]:
    """How many of these bits were flipped in a file, and which flips nothing reported."""
    name = path.relative_to(case).as_posix()
    data, sha256 = path.read_bytes(), digest(case, name)
    missed, n = [], 0
    path.chmod(0o644)
    with path.open("r+b", buffering=0) as f:
        for bit in bits:
            at, flipped = bit // 8, data[bit // 8] ^ 1 << bit % 8
            f.seek(at)
            f.write(bytes([flipped]))
            n += 1
            if name == SEALED:
                reported = bool(from_text(path.read_bytes())[2])
            else:
                reported = compare(case, name, sha256).status == "changed"
            if not reported:
                missed.append(bit)
            f.seek(at)
            f.write(data[at : at + 1])
    return n, missed


def whole(case: Path, path: Path, bit: int) -> bool:
    """Whether `verify` and `verify.py` both name the file, and nothing else, when this bit is flipped."""
    name = path.relative_to(case).as_posix()
    data = path.read_bytes()
    path.chmod(0o644)
    path.write_bytes(data[: bit // 8] + bytes([data[bit // 8] ^ 1 << bit % 8]) + data[bit // 8 + 1 :])
    standing = (
        shutil.copy(case / "verify.py", case.parent / "verify.py") if name != "verify.py" else case.parent / "verify.py"
    )
    verdict = verify_case(case)
    done = subprocess.run([sys.executable, "-I", standing, case], capture_output=True, text=True, check=False)
    path.write_bytes(data)
    allowed = (
        {name, "ledger.sqlite"} if name == SEALED else {name}
    )  # without a readable seal the database is not proven
    named = {f.path for f in verdict.findings if f.status not in {"ok", "leftover", "withdrawn"}}
    return (
        verdict.exit_code == done.returncode == 5
        and name in named
        and named <= allowed
        and f"changed: {name}" in done.stdout
    )


def main() -> int:
    """Flip, count, print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--sample", type=int)
    parser.add_argument("--case", type=Path)
    given = parser.parse_args()
    rng = random.Random(20221104)
    with tempfile.TemporaryDirectory() as name:
        case = shutil.copytree(given.case, Path(name) / "case") if given.case else small_case(Path(name))
        if verify_case(case).exit_code:
            raise SystemExit("the case does not verify before anything is changed")
        sample = given.sample or (64 if given.case else None)
        flipped, missed, tried, lost = 0, 0, 0, 0
        files = [p for p in vouched(case) if p.stat().st_size]
        shutil.copy(case / "verify.py", case.parent / "verify.py")
        for path in files:
            size = 8 * path.stat().st_size
            n, bad = unnoticed(case, path, rng.sample(range(size), min(sample, size)) if sample else range(size))
            flipped, missed = flipped + n, missed + len(bad)
            for bit in rng.sample(range(size), 3):
                tried += 1
                lost += not whole(case, path, bit)
            if bad:
                print(f"{path.relative_to(case)}: {len(bad)} flips unnoticed, e.g. bit {bad[0]}", file=sys.stderr)
        figures = {
            "files": len(files),
            "bits flipped": flipped,
            "flips unnoticed": missed,
            "whole verifications": tried,
            "not named alone by both": lost,
        }
    print(json.dumps(figures) if given.json else "\n".join(f"{k}: {v}" for k, v in figures.items()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
