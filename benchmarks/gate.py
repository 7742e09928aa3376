"""The quality gate: measured figures against the floors in eval/baseline.json.

usage: gate.py [ROOM...]

A figure below its floor (or above its ceiling) fails. Raising a floor is welcome; lowering one takes a commit of its own
that says why. A room whose texts are absent is reported as skipped, never as passed.
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


def main(rooms: list[str]) -> int:
    """Measure the named rooms (all without names) and compare."""
    baseline = json.loads((ROOT / "eval" / "baseline.json").read_text(encoding="utf-8"))
    unknown = sorted(set(rooms) - set(baseline))
    if unknown:
        raise SystemExit(f"no such room: {', '.join(unknown)}; expected some of {', '.join(baseline)}")
    failed = 0
    for room in rooms or list(baseline):
        entry = baseline[room]
        began = time.monotonic()
        figures, why = measure(entry["command"])
        if figures is None:
            print(f"{room}: SKIPPED, {why}")
            continue
        print(f"{room}: {' '.join(entry['command'])} ({time.monotonic() - began:.0f} s)")
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
