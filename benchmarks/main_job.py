"""The main job from an installed package: time, memory, speed, size.

usage: main_job.py [--json] [--all]

Runs the command line as a user does, cold, on the five articles; with --all also on the 447 articles of war-news, and
prints what each default dependency adds on disk. Peak memory is the sum over the process and its workers.
"""

from __future__ import annotations

import importlib.metadata as metadata
import json
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"
LEADLINE = [sys.executable, "-m", "leadline"]


def family_rss(pid: int) -> int:
    """Resident bytes of a process and everything below it (Linux)."""
    children: dict[int, list[int]] = {}
    rss: dict[int, int] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        children.setdefault(int(fields[1]), []).append(int(stat.parent.name))
        rss[int(stat.parent.name)] = int(fields[21]) * 4096
    total, todo = 0, [pid]
    while todo:
        p = todo.pop()
        total += rss.get(p, 0)
        todo += children.get(p, [])
    return total


def timed(command: list[str]) -> tuple[float, float]:
    """Seconds and peak megabytes of a command."""
    began = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    peak = 0
    while process.poll() is None:
        peak = max(peak, family_rss(process.pid))
        time.sleep(0.05)
    if process.returncode:
        raise SystemExit(f"{' '.join(command)} failed:\n{process.stderr.read() if process.stderr else ''}")
    return time.monotonic() - began, peak / 1e6


def sizes() -> dict[str, float]:
    """Megabytes on disk of every package that a default install brings, by name."""
    found: dict[str, float] = {}

    def walk(name: str) -> None:
        try:
            dist = metadata.distribution(name)
        except metadata.PackageNotFoundError:
            return
        key = dist.metadata["Name"].casefold().replace("_", "-")
        if key in found:
            return
        files = [Path(str(dist.locate_file(f))) for f in dist.files or []]
        found[key] = sum(f.stat().st_size for f in files if f.is_file()) / 1e6
        for text in dist.requires or []:
            requirement = Requirement(text)
            if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
                walk(requirement.name)

    walk("leadline")
    own = (
        sum(f.stat().st_size for f in (ROOT / "leadline").rglob("*") if f.is_file() and "__pycache__" not in f.parts)
        / 1e6
    )
    found["leadline"] = own
    return found


def main() -> int:
    """Measure and print."""
    if not SHARED.is_dir():
        print("the five articles are not beside the repository", file=sys.stderr)
        return 77
    figures: dict[str, float] = {}
    began = time.monotonic()
    subprocess.run([*LEADLINE, "--help"], check=True, capture_output=True)
    figures["help seconds"] = time.monotonic() - began
    folder = Path(tempfile.mkdtemp())
    try:
        command = [
            *LEADLINE,
            "run",
            str(SHARED / "seeds"),
            "--meta",
            str(SHARED / "seeds" / "meta.csv"),
            "--case",
            str(folder / "five"),
        ]
        figures["five articles, seconds"], figures["five articles, peak MB"] = timed(command)
        figures["again, seconds"], _ = timed(command)
        if "--all" in sys.argv:
            news = SHARED / "corpora" / "war-news"
            n = len(list(news.glob("*.txt")))
            seconds, peak = timed([*LEADLINE, "run", str(news), "--case", str(folder / "news")])
            figures |= {
                "war-news, articles": n,
                "war-news, articles per second": n / seconds,
                "war-news, peak MB": peak,
            }
            for name, size in sorted(sizes().items(), key=lambda x: -x[1]):
                print(f"{size:8.1f} MB  {name}", file=sys.stderr)
            figures["installed MB"] = sum(sizes().values())
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    if "--json" in sys.argv:
        print(json.dumps(figures))
    else:
        for name, figure in figures.items():
            print(f"{name}: {figure:.2f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
