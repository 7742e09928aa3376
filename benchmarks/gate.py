"""The quality gate: measured figures against the floors in eval/baseline.json.

usage: gate.py [--report] [ROOM...]

A figure below its floor (or above its ceiling) fails. Raising a floor is welcome; lowering one takes a commit of its own
that says why. A room whose texts are absent is reported as skipped, never as passed. `--report` puts what was measured into
docs/measured.md, room by room; rooms that were not measured in this run keep their figures there.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SKIPPED = 77  # exit code of a benchmark whose input is not beside the repository


def measure(command: list[str]) -> tuple[dict[str, float] | None, str]:
    """Figures that a benchmark prints as JSON; None where its input is absent."""
    done = subprocess.run([sys.executable, *command], cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode == SKIPPED:
        return None, (done.stderr or done.stdout).strip()
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} failed:\n{done.stderr[-2000:]}")
    return json.loads(done.stdout), ""


def baseline() -> dict[str, dict]:
    """Command, floors and ceilings of each room."""
    return json.loads((ROOT / "eval" / "baseline.json").read_text(encoding="utf-8"))


HEAD = """# Measured

Written by `python benchmarks/gate.py --report`; no figure here is typed by hand. A figure with a bound is gated. What falls short, and why, stands on the page of its stage.
"""


def section(room: str, entry: dict, figures: dict[str, float], seconds: float) -> str:
    """The part of docs/measured.md about one room: every figure of this run with the command that prints it."""
    bounds = {k: f"at least {v}" for k, v in entry.get("floors", {}).items()} | {
        k: f"at most {v}" for k, v in entry.get("ceilings", {}).items()
    }
    lines = [
        f"## {room}",
        "",
        f"`python {' '.join(entry['command'])}` ({seconds:.0f} s here)",
        "",
        "| measure | figure | gate |",
        "|---|---|---|",
    ]
    lines += [
        f"| {name} | {figure:,.4g} | {bounds.get(name, '')} |"
        for name, figure in figures.items()
        if isinstance(figure, int | float)
    ]
    return "\n".join(lines) + "\n"


def write_report(measured: dict[str, str]) -> None:
    """Put the sections of this run in the place of older ones; rooms that were not measured keep theirs."""
    page = ROOT / "docs" / "measured.md"
    _, *old = page.read_text(encoding="utf-8").split("\n## ") if page.exists() else [""]
    kept = {part.split("\n", 1)[0]: f"## {part.rstrip()}\n" for part in old} | measured
    page.write_text("\n".join([HEAD, *(kept[room] for room in baseline() if room in kept)]), encoding="utf-8")


def main(rooms: list[str]) -> int:
    """Measure the named rooms (all without names) and compare."""
    write = "--report" in rooms
    rooms = [r for r in rooms if r != "--report"]
    entries = baseline()
    unknown = sorted(set(rooms) - set(entries))
    if unknown:
        raise SystemExit(f"no such room: {', '.join(unknown)}; expected some of {', '.join(entries)}")
    failed = 0
    measured: dict[str, str] = {}
    for room in rooms or list(entries):
        entry = entries[room]
        began = time.monotonic()
        figures, why = measure(entry["command"])
        if figures is None:
            print(f"{room}: SKIPPED, {why}")
            continue
        seconds = time.monotonic() - began
        measured[room] = section(room, entry, figures, seconds)
        if write:
            write_report(measured)
        print(f"{room}: {' '.join(entry['command'])} ({seconds:.0f} s)")
        for kind, sign in (("floors", 1), ("ceilings", -1)):
            for name, bound in entry.get(kind, {}).items():
                figure = figures.get(name)
                good = figure is not None and sign * (figure - bound) >= -1e-9
                failed += not good
                print(
                    f"  {'ok  ' if good else 'FAIL'} {name}: {figure if figure is None else round(figure, 4)} ({'at least' if sign > 0 else 'at most'} {bound})"
                )
    print(f"{failed} figures fall short" if failed else "every figure measured holds")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
