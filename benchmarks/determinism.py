"""Same heap, same version, same bytes: the whole flow under conditions that must not matter.

usage: determinism.py [--json] [--small]

Runs the flow on the example case (with --small on three short documents) in processes that differ in the order of the files,
the path of the case, locale, time zone, number of workers, batch size and PYTHONHASHSEED, and compares every byte of tables,
dossier and originals. Any attempt to find or reach another machine is counted and refused (a library that comes with trafilatura binds
the loopback when it is imported, to see whether there is IPv6: that reaches nobody and is not counted); on Linux the process has no network at all where the
system lets us take it away.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
EXAMPLE = ROOT / "examples" / "marrow-line"
TEXTS = {
    "one.txt": "Soldiers of the 14th brigade refused an order to attack on Monday, the Harbour Institute said on 3 May 2021.",
    "two.txt": "At least 40 conscripts deserted from a training ground in April 2021, according to the ministry.",
    "Ünï.txt": "The bakery on Mill Street opened a second shop, its owner told the local paper.",
}
PROGRAM = """
import sys
from pathlib import Path
from leadline.pipeline import run_case
from leadline.settings import Settings, load_settings
import msgspec

def refuse(event, args):
    if event in {"socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto"}:
        print("network:", event, file=sys.stderr)
        raise RuntimeError("no network")

sys.addaudithook(refuse)
settings, case, workers, size, *paths = sys.argv[1:]
base = load_settings(Path(settings)) if settings else Settings()
if __name__ == "__main__":
    run_case([Path(p) for p in paths], Path(case), msgspec.structs.replace(base, workers=int(workers), batch_size=int(size)))
"""
VARIANTS = [
    {"env": {"PYTHONHASHSEED": "0", "TZ": "UTC", "LC_ALL": "C"}, "workers": 1, "batch": 32},
    {"env": {"PYTHONHASHSEED": "1", "TZ": "Pacific/Kiritimati", "LC_ALL": "C.UTF-8"}, "workers": 2, "batch": 1, "reverse": True},
    {"env": {"PYTHONHASHSEED": "4711", "TZ": "America/St_Johns", "LC_ALL": "tr_TR.UTF-8"}, "workers": 1, "batch": 2, "deep": True},
    {"env": {"PYTHONHASHSEED": "99", "TZ": "Asia/Kathmandu", "LC_ALL": "de_DE.UTF-8"}, "workers": 2, "batch": 3, "reverse": True},
]  # fmt: skip


def content(case: Path) -> dict[str, bytes]:
    """Tables, dossier and originals by name."""
    parts = [p for part in ("tables", "dossier", "originals") for p in (case / part).rglob("*") if p.is_file()]
    return {p.relative_to(case).as_posix(): p.read_bytes() for p in parts}


def run(folder: Path, files: dict[str, bytes], settings: str, variant: dict) -> tuple[dict[str, bytes], int]:
    """The flow in a process of its own; what it wrote and how often it asked for the network."""
    heap = folder / ("a place with a long name/deeper" if variant.get("deep") else "heap")
    heap.mkdir(parents=True)
    for name in sorted(files, reverse=variant.get("reverse", False)):
        (heap / name).write_bytes(files[name])
    paths = sorted(heap.iterdir(), reverse=True) if variant.get("reverse") else [heap]
    case = folder / ("ein Fall" if variant.get("deep") else "case")
    (folder / "program.py").write_text(PROGRAM)
    words = [sys.executable, folder / "program.py", settings, case, variant["workers"], variant["batch"], *paths]
    alone = ["unshare", "-rn"] if shutil.which("unshare") and not subprocess.run(["unshare", "-rn", "true"], capture_output=True, check=False).returncode else []  # fmt: skip
    done = subprocess.run([*alone, *map(str, words)], env={**os.environ, **variant["env"]}, capture_output=True, text=True, check=False)  # fmt: skip
    if done.returncode:
        raise SystemExit(done.stderr[-3000:])
    return content(case), done.stderr.count("network:")


def main() -> int:
    """Run every variant and compare it with the first."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--small", action="store_true")
    given = parser.parse_args()
    if given.small:
        files, settings = {n: t.encode() for n, t in TEXTS.items()}, ""
    else:
        files = {p.name: p.read_bytes() for p in (EXAMPLE / "documents").iterdir()}
        settings = str(EXAMPLE / "leadline.toml")
    with tempfile.TemporaryDirectory() as name:
        first, asked, differ, n_files = {}, 0, set(), 0
        for i, variant in enumerate(VARIANTS):
            found, n = run(Path(name) / str(i), files, settings, variant)
            asked += n
            first = first or found
            n_files = len(first)
            differ |= {k for k in first.keys() | found if first.get(k) != found.get(k)}
    for path in sorted(differ)[:20]:
        print(f"differs: {path}", file=sys.stderr)
    figures = {"runs compared": len(VARIANTS), "files": n_files, "files that differ": len(differ), "calls to the network": asked}  # fmt: skip
    print(json.dumps(figures) if given.json else "\n".join(f"{k}: {v}" for k, v in figures.items()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
